//! The report on the performance of one portfolio: what it earned over every period, month by month, beside its
//! benchmark, what it fell from its highs, and where the return came from.
//!
//! Returns are time-weighted and in the base currency; every table of parts adds up to what it prints below. A figure
//! that cannot be known is a dash with its reason. Nothing shorter than a year is a rate a year (GIPS 2020, 2.A.15).

mod calendar;
mod contributions;
mod linked;
mod periods;
mod risk_figures;
mod wealth;

use schemas::CalendarLength;

use super::StatementKind;
use crate::document::{Document, Section};
use crate::error::Error;
use crate::further::Need;
use crate::input::StatementInput;
use crate::rhythm::Rhythm;
use crate::sections::{attribution, findings, issuer, of_notes, provenance};
use crate::texts::{Label, PerformanceSentence};

use self::linked::Days;
use self::periods::Kept;
use self::wealth::Wealth;

/// The report's place on the shelf.
pub const STATEMENT: StatementKind = StatementKind {
    id: "performance_report",
    title: Label::PerformanceReport,
    rhythm: Rhythm::Every(CalendarLength::Quarter),
    shortest: CalendarLength::Month,
    needs: &[Need::DailyReturns, Need::Contributions],
    build,
};

/// Makes the report.
///
/// # Errors
/// [`Error::ForeignRow`] and [`Error::ForeignDate`] if rows of another portfolio or time are among the input,
/// [`Error::Blocked`] if a check forbids a statement, [`Error::Overflow`] if figures have no sum.
pub fn build(input: &StatementInput) -> Result<Document, Error> {
    input.refuse_unsound()?;
    let (days, kept) = (Days::of(input), Kept::of(input));
    let wealth = Wealth::of(input, &days);
    let mut sections = vec![
        periods::key_figures(input, &days, &kept),
        periods::section(input, &days, &kept),
        periods::annual(input, &days, &kept),
        calendar::months(input, &days),
    ];
    sections.extend(calendar::years_beside_benchmark(input, &days));
    sections.push(wealth::growth(input, &days, &wealth));
    sections.push(wealth::drawdown_graph(input, &wealth));
    sections.push(wealth::deepest(input, &wealth));
    sections.push(risk_figures::section(input, &days, &kept));
    sections.extend(contributions::sections(input, &days)?);
    sections.extend(attribution::section(input)?);
    sections.push(findings::section(input));
    sections.push(definitions(input, &days));
    sections.extend(issuer::section(input));
    sections.push(provenance::section(input));
    Ok(input.document(&STATEMENT, sections))
}

fn definitions(input: &StatementInput, days: &Days<'_>) -> Section {
    let texts = input.texts();
    let mut meant = vec![
        PerformanceSentence::MeaningOfReturn,
        PerformanceSentence::MeaningOfCharges,
        PerformanceSentence::MeaningOfMoneyWeighted,
        PerformanceSentence::MeaningOfAnnual,
        PerformanceSentence::MeaningOfMonths,
    ];
    meant.push(if days.has_benchmark {
        PerformanceSentence::MeaningOfBenchmark
    } else {
        PerformanceSentence::NoBenchmark
    });
    meant.extend([
        PerformanceSentence::MeaningOfGrowth,
        PerformanceSentence::MeaningOfFalls,
        PerformanceSentence::MeaningOfContributions,
        PerformanceSentence::MeaningOfRates,
        PerformanceSentence::MeaningOfSums,
    ]);
    let currency = input.base_currency();
    let base = [("currency", currency.code())];
    let mut notes: Vec<String> = meant.into_iter().map(|sentence| texts.sentence_with(sentence, &base)).collect();
    notes.extend(risk_figures::definitions(input, days));
    notes.extend(attribution::definitions(input));
    of_notes(input, "definitions", Label::WhatFiguresMean, notes)
}
