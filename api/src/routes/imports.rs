//! Files that are sent to be imported, and what came of them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use schemas::PortfolioId;
use serde::{Deserialize, Serialize};
use store::{Upload, UploadState};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Addressed, Asked};
use crate::caller::Caller;
use crate::entitled::uploads::{Receipt, Receiving};
use crate::problem::{Problem, Refusals, WriteRefusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "imports", doc: "Files that are sent to be imported.", routes: import_routes };

/// The word for a format that is to be recognised.
const RECOGNISED: &str = "recognised";
/// Characters of a name at most.
const NAME_LENGTH_MAX: usize = 100;
const HELP_NAME: &str = "give a name of 1 to 100 letters, digits, `.`, `_` and `-`, such as flex_2024.xml";
const HELP_DIGEST: &str = "send `sha-256=:<base64>:` of the bytes of the file (RFC 9530), or leave it out";

/// What the file is.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// The name under which it is imported, e.g. `flex_2024.xml`; `upload` if none is given. It is part of the origin
    /// of transactions.
    file_name: Option<String>,
    /// Its format, e.g. `ibkr_flex`; it is recognised if none is given.
    format: Option<String>,
}

/// A file that was sent to be imported.
#[derive(Serialize, ToSchema)]
struct ImportDescription {
    /// The id.
    #[schema(example = "0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    id: String,
    /// The portfolio.
    #[schema(value_type = String, example = "growth")]
    portfolio_id: PortfolioId,
    /// The name under which it is imported.
    #[schema(example = "flex_2024.xml")]
    file_name: String,
    /// Its format, or `recognised`.
    #[schema(example = "ibkr_flex")]
    format: String,
    /// The SHA-256 of its bytes.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// Its size.
    #[schema(example = 48213)]
    byte_count: i64,
    /// `queued`, `running`, `done`, `partial` (some of it was not taken in) or `failed` (nothing was).
    #[schema(value_type = String, example = "partial")]
    state: &'static str,
    /// Who sent it: the id of a user, or `house`.
    entered_by: String,
    /// When it came.
    received_at: DateTime<Utc>,
    /// When its import ended; null before.
    ended_at: Option<DateTime<Utc>>,
    /// What the import said: counts, and every row that was not taken in, with its line, its column, what is wrong and
    /// what to do. Null before it ended.
    #[schema(value_type = Option<Object>)]
    report: Option<serde_json::Value>,
}

impl From<Upload> for ImportDescription {
    fn from(upload: Upload) -> ImportDescription {
        ImportDescription {
            id: upload.file.upload_id,
            portfolio_id: upload.file.portfolio_id,
            file_name: upload.file.file_name,
            format: upload.file.format,
            sha256: upload.file.sha256,
            byte_count: upload.file.byte_count,
            state: upload.state.word(),
            entered_by: upload.file.entered_by,
            received_at: upload.received_at,
            ended_at: upload.ended_at,
            report: upload.report.and_then(|text| serde_json::from_str(&text).ok()),
        }
    }
}

fn import_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(send)).routes(routes!(import))
}

/// Takes in a file to be imported into a portfolio, e.g. the export of a broker; for operations. It is received part
/// by part and imported soon, by the code of `financr import`. The same file again is the same import.
#[utoipa::path(
    post,
    path = "/portfolios/{portfolio_id}/imports",
    tag = "imports",
    params(
        ("portfolio_id" = String, Path, description = "The portfolio, e.g. `D03`."),
        ImportQuery,
        ("Content-Digest" = Option<String>, Header, description = "The digest of the file, `sha-256=:…:` (RFC 9530)."),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes of the file."),
    responses(
        (status = 202, description = "It is received; `Location` says where to look for its import.",
            body = ImportDescription),
        (status = 200, description = "It was received before.", body = ImportDescription),
        (status = 408, description = "No byte came for too long.", body = Problem,
            content_type = "application/problem+json"),
        Refusals,
        WriteRefusals,
    ),
)]
async fn send(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(portfolio_id): Addressed<String>,
    Asked(query): Asked<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let portfolio = caller.writable(&context, &portfolio_id).await?;
    let receiving = Receiving {
        file_name: named(query.file_name.as_deref().unwrap_or("upload"), "file_name")?,
        format: named(query.format.as_deref().unwrap_or(RECOGNISED), "format")?,
        digest: digest(&headers)?,
        idle_s: context.upload_idle_s,
    };
    let (upload, receipt) = context.facts.receive(&context, &portfolio, receiving, body).await?;
    let waits = matches!(upload.state, UploadState::Queued | UploadState::Running);
    let status = if receipt == Receipt::New && waits { StatusCode::ACCEPTED } else { StatusCode::OK };
    let location = format!("/imports/{}", upload.file.upload_id);
    Ok((status, [(LOCATION, location)], Json(ImportDescription::from(upload))).into_response())
}

/// A file that was sent to be imported, and what came of it; for operations.
#[utoipa::path(
    get,
    path = "/imports/{import_id}",
    tag = "imports",
    params(("import_id" = String, Path, description = "The import.")),
    responses((status = 200, description = "The import.", body = ImportDescription), Refusals),
)]
async fn import(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Addressed(import_id): Addressed<String>,
) -> Result<Json<ImportDescription>, Problem> {
    Ok(Json(caller.import(&context, &import_id).await?.into()))
}

/// A name that can stand anywhere.
fn named(text: &str, parameter: &str) -> Result<String, Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_name = (1..=NAME_LENGTH_MAX).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('.');
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(Problem::bad_request(format!("`{parameter}` is no name"), HELP_NAME))
    }
}

/// The SHA-256 that the sender says the file has; none if it says none.
fn digest(headers: &HeaderMap) -> Result<Option<[u8; 32]>, Problem> {
    let refused = || Problem::bad_request("`Content-Digest` cannot be read", HELP_DIGEST);
    for value in headers.get_all("content-digest") {
        let list = value.to_str().map_err(|_| refused())?;
        for member in list.split(',') {
            // Digests by other algorithms say nothing that is checked here.
            let Some(said) = member.trim().strip_prefix("sha-256=") else { continue };
            let encoded = said.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).ok_or_else(refused)?;
            let bytes = STANDARD.decode(encoded).map_err(|_| refused())?;
            return <[u8; 32]>::try_from(bytes).map(Some).map_err(|_| refused());
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn names_are_no_paths() {
        for name in ["flex_2024.xml", "a", "A-1.csv.gz"] {
            assert_eq!(named(name, "file_name").ok().as_deref(), Some(name));
        }
        for name in ["", ".", "..", ".hidden", "a/b", "..\\a", "a b", "ä", "a\0", &"a".repeat(101)] {
            assert!(named(name, "file_name").is_err(), "{name}");
        }
    }

    #[test]
    fn digests_are_read_as_the_standard_writes_them() {
        let of = |text: &'static str| {
            digest(&HeaderMap::from_iter([("content-digest".parse().expect("a name"), HeaderValue::from_static(text))]))
        };
        // RFC 9530, appendix B.1: the digest of `{"hello": "world"}` and a line feed.
        let said = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        let found = of(said).ok().flatten().expect("a digest");
        assert_eq!(found[..3], [0x44, 0xaf, 0xf4]);
        let sha_512 = of("sha-512=:AAAA:").expect("understood");
        assert_eq!(sha_512, None, "nothing that is checked");
        for wrong in ["sha-256=RK/0", "sha-256=:RK/0:", "sha-256=:!:", "sha-256="] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
