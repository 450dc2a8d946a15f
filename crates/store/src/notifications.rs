//! What users are told: documents, ended orders, open approvals, sign-ins.
//!
//! Nobody who does something tells of it. What is new is looked for in the tables in which it stands anyway, and the
//! key of a notification is what it is about: however often one looks, and from however many processes, a user is told
//! once.

use chrono::{DateTime, TimeDelta, Utc};
use schemas::{PortfolioId, UserId};

use crate::database::{reading, row_limit, within};
use crate::delivery_records::bounded;
use crate::error::{Error, Result};
use crate::store::Store;
use crate::stored_text::{instant, lease_end, parsed, parsed_or_none, stored_words};

stored_words! {
    /// What a user is told of.
    NotificationKind, "kind of notification":
    /// A document about a portfolio of the user was published.
    DocumentReady = "document_ready",
    /// An order of the user has ended.
    OrderEnded = "order_ended",
    /// A change waits for a second person, who the user may be.
    ApprovalWaiting = "approval_waiting",
    /// Somebody signed in as the user, with a program that the user never signed in with.
    NewSignIn = "new_sign_in",
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: [NotificationKind; 4] = [
        NotificationKind::DocumentReady,
        NotificationKind::OrderEnded,
        NotificationKind::ApprovalWaiting,
        NotificationKind::NewSignIn,
    ];
}

/// Something that a user is told in the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The id, unique for the user.
    pub notification_id: String,
    /// What it tells of.
    pub kind: NotificationKind,
    /// The id of what it is about.
    pub about: String,
    /// The portfolio that this is about, if it is about one.
    pub portfolio_id: Option<PortfolioId>,
    /// When it was told.
    pub notified_at: DateTime<Utc>,
    /// When the user had read it; none as long as it is unread.
    pub read_at: Option<DateTime<Utc>>,
}

/// A mail that tells a user of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationMail {
    /// To whom.
    pub user_id: UserId,
    /// The id, unique for the user.
    pub notification_id: String,
    /// What it tells of.
    pub kind: NotificationKind,
    /// The id of what it is about.
    pub about: String,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    /// When it was told.
    pub notified_at: DateTime<Utc>,
}

/// Which notifications are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationFilter {
    /// All.
    All,
    /// Those that were not read.
    Unread,
}

const TELL: [(&str, &str); 4] = [
    ("tell of documents", include_str!("queries/notifications/tell_documents.sql")),
    ("tell of orders", include_str!("queries/notifications/tell_orders.sql")),
    ("tell of approvals", include_str!("queries/notifications/tell_approvals.sql")),
    ("tell of sign-ins", include_str!("queries/notifications/tell_sign_ins.sql")),
];
const SELECT_PAGE: &str = include_str!("queries/notifications/select_page.sql");
const SELECT_ONE: &str = include_str!("queries/notifications/select_one.sql");
const COUNT_UNREAD: &str = include_str!("queries/notifications/count_unread.sql");
const MARK_READ: &str = include_str!("queries/notifications/mark_read.sql");
const MARK_ALL_READ: &str = include_str!("queries/notifications/mark_all_read.sql");
const CLAIM_MAIL: &str = include_str!("queries/notifications/claim_mail.sql");
const MAIL_SENT: &str = include_str!("queries/notifications/mail_sent.sql");
const MAIL_NOT_SENT: &str = include_str!("queries/notifications/mail_not_sent.sql");

/// Later than every instant that is stored.
const AFTER_ALL: &str = "9999";

