//! Gives a document a format.
//!
//! The same document gives the same bytes in any process on any machine: archives are addressed by content, and a
//! statement that is made again years later must be recognised as the one that was sent.

mod csv;
mod encrypted;
mod html;
mod json;
pub(crate) mod pdf;
pub(crate) mod xml;

use bytes::Bytes;

pub use encrypted::{FileKey, PASSWORD_BYTES_MAX, encrypted};
pub use pdf::graph_as_svg;

use crate::document::Document;
use crate::error::Error;

/// A file format of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// For people.
    Pdf,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
    /// For the body of a mail.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Pdf, Format::Csv, Format::Json, Format::Html];

    /// The file name's ending, without the point.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Pdf => "pdf",
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Html => "html",
        }
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Pdf => "application/pdf",
            Format::Csv => "text/csv; charset=utf-8; header=absent",
            Format::Json => "application/json",
            Format::Html => "text/html; charset=utf-8",
        }
    }
}

/// Gives a document a format. A PDF of a long document takes tens of milliseconds: call it off the async threads.
/// The PDF has the CSV and the JSON inside.
///
/// # Errors
/// [`Error::Font`], [`Error::Pdf`] and [`Error::Json`]; each is a bug and none depends on the figures.
pub fn render(document: &Document, format: Format) -> Result<Bytes, Error> {
    match format {
        Format::Pdf => pdf::render(document, &csv::render(document), &json::render(document)?),
        Format::Csv => Ok(csv::render(document)),
        Format::Json => json::render(document),
        Format::Html => Ok(html::render(document)),
    }
}

/// Gives a document every format, as [`render`] does one by one, in less time.
///
/// # Errors
/// Those of [`render`].
pub fn render_every_format(document: &Document) -> Result<[(Format, Bytes); Format::ALL.len()], Error> {
    let (csv, json) = (csv::render(document), json::render(document)?);
    let pdf = pdf::render(document, &csv, &json)?;
    let html = html::render(document);
    Ok([(Format::Pdf, pdf), (Format::Csv, csv), (Format::Json, json), (Format::Html, html)])
}
