//! By which channels users are told of what, and when no mail goes.

use schemas::UserId;

use crate::database::{reading, within};
use crate::error::{Error, Result};
use crate::notifications::NotificationKind;
use crate::store::Store;
use crate::stored_text::{parsed, stored_words};

stored_words! {
    /// The channels by which a user is told of something.
    NotificationChannels, "channels of notifications":
    /// By none.
    None = "none",
    /// In the application.
    InApp = "in_app",
    /// By mail.
    Email = "email",
    /// In the application and by mail.
    Both = "in_app,email",
}

/// Hours of the day in which no mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// From when on, e.g. `22:00`.
    pub from: String,
    /// Until when, not included, e.g. `07:00`; earlier than `from` if they go over midnight.
    pub until: String,
    /// The time zone of both, e.g. `Europe/Berlin`.
    pub time_zone: String,
}

/// What a user has chosen for a kind of notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationSetting {
    /// The kind.
    pub kind: NotificationKind,
    /// The channels.
    pub channels: NotificationChannels,
    /// When no mail goes; none if one always may.
    pub quiet_hours: Option<QuietHours>,
}

const SELECT_OF_USER: &str = include_str!("queries/notification_settings/select_of_user.sql");
const DELETE_OF_USER: &str = include_str!("queries/notification_settings/delete_of_user.sql");
const INSERT: &str = include_str!("queries/notification_settings/insert.sql");

impl NotificationSetting {
    /// What counts for a kind for which a user has not chosen: the application, and no mail.
    pub fn unchosen(kind: NotificationKind) -> NotificationSetting {
        NotificationSetting { kind, channels: NotificationChannels::InApp, quiet_hours: None }
    }
}

impl Store {
    /// What a user has chosen, or what counts if nothing was, of every kind.
    ///
    /// # Errors
    /// The database's reason.
    pub async fn notification_settings(&self, user_id: &UserId) -> Result<Vec<NotificationSetting>> {
        let rows = reading!(&self.database, pool => {
            sqlx::query_as::<_, SettingRow>(SELECT_OF_USER).bind(user_id.as_str()).fetch_all(pool).await
        })
        .map_err(Error::query("read the settings of notifications"))?;
        let chosen = rows.into_iter().map(SettingRow::setting).collect::<Result<Vec<NotificationSetting>>>()?;
        let of_kind = |kind: NotificationKind| {
            let found = chosen.iter().find(|setting| setting.kind == kind).cloned();
            found.unwrap_or_else(|| NotificationSetting::unchosen(kind))
        };
        Ok(NotificationKind::ALL.into_iter().map(of_kind).collect())
    }

    /// Keeps what a user chooses, in the place of all that was chosen before.
    ///
    /// # Errors
    /// The database's reason, also if a kind stands there twice.
    pub async fn choose_notifications(&self, user_id: &UserId, chosen: &[NotificationSetting]) -> Result<()> {
        let mut work = self.database.begin().await?;
        within!(&mut work, open => {
            sqlx::query(DELETE_OF_USER).bind(user_id.as_str()).execute(open).await.map(|_| ())
        })
        .map_err(Error::query("replace the settings of notifications"))?;
        for setting in chosen {
            let quiet = setting.quiet_hours.as_ref();
            within!(&mut work, open => {
                sqlx::query(INSERT)
                    .bind(user_id.as_str())
                    .bind(setting.kind.word())
                    .bind(setting.channels.word())
                    .bind(quiet.map(|quiet| quiet.from.as_str()))
                    .bind(quiet.map(|quiet| quiet.until.as_str()))
                    .bind(quiet.map(|quiet| quiet.time_zone.as_str()))
                    .execute(open)
                    .await
                    .map(|_| ())
            })
            .map_err(Error::query("keep the settings of notifications"))?;
        }
        work.commit().await
    }
}

#[derive(sqlx::FromRow)]
struct SettingRow {
    kind: String,
    channels: String,
    quiet_from: Option<String>,
    quiet_until: Option<String>,
    time_zone: Option<String>,
}

impl SettingRow {
    fn setting(self) -> Result<NotificationSetting> {
        let table = "notification_settings";
        let quiet_hours = match (self.quiet_from, self.quiet_until, self.time_zone) {
            (Some(from), Some(until), Some(time_zone)) => Some(QuietHours { from, until, time_zone }),
            _ => None,
        };
        Ok(NotificationSetting {
            kind: parsed(table, "kind", &self.kind)?,
            channels: parsed(table, "channels", &self.channels)?,
            quiet_hours,
        })
    }
}
