//! Habits that are not ours: the wall clock, the environment, `unsafe`, silenced warnings, skipped tests, unfinished
//! work.

use super::rust_text::RustText;
use super::tree::{File, HOUSE};
use super::{at, has_word, mentions, numbered, settle};

/// The only file that may read the wall clock. `Instant::now`, which measures durations, is free.
const CLOCK_FILE: &str = "schemas/src/clock.rs";
const CLOCK_WORDS: &[&str] = &[
    "Utc::now",
    "Utc::today",
    "Local::now",
    "Local::today",
    "SystemTime::now",
    "OffsetDateTime::now_utc",
    "Timestamp::now",
    "Zoned::now",
    "Uuid::now_v6",
    "Uuid::now_v7",
];

/// The only file, with its parts, that may read the environment; tests and build scripts may, too.
const CONFIG_FILE: &str = "crates/financr/src/config.rs";
const CONFIG_FOLDER: &str = "crates/financr/src/config/";
const ENVIRONMENT_WORDS: &[&str] = &[
    "env::var",
    "env::var_os",
    "env::vars",
    "env::vars_os",
    "env::set_var",
    "env::remove_var",
    "AmazonS3Builder::from_env",
    "EnvFilter::from_env",
    "EnvFilter::from_default_env",
    "EnvFilter::try_from_env",
    "EnvFilter::try_from_default_env",
];

/// Words that mark unfinished work, as macros and in comments.
const UNFINISHED_MACROS: &[&str] = &["todo!", "unimplemented!"];
const UNFINISHED_MARKS: &[&str] = &["TODO", "FIXME"];

fn environment(path: &str, code: &str) -> Vec<String> {
    let advice = format!("only {CONFIG_FILE} reads the environment; take the value as an argument");
    let mut findings = mentions(path, code, ENVIRONMENT_WORDS, &advice);
    for (number, line) in numbered(code) {
        if let Some((_, list)) = line.split_once("env::{")
            && list.split(['{', '}', ',', ' ']).any(|word| word.starts_with("var"))
        {
            findings.push(at(path, number, format!("`env::{{…var…}}`: {advice}")));
        }
    }
    findings
}

fn may_read_environment(file: &File) -> bool {
    let configuration = file.path == CONFIG_FILE || file.path.starts_with(CONFIG_FOLDER);
    configuration || file.is_test() || file.is_benchmark() || file.stem() == "build"
}

/// Attributes that silence a lint without a reason.
fn silenced(path: &str, rust: &RustText) -> Vec<String> {
    let mut findings = Vec::new();
    for opening in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
        for (start, _) in rust.code.match_indices(opening) {
            let rest = &rust.code[start..];
            let attribute = &rest[..rest.find(")]").unwrap_or(rest.len())];
            if !has_word(attribute, "reason") {
                let line = 1 + rust.code[..start].matches('\n').count();
                findings.push(at(path, line, format!("`{opening}…)]` without a reason: say why, or mend it")));
            }
        }
    }
    findings
}

fn skipped_tests(path: &str, code: &str) -> Vec<String> {
    let lines = numbered(code).filter(|(_, line)| line.contains("#[ignore"));
    lines.map(|(number, _)| at(path, number, "a test that is skipped proves nothing: mend it or delete it")).collect()
}

fn unfinished(path: &str, text: &str, rust: Option<&RustText>) -> Vec<String> {
    let advice = "finish it, or open an issue and say in the text what is missing";
    match rust {
        Some(rust) => {
            let mut findings = mentions(path, &rust.code, UNFINISHED_MACROS, advice);
            findings.extend(mentions(path, &rust.comments, UNFINISHED_MARKS, advice));
            findings
        }
        None => mentions(path, text, UNFINISHED_MARKS, advice),
    }
}

#[test]
fn only_the_clock_reads_the_wall_clock() {
    let advice = format!("only {CLOCK_FILE} reads the wall clock; take a `Clock` or the instant as an argument");
    let files = HOUSE.rust().filter(|(file, _)| file.path != CLOCK_FILE && !file.is_benchmark());
    let findings: Vec<String> =
        files.flat_map(|(file, rust)| mentions(&file.path, &rust.code, CLOCK_WORDS, &advice)).collect();
    settle("a result must not depend on the hour of the run", &findings);
    let clock = HOUSE.file(CLOCK_FILE).and_then(|file| file.rust.as_ref()).expect("the clock is there");
    assert!(!mentions(CLOCK_FILE, &clock.code, CLOCK_WORDS, "").is_empty(), "the words no longer fit the clock");
}

