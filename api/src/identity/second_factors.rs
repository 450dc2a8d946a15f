//! Second factors: what an authenticator shows (RFC 6238), and recovery codes that take its place.
//!
//! A code is good in its time step of 30 seconds and in those beside it, as clocks differ, and once: the store keeps
//! the step of the last one. Recovery codes have 120 random bits, and are kept as hashes.

use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use schemas::UserId;
use schemas::secret_hash::secret_hash;
use store::{SecondFactor, Store};
use totp_rs::{Builder, Totp};

use super::{Identity, SealingKeys, Secret};
use crate::problem::Problem;

/// Bytes of what an authenticator shares with the house (RFC 4226, section 4, recommends 160 bits).
const SECRET_BYTES: usize = 20;
/// Digits of a code.
pub(crate) const DIGITS: u8 = 6;
/// Seconds of a time step.
pub(crate) const STEP_S: u64 = 30;
/// Time steps before and after the present one whose codes are good (RFC 6238, section 5.2).
const STEPS_BESIDE: u16 = 1;
/// Recovery codes that a user is given.
const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: 32 letters and digits, in groups of four.
const RECOVERY_CODE_BYTES: usize = 20;
const GROUP_LENGTH: usize = 4;
/// Characters of a code that is looked at.
const CODE_LENGTH_MAX: usize = 100;

/// What an authenticator is set up with. It is shown once.
pub(crate) struct NewAuthenticator {
    /// The secret in base 32 (RFC 4648), to be typed.
    pub(crate) secret: String,
    /// The secret as an address, to be shown as a picture.
    pub(crate) uri: String,
    /// The secret as the store keeps it.
    pub(crate) sealed_secret: String,
}

/// New recovery codes. They are shown once.
pub(crate) struct RecoveryCodes {
    /// The codes, as a user writes them down.
    pub(crate) codes: Vec<String>,
    /// The codes as the store keeps them.
    pub(crate) hashes: Vec<String>,
}

/// A code that came with a request.
enum Presented {
    /// What an authenticator shows.
    Digits(String),
    /// The hash of what may be a recovery code.
    RecoveryCode(String),
}

impl Identity {
    /// The keys that second factors are sealed with.
    ///
    /// # Errors
    /// A 409 that says how they are turned on.
    pub(crate) fn sealing(&self) -> Result<&SealingKeys, Problem> {
        self.sealing.as_ref().ok_or_else(Problem::no_second_factors)
    }
}

/// A new secret for the authenticator of a user.
///
/// # Errors
/// A problem if it cannot be made.
pub(crate) fn new_authenticator(
    keys: &SealingKeys,
    issuer: &str,
    account: &str,
    place: &str,
) -> Result<NewAuthenticator, Problem> {
    let mut secret = [0_u8; SECRET_BYTES];
    rand::fill(&mut secret).map_err(|error| Problem::internal(&error))?;
    // The form of the address has a colon between the two.
    let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
    let wanted = builder(secret).with_account_name(account).with_issuer(Some(issuer));
    let totp = wanted.build().map_err(|error| Problem::internal(&error))?;
    let uri = totp.to_url().map_err(|error| Problem::internal(&error))?;
    let sealed_secret = keys.sealed(&secret, place).map_err(|error| Problem::internal(&error))?;
    Ok(NewAuthenticator { secret: totp.secret().to_base32(), uri, sealed_secret })
}

/// Where a secret is kept, which it is bound to.
pub(crate) fn place(user_id: &UserId, factor_id: &str) -> String {
    format!("{user_id}|{factor_id}")
}

/// New recovery codes.
///
/// # Errors
/// A problem if the system has no random numbers.
pub(crate) fn new_recovery_codes() -> Result<RecoveryCodes, Problem> {
    let mut made = RecoveryCodes { codes: Vec::new(), hashes: Vec::new() };
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0_u8; RECOVERY_CODE_BYTES];
        rand::fill(&mut bytes).map_err(|error| Problem::internal(&error))?;
        let letters = totp_rs::Secret::from(bytes).to_base32();
        made.hashes.push(secret_hash(&letters));
        made.codes.push(grouped(&letters));
    }
    Ok(made)
}

