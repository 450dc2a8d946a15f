//! `financr show`: one portfolio on one date.

use clap::{Args, ValueEnum};
use rust_decimal::Decimal;
use schemas::tables::measures::MeasureRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::{Amount, BusinessDate, Currency, Money, PortfolioId, ReportingPeriod};
use serde_json::Value;

use super::Session;
use crate::ending::{Ending, Usage};
use crate::house;
use crate::listing::{Format, Listing};

/// Show a portfolio: positions, performance, and what the checks found
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The portfolio, e.g. D01; without it all portfolios are listed
    portfolio: Option<PortfolioId>,
    /// Which rows: for people everything is shown, for a machine one kind at a time
    #[arg(long, value_enum, default_value_t)]
    what: What,
    /// The business date; without it the last one on which the portfolio was valued
    #[arg(long)]
    date: Option<BusinessDate>,
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum What {
    /// Positions, measures and what the checks found; as JSON or CSV only the positions.
    #[default]
    All,
    /// The positions.
    Positions,
    /// The measures.
    Measures,
    /// What the checks found.
    Exceptions,
}

impl What {
    fn includes(self, other: What, format: Format) -> bool {
        self == other || self == What::All && (format == Format::Table || other == What::Positions)
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
    let date = match arguments.date {
        Some(date) => date,
        None => lake::read::latest_business_date(lake, id).await?.unwrap_or(portfolio.start_date),
    };
    let values = lake::read::portfolio_values(lake, id, date, date).await?;
    let Some(value) = values.first() else {
        return Err(Usage(format!("{id} was not valued on {date}; run `financr run nightly --date {date}`")).into());
    };
    session.say(&heading(&portfolio.title, value))?;
    let shown = |what| arguments.what.includes(what, session.format);
    if shown(What::Positions) {
        write_positions(session, lake, id, date, portfolio.base_currency).await?;
    }
    if shown(What::Measures) {
        let measures = lake::read::measures(lake, id, date).await?;
        session.write(&measures_listing(&measures, session.format))?;
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

fn heading(title: &str, value: &PortfolioValue) -> String {
    format!("{title}\n{} on {}", printed(value.market_value, value.base_currency), value.business_date)
}

fn printed(amount: Option<Amount>, currency: Currency) -> String {
    amount.map_or_else(|| "no value".to_owned(), |amount| Money::new(amount.decimal(), currency).to_string())
}

async fn write_positions(
    session: &Session,
    lake: &lake::Lake,
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

/// One row per measure, one column per period.
fn measures_listing(measures: &[MeasureRow], format: Format) -> Listing {
    let mut listing = Listing::new(&["measure", "MTD", "YTD", "1Y", "SI"]);
    let mut names: Vec<&str> = measures.iter().map(|row| row.measure.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let cell = |period: ReportingPeriod| -> Value {
            let Some(row) = measures.iter().find(|row| row.measure == name && row.period == period) else {
                return Value::Null;
            };
            match (row.value, row.value_date) {
                (Some(value), _) if format == Format::Table => Value::from(format!("{value:.6}")),
                (Some(value), _) => value.into(),
                (None, Some(day)) => day.to_string().into(),
                (None, None) => "–".into(),
            }
        };
        let [month, year, twelve, all] = ReportingPeriod::ALL.map(cell);
        listing.push([name.into(), month, year, twelve, all]);
    }
    listing
}
