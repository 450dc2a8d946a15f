//! The manifest of a published statement: what it was made from, by which program, and what its files are.
//!
//! It is archived beside the files, as one more of them, and its hash stands in the store: what it says of the tables
//! is what a document can be rendered from again.

use std::collections::BTreeMap;

use bytes::Bytes;
use pipelines::AgeLimits;
use reports::management::Publications;
use reports::{Firm, Gips};
use serde_json::{Value, json};
use store::Statement;

/// The version of the manifest's own form.
const MANIFEST_VERSION: u32 = 1;

/// What a statement was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pinned {
    /// The version of each table that was read.
    pub(crate) tables: BTreeMap<String, u64>,
    /// The marker of the run's inputs.
    pub(crate) inputs_fingerprint: String,
    /// The program.
    pub(crate) program_version: String,
    /// The firm that issued it.
    pub(crate) firm: Option<Firm>,
    /// What the firm said in reports about its composites; nothing in statements of portfolios.
    pub(crate) gips: Gips,
    /// Calendar days after which a rate of exchange counted no longer.
    pub(crate) fx_rate_days_max: u32,
    /// What was published about the period when a report about the firm was made; none in other documents.
    pub(crate) publications: Option<Publications>,
}

/// What a document was made from, beside its tables.
pub(crate) struct MadeFrom<'a> {
    /// The marker of the run's inputs.
    pub(crate) inputs_fingerprint: &'a str,
    /// The program.
    pub(crate) program_version: &'a str,
    /// The firm that issues it.
    pub(crate) firm: Option<&'a Firm>,
    /// What the firm says in it, if it is about a composite.
    pub(crate) gips: Option<&'a Gips>,
    /// Calendar days after which a rate of exchange counts no longer.
    pub(crate) fx_rate_days_max: u32,
    /// What was published about the period, if it is about the firm.
    pub(crate) publications: Option<&'a Publications>,
}

/// The manifest of a statement whose files are known. It says nothing of the moment: the same statement from the same
/// tables has the same manifest. What was counted in the store for a report about the firm is counted once (ADR 31).
pub(super) fn manifest(statement: &Statement, made: &MadeFrom<'_>, tables: &BTreeMap<String, u64>) -> Bytes {
    let file = |file: &store::StatementFile| {
        json!({
            "media_type": file.media_type,
            "object_path": file.object_path,
            "sha256": file.sha256,
            "byte_count": file.byte_count,
        })
    };
    let mut manifest = json!({
        "manifest_version": MANIFEST_VERSION,
        "statement": statement.id,
        "kind": statement.kind,
        (statement.subject.field()): statement.subject.id(),
        "period_start": statement.period_start.to_string(),
        "period_end": statement.period_end.to_string(),
        "version": statement.version,
        "run_id": statement.run_id.as_str(),
        "inputs_fingerprint": made.inputs_fingerprint,
        "program_version": made.program_version,
        "firm": made.firm,
        "fx_rate_days_max": made.fx_rate_days_max,
        "table_versions": tables,
        "document_sha256": statement.document_sha256,
        "files": statement.files.iter().map(file).collect::<Vec<_>>(),
    });
    if let (Some(gips), Some(said)) = (made.gips, manifest.as_object_mut()) {
        said.insert("gips".to_owned(), json!(gips));
    }
    if let (Some(publications), Some(said)) = (made.publications, manifest.as_object_mut()) {
        said.insert("publications".to_owned(), json!(publications));
    }
    Bytes::from(format!("{manifest:#}\n"))
}

/// What a manifest says of the statement's origin; none if the bytes are no manifest.
pub(crate) fn pinned(manifest: &[u8]) -> Option<Pinned> {
    let manifest: Value = serde_json::from_slice(manifest).ok()?;
    let text = |key: &str| manifest.get(key).and_then(Value::as_str).map(str::to_owned);
    let tables = manifest.get("table_versions")?.as_object()?;
    let tables: Option<BTreeMap<String, u64>> =
        tables.iter().map(|(name, version)| Some((name.clone(), version.as_u64()?))).collect();
    // Manifests of before there was a firm say nothing of it.
    let firm = manifest.get("firm").cloned().unwrap_or_default();
    let gips = manifest.get("gips").cloned().map_or_else(|| Ok(Gips::default()), serde_json::from_value);
    // Those of before it was a setting were made with the ten days that are shipped.
    let fx_rate_days_max = match manifest.get("fx_rate_days_max") {
        Some(days) => u32::try_from(days.as_u64()?).ok()?,
        None => AgeLimits::default().fx_rate_days_max,
    };
    let publications = match manifest.get("publications") {
        Some(counted) => Some(serde_json::from_value(counted.clone()).ok()?),
        None => None,
    };
    Some(Pinned {
        fx_rate_days_max,
        publications,
        firm: serde_json::from_value(firm).ok()?,
        gips: gips.ok()?,
        tables: tables?,
        inputs_fingerprint: text("inputs_fingerprint")?,
        program_version: text("program_version")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_manifest_pins_nothing() {
        let text = r#"{"table_versions":{"gold.positions":7},"inputs_fingerprint":"ab","program_version":"0.1.0"}"#;
        let found = pinned(text.as_bytes()).expect("a manifest");
        assert_eq!((found.tables.get("gold.positions"), found.program_version.as_str()), (Some(&7), "0.1.0"));
        assert_eq!(found.fx_rate_days_max, 10, "as it was before it was a setting");
        let longer = text.replacen('{', r#"{"fx_rate_days_max":30,"#, 1);
        assert_eq!(pinned(longer.as_bytes()).map(|found| found.fx_rate_days_max), Some(30), "{longer}");
        assert_eq!(found.publications, None, "nobody counted");
        let counted = text.replacen(
            '{',
            r#"{"publications":{"counted_at":"2024-02-01T02:00:00Z","kinds":[{"kind":"tax_report","published":3,
            "restated":0,"blocked":1,"delivered":2,"waiting":1,"given_up":0,"returned":0,"not_wanted":0}]},"#,
            1,
        );
        let publications = pinned(counted.as_bytes()).and_then(|found| found.publications).expect("counted");
        assert_eq!((publications.kinds[0].published, publications.kinds[0].blocked), (3, 1));
        for wrong in ["", "[]", r#"{"table_versions":{"gold.positions":"7"},"inputs_fingerprint":"ab"}"#] {
            assert_eq!(pinned(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
