//! What only some kinds of statements are made from, read only for those that ask for it.
//!
//! To add something: a need, its rows here, its table in the list, and how it is read. What has a row for every day and
//! position is read a month at a time and kept as little more than a number: five hundred portfolios fit memory.

mod contributions;
mod held_values;
mod risk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Datelike, Months};
use lake::DateRange;
use schemas::table::{Record, TableDefinition};
use schemas::tables::backtests::BacktestRow;
use schemas::tables::classifications::Classification;
use schemas::tables::concentration::ConcentrationRow;
use schemas::tables::custody::CustodyRow;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::depreciation::DepreciationRow;
use schemas::tables::executions::Execution;
use schemas::tables::factor_exposures::FactorExposureRow;
use schemas::tables::factor_regressions::FactorRegressionRow;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::liquidity::LiquidityRow;
use schemas::tables::lot_closings::LotClosing;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_classes::RiskClassRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::risk_forecasts::RiskForecast;
use schemas::tables::stress::StressRow;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::tables::transactions::Transaction;
use schemas::{BusinessDate, InstrumentId, MarketId, PortfolioId};

pub use contributions::{ClassDay, PositionDay};
pub(crate) use held_values::days_of;
pub use held_values::{HeldValue, InstrumentCosts};

use crate::gather::Facts;
use crate::rates::Rates;
use crate::span::Span;

/// Rows that only some kinds of statements need; empty where the kind does not ask for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Further {
    /// The returns of every day since inception up to the closing date, in any order.
    pub daily_returns: Vec<DailyReturn>,
    /// The bookings that are not of the period, of earlier and later days, in any order.
    pub other_bookings: Vec<Transaction>,
    /// Where the assets are kept, in any order.
    pub custody: Vec<CustodyRow>,
    /// The lots that the disposals of the period closed, and what rules that look ahead changed in it, in any order.
    pub lot_closings: Vec<LotClosing>,
    /// The bookings of the ten days up to the opening date, in any order: those dated after the last valuation date
    /// before the period take effect in it.
    pub bookings_before: Vec<Transaction>,
    /// The rates of exchange of the period; portfolios of one source share them.
    pub rates: Arc<Rates>,
    /// The countries of instruments, as the taxonomy `country` has them; portfolios of one market share them.
    pub countries: Arc<BTreeMap<InstrumentId, Country>>,
    /// The costs of instruments; all portfolios share them.
    pub instrument_costs: Arc<InstrumentCosts>,
    /// What the holdings of the period were worth, day by day, with the costs that counted then.
    pub held_values: Vec<HeldValue>,
    /// What the statement tells of, with its day: named by whoever decides what is due, and by nobody else.
    pub events: BTreeMap<String, BusinessDate>,
    /// The executed orders up to the closing date, the accrued interest of bonds, and the reversals of anything, in any
    /// order.
    pub trades: Vec<Transaction>,
    /// What is known of their executions, in any order.
    pub executions: Vec<Execution>,
    /// How far the value had fallen on each date of the period up to the closing date, in any order.
    pub depreciation: Vec<DepreciationRow>,
    /// What each position added on each day of the period, in any order.
    pub position_days: Vec<PositionDay>,
    /// What each asset class added on each day of the period, in any order.
    pub class_days: Vec<ClassDay>,
    /// What the positions of the closing date may lose.
    pub risk: Vec<RiskRow>,
    /// What each position of the closing date adds to that.
    pub risk_contributions: Vec<RiskContribution>,
    /// How much of what is held on the closing date lies in few hands, by each way of grouping.
    pub concentration: Vec<ConcentrationRow>,
    /// How long it takes to sell what is held on the closing date.
    pub liquidity: Vec<LiquidityRow>,
    /// How well factors explain the returns, as made in the month of the closing date.
    pub factor_regressions: Vec<FactorRegressionRow>,
    /// How strongly each factor moves the portfolio, as made in the month of the closing date.
    pub factor_exposures: Vec<FactorExposureRow>,
    /// The groups to which the instruments of the market belong.
    pub classifications: Vec<Classification>,
    /// What each method forecast in the year up to the closing date, in any order.
    pub risk_forecasts: Vec<RiskForecast>,
    /// How the forecasts of all methods kept what they promised, as judged on the closing date.
    pub all_backtests: Vec<BacktestRow>,
    /// What scenarios would do to the positions of the closing date.
    pub stress: Vec<StressRow>,
    /// The scenarios that the market brings, for their titles.
    pub scenarios: Vec<StressScenarioRow>,
    /// The classes of risk on the closing date.
    pub risk_classes: Vec<RiskClassRow>,
}

