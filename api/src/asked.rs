//! What a request asks for: the parts of its address, its parameters, and what it sends.
//!
//! Axum does the reading; what it cannot read is refused as a problem.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, Violation, shortened};

/// The named parts of the address.
pub(crate) struct Addressed<T>(pub(crate) T);

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

/// What stands in the body, as JSON.
pub(crate) struct Sent<T>(pub(crate) T);

/// Parameters of a request that are looked at one by one.
const PARAMETERS_MAX: usize = 50;
/// How Axum begins what it says of a parameter.
const PREFIX: &str = "Failed to deserialize query string: ";
const HELP: &str = "GET /openapi.json describes each address and its parameters";

impl<S, T> FromRequestParts<S> for Addressed<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Addressed<T>, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(named)) => Ok(Addressed(named)),
            Err(rejection) => Err(Problem::bad_request(rejection.body_text(), HELP)),
        }
    }
}

impl<S, T> FromRequestParts<S> for Asked<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(parameters)) => Ok(Asked(parameters)),
            Err(rejection) => {
                let violations = violations::<T>(parts.uri.query().unwrap_or_default());
                Err(Problem::invalid(rejection.body_text(), violations, HELP))
            }
        }
    }
}

impl<S, T> FromRequest<S> for Sent<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(sent)) => Ok(Sent(sent)),
            // What was sent may hold a password; the text of the rejection says where it is wrong and not what it is.
            Err(JsonRejection::BytesRejection(_)) => Err(Problem::too_large()),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(Problem::bad_request("the request is not `content-type: application/json`", HELP))
            }
            Err(_) => Err(Problem::bad_request("the body is no JSON of the form that is described", HELP)),
        }
    }
}

/// Every parameter that is wrong by itself. Axum names the first one only, so each is read alone.
fn violations<T: DeserializeOwned>(query: &str) -> Vec<Violation> {
    let mut violations = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()).take(PARAMETERS_MAX) {
        let Ok(alone) = format!("/?{part}").parse::<Uri>() else { continue };
        let Err(rejection) = Query::<T>::try_from_uri(&alone) else { continue };
        let named = Query::<Vec<(String, String)>>::try_from_uri(&alone).ok();
        let field = named.and_then(|Query(pairs)| pairs.into_iter().next()).map(|(name, _)| name).unwrap_or_default();
        let text = rejection.body_text();
        let message = text.strip_prefix(PREFIX).unwrap_or(&text);
        let message = message.strip_prefix(&format!("{field}: ")).unwrap_or(message).to_owned();
        // A parameter that another one needs is not wrong for being alone.
        if !message.starts_with("missing field") {
            violations.push(Violation { field: shortened(field), message: shortened(message) });
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Wanted {
        limit: u32,
        date: Option<schemas::BusinessDate>,
    }

    #[test]
    fn all_wrong_parameters_are_named_at_once() {
        let found = violations::<Wanted>("limit=many&date=yesterday&colour=red&limit=3");
        let fields: Vec<&str> = found.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["limit", "date", "colour"]);
        assert!(found[2].message.starts_with("unknown field `colour`"), "{}", found[2].message);
        assert!(violations::<Wanted>("date=2014-12-31").is_empty(), "what is missing is not wrong");
    }
}
