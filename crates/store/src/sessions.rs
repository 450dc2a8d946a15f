//! Sessions: what lasts from a sign-in until it ends, on one device.
//!
//! A session has one refresh token that is valid; each can be used once, and makes the next. A used one that comes
//! again tells that two have it, and ends the session. Only the hashes of tokens are kept (docs/adr/0032).

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use schemas::UserId;

use crate::audit::AuditAction;
use crate::database::{ByEngine, SqlTransaction, reading, row_limit, within};
use crate::error::{Error, Result};
use crate::session_proofs::{SessionEnd, SessionProof};
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none};
use crate::user_standings::{StandingColumns, UserStanding};
use crate::users::User;

/// A session that begins.
#[derive(Clone)]
pub struct NewSession<'a> {
    /// The id.
    pub session_id: &'a str,
    /// Who signs in.
    pub user_id: &'a UserId,
    /// What the next refresh token is made with, 64 characters.
    pub successor_salt: &'a str,
    /// The hash of the first refresh token.
    pub token_hash: &'a str,
    /// The program of the user, as it calls itself; at most 200 characters.
    pub user_agent: &'a str,
    /// The address of the network it comes from; at most 45 characters.
    pub peer: &'a str,
    /// How the user proved who it is.
    pub proof: SessionProof,
    /// When the user did so: at another house it may have been before the session begins.
    pub authenticated_at: DateTime<Utc>,
    /// When it begins.
    pub at: DateTime<Utc>,
    /// For how long it stays without use.
    pub idle: TimeDelta,
    /// For how long it stays at most.
    pub life: TimeDelta,
}

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The id.
    pub session_id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// What the next refresh token is made with. Never logged.
    pub successor_salt: String,
    /// The program of the user, as it called itself when it signed in.
    pub user_agent: String,
    /// The address of the network it came from. Never logged.
    pub peer: String,
    /// How the user proved who it is.
    pub proof: SessionProof,
    /// When the user did so last.
    pub authenticated_at: DateTime<Utc>,
    /// When it was refreshed last.
    pub last_used_at: DateTime<Utc>,
    /// When it expires without use.
    pub idle_expires_at: DateTime<Utc>,
    /// When it expires whatever happens.
    pub expires_at: DateTime<Utc>,
    /// When it was ended; none if it was not.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Whether it can be used.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.idle_expires_at && now < self.expires_at
    }
}

/// Shows nothing that is a secret, or tells where somebody is.
impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Session { session_id, user_id, .. } = self;
        let mut shown = formatter.debug_struct("Session");
        shown.field("session_id", session_id).field("user_id", user_id).finish_non_exhaustive()
    }
}

/// What a refresh token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The session goes on; the token that follows is valid, and no other.
    Continued(Box<(Session, User)>),
    /// The token was used before: the session has ended.
    Reused {
        /// The session.
        session_id: String,
    },
    /// There is no such token, or its session is over.
    Refused,
}

/// How long sessions and their tokens last.
#[derive(Clone, Copy, Debug)]
pub struct RefreshLimits {
    /// For how long a session stays without use.
    pub idle: TimeDelta,
    /// For how long a used token is answered with the same successor, if that was not used.
    pub grace: TimeDelta,
}

/// Tokens of a session that are kept; of older ones nobody is told that they come again, only that they are none.
const GENERATIONS_MAX: i64 = 5_000;

