//! A copy of a published statement that only a password opens.
//!
//! What was published stays as it is in the archive: the copy is made from it when somebody asks, is kept nowhere, and
//! `financr report verify` does not know it. Two copies differ, since each is encrypted with a key of its own.

use std::fmt::Write;

use reports::Format;
use reports::delivery::archive::sha256_hex;
use reports::render::{FileKey, encrypted};
use secrecy::SecretString;
use store::Statement;

use crate::context::Context;
use crate::error::Error;
use crate::proof::FILE_BYTES_MAX;

/// Makes the copy of a statement's PDF. The password opens it; nobody has the one that would let them change what may
/// be done with the copy, which is made up here and forgotten.
///
/// # Errors
/// [`Error::Published`] if the archive has not what was published, or the password cannot be one; [`Error::Lake`] if
/// the archive cannot be read.
pub async fn encrypted_copy(
    context: &Context,
    statement: &Statement,
    password: SecretString,
) -> Result<Vec<u8>, Error> {
    let refused = |problem: String| Error::Published { what: statement.id.clone(), problem };
    let file = statement.files.iter().find(|file| file.media_type == Format::Pdf.content_type());
    let file = file.ok_or_else(|| refused("has no PDF".to_owned()))?;
    if u64::try_from(file.byte_count).map_or(true, |count| FILE_BYTES_MAX < count) {
        return Err(refused(format!("its PDF has {} bytes, more than can be encrypted", file.byte_count)));
    }
    let mut pdf = Vec::new();
    context.lake.storage().each_part(&file.object_path, |part| pdf.extend_from_slice(part)).await?;
    if sha256_hex(&pdf) != file.sha256 {
        let problem = "the archive does not have the PDF that was published; restore it from the backup";
        return Err(refused(problem.to_owned()));
    }
    let encrypting = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, String> {
        let (key, owner) = (random()?, SecretString::from(hexadecimal(random()?)));
        encrypted(&pdf, &password, &owner, &key).map_err(|error| error.to_string())
    });
    encrypting.await.map_err(|_| Error::Worker)?.map_err(refused)
}

/// Bytes that nobody can guess.
fn random() -> Result<FileKey, String> {
    let mut bytes = FileKey::default();
    getrandom::fill(&mut bytes).map_err(|error| format!("the system has no random numbers: {error}"))?;
    Ok(bytes)
}

fn hexadecimal(bytes: FileKey) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
