//! Publication: statements are written once, archived under the hash of their bytes, and announced.
//!
//! The first document of a period stays the document of that period. If figures have changed since, the statement is
//! listed as differing; it is not replaced behind the client's back.

use std::collections::BTreeSet;

use bytes::Bytes;
use lake::DateRange;
use pipelines::landing::sha256;
use pipelines::{StageReport, Work};
use reports::delivery::archive;
use reports::document::Document;
use reports::gather::{Origin, last_valued_in_month, month_to_date, not_valued, not_valued_in_month};
use reports::statements::{STATEMENTS, StatementInput, StatementKind};
use reports::texts::{Label, Texts};
use reports::{Format, render};
use schemas::{BusinessDate, HolidayCalendar, Language, PortfolioId, ReportingPeriod, RunId, Severity, with_causes};
use store::{NewDelivery, PAGE_ROWS_MAX, PublishOutcome, Statement, StatementFile, StoreKind};

use crate::context::{Context, Progress};
use crate::error::Error;
use crate::restatement::figures;

/// Which portfolios get a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those whose month or life ends on the date.
    Due,
    /// All that were valued on the date.
    All,
}

/// The calendar whose months statements follow.
const CALENDAR: &str = "TARGET";
/// The version of a statement that was never restated.
const FIRST_VERSION: u32 = 1;

/// A statement in all its formats.
pub(crate) struct Rendered {
    document_sha256: String,
    files: Vec<(Format, Bytes, String)>,
}

/// What became of one statement.
pub(crate) struct Published {
    /// The statement as it was to be published.
    pub(crate) statement: Statement,
    /// Its document as JSON.
    pub(crate) json: Bytes,
    /// Whether it was published, or its version had been before.
    pub(crate) outcome: PublishOutcome,
    /// Messages that announce it, if it was published.
    pub(crate) mails: u64,
}

/// What became of the statements.
#[derive(Default)]
struct Tally {
    written: u64,
    existing: u64,
    differing: Vec<String>,
    blocked: Vec<String>,
    mails: u64,
}

/// Writes the statements of the last date of the work.
pub(crate) async fn publish(context: &Context, work: &Work, which: Which) -> Result<StageReport, Error> {
    let date = work.to;
    let month_end = is_month_end(date)?;
    let origin = Origin {
        run_id: work.run_id.clone(),
        inputs_fingerprint: work.inputs_fingerprint.clone(),
        program_version: context.program_version.clone(),
        synthetic: context.store.kind() == StoreKind::Demo,
    };
    let mut tally = Tally::default();
    let inputs = match which {
        Which::Due if month_end => of_the_month(context, date, &origin, &mut tally).await?,
        Which::Due => {
            let all = lake::read::portfolios(&context.lake).await?;
            let ending = all.into_iter().filter(|portfolio| portfolio.end_date == Some(date));
            let ending: BTreeSet<PortfolioId> = ending.map(|portfolio| portfolio.portfolio_id).collect();
            if ending.is_empty() {
                Vec::new()
            } else {
                let refused = not_valued(&context.lake, DateRange::between(date, date)).await?;
                let refused = refused.iter().filter(|(refused, ..)| ending.contains(refused));
                let blocked = |(id, _, reason): &(PortfolioId, BusinessDate, String)| {
                    format!("{id} (not valued on {date}: {reason})")
                };
                tally.blocked.extend(refused.map(blocked));
                month_to_date(&context.lake, date, &origin, Some(&ending)).await?
            }
        }
        Which::All => month_to_date(&context.lake, date, &origin, None).await?,
    };
    let total = inputs.len();
    let mut rendering = tokio::task::JoinSet::new();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut waiting = inputs.into_iter();
    for input in waiting.by_ref().take(workers) {
        rendering.spawn_blocking(move || (render_all(&input), input));
    }
    let mut done = 0;
    while let Some(finished) = rendering.join_next().await {
        let (rendered, input) = finished.map_err(|_| Error::Worker)?;
        if let Some(next) = waiting.next() {
            rendering.spawn_blocking(move || (render_all(&next), next));
        }
        for (kind, rendered) in rendered {
            match rendered {
                Ok(rendered) => keep(context, work, kind, &input, rendered, &mut tally).await?,
                Err(source) => tally.blocked.push(blocked_because(&input, &source)),
            }
        }
        done += 1;
        (context.watch)(Progress::Advanced { done, total });
    }
    tally.blocked.sort();
    tally.differing.sort();
    let blocked = tally.blocked.iter().map(|blocked| format!("no statement for {blocked}"));
    Ok(StageReport {
        rows_written: tally.written,
        note: tally.sentence(date, which, month_end),
        snags: blocked.collect(),
        ..StageReport::default()
    })
}

