//! Licences of everything that the program is built from.
//!
//! Financr is given away under the Apache licence and used inside companies. What asks more of them than to be named
//! is refused, unless it is listed here with the reason why it may stay.

use serde_json::Value;

use super::metadata::{METADATA, packages, text};
use super::settle;

/// Licences that ask for no more than to be named.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];

/// Packages with another licence, that licence, and why they may stay. For a package that names no licence but has a
/// licence file, the second is the file, and somebody has read it.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "option-ext",
    "MPL-2.0",
    "copyleft by the file and used unmodified, named with its source in NOTICE; needed by deltalake-core through dirs",
)];

/// The words of a licence expression. The slash of old manifests means `OR`.
fn words(expression: &str) -> Vec<String> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// A licence expression (SPDX) as it is read, word by word.
struct Expression {
    words: Vec<String>,
    place: usize,
}

impl Expression {
    /// Whether one may use what is under this expression and owe no more than to name it.
    fn is_permissive(expression: &str) -> Result<bool, String> {
        let mut reader = Expression { words: words(expression), place: 0 };
        let permissive = reader.any()?;
        match reader.advance() {
            None => Ok(permissive),
            Some(word) => Err(format!("`{word}` is not understood")),
        }
    }

    fn peek(&self) -> Option<&str> {
        self.words.get(self.place).map(String::as_str)
    }

    fn advance(&mut self) -> Option<String> {
        let word = self.words.get(self.place).cloned();
        self.place += 1;
        word
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        if found {
            self.place += 1;
        }
        found
    }

    /// `A OR B`: one that is permissive is enough.
    fn any(&mut self) -> Result<bool, String> {
        let mut permissive = self.all()?;
        while self.take("OR") {
            permissive |= self.all()?;
        }
        Ok(permissive)
    }

    /// `A AND B`: every one must be permissive. It binds closer than `OR`.
    fn all(&mut self) -> Result<bool, String> {
        let mut permissive = self.one()?;
        while self.take("AND") {
            permissive &= self.one()?;
        }
        Ok(permissive)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let permissive = self.any()?;
            return if self.take(")") { Ok(permissive) } else { Err("a parenthesis is not closed".to_owned()) };
        }
        let mut licence = self.advance().ok_or("the expression ends too early")?;
        if ["AND", "OR", "WITH", ")"].contains(&licence.as_str()) {
            return Err(format!("`{licence}` is out of place"));
        }
        if self.take("WITH") {
            let exception = self.advance().ok_or("WITH is not followed by an exception")?;
            licence = format!("{licence} WITH {exception}");
        }
        Ok(PERMISSIVE.contains(&licence.as_str()))
    }
}

/// What is wrong with the licence of a package.
fn refusal(package: &Value) -> Option<String> {
    let name = text(package, "name");
    let expression = text(package, "license");
    let licence = if expression.is_empty() { text(package, "license_file") } else { expression };
    if EXCEPTIONS.iter().any(|(excepted, of_licence, _)| *excepted == name && *of_licence == licence) {
        return None;
    }
    let problem = match Expression::is_permissive(expression) {
        Ok(true) => return None,
        Ok(false) => "is not on the list of permissive licences".to_owned(),
        Err(_) if expression.is_empty() => "is a file: read it, and list it here with what it says".to_owned(),
        Err(problem) => problem,
    };
    Some(format!("{name} {}: `{licence}` {problem}", text(package, "version")))
}

#[test]
fn dependencies_have_permissive_licences() {
    let metadata = METADATA.as_ref().expect("cargo knows the workspace");
    let (ours, others) = packages(metadata);
    let findings: Vec<String> = ours.iter().chain(&others).filter_map(|package| refusal(package)).collect();
    settle("what Financr is built from asks for no more than to be named", &findings);
    let others_than_ours = ours.iter().filter(|package| text(package, "license") != "Apache-2.0");
    let strays = others_than_ours.map(|package| format!("{}: is not Apache-2.0", text(package, "name")));
    settle("our own crates are under the Apache licence", &strays.collect::<Vec<String>>());
}

#[test]
fn exceptions_say_why() {
    for (name, licence, reason) in EXCEPTIONS {
        assert!(!name.is_empty() && !licence.is_empty() && 3 < reason.split_whitespace().count(), "{name}: {reason}");
    }
}

#[test]
fn expressions_are_understood() {
    let permissive = [
        "MIT",
        "MIT OR Apache-2.0",
        "MIT/Apache-2.0",
        "Apache-2.0 / MIT",
        "GPL-3.0-only OR MIT",
        "MIT AND BSD-3-Clause",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
        "ISC AND (Apache-2.0 OR ISC) AND (Apache-2.0 OR ISC OR MIT-0)",
    ];
    for expression in permissive {
        assert_eq!(Expression::is_permissive(expression), Ok(true), "{expression}");
    }
    let refused = [
        "GPL-3.0-only",
        "MPL-2.0",
        "MIT AND GPL-3.0-only",
        "(MIT OR Apache-2.0) AND LGPL-3.0-only",
        "MIT OR Apache-2.0 AND GPL-3.0-only OR AGPL-3.0-only",
        "GPL-2.0-only WITH Classpath-exception-2.0",
    ];
    for expression in &refused[..4] {
        assert_eq!(Expression::is_permissive(expression), Ok(false), "{expression}");
    }
    assert_eq!(Expression::is_permissive(refused[4]), Ok(true), "AND binds closer than OR");
    assert_eq!(Expression::is_permissive(refused[5]), Ok(false));
    for broken in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "MIT)", "AND MIT"] {
        assert!(Expression::is_permissive(broken).is_err(), "{broken}");
    }
}

#[test]
fn packages_with_other_licences_are_caught() {
    let package =
        |name: &str, licence: &str| serde_json::json!({ "name": name, "version": "1.0.0", "license": licence });
    assert_eq!(refusal(&package("a", "MIT")), None);
    assert!(refusal(&package("a", "AGPL-3.0-only")).is_some());
    assert_eq!(refusal(&package("option-ext", "MPL-2.0")), None);
    assert!(refusal(&package("option-ext", "AGPL-3.0-only")).is_some(), "an exception is for one licence");
    let without = serde_json::json!({ "name": "a", "version": "1.0.0", "license": null, "license_file": "LICENSE" });
    assert!(refusal(&without).is_some_and(|finding| finding.contains("read it")));
}