/// The time step that a code of an authenticator is of, if it is good now and no recovery code.
///
/// # Errors
/// A problem if nobody can say: the key is not there any more.
pub(crate) fn step_of_code(
    identity: &Identity,
    user_id: &UserId,
    factor: &SecondFactor,
    code: &Secret,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Problem> {
    match presented(code.text()) {
        Some(Presented::Digits(digits)) => step_of_digits(identity, user_id, factor, &digits, now),
        Some(Presented::RecoveryCode(_)) | None => Ok(None),
    }
}

/// Whether a code is good, of the authenticator of a user or of those that take its place. It is used up by that.
///
/// # Errors
/// A problem if nobody can say.
pub(crate) async fn code_is_good(
    store: &Store,
    identity: &Identity,
    user_id: &UserId,
    factor: &SecondFactor,
    code: &Secret,
    now: DateTime<Utc>,
) -> Result<bool, Problem> {
    match presented(code.text()) {
        Some(Presented::Digits(digits)) => match step_of_digits(identity, user_id, factor, &digits, now)? {
            Some(step) => Ok(store.use_factor_step(&factor.factor_id, step).await?),
            None => Ok(false),
        },
        Some(Presented::RecoveryCode(hash)) => {
            let is_good = store.use_recovery_code(user_id, &hash, now).await?;
            if is_good {
                tracing::info!(user.id = %user_id, "a user used a recovery code");
            }
            Ok(is_good)
        }
        None => Ok(false),
    }
}

fn step_of_digits(
    identity: &Identity,
    user_id: &UserId,
    factor: &SecondFactor,
    digits: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, Problem> {
    let sealed = factor.sealed_secret.as_deref().unwrap_or_default();
    let keys = identity.sealing.as_ref();
    let Some(secret) = keys.and_then(|keys| keys.opened(sealed, &place(user_id, &factor.factor_id))) else {
        tracing::error!(
            user.id = %user_id,
            "a second factor cannot be opened; put the key that sealed it back into `second_factor_key_files`"
        );
        return Err(Problem::unavailable("codes cannot be checked at the moment"));
    };
    let totp = totp_of(secret).map_err(|error| Problem::internal(&error))?;
    Ok(step_at(&totp, digits, now))
}

fn step_at(totp: &Totp, digits: &str, now: DateTime<Utc>) -> Option<i64> {
    let seconds = u64::try_from(now.timestamp()).ok()?;
    totp.check(digits, seconds).and_then(|step| i64::try_from(step).ok())
}

fn totp_of(secret: impl Into<totp_rs::Secret>) -> Result<Totp, totp_rs::TotpError> {
    builder(secret).build()
}

/// The only form there is: HMAC-SHA-1, which every authenticator knows.
fn builder(secret: impl Into<totp_rs::Secret>) -> Builder {
    Builder::new().with_secret(secret).with_digits(DIGITS).with_step_duration(STEP_S).with_skew(STEPS_BESIDE)
}

/// What a text is, without the spaces and lines that people put into codes; none for what is no code.
fn presented(text: &str) -> Option<Presented> {
    if CODE_LENGTH_MAX < text.len() {
        return None;
    }
    let plain: String = text.chars().filter(|character| !character.is_whitespace() && *character != '-').collect();
    let is_digits = plain.len() == usize::from(DIGITS) && plain.chars().all(|character| character.is_ascii_digit());
    if is_digits {
        return Some(Presented::Digits(plain));
    }
    Some(Presented::RecoveryCode(secret_hash(&plain.to_uppercase())))
}

fn grouped(letters: &str) -> String {
    let mut text = String::with_capacity(letters.len() * 2);
    for (place, letter) in letters.chars().enumerate() {
        if 0 < place && place % GROUP_LENGTH == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::sealing::tests::keys_of;
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    /// RFC 6238, appendix B: the secret of the examples with SHA-1, and its codes. They have eight digits there, of
    /// which an authenticator with six shows the last six (RFC 4226, section 5.3: modulo 10^digits).
    const SECRET: &[u8] = b"12345678901234567890";
    const CODES: [(i64, &str); 6] = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];

    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = totp_of(SECRET).expect("a secret");
        for (seconds, code) in CODES {
            assert_eq!(step_at(&totp, &code[2..], at(seconds)), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_a_step_before_and_after_its_own() {
        let totp = totp_of(SECRET).expect("a secret");
        // The code of the second 1,111,111,109 is of the step that ends with it: 37,037,036 times 30 seconds.
        let (first, code) = (37_037_036 * 30, "081804");
        for seconds in [first - 30, first, first + 29, first + 59] {
            assert_eq!(step_at(&totp, code, at(seconds)), Some(37_037_036), "{seconds}");
        }
        for seconds in [first - 31, first + 60, 0, -1] {
            assert_eq!(step_at(&totp, code, at(seconds)), None, "{seconds}");
        }
        for wrong in ["", "81804", "0081804", "+81804", "08180４", "081805"] {
            assert_eq!(step_at(&totp, wrong, at(first)), None, "{wrong}");
        }
    }

    #[test]
    fn an_authenticator_is_told_the_secret_in_base_32() {
        let keys = keys_of(&["a secret of the house, 32 letters"]);
        let made = new_authenticator(&keys, "Smith: & Sons", "zoe@example.org", "u-1|f-1");
        let made = made.unwrap_or_else(|_| panic!("made"));
        assert_eq!(made.secret.len(), 32, "160 bits");
        assert!(made.secret.chars().all(|letter| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".contains(letter)));
        assert!(made.uri.starts_with("otpauth://totp/Smith"), "{}", made.uri);
        assert!(made.uri.contains(&format!("secret={}", made.secret)), "{}", made.uri);
        let opened = keys.opened(&made.sealed_secret, "u-1|f-1").expect("opened");
        // RFC 4648, section 6, by the package; its section 10 has the vector `foobar`.
        assert_eq!(totp_rs::Secret::from(opened).to_base32(), made.secret);
        assert_eq!(totp_rs::Secret::from(b"foobar".as_slice()).to_base32(), "MZXW6YTBOI");
    }

    #[test]
    fn recovery_codes_are_found_as_people_type_them() {
        let made = new_recovery_codes().unwrap_or_else(|_| panic!("made"));
        assert_eq!(made.codes.iter().collect::<BTreeSet<_>>().len(), 10, "no two are alike");
        for (code, hash) in made.codes.iter().zip(&made.hashes) {
            assert_eq!(code.len(), 39, "32 letters in groups of four: {code}");
            let (spaced, bare) = (code.replace('-', " "), format!(" {}\n", code.replace('-', "")));
            for typed in [code.clone(), code.to_lowercase(), spaced, bare] {
                let found = presented(&typed);
                assert!(matches!(found, Some(Presented::RecoveryCode(found)) if found == *hash), "{typed}");
            }
        }
        assert!(matches!(presented(" 123 456 "), Some(Presented::Digits(digits)) if digits == "123456"));
        assert!(presented(&"1".repeat(101)).is_none());
    }
}
