//! gold.concentration and gold.liquidity from the positions of a date.
//!
//! Both are made by the functions that answer on request, of the same positions, which a night reads once. They follow
//! from the date alone, and for the volumes from twenty valuation dates before it, so that a range has the rows of its
//! nights. A range is read a month at a time.

mod held;
mod traded;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lake::{DateRange, Lake, RecordBatch};
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::{
    classifications, concentration, corporate_actions, instruments, liquidity, portfolio_values, portfolios, quotes,
    transactions, valuations,
};
use schemas::{BusinessDate, MarketId, MeasureValue, PortfolioId};

use self::held::{HELD, Worthwhile};
use self::traded::{Averages, Traded};
use super::risk::holdings::{Holdings, Position, Valued, of_owner};
use super::risk::read;
use super::{Made, Rollup};
use crate::concentration::{ByGrouping, Held, Taxonomies, by_every_grouping};
use crate::error::Error;
use crate::history::{month_start, next_month};
use crate::liquidity::{PARTICIPATION, PortfolioLiquidity, Position as Sold, portfolio_liquidity};
use crate::parquet_books::cores::on_all_cores;
use crate::{StageReport, Work};

/// One row per portfolio, valuation date and way of grouping, and of the liquidity one per portfolio and date.
pub static ROLLUP: Rollup = Rollup {
    writes: &concentration::TABLE,
    also_writes: &[&liquidity::TABLE],
    reads: &[
        &portfolios::TABLE,
        &instruments::TABLE,
        &quotes::TABLE,
        &corporate_actions::TABLE,
        &classifications::TABLE,
        &transactions::TABLE,
        &portfolio_values::TABLE,
        &valuations::TABLE,
    ],
    make,
};

/// Portfolios and dates that are looked at together.
const PIECE: usize = 2048;

/// Rows of both tables.
type BothRows = (RecordBatch, RecordBatch);

fn make<'a>(lake: &'a Lake, work: &'a Work) -> Made<'a> {
    Box::pin(async move {
        let mut report = StageReport::default();
        let mut portfolios = read::<Portfolio>(lake, DateRange::ALL, &mut report).await?;
        portfolios.retain(|portfolio| work.covers(&portfolio.portfolio_id));
        portfolios.sort_by(|left, right| left.portfolio_id.cmp(&right.portfolio_id));
        let mut of_markets: BTreeMap<MarketId, Vec<Classification>> = BTreeMap::new();
        for row in read::<Classification>(lake, DateRange::ALL, &mut report).await? {
            of_markets.entry(row.market_id.clone()).or_default().push(row);
        }
        let taxonomies: BTreeMap<MarketId, Taxonomies> =
            of_markets.into_iter().map(|(market, rows)| (market, Taxonomies::new(rows))).collect();
        let booked = traded::booked(lake, work, &mut report).await?;
        let known = std::sync::Arc::new((taxonomies, booked));
        let (mut concentrated, mut sold) = (Vec::new(), Vec::new());
        for part in by_month(work) {
            let holdings = Holdings::worth(lake, &part, portfolios.clone(), &HELD, &mut report).await?;
            let traded = Traded::read(lake, &part, &holdings, &mut report).await?;
            let known = std::sync::Arc::clone(&known);
            let computing = tokio::task::spawn_blocking(move || {
                let (taxonomies, booked) = known.as_ref();
                all_rows(&Known { holdings: &holdings, traded: &traded, taxonomies, booked })
            });
            for (of_concentration, of_liquidity) in computing.await.map_err(|_| Error::Worker)?? {
                concentrated.push(of_concentration);
                sold.push(of_liquidity);
            }
        }
        for (table, batches) in [(ConcentrationRow::TABLE, concentrated), (LiquidityRow::TABLE, sold)] {
            report.rows_written += work.replace_batches(lake, table, &batches, table.name).await?.rows;
        }
        Ok(report)
    })
}

/// The work in parts of a month.
fn by_month(work: &Work) -> Vec<Work> {
    let mut parts = Vec::new();
    let mut from = work.from;
    while from <= work.to {
        let next = next_month(month_start(from));
        let is_last = next <= from || work.to < next;
        let to = if is_last { work.to } else { next.previous_calendar_day() };
        parts.push(Work { from, to, ..work.clone() });
        if is_last {
            break;
        }
        from = next;
    }
    parts
}

/// What rows follow from.
struct Known<'a> {
    holdings: &'a Holdings<Worthwhile>,
    traded: &'a Traded,
    taxonomies: &'a BTreeMap<MarketId, Taxonomies>,
    /// Of portfolios that booked splits what they booked of them.
    booked: &'a traded::Booked,
}

fn all_rows(known: &Known<'_>) -> Result<Vec<BothRows>, Error> {
    let mut batches = Vec::new();
    for valued in known.holdings.valued.chunk_by(|one, next| one.group == next.group) {
        let pieces: Vec<&[Valued]> = valued.chunks(PIECE).collect();
        batches.extend(on_all_cores(pieces.len(), |number| {
            known.rows(pieces.get(number).copied().ok_or(Error::Worker)?)
        })?);
    }
    Ok(batches)
}

