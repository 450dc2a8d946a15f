//! Documents about several portfolios: published and listed like statements, and sent to nobody.
//!
//! There is one report on the firm. Reports on composites are made of those that the firm describes in its
//! configuration and of no others: whether a composite is one that the firm presents is not for the program to say.

use pipelines::Work;
use reports::gather::{Composites, Facts, Origin, Span};
use reports::management::{KindPublications, Publications};
use reports::overviews::{Build, OverviewInput, OverviewKind};
use reports::{Format, Gips, render};
use schemas::{CalendarLength, Language, RunId, Subject, with_causes};
use store::{PublicationCounts, PublishOutcome, Statement};

use super::due::is_month_end;
use super::edition::{Archival, Edition, Published, statement_id};
use super::manifest::MadeFrom;
use super::{FIRST_VERSION, Rendered, Tally, Which, differs, rendered};
use crate::context::{Context, Progress};
use crate::error::Error;
use crate::rendered_again::origin_of;

/// Makes and publishes what is due about several portfolios. Nothing is if only some portfolios were asked for.
pub(super) async fn publish(
    context: &Context,
    work: &Work,
    which: Which,
    (facts, origin): (&Facts, &Origin),
    tally: &mut Tally,
) -> Result<(), Error> {
    if work.portfolios.is_some() {
        return Ok(());
    }
    let due = due(context, work, which)?;
    if due.is_empty() {
        return Ok(());
    }
    let mut composites = Composites::of(facts).await?;
    let gips = &context.settings.gips;
    if gips.composites.is_empty() && context.settings.statement_plan.is_asked_for() {
        for (_, kind) in due.iter().filter(|(_, kind)| matches!(kind.build, Build::Composite(_))) {
            tally.blocked.push(format!("{} (the configuration has no section [gips.composites.ID])", kind.id));
        }
    }
    for (span, kind) in due {
        for subject in subjects(kind, gips) {
            if let Subject::Group(group) = &subject
                && !composites.has(group)
            {
                tally.block(kind.id, &subject, span, "no group.json makes it a composite".to_owned());
                continue;
            }
            tally.total += 1;
            match OverviewInput::of(kind, &subject, &mut composites, (span, origin, gips)).await? {
                None => tally.block(kind.id, &subject, span, format!("no member was valued after {}", span.opening)),
                Some(input) => {
                    let input = match subject {
                        Subject::Firm => input.with_publications(counted(context, kind, span).await?),
                        Subject::Portfolio(_) | Subject::Group(_) => input,
                    };
                    keep(context, work, facts, (kind, input), tally).await?;
                }
            }
            tally.done += 1;
            (context.watch)(Progress::Advanced { done: tally.done, total: tally.total });
        }
    }
    Ok(())
}

/// What was published about the period of a report about the firm: as the report says it if there is one, and as it is
/// now if there is none.
async fn counted(context: &Context, kind: &OverviewKind, span: Span) -> Result<Option<Publications>, Error> {
    let first = statement_id(kind.id, &Subject::Firm, span, FIRST_VERSION);
    if let Some(first) = context.store.statement(&first).await? {
        return pinned_publications(context, &first).await;
    }
    let by_kind = context.store.publication_counts(span.opening, span.closing).await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let of_kind = |(kind, counts): (String, PublicationCounts)| KindPublications {
        kind,
        published: number(counts.published),
        restated: number(counts.restated),
        blocked: number(counts.blocked),
        delivered: number(counts.deliveries.delivered),
        waiting: number(counts.deliveries.pending),
        given_up: number(counts.deliveries.failed),
        returned: number(counts.deliveries.returned),
        not_wanted: number(counts.deliveries.suppressed),
    };
    let kinds = by_kind.into_iter().map(of_kind).collect();
    Ok(Some(Publications { counted_at: context.clock.now(), kinds }))
}

/// What a published document says was published about its period; none if it says nothing of it, or if its files were
/// removed after their period of retention.
pub(crate) async fn pinned_publications(
    context: &Context,
    statement: &Statement,
) -> Result<Option<Publications>, Error> {
    if statement.subject != Subject::Firm || context.store.removal(&statement.id).await?.is_some() {
        return Ok(None);
    }
    Ok(origin_of(context, statement).await?.publications)
}

