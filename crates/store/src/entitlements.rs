//! Who may see which portfolio: owners, the household, advisers.
//!
//! A portfolio is opened to a user by the role of the user and by a dated row: of a client who owns it, or of somebody
//! who lets another see what is owned. Rows end and are never deleted, so that it is known years later who could see
//! what. Each question is answered by one statement, together with what was asked for: nobody can read a portfolio and
//! forget to ask.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemas::tables::portfolios::Portfolio;
use schemas::{MarketId, PortfolioId, UserId};

use crate::audit::AuditAction;
use crate::database::{PAGE_ROWS_MAX, reading, row_limit, within};
use crate::delivery_records::decided;
use crate::error::{Error, Result};
use crate::portfolios::PortfolioRow;
use crate::store::Store;
use crate::stored_text::{instant, parsed, parsed_or_none, stored_words};

stored_words! {
    /// To whom somebody shows what is owned.
    DelegationKind, "kind of delegation":
    /// Another client, of the same household.
    Household = "household",
    /// An adviser.
    Adviser = "adviser",
}

/// A portfolio that a user may see.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenPortfolio {
    /// The portfolio.
    pub portfolio: Portfolio,
    /// Whether the user is a client and owns it.
    pub is_own: bool,
}

/// A portfolio that is or was a user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// The user.
    pub user_id: UserId,
    /// The portfolio.
    pub portfolio_id: PortfolioId,
    /// Since when.
    pub since_at: DateTime<Utc>,
    /// The first instant at which it is the user's no more; none while it is.
    pub until_at: Option<DateTime<Utc>>,
    /// Who gave it.
    pub given_by: String,
    /// Who took it; none while it is the user's.
    pub ended_by: Option<String>,
}

/// That a user lets, or let, another see what the user owns. It is not passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Who owns.
    pub from_user_id: UserId,
    /// Who sees.
    pub to_user_id: UserId,
    /// As what.
    pub kind: DelegationKind,
    /// Since when.
    pub since_at: DateTime<Utc>,
    /// The first instant at which the other sees no more; none while it does.
    pub until_at: Option<DateTime<Utc>>,
    /// Who wrote it down.
    pub given_by: String,
    /// Who ended it; none while it counts.
    pub ended_by: Option<String>,
}

const WHO: &str = "the name of whoever decides it";

const SELECT_PAGE: &str = include_str!("queries/portfolios/select_page.sql");
const SELECT_VISIBLE: &str = include_str!("queries/portfolios/select_visible.sql");
const SELECT_VISIBLE_PAGE: &str = include_str!("queries/portfolios/select_visible_page.sql");
const INSERT_OWNER: &str = include_str!("queries/portfolio_owners/insert.sql");
const END_OWNER: &str = include_str!("queries/portfolio_owners/end.sql");
const COUNT_OWNED: &str = include_str!("queries/portfolio_owners/count_of_user.sql");
const SELECT_OWNED: &str = include_str!("queries/portfolio_owners/select_of_user.sql");
const INSERT_DELEGATION: &str = include_str!("queries/delegations/insert.sql");
const END_DELEGATION: &str = include_str!("queries/delegations/end.sql");
const SELECT_DELEGATIONS: &str = include_str!("queries/delegations/select_of_user.sql");

