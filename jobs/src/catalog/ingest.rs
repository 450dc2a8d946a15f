//! Ingest: new bytes from every source, into the landing zone.

use pipelines::StageReport;
use pipelines::landing::land;
use pipelines::sources::ecb_reference_rates;
use schemas::with_causes;

use super::Job;
use crate::context::Context;
use crate::error::Error;
use crate::import::{ImportReport, import};

/// Taking in what is new.
pub static JOB: Job = Job {
    name: "ingest",
    definition: "pulls what the sources have and lands it; what has landed before is not landed again",
    ingests: true,
    once: false,
    steps: &[],
};

/// Takes in what every configured source has.
///
/// # Errors
/// [`Error`] if the inbox cannot be imported at all or the lake refuses. What a source could not deliver is a snag.
pub(crate) async fn ingest(context: &Context) -> Result<StageReport, Error> {
    let mut notes = Vec::new();
    let mut snags = Vec::new();
    let mut rows_written = 0;
    if let Some(inbox) = context.settings.inbox.as_deref().filter(|inbox| holds_anything(inbox)) {
        let ImportReport { landed, transactions_inserted, rejects, conflicts, failures, waiting, .. } =
            import(context, inbox).await?;
        rows_written += transactions_inserted;
        notes.push(format!("inbox: {} new files, {} rejected rows", landed.new, rejects.len()));
        if !waiting.is_empty() {
            notes.push(format!("{} bookings to look at in `financr inbox`", waiting.len()));
        }
        snags.extend(conflicts.iter().map(|conflict| format!("{}: {}", conflict.origin, conflict.message)));
        snags.extend(failures.iter().map(|(folder, reason)| format!("{}: {reason}", folder.display())));
    }
    match ecb_reference_rates::fetch(&context.settings.ecb_reference_rates).await {
        Ok(None) => notes.push("ecb_reference_rates: not configured".to_owned()),
        Ok(Some(file)) => {
            let landed = land(&context.lake, &[file], context.clock).await?;
            notes.push(format!("ecb_reference_rates: {}", if landed.new == 0 { "nothing new" } else { "a new file" }));
        }
        // A source that is down stops nobody: whoever needs its rates is told by the checks that they are old.
        Err(error) => {
            let reason = with_causes(&error);
            tracing::warn!(source.name = ecb_reference_rates::SOURCE.name, reason, "a source could not be read");
            notes.push(format!("ecb_reference_rates: {reason}"));
            snags.push(reason);
        }
    }
    Ok(StageReport { rows_written, note: notes.join("; "), snags, ..StageReport::default() })
}

fn holds_anything(folder: &std::path::Path) -> bool {
    std::fs::read_dir(folder)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}
