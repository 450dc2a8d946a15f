//! What the statements of a date are made from, read from the lake for all portfolios at once.
//!
//! Each table is read once and its rows are handed to their portfolios: two hundred statements cost as many scans as
//! one.

use std::collections::{BTreeMap, BTreeSet};

use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::exceptions::Exception;
use schemas::tables::instruments::Instrument;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, MarketId, PortfolioId, ReportingPeriod, RunId};

use crate::statements::StatementInput;

/// Portfolios up to which their rows are asked for by name; of more, all rows are read and others left out.
const NAMED_MAX: usize = 500;

/// The check that finds portfolios without a value on a day on which there should be one.
const NOT_VALUED: &str = "not_valued";

/// The check that finds a thing that happened in the period, on one day of it: every other one looks at a day as it is.
const MISSING_DIVIDENDS: &str = "missing_dividends";

/// On whose behalf statements are made.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The run.
    pub run_id: RunId,
    /// A marker of everything the run read.
    pub inputs_fingerprint: String,
    /// The version of the program.
    pub program_version: String,
    /// Whether the portfolios are made up.
    pub synthetic: bool,
}

/// The inputs of the monthly statement of every portfolio that was valued on a date, or only of some, by portfolio.
///
/// # Errors
/// [`lake::Error`] if a table cannot be read.
pub async fn month_to_date(
    lake: &Lake,
    date: BusinessDate,
    origin: &Origin,
    only: Option<&BTreeSet<PortfolioId>>,
) -> Result<Vec<StatementInput>, lake::Error> {
    let only = only.map(|wanted| wanted.iter().map(ToString::to_string).collect::<BTreeSet<String>>());
    let only = only.as_ref();
    let opening = opening_date(date);
    let first = opening.next_calendar_day();
    let period = DateRange::between(first, date);
    let (that_day, through) = (DateRange::between(date, date), DateRange::through(date));
    let mut instruments = by_market(read::<Instrument>(lake, DateRange::ALL).await?);
    let mut values = by_portfolio(read_of::<PortfolioValue>(lake, through, only).await?, |row| &row.portfolio_id);
    let mut valuations = by_portfolio(read_of::<Valuation>(lake, that_day, only).await?, |row| &row.portfolio_id);
    let mut positions = by_portfolio(read_of::<Position>(lake, through, only).await?, |row| &row.portfolio_id);
    let mut flows = by_portfolio(read_of::<CashFlow>(lake, period, only).await?, |row| &row.portfolio_id);
    let mut booked = by_portfolio(read_of::<Transaction>(lake, DateRange::ALL, only).await?, |row| &row.portfolio_id);
    let mut actions = by_portfolio(read_of::<ActionPayment>(lake, period, only).await?, |row| &row.portfolio_id);
    let mut bridges = by_portfolio(lake::read::nav_bridges(lake, first, date).await?, |row| &row.portfolio_id);
    let mut gains = by_portfolio(read_of::<RealisedGain>(lake, period, only).await?, |row| &row.portfolio_id);
    let changes = gain_changes(lake, period, only).await?;
    let mut changed = by_portfolio(changed_disposals(lake, through, &changes).await?, |row| &row.portfolio_id);
    let mut changes = by_portfolio(changes, |row| &row.portfolio_id);
    let mut measures = by_portfolio(read_of::<MeasureRow>(lake, that_day, only).await?, |row| &row.portfolio_id);
    let mut judged = by_portfolio(lake::read::stated_backtests(lake, date).await?, |row| &row.portfolio_id);
    let mut attributed = by_portfolio(lake::read::stated_attribution(lake, date).await?, |row| &row.portfolio_id);
    let mut stated = read_of::<Exception>(lake, period, only).await?;
    stated.retain(|row| is_stated(row, date));
    let mut exceptions = by_portfolio(stated, |row| &row.portfolio_id);
    let mut inputs = Vec::new();
    for portfolio in lake::read::portfolios(lake).await? {
        let id = portfolio.portfolio_id.clone();
        let portfolio_values = take(&mut values, &id);
        let is_wanted = only.is_none_or(|only| only.contains(id.as_str()));
        if !is_wanted || !portfolio_values.iter().any(|row| row.business_date == date) {
            continue;
        }
        let (transactions, others) = parted(take(&mut booked, &id), opening, date);
        let mut input = StatementInput {
            business_date: date,
            period_start: opening,
            run_id: origin.run_id.clone(),
            inputs_fingerprint: origin.inputs_fingerprint.clone(),
            program_version: origin.program_version.clone(),
            synthetic: origin.synthetic,
            instruments: Vec::new(),
            valuations: take(&mut valuations, &id),
            positions: take(&mut positions, &id),
            portfolio_values,
            cash_flows: take(&mut flows, &id),
            taken_back: taken_back(&others, &transactions),
            reversals_elsewhere: taking_back(&others, &transactions),
            transactions,
            action_payments: take(&mut actions, &id),
            realised_gains: take(&mut gains, &id),
            gain_changes: take(&mut changes, &id),
            changed_disposals: take(&mut changed, &id),
            nav_bridge: take(&mut bridges, &id),
            measures: take(&mut measures, &id),
            backtests: take(&mut judged, &id),
            attribution: take(&mut attributed, &id),
            exceptions: take(&mut exceptions, &id),
            portfolio,
        };
        input.instruments = named_in(&input, instruments.entry(input.portfolio.market_id.clone()).or_default());
        inputs.push(input);
    }
    Ok(inputs)
}

