//! From where the API has its certificate, as the settings have it.
//!
//! `[api.tls]` names two files, or the part `[api.tls.acme]` of it names an authority. A section with both, with
//! neither, or with an authority whose terms nobody has agreed to is refused when it is read: what there is of these
//! types can be done.

use std::path::PathBuf;

use axum::http::Uri;
use rustls::pki_types::DnsName;
use serde::Deserialize;

use crate::identity::is_mail_address;

/// Names that one certificate can have. Each is confirmed by a connection of the authority's.
const DOMAINS_MAX: usize = 20;
/// Addresses that the authority can be given.
const CONTACTS_MAX: usize = 10;

/// From where the API has its certificate.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TlsSection")]
pub enum TlsSettings {
    /// From files, by somebody who renews them.
    Files(CertificateFiles),
    /// From an authority, which is asked for it by ACME (RFC 8555).
    Acme(AcmeSettings),
}

/// The files of a certificate. Both are read again when they change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate and those that vouch for it (PEM), its own first.
    pub certificate_file: PathBuf,
    /// Its private key (PEM).
    pub key_file: PathBuf,
}

/// An authority that issues certificates by ACME, whose terms have been agreed to. There is one only as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeSettings {
    /// The names that the certificate is for, e.g. `api.example.org`, in lower case and in order. At least one.
    pub(super) domains: Vec<String>,
    /// To whom the authority writes: addresses of mail. May be empty.
    pub(super) contact: Vec<String>,
    /// Where the authority says what it can do, e.g. `https://acme-v02.api.letsencrypt.org/directory`. Always HTTPS.
    pub(super) directory_url: String,
    /// Where the key of the account and the certificates are kept.
    pub(super) cache_folder: PathBuf,
    /// The certificates (PEM) by one of which the authority's own HTTPS must be vouched for; none for those that
    /// browsers trust.
    pub(super) root_file: Option<PathBuf>,
}

/// `[api.tls]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsSection {
    certificate_file: Option<PathBuf>,
    key_file: Option<PathBuf>,
    acme: Option<AcmeSection>,
}

/// `[api.tls.acme]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AcmeSection {
    domains: Vec<String>,
    contact: Vec<String>,
    directory_url: Option<String>,
    cache_folder: Option<PathBuf>,
    root_file: Option<PathBuf>,
    agree_to_terms: bool,
}

impl TryFrom<TlsSection> for TlsSettings {
    type Error = String;

    fn try_from(section: TlsSection) -> Result<TlsSettings, String> {
        let refused = match (section.certificate_file, section.key_file, section.acme) {
            (Some(certificate_file), Some(key_file), None) => {
                return Ok(TlsSettings::Files(CertificateFiles { certificate_file, key_file }));
            }
            (None, None, Some(acme)) => return acme.checked().map(TlsSettings::Acme),
            (None, None, None) => {
                "names no certificate; set `certificate_file` and `key_file`, or have one issued by [api.tls.acme]"
            }
            (_, _, Some(_)) => {
                "names files and an authority; remove `certificate_file` and `key_file`, or [api.tls.acme]"
            }
            (Some(_), None, None) => "has a `certificate_file` without a `key_file`; set both",
            (None, Some(_), None) => "has a `key_file` without a `certificate_file`; set both",
        };
        Err(format!("[api.tls] {refused}"))
    }
}

impl AcmeSection {
    /// The settings, if they can be kept to.
    fn checked(self) -> Result<AcmeSettings, String> {
        let missing = |name: &str, advice: &str| format!("`{name}` under [api.tls.acme] is missing; {advice}");
        let directory_url = self.directory_url.ok_or_else(|| {
            missing("directory_url", "set your authority's, e.g. `https://acme-v02.api.letsencrypt.org/directory`")
        })?;
        if !is_https(&directory_url) {
            return Err(wrong(
                "directory_url",
                &format!("`{directory_url}` is no address that begins with `https://`"),
            ));
        }
        let cache_folder = self.cache_folder.ok_or_else(|| {
            missing("cache_folder", "set a folder that lasts and only the API can read, e.g. `financr-data/acme`")
        })?;
        if !self.agree_to_terms {
            return Err(wrong(
                "agree_to_terms",
                &format!("read the terms that {directory_url} names, and set it to true to agree to them"),
            ));
        }
        let domains = domains(&self.domains)?;
        if CONTACTS_MAX < self.contact.len() {
            return Err(wrong("contact", &format!("more than {CONTACTS_MAX} addresses")));
        }
        if !self.contact.iter().all(|address| is_mail_address(address)) {
            let advice = "not all of them are addresses of mail; write them alone, e.g. `operations@example.org`";
            return Err(wrong("contact", advice));
        }
        Ok(AcmeSettings { domains, contact: self.contact, directory_url, cache_folder, root_file: self.root_file })
    }
}

