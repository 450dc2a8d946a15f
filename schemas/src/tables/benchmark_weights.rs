//! silver.benchmark_weights: what benchmarks are made of, by groups.

use crate::dates::BusinessDate;
use crate::decimals::Rate;
use crate::identifiers::MarketId;

crate::table! {
    /// One row per market, benchmark, taxonomy, group and day on which the benchmark was weighed.
    BenchmarkWeight = "silver.benchmark_weights", key ["market_id", "benchmark", "taxonomy", "node", "weight_date"],
    dated Some("weight_date"),
    /// The market.
    market_id: MarketId,
    /// The benchmark as portfolios name it: a symbol, or a blend such as `SPY 0.6, AGG 0.4; quarterly`.
    benchmark: String,
    /// What is told apart, e.g. `currency` or `sector`.
    taxonomy: String,
    /// The group, e.g. `USD` or `Technology`.
    node: String,
    /// The day at whose close it has the weight, and on which its return ends.
    weight_date: BusinessDate,
    /// Its part of the benchmark, a fraction; the groups of a taxonomy and day sum to 1.
    weight: Rate,
    /// Its return since the benchmark's day before, in the portfolios' base currency, a fraction; none on the first.
    return_fraction: Option<Rate>,
    /// The landing it came from.
    landing_sha256: String,
    /// The line in that file, from 1.
    line: i64,
}
