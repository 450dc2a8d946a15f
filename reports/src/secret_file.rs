//! Files with a secret, which nobody but their owner has rights to.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use schemas::secret_file::{FileRights, check_owner_only};

/// Opens a file with a secret.
///
/// # Errors
/// What is wrong with the file, to be said after its name.
pub(crate) fn open(path: &Path) -> Result<File, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let file = File::open(path).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    check_owner_only(path, FileRights { owner: found.uid(), mode: found.mode() }).map_err(|error| error.to_string())?;
    Ok(file)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Writes a file that only its owner has rights to.
    pub(crate) fn write_private(path: &Path, text: &str) {
        std::fs::write(path, text).expect("written");
        std::fs::set_permissions(path, Permissions::from_mode(0o600)).expect("changed");
    }

    #[test]
    fn a_file_that_others_have_rights_to_is_not_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        write_private(&path, "secret");
        assert!(open(&path).is_ok());
        for mode in [0o620, 0o604, 0o644, 0o666] {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).expect("changed");
            let refused = open(&path).expect_err("refused");
            assert!(refused.ends_with(&format!(" {}`", path.display())), "{refused}");
        }
        assert!(open(&folder.path().join("none")).expect_err("refused").contains("cannot be read"));
    }
}
