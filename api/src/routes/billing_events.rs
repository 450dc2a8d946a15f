//! What a billing provider says about subscriptions.
//!
//! A provider has no token of the house. It signs what it sends (`financr-signature`) with a secret that both have, and
//! may send an event as often as it likes, in any order: it counts once, and not if a later one came before it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use schemas::signed_message::verify;
use schemas::{Plan, UserId};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::{BillingEvent, BillingEventKind};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::problem::{Problem, Refusals};
use crate::signature::given_signature;

pub(super) static RESOURCE: Resource = Resource {
    name: "billing_events",
    doc: "What a billing provider says about subscriptions.",
    routes: billing_event_routes,
};

/// Characters that a provider's words may have.
const WORD_LENGTH_MAX: usize = 200;

/// What happened to a subscription.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SentEvent {
    /// The provider.
    #[schema(example = "billing.example.org")]
    provider: String,
    /// The provider's id of the event, the same each time it is sent.
    #[schema(example = "evt-1093")]
    event_id: String,
    /// Whose subscription it is about.
    #[schema(value_type = String, example = "6f1c2e9a-0b7d-4c53-9d1e-2a4b8c6d7e8f")]
    user_id: UserId,
    /// `started` if a plan began, was paid for longer or changed; `ended` if it ended.
    #[schema(example = "started")]
    kind: String,
    /// The plan that began; none if it ended.
    #[schema(example = "premium")]
    plan: Option<String>,
    /// Until when it is paid for; it does not end by itself if none is given.
    paid_until_at: Option<DateTime<Utc>>,
    /// When it happened.
    occurred_at: DateTime<Utc>,
    /// The order of events of one moment; 0 if none is given.
    #[serde(default)]
    sequence: i64,
}

/// What came of an event.
#[derive(Serialize, ToSchema)]
struct BillingReceipt {
    /// `applied`; `stale` if one of a later moment came before it; `known` if it came before itself.
    #[schema(value_type = String, example = "applied")]
    outcome: &'static str,
}

fn billing_event_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(take_in))
}

/// Takes in what happened to a subscription.
#[utoipa::path(
    post,
    path = "/billing-events",
    tag = "billing_events",
    security(()),
    params((
        "financr-signature" = String, Header,
        description = "`t=<seconds since 1970>,v1=<HMAC-SHA-256 of \"<seconds>.<body>\" in hexadecimal digits>`",
    )),
    request_body = SentEvent,
    responses((status = 200, description = "It was understood.", body = BillingReceipt), Refusals),
)]
async fn take_in(
    State(context): State<Arc<Context>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<BillingReceipt>, Problem> {
    let header = given_signature(&headers)?;
    let Some(secret) = &context.billing_secret else {
        return Err(Problem::not_found(
            "No billing events",
            "this house takes no billing events here",
            "name the file of the secret as `billing_secret_file` under [api], and start the API again",
        ));
    };
    let now = context.clock.now();
    verify(secret.expose_secret().as_bytes(), header, &body, now).map_err(|_| {
        let help = "sign `<seconds>.<body>` with HMAC-SHA-256 and the secret of `billing_secret_file`, when it is sent";
        Problem::unauthorized("the header `financr-signature` is missing, too old, or not of this body", help)
    })?;
    let sent =
        serde_json::from_slice(&body).map_err(|error| refused(format!("the body is not understood: {error}")))?;
    let event = checked(sent)?;
    let outcome = context.store.take_in_billing_event(&event, now).await?;
    let outcome = outcome.ok_or_else(|| refused("there is no such user".to_owned()))?;
    tracing::info!(user.id = %event.user_id, billing.outcome = %outcome, "a billing event was taken in");
    Ok(Json(BillingReceipt { outcome: outcome.word() }))
}

/// An event of which every part is understood.
fn checked(sent: SentEvent) -> Result<BillingEvent, Problem> {
    let kind: BillingEventKind = sent.kind.parse().map_err(refused)?;
    for (name, word) in [("provider", &sent.provider), ("event_id", &sent.event_id)] {
        let is_word = !word.is_empty() && word.len() <= WORD_LENGTH_MAX && word.bytes().all(|b| b.is_ascii_graphic());
        if !is_word {
            return Err(refused(format!("`{name}` is not 1 to {WORD_LENGTH_MAX} printable ASCII characters")));
        }
    }
    match (kind, &sent.plan) {
        (BillingEventKind::Started, Some(plan)) if Plan::named(plan).is_some() => {}
        (BillingEventKind::Started, _) => {
            let known = Plan::all().into_iter().map(|plan| plan.name).collect::<Vec<_>>().join(", ");
            return Err(refused(format!("`plan` names no plan; known: {known}")));
        }
        (BillingEventKind::Ended, None) => {}
        (BillingEventKind::Ended, Some(_)) => return Err(refused("an end has no `plan`".to_owned())),
    }
    Ok(BillingEvent {
        provider: sent.provider,
        event_id: sent.event_id,
        user_id: sent.user_id,
        kind,
        plan: sent.plan,
        paid_until_at: sent.paid_until_at,
        occurred_at: sent.occurred_at,
        sequence_number: sent.sequence,
    })
}

fn refused(detail: String) -> Problem {
    Problem::bad_request(detail, "GET /openapi.json describes what an event says")
}
