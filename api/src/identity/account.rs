//! Who may see and change an account: its user, and who decides about users.
//!
//! An account of somebody else is not there for anybody else: the answer is the same as for one that there is not.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use schemas::{Role, UserId};
use store::{Acting, AuditSubject, NewAuditEntry, Store};

use crate::Context;
use crate::caller::{SignedIn, Who, acting, authenticated};
use crate::problem::Problem;

/// The address of one's own account.
const ME: &str = "me";

/// Whoever asks about accounts. Unlike a [`crate::caller::Caller`] it opens nothing but these.
pub(crate) struct Account {
    /// Who asks.
    pub(crate) who: Who,
    /// Who asks, as the audit log names them.
    acting: Acting,
}

/// The user that an address names, and on what grounds the caller may see it.
#[derive(Clone, Debug)]
pub(crate) struct Subscriber {
    /// The user.
    pub(crate) user_id: UserId,
    /// Whether it is the caller's own account.
    pub(crate) is_own: bool,
}

/// Whoever asks about accounts, also a user who needs a second factor and has none yet: for what it takes to set one up
/// and for nothing else.
pub(crate) struct Enrolling(pub(crate) Account);

impl FromRequestParts<Arc<Context>> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Account, Problem> {
        let Enrolling(account) = Enrolling::from_request_parts(parts, context).await?;
        account.who.enrolled()?;
        Ok(account)
    }
}

impl FromRequestParts<Arc<Context>> for Enrolling {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Enrolling, Problem> {
        let who = authenticated(parts, context).await?;
        context.identity()?;
        if let Who::User(user) = &who {
            context.user_budgets.take(context, user).await?;
        }
        Ok(Enrolling(Account { acting: acting(parts, &who), who }))
    }
}

impl Account {
    /// The store, in which what is done is written down as done by the caller.
    pub(crate) fn store(&self, context: &Context) -> Store {
        context.store.on_behalf_of(self.acting.clone())
    }

    /// Who acts, as it is written down: the id of the user, or the house.
    pub(crate) fn name(&self) -> &str {
        &self.acting.id
    }

    /// Writes down that the caller reads something of users, but for the caller's own. Called before it is answered.
    ///
    /// # Errors
    /// A 500 if it cannot be written down.
    pub(crate) async fn note_reads<'a>(
        &self,
        context: &Context,
        users: impl Iterator<Item = &'a UserId> + Send,
        fields: &'static str,
    ) -> Result<(), Problem> {
        let own = match &self.who {
            Who::House => None,
            Who::User(user) => Some(&user.user_id),
        };
        let read = |user: &UserId| NewAuditEntry::read(AuditSubject::User(user.clone()), fields);
        let entries = users.filter(|user| Some(*user) != own).map(read).collect();
        Ok(self.store(context).note_reads(entries, context.clock.now()).await?)
    }

    /// Whether the caller decides about users: an admin, and the house itself.
    pub(crate) fn decides(&self) -> bool {
        match &self.who {
            Who::House => true,
            Who::User(user) => user.role == Role::Admin,
        }
    }

    /// Requires that the caller decides about users.
    ///
    /// # Errors
    /// A 403 if not.
    pub(crate) fn deciding(&self) -> Result<(), Problem> {
        if self.decides() {
            return Ok(());
        }
        Err(Problem::forbidden("only an admin decides about users", "ask an admin of the house"))
    }

    /// The user that an address names, `me` for oneself, for who may see the account.
    ///
    /// # Errors
    /// A 404 for who may not, and for what is no user's id.
    pub(crate) fn seeing(&self, id: &str) -> Result<Subscriber, Problem> {
        let own = match &self.who {
            Who::House => None,
            Who::User(user) => Some(&user.user_id),
        };
        if id == ME {
            let user_id = own.ok_or_else(|| {
                let help = "sign in with POST /login, or name the user by id";
                Problem::not_found("Unknown user", "the house itself is no user", help)
            })?;
            return Ok(Subscriber { user_id: user_id.clone(), is_own: true });
        }
        let user_id: UserId = id.parse().map_err(|_| unknown_user())?;
        let is_own = own == Some(&user_id);
        if is_own || self.decides() { Ok(Subscriber { user_id, is_own }) } else { Err(unknown_user()) }
    }

    /// The user that an address names, for who may change the account: not with a key of the API.
    ///
    /// # Errors
    /// A 404 as for [`Account::seeing`]; a 403 for a key.
    pub(crate) fn changing(&self, id: &str) -> Result<Subscriber, Problem> {
        let subscriber = self.seeing(id)?;
        match &self.who {
            Who::User(user) if user.session_id.is_none() => Err(no_keys()),
            Who::House | Who::User(_) => Ok(subscriber),
        }
    }

    /// The user that an address names, if it is the caller, signed in.
    ///
    /// # Errors
    /// A 404 as for [`Account::seeing`]; a 403 for a key, and for somebody else.
    pub(crate) fn being(&self, id: &str) -> Result<&SignedIn, Problem> {
        let subscriber = self.changing(id)?;
        match &self.who {
            Who::User(user) if subscriber.is_own => Ok(user),
            Who::House | Who::User(_) => {
                Err(Problem::forbidden("only the user can do this", "sign in as this user with POST /login"))
            }
        }
    }
}

/// The answer for an account that is not there, or not there for the caller.
pub(crate) fn unknown_user() -> Problem {
    Problem::not_found("Unknown user", "there is no such user", "GET /users/me is your own account")
}

fn no_keys() -> Problem {
    Problem::forbidden("a key of the API changes no account", "sign in with POST /login")
}
