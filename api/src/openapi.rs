//! The addresses with their description, which is made from the handlers and served at `/openapi.json`.
//!
//! A copy stands in `schemas/openapi.json`; a test compares the two, so that a change of the contract is seen.

mod forms;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use utoipa::PartialSchema;
use utoipa::openapi::security::{Http, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, RefOr};
use utoipa_axum::router::OpenApiRouter;

use crate::gateway::contract_version::CONTRACT_VERSION;
use crate::problem::{Problem, Violation};
use crate::routes::RESOURCES;
use crate::{Context, Error};

const DESCRIPTION: &str = "Portfolios, their values and figures, statements, and the runs that made them. \
    Exact numbers are strings without exponent; estimated figures are numbers, and fractions are fractions \
    (0.05 is five percent); dates are ISO 8601. What is unknown is null, with the reason beside it where there is one. \
    `fields` in the address of any GET names the fields of the answer that are wanted, e.g. `fields=items.id,next`. \
    Every answer names the version of this contract in `Financr-Version`; a request that names another is refused. \
    `If-None-Match` with an earlier `ETag` is answered with 304 as long as it holds. A POST with `Idempotency-Key` is \
    done once in 24 hours: sent again, it gets the same answer, 422 if it is another request, 409 if it is under way.";

/// All addresses, and `/openapi.json`, which describes them.
pub(crate) fn described_routes() -> Result<Router<Arc<Context>>, Error> {
    let mut routes = OpenApiRouter::with_openapi(frame());
    for resource in RESOURCES {
        routes = routes.merge((resource.routes)());
    }
    let (router, description) = routes.split_for_parts();
    let failed = |source| Error::Description { source };
    let mut description = serde_json::to_value(&description).map_err(failed)?;
    forms::add_forms(&mut description);
    let text = serde_json::to_string_pretty(&description).map_err(failed)?;
    let bytes = Bytes::from(text);
    let answer = move || async move { ([(CONTENT_TYPE, "application/json")], bytes) };
    Ok(router.route("/openapi.json", get(answer)))
}

/// The description without the addresses.
fn frame() -> OpenApi {
    let info = InfoBuilder::new().title("Financr").version(CONTRACT_VERSION).description(Some(DESCRIPTION)).build();
    let house_token = bearer("The token in FINANCR_API_TOKEN; without one, its own machine is answered as the house.");
    let mut access_token = bearer("The access token of a session, from /login or /refresh-token.");
    access_token.bearer_format = Some("JWT".to_owned());
    let api_key = bearer("A key of a user, from /users/{user_id}/api-keys: `fnr_…`.");
    let components = ComponentsBuilder::new()
        .schema("Problem", Problem::schema())
        .schema("Violation", Violation::schema())
        .security_scheme("bearer", RefOr::T(SecurityScheme::Http(house_token)))
        .security_scheme("access_token", RefOr::T(SecurityScheme::Http(access_token)))
        .security_scheme("api_key", RefOr::T(SecurityScheme::Http(api_key)))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some(
            ["bearer", "access_token", "api_key"].map(|name| SecurityRequirement::new(name, Vec::<String>::new())),
        ))
        .tags(Some(RESOURCES.iter().map(|resource| tag(resource.name, resource.doc))))
        .build()
}

fn bearer(description: &str) -> Http {
    let mut scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    scheme.description = Some(description.to_owned());
    scheme
}

fn tag(name: &str, doc: &str) -> Tag {
    TagBuilder::new().name(name).description(Some(doc)).build()
}
