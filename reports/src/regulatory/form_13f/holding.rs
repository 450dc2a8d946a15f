//! One holding as a portfolio knows it, and the checks that the schema and the form's instructions ask for.

use rust_decimal::Decimal;
use schemas::identifiers::Cusip;

use super::{RowKey, row_error};
use crate::error::Error;

/// Characters that a name or a title has at most.
const TEXT_MAX: usize = 150;
/// Characters of a list of managers at most.
const MANAGERS_MAX: usize = 100;
/// The largest number of another manager.
const MANAGER_MAX: u16 = 999;

/// A holding of a 13(f) security on the last trading day of the quarter. What is mandatory is an option here because
/// the sources may lack it; [`super::write_information_table`] then refuses the holding with the name of the field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holding {
    /// The issuer as the SEC's list of 13(f) securities writes it, e.g. `APPLE INC`. Mandatory.
    pub issuer_name: Option<String>,
    /// The class as that list writes it, e.g. `COM`. Mandatory.
    pub class_title: Option<String>,
    /// The CUSIP, e.g. `037833100`; its check digit is checked. Mandatory.
    pub cusip: Option<String>,
    /// The share-class FIGI, twelve letters and digits.
    pub figi: Option<String>,
    /// The market value in US dollars, exact; rows are rounded to the whole dollar. Never negative. Mandatory.
    pub value_usd: Option<Decimal>,
    /// Whole shares, or whole dollars of principal. Mandatory.
    pub amount: Option<u64>,
    /// What the amount counts. Mandatory.
    pub amount_kind: Option<AmountKind>,
    /// Whether the holding is an option on the security.
    pub put_call: Option<PutCall>,
    /// Who decides on investments. Mandatory.
    pub discretion: Option<Discretion>,
    /// Numbers of the other managers on the cover page who share the discretion, 1 to 999.
    pub other_managers: Vec<u16>,
    /// Who votes for how many shares. Mandatory.
    pub voting: Option<VotingAuthority>,
}

/// What the amount of a holding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AmountKind {
    /// Shares.
    Shares,
    /// Principal of a convertible bond.
    Principal,
}

impl AmountKind {
    /// The code in the file.
    pub fn code(self) -> &'static str {
        match self {
            AmountKind::Shares => "SH",
            AmountKind::Principal => "PRN",
        }
    }
}

/// The kind of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PutCall {
    /// A right to sell.
    Put,
    /// A right to buy.
    Call,
}

impl PutCall {
    /// The code in the file.
    pub fn code(self) -> &'static str {
        match self {
            PutCall::Put => "Put",
            PutCall::Call => "Call",
        }
    }
}

/// Who decides on investments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Discretion {
    /// The manager alone.
    Sole,
    /// Shared with a parent, a subsidiary or another controlled company.
    Defined,
    /// Shared otherwise.
    Other,
}

impl Discretion {
    /// The code in the file.
    pub fn code(self) -> &'static str {
        match self {
            Discretion::Sole => "SOLE",
            Discretion::Defined => "DFND",
            Discretion::Other => "OTR",
        }
    }
}

/// Who votes for how many shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VotingAuthority {
    /// Shares for which the manager votes alone.
    pub sole: u64,
    /// Shares for which the manager votes together with others.
    pub shared: u64,
    /// Shares for which the manager does not vote.
    pub none: u64,
}

impl VotingAuthority {
    pub(super) fn plus(self, other: VotingAuthority) -> Option<VotingAuthority> {
        Some(VotingAuthority {
            sole: self.sole.checked_add(other.sole)?,
            shared: self.shared.checked_add(other.shared)?,
            none: self.none.checked_add(other.none)?,
        })
    }

    pub(super) fn total(self) -> Option<u64> {
        self.sole.checked_add(self.shared)?.checked_add(self.none)
    }
}

/// A holding with everything that its row needs.
pub(super) struct Checked {
    pub(super) key: RowKey,
    pub(super) value_usd: Decimal,
    pub(super) amount: u64,
    pub(super) voting: VotingAuthority,
}

