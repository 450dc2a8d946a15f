//! What positions, asset classes and currencies added to the return of the period.
//!
//! The parts of each day add up to its return; days are linked by the method of Cariño (1999), so that the parts of the
//! period add up to the return of the period.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;
use schemas::{Amount, BusinessDate, Currency, InstrumentId};

use super::StatementInput;
use super::linked::{Basis, Days};
use crate::document::{Cell, Column, ColumnKind, Content, Section, Table, sum_of_printed};
use crate::error::Error;
use crate::sections::{name_of_group, name_of_position, of_notes, total};
use crate::texts::{Label, PerformanceLabel, PerformanceSentence, Texts};

/// Positions that are listed on each side.
const LISTED: usize = 5;

/// With what the parts of each day count, and what the portfolio earned on.
struct Linking {
    weights: BTreeMap<BusinessDate, DayWeight>,
}

struct DayWeight {
    /// What a part of the day counts in the period.
    linked: f64,
    /// The capital that earned the return, in the base currency.
    capital: f64,
}

/// The parts of a position, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Parts {
    whole: f64,
    local: f64,
}

/// What was added by instrument, by asset class and by currency; one sentence if it is not known.
///
/// # Errors
/// Sums that do not exist.
pub(super) fn sections(input: &StatementInput, days: &Days<'_>) -> Result<Vec<Section>, Error> {
    let not_known = |id, title: PerformanceLabel, reason: String| {
        let note = input.texts().sentence_with(PerformanceSentence::ContributionsUnknown, &[("reason", &reason)]);
        of_notes(input, id, title, vec![note])
    };
    let linking = Linking::of(input, days);
    let by_position = linking.as_ref().map_err(Clone::clone).and_then(|linking| positions(input, linking));
    let mut sections = Vec::new();
    match by_position {
        Ok(parts) => sections.extend([by_instrument(input, &parts)?, by_currency(input, &parts)?]),
        Err(reason) => sections.push(not_known("contributions", PerformanceLabel::ByPosition, reason)),
    }
    let by_class = linking.and_then(|linking| classes(input, &linking));
    sections.insert(
        1,
        match by_class {
            Ok(parts) => of_classes(input, parts)?,
            Err(reason) => not_known("contributions_by_class", PerformanceLabel::ByClass, reason),
        },
    );
    Ok(sections)
}

impl Linking {
    /// The weights of the days of the period; a reason where its return is not known or not above a total loss.
    fn of(input: &StatementInput, days: &Days<'_>) -> Result<Linking, String> {
        let texts = input.texts();
        let whole = days.linked(Basis::Net, Some(input.period_start), input.business_date)?;
        let lost = || texts.sentence(PerformanceSentence::EverythingLost);
        let of_period = logarithmic(whole).ok_or_else(lost)?;
        let mut weights = BTreeMap::new();
        for row in days.between(Some(input.period_start), input.business_date) {
            let Some(fraction) = row.return_fraction else { continue };
            let linked = logarithmic(fraction).ok_or_else(lost)? / of_period;
            let number = |amount: Option<Amount>| amount.and_then(|amount| amount.decimal().to_f64());
            let capital = number(row.begin_value).zip(number(row.inflow)).map(|(begin, inflow)| begin + inflow);
            let capital = capital.ok_or_else(|| unknown_on(input, row.business_date))?;
            weights.insert(row.business_date, DayWeight { linked, capital });
        }
        Ok(Linking { weights })
    }
}

/// ln(1 + r) over r; none if nothing is left.
fn logarithmic(fraction: f64) -> Option<f64> {
    if fraction == 0.0 {
        return Some(1.0);
    }
    (-1.0 < fraction).then(|| fraction.ln_1p() / fraction)
}

/// The parts of each position, or why one of them is not known.
fn positions(input: &StatementInput, linking: &Linking) -> Result<BTreeMap<(InstrumentId, Currency), Parts>, String> {
    let mut rows: Vec<_> = input.further.position_days.iter().collect();
    rows.sort_by(|one, other| {
        (&one.instrument_id, one.business_date).cmp(&(&other.instrument_id, other.business_date))
    });
    let mut found: BTreeMap<(InstrumentId, Currency), Parts> = BTreeMap::new();
    for row in rows {
        let Some(day) = linking.weights.get(&row.business_date) else { continue };
        let (Some(whole), Some(earned)) = (row.contribution, row.earned_locally) else {
            return Err(unknown_on(input, row.business_date));
        };
        let local = if row.currency == input.base_currency() { whole } else { earned / day.capital };
        let parts = found.entry((row.instrument_id.clone(), row.currency)).or_default();
        parts.whole += whole * day.linked;
        parts.local += local * day.linked;
    }
    known_or_missing(input, linking, found)
}

/// The parts of each asset class, or why one of them is not known.
fn classes(input: &StatementInput, linking: &Linking) -> Result<BTreeMap<String, f64>, String> {
    let mut rows: Vec<_> = input.further.class_days.iter().collect();
    rows.sort_by(|one, other| (&one.node, one.business_date).cmp(&(&other.node, other.business_date)));
    let mut found: BTreeMap<String, f64> = BTreeMap::new();
    for row in rows {
        let Some(day) = linking.weights.get(&row.business_date) else { continue };
        let whole = row.contribution.ok_or_else(|| unknown_on(input, row.business_date))?;
        *found.entry(row.node.clone()).or_default() += whole * day.linked;
    }
    known_or_missing(input, linking, found)
}

