//! What callers are told when they do not get what they asked for (RFC 9457).
//!
//! A problem travels beside the response and is written into it at the very end, when the id of the request is at
//! hand. Responses that other layers refuse with a bare status become problems there, too.

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error as StdError;

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
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
    #[schema(value_type = Option<String>)]
    instance: Option<Box<str>>,
    /// What a header of the answer says about it.
    #[serde(skip)]
    header: Option<ProblemHeader>,
    /// Every parameter or field of the request that is wrong, each with what is wrong with it; left out if there is
    /// nothing to say of them one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Violation>>)]
    violations: Option<Box<[Violation]>>,
}

/// What a header of an answer says about a problem.
#[derive(Clone, Copy, Debug)]
enum ProblemHeader {
    /// Seconds after which to try again, in `retry-after`.
    RetryAfter(u32),
    /// Seconds within which the user must have proved who it is, in `www-authenticate` (RFC 9470).
    MaxAge(u32),
}

/// A parameter or a field of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Violation {
    /// The parameter, or the path of the field with points between the names.
    #[schema(example = "limit")]
    pub(crate) field: String,
    /// What is wrong with it.
    #[schema(example = "invalid digit found in string")]
    pub(crate) message: String,
}

/// The problems that addresses about accounts may answer with, too.
pub(crate) enum AccountRefusals {}

/// The problems that addresses which write books may answer with, too.
pub(crate) enum WriteRefusals {}

/// The problems that every address may answer with, for the description of the API.
pub(crate) enum Refusals {}

/// Characters of a detail at most: what was sent is not sent back at length.
const DETAIL_LENGTH_MAX: usize = 500;
/// Seconds after which an order may have ended.
pub(crate) const ORDER_RETRY_S: u32 = 2;
/// Seconds after which whoever ordered much in a day may try again.
const DAY_RETRY_S: u32 = 3_600;
const SERVER_HELP: &str = "try again later; if it stays, look for the request's id in the log";

impl Problem {
    /// The address or a parameter is not understood.
    pub(crate) fn bad_request(detail: impl Into<String>, help: &'static str) -> Problem {
        let kind = "urn:financr:problem:bad-request";
        Problem::new(StatusCode::BAD_REQUEST, kind, "Bad request", detail, help)
    }

    /// Parameters or fields are wrong; all of them are named at once.
    pub(crate) fn invalid(detail: impl Into<String>, violations: Vec<Violation>, help: &'static str) -> Problem {
        let violations = (!violations.is_empty()).then(|| violations.into_boxed_slice());
        Problem { violations, ..Problem::bad_request(detail, help) }
    }

    /// The problem with the fields that it is about.
    pub(crate) fn with_violations(self, violations: Vec<Violation>) -> Problem {
        let violations = (!violations.is_empty()).then(|| violations.into_boxed_slice());
        Problem { violations, ..self }
    }

    /// What is to be changed is not what the caller has seen (RFC 9110, section 13.1.1).
    pub(crate) fn stale() -> Problem {
        let kind = "urn:financr:problem:stale";
        let detail = "it was changed since it was read: `If-Match` is not its tag any more";
        let help = "read it again, and send the change with the `ETag` of that answer in `If-Match`";
        Problem::new(StatusCode::PRECONDITION_FAILED, kind, "Changed meanwhile", detail, help)
    }

    /// What is to be changed must be named by its tag (RFC 6585, section 3).
    pub(crate) fn tag_missing() -> Problem {
        let kind = "urn:financr:problem:tag-missing";
        let detail = "the request does not say what it changes: there is no `If-Match`";
        let help = "read it, and send the change with the `ETag` of that answer in `If-Match`";
        Problem::new(StatusCode::PRECONDITION_REQUIRED, kind, "Tag missing", detail, help)
    }

    /// The caller asks too often.
    pub(crate) fn too_many_requests(retry_in_s: i64) -> Problem {
        let kind = "urn:financr:problem:too-many-requests";
        let detail = format!("there are no requests left for the next {retry_in_s} seconds");
        let help = "ask again after the seconds in `Retry-After`; `RateLimit` says how many requests are left";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, kind, "Too many requests", detail, help);
        Problem { header: u32::try_from(retry_in_s).ok().map(ProblemHeader::RetryAfter), ..problem }
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

