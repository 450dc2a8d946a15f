//! What a request asks for: the parts of its address, its parameters, and what it sends.
//!
//! Axum does the reading; what it cannot read is refused as a problem.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The named parts of the address.
pub(crate) struct Addressed<T>(pub(crate) T);

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

/// What stands in the body, as JSON.
pub(crate) struct Sent<T>(pub(crate) T);

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
            Err(rejection) => Err(Problem::bad_request(rejection.body_text(), HELP)),
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
