//! `docker-compose.yml` and `Dockerfile`, which no container engine reads here: their form and what must be in them.
//!
//! The compose file is held to a plain part of YAML: mappings and lists by indentation of two spaces, values of one
//! line or blocks of text after `|`, no anchors. What does not fit is a finding, so that nothing is passed over unread.

use super::tree::HOUSE;
use super::{at, is_word, numbered, settle};

const COMPOSE_FILE: &str = "docker-compose.yml";
const DOCKERFILE: &str = "Dockerfile";

/// Services that must be there.
const SERVICES: &[&str] = &["app", "postgres", "object-store", "smtp"];
const TOP_LEVEL: &[&str] = &["configs", "name", "networks", "secrets", "services", "volumes"];

/// Parts of names whose values are secret.
const SECRET_WORDS: &[&str] = &["PASSWORD", "SECRET", "TOKEN", "ACCESS_KEY", "PRIVATE_KEY"];

/// One `key: value`, or one `- value` of a list.
struct Entry {
    line: usize,
    /// The keys from the outermost to this one with dots between them; an item of a list is called `-`.
    path: String,
    /// The value without quotes around it; empty if entries below follow.
    value: String,
}

/// A line without indentation and comment.
struct Line {
    number: usize,
    indentation: usize,
    text: String,
}

/// The text before a comment: before a `#` outside quotes that begins the line or follows a space.
fn without_comment(text: &str) -> &str {
    let mut quote = None;
    let mut previous = ' ';
    for (place, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if character == '#' && previous == ' ' => return text[..place].trim_end(),
            None if character == '"' || character == '\'' => quote = Some(character),
            None => {}
        }
        previous = character;
    }
    text.trim_end()
}

fn lines_of(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, raw) in numbered(text) {
        let content = without_comment(raw);
        let bare = content.trim_start_matches(' ');
        if !bare.is_empty() {
            lines.push(Line { number, indentation: content.len() - bare.len(), text: bare.to_owned() });
        }
    }
    lines
}

/// What makes a line unreadable, for YAML or for this check.
fn malformed(line: &Line) -> Option<&'static str> {
    let text = line.text.as_str();
    let count = |wanted: char| text.matches(wanted).count();
    if text.contains('\t') {
        Some("a tab; indent with spaces")
    } else if !line.indentation.is_multiple_of(2) {
        Some("an odd indentation; indent by two spaces")
    } else if count('"') % 2 != 0 {
        Some("a quote that is not closed")
    } else if count('[') != count(']') || count('{') != count('}') {
        Some("a bracket that is not closed in its line")
    } else if text.ends_with(": >") || [": &", ": *"].iter().any(|mark| text.contains(mark)) {
        Some("folded text, anchors and references are not used in this file")
    } else {
        None
    }
}

/// Key and value of a text; none if it has neither.
fn key_and_value(text: &str) -> Option<(&str, &str)> {
    text.split_once(": ").or_else(|| text.strip_suffix(':').map(|key| (key, "")))
}

/// Whether an item of a list is itself a mapping, whose first key stands in the item's line.
fn is_mapping(item: &str) -> bool {
    let is_name = |key: &str| key.chars().all(|character| is_word(character) || character == '-');
    key_and_value(item).is_some_and(|(key, _)| is_name(key))
}

fn unquoted(value: &str) -> &str {
    let bare = value.trim();
    bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(bare)
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    entries: Vec<Entry>,
    /// The keys above the last entry and its own, with their indentation.
    open: Vec<(usize, String)>,
}

