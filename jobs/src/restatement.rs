//! Restatement: published statements that would say something else today, and their reissue on command.
//!
//! A statement that is out is never changed. A late price or a corrected booking makes it differ from what gold says
//! now: then it is listed, with every figure, and a person decides. What is reissued is the next version, with a note
//! of what it replaces and what differs; all versions stay.

mod differences;
mod note;
mod overviews;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use lake::DateRange;
use pipelines::StageReport;
use reports::Need;
use reports::delivery::archive::sha256_hex;
use reports::document::Document;
use reports::gather::{Facts, Origin, Span, shares};
use reports::statements::{self, StatementInput, StatementKind};
use reports::{Format, render};
use schemas::table::Record;
use schemas::tables::landings::Landing;
use schemas::{BusinessDate, PortfolioId, RunId, Subject, with_causes};
use serde_json::Value;
use store::{PAGE_ROWS_MAX, PublishOutcome, Run, RunState, Statement, StoreKind};

use crate::catalog::{Job, nightly};
use crate::context::{Context, Progress};
use crate::error::Error;
use crate::publication::{
    Published, Rendered, archive_and_publish, in_language, language_of, rendered, with_its_events,
};
use crate::runner::on_request;

pub use self::differences::Change;
pub(crate) use self::differences::figures;
use self::note::{checked_reason, note, with_note};

/// The work under which a statement is reissued. It is no job of the catalog: nothing runs it by itself.
static JOB: Job = Job {
    name: "restate",
    definition: "reissues one published statement whose figures have changed",
    ingests: false,
    once: false,
    steps: &[],
};

/// A published statement, held against what it would say today.
#[derive(Clone, Debug)]
pub struct Review {
    /// The latest version that was published.
    pub statement: Statement,
    /// The figures that differ.
    pub changes: Vec<Change>,
    /// Further figures that differ and are not listed.
    pub more: usize,
    /// Why there would be no statement today, if there would be none.
    pub problem: Option<String>,
}

/// What a review came to.
#[derive(Clone, Debug, Default)]
pub struct ReviewReport {
    /// Statements that would differ, by portfolio and period.
    pub differing: Vec<Review>,
    /// Statements that were held against today's figures.
    pub reviewed: usize,
    /// Portfolios with more statements than are read; their oldest ones were not reviewed.
    pub truncated: Vec<PortfolioId>,
    /// Files that landed since the last night ended: what they say is in no figure yet.
    pub not_valued: usize,
}

/// Which statement is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of this id, which must be the latest version of its period.
    Id(String),
    /// The latest of a portfolio and the last day of a period.
    Period {
        /// The portfolio.
        portfolio_id: PortfolioId,
        /// The last day of the period.
        period_end: BusinessDate,
    },
}

/// What asking for a restatement came to.
#[derive(Clone, Debug)]
pub enum Restated {
    /// The statement would say the same today; nothing was published.
    Unchanged(Statement),
    /// A new version was published.
    Reissued {
        /// The version before.
        before: Statement,
        /// The new version.
        statement: Statement,
        /// What differs.
        changes: Vec<Change>,
        /// Messages that announce it.
        mails: u64,
    },
}

/// Holds the latest version of every published statement, or of those of one portfolio, against today's figures.
/// Reads only.
///
/// # Errors
/// [`Error`] if store or lake cannot be read. A statement that could not be made today is no error; the review says so.
pub async fn review(context: &Context, portfolio: Option<&PortfolioId>) -> Result<ReviewReport, Error> {
    let mut report = ReviewReport { not_valued: landed_since_night(context).await?, ..ReviewReport::default() };
    let removed: BTreeSet<String> = context.store.removed_statements().await?.into_iter().collect();
    let mut by_span: BTreeMap<Span, BTreeMap<PortfolioId, Vec<Statement>>> = BTreeMap::new();
    for portfolio_id in reviewed_portfolios(context, portfolio).await? {
        let published = context.store.statements(&portfolio_id.clone().into(), PAGE_ROWS_MAX).await?;
        if usize::try_from(PAGE_ROWS_MAX).is_ok_and(|most| most <= published.len()) {
            report.truncated.push(portfolio_id);
        }
        let kept = latest_versions(published).into_iter().filter(|statement| !removed.contains(&statement.id));
        for statement in kept {
            let of_span = by_span.entry(span_of(&statement)).or_default();
            if let Some(id) = statement.subject.portfolio().cloned() {
                of_span.entry(id).or_default().push(statement);
            }
        }
    }
    let facts = Facts::pinned(&context.lake).await?;
    let total = by_span.len();
    for (done, (span, mut published)) in by_span.into_iter().enumerate() {
        for share in shares(&published.keys().cloned().collect()) {
            review_share(context, &facts, span, &share, &mut published, &mut report).await?;
        }
        (context.watch)(Progress::Advanced { done: done + 1, total });
    }
    if portfolio.is_none() {
        overviews::review(context, &facts, &removed, &mut report).await?;
    }
    report.differing.sort_by(|left, right| {
        let place = |review: &Review| (review.statement.subject.clone(), review.statement.period_end);
        place(left).cmp(&place(right)).then_with(|| left.statement.kind.cmp(&right.statement.kind))
    });
    Ok(report)
}