/// The inputs of every portfolio that lived in the month, each on its last valuation date in it: a market that is
/// closed on the month's last business day does not cost its clients their statement.
async fn of_the_month(
    context: &Context,
    date: BusinessDate,
    origin: &Origin,
    tally: &mut Tally,
) -> Result<Vec<StatementInput>, Error> {
    let last_days = last_valued_in_month(&context.lake, date).await?;
    let days: BTreeSet<BusinessDate> = last_days.values().copied().collect();
    let mut inputs = Vec::new();
    for day in days {
        let mut of_day = month_to_date(&context.lake, day, origin, None).await?;
        of_day.retain(|input| last_days.get(&input.portfolio.portfolio_id) == Some(&day));
        inputs.extend(of_day);
    }
    let mut without_value = Vec::new();
    for portfolio in lake::read::portfolios(&context.lake).await? {
        let opening = ReportingPeriod::MonthToDate.opening_date(date);
        let ended_before = portfolio.end_date.is_some_and(|end| opening.is_some_and(|opening| end.day() <= opening));
        let lived = portfolio.start_date <= date && !ended_before;
        if lived && !last_days.contains_key(&portfolio.portfolio_id) {
            without_value.push(portfolio.portfolio_id);
        }
    }
    if without_value.is_empty() {
        return Ok(inputs);
    }
    let reasons = not_valued_in_month(&context.lake, date).await?;
    for id in without_value {
        let reason = reasons.get(&id).map(|reason| format!(": {reason}")).unwrap_or_default();
        tally.blocked.push(format!("{id} (not valued in the month up to {date}{reason})"));
    }
    Ok(inputs)
}

fn is_month_end(date: BusinessDate) -> Result<bool, Error> {
    let schedule = |error: schemas::dates::CalendarError| Error::Schedule {
        name: "monthly statements".to_owned(),
        problem: error.to_string(),
    };
    HolidayCalendar::named(CALENDAR).map_err(schedule)?.is_month_end(date).map_err(schedule)
}

/// Every kind of statement of an input.
fn render_all(input: &StatementInput) -> Vec<(&'static StatementKind, Result<Rendered, reports::Error>)> {
    STATEMENTS.iter().map(|kind| (*kind, render_kind(kind, input))).collect()
}

fn render_kind(kind: &StatementKind, input: &StatementInput) -> Result<Rendered, reports::Error> {
    rendered(&(kind.build)(input)?)
}

/// A document in all its formats.
pub(crate) fn rendered(document: &Document) -> Result<Rendered, reports::Error> {
    let mut files = Vec::with_capacity(Format::ALL.len());
    for format in Format::ALL {
        let bytes = render(document, format)?;
        let hash = sha256(&bytes);
        files.push((format, bytes, hash));
    }
    let json = files.iter().find(|(format, _, _)| *format == Format::Json);
    let document_sha256 = json.map(|(_, _, hash)| hash.clone()).unwrap_or_default();
    Ok(Rendered { document_sha256, files })
}

/// Why a statement is blocked, for the run ledger: the portfolio, and the findings or the error.
fn blocked_because(input: &StatementInput, error: &reports::Error) -> String {
    let blocking = input.exceptions.iter().filter(|row| row.severity == Severity::Block);
    let checks: BTreeSet<&str> = blocking.map(|row| row.check_name.as_str()).collect();
    let id = &input.portfolio.portfolio_id;
    if checks.is_empty() {
        format!("{id} ({})", with_causes(error))
    } else {
        format!("{id} ({})", checks.into_iter().collect::<Vec<_>>().join(", "))
    }
}

