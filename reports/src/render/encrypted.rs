//! A copy of a PDF that only a password opens (AES with 256 bits, ISO 32000-2, revision 6).
//!
//! Archives forbid encryption, so such a copy is another rendition of the document: it no longer claims to be one for
//! archives, it is never archived itself, and no two copies have the same bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream};
use secrecy::{ExposeSecret, SecretString};

use super::pdf::{CLAIM, deflated};
use crate::error::Error;

/// The key of a file: random bytes of the operating system, other ones for each copy.
pub type FileKey = [u8; 32];

/// Bytes of a password that count; a longer one would be cut, and is refused.
pub const PASSWORD_BYTES_MAX: usize = 127;
/// The name of the one way of encryption in a file.
const FILTER: &[u8] = b"StdCF";
/// Level of compression of the description.
const LEVEL: i32 = 9;

/// The copy. The user's password opens it, the owner's lets a program change what may be done with it; whoever can open
/// it may read, print and copy everything.
///
/// # Errors
/// [`Error::Password`] if a password is empty, too long or has characters that passwords cannot have; [`Error::Pdf`] if
/// the file is no PDF or is encrypted.
pub fn encrypted(pdf: &[u8], user: &SecretString, owner: &SecretString, key: &FileKey) -> Result<Vec<u8>, Error> {
    for password in [user, owner] {
        checked(password.expose_secret())?;
    }
    let refused = |error: lopdf::Error| Error::Pdf { problem: error.to_string() };
    let mut file = Document::load_mem(pdf).map_err(refused)?;
    drop_claim(&mut file)?;
    move_strings_out_of_streams(&mut file);
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let version = EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(FILTER.to_vec(), filter)]),
        file_encryption_key: key,
        stream_filter: FILTER.to_vec(),
        string_filter: FILTER.to_vec(),
        owner_password: owner.expose_secret(),
        user_password: user.expose_secret(),
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).map_err(refused)?;
    file.encrypt(&state).map_err(refused)?;
    file.version = "2.0".to_owned();
    let mut bytes = Vec::with_capacity(pdf.len() + pdf.len() / 8);
    file.save_to(&mut bytes).map_err(|source| Error::Write { what: "the encrypted PDF", source })?;
    Ok(bytes)
}

/// Whether a text can be a password.
fn checked(password: &str) -> Result<(), Error> {
    let wrong = |problem: &str| Err(Error::Password { problem: problem.to_owned() });
    if password.is_empty() {
        return wrong("is empty");
    }
    if PASSWORD_BYTES_MAX < password.len() {
        return wrong("has more than 127 bytes");
    }
    if password.contains(char::is_control) {
        return wrong("has control characters");
    }
    Ok(())
}

/// Takes the claim to be a file for archives out of its description.
fn drop_claim(file: &mut Document) -> Result<(), Error> {
    let refused = |error: lopdf::Error| Error::Pdf { problem: error.to_string() };
    let about = file.catalog().and_then(|catalog| catalog.get(b"Metadata")).and_then(Object::as_reference);
    // What was published before files made the claim has no description.
    let Ok(about) = about else { return Ok(()) };
    let packet = file.get_object(about).and_then(Object::as_stream).and_then(Stream::decompressed_content);
    let packet = String::from_utf8_lossy(&packet.map_err(refused)?).replace(CLAIM, "");
    let mut words = Dictionary::new();
    words.set("Type", "Metadata");
    words.set("Subtype", "XML");
    words.set("Filter", "FlateDecode");
    let stream = Stream::new(words, deflated(packet.as_bytes(), LEVEL)?);
    file.objects.insert(about, Object::Stream(stream));
    Ok(())
}

/// Gives what has strings in the dictionary of a stream an object of its own: the library encrypts a stream's content
/// and not the strings beside it, which readers decrypt.
fn move_strings_out_of_streams(file: &mut Document) {
    let mut moved = Vec::new();
    let mut last = file.max_id;
    let streams = file.objects.values_mut().filter_map(|object| object.as_stream_mut().ok());
    for stream in streams.filter(|stream| !stream.dict.has_type(b"XRef")) {
        for (_, value) in stream.dict.iter_mut().filter(|(_, value)| has_strings(value)) {
            last += 1;
            moved.push(((last, 0), std::mem::replace(value, Object::Reference((last, 0)))));
        }
    }
    file.max_id = last;
    file.objects.extend(moved);
}

fn has_strings(object: &Object) -> bool {
    match object {
        Object::String(..) => true,
        Object::Array(items) => items.iter().any(has_strings),
        Object::Dictionary(dictionary) => dictionary.iter().any(|(_, item)| has_strings(item)),
        _ => false,
    }
}