/// What may be seen.
impl Store {
    /// A portfolio, if a user may see it at an instant; none if the user may not, or if it is not there.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn visible_portfolio(
        &self,
        viewer: &UserId,
        portfolio: &PortfolioId,
        at: DateTime<Utc>,
    ) -> Result<Option<SeenPortfolio>> {
        let row = reading!(&self.database, pool => {
            sqlx::query_as::<_, SeenRow>(SELECT_VISIBLE)
                .bind(viewer.as_str())
                .bind(portfolio.as_str())
                .bind(instant(at))
                .fetch_optional(pool)
                .await
        })
        .map_err(Error::query("read a portfolio that a user may see"))?;
        row.map(SeenRow::seen).transpose()
    }

    /// A page of the portfolios that a user may see at an instant, in the order of their ids.
    ///
    /// - `after`: the last id of the page before; empty for the first page.
    /// - `limit`: portfolios, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn visible_portfolios(
        &self,
        viewer: &UserId,
        at: DateTime<Utc>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<SeenPortfolio>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, SeenRow>(SELECT_VISIBLE_PAGE)
                .bind(viewer.as_str())
                .bind(after)
                .bind(instant(at))
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the portfolios that a user may see"))?;
        rows.into_iter().map(SeenRow::seen).collect()
    }

    /// The ids of all portfolios that a user may see at an instant.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn visible_portfolio_ids(&self, viewer: &UserId, at: DateTime<Utc>) -> Result<BTreeSet<PortfolioId>> {
        let mut ids: BTreeSet<PortfolioId> = BTreeSet::new();
        loop {
            let after = ids.last().map(PortfolioId::to_string).unwrap_or_default();
            let page = self.visible_portfolios(viewer, at, &after, PAGE_ROWS_MAX).await?;
            if page.is_empty() {
                return Ok(ids);
            }
            ids.extend(page.into_iter().map(|seen| seen.portfolio.portfolio_id));
        }
    }

    /// The markets of all portfolios that a user may see at an instant, and the sources of their exchange rates. A book
    /// that is a market of its own is one, so what it holds is told to nobody else.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn visible_markets(&self, viewer: &UserId, at: DateTime<Utc>) -> Result<BTreeSet<MarketId>> {
        let (mut markets, mut after) = (BTreeSet::new(), String::new());
        loop {
            let page = self.visible_portfolios(viewer, at, &after, PAGE_ROWS_MAX).await?;
            let Some(last) = page.last() else { return Ok(markets) };
            after = last.portfolio.portfolio_id.to_string();
            markets.extend(page.into_iter().flat_map(|seen| [seen.portfolio.market_id, seen.portfolio.fx_source]));
        }
    }

    /// Whether a user may see a household or a composite at an instant: who sees every portfolio that is or was in it.
    /// One without members is seen by nobody.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn visible_group(
        &self,
        viewer: &UserId,
        members: &BTreeSet<PortfolioId>,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        for member in members {
            if self.visible_portfolio(viewer, member, at).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(!members.is_empty())
    }

    /// A page of all portfolios, in the order of their ids, for whoever is no user: the house itself.
    ///
    /// - `after`: the last id of the page before; empty for the first page.
    /// - `limit`: portfolios, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn portfolio_page(&self, after: &str, limit: u32) -> Result<Vec<Portfolio>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, PortfolioRow>(SELECT_PAGE).bind(after).bind(row_limit(limit)).fetch_all(pool).await
        })
        .map_err(Error::query("read a page of the portfolios"))?;
        rows.into_iter().map(PortfolioRow::portfolio).collect()
    }
}

/// Who owns what.
impl Store {
    /// Gives a portfolio to a user. Returns false, and changes nothing, if it is the user's already.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a name, or the database's reason, also if there is no such user or portfolio.
    pub async fn give_portfolio(
        &self,
        owner: &UserId,
        portfolio: &PortfolioId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.write_owner(INSERT_OWNER, owner, portfolio, by, now).await
    }

    /// Takes a portfolio from a user. Returns false if it is not the user's.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a name, or the database's reason.
    pub async fn take_portfolio(
        &self,
        owner: &UserId,
        portfolio: &PortfolioId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.write_owner(END_OWNER, owner, portfolio, by, now).await
    }

    async fn write_owner(
        &self,
        statement: &'static str,
        owner: &UserId,
        portfolio: &PortfolioId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let by = decided(WHO, by)?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(statement)
                .bind(owner.as_str())
                .bind(portfolio.as_str())
                .bind(instant(now))
                .bind(by.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("change whose a portfolio is"))?;
        if 0 < rows {
            let action =
                if statement == INSERT_OWNER { AuditAction::PortfolioGiven } else { AuditAction::PortfolioTaken };
            self.note(&mut work, (action, owner, "portfolios"), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// How many portfolios are a user's.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn owned_count(&self, owner: &UserId) -> Result<i64> {
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, i64>(COUNT_OWNED).bind(owner.as_str()).fetch_one(pool).await
        })
        .map_err(Error::query("count the portfolios of a user"))
    }

