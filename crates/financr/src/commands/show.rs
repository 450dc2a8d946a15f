//! `financr show`: one portfolio on one date, as a page or one side of it in full.

mod explain;
mod groups;
mod holdings;
mod overview;
mod sides;
mod stress;

use clap::{Args, ValueEnum};
use jobs::BalanceBasis;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};

use self::sides::Side;
use super::Session;
use crate::ending::{Ending, Usage};
use crate::listing::{Format, Listing};
use crate::printed_figures::Figures;
use crate::show_topic::{Asked, Topic, asked};
use crate::shown_attribution::AttributionOptions;
use crate::shown_portfolio::Shown;
use crate::{house, overview_listing, page};

const EXAMPLES: &str = concat!(
    "Examples:\n",
    "  financr show                                             all portfolios\n",
    "  financr show D01                                         a page about the last valued day\n",
    "  financr show performance D01 --date 2014-12-31           returns by period, month and year, with a chart\n",
    "  financr show risk D01 --definitions                      losses, drawdown, how returns are spread\n",
    "  financr show risk D01 --without AAPL                     how much less there would be to lose without it\n",
    "  financr show risk D01 --days 10                          what may be lost in ten days, by each method\n",
    "  financr show measures D01 --period YTD                   every measure of a period\n",
    "  financr show attribution D01 --linking menchero          what was better and worse than the benchmark\n",
    "  financr show factors D01 --period 3Y --set ff3           loadings on factors, and parts of the variance\n",
    "  financr show liquidity D01 --participation 0.1           days to sell each position, and the whole\n",
    "  financr show stress D01 --scenario equity_down_20        a scenario by position; without one all of them\n",
    "  financr show explain D01 --from 2014-09-30               what changed the value, and why\n",
    "  financr show D01 --what bridge                           one part of the page in full\n",
    "  financr show D01 --date 2014-12-31 --basis settlement    what is settled, and what is pending\n",
    "  financr show D01 --what pending --format csv             trades that are not settled yet, for a program\n\n",
    "One word is a portfolio, two are a topic and a portfolio. In the place of a portfolio, performance and measures \
     take a household or a composite. Topics are portfolio (the page), performance, risk, \
     measures, attribution, factors, liquidity, stress and explain; a portfolio that is called `risk` is shown by \
     `financr show portfolio risk`. As JSON or CSV a topic gives one row per figure: raw numbers (0.05 is five \
     percent), exact amounts, the unit, why it is missing.\n\n",
    "The positions without --basis are those of a night, by trade date and with their values. With --basis units and \
     cash are what is booked by now; no night is needed. A transaction without a settlement date counts from its trade \
     date on both bases."
);

