//! Published statements, rendered again from the tables that they were made from.
//!
//! The manifest of a statement pins the version of every table. The same tables give the same bytes: whoever doubts a
//! document can have it made again. Nothing is written.

use std::collections::BTreeSet;

use reports::delivery::archive::{MANIFEST_MEDIA_TYPE, sha256_hex};
use reports::document::Document;
use reports::gather::{Composites, Facts, Origin, Span};
use reports::management::Publications;
use reports::overviews::{self, OverviewInput};
use reports::{Gips, statements};
use schemas::{BusinessDate, PortfolioId, Subject, with_causes};
use store::{PAGE_ROWS_MAX, Statement, StatementFilter, StoreKind};

use crate::context::Context;
use crate::error::Error;
use crate::publication::{FIRST_VERSION, Pinned, pinned, rendered, with_its_events};

/// A published statement, made again.
#[derive(Clone, Debug)]
pub struct RenderedAgain {
    /// The statement.
    pub statement: Statement,
    /// The version of the program that made it.
    pub program_version: String,
    /// Its files.
    pub files: Vec<FileAgain>,
}

/// A file of a statement, made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileAgain {
    /// The media type.
    pub media_type: String,
    /// SHA-256 of what was published.
    pub published_sha256: String,
    /// SHA-256 of what is rendered from the same tables now.
    pub sha256: String,
}

impl FileAgain {
    /// Whether the bytes are the same.
    pub fn is_identical(&self) -> bool {
        self.published_sha256 == self.sha256
    }
}

/// Renders the first version of every statement about a portfolio, a group or the firm that ends on a date, of one kind
/// or of all. A restated version has a note on what it replaces, which follows from no table.
///
/// # Errors
/// [`Error::Published`] if there is none, or if it cannot be made from its tables any more.
pub async fn render_again(
    context: &Context,
    id: &PortfolioId,
    date: BusinessDate,
    kind: Option<&str>,
) -> Result<Vec<RenderedAgain>, Error> {
    // Ids of groups and of portfolios are written alike.
    let about = ["portfolio", "group", "firm"].into_iter().filter_map(|kind| Subject::named(kind, id.as_str()).ok());
    let mut found = Vec::new();
    for subject in about {
        let filter = StatementFilter {
            subject: Some(subject),
            kind: kind.map(str::to_owned),
            ends_from: Some(date),
            ends_to: Some(date),
        };
        found.extend(context.store.find_statements(&filter, PAGE_ROWS_MAX).await?);
    }
    found.retain(|statement| statement.version == i64::from(FIRST_VERSION));
    if found.is_empty() {
        let problem =
            format!("no such statement ends on {date}; `financr report list` with --portfolio or --group lists them");
        return Err(Error::Published { what: id.to_string(), problem });
    }
    let mut again = Vec::with_capacity(found.len());
    for statement in found {
        again.push(one(context, statement).await?);
    }
    Ok(again)
}

async fn one(context: &Context, statement: Statement) -> Result<RenderedAgain, Error> {
    let refused = |problem: String| Error::Published { what: statement.id.clone(), problem };
    let Pinned { tables, inputs_fingerprint, program_version, firm, gips, fx_rate_days_max, publications } =
        origin_of(context, &statement).await?;
    let facts = Facts::at(&context.lake, &tables).await.map_err(|error| {
        let reason = with_causes(&error);
        refused(format!("the tables that it was made from are not there any more: {reason}"))
    })?;
    let origin = Origin {
        run_id: statement.run_id.clone(),
        inputs_fingerprint,
        program_version: program_version.clone(),
        synthetic: context.store.kind() == StoreKind::Demo,
        firm,
        fx_rate_days_max,
    };
    let build = again(context, &statement, (&facts, &origin), (&gips, publications)).await?;
    let rendering = tokio::task::spawn_blocking(move || build().and_then(|document| rendered(&document)));
    let rendered = rendering.await.map_err(|_| Error::Worker)?.map_err(|error| refused(with_causes(&error)))?;
    let mut files = Vec::new();
    for (media_type, sha256) in rendered.hashes() {
        let published = statement.files.iter().find(|file| file.media_type == media_type);
        let published_sha256 = published.map(|file| file.sha256.clone()).unwrap_or_default();
        files.push(FileAgain { media_type: media_type.to_owned(), published_sha256, sha256: sha256.to_owned() });
    }
    Ok(RenderedAgain { statement, program_version, files })
}

/// What makes a document again.
type Build = Box<dyn FnOnce() -> Result<Document, reports::Error> + Send>;

/// What makes the document of a statement again, from the tables that are given.
async fn again(
    context: &Context,
    statement: &Statement,
    (facts, origin): (&Facts, &Origin),
    (gips, publications): (&Gips, Option<Publications>),
) -> Result<Build, Error> {
    let refused = |problem: String| Error::Published { what: statement.id.clone(), problem };
    let nothing = || refused("its tables have no value on its last day".to_owned());
    let span = Span { opening: statement.period_start, closing: statement.period_end };
    if let Some(kind) = overviews::named(&statement.kind) {
        let mut composites = Composites::of(facts).await?;
        let input = OverviewInput::of(kind, &statement.subject, &mut composites, (span, origin, gips)).await?;
        let input = input.ok_or_else(nothing)?.with_publications(publications);
        return Ok(Box::new(move || input.build()));
    }
    let kind = statements::named(&statement.kind).map_err(|error| refused(with_causes(&error)))?;
    let share: BTreeSet<PortfolioId> = statement.subject.portfolio().cloned().into_iter().collect();
    let input = facts.inputs(span, origin, &share, &statements::needs_of([kind])).await?.pop();
    let mut input = input.ok_or_else(nothing)?;
    with_its_events(context, statement, &mut input).await?;
    Ok(Box::new(move || (kind.build)(&input)))
}

/// What the archived manifest of a statement says that it was made from.
pub(crate) async fn origin_of(context: &Context, statement: &Statement) -> Result<Pinned, Error> {
    let refused = |problem: &str| Error::Published { what: statement.id.clone(), problem: problem.to_owned() };
    let manifest = statement.files.iter().find(|file| file.media_type == MANIFEST_MEDIA_TYPE);
    let manifest = manifest.ok_or_else(|| {
        refused("it was published before there were manifests; `financr restate --dry-run` compares its figures")
    })?;
    let bytes = context.lake.storage().get(&manifest.object_path).await?;
    if sha256_hex(&bytes) != manifest.sha256 {
        return Err(refused("its archived manifest was changed; restore it from the backup"));
    }
    pinned(&bytes).ok_or_else(|| refused("its manifest cannot be read by this version of the program"))
}
