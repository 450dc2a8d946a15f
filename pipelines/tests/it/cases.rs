//! Case folders: where they lie, how their files are read, and how a difference is told.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// The folders of the cases of a shelf, e.g. `sources/book_folder`, by name.
pub(crate) fn case_folders(shelf: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(shelf);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty(), "{} has no cases", folder.display());
    folders
}

pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The last two parts of a case's path, e.g. `book_folder/same_day_twice`.
pub(crate) fn name(folder: &Path) -> String {
    let parts: Vec<_> = folder.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// What a file of a case expects and was not found, and what was found instead; nothing if they agree.
pub(crate) fn differences(folder: &Path, file: &str, found: &[String]) -> Vec<String> {
    let text = text(&folder.join(file));
    let expected: Vec<&str> = text.lines().collect();
    if expected == found {
        return Vec::new();
    }
    let mut told = vec![format!("{}/{file}:", name(folder))];
    told.extend(
        expected.iter().filter(|line| !found.iter().any(|other| other == *line)).map(|line| format!("  - {line}")),
    );
    told.extend(found.iter().filter(|line| !expected.contains(&line.as_str())).map(|line| format!("  + {line}")));
    if told.len() == 1 {
        told.push("  the same lines, in another order or number".to_owned());
    }
    told
}

/// A line of CSV; cells with a comma stand in quotes.
pub(crate) fn line(cells: &[&dyn Display]) -> String {
    let quoted = |cell: &&dyn Display| {
        let text = cell.to_string();
        if text.contains(',') { format!("\"{text}\"") } else { text }
    };
    cells.iter().map(quoted).collect::<Vec<String>>().join(",")
}

/// A cell that may be empty.
pub(crate) fn optional(cell: Option<impl Display>) -> String {
    cell.map(|cell| cell.to_string()).unwrap_or_default()
}

/// A small CSV file without quotes, whose cells are found by the name of their column.
pub(crate) struct Sheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Sheet {
    pub(crate) fn read(path: &Path) -> Sheet {
        let text = text(path);
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
        let header = lines.next().unwrap_or_default();
        let rows: Vec<Vec<String>> = lines.collect();
        for row in &rows {
            assert_eq!(row.len(), header.len(), "{}: {}", path.display(), row.join(","));
        }
        Sheet { header, rows }
    }

    /// The cell of a row; empty if there is no such column.
    pub(crate) fn cell<'r>(&self, row: &'r [String], column: &str) -> &'r str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| row.get(place)).map_or("", String::as_str)
    }
}
