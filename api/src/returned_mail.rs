//! What happens to a report of a mail provider: decided elsewhere, and handed in by whoever starts the API.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::SecretString;

/// Takes in a report, the mail as it came.
pub type TakeIn = Arc<dyn Fn(Vec<u8>) -> Taking + Send + Sync>;
/// A report that is being taken in.
pub type Taking = Pin<Box<dyn Future<Output = Result<TakenIn, NotTakenIn>> + Send>>;

/// Who may report, and what then happens.
#[derive(Clone)]
pub struct ReturnedMail {
    /// The secret that reports are signed with.
    pub secret: SecretString,
    /// Takes in a report whose signature is right.
    pub take_in: TakeIn,
}

/// What a report changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// A delivery came back, or its recipient complained.
    Noted,
    /// It tells of a delay or a success.
    Nothing,
}

/// Why a report was not taken in.
#[derive(Debug)]
pub enum NotTakenIn {
    /// It is none, or about nothing that was sent; why, without addresses.
    Refused(String),
    /// Something went wrong that is not the report's fault.
    Failed(Box<dyn StdError + Send + Sync>),
}

impl fmt::Debug for ReturnedMail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ReturnedMail").finish_non_exhaustive()
    }
}
