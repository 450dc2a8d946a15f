//! A house in a folder of its own, with the binary as its only door.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The tables of figures, each with the question for all its rows in order.
pub(crate) const GOLD: [(&str, &str); 21] = [
    ("positions", "SELECT * FROM gold.positions ORDER BY portfolio_id, instrument_id, business_date"),
    ("cash_flows", "SELECT * FROM gold.cash_flows ORDER BY portfolio_id, transaction_id"),
    ("position_flows", "SELECT * FROM gold.position_flows ORDER BY portfolio_id, instrument_id, business_date"),
    ("realised_gains", "SELECT * FROM gold.realised_gains ORDER BY portfolio_id, transaction_id"),
    ("valuations", "SELECT * FROM gold.valuations ORDER BY portfolio_id, instrument_id, business_date"),
    ("nav_bridge", "SELECT * FROM gold.nav_bridge ORDER BY portfolio_id, business_date, component, currency"),
    ("portfolio_values", "SELECT * FROM gold.portfolio_values ORDER BY portfolio_id, business_date"),
    ("daily_returns", "SELECT * FROM gold.daily_returns ORDER BY portfolio_id, business_date"),
    ("depreciation", "SELECT * FROM gold.depreciation ORDER BY portfolio_id, business_date"),
    ("position_returns", "SELECT * FROM gold.position_returns ORDER BY portfolio_id, instrument_id, business_date"),
    ("hypothetical_returns", "SELECT * FROM gold.hypothetical_returns ORDER BY portfolio_id, business_date"),
    ("measures", "SELECT * FROM gold.measures ORDER BY portfolio_id, business_date, period, measure"),
    ("risk_classes", "SELECT * FROM gold.risk_classes ORDER BY portfolio_id, business_date, scale"),
    ("risk", "SELECT * FROM gold.risk ORDER BY portfolio_id, business_date, tail"),
    ("risk_contributions", "SELECT * FROM gold.risk_contributions ORDER BY portfolio_id, instrument_id, business_date"),
    ("stress", "SELECT * FROM gold.stress ORDER BY portfolio_id, business_date, scenario_id"),
    ("concentration", "SELECT * FROM gold.concentration ORDER BY portfolio_id, business_date, grouping"),
    ("liquidity", "SELECT * FROM gold.liquidity ORDER BY portfolio_id, business_date"),
    ("risk_forecasts", "SELECT * FROM gold.risk_forecasts ORDER BY portfolio_id, business_date, method, tail"),
    ("backtests", "SELECT * FROM gold.backtests ORDER BY portfolio_id, business_date, method, tail, profit_and_loss"),
    ("exceptions", "SELECT * FROM gold.exceptions ORDER BY check_name, business_date, portfolio_id, subject"),
];

/// A folder with the shipped configuration, in which the binary is started.
pub(crate) struct House {
    folder: tempfile::TempDir,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl House {
    pub(crate) fn new() -> House {
        House { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_financr"));
        command.args(arguments).current_dir(self.path()).env_clear().env("TMPDIR", std::env::temp_dir());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let Output { status, stdout, stderr } = self.command(arguments).output().expect("the binary starts");
        Ended {
            code: status.code(),
            stdout: String::from_utf8(stdout).expect("text"),
            stderr: String::from_utf8(stderr).expect("text"),
        }
    }

    /// Runs a command that must succeed and returns what it wrote.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
        ended.stdout
    }

    /// The answer to a question to the lake, as CSV.
    pub(crate) fn ask(&self, question: &str) -> String {
        self.done(&["sql", question, "--format", "csv"])
    }

    /// Every row of every gold table.
    pub(crate) fn all_gold(&self) -> BTreeMap<&'static str, String> {
        GOLD.iter().map(|(table, question)| (*table, self.ask(question))).collect()
    }

    /// The bytes of every file below a folder, by path.
    pub(crate) fn files(&self, below: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let root = self.path().join(below);
        let mut waiting = vec![root.clone()];
        while let Some(folder) = waiting.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let name = path.strip_prefix(&root).expect("below").to_owned();
                    found.insert(name, std::fs::read(&path).expect("readable"));
                }
            }
        }
        found
    }

    /// The archived documents: all that clients get, without the manifests beside them, whose table versions differ
    /// where a night was killed.
    pub(crate) fn documents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = self.files("financr-data/lake/statements");
        // A write that is killed leaves its own file beside the one that was to be, under a name with `#`, which nobody
        // lists; the next write does not touch it.
        let counts = |ending: &std::ffi::OsStr| ending != "manifest" && !ending.to_string_lossy().contains('#');
        files.retain(|path, _| path.extension().is_none_or(counts));
        files
    }

    /// A copy of everything, as it lies on disk.
    pub(crate) fn copy(&self) -> House {
        let copy = House::new();
        for (name, bytes) in self.files("") {
            let path = copy.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, bytes).expect("written");
        }
        copy
    }
}

/// Says where two tables begin to differ.
pub(crate) fn assert_same_rows(what: &str, left: &str, right: &str) {
    for (number, (one, other)) in left.lines().zip(right.lines()).enumerate() {
        assert_eq!(one, other, "{what}, line {}", number + 1);
    }
    assert_eq!(left.lines().count(), right.lines().count(), "{what}: number of lines");
}
