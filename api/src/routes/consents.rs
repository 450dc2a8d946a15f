//! What users agreed to have done with their data, and what they took back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::{Consent, ConsentChannel, ConsentDecision};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked, Sent};
use crate::identity::{Account, unknown_user};
use crate::page::LimitQuery;
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "consents", doc: "What users agreed to, and took back.", routes: consent_routes };

/// Characters of a purpose and of a version.
const WORD_LENGTH_MAX: usize = 60;
/// Purposes that are looked at.
const PURPOSES_MAX: u32 = 1_000;

/// The consents of a user.
#[derive(Serialize, ToSchema)]
struct ConsentList {
    /// What counts: the latest decision about each purpose.
    current: Vec<ConsentDescription>,
    /// What was decided, the latest first.
    items: Vec<ConsentDescription>,
}

/// A decision of a user.
#[derive(Serialize, ToSchema)]
struct ConsentDescription {
    /// The id.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    id: String,
    /// For what.
    #[schema(example = "newsletter")]
    purpose: String,
    /// The version of the text that was agreed to.
    #[schema(example = "2026-01")]
    text_version: String,
    /// `given` or `withdrawn`.
    #[schema(value_type = String, example = "given")]
    decision: &'static str,
    /// How the house learned of it: `account`, `paper`, `telephone` or `in_person`.
    #[schema(value_type = String, example = "account")]
    channel: &'static str,
    /// When.
    decided_at: DateTime<Utc>,
}

/// A decision of a user.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsent {
    /// For what, at most 60 characters.
    #[schema(example = "newsletter")]
    purpose: String,
    /// The version of the text that was agreed to, at most 60 characters.
    #[schema(example = "2026-01")]
    text_version: String,
    /// `given` or `withdrawn`.
    #[schema(example = "given")]
    decision: String,
    /// How the house learned of it, for who writes it down for another: `paper`, `telephone` or `in_person`. One's own
    /// is `account`.
    #[schema(example = "paper")]
    channel: Option<String>,
}

impl From<Consent> for ConsentDescription {
    fn from(consent: Consent) -> ConsentDescription {
        ConsentDescription {
            id: consent.consent_id,
            purpose: consent.purpose,
            text_version: consent.text_version,
            decision: consent.decision.word(),
            channel: consent.channel.word(),
            decided_at: consent.decided_at,
        }
    }
}

fn consent_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(consents, decide))
}

/// What a user agreed to and took back: one's own, or anybody's for admins.
#[utoipa::path(
    get,
    path = "/users/{user_id}/consents",
    tag = "consents",
    params(("user_id" = String, Path, description = "The user, or `me`."), LimitQuery),
    responses((status = 200, description = "The consents.", body = ConsentList), Refusals, AccountRefusals),
)]
async fn consents(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Asked(query): Asked<LimitQuery>,
) -> Result<Json<ConsentList>, Problem> {
    let user_id = account.seeing(&user_id)?.user_id;
    let current = context.store.current_consents(&user_id, PURPOSES_MAX).await?;
    let items = context.store.consents(&user_id, query.limit()?).await?;
    account.note_reads(&context, std::iter::once(&user_id), "consents").await?;
    let described = |found: Vec<Consent>| found.into_iter().map(ConsentDescription::from).collect();
    Ok(Json(ConsentList { current: described(current), items: described(items) }))
}

/// Writes down that a user agrees, or does not any more: one's own, or, with how the house learned of it, anybody's for
/// admins. Nothing is ever deleted; the latest decision about a purpose counts.
#[utoipa::path(
    post,
    path = "/users/{user_id}/consents",
    tag = "consents",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    request_body(content = NewConsent, description = "The decision."),
    responses(
        (status = 201, description = "It is written down.", body = ConsentDescription),
        Refusals,
        AccountRefusals,
    ),
)]
async fn decide(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
    Sent(new): Sent<NewConsent>,
) -> Result<(StatusCode, Json<ConsentDescription>), Problem> {
    let subscriber = account.changing(&user_id)?;
    let decision: ConsentDecision =
        new.decision.parse().map_err(|problem: String| Problem::bad_request(problem, "say `given` or `withdrawn`"))?;
    let consent = Consent {
        consent_id: Uuid::new_v4().to_string(),
        purpose: checked_word("purpose", &new.purpose)?,
        text_version: checked_word("text_version", &new.text_version)?,
        decision,
        channel: channel(subscriber.is_own, new.channel.as_deref())?,
        decided_at: context.clock.now(),
        recorded_by: account.name().to_owned(),
        user_id: subscriber.user_id,
    };
    if !account.store(&context).record_consent(&consent).await? {
        return Err(unknown_user());
    }
    Ok((StatusCode::CREATED, Json(consent.into())))
}

/// How the house learned of a decision.
fn channel(is_own: bool, given: Option<&str>) -> Result<ConsentChannel, Problem> {
    let channel = given.map(str::parse::<ConsentChannel>).transpose();
    match channel {
        Ok(None | Some(ConsentChannel::Account)) if is_own => Ok(ConsentChannel::Account),
        Ok(Some(channel)) if !is_own && channel != ConsentChannel::Account => Ok(channel),
        Ok(_) | Err(_) => Err(Problem::bad_request(
            "`channel` does not fit who writes it down",
            "leave it out for your own consent; for another's give paper, telephone or in_person",
        )),
    }
}

fn checked_word(field: &str, text: &str) -> Result<String, Problem> {
    let word = text.trim();
    let is_word = !word.is_empty() && word.chars().count() <= WORD_LENGTH_MAX && !word.chars().any(char::is_control);
    if is_word {
        return Ok(word.to_owned());
    }
    Err(Problem::bad_request(format!("`{field}` is empty, too long, or no single line"), "give 1 to 60 characters"))
}
