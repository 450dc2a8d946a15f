//! Rejected rows for people: what is wrong with a whole column is one line, not one for every row of the file.

use std::collections::BTreeMap;

use jobs::import::ImportReport;
use serde_json::Value;

/// Lines of a file that are named; of more it is said how many there are.
const LINES_NAMED: usize = 3;

/// Rejected rows of one file with one fault in one column.
pub(crate) struct RefusedRows<'r> {
    pub(crate) file: &'r str,
    pub(crate) column: &'r str,
    pub(crate) reason: &'r str,
    /// Their lines; never empty.
    lines: Vec<i64>,
}

/// The rejected rows by what is wrong with them, in the order in which each fault comes first.
pub(crate) fn by_fault(report: &ImportReport) -> Vec<RefusedRows<'_>> {
    let mut places: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut found: Vec<RefusedRows<'_>> = Vec::new();
    for row in one_by_one(report) {
        let fault = (row.file, row.column, row.reason);
        match places.get(&fault).and_then(|place| found.get_mut(*place)) {
            Some(known) => known.lines.extend(row.lines),
            None => {
                places.insert(fault, found.len());
                found.push(row);
            }
        }
    }
    found
}

/// The rejected rows, each by itself.
pub(crate) fn one_by_one(report: &ImportReport) -> Vec<RefusedRows<'_>> {
    let rows = report.rejects.iter().map(|reject| RefusedRows {
        file: &reject.file,
        column: &reject.column,
        reason: &reject.reason,
        lines: vec![reject.line],
    });
    rows.collect()
}

impl RefusedRows<'_> {
    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.lines.len()
    }

    /// The line, if it is one.
    pub(crate) fn line(&self) -> Option<i64> {
        if let [line] = self.lines.as_slice() { Some(*line) } else { None }
    }

    /// The lines in words, e.g. `87 lines: 2, 3, 4, …`.
    pub(crate) fn lines_in_words(&self) -> String {
        let named: Vec<String> = self.lines.iter().take(LINES_NAMED).map(i64::to_string).collect();
        let more = if LINES_NAMED < self.lines.len() { ", …" } else { "" };
        format!("{} lines: {}{more}", self.lines.len(), named.join(", "))
    }

    /// The cell that names the lines: a number if there is one.
    pub(crate) fn line_cell(&self) -> Value {
        self.line().map_or_else(|| self.lines_in_words().into(), Value::from)
    }

    /// All of it in a sentence, e.g. `D01/prices.csv:7 close: the cell is empty`.
    pub(crate) fn sentence(&self) -> String {
        let RefusedRows { file, column, reason, .. } = self;
        match self.line() {
            Some(line) => format!("{file}:{line} {column}: {reason}"),
            None => format!("{file} {column}: {reason} ({})", self.lines_in_words()),
        }
    }
}
