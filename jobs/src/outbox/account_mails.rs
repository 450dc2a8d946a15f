//! Mails about accounts: sent to their users, each with a token that is made now.
//!
//! The queue holds what a mail is about and nothing that opens anything. A token is stored as its hash before the mail
//! leaves; one whose mail was lost is good for nobody and expires. A mail that is tried again has another token, and
//! its id stays the same.

use chrono::TimeDelta;
use pipelines::StageReport;
use reports::delivery::Outcome;
use reports::delivery::email::{Mail, Mailer, Necessity};
use reports::texts::{AccountLabel, Texts};
use schemas::secret_hash::{hexadecimal, secret_hash};
use store::{AccountMail, AccountMailKind, AccountPurpose, User};

use crate::context::Context;
use crate::error::Error;

/// How long a mail that is being sent is left alone by others: longer than the longest sending.
const LEASE: TimeDelta = TimeDelta::minutes(20);
/// How long a token that proves an address is good.
const VERIFY_LIFE: TimeDelta = TimeDelta::days(2);
/// How long a token that sets a password is good.
const PASSWORD_LIFE: TimeDelta = TimeDelta::hours(2);
/// The pause after a failed attempt, times the attempts before.
const PAUSE: TimeDelta = TimeDelta::minutes(2);
/// Mails that one pass sends at most.
const PASS_MAX: u32 = 10_000;

/// Sends every mail about an account that is due. None if there is nothing to say of it.
///
/// # Errors
/// The store's reason, or what is wrong with the settings of mail.
pub(crate) async fn deliver(context: &Context) -> Result<Option<StageReport>, Error> {
    let pending = context.store.pending_account_mails().await?;
    if pending == 0 {
        return Ok(None);
    }
    let Some(settings) = &context.settings.mail else {
        let note = format!("mail is not configured; {pending} mails about accounts wait");
        return Ok(Some(StageReport { note, ..StageReport::default() }));
    };
    let mailer = Mailer::new(settings).map_err(Error::Mail)?;
    let (mut sent, mut not_sent) = (0_u64, 0_u64);
    for _ in 0..PASS_MAX {
        let Some(mail) = context.store.claim_account_mail(LEASE, context.clock.now()).await? else { break };
        match send(context, &mailer, &mail).await? {
            Sending::Sent => sent += 1,
            Sending::NotSent => not_sent += 1,
            Sending::WayClosed => {
                not_sent += 1;
                break;
            }
        }
    }
    let mut report = StageReport { note: format!("{sent} mails about accounts sent"), ..StageReport::default() };
    if 0 < not_sent {
        report.note += &format!(", {not_sent} not");
        report.snags.push(format!("{not_sent} mails about accounts were not sent; `financr run deliver` tries again"));
    }
    Ok(Some(report))
}

/// What became of a mail.
enum Sending {
    Sent,
    NotSent,
    /// The way is closed for all.
    WayClosed,
}

async fn send(context: &Context, mailer: &Mailer, mail: &AccountMail) -> Result<Sending, Error> {
    let store = &context.store;
    let user = store.user(&mail.user_id).await?.filter(|user| user.disabled_at.is_none());
    let Some(user) = user else {
        store.account_mail_failed(&mail.mail_id, "its user is disabled", None).await?;
        return Ok(Sending::NotSent);
    };
    let composed = compose(context, mail, &user).await?;
    let outcome = mailer.deliver(&composed).await;
    let now = context.clock.now();
    let (reason, sending) = match outcome {
        Outcome::Delivered(_) | Outcome::AlreadyDelivered => {
            store.account_mail_sent(&mail.mail_id, now).await?;
            return Ok(Sending::Sent);
        }
        Outcome::PermanentFailure(reason) | Outcome::RecipientRefused(reason) | Outcome::RecipientGone(reason) => {
            store.account_mail_failed(&mail.mail_id, &reason, None).await?;
            tracing::warn!(account_mail.id = mail.mail_id, "a mail about an account was given up");
            return Ok(Sending::NotSent);
        }
        Outcome::TransientFailure(reason) | Outcome::Postponed { reason, .. } | Outcome::Unknown(reason) => {
            (reason, Sending::NotSent)
        }
        Outcome::ChannelFailure(reason) => (reason, Sending::WayClosed),
    };
    let tries = i32::try_from(mail.attempts).unwrap_or(i32::MAX);
    let again = mail.attempts < context.settings.delivery_attempts_max;
    let pause = PAUSE.checked_mul(tries).unwrap_or(LEASE);
    let next_attempt_at = if again { now.checked_add_signed(pause) } else { None };
    store.account_mail_failed(&mail.mail_id, &reason, next_attempt_at).await?;
    Ok(sending)
}