/// In which country an instrument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Country {
    /// All of it is in this one.
    One(String),
    /// Parts of it are in several, or only a part is in one.
    Several,
}

/// Something that a kind of statement needs beside what all of them do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The returns of every day since inception.
    DailyReturns,
    /// The bookings of earlier and of later days. Every statement is gathered from all bookings, so that these cost no
    /// further scan: the gatherer hands them over itself.
    OtherBookings,
    /// Where the assets are kept.
    Custody,
    /// The lots that disposals closed.
    LotClosings,
    /// What was booked just before the period.
    BookingsBefore,
    /// The rates of exchange at which bookings count.
    Rates,
    /// The countries of instruments.
    Countries,
    /// What holdings were worth and cost, day by day.
    HeldValues,
    /// Executed orders and what is known of their executions; a portfolio without a value on the closing date has them,
    /// too.
    Executions,
    /// What is known of the executions of the period.
    ExecutionsOfPeriod,
    /// How far the value has fallen since the period began.
    Depreciation,
    /// What positions and asset classes added to the return of the period.
    Contributions,
    /// What the positions of the closing date may lose, by position, by method, by scenario and by class, how
    /// concentrated they are, how long it takes to sell them, and which factors move them.
    Risk,
}

/// The tables of all needs that no other list has.
pub(crate) const TABLES: [&TableDefinition; 19] = [
    DailyReturn::TABLE,
    CustodyRow::TABLE,
    FxRate::TABLE,
    Classification::TABLE,
    InstrumentCost::TABLE,
    Execution::TABLE,
    DepreciationRow::TABLE,
    PositionReturn::TABLE,
    GroupReturn::TABLE,
    RiskRow::TABLE,
    RiskContribution::TABLE,
    ConcentrationRow::TABLE,
    LiquidityRow::TABLE,
    FactorRegressionRow::TABLE,
    FactorExposureRow::TABLE,
    RiskForecast::TABLE,
    StressRow::TABLE,
    StressScenarioRow::TABLE,
    RiskClassRow::TABLE,
];

/// The taxonomy that says in which country an instrument is.
const COUNTRY: &str = "country";

impl Need {
    /// Reads its rows of some portfolios.
    pub(crate) async fn read(
        self,
        facts: &Facts,
        span: Span,
        fx_rate_days_max: u32,
        only: &BTreeSet<String>,
        found: &mut BTreeMap<PortfolioId, Further>,
    ) -> Result<(), lake::Error> {
        match self {
            Need::DailyReturns => {
                let rows: Vec<DailyReturn> = facts.of(DateRange::through(span.closing), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).daily_returns.push(row));
            }
            Need::OtherBookings => {}
            Need::Custody => {
                let rows: Vec<CustodyRow> = facts.of(DateRange::ALL, only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).custody.push(row));
            }
            Need::LotClosings => {
                let rows: Vec<LotClosing> = facts.of(span.days(), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).lot_closings.push(row));
            }
            Need::BookingsBefore => {
                let range = DateRange::between(days_before(span.opening, BOOKED_DAYS_MAX), span.opening);
                let rows: Vec<Transaction> = facts.of(range, only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).bookings_before.push(row));
            }
            Need::Rates => read_rates(facts, span, fx_rate_days_max, only, found).await?,
            Need::Countries => read_countries(facts, only, found).await?,
            Need::HeldValues => held_values::read(facts, span, only, found).await?,
            Need::Executions => {
                let rows: Vec<Transaction> = facts.of(DateRange::through(span.closing), only).await?;
                let told = |row: &Transaction| is_execution(row) || is_accrued_interest(row) || row.reverses.is_some();
                let rows = rows.into_iter().filter(told);
                rows.for_each(|row| of(found, &row.portfolio_id).trades.push(row));
                let rows: Vec<Execution> = facts.of(DateRange::through(span.closing), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).executions.push(row));
            }
            Need::ExecutionsOfPeriod => {
                let rows: Vec<Execution> = facts.of(span.days(), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).executions.push(row));
            }
            Need::Depreciation => {
                let rows: Vec<DepreciationRow> = facts.of(span.days(), only).await?;
                rows.into_iter().for_each(|row| of(found, &row.portfolio_id).depreciation.push(row));
            }
            Need::Contributions => contributions::read(facts, span, only, found).await?,
            Need::Risk => risk::read(facts, span.closing, only, found).await?,
        }
        Ok(())
    }
}

