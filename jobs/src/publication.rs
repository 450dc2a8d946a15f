//! Publication: statements are written once, archived under the hash of their bytes, and announced.
//!
//! The first document of a period stays the document of that period. If figures have changed since, the statement is
//! listed as differing; it is not replaced behind the client's back.

mod announced;
mod due;
mod edition;
mod events;
mod manifest;
pub(crate) mod overviews;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use pipelines::landing::sha256;
use pipelines::{StageReport, Work};
use reports::delivery::OPTIONAL_KINDS;
use reports::document::Document;
use reports::gather::{Facts, Origin, Span, shares};
use reports::statements::{StatementInput, StatementKind, needs_of};
use reports::texts::{Label, Texts};
use reports::{Format, Rhythm, render, render_every_format};
use schemas::{BusinessDate, DeliveryChannel, Language, PortfolioId, RunId, Severity, Subject, with_causes};
use store::{
    BlockedStatement, Bundling, Necessity, NewDelivery, PublishOutcome, PublishedPeriod, Statement, StatementEvent,
    StoreKind,
};

use crate::context::{Context, Progress};
use crate::error::Error;
use crate::restatement::figures;

use self::due::{Due, Wanted, due, is_month_end};
pub(crate) use self::due::{Which, last_business_day};
pub(crate) use self::edition::Published;
use self::edition::{Archival, Edition, statement_id};
use self::manifest::MadeFrom;
pub(crate) use self::manifest::{Pinned, pinned};
pub use self::plan::StatementPlan;

/// The version of a statement that was never restated.
pub(crate) const FIRST_VERSION: u32 = 1;

/// A statement in all its formats.
pub(crate) struct Rendered {
    document_sha256: String,
    files: Vec<(Format, Bytes, String)>,
}

impl Rendered {
    /// The media type of each file, and the SHA-256 of its bytes.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.files.iter().map(|(format, _, hash)| (format.content_type(), hash.as_str()))
    }
}

/// What became of the statements.
#[derive(Default)]
struct Tally {
    written: u64,
    existing: u64,
    differing: Vec<String>,
    blocked: Vec<String>,
    /// What is blocked and not yet written down.
    missing: Vec<BlockedStatement>,
    /// Messages that go by mail. How many mails they make shows when they are sent: those of one run to one recipient
    /// share some (docs/adr/0029).
    messages: u64,
    others: u64,
    /// Portfolios of which nothing is left to do, and all of them.
    done: usize,
    total: usize,
}

/// Writes the statements that are due on the last date of the work, a share of the portfolios at a time.
pub(crate) async fn publish(context: &Context, work: &Work, which: Which) -> Result<StageReport, Error> {
    let date = work.to;
    let origin = Origin {
        run_id: work.run_id.clone(),
        inputs_fingerprint: work.inputs_fingerprint.clone(),
        program_version: context.program_version.clone(),
        synthetic: context.store.kind() == StoreKind::Demo,
        firm: context.settings.firm.clone(),
        fx_rate_days_max: context.settings.age_limits.fx_rate_days_max,
    };
    let facts = Facts::pinned(&context.lake).await?;
    let due = due((&facts, &context.store), date, which, &context.settings.statement_plan, work.portfolios.as_deref())
        .await?;
    let total = due.count();
    let Due { wanted, blocked, missing } = due;
    let mut tally = Tally { blocked, missing, total, ..Tally::default() };
    let published = context.store.periods_of_run(&work.run_id).await?;
    for ((span, _), Wanted { kinds, portfolios, mut events }) in wanted {
        let needs = needs_of(kinds.iter().copied());
        for share in shares(&portfolios) {
            let asked = share.len();
            let share = not_published(share, span, &kinds, &published);
            tally.existing += u64::try_from((asked - share.len()) * kinds.len()).unwrap_or(u64::MAX);
            let mut inputs = facts.inputs(span, &origin, &share, &needs).await?;
            for input in &mut inputs {
                let told = events.remove(&input.portfolio.portfolio_id).unwrap_or_default();
                input.further.events = told.into_iter().map(|event| (event.event, event.event_date)).collect();
            }
            tally.done += (asked - inputs.len()) * kinds.len();
            publish_share(context, work, &facts, (&kinds, inputs), &mut tally).await?;
        }
    }
    // A report about the firm counts what is blocked.
    write_down_blocked(context, work, &mut tally).await?;
    overviews::publish(context, work, which, (&facts, &origin), &mut tally).await?;
    write_down_blocked(context, work, &mut tally).await?;
    tally.blocked.sort();
    tally.differing.sort();
    let blocked = tally.blocked.iter().map(|blocked| format!("no statement for {blocked}"));
    Ok(StageReport {
        rows_written: tally.written,
        note: tally.sentence(date, which, is_month_end(date)?),
        snags: blocked.collect(),
        versions_read: facts.versions(),
    })
}