/// The mail, with a token where it needs one.
async fn compose(context: &Context, mail: &AccountMail, user: &User) -> Result<Mail, Error> {
    let (subject, body, purpose) = match mail.kind {
        AccountMailKind::VerifyEmail => (
            AccountLabel::VerifyEmailSubject,
            AccountLabel::VerifyEmailBody,
            Some((AccountPurpose::VerifyEmail, VERIFY_LIFE)),
        ),
        AccountMailKind::SetPassword => (
            AccountLabel::SetPasswordSubject,
            AccountLabel::SetPasswordBody,
            Some((AccountPurpose::SetPassword, PASSWORD_LIFE)),
        ),
        AccountMailKind::RegisteredAlready => {
            (AccountLabel::RegisteredAlreadySubject, AccountLabel::RegisteredAlreadyBody, None)
        }
        AccountMailKind::PasswordChanged => {
            (AccountLabel::PasswordChangedSubject, AccountLabel::PasswordChangedBody, None)
        }
        AccountMailKind::SecondFactorAdded => {
            (AccountLabel::SecondFactorAddedSubject, AccountLabel::SecondFactorAddedBody, None)
        }
        AccountMailKind::SecondFactorRemoved => {
            (AccountLabel::SecondFactorRemovedSubject, AccountLabel::SecondFactorRemovedBody, None)
        }
        AccountMailKind::RecoveryCodesRenewed => {
            (AccountLabel::RecoveryCodesRenewedSubject, AccountLabel::RecoveryCodesRenewedBody, None)
        }
        AccountMailKind::OtherHouseLinked => {
            (AccountLabel::OtherHouseLinkedSubject, AccountLabel::OtherHouseLinkedBody, None)
        }
        AccountMailKind::PasskeyAdded => (AccountLabel::PasskeyAddedSubject, AccountLabel::PasskeyAddedBody, None),
        AccountMailKind::PasskeyRemoved => {
            (AccountLabel::PasskeyRemovedSubject, AccountLabel::PasskeyRemovedBody, None)
        }
    };
    let mut token = String::new();
    if let Some((purpose, life)) = purpose {
        token = new_token()?;
        let now = context.clock.now();
        context.store.insert_account_token(&secret_hash(&token), &user.user_id, purpose, life, now).await?;
    }
    let texts = Texts::of(user.language);
    Ok(Mail {
        // An attempt is a mail of its own: its token differs.
        delivery_id: format!("{}-{}", mail.mail_id, mail.attempts)
            .parse()
            .map_err(|_| unmade("its id cannot be one"))?,
        to: user.email.clone(),
        subject: texts.label(subject),
        body: texts.label_with(body, &[("token", &*token)]),
        page: None,
        attachments: Vec::new(),
        necessity: Necessity::Required,
        unsubscribe_link: None,
        date: mail.queued_at,
    })
}

fn new_token() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| unmade("the system has no random numbers"))?;
    Ok(hexadecimal(&bytes))
}

fn unmade(problem: &'static str) -> Error {
    Error::AccountMail { problem }
}
