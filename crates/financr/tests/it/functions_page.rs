//! `docs/FUNCTIONS.md` is written from the functions themselves, and this test says when it no longer is.

use std::fmt::Write;
use std::path::Path;

use lake::functions::{FUNCTIONS, Function, Make};

const INTRODUCTION: &str = include_str!("functions_page.md");

fn signature(function: &Function) -> String {
    let arguments = function.arguments.iter();
    let arguments: Vec<String> =
        arguments.map(|argument| format!("{} {}", argument.name, argument.kind.sql_type())).collect();
    format!("{}({})", function.name, arguments.join(", "))
}

fn page() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n| function | what it is |\n|---|---|\n");
    for function in FUNCTIONS {
        writeln!(text, "| [`{}`](#{}) | {} |", function.name, function.name, function.title).expect("text");
    }
    for function in FUNCTIONS {
        let rows = match function.make {
            Make::Aggregate(_) => "one value for each group of rows",
            Make::Scalar(_) => "one value for each row",
        };
        write!(text, "\n## {}\n\n`{}`: {}; {rows}.", function.name, signature(function), function.title).expect("text");
        if !function.aliases.is_empty() {
            write!(text, " Also called `{}`.", function.aliases.join("`, `")).expect("text");
        }
        write!(text, "\n\n{}\n\n", function.definition).expect("text");
        for argument in function.arguments {
            writeln!(text, "- `{}`: {}", argument.name, argument.meaning).expect("text");
        }
        writeln!(text, "- Result: {}", function.result).expect("text");
        writeln!(text, "- NULL and errors: {}", function.nulls).expect("text");
        writeln!(text, "- Source: {}", function.source).expect("text");
        write!(text, "\n```sql\n{}\n```\n", function.example).expect("text");
    }
    text
}

#[test]
fn the_page_is_what_the_functions_say() {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/FUNCTIONS.md"));
    if std::env::var_os("UPDATE_FUNCTIONS").is_some() {
        std::fs::write(path, page()).expect("written");
    }
    let written = std::fs::read_to_string(path).expect("docs/FUNCTIONS.md is there");
    let advice = "run UPDATE_FUNCTIONS=1 cargo test -p financr --test it functions_page";
    assert!(written == page(), "docs/FUNCTIONS.md is out of date; {advice}");
}