/// Writes down what is blocked and was not written down.
async fn write_down_blocked(context: &Context, work: &Work, tally: &mut Tally) -> Result<(), Error> {
    let missing = std::mem::take(&mut tally.missing);
    Ok(context.store.record_blocked(&work.run_id, &missing, context.clock.now()).await?)
}

/// The portfolios of a share of which this run, before it was killed, has not published every kind of statement.
fn not_published(
    share: BTreeSet<PortfolioId>,
    span: Span,
    kinds: &[&'static StatementKind],
    published: &[PublishedPeriod],
) -> BTreeSet<PortfolioId> {
    let of_span = published.iter().filter(|row| (row.period_start, row.period_end) == (span.opening, span.closing));
    let of_span = of_span.filter(|row| kinds.iter().any(|kind| kind.id == row.kind));
    let mut counts: BTreeMap<&PortfolioId, usize> = BTreeMap::new();
    for row in of_span {
        if let Some(id) = row.subject.portfolio() {
            *counts.entry(id).or_default() += 1;
        }
    }
    share.into_iter().filter(|id| counts.get(id).is_none_or(|count| *count < kinds.len())).collect()
}

/// Renders the statements of a share on all cores, and keeps each as soon as it is there.
async fn publish_share(
    context: &Context,
    work: &Work,
    facts: &Facts,
    (kinds, inputs): (&[&'static StatementKind], Vec<StatementInput>),
    tally: &mut Tally,
) -> Result<(), Error> {
    let mut rendering = tokio::task::JoinSet::new();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut waiting = inputs.into_iter();
    for input in waiting.by_ref().take(workers) {
        let kinds = kinds.to_vec();
        rendering.spawn_blocking(move || (render_all(&kinds, &input), input));
    }
    while let Some(finished) = rendering.join_next().await {
        let (rendered, input) = finished.map_err(|_| Error::Worker)?;
        if let Some(next) = waiting.next() {
            let kinds = kinds.to_vec();
            rendering.spawn_blocking(move || (render_all(&kinds, &next), next));
        }
        for (kind, rendered) in rendered {
            match rendered {
                Ok(rendered) => keep(context, work, facts, (kind, &input), rendered, tally).await?,
                Err(source) => {
                    let span = Span { opening: input.period_start, closing: input.business_date };
                    let subject = input.portfolio.portfolio_id.clone().into();
                    tally.block(kind.id, &subject, span, blocked_because(&input, &source));
                }
            }
        }
        tally.done += kinds.len();
        (context.watch)(Progress::Advanced { done: tally.done, total: tally.total });
    }
    Ok(())
}

/// Some kinds of statements of an input.
fn render_all(
    kinds: &[&'static StatementKind],
    input: &StatementInput,
) -> Vec<(&'static StatementKind, Result<Rendered, reports::Error>)> {
    kinds.iter().map(|kind| (*kind, render_kind(kind, input))).collect()
}

fn render_kind(kind: &StatementKind, input: &StatementInput) -> Result<Rendered, reports::Error> {
    rendered(&(kind.build)(input)?)
}

/// A document in all its formats.
pub(crate) fn rendered(document: &Document) -> Result<Rendered, reports::Error> {
    let hashed = |(format, bytes): (Format, Bytes)| {
        let hash = sha256(&bytes);
        (format, bytes, hash)
    };
    let files: Vec<(Format, Bytes, String)> = render_every_format(document)?.into_iter().map(hashed).collect();
    let json = files.iter().find(|(format, _, _)| *format == Format::Json);
    let document_sha256 = json.map(|(_, _, hash)| hash.clone()).unwrap_or_default();
    Ok(Rendered { document_sha256, files })
}

/// Why a statement is blocked, for the run ledger: the findings or the error.
fn blocked_because(input: &StatementInput, error: &reports::Error) -> String {
    let blocking = input.exceptions.iter().filter(|row| row.severity == Severity::Block);
    let checks: BTreeSet<&str> = blocking.map(|row| row.check_name.as_str()).collect();
    if checks.is_empty() { with_causes(error) } else { checks.into_iter().collect::<Vec<_>>().join(", ") }
}

async fn keep(
    context: &Context,
    work: &Work,
    facts: &Facts,
    (kind, input): (&StatementKind, &StatementInput),
    rendered: Rendered,
    tally: &mut Tally,
) -> Result<(), Error> {
    let published = archive_and_publish(context, &work.run_id, facts, (kind, input), rendered, FIRST_VERSION).await?;
    match published.outcome {
        PublishOutcome::Inserted => {
            tally.written += 1;
            tally.messages += published.mails;
            tally.others += published.others;
        }
        PublishOutcome::Existing(first) => {
            tally.existing += 1;
            // What happened after a document about events was published is told by the next one.
            let is_of_events = matches!(kind.rhythm, Rhythm::On(_));
            if first.run_id != work.run_id && !is_of_events {
                note_difference(context, kind, input, &published.json, first, tally).await?;
            }
        }
    }
    Ok(())
}

/// Archives the files of a version of a statement, and publishes it together with the mail that announces it. A
/// version that was published before stays, and nobody is told again.
pub(crate) async fn archive_and_publish(
    context: &Context,
    run_id: &RunId,
    facts: &Facts,
    (kind, input): (&StatementKind, &StatementInput),
    rendered: Rendered,
    version: u32,
) -> Result<Published, Error> {
    let bundling = bundling(kind, version);
    let StatementKind { id: kind, title, .. } = kind;
    let texts = Texts::of(input.portfolio.language);
    let portfolio_id = &input.portfolio.portfolio_id;
    let span = Span { opening: input.period_start, closing: input.business_date };
    let made = MadeFrom {
        inputs_fingerprint: &input.inputs_fingerprint,
        program_version: &input.program_version,
        firm: input.firm.as_ref(),
        gips: None,
        fx_rate_days_max: context.settings.age_limits.fx_rate_days_max,
        publications: None,
    };
    let edition = Edition { kind, subject: portfolio_id.clone().into(), span, run_id, version, made };
    let (statement, json) = match edition.archive(context, facts, rendered).await? {
        Archival::Archived(statement, json) => (statement, json),
        Archival::Published(published) => return Ok(published),
    };
    let subject = match (version == FIRST_VERSION, is_month(span)) {
        (true, true) => Label::MailSubject,
        (false, true) => Label::RestatedMailSubject,
        (true, false) => Label::MailSubjectOfPeriod,
        (false, false) => Label::RestatedMailSubjectOfPeriod,
    };
    let (title, first, date) = (texts.label(*title), texts.date(span.first_day()), texts.date(span.closing));
    let values = [("title", &*title), ("portfolio", portfolio_id.as_str()), ("first", &*first), ("date", &*date)];
    let subject = texts.label_with(subject, &values);
    let browsers = announced::browsers(context, &input.portfolio).await?;
    let deliveries = announced::deliveries(&input.portfolio, &browsers, &subject, (necessity(kind), bundling))?;
    // A later version tells of what the first one told of.
    let told = input.further.events.iter().filter(|_| version == FIRST_VERSION);
    let told = told.map(|(event, day)| StatementEvent { event: event.clone(), event_date: *day });
    let told: Vec<StatementEvent> = told.collect();
    let outcome = context.store.publish_statement_of_events(&statement, &deliveries, &told).await?;
    let is_mail = |delivery: &&NewDelivery| delivery.channel == DeliveryChannel::Email.name();
    let mails = u64::try_from(deliveries.iter().filter(is_mail).count()).unwrap_or(u64::MAX);
    let others = u64::try_from(deliveries.len()).unwrap_or(u64::MAX).saturating_sub(mails);
    Ok(Published { statement, json, outcome, mails, others })
}

/// Gives an input what a published statement told of, so that it is made again about the same.
pub(crate) async fn with_its_events(
    context: &Context,
    statement: &Statement,
    input: &mut StatementInput,
) -> Result<(), Error> {
    let span = Span { opening: statement.period_start, closing: statement.period_end };
    let first = statement_id(&statement.kind, &statement.subject, span, FIRST_VERSION);
    let events = context.store.events_of_statement(&first).await?;
    input.further.events = events.into_iter().map(|event| (event.event, event.event_date)).collect();
    Ok(())
}

fn is_month(span: Span) -> bool {
    span == Span::month_to_date(span.closing)
}

/// Whether the house owes a kind of document to its client.
fn necessity(kind: &str) -> Necessity {
    if OPTIONAL_KINDS.contains(&kind) { Necessity::Optional } else { Necessity::Required }
}

/// Whether a document may share a mail with others. What events cause is told by itself, because the law sets a time
/// for it, and so is a correction, which should not be overlooked.
fn bundling(kind: &StatementKind, version: u32) -> Bundling {
    if matches!(kind.rhythm, Rhythm::On(_)) || version != FIRST_VERSION { Bundling::Alone } else { Bundling::Together }
}

/// Notes whether the figures differ from those of the latest version that was published.
async fn note_difference(
    context: &Context,
    kind: &StatementKind,
    input: &StatementInput,
    now: &[u8],
    first: Statement,
    tally: &mut Tally,
) -> Result<(), Error> {
    let again = |language| {
        let document = (kind.build)(&in_language(input.clone(), language));
        document.and_then(|document| render(&document, Format::Json)).ok()
    };
    if differs(context, first, (now, input.portfolio.language), again).await? {
        tally.differing.push(input.portfolio.portfolio_id.to_string());
    }
    Ok(())
}

/// Whether a document has other figures than the latest version of a published one.
///
/// - `again`: the document for readers of another language. Another language is no other figure: what was published is
///   held against the same words.
async fn differs(
    context: &Context,
    first: Statement,
    (now, own): (&[u8], Language),
    again: impl Fn(Language) -> Option<Bytes>,
) -> Result<bool, Error> {
    let latest = context.store.statement_versions(&first).await?.pop().unwrap_or(first);
    let Some(file) = latest.files.iter().find(|file| file.media_type == Format::Json.content_type()) else {
        return Ok(false);
    };
    // What was removed after its period of retention can differ from nothing.
    if context.store.removal(&latest.id).await?.is_some() {
        return Ok(false);
    }
    let published = context.lake.storage().get(&file.object_path).await?;
    let language = language_of(&published);
    let in_its_language = if language == own { None } else { again(language) };
    Ok(!says_the_same(in_its_language.as_deref().unwrap_or(now), &published))
}

/// The language of an archived document. Those that were archived before there were several are in English.
pub(crate) fn language_of(json: &[u8]) -> Language {
    let document = serde_json::from_slice::<serde_json::Value>(json).unwrap_or_default();
    let code = document.pointer("/metadata/language").and_then(serde_json::Value::as_str);
    code.and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// What a statement is made from, for a reader of a language.
pub(crate) fn in_language(mut input: StatementInput, language: Language) -> StatementInput {
    input.portfolio.language = language;
    input
}

/// Whether two statements have the same figures, whatever they say about the run that made them. Bytes that are no
/// statement are a difference, too.
fn says_the_same(left: &[u8], right: &[u8]) -> bool {
    let parsed = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    match (parsed(left), parsed(right)) {
        (Some(left), Some(right)) => figures(&left).is_some() && figures(&left) == figures(&right),
        _ => false,
    }
}

impl Tally {
    /// Notes that a document cannot be made.
    fn block(&mut self, kind: &str, subject: &Subject, span: Span, reason: String) {
        self.blocked.push(format!("{subject} ({reason})"));
        self.missing.push(BlockedStatement {
            kind: kind.to_owned(),
            subject: subject.clone(),
            period_start: span.opening,
            period_end: span.closing,
            reason,
        });
    }

    fn sentence(&self, date: BusinessDate, which: Which, month_end: bool) -> String {
        if which == Which::Due && !month_end && self.written + self.existing == 0 && self.blocked.is_empty() {
            return format!("no statement is due on {date}");
        }
        let mut text = format!("{} statements written, {} messages queued for mail", self.written, self.messages);
        if 1 < self.messages {
            text += " (one mail may carry several)";
        }
        if 0 < self.others {
            text += &format!(", {} messages queued for other channels", self.others);
        }
        if 0 < self.existing {
            text += &format!(", {} were there before", self.existing);
        }
        if !self.differing.is_empty() {
            text += &format!(", {} of them would differ now: {}", self.differing.len(), first_few(&self.differing));
        }
        if !self.blocked.is_empty() {
            text += &format!(", {} blocked: {}", self.blocked.len(), first_few(&self.blocked));
        }
        text
    }
}

/// A list that stays readable however long it is.
fn first_few(items: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match items.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_another_statement_than_its_last_month() {
        let date = |text: &str| text.parse::<BusinessDate>().expect("a date");
        let id = |opening: &str, closing: &str| {
            let span = Span { opening: date(opening), closing: date(closing) };
            statement_id("portfolio_statement", &"D01".parse::<PortfolioId>().expect("an id").into(), span, 1)
        };
        assert_eq!(id("2017-05-31", "2017-06-30"), "portfolio_statement-D01-2017-06-30-v1");
        assert_eq!(id("2017-03-31", "2017-06-30"), "portfolio_statement-D01-2017-04-01-2017-06-30-v1");
    }

    #[test]
    fn what_has_a_time_limit_and_what_corrects_something_goes_by_itself() {
        let of = |name: &str, version| bundling(reports::statements::named(name).expect("known"), version);
        for name in ["portfolio_statement", "costs_and_charges", "risk_report"] {
            assert_eq!((of(name, 1), of(name, 2)), (Bundling::Together, Bundling::Alone), "{name}");
        }
        // Articles 59 and 62 of Delegated Regulation (EU) 2017/565: by the end of the next business day.
        for name in ["execution_confirmation", "depreciation_notice", "leveraged_notice"] {
            assert_eq!(of(name, 1), Bundling::Alone, "{name}");
        }
    }

    #[test]
    fn a_run_goes_on_with_the_portfolios_that_it_has_not_published() {
        let span = Span::month_to_date("2017-06-30".parse().expect("a date"));
        let id = |text: &str| text.parse::<PortfolioId>().expect("an id");
        let published = |portfolio: &str, closing: &str| PublishedPeriod {
            kind: "portfolio_statement".to_owned(),
            subject: id(portfolio).into(),
            period_start: span.opening,
            period_end: closing.parse().expect("a date"),
        };
        let share = BTreeSet::from([id("D01"), id("D02"), id("D03")]);
        let kinds = [reports::statements::named("portfolio_statement").expect("known")];
        let left =
            not_published(share, span, &kinds, &[published("D01", "2017-06-30"), published("D02", "2017-06-29")]);
        assert_eq!(left, BTreeSet::from([id("D02"), id("D03")]));
    }
}
