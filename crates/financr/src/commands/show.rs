//! `financr show`: one portfolio on one date.

use std::collections::BTreeSet;
use std::io::Write;

use clap::{Args, ValueEnum};
use jobs::{BalanceBasis, Context};
use lake::{DateRange, Lake};
use rust_decimal::Decimal;
use schemas::table::Record as _;
use schemas::tables::exceptions::Exception;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, Currency, Money, PortfolioId, ReportingPeriod};
use serde_json::Value;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::holdings_listing::{held_listing, pending_listing};
use crate::house;
use crate::listing::{Format, Listing};

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr show D01                                         everything of the last valued day\n",
    "  financr show D01 --date 2014-12-31 --basis settlement    what is settled, and what is pending\n",
    "  financr show D01 --what pending --format csv             trades that are not settled yet, for a program\n\n",
    "The positions without --basis are those of a night, by trade date and with their values. With --basis units and \
     cash are what is booked by now; no night is needed. A transaction without a settlement date counts from its trade \
     date on both bases."
);

/// Show a portfolio: positions, performance, what changed its value this year, and what the checks found
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The portfolio, e.g. D01; without it all portfolios are listed
    portfolio: Option<PortfolioId>,
    /// Which rows: for people everything is shown, for a machine one kind at a time
    #[arg(long, value_enum, default_value_t)]
    what: What,
    /// The business date; without it the last one on which the portfolio was valued
    #[arg(long)]
    date: Option<BusinessDate>,
    /// Units and cash with every transaction counted from its trade date or its settlement date: trade or settlement
    #[arg(long, requires = "portfolio")]
    basis: Option<BalanceBasis>,
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum What {
    /// Positions, measures, the bridge and what the checks found; as JSON or CSV only the positions.
    #[default]
    All,
    /// The positions.
    Positions,
    /// What is traded and not settled yet.
    Pending,
    /// The measures.
    Measures,
    /// What changed the value since the end of the year before, by component and currency.
    Bridge,
    /// What the checks found.
    Exceptions,
}

impl What {
    fn includes(self, other: What, format: Format) -> bool {
        self == other || self == What::All && (format == Format::Table || other == What::Positions)
    }
}

impl Arguments {
    /// The basis of what is held; that of settlement if only what is pending is asked for.
    fn basis_asked(&self) -> Result<BalanceBasis, Usage> {
        match (self.what, self.basis) {
            (What::Pending, Some(BalanceBasis::Trade)) => {
                Err(Usage("by trade date nothing is pending; --basis settlement shows what is".to_owned()))
            }
            (What::All | What::Positions | What::Pending, basis) => Ok(basis.unwrap_or(BalanceBasis::Settlement)),
            (What::Measures | What::Bridge | What::Exceptions, _) => {
                let problem = "--basis is for positions and what is pending; measures, the bridge and what the checks \
                               found are by trade date and have no other basis";
                Err(Usage(problem.to_owned()))
            }
        }
    }
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let lake = &context.lake;
    let portfolios = lake::read::portfolios(lake).await?;
    let Some(id) = &arguments.portfolio else {
        let mut listing = Listing::new(&["portfolio", "title", "currency", "market", "start"]);
        for portfolio in portfolios {
            listing.push([
                portfolio.portfolio_id.to_string().into(),
                portfolio.title.into(),
                portfolio.base_currency.code().into(),
                portfolio.market_id.to_string().into(),
                portfolio.start_date.to_string().into(),
            ]);
        }
        session.write(&listing)?;
        return Ok(Ending::Done);
    };
    if arguments.basis.is_some() || arguments.what == What::Pending {
        return write_holdings(session, &context, id, arguments).await;
    }
    let Some(portfolio) = portfolios.iter().find(|portfolio| portfolio.portfolio_id == *id) else {
        let known = context.store.portfolio(id).await?.is_some();
        let place = &config.store.url;
        let problem = if known {
            format!("portfolio `{id}` is not valued yet; the first night after its import does that")
        } else {
            format!("there is no portfolio `{id}` in {place}; `financr show` lists them, --config names another store")
        };
        return Err(Usage(problem).into());
    };
    let latest = lake::read::latest_business_date(lake, id).await?;
    let Some(date) = arguments.date.or(latest) else {
        return Err(Usage(never_valued(lake, portfolio).await?).into());
    };
    let values = lake::read::portfolio_values(lake, id, date, date).await?;
    let Some(value) = values.first() else {
        return Err(Usage(not_valued(lake, portfolio, date, latest).await?).into());
    };
    session.say(&heading(&portfolio.title, value))?;
    if arguments.date.is_none() {
        let later = DateRange { from: Some(date.next_calendar_day()), to: None };
        if let Some(refused) = refusal(lake, id, later).await? {
            session.say(&format!("It could not be valued on {}: {}", refused.business_date, refused.message))?;
        }
    }
    let shown = |what| arguments.what.includes(what, session.format);
    if shown(What::Positions) {
        write_positions(session, lake, id, date, portfolio.base_currency).await?;
    }
    if shown(What::Measures) {
        let measures = lake::read::measures(lake, id, date).await?;
        session.write(&measures_listing(&measures, portfolio.base_currency, session.format))?;
    }
    if shown(What::Bridge) {
        write_bridge(session, lake, portfolio, value).await?;
    }
    let exceptions = if shown(What::Exceptions) { lake::read::exceptions(lake, id, date).await? } else { Vec::new() };
    if arguments.what == What::Exceptions || !exceptions.is_empty() {
        let mut listing = Listing::new(&["severity", "check", "finding"]);
        for row in exceptions {
            listing.push([row.severity.to_string().into(), row.check_name.into(), row.message.into()]);
        }
        session.write(&listing)?;
    }
    Ok(Ending::Done)
}

