//! CSV as RFC 4180 has it, with the line ends of the other book folders.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// A CSV file before it is written: a header and rows, comma, line feed.
pub(super) struct CsvText {
    text: String,
    rows: usize,
}

impl CsvText {
    /// A file with its header and no rows.
    pub(super) fn with_header(columns: &[&str]) -> CsvText {
        let mut file = CsvText { text: String::new(), rows: 0 };
        file.line(columns);
        file
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[&str]) {
        self.line(cells);
        self.rows += 1;
    }

    /// Rows so far, the header not counted.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// Writes the file; one that is there is replaced.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        fs::write(path, &self.text).with_context(|| format!("cannot write `{}`", path.display()))
    }

    fn line(&mut self, cells: &[&str]) {
        for (position, cell) in cells.iter().enumerate() {
            if 0 < position {
                self.text.push(',');
            }
            self.cell(cell);
        }
        self.text.push('\n');
    }

    fn cell(&mut self, cell: &str) {
        if cell.contains([',', '"', '\n', '\r']) {
            self.text.push('"');
            self.text.push_str(&cell.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cells_that_need_quotes_have_them() {
        let mut file = CsvText::with_header(&["symbol", "name"]);
        file.row(&["A", "plain text"]);
        file.row(&["B", "with \"quotes\", and a comma"]);
        assert_eq!(file.text, "symbol,name\nA,plain text\nB,\"with \"\"quotes\"\", and a comma\"\n");
        assert_eq!(file.rows(), 2);
    }
}
