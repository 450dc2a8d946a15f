//! The secret in a file that signs messages and tells who signed others.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use secrecy::SecretString;

/// Characters of a secret: fewer can be guessed, more are no secret but the wrong file.
const LENGTH_MIN: usize = 32;
const LENGTH_MAX: usize = 4096;

/// Reads a secret: the text of a file, without the space around it.
///
/// # Errors
/// The file, and what is wrong with it, without what is in it.
pub fn read_secret(path: &Path) -> Result<SecretString, String> {
    let problem = |problem: String| format!("{} {problem}", path.display());
    let mut text = String::new();
    let limit = u64::try_from(LENGTH_MAX + 1).unwrap_or(u64::MAX);
    let read = File::open(path).and_then(|file| file.take(limit).read_to_string(&mut text));
    read.map_err(|error| problem(format!("cannot be read: {error}")))?;
    let secret = text.trim();
    let length = secret.chars().count();
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        let help = "`openssl rand -hex 32` makes one";
        return Err(problem(format!("has {length} characters; a secret has {LENGTH_MIN} to {LENGTH_MAX}: {help}")));
    }
    Ok(SecretString::from(secret.to_owned()))
}