/// What a kind is made about: the composites that the firm describes, or the firm.
fn subjects(kind: &OverviewKind, gips: &Gips) -> Vec<Subject> {
    match kind.build {
        Build::Composite(_) => gips.composites.keys().cloned().map(Subject::Group).collect(),
        Build::Firm(_) => vec![Subject::Firm],
    }
}

/// The kinds that are due, with the time that they are about.
fn due(context: &Context, work: &Work, which: Which) -> Result<Vec<(Span, &'static OverviewKind)>, Error> {
    let (plan, date) = (&context.settings.statement_plan, work.to);
    let mut due = Vec::new();
    match which {
        Which::Due if is_month_end(date)? => {
            for length in CalendarLength::ALL.into_iter().filter(|length| length.ends_with_month_of(date)) {
                due.extend(plan.overviews_every(length).map(|kind| (Span::to_date(length, date), kind)));
            }
        }
        Which::Period { opening } => {
            let span = Span { opening, closing: date };
            let length = span.length().unwrap_or(CalendarLength::Month);
            due.extend(plan.overviews_of_period(length).map(|kind| (span, kind)));
        }
        Which::Due | Which::All => {}
    }
    Ok(due)
}

async fn keep(
    context: &Context,
    work: &Work,
    facts: &Facts,
    (kind, input): (&'static OverviewKind, OverviewInput),
    tally: &mut Tally,
) -> Result<(), Error> {
    let subject = input.subject();
    let (made, input) = render_overview(input).await?;
    let made = match made {
        Ok(made) => made,
        Err(source) => {
            tally.block(kind.id, &subject, input.span(), with_causes(&source));
            return Ok(());
        }
    };
    let published = archive_and_publish(context, &work.run_id, facts, (kind, &input), made, FIRST_VERSION).await?;
    match published.outcome {
        PublishOutcome::Inserted => tally.written += 1,
        PublishOutcome::Existing(first) => {
            tally.existing += 1;
            let again = |language| json_in(&input, language);
            let is_other_run = first.run_id != work.run_id;
            if is_other_run && differs(context, first, (&published.json, input.gips().language), again).await? {
                tally.differing.push(subject.to_string());
            }
        }
    }
    Ok(())
}

/// An overview in all its formats, and what it was made from.
async fn render_overview(input: OverviewInput) -> Result<(Result<Rendered, reports::Error>, OverviewInput), Error> {
    let rendering = tokio::task::spawn_blocking(move || {
        let made = input.build().and_then(|document| rendered(&document));
        (made, input)
    });
    rendering.await.map_err(|_| Error::Worker)
}

/// The document for programs, for readers of a language.
fn json_in(input: &OverviewInput, language: Language) -> Option<bytes::Bytes> {
    let document = input.clone().in_language(language).build();
    document.and_then(|document| render(&document, Format::Json)).ok()
}

/// Archives the files of a version of an overview and publishes it; nobody is told. A version that was published before
/// stays.
pub(crate) async fn archive_and_publish(
    context: &Context,
    run_id: &RunId,
    facts: &Facts,
    (kind, input): (&OverviewKind, &OverviewInput),
    made: Rendered,
    version: u32,
) -> Result<Published, Error> {
    let ((inputs_fingerprint, program_version), gips) = (input.made_by(), input.gips());
    let edition = Edition {
        kind: kind.id,
        subject: input.subject(),
        span: input.span(),
        run_id,
        version,
        made: MadeFrom {
            inputs_fingerprint,
            program_version,
            firm: input.firm(),
            gips: Some(&gips),
            fx_rate_days_max: context.settings.age_limits.fx_rate_days_max,
            publications: input.publications(),
        },
    };
    match edition.archive(context, facts, made).await? {
        Archival::Published(published) => Ok(published),
        Archival::Archived(statement, json) => {
            let outcome = context.store.publish_statement(&statement).await?;
            Ok(Published { statement, json, outcome, mails: 0, others: 0 })
        }
    }
}
