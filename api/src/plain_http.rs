//! Whether the API may speak plain HTTP.
//!
//! What callers send holds passwords and tokens, and what they get is about people's money: whoever listens on the way
//! may have neither. So where others than this machine can connect, the API has a certificate, or the house says that a
//! proxy has one. Nothing in a connection tells the API which it is, so it asks.

use crate::{Error, Settings};

/// Why the API may speak plain HTTP where others than this machine can connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainHttp {
    /// `behind_a_proxy`: only a proxy connects, and callers reach the proxy by TLS.
    BehindAProxy,
}

/// What callers speak, from end to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallersSpeak {
    /// HTTPS: to the API itself, or to the proxy before it.
    Https,
    /// HTTP, and nobody but this machine can connect.
    HttpOnThisMachine,
}

impl CallersSpeak {
    /// What callers speak as the settings have it.
    ///
    /// # Errors
    /// [`Error::PlainHttp`] if others than this machine could connect by HTTP; [`Error::Setting`] if the API is to have
    /// a certificate and to be behind a proxy that speaks HTTP to it.
    pub(crate) fn of(settings: &Settings) -> Result<CallersSpeak, Error> {
        match (&settings.tls, settings.plain_http) {
            (Some(_), None) | (None, Some(PlainHttp::BehindAProxy)) => Ok(CallersSpeak::Https),
            (Some(_), Some(PlainHttp::BehindAProxy)) => Err(Error::Setting {
                name: "plain_http",
                problem: "with [api.tls] the API speaks HTTPS, to a proxy, too; remove one of the two".to_owned(),
            }),
            (None, None) if settings.bind.ip().is_loopback() => Ok(CallersSpeak::HttpOnThisMachine),
            (None, None) => Err(Error::PlainHttp { bind: settings.bind }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(bind: &str, plain_http: Option<PlainHttp>) -> Result<CallersSpeak, Error> {
        let address = bind.parse().expect("an address");
        CallersSpeak::of(&Settings { bind: address, plain_http, ..Settings::default() })
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for loopback in ["127.0.0.1:8080", "127.8.8.8:80", "[::1]:8080"] {
            assert!(matches!(spoken(loopback, None), Ok(CallersSpeak::HttpOnThisMachine)), "{loopback}");
        }
        // All addresses, those of a private network, and one that is written in the other family.
        for open in ["0.0.0.0:8080", "[::]:8080", "10.0.0.7:8080", "192.0.2.7:80", "[::ffff:192.0.2.7]:80"] {
            assert!(matches!(spoken(open, None), Err(Error::PlainHttp { .. })), "{open}");
            assert!(matches!(spoken(open, Some(PlainHttp::BehindAProxy)), Ok(CallersSpeak::Https)), "{open}");
        }
    }
}
