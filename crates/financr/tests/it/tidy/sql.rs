//! SQL: where it may stand and how it is written.

use super::rust_text::RustText;
use super::tree::HOUSE;
use super::{at, has_word, is_word, mentions, numbered, settle};

/// Functions that make a result depend on the hour. The clock is a bound value.
const CLOCK_WORDS: &[&str] = &[
    "now(",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "clock_timestamp(",
    "statement_timestamp(",
    "transaction_timestamp(",
];

/// What SQLite's date functions call the present.
const CLOCK_LITERAL: &str = "'now'";

/// Macros that put values into a text.
const FORMATTING: &[&str] = &["format!", "format_args!", "write!", "writeln!"];

/// SQL without comments and without what stands between single quotes; lines and columns stay.
pub(super) fn sql_code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut state = ' ';
    while let Some(character) = rest.next() {
        let next = rest.peek().copied();
        let visible = state == ' ';
        match (state, character, next) {
            (' ', '-', Some('-')) | (' ', '/', Some('*')) => {
                state = character;
                code.push(' ');
                continue;
            }
            (' ', '\'', _) => state = '\'',
            ('\'', '\'', _) | ('-', '\n', _) => state = ' ',
            ('/', '*', Some('/')) => {
                rest.next();
                code.push(' ');
                state = ' ';
            }
            _ => {}
        }
        let kept = visible || character == '\n' || (character == '\'' && state == ' ');
        code.push(if kept { character } else { ' ' });
    }
    code
}

fn clock_in_sql(path: &str, text: &str) -> Vec<String> {
    let advice = "bind the date or the instant instead: `$business_date`, or a clock value";
    let mut findings = mentions(path, &sql_code(text).to_lowercase(), CLOCK_WORDS, advice);
    let literals = numbered(text).filter(|(_, line)| line.to_lowercase().contains(CLOCK_LITERAL));
    findings.extend(literals.map(|(number, _)| at(path, number, format!("{CLOCK_LITERAL}: {advice}"))));
    findings
}

/// Stars that stand for columns; those of `count(*)` and of a product do not.
fn stars(path: &str, text: &str) -> Vec<String> {
    let code = sql_code(text);
    let mut findings = Vec::new();
    for (start, _) in code.match_indices('*') {
        let before = code[..start].trim_end();
        let word = before.rsplit(|character| !is_word(character)).next().unwrap_or_default().to_uppercase();
        let all_columns = before.ends_with(['.', ',']) || ["SELECT", "DISTINCT", "ALL"].contains(&word.as_str());
        if all_columns {
            let line = 1 + code[..start].matches('\n').count();
            findings.push(at(path, line, "`*` changes with the table; name the columns"));
        }
    }
    findings
}

fn untitled(path: &str, text: &str) -> Option<String> {
    let first = text.lines().next().unwrap_or_default();
    let words = first.strip_prefix("-- ").map_or(0, |sentence| sentence.split_whitespace().count());
    (words < 3)
        .then(|| at(path, 1, "the first line must be a `-- ` sentence that says what one row is or what happens"))
}

/// Whether a text is a statement and not a sentence.
fn is_statement(text: &str) -> bool {
    let words: Vec<&str> = text.split(|character| !is_word(character)).filter(|word| !word.is_empty()).collect();
    let has = |wanted: &str| words.contains(&wanted);
    let follows = |first: &str, second: &str| words.windows(2).any(|pair| pair == [first, second]);
    let lower = |place: usize| words.get(place).map(|word| word.to_lowercase()).unwrap_or_default();
    let upper_case = has("SELECT")
        || follows("INSERT", "INTO")
        || follows("INSERT", "OR")
        || follows("DELETE", "FROM")
        || (has("UPDATE") && has("SET"));
    let lower_case = match lower(0).as_str() {
        "select" => has("from"),
        "insert" => lower(1) == "into",
        "delete" => lower(1) == "from",
        "update" => has("set"),
        _ => false,
    };
    upper_case || lower_case
}

fn long_sql(path: &str, rust: &RustText) -> Vec<String> {
    let long = rust.literals.iter().filter(|literal| literal.text.contains('\n') && is_statement(&literal.text));
    let advice = "SQL of more than one line stands in its own .sql file, taken in with include_str!";
    long.map(|literal| at(path, literal.line, advice)).collect()
}

