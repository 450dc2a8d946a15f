//! The end of what the house knows about a person.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::TimeDelta;
use store::ErasureOutcome;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::Addressed;
use crate::caller::Who;
use crate::identity::{Account, unknown_user};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "personal_erasures",
    doc: "The end of what the house knows about a person.",
    routes: erasure_routes,
};

/// How long ago users who erase themselves may have given the password.
const PASSWORD_AGE_MAX: TimeDelta = TimeDelta::hours(1);

fn erasure_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(erase))
}

/// Erases a user for good: oneself, within an hour of the sign-in, or anybody with the token of the house. Admins ask
/// for it with `POST /approvals`. Refused with 409, the reason and the day from which it is possible as long as the law
/// has the house know who it is.
#[utoipa::path(
    post,
    path = "/users/{user_id}/erasure",
    tag = "personal_erasures",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses((status = 204, description = "The user is erased."), Refusals, AccountRefusals),
)]
async fn erase(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<StatusCode, Problem> {
    let subscriber = account.changing(&user_id)?;
    let now = context.clock.now();
    if let Who::User(user) = &account.who {
        if !subscriber.is_own {
            let help = "ask for it with POST /approvals and the kind `erasure`; somebody of compliance decides";
            return Err(Problem::forbidden("somebody else is erased by two people", help));
        }
        if PASSWORD_AGE_MAX < now - user.authenticated_at {
            let help = "sign in again with POST /login, and ask within an hour";
            return Err(Problem::forbidden("the user must have given the password lately", help));
        }
    }
    match account.store(&context).erase_person(&subscriber.user_id, now).await? {
        ErasureOutcome::Erased => {
            tracing::info!(user.id = %subscriber.user_id, "a user was erased");
            Ok(StatusCode::NO_CONTENT)
        }
        ErasureOutcome::Unknown => Err(unknown_user()),
        ErasureOutcome::Refused(refusal) => Err(Problem::conflict(
            refusal.to_string(),
            "ask again on the day that is named, or end what is named first",
        )),
    }
}
