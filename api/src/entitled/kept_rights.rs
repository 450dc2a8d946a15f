//! What was decided about sessions and portfolios, remembered for as long as it holds.
//!
//! Each request asks who sends it and what that user may see, mostly the same as a moment ago. An answer of the store
//! is kept with the number of changes of rights at the time ([`Store::rights_version`]) and counts while that is the
//! same. After a change by this process the number is looked up before anything else is decided; changes by others are
//! seen after [`LOOK_AGAIN`] at the latest. A refusal is never kept.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use schemas::{PortfolioId, UserId};
use store::{Error, SeenPortfolio, Session, Store, UserStanding};
use tokio::sync::Mutex;

/// After how long the number is looked up again, for what other processes have changed.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Decisions of each kind that are remembered: some ten megabytes. Those that were not asked for longest give way.
const DECISIONS_MAX: usize = 20_000;

/// What is remembered.
pub(crate) struct KeptRights {
    last_look: RwLock<Option<Look>>,
    /// Who looks the number up for all others.
    turn: Mutex<()>,
    sessions: Cache<String, Arc<Kept<(Session, UserStanding)>>>,
    portfolios: Cache<(UserId, PortfolioId), Arc<Kept<Arc<SeenPortfolio>>>>,
}

/// The number of changes of rights, and when it was that.
#[derive(Clone, Copy)]
struct Look {
    version: i64,
    /// What this process had changed before it looked.
    commits: u64,
    at: Instant,
}

/// A decision, and the number of changes before it.
struct Kept<T> {
    version: i64,
    decision: T,
}

impl KeptRights {
    /// Nothing was decided yet.
    pub(crate) fn new() -> KeptRights {
        KeptRights {
            last_look: RwLock::default(),
            turn: Mutex::default(),
            sessions: Cache::new(DECISIONS_MAX),
            portfolios: Cache::new(DECISIONS_MAX),
        }
    }

    /// A session that can be used, with what its user is to the house; none if there is none.
    ///
    /// # Errors
    /// The store's reason.
    pub(crate) async fn session(
        &self,
        store: &Store,
        session_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(Session, UserStanding)>, Error> {
        let version = self.version(store).await?;
        let kept = self.sessions.get(session_id).filter(|kept| kept.version == version);
        // A session lasts longer with each use, which changes no rights: one that seems to be over is looked up.
        if let Some(kept) = kept.filter(|kept| kept.decision.0.is_live(now)) {
            return Ok(Some(kept.decision.clone()));
        }
        let found = store.session(session_id).await?.filter(|(session, _)| session.is_live(now));
        if let Some(decision) = &found {
            self.sessions.insert(session_id.to_owned(), Arc::new(Kept { version, decision: decision.clone() }));
        }
        Ok(found)
    }

    /// A portfolio, if a user may see it; none if the user may not, or if it is not there.
    ///
    /// # Errors
    /// The store's reason.
    pub(super) async fn portfolio(
        &self,
        store: &Store,
        (user, portfolio): (&UserId, &PortfolioId),
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<SeenPortfolio>>, Error> {
        let version = self.version(store).await?;
        let key = (user.clone(), portfolio.clone());
        if let Some(kept) = self.portfolios.get(&key).filter(|kept| kept.version == version) {
            return Ok(Some(Arc::clone(&kept.decision)));
        }
        let found = store.visible_portfolio(user, portfolio, now).await?.map(Arc::new);
        if let Some(decision) = &found {
            self.portfolios.insert(key, Arc::new(Kept { version, decision: Arc::clone(decision) }));
        }
        Ok(found)
    }

    /// The number of changes of rights, as it was after the last change by this process and not long ago.
    async fn version(&self, store: &Store) -> Result<i64, Error> {
        if let Some(version) = self.known_version() {
            return Ok(version);
        }
        let _turn = self.turn.lock().await;
        if let Some(version) = self.known_version() {
            return Ok(version);
        }
        let (commits, at) = (Store::commits(), Instant::now());
        let version = store.rights_version().await?;
        *self.last_look.write().unwrap_or_else(PoisonError::into_inner) = Some(Look { version, commits, at });
        Ok(version)
    }

    fn known_version(&self) -> Option<i64> {
        let look = (*self.last_look.read().unwrap_or_else(PoisonError::into_inner))?;
        (look.commits == Store::commits() && look.at.elapsed() < LOOK_AGAIN).then_some(look.version)
    }
}
