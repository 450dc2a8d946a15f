//! Documents that were ordered: the night's own, made when somebody asks.
//!
//! A document that is there is the answer, in its latest version. One that is not is made as `financr run statements`
//! makes it: the first of its period stays, and is announced as every first document is, once.

use reports::statements;
use schemas::work_order::{ReportOrder, ReportResult};
use schemas::{CalendarPeriod, Subject, with_causes};
use store::{PAGE_ROWS_MAX, Statement, StatementFilter, WorkOrder};

use super::{Ended, unreadable, written};
use crate::catalog::statements::statements_of;
use crate::context::Context;
use crate::error::Error;
use crate::publication::last_business_day;
use crate::runner::Outcome;

/// Finds the document of an order, or makes it.
pub(super) async fn report(context: &Context, order: &WorkOrder) -> Result<Ended, Error> {
    let Ok(wanted) = serde_json::from_str::<ReportOrder>(&order.ordered.request) else { return Ok(unreadable()) };
    let Ok(period) = wanted.period.parse::<CalendarPeriod>() else { return Ok(unreadable()) };
    if let Err(error) = statements::named(&wanted.kind) {
        return Ok(Ended::Refused(with_causes(&error)));
    }
    if let Some(statement) = published(context, order, &wanted.kind, period).await? {
        return Ok(result(statement));
    }
    let portfolios = [order.ordered.portfolio_id.clone()];
    let outcome = statements_of(context, period, &portfolios, std::slice::from_ref(&wanted.kind)).await?;
    if let Some(statement) = published(context, order, &wanted.kind, period).await? {
        return Ok(result(statement));
    }
    let reason = match outcome {
        Outcome::Done { steps, .. } => steps.into_iter().map(|step| step.note).collect::<Vec<String>>().join("; "),
        Outcome::NothingToDo { .. } => "there is nothing to report about the period".to_owned(),
    };
    Ok(Ended::Refused(format!("the document was not made: {reason}")))
}

/// The latest version of the document that was ordered, if it was published.
async fn published(
    context: &Context,
    order: &WorkOrder,
    kind: &str,
    period: CalendarPeriod,
) -> Result<Option<Statement>, Error> {
    let closing = last_business_day(period.last_day())?;
    let filter = StatementFilter {
        subject: Some(Subject::Portfolio(order.ordered.portfolio_id.clone())),
        kind: Some(kind.to_owned()),
        ends_from: Some(closing),
        ends_to: Some(closing),
    };
    let mut found = context.store.find_statements(&filter, PAGE_ROWS_MAX).await?;
    found.retain(|statement| statement.period_start == period.opening_date());
    Ok(found.into_iter().max_by_key(|statement| statement.version))
}

fn result(statement: Statement) -> Ended {
    written(serde_json::to_string(&ReportResult { statement_id: statement.id }))
}
