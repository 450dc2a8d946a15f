//! How a command ends: with a code that means something.

use std::process::ExitCode;

/// The end of a command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything is done.
    Done,
    /// Done, but rows were rejected, statements blocked or differences found.
    Partial,
    /// A file or the audit log was looked at, and it is not proven that it is as this house wrote it.
    NotProven,
}

/// The codes, as `--help` explains them.
pub(crate) const EXPLANATION: &str = "Exit codes:\n  0  done\n  1  failed; the message says what to do\n  \
    2  wrong usage, configuration or input file\n  \
    3  done, but rows were rejected, statements blocked or differences found\n  4  another process is working on it\n  \
    5  a file is not one that was published here, or the archive or the audit log was changed";

/// The code of an end or an error.
pub(crate) fn exit_code(outcome: &anyhow::Result<Ending>) -> ExitCode {
    match outcome {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Partial) => ExitCode::from(3),
        Ok(Ending::NotProven) => ExitCode::from(5),
        Err(error) => ExitCode::from(error_code(error)),
    }
}

fn error_code(error: &anyhow::Error) -> u8 {
    if error.downcast_ref::<Usage>().is_some() {
        return 2;
    }
    match error.downcast_ref::<jobs::Error>() {
        Some(jobs::Error::Held { .. }) => 4,
        Some(error) if error.is_wrong_input() => 2,
        _ => 1,
    }
}

/// A command that was used in a way that cannot work.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);
