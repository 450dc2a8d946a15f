//! What a key of the API, or a session, may be used for.

use std::fmt;
use std::str::FromStr;

/// What a key of the API, or a session, may be used for. A scope takes nothing beyond what its user may do; it only
/// narrows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Ask for what there is.
    Read,
    /// Change what is one's own.
    Write,
    /// Start what the machine does: runs and deliveries.
    Operate,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Operate];

    /// The word in columns, tokens and requests, e.g. `read`.
    pub const fn word(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Operate => "operate",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Scope::ALL.into_iter().find(|scope| scope.word() == text);
        found.ok_or_else(|| {
            let known = Scope::ALL.map(Scope::word).join(", ");
            format!("unknown scope `{}`; known: {known}", text.chars().take(40).collect::<String>())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_its_scope() {
        for scope in Scope::ALL {
            assert_eq!(scope.word().parse(), Ok(scope));
        }
        assert!("all".parse::<Scope>().expect_err("no scope").contains("known: read, write"));
    }
}
