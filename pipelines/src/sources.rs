//! Where facts come from, one source per file.
//!
//! A source says how to read what it delivered; fetching and landing come before, conforming after.

pub mod book_folder;
pub mod ecb_reference_rates;

use std::collections::BTreeMap;

use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::custody::CustodyRow;
use schemas::tables::executions::Execution;
use schemas::tables::factor_returns::FactorReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::instruments::Instrument;
use schemas::tables::news::NewsItem;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::{InstrumentId, MarketId};

use crate::error::Error;

/// A source of facts.
#[derive(Clone, Copy)]
pub struct Source {
    /// The name in tables, on the command line and in the configuration.
    pub name: &'static str,
    /// What it delivers, in a sentence.
    pub definition: &'static str,
    /// The order in which its files are read within one batch, lowest first.
    pub order: fn(&str) -> u8,
    /// Reads one landed file.
    pub parse: fn(&LandedFile<'_>, &Instruments) -> Result<Facts, Error>,
}

/// Every source.
pub const SOURCES: &[&Source] = &[&book_folder::SOURCE, &ecb_reference_rates::SOURCE];

/// The instruments known so far, by id.
pub type Instruments = BTreeMap<InstrumentId, Instrument>;

/// A file that landed.
#[derive(Clone, Copy, Debug)]
pub struct LandedFile<'a> {
    /// The market it speaks of.
    pub market_id: &'a MarketId,
    /// Its name.
    pub file_name: &'a str,
    /// Its hash.
    pub sha256: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Instruments.
    pub instruments: Vec<Instrument>,
    /// Quotes.
    pub quotes: Vec<Quote>,
    /// FX rates.
    pub fx_rates: Vec<FxRate>,
    /// Rates without risk.
    pub risk_free_rates: Vec<RiskFreeRate>,
    /// What factors earned.
    pub factor_returns: Vec<FactorReturn>,
    /// Weights and returns of what benchmarks are made of.
    pub benchmark_weights: Vec<BenchmarkWeight>,
    /// Corporate actions.
    pub corporate_actions: Vec<CorporateAction>,
    /// Groups of instruments; all of them, of the market of the file.
    pub classifications: Vec<Classification>,
    /// Where assets are kept; all rows, of the portfolio of the file.
    pub custody: Vec<CustodyRow>,
    /// What instruments cost their holders; all of it, of the market of the file.
    pub instrument_costs: Vec<InstrumentCost>,
    /// Members of groups of portfolios; all of them, of the group of the file.
    pub group_members: Vec<GroupMember>,
    /// The parts of scenarios, of the market of the file.
    pub stress_scenarios: Vec<StressScenarioRow>,
    /// What was reported.
    pub news: Vec<NewsItem>,
    /// How orders were executed.
    pub executions: Vec<Execution>,
    /// Rows that could not be used.
    pub rejects: Vec<RowReject>,
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowReject {
    /// The file, e.g. `D01/prices.csv`.
    pub file: String,
    /// The line, from 1; the header is line 1.
    pub line: i64,
    /// The column, or `(line)`.
    pub column: String,
    /// Why.
    pub reason: String,
}

/// The source of a name.
///
/// # Errors
/// [`Error::UnknownSource`] with the names that are known.
pub fn source(name: &str) -> Result<&'static Source, Error> {
    SOURCES.iter().find(|source| source.name == name).copied().ok_or_else(|| Error::UnknownSource {
        name: name.to_owned(),
        known: SOURCES.iter().map(|source| source.name).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_file_is_in_the_list() {
        let listed: BTreeSet<String> = SOURCES.iter().map(|source| format!("{}.rs", source.name)).collect();
        assert_eq!(listed.len(), SOURCES.len());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sources");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let names = files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned());
        let on_disk: BTreeSet<String> = names.filter(|name| name.ends_with(".rs")).collect();
        assert_eq!(on_disk, listed);
    }
}
