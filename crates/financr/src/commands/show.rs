//! `financr show`: one portfolio on one date, as a page or one side of it in full.

use std::io::{IsTerminal as _, Write};

use clap::{Args, ValueEnum};
use jobs::factors::FactorChoice;
use jobs::{BalanceBasis, Context};
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::exceptions::Exception;
use schemas::tables::nav_bridge::NavBridgeRow;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Amount, BusinessDate, PortfolioId, ReportingPeriod};
use serde_json::Value;

use super::Session;
use crate::config;
use crate::ending::{Ending, Usage};
use crate::factors_listing::{self, FactorFacts};
use crate::holdings_listing::{held_listing, pending_listing};
use crate::house;
use crate::liquidity_listing::{self, LiquidityFacts};
use crate::listing::{Format, Listing};
use crate::page::{self, Block};
use crate::performance_listing::{self, PerformanceFacts};
use crate::printed_figures::Figures;
use crate::risk_listing::{self, RiskFacts};
use crate::risk_night::RiskNight;
use crate::show_topic::{Asked, Topic, asked};
use crate::shown_attribution::AttributionOptions;
use crate::shown_portfolio::Shown;
use crate::terminal_chart::Ink;
use crate::{measures_listing, overview_listing, return_parts_listing, risk_parts_listing, tree_text};
use crate::{class_listing, concentration_listing, measures_listing, overview_listing, tree_text};
use crate::{attribution_figures, attribution_listing, measures_listing, overview_listing, tree_text};

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr show                                             all portfolios\n",
    "  financr show D01                                         a page about the last valued day\n",
    "  financr show performance D01 --date 2014-12-31           returns by period, month and year, with a chart\n",
    "  financr show risk D01 --definitions                      losses, drawdown, how returns are spread\n",
    "  financr show risk D01 --without AAPL                     how much less there would be to lose without it\n",
    "  financr show measures D01 --period YTD                   every measure of a period\n",
    "  financr show factors D01 --period 3Y --set ff3           loadings on factors, and parts of the variance\n",
    "  financr show attribution D01 --linking menchero          what was better and worse than the benchmark\n",
    "  financr show liquidity D01 --participation 0.1           days to sell each position, and the whole\n",
    "  financr show D01 --what bridge                           one part of the page in full\n",
    "  financr show D01 --date 2014-12-31 --basis settlement    what is settled, and what is pending\n",
    "  financr show D01 --what pending --format csv             trades that are not settled yet, for a program\n\n",
    "One word is a portfolio, two are a topic and a portfolio. Topics are portfolio (the page), performance, risk, \
     measures and factors; a portfolio that is called `risk` is shown by `financr show portfolio risk`. As JSON or \
     CSV a topic gives one row per figure: raw numbers (0.05 is five percent), exact amounts, the unit, why it is missing.\n\n",
     measures and attribution; a portfolio that is called `risk` is shown by `financr show portfolio risk`. As JSON or \
     measures and liquidity; a portfolio that is called `risk` is shown by `financr show portfolio risk`. As JSON or \
     CSV a topic gives one row per figure: raw numbers (0.05 is five percent), exact amounts, the unit, why it is \
     missing.\n\n",
    "The positions without --basis are those of a night, by trade date and with their values. With --basis units and \
     cash are what is booked by now; no night is needed. A transaction without a settlement date counts from its trade \
     date on both bases."
);

