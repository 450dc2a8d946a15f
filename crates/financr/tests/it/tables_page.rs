//! `docs/TABLES.md` is written from the definitions of the tables, and this test says when it no longer is.

use std::fmt::Write;
use std::path::Path;

use schemas::tables::TABLES;

fn page() -> String {
    let mut text = "# Tables\n\nEvery table of the lake, written from its definition in `schemas/src/tables/`; \
                    `UPDATE_TABLES=1 cargo test -p financr --test it tables_page` writes this page anew. Exact numbers \
                    are decimals: amounts with 10 decimals, quantities with 10, prices and rates with 12.\n"
        .to_owned();
    for table in TABLES {
        let doc = table.doc.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        write!(text, "\n## {}\n\n{}\n\nKey: `{}`.", table.name, doc.trim(), table.key.join("`, `")).expect("text");
        if let Some(column) = table.dated {
            write!(text, " Replaced and skipped by `{column}`.").expect("text");
        }
        text.push_str("\n\n| column | type | empty | meaning |\n|---|---|---|---|\n");
        for column in table.columns {
            let doc = column.doc.lines().map(str::trim).collect::<Vec<_>>().join(" ").replace('|', "\\|");
            let empty = if column.nullable { "may be" } else { "" };
            writeln!(text, "| `{}` | {:?} | {empty} | {} |", column.name, column.kind, doc.trim()).expect("text");
        }
    }
    text
}

#[test]
fn the_page_is_what_the_definitions_say() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/TABLES.md"));
    if std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(path, page()).expect("written");
    }
    let written = std::fs::read_to_string(path).expect("docs/TABLES.md is there");
    assert!(written == page(), "docs/TABLES.md is out of date; run UPDATE_TABLES=1 cargo test -p financr tables_page");
}
