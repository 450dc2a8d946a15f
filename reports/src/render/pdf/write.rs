//! Marks become a PDF file, the same bytes for the same document in any process.
//!
//! The writer's library makes the frame of the file and its fonts; it numbers documents at random and dates them
//! 1970, so the number and the dates are replaced by the document's fingerprint and its date. The pages are put in
//! compressed.

use bytes::Bytes;
use chrono::{NaiveDate, NaiveTime};
use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat};
use printpdf::{Mm, OffsetDateTime, PdfDocument, PdfDocumentInfo, PdfPage, PdfParseErrorSeverity, PdfSaveOptions};
use sha2::{Digest, Sha256};
use tracing::warn;

use super::archival::{self, Attachment, cleaned};
use super::content::{Fonts, content, font_name, hundredths};
use super::deflate::deflated;
use super::font::{Embedded, Faces, Repertoire, Weight};
use super::layout::{Bookmark, Mark, Pages};
use super::links::{self, Link};
use crate::error::Error;

/// Bytes of the fingerprint that become the file's id.
const ID_LENGTH: usize = 16;
/// Level of compression of pages: beyond it they take much longer and get hardly smaller.
const LEVEL_PAGES: i32 = 6;

/// What a file says about itself.
pub(crate) struct Description {
    /// The title for people.
    pub(crate) title: String,
    /// What kind of document it is, for people.
    pub(crate) subject: String,
    /// The language as a BCP 47 tag.
    pub(crate) language: String,
    /// The date of the document, which is also that of the file.
    pub(crate) date: NaiveDate,
    /// The version of the program.
    pub(crate) program_version: String,
    /// Words to find it by.
    pub(crate) keywords: Vec<String>,
    /// What tells it from others that look the same.
    pub(crate) origin: String,
}

impl Description {
    /// What made the document.
    pub(super) const CREATOR: &'static str = "Financr";

    /// What made the file.
    pub(super) fn producer(&self) -> String {
        format!("Financr {}", self.program_version)
    }
}

