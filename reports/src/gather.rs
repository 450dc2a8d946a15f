//! What statements are made from, read from the lake for a share of the portfolios at once.
//!
//! Each table is read once a share and its rows are handed to their portfolios: two hundred statements cost as many
//! scans as one, and a hundred thousand no more memory than a share.

mod bookings;
mod composites;
mod firm;
mod happened;

use std::collections::{BTreeMap, BTreeSet};

use lake::read::{HeldClose, Named};
use lake::{DateRange, Lake, Snapshot};
use schemas::table::{Record, TableDefinition};
use schemas::tables::action_payments::ActionPayment;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::backtests::BacktestRow;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::exceptions::Exception;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instruments::Instrument;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::positions::Position;
use schemas::tables::realised_gains::RealisedGain;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, MarketId, PortfolioId, ReportingPeriod, RunId};

use self::bookings::{parted, taken_back, taking_back};
pub use self::composites::Composites;
pub(crate) use self::composites::YEARS_MAX;
pub use self::happened::Executed;
pub use crate::further::Need;
pub use crate::span::Span;

use crate::firm::Firm;
use crate::further::{self, Further};
use crate::statements::StatementInput;

/// Portfolios of a share: 500 histories of ten years of daily values are a quarter of a gibibyte.
const SHARE_PORTFOLIOS_MAX: usize = 500;

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
    /// The firm that issues them.
    pub firm: Option<Firm>,
    /// Calendar days after which a rate of exchange counts no longer, as in the valuations.
    pub fx_rate_days_max: u32,
}

/// Everything that statements are made from, each table at one version: all statements of a batch say the same of it.
pub struct Facts {
    lake: Lake,
    snapshots: BTreeMap<&'static str, Snapshot>,
    portfolios: BTreeMap<PortfolioId, Portfolio>,
    instruments: BTreeMap<MarketId, Vec<Instrument>>,
}

/// The first and the last of some portfolios.
type Stretch<'a> = (&'a PortfolioId, &'a PortfolioId);

/// The tables that statements are made from.
const TABLES: [&TableDefinition; 17] = [
    Portfolio::TABLE,
    Instrument::TABLE,
    PortfolioValue::TABLE,
    Valuation::TABLE,
    Position::TABLE,
    CashFlow::TABLE,
    Transaction::TABLE,
    ActionPayment::TABLE,
    NavBridgeRow::TABLE,
    RealisedGain::TABLE,
    LotClosing::TABLE,
    MeasureRow::TABLE,
    BacktestRow::TABLE,
    AttributionRow::TABLE,
    Exception::TABLE,
    GroupMember::TABLE,
    PortfolioGroupReturn::TABLE,
];