/// Units and cash on one basis as they are booked by now, and on that of settlement what is pending.
async fn write_holdings(
    session: &Session,
    context: &Context,
    id: &PortfolioId,
    arguments: &Arguments,
) -> anyhow::Result<Ending> {
    let basis = arguments.basis_asked()?;
    let Some(portfolio) = context.store.portfolio(id).await? else {
        return Err(Usage(format!("there is no portfolio `{id}` in the store; `financr show` lists them")).into());
    };
    let Some(date) = arguments.date.or(lake::read::latest_business_date(&context.lake, id).await?) else {
        return Err(Usage(format!("{id} was never valued, so no day is the last; give one, --date D")).into());
    };
    if date < portfolio.start_date {
        let problem = format!("{id} begins after {date}; its first day is {}", portfolio.start_date);
        return Err(Usage(problem).into());
    }
    let told = jobs::holdings::holdings(context, &portfolio, date, basis).await?;
    let holdings =
        told.map_err(|why| Usage(format!("what {id} held on {date} by {basis} date is not known: {why}")))?;
    let counts = match basis {
        BalanceBasis::Trade => "a transaction counts from the day of the trade, settled or not",
        BalanceBasis::Settlement => "a transaction counts from the day on which cash and securities change hands",
    };
    session.say(&format!("{}\nHeld on {date} by {basis} date: {counts}", portfolio.title))?;
    let shown = |what| arguments.what.includes(what, session.format);
    let for_people = session.format == Format::Table;
    if shown(What::Positions) && for_people && holdings.balances.is_empty() {
        session.say("Nothing is held.")?;
    } else if shown(What::Positions) {
        session.write(&held_listing(&holdings, date, basis, session.format))?;
    }
    if basis == BalanceBasis::Settlement && shown(What::Pending) {
        if for_people && holdings.pending.is_empty() {
            session.say("Everything that was traded is settled.")?;
        } else {
            session.say("Pending: traded and not settled yet; what will come in, negative if it will go out")?;
            session.write(&pending_listing(&holdings, session.format))?;
        }
    }
    for note in &holdings.notes {
        if for_people {
            session.say(note)?;
        } else {
            writeln!(std::io::stderr().lock(), "{id}: {note}")?;
        }
    }
    Ok(Ending::Done)
}

/// Why there is nothing to show of a portfolio at all.
async fn never_valued(lake: &Lake, portfolio: &Portfolio) -> anyhow::Result<String> {
    let (id, market) = (&portfolio.portfolio_id, &portfolio.market_id);
    if let Some(refused) = refusal(lake, id, DateRange::ALL).await? {
        return Ok(format!("{id} was never valued; on {} it could not be: {}", refused.business_date, refused.message));
    }
    Ok(format!(
        "{id} was never valued; it is valued on days on which its market `{market}` has a close: give the market \
         prices.csv, and run `financr run nightly --date D`"
    ))
}

/// What was found on the last day of a range on which the books of a portfolio could not be kept; none if there is no
/// such day.
async fn refusal(lake: &Lake, id: &PortfolioId, range: DateRange) -> anyhow::Result<Option<Exception>> {
    let portfolios = BTreeSet::from([id.to_string()]);
    let checks = BTreeSet::from(["not_valued".to_owned()]);
    let named = [("portfolio_id", &portfolios), ("check_name", &checks)];
    let snapshot = lake.snapshot(Exception::TABLE).await?;
    let found: Vec<Exception> = lake::read::rows_named(&snapshot, lake, range, &named).await?;
    Ok(found.into_iter().max_by_key(|row| row.business_date))
}

