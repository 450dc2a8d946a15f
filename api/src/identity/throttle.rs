//! How often somebody may try: counted in the store, so that all machines of a house count together.
//!
//! Where the store does not answer, nobody is let in.

use chrono::{DateTime, Utc};
use schemas::UserId;
use schemas::secret_hash::secret_hash;
use store::{Attempting, Store};

use super::{Identity, Peer};
use crate::problem::Problem;

/// An attempt that was counted.
pub(crate) struct Attempt {
    user: Option<Attempting>,
    peer: Attempting,
}

impl Attempt {
    /// Counts an attempt at an account, from somewhere.
    ///
    /// # Errors
    /// A 429 if it is too early for another one; a 503 if nobody can say.
    pub(crate) async fn at_account(
        store: &Store,
        identity: &Identity,
        peer: &Peer,
        account: &str,
        now: DateTime<Utc>,
    ) -> Result<Attempt, Problem> {
        let key = format!("account:{}", account.trim().to_lowercase());
        Attempt::at(store, identity, peer, &key, now).await
    }

    /// Counts an attempt at the second factor of a user, from somewhere. A right password does not take it back.
    ///
    /// # Errors
    /// As for [`Attempt::at_account`].
    pub(crate) async fn at_second_factor(
        store: &Store,
        identity: &Identity,
        peer: &Peer,
        user_id: &UserId,
        now: DateTime<Utc>,
    ) -> Result<Attempt, Problem> {
        Attempt::at(store, identity, peer, &format!("second factor:{user_id}"), now).await
    }

    async fn at(
        store: &Store,
        identity: &Identity,
        peer: &Peer,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<Attempt, Problem> {
        let user = Attempting { key: secret_hash(key), failures_max: identity.settings.user_failures_max };
        Attempt { user: Some(user), peer: of_peer(identity, peer, "sign in") }.begun(store, identity, now).await
    }

    /// Counts an attempt of a kind from somewhere, at no account.
    ///
    /// # Errors
    /// As for [`Attempt::at_account`].
    pub(crate) async fn of_kind(
        store: &Store,
        identity: &Identity,
        peer: &Peer,
        kind: &'static str,
        now: DateTime<Utc>,
    ) -> Result<Attempt, Problem> {
        Attempt { user: None, peer: of_peer(identity, peer, kind) }.begun(store, identity, now).await
    }

    async fn begun(self, store: &Store, identity: &Identity, now: DateTime<Utc>) -> Result<Attempt, Problem> {
        let mut all = vec![self.peer.clone()];
        all.extend(self.user.clone());
        match store.begin_attempt(&all, identity.settings.lock_out(), now).await {
            Ok(None) => Ok(self),
            Ok(Some(until)) => {
                let wait = u32::try_from((until - now).num_seconds()).unwrap_or(0).saturating_add(1);
                Err(Problem::too_many(wait))
            }
            Err(error) => {
                tracing::error!(error.chain = %schemas::with_causes(&error), "an attempt cannot be counted");
                Err(Problem::unavailable("nobody can be let in at the moment"))
            }
        }
    }

    /// Notes that the attempt led in.
    ///
    /// # Errors
    /// The store's reason.
    pub(crate) async fn led_in(&self, store: &Store) -> Result<(), store::Error> {
        if let Some(user) = &self.user {
            store.forget_attempts(&user.key).await?;
        }
        store.take_back_attempt(&self.peer).await
    }
}

fn of_peer(identity: &Identity, peer: &Peer, kind: &str) -> Attempting {
    let key = secret_hash(&format!("peer:{kind}:{}", peer.network()));
    Attempting { key, failures_max: identity.settings.peer_failures_max }
}