impl Facts {
    /// Opens the tables as they are now.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn pinned(lake: &Lake) -> Result<Facts, lake::Error> {
        let mut snapshots = BTreeMap::new();
        for table in TABLES.into_iter().chain(further::TABLES) {
            snapshots.insert(table.name, lake.snapshot(table).await?);
        }
        Facts::of_snapshots(lake, snapshots).await
    }

    /// Opens the tables as they were at these versions; those without one as they were before anything was written.
    ///
    /// # Errors
    /// [`lake::Error`] if a version is not there any more, or a table cannot be read.
    pub async fn at(lake: &Lake, versions: &BTreeMap<String, u64>) -> Result<Facts, lake::Error> {
        let mut snapshots = BTreeMap::new();
        for table in TABLES.into_iter().chain(further::TABLES) {
            let snapshot = match versions.get(table.name) {
                Some(version) => lake.snapshot_at(table, *version).await?,
                None => lake.snapshot(table).await?.emptied(),
            };
            snapshots.insert(table.name, snapshot);
        }
        Facts::of_snapshots(lake, snapshots).await
    }

    async fn of_snapshots(lake: &Lake, snapshots: BTreeMap<&'static str, Snapshot>) -> Result<Facts, lake::Error> {
        let mut facts =
            Facts { lake: lake.clone(), snapshots, portfolios: BTreeMap::new(), instruments: BTreeMap::new() };
        facts.instruments = by_market(facts.read::<Instrument>(DateRange::ALL).await?);
        let portfolios = facts.read::<Portfolio>(DateRange::ALL).await?;
        facts.portfolios = portfolios.into_iter().map(|row| (row.portfolio_id.clone(), row)).collect();
        Ok(facts)
    }

    /// The version of each table that was ever written.
    pub fn versions(&self) -> BTreeMap<String, u64> {
        let version = |(name, snapshot): (&&str, &Snapshot)| Some(((*name).to_owned(), snapshot.version()?));
        self.snapshots.iter().filter_map(version).collect()
    }

    /// Every portfolio, by id.
    pub fn portfolios(&self) -> impl Iterator<Item = &Portfolio> {
        self.portfolios.values()
    }

    /// The inputs of the statements of some portfolios, by portfolio; those that were not valued on the closing date
    /// have none, unless all that is asked for is told without a value. What they hold grows with the
    /// number of portfolios: of many, take a share at a time.
    ///
    /// - `needs`: what the kinds of statements that will be made need beside what all of them do.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn inputs(
        &self,
        span: Span,
        origin: &Origin,
        share: &BTreeSet<PortfolioId>,
        needs: &BTreeSet<Need>,
    ) -> Result<Vec<StatementInput>, lake::Error> {
        let (Some(first), Some(last)) = (share.first(), share.last()) else { return Ok(Vec::new()) };
        let Span { opening, closing: date } = span;
        let only = &share.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
        let (period, that_day, through) = (span.days(), DateRange::between(date, date), DateRange::through(date));
        let mut values = by_portfolio(self.of::<PortfolioValue>(through, only).await?, |row| &row.portfolio_id);
        let mut valuations = by_portfolio(self.of::<Valuation>(that_day, only).await?, |row| &row.portfolio_id);
        let mut positions = by_portfolio(self.of::<Position>(through, only).await?, |row| &row.portfolio_id);
        let mut flows = by_portfolio(self.of::<CashFlow>(period, only).await?, |row| &row.portfolio_id);
        let mut booked = by_portfolio(self.of::<Transaction>(DateRange::ALL, only).await?, |row| &row.portfolio_id);
        let mut actions = by_portfolio(self.of::<ActionPayment>(period, only).await?, |row| &row.portfolio_id);
        let mut bridges = by_portfolio(self.bridges(span, (first, last)).await?, |row| &row.portfolio_id);
        let mut gains = by_portfolio(self.of::<RealisedGain>(period, only).await?, |row| &row.portfolio_id);
        let changes = self.of_such::<LotClosing>(period, only, LotClosing::is_change).await?;
        let mut changed = by_portfolio(self.changed_disposals(through, &changes).await?, |row| &row.portfolio_id);
        let mut changes = by_portfolio(changes, |row| &row.portfolio_id);
        let mut measures = by_portfolio(self.of::<MeasureRow>(that_day, only).await?, |row| &row.portfolio_id);
        let mut judged = by_portfolio(self.backtests(date, (first, last)).await?, |row| &row.portfolio_id);
        let attributed = self.of_such::<AttributionRow>(that_day, only, is_stated_attribution).await?;
        let mut attributed = by_portfolio(attributed, |row| &row.portfolio_id);
        let stated = self.of_such::<Exception>(period, only, |row| is_stated(row, date)).await?;
        let mut exceptions = by_portfolio(stated, |row| &row.portfolio_id);
        let (mut inputs, mut further) = (Vec::new(), self.further(span, origin.fx_rate_days_max, only, needs).await?);
        for portfolio in share.iter().filter_map(|id| self.portfolios.get(id)).cloned() {
            let id = portfolio.portfolio_id.clone();
            let portfolio_values = take(&mut values, &id);
            if !can_be_told(&portfolio_values, date, needs) {
                continue;
            }
            let (transactions, others) = parted(take(&mut booked, &id), &portfolio_values, (opening, date));
            let mut input = StatementInput {
                business_date: date,
                period_start: opening,
                run_id: origin.run_id.clone(),
                inputs_fingerprint: origin.inputs_fingerprint.clone(),
                program_version: origin.program_version.clone(),
                synthetic: origin.synthetic,
                firm: origin.firm.clone(),
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
                further: further.remove(&id).unwrap_or_default(),
                portfolio,
            };
            input.further.other_bookings = if needs.contains(&Need::OtherBookings) { others } else { Vec::new() };
            input.instruments = self.named_in(&input);
            inputs.push(input);
        }
        Ok(inputs)
    }

    /// The last date of a span on which each portfolio was valued. One that could not be valued later in it is left
    /// out: its earlier days are not its month.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn last_valued(&self, span: Span) -> Result<BTreeMap<PortfolioId, BusinessDate>, lake::Error> {
        let mut last: BTreeMap<PortfolioId, BusinessDate> = BTreeMap::new();
        for (portfolio, day) in self.last_values(span.days()).await? {
            let known = last.entry(portfolio).or_insert(day);
            *known = day.max(*known);
        }
        for (portfolio, day, _) in self.not_valued(span.days()).await? {
            if last.get(&portfolio).is_some_and(|last| *last < day) {
                last.remove(&portfolio);
            }
        }
        Ok(last)
    }

    /// What only some kinds of statements need, by portfolio.
    async fn further(
        &self,
        span: Span,
        fx_rate_days_max: u32,
        only: &BTreeSet<String>,
        needs: &BTreeSet<Need>,
    ) -> Result<BTreeMap<PortfolioId, Further>, lake::Error> {
        let mut found = BTreeMap::new();
        for need in needs {
            need.read(self, span, fx_rate_days_max, only, &mut found).await?;
        }
        Ok(found)
    }

    /// Whether any portfolio was valued on a day of a range.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn is_any_valued(&self, range: DateRange) -> Result<bool, lake::Error> {
        Ok(!self.last_values(range).await?.is_empty())
    }

    /// The days of values, some portfolios more than once; only a batch of values is held at a time.
    async fn last_values(&self, range: DateRange) -> Result<Vec<(PortfolioId, BusinessDate)>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(PortfolioValue::TABLE.name) else { return Ok(Vec::new()) };
        let latest = |rows: Vec<PortfolioValue>| {
            let mut last: BTreeMap<PortfolioId, BusinessDate> = BTreeMap::new();
            for row in rows {
                let day = last.entry(row.portfolio_id).or_insert(row.business_date);
                *day = row.business_date.max(*day);
            }
            last
        };
        Ok(lake::read::mapped(snapshot, &self.lake, range, latest).await?.into_iter().flatten().collect())
    }

    /// Why portfolios could not be valued in a span: what the last finding says.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn reasons_not_valued(&self, span: Span) -> Result<BTreeMap<PortfolioId, String>, lake::Error> {
        let mut found = self.not_valued(span.days()).await?;
        found.sort_by_key(|(_, day, _)| *day);
        Ok(found.into_iter().map(|(portfolio, _, reason)| (portfolio, reason)).collect())
    }

    /// The portfolios that could not be valued on days of a range, with the day and the reason.
    ///
    /// # Errors
    /// [`lake::Error`] if a table cannot be read.
    pub async fn not_valued(&self, range: DateRange) -> Result<Vec<(PortfolioId, BusinessDate, String)>, lake::Error> {
        let checks = BTreeSet::from([NOT_VALUED.to_owned()]);
        let found: Vec<Exception> = self.named(range, &[("check_name", &checks)]).await?;
        Ok(found.into_iter().map(|row| (row.portfolio_id, row.business_date, row.message)).collect())
    }

    /// The instruments that a statement names, out of those of its market.
    fn named_in(&self, input: &StatementInput) -> Vec<Instrument> {
        let market = self.instruments.get(&input.portfolio.market_id).map_or(&[][..], Vec::as_slice);
        let held = input.valuations.iter().map(|row| &row.instrument_id);
        let booked = input.transactions.iter().chain(&input.taken_back).chain(&input.further.other_bookings);
        let booked = booked.filter_map(|row| row.instrument_id.as_ref());
        let sold = input.realised_gains.iter().map(|row| &row.instrument_id);
        let changed = input.gain_changes.iter().map(|row| &row.instrument_id);
        let kept = input.further.held_values.iter().map(|row| &row.instrument_id);
        let announced = input.action_payments.iter();
        let announced = announced.flat_map(|row| row.target_instrument_id.iter().chain([&row.instrument_id]));
        let executed = input.further.trades.iter().filter_map(|row| row.instrument_id.as_ref());
        let mut ids: Vec<_> =
            held.chain(booked).chain(executed).chain(sold).chain(changed).chain(announced).chain(kept).collect();
        ids.sort_unstable();
        ids.dedup();
        market.iter().filter(|row| ids.binary_search(&&row.instrument_id).is_ok()).cloned().collect()
    }

    /// The disposals whose gains were changed. There are few, if any: only they are read of all that there ever were.
    async fn changed_disposals(
        &self,
        through: DateRange,
        changes: &[LotClosing],
    ) -> Result<Vec<RealisedGain>, lake::Error> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let portfolios: BTreeSet<String> = changes.iter().map(|row| row.portfolio_id.to_string()).collect();
        let disposals: BTreeSet<String> = changes.iter().map(|row| row.transaction_id.clone()).collect();
        self.named(through, &[("portfolio_id", &portfolios), ("transaction_id", &disposals)]).await
    }

    async fn bridges(&self, span: Span, stretch: Stretch<'_>) -> Result<Vec<NavBridgeRow>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(NavBridgeRow::TABLE.name) else { return Ok(Vec::new()) };
        lake::read::nav_bridges(snapshot, &self.lake, span.first_day(), span.closing, stretch).await
    }

    async fn backtests(&self, date: BusinessDate, stretch: Stretch<'_>) -> Result<Vec<BacktestRow>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(BacktestRow::TABLE.name) else { return Ok(Vec::new()) };
        lake::read::stated_backtests(snapshot, &self.lake, date, stretch).await
    }

    pub(crate) async fn of<R: Record>(&self, range: DateRange, only: &BTreeSet<String>) -> Result<Vec<R>, lake::Error> {
        self.named(range, &[("portfolio_id", only)]).await
    }

    /// The rows of some portfolios that are such.
    async fn of_such<R: Record>(
        &self,
        range: DateRange,
        only: &BTreeSet<String>,
        is_such: impl Fn(&R) -> bool,
    ) -> Result<Vec<R>, lake::Error> {
        let mut rows = self.of::<R>(range, only).await?;
        rows.retain(is_such);
        Ok(rows)
    }

    /// Rows by the words in their columns.
    pub(crate) async fn named<R: Record>(&self, range: DateRange, named: &[Named<'_>]) -> Result<Vec<R>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(R::TABLE.name) else { return Ok(Vec::new()) };
        lake::read::rows_named(snapshot, &self.lake, range, named).await
    }

    /// All rows of a range of dates.
    pub(crate) async fn read<R: Record>(&self, range: DateRange) -> Result<Vec<R>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(R::TABLE.name) else { return Ok(Vec::new()) };
        lake::read::rows(snapshot, &self.lake, range).await
    }
}