fn wrong(name: &str, problem: &str) -> String {
    format!("`{name}` under [api.tls.acme]: {problem}")
}

fn is_https(address: &str) -> bool {
    let is_there = |host: &str| !host.is_empty();
    address.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some_and(is_there))
}

/// The names in lower case and in order, each once: the same names are the same certificate.
fn domains(names: &[String]) -> Result<Vec<String>, String> {
    if names.is_empty() || DOMAINS_MAX < names.len() {
        let problem = format!("{} names; set 1 to {DOMAINS_MAX}, e.g. `[\"api.example.org\"]`", names.len());
        return Err(wrong("domains", &problem));
    }
    let is_name = |name: &str| DnsName::try_from(name).is_ok() && !name.ends_with('.');
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        let advice = "write each name by itself, e.g. `api.example.org`: no address, no port, no `*`";
        return Err(wrong("domains", &format!("`{name}` is no name of a machine; {advice}")));
    }
    let mut names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(section: Value) -> Result<TlsSettings, String> {
        serde_json::from_value(section).map_err(|error: serde_json::Error| error.to_string())
    }

    /// A section that can be kept to, with some of its settings replaced; null takes one out.
    fn acme(changes: &[(&str, Value)]) -> Value {
        let mut section = json!({
            "domains": ["api.example.org"],
            "contact": ["operations@example.org"],
            "directory_url": "https://acme.example.org/directory",
            "cache_folder": "acme",
            "agree_to_terms": true,
        });
        for (name, value) in changes {
            match (value, section.as_object_mut()) {
                (Value::Null, Some(section)) => drop(section.remove(*name)),
                (value, Some(section)) => drop(section.insert((*name).to_owned(), value.clone())),
                (_, None) => {}
            }
        }
        json!({ "acme": section })
    }

    #[test]
    fn a_certificate_comes_from_files_or_from_an_authority() {
        let files = read(json!({ "certificate_file": "a.pem", "key_file": "b.pem" })).expect("files");
        let named = CertificateFiles { certificate_file: "a.pem".into(), key_file: "b.pem".into() };
        assert_eq!(files, TlsSettings::Files(named));
        let names = json!(["Financr.example.org", "api.example.org", "financr.example.org"]);
        let Ok(TlsSettings::Acme(settings)) = read(acme(&[("domains", names)])) else { unreachable!("an authority") };
        assert_eq!(settings.domains, ["api.example.org", "financr.example.org"]);
        assert!(read(acme(&[("contact", Value::Null)])).is_ok(), "nobody has to be written to");
    }

    #[test]
    fn both_and_neither_are_refused_with_what_to_do() {
        let refused = |section: Value| read(section).expect_err("refused");
        let mut both = acme(&[]);
        both["certificate_file"] = json!("a.pem");
        assert!(refused(both.clone()).contains("remove `certificate_file` and `key_file`, or [api.tls.acme]"));
        both["key_file"] = json!("b.pem");
        assert!(refused(both).contains("names files and an authority"));
        assert!(refused(json!({})).contains("set `certificate_file` and `key_file`, or have one issued by"));
        assert!(refused(json!({ "certificate_file": "a.pem" })).contains("without a `key_file`; set both"));
        assert!(refused(json!({ "key_file": "b.pem" })).contains("without a `certificate_file`; set both"));
        assert!(refused(json!({ "certificate": "a.pem" })).contains("unknown field `certificate`"));
    }

    #[test]
    fn what_an_authority_would_refuse_is_refused_by_name() {
        let refused = |name: &str, value: Value| {
            let error = read(acme(&[(name, value)])).expect_err("refused");
            assert!(error.contains(&format!("`{name}` under [api.tls.acme]")), "{error}");
            error
        };
        assert!(refused("agree_to_terms", json!(false)).contains("set it to true to agree"));
        assert!(refused("agree_to_terms", Value::Null).contains("https://acme.example.org/directory"));
        assert!(refused("directory_url", Value::Null).contains("is missing"));
        assert!(refused("directory_url", json!("http://acme.example.org/directory")).contains("https://"));
        assert!(refused("directory_url", json!("acme.example.org")).contains("https://"));
        assert!(refused("cache_folder", Value::Null).contains("is missing"));
        assert!(refused("domains", json!([])).contains("0 names"));
        assert!(refused("domains", json!(vec!["api.example.org"; 21])).contains("21 names"));
        // tls-alpn-01 confirms names of machines only (RFC 8737, section 3).
        for name in ["*.example.org", "192.0.2.7", "api.example.org:443", "api.example.org.", ""] {
            assert!(refused("domains", json!([name])).contains("is no name of a machine"), "{name}");
        }
        assert!(refused("contact", json!(["mailto:operations@example.org"])).contains("write them alone"));
        assert!(refused("contact", json!(vec!["operations@example.org"; 11])).contains("more than 10"));
    }
}
