//! Plans: which one counts for a user, and which there are.
//!
//! A user ends a plan by going to the free one. What costs is begun by the billing provider, or by an admin.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use schemas::{Plan, Role, UserId};
use serde::{Deserialize, Serialize};
use store::{AuditSubject, NewAuditEntry, Subscription};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Asked, Sent};
use crate::caller::{Caller, Who};
use crate::entitled::plans::plan_of;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "subscriptions",
    doc: "Plans: which one counts for a user, and which there are.",
    routes: subscription_routes,
};

/// Past plans that are shown.
const HISTORY_MAX: u32 = 200;

/// Whose plans.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SubscriptionQuery {
    /// The user, for an admin; one's own if none is given.
    #[param(value_type = Option<String>)]
    user_id: Option<UserId>,
}

/// The plans of a user.
#[derive(Serialize, ToSchema)]
struct Subscriptions {
    /// The user.
    #[schema(value_type = String, example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    user_id: UserId,
    /// The plan that counts now.
    plan: PlanDescription,
    /// What was subscribed to, the latest first.
    items: Vec<SubscribedPlan>,
    /// The plans that there are, the smallest first.
    offered: Vec<PlanDescription>,
}

/// What a plan has.
#[derive(Serialize, ToSchema)]
struct PlanDescription {
    /// The name.
    #[schema(value_type = String, example = "premium")]
    name: &'static str,
    /// Portfolios that a client may own.
    portfolios_max: u32,
    /// Requests a minute.
    requests_a_minute: u32,
    /// Reports made on request a month.
    reports_a_month: u32,
    /// Whether the risk of portfolios is shown.
    risk_analysis: bool,
}

/// A plan that counts or counted.
#[derive(Serialize, ToSchema)]
struct SubscribedPlan {
    /// The name of the plan.
    #[schema(example = "premium")]
    plan: String,
    /// Since when it counts.
    since_at: DateTime<Utc>,
    /// When it ends by itself; null if it does not.
    paid_until_at: Option<DateTime<Utc>>,
    /// When another began or it was ended; null while that has not happened.
    until_at: Option<DateTime<Utc>>,
}

/// A plan that is to count from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubscription {
    /// The user, for an admin; one's own if none is given.
    #[schema(value_type = Option<String>)]
    user_id: Option<UserId>,
    /// The name of the plan.
    #[schema(example = "free")]
    plan: String,
    /// When it ends by itself, for an admin; it does not if none is given.
    paid_until_at: Option<DateTime<Utc>>,
}

/// Whose plan it is, and who asks.
enum Whose {
    Own(UserId),
    OfAnother(UserId),
}

impl From<Plan> for PlanDescription {
    fn from(plan: Plan) -> PlanDescription {
        PlanDescription {
            name: plan.name,
            portfolios_max: plan.portfolios_max,
            requests_a_minute: plan.requests_a_minute,
            reports_a_month: plan.reports_a_month,
            risk_analysis: plan.risk_analysis,
        }
    }
}

impl From<Subscription> for SubscribedPlan {
    fn from(subscription: Subscription) -> SubscribedPlan {
        SubscribedPlan {
            plan: subscription.plan,
            since_at: subscription.since_at,
            paid_until_at: subscription.paid_until_at,
            until_at: subscription.until_at,
        }
    }
}

fn subscription_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(subscriptions, subscribe))
}

/// The plan of a user, what was subscribed to, and the plans that there are.
#[utoipa::path(
    get,
    path = "/subscriptions",
    tag = "subscriptions",
    params(SubscriptionQuery),
    responses((status = 200, description = "The plans.", body = Subscriptions), Refusals),
)]
async fn subscriptions(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<SubscriptionQuery>,
) -> Result<Json<Subscriptions>, Problem> {
    let whose = whose(&caller, query.user_id)?;
    let is_own = matches!(whose, Whose::Own(_));
    let (Whose::Own(user) | Whose::OfAnother(user)) = whose;
    if context.store.user(&user).await?.is_none() {
        return Err(unknown_user());
    }
    if !is_own {
        let read = NewAuditEntry::read(AuditSubject::User(user.clone()), "subscriptions");
        caller.store(&context).note_reads(vec![read], context.clock.now()).await?;
    }
    described(&context, user).await
}

/// Lets a plan count for a user from now on. Users themselves go to the free one; another is given by an admin, or
/// begins when the billing provider says so.
#[utoipa::path(
    post,
    path = "/subscriptions",
    tag = "subscriptions",
    request_body = NewSubscription,
    responses((status = 200, description = "The plans as they are now.", body = Subscriptions), Refusals),
)]
async fn subscribe(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Sent(new): Sent<NewSubscription>,
) -> Result<Json<Subscriptions>, Problem> {
    let whose = whose(&caller, new.user_id)?;
    let plan = Plan::named(&new.plan).ok_or_else(|| unknown_plan(&new.plan))?;
    let is_free = plan.name == schemas::plan::FREE && new.paid_until_at.is_none();
    if matches!(whose, Whose::Own(_)) && !is_free {
        let detail = "users themselves go to the plan `free` only; another begins when it is paid for";
        return Err(Problem::forbidden(detail, "buy the plan, or ask an admin of the house for it"));
    }
    let (Whose::Own(user) | Whose::OfAnother(user)) = whose;
    let by = caller.name();
    let now = context.clock.now();
    if !caller.store(&context).subscribe(&user, plan.name, new.paid_until_at, by, now).await? {
        return Err(unknown_user());
    }
    tracing::info!(user.id = %user, plan = plan.name, "a plan begins");
    described(&context, user).await
}

async fn described(context: &Context, user: UserId) -> Result<Json<Subscriptions>, Problem> {
    let items = context.store.subscriptions(&user, HISTORY_MAX).await?;
    Ok(Json(Subscriptions {
        plan: plan_of(context, &user).await?.into(),
        items: items.into_iter().map(SubscribedPlan::from).collect(),
        offered: Plan::all().into_iter().map(PlanDescription::from).collect(),
        user_id: user,
    }))
}

/// Whose plans a request is about, if the caller may ask for them.
fn whose(caller: &Caller, asked: Option<UserId>) -> Result<Whose, Problem> {
    match (&caller.who, asked) {
        (Who::House, None) => {
            Err(Problem::not_found("No plan", "the house itself has no plan", "name a user as `user_id`"))
        }
        (Who::House, Some(user)) => Ok(Whose::OfAnother(user)),
        (Who::User(own), None) => Ok(Whose::Own(own.user_id.clone())),
        (Who::User(own), Some(user)) if own.user_id == user => Ok(Whose::Own(user)),
        (Who::User(own), Some(user)) if own.role == Role::Admin => Ok(Whose::OfAnother(user)),
        (Who::User(_), Some(_)) => {
            Err(Problem::forbidden("the plans of others are for admins", "leave `user_id` out to ask for your own"))
        }
    }
}

fn unknown_user() -> Problem {
    Problem::not_found("Unknown user", "there is no such user", "an admin knows the ids of users")
}

fn unknown_plan(name: &str) -> Problem {
    let known = Plan::all().into_iter().map(|plan| plan.name).collect::<Vec<_>>().join(", ");
    let shown: String = name.chars().take(40).collect();
    Problem::bad_request(format!("unknown plan `{shown}`; known: {known}"), "name one of the plans that are known")
}
