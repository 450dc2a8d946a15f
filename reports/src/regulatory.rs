//! Every file that a regulator gets, one form each.
//!
//! To add one: a file here that writes it from typed rows, and a line in the list. A form never fills in what it was
//! not given: a row without a mandatory value is refused with the name of the field, and somebody looks at it.

pub mod form_13f;

/// A file that a regulator gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegulatoryForm {
    /// The name for programs, in paths and URLs, e.g. `form_13f`.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The namespace of the file's schema.
    pub namespace: &'static str,
    /// The file name's ending, without the point.
    pub extension: &'static str,
}

/// The forms there are.
pub const FORMS: &[&RegulatoryForm] = &[&form_13f::FORM];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let ids: BTreeSet<&str> = FORMS.iter().map(|form| form.id).collect();
        let titles: BTreeSet<&str> = FORMS.iter().map(|form| form.title).collect();
        assert_eq!((ids.len(), titles.len()), (FORMS.len(), FORMS.len()));
    }

    #[test]
    fn every_file_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/regulatory");
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned());
        let on_disk: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
        let listed: BTreeSet<String> = FORMS.iter().map(|form| form.id.to_owned()).collect();
        assert_eq!(on_disk, listed);
    }
}
