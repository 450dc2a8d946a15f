//! `financr show performance|measures GROUP`: a household or a composite as if it were one portfolio.

use jobs::Context;
use lake::read::PortfolioGroup;
use schemas::{GroupId, PortfolioId};

use super::sides::{Side, ink};
use super::{Arguments, overview_listing};
use crate::ending::Usage;
use crate::performance_listing::{self, PerformanceFacts};
use crate::printed_figures::Figures;
use crate::show_topic::Topic;
use crate::{measures_listing, tree_text};

/// A group that is shown: a line about it, and its side.
pub(super) struct GroupSide {
    pub(super) heading: String,
    pub(super) side: Side,
}

/// The side of a group; none if there is no group of this name.
///
/// # Errors
/// [`Usage`] if there is nothing to show of it.
pub(super) async fn side(
    context: &Context,
    id: &PortfolioId,
    topic: Topic,
    arguments: &Arguments,
) -> anyhow::Result<Option<GroupSide>> {
    let Ok(group) = id.as_str().parse::<GroupId>() else { return Ok(None) };
    let Some(found) = lake::read::portfolio_group(&context.lake, &group, arguments.date).await? else {
        return Ok(None);
    };
    let (Some(portfolio), Some(last)) = (found.as_portfolio(), found.days.last()) else {
        let problem = format!("no member of {id} was valued by then; `financr run nightly --date D` values them");
        return Err(Usage(problem).into());
    };
    if let Some(date) = arguments.date.filter(|date| *date != last.business_date) {
        let problem = format!("no member of {id} was valued on {date}; the last day before is {}", last.business_date);
        return Err(Usage(problem).into());
    }
    let measures = found.measure_rows();
    let figures = Figures { portfolio: &portfolio, date: last.business_date, rows: &measures };
    let heading = heading(&found, last);
    let Arguments { period, definitions, .. } = *arguments;
    let terminal = tree_text::terminal_columns();
    let side = match topic {
        Topic::Performance | Topic::Overview => {
            let returns = found.daily_returns();
            let facts = PerformanceFacts { figures, returns: &returns, period, terminal, ink: ink() };
            let mut blocks = performance_listing::page(&facts);
            if definitions {
                blocks.push(measures_listing::definitions(&performance_listing::measures()));
            }
            Side { blocks, rows: performance_listing::rows(&facts, definitions) }
        }
        Topic::Measures => {
            let mut blocks = measures_listing::page(&figures, period, terminal);
            if definitions {
                blocks.push(measures_listing::definitions(&measures_listing::measures()));
            }
            Side { blocks, rows: measures_listing::rows(&figures, &[], period, definitions) }
        }
        other => {
            let problem = format!(
                "{id} is a group of portfolios, which has the topics performance and measures; ask for `{}` of a \
                 member",
                other.word()
            );
            return Err(Usage(problem).into());
        }
    };
    Ok(Some(GroupSide { heading, side }))
}

fn heading(group: &PortfolioGroup, last: &schemas::tables::portfolio_group_returns::PortfolioGroupReturn) -> String {
    let title = group.members.first().map(|about| about.title.as_str()).unwrap_or_default();
    let count = last.member_count;
    let members = if count == 1 { "portfolio" } else { "portfolios" };
    format!(
        "{title}, a {} of {count} {members}\n{} on {}",
        last.kind,
        overview_listing::money(last.end_value, last.base_currency),
        last.business_date
    )
}
