//! The address that a request came from.
//!
//! Behind a proxy every request comes from the proxy, which says in a header whom it speaks for. Anybody can send such
//! a header, so it counts only from proxies that the house names, and only what these added: it is read from the right,
//! up to the first address that is not one of theirs.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::header::FORWARDED;
use axum::http::{Extensions, HeaderMap};

use crate::Error;

/// The header in which proxies of the house say whom they speak for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: 192.0.2.7, 10.0.0.1`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=192.0.2.7;proto=https` (RFC 7239).
    Forwarded,
}

/// The proxies of the house.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    networks: Vec<Network>,
    header: ForwardedHeader,
}

/// Addresses that begin alike, e.g. `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Proxies {
    /// The proxies that the settings name.
    ///
    /// # Errors
    /// [`Error::Setting`] if one is no address.
    pub(crate) fn of(trusted: &[String], header: ForwardedHeader) -> Result<Proxies, Error> {
        let networks: Result<Vec<Network>, String> = trusted.iter().map(|text| text.parse()).collect();
        match networks {
            Ok(networks) => Ok(Proxies { networks, header }),
            Err(problem) => Err(Error::Setting { name: "trusted_proxies", problem }),
        }
    }

    /// The address that a request came from; none if the server does not know its peer.
    pub(crate) fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        let mut client = peer.ip().to_canonical();
        let mut hops = self.hops(headers);
        while self.trusts(client) {
            let Some(hop) = hops.pop() else { break };
            // What a proxy could not say, or said in a form that nobody knows, is no address to hold anybody to.
            let Some(address) = hop else { break };
            client = address;
        }
        Some(client)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// Whom the proxies spoke for, the nearest last; none in place of what is no address.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        if self.networks.is_empty() {
            return Vec::new();
        }
        let (name, read): (&str, fn(&str) -> Option<IpAddr>) = match self.header {
            ForwardedHeader::XForwardedFor => ("x-forwarded-for", host),
            ForwardedHeader::Forwarded => (FORWARDED.as_str(), for_parameter),
        };
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(|hop| read(hop.trim())).collect()
    }
}

/// The address in an element of `Forwarded`.
fn for_parameter(element: &str) -> Option<IpAddr> {
    let mut parameters = element.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, node) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    host(node.trim().trim_matches('"'))
}

/// An address with or without a port: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`.
fn host(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32_u32.saturating_sub(u32::from(self.prefix));
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128_u32.saturating_sub(u32::from(self.prefix));
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let wrong = || format!("`{text}` is no address and no network such as `10.0.0.0/8`");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(bits), str::parse::<u8>).map_err(|_| wrong())?;
        if prefix <= bits { Ok(Network { address, prefix }) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], header: ForwardedHeader, peer: &str, lines: &[(&'static str, &str)]) -> String {
        let trusted: Vec<String> = trusted.iter().map(ToString::to_string).collect();
        let proxies = Proxies::of(&trusted, header).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        proxies.client(&headers, &extensions).unwrap().to_string()
    }

    #[test]
    fn a_header_counts_only_from_a_proxy_of_the_house() {
        let sent = [("x-forwarded-for", "198.51.100.1")];
        let header = ForwardedHeader::XForwardedFor;
        assert_eq!(client(&[], header, "192.0.2.7:1", &sent), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], header, "192.0.2.7:1", &sent), "192.0.2.7");
        assert_eq!(client(&["10.0.0.0/8"], header, "10.1.2.3:1", &sent), "198.51.100.1");
        assert_eq!(client(&["10.0.0.0/8"], header, "[::ffff:10.1.2.3]:1", &sent), "198.51.100.1");
        assert_eq!(client(&["10.0.0.0/8"], header, "10.1.2.3:1", &[]), "10.1.2.3");
    }

    #[test]
    fn what_the_caller_wrote_to_the_left_does_not_count() {
        let forged = [("x-forwarded-for", "203.0.113.99, 198.51.100.1"), ("x-forwarded-for", "10.0.0.2")];
        let header = ForwardedHeader::XForwardedFor;
        assert_eq!(client(&["10.0.0.0/8"], header, "10.0.0.1:1", &forged), "198.51.100.1");
        let unreadable = [("x-forwarded-for", "203.0.113.99, unknown")];
        assert_eq!(client(&["10.0.0.0/8"], header, "10.0.0.1:1", &unreadable), "10.0.0.1");
    }

    #[test]
    fn the_forms_of_rfc_7239() {
        // The examples of section 4 of RFC 7239.
        let header = ForwardedHeader::Forwarded;
        for (value, address) in [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17"),
        ] {
            assert_eq!(client(&["127.0.0.1"], header, "127.0.0.1:1", &[("forwarded", value)]), address, "{value}");
        }
        let other = [("x-forwarded-for", "198.51.100.1")];
        assert_eq!(client(&["127.0.0.1"], header, "127.0.0.1:1", &other), "127.0.0.1", "only the header that is set");
    }

    #[test]
    fn networks_are_checked() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "2001:db8::/129", "proxy.example.org"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("192.0.2.1".parse().unwrap()) && !all.contains("::1".parse().unwrap()));
        let six: Network = "2001:db8::/32".parse().unwrap();
        assert!(six.contains("2001:db8:1::1".parse().unwrap()) && !six.contains("2001:db9::1".parse().unwrap()));
    }
}