impl Reader {
    fn take(&mut self, line: &Line) -> Result<(), &'static str> {
        if let Some(problem) = malformed(line) {
            return Err(problem);
        }
        let neither = "neither `key: value` nor `- value`";
        let Some(item) = line.text.strip_prefix("- ") else {
            let (key, value) = key_and_value(&line.text).ok_or(neither)?;
            return self.put(line.number, line.indentation, key, value);
        };
        if !is_mapping(item) {
            return self.put(line.number, line.indentation, "-", item);
        }
        self.put(line.number, line.indentation, "-", "")?;
        let (key, value) = key_and_value(item).ok_or(neither)?;
        self.put(line.number, line.indentation + 2, key, value)
    }

    fn put(&mut self, line: usize, indentation: usize, key: &str, value: &str) -> Result<(), &'static str> {
        let deepest = self.open.last().map_or(0, |(above, _)| above + 2);
        let nests = self.entries.last().is_none_or(|entry| entry.value.is_empty());
        if deepest < indentation || (deepest == indentation && deepest != 0 && !nests) {
            return Err("deeper than the line before allows");
        }
        self.open.retain(|(above, _)| *above < indentation);
        self.open.push((indentation, key.to_owned()));
        let names: Vec<&str> = self.open.iter().map(|(_, name)| name.as_str()).collect();
        let path = names.join(".");
        if !names.contains(&"-") && self.entries.iter().any(|earlier| earlier.path == path) {
            return Err("this key is there twice");
        }
        self.entries.push(Entry { line, path, value: unquoted(value).to_owned() });
        Ok(())
    }

    /// Whether the last entry is a key that a block of text follows.
    fn opens_block(&self) -> bool {
        self.entries.last().is_some_and(|entry| entry.value == "|")
    }
}

/// The entries of the file, or what is wrong with its form. Blocks of text are passed over, but keep no secrets.
fn entries_of(path: &str, text: &str) -> Result<Vec<Entry>, Vec<String>> {
    let mut reader = Reader::default();
    let mut findings = Vec::new();
    let mut block = None;
    for line in lines_of(text) {
        if block.is_some_and(|above| above < line.indentation) {
            if line.text.split_once('=').is_some_and(|(key, _)| is_secret(key)) {
                findings.push(at(path, line.number, "a secret in a setting; take it from the environment"));
            }
            continue;
        }
        if let Err(problem) = reader.take(&line) {
            findings.push(at(path, line.number, problem));
        }
        block = reader.opens_block().then_some(line.indentation);
    }
    if findings.is_empty() { Ok(reader.entries) } else { Err(findings) }
}

/// The keys right below a path.
fn below<'a>(entries: &'a [Entry], path: &str) -> Vec<&'a str> {
    let inside = entries.iter().filter_map(|entry| entry.path.strip_prefix(path)?.strip_prefix('.'));
    inside.filter(|rest| !rest.contains('.')).collect()
}

fn has(entries: &[Entry], path: &str) -> bool {
    entries.iter().any(|entry| entry.path == path)
}

fn incomplete_services(path: &str, entries: &[Entry]) -> Vec<String> {
    let mut findings = Vec::new();
    let services = below(entries, "services");
    let absent = SERVICES.iter().filter(|service| !services.contains(service));
    findings.extend(absent.map(|service| format!("{path}: there is no service `{service}`")));
    for service in services {
        let own = |key: &str| format!("services.{service}.{key}");
        if !has(entries, &own("image")) && !has(entries, &own("build")) && !has(entries, &own("build.context")) {
            findings.push(format!("{path}: service `{service}` has neither image nor build"));
        }
        if !has(entries, &own("healthcheck.test")) {
            findings.push(format!("{path}: service `{service}` has no health check"));
        }
        if has(entries, &own("environment.-")) {
            findings.push(format!("{path}: write the environment of `{service}` as `NAME: value`"));
        }
    }
    let strange = entries.iter().filter(|entry| !entry.path.contains('.') && !TOP_LEVEL.contains(&entry.path.as_str()));
    findings.extend(strange.map(|entry| at(path, entry.line, format!("`{}` is no key of a compose file", entry.path))));
    findings
}

