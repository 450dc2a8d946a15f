//! The scenarios that Financr brings for every market: a few for every night, the others for whoever asks.
//!
//! They are files like those of a market, and like those a version is never changed: another figure is another version,
//! with the day from which it counts.

use schemas::MarketId;

use super::scenario::{BRINGER, StressScenario, by_market};
use crate::error::Error;
use crate::sources::book_folder::scenario_file::unlisted;

/// The files of every night, in the order of their names: each is a row for every portfolio and valuation date.
const NIGHTLY: &[(&str, &str)] = &[
    ("dot_com_crash.toml", include_str!("../../scenarios/dot_com_crash.toml")),
    ("equity_down_20.toml", include_str!("../../scenarios/equity_down_20.toml")),
    ("equity_down_40.toml", include_str!("../../scenarios/equity_down_40.toml")),
    ("financial_crisis.toml", include_str!("../../scenarios/financial_crisis.toml")),
    ("foreign_currencies_down_10.toml", include_str!("../../scenarios/foreign_currencies_down_10.toml")),
    ("foreign_currencies_up_10.toml", include_str!("../../scenarios/foreign_currencies_up_10.toml")),
    ("pandemic_2020.toml", include_str!("../../scenarios/pandemic_2020.toml")),
];

/// Those that are computed when somebody asks for them (docs/adr/0027), in the order of their names.
const ON_REQUEST: &[(&str, &str)] = &[
    ("black_monday_1987.toml", include_str!("../../scenarios/black_monday_1987.toml")),
    ("credit_spreads_up_100.toml", include_str!("../../scenarios/credit_spreads_up_100.toml")),
    ("equity_down_10.toml", include_str!("../../scenarios/equity_down_10.toml")),
    ("equity_up_10.toml", include_str!("../../scenarios/equity_up_10.toml")),
    ("equity_up_20.toml", include_str!("../../scenarios/equity_up_20.toml")),
    ("equity_up_40.toml", include_str!("../../scenarios/equity_up_40.toml")),
    ("euro_debt_2011.toml", include_str!("../../scenarios/euro_debt_2011.toml")),
    ("inflation_2022.toml", include_str!("../../scenarios/inflation_2022.toml")),
    ("interest_rates_down_100.toml", include_str!("../../scenarios/interest_rates_down_100.toml")),
    ("interest_rates_down_200.toml", include_str!("../../scenarios/interest_rates_down_200.toml")),
    ("interest_rates_up_100.toml", include_str!("../../scenarios/interest_rates_up_100.toml")),
    ("interest_rates_up_200.toml", include_str!("../../scenarios/interest_rates_up_200.toml")),
    ("russia_1998.toml", include_str!("../../scenarios/russia_1998.toml")),
];

/// The scenarios of every night, in the order of id and version.
///
/// # Errors
/// [`Error::Sheet`] if one cannot be read, which is a bug.
pub(crate) fn nightly() -> Result<Vec<StressScenario>, Error> {
    read(NIGHTLY)
}

/// All scenarios, in the order of id and version.
///
/// # Errors
/// [`Error::Sheet`] if one cannot be read, which is a bug.
pub(crate) fn all() -> Result<Vec<StressScenario>, Error> {
    let mut found = read(NIGHTLY)?;
    found.extend(read(ON_REQUEST)?);
    found.sort_by(|left, right| (&left.id, left.version).cmp(&(&right.id, right.version)));
    Ok(found)
}

fn read(files: &[(&str, &str)]) -> Result<Vec<StressScenario>, Error> {
    let problem = |file: &str, problem: String| Error::Sheet { file: file.to_owned(), problem };
    let market = BRINGER.parse::<MarketId>().map_err(|error| problem("(built in)", error.to_string()))?;
    let mut rows = Vec::new();
    for (name, text) in files {
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
    is_of(NIGHTLY, id) || is_of(ON_REQUEST, id)
}

/// Whether nights keep no rows of the scenario of this id.
pub(crate) fn is_on_request(id: &str) -> bool {
    is_of(ON_REQUEST, id)
}

fn is_of(files: &[(&str, &str)], id: &str) -> bool {
    files.iter().any(|(name, _)| name.strip_suffix(".toml") == Some(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::landing::sha256;

    fn files() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        NIGHTLY.iter().chain(ON_REQUEST)
    }

    #[test]
    fn every_file_is_a_scenario_of_its_name() {
        let found = all().expect("readable");
        let ids: BTreeSet<String> = found.iter().map(|scenario| format!("{}.toml", scenario.id)).collect();
        let listed: BTreeSet<String> = files().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!((ids, found.len()), (listed.clone(), NIGHTLY.len() + ON_REQUEST.len()));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let on_disk = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
        assert_eq!(on_disk.collect::<BTreeSet<String>>(), listed);
        assert!(found.iter().all(|scenario| !scenario.origin.is_empty()), "figures have a source");
    }

    #[test]
    fn what_a_version_says_does_not_change() {
        let text: String = files().map(|(name, text)| format!("{name} {}\n", sha256(text.as_bytes()))).collect();
        let known = include_str!("built_in/versions.txt");
        assert_eq!(text, known, "give a scenario that changes a higher version and a day from which it counts");
    }
}