impl Facts {
    /// What becomes of the rows of a range of dates, a batch at a time.
    async fn mapped<R: Record, T: Send + 'static>(
        &self,
        range: DateRange,
        become_of: impl Fn(Vec<R>) -> T + Clone + Send + 'static,
    ) -> Result<Vec<T>, lake::Error> {
        let Some(snapshot) = self.snapshots.get(R::TABLE.name) else { return Ok(Vec::new()) };
        lake::read::mapped(snapshot, &self.lake, range, become_of).await
    }

    /// Hands on what the holdings of a stretch of portfolios were worth, row by row.
    pub(crate) async fn each_held_close(
        &self,
        range: DateRange,
        stretch: Stretch<'_>,
        take: impl FnMut(HeldClose<'_>) -> Result<(), lake::Error>,
    ) -> Result<(), lake::Error> {
        let Some(snapshot) = self.snapshots.get(Valuation::TABLE.name) else { return Ok(()) };
        lake::read::each_held_close(snapshot, &self.lake, range, stretch, take).await
    }
}

/// Portfolios in shares of which the inputs fit memory.
pub fn shares(portfolios: &BTreeSet<PortfolioId>) -> Vec<BTreeSet<PortfolioId>> {
    let all: Vec<&PortfolioId> = portfolios.iter().collect();
    all.chunks(SHARE_PORTFOLIOS_MAX).map(|share| share.iter().copied().cloned().collect()).collect()
}

