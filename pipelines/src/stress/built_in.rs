//! The scenarios that Financr brings for every market.
//!
//! They are files like those of a market, and like those a version is never changed: another figure is another version,
//! with the day from which it counts.

use schemas::MarketId;

use super::scenario::{StressScenario, by_market};
use crate::error::Error;
use crate::sources::book_folder::scenario_file::unlisted;

/// The files, in the order of their names.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("dot_com_crash.toml", include_str!("../../scenarios/dot_com_crash.toml")),
    ("equity_down_20.toml", include_str!("../../scenarios/equity_down_20.toml")),
    ("equity_down_40.toml", include_str!("../../scenarios/equity_down_40.toml")),
    ("financial_crisis.toml", include_str!("../../scenarios/financial_crisis.toml")),
    ("foreign_currencies_down_10.toml", include_str!("../../scenarios/foreign_currencies_down_10.toml")),
    ("foreign_currencies_up_10.toml", include_str!("../../scenarios/foreign_currencies_up_10.toml")),
    ("pandemic_2020.toml", include_str!("../../scenarios/pandemic_2020.toml")),
];

/// The scenarios, in the order of id and version.
///
/// # Errors
/// [`Error::Sheet`] if one cannot be read, which is a bug.
pub(crate) fn scenarios() -> Result<Vec<StressScenario>, Error> {
    let problem = |file: &str, problem: String| Error::Sheet { file: file.to_owned(), problem };
    let market = "FINANCR".parse::<MarketId>().map_err(|error| problem("(built in)", error.to_string()))?;
    let mut rows = Vec::new();
    for (name, text) in FILES {
        let found = unlisted(&market, text.as_bytes()).map_err(|rejects| {
            let first = rejects.into_iter().next().map(|row| format!("line {}: {}", row.line, row.reason));
            problem(name, first.unwrap_or_default())
        })?;
        rows.extend(found);
    }
    Ok(by_market(rows).remove(&market).unwrap_or_default())
}

/// Whether a scenario of this id is built in.
pub(crate) fn is_built_in(id: &str) -> bool {
    FILES.iter().any(|(name, _)| name.strip_suffix(".toml") == Some(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::landing::sha256;

    #[test]
    fn every_file_is_a_scenario_of_its_name() {
        let found = scenarios().expect("readable");
        let ids: BTreeSet<String> = found.iter().map(|scenario| format!("{}.toml", scenario.id)).collect();
        let listed: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!((ids, found.len()), (listed.clone(), FILES.len()));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
        assert_eq!(on_disk.collect::<BTreeSet<String>>(), listed);
        assert!(found.iter().all(|scenario| !scenario.origin.is_empty()), "figures have a source");
    }

    #[test]
    fn what_a_version_says_does_not_change() {
        let text: String = FILES.iter().map(|(name, text)| format!("{name} {}\n", sha256(text.as_bytes()))).collect();
        let known = include_str!("built_in/versions.txt");
        assert_eq!(text, known, "give a scenario that changes a higher version and a day from which it counts");
    }
}