const INSERT: &str = include_str!("queries/sessions/insert.sql");
const SELECT_ONE: &str = include_str!("queries/sessions/select_one.sql");
const SELECT_WITH_STANDING: &str = include_str!("queries/sessions/select_with_standing.sql");
const SELECT_OF_USER: &str = include_str!("queries/sessions/select_of_user.sql");
const USE: &str = include_str!("queries/sessions/use.sql");
const END: &str = include_str!("queries/sessions/end.sql");
const END_OF_USER: &str = include_str!("queries/sessions/end_of_user.sql");
const INSERT_TOKEN: &str = include_str!("queries/refresh_tokens/insert.sql");
const SELECT_PRESENTED: &str = include_str!("queries/refresh_tokens/select_presented.sql");
const MARK_USED: &str = include_str!("queries/refresh_tokens/mark_used.sql");
const DELETE_OLD: &str = include_str!("queries/refresh_tokens/delete_old.sql");
const LOCK_SESSION: ByEngine = ByEngine {
    sqlite: include_str!("queries/refresh_tokens/lock_session.sqlite.sql"),
    postgres: include_str!("queries/refresh_tokens/lock_session.postgres.sql"),
};

impl Store {
    /// Begins a session with its first refresh token.
    ///
    /// # Errors
    /// The database's reason, also if the user is not there.
    pub async fn begin_session(&self, new: &NewSession<'_>) -> Result<()> {
        let expires_at = later(new.at, new.life);
        let idle_expires_at = later(new.at, new.idle).min(expires_at);
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(INSERT)
                .bind(new.session_id)
                .bind(new.user_id.as_str())
                .bind(new.successor_salt)
                .bind(new.user_agent)
                .bind(new.peer)
                .bind(instant(new.authenticated_at))
                .bind(instant(new.at))
                .bind(instant(idle_expires_at))
                .bind(instant(expires_at))
                .bind(new.proof.word())
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("begin a session"))?;
        insert_token(&mut work, new.token_hash, new.session_id, 0, new.at).await?;
        self.note_own(&mut work, (AuditAction::SignedIn, new.user_id, ""), new.at).await?;
        work.commit().await
    }

    /// Uses a refresh token: the session goes on with the one that follows. A token that was used already is answered
    /// with the same successor for a short time, as long as nobody used that; after it, the session ends.
    ///
    /// - `token_hash`: the hash of the token.
    /// - `successor_hash`: the hash of the token that follows, from the salt of the session.
    ///
    /// # Errors
    /// The database's reason. Nothing was changed then.
    pub async fn refresh_session(
        &self,
        token_hash: &str,
        successor_hash: impl Fn(&str) -> String + Send,
        limits: RefreshLimits,
        now: DateTime<Utc>,
    ) -> Result<Refreshed> {
        let mut work = self.database.begin().await?;
        if !lock_session(&mut work, token_hash).await? {
            return Ok(Refreshed::Refused);
        }
        let Some(presented) = presented(&mut work, token_hash).await? else { return Ok(Refreshed::Refused) };
        let Some(session) = session_within(&mut work, &presented.session_id).await? else {
            return Ok(Refreshed::Refused);
        };
        if !session.is_live(now) {
            return Ok(Refreshed::Refused);
        }
        let user = self.user_within(&mut work, &session.user_id).await?;
        let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(Refreshed::Refused) };
        let successor = successor_hash(&session.successor_salt);
        match presented.used_at {
            None => {
                mark_used(&mut work, token_hash, now).await?;
                let generation = presented.generation.saturating_add(1);
                insert_token(&mut work, &successor, &session.session_id, generation, now).await?;
                delete_old(&mut work, &session.session_id, generation).await?;
                let idle_expires_at = later(now, limits.idle).min(session.expires_at);
                use_session(&mut work, &session.session_id, now, idle_expires_at).await?;
                work.commit().await?;
                let session = Session { last_used_at: now, idle_expires_at, ..session };
                Ok(Refreshed::Continued(Box::new((session, user))))
            }
            Some(used_at) if presented.may_be_repeated(&successor, now, used_at, limits.grace) => {
                Ok(Refreshed::Continued(Box::new((session, user))))
            }
            Some(_) => {
                end(&mut work, &session.session_id, &session.user_id, SessionEnd::TokenReused, now).await?;
                work.commit().await?;
                Ok(Refreshed::Reused { session_id: session.session_id })
            }
        }
    }

    /// A session by its id, with what its user is to the house.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn session(&self, session_id: &str) -> Result<Option<(Session, UserStanding)>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, StandingRow>(SELECT_WITH_STANDING).bind(session_id).fetch_optional(pool).await
        })
        .map_err(Error::query("read a session"))?;
        row.map(|row| Ok((row.session.session()?, row.standing.standing()?))).transpose()
    }

    /// The sessions of a user that can be used, the latest sign-in first.
    ///
    /// - `limit`: sessions, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn sessions_of(&self, user_id: &UserId, limit: u32, now: DateTime<Utc>) -> Result<Vec<Session>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, SessionRow>(SELECT_OF_USER)
                .bind(user_id.as_str())
                .bind(instant(now))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the sessions of a user"))?;
        rows.into_iter().map(SessionRow::session).collect()
    }

    /// Ends a session of a user. Returns false if it is none, or has ended.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_session(
        &self,
        user_id: &UserId,
        session_id: &str,
        reason: SessionEnd,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let rows = end(&mut work, session_id, user_id, reason, now).await?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Ends the session of a refresh token, used or not. Returns false if there is none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_session_of_token(&self, token_hash: &str, now: DateTime<Utc>) -> Result<bool> {
        let mut work = self.database.begin().await?;
        let Some(presented) = presented(&mut work, token_hash).await? else { return Ok(false) };
        let Some(session) = session_within(&mut work, &presented.session_id).await? else { return Ok(false) };
        let rows = end(&mut work, &session.session_id, &session.user_id, SessionEnd::SignedOut, now).await?;
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Ends the sessions of a user and returns how many.
    ///
    /// - `except`: a session that stays.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn end_sessions_of(
        &self,
        user_id: &UserId,
        except: Option<&str>,
        reason: SessionEnd,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let mut work = self.database.begin().await?;
        let rows = end_all(&mut work, user_id, except, reason, now).await?;
        work.commit().await?;
        Ok(rows)
    }
}