/// Whether there is anything to be told of a portfolio: one without a value on the date has executed orders only.
fn can_be_told(values: &[PortfolioValue], date: BusinessDate, needs: &BTreeSet<Need>) -> bool {
    needs.contains(&Need::Executions) || values.iter().any(|row| row.business_date == date)
}

/// Whether an attribution is one that statements show.
fn is_stated_attribution(row: &AttributionRow) -> bool {
    row.period == ReportingPeriod::YearToDate && row.taxonomy == "asset_class"
}

/// Whether the statement of a date says a finding of its period: that of the date itself, or cash that came to be late.
fn is_stated(finding: &Exception, date: BusinessDate) -> bool {
    finding.business_date == date || finding.check_name == MISSING_DIVIDENDS
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
    fn shares_hold_every_portfolio_once_and_in_order() {
        let all: BTreeSet<PortfolioId> = (0..1_201).map(|n| format!("P{n:05}").parse().expect("an id")).collect();
        let parts = shares(&all);
        assert_eq!(parts.iter().map(BTreeSet::len).collect::<Vec<_>>(), [500, 500, 201]);
        assert_eq!(parts.into_iter().flatten().collect::<BTreeSet<_>>(), all);
        assert!(shares(&BTreeSet::new()).is_empty());
    }

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
