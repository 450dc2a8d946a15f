//! Swagger UI at `/docs`: the description of the API as pages to read and try.
//!
//! The files come with the program, as the archive of the project that makes them, and are unpacked when the first of
//! them is asked for. The page loads nothing from elsewhere and asks nobody else whether the description is right.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use flate2::read::DeflateDecoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

use crate::Context;
use crate::problem::{Problem, unknown_address};

/// The files that the page needs, with their types.
const FILES: [(&str, &str); 7] = [
    ("index.html", "text/html; charset=utf-8"),
    ("index.css", "text/css; charset=utf-8"),
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("swagger-ui-standalone-preset.js", "text/javascript; charset=utf-8"),
    ("favicon-16x16.png", "image/png"),
    ("favicon-32x32.png", "image/png"),
];
/// The file that tells the page what to show; this one is ours.
const INITIALIZER: &str = "swagger-initializer.js";
const INITIALIZER_TEXT: &str = include_str!("swagger/swagger-initializer.js");
/// Scripts, pictures and requests of this server only. Styles stand in the page, because its scripts put them there.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; \
                      base-uri 'none'; object-src 'none'";
/// The files are those of the program: a day later there may be another one.
const KEPT: &str = "public, max-age=86400";
/// Bytes of an unpacked file at most.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// Unpacked files by name.
type Unpacked = HashMap<&'static str, Bytes>;

static UNPACKED: OnceLock<Unpacked> = OnceLock::new();

/// Adds the pages to the routes.
pub(crate) fn with_pages(routes: Router<Arc<Context>>) -> Router<Arc<Context>> {
    let index = || async { file("index.html").await };
    routes
        .route("/docs", get(|| async { Redirect::permanent("/docs/") }))
        .route("/docs/", get(index))
        .route("/docs/{file}", get(|Path(name): Path<String>| async move { file(&name).await }))
}

async fn file(name: &str) -> Response {
    if name == INITIALIZER {
        return answer("text/javascript; charset=utf-8", Bytes::from_static(INITIALIZER_TEXT.as_bytes()));
    }
    let Some((known, media_type)) = FILES.iter().find(|(known, _)| *known == name) else {
        return unknown_address().await.into_response();
    };
    let unpacked = match UNPACKED.get() {
        Some(unpacked) => unpacked,
        None => match tokio::task::spawn_blocking(|| UNPACKED.get_or_init(|| unpack(SWAGGER_UI_VENDORED))).await {
            Ok(unpacked) => unpacked,
            Err(error) => return Problem::internal(&error).into_response(),
        },
    };
    match unpacked.get(known) {
        Some(bytes) => answer(media_type, bytes.clone()),
        None => unknown_address().await.into_response(),
    }
}

fn answer(media_type: &'static str, bytes: Bytes) -> Response {
    let headers = [(CONTENT_TYPE, media_type), (CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, KEPT)];
    (headers, bytes).into_response()
}

/// The files of an archive (ZIP, APPNOTE.TXT 6.3.10) that the page needs; those that cannot be read are left out.
fn unpack(archive: &[u8]) -> Unpacked {
    let mut unpacked = Unpacked::new();
    let mut place = directory_start(archive);
    while let Some(entry) = place.and_then(|start| Entry::read(archive, start)) {
        let name = FILES.iter().find(|(name, _)| entry.name.ends_with(&format!("/dist/{name}")));
        let is_of_flavor = entry.name.matches('/').count() != 2;
        if let Some((name, _)) = name.filter(|_| !is_of_flavor)
            && let Some(bytes) = entry.bytes(archive)
        {
            unpacked.insert(name, bytes);
        }
        place = Some(entry.next);
    }
    unpacked
}

/// An entry of the directory of an archive.
struct Entry<'a> {
    name: &'a str,
    /// 0 for as it is, 8 for deflated.
    method: u16,
    packed_length: usize,
    header_start: usize,
    next: usize,
}

fn number(archive: &[u8], start: usize, length: usize) -> Option<usize> {
    let bytes = archive.get(start..start.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// Where the directory begins: the record at the end of the archive says it.
fn directory_start(archive: &[u8]) -> Option<usize> {
    let end = archive.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    number(archive, end + 16, 4)
}

impl<'a> Entry<'a> {
    fn read(archive: &'a [u8], start: usize) -> Option<Entry<'a>> {
        if archive.get(start..start + 4)? != b"PK\x01\x02" {
            return None;
        }
        let field = |offset: usize, length: usize| number(archive, start + offset, length);
        let name_end = start + 46 + field(28, 2)?;
        let name = std::str::from_utf8(archive.get(start + 46..name_end)?).ok()?;
        Some(Entry {
            name,
            method: u16::try_from(field(10, 2)?).ok()?,
            packed_length: field(20, 4)?,
            header_start: field(42, 4)?,
            next: name_end + field(30, 2)? + field(32, 2)?,
        })
    }

    fn bytes(&self, archive: &[u8]) -> Option<Bytes> {
        let name_length = number(archive, self.header_start + 26, 2)?;
        let start = self.header_start + 30 + name_length + number(archive, self.header_start + 28, 2)?;
        let packed = archive.get(start..start + self.packed_length)?;
        if self.method == 0 {
            return Some(Bytes::copy_from_slice(packed));
        }
        let mut bytes = Vec::new();
        DeflateDecoder::new(packed).take(FILE_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        Some(Bytes::from(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_in_the_archive() {
        let unpacked = unpack(SWAGGER_UI_VENDORED);
        for (name, _) in FILES {
            assert!(unpacked.get(name).is_some_and(|bytes| 100 < bytes.len()), "{name}");
        }
        let index = std::str::from_utf8(&unpacked["index.html"]).unwrap();
        assert!(index.contains(INITIALIZER), "the page asks for the file that is ours");
        assert!(!index.contains("http://") && !index.contains("https://"), "the page loads nothing from elsewhere");
        assert!(!index.contains("<script>"), "the page has no scripts in itself");
    }

    #[test]
    fn an_archive_that_is_none_has_no_files() {
        for broken in [&b""[..], b"PK", b"PK\x05\x06", &SWAGGER_UI_VENDORED[..1_000]] {
            assert!(unpack(broken).is_empty());
        }
    }
}
