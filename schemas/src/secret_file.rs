//! Who may have rights to a file with a secret in it.
//!
//! Each room opens its own files. Before it believes what is in one it asks here about the rights to it (POSIX): a
//! secret that others could read, or could have put there, is none.
//!
//! A file of root may be read by its group. That is how secrets get into a container in which nobody is root: there the
//! program is a member of the group, and could not own the file.

use std::path::{Path, PathBuf};

/// Rights of anybody but the owner of a file.
const OF_GROUP_AND_OTHERS: u32 = 0o077;
/// Rights of anybody but the owner of a file and those that let its group read it.
const BEYOND_READING_BY_THE_GROUP: u32 = 0o037;
/// Rights of anybody but the owner of a file and the members of its group.
const OF_OTHERS: u32 = 0o007;
/// The user id of root.
const ROOT: u32 = 0;

/// Who owns an opened file, and who may do what with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileRights {
    /// The user id of the owner.
    pub owner: u32,
    /// The bits of `st_mode`.
    pub mode: u32,
}

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

/// Looks at the rights to a file that only its owner may have any to; one of root may be read by its group.
///
/// # Errors
/// [`OpenToOthers`] if somebody else has any.
pub fn check_owner_only(file: &Path, rights: FileRights) -> Result<(), OpenToOthers> {
    let (too_many, readers, change) = match rights.owner {
        ROOT => (BEYOND_READING_BY_THE_GROUP, "root and readers of its group", "g-wx,o-rwx"),
        _ => (OF_GROUP_AND_OTHERS, "its owner", "600"),
    };
    if rights.mode & too_many == 0 {
        return Ok(());
    }
    Err(OpenToOthers { file: file.to_owned(), readers, change })
}

/// Looks at the rights to a file that its group may have any to: programs that show one certificate are often members
/// of a group, such as `ssl-cert`.
///
/// # Errors
/// [`OpenToOthers`] if somebody else has any.
pub fn check_owner_and_group(file: &Path, rights: FileRights) -> Result<(), OpenToOthers> {
    if rights.mode & OF_OTHERS == 0 {
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
        for (mode, of_somebody, of_root, with_group) in [
            (0o100_600, true, true, true),
            (0o100_400, true, true, true),
            (0o100_440, false, true, true),
            (0o100_640, false, true, true),
            (0o100_620, false, false, true),
            (0o100_610, false, false, true),
            (0o100_604, false, false, false),
            (0o100_602, false, false, false),
            (0o100_601, false, false, false),
            (0o100_644, false, false, false),
        ] {
            let rights = FileRights { owner: 1000, mode };
            assert_eq!(check_owner_only(file, rights).is_ok(), of_somebody, "{mode:o}");
            assert_eq!(check_owner_only(file, FileRights { owner: 0, mode }).is_ok(), of_root, "{mode:o} of root");
            assert_eq!(check_owner_and_group(file, rights).is_ok(), with_group, "{mode:o} with a group");
        }
    }

    #[test]
    fn what_is_said_names_the_command_that_mends_it() {
        let file = Path::new("/etc/financr/secret");
        let rights = FileRights { owner: 1000, mode: 0o644 };
        let said = check_owner_only(file, rights).expect_err("refused").to_string();
        assert_eq!(said, "is open to others than its owner; take their rights away: `chmod 600 /etc/financr/secret`");
        let of_root = FileRights { owner: 0, mode: 0o444 };
        let said = check_owner_only(file, of_root).expect_err("refused").to_string();
        assert!(said.ends_with("`chmod g-wx,o-rwx /etc/financr/secret`"), "{said}");
        let said = check_owner_and_group(file, rights).expect_err("refused").to_string();
        assert!(
            said.contains("its owner and its group") && said.ends_with("`chmod o-rwx /etc/financr/secret`"),
            "{said}"
        );
    }
}
