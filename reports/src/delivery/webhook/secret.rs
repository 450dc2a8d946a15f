//! The secret in a file that signs messages and tells who signed others.

use std::io::Read;
use std::path::Path;

use secrecy::SecretString;

use crate::secret_file;

/// Characters of a secret: fewer can be guessed, more are no secret but the wrong file.
const LENGTH_MIN: usize = 32;
const LENGTH_MAX: usize = 4096;

/// Reads a secret: the text of a file that nobody but its owner has rights to, without the space around it.
///
/// # Errors
/// The file, and what is wrong with it, without what is in it.
pub fn read_secret(path: &Path) -> Result<SecretString, String> {
    let problem = |problem: String| format!("{} {problem}", path.display());
    let file = secret_file::open(path).map_err(problem)?;
    let mut text = String::new();
    let limit = u64::try_from(LENGTH_MAX + 1).unwrap_or(u64::MAX);
    let read = file.take(limit).read_to_string(&mut text);
    read.map_err(|error| problem(format!("cannot be read: {error}")))?;
    let secret = text.trim();
    let length = secret.chars().count();
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        let help = "`openssl rand -hex 32` makes one";
        return Err(problem(format!("has {length} characters; a secret has {LENGTH_MIN} to {LENGTH_MAX}: {help}")));
    }
    Ok(SecretString::from(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;
    use crate::secret_file::tests::write_private;

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        let text = "0123456789abcdef0123456789abcdef";
        write_private(&path, &format!("{text}\n"));
        assert_eq!(read_secret(&path).expect("readable").expose_secret(), text);
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("changed");
        let refused = read_secret(&path).expect_err("refused");
        let shown = path.display().to_string();
        assert!(refused.starts_with(&shown) && refused.ends_with(&format!(" {shown}`")), "{refused}");
        assert!(!refused.contains(text), "{refused}");
    }
}
