//! What stands between the network and the handlers: who may ask how often, and in what form answers leave.
//!
//! Each layer is a file. [`guarded`] puts them around the routes; the last one is the outermost. Handlers know nothing
//! of any of them, and a route that is added tomorrow stands behind all of them.

pub(crate) mod address;
pub(crate) mod bounds;
mod budgets;
mod conditional;
pub(crate) mod contract_version;
mod fields;
mod headers;
pub(crate) mod idempotency;
pub(crate) mod metrics;
mod rate_limit;
pub(crate) mod user_budgets;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use schemas::Clock;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::gateway::rate_limit::RateLimits;
use crate::instances::Shared;
use crate::plain_http::CallersSpeak;
use crate::{Error, Settings};

/// Bytes of an answer below which compressing it saves nothing.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// Puts the layers around routes.
///
/// # Errors
/// [`Error::Setting`] with the setting that is wrong; [`Error::PlainHttp`] if others could connect by HTTP.
pub(crate) fn guarded(
    routes: Router,
    settings: &Settings,
    clock: Clock,
    shared: Option<Shared>,
) -> Result<Router, Error> {
    let limits = Arc::new(RateLimits::new(settings, clock, shared)?);
    let reductions = Arc::new(fields::Reductions::with_room(settings.kept_answers_mib));
    let compression = CompressionLayer::new()
        .gzip(true)
        .compress_when(headers::may_be_compressed.and(SizeAbove::new(COMPRESSED_BYTES_MIN)));
    let mut guarded = routes
        .layer(from_fn_with_state(reductions, fields::selected))
        .layer(from_fn(conditional::tagged))
        .layer(compression)
        .layer(from_fn(conditional::tagged_by_encoding))
        .layer(from_fn_with_state(limits, rate_limit::limited))
        .layer(from_fn(contract_version::named));
    if let Some(cors) = headers::cross_origin(&settings.cors_origins)? {
        guarded = guarded.layer(cors);
    }
    Ok(headers::secured(guarded, CallersSpeak::of(settings)?))
}
