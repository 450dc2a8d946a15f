//! The shape of files: names, sizes and first lines.

use std::collections::BTreeSet;

use super::rust_text::RustText;
use super::tree::HOUSE;
use super::{at, is_word, numbered, settle};

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "base", "common", "core", "helper", "helpers", "manager", "misc", "models", "shared", "traits", "types", "util",
    "utils",
];

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
const COLUMNS_MAX: usize = 120;

fn empty_file_names<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut findings = BTreeSet::new();
    for path in paths {
        let mut end = 0;
        for part in path.split('/') {
            end += part.len();
            let stem = part.trim_start_matches('.').split('.').next().unwrap_or_default();
            if EMPTY_NAMES.contains(&stem.to_lowercase().as_str()) {
                findings.insert(format!("{}: `{stem}` says nothing; name it after the one thing in it", &path[..end]));
            }
            end += 1;
        }
    }
    findings
}

fn empty_module_names(path: &str, code: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in numbered(code) {
        let words: Vec<&str> = line.split(|character| !is_word(character)).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2).filter(|pair| pair[0] == "mod" && EMPTY_NAMES.contains(&pair[1])) {
            findings.push(at(path, number, format!("module `{}` says nothing; name it after what is in it", pair[1])));
        }
    }
    findings
}

fn long_file(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let message = || format!("{lines} lines; a source file has at most {FILE_LINES_MAX}, move a part to its own file");
    (FILE_LINES_MAX < lines).then(|| at(path, lines, message()))
}

fn long_functions(path: &str, rust: &RustText) -> Vec<String> {
    let functions = rust.functions().into_iter().filter(|function| FUNCTION_LINES_MAX < function.lines);
    let problem =
        |name: &str, lines: usize| format!("`{name}` has {lines} lines; a function has at most {FUNCTION_LINES_MAX}");
    functions.map(|function| at(path, function.line, problem(&function.name, function.lines))).collect()
}

fn long_lines(path: &str, text: &str) -> Vec<String> {
    let columns = numbered(text).map(|(number, line)| (number, line.chars().count()));
    let long = columns.filter(|(_, columns)| COLUMNS_MAX < *columns);
    long.map(|(number, columns)| at(path, number, format!("{columns} columns; at most {COLUMNS_MAX}, break it")))
        .collect()
}

fn missing_title(path: &str, text: &str) -> Option<String> {
    let titled = text.starts_with("//! ");
    (!titled).then(|| at(path, 1, "the first line must be a `//!` sentence: what is in this file, and why"))
}

#[test]
fn files_folders_and_modules_have_telling_names() {
    let paths = HOUSE.paths.iter().map(String::as_str);
    let mut findings: Vec<String> = empty_file_names(paths).into_iter().collect();
    findings.extend(HOUSE.rust().flat_map(|(file, rust)| empty_module_names(&file.path, &rust.code)));
    settle("names must say what is inside", &findings);
}

#[test]
fn empty_names_are_caught() {
    let paths =
        ["lake/src/utils/a.rs", "lake/src/utils/b.rs", "api/src/Types.rs", "docs/.common.md", "api/src/utility.rs"];
    let findings: Vec<String> = empty_file_names(paths.into_iter()).into_iter().collect();
    assert_eq!(findings.len(), 3, "{findings:?}");
    assert!(findings.iter().any(|finding| finding.starts_with("lake/src/utils:")), "{findings:?}");
    assert_eq!(empty_module_names("a.rs", "use b;\npub mod helpers {\n}\nmod helpful;\n").len(), 1);
}

#[test]
fn files_are_short() {
    let sources = HOUSE.files.iter().filter(|file| file.rust.is_some() || file.is_sql());
    let findings: Vec<String> = sources.filter_map(|file| long_file(&file.path, &file.text)).collect();
    settle("source files must be short enough to be read", &findings);
}

#[test]
fn functions_are_short() {
    let findings: Vec<String> = HOUSE.rust().flat_map(|(file, rust)| long_functions(&file.path, rust)).collect();
    settle("functions must be short enough to be seen at once", &findings);
}

#[test]
fn lines_fit_on_a_screen() {
    let sources = HOUSE.files.iter().filter(|file| file.rust.is_some() || file.is_sql());
    let findings: Vec<String> = sources.flat_map(|file| long_lines(&file.path, &file.text)).collect();
    settle("lines must fit beside each other on a screen", &findings);
}

#[test]
fn oversizes_are_caught() {
    assert!(long_file("a.rs", &"x\n".repeat(FILE_LINES_MAX)).is_none());
    assert!(long_file("a.rs", &"x\n".repeat(FILE_LINES_MAX + 1)).is_some());
    let function = |lines: usize| RustText::split(&format!("fn f() {{\n{}}}\n", "x;\n".repeat(lines - 2)));
    assert!(long_functions("a.rs", &function(FUNCTION_LINES_MAX)).is_empty());
    assert_eq!(long_functions("a.rs", &function(FUNCTION_LINES_MAX + 1)).len(), 1);
    let line = |columns: usize| "ü".repeat(columns);
    assert!(long_lines("a.sql", &line(COLUMNS_MAX)).is_empty());
    assert_eq!(long_lines("a.sql", &line(COLUMNS_MAX + 1)).len(), 1);
}

#[test]
fn rust_files_begin_with_their_reason() {
    let findings: Vec<String> = HOUSE.rust().filter_map(|(file, _)| missing_title(&file.path, &file.text)).collect();
    settle("a reader must learn from the first line why a file exists", &findings);
}

#[test]
fn a_file_without_a_reason_is_caught() {
    assert!(missing_title("a.rs", "//! What it is.\nuse b;\n").is_none());
    assert!(missing_title("a.rs", "use b;\n//! too late\n").is_some());
    assert!(missing_title("a.rs", "").is_some());
}
