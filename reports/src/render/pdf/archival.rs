//! What a file has beside its pages so that archives take it: PDF/A-3 of level U (ISO 19005-3).
//!
//! It says what its colours mean (an output intent), what it is in a form for programs (XMP), and carries the same
//! document as data. Fonts and pages keep the other rules: every font is in the file with its characters' meaning,
//! colours are red, green and blue only, nothing is transparent, and the only actions are links.

mod attachments;
mod metadata;
mod srgb;

use lopdf::{Dictionary, Object, Stream};

pub(crate) use attachments::Attachment;
pub(in crate::render) use metadata::CLAIM;
pub(super) use metadata::cleaned;

use super::deflate::deflated;
use super::write::Description;
use crate::error::Error;

/// Level of compression of what is small or made once.
const LEVEL_BEST: i32 = 9;
/// The name of the colours in the registry of the International Color Consortium.
const COLORS: &str = "sRGB";

/// Puts what archives ask for into a file and its catalog.
///
/// # Errors
/// [`Error::Pdf`] if something cannot be compressed, which happens only without memory.
pub(super) fn declare(
    file: &mut lopdf::Document,
    catalog: &mut Dictionary,
    description: &Description,
    attachments: &[Attachment<'_>],
) -> Result<(), Error> {
    let mut profile = Dictionary::new();
    profile.set("N", 3);
    profile.set("Filter", "FlateDecode");
    let profile = file.add_object(Stream::new(profile, srgb::compressed()?.to_vec()));
    let mut intent = Dictionary::new();
    intent.set("Type", "OutputIntent");
    intent.set("S", "GTS_PDFA1");
    intent.set("OutputConditionIdentifier", Object::string_literal(COLORS));
    intent.set("Info", Object::string_literal(COLORS));
    intent.set("DestOutputProfile", Object::Reference(profile));
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);

    let mut about = Dictionary::new();
    about.set("Type", "Metadata");
    about.set("Subtype", "XML");
    about.set("Filter", "FlateDecode");
    let packet = deflated(metadata::packet(description).as_bytes(), LEVEL_BEST)?;
    let about = file.add_object(Stream::new(about, packet));
    catalog.set("Metadata", Object::Reference(about));
    attachments::attach(file, catalog, description.date, attachments)
}
