//! The report on the risk of one portfolio: what it may lose in a day, by which method that is said and how the method
//! kept what it promised, where the risk comes from, how concentrated the holdings are, how long it takes to sell them,
//! which factors move them, what scenarios would do, and the classes that the law prescribes.
//!
//! Everything is what a night has made; nothing is estimated here. Parts add up to what is printed below them, and a
//! figure that cannot be known is a dash with its reason.

mod backtests;
mod classes;
mod concentration;
mod contributions;
mod exceedances;
mod factors;
mod liquidity;
mod losses;
mod stress;

use schemas::CalendarLength;

use super::StatementKind;
use crate::document::{Cell, Content, Document, KeyFigure, KeyFigures, Section};
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::risk_methods::confidence;
use crate::sections::{findings, in_base, issuer, of_notes, provenance, risk_methods};
use crate::texts::{Label, RiskLabel, RiskSentence, Sentence};

/// The report's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "risk_report",
    title: Label::RiskReport,
    rhythm: Rhythm::Every(CalendarLength::Quarter),
    shortest: CalendarLength::Month,
    needs: &[Need::DailyReturns, Need::Risk],
    build,
};

/// Makes the report.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids a statement, [`Error::Overflow`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let mut sections = vec![key_figures(input), losses::section(input), losses::forecasts(input)];
    sections.extend(risk_methods::section(input));
    sections.push(backtests::section(input));
    sections.extend(exceedances::sections(input));
    sections.extend(contributions::sections(input)?);
    sections.push(concentration::section(input));
    sections.push(liquidity::section(input));
    sections.extend(factors::sections(input)?);
    sections.extend(stress::sections(input));
    sections.push(classes::section(input));
    sections.push(findings::section(input));
    sections.push(definitions(input));
    sections.extend(issuer::section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

fn key_figures(input: &StatementInput) -> Section {
    let texts = input.texts();
    let named = |label, tail| texts.label_with(label, &[("confidence", &confidence(tail, texts))]);
    let mut figures = Vec::new();
    let (at_risk, shortfall) = losses::of_tail(input, losses::STRICT);
    figures.push(KeyFigure { label: named(RiskLabel::ValueAtRiskOf, losses::STRICT), cell: at_risk });
    figures.push(KeyFigure { label: named(RiskLabel::ShortfallOf, losses::STRICT), cell: shortfall });
    figures.push(KeyFigure { label: texts.label(RiskLabel::WorstScenario), cell: stress::worst(input) });
    let value = input.closing_value().and_then(|row| row.market_value);
    figures.push(KeyFigure {
        label: texts.label_with(Label::ValueIn, &[("currency", input.base_currency().code())]),
        cell: input.base_money(value, || texts.sentence(Sentence::PositionHasNoPrice)),
    });
    figures.extend(classes::figures(input));
    let note = texts.sentence(RiskSentence::Estimates);
    Section {
        id: "key_figures",
        title: in_base(RiskLabel::InShort, input.base_currency(), texts),
        content: Content::KeyFigures(KeyFigures { figures, note }),
    }
}

fn definitions(input: &StatementInput) -> Section {
    let texts = input.texts();
    let currency = input.base_currency();
    let base = [("currency", currency.code())];
    let meant = [
        RiskSentence::MeaningOfValueAtRisk,
        RiskSentence::MeaningOfShortfall,
        RiskSentence::MeaningOfSimulation,
        RiskSentence::MeaningOfForecasts,
        RiskSentence::MeaningOfBacktests,
        RiskSentence::MeaningOfContributions,
        RiskSentence::MeaningOfConcentration,
        RiskSentence::MeaningOfLiquidity,
        RiskSentence::MeaningOfFactors,
        RiskSentence::MeaningOfStress,
        RiskSentence::MeaningOfClasses,
        RiskSentence::MeaningOfSums,
    ];
    let notes = meant.into_iter().map(|sentence| texts.sentence_with(sentence, &base)).collect();
    of_notes(input, "definitions", Label::WhatFiguresMean, notes)
}

/// Why a figure of a night is missing, in the words of the reader.
fn reason(input: &StatementInput, recorded: Option<&str>) -> String {
    let texts = input.texts();
    recorded.map_or_else(|| texts.sentence(RiskSentence::NotMade), |recorded| texts.recorded(recorded))
}

/// An estimated fraction, or the reason that was recorded for having none.
fn fraction(input: &StatementInput, number: Option<f64>, recorded: Option<&str>) -> Cell {
    let missing = || Cell::unavailable(reason(input, recorded));
    number.map_or_else(missing, |number| Cell::estimated_fraction(number, input.texts()))
}

/// An estimated bare number, or the reason that was recorded for having none.
fn number(input: &StatementInput, number: Option<f64>, recorded: Option<&str>) -> Cell {
    let missing = || Cell::unavailable(reason(input, recorded));
    number.map_or_else(missing, |number| Cell::estimated_number(number, input.texts()))
}

/// An estimate in the base currency, or the reason that was recorded for having none.
fn money(input: &StatementInput, number: Option<f64>, recorded: Option<&str>) -> Cell {
    let missing = || Cell::unavailable(reason(input, recorded));
    number.map_or_else(missing, |number| Cell::estimated_money(number, input.base_currency(), input.texts()))
}