/// Ends the sessions of a user, but one.
pub(crate) async fn end_all(
    work: &mut SqlTransaction,
    user_id: &UserId,
    except: Option<&str>,
    reason: SessionEnd,
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(work, open => {
        sqlx::query(END_OF_USER)
            .bind(user_id.as_str())
            .bind(except.unwrap_or_default())
            .bind(instant(now))
            .bind(reason.word())
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("end the sessions of a user"))
}

fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(at)
}

async fn lock_session(work: &mut SqlTransaction, token_hash: &str) -> Result<bool> {
    let text = work.text(&LOCK_SESSION);
    let found = within!(work, open => {
        sqlx::query_scalar::<_, String>(text).bind(token_hash).fetch_optional(open).await
    })
    .map_err(Error::query("lock the session of a token"))?;
    Ok(found.is_some())
}

async fn presented(work: &mut SqlTransaction, token_hash: &str) -> Result<Option<Presented>> {
    let row = within!(work, open => {
        sqlx::query_as::<_, PresentedRow>(SELECT_PRESENTED).bind(token_hash).fetch_optional(open).await
    })
    .map_err(Error::query("read a refresh token"))?;
    row.map(PresentedRow::presented).transpose()
}

async fn session_within(work: &mut SqlTransaction, session_id: &str) -> Result<Option<Session>> {
    let row = within!(work, open => {
        sqlx::query_as::<_, SessionRow>(SELECT_ONE).bind(session_id).fetch_optional(open).await
    })
    .map_err(Error::query("read a session"))?;
    row.map(SessionRow::session).transpose()
}

async fn insert_token(
    work: &mut SqlTransaction,
    token_hash: &str,
    session_id: &str,
    generation: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(INSERT_TOKEN)
            .bind(token_hash)
            .bind(session_id)
            .bind(generation)
            .bind(instant(now))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("put in a refresh token"))
}

