//! `financr show stress`: every scenario with its loss, one of them by position, and which fall loses so much.

use clap::Args;
use jobs::Context;
use jobs::stress::{UnderScenario, stressed};

use super::Arguments;
use super::sides::Side;
use crate::ending::Usage;
use crate::page::Block;
use crate::shown_portfolio::Shown;
use crate::stress_listing::{self, StressFacts};

/// Why the options are refused elsewhere.
pub(super) const REFUSED: &str = "--scenario and --loss are for stress: `financr show stress PORTFOLIO --scenario ID`";

/// The part of the value that is lost where none is named.
const LOSS_FRACTION: f64 = 0.2;

/// Options of the topic.
#[derive(Debug, Args)]
pub(super) struct StressOptions {
    /// For stress: one scenario by position, e.g. `equity_down_20`; without it all scenarios
    #[arg(long, value_name = "ID")]
    scenario: Option<String>,
    /// For stress: the part of the value of which is asked what loses it, a fraction above 0 and at most 1; without it
    /// 0.2
    #[arg(long, value_name = "FRACTION")]
    loss: Option<f64>,
}

impl StressOptions {
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

/// What scenarios would do to a portfolio on the date that is shown.
pub(super) async fn side(context: &Context, arguments: &Arguments, shown: &Shown) -> anyhow::Result<Side> {
    let loss_fraction = arguments.stress.loss_fraction()?;
    let (portfolio, date) = (&shown.portfolio, shown.value.business_date);
    let stressed = stressed(context, portfolio, date, loss_fraction).await?;
    let facts = StressFacts { stressed: &stressed, base: portfolio.base_currency, loss_fraction };
    let only = match &arguments.stress.scenario {
        Some(wanted) => Some(named(&stressed.scenarios, wanted, date)?),
        None => None,
    };
    let mut blocks = match only {
        Some(under) => stress_listing::scenario_page(&facts, under),
        None => stress_listing::page(&facts),
    };
    let stored = lake::read::stress(&context.lake, &portfolio.portfolio_id, date).await?;
    if let Some(note) = stress_listing::beside_the_night(&stressed, &stored, date) {
        blocks.insert(0, Block::text(note));
    }
    if arguments.definitions {
        blocks.push(stress_listing::definitions());
    }
    Ok(Side { blocks, rows: stress_listing::rows(&facts, only) })
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
