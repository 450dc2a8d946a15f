//! Which passwords are refused: those that somebody who tries would try first.
//!
//! Length is what makes a password strong; no mixture of characters is asked for (NIST SP 800-63B, section 3.1.1.2).

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::LazyLock;

/// Characters of a password at least.
pub(crate) const LENGTH_MIN: usize = 12;
/// Characters of a password at most.
pub(crate) const LENGTH_MAX: usize = 128;
/// Different characters of a password at least.
const DIFFERENT_MIN: usize = 5;
/// Characters of a name from which on a password may not hold it.
const NAME_LENGTH_MIN: usize = 4;
/// Bytes of the file of refused passwords.
const DENY_FILE_BYTES_MAX: u64 = 256 << 20;
/// The name of the house, which everybody knows.
const HOUSE: &str = "financr";
/// Rows that people type along.
const ROWS: [&str; 4] =
    ["qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1q2w3e4r5t6z7u8i9o0p"];

/// Passwords that many use, one a line, as they are compared. The lines at the top say where they come from.
const USUAL_LINES: &str = include_str!("usual_passwords.txt");

/// The passwords of these lines. They are put together when the first password is looked at.
static USUAL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| usual().collect());

/// What is refused beside what is refused everywhere.
#[derive(Debug, Default)]
pub(crate) struct PasswordRules {
    denied: HashSet<String>,
}

impl PasswordRules {
    /// Reads the file of refused passwords, if there is one.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn read(file: Option<&Path>) -> Result<PasswordRules, String> {
        let Some(path) = file else { return Ok(PasswordRules::default()) };
        let unreadable = |error: std::io::Error| format!("`password_deny_file` {}: {error}", path.display());
        let opened = File::open(path).map_err(unreadable)?;
        let mut denied = HashSet::new();
        for line in BufReader::new(opened.take(DENY_FILE_BYTES_MAX)).split(b'\n') {
            let line = line.map_err(unreadable)?;
            let word = String::from_utf8_lossy(&line).trim().to_lowercase();
            if LENGTH_MIN <= word.chars().count() {
                denied.insert(word);
            }
        }
        Ok(PasswordRules { denied })
    }

    /// Why a password is refused to somebody; none if it is not.
    pub(crate) fn refusal(&self, password: &str, email: &str, display_name: &str) -> Option<&'static str> {
        let length = password.chars().count();
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
            return Some("a password has 12 to 128 characters");
        }
        let folded = password.to_lowercase();
        if USUAL.contains(folded.trim()) || self.denied.contains(folded.trim()) {
            return Some("this password is on the list of those that many use");
        }
        let characters: Vec<char> = folded.chars().collect();
        if characters.iter().collect::<HashSet<_>>().len() < DIFFERENT_MIN || is_repetition(&characters) {
            return Some("the password repeats a few characters");
        }
        if is_run(&characters) || ROWS.iter().any(|row| is_along(&folded, row)) {
            return Some("the password is a sequence that people type along");
        }
        let (email, display_name) = (email.trim().to_lowercase(), display_name.trim().to_lowercase());
        let mailbox = email.split_once('@').map_or(email.as_str(), |(name, _)| name).to_owned();
        let joined: String = display_name.split_whitespace().collect();
        let names = [HOUSE, &email, &mailbox, &display_name, &joined];
        let is_held = |name: &&str| NAME_LENGTH_MIN <= name.chars().count() && folded.contains(*name);
        if names.iter().any(is_held) {
            return Some("the password holds a name that others know: yours, your address, or that of this house");
        }
        None
    }
}

/// The passwords that many use.
fn usual() -> impl Iterator<Item = &'static str> {
    USUAL_LINES.lines().filter(|line| !line.starts_with('#'))
}

/// Whether it is one piece again and again, three times at least, e.g. `abcdabcdabcd`.
fn is_repetition(characters: &[char]) -> bool {
    let longest = characters.len() / 3;
    (1..=longest).any(|period| characters.iter().zip(characters.iter().skip(period)).all(|(one, next)| one == next))
}

