//! silver.stress_scenarios: what would happen at once, as users of a market have written it down.

use crate::dates::BusinessDate;
use crate::identifiers::MarketId;

crate::table! {
    /// One row per market, scenario, version and part: a change, the loading of an instrument on a factor, the dates of
    /// a time of the past that is repeated, or what stands in for a class of instruments that has no closes of that
    /// time. Versions are only ever added: what a version says does not change. Scenarios that Financr brings are not
    /// here.
    StressScenarioRow = "silver.stress_scenarios",
    key ["market_id", "scenario_id", "version", "part", "target", "symbol"], dated None,
    /// The market whose portfolios are put under stress.
    market_id: MarketId,
    /// The scenario, e.g. `oil_shock`.
    scenario_id: String,
    /// The version, from 1.
    version: i64,
    /// `instrument`, `asset_class`, `factor` or `currency` for a change; `loading`, `replay` or `proxy`.
    part: String,
    /// What changes: a symbol, a class, a factor, a currency, or `foreign` for all currencies but the base currency. Of
    /// a loading the factor, of a proxy the class; empty for a replay.
    target: String,
    /// Of a loading the symbol that has it, of a proxy the symbol whose closes are taken; otherwise empty.
    symbol: String,
    /// The change, a fraction from −1, or the loading; none for replays and proxies.
    number: Option<f64>,
    /// The title for people.
    title: String,
    /// What it is about, in sentences; may be empty.
    description: String,
    /// Where its figures come from; may be empty.
    origin: String,
    /// The first valuation date for which the version counts; none if it counts for all.
    effective_date: Option<BusinessDate>,
    /// The last one; none if there is none.
    until_date: Option<BusinessDate>,
    /// Of a replay the day whose close it begins with.
    replay_from: Option<BusinessDate>,
    /// Of a replay the day whose close it ends with.
    replay_to: Option<BusinessDate>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
