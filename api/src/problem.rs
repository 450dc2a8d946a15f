//! What callers are told when they do not get what they asked for (RFC 9457).
//!
//! A problem travels beside the response and is written into it at the very end, when the id of the request is at
//! hand. Responses that other layers refuse with a bare status become problems there, too.

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error as StdError;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use uuid::Uuid;

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered with what it asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of problem, for programs; `about:blank` if the status says it all.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "urn:financr:problem:not-found")]
    kind: &'static str,
    /// The kind of problem, for people.
    #[schema(value_type = String, example = "Unknown portfolio")]
    title: &'static str,
    /// The status of the response.
    #[schema(example = 404)]
    status: u16,
    /// What is wrong with this request.
    #[schema(example = "there is no portfolio `D99`")]
    detail: String,
    /// What to do about it.
    #[schema(value_type = String, example = "GET /portfolios lists the portfolios that there are")]
    help: &'static str,
    /// The id of the request, under which the log has more. Also in the header `x-request-id`.
    #[schema(example = "urn:uuid:0b6c1c52-5a6f-4c0e-9d0b-3a0f3f6f0f5e")]
    instance: Option<String>,
}

/// The problems that every address may answer with, for the description of the API.
pub(crate) enum Refusals {}

const SERVER_HELP: &str = "try again later; if it stays, look for the request's id in the log";

impl Problem {
    /// The address or a parameter is not understood.
    pub(crate) fn bad_request(detail: impl Into<String>, help: &'static str) -> Problem {
        let kind = "urn:financr:problem:bad-request";
        Problem::new(StatusCode::BAD_REQUEST, kind, "Bad request", detail, help)
    }

    /// There is nothing under this address.
    pub(crate) fn not_found(title: &'static str, detail: impl Into<String>, help: &'static str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "urn:financr:problem:not-found", title, detail, help)
    }

    /// Whoever asks is not known.
    pub(crate) fn unauthorized(detail: &'static str, help: &'static str) -> Problem {
        let kind = "urn:financr:problem:unauthorized";
        Problem::new(StatusCode::UNAUTHORIZED, kind, "Unauthorized", detail, help)
    }

    /// Something that is needed for the answer does not work at the moment.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Problem {
        let kind = "urn:financr:problem:unavailable";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, kind, "Unavailable", detail, SERVER_HELP)
    }

    /// Something went wrong that is not the caller's fault. The log gets the cause, the caller does not.
    pub(crate) fn internal(error: &dyn StdError) -> Problem {
        tracing::error!(error.chain = %schemas::with_causes(error), "a request failed");
        Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn of_status(status: StatusCode) -> Problem {
        let title = status.canonical_reason().unwrap_or("Problem");
        let (detail, help) = match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                ("this address cannot be asked this way", "GET /openapi.json says how it can be")
            }
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("the request is too large", "send less; `body_bytes_max` under [api] is the limit")
            }
            StatusCode::SERVICE_UNAVAILABLE => ("the answer took too long", "ask for less, or try again later"),
            other if other.is_server_error() => ("the request could not be answered", SERVER_HELP),
            _ => ("the request was refused", "GET /openapi.json describes what can be asked"),
        };
        Problem::new(status, "about:blank", title, detail, help)
    }

    fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
        help: &'static str,
    ) -> Problem {
        Problem { kind, title, status: status.as_u16(), detail: detail.into(), help, instance: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<lake::Error> for Problem {
    fn from(error: lake::Error) -> Problem {
        Problem::internal(&error)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Problem {
        Problem::internal(&error)
    }
}

impl utoipa::IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let refusals = [
            ("400", "The address or a parameter is not understood."),
            ("401", "The caller is not known."),
            ("404", "There is nothing under this address."),
            ("500", "Something went wrong; the log has the cause."),
            ("503", "The answer took too long."),
        ];
        let described = refusals.map(|(status, description)| {
            let content = Content::builder().schema(Some(Ref::from_schema_name("Problem"))).build();
            let response = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build();
            (status.to_owned(), RefOr::T(response))
        });
        BTreeMap::from(described)
    }
}

/// Answers requests for addresses that there are not.
pub(crate) async fn unknown_address() -> Problem {
    let detail = "there is nothing under this address";
    Problem::not_found("Unknown address", detail, "GET /openapi.json describes the addresses that there are")
}

/// Answers a request whose handler has a bug.
pub(crate) fn of_panic(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let message = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(panic.message = message, "a handler panicked; this is a bug");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// Writes the problem of a response, if it has one, into its body.
pub(crate) fn written_out(response: Response, request_id: Uuid) -> Response {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if !refused {
        return response;
    }
    let carried = response.extensions().get::<Problem>().cloned();
    let mut problem = carried.unwrap_or_else(|| Problem::of_status(status));
    problem.instance = Some(request_id.urn().to_string());
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"financr\""));
    }
    // A problem holds texts and a number; writing it cannot fail.
    Response::from_parts(parts, Body::from(serde_json::to_vec(&problem).unwrap_or_default()))
}