/// Show a portfolio: a page with positions, key figures, what changed its value this year and what the checks found;
/// or one topic: its performance, its risk, every measure, why it did better or worse than its benchmark, the factors
/// that move it, how long it takes to sell it, what scenarios would cost, or what changed its value
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "financr show [OPTIONS] [[TOPIC] PORTFOLIO]")]
pub(super) struct Arguments {
    /// What is shown of the portfolio: performance, risk, measures, attribution, factors, liquidity, stress or explain;
    /// or the portfolio itself, e.g. D01. Without any word all portfolios are listed
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
    /// YTD of the attribution and SI of the factors
    #[arg(long)]
    period: Option<ReportingPeriod>,
    /// Say what the figures mean
    #[arg(long)]
    definitions: bool,
    /// Units and cash with every transaction counted from its trade date or its settlement date: trade or settlement
    #[arg(long)]
    basis: Option<BalanceBasis>,
    /// For the topic risk: what would be left without a position, e.g. its symbol, `D01~AAPL`, or USD for cash
    #[arg(long, value_name = "INSTRUMENT")]
    without: Option<String>,
    /// For the topic risk: what may be lost in so many days, by each method, from 1 to 252
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=252))]
    days: Option<u16>,
    #[command(flatten)]
    attribution: AttributionOptions,
    /// The set of factors in the market's factors.csv, e.g. ff3; without it the only one
    #[arg(long)]
    set: Option<String>,
    /// Factors of the set, e.g. mkt_rf,smb; without it all of them
    #[arg(long, value_delimiter = ',')]
    factors: Vec<String>,
    /// For liquidity: the part of an average day's volume that one is, above 0 and at most 1 [default: 0.2]
    #[arg(long, value_name = "FRACTION")]
    participation: Option<f64>,
    #[command(flatten)]
    stress: stress::StressOptions,
    #[command(flatten)]
    explain: explain::ExplainOptions,
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

    /// The topic of an option that was given and belongs to one, with what to say if another one is asked for.
    fn option_of_topic(&self) -> Option<(Topic, &'static str)> {
        let given = [
            (self.without.is_some(), Topic::Risk, "--without is for `financr show risk PORTFOLIO`"),
            (self.days.is_some(), Topic::Risk, "--days is for `financr show risk PORTFOLIO`"),
            (
                self.attribution.is_given(),
                Topic::Attribution,
                "--linking and --taxonomy are for `financr show attribution PORTFOLIO`",
            ),
            (
                self.set.is_some() || !self.factors.is_empty(),
                Topic::Factors,
                "--set and --factors are for `financr show factors PORTFOLIO`",
            ),
            (
                self.participation.is_some(),
                Topic::Liquidity,
                "--participation is for `financr show liquidity PORTFOLIO`",
            ),
            (self.stress.is_given(), Topic::Stress, stress::REFUSED),
            (self.explain.is_given(), Topic::Explain, explain::REFUSED),
        ];
        given.into_iter().find(|(is_given, ..)| *is_given).map(|(_, topic, refused)| (topic, refused))
    }

    /// What is asked for, if the options belong to it.
    fn asked(&self) -> Result<Asked, Usage> {
        let asked = asked(self.first.as_deref(), self.second.as_deref()).map_err(Usage)?;
        let topic = match &asked {
            Asked::Portfolios => None,
            Asked::One(topic, _) => Some(*topic),
        };
        let is_page = self.basis.is_some() || self.what != What::All;
        let refused = match (topic, self.option_of_topic()) {
            (_, Some((belongs_to, refused))) if topic != Some(belongs_to) => refused,
            (None, _) if is_page || self.period.is_some() || self.definitions => {
                "name a portfolio: `financr show [TOPIC] PORTFOLIO`; without one all portfolios are listed"
            }
            (Some(Topic::Overview), _) if self.period.is_some() => {
                "--period is for a topic, e.g. `financr show performance PORTFOLIO --period YTD`"
            }
            (Some(Topic::Liquidity | Topic::Stress), _) if self.period.is_some() => {
                "liquidity and stress are those of one date and have no --period"
            }
            (Some(Topic::Explain), _) if self.period.is_some() || self.date.is_some() => {
                "explain has --from and --to in the place of --period and --date"
            }
            (Some(topic), _) if topic != Topic::Overview && is_page => {
                "--what and --basis are for the page of a portfolio, `financr show PORTFOLIO`, and not for a topic"
            }
            _ if self.participation.is_some_and(|part| !is_part(part)) => {
                "--participation is a fraction above 0 and at most 1, e.g. 0.2 for a fifth of the volume"
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
        return holdings::write(session, &context, &id, arguments).await;
    }
    let is_portfolio = context.store.portfolio(&id).await?.is_some();
    if !is_portfolio && let Some(group) = groups::side(&context, &id, topic, arguments).await? {
        session.say(&group.heading)?;
        return write_side(session, &group.side);
    }
    let shown = Shown::find(&context, &id, arguments.date.or(arguments.explain.to()), &config.store.url).await?;
    let (portfolio, value) = (&shown.portfolio, &shown.value);
    session.say(&heading(&portfolio.title, value))?;
    if let Some(refused) = &shown.refused_later {
        session.say(&format!("It could not be valued on {}: {}", refused.business_date, refused.message))?;
    }
    let measures = lake::read::measures(&context.lake, &id, value.business_date).await?;
    let figures = Figures { portfolio, date: value.business_date, rows: &measures };
    let of = sides::Asked { context: &context, config: &config, arguments, shown: &shown, format: session.format };
    let side = match topic {
        Topic::Overview => return overview::write(session, &context, &figures, value, arguments).await,
        Topic::Performance => of.performance(figures).await?,
        Topic::Risk => of.risk(figures).await?,
        Topic::Measures => of.measures(figures).await?,
        Topic::Attribution => of.attribution().await?,
        Topic::Factors => of.factors().await?,
        Topic::Liquidity => of.liquidity().await?,
        Topic::Stress => stress::side(&context, arguments, &shown).await?,
        Topic::Explain => explain::side(&context, arguments, &shown).await?,
    };
    write_side(session, &side)
}

/// The page for people, or the rows for machines.
fn write_side(session: &Session, Side { blocks, rows }: &Side) -> anyhow::Result<Ending> {
    if session.format == Format::Table {
        page::write(blocks, &mut std::io::stdout().lock())?;
    } else {
        session.write(rows)?;
    }
    Ok(Ending::Done)
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

fn heading(title: &str, value: &PortfolioValue) -> String {
    format!("{title}\n{} on {}", overview_listing::money(value.market_value, value.base_currency), value.business_date)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use schemas::PortfolioId;

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
        assert_eq!(of("liquidity D01 --participation 1"), Ok(Asked::One(Topic::Liquidity, id.clone())));
        assert_eq!(of("performance D01 --period YTD --definitions"), Ok(Asked::One(Topic::Performance, id)));
        for (words, expected) in [
            ("--basis trade", "name a portfolio"),
            ("--definitions", "name a portfolio"),
            ("D01 --period YTD", "--period is for a topic"),
            ("risk D01 --what bridge", "--what and --basis are for the page"),
            ("risk D01 --without AAPL --what bridge", "--what and --basis are for the page"),
            ("attribution D01 --what bridge", "--what and --basis are for the page"),
            ("factors D01 --what bridge", "--what and --basis are for the page"),
            ("liquidity D01 --what bridge", "--what and --basis are for the page"),
            ("liquidity D01 --period YTD", "are those of one date and have no --period"),
            ("stress D01 --period YTD", "are those of one date and have no --period"),
            ("risk D01 --scenario crash", "--scenario and --loss are for stress"),
            ("D01 --from 2014-01-02", "--from and --to are for explain"),
            ("explain D01 --date 2014-01-02", "explain has --from and --to"),
            ("stress D01 --what bridge", "--what and --basis are for the page"),
            ("liquidity D01 --participation 0", "above 0 and at most 1"),
            ("liquidity D01 --participation 1.5", "above 0 and at most 1"),
            ("liquidity D01 --participation NaN", "above 0 and at most 1"),
            ("risk D01 --participation 0.2", "--participation is for `financr show liquidity PORTFOLIO`"),
            ("--participation 0.2", "--participation is for `financr show liquidity PORTFOLIO`"),
            ("risk D01 --linking carino", "are for `financr show attribution PORTFOLIO`"),
            ("--taxonomy sector", "are for `financr show attribution PORTFOLIO`"),
            ("risk D01 --set ff3", "are for `financr show factors PORTFOLIO`"),
            ("D01 --without AAPL", "--without is for `financr show risk PORTFOLIO`"),
            ("--without AAPL", "--without is for `financr show risk PORTFOLIO`"),
            ("risk D01 --period 2Y", "unknown period `2Y`; known: 1D, WTD, MTD, QTD, YTD, 1Y, 3Y, 5Y, 10Y, SI"),
            ("risks D01", "unknown topic `risks`; known: portfolio, performance, risk, measures, attribution, factors"),
            ("risk", "`financr show risk PORTFOLIO`"),
        ] {
            let refused = of(words).expect_err("refused");
            assert!(refused.contains(expected), "{words}: {refused}");
        }
    }
}
