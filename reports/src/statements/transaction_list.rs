//! The list of transactions: every booking of a period with the balance of its account after it.
//!
//! The balance at start and all lines give the balance at end, to the last decimal, or there is no list: what the books
//! hold and what was booked are worked out apart from each other.

mod lines;
mod rates;
mod totals;

use schemas::CalendarLength;

use super::StatementKind;
use crate::document::Document;
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::{cash_accounts, findings, issuer, of_notes, price_basis, provenance};
use crate::texts::{Label, ListSentence};

/// The list's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "transaction_list",
    title: Label::TransactionList,
    rhythm: Rhythm::OnRequest,
    shortest: CalendarLength::Month,
    needs: &[Need::OtherBookings, Need::Rates],
    build,
};

/// Makes the list.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids the list, [`Error::CashDoesNotFoot`] if the bookings do not lead from the
/// balances at start to those at end, [`Error::Overflow`] and [`Error::MixedCurrencies`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let mut accounts = cash_accounts::at_start(input)?;
    let lines = lines::of(input, &mut accounts)?;
    cash_accounts::refuse_residual(input, &accounts)?;
    let mut sections = vec![lines::section(input, &lines)];
    sections.push(totals::by_kind(input, &lines)?);
    sections.push(totals::by_currency(input, &lines, &accounts)?);
    sections.push(findings::section(input));
    sections.push(of_notes(input, "definitions", Label::WhatFiguresMean, definitions(input)));
    sections.extend(issuer::section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

fn definitions(input: &StatementInput) -> Vec<String> {
    let texts = input.texts();
    let (date, days) = (texts.date(input.business_date), input.further.rates.days_max().to_string());
    let base = input.base_currency();
    let values = [("currency", base.code()), ("date", &*date), ("days", &*days)];
    let meant = [
        ListSentence::WhatIsListed,
        ListSentence::WhatSettledMeans,
        ListSentence::WhatCashMeans,
        ListSentence::WhatBalanceMeans,
        ListSentence::WhatBaseMeans,
        ListSentence::WhatTakenBackMeans,
        ListSentence::WhatTotalsMean,
    ];
    let parts = price_basis::quoted_in_parts(input, price_basis::traded(&input.transactions));
    meant.into_iter().map(|sentence| texts.sentence_with(sentence, &values)).chain(parts).collect()
}