impl Known<'_> {
    /// The rows of some portfolios of one group and their dates, which are in order as their positions are.
    fn rows(&self, valued: &[Valued]) -> Result<BothRows, Error> {
        let (mut concentrated, mut sold) = (Vec::new(), Vec::with_capacity(valued.len()));
        if let Some(first) = valued.first() {
            let (market, _, _) = self.holdings.group(first.group)?;
            let without = Taxonomies::default();
            let taxonomies = self.taxonomies.get(market).unwrap_or(&without);
            let mut averages = Averages::of(self.traded, market);
            let positions = self.holdings.positions.as_slice();
            let mut next = positions.partition_point(|position| position.owner < *first);
            for owner in valued {
                let own = of_owner(positions, next, *owner);
                next = own.end;
                let own = positions.get(own).unwrap_or_default();
                let id = self.holdings.portfolio(owner.portfolio)?;
                let date = NaiveDate::from_epoch_days(owner.date).and_then(|day| BusinessDate::new(day).ok());
                let date = date.ok_or(Error::Worker)?;
                let found = by_every_grouping(&self.held(own)?, taxonomies);
                concentrated.extend(found.into_iter().map(|found| concentration_row(id, date, found)));
                sold.push(liquidity_row(id, date, &self.liquidity(id, date, own, &mut averages)?));
            }
        }
        let batch = ConcentrationRow::to_batch(&concentrated).map_err(lake::Error::from)?;
        Ok((batch, LiquidityRow::to_batch(&sold).map_err(lake::Error::from)?))
    }

    fn held(&self, positions: &[Position<Worthwhile>]) -> Result<Vec<Held<'_>>, Error> {
        let held = |position: &Position<Worthwhile>| {
            let Worthwhile { currency, value, .. } = position.value;
            Ok(Held { instrument_id: self.holdings.instrument(position.instrument)?, currency, value })
        };
        positions.iter().map(held).collect()
    }

    fn liquidity(
        &self,
        id: &PortfolioId,
        date: BusinessDate,
        positions: &[Position<Worthwhile>],
        averages: &mut Averages<'_>,
    ) -> Result<PortfolioLiquidity, Error> {
        let own = self.booked.get(id).map(Vec::as_slice).unwrap_or_default();
        let mut sold = Vec::with_capacity(positions.len());
        for position in positions {
            let Worthwhile { quantity, value, .. } = position.value;
            let instrument = self.holdings.instrument(position.instrument)?.clone();
            let number = position.instrument;
            sold.push(Sold::new(instrument, quantity, value, |id| averages.average(number, id, own, date)));
        }
        Ok(portfolio_liquidity(sold, None, PARTICIPATION))
    }
}

fn concentration_row(id: &PortfolioId, date: BusinessDate, (grouping, found): ByGrouping) -> ConcentrationRow {
    let known = found.as_ref().ok();
    let largest = |place: usize| known.and_then(|one| one.largest.get(place).copied());
    ConcentrationRow {
        portfolio_id: id.clone(),
        business_date: date,
        grouping,
        group_count: known.map(|one| i64::try_from(one.groups).unwrap_or(i64::MAX)),
        herfindahl: known.map(|one| one.figures.herfindahl),
        effective_number: known.map(|one| one.figures.effective_number),
        normalized_herfindahl: known.map(|one| one.figures.normalized),
        entropy_number: known.map(|one| one.figures.entropy_number),
        largest_share: largest(0),
        largest_five_share: largest(1),
        largest_ten_share: largest(2),
        largest_group: known.map(|one| one.largest_group.clone()),
        unclassified_share: known.and_then(|one| one.unclassified),
        unavailable_reason: found.err(),
    }
}

fn liquidity_row(id: &PortfolioId, date: BusinessDate, found: &PortfolioLiquidity) -> LiquidityRow {
    let share = |place: usize| found.sold_within.get(place).and_then(|(_, share)| number(share));
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    LiquidityRow {
        portfolio_id: id.clone(),
        business_date: date,
        participation: PARTICIPATION,
        position_count: count(found.positions.len()),
        unknown_count: count(found.unknown_count()),
        days_until_all: number(&found.days_until_all),
        days_unavailable_reason: reason(&found.days_until_all),
        one_day_share: share(0),
        five_day_share: share(1),
        twenty_day_share: share(2),
        unknown_share: number(&found.unknown_share),
        shares_unavailable_reason: reason(&found.unknown_share),
    }
}

fn number(figure: &MeasureValue) -> Option<f64> {
    match figure {
        MeasureValue::Number(number) => Some(*number),
        _ => None,
    }
}

fn reason(figure: &MeasureValue) -> Option<String> {
    match figure {
        MeasureValue::Unavailable(reason) => Some(reason.clone()),
        _ => None,
    }
}