async fn mark_used(work: &mut SqlTransaction, token_hash: &str, now: DateTime<Utc>) -> Result<()> {
    within!(work, open => {
        sqlx::query(MARK_USED).bind(token_hash).bind(instant(now)).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("use a refresh token"))
}

async fn delete_old(work: &mut SqlTransaction, session_id: &str, generation: i64) -> Result<()> {
    let oldest = generation.saturating_sub(GENERATIONS_MAX);
    if oldest <= 0 {
        return Ok(());
    }
    within!(work, open => {
        sqlx::query(DELETE_OLD).bind(session_id).bind(oldest).execute(open).await.map(|_| ())
    })
    .map_err(Error::query("delete old refresh tokens"))
}

async fn use_session(
    work: &mut SqlTransaction,
    session_id: &str,
    now: DateTime<Utc>,
    idle_expires_at: DateTime<Utc>,
) -> Result<()> {
    within!(work, open => {
        sqlx::query(USE)
            .bind(session_id)
            .bind(instant(now))
            .bind(instant(idle_expires_at))
            .execute(open)
            .await
            .map(|_| ())
    })
    .map_err(Error::query("use a session"))
}

async fn end(
    work: &mut SqlTransaction,
    session_id: &str,
    user_id: &UserId,
    reason: SessionEnd,
    now: DateTime<Utc>,
) -> Result<u64> {
    within!(work, open => {
        sqlx::query(END)
            .bind(session_id)
            .bind(user_id.as_str())
            .bind(instant(now))
            .bind(reason.word())
            .execute(open)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(Error::query("end a session"))
}

/// A refresh token that was presented.
struct Presented {
    session_id: String,
    generation: i64,
    used_at: Option<DateTime<Utc>>,
    successor_hash: Option<String>,
    successor_used_at: Option<DateTime<Utc>>,
}

impl Presented {
    /// Whether whoever presents it may have its successor once more.
    fn may_be_repeated(&self, successor: &str, now: DateTime<Utc>, used_at: DateTime<Utc>, grace: TimeDelta) -> bool {
        let is_its_successor = self.successor_hash.as_deref() == Some(successor);
        is_its_successor && self.successor_used_at.is_none() && now - used_at <= grace
    }
}

#[derive(sqlx::FromRow)]
struct PresentedRow {
    session_id: String,
    generation: i64,
    used_at: Option<String>,
    successor_hash: Option<String>,
    successor_used_at: Option<String>,
}

impl PresentedRow {
    fn presented(self) -> Result<Presented> {
        Ok(Presented {
            session_id: self.session_id,
            generation: self.generation,
            used_at: parsed_or_none("refresh_tokens", "used_at", self.used_at.as_deref())?,
            successor_hash: self.successor_hash,
            successor_used_at: parsed_or_none("refresh_tokens", "used_at", self.successor_used_at.as_deref())?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    #[sqlx(flatten)]
    session: SessionRow,
    #[sqlx(flatten)]
    standing: StandingColumns,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    session_id: String,
    user_id: String,
    successor_salt: String,
    user_agent: String,
    peer: String,
    proof: String,
    authenticated_at: String,
    last_used_at: String,
    idle_expires_at: String,
    expires_at: String,
    ended_at: Option<String>,
}

impl SessionRow {
    fn session(self) -> Result<Session> {
        Ok(Session {
            session_id: self.session_id,
            user_id: parsed("sessions", "user_id", &self.user_id)?,
            successor_salt: self.successor_salt,
            user_agent: self.user_agent,
            peer: self.peer,
            proof: parsed("sessions", "proof", &self.proof)?,
            authenticated_at: parsed("sessions", "authenticated_at", &self.authenticated_at)?,
            last_used_at: parsed("sessions", "last_used_at", &self.last_used_at)?,
            idle_expires_at: parsed("sessions", "idle_expires_at", &self.idle_expires_at)?,
            expires_at: parsed("sessions", "expires_at", &self.expires_at)?,
            ended_at: parsed_or_none("sessions", "ended_at", self.ended_at.as_deref())?,
        })
    }
}