#[test]
fn a_reader_of_the_wall_clock_is_caught() {
    let rust =
        RustText::split("let a = Instant::now();\nlet b = Utc::now(); // SystemTime::now\nlet c = \"Local::now\";\n");
    let findings = mentions("a.rs", &rust.code, CLOCK_WORDS, "no");
    assert_eq!(findings, ["a.rs:2: `Utc::now`: no"]);
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let files = HOUSE.rust().filter(|(file, _)| !may_read_environment(file));
    let findings: Vec<String> = files.flat_map(|(file, rust)| environment(&file.path, &rust.library)).collect();
    settle("what the environment decides must be seen in one place", &findings);
}

#[test]
fn a_reader_of_the_environment_is_caught() {
    let code =
        "let a = std::env::var(name);\nlet b = env!( );\nuse std::env::{self, args, var_os};\nuse std::env::{args};\n";
    let findings = environment("a.rs", code);
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].starts_with("a.rs:1:") && findings[1].starts_with("a.rs:3:"), "{findings:?}");
    assert_eq!(environment("a.rs", "let s3 = AmazonS3Builder::from_env();").len(), 1);
}

#[test]
fn nothing_is_unsafe() {
    let advice = "memory safety is not ours to prove: find a safe way";
    let files = HOUSE.rust().flat_map(|(file, rust)| mentions(&file.path, &rust.code, &["unsafe"], advice));
    settle("there is no unsafe code", &files.collect::<Vec<String>>());
}

#[test]
fn unsafe_code_is_caught_and_its_mention_is_not() {
    let rust = RustText::split("// unsafe\nlet a = unsafe { b() };\nlet unsafe_code = \"unsafe\";\n");
    assert_eq!(mentions("a.rs", &rust.code, &["unsafe"], "no"), ["a.rs:2: `unsafe`: no"]);
}

#[test]
fn silenced_warnings_have_a_reason() {
    let findings: Vec<String> = HOUSE.rust().flat_map(|(file, rust)| silenced(&file.path, rust)).collect();
    settle("a silenced warning must say why", &findings);
}

#[test]
fn a_silenced_warning_without_a_reason_is_caught() {
    let text = concat!(
        "#[allow(dead_code)]\nfn a() {}\n",
        "#[expect(\n    clippy::panic,\n    reason = \"proved\"\n)]\nfn b() {}\n",
        "#![expect(clippy::panic)]\n",
    );
    let findings = silenced("a.rs", &RustText::split(text));
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].starts_with("a.rs:1:") && findings[1].starts_with("a.rs:8:"), "{findings:?}");
}

#[test]
fn no_test_is_skipped() {
    let findings: Vec<String> = HOUSE.rust().flat_map(|(file, rust)| skipped_tests(&file.path, &rust.code)).collect();
    settle("every test runs", &findings);
}

#[test]
fn a_skipped_test_is_caught() {
    let rust = RustText::split("#[test]\n#[ignore = \"slow\"]\nfn a() {}\n// #[ignore]\n");
    assert_eq!(skipped_tests("a.rs", &rust.code).len(), 1);
}

#[test]
fn nothing_is_left_unfinished() {
    let files = HOUSE.files.iter().flat_map(|file| unfinished(&file.path, &file.text, file.rust.as_ref()));
    settle("what is here is finished", &files.collect::<Vec<String>>());
}

#[test]
fn unfinished_work_is_caught() {
    let text = "fn a() { todo!() }\n// TODO: b\nlet c = \"TODO\";\nlet methodology = 1;\nunimplemented!();\n";
    let findings = unfinished("a.rs", text, Some(&RustText::split(text)));
    assert_eq!(findings.len(), 3, "{findings:?}");
    assert_eq!(unfinished("a.sql", "-- FIXME: later\nSELECT 1;\n", None).len(), 1);
}
