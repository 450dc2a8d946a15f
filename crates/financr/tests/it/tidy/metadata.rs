//! What cargo knows about the workspace and everything that it depends on.

use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use super::tree::HOUSE;

/// The answer of `cargo metadata` for this machine's platform, or what went wrong.
pub(super) static METADATA: LazyLock<Result<Value, String>> = LazyLock::new(ask_cargo);

/// Asks for one platform: of the others, nothing may have been fetched.
fn ask_cargo() -> Result<Value, String> {
    let about = run_cargo(&["-vV"])?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("`cargo -vV` names no host")?;
    let fixed = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform"];
    let answer = run_cargo(&[&fixed[..], &[host]].concat())?;
    serde_json::from_str(&answer).map_err(|error| format!("`cargo metadata` gave no JSON: {error}"))
}

fn run_cargo(arguments: &[&str]) -> Result<String, String> {
    let told = arguments.join(" ");
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(&HOUSE.root).output();
    let output = output.map_err(|error| format!("cannot run `cargo {told}`: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("`cargo {told}` failed: {reason}; is Cargo.lock up to date, and has `cargo fetch` run?"));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("`cargo {told}` gave no UTF-8: {error}"))
}

/// The packages of an answer: ours first, then the others.
pub(super) fn packages(metadata: &Value) -> (Vec<&Value>, Vec<&Value>) {
    let all = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().partition(|package| package["source"].is_null())
}

/// A text in an answer; empty if it is not there.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn cargo_answers() {
    let metadata = METADATA.as_ref().expect("cargo knows the workspace");
    let (ours, others) = packages(metadata);
    assert!(ours.iter().any(|package| text(package, "name") == "financr"), "{} of our own", ours.len());
    assert!(100 < others.len(), "only {} dependencies were found", others.len());
}
