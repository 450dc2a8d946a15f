//! The same document as data, inside its own file: a table for spreadsheets and one for programs.
//!
//! What a reader's program lists as attached is byte for byte what the archive keeps beside the pages.

use chrono::NaiveDate;
use lopdf::{Dictionary, Object, Stream, StringFormat};
use md5::{Digest, Md5};

use super::super::deflate::deflated;
use crate::error::Error;

/// Level of compression: twice as much takes three times as long, for a tenth of the bytes.
const LEVEL: i32 = 3;

/// A file inside the file.
pub(crate) struct Attachment<'a> {
    /// Its name: letters, digits, `.`, `_` and `-` only.
    pub(crate) name: String,
    /// Its media type without parameters, e.g. `text/csv`.
    pub(crate) media_type: &'static str,
    /// What is in it.
    pub(crate) content: &'a [u8],
}

/// Puts the attachments into a file and names them in its catalog. Each is the document in another form.
pub(super) fn attach(
    file: &mut lopdf::Document,
    catalog: &mut Dictionary,
    date: NaiveDate,
    attachments: &[Attachment<'_>],
) -> Result<(), Error> {
    if attachments.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&Attachment<'_>> = attachments.iter().collect();
    sorted.sort_by(|left, right| left.name.cmp(&right.name));
    let mut names = Vec::new();
    let mut all = Vec::new();
    for attachment in sorted {
        let content = file.add_object(embedded(attachment, date)?);
        let mut places = Dictionary::new();
        places.set("F", Object::Reference(content));
        places.set("UF", Object::Reference(content));
        let mut named = Dictionary::new();
        named.set("Type", "Filespec");
        named.set("F", Object::string_literal(attachment.name.as_str()));
        named.set("UF", Object::string_literal(attachment.name.as_str()));
        named.set("AFRelationship", "Alternative");
        named.set("EF", places);
        let named = Object::Reference(file.add_object(named));
        names.extend([Object::string_literal(attachment.name.as_str()), named.clone()]);
        all.push(named);
    }
    let mut list = Dictionary::new();
    list.set("Names", names);
    let mut trees = Dictionary::new();
    trees.set("EmbeddedFiles", list);
    catalog.set("Names", trees);
    catalog.set("AF", all);
    Ok(())
}

fn embedded(attachment: &Attachment<'_>, date: NaiveDate) -> Result<Stream, Error> {
    let Attachment { media_type, content, .. } = attachment;
    let mut about = Dictionary::new();
    about.set("Size", i64::try_from(content.len()).unwrap_or(i64::MAX));
    about.set("ModDate", Object::string_literal(date.format("D:%Y%m%d000000Z").to_string()));
    about.set("CheckSum", Object::String(Md5::digest(content).to_vec(), StringFormat::Hexadecimal));
    let mut stream = Stream::new(Dictionary::new(), deflated(content, LEVEL)?);
    stream.dict.set("Type", "EmbeddedFile");
    stream.dict.set("Subtype", *media_type);
    stream.dict.set("Filter", "FlateDecode");
    stream.dict.set("Params", about);
    Ok(stream)
}
