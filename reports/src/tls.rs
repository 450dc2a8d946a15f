//! Whose word is taken for the identity of a server: the authorities that browsers trust, or those of a file.
//!
//! A certificate that is refused ends the conversation before anything is confided; what is said of it names what to
//! do, because the person who reads it can mend it.

use std::error::Error as StdError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustls::CertificateError;

/// Bytes that a file of authorities may have; that of all browsers has a quarter of it.
const CA_FILE_BYTES_MAX: u64 = 1 << 20;
/// What begins a certificate in such a file (RFC 7468).
const BEGIN_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
/// Causes of causes that are looked through.
const CAUSES_MAX: usize = 10;

/// A file of authorities (PEM), or what is wrong with it.
pub(crate) fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    let problem = |problem: String| format!("`ca_file` {}: {problem}", path.display());
    let unreadable = |error: io::Error| problem(format!("cannot be read: {error}"));
    let mut text = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(CA_FILE_BYTES_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
    if CA_FILE_BYTES_MAX < u64::try_from(text.len()).unwrap_or(u64::MAX) {
        return Err(problem("has more than 1 MiB; name a file of certificates in PEM".to_owned()));
    }
    if !String::from_utf8_lossy(&text).contains(BEGIN_CERTIFICATE) {
        let begins = format!("holds no certificate; name a file in PEM, which begins with `{BEGIN_CERTIFICATE}`");
        return Err(problem(begins));
    }
    Ok(text)
}

/// What is wrong with a file of authorities that has certificates which cannot be understood.
pub(crate) fn damaged(path: &Path) -> String {
    format!("`ca_file` {} is damaged; name a file of certificates in PEM", path.display())
}

/// Why a server's certificate was refused, and what to do; none if it was not.
pub(crate) fn refusal(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut cause = Some(error);
    for _ in 0..CAUSES_MAX {
        let found = cause?;
        let inside = found.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let of_tls = found.downcast_ref().or_else(|| inside.and_then(|inside| inside.downcast_ref()));
        if let Some(rustls::Error::InvalidCertificate(problem)) = of_tls {
            return Some(advice(problem));
        }
        cause = inside.map(|inside| inside as &(dyn StdError + 'static)).or_else(|| found.source());
    }
    None
}

fn advice(problem: &CertificateError) -> &'static str {
    match problem {
        // An authority that has renewed its key bears the name of the one that is trusted.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate is of an authority that is not trusted; name the authority's certificate as \
             `ca_file`"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name; set `host` or `url` to the name that it carries"
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid today; have it renewed, or set this machine's clock right"
        }
        _ => "the server's certificate was refused; have it mended, or name its authority as `ca_file`",
    }
}
