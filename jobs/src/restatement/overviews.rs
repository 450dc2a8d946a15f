//! Restatement of documents about several portfolios: the same as of statements, and nobody is told.

use std::collections::BTreeSet;

use pipelines::StageReport;
use reports::gather::{Composites, Facts, Origin};
use reports::overviews::{self, OverviewInput, OverviewKind};
use schemas::RunId;
use store::{PAGE_ROWS_MAX, Statement, StoreKind};

use super::{
    JOB, Restated, Review, ReviewReport, compared, latest_versions, note, published_json, refused, reissued,
    rendered_with_note, span_of, version_after,
};
use crate::context::Context;
use crate::error::Error;
use crate::publication::language_of;
use crate::publication::overviews::{archive_and_publish, pinned_publications};
use crate::runner::on_request;

/// Holds the latest version of every published document about several portfolios against today's figures.
pub(super) async fn review(
    context: &Context,
    facts: &Facts,
    removed: &BTreeSet<String>,
    report: &mut ReviewReport,
) -> Result<(), Error> {
    let published = context.store.statements_not_of_portfolios(PAGE_ROWS_MAX).await?;
    let kept = latest_versions(published).into_iter().filter(|statement| !removed.contains(&statement.id));
    let mut composites = Composites::of(facts).await?;
    for statement in kept {
        let run_id = statement.run_id.clone();
        let review = held_against(context, &mut composites, statement, (run_id, String::new())).await?;
        report.reviewed += 1;
        if review.problem.is_some() || !review.changes.is_empty() {
            report.differing.push(review);
        }
    }
    Ok(())
}

/// Holds a document against what it would say today.
async fn held_against(
    context: &Context,
    composites: &mut Composites<'_>,
    statement: Statement,
    (run_id, fingerprint): (RunId, String),
) -> Result<Review, Error> {
    let found = today(context, composites, &statement, run_id, fingerprint).await?;
    let Some((_, input)) = found else {
        let problem = Some(format!("there is no such document on {} any more", statement.period_end));
        return Ok(Review { statement, changes: Vec::new(), more: 0, problem });
    };
    let published = published_json(context, &statement).await?;
    // Who reads another language since then has no other figures.
    let input = input.in_language(language_of(&published));
    compared(statement, published, move || input.build()).await
}

/// What a document would be made from today; nothing if it is about nothing that is there.
async fn today(
    context: &Context,
    composites: &mut Composites<'_>,
    statement: &Statement,
    run_id: RunId,
    inputs_fingerprint: String,
) -> Result<Option<(&'static OverviewKind, OverviewInput)>, Error> {
    let Some(kind) = overviews::named(&statement.kind) else { return Ok(None) };
    let origin = Origin {
        run_id,
        inputs_fingerprint,
        program_version: context.program_version.clone(),
        synthetic: context.store.kind() == StoreKind::Demo,
        firm: context.settings.firm.clone(),
        fx_rate_days_max: context.settings.age_limits.fx_rate_days_max,
    };
    let made_from = (span_of(statement), &origin, &context.settings.gips);
    let input = OverviewInput::of(kind, &statement.subject, composites, made_from).await?;
    // What was published and delivered up to now is no other figure: it is told as it was counted.
    let publications = pinned_publications(context, statement).await?;
    Ok(input.map(|input| (kind, input.with_publications(publications))))
}

/// Publishes the next version of a document whose figures have changed.
pub(super) async fn restate(
    context: &Context,
    facts: &Facts,
    before: Statement,
    reason: Option<&str>,
) -> Result<Restated, Error> {
    let day = before.period_end;
    let mut composites = Composites::of(facts).await?;
    let run_id = before.run_id.clone();
    let review = held_against(context, &mut composites, before, (run_id, String::new())).await?;
    if let Some(problem) = review.problem {
        return Err(refused(format!("statement {} cannot be reissued: {problem}", review.statement.id)));
    }
    if review.changes.is_empty() {
        return Ok(Restated::Unchanged(review.statement));
    }
    let Review { statement: before, changes, more, .. } = review;
    let lines = note(&before, &changes, more, reason);
    let (statement, mails) = on_request(context, &JOB, day, async |work| {
        let mut composites = Composites::of(facts).await?;
        let fingerprint = work.inputs_fingerprint.clone();
        let made = today(context, &mut composites, &before, work.run_id.clone(), fingerprint).await?;
        let (kind, input) = made.ok_or_else(|| refused(format!("there is no {} on {day} any more", before.id)))?;
        let (statement, mails) = reissue(context, &work.run_id, facts, (kind, input), &before, lines.clone()).await?;
        let note = format!("{} replaces {}, nobody is told", statement.id, before.id);
        Ok((StageReport { rows_written: 1, note, ..StageReport::default() }, (statement, mails)))
    })
    .await?;
    Ok(Restated::Reissued { before, statement, changes, mails })
}

async fn reissue(
    context: &Context,
    run_id: &RunId,
    facts: &Facts,
    (kind, input): (&'static OverviewKind, OverviewInput),
    before: &Statement,
    note: Vec<String>,
) -> Result<(Statement, u64), Error> {
    let version = version_after(before)?;
    let (rendered, input) = rendered_with_note(before, note, input, OverviewInput::build).await?;
    reissued(archive_and_publish(context, run_id, facts, (kind, &input), rendered, version).await?)
}
