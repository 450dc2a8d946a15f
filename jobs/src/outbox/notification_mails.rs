//! What users are told: written down, and mailed to those who chose so, outside their quiet hours.
//!
//! A mail says what kind of thing is new and nothing else: whoever reads it signs in. It is claimed, sent and marked as
//! mails about accounts are, under one Message-ID however often it is tried.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use pipelines::StageReport;
use pipelines::landing::sha256;
use reports::delivery::Outcome;
use reports::delivery::email::{Mail, Mailer, Necessity};
use reports::texts::{NotificationLabel, Texts};
use store::{NotificationKind, NotificationMail, QuietHours, User};

use crate::context::Context;
use crate::error::Error;

/// How far back is looked for what is new: longer than any pause between two looks.
const LOOK_BACK: TimeDelta = TimeDelta::days(7);
/// How long a mail that is being sent is left alone by others: longer than the longest sending.
const LEASE: TimeDelta = TimeDelta::minutes(20);
/// The pause after a failed attempt, times the attempts before.
const PAUSE: TimeDelta = TimeDelta::minutes(2);
/// Mails that one pass sends at most.
const PASS_MAX: u32 = 10_000;

/// Tells users what is new, and sends the mails that are due. None if there is nothing to say of it.
///
/// # Errors
/// The store's reason, or what is wrong with the settings of mail.
pub(crate) async fn tell(context: &Context) -> Result<Option<StageReport>, Error> {
    let (store, now) = (&context.store, context.clock.now());
    let told = store.tell_users(now.checked_sub_signed(LOOK_BACK).unwrap_or(now), now).await?;
    // Without mail, mails wait; they are counted nowhere, for they are nobody's duty.
    let sent = match &context.settings.mail {
        Some(settings) => mail_what_is_due(context, &Mailer::new(settings).map_err(Error::Mail)?).await?,
        None => 0,
    };
    if told + sent == 0 {
        return Ok(None);
    }
    let note = format!("{told} notifications, {sent} mails about notifications sent");
    Ok(Some(StageReport { note, ..StageReport::default() }))
}

async fn mail_what_is_due(context: &Context, mailer: &Mailer) -> Result<u64, Error> {
    let mut sent = 0;
    for _ in 0..PASS_MAX {
        let Some(mail) = context.store.claim_notification_mail(LEASE, context.clock.now()).await? else { break };
        match send(context, mailer, &mail).await? {
            Sending::Sent => sent += 1,
            Sending::NotSent => {}
            Sending::WayClosed => break,
        }
    }
    Ok(sent)
}

/// What became of a mail.
enum Sending {
    Sent,
    NotSent,
    /// The way is closed for all.
    WayClosed,
}

async fn send(context: &Context, mailer: &Mailer, mail: &NotificationMail) -> Result<Sending, Error> {
    let (store, now) = (&context.store, context.clock.now());
    let may_be_told = |user: &User| user.disabled_at.is_none() && user.email_verified_at.is_some();
    let Some(user) = store.user(&mail.user_id).await?.filter(may_be_told) else {
        store.notification_not_mailed(mail, (mail.attempts, None), Some("its user is disabled")).await?;
        return Ok(Sending::NotSent);
    };
    let settings = store.notification_settings(&mail.user_id).await?;
    let quiet = settings.into_iter().find(|setting| setting.kind == mail.kind).and_then(|found| found.quiet_hours);
    if let Some(until) = quiet.and_then(|quiet| quiet_until(&quiet, now)) {
        // What is held back was not tried.
        store.notification_not_mailed(mail, (mail.attempts - 1, Some(until)), None).await?;
        return Ok(Sending::NotSent);
    }
    let composed = compose(mail, &user)?;
    let (reason, again, sending) = match mailer.deliver(&composed).await {
        Outcome::Delivered(_) | Outcome::AlreadyDelivered => {
            store.notification_mailed(mail, context.clock.now()).await?;
            return Ok(Sending::Sent);
        }
        Outcome::PermanentFailure(reason) | Outcome::RecipientRefused(reason) | Outcome::RecipientGone(reason) => {
            (reason, false, Sending::NotSent)
        }
        Outcome::TransientFailure(reason) | Outcome::Postponed { reason, .. } | Outcome::Unknown(reason) => {
            (reason, true, Sending::NotSent)
        }
        Outcome::ChannelFailure(reason) => (reason, true, Sending::WayClosed),
    };
    let tries = i32::try_from(mail.attempts).unwrap_or(i32::MAX);
    let is_tried_again = again && mail.attempts < context.settings.delivery_attempts_max;
    let pause = PAUSE.checked_mul(tries).unwrap_or(LEASE);
    let next_at = if is_tried_again { now.checked_add_signed(pause) } else { None };
    store.notification_not_mailed(mail, (mail.attempts, next_at), Some(&reason)).await?;
    if next_at.is_none() {
        tracing::warn!(notification.id = mail.notification_id, "a mail about a notification was given up");
    }
    Ok(sending)
}