/// Why there is nothing to show of a date, with the date before it of which there is something.
async fn not_valued(
    lake: &Lake,
    portfolio: &Portfolio,
    date: BusinessDate,
    latest: Option<BusinessDate>,
) -> anyhow::Result<String> {
    let id = &portfolio.portfolio_id;
    if let Some(refused) = refusal(lake, id, DateRange::between(date, date)).await? {
        return Ok(format!("{id} could not be valued on {date}: {}", refused.message));
    }
    let earlier = lake::read::portfolio_values(lake, id, portfolio.start_date.min(date), date).await?;
    let hint = match earlier.last() {
        Some(before) => format!("; the last date before on which it was is {}", before.business_date),
        None => format!("; its first day is {}", portfolio.start_date),
    };
    let is_later = latest.is_none_or(|latest| latest < date);
    let night = format!(", and `financr run nightly --date {date}` values it if its market has a close of that day");
    Ok(format!("{id} was not valued on {date}{hint}{}", if is_later { night } else { String::new() }))
}

fn heading(title: &str, value: &PortfolioValue) -> String {
    format!("{title}\n{} on {}", printed(value.market_value, value.base_currency), value.business_date)
}

fn printed(amount: Option<Amount>, currency: Currency) -> String {
    amount.map_or_else(|| "no value".to_owned(), |amount| Money::new(amount.decimal(), currency).to_string())
}

async fn write_positions(
    session: &Session,
    lake: &Lake,
    id: &PortfolioId,
    date: BusinessDate,
    base: Currency,
) -> anyhow::Result<()> {
    let mut listing =
        Listing::new(&["instrument", "quantity", "price as quoted", "price date", "value", "value in base currency"]);
    for row in lake::read::valuations(lake, id, date).await? {
        let plain = |number: Decimal| Value::from(number.normalize().to_string());
        listing.push([
            row.instrument_id.to_string().into(),
            plain(row.quantity.decimal()),
            row.price.map_or(Value::Null, |price| plain(price.decimal())),
            row.price_date.map_or(Value::Null, |day| day.to_string().into()),
            printed(row.value, row.currency).into(),
            printed(row.value_base, base).into(),
        ]);
    }
    session.write(&listing)
}

/// The value at the end of the year before, what changed it since, and the value on the date.
async fn write_bridge(
    session: &Session,
    lake: &Lake,
    portfolio: &Portfolio,
    value: &PortfolioValue,
) -> anyhow::Result<()> {
    let (id, date, base) = (&portfolio.portfolio_id, value.business_date, portfolio.base_currency);
    let opening = ReportingPeriod::YearToDate.opening_date(date).and_then(|day| BusinessDate::new(day).ok());
    let opening = opening.unwrap_or(portfolio.start_date);
    let before = lake::read::portfolio_values(lake, id, portfolio.start_date, opening).await?;
    let opening_value = before.last().map_or(Some(Amount::ZERO), |row| row.market_value);
    let mut listing = Listing::new(&["change in value this year", "currency", "amount", "in base currency"]);
    listing.push(["value at start".into(), base.code().into(), Value::Null, printed(opening_value, base).into()]);
    let mut rows = lake::read::nav_bridge(lake, id, opening.next_calendar_day(), date).await?;
    rows.sort_by_key(|row| (row.component, row.currency));
    for row in rows {
        let words = if session.format == Format::Table { row.component.title() } else { row.component.code() };
        listing.push([
            words.into(),
            row.currency.code().into(),
            row.amount.map_or(Value::Null, |amount| printed(Some(amount), row.currency).into()),
            row.amount_base.map_or_else(|| row.detail.into(), |amount| printed(Some(amount), base).into()),
        ]);
    }
    listing.push(["value at end".into(), base.code().into(), Value::Null, printed(value.market_value, base).into()]);
    session.write(&listing)
}

/// One row per measure, one column per period.
fn measures_listing(measures: &[MeasureRow], base: Currency, format: Format) -> Listing {
    let mut listing = Listing::new(&["measure", "MTD", "YTD", "1Y", "SI"]);
    let mut names: Vec<&str> = measures.iter().map(|row| row.measure.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let cell = |period: ReportingPeriod| -> Value {
            let Some(row) = measures.iter().find(|row| row.measure == name && row.period == period) else {
                return Value::Null;
            };
            if let Some(amount) = row.amount {
                let printed = Money::new(amount.decimal(), base).round().amount().to_string();
                return if format == Format::Table { printed.into() } else { amount.to_string().into() };
            }
            match (row.value, row.value_date) {
                (Some(value), _) if format == Format::Table => Value::from(format!("{value:.6}")),
                (Some(value), _) => value.into(),
                (None, Some(day)) => day.to_string().into(),
                (None, None) => "–".into(),
            }
        };
        let [month, year, twelve, all] = ReportingPeriod::STATED.map(cell);
        listing.push([name.into(), month, year, twelve, all]);
    }
    listing
}
