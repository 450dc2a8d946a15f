//! What holdings were worth over a period, added up day by day while the valuations are read.
//!
//! A year of valuations of five hundred portfolios does not fit memory; their sums do.

use std::collections::{BTreeMap, BTreeSet};
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

/// Portfolio, instrument, and the day from which the costs count, if they are known.
type Place = (PortfolioId, InstrumentId, Option<BusinessDate>);

/// The columns that are read.
const COLUMNS: [&str; 4] = ["portfolio_id", "instrument_id", "business_date", "value_base"];

/// What is added up so far.
struct Sums<'a> {
    days: &'a Days,
    costs: &'a InstrumentCosts,
    sums: BTreeMap<Place, (Decimal, i64)>,
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
    let mut sums = Sums { days: &days, costs: &costs, sums: BTreeMap::new() };
    if let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) {
        facts.each_batch::<Valuation>(span.days(), &COLUMNS, (first, last), |batch| sums.take(batch)).await?;
    }
    for ((portfolio_id, instrument_id, from), (value_days, unknown_days)) in sums.sums {
        let known = from.and_then(|from| costs.get(&instrument_id)?.get(&from));
        let value_days = Amount::new(value_days);
        let held = HeldValue { costs: known.cloned(), instrument_id, value_days, unknown_days };
        of(found, &portfolio_id).held_values.push(held);
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
            let portfolio_id: PortfolioId = cell(table, "portfolio_id", &portfolios, row)?;
            let date: BusinessDate = cell(table, "business_date", &dates, row)?;
            let Some(days) = self.days.get(&portfolio_id).and_then(|days| days.get(&date)) else { continue };
            let instrument_id: InstrumentId = cell(table, "instrument_id", &instruments, row)?;
            if instrument_id.is_cash() {
                continue;
            }
            let costs = self.costs.get(&instrument_id);
            let from = costs.and_then(|costs| costs.range(..=date).next_back()).map(|(from, _)| *from);
            let value: Option<Amount> = cell(table, "value_base", &values, row)?;
            let (sum, unknown) = self.sums.entry((portfolio_id, instrument_id, from)).or_default();
            let part = value.map(|value| value.decimal().max(Decimal::ZERO).checked_mul(Decimal::from(*days)));
            match part.flatten().and_then(|part| sum.checked_add(part)) {
                Some(added) => *sum = added,
                None => *unknown += days,
            }
        }
        Ok(())
    }
}