async fn keep(
    context: &Context,
    work: &Work,
    kind: &StatementKind,
    input: &StatementInput,
    rendered: Rendered,
    tally: &mut Tally,
) -> Result<(), Error> {
    let published = archive_and_publish(context, &work.run_id, kind, input, rendered, FIRST_VERSION).await?;
    match published.outcome {
        PublishOutcome::Inserted => {
            tally.written += 1;
            tally.mails += published.mails;
        }
        PublishOutcome::Existing(first) => {
            tally.existing += 1;
            if first.run_id != work.run_id {
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
    kind: &StatementKind,
    input: &StatementInput,
    rendered: Rendered,
    version: u32,
) -> Result<Published, Error> {
    let StatementKind { id: kind, title, .. } = kind;
    let texts = Texts::of(input.portfolio.language);
    let portfolio_id = &input.portfolio.portfolio_id;
    let key = archive::StatementKey {
        kind: (*kind).to_owned(),
        portfolio_id: portfolio_id.clone(),
        period_end: input.business_date,
        version,
    };
    let mut statement = Statement {
        id: format!("{kind}-{portfolio_id}-{}-v{version}", input.business_date),
        kind: (*kind).to_owned(),
        portfolio_id: portfolio_id.clone(),
        period_start: input.period_start,
        period_end: input.business_date,
        version: i64::from(version),
        run_id: run_id.clone(),
        document_sha256: rendered.document_sha256,
        files: Vec::with_capacity(rendered.files.len()),
        published_at: context.clock.now(),
    };
    let is_json = |(format, _, _): &&(Format, Bytes, String)| *format == Format::Json;
    let json = rendered.files.iter().find(is_json).map(|(_, bytes, _)| bytes.clone()).unwrap_or_default();
    // What was published stays what it is, and the archive holds no files that nobody published.
    if let Some(first) = context.store.statement(&statement.id).await? {
        return Ok(Published { statement, json, outcome: PublishOutcome::Existing(first), mails: 0 });
    }
    for (format, bytes, hash) in rendered.files {
        let failed = |source| Error::Document { portfolio: portfolio_id.clone(), source };
        let path = archive::object_path(&key, format, &bytes).map_err(failed)?;
        let byte_count = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        context.lake.storage().put_once(&path, bytes).await?;
        statement.files.push(StatementFile {
            media_type: format.content_type().to_owned(),
            object_path: path,
            sha256: hash,
            byte_count,
        });
    }
    let subject = if version == FIRST_VERSION { Label::MailSubject } else { Label::RestatedMailSubject };
    let (title, date) = (texts.label(*title), texts.date(input.business_date));
    let values = [("title", &*title), ("portfolio", portfolio_id.as_str()), ("date", &*date)];
    let mail = input.portfolio.client_email.as_ref().map(|address| NewDelivery {
        channel: "email".to_owned(),
        recipient: address.clone(),
        subject: texts.label_with(subject, &values),
    });
    let mails = mail.as_slice();
    let outcome = context.store.publish_statement_with_deliveries(&statement, mails).await?;
    let mails = u64::try_from(mails.len()).unwrap_or(u64::MAX);
    Ok(Published { statement, json, outcome, mails })
}

/// Whether the figures differ from those of the latest version that was published.
async fn note_difference(
    context: &Context,
    kind: &StatementKind,
    input: &StatementInput,
    now: &[u8],
    first: Statement,
    tally: &mut Tally,
) -> Result<(), Error> {
    let place = |of: &Statement| (of.kind.clone(), of.period_start, of.period_end);
    let versions = context.store.statements(&first.portfolio_id, PAGE_ROWS_MAX).await?;
    let restated = versions.into_iter().filter(|later| place(later) == place(&first));
    let latest = restated.max_by_key(|later| later.version).unwrap_or(first);
    let Some(file) = latest.files.iter().find(|file| file.media_type == Format::Json.content_type()) else {
        return Ok(());
    };
    let published = context.lake.storage().get(&file.object_path).await?;
    let language = language_of(&published);
    let in_its_language = if language == input.portfolio.language {
        None
    } else {
        // Another language is no other figure: what was published is held against the same words.
        let document = (kind.build)(&in_language(input.clone(), language));
        document.and_then(|document| render(&document, Format::Json)).ok()
    };
    if !says_the_same(in_its_language.as_deref().unwrap_or(now), &published) {
        tally.differing.push(input.portfolio.portfolio_id.to_string());
    }
    Ok(())
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
    fn sentence(&self, date: BusinessDate, which: Which, month_end: bool) -> String {
        if which == Which::Due && !month_end && self.written + self.existing == 0 && self.blocked.is_empty() {
            return format!("no statement is due on {date}");
        }
        let mut text = format!("{} statements written, {} mails queued", self.written, self.mails);
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