/// Holds the statements of a share of the portfolios, all about the same time, against today's figures.
async fn review_share(
    context: &Context,
    facts: &Facts,
    span: Span,
    share: &BTreeSet<PortfolioId>,
    published: &mut BTreeMap<PortfolioId, Vec<Statement>>,
    report: &mut ReviewReport,
) -> Result<(), Error> {
    let statements: Vec<Statement> = share.iter().filter_map(|id| published.remove(id)).flatten().collect();
    let Some(run_id) = statements.first().map(|statement| statement.run_id.clone()) else { return Ok(()) };
    // What a kind needs that is not known any more is nothing: its statements say so when they are held against today.
    let kinds = statements.iter().filter_map(|statement| statements::named(&statement.kind).ok());
    let needs = statements::needs_of(kinds);
    let inputs = inputs_of(context, facts, span, run_id, String::new(), share, &needs).await?;
    for statement in statements {
        let input = statement.subject.portfolio().and_then(|id| inputs.get(id)).cloned();
        report.reviewed += 1;
        let review = held_against(context, statement, input).await?;
        if review.problem.is_some() || !review.changes.is_empty() {
            report.differing.push(review);
        }
    }
    Ok(())
}

/// The time that a statement is about.
fn span_of(statement: &Statement) -> Span {
    Span { opening: statement.period_start, closing: statement.period_end }
}

/// Files that landed after the last night ended; none if there was none, because then nothing is published either.
async fn landed_since_night(context: &Context) -> Result<usize, Error> {
    let is_night = |run: &&Run| run.job == nightly::JOB.name;
    let is_done = |run: &&Run| matches!(run.state, RunState::Finished | RunState::Blocked);
    let runs = context.store.runs(PAGE_ROWS_MAX, None).await?;
    let ends = runs.iter().filter(is_night).filter(is_done).filter_map(|run| run.finished_at);
    let Some(ended) = ends.max() else { return Ok(0) };
    let snapshot = context.lake.snapshot(Landing::TABLE).await?;
    let landings: Vec<Landing> = lake::read::rows(&snapshot, &context.lake, DateRange::ALL).await?;
    Ok(landings.iter().filter(|landing| ended < landing.landed_at).count())
}

async fn reviewed_portfolios(context: &Context, one: Option<&PortfolioId>) -> Result<Vec<PortfolioId>, Error> {
    let Some(id) = one else {
        return Ok(context.store.portfolios().await?.into_iter().map(|row| row.portfolio_id).collect());
    };
    match context.store.portfolio(id).await? {
        Some(_) => Ok(vec![id.clone()]),
        None => Err(refused(format!("there is no portfolio `{id}`; `financr show` lists them"))),
    }
}

/// The latest version of each subject, kind and period.
fn latest_versions(statements: Vec<Statement>) -> Vec<Statement> {
    let mut latest: BTreeMap<(Subject, String, BusinessDate, BusinessDate), Statement> = BTreeMap::new();
    for statement in statements {
        let (subject, kind) = (statement.subject.clone(), statement.kind.clone());
        let key = (subject, kind, statement.period_start, statement.period_end);
        if latest.get(&key).is_none_or(|known| known.version < statement.version) {
            latest.insert(key, statement);
        }
    }
    latest.into_values().collect()
}

async fn inputs_of(
    context: &Context,
    facts: &Facts,
    span: Span,
    run_id: RunId,
    inputs_fingerprint: String,
    only: &BTreeSet<PortfolioId>,
    needs: &BTreeSet<Need>,
) -> Result<BTreeMap<PortfolioId, StatementInput>, Error> {
    let origin = Origin {
        run_id,
        inputs_fingerprint,
        program_version: context.program_version.clone(),
        synthetic: context.store.kind() == StoreKind::Demo,
        firm: context.settings.firm.clone(),
        fx_rate_days_max: context.settings.age_limits.fx_rate_days_max,
    };
    let inputs = facts.inputs(span, &origin, only, needs).await?;
    Ok(inputs.into_iter().map(|input| (input.portfolio.portfolio_id.clone(), input)).collect())
}