    /// Whoever asks is known, and may not.
    pub(crate) fn forbidden(detail: impl Into<String>, help: &'static str) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "urn:financr:problem:forbidden", "Forbidden", detail, help)
    }

    /// The plan of whoever asks does not have it.
    pub(crate) fn not_in_plan(plan: &str, feature: &str) -> Problem {
        let detail = format!("the plan `{plan}` has no `{feature}`");
        let help = "GET /subscriptions shows what each plan has";
        Problem::new(StatusCode::FORBIDDEN, "urn:financr:problem:not-in-plan", "Not in the plan", detail, help)
    }

    /// The plan of whoever asks has no more of it.
    pub(crate) fn plan_used_up(plan: &str, kind: &str, most: u32) -> Problem {
        let detail = format!("the plan `{plan}` has {most} of the kind `{kind}` in 30 days, and they were ordered");
        let help = "wait until the first of them is 30 days old; GET /subscriptions shows what each plan has";
        Problem::new(StatusCode::FORBIDDEN, "urn:financr:problem:not-in-plan", "Not in the plan", detail, help)
    }

    /// As many orders of the caller are open as may be.
    pub(crate) fn too_many_orders(most: u32) -> Problem {
        let detail = format!("{most} of your orders are open, and no more may be");
        Problem::orders_refused(detail, "wait until one of them has ended, and order again", ORDER_RETRY_S)
    }

    /// The caller ordered as much of a kind in a day as may be.
    pub(crate) fn too_many_orders_of_a_day(kind: &str, most: u32) -> Problem {
        let detail = format!("you ordered {most} of the kind `{kind}` within 24 hours, and no more may be");
        Problem::orders_refused(detail, "wait until the first of them is a day old", DAY_RETRY_S)
    }

    fn orders_refused(detail: String, help: &'static str, retry_s: u32) -> Problem {
        let kind = "urn:financr:problem:too-many-orders";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, kind, "Too many orders", detail, help);
        Problem { header: Some(ProblemHeader::RetryAfter(retry_s)), ..problem }
    }

    /// It cannot be done as things stand.
    pub(crate) fn conflict(detail: impl Into<String>, help: &'static str) -> Problem {
        Problem::new(StatusCode::CONFLICT, "urn:financr:problem:conflict", "Conflict", detail, help)
    }

    /// Another problem in place of one that says that something is not there; others stay.
    pub(crate) fn hidden_as(self, other: Problem) -> Problem {
        if self.status == StatusCode::NOT_FOUND.as_u16() { other } else { self }
    }

    /// It was tried too often.
    pub(crate) fn too_many(retry_after_s: u32) -> Problem {
        let detail = format!("too many attempts failed; the next one is possible in {retry_after_s} s");
        let help =
            "wait as long as the header `retry-after` says; POST /password-forgotten helps who forgot a password";
        let kind = "urn:financr:problem:too-many-attempts";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, kind, "Too many attempts", detail, help);
        Problem { header: Some(ProblemHeader::RetryAfter(retry_after_s)), ..problem }
    }

    /// It is sensitive, and the user proved too long ago who it is.
    pub(crate) fn too_long_ago(age_s_max: u32) -> Problem {
        let detail = format!("this needs a proof of who you are that is no older than {age_s_max} s");
        let help = "give the code or the password to POST /sessions/step-up, and try again with the token it answers";
        let kind = "urn:financr:problem:insufficient-authentication";
        let problem = Problem::new(StatusCode::UNAUTHORIZED, kind, "Too long ago", detail, help);
        Problem { header: Some(ProblemHeader::MaxAge(age_s_max)), ..problem }
    }

    /// The role of the user needs a second factor, and the session has none.
    pub(crate) fn second_factor_needed() -> Problem {
        let kind = "urn:financr:problem:second-factor-needed";
        let detail = "your role needs a second factor, and this session has none";
        let help = "set one up with POST /users/me/second-factor, or a passkey with POST /users/me/passkeys/question; \
                    or sign in again with the one you have";
        Problem::new(StatusCode::FORBIDDEN, kind, "Second factor needed", detail, help)
    }

    /// There are no second factors here.
    pub(crate) fn no_second_factors() -> Problem {
        Problem::new(
            StatusCode::CONFLICT,
            "urn:financr:problem:no-second-factors",
            "No second factors",
            "there is no key that second factors are sealed with",
            "make a key with `financr users key --out FILE`, name it in `second_factor_key_files` under \
             [api.identity], and start the API again",
        )
    }

    /// Nobody signs in here.
    pub(crate) fn no_identity() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "urn:financr:problem:no-identity",
            "No users",
            "nobody can sign in: there is no key that tokens are signed with",
            "make a key with `financr users key --out FILE`, name it in `token_key_files` under [api.identity], and \
             start the API again",
        )
    }

    /// Nobody signs in at another house here.
    pub(crate) fn no_oidc() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "urn:financr:problem:no-oidc",
            "No other house",
            "there is no other house at which users sign in",
            "name one under [api.identity.oidc], and start the API again; or sign in with POST /login",
        )
    }

    /// There are no passkeys here.
    pub(crate) fn no_passkeys() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "urn:financr:problem:no-passkeys",
            "No passkeys",
            "nobody signs in with passkeys here",
            "name a domain and its applications under [api.identity.passkeys], and start the API again; or sign in \
             with POST /login",
        )
    }

    /// The request is understood and makes no sense.
    pub(crate) fn unprocessable(detail: impl Into<String>, help: &'static str) -> Problem {
        let kind = "urn:financr:problem:unprocessable";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, kind, "Unprocessable", detail, help)
    }

    /// The body is larger than it may be.
    pub(crate) fn too_large() -> Problem {
        Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE)
    }

    /// The body does not come.
    pub(crate) fn too_slow() -> Problem {
        Problem::of_status(StatusCode::REQUEST_TIMEOUT)
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
            StatusCode::PAYLOAD_TOO_LARGE => (
                "the request is too large",
                "send less; `body_bytes_max` and `upload_bytes_max` under [api] are the limits",
            ),
            StatusCode::REQUEST_TIMEOUT => {
                ("the body of the request stopped coming", "send it again, without a pause of many seconds")
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
        Problem {
            kind,
            title,
            status: status.as_u16(),
            detail: shortened(detail.into()),
            help,
            instance: None,
            violations: None,
            header: None,
        }
    }
}

