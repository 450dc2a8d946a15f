//! Versions of scenarios: they are added and never changed, so that a figure of last year can be computed again.

use lake::{DateRange, Lake};
use schemas::table::Record;
use schemas::tables::stress_scenarios::StressScenarioRow;

use super::built_in::is_built_in;
use crate::error::Error;
use crate::landing::Delivered;
use crate::sources::RowReject;
use crate::sources::book_folder::scenario_file::{is_scenario, unlisted};

/// Scenarios that a market may have; a night computes each of them for each portfolio.
const SCENARIOS_MAX: usize = 50;

/// Adds the version that a file says to those that are known, or says why it is not added. A version that is known
/// with the same contents is no news.
pub(crate) fn add(known: &mut Vec<StressScenarioRow>, found: Vec<StressScenarioRow>, file: &str) -> Option<RowReject> {
    let first = found.first()?;
    let (id, version) = (first.scenario_id.clone(), first.version);
    let refused = |column: &str, reason: String| {
        Some(RowReject { file: file.to_owned(), line: 1, column: column.to_owned(), reason })
    };
    if is_built_in(&id) {
        return refused("id", format!("`{id}` is a scenario that Financr brings; give yours another id"));
    }
    let of_market = |row: &&StressScenarioRow| row.market_id == first.market_id;
    let of_scenario = |row: &&StressScenarioRow| of_market(row) && row.scenario_id == id;
    let same: Vec<&StressScenarioRow> = known.iter().filter(of_scenario).filter(|row| row.version == version).collect();
    if !same.is_empty() {
        if contents(&same) == contents(&found.iter().collect::<Vec<&StressScenarioRow>>()) {
            return None;
        }
        let next = known.iter().filter(of_scenario).map(|row| row.version).max().unwrap_or(version);
        let next = next.saturating_add(1);
        let reason = format!(
            "version {version} of `{id}` is known with other contents and stays as it is; give what has changed \
             `version = {next}`, and with `effective` the day from which it counts"
        );
        return refused("version", reason);
    }
    let mut ids: Vec<&str> = known.iter().filter(of_market).map(|row| row.scenario_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if SCENARIOS_MAX <= ids.len() && ids.binary_search(&id.as_str()).is_err() {
        return refused("id", format!("a market has at most {SCENARIOS_MAX} scenarios, and has so many"));
    }
    known.extend(found);
    None
}

/// Every version of every scenario that is stored, in order.
pub(crate) async fn stored(lake: &Lake) -> Result<Vec<StressScenarioRow>, Error> {
    let snapshot = lake.snapshot(StressScenarioRow::TABLE).await?;
    Ok(lake::read::rows(&snapshot, lake, DateRange::ALL).await?)
}

/// The scenarios among some files whose versions cannot be added to those that are stored, for a person who imports
/// them; conforming them finds the same.
///
/// # Errors
/// [`Error::Lake`] if the table cannot be read.
pub async fn refused(lake: &Lake, files: &[Delivered]) -> Result<Vec<RowReject>, Error> {
    if !files.iter().any(|file| is_scenario(&file.file_name)) {
        return Ok(Vec::new());
    }
    let mut known = stored(lake).await?;
    let mut rejects = Vec::new();
    for file in files.iter().filter(|file| is_scenario(&file.file_name)) {
        // What is wrong with the file itself is listed where it is read.
        if let Ok(found) = unlisted(&file.market_id, &file.bytes) {
            rejects.extend(add(&mut known, found, &format!("{}/{}", file.market_id, file.file_name)));
        }
    }
    Ok(rejects)
}

/// What rows say, wherever it was written down.
fn contents(rows: &[&StressScenarioRow]) -> Vec<StressScenarioRow> {
    let mut said: Vec<StressScenarioRow> =
        rows.iter().map(|row| StressScenarioRow { landing_sha256: String::new(), line: 0, ..(*row).clone() }).collect();
    said.sort_by(|left, right| {
        (&left.part, &left.target, &left.symbol).cmp(&(&right.part, &right.target, &right.symbol))
    });
    said
}
