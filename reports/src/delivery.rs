//! Every way by which a document reaches somebody, one file each.
//!
//! To add one: a file here, and a line in the list. A delivery has an id that the caller keeps; trying the same
//! delivery twice must not reach anybody twice, and the outcome says what the caller should do next.

pub mod archive;
pub mod drop_folder;
pub mod email;
pub mod web_push;
pub mod webhook;

use std::fmt;
use std::str::FromStr;

/// A way by which a document reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The name for programs.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
}

/// The ways there are.
pub const CHANNELS: &[&Channel] =
    &[&archive::CHANNEL, &email::CHANNEL, &drop_folder::CHANNEL, &webhook::CHANNEL, &web_push::CHANNEL];

/// Kinds of documents that are a service and no duty: their mails say how to end them, and a recipient on the list of
/// suppressions gets none. What is not listed here is owed to the client and always sent.
pub const OPTIONAL_KINDS: &[&str] = &["performance_report", "risk_report"];

/// What became of a delivery. No text in it names a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has been handed over now; with what the other side answered, or where it lies.
    Delivered(String),
    /// It had been handed over before; nothing was done.
    AlreadyDelivered,
    /// It was not handed over for this reason and may be later: try again, with the same id.
    TransientFailure(String),
    /// The same, and the other side says after how many seconds it may be tried.
    Postponed {
        /// Why.
        reason: String,
        /// Seconds, as the other side names them.
        seconds: u64,
    },
    /// It was not handed over because the way itself is closed, and any other delivery would meet the same.
    ChannelFailure(String),
    /// Nobody can say whether it was handed over: the way broke between the last byte and the answer. A second try
    /// may be a second copy.
    Unknown(String),
    /// It was not handed over for this reason and will not be: somebody must look at it.
    PermanentFailure(String),
    /// It was not handed over because the address takes nothing, now or later.
    RecipientRefused(String),
    /// It was not handed over because there is no such recipient any more, which is nobody's failure.
    RecipientGone(String),
}

/// The id of one delivery of one document to one recipient, e.g. `D03-2014-12-31-v1-email`. It ends up in file names
/// and in the message's id, so it has 1 to 64 letters, digits, `.`, `_` or `-`, and a letter or a digit first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(String);

/// Why a text is no delivery id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no delivery id: use 1 to 64 letters, digits, `.`, `_` or `-`, first a letter or a digit")]
pub struct DeliveryIdError(String);

/// Characters that a delivery id has at most.
const ID_LENGTH_MAX: usize = 64;

impl DeliveryId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryId {
    type Err = DeliveryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first_ok = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let all_ok = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if first_ok && all_ok && text.len() <= ID_LENGTH_MAX {
            Ok(DeliveryId(text.to_owned()))
        } else {
            Err(DeliveryIdError(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let ids: BTreeSet<&str> = CHANNELS.iter().map(|channel| channel.id).collect();
        let titles: BTreeSet<&str> = CHANNELS.iter().map(|channel| channel.title).collect();
        assert_eq!((ids.len(), titles.len()), (CHANNELS.len(), CHANNELS.len()));
    }

    #[test]
    fn every_file_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/delivery");
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let on_disk: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
        let listed: BTreeSet<String> = CHANNELS.iter().map(|channel| channel.id.to_owned()).collect();
        assert_eq!(on_disk, listed);
    }

    #[test]
    fn ids_cannot_leave_their_folder() {
        for wrong in ["", "../x", "a/b", ".hidden", "a b", "a\nb", &"x".repeat(65)] {
            assert!(wrong.parse::<DeliveryId>().is_err(), "{wrong}");
        }
        assert!("D03-2014-12-31-v1-email".parse::<DeliveryId>().is_ok());
    }
}