/// A text that may hold what a caller sent, at a length that people read.
pub(crate) fn shortened(text: String) -> String {
    match text.char_indices().nth(DETAIL_LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
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
            ("403", "The caller is known and may not do this, or the caller's plan does not have it."),
            ("404", "There is nothing under this address, or nothing that the caller may see."),
            ("429", "The caller asks too often; `Retry-After` says when to ask again."),
            ("500", "Something went wrong; the log has the cause."),
            ("503", "The answer took too long."),
        ];
        BTreeMap::from(refusals.map(described))
    }
}

impl utoipa::IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let refusals = [
            ("400", "Fields are wrong; `violations` names them all. Nothing was written."),
            ("409", "It contradicts what is there; `violations` says what. Nothing was written."),
            ("413", "The request is too large."),
            ("422", "The `Idempotency-Key` is that of another request."),
        ];
        BTreeMap::from(refusals.map(described))
    }
}

impl utoipa::IntoResponses for AccountRefusals {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let refusals = [
            ("403", "The caller is known and may not do this."),
            ("409", "It cannot be done as things stand."),
            ("429", "It was tried too often; the header `retry-after` says how long to wait."),
        ];
        BTreeMap::from(refusals.map(described))
    }
}

fn described((status, description): (&str, &str)) -> (String, RefOr<utoipa::openapi::Response>) {
    let content = Content::builder().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build();
    (status.to_owned(), RefOr::T(response))
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
    problem.instance = Some(request_id.urn().to_string().into());
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_ENCODING);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    if status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"financr\""));
    }
    match problem.header {
        Some(ProblemHeader::RetryAfter(seconds)) => {
            parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Some(ProblemHeader::MaxAge(seconds)) => {
            let text = format!(
                "Bearer realm=\"financr\", error=\"insufficient_user_authentication\", \
                 error_description=\"a more recent authentication is required\", max_age=\"{seconds}\""
            );
            if let Ok(value) = HeaderValue::try_from(text) {
                parts.headers.insert(WWW_AUTHENTICATE, value);
            }
        }
        None => {}
    }
    // A problem holds texts and a number; writing it cannot fail.
    Response::from_parts(parts, Body::from(serde_json::to_vec(&problem).unwrap_or_default()))
}
