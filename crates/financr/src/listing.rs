//! Rows on a terminal, or for a machine: the same rows as a table, JSON or CSV.

use std::io::Write;

use clap::ValueEnum;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde_json::Value;

/// A line under the header and none between rows.
const PRESET: &str = "     ──            ";

/// What stands where there is no figure.
pub(crate) const NO_FIGURE: &str = "–";

/// The form in which rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people.
    #[default]
    Table,
    /// An array of objects.
    Json,
    /// Comma-separated values with a header.
    Csv,
}

/// Rows with named columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
}

impl Listing {
    pub(crate) fn new(columns: &[&str]) -> Listing {
        Listing { columns: columns.iter().map(|column| (*column).to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        self.rows.push(row.into());
    }

    /// Writes the rows.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub(crate) fn write(&self, format: Format, output: &mut dyn Write) -> anyhow::Result<()> {
        match format {
            Format::Table => self.write_table(output),
            Format::Json => {
                let object = |row: &Vec<Value>| -> Value {
                    self.columns.iter().cloned().zip(row.iter().cloned()).collect::<serde_json::Map<_, _>>().into()
                };
                let rows: Vec<Value> = self.rows.iter().map(object).collect();
                writeln!(output, "{}", serde_json::to_string_pretty(&rows)?)?;
                Ok(())
            }
            Format::Csv => {
                writeln!(output, "{}", self.columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(","))?;
                for row in &self.rows {
                    writeln!(output, "{}", row.iter().map(|cell| quoted(&text(cell))).collect::<Vec<_>>().join(","))?;
                }
                Ok(())
            }
        }
    }

    fn write_table(&self, output: &mut dyn Write) -> anyhow::Result<()> {
        let mut table = Table::new();
        table.load_preset(PRESET).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(&self.columns);
        for row in &self.rows {
            table.add_row(row.iter().map(text));
        }
        for (position, column) in table.column_iter_mut().enumerate() {
            let numeric = |row: &Vec<Value>| row.get(position).is_some_and(|cell| cell.is_number() || cell.is_null());
            let any_number = self.rows.iter().any(|row| row.get(position).is_some_and(Value::is_number));
            let cells = || self.rows.iter().filter_map(|row| row.get(position).map(text));
            // A cell without a figure does not keep the figures above and below it from the right.
            let decimals = cells().all(|cell| is_decimal(&cell) || is_blank(&cell)) && cells().any(|c| is_decimal(&c));
            if (any_number && self.rows.iter().all(numeric)) || decimals {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(output, "{table}")?;
        Ok(())
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.trim_end_matches(" %");
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || b"+-.,".contains(&byte))
}

/// Whether there is no figure in a cell: nothing, or a dash, with the number of a note or without.
fn is_blank(text: &str) -> bool {
    text.is_empty() || text.starts_with(NO_FIGURE)
}

/// A cell as text; nothing for an empty one.
fn text(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format) -> String {
        let mut listing = Listing::new(&["name", "value"]);
        listing.push(["a, \"b\"".into(), 1.5.into()]);
        listing.push(["c".into(), Value::Null]);
        let mut output = Vec::new();
        listing.write(format, &mut output).expect("written");
        String::from_utf8(output).expect("text")
    }

    #[test]
    fn csv_is_quoted_and_json_keeps_the_empty_cell() {
        assert_eq!(written(Format::Csv), "name,value\n\"a, \"\"b\"\"\",1.5\nc,\n");
        let rows: Value = serde_json::from_str(&written(Format::Json)).expect("json");
        assert_eq!(rows[1]["value"], Value::Null);
        assert!(written(Format::Table).contains("a, \"b\""));
    }
}