/// Whether each character follows the one before, up or down, e.g. `abcdefghijkl` or `987654321098`.
fn is_run(characters: &[char]) -> bool {
    let step = |(one, next): (&char, &char)| match (one, next) {
        ('9', '0') => 1,
        ('0', '9') => -1,
        _ => i64::from(u32::from(*next)) - i64::from(u32::from(*one)),
    };
    let mut steps = characters.iter().zip(characters.iter().skip(1)).map(step);
    let Some(first) = steps.next() else { return false };
    first.abs() == 1 && steps.all(|step| step == first)
}

/// Whether it goes along a row, either way, perhaps with digits behind, e.g. `qwertyuiop123`.
fn is_along(folded: &str, row: &str) -> bool {
    let without_digits = folded.trim_end_matches(|character: char| character.is_ascii_digit());
    let backwards: String = row.chars().rev().collect();
    let pieces = [folded, without_digits];
    pieces
        .iter()
        .any(|piece| NAME_LENGTH_MIN * 2 <= piece.chars().count() && (row.contains(piece) || backwards.contains(piece)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn refusal(password: &str) -> Option<&'static str> {
        PasswordRules::default().refusal(password, "Zoe.Angstrom@example.org", "Zoë Ångström")
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(refusal("elf-zeichen").is_some());
        assert_eq!(refusal("zwölf-zeiche"), None);
        let long: String = "Größe ist was zählt, ".chars().cycle().take(200).collect();
        let most: String = "abcdefghijklmnopqrstuvwxyzäöü-".chars().rev().cycle().take(60).collect::<String>()
            + &"0918273645#".chars().cycle().take(68).collect::<String>();
        assert_eq!(most.chars().count(), 128);
        assert_eq!(refusal(&most), None);
        assert!(refusal(&(most + "x")).is_some() && refusal(&long).is_some());
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        let tried = [
            "aaaaaaaaaaaa",
            "abababababab",
            "abcdeabcdeabcde",
            "abcdefghijklm",
            "zyxwvutsrqponm",
            "123456789012",
            "210987654321",
            "qwertyuiopas",
            "Qwertyuiop123",
            "my-Financr-password",
            "zoe.angstrom@example.org",
            "xx-zoe.angstrom-77",
            "Zoë Ångström 1990",
            "zoëångström-22",
        ];
        for password in tried {
            assert!(refusal(password).is_some(), "{password}");
        }
        for password in ["correct horse battery staple", "Tr0ub4dor&3-longer", "насос-поезд-облако"] {
            assert_eq!(refusal(password), None, "{password}");
        }
    }

    #[test]
    fn what_many_use_is_refused() {
        // The list of zxcvbn (Dropbox) has these ten, too, and none of them is a sequence, a row or a repetition.
        let known = [
            "1q2w3e4r5t6y",
            "q1w2e3r4t5y6",
            "qwerty123456",
            "123qweasdzxc",
            "leavemealone",
            "sonyericsson",
            "unbelievable",
            "finalfantasy",
            "needforspeed",
            "administrator",
        ];
        let reason = Some("this password is on the list of those that many use");
        for password in known {
            assert_eq!(refusal(password), reason, "{password}");
        }
        assert_eq!(refusal(" Administrator"), reason, "neither capitals nor spaces around make another one of it");
        assert_eq!(refusal("administrator of seven lamps"), None, "a passphrase may hold one");
    }

    #[test]
    fn the_list_of_what_many_use_is_as_long_as_asked_for_and_fits_the_rules() {
        // OWASP ASVS 5.0.0, 6.2.4: at least 3,000 that the other rules would let through by their length.
        assert!(3_000 <= USUAL.len());
        assert_eq!(USUAL.len(), usual().count(), "none is there twice");
        for password in usual() {
            assert!((LENGTH_MIN..=LENGTH_MAX).contains(&password.chars().count()), "{password}");
            assert_eq!(password, password.trim().to_lowercase(), "as it is compared");
        }
    }

    #[test]
    fn a_file_names_more() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all("short\nletmein-letmein-now\r\n".as_bytes()).expect("written");
        let rules = PasswordRules::read(Some(file.path())).expect("readable");
        assert!(rules.refusal("LetMeIn-letmein-now", "a@example.org", "").is_some());
        assert_eq!(rules.refusal("another-letmein-now", "a@example.org", ""), None);
        assert!(PasswordRules::read(Some(Path::new("/nowhere/at/all"))).is_err());
    }
}
