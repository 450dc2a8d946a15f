//! `financr show explain`: what changed the value between two dates, by cause and by position.

use std::collections::BTreeSet;

use clap::Args;
use jobs::Context;
use lake::DateRange;
use schemas::table::Record;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::position_returns::PositionReturn;
use schemas::{Amount, BusinessDate};

use super::Arguments;
use super::sides::Side;
use crate::ending::Usage;
use crate::explain_listing::{self, ExplainFacts};
use crate::shown_portfolio::Shown;

/// Why the options are refused elsewhere.
pub(super) const REFUSED: &str = "--from and --to are for explain: `financr show explain PORTFOLIO --from D --to D`";

/// Options of the topic.
#[derive(Debug, Args)]
pub(super) struct ExplainOptions {
    /// For explain: the date whose closing value is the start; without it the portfolio's last day before the year of
    /// the end
    #[arg(long, value_name = "DATE")]
    from: Option<BusinessDate>,
    /// For explain: the date whose closing value is the end; without it the last one on which the portfolio was valued
    #[arg(long, value_name = "DATE")]
    to: Option<BusinessDate>,
}

impl ExplainOptions {
    /// The date of the end, if it is given.
    pub(super) fn to(&self) -> Option<BusinessDate> {
        self.to
    }

    /// Whether one of them is given.
    pub(super) fn is_given(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }
}

/// What changed the value of a portfolio up to the date that is shown.
pub(super) async fn side(context: &Context, arguments: &Arguments, shown: &Shown) -> anyhow::Result<Side> {
    let (lake, id) = (&context.lake, &shown.portfolio.portfolio_id);
    let (portfolio, to) = (&shown.portfolio, shown.value.business_date);
    let wanted = arguments.explain.from.or_else(|| year_before(to)).unwrap_or(to);
    if to <= wanted {
        return Err(Usage(format!("--from is {wanted}, not before {to}, the last date")).into());
    }
    let values = lake::read::portfolio_values(lake, id, portfolio.start_date.min(wanted), wanted).await?;
    let (from, opening) = match (values.last(), arguments.explain.from) {
        (Some(row), _) => (row.business_date, known(row)?),
        // Before its first day it was worth nothing.
        (None, None) => (wanted, Amount::ZERO),
        (None, Some(_)) => {
            let problem =
                format!("{id} was not valued on or before {wanted}; its first day is {}", portfolio.start_date);
            return Err(Usage(problem).into());
        }
    };
    let first = from.next_calendar_day();
    let bridge = lake::read::nav_bridge(lake, id, first, to).await?;
    let ids = BTreeSet::from([id.to_string()]);
    let snapshot = lake.snapshot(PositionReturn::TABLE).await?;
    let range = DateRange::between(first, to);
    let positions: Vec<PositionReturn> =
        lake::read::rows_named(&snapshot, lake, range, &[("portfolio_id", &ids)]).await?;
    let closing = known(&shown.value)?;
    let base = portfolio.base_currency;
    let facts = ExplainFacts { base, from, to, opening, closing, bridge: &bridge, positions: &positions };
    let explained = facts.explain().map_err(|reason| Usage(format!("{id}: {reason}")))?;
    let mut blocks = explain_listing::page(&facts, &explained);
    if arguments.definitions {
        blocks.push(explain_listing::definitions());
    }
    Ok(Side { blocks, rows: explain_listing::rows(&facts, &explained) })
}

fn known(row: &PortfolioValue) -> Result<Amount, Usage> {
    let problem = || Usage(format!("the value of {} is not known; name another date", row.business_date));
    row.market_value.ok_or_else(problem)
}

/// The last day of the year before.
fn year_before(date: BusinessDate) -> Option<BusinessDate> {
    let opening = schemas::ReportingPeriod::YearToDate.opening_date(date)?;
    BusinessDate::new(opening).ok()
}
