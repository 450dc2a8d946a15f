//! What a user is told: documents, ended orders, open approvals, sign-ins.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use schemas::{PortfolioId, UserId};
use serde::{Deserialize, Serialize};
use store::{
    Notification, NotificationChannels, NotificationFilter, NotificationKind, NotificationSetting, QuietHours,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Resource;
use crate::Context;
use crate::asked::{Asked, Sent};
use crate::caller::{Caller, Who};
use crate::page;
use crate::problem::{Problem, Refusals};

pub(super) static RESOURCE: Resource =
    Resource { name: "notifications", doc: "What a user is told, and how.", routes: notification_routes };

/// Notifications that are marked as read in one request at most.
const IDS_MAX: usize = 200;
const HELP_SETTINGS: &str = "GET /notifications/settings shows the form; a kind that is not named is told in the \
    application only";

/// Which page of the notifications.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NotificationQuery {
    /// Only those that were not read; false if it is not given.
    #[serde(default)]
    unread: bool,
    /// Entries on the page, 1 to 200; 50 if none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before; the first page if none is given.
    after: Option<String>,
}

/// A page of notifications, the latest first.
#[derive(Serialize, ToSchema)]
struct NotificationPage {
    /// The notifications.
    items: Vec<NotificationDescription>,
    /// How many of all are unread.
    unread_count: i64,
    /// What the next page begins after; null on the last page.
    next: Option<String>,
}

/// Something that a user is told.
#[derive(Serialize, ToSchema)]
struct NotificationDescription {
    /// The id.
    #[schema(example = "document_ready-portfolio_statement-D03-2014-12-31-v1")]
    id: String,
    /// What it tells of: `document_ready`, `order_ended`, `approval_waiting` or `new_sign_in`.
    #[schema(value_type = String, example = "document_ready")]
    kind: &'static str,
    /// The id of what it is about: a document, an order, an approval or a session.
    #[schema(example = "portfolio_statement-D03-2014-12-31-v1")]
    about: String,
    /// The portfolio, if it is about one.
    #[schema(value_type = Option<String>, example = "D03")]
    portfolio_id: Option<PortfolioId>,
    /// When it was told.
    notified_at: DateTime<Utc>,
    /// When it was read; null as long as it is unread.
    read_at: Option<DateTime<Utc>>,
}

/// What was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadNotifications {
    /// The ids of what was read, at most 200; those that are not there change nothing.
    #[serde(default)]
    ids: Vec<String>,
    /// All that was told until this instant was read, e.g. the `notified_at` of the first of a page.
    all_until: Option<DateTime<Utc>>,
}

/// How many are left.
#[derive(Serialize, ToSchema)]
struct UnreadCount {
    /// How many are unread.
    unread_count: i64,
}

/// How a user is told, by kind.
#[derive(Serialize, ToSchema)]
struct NotificationSettings {
    /// Every kind.
    items: Vec<SettingDescription>,
}

/// How a user is told of a kind of thing.
#[derive(Serialize, ToSchema)]
struct SettingDescription {
    /// The kind: `document_ready`, `order_ended`, `approval_waiting` or `new_sign_in`.
    #[schema(value_type = String, example = "document_ready")]
    kind: &'static str,
    /// The channels: `in_app`, `email`, both or none.
    #[schema(value_type = Vec<String>, example = json!(["in_app", "email"]))]
    channels: Vec<&'static str>,
    /// When no mail goes; null if one always may.
    quiet_hours: Option<QuietTimes>,
}

/// What a user chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSettings {
    /// The kinds that the user chooses for; others are told in the application only.
    items: Vec<NewSetting>,
}

/// What a user chooses for a kind of thing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSetting {
    /// The kind: `document_ready`, `order_ended`, `approval_waiting` or `new_sign_in`.
    #[schema(example = "document_ready")]
    kind: String,
    /// The channels: `in_app`, `email`, both or none.
    channels: Vec<String>,
    /// When no mail goes: it waits for their end.
    quiet_hours: Option<QuietTimes>,
}

