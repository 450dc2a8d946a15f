//! What holdings were worth over a period, added up day by day while the valuations are read.
//!
//! A year of valuations of five hundred portfolios does not fit memory; their sums do.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use lake::{DateRange, RecordBatch};
use rust_decimal::Decimal;
use schemas::table::{Record, cell, typed_column};
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, BusinessDate, InstrumentId, PortfolioId};

use super::{Further, of};
use crate::gather::Facts;
use crate::span::Span;

/// What one holding was worth while the same costs counted: the sum over valuation dates of its value at the close
/// times the calendar days since the valuation date before.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldValue {
    /// The instrument; never cash.
    pub instrument_id: InstrumentId,
    /// The costs that counted; none if they are not known.
    pub costs: Option<InstrumentCost>,
    /// Value in base currency times calendar days, of the days on which it was known and positive: a short position
    /// bears no costs of its instrument.
    pub value_days: Amount,
    /// Calendar days of closes at which a value was not known.
    pub unknown_days: i64,
}

/// Calendar days by portfolio and valuation date, from the valuation date before or the opening date on.
type Days = BTreeMap<PortfolioId, BTreeMap<BusinessDate, i64>>;

/// The costs of each instrument by the day from which they count.
pub type InstrumentCosts = BTreeMap<InstrumentId, BTreeMap<BusinessDate, InstrumentCost>>;

/// Value times days, and days without a value, by the day from which costs count, if they are known.
type Parts = BTreeMap<Option<BusinessDate>, (Decimal, i64)>;

/// The columns that are read.
const COLUMNS: [&str; 4] = ["portfolio_id", "instrument_id", "business_date", "value_base"];

/// What is added up so far, by the ids as they stand in the rows: there are millions, and none is copied twice.
struct Sums<'a> {
    costs: &'a InstrumentCosts,
    portfolios: HashMap<&'a str, Book<'a>>,
}

/// One portfolio: the days that its closes stand for, and its holdings.
struct Book<'a> {
    days: &'a BTreeMap<BusinessDate, i64>,
    holdings: HashMap<String, (InstrumentId, Parts)>,
}

/// Reads what the holdings of some portfolios were worth.
pub(super) async fn read(
    facts: &Facts,
    span: Span,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let days = days(facts.of(span.days(), only).await?, span.opening);
    let mut costs = InstrumentCosts::new();
    for row in facts.read::<InstrumentCost>(DateRange::ALL).await? {
        costs.entry(row.instrument_id.clone()).or_default().insert(row.valid_from, row);
    }
    let costs = Arc::new(costs);
    days.keys().for_each(|id| of(found, id).instrument_costs = Arc::clone(&costs));
    let portfolios = days.iter().map(|(id, days)| (id.as_str(), Book { days, holdings: HashMap::new() })).collect();
    let mut sums = Sums { costs: &costs, portfolios };
    if let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) {
        facts.each_batch::<Valuation>(span.days(), &COLUMNS, (first, last), |batch| sums.take(batch)).await?;
    }
    for portfolio_id in days.keys() {
        let Some(book) = sums.portfolios.remove(portfolio_id.as_str()) else { continue };
        let holdings: BTreeMap<InstrumentId, Parts> = book.holdings.into_values().collect();
        for (instrument_id, parts) in holdings {
            let stated = costs.get(&instrument_id);
            let held = parts.into_iter().map(|(from, (value_days, unknown_days))| HeldValue {
                costs: from.and_then(|from| stated?.get(&from)).cloned(),
                instrument_id: instrument_id.clone(),
                value_days: Amount::new(value_days),
                unknown_days,
            });
            of(found, portfolio_id).held_values.extend(held);
        }
    }
    Ok(())
}

fn days(values: Vec<PortfolioValue>, opening: BusinessDate) -> Days {
    let mut days = Days::new();
    for row in values {
        let since = days_of(&row, opening);
        days.entry(row.portfolio_id).or_default().insert(row.business_date, since);
    }
    days
}

/// The calendar days that a close stands for: those since the valuation date before, or since the opening date of the
/// period if that is later. The first close of a portfolio stands for its own day.
pub(crate) fn days_of(row: &PortfolioValue, opening: BusinessDate) -> i64 {
    let since = row.previous_business_date.unwrap_or_else(|| row.business_date.previous_calendar_day());
    row.business_date.days_since(since.max(opening))
}

impl Sums<'_> {
    fn take(&mut self, batch: &RecordBatch) -> Result<(), lake::Error> {
        let table = Valuation::TABLE.name;
        let portfolios = typed_column::<PortfolioId>(table, "portfolio_id", batch)?;
        let instruments = typed_column::<InstrumentId>(table, "instrument_id", batch)?;
        let dates = typed_column::<BusinessDate>(table, "business_date", batch)?;
        let values = typed_column::<Option<Amount>>(table, "value_base", batch)?;
        for row in 0..batch.num_rows() {
            let Some(Book { days, holdings }) = self.portfolios.get_mut(portfolios.value(row)) else { continue };
            let date: BusinessDate = cell(table, "business_date", &dates, row)?;
            let Some(days) = days.get(&date).copied() else { continue };
            let symbol = instruments.value(row);
            if !holdings.contains_key(symbol) {
                let id: InstrumentId = cell(table, "instrument_id", &instruments, row)?;
                holdings.insert(symbol.to_owned(), (id, Parts::new()));
            }
            let Some((id, parts)) = holdings.get_mut(symbol).filter(|(id, _)| !id.is_cash()) else { continue };
            let costs = self.costs.get(id);
            let from = costs.and_then(|costs| costs.range(..=date).next_back()).map(|(from, _)| *from);
            let value: Option<Amount> = cell(table, "value_base", &values, row)?;
            let (sum, unknown) = parts.entry(from).or_default();
            let part = value.map(|value| value.decimal().max(Decimal::ZERO).checked_mul(Decimal::from(days)));
            match part.flatten().and_then(|part| sum.checked_add(part)) {
                Some(added) => *sum = added,
                None => *unknown += days,
            }
        }
        Ok(())
    }
}