/// The last date of a month, up to a day of it, on which each portfolio was valued. One that could not be valued later
/// in the month is left out: its earlier days are not its month.
///
/// # Errors
/// [`lake::Error`] if a table cannot be read.
pub async fn last_valued_in_month(
    lake: &Lake,
    date: BusinessDate,
) -> Result<BTreeMap<PortfolioId, BusinessDate>, lake::Error> {
    let first = opening_date(date).next_calendar_day();
    let mut last: BTreeMap<PortfolioId, BusinessDate> = BTreeMap::new();
    for row in read::<PortfolioValue>(lake, DateRange::between(first, date)).await? {
        let day = last.entry(row.portfolio_id).or_insert(row.business_date);
        *day = row.business_date.max(*day);
    }
    for (portfolio, day, _) in not_valued(lake, DateRange::between(first, date)).await? {
        if last.get(&portfolio).is_some_and(|last| *last < day) {
            last.remove(&portfolio);
        }
    }
    Ok(last)
}

/// Why portfolios could not be valued in a month, up to a day of it: what the last finding says.
///
/// # Errors
/// [`lake::Error`] if a table cannot be read.
pub async fn not_valued_in_month(
    lake: &Lake,
    date: BusinessDate,
) -> Result<BTreeMap<PortfolioId, String>, lake::Error> {
    let first = opening_date(date).next_calendar_day();
    let mut found = not_valued(lake, DateRange::between(first, date)).await?;
    found.sort_by_key(|(_, day, _)| *day);
    Ok(found.into_iter().map(|(portfolio, _, reason)| (portfolio, reason)).collect())
}

/// The portfolios that could not be valued on days of a range, with the day and the reason.
///
/// # Errors
/// [`lake::Error`] if a table cannot be read.
pub async fn not_valued(
    lake: &Lake,
    range: DateRange,
) -> Result<Vec<(PortfolioId, BusinessDate, String)>, lake::Error> {
    let found = read::<Exception>(lake, range).await?.into_iter().filter(|row| row.check_name == NOT_VALUED);
    Ok(found.map(|row| (row.portfolio_id, row.business_date, row.message)).collect())
}

/// Whether the statement of a date says a finding of its period: that of the date itself, or cash that came to be late.
fn is_stated(finding: &Exception, date: BusinessDate) -> bool {
    finding.business_date == date || finding.check_name == MISSING_DIVIDENDS
}

/// The last day of the month before.
fn opening_date(date: BusinessDate) -> BusinessDate {
    let opening = ReportingPeriod::MonthToDate.opening_date(date).and_then(|day| BusinessDate::new(day).ok());
    opening.unwrap_or(date)
}

/// The instruments that a statement names, out of those of its market.
fn named_in(input: &StatementInput, market: &[Instrument]) -> Vec<Instrument> {
    let held = input.valuations.iter().map(|row| &row.instrument_id);
    let booked = input.transactions.iter().chain(&input.taken_back).filter_map(|row| row.instrument_id.as_ref());
    let sold = input.realised_gains.iter().map(|row| &row.instrument_id);
    let changed = input.gain_changes.iter().map(|row| &row.instrument_id);
    let announced = input.action_payments.iter();
    let announced = announced.flat_map(|row| row.target_instrument_id.iter().chain([&row.instrument_id]));
    let mut ids: Vec<_> = held.chain(booked).chain(sold).chain(changed).chain(announced).collect();
    ids.sort_unstable();
    ids.dedup();
    market.iter().filter(|row| ids.binary_search(&&row.instrument_id).is_ok()).cloned().collect()
}

