//! `financr show`: one portfolio on one date, as a page or one side of it in full.

mod explain;
mod stress;

use std::io::{IsTerminal as _, Write};

use clap::{Args, ValueEnum};
use jobs::{BalanceBasis, Context};
use schemas::tables::exceptions::Exception;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, PortfolioId, ReportingPeriod};
use serde_json::Value;

use super::Session;
use crate::config;
use crate::ending::{Ending, Usage};
use crate::holdings_listing::{held_listing, pending_listing};
use crate::house;
use crate::listing::{Format, Listing};
use crate::page;
use crate::performance_listing::{self, PerformanceFacts};
use crate::printed_figures::Figures;
use crate::risk_listing::{self, RiskFacts};
use crate::show_topic::{Asked, Topic, asked};
use crate::shown_portfolio::Shown;
use crate::terminal_chart::Ink;
use crate::{measures_listing, overview_listing, tree_text};

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr show                                             all portfolios\n",
    "  financr show D01                                         a page about the last valued day\n",
    "  financr show performance D01 --date 2014-12-31           returns by period, month and year, with a chart\n",
    "  financr show risk D01 --definitions                      losses, drawdown, how returns are spread\n",
    "  financr show measures D01 --period YTD                   every measure of a period\n",
    "  financr show stress D01 --scenario equity_down_20        a scenario by position; without one all of them\n",
    "  financr show explain D01 --from 2014-09-30               what changed the value, and why\n",
    "  financr show D01 --what bridge                           one part of the page in full\n",
    "  financr show D01 --date 2014-12-31 --basis settlement    what is settled, and what is pending\n",
    "  financr show D01 --what pending --format csv             trades that are not settled yet, for a program\n\n",
    "One word is a portfolio, two are a topic and a portfolio. Topics are portfolio (the page), performance, risk, \
     measures, stress and explain; a portfolio that is called `risk` is shown by `financr show portfolio risk`. As \
     JSON or CSV a topic gives one row per figure: raw numbers (0.05 is five percent), exact amounts, the unit, why it \
     is missing.\n\n",
    "The positions without --basis are those of a night, by trade date and with their values. With --basis units and \
     cash are what is booked by now; no night is needed. A transaction without a settlement date counts from its trade \
     date on both bases."
);

