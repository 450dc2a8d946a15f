//! History: whether what was computed before a date still follows from what is known.
//!
//! A booking, a price or a rate that comes late changes days that are already in gold. A night that only computed its
//! own day would count the difference as performance of that day. So every night leaves a marker of all facts up to
//! its date, and the next night compares it with the marker of the same facts as they are now.

use std::hash::{DefaultHasher, Hash, Hasher};

use lake::{DateRange, Lake};
use schemas::BusinessDate;
use schemas::table::Record;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;

use crate::error::Error;
use crate::{StageReport, Work, books, checks, rollups};

/// The days before the first day of a work that gold must already hold: from the first day of any portfolio to the
/// last day that was quoted. None if there are none.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read.
pub async fn days_before(lake: &Lake, from: BusinessDate) -> Result<Option<(BusinessDate, BusinessDate)>, Error> {
    let starts = lake::read::portfolios(lake).await?.into_iter().map(|portfolio| portfolio.start_date);
    let Some(first) = starts.min().filter(|first| *first < from) else { return Ok(None) };
    let quoted = lake::read::quote_dates(lake, first, from.previous_calendar_day()).await?;
    Ok(quoted.last().map(|last| (first, *last)))
}

/// A marker of every fact up to a date from which gold is made. The same facts give the same marker, in whatever order
/// and however often they came.
///
/// # Errors
/// [`Error::Lake`] if a table cannot be read.
pub async fn marker(lake: &Lake, through: BusinessDate) -> Result<String, Error> {
    let range = DateRange::through(through);
    let sums = [
        summed(&read::<Quote>(lake, range).await?, |row, hash| {
            (&row.instrument_id, row.quote_date, row.close).hash(hash);
        }),
        summed(&read::<FxRate>(lake, range).await?, |row, hash| {
            (&row.fx_source, row.currency, row.rate_date, row.units_per_eur).hash(hash);
        }),
        summed(&read::<CorporateAction>(lake, range).await?, |row, hash| {
            (&row.instrument_id, row.ex_date, &row.kind, row.ratio).hash(hash);
        }),
        summed(&read::<Instrument>(lake, range).await?, |row, hash| {
            (&row.instrument_id, row.currency, row.price_scale, &row.adjusted).hash(hash);
        }),
        summed(&read::<Transaction>(lake, range).await?, hash_transaction),
        summed(&living(read(lake, range).await?, through), |row, hash| {
            (&row.portfolio_id, &row.market_id, &row.fx_source, row.base_currency).hash(hash);
            (row.start_date, row.end_date, row.risk_free_annual.map(f64::to_bits)).hash(hash);
        }),
    ];
    Ok(sums.map(|(rows, sum)| format!("{rows}:{sum:016x}")).join("/"))
}

/// Makes the gold of days that a night finds missing or outdated, as one rebuild.
///
/// # Errors
/// [`Error`] if a stage fails.
pub async fn rebuild(lake: &Lake, work: &Work, first: BusinessDate, last: BusinessDate) -> Result<StageReport, Error> {
    let earlier = Work { from: first, to: last, ..work.clone() };
    let mut report = books::book(lake, &earlier).await?;
    for stage in [rollups::roll_up(lake, &earlier).await?, checks::check(lake, &earlier, checks::Layer::Gold).await?] {
        report.rows_written += stage.rows_written;
    }
    report.note = format!("{first} to {last} were missing or changed and have been rebuilt");
    Ok(report)
}

async fn read<R: Record>(lake: &Lake, range: DateRange) -> Result<Vec<R>, Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    Ok(lake::read::rows(&snapshot, lake, range).await?)
}

fn living(mut portfolios: Vec<Portfolio>, through: BusinessDate) -> Vec<Portfolio> {
    portfolios.retain(|portfolio| portfolio.start_date <= through);
    portfolios
}

fn hash_transaction(row: &Transaction, hash: &mut DefaultHasher) {
    (&row.portfolio_id, &row.transaction_id, row.trade_date, &row.kind, &row.instrument_id).hash(hash);
    (row.quantity, row.price, row.currency, row.fees, row.taxes, row.net_cash).hash(hash);
    (row.counter_currency, row.counter_amount).hash(hash);
}

/// The number of rows and the sum of their hashes, which does not depend on their order.
fn summed<R>(rows: &[R], hash_row: impl Fn(&R, &mut DefaultHasher)) -> (usize, u64) {
    let hashed = rows.iter().map(|row| {
        let mut hash = DefaultHasher::new();
        hash_row(row, &mut hash);
        hash.finish()
    });
    (rows.len(), hashed.fold(0, u64::wrapping_add))
}