    /// The portfolios that are or were a user's, the latest first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn ownerships(&self, owner: &UserId, limit: u32) -> Result<Vec<Ownership>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, OwnershipRow>(SELECT_OWNED)
                .bind(owner.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the portfolios of a user"))?;
        rows.into_iter().map(OwnershipRow::ownership).collect()
    }
}

/// Who lets whom see.
impl Store {
    /// Lets a user see what another owns. Returns false, and changes nothing, if the user does already.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a name, or the database's reason, also if there is no such user, or if the
    /// two are one.
    pub async fn delegate(
        &self,
        from: &UserId,
        to: &UserId,
        kind: DelegationKind,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.write_delegation(INSERT_DELEGATION, (from, to, kind), by, now).await
    }

    /// Ends what [`Store::delegate`] began. Returns false if there is nothing to end.
    ///
    /// # Errors
    /// [`Error::DecisionWithout`] without a name, or the database's reason.
    pub async fn end_delegation(
        &self,
        from: &UserId,
        to: &UserId,
        kind: DelegationKind,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        self.write_delegation(END_DELEGATION, (from, to, kind), by, now).await
    }

    async fn write_delegation(
        &self,
        statement: &'static str,
        (from, to, kind): (&UserId, &UserId, DelegationKind),
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let by = decided(WHO, by)?;
        let mut work = self.database.begin().await?;
        let rows = within!(&mut work, open => {
            sqlx::query(statement)
                .bind(from.as_str())
                .bind(to.as_str())
                .bind(kind.word())
                .bind(instant(now))
                .bind(by.as_str())
                .execute(open)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(Error::query("change who sees what another owns"))?;
        if 0 < rows {
            let action = if statement == INSERT_DELEGATION { AuditAction::SightGiven } else { AuditAction::SightEnded };
            self.note(&mut work, (action, from, kind.word()), now).await?;
        }
        work.commit().await?;
        Ok(0 < rows)
    }

    /// Whom a user lets or let see, and who lets or let the user see; the latest first.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn delegations(&self, user: &UserId, limit: u32) -> Result<Vec<Delegation>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, DelegationRow>(SELECT_DELEGATIONS)
                .bind(user.as_str())
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the delegations of a user"))?;
        rows.into_iter().map(DelegationRow::delegation).collect()
    }
}

#[derive(sqlx::FromRow)]
struct SeenRow {
    #[sqlx(flatten)]
    portfolio: PortfolioRow,
    is_own: bool,
}

impl SeenRow {
    fn seen(self) -> Result<SeenPortfolio> {
        Ok(SeenPortfolio { portfolio: self.portfolio.portfolio()?, is_own: self.is_own })
    }
}

#[derive(sqlx::FromRow)]
struct OwnershipRow {
    user_id: String,
    portfolio_id: String,
    since_at: String,
    until_at: Option<String>,
    given_by: String,
    ended_by: Option<String>,
}

impl OwnershipRow {
    fn ownership(self) -> Result<Ownership> {
        let table = "portfolio_owners";
        Ok(Ownership {
            user_id: parsed(table, "user_id", &self.user_id)?,
            portfolio_id: parsed(table, "portfolio_id", &self.portfolio_id)?,
            since_at: parsed(table, "since_at", &self.since_at)?,
            until_at: parsed_or_none(table, "until_at", self.until_at.as_deref())?,
            given_by: self.given_by,
            ended_by: self.ended_by,
        })
    }
}

#[derive(sqlx::FromRow)]
struct DelegationRow {
    from_user_id: String,
    to_user_id: String,
    kind: String,
    since_at: String,
    until_at: Option<String>,
    given_by: String,
    ended_by: Option<String>,
}

impl DelegationRow {
    fn delegation(self) -> Result<Delegation> {
        let table = "delegations";
        Ok(Delegation {
            from_user_id: parsed(table, "from_user_id", &self.from_user_id)?,
            to_user_id: parsed(table, "to_user_id", &self.to_user_id)?,
            kind: parsed(table, "kind", &self.kind)?,
            since_at: parsed(table, "since_at", &self.since_at)?,
            until_at: parsed_or_none(table, "until_at", self.until_at.as_deref())?,
            given_by: self.given_by,
            ended_by: self.ended_by,
        })
    }
}