/// Hours of the day in which no mail goes.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuietTimes {
    /// From when on.
    #[schema(example = "22:00")]
    from: String,
    /// Until when, not included; earlier than `from` if they go over midnight.
    #[schema(example = "07:00")]
    until: String,
    /// The time zone of both.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
}

impl From<Notification> for NotificationDescription {
    fn from(notification: Notification) -> NotificationDescription {
        NotificationDescription {
            id: notification.notification_id,
            kind: notification.kind.word(),
            about: notification.about,
            portfolio_id: notification.portfolio_id,
            notified_at: notification.notified_at,
            read_at: notification.read_at,
        }
    }
}

impl From<NotificationSetting> for SettingDescription {
    fn from(setting: NotificationSetting) -> SettingDescription {
        let channels = match setting.channels {
            NotificationChannels::None => vec![],
            NotificationChannels::InApp => vec!["in_app"],
            NotificationChannels::Email => vec!["email"],
            NotificationChannels::Both => vec!["in_app", "email"],
        };
        let times = |quiet: QuietHours| QuietTimes { from: quiet.from, until: quiet.until, time_zone: quiet.time_zone };
        SettingDescription { kind: setting.kind.word(), channels, quiet_hours: setting.quiet_hours.map(times) }
    }
}

fn notification_routes() -> OpenApiRouter<Arc<Context>> {
    OpenApiRouter::default()
        .routes(routes!(notifications))
        .routes(routes!(read_notifications))
        .routes(routes!(notification_settings, choose_notifications))
}

/// What the caller is told in the application, the latest first, a page at a time.
#[utoipa::path(
    get,
    path = "/notifications",
    tag = "notifications",
    params(NotificationQuery),
    responses((status = 200, description = "A page of notifications.", body = NotificationPage), Refusals),
)]
async fn notifications(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Asked(query): Asked<NotificationQuery>,
) -> Result<Json<NotificationPage>, Problem> {
    let user = user_of(&caller)?;
    let limit = page::checked(query.limit)?;
    let filter = if query.unread { NotificationFilter::Unread } else { NotificationFilter::All };
    let place = match &query.after {
        Some(id) if is_id(id) => Some(context.store.notification(user, id).await?.ok_or_else(unknown_place)?),
        Some(_) => return Err(unknown_place()),
        None => None,
    };
    let mut found = context.store.notifications(user, filter, place.as_ref(), limit + 1).await?;
    let next = page::cut(&mut found, limit, |notification| notification.notification_id.clone());
    Ok(Json(NotificationPage {
        items: found.into_iter().map(NotificationDescription::from).collect(),
        unread_count: context.store.unread_notifications(user).await?,
        next,
    }))
}

/// Notes that the caller has read some notifications, or all until an instant.
#[utoipa::path(
    post,
    path = "/notifications/read",
    tag = "notifications",
    request_body = ReadNotifications,
    responses((status = 200, description = "How many are left.", body = UnreadCount), Refusals),
)]
async fn read_notifications(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Sent(read): Sent<ReadNotifications>,
) -> Result<Json<UnreadCount>, Problem> {
    let user = user_of(&caller)?;
    if IDS_MAX < read.ids.len() {
        let detail = format!("there are {} ids, more than {IDS_MAX}", read.ids.len());
        return Err(Problem::bad_request(detail, "send them a part at a time, or `all_until`"));
    }
    if read.ids.is_empty() && read.all_until.is_none() {
        return Err(Problem::bad_request("there are neither `ids` nor `all_until`", "say what was read"));
    }
    let now = context.clock.now();
    let mut ids = read.ids;
    ids.retain(|id| is_id(id));
    context.store.notifications_read(user, &ids, now).await?;
    if let Some(until) = read.all_until {
        context.store.all_notifications_read(user, until, now).await?;
    }
    Ok(Json(UnreadCount { unread_count: context.store.unread_notifications(user).await? }))
}

