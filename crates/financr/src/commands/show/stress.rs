//! `financr show stress`: every scenario with its loss, one of them by position, and which fall loses so much.

use clap::Args;
use jobs::Context;
use jobs::stress::{UnderScenario, stressed};
use schemas::PortfolioId;

use super::{Arguments, heading};
use crate::commands::Session;
use crate::ending::{Ending, Usage};
use crate::listing::Format;
use crate::page;
use crate::shown_portfolio::Shown;
use crate::stress_listing::{self, StressFacts};

/// Why the options are refused elsewhere.
pub(super) const REFUSED: &str = "--scenario and --loss are for stress: `financr show stress PORTFOLIO --scenario ID`";

/// The part of the value that is lost where none is named.
const LOSS_FRACTION: f64 = 0.2;

/// Options of the topic.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// For stress: one scenario by position, e.g. `equity_down_20`; without it all scenarios
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// For stress: the part of the value of which is asked what loses it, a fraction above 0 and at most 1; without it
    /// 0.2
    #[arg(long, value_name = "FRACTION")]
    loss: Option<f64>,
}

impl Options {
    /// Whether one of them is given.
    pub(super) fn is_given(&self) -> bool {
        self.scenario.is_some() || self.loss.is_some()
    }

    fn loss_fraction(&self) -> Result<f64, Usage> {
        match self.loss {
            None => Ok(LOSS_FRACTION),
            Some(loss) if 0.0 < loss && loss <= 1.0 => Ok(loss),
            Some(loss) => {
                Err(Usage(format!("--loss is a fraction above 0 and at most 1 (0.2 is a fifth), not {loss}")))
            }
        }
    }
}

pub(super) async fn execute(
    session: &Session,
    context: &Context,
    id: &PortfolioId,
    arguments: &Arguments,
    place: &str,
) -> anyhow::Result<Ending> {
    let loss_fraction = arguments.stress.loss_fraction()?;
    let shown = Shown::find(context, id, arguments.date, place).await?;
    let (portfolio, date) = (&shown.portfolio, shown.value.business_date);
    let stressed = stressed(context, portfolio, date, loss_fraction).await?;
    let facts = StressFacts { stressed: &stressed, base: portfolio.base_currency, loss_fraction };
    let only = match &arguments.stress.scenario {
        Some(wanted) => Some(named(&stressed.scenarios, wanted, date)?),
        None => None,
    };
    if session.format != Format::Table {
        session.write(&stress_listing::rows(&facts, only))?;
        return Ok(Ending::Done);
    }
    session.say(&heading(&portfolio.title, &shown.value))?;
    let stored = lake::read::stress(&context.lake, id, date).await?;
    if let Some(note) = stress_listing::beside_the_night(&stressed, &stored, date) {
        session.say(&note)?;
    }
    let mut blocks = match only {
        Some(under) => stress_listing::scenario_page(&facts, under),
        None => stress_listing::page(&facts),
    };
    if arguments.definitions {
        blocks.push(stress_listing::definitions());
    }
    page::write(&blocks, &mut std::io::stdout().lock())?;
    Ok(Ending::Done)
}

fn named<'a>(
    scenarios: &'a [UnderScenario],
    wanted: &str,
    date: schemas::BusinessDate,
) -> Result<&'a UnderScenario, Usage> {
    scenarios.iter().find(|under| under.scenario.id == wanted).ok_or_else(|| {
        let known: Vec<&str> = scenarios.iter().map(|under| under.scenario.id.as_str()).collect();
        Usage(format!("no scenario `{wanted}` is in force on {date}; known: {}", known.join(", ")))
    })
}
