//! Who may have rights to a file with a secret in it.
//!
//! Each room opens its own files. Before it believes what is in one it asks here about its mode (POSIX): a secret that
//! others could read, or could have put there, is none.

use std::path::{Path, PathBuf};

/// Rights of anybody but the owner of a file.
const OF_GROUP_AND_OTHERS: u32 = 0o077;
/// Rights of anybody but the owner of a file and the members of its group.
const OF_OTHERS: u32 = 0o007;

/// Others have rights to a secret. The text says what is wrong and what to do, and comes after the name of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is open to others than {readers}; take their rights away: `chmod {change} {}`", .file.display())]
pub struct OpenToOthers {
    file: PathBuf,
    /// Those who may have rights, e.g. `its owner`.
    readers: &'static str,
    /// What `chmod` is told.
    change: &'static str,
}

/// Looks at the mode of a file that only its owner may have rights to.
///
/// # Errors
/// [`OpenToOthers`] if somebody else has any.
pub fn check_owner_only(file: &Path, mode: u32) -> Result<(), OpenToOthers> {
    if mode & OF_GROUP_AND_OTHERS == 0 {
        return Ok(());
    }
    Err(OpenToOthers { file: file.to_owned(), readers: "its owner", change: "600" })
}

/// Looks at the mode of a file that its group may have rights to: programs that show one certificate are often members
/// of a group, such as `ssl-cert`.
///
/// # Errors
/// [`OpenToOthers`] if somebody else has any.
pub fn check_owner_and_group(file: &Path, mode: u32) -> Result<(), OpenToOthers> {
    if mode & OF_OTHERS == 0 {
        return Ok(());
    }
    Err(OpenToOthers { file: file.to_owned(), readers: "its owner and its group", change: "o-rwx" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_of_others_is_one_too_many() {
        let file = Path::new("/etc/financr/secret");
        // The type of a regular file stands in the same number (S_IFREG of POSIX).
        for (mode, owner_only, owner_and_group) in [
            (0o100_600, true, true),
            (0o100_400, true, true),
            (0o100_640, false, true),
            (0o100_620, false, true),
            (0o100_604, false, false),
            (0o100_602, false, false),
            (0o100_601, false, false),
            (0o100_644, false, false),
        ] {
            assert_eq!(check_owner_only(file, mode).is_ok(), owner_only, "{mode:o}");
            assert_eq!(check_owner_and_group(file, mode).is_ok(), owner_and_group, "{mode:o}");
        }
    }

    #[test]
    fn what_is_said_names_the_command_that_mends_it() {
        let file = Path::new("/etc/financr/secret");
        let said = check_owner_only(file, 0o644).expect_err("refused").to_string();
        assert_eq!(said, "is open to others than its owner; take their rights away: `chmod 600 /etc/financr/secret`");
        let said = check_owner_and_group(file, 0o644).expect_err("refused").to_string();
        assert!(
            said.contains("its owner and its group") && said.ends_with("`chmod o-rwx /etc/financr/secret`"),
            "{said}"
        );
    }
}