/// Show a portfolio: a page with positions, key figures, what changed its value this year and what the checks found;
/// or its performance, its risk, every measure, or the factors that move it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "financr show [OPTIONS] [[TOPIC] PORTFOLIO]")]
pub(super) struct Arguments {
    /// What is shown of the portfolio: performance, risk, measures or factors; or the portfolio itself, e.g. D01.
/// or its performance, its risk, every measure, or why it did better or worse than its benchmark
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "financr show [OPTIONS] [[TOPIC] PORTFOLIO]")]
pub(super) struct Arguments {
    /// What is shown of the portfolio: performance, risk, measures or attribution; or the portfolio itself, e.g. D01.
/// or its performance, its risk, every measure, or how long it takes to sell it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "financr show [OPTIONS] [[TOPIC] PORTFOLIO]")]
pub(super) struct Arguments {
    /// What is shown of the portfolio: performance, risk, measures or liquidity; or the portfolio itself, e.g. D01.
    /// Without any word all portfolios are listed
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
    /// One period of a topic: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y or SI (since inception); without it all of them,
    /// and YTD of the attribution
    #[arg(long)]
    period: Option<ReportingPeriod>,
    /// Say what the figures mean
    #[arg(long)]
    definitions: bool,
    /// For the topic risk: what would be left without a position, e.g. its symbol, `D01~AAPL`, or USD for cash
    #[arg(long, value_name = "INSTRUMENT")]
    without: Option<String>,
    /// Units and cash with every transaction counted from its trade date or its settlement date: trade or settlement
    #[arg(long)]
    basis: Option<BalanceBasis>,
    /// The set of factors in the market's factors.csv, e.g. ff3; without it the only one
    #[arg(long)]
    set: Option<String>,
    /// Factors of the set, e.g. mkt_rf,smb; without it all of them
    #[arg(long, value_delimiter = ',')]
    factors: Vec<String>,
    #[command(flatten)]
    attribution: AttributionOptions,
    /// For liquidity: the part of an average day's volume that one is, above 0 and at most 1 [default: 0.2]
    #[arg(long, value_name = "FRACTION")]
    participation: Option<f64>,
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
        let is_of_factors = self.set.is_some() || !self.factors.is_empty();
        let refused = match &asked {
            Asked::One(Topic::Risk, _) if self.without.is_some() && !is_page => return Ok(asked),
            Asked::One(..) if self.without.is_some() => {
                "--without is for the risk of a portfolio: `financr show risk PORTFOLIO --without INSTRUMENT`"
            }
            Asked::Portfolios if is_page || self.period.is_some() || self.definitions || self.without.is_some() => {
            Asked::Portfolios | Asked::One(Topic::Overview | Topic::Performance | Topic::Risk | Topic::Measures, _)
                if is_of_factors =>
            {
                "--set and --factors are for the topic `factors`, e.g. `financr show factors PORTFOLIO --set ff3`"
            }
            Asked::Portfolios if is_page || self.period.is_some() || self.definitions => {
        let is_attribution = self.attribution.is_given();
        let refused = match &asked {
            Asked::Portfolios if is_page || is_attribution || self.period.is_some() || self.definitions => {
                "name a portfolio: `financr show [TOPIC] PORTFOLIO`; without one all portfolios are listed"
            }
            Asked::Portfolios | Asked::One(Topic::Overview | Topic::Performance | Topic::Risk | Topic::Measures, _)
                if self.participation.is_some() =>
            {
                "--participation is for `financr show liquidity PORTFOLIO`"
            }
            Asked::One(Topic::Liquidity, _) if self.period.is_some() => {
                "liquidity is that of one date and has no --period"
            }
            Asked::One(Topic::Liquidity, _) if self.participation.is_some_and(|part| !is_part(part)) => {
                "--participation is a fraction above 0 and at most 1, e.g. 0.2 for a fifth of the volume"
            }
            Asked::One(Topic::Overview, _) if self.period.is_some() => {
                "--period is for a topic, e.g. `financr show performance PORTFOLIO --period YTD`"
            }
            Asked::One(Topic::Performance | Topic::Risk | Topic::Measures | Topic::Factors, _) if is_page => {
            Asked::One(Topic::Performance | Topic::Risk | Topic::Measures | Topic::Attribution, _) if is_page => {
            Asked::One(Topic::Performance | Topic::Risk | Topic::Measures | Topic::Liquidity, _) if is_page => {
                "--what and --basis are for the page of a portfolio, `financr show PORTFOLIO`, and not for a topic"
            }
            Asked::One(topic, _) if is_attribution && *topic != Topic::Attribution => {
                "--linking and --taxonomy are for `financr show attribution PORTFOLIO`"
            }
            _ => return Ok(asked),
        };
        Err(Usage(refused.to_owned()))
    }
}

/// Whether a number is a part of the volume that one can be.
fn is_part(number: f64) -> bool {
    0.0 < number && number <= 1.0
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
    if arguments.basis.is_some() || arguments.what == What::Pending {
        return write_holdings(session, &context, &id, arguments).await;
    }
    let shown = Shown::find(&context, &id, arguments.date, &config.store.url).await?;
    let (portfolio, value) = (&shown.portfolio, &shown.value);
    session.say(&heading(&portfolio.title, value))?;
    if let Some(refused) = &shown.refused_later {
        session.say(&format!("It could not be valued on {}: {}", refused.business_date, refused.message))?;
    }
    if topic == Topic::Attribution {
        let found = arguments.attribution.find(&context, &shown, arguments.period).await?;
        let facts = found.facts(ink());
        let blocks = attribution_listing::page(&facts, arguments.definitions);
        return write_topic(session, &blocks, || attribution_figures::rows(&facts, arguments.definitions));
    if topic == Topic::Liquidity {
        return write_liquidity(session, &context, &shown, arguments).await;
    }
    let measures = lake::read::measures(&context.lake, &id, value.business_date).await?;
    let figures = Figures { portfolio, date: value.business_date, rows: &measures };
    if topic == Topic::Overview {
        return write_page(session, &context, &figures, value, arguments).await;
    }
    let returns = match topic {
        Topic::Performance | Topic::Risk | Topic::Factors => {
            let (from, to) = (portfolio.start_date.min(value.business_date), value.business_date);
            lake::read::daily_returns(&context.lake, &id, from, to).await?
        }
        Topic::Overview | Topic::Measures | Topic::Attribution => Vec::new(),
        Topic::Overview | Topic::Measures | Topic::Liquidity => Vec::new(),
    };
    if topic == Topic::Factors {
        return write_factors(session, &context, &figures, &returns, arguments).await;
    }
    let (period, terminal, ink) = (arguments.period, tree_text::terminal_columns(), ink());
    let (mut blocks, rows, meant) = match topic {
        Topic::Performance => {
            let facts = PerformanceFacts { figures, returns: &returns, period, terminal, ink };
            let mut rows = performance_listing::rows(&facts, arguments.definitions);
            let mut page = performance_listing::page(&facts);
            let policy = config.returns.large_flow_fraction;
            page.extend(return_parts_listing::added(&context, &facts, policy, &mut rows).await?);
            (page, rows, performance_listing::measures())
        }
        Topic::Risk => {
            let asked = arguments.without.as_deref();
            let made = risk_parts_listing::made(&context, &figures, asked, session.format).await?;
            let rows = match &made {
                Some((parts, Some(asked))) => risk_parts_listing::rows_without(parts, asked),
                _ => measures_listing::rows(&figures, risk_listing::KINDS, period, arguments.definitions),
            };
            let facts = RiskFacts { figures, returns: &returns, period, terminal, ink, made: made.as_ref() };
            let night = RiskNight::read(&context.lake, &id, value.business_date).await?;
            let kinds = ["tail", "dispersion", "drawdown"];
            let mut rows = measures_listing::rows(&figures, &kinds, period, arguments.definitions);
            if period.is_none() {
                night.add_rows(&figures, &mut rows);
            }
            let facts = RiskFacts { figures, returns: &returns, night: &night, period, terminal, ink };
            let kinds = ["tail", "dispersion", "drawdown"];
            let mut rows = measures_listing::rows(&figures, &kinds, period, arguments.definitions);
            let concentration = jobs::concentration::concentrated(&context, portfolio, figures.date).await?;
            let classes = lake::read::risk_classes(&context.lake, &id, figures.date).await?;
            let (concentration, classes) = (&concentration, &classes[..]);
            let facts = RiskFacts { figures, returns: &returns, concentration, classes, period, terminal, ink };
            class_listing::push_rows(&mut rows, &facts);
            concentration_listing::push_rows(&mut rows, &facts);
            (risk_listing::page(&facts), rows, risk_listing::measures())
        }
        Topic::Overview | Topic::Measures | Topic::Factors => {
        Topic::Overview | Topic::Measures | Topic::Attribution => {
        Topic::Overview | Topic::Measures | Topic::Liquidity => {
            let rows = measures_listing::rows(&figures, &[], period, arguments.definitions);
            (measures_listing::page(&figures, period, terminal), rows, measures_listing::measures())
        }
    };
    if arguments.definitions {
        blocks.push(measures_listing::definitions(&meant));
    }
    write_topic(session, &blocks, || rows)
}

/// The page for people, or the rows for machines.
fn write_topic(session: &Session, blocks: &[Block], rows: impl FnOnce() -> Listing) -> anyhow::Result<Ending> {
    if session.format == Format::Table {
        page::write(blocks, &mut std::io::stdout().lock())?;
    } else {
        session.write(&rows())?;
    }
    Ok(Ending::Done)
}

/// How long it takes to sell the positions of a date.
async fn write_liquidity(
    session: &Session,
    context: &Context,
    shown: &Shown,
    arguments: &Arguments,
) -> anyhow::Result<Ending> {
    let (portfolio, date) = (&shown.portfolio, shown.value.business_date);
    let participation = arguments.participation.unwrap_or(jobs::liquidity::PARTICIPATION);
    let found = jobs::liquidity::liquidity(&context.lake, portfolio, date, participation).await;
    let found = found.map_err(jobs::Error::from)?;
    let facts = LiquidityFacts { portfolio, date, participation, found: &found };
    if session.format == Format::Table {
        let blocks = liquidity_listing::page(&facts, arguments.definitions);
        page::write(&blocks, &mut std::io::stdout().lock())?;
    } else {
        session.write(&liquidity_listing::rows(&facts))?;
    }
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

/// What moves a portfolio, over one period; since inception if none is named.
async fn write_factors(
    session: &Session,
    context: &Context,
    figures: &Figures<'_>,
    returns: &[DailyReturn],
    arguments: &Arguments,
) -> anyhow::Result<Ending> {
    let (portfolio, date) = (figures.portfolio, figures.date);
    let period = arguments.period.unwrap_or(ReportingPeriod::SinceInception);
    let choice = FactorChoice { set: arguments.set.clone(), factors: arguments.factors.clone() };
    let explained = jobs::factors::explained(context, portfolio, returns, date, period, &choice).await?;
    let explained = explained.map_err(|why| Usage(format!("no factors explain {}: {why}", portfolio.portfolio_id)))?;
    let facts = FactorFacts { portfolio, date, period, explained: &explained };
    if session.format == Format::Table {
        page::write(&factors_listing::page(&facts, arguments.definitions), &mut std::io::stdout().lock())?;
    } else {
        session.write(&factors_listing::rows(&facts))?;
    }
    Ok(Ending::Done)
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
        assert_eq!(of("risk D01 --without AAPL"), Ok(Asked::One(Topic::Risk, id.clone())));
        assert_eq!(of("performance D01 --period YTD --definitions"), Ok(Asked::One(Topic::Performance, id)));
        for (words, expected) in [
            ("--basis trade", "name a portfolio"),
            ("--definitions", "name a portfolio"),
            ("D01 --period YTD", "--period is for a topic"),
            ("risk D01 --what bridge", "--what and --basis are for the page"),
            ("attribution D01 --what bridge", "--what and --basis are for the page"),
            ("risk D01 --linking carino", "are for `financr show attribution PORTFOLIO`"),
            ("--taxonomy sector", "name a portfolio"),
            ("risk D01 --period 2Y", "unknown period `2Y`; known: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y, SI"),
            ("D01 --without AAPL", "--without is for the risk of a portfolio"),
            ("risk D01 --without AAPL --what bridge", "--without is for the risk of a portfolio"),
            ("--without AAPL", "name a portfolio"),
            ("risks D01", "unknown topic `risks`; known: portfolio, performance, risk, measures"),
            ("risks D01", "unknown topic `risks`; known: portfolio, performance, risk, measures, factors"),
            ("liquidity D01 --what bridge", "--what and --basis are for the page"),
            ("liquidity D01 --period YTD", "liquidity is that of one date"),
            ("liquidity D01 --participation 0", "above 0 and at most 1"),
            ("liquidity D01 --participation 1.5", "above 0 and at most 1"),
            ("liquidity D01 --participation NaN", "above 0 and at most 1"),
            ("risk D01 --participation 0.2", "--participation is for `financr show liquidity PORTFOLIO`"),
            ("--participation 0.2", "--participation is for `financr show liquidity PORTFOLIO`"),
            ("risk D01 --period 2Y", "unknown period `2Y`; known: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y, SI"),
            ("risks D01", "unknown topic `risks`; known: portfolio, performance, risk, measures, liquidity"),
            ("risk", "`financr show risk PORTFOLIO`"),
            ("risk D01 --set ff3", "--set and --factors are for the topic `factors`"),
            ("factors D01 --what bridge", "--what and --basis are for the page"),
        ] {
            let refused = of(words).expect_err("refused");
            assert!(refused.contains(expected), "{words}: {refused}");
        }
    }
}
