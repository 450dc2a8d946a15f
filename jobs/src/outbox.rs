//! The outbox: every queued message is handed over, once.
//!
//! A message is leased, sent, and marked as delivered; a process that dies in between leaves a lease behind, which the
//! next one lifts if the kernel says that the process is gone. Into a folder a message arrives exactly once. With a
//! mail server there is one window, between its `250` and our note of it, in which a death leads to a second sending;
//! both carry the same Message-ID (docs/adr/0008).

use bytes::Bytes;
use chrono::TimeDelta;
use pipelines::StageReport;
use reports::Format;
use reports::delivery::email::{Attachment, Mail, Mailer};
use reports::delivery::{DeliveryId, Outcome};
use reports::texts::{Label, Texts};
use schemas::Language;
use store::{Delivery, NextAttempt, Statement, StatementFile};

use crate::context::{Context, Progress};
use crate::error::Error;
use crate::owner;
use crate::publication::language_of;

/// Messages leased at once.
const BATCH: u32 = 16;
/// How long a sender may be silent before another one takes its messages: longer than the timeouts of a whole batch.
const LEASE: TimeDelta = TimeDelta::minutes(20);
/// Pause after the first failed attempt; doubled after each further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(2);

/// Bytes of a page that a message takes; of longer ones mail programs show a part only.
const PAGE_BYTES_MAX: i64 = 100_000;

/// What became of the messages.
#[derive(Default)]
struct Tally {
    sent: u64,
    sent_before: u64,
    postponed: u64,
    given_up: u64,
}

/// Sends every message of the outbox that is due.
pub(crate) async fn deliver(context: &Context) -> Result<StageReport, Error> {
    let Some(settings) = &context.settings.mail else {
        let pending = context.store.delivery_counts().await?.pending;
        let note = format!("mail is not configured; {pending} messages wait in the outbox");
        return Ok(StageReport { note, ..StageReport::default() });
    };
    let mailer = Mailer::new(settings).map_err(Error::Mail)?;
    lift_leases_of_the_dead(context).await?;
    let me = owner::this_process();
    let total = usize::try_from(context.store.delivery_counts().await?.pending).unwrap_or(0);
    let mut tally = Tally::default();
    loop {
        let batch = context.store.claim_deliveries(&me, LEASE, context.clock.now(), BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for delivery in &batch {
            send(context, &mailer, delivery, &mut tally).await?;
            let done = tally.sent + tally.sent_before + tally.postponed + tally.given_up;
            (context.watch)(Progress::Advanced { done: usize::try_from(done).unwrap_or(total), total });
        }
    }
    Ok(StageReport { rows_written: tally.sent, note: tally.sentence(), snags: tally.snags(), ..StageReport::default() })
}

async fn lift_leases_of_the_dead(context: &Context) -> Result<(), Error> {
    for name in context.store.delivery_lease_owners().await? {
        if owner::is_dead(&name) {
            let lifted = context.store.release_deliveries(&name).await?;
            tracing::info!(deliveries = lifted, "lifted the leases of a sender that is gone");
        }
    }
    Ok(())
}

async fn send(context: &Context, mailer: &Mailer, delivery: &Delivery, tally: &mut Tally) -> Result<(), Error> {
    let now = context.clock.now();
    let outcome = match compose(context, delivery).await? {
        Ok(mail) => mailer.deliver(&mail).await,
        Err(reason) => Outcome::PermanentFailure(reason),
    };
    match outcome {
        Outcome::Delivered => {
            tally.sent += 1;
            context.store.mark_delivered(&delivery.id, now).await?;
        }
        Outcome::AlreadyDelivered => {
            tally.sent_before += 1;
            context.store.mark_delivered(&delivery.id, now).await?;
        }
        Outcome::TransientFailure(reason) if delivery.attempts < context.settings.delivery_attempts_max => {
            tally.postponed += 1;
            let doublings = u32::try_from(delivery.attempts.clamp(1, 10) - 1).unwrap_or(0);
            let pause = FIRST_PAUSE * 2_i32.pow(doublings);
            context.store.mark_failed_attempt(delivery, &reason, NextAttempt::At(now + pause)).await?;
        }
        Outcome::TransientFailure(reason) | Outcome::PermanentFailure(reason) => {
            tally.given_up += 1;
            tracing::error!(delivery.id = delivery.id, reason, "a message is given up; see `financr status`");
            context.store.mark_failed_attempt(delivery, &reason, NextAttempt::Never).await?;
        }
    }
    Ok(())
}

/// The message of a delivery, or why there can be none.
async fn compose(context: &Context, delivery: &Delivery) -> Result<Result<Mail, String>, Error> {
    let Some(statement) = context.store.statement(&delivery.statement_id).await? else {
        return Ok(Err("its statement is not in the store".to_owned()));
    };
    let Some(file) = statement.files.iter().find(|file| file.media_type == Format::Pdf.content_type()) else {
        return Ok(Err("its statement has no PDF".to_owned()));
    };
    let content: Bytes = context.lake.storage().get(&file.object_path).await?;
    let page = page_of(context, &statement).await?;
    let language = language_of_statement(context, &statement).await?;
    let delivery_id: Result<DeliveryId, _> = delivery.id.parse();
    Ok(delivery_id.map_err(|error| error.to_string()).map(|delivery_id| Mail {
        delivery_id,
        to: delivery.recipient.clone(),
        subject: delivery.subject.clone(),
        body: body(&statement, Texts::of(language)),
        page,
        attachment: Attachment {
            file_name: format!("statement-{}-{}.pdf", statement.portfolio_id, statement.period_end),
            format: Format::Pdf,
            content,
        },
        date: statement.published_at,
    }))
}

fn body(statement: &Statement, texts: Texts) -> String {
    let date = texts.date(statement.period_end);
    let values = [
        ("portfolio", statement.portfolio_id.as_str()),
        ("date", &*date),
        ("statement", statement.id.as_str()),
        ("hash", statement.document_sha256.as_str()),
    ];
    texts.label_with(Label::MailBody, &values)
}

/// The statement as a page for the body of the message; none if it is too long for one.
async fn page_of(context: &Context, statement: &Statement) -> Result<Option<String>, Error> {
    let is_page = |file: &&StatementFile| file.media_type == Format::Html.content_type();
    let short = statement.files.iter().find(is_page).filter(|file| file.byte_count <= PAGE_BYTES_MAX);
    let Some(file) = short else { return Ok(None) };
    let content = context.lake.storage().get(&file.object_path).await?;
    Ok(String::from_utf8(content.to_vec()).ok())
}

/// The language in which a statement was written.
async fn language_of_statement(context: &Context, statement: &Statement) -> Result<Language, Error> {
    let file = statement.files.iter().find(|file| file.media_type == Format::Json.content_type());
    let Some(file) = file else { return Ok(Language::default()) };
    Ok(language_of(&context.lake.storage().get(&file.object_path).await?))
}

impl Tally {
    fn sentence(&self) -> String {
        let mut text = format!("{} mails delivered", self.sent);
        for (count, what) in [
            (self.sent_before, "had been delivered before"),
            (self.postponed, "postponed"),
            (self.given_up, "given up"),
        ] {
            if 0 < count {
                text += &format!(", {count} {what}");
            }
        }
        text
    }

    fn snags(&self) -> Vec<String> {
        let given_up = (0 < self.given_up).then(|| format!("{} mails were given up", self.given_up));
        let again = "`financr run deliver` and every night try them again";
        let postponed = (0 < self.postponed).then(|| format!("{} mails were postponed; {again}", self.postponed));
        given_up.into_iter().chain(postponed).collect()
    }
}
