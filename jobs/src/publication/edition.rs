//! A version of a document on its way into the archive, whatever it is about.

use bytes::Bytes;
use pipelines::landing::sha256;
use reports::Format;
use reports::delivery::archive;
use reports::gather::{Facts, Span};
use schemas::{RunId, Subject};
use store::{PublishOutcome, Statement, StatementFile};

use super::manifest::{MadeFrom, manifest};
use super::{Rendered, is_month};
use crate::context::Context;
use crate::error::Error;

/// A version of a document that is to be published.
pub(super) struct Edition<'a> {
    /// The kind of document.
    pub(super) kind: &'a str,
    /// What it is about.
    pub(super) subject: Subject,
    /// The time that it is about.
    pub(super) span: Span,
    /// The run that makes it.
    pub(super) run_id: &'a RunId,
    /// Which version it is.
    pub(super) version: u32,
    /// What it was made from.
    pub(super) made: MadeFrom<'a>,
}

/// What became of one statement.
pub(crate) struct Published {
    /// The statement as it was to be published.
    pub(crate) statement: Statement,
    /// Its document as JSON.
    pub(crate) json: Bytes,
    /// Whether it was published, or its version had been before.
    pub(crate) outcome: PublishOutcome,
    /// Messages by mail that announce it, if it was published.
    pub(crate) mails: u64,
    /// Messages by other channels.
    pub(crate) others: u64,
}

/// What archiving came to.
pub(super) enum Archival {
    /// Its files are in the archive, and the statement can be published. With it its document as JSON.
    Archived(Statement, Bytes),
    /// This version was published before; the archive is as it was.
    Published(Published),
}

impl Edition<'_> {
    /// Archives the files of the version and its manifest, if it was not published before.
    pub(super) async fn archive(
        &self,
        context: &Context,
        facts: &Facts,
        rendered: Rendered,
    ) -> Result<Archival, Error> {
        let key = archive::StatementKey {
            kind: self.kind.to_owned(),
            subject: self.subject.clone(),
            period_end: self.span.closing,
            version: self.version,
        };
        let mut statement = Statement {
            id: statement_id(self.kind, &self.subject, self.span, self.version),
            kind: self.kind.to_owned(),
            subject: self.subject.clone(),
            period_start: self.span.opening,
            period_end: self.span.closing,
            version: i64::from(self.version),
            run_id: self.run_id.clone(),
            document_sha256: rendered.document_sha256,
            files: Vec::with_capacity(rendered.files.len()),
            published_at: context.clock.now(),
        };
        let is_json = |(format, _, _): &&(Format, Bytes, String)| *format == Format::Json;
        let json = rendered.files.iter().find(is_json).map(|(_, bytes, _)| bytes.clone()).unwrap_or_default();
        // What was published stays what it is, and the archive holds no files that nobody published.
        if let Some(first) = context.store.statement(&statement.id).await? {
            let outcome = PublishOutcome::Existing(first);
            return Ok(Archival::Published(Published { statement, json, outcome, mails: 0, others: 0 }));
        }
        let failed = |source| Error::Document { subject: self.subject.clone(), source };
        for (format, bytes, hash) in rendered.files {
            let path = archive::object_path(&key, format, &bytes).map_err(failed)?;
            statement.files.push(archived(context, path, format.content_type(), bytes, hash).await?);
        }
        let bytes = manifest(&statement, &self.made, &facts.versions());
        let (path, hash) = (archive::manifest_path(&key, &bytes).map_err(failed)?, sha256(&bytes));
        statement.files.push(archived(context, path, archive::MANIFEST_MEDIA_TYPE, bytes, hash).await?);
        Ok(Archival::Archived(statement, json))
    }
}

/// Archives a file of a statement.
async fn archived(
    context: &Context,
    path: String,
    media_type: &str,
    bytes: Bytes,
    sha256: String,
) -> Result<StatementFile, Error> {
    let byte_count = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    context.lake.storage().put_once(&path, bytes).await?;
    Ok(StatementFile { media_type: media_type.to_owned(), object_path: path, sha256, byte_count })
}

/// The id of a statement: the last day names a month, the first and the last day any other time.
pub(super) fn statement_id(kind: &str, subject: &Subject, span: Span, version: u32) -> String {
    if is_month(span) {
        format!("{kind}-{subject}-{}-v{version}", span.closing)
    } else {
        format!("{kind}-{subject}-{}-{}-v{version}", span.first_day(), span.closing)
    }
}