/// The transactions of a period, and all others: a reversal of a later day takes back what then counts on no day.
fn parted(booked: Vec<Transaction>, opening: BusinessDate, date: BusinessDate) -> (Vec<Transaction>, Vec<Transaction>) {
    booked.into_iter().partition(|row| opening < row.trade_date && row.trade_date <= date)
}

/// What the reversals of a period take back, out of the bookings before it and after it.
fn taken_back(others: &[Transaction], of_period: &[Transaction]) -> Vec<Transaction> {
    let reversed: BTreeSet<&str> = of_period.iter().filter_map(|row| row.reverses.as_deref()).collect();
    others.iter().filter(|row| reversed.contains(row.transaction_id.as_str())).cloned().collect()
}

/// The reversals out of the bookings before a period and after it that take back something of it.
fn taking_back(others: &[Transaction], of_period: &[Transaction]) -> Vec<Transaction> {
    let ids: BTreeSet<&str> = of_period.iter().map(|row| row.transaction_id.as_str()).collect();
    let is_of_period = |row: &&Transaction| row.reverses.as_deref().is_some_and(|id| ids.contains(id));
    others.iter().filter(is_of_period).cloned().collect()
}

/// What rules that look ahead changed about gains, with effect in a range.
async fn gain_changes(
    lake: &Lake,
    range: DateRange,
    only: Option<&BTreeSet<String>>,
) -> Result<Vec<LotClosing>, lake::Error> {
    let mut rows = read_of::<LotClosing>(lake, range, only).await?;
    rows.retain(LotClosing::is_change);
    Ok(rows)
}

/// The disposals whose gains were changed. There are few, if any: only they are read of all that there ever were.
async fn changed_disposals(
    lake: &Lake,
    through: DateRange,
    changes: &[LotClosing],
) -> Result<Vec<RealisedGain>, lake::Error> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let portfolios: BTreeSet<String> = changes.iter().map(|row| row.portfolio_id.to_string()).collect();
    let disposals: BTreeSet<String> = changes.iter().map(|row| row.transaction_id.clone()).collect();
    let named = [("portfolio_id", &portfolios), ("transaction_id", &disposals)];
    let snapshot = lake.snapshot(RealisedGain::TABLE).await?;
    lake::read::rows_named(&snapshot, lake, through, &named).await
}

/// The rows of every portfolio, or at least of some.
async fn read_of<R: Record>(
    lake: &Lake,
    range: DateRange,
    only: Option<&BTreeSet<String>>,
) -> Result<Vec<R>, lake::Error> {
    match only {
        Some(portfolios) if portfolios.len() <= NAMED_MAX => {
            let snapshot = lake.snapshot(R::TABLE).await?;
            lake::read::rows_named(&snapshot, lake, range, &[("portfolio_id", portfolios)]).await
        }
        _ => read(lake, range).await,
    }
}

async fn read<R: Record>(lake: &Lake, range: DateRange) -> Result<Vec<R>, lake::Error> {
    let snapshot = lake.snapshot(R::TABLE).await?;
    lake::read::rows(&snapshot, lake, range).await
}

fn by_portfolio<R>(rows: Vec<R>, id: impl Fn(&R) -> &PortfolioId) -> BTreeMap<PortfolioId, Vec<R>> {
    let mut grouped: BTreeMap<PortfolioId, Vec<R>> = BTreeMap::new();
    for row in rows {
        grouped.entry(id(&row).clone()).or_default().push(row);
    }
    grouped
}

fn by_market(instruments: Vec<Instrument>) -> BTreeMap<MarketId, Vec<Instrument>> {
    let mut grouped: BTreeMap<MarketId, Vec<Instrument>> = BTreeMap::new();
    for instrument in instruments {
        grouped.entry(instrument.market_id.clone()).or_default().push(instrument);
    }
    grouped
}

fn take<R>(grouped: &mut BTreeMap<PortfolioId, Vec<R>>, id: &PortfolioId) -> Vec<R> {
    grouped.remove(id).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use schemas::Severity;

    use super::*;

    #[test]
    fn cash_that_came_to_be_late_in_the_month_is_said_at_its_end() {
        let found = |check_name: &str, on: &str| Exception {
            check_name: check_name.to_owned(),
            business_date: on.parse().expect("a date"),
            severity: Severity::Warn,
            portfolio_id: "D01".parse().expect("an id"),
            subject: "M1~AAA".to_owned(),
            message: "found".to_owned(),
        };
        let date: BusinessDate = "2024-02-29".parse().expect("a date");
        assert!(is_stated(&found("missing_dividends", "2024-02-14"), date));
        assert!(is_stated(&found("carried_prices", "2024-02-29"), date));
        assert!(!is_stated(&found("carried_prices", "2024-02-14"), date));
    }
}
