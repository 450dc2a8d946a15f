//! What issuers do, one kind of event per file.

pub mod cash_dividend;
pub mod split;

/// A kind of corporate action.
#[derive(Clone, Copy, Debug)]
pub struct CorporateActionKind {
    /// The word in files and tables.
    pub code: &'static str,
    /// The ISO 20022 event code.
    pub iso_20022: &'static str,
    /// What it does to a holder.
    pub definition: &'static str,
}

/// The kinds that are understood.
pub const KINDS: &[&CorporateActionKind] = &[&cash_dividend::KIND, &split::KIND];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = KINDS.iter().map(|kind| format!("{}.rs", kind.code.to_lowercase())).collect();
        assert_eq!(listed.len(), KINDS.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/corporate_actions");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk: BTreeSet<String> =
            files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        assert_eq!(on_disk, listed);
    }
}