/// Whether a booking is the execution of an order in a financial instrument: units bought or sold for cash. Spot
/// exchanges of currencies are none, and what issuers do is a corporate action.
pub(crate) fn is_execution(row: &Transaction) -> bool {
    ["BUY", "SELL"].contains(&row.kind.as_str())
}

/// Whether a booking is the interest accrued on a bond that was paid or received with an order in it.
pub(crate) fn is_accrued_interest(row: &Transaction) -> bool {
    row.kind == "ACCRUED_INTEREST"
}

fn of<'a>(found: &'a mut BTreeMap<PortfolioId, Further>, id: &PortfolioId) -> &'a mut Further {
    found.entry(id.clone()).or_default()
}

/// Calendar days before a period of which bookings may take effect in it: no book goes without a valuation date for
/// longer.
const BOOKED_DAYS_MAX: u32 = 10;

/// So many calendar days before a day, or the first day that there is.
fn days_before(day: BusinessDate, days: u32) -> BusinessDate {
    let before = day.day().checked_sub_days(chrono::Days::new(days.into()));
    before.and_then(|before| BusinessDate::new(before).ok()).unwrap_or(BusinessDate::FIRST)
}

/// The portfolios of a share by something that they share with others.
fn by_market<'a>(
    facts: &'a Facts,
    only: &BTreeSet<String>,
    market: impl Fn(&'a schemas::tables::portfolios::Portfolio) -> &'a MarketId,
) -> BTreeMap<&'a MarketId, Vec<&'a PortfolioId>> {
    let mut grouped: BTreeMap<&MarketId, Vec<&PortfolioId>> = BTreeMap::new();
    for portfolio in facts.portfolios().filter(|row| only.contains(row.portfolio_id.as_str())) {
        grouped.entry(market(portfolio)).or_default().push(&portfolio.portfolio_id);
    }
    grouped
}

async fn read_rates(
    facts: &Facts,
    span: Span,
    days_max: u32,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let first = days_before(days_before(span.opening, BOOKED_DAYS_MAX), days_max);
    let sources = by_market(facts, only, |portfolio| &portfolio.fx_source);
    let names = sources.keys().map(ToString::to_string).collect();
    let range = DateRange::between(first, span.closing);
    let mut rows: BTreeMap<MarketId, Vec<FxRate>> = BTreeMap::new();
    for row in facts.named::<FxRate>(range, &[("fx_source", &names)]).await? {
        rows.entry(row.fx_source.clone()).or_default().push(row);
    }
    for (source, portfolios) in sources {
        let rates = Arc::new(Rates::of(&rows.remove(source).unwrap_or_default(), days_max));
        portfolios.into_iter().for_each(|id| of(found, id).rates = Arc::clone(&rates));
    }
    Ok(())
}

async fn read_countries(
    facts: &Facts,
    only: &BTreeSet<String>,
    found: &mut BTreeMap<PortfolioId, Further>,
) -> Result<(), lake::Error> {
    let markets = by_market(facts, only, |portfolio| &portfolio.market_id);
    let names = markets.keys().map(ToString::to_string).collect();
    let taxonomy = BTreeSet::from([COUNTRY.to_owned()]);
    let named = [("market_id", &names), ("taxonomy", &taxonomy)];
    let mut countries: BTreeMap<MarketId, BTreeMap<InstrumentId, Country>> = BTreeMap::new();
    for row in facts.named::<Classification>(DateRange::ALL, &named).await? {
        let whole = row.weight.decimal() == rust_decimal::Decimal::ONE;
        let country = if whole { Country::One(row.node) } else { Country::Several };
        countries.entry(row.market_id).or_default().insert(row.instrument_id, country);
    }
    for (market, portfolios) in markets {
        let of_market = Arc::new(countries.remove(market).unwrap_or_default());
        portfolios.into_iter().for_each(|id| of(found, id).countries = Arc::clone(&of_market));
    }
    Ok(())
}

/// The days of a time, a calendar month at a time.
fn months(first: BusinessDate, last: BusinessDate) -> Vec<DateRange> {
    let mut ranges = Vec::new();
    let mut from = first;
    while from <= last {
        let to = last_of_month(from).map_or(last, |end| end.min(last));
        ranges.push(DateRange::between(from, to));
        from = to.next_calendar_day();
    }
    ranges
}

fn last_of_month(day: BusinessDate) -> Option<BusinessDate> {
    let next = day.day().with_day(1)?.checked_add_months(Months::new(1))?;
    BusinessDate::new(next.pred_opt()?).ok()
}