/// How the caller is told, by kind.
#[utoipa::path(
    get,
    path = "/notifications/settings",
    tag = "notifications",
    responses((status = 200, description = "The settings.", body = NotificationSettings), Refusals),
)]
async fn notification_settings(
    caller: Caller,
    State(context): State<Arc<Context>>,
) -> Result<Json<NotificationSettings>, Problem> {
    let user = user_of(&caller)?;
    let found = context.store.notification_settings(user).await?;
    Ok(Json(NotificationSettings { items: found.into_iter().map(SettingDescription::from).collect() }))
}

/// Chooses how the caller is told, in the place of all that was chosen before. It counts for what is told from now on.
#[utoipa::path(
    put,
    path = "/notifications/settings",
    tag = "notifications",
    request_body = NewSettings,
    responses((status = 200, description = "The settings as they are now.", body = NotificationSettings), Refusals),
)]
async fn choose_notifications(
    caller: Caller,
    State(context): State<Arc<Context>>,
    Sent(new): Sent<NewSettings>,
) -> Result<Json<NotificationSettings>, Problem> {
    let user = user_of(&caller)?;
    let chosen = new.items.into_iter().map(setting).collect::<Result<Vec<NotificationSetting>, Problem>>()?;
    let kinds: BTreeSet<&str> = chosen.iter().map(|setting| setting.kind.word()).collect();
    if kinds.len() < chosen.len() {
        return Err(Problem::bad_request("a kind stands there twice", HELP_SETTINGS));
    }
    context.store.choose_notifications(user, &chosen).await?;
    let found = context.store.notification_settings(user).await?;
    Ok(Json(NotificationSettings { items: found.into_iter().map(SettingDescription::from).collect() }))
}

fn setting(new: NewSetting) -> Result<NotificationSetting, Problem> {
    let refused = |detail: String| Problem::bad_request(detail, HELP_SETTINGS);
    let kind: NotificationKind = new.kind.parse().map_err(refused)?;
    let (mut in_app, mut email) = (false, false);
    for channel in &new.channels {
        match channel.as_str() {
            "in_app" => in_app = true,
            "email" => email = true,
            other => return Err(refused(format!("unknown channel `{other}`; known: in_app, email"))),
        }
    }
    let channels = match (in_app, email) {
        (false, false) => NotificationChannels::None,
        (true, false) => NotificationChannels::InApp,
        (false, true) => NotificationChannels::Email,
        (true, true) => NotificationChannels::Both,
    };
    Ok(NotificationSetting { kind, channels, quiet_hours: new.quiet_hours.map(quiet_hours).transpose()? })
}

/// Quiet hours that can be read, with times of five characters.
fn quiet_hours(new: QuietTimes) -> Result<QuietHours, Problem> {
    let help = "give times such as 22:00 and a time zone such as Europe/Berlin";
    let time = |text: &str| {
        let found = NaiveTime::parse_from_str(text, "%H:%M").ok().map(|time| time.format("%H:%M").to_string());
        found.ok_or_else(|| Problem::bad_request(format!("`{text}` is no time of day"), help))
    };
    let (from, until) = (time(&new.from)?, time(&new.until)?);
    if from == until {
        return Err(Problem::bad_request("quiet hours begin and end at one time", help));
    }
    let zone: Tz = new
        .time_zone
        .parse()
        .map_err(|_| Problem::bad_request(format!("`{}` is no time zone", new.time_zone), help))?;
    Ok(QuietHours { from, until, time_zone: zone.name().to_owned() })
}

/// No text of PostgreSQL has a character zero, and no id does.
fn is_id(text: &str) -> bool {
    !text.contains('\0')
}

fn unknown_place() -> Problem {
    Problem::bad_request("`after` is no notification of yours", "give the `next` of the page before as `after`")
}

/// The user who asks; the house is told nothing.
fn user_of(caller: &Caller) -> Result<&UserId, Problem> {
    match &caller.who {
        Who::User(user) => Ok(&user.user_id),
        Who::House => {
            Err(Problem::forbidden("users are told things, and the house is none", "sign in with POST /login"))
        }
    }
}
