//! Statements: those of a month, a quarter or a year, in one batch.

use std::collections::BTreeSet;
use std::sync::Arc;

use lake::DateRange;
use reports::gather::Facts;
use reports::overviews;
use schemas::{BusinessDate, CalendarPeriod, PortfolioId};

use super::{Job, Step};
use crate::context::Context;
use crate::error::Error;
use crate::publication::{StatementPlan, Which, last_business_day, publish};
use crate::runner::{Outcome, Request, run_of};

/// What is due in the time of the work; on a single date what is due on it, as in a night.
const STEP: Step = Step {
    name: "statements",
    run: |context, work| {
        let which = if work.from == work.to {
            Which::Due
        } else {
            Which::Period { opening: work.from.previous_calendar_day() }
        };
        Box::pin(publish(context, work, which))
    },
};

/// The statements of a period.
pub static JOB: Job = Job {
    name: "statements",
    definition: "writes the statements of a month, a quarter or a year (--period) and puts the mails into the outbox",
    ingests: false,
    once: false,
    steps: &[STEP],
};

/// Calendar days after the end of a period within which something must have been valued: no market rests longer.
const VALUED_WITHIN_DAYS: usize = 31;

/// Writes the statements of a period of every portfolio that lived in it, or of some. What was published before stays.
///
/// - `kinds`: the kinds of statements; none for those that the house makes of periods of this length or shorter ones.
///
/// # Errors
/// [`Error::Published`] if there is no such portfolio or kind, or the period is not valued to its end, else as for
/// [`crate::run`].
pub async fn statements_of(
    context: &Context,
    period: CalendarPeriod,
    portfolios: &[PortfolioId],
    kinds: &[String],
) -> Result<Outcome, Error> {
    let refused = |problem: String| Error::Published { what: format!("statements of {period}"), problem };
    for id in portfolios {
        if context.store.portfolio(id).await?.is_none() {
            return Err(refused(format!("there is no portfolio `{id}`; `financr show` lists them")));
        }
    }
    if let Some(kind) = kinds.iter().find(|kind| !portfolios.is_empty() && overviews::named(kind).is_some()) {
        return Err(refused(format!("`{kind}` is about no single portfolio; ask for it without naming one")));
    }
    let mut context = context.clone();
    if !kinds.is_empty() {
        context.settings.statement_plan = StatementPlan::only(kinds, period.length()).map_err(refused)?;
    }
    let context = &context;
    let to = last_business_day(period.last_day())?;
    let latest = std::iter::successors(Some(to), |day: &BusinessDate| Some(day.next_calendar_day()));
    let latest = latest.take(VALUED_WITHIN_DAYS).last().unwrap_or(to);
    if !Facts::pinned(&context.lake).await?.is_any_valued(DateRange::between(to, latest)).await? {
        return Err(refused(format!(
            "no portfolio was valued on {to}, the last business day of the period, or in the month after; \
             `financr run nightly --date {to}` values it"
        )));
    }
    let only = (!portfolios.is_empty()).then(|| Arc::new(portfolios.iter().cloned().collect::<BTreeSet<_>>()));
    run_of(context, &JOB, Request { from: period.first_day(), to }, only).await
}
