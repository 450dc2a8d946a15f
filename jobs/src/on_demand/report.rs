//! Documents that were ordered: the night's own, made when somebody asks.
//!
//! A document that is there is the answer, in its latest version. One that is not is made as `financr run statements`
//! makes it: the first of its period stays, and is announced as every first document is, once.

use lake::read::portfolio_values;
use reports::statements;
use schemas::work_order::{ReportOrder, ReportResult};
use schemas::{BusinessDate, CalendarPeriod, Subject, with_causes};
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
    let closing = last_business_day(period.last_day())?;
    if let Some(statement) = published(context, order, &wanted.kind, period, closing).await? {
        return Ok(result(statement));
    }
    if let Some(why) = not_alive(context, order, period).await? {
        return Ok(Ended::Refused(why));
    }
    let portfolios = [order.ordered.portfolio_id.clone()];
    let outcome = statements_of(context, period, &portfolios, std::slice::from_ref(&wanted.kind)).await?;
    // A document ends with the last day of the period on which its portfolio was valued.
    let last = last_valued(context, order, (period.first_day(), closing)).await?.unwrap_or(closing);
    if let Some(statement) = published(context, order, &wanted.kind, period, last).await? {
        return Ok(result(statement));
    }
    let subject = Subject::Portfolio(order.ordered.portfolio_id.clone());
    let span = (period.opening_date(), last, closing);
    let blocked = context.store.blocked_because(&wanted.kind, &subject, span).await?;
    let reason = blocked.unwrap_or_else(|| match outcome {
        Outcome::Done { steps, .. } => steps.into_iter().map(|step| step.note).collect::<Vec<String>>().join("; "),
        Outcome::NothingToDo { .. } => "there is nothing to report about the period".to_owned(),
    });
    Ok(Ended::Refused(format!("the document was not made: {reason}")))
}

/// Why there can be no document about a period: its portfolio begins later, or ended before. None if there can be one.
async fn not_alive(context: &Context, order: &WorkOrder, period: CalendarPeriod) -> Result<Option<String>, Error> {
    let Some(portfolio) = context.store.portfolio(&order.ordered.portfolio_id).await? else { return Ok(None) };
    if period.last_day() < portfolio.start_date {
        let why =
            format!("the portfolio begins on {}, and {period} ends before; order a later period", portfolio.start_date);
        return Ok(Some(why));
    }
    let ended = portfolio.end_date.filter(|end| *end < period.first_day());
    Ok(ended.map(|end| format!("the portfolio ended on {end}, before {period}; order an earlier period")))
}

/// The last day of a time on which the portfolio of an order was valued; none if it was on no day.
async fn last_valued(
    context: &Context,
    order: &WorkOrder,
    (from, to): (BusinessDate, BusinessDate),
) -> Result<Option<BusinessDate>, Error> {
    let values = portfolio_values(&context.lake, &order.ordered.portfolio_id, from, to).await?;
    Ok(values.last().map(|value| value.business_date))
}

/// The latest version of the document that was ordered, if one was published that ends on a day.
async fn published(
    context: &Context,
    order: &WorkOrder,
    kind: &str,
    period: CalendarPeriod,
    closing: BusinessDate,
) -> Result<Option<Statement>, Error> {
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
