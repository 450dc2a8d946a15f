//! What a request asks for: the parts of its address and its parameters.
//!
//! Axum does the reading; what it cannot read is refused as a problem.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The named parts of the address.
pub(crate) struct Addressed<T>(pub(crate) T);

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

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
