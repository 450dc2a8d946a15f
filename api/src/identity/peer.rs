//! From which address of the network a request comes.
//!
//! Whoever connects is who asks, unless it is a proxy of the house: then it is whom that one names
//! ([`crate::gateway::address`]).

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;

use crate::Context;

const FORWARDED: &str = "x-forwarded-for";
/// Characters of the name of a program that are kept.
const USER_AGENT_LENGTH_MAX: usize = 200;

/// From where a request comes, and from which program.
pub(crate) struct Peer {
    address: IpAddr,
    /// The program, as it calls itself; may be empty.
    pub(crate) user_agent: String,
}

impl FromRequestParts<Arc<Context>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Peer, Infallible> {
        let client = context.proxies.client(&parts.headers, &parts.extensions);
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let user_agent = agent.chars().filter(|character| !character.is_control()).take(USER_AGENT_LENGTH_MAX);
        let address = client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Peer { address, user_agent: user_agent.collect() })
    }
}

impl Peer {
    /// The address.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The part of the address that one household has: of IPv6 the first 64 bits, which are given out together.
    pub(crate) fn network(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let kept = address.to_bits() & (u128::MAX << 64);
                format!("{}/64", Ipv6Addr::from_bits(kept))
            }
        }
    }
}

/// Whether a request names somebody that it was handed on for.
pub(crate) fn is_handed_on(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED) || headers.contains_key("forwarded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_has_one_network() {
        let network =
            |text: &str| Peer { address: text.parse().expect("an address"), user_agent: String::new() }.network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::1"));
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
    }
}
