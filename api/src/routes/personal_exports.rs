//! Everything about a person as one archive, for the person.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::Addressed;
use crate::entitled::person_archive::ArchiveError;
use crate::identity::{Account, unknown_user};
use crate::problem::{AccountRefusals, Problem, Refusals};

pub(super) static RESOURCE: Resource = Resource {
    name: "personal_exports",
    doc: "Everything about a person as one archive, for the person.",
    routes: export_routes,
};

/// How long ago the user may have given the password.
const PASSWORD_AGE_MAX: TimeDelta = TimeDelta::hours(1);
/// Bytes of the files of an archive that is answered at once.
const BYTES_MAX: usize = 64 << 20;
const MEDIA_TYPE: &str = "application/gzip";

fn export_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(export))
}

/// Makes an archive of everything about oneself, within an hour of the sign-in: a tar file in gzip with JSON lines for
/// each table, the documents, a manifest with the SHA-256 of each, and its signature. One that is too large to be made
/// at once is refused with 409; the house makes it with `financr privacy export`.
#[utoipa::path(
    post,
    path = "/users/{user_id}/export",
    tag = "personal_exports",
    params(("user_id" = String, Path, description = "The user, or `me`.")),
    responses(
        (status = 200, description = "The archive.", body = Vec<u8>, content_type = "application/gzip"),
        Refusals,
        AccountRefusals,
    ),
)]
async fn export(
    account: Account,
    State(context): State<Arc<Context>>,
    Addressed(user_id): Addressed<String>,
) -> Result<Response, Problem> {
    let signed_in = account.being(&user_id)?;
    let now = context.clock.now();
    if PASSWORD_AGE_MAX < now - signed_in.authenticated_at {
        let help = "sign in again with POST /login, and ask within an hour";
        return Err(Problem::forbidden("the user must have given the password lately", help));
    }
    let Some(key) = context.house_key.clone() else {
        let help = "name a key in `signing_key_file` under [privacy], and start the API again";
        return Err(Problem::conflict("the house has no key to sign archives with", help));
    };
    let gathered = context.facts.person_archive(&account.store(&context), &signed_in.user_id, BYTES_MAX, now).await;
    let archive = gathered.map_err(refusal)?;
    let version = context.program_version.clone();
    let written = tokio::task::spawn_blocking(move || archive.write(&key, &version, Vec::new())).await;
    let bytes = written.map_err(|error| Problem::internal(&error))?.map_err(refusal)?;
    tracing::info!(user.id = %signed_in.user_id, archive.bytes = bytes.len(), "a user was given an archive");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"personal-data.tar.gz\"")),
    ];
    Ok((headers, bytes).into_response())
}

fn refusal(error: ArchiveError) -> Problem {
    match error {
        ArchiveError::UnknownUser { .. } => unknown_user(),
        ArchiveError::TooLarge { .. } => {
            Problem::conflict("the archive is too large to be made at once", "ask the house for it")
        }
        other => Problem::internal(&other),
    }
}
