//! Whose word is taken for the identity of a mail server: the authorities that browsers trust, or those of a file.
//!
//! A certificate that is refused ends the conversation before a login or a message; what is said of it names what to
//! do, because the person who reads it can mend it.

use std::error::Error as StdError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use lettre::transport::smtp;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters, TlsParametersBuilder};
use rustls::CertificateError;

use super::SmtpSettings;
use crate::error::Error;

/// Bytes that a file of authorities may have; that of all browsers has a quarter of it.
const CA_FILE_BYTES_MAX: u64 = 1 << 20;
/// What begins a certificate in such a file (RFC 7468).
const BEGIN_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
/// Causes of causes that are looked through.
const CAUSES_MAX: usize = 10;

/// What a connection to a server must show before anything is said on it.
///
/// # Errors
/// [`Error::Mail`] if the server's name or the file of authorities cannot be used.
pub(super) fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, Error> {
    let unnamed = |_| Error::Mail { problem: "`host` is no name that a certificate can carry".to_owned() };
    let builder = TlsParametersBuilder::new(settings.host.clone());
    let Some(path) = &settings.ca_file else { return builder.build().map_err(unnamed) };
    let problem = |problem: String| Error::Mail { problem: format!("`ca_file` {}: {problem}", path.display()) };
    let certificates = authorities(path).map_err(problem)?;
    let builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificates);
    builder.build().map_err(|_| problem("holds a certificate that cannot be understood".to_owned()))
}

fn authorities(path: &Path) -> Result<Certificate, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let mut text = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(CA_FILE_BYTES_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
    if CA_FILE_BYTES_MAX < u64::try_from(text.len()).unwrap_or(u64::MAX) {
        return Err("has more than 1 MiB; name a file of certificates in PEM".to_owned());
    }
    if !String::from_utf8_lossy(&text).contains(BEGIN_CERTIFICATE) {
        return Err(format!("holds no certificate; name a file in PEM, which begins with `{BEGIN_CERTIFICATE}`"));
    }
    Certificate::from_pem(&text).map_err(|_| "is damaged; name a file of certificates in PEM".to_owned())
}

/// Why a server's certificate was refused, and what to do; none if it was not.
pub(super) fn refusal(error: &smtp::Error) -> Option<&'static str> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    for _ in 0..CAUSES_MAX {
        let found = cause?;
        let inside = found.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let of_tls = found.downcast_ref().or_else(|| inside.and_then(|inside| inside.downcast_ref()));
        if let Some(rustls::Error::InvalidCertificate(problem)) = of_tls {
            return Some(advice(problem));
        }
        cause = found.source().or(inside.map(|inside| inside as &(dyn StdError + 'static)));
    }
    None
}

fn advice(problem: &CertificateError) -> &'static str {
    match problem {
        CertificateError::UnknownIssuer => {
            "the mail server's certificate is of an authority that is not trusted; name the authority's certificate as \
             `ca_file` under [mail.transport.smtp]"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the mail server's certificate is for another name; set `host` under [mail.transport.smtp] to the name \
             that it carries"
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "the mail server's certificate is not valid today; have it renewed, or set this machine's clock right"
        }
        _ => "the mail server's certificate was refused; have it mended, or name its authority as `ca_file`",
    }
}