/// What was found; that nothing was recorded if there is nothing although something was earned.
fn known_or_missing<K, V>(
    input: &StatementInput,
    linking: &Linking,
    found: BTreeMap<K, V>,
) -> Result<BTreeMap<K, V>, String> {
    if found.is_empty() && !linking.weights.is_empty() {
        return Err(input.texts().sentence(PerformanceSentence::NotRecorded));
    }
    Ok(found)
}

fn unknown_on(input: &StatementInput, date: BusinessDate) -> String {
    let texts = input.texts();
    texts.sentence_with(PerformanceSentence::PartUnknownOn, &[("date", &texts.date(date))])
}

/// The columns of a table of parts: what it is, from prices and income, from exchange rates, both.
fn columns(id: &'static str, title: PerformanceLabel, texts: Texts) -> Vec<Column> {
    let titled = |id, label| Column::new(id, texts.label(label), ColumnKind::Fraction);
    vec![
        Column::new(id, texts.label(title), ColumnKind::Text),
        titled("local", PerformanceLabel::FromPrices),
        titled("exchange_rates", PerformanceLabel::FromRates),
        titled("contribution", PerformanceLabel::Contribution),
    ]
}

/// A line of parts: the last cell is the sum of the two before it as they are printed.
fn cells(name: String, parts: Parts, texts: Texts) -> Result<Vec<Cell>, Error> {
    let local = Cell::estimated_fraction(parts.local, texts);
    let rates = Cell::estimated_fraction(parts.whole - parts.local, texts);
    let both = sum_of_printed([&local, &rates], "a contribution", texts)?;
    Ok(vec![Cell::text(name), local, rates, both])
}

fn with_total(columns: Vec<Column>, rows: Vec<Vec<Cell>>, texts: Texts) -> Result<Table, Error> {
    let mut table = Table { columns, rows, total: None };
    if !table.rows.is_empty() {
        let mut last = vec![total(texts)];
        for column in table.columns.iter().skip(1) {
            last.push(table.sum_of_column(column.id, texts)?);
        }
        table.total = Some(last);
    }
    Ok(table)
}

/// The positions that added most, those that took most, and all others in one line.
fn by_instrument(input: &StatementInput, parts: &BTreeMap<(InstrumentId, Currency), Parts>) -> Result<Section, Error> {
    let (texts, instruments) = (input.texts(), input.instruments_by_id());
    let mut ordered: Vec<(&InstrumentId, Parts)> = parts.iter().map(|((id, _), parts)| (id, *parts)).collect();
    ordered.sort_by(|one, other| other.1.whole.total_cmp(&one.1.whole).then(one.0.cmp(other.0)));
    let gained = ordered.iter().take(LISTED).take_while(|(_, parts)| 0.0 < parts.whole).count();
    let lost = ordered.iter().rev().take(LISTED).take_while(|(_, parts)| parts.whole < 0.0).count();
    let named = |id: &InstrumentId| name_of_position(id, &instruments, texts);
    let (mut rows, mut others, mut count) = (Vec::new(), Parts::default(), 0_usize);
    for (place, (id, parts)) in ordered.iter().enumerate() {
        if place < gained || ordered.len() - lost <= place {
            rows.push(cells(named(id), *parts, texts)?);
        } else {
            others.whole += parts.whole;
            others.local += parts.local;
            count += 1;
        }
    }
    if 0 < count {
        let name = texts.label_with(Label::OtherPositions, &[("count", &count.to_string())]);
        rows.insert(gained, cells(name, others, texts)?);
    }
    let table = with_total(columns("position", PerformanceLabel::Position, texts), rows, texts)?;
    let title = texts.label(PerformanceLabel::ByPosition);
    Ok(Section { id: "contributions", title, content: Content::Table(table) })
}

fn by_currency(input: &StatementInput, parts: &BTreeMap<(InstrumentId, Currency), Parts>) -> Result<Section, Error> {
    let texts = input.texts();
    let mut sums: BTreeMap<Currency, Parts> = BTreeMap::new();
    for ((_, currency), parts) in parts {
        let sum = sums.entry(*currency).or_default();
        sum.whole += parts.whole;
        sum.local += parts.local;
    }
    let rows = sums.into_iter().map(|(currency, parts)| cells(currency.code().to_owned(), parts, texts));
    let rows = rows.collect::<Result<Vec<_>, Error>>()?;
    let table = with_total(columns("currency", PerformanceLabel::CurrencyOf, texts), rows, texts)?;
    let title = texts.label(PerformanceLabel::ByCurrency);
    Ok(Section { id: "contributions_by_currency", title, content: Content::Table(table) })
}

fn of_classes(input: &StatementInput, parts: BTreeMap<String, f64>) -> Result<Section, Error> {
    let texts = input.texts();
    let columns = vec![
        Column::new("asset_class", texts.label(Label::AssetClass), ColumnKind::Text),
        Column::new("contribution", texts.label(PerformanceLabel::Contribution), ColumnKind::Fraction),
    ];
    let row = |(node, whole): (String, f64)| {
        vec![Cell::text(name_of_group(&node, texts)), Cell::estimated_fraction(whole, texts)]
    };
    let table = with_total(columns, parts.into_iter().map(row).collect(), texts)?;
    let title = texts.label(PerformanceLabel::ByClass);
    Ok(Section { id: "contributions_by_class", title, content: Content::Table(table) })
}
