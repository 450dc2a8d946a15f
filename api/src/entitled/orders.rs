//! What callers ordered, for those who may see what it is about.
//!
//! An order is given with the proof that its portfolio may be seen, and shown only with that proof again: whoever may
//! not see the portfolio any more does not see what came of an order about it.

use chrono::TimeDelta;
use schemas::{Feature, Plan, Role};
use serde::Serialize;
use store::{NewWorkOrder, OrderLimits, OrderOutcome, WorkOrder, WorkOrderKind};
use uuid::Uuid;

use super::VisiblePortfolio;
use super::plans::plan_of;
use crate::Context;
use crate::caller::{Caller, Who};
use crate::problem::Problem;

/// Orders of a caller that may be open at once.
const OPEN_MAX: u32 = 10;
/// The time of which a plan says how many documents may be ordered: a month, from any day on.
const PLAN_TIME: TimeDelta = TimeDelta::days(30);
/// Orders of one kind that somebody who works for the house, or the house, may give in a day.
const HOUSE_DAY_MAX: u32 = 10_000;
/// Orders of one kind that a client may give in a day where the plan does not say how many.
const CLIENT_DAY_MAX: u32 = 200;

/// The proof that the caller may see what an order is about.
pub(crate) struct VisibleOrder(WorkOrder);

impl VisibleOrder {
    /// The order, for the answer.
    pub(crate) fn into_order(self) -> WorkOrder {
        self.0
    }
}

impl Caller {
    /// Queues an order about a portfolio, within the limits of the caller.
    ///
    /// # Errors
    /// A 403 if the caller's plan has no more of them; a 429 if too many are open, or were given in a day.
    pub(crate) async fn order(
        &self,
        context: &Context,
        portfolio: &VisiblePortfolio,
        kind: WorkOrderKind,
        request: &(impl Serialize + Sync),
    ) -> Result<VisibleOrder, Problem> {
        let request = serde_json::to_string(request).map_err(|error| Problem::internal(&error))?;
        let plan = self.limiting_plan(context).await?;
        let of_plan = plan.filter(|_| kind == WorkOrderKind::Report).map(|plan| plan.reports_a_month);
        let now = context.clock.now();
        let day_max = if plan.is_some() { CLIENT_DAY_MAX } else { HOUSE_DAY_MAX };
        let (lately_max, time) = of_plan.map_or((day_max, TimeDelta::days(1)), |most| (most, PLAN_TIME));
        let since = now.checked_sub_signed(time).unwrap_or(now);
        let limits = OrderLimits { open_max: OPEN_MAX, lately_max, since };
        let new = NewWorkOrder {
            order_id: Uuid::new_v4().to_string(),
            kind,
            portfolio_id: portfolio.id().clone(),
            ordered_by: self.name().to_owned(),
            request,
        };
        match context.store.give_order(&new, &limits, now).await? {
            OrderOutcome::Queued => {}
            OrderOutcome::TooManyOpen => return Err(Problem::too_many_orders(OPEN_MAX)),
            OrderOutcome::TooManyLately => {
                return Err(match plan.filter(|_| of_plan.is_some()) {
                    Some(plan) => Problem::plan_used_up(plan.name, kind.word(), lately_max),
                    None => Problem::too_many_orders_of_a_day(kind.word(), lately_max),
                });
            }
        }
        let given = context.store.work_order(&new.order_id).await?;
        given.map(VisibleOrder).ok_or_else(|| Problem::unavailable("the order was taken and cannot be read yet"))
    }

    /// An order of a kind by the id in the address, if it is about what the caller may see.
    ///
    /// # Errors
    /// A 404 if it is not there, or not there for the caller; a 403 if the caller's plan has no such results.
    pub(crate) async fn ordered(
        &self,
        context: &Context,
        kind: WorkOrderKind,
        order_id: &str,
    ) -> Result<VisibleOrder, Problem> {
        if kind == WorkOrderKind::Optimization {
            self.in_plan(context, Feature::RiskAnalysis).await?;
        }
        let order = found(context, order_id).await?.filter(|order| order.ordered.kind == kind);
        let order = order.ok_or_else(unknown)?;
        let seen = self.portfolio(context, order.ordered.portfolio_id.as_str()).await;
        seen.map_err(|problem| problem.hidden_as(unknown()))?;
        Ok(VisibleOrder(order))
    }

    /// A page of what the caller ordered, the latest first. What is about a portfolio that the caller may not see any
    /// more is left out. One more than the page holds is looked at; returns with the page what the next one begins
    /// after.
    ///
    /// - `after`: the id of the last order of the page before.
    ///
    /// # Errors
    /// A 400 if there is no such place.
    pub(crate) async fn orders(
        &self,
        context: &Context,
        kind: WorkOrderKind,
        after: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<VisibleOrder>, Option<String>), Problem> {
        let place = match after {
            None => None,
            Some(id) => {
                let own = found(context, id)
                    .await?
                    .filter(|order| order.ordered.ordered_by == self.name() && order.ordered.kind == kind);
                let help = "give the `next` of the page before as `after`";
                Some(own.ok_or_else(|| Problem::bad_request("`after` is no order of yours", help))?)
            }
        };
        let mut given = context.store.work_orders(self.name(), kind, place.as_ref(), limit + 1).await?;
        let next = crate::page::cut(&mut given, limit, |order| order.ordered.order_id.clone());
        let mut visible = Vec::with_capacity(given.len());
        for order in given {
            if self.portfolio(context, order.ordered.portfolio_id.as_str()).await.is_ok() {
                visible.push(VisibleOrder(order));
            }
        }
        Ok((visible, next))
    }

    /// The plan that limits what the caller may order; none for those who work for the house, or are it.
    pub(crate) async fn limiting_plan(&self, context: &Context) -> Result<Option<Plan>, Problem> {
        match &self.who {
            Who::User(user) if user.role == Role::Client => Ok(Some(plan_of(context, &user.user_id).await?)),
            Who::User(_) | Who::House => Ok(None),
        }
    }
}

/// The order of an id. No text of PostgreSQL has a character zero, and no id does.
async fn found(context: &Context, order_id: &str) -> Result<Option<WorkOrder>, Problem> {
    if order_id.contains('\0') {
        return Ok(None);
    }
    Ok(context.store.work_order(order_id).await?)
}

fn unknown() -> Problem {
    let help = "GET /optimize and GET /reports list what you ordered; results are kept for 30 days";
    Problem::not_found("Unknown order", "there is no such order", help)
}