/// Show a portfolio: a page with positions, key figures, what changed its value this year and what the checks found;
/// or its performance, its risk, or every measure
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "financr show [OPTIONS] [[TOPIC] PORTFOLIO]")]
pub(super) struct Arguments {
    /// What is shown of the portfolio: performance, risk, measures, stress or explain; or the portfolio itself, e.g.
    /// D01. Without any word all portfolios are listed
    #[arg(value_name = "TOPIC")]
    first: Option<String>,
    /// The portfolio, if a topic stands before it
    #[arg(value_name = "PORTFOLIO")]
    second: Option<String>,
    /// Which rows of the page: for people everything is shown, for a machine one kind at a time
    #[arg(long, value_enum, default_value_t)]
    what: What,
    /// The business date; without it the last one on which the portfolio was valued
    #[arg(long)]
    date: Option<BusinessDate>,
    /// One period of a topic: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y or SI (since inception); without it all of them
    #[arg(long)]
    period: Option<ReportingPeriod>,
    /// Say what the figures mean
    #[arg(long)]
    definitions: bool,
    /// Units and cash with every transaction counted from its trade date or its settlement date: trade or settlement
    #[arg(long)]
    basis: Option<BalanceBasis>,
    #[command(flatten)]
    stress: stress::Options,
    #[command(flatten)]
    explain: explain::Options,
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum What {
    /// A page of positions, key figures, the bridge and what the checks found; as JSON or CSV only the positions.
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

    /// What is asked for, if the options belong to it.
    fn asked(&self) -> Result<Asked, Usage> {
        let asked = asked(self.first.as_deref(), self.second.as_deref()).map_err(Usage)?;
        let is_page = self.basis.is_some() || self.what != What::All;
        let of_topic = self.stress.is_given() || self.explain.is_given();
        let refused = match &asked {
            Asked::One(topic, _) if self.stress.is_given() && *topic != Topic::Stress => stress::REFUSED,
            Asked::One(topic, _) if self.explain.is_given() && *topic != Topic::Explain => explain::REFUSED,
            Asked::One(Topic::Stress | Topic::Explain, _) if self.period.is_some() => {
                "--period is for performance, risk and measures; stress has a --date, explain has --from and --to"
            }
            Asked::One(Topic::Explain, _) if self.date.is_some() => {
                "explain has --from and --to in the place of --date"
            }
            Asked::Portfolios if is_page || self.period.is_some() || self.definitions || of_topic => {
                "name a portfolio: `financr show [TOPIC] PORTFOLIO`; without one all portfolios are listed"
            }
            Asked::One(Topic::Overview, _) if self.period.is_some() => {
                "--period is for a topic, e.g. `financr show performance PORTFOLIO --period YTD`"
            }
            Asked::One(topic, _) if *topic != Topic::Overview && is_page => {
                "--what and --basis are for the page of a portfolio, `financr show PORTFOLIO`, and not for a topic"
            }
            _ => return Ok(asked),
        };
        Err(Usage(refused.to_owned()))
    }
}

pub(super) async fn execute(session: &Session, arguments: &Arguments) -> anyhow::Result<Ending> {
    let asked = arguments.asked()?;
    let config = session.config()?;
    let context = house::open(&config, session.display.watcher()).await?;
    let (topic, id) = match asked {
        Asked::Portfolios => {
            session.write(&all_portfolios(&lake::read::portfolios(&context.lake).await?))?;
            return Ok(Ending::Done);
        }
        Asked::One(topic, id) => (topic, id),
    };
    let place = &config.store.url;
    match topic {
        Topic::Stress => return stress::execute(session, &context, &id, arguments, place).await,
        Topic::Explain => return explain::execute(session, &context, &id, arguments, place).await,
        _ => {}
    }
    if arguments.basis.is_some() || arguments.what == What::Pending {
        return write_holdings(session, &context, &id, arguments).await;
    }
    let shown = Shown::find(&context, &id, arguments.date, place).await?;
    let (portfolio, value) = (&shown.portfolio, &shown.value);
    session.say(&heading(&portfolio.title, value))?;
    if let Some(refused) = &shown.refused_later {
        session.say(&format!("It could not be valued on {}: {}", refused.business_date, refused.message))?;
    }
    let measures = lake::read::measures(&context.lake, &id, value.business_date).await?;
    let figures = Figures { portfolio, date: value.business_date, rows: &measures };
    if topic == Topic::Overview {
        return write_page(session, &context, &figures, value, arguments).await;
    }
    let returns = match topic {
        Topic::Performance | Topic::Risk => {
            let (from, to) = (portfolio.start_date.min(value.business_date), value.business_date);
            lake::read::daily_returns(&context.lake, &id, from, to).await?
        }
        _ => Vec::new(),
    };
    let (period, terminal, ink) = (arguments.period, tree_text::terminal_columns(), ink());
    let (mut blocks, rows, meant) = match topic {
        Topic::Performance => {
            let facts = PerformanceFacts { figures, returns: &returns, period, terminal, ink };
            let rows = performance_listing::rows(&facts, arguments.definitions);
            (performance_listing::page(&facts), rows, performance_listing::measures())
        }
        Topic::Risk => {
            let rows =
                measures_listing::rows(&figures, &["tail", "dispersion", "drawdown"], period, arguments.definitions);
            let facts = RiskFacts { figures, returns: &returns, period, terminal, ink };
            (risk_listing::page(&facts), rows, risk_listing::measures())
        }
        _ => {
            let rows = measures_listing::rows(&figures, &[], period, arguments.definitions);
            (measures_listing::page(&figures, period, terminal), rows, measures_listing::measures())
        }
    };
    if session.format != Format::Table {
        session.write(&rows)?;
        return Ok(Ending::Done);
    }
    if arguments.definitions {
        blocks.push(measures_listing::definitions(&meant));
    }
    page::write(&blocks, &mut std::io::stdout().lock())?;
    Ok(Ending::Done)
}

/// What drawings are made with: blocks on a terminal that can show them.
fn ink() -> Ink {
    if std::io::stdout().is_terminal() && config::speaks_utf8() { Ink::Blocks } else { Ink::Ascii }
}

fn all_portfolios(portfolios: &[Portfolio]) -> Listing {
    let mut listing = Listing::new(&["portfolio", "title", "currency", "market", "start"]);
    for portfolio in portfolios {
        listing.push([
            portfolio.portfolio_id.to_string().into(),
            portfolio.title.clone().into(),
            portfolio.base_currency.code().into(),
            portfolio.market_id.to_string().into(),
            portfolio.start_date.to_string().into(),
        ]);
    }
    listing
}

/// Everything on a page, or one part of it in full.
async fn write_page(
    session: &Session,
    context: &Context,
    figures: &Figures<'_>,
    value: &PortfolioValue,
    arguments: &Arguments,
) -> anyhow::Result<Ending> {
    let (lake, portfolio, date) = (&context.lake, figures.portfolio, figures.date);
    let (id, base, for_people) = (&portfolio.portfolio_id, figures.base(), session.format == Format::Table);
    let is_whole = arguments.what == What::All && for_people;
    let shown = |what| arguments.what.includes(what, session.format);
    if shown(What::Positions) {
        let rows = lake::read::valuations(lake, id, date).await?;
        if is_whole {
            let (listing, others) = overview_listing::largest_positions(&rows, base);
            session.write(&listing)?;
            if 0 < others {
                session.say(&format!(" and {others} smaller ones: financr show {id} --what positions"))?;
            }
        } else {
            session.write(&overview_listing::positions(&rows, base))?;
        }
    }
    if shown(What::Measures) {
        if is_whole {
            session.write(&overview_listing::key_measures(figures))?;
        } else if for_people {
            let blocks = measures_listing::page(figures, None, tree_text::terminal_columns());
            page::write(&blocks, &mut std::io::stdout().lock())?;
        } else {
            session.write(&overview_listing::stated_measures(figures.rows))?;
        }
    }
    if shown(What::Bridge) {
        let (opening, rows) = bridge(context, portfolio, date).await?;
        let listing = if is_whole {
            overview_listing::short_bridge(opening, &rows, value.market_value, base)
        } else {
            full_bridge(opening, rows, value, session.format)
        };
        session.write(&listing)?;
    }
    if shown(What::Exceptions) {
        let found = lake::read::exceptions(lake, id, date).await?;
        write_findings(session, id, found, is_whole)?;
    }
    if is_whole {
        session.say(&format!(
            "More: financr show performance {id}, show risk {id}, show measures {id}; --what bridge for every step"
        ))?;
        if arguments.definitions {
            let definitions = measures_listing::definitions(&overview_listing::key());
            page::write(&[definitions], &mut std::io::stdout().lock())?;
        }
    }
    Ok(Ending::Done)
}

/// What the checks found; on the page the worst of it, and nothing where nothing was found.
fn write_findings(session: &Session, id: &PortfolioId, mut found: Vec<Exception>, on_page: bool) -> anyhow::Result<()> {
    if on_page && found.is_empty() {
        return Ok(());
    }
    let shown_max = if on_page { overview_listing::FINDINGS_MAX } else { found.len() };
    let others = found.len().saturating_sub(shown_max);
    if on_page {
        // What keeps a statement back comes first.
        found.sort_by_key(|row| std::cmp::Reverse(row.severity));
    }
    let mut listing = Listing::new(&["severity", "check", "finding"]);
    for row in found.into_iter().take(shown_max) {
        listing.push([row.severity.to_string().into(), row.check_name.into(), row.message.into()]);
    }
    session.write(&listing)?;
    if 0 < others {
        session.say(&format!(" and {others} others: financr show {id} --what exceptions"))?;
    }
    Ok(())
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

fn heading(title: &str, value: &PortfolioValue) -> String {
    format!("{title}\n{} on {}", overview_listing::money(value.market_value, value.base_currency), value.business_date)
}

/// The value at the end of the year before, and what changed it since.
async fn bridge(
    context: &Context,
    portfolio: &Portfolio,
    date: BusinessDate,
) -> anyhow::Result<(Option<Amount>, Vec<NavBridgeRow>)> {
    let (lake, id) = (&context.lake, &portfolio.portfolio_id);
    let opening = ReportingPeriod::YearToDate.opening_date(date).and_then(|day| BusinessDate::new(day).ok());
    let opening = opening.unwrap_or(portfolio.start_date);
    let before = lake::read::portfolio_values(lake, id, portfolio.start_date, opening).await?;
    let opening_value = before.last().map_or(Some(Amount::ZERO), |row| row.market_value);
    let mut rows = lake::read::nav_bridge(lake, id, opening.next_calendar_day(), date).await?;
    rows.sort_by_key(|row| (row.component, row.currency));
    Ok((opening_value, rows))
}

/// Every step of the bridge in each currency, between the value at the end of the year before and that on the date.
fn full_bridge(opening: Option<Amount>, rows: Vec<NavBridgeRow>, value: &PortfolioValue, format: Format) -> Listing {
    let base = value.base_currency;
    let printed = overview_listing::money;
    let mut listing = Listing::new(&["change in value this year", "currency", "amount", "in base currency"]);
    listing.push(["value at start".into(), base.code().into(), Value::Null, printed(opening, base).into()]);
    for row in rows {
        let words = if format == Format::Table { row.component.title() } else { row.component.code() };
        listing.push([
            words.into(),
            row.currency.code().into(),
            row.amount.map_or(Value::Null, |amount| printed(Some(amount), row.currency).into()),
            row.amount_base.map_or_else(|| row.detail.into(), |amount| printed(Some(amount), base).into()),
        ]);
    }
    listing.push(["value at end".into(), base.code().into(), Value::Null, printed(value.market_value, base).into()]);
    listing
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn of(words: &str) -> Result<Asked, String> {
        let line = Line::try_parse_from(std::iter::once("show").chain(words.split_whitespace()));
        line.map_err(|error| error.to_string())?.arguments.asked().map_err(|usage| usage.to_string())
    }

    #[test]
    fn options_belong_to_what_is_asked_for() {
        let id: PortfolioId = "D01".parse().expect("an id");
        assert_eq!(of(""), Ok(Asked::Portfolios));
        assert_eq!(of("D01 --basis trade --what positions"), Ok(Asked::One(Topic::Overview, id.clone())));
        assert_eq!(of("performance D01 --period YTD --definitions"), Ok(Asked::One(Topic::Performance, id)));
        for (words, expected) in [
            ("--basis trade", "name a portfolio"),
            ("--definitions", "name a portfolio"),
            ("D01 --period YTD", "--period is for a topic"),
            ("risk D01 --what bridge", "--what and --basis are for the page"),
            ("risk D01 --scenario crash", "--scenario and --loss are for stress"),
            ("D01 --from 2014-01-02", "--from and --to are for explain"),
            ("stress D01 --period YTD", "--period is for performance, risk and measures"),
            ("explain D01 --date 2014-01-02", "explain has --from and --to"),
            ("stress D01 --what bridge", "--what and --basis are for the page"),
            ("risk D01 --period 2Y", "unknown period `2Y`; known: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y, SI"),
            ("risks D01", "unknown topic `risks`; known: portfolio, performance, risk, measures, stress, explain"),
            ("risk", "`financr show risk PORTFOLIO`"),
        ] {
            let refused = of(words).expect_err("refused");
            assert!(refused.contains(expected), "{words}: {refused}");
        }
    }
}