/// Writes the pages, and the attachments with them.
///
/// # Errors
/// [`Error::Font`] if a font cannot be cut down, [`Error::Pdf`] if the library refuses the pages.
pub(crate) fn write(
    description: &Description,
    pages: &Pages,
    attachments: &[Attachment<'_>],
    faces: &Faces,
) -> Result<Bytes, Error> {
    let font = |weight: Weight| {
        let needed = repertoire(&pages.marks, weight);
        needed.is_used().then(|| Embedded::of(faces, weight, &needed)).transpose()
    };
    let (regular, bold) = (font(Weight::Regular)?, font(Weight::Bold)?);
    let fonts = Fonts { regular: regular.as_deref(), bold: bold.as_deref() };
    let contents: Vec<Vec<u8>> = pages.marks.iter().map(|marks| content(marks, &fonts)).collect();
    let fingerprint = fingerprint(description, &contents, &pages.links, attachments);

    let (mut catalog, info, media_box) = frame(description, &fingerprint)?;
    let mut file = lopdf::Document::with_version("1.7");
    let mut names = Dictionary::new();
    for (weight, font) in [(Weight::Regular, fonts.regular), (Weight::Bold, fonts.bold)] {
        if let Some(font) = font {
            names.set(font_name(weight), Object::Reference(font.put_into(&mut file)));
        }
    }
    let mut resources = Dictionary::new();
    resources.set("Font", names);
    let resources = file.add_object(resources);
    let parent = file.new_object_id();
    let mut ids = Vec::with_capacity(contents.len());
    for (number, content) in contents.into_iter().enumerate() {
        let mut stream = Stream::new(Dictionary::new(), deflated(&content, LEVEL_PAGES)?);
        stream.dict.set("Filter", "FlateDecode");
        let stream = file.add_object(stream);
        let mut page = Dictionary::new();
        page.set("Type", "Page");
        page.set("Parent", Object::Reference(parent));
        // Archives want each page to name its fonts itself, though it could inherit them (ISO 19005-3, 6.2.2).
        page.set("Resources", Object::Reference(resources));
        page.set("Contents", Object::Reference(stream));
        links::annotate(&mut file, &mut page, pages.links.iter().filter(|link| link.page == number));
        ids.push(file.add_object(page));
    }
    let mut tree = Dictionary::new();
    tree.set("Type", "Pages");
    tree.set("Count", i64::try_from(ids.len()).unwrap_or_default());
    // All pages have one size, and inherit it.
    tree.set("MediaBox", media_box);
    tree.set("Kids", ids.iter().map(|id| Object::Reference(*id)).collect::<Vec<Object>>());
    file.objects.insert(parent, Object::Dictionary(tree));

    catalog.set("Pages", Object::Reference(parent));
    if let Some(outline) = outline(&mut file, &pages.bookmarks, &ids) {
        catalog.set("Outlines", Object::Reference(outline));
    }
    archival::declare(&mut file, &mut catalog, description, attachments)?;
    finish(file, catalog, info, &fingerprint)
}

/// A digest of everything that the file will say.
fn fingerprint(
    description: &Description,
    contents: &[Vec<u8>],
    links: &[Link],
    attachments: &[Attachment<'_>],
) -> Vec<u8> {
    let mut digest = Sha256::new();
    let Description { title, subject, language, date, program_version, keywords, origin } = description;
    let date = date.to_string();
    let words = [title, subject, language, &date, program_version, origin];
    let targets = links.iter().map(|link| &link.target);
    for word in words.into_iter().chain(keywords).chain(targets) {
        digest.update(word.len().to_be_bytes());
        digest.update(word);
    }
    let attached = attachments.iter().map(|attachment| attachment.content);
    for content in contents.iter().map(Vec::as_slice).chain(attached) {
        digest.update(content.len().to_be_bytes());
        digest.update(content);
    }
    digest.finalize().to_vec()
}

/// The frame of the file as the library makes it: catalog, description, and the size of a page.
fn frame(description: &Description, fingerprint: &[u8]) -> Result<(Dictionary, Dictionary, Object), Error> {
    let mut pdf = PdfDocument::new(&cleaned(&description.title));
    describe(&mut pdf.metadata.info, description, fingerprint);
    pdf.pages = vec![PdfPage::new(Mm(210.0), Mm(297.0), Vec::new())];
    let options = PdfSaveOptions { optimize: true, subset_fonts: false, secure: true, image_optimization: None };
    let mut warnings = Vec::new();
    let file = pdf.to_lopdf_document(&options, &mut warnings);
    if let Some(error) = warnings.iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
        return Err(Error::Pdf { problem: error.msg.clone() });
    }
    if let Some(first) = warnings.first() {
        warn!(warnings = warnings.len(), first = %first.msg, "the PDF writer has {} warnings", warnings.len());
    }
    let refused = |error: lopdf::Error| Error::Pdf { problem: error.to_string() };
    let mut catalog = file.catalog().map_err(refused)?.clone();
    catalog.set("Lang", Object::string_literal(description.language.as_str()));
    let mut preferences = Dictionary::new();
    preferences.set("DisplayDocTitle", true);
    catalog.set("ViewerPreferences", preferences);

    let info = file.trailer.get(b"Info").and_then(Object::as_reference).map_err(refused)?;
    let mut info = file.get_dictionary(info).map_err(refused)?.clone();
    // The library's words on printing, an author that there is none of, and the fingerprint, which is the file's id.
    for key in [&b"GTS_PDFXVersion"[..], b"Trapped", b"Author", b"Identifier"] {
        info.remove(key);
    }
    info.iter_mut().for_each(|(_, text)| shorten(text));
    let page = file.get_pages().into_values().next().unwrap_or_default();
    let media_box = file.get_dictionary(page).and_then(|page| page.get(b"MediaBox")).map_err(refused)?.clone();
    Ok((catalog, info, media_box))
}

fn describe(info: &mut PdfDocumentInfo, description: &Description, fingerprint: &[u8]) {
    let midnight = description.date.and_time(NaiveTime::MIN).and_utc();
    // A business date is between 1900 and 2199, which the library's calendar covers.
    if let Ok(date) = OffsetDateTime::from_unix_timestamp(midnight.timestamp()) {
        info.creation_date = date;
        info.modification_date = date;
        info.metadata_date = date;
    }
    info.subject = cleaned(&description.subject).into_owned();
    info.creator = Description::CREATOR.to_owned();
    info.producer = description.producer();
    info.identifier = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
    info.keywords = description.keywords.iter().map(|word| cleaned(word).into_owned()).collect();
}

/// A text of two bytes a letter becomes one of one byte where that says the same.
fn shorten(text: &mut Object) {
    let Object::String(bytes, StringFormat::Hexadecimal) = text else { return };
    let Some(letters) = bytes.strip_prefix(&[0xFE, 0xFF]) else { return };
    let shorter = letters.chunks(2).map(|letter| match letter {
        [0, letter @ b' '..=b'~'] => Some(*letter),
        _ => None,
    });
    if let Some(shorter) = shorter.collect() {
        *text = Object::String(shorter, StringFormat::Literal);
    }
}

/// Every character of the pages in this weight.
fn repertoire(pages: &[Vec<Mark>], weight: Weight) -> Repertoire {
    let mut needed = Repertoire::default();
    for mark in pages.iter().flatten() {
        if let Mark::Text { style, text, .. } = mark
            && style.weight == weight
        {
            needed.add(text);
        }
    }
    needed
}

/// The list of contents that a reader's program shows beside the pages: one line for each heading.
fn outline(file: &mut lopdf::Document, bookmarks: &[Bookmark], pages: &[ObjectId]) -> Option<ObjectId> {
    let placed = bookmarks.iter().filter_map(|bookmark| Some((bookmark, pages.get(bookmark.page)?)));
    let placed: Vec<(&Bookmark, &ObjectId)> = placed.collect();
    if placed.is_empty() {
        return None;
    }
    let parent = file.new_object_id();
    let ids: Vec<ObjectId> = placed.iter().map(|_| file.new_object_id()).collect();
    let (first, last) = (ids.first()?, ids.last()?);
    for (index, ((bookmark, page), id)) in placed.iter().zip(&ids).enumerate() {
        let mut item = Dictionary::new();
        let mut title = lopdf::text_string(&bookmark.title);
        shorten(&mut title);
        item.set("Title", title);
        item.set("Parent", Object::Reference(parent));
        if let Some(before) = index.checked_sub(1).and_then(|before| ids.get(before)) {
            item.set("Prev", Object::Reference(*before));
        }
        if let Some(after) = ids.get(index + 1) {
            item.set("Next", Object::Reference(*after));
        }
        let place = vec![
            Object::Reference(**page),
            Object::Name(b"XYZ".to_vec()),
            Object::Null,
            Object::Integer(hundredths(bookmark.y) / 100),
            Object::Null,
        ];
        item.set("Dest", place);
        file.objects.insert(*id, Object::Dictionary(item));
    }
    let mut list = Dictionary::new();
    list.set("Type", "Outlines");
    list.set("First", Object::Reference(*first));
    list.set("Last", Object::Reference(*last));
    list.set("Count", i64::try_from(ids.len()).unwrap_or_default());
    file.objects.insert(parent, Object::Dictionary(list));
    Some(parent)
}

fn finish(
    mut file: lopdf::Document,
    catalog: Dictionary,
    info: Dictionary,
    fingerprint: &[u8],
) -> Result<Bytes, Error> {
    let catalog = file.add_object(catalog);
    let info = file.add_object(info);
    file.trailer.set("Root", Object::Reference(catalog));
    file.trailer.set("Info", Object::Reference(info));
    let id = fingerprint.iter().take(ID_LENGTH).copied().collect();
    let id = Object::String(id, StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    let length: usize = file.objects.values().map(length).sum();
    let mut bytes = Vec::with_capacity(length);
    file.save_to(&mut bytes).map_err(|source| Error::Write { what: "the PDF", source })?;
    Ok(Bytes::from(bytes))
}

/// About how many bytes an object takes.
fn length(object: &Object) -> usize {
    256 + object.as_stream().map_or(0, |stream| stream.content.len())
}