fn compose(mail: &NotificationMail, user: &User) -> Result<Mail, Error> {
    let subject = match mail.kind {
        NotificationKind::DocumentReady => NotificationLabel::DocumentReady,
        NotificationKind::OrderEnded => NotificationLabel::OrderEnded,
        NotificationKind::ApprovalWaiting => NotificationLabel::ApprovalWaiting,
        NotificationKind::NewSignIn => NotificationLabel::NewSignIn,
    };
    let texts = Texts::of(user.language);
    let what = texts.label(subject);
    // Several users are told of one thing: the id of the user keeps their mails apart.
    let id = sha256(format!("{} {}", mail.user_id, mail.notification_id).as_bytes());
    Ok(Mail {
        delivery_id: id.parse().map_err(|_| Error::AccountMail { problem: "its id cannot be one" })?,
        to: user.email.clone(),
        subject: what.clone(),
        body: texts.label_with(NotificationLabel::Body, &[("what", &*what)]),
        page: None,
        attachments: Vec::new(),
        necessity: Necessity::Required,
        unsubscribe_link: None,
        date: mail.notified_at,
    })
}

/// When the quiet hours end that an instant lies in; none if it lies in none. Hours that nobody can read are none.
fn quiet_until(quiet: &QuietHours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let (from, until) = (time(&quiet.from)?, time(&quiet.until)?);
    let zone: Tz = quiet.time_zone.parse().ok()?;
    let local = now.with_timezone(&zone).naive_local();
    let (today, hour) = (local.date(), local.time());
    let end_date = if from < until {
        (from <= hour && hour < until).then_some(today)?
    } else if from <= hour {
        today.checked_add_days(Days::new(1))?
    } else {
        (hour < until).then_some(today)?
    };
    let end = end_date.and_time(until);
    // An end that the clock skips in spring comes an hour later.
    let found = zone.from_local_datetime(&end).earliest();
    let skipped = || zone.from_local_datetime(&end.checked_add_signed(TimeDelta::hours(1))?).earliest();
    found.or_else(skipped).map(|instant| instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(from: &str, to: &str, zone: &str, now: &str) -> Option<String> {
        let quiet = QuietHours { from: from.to_owned(), until: to.to_owned(), time_zone: zone.to_owned() };
        let end = quiet_until(&quiet, now.parse().expect("an instant"));
        end.map(|end| end.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }

    #[test]
    fn quiet_hours_end_in_the_time_zone_of_the_user() {
        let berlin = |now: &str| until("22:00", "07:00", "Europe/Berlin", now);
        // In winter one hour, in summer two hours ahead of UTC.
        assert_eq!(berlin("2026-01-10T20:59:59Z"), None);
        assert_eq!(berlin("2026-01-10T21:00:00Z").as_deref(), Some("2026-01-11T06:00:00Z"));
        assert_eq!(berlin("2026-01-11T05:59:59Z").as_deref(), Some("2026-01-11T06:00:00Z"));
        assert_eq!(berlin("2026-01-11T06:00:00Z"), None);
        assert_eq!(berlin("2026-07-10T20:00:00Z").as_deref(), Some("2026-07-11T05:00:00Z"));
        let noon = |now: &str| until("12:00", "14:00", "Asia/Tokyo", now);
        assert_eq!(noon("2026-01-10T03:30:00Z").as_deref(), Some("2026-01-10T05:00:00Z"));
        assert_eq!(noon("2026-01-10T05:00:00Z"), None);
    }

    #[test]
    fn an_end_that_the_clock_skips_comes_an_hour_later() {
        // In Berlin the clock goes from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
        let end = until("22:00", "02:30", "Europe/Berlin", "2026-03-28T23:00:00Z");
        assert_eq!(end.as_deref(), Some("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn hours_that_nobody_can_read_hold_nothing_back() {
        for (from, to, zone) in [("22", "07:00", "UTC"), ("22:00", "25:00", "UTC"), ("22:00", "07:00", "Mars")] {
            assert_eq!(until(from, to, zone, "2026-01-10T23:00:00Z"), None, "{from} {to} {zone}");
        }
    }
}
