//! Files that were sent to be imported: each is fetched, imported as the command line would import it, and reported.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use pipelines::landing::sha256;
use schemas::with_causes;
use serde_json::{Value, json};
use store::{Upload, UploadState};

use crate::context::Context;
use crate::error::Error;
use crate::import::ImportReport;
use crate::import_export::{ExportRequest, import_export};

/// The word for a format that is to be recognised.
const RECOGNISED: &str = "recognised";
/// Rows of each kind that a report lists; it says how many there are.
const ROWS_LISTED_MAX: usize = 500;
/// Imports that are made at once before others get a turn.
const AT_ONCE_MAX: usize = 100;

/// Imports the files that wait. Returns how many were imported, well or not.
///
/// # Errors
/// [`Error`] if the store cannot be read or written. What is wrong with a file stands in its report.
pub async fn import_waiting(context: &Context) -> Result<usize, Error> {
    let mut done = 0;
    while done < AT_ONCE_MAX {
        let Some(upload) = context.store.claim_upload(context.clock.now()).await? else { break };
        let (state, report) = match import_one(context, &upload).await {
            Ok(report) => (state_of(&report), shown(&report)),
            Err(problem) => (UploadState::Failed, json!({ "problem": problem })),
        };
        let id = upload.file.upload_id.as_str();
        tracing::info!(upload.id = id, upload.state = %state, "imported the file of upload {id}");
        context.store.finish_upload(id, state, &report.to_string(), context.clock.now()).await?;
        done += 1;
    }
    Ok(done)
}

fn state_of(report: &ImportReport) -> UploadState {
    if report.is_partial() { UploadState::Partial } else { UploadState::Done }
}

/// Imports a file, or says why it cannot be.
async fn import_one(context: &Context, upload: &Upload) -> Result<ImportReport, String> {
    let folder = std::env::temp_dir().join(format!("financr-{}", upload.file.upload_id));
    // What a process left that was stopped.
    let _left = std::fs::remove_dir_all(&folder);
    let imported = import_from(context, upload, &folder).await;
    if let Err(error) = std::fs::remove_dir_all(&folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(folder = %folder.display(), reason = %error, "a file that was imported cannot be removed");
    }
    imported
}

async fn import_from(context: &Context, upload: &Upload, folder: &Path) -> Result<ImportReport, String> {
    // What is in the file is nobody else's business.
    DirBuilder::new().mode(0o700).create(folder).map_err(|error| error.to_string())?;
    let file = fetched(context, upload, folder).await?;
    let format = Some(upload.file.format.clone()).filter(|format| format != RECOGNISED);
    let request = ExportRequest {
        file,
        format,
        portfolio: Some(upload.file.portfolio_id.clone()),
        market: None,
        mapping: None,
        base_currency: None,
    };
    import_export(context, &request).await.map_err(|error| without(&with_causes(&error), folder))
}

/// A text without the folder in which the file lay: it says nothing to whoever sent the file.
fn without(text: &str, folder: &Path) -> String {
    text.replace(&format!("{}/", folder.display()), "")
}

/// Writes the file into a folder, if it is still what came.
async fn fetched(context: &Context, upload: &Upload, folder: &Path) -> Result<PathBuf, String> {
    let bytes = context.lake.storage().get(&upload.file.object_path).await.map_err(|error| with_causes(&error))?;
    if sha256(&bytes) != upload.file.sha256 {
        return Err("the file is not what came; send it again".to_owned());
    }
    let name = Path::new(&upload.file.file_name).file_name().unwrap_or("upload".as_ref());
    let path = folder.join(name);
    std::fs::write(&path, &bytes).map_err(|error| format!("the file cannot be written to be read: {error}"))?;
    Ok(path)
}

/// What an import did, for whoever sent the file.
fn shown(report: &ImportReport) -> Value {
    let rejects = report
        .rejects
        .iter()
        .take(ROWS_LISTED_MAX)
        .map(|reject| json!({ "line": reject.line, "column": reject.column, "reason": reject.reason }));
    let conflicts = report.conflicts.iter().take(ROWS_LISTED_MAX).map(|conflict| {
        json!({ "transaction_id": conflict.transaction_id, "origin": conflict.origin, "reason": conflict.message })
    });
    let waiting = report.waiting.iter().take(ROWS_LISTED_MAX).map(|(portfolio, row)| {
        json!({ "portfolio_id": portfolio.as_str(), "line": row.line, "what": row.what, "reason": row.reason })
    });
    let failures = report
        .failures
        .iter()
        .take(ROWS_LISTED_MAX)
        .map(|(place, reason)| json!({ "what": place.display().to_string(), "reason": reason }));
    json!({
        "transactions_inserted": report.transactions_inserted,
        "transactions_unchanged": report.transactions_unchanged,
        "files_landed": report.landed.new,
        "reject_count": report.rejects.len(),
        "rejects": rejects.collect::<Vec<Value>>(),
        "conflict_count": report.conflicts.len(),
        "conflicts": conflicts.collect::<Vec<Value>>(),
        "inbox_count": report.waiting.len(),
        "inbox": waiting.collect::<Vec<Value>>(),
        "failures": failures.collect::<Vec<Value>>(),
        "notes": report.notes,
    })
}
