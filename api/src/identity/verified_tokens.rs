//! Tokens whose signature was found good.
//!
//! A program sends the same token for ten minutes with each of its requests. Its signature is checked the first time;
//! what it says about time is looked at each time, and so is what the store says about its session and its user.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::IdentitySettings;
use super::access_tokens::{Claims, signed_claims};
use super::signing_keys::SigningKeys;

/// Tokens that are remembered at once: a few megabytes. Those that were not sent for longest give way.
const TOKENS_MAX: usize = 10_000;

/// What tokens say that the house signed, by their digests: of the tokens themselves nothing is kept.
pub(crate) struct VerifiedTokens(Cache<[u8; 32], Arc<Claims>>);

impl VerifiedTokens {
    /// None was sent yet.
    pub(super) fn new() -> VerifiedTokens {
        VerifiedTokens(Cache::new(TOKENS_MAX))
    }

    /// What a token says, if the house signed it, for itself, and it is good now.
    pub(super) fn verified(
        &self,
        keys: &SigningKeys,
        settings: &IdentitySettings,
        token: &str,
        now: DateTime<Utc>,
    ) -> Option<Arc<Claims>> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let claims = match self.0.get(&digest) {
            Some(known) => known,
            None => {
                let claims = Arc::new(signed_claims(keys, settings, token)?);
                self.0.insert(digest, Arc::clone(&claims));
                claims
            }
        };
        claims.is_good_at(now).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::access_tokens::tests::{issued, now};
    use super::*;

    #[test]
    fn a_token_that_is_known_ends_with_its_time_all_the_same() {
        let (keys, settings, token) = issued();
        let tokens = VerifiedTokens::new();
        let at = |seconds: i64| tokens.verified(&keys, &settings, &token, now() + TimeDelta::seconds(seconds));
        assert!(at(0).is_some() && at(599).is_some());
        assert!(at(600).is_none() && at(-31).is_none());
        assert!(at(0).is_some());
    }

    #[test]
    fn another_token_is_not_good_for_having_the_same_claims() {
        let (keys, settings, token) = issued();
        let tokens = VerifiedTokens::new();
        assert!(tokens.verified(&keys, &settings, &token, now()).is_some());
        let (input, signature) = token.rsplit_once('.').expect("three parts");
        let last = if signature.starts_with('A') { "B" } else { "A" };
        let forged = format!("{input}.{last}{}", &signature[1..]);
        for _ in 0..2 {
            assert!(tokens.verified(&keys, &settings, &forged, now()).is_none());
        }
    }
}