fn formatted_sql(path: &str, rust: &RustText) -> Vec<String> {
    let built = rust.literals.iter().filter(|literal| FORMATTING.contains(&literal.call.as_str()));
    let statements = built.filter(|literal| is_statement(&literal.text));
    statements.map(|literal| at(path, literal.line, "SQL is never put together from values: bind them")).collect()
}

#[test]
fn sql_does_not_know_the_hour() {
    let findings: Vec<String> = HOUSE.sql().flat_map(|file| clock_in_sql(&file.path, &file.text)).collect();
    settle("a result must not depend on the hour of the run", &findings);
}

#[test]
fn sql_names_its_columns() {
    let findings: Vec<String> = HOUSE.sql().flat_map(|file| stars(&file.path, &file.text)).collect();
    settle("a query names its columns", &findings);
}

#[test]
fn sql_files_begin_with_a_sentence() {
    let findings: Vec<String> = HOUSE.sql().filter_map(|file| untitled(&file.path, &file.text)).collect();
    settle("a reader must learn from the first line what a query is for", &findings);
}

#[test]
fn long_sql_has_its_own_file() {
    let findings: Vec<String> = HOUSE.rust().flat_map(|(file, rust)| long_sql(&file.path, rust)).collect();
    settle("SQL is read as SQL", &findings);
}

#[test]
fn sql_is_not_put_together_from_values() {
    let findings: Vec<String> = HOUSE.rust().flat_map(|(file, rust)| formatted_sql(&file.path, rust)).collect();
    settle("values are bound", &findings);
}

#[test]
fn sql_is_told_from_comments_and_texts() {
    let text = "-- now() here\nSELECT 'it''s now()', a /* now() */ FROM b; -- end\n";
    let code = sql_code(text);
    assert!(!code.contains("now()"), "{code}");
    assert!(code.contains("SELECT '") && code.contains(" a ") && code.contains("FROM b;"), "{code}");
    assert_eq!(code.lines().count(), text.lines().count());
}

#[test]
fn clocks_in_sql_are_caught() {
    assert_eq!(clock_in_sql("a.sql", "-- a row\nSELECT NOW() AS today, known(b) FROM c;").len(), 1);
    assert_eq!(clock_in_sql("a.sql", "SELECT a FROM b WHERE c < CURRENT_DATE;").len(), 1);
    assert_eq!(clock_in_sql("a.sql", "SELECT strftime('%s', 'now');").len(), 1);
    assert!(clock_in_sql("a.sql", "SELECT a FROM b WHERE c < $business_date;").is_empty());
}

#[test]
fn stars_are_caught() {
    let text = "SELECT\n    *\nFROM (SELECT today.* FROM b AS today);\nSELECT a, * FROM c;\n";
    assert_eq!(stars("a.sql", text).len(), 3);
    assert!(stars("a.sql", "SELECT count(*) AS rows, a * b AS product, (a) * 2 FROM c; -- SELECT *").is_empty());
}

#[test]
fn untitled_sql_is_caught() {
    assert!(untitled("a.sql", "-- One row per portfolio.\nSELECT a FROM b;").is_none());
    for text in ["SELECT a FROM b;\n-- One row per portfolio.", "-- rows\nSELECT a FROM b;", ""] {
        assert!(untitled("a.sql", text).is_some(), "{text}");
    }
}

#[test]
fn sql_in_rust_is_caught() {
    let lines =
        ["let a = \"SELECT b", "  FROM c\";", "let d = \"SELECT e FROM f\";", "let g = \"a sentence", "goes on\";"];
    let findings = long_sql("a.rs", &RustText::split(&lines.join("\n")));
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("a.rs:1:"), "{findings:?}");
    let built =
        "let a = format!(\"DELETE FROM {table}\"); let b = query(\"DELETE FROM c\"); let d = format!(\"to {e}\");";
    assert_eq!(formatted_sql("a.rs", &RustText::split(built)).len(), 1);
    assert!(is_statement("update a set b = 1") && !is_statement("select a row and go on"));
    assert!(!has_word("selected", "select"));
}
