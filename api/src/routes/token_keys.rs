//! The keys by which others verify access tokens (RFC 7517).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "token_keys", doc: "The keys by which others verify access tokens.", routes: token_key_routes };

/// A JSON Web Key Set (RFC 7517).
#[derive(Serialize, ToSchema)]
struct TokenKeys {
    /// The keys, the one that signs first.
    keys: Vec<TokenKey>,
}

/// The public half of a key (RFC 8037).
#[derive(Serialize, ToSchema)]
struct TokenKey {
    /// The family of keys.
    #[schema(value_type = String, example = "OKP")]
    kty: &'static str,
    /// The curve.
    #[schema(value_type = String, example = "Ed25519")]
    crv: &'static str,
    /// The public half, in base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
    /// The name of the key: its thumbprint (RFC 7638).
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    /// What it is for.
    #[serde(rename = "use")]
    #[schema(value_type = String, example = "sig")]
    purpose: &'static str,
    /// The algorithm.
    #[schema(value_type = String, example = "EdDSA")]
    alg: &'static str,
}

fn token_key_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default().routes(routes!(token_keys))
}

/// The public halves of the keys that access tokens are signed with.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "token_keys",
    security(()),
    responses((status = 200, description = "The keys.", body = TokenKeys), Refusals),
)]
async fn token_keys(State(context): State<Arc<Context>>) -> Result<Json<TokenKeys>, Problem> {
    let keys = context.identity()?.keys.all().map(|key| TokenKey {
        kty: "OKP",
        crv: "Ed25519",
        x: key.public.clone(),
        kid: key.key_id.clone(),
        purpose: "sig",
        alg: "EdDSA",
    });
    Ok(Json(TokenKeys { keys: keys.collect() }))
}
