//! Whether whoever is on this machine asks, and not a page of somebody else that a browser on it shows.
//!
//! A page on the web can point its own name at 127.0.0.1, and can have a browser send a form to an address of this
//! machine. The browser names the host that it was told, and the site of the page.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderName;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;

/// Of which site the page is, compared with what it asks (Fetch Metadata). Programs that are no browsers send none.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether this machine asks, by a name of its own, for itself or for a page of one of the sites that may.
pub(super) fn asks(parts: &Parts, origins: &[String]) -> bool {
    peer_is_local(parts) && host_is_local(parts) && !is_for_another_site(parts, origins)
}

fn peer_is_local(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback())
}

/// Whether this machine was asked by a name of its own. Programs that send no name are no browsers.
fn host_is_local(parts: &Parts) -> bool {
    let Some(header) = parts.headers.get(HOST) else { return true };
    let Ok(text) = header.to_str() else { return false };
    if let Ok(address) = text.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let name = text.split_once(':').map_or(text, |(name, _)| name);
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || [name, bare].iter().any(|part| part.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()))
}

/// Whether a browser asks for a page of a site that is not this one, nor one of those that may.
fn is_for_another_site(parts: &Parts, origins: &[String]) -> bool {
    let host = parts.headers.get(HOST).map(|host| host.as_bytes());
    let is_foreign = |origin: &[u8]| {
        let authority = origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://"));
        let is_own = authority.is_some() && authority == host;
        !is_own && !origins.iter().any(|known| known.as_bytes() == origin)
    };
    match parts.headers.get(ORIGIN) {
        Some(origin) => is_foreign(origin.as_bytes()),
        // Without an origin a page of the site itself asks, or somebody typed the address.
        None => {
            parts.headers.get(FETCH_SITE).is_some_and(|site| ![&b"same-origin"[..], b"none"].contains(&site.as_bytes()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_told_from_others() {
        let host = |text: &str| {
            let (parts, ()) = axum::http::Request::builder().header(HOST, text).body(()).unwrap().into_parts();
            host_is_local(&parts)
        };
        for local in ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"] {
            assert!(host(local), "{local}");
        }
        for other in ["example.org", "example.org:8080", "localhost.example.org", "192.0.2.1:8080", ""] {
            assert!(!host(other), "{other}");
        }
    }
}