async fn held_against(context: &Context, statement: Statement, input: Option<StatementInput>) -> Result<Review, Error> {
    let review = |statement, problem: Option<String>, (changes, more)| Review { statement, changes, more, problem };
    let nothing = || (Vec::new(), 0);
    let Some(mut input) = input else {
        let problem = format!("the portfolio is not valued on {} any more", statement.period_end);
        return Ok(review(statement, Some(problem), nothing()));
    };
    with_its_events(context, &statement, &mut input).await?;
    let published = published_json(context, &statement).await?;
    let kind = match statements::named(&statement.kind) {
        Ok(kind) => kind,
        Err(error) => return Ok(review(statement, Some(with_causes(&error)), nothing())),
    };
    // A client who reads another language since then has no other figures.
    let input = in_language(input, language_of(&published));
    compared(statement, published, move || (kind.build)(&input)).await
}

/// Holds a published document against what would be published today.
async fn compared(
    statement: Statement,
    published: Bytes,
    build: impl FnOnce() -> Result<Document, reports::Error> + Send + 'static,
) -> Result<Review, Error> {
    let review = |statement, problem: Option<String>, (changes, more)| Review { statement, changes, more, problem };
    let nothing = || (Vec::new(), 0);
    let building = tokio::task::spawn_blocking(move || render(&build()?, Format::Json));
    match building.await.map_err(|_| Error::Worker)? {
        Ok(today) => match (serde_json::from_slice::<Value>(&published), serde_json::from_slice::<Value>(&today)) {
            (Ok(before), Ok(after)) => Ok(review(statement, None, differences::changes(&before, &after))),
            _ => Ok(review(statement, Some("the archived document cannot be read".to_owned()), nothing())),
        },
        Err(error) => Ok(review(statement, Some(with_causes(&error)), nothing())),
    }
}

/// The archived document of a statement, after its bytes have been checked against the hash that was published.
async fn published_json(context: &Context, statement: &Statement) -> Result<Bytes, Error> {
    let file = statement.files.iter().find(|file| file.media_type == Format::Json.content_type());
    let file = file.ok_or_else(|| refused(format!("statement {} has no JSON in the archive", statement.id)))?;
    let bytes = context.lake.storage().get(&file.object_path).await?;
    if sha256_hex(&bytes) != file.sha256 {
        let problem = format!(
            "`{}` is not what was published as statement {}: its SHA-256 differs; restore it from the backup",
            file.object_path, statement.id
        );
        return Err(refused(problem));
    }
    Ok(bytes)
}

/// Publishes the next version of a statement whose figures have changed. Earlier versions stay as they are.
///
/// # Errors
/// [`Error::Restatement`] if there is no such statement or it is not the latest, [`Error::Document`] if there can be
/// none today, [`Error::Step`] if publishing fails.
pub async fn restate(context: &Context, which: &Which, reason: Option<&str>) -> Result<Restated, Error> {
    let reason = reason.map(checked_reason).transpose()?;
    let before = latest_of(context, which).await?;
    let (day, span) = (before.period_end, span_of(&before));
    let facts = Facts::pinned(&context.lake).await?;
    let Some(portfolio_id) = before.subject.portfolio().cloned() else {
        return overviews::restate(context, &facts, before, reason.as_deref()).await;
    };
    let only = BTreeSet::from([portfolio_id.clone()]);
    let kind = statements::named(&before.kind)
        .map_err(|source| Error::Document { subject: before.subject.clone(), source })?;
    let needs = statements::needs_of([kind]);
    let inputs = inputs_of(context, &facts, span, before.run_id.clone(), String::new(), &only, &needs);
    let input = inputs.await?.remove(&portfolio_id);
    let review = held_against(context, before, input).await?;
    if let Some(problem) = review.problem {
        return Err(refused(format!("statement {} cannot be reissued: {problem}", review.statement.id)));
    }
    if review.changes.is_empty() {
        return Ok(Restated::Unchanged(review.statement));
    }
    let Review { statement: before, changes, more, .. } = review;
    let lines = note(&before, &changes, more, reason.as_deref());
    let (statement, mails) = on_request(context, &JOB, day, async |work| {
        let fingerprint = work.inputs_fingerprint.clone();
        let inputs = inputs_of(context, &facts, span, work.run_id.clone(), fingerprint, &only, &needs);
        let Some(mut input) = inputs.await?.remove(&portfolio_id) else {
            return Err(refused(format!("{portfolio_id} is not valued on {day} any more")));
        };
        with_its_events(context, &before, &mut input).await?;
        let (statement, mails) = reissue(context, &work.run_id, &facts, (kind, input), &before, lines.clone()).await?;
        let note = format!("{} replaces {}, {mails} mails queued", statement.id, before.id);
        Ok((StageReport { rows_written: 1, note, ..StageReport::default() }, (statement, mails)))
    })
    .await?;
    Ok(Restated::Reissued { before, statement, changes, mails })
}

