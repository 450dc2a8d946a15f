//! The statement of client assets: what the firm holds for a client at the end of a quarter, how it is protected, and
//! who else has rights in it.
//!
//! Article 63(2) of Delegated Regulation (EU) 2017/565 says what it must contain. It stands on the trade date basis as
//! a whole. What no record says is said to be unknown: an asset without a record of custody is neither called protected
//! nor free of the rights of others.

mod basis;
mod financing;
mod prices;
mod protection;

use schemas::CalendarLength;

use super::StatementKind;
use crate::document::Document;
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::{findings, holdings, issuer, methods, of_notes, price_basis, provenance};
use crate::texts::{AssetSentence, Label, Sentence};

/// The statement's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "client_assets",
    title: Label::ClientAssets,
    rhythm: Rhythm::Every(CalendarLength::Quarter),
    shortest: CalendarLength::Month,
    needs: &[Need::Custody, Need::OtherBookings],
    build,
};

/// Makes the statement.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids the statement, [`Error::DoesNotFoot`] if positions and cash are not the
/// portfolio's value, [`Error::Overflow`] and [`Error::MixedCurrencies`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let assets = protection::assets(input);
    let mut sections = vec![protection::summary(input, &assets)?];
    sections.extend(holdings::sections(input)?);
    sections.push(prices::section(input));
    sections.extend(protection::sections(input, &assets));
    sections.extend(financing::sections(input)?);
    sections.extend(basis::sections(input));
    sections.push(findings::section(input));
    sections.push(of_notes(input, "definitions", Label::WhatFiguresMean, definitions(input)));
    sections.push(issuer::required_section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

fn definitions(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let method = methods::in_words(&input.portfolio.cost_basis, input.business_date, texts);
    let base = input.base_currency();
    let values = [("currency", base.code()), ("method", &*method)];
    let meant =
        [Sentence::MeaningOfValue, Sentence::MeaningOfUnrealised, Sentence::MeaningOfWeight, Sentence::MeaningOfTotals];
    let own = [AssetSentence::WhatProtectionMeans, AssetSentence::WhatNoRecordMeans];
    let meant = meant.into_iter().map(|sentence| texts.sentence_with(sentence, &values));
    let held = input.valuations.iter().map(|row| &row.instrument_id);
    let parts = price_basis::quoted_in_parts(input, held);
    meant.chain(parts).chain(own.into_iter().map(|sentence| texts.sentence(sentence))).collect()
}