impl Holding {
    /// Checks every field; the first that is missing or refused is the error.
    pub(super) fn check(&self, row: usize) -> Result<Checked, Error> {
        let missing = |field: &'static str| row_error(row, field, "is missing");
        let value_usd = self.value_usd.ok_or_else(|| missing("value"))?;
        if value_usd.is_sign_negative() && !value_usd.is_zero() {
            return Err(row_error(row, "value", "is negative; short positions are not reported"));
        }
        let key = RowKey {
            issuer_name: self.issuer(row)?,
            class_title: text(self.class_title.as_deref(), row, "titleOfClass")?,
            cusip: self.checked_cusip(row)?,
            figi: self.checked_figi(row)?,
            amount_kind: self.amount_kind.ok_or_else(|| missing("sshPrnamtType"))?,
            put_call: self.put_call,
            discretion: self.discretion.ok_or_else(|| missing("investmentDiscretion"))?,
            other_managers: self.managers(row)?,
        };
        let amount = self.amount.ok_or_else(|| missing("sshPrnamt"))?;
        let voting = self.voting.ok_or_else(|| missing("votingAuthority"))?;
        Ok(Checked { key, value_usd, amount, voting })
    }

    /// The schema allows a name letters, digits, blanks and some punctuation, and no accents.
    fn issuer(&self, row: usize) -> Result<String, Error> {
        let name = text(self.issuer_name.as_deref(), row, "nameOfIssuer")?;
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || " !\\#$(),.:;`=@'-{}|/&".contains(letter);
        match name.chars().find(|letter| !allowed(*letter)) {
            None => Ok(name),
            Some(letter) => Err(row_error(row, "nameOfIssuer", &format!("has `{letter}`, which the schema refuses"))),
        }
    }

    fn checked_cusip(&self, row: usize) -> Result<Cusip, Error> {
        let cusip = self.cusip.as_deref().ok_or_else(|| row_error(row, "cusip", "is missing"))?;
        if !cusip.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(row_error(row, "cusip", "has characters that the schema refuses"));
        }
        let parsed = cusip.to_ascii_uppercase().parse::<Cusip>();
        parsed.map_err(|error| row_error(row, "cusip", &format!("is refused: {error}")))
    }

    fn checked_figi(&self, row: usize) -> Result<Option<String>, Error> {
        match self.figi.as_deref() {
            Some(figi) if figi.len() != 12 || !figi.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Err(row_error(row, "figi", "is not twelve letters and digits"))
            }
            figi => Ok(figi.map(str::to_owned)),
        }
    }

    fn managers(&self, row: usize) -> Result<Vec<u16>, Error> {
        let mut managers = self.other_managers.clone();
        managers.sort_unstable();
        managers.dedup();
        if managers.iter().any(|number| !(1..=MANAGER_MAX).contains(number)) {
            return Err(row_error(row, "otherManager", "has a number that is not between 1 and 999"));
        }
        if MANAGERS_MAX < joined(&managers).len() {
            return Err(row_error(row, "otherManager", "has more than 100 characters"));
        }
        Ok(managers)
    }
}

/// Numbers of managers as the file lists them.
pub(super) fn joined(managers: &[u16]) -> String {
    managers.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

/// A mandatory text of 1 to 150 characters, blanks at its ends and line breaks inside removed.
fn text(value: Option<&str>, row: usize, field: &'static str) -> Result<String, Error> {
    let words: Vec<&str> = value.unwrap_or_default().split_whitespace().collect();
    let joined = words.join(" ");
    if joined.is_empty() {
        return Err(row_error(row, field, "is missing"));
    }
    if TEXT_MAX < joined.chars().count() {
        return Err(row_error(row, field, "has more than 150 characters"));
    }
    if joined.chars().any(char::is_control) {
        return Err(row_error(row, field, "has characters that XML refuses"));
    }
    Ok(joined)
}
