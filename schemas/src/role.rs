//! What somebody is to the house.

use std::fmt;
use std::str::FromStr;

/// What somebody is to the house. What each may do is decided where it is asked for; no role is part of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Owns portfolios, and sees these.
    Client,
    /// Looks after clients, and sees their portfolios.
    Adviser,
    /// Runs the nights: sees every portfolio and every run.
    Operations,
    /// Answers for what the house files and publishes: sees every portfolio, and decides what needs a second person.
    Compliance,
    /// Decides who may ask: makes users and gives roles. Sees no portfolio by that.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] = [Role::Client, Role::Adviser, Role::Operations, Role::Compliance, Role::Admin];

    /// The word in columns, tokens and addresses, e.g. `client`.
    pub const fn word(self) -> &'static str {
        match self {
            Role::Client => "client",
            Role::Adviser => "adviser",
            Role::Operations => "operations",
            Role::Compliance => "compliance",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.word())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Role::ALL.into_iter().find(|role| role.word() == text);
        found.ok_or_else(|| {
            let known = Role::ALL.map(Role::word).join(", ");
            format!("unknown role `{}`; known: {known}", text.chars().take(40).collect::<String>())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_its_role() {
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().expect_err("no role").contains("known: client, adviser"));
    }
}
