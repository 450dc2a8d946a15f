//! Whether a file is a document that this house published.

use std::path::Path;

use jobs::Context;
use jobs::proof::{Archived, Proof, PublishedFile, prove};
use serde_json::Value;

use super::{Session, at};
use crate::ending::Ending;
use crate::listing::{Format, Listing};

pub(super) async fn execute(session: &Session, context: &Context, file: &Path) -> anyhow::Result<Ending> {
    let proof = prove(context, file).await?;
    if session.format == Format::Table {
        for sentence in sentences(file, &proof) {
            session.say(&sentence)?;
        }
    } else {
        session.write(&rows(file, &proof))?;
    }
    Ok(if proof.holds() { Ending::Done } else { Ending::NotProven })
}

fn sentences(file: &Path, proof: &Proof) -> Vec<String> {
    let name = file.display();
    if proof.published.is_empty() {
        return vec![
            format!("{name} is not known: nothing that was published here has the SHA-256 {}", proof.sha256),
            "it was changed after it was published, or it was never published by this house".to_owned(),
        ];
    }
    proof.published.iter().flat_map(|published| said_of(file, published)).collect()
}

fn said_of(file: &Path, published: &PublishedFile) -> Vec<String> {
    let statement = &published.statement;
    let mut said = vec![format!(
        "{} is {}: {} of {} for the time after {} up to {}, version {}, made by run {}, published {}",
        file.display(),
        statement.id,
        statement.kind,
        statement.subject,
        statement.period_start,
        statement.period_end,
        statement.version,
        statement.run_id,
        at(statement.published_at),
    )];
    if let Some(later) = &published.replaced_by {
        said.push(format!("it was replaced by {}, published {}", later.id, at(later.published_at)));
    }
    let path = &published.file.object_path;
    said.push(match &published.archived {
        Archived::Same => format!("authentic: its SHA-256 {} is the archive's", published.file.sha256),
        Archived::Differs { sha256, byte_count } => format!(
            "the archive was changed: `{path}` has the SHA-256 {sha256} and {byte_count} bytes; what was published has \
             {} and {} bytes, as this file; restore it from the backup",
            published.file.sha256, published.file.byte_count
        ),
        Archived::Removed(removal) => format!(
            "authentic: its SHA-256 {} is what was published; the archived copy was removed on {} by {}, it had to be \
             kept through {}",
            published.file.sha256,
            at(removal.removed_at),
            removal.removed_by,
            removal.kept_through
        ),
        Archived::Missing => {
            format!("the archive was changed: `{path}` is gone; this file is what was published and can be put back")
        }
    });
    said
}

fn rows(file: &Path, proof: &Proof) -> Listing {
    let columns = [
        "file",
        "sha256",
        "byte_count",
        "verdict",
        "statement",
        "kind",
        "portfolio",
        "period_start",
        "period_end",
        "version",
        "run",
        "published_at",
        "replaced_by",
        "media_type",
        "object_path",
    ];
    let mut listing = Listing::new(&columns);
    let of_file = |verdict: &str| -> Vec<Value> {
        let name = file.display().to_string();
        vec![name.into(), proof.sha256.clone().into(), proof.byte_count.into(), verdict.into()]
    };
    for published in &proof.published {
        let statement = &published.statement;
        let mut row = of_file(verdict(&published.archived));
        row.extend([
            statement.id.clone().into(),
            statement.kind.clone().into(),
            statement.subject.to_string().into(),
            statement.period_start.to_string().into(),
            statement.period_end.to_string().into(),
            statement.version.into(),
            statement.run_id.to_string().into(),
            at(statement.published_at).into(),
            published.replaced_by.as_ref().map_or(Value::Null, |later| later.id.clone().into()),
            published.file.media_type.clone().into(),
            published.file.object_path.clone().into(),
        ]);
        listing.rows.push(row);
    }
    if proof.published.is_empty() {
        let mut row = of_file("unknown");
        row.resize(columns.len(), Value::Null);
        listing.rows.push(row);
    }
    listing
}

/// What an archived copy says about a file, in a word.
pub(super) fn verdict(archived: &Archived) -> &'static str {
    match archived {
        Archived::Same => "authentic",
        Archived::Differs { .. } => "archive_differs",
        Archived::Missing => "archive_misses",
        Archived::Removed(_) => "authentic_removed",
    }
}
