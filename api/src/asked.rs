//! What a request asks for: the parts of its address, its parameters, and what it sends.
//!
//! Axum does the reading; what it cannot read is refused as a problem.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::bookkeeping::Fields;
use crate::problem::{Problem, Violation, shortened};

/// The named parts of the address.
pub(crate) struct Addressed<T>(pub(crate) T);

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

/// What stands in the body, as JSON.
pub(crate) struct Sent<T>(pub(crate) T);

/// An object whose fields are looked at elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(crate) struct AnyFields(pub(crate) Fields);

/// Parameters or fields of a request that are looked at one by one.
const PARAMETERS_MAX: usize = 50;
/// How Axum begins what it says of a parameter.
const PREFIX: &str = "Failed to deserialize query string: ";
/// How a refusal of a body begins.
const NOT_AS_DESCRIBED: &str = "the body is no JSON of the form that is described";
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
    T: DeserializeOwned + ToSchema,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        let (parts, body) = request.into_parts();
        let whole = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(whole, state).await.map_err(|_| Problem::too_large())?;
        let again = Request::from_parts(parts, Body::from(body.clone()));
        match Json::<T>::from_request(again, state).await {
            Ok(Json(sent)) => Ok(Sent(sent)),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(Problem::bad_request("the request is not `content-type: application/json`", HELP))
            }
            Err(_) => Err(refused_body::<T>(&body)),
        }
    }
}

/// What is wrong with a body that cannot be read.
fn refused_body<T: DeserializeOwned + ToSchema>(body: &[u8]) -> Problem {
    let fields = match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Problem::bad_request(format!("{NOT_AS_DESCRIBED}: it is no object"), HELP),
        Err(error) => return Problem::bad_request(format!("{NOT_AS_DESCRIBED}: {error}"), HELP),
    };
    let missing = missing_fields::<T>(&fields);
    let violations: Vec<Violation> = wrong_fields::<T>(fields).into_iter().chain(missing).collect();
    let reason = match (violations.first(), serde_json::from_slice::<T>(body).err()) {
        (Some(Violation { field, message }), _) => format!("`{field}`: {message}"),
        // What no field has by itself: one is there twice.
        (None, Some(error)) => without_value(&error.to_string()),
        (None, None) => return Problem::bad_request(NOT_AS_DESCRIBED, HELP),
    };
    Problem::invalid(shortened(format!("{NOT_AS_DESCRIBED}: {reason}")), violations, HELP)
}

/// Every field that is wrong by itself. Serde names the first one only, so each is read alone.
fn wrong_fields<T: DeserializeOwned>(fields: Map<String, Value>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (field, value) in fields.into_iter().take(PARAMETERS_MAX) {
        let alone = Map::from_iter([(field.clone(), value)]);
        let Err(error) = serde_json::from_value::<T>(Value::Object(alone)) else { continue };
        let message = without_value(&error.to_string());
        // A field that another one needs is not wrong for being alone.
        if !message.starts_with("missing field") {
            violations.push(Violation { field: shortened(field), message: shortened(message) });
        }
    }
    violations
}

/// The fields that the description asks for and that are not there, as many as there may be.
fn missing_fields<T: ToSchema>(fields: &Map<String, Value>) -> Vec<Violation> {
    let RefOr::T(Schema::Object(described)) = T::schema() else { return Vec::new() };
    let missing = described.required.into_iter().filter(|field| !fields.contains_key(field));
    missing.map(|field| Violation { field, message: "missing".to_owned() }).collect()
}

/// What Serde says, without what was there instead of what it expected: that may be a password.
fn without_value(message: &str) -> String {
    let of_a_value = ["invalid type: ", "invalid value: "].iter().any(|begin| message.starts_with(begin));
    match message.rsplit_once(", expected ") {
        // A type of this program is a form that the description has under no such name.
        Some((_, expected)) if of_a_value && expected.starts_with("struct ") => "expected an object".to_owned(),
        Some((_, expected)) if of_a_value => format!("expected {expected}"),
        _ => message.to_owned(),
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
    use super::*;

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Wanted {
        limit: u32,
        #[schema(value_type = Option<String>)]
        date: Option<schemas::BusinessDate>,
    }

    #[derive(Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Account {
        email: String,
        password: String,
        #[serde(default)]
        name: String,
        language: Option<String>,
    }

    #[test]
    fn all_wrong_parameters_are_named_at_once() {
        let found = violations::<Wanted>("limit=many&date=yesterday&colour=red&limit=3");
        let fields: Vec<&str> = found.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["limit", "date", "colour"]);
        assert!(found[2].message.starts_with("unknown field `colour`"), "{}", found[2].message);
        assert!(violations::<Wanted>("date=2014-12-31").is_empty(), "what is missing is not wrong");
    }

    #[test]
    fn all_wrong_fields_are_named_at_once_and_their_values_are_not() {
        let body = br#"{"limit":"seven purple lamps","date":"2014-02-30","colour":"red"}"#;
        let problem = serde_json::to_value(refused_body::<Wanted>(body)).expect("JSON");
        let found = problem["violations"].as_array().expect("named");
        let fields: Vec<&str> = found.iter().filter_map(|violation| violation["field"].as_str()).collect();
        assert_eq!(fields, ["limit", "date", "colour"]);
        assert_eq!(found[0]["message"], "expected u32");
        assert!(!problem.to_string().contains("purple"), "{problem}");
    }

    #[test]
    fn all_missing_fields_are_named_beside_the_wrong_ones() {
        let problem = serde_json::to_value(refused_body::<Account>(br#"{"language":3}"#)).expect("JSON");
        let found = problem["violations"].as_array().expect("named");
        let named: Vec<[&str; 2]> =
            found.iter().filter_map(|one| Some([one["field"].as_str()?, one["message"].as_str()?])).collect();
        assert_eq!(named, [["language", "expected a string"], ["email", "missing"], ["password", "missing"]]);
    }

    #[test]
    fn what_is_wrong_with_a_whole_body_is_said() {
        for (body, words) in [
            (r#"{"date":"2014-12-31"}"#, "`limit`: missing"),
            (r#"{"limit":1,"limit":2}"#, "duplicate field `limit`"),
            (r#"{"limit":1"#, "line 1 column 10"),
            ("[]", "it is no object"),
            ("", "EOF"),
        ] {
            let problem = serde_json::to_value(refused_body::<Wanted>(body.as_bytes())).expect("JSON");
            let detail = problem["detail"].as_str().expect("a text");
            assert!(detail.starts_with(NOT_AS_DESCRIBED) && detail.contains(words), "{detail}");
        }
    }
}