fn is_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Whether a value is one reference that has no default and says what to do if it is not set.
fn is_required_reference(value: &str) -> bool {
    let inside = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    inside.and_then(|reference| reference.split_once(":?")).is_some_and(|(name, message)| {
        !name.is_empty() && !message.is_empty() && !name.contains(['$', ':', '}']) && !message.contains(['$', '}'])
    })
}

/// The password in a URL such as `postgres://user:password@host/name`.
fn password_in_url(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (user, _) = rest.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

fn literal_secrets(path: &str, entries: &[Entry]) -> Vec<String> {
    let mut findings = Vec::new();
    for entry in entries {
        let name = entry.path.rsplit('.').next().unwrap_or_default();
        let secret_value = (is_secret(name) && !entry.value.is_empty()).then_some(entry.value.as_str());
        for secret in secret_value.into_iter().chain(password_in_url(&entry.value)) {
            if !is_required_reference(secret) {
                findings.push(at(path, entry.line, format!("the secret in `{name}` must be `${{NAME:?what to do}}`")));
            }
        }
    }
    findings
}

/// Volumes and services that are named and not declared.
fn dangling(path: &str, entries: &[Entry]) -> Vec<String> {
    let (services, volumes) = (below(entries, "services"), below(entries, "volumes"));
    let mut findings = Vec::new();
    for entry in entries {
        let source = entry.value.split(':').next().unwrap_or_default();
        let is_volume = entry.path.ends_with(".volumes.-") && !source.starts_with(['.', '/', '$', '~']);
        if is_volume && !volumes.contains(&source) {
            findings.push(at(path, entry.line, format!("volume `{source}` is not declared under `volumes:`")));
        }
        let dependency = match entry.path.split_once(".depends_on.") {
            Some((_, "-")) => Some(entry.value.as_str()),
            Some((_, name)) if !name.contains('.') => Some(name),
            _ => None,
        };
        if let Some(service) = dependency.filter(|service| !services.contains(service)) {
            findings.push(at(path, entry.line, format!("service `{service}` is not there")));
        }
    }
    findings
}

fn compose_findings(path: &str, text: &str) -> Vec<String> {
    match entries_of(path, text) {
        Ok(entries) => {
            let parts = [incomplete_services, literal_secrets, dangling];
            parts.iter().flat_map(|check| check(path, &entries)).collect()
        }
        Err(findings) => findings,
    }
}

fn image_findings(path: &str, text: &str) -> Vec<String> {
    let argument = |instruction: &str| text.lines().rev().find_map(|line| line.strip_prefix(instruction));
    let stages = text.lines().filter(|line| line.starts_with("FROM ")).count();
    let user = argument("USER ").map(str::trim).unwrap_or_default();
    let secrets = numbered(text).filter(|(_, line)| {
        let setting = line.strip_prefix("ENV ").or_else(|| line.strip_prefix("ARG "));
        setting.is_some_and(|setting| setting.split('=').next().is_some_and(is_secret))
    });
    let mut findings: Vec<String> =
        secrets.map(|(number, _)| at(path, number, "a secret in an image is public; take it at run time")).collect();
    let demands = [
        (2 <= stages, "build in one stage and run in another, which has no compiler"),
        (!["", "0", "root"].contains(&user), "the last USER must be one without rights"),
        (argument("HEALTHCHECK ").is_some(), "there is no HEALTHCHECK"),
    ];
    findings.extend(demands.iter().filter(|(met, _)| !met).map(|(_, problem)| format!("{path}: {problem}")));
    findings
}

#[test]
fn the_compose_file_is_well_formed_and_keeps_no_secret() {
    let text = HOUSE.file(COMPOSE_FILE).map(|file| file.text.as_str()).expect("the compose file is there");
    settle("people start the whole product with this file", &compose_findings(COMPOSE_FILE, text));
}

#[test]
fn the_image_runs_without_rights() {
    let text = HOUSE.file(DOCKERFILE).map(|file| file.text.as_str()).expect("the Dockerfile is there");
    settle("the image is what production runs", &image_findings(DOCKERFILE, text));
}

#[test]
fn entries_know_their_place() {
    let text = concat!(
        "a:\n  b: 1 # one\n  c:\n    - \"x#y\"\n    - k: v\n      l: w\n    - k: u\n",
        "d: |\n  any = [text\n\n    here\ne: ${E:?set it}\n",
    );
    let entries = entries_of("a.yml", text).expect("well formed");
    let read: Vec<(&str, &str)> = entries.iter().map(|entry| (entry.path.as_str(), entry.value.as_str())).collect();
    let list = [("a.c.-", "x#y"), ("a.c.-", ""), ("a.c.-.k", "v"), ("a.c.-.l", "w"), ("a.c.-", ""), ("a.c.-.k", "u")];
    let expected = [&[("a", ""), ("a.b", "1"), ("a.c", "")][..], &list, &[("d", "|"), ("e", "${E:?set it}")]].concat();
    assert_eq!(read, expected);
    assert_eq!(below(&entries, "a"), ["b", "c"]);
}

#[test]
fn malformed_lines_are_caught() {
    let shapes = ["a:\n\tb: 1", "a:\n   b: 1", "a:\n    b: 1", "a: 1\n  b: 1", "a", "a: 1\na: 2", "a: 1\n  - b"];
    let values = ["a: [1", "a: \"1", "a: >\n  b", "a: &b\n  c: 1", "a: |\n  password = 1"];
    for text in shapes.into_iter().chain(values) {
        assert!(entries_of("a.yml", text).is_err(), "{text}");
    }
}

#[test]
fn faults_of_a_compose_file_are_caught() {
    let service =
        |name: &str| format!("  {name}:\n    image: b:1\n    healthcheck:\n      test: [\"CMD\", \"true\"]\n");
    let services: String = SERVICES.iter().map(|name| service(name)).collect();
    let file = |extra: &str| compose_findings("a.yml", &format!("services:\n{services}{extra}"));
    assert_eq!(file(""), Vec::<String>::new());
    assert_eq!(compose_findings("a.yml", "services:\n").len(), SERVICES.len());
    assert_eq!(file("  extra:\n    image: b:1\n").len(), 1, "no health check");
    assert_eq!(file("    environment:\n      DB_PASSWORD: hunter2\n").len(), 1);
    assert_eq!(file("    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-hunter2}\n").len(), 1);
    assert_eq!(file("    environment:\n      URL: \"postgres://me:hunter2@db/x\"\n").len(), 1);
    assert_eq!(file("    environment:\n      URL: \"postgres://me:${DB_PASSWORD:?set it}@db/x\"\n").len(), 0);
    assert_eq!(file("    environment:\n      - DB_PASSWORD=hunter2\n").len(), 1);
    assert_eq!(file("    volumes:\n      - data:/data\n").len(), 1);
    assert_eq!(file("    volumes:\n      - data:/data\nvolumes:\n  data:\n").len(), 0);
    assert_eq!(file("    depends_on:\n      - nobody\n").len(), 1);
    assert_eq!(file("    depends_on:\n      nobody:\n        condition: service_healthy\n").len(), 1);
    assert_eq!(file("servces:\n").len(), 1);
}

#[test]
fn faults_of_an_image_are_caught() {
    let good = "FROM rust AS build\nFROM debian\nUSER financr\nHEALTHCHECK CMD true\n";
    assert_eq!(image_findings("Dockerfile", good), Vec::<String>::new());
    assert_eq!(image_findings("Dockerfile", &good.replace("USER financr", "USER root")).len(), 1);
    assert_eq!(image_findings("Dockerfile", &format!("{good}ENV DB_PASSWORD=hunter2\n")).len(), 1);
    assert_eq!(image_findings("Dockerfile", "FROM debian\n").len(), 3);
}