async fn reissue(
    context: &Context,
    run_id: &RunId,
    facts: &Facts,
    (kind, input): (&'static StatementKind, StatementInput),
    before: &Statement,
    note: Vec<String>,
) -> Result<(Statement, u64), Error> {
    let version = version_after(before)?;
    let (rendered, input) = rendered_with_note(before, note, input, kind.build).await?;
    reissued(archive_and_publish(context, run_id, facts, (kind, &input), rendered, version).await?)
}

/// A document with a note on what changed in it, in all its formats, and what it was made from.
async fn rendered_with_note<I: Send + 'static>(
    before: &Statement,
    note: Vec<String>,
    input: I,
    build: impl FnOnce(&I) -> Result<Document, reports::Error> + Send + 'static,
) -> Result<(Rendered, I), Error> {
    let rendering = tokio::task::spawn_blocking(move || {
        let document = build(&input)?;
        Ok::<_, reports::Error>((rendered(&with_note(document, note))?, input))
    });
    let failed = |source| Error::Document { subject: before.subject.clone(), source };
    rendering.await.map_err(|_| Error::Worker)?.map_err(failed)
}

fn version_after(before: &Statement) -> Result<u32, Error> {
    let refused = |_| refused(format!("statement {} has no version that can be followed", before.id));
    u32::try_from(before.version + 1).map_err(refused)
}

/// The new version and its mails, if it was published.
fn reissued(published: Published) -> Result<(Statement, u64), Error> {
    match published.outcome {
        PublishOutcome::Inserted => Ok((published.statement, published.mails)),
        PublishOutcome::Existing(other) => Err(refused(format!(
            "somebody else has just published {} by run {}; look at it before you reissue it",
            other.id, other.run_id
        ))),
    }
}

/// The statement that is meant, if it is the latest version of its period.
async fn latest_of(context: &Context, which: &Which) -> Result<Statement, Error> {
    let (subject, named) = match which {
        Which::Period { portfolio_id, .. } => (Subject::from(portfolio_id.clone()), None),
        Which::Id(id) => match context.store.statement(id).await? {
            Some(statement) => (statement.subject.clone(), Some(statement)),
            None => {
                return Err(refused(format!("there is no statement `{id}`; `financr restate --dry-run` lists them")));
            }
        },
    };
    let latest = latest_versions(context.store.statements(&subject, PAGE_ROWS_MAX).await?);
    let wanted = |statement: &Statement| match (which, &named) {
        (Which::Period { period_end, .. }, _) => statement.period_end == *period_end,
        (_, Some(named)) => {
            let place = |of: &Statement| (of.kind.clone(), of.period_start, of.period_end);
            place(statement) == place(named)
        }
        _ => false,
    };
    let ends: Vec<String> = latest.iter().map(|statement| statement.period_end.to_string()).collect();
    let mut found: Vec<Statement> = latest.into_iter().filter(wanted).collect();
    match (found.pop(), found.is_empty(), &named) {
        (None, ..) => Err(refused(format!(
            "no statement of {subject} has that period; published are those up to: {}",
            if ends.is_empty() { "none".to_owned() } else { ends.join(", ") }
        ))),
        (Some(latest), true, Some(named)) if latest.id != named.id => {
            Err(refused(format!("{} was already replaced by {}; name that one", named.id, latest.id)))
        }
        (Some(latest), true, _) => Ok(latest),
        (Some(one), false, _) => {
            let ids: Vec<String> = found.iter().chain([&one]).map(|statement| statement.id.clone()).collect();
            Err(refused(format!("several statements have that period; name one with --statement: {}", ids.join(", "))))
        }
    }
}

fn refused(problem: String) -> Error {
    Error::Restatement { problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn statement(version: i64, period_end: &str) -> Statement {
        Statement {
            id: format!("portfolio_statement-D01-{period_end}-v{version}"),
            kind: "portfolio_statement".to_owned(),
            subject: Subject::Portfolio("D01".parse().expect("an id")),
            period_start: "2023-12-31".parse().expect("a date"),
            period_end: period_end.parse().expect("a date"),
            version,
            run_id: "nightly-2024-01-31-1".parse().expect("an id"),
            document_sha256: "ba7816bf".to_owned(),
            files: Vec::new(),
            published_at: "2024-02-01T02:00:00Z".parse().expect("an instant"),
        }
    }

    #[test]
    fn of_every_period_the_latest_version_counts() {
        let published = vec![statement(1, "2024-01-31"), statement(3, "2024-01-31"), statement(2, "2024-01-31")];
        let latest = latest_versions([published, vec![statement(1, "2024-02-29")]].concat());
        let ids: Vec<&str> = latest.iter().map(|statement| statement.id.as_str()).collect();
        assert_eq!(ids, ["portfolio_statement-D01-2024-01-31-v3", "portfolio_statement-D01-2024-02-29-v1"]);
    }
}