impl Store {
    /// Tells every user what is new since an instant and was not told. Returns how many notifications there are more.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn tell_users(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
        let mut rows = 0;
        for (action, statement) in TELL {
            let mut work = self.database.begin().await?;
            rows += within!(&mut work, open => {
                let telling = sqlx::query(statement).bind(instant(now)).bind(instant(since));
                telling.execute(open).await.map(|done| done.rows_affected())
            })
            .map_err(Error::query(action))?;
            work.commit().await?;
        }
        Ok(rows)
    }

    /// A page of what a user was told in the application, the latest first.
    ///
    /// - `after`: the last one of the page before; none for the first page.
    /// - `limit`: notifications, at most [`crate::PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database's reason.
    pub async fn notifications(
        &self,
        user_id: &UserId,
        filter: NotificationFilter,
        after: Option<&Notification>,
        limit: u32,
    ) -> Result<Vec<Notification>> {
        let place = after.map_or((AFTER_ALL.to_owned(), String::new()), |last| {
            (instant(last.notified_at), last.notification_id.clone())
        });
        let unread_only = i64::from(filter == NotificationFilter::Unread);
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, NotificationRow>(SELECT_PAGE)
                .bind(user_id.as_str())
                .bind(place.0)
                .bind(place.1)
                .bind(unread_only)
                .bind(row_limit(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(Error::query("read the notifications"))?;
        rows.into_iter().map(NotificationRow::notification).collect()
    }

    /// Something that a user was told in the application; none if it was not.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn notification(&self, user_id: &UserId, notification_id: &str) -> Result<Option<Notification>> {
        let row = reading!(&self.database, pool => {
            let one = sqlx::query_as::<_, NotificationRow>(SELECT_ONE).bind(user_id.as_str()).bind(notification_id);
            one.fetch_optional(pool).await
        })
        .map_err(Error::query("read a notification"))?;
        row.map(NotificationRow::notification).transpose()
    }

    /// How many notifications a user has not read.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn unread_notifications(&self, user_id: &UserId) -> Result<i64> {
        reading!(&self.database, pool => {
            sqlx::query_scalar::<_, i64>(COUNT_UNREAD).bind(user_id.as_str()).fetch_one(pool).await
        })
        .map_err(Error::query("count the unread notifications"))
    }

    /// Notes that a user has read some notifications; those that are not the user's change nothing.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn notifications_read(&self, user_id: &UserId, ids: &[String], now: DateTime<Utc>) -> Result<()> {
        let mut work = self.database.begin().await?;
        for id in ids {
            within!(&mut work, open => {
                let marking = sqlx::query(MARK_READ).bind(user_id.as_str()).bind(id.as_str()).bind(instant(now));
                marking.execute(open).await.map(|_| ())
            })
            .map_err(Error::query("note that a notification was read"))?;
        }
        work.commit().await
    }

    /// Notes that a user has read all notifications that were told until an instant.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn all_notifications_read(
        &self,
        user_id: &UserId,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            let marking = sqlx::query(MARK_ALL_READ).bind(user_id.as_str()).bind(instant(until)).bind(instant(now));
            marking.execute(open).await.map(|_| ())
        })
        .map_err(Error::query("note that all notifications were read"))?;
        work.commit().await
    }

    /// Takes the mail that has been due for the longest; nobody else sends it for the length of a lease. None if
    /// nothing is due.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn claim_notification_mail(
        &self,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<NotificationMail>> {
        let mut work = self.database.begin().await?;
        let row = within!(&mut work, open => {
            sqlx::query_as::<_, NotificationMailRow>(CLAIM_MAIL)
                .bind(instant(now))
                .bind(lease_end(now, lease))
                .fetch_optional(open)
                .await
        })
        .map_err(Error::query("claim a mail of a notification"))?;
        work.commit().await?;
        row.map(NotificationMailRow::mail).transpose()
    }

    /// Notes that a mail has gone.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn notification_mailed(&self, mail: &NotificationMail, now: DateTime<Utc>) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(MAIL_SENT)
                .bind(mail.user_id.as_str())
                .bind(mail.notification_id.as_str())
                .bind(instant(now))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("note that a mail of a notification has gone"))?;
        work.commit().await
    }

    /// Notes that a mail has not gone, and when it goes; none for never.
    ///
    /// - `attempts`: how many there were so far. One that was held back is none.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn notification_not_mailed(
        &self,
        mail: &NotificationMail,
        (attempts, next_at): (i64, Option<DateTime<Utc>>),
        reason: Option<&str>,
    ) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(MAIL_NOT_SENT)
                .bind(mail.user_id.as_str())
                .bind(mail.notification_id.as_str())
                .bind(next_at.map(instant))
                .bind(attempts)
                .bind(reason.map(bounded))
                .execute(open)
                .await
                .map(|_| ())
        })
        .map_err(Error::query("note that a mail of a notification has not gone"))?;
        work.commit().await
    }
}

#[derive(sqlx::FromRow)]
struct NotificationRow {
    notification_id: String,
    kind: String,
    about: String,
    portfolio_id: Option<String>,
    notified_at: String,
    read_at: Option<String>,
}

impl NotificationRow {
    fn notification(self) -> Result<Notification> {
        let table = "notifications";
        Ok(Notification {
            notification_id: self.notification_id,
            kind: parsed(table, "kind", &self.kind)?,
            about: self.about,
            portfolio_id: parsed_or_none(table, "portfolio_id", self.portfolio_id.as_deref())?,
            notified_at: parsed(table, "notified_at", &self.notified_at)?,
            read_at: parsed_or_none(table, "read_at", self.read_at.as_deref())?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct NotificationMailRow {
    user_id: String,
    notification_id: String,
    kind: String,
    about: String,
    mail_attempts: i64,
    notified_at: String,
}

impl NotificationMailRow {
    fn mail(self) -> Result<NotificationMail> {
        let table = "notifications";
        Ok(NotificationMail {
            user_id: parsed(table, "user_id", &self.user_id)?,
            notification_id: self.notification_id,
            kind: parsed(table, "kind", &self.kind)?,
            about: self.about,
            attempts: self.mail_attempts,
            notified_at: parsed(table, "notified_at", &self.notified_at)?,
        })
    }
}
