//! Every case of the correctness pack's published figures, where the pack lies beside the project. Without it nothing
//! is tested here: the figures that matter stand in `published.rs`.

use std::path::Path;

use analytics::attribution::{AttributionInput, Segment, attribution_model};
use analytics::backtests::backtest;
use analytics::covariance::covariance_estimator;
use analytics::drawdown::deepest_drawdown;
use analytics::optimization::{OptimizationProblem, optimizer};
use analytics::{DatedNumber, Measured, PerformanceSeries, RiskFree, Sampling, daily_return, statistics};
use serde_json::Value;

use crate::published::{exceedances, inverse_volatility, of_wealth, units};
use crate::samples::{annual_rates, assert_within, date, number, of_returns, of_values};

/// A file of the pack; none without the pack. A file that the pack lacks is a failed test.
fn file(name: &str) -> Option<String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/correctness/published"));
    folder.is_dir().then(|| std::fs::read_to_string(folder.join(name)).expect("a file of the pack"))
}

fn json(name: &str) -> Option<Value> {
    file(name).map(|text| serde_json::from_str(&text).expect("JSON"))
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().expect("a list")
}

fn real(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn whole(value: &Value) -> usize {
    value.as_u64().and_then(|count| usize::try_from(count).ok()).expect("a whole number")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn reals(value: &Value, name: &str) -> Vec<f64> {
    list(value, name).iter().map(real).collect()
}

#[test]
fn every_internal_rate() {
    let Some(pack) = json("xirr.json") else { return };
    let cases = list(&pack, "cases");
    assert_eq!(cases.len(), 65);
    for case in cases {
        let name = text(&case["name"]);
        let flows: Vec<DatedNumber> = list(case, "flows")
            .iter()
            .map(|flow| DatedNumber { date: date(text(&flow[0])), number: real(&flow[1]) })
            .collect();
        let expected = reals(case, "roots_above_minus_1");
        let found = annual_rates(&flows).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(found.len(), expected.len(), "{name}: {found:?} instead of {expected:?}");
        for (actual, root) in found.iter().zip(&expected) {
            assert_within(name, *actual, *root, 1e-7 * (1.0 + root.abs()));
        }
        // Where the source prints a rate it is one of them.
        if let Some(printed) = case["expected"].as_f64() {
            let tolerance = real(&case["abs_tol"]) * (1.0 + printed.abs());
            assert!(found.iter().any(|rate| (rate - printed).abs() <= tolerance), "{name}: {found:?}");
        }
    }
}

#[test]
fn every_day_of_the_time_weighted_return() {
    let Some(pack) = json("portfolio_performance_ttwror.json") else { return };
    let tolerance = real(&pack["abs_tol"]);
    for case in list(&pack, "cases") {
        let flow_of = |day: &str, kind: &str| -> i128 {
            let of_day = list(case, "transactions").iter().filter(|entry| entry[0] == day && entry[1] == kind);
            of_day.map(|entry| units(real(&entry[2]).abs())).sum()
        };
        let mut before = 0;
        let mut returns = Vec::new();
        for day in list(case, "daily") {
            let name = text(&day["date"]);
            let value = units(real(&day["market_value"]));
            let earned = daily_return(before, flow_of(name, "DEPOSIT"), flow_of(name, "WITHDRAWAL"), value);
            let earned = earned.expect("there is capital");
            assert_within(name, earned, real(&day["return"]), tolerance);
            assert_within(name, earned, real(&day["recomputed_return"]), 1e-14);
            returns.push(DatedNumber { date: date(name), number: earned });
            let series = of_returns("2011-12-31", name, returns.clone(), None);
            assert_within(name, number("twr", &series), real(&day["cumulative"]), tolerance);
            before = value;
        }
    }
}

#[test]
fn every_drawdown_and_deviation() {
    let Some(pack) = json("portfolio_performance_risk.json") else { return };
    for case in list(&pack, "cases") {
        let name = text(&case["name"]);
        let tolerance = real(&case["abs_tol"]);
        if let Some(expected) = case["max_drawdown"].as_f64() {
            let wealth: Vec<f64> = reals(case, "values").iter().map(|value| 1.0 + value).collect();
            let fallen = deepest_drawdown(&Measured::new(&of_wealth(&wealth))).expect("returns").expect("a drawdown");
            assert_within(name, -fallen.depth, expected, tolerance);
        }
        if let Some(expected) = case["standard_deviation"].as_f64() {
            let logarithms: Vec<f64> = reals(case, "returns").into_iter().map(f64::ln_1p).collect();
            let days = logarithms.len() as f64;
            let deviation = statistics::sample_standard_deviation(&logarithms).expect("returns");
            assert_within(name, deviation * days.sqrt(), expected, tolerance);
            let mean = statistics::mean(&logarithms).expect("returns");
            let below = statistics::downside_deviation(&logarithms, mean).expect("returns");
            let scale = days / (days - 1.0).sqrt();
            assert_within(name, below * scale, real(&case["semi_deviation"]), tolerance);
        }
    }
}

#[test]
fn every_measure_of_bacon() {
    let (Some(pack), Some(table)) = (json("bacon_measures.json"), file("bacon_monthly_returns.csv")) else { return };
    let mut portfolio = Vec::new();
    let mut benchmark = Vec::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [month, ours, theirs] = cells.as_slice() else { panic!("three cells: {line}") };
        portfolio.push(DatedNumber { date: date(month), number: ours.parse().expect("a number") });
        benchmark.push(DatedNumber { date: date(month), number: theirs.parse().expect("a number") });
    }
    assert_eq!(portfolio.len(), 24);
    let returns: Vec<f64> = portfolio.iter().map(|month| month.number).collect();
    let series = of_returns("1999-12-31", "2001-12-31", portfolio, Some(benchmark));
    // The target of the pack, half a percent a month, as a rate a year.
    let series = PerformanceSeries {
        sampling: Sampling::Monthly12,
        risk_free: Some(RiskFree::Annual(1.005_f64.powi(12) - 1.0)),
        ..series
    };
    for case in list(&pack, "cases") {
        let name = text(&case["measure"]);
        let id = name.trim_end_matches("_MAR_0.5%");
        let actual = match id {
            "downside_deviation" => statistics::downside_deviation(&returns, 0.005).expect("returns"),
            "bernardo_ledoit_ratio" => number("omega", &series),
            _ => number(id, &series),
        };
        assert_within(name, actual, real(&case["recomputed"]), 1e-12);
        // Two digits were cut off where it says that they do not agree.
        if let (Some(printed), Some(true)) = (case["published"].as_f64(), case["agrees"].as_bool()) {
            assert_within(name, actual, printed, 5e-3);
        }
    }
}

#[test]
fn every_attribution() {
    let Some(pack) = json("brinson.json") else { return };
    for case in list(&pack, "cases") {
        let columns = ["portfolio_weights", "benchmark_weights", "portfolio_returns", "benchmark_returns"];
        let [held, tracked, earned, offered] = columns.map(|name| reals(case, name));
        let segments: Vec<Segment> = (0..held.len())
            .map(|position| Segment {
                portfolio_weight: held[position],
                benchmark_weight: tracked[position],
                portfolio_return: earned[position],
                benchmark_return: offered[position],
                currency: None,
            })
            .collect();
        let input = AttributionInput { segments: &segments, currencies: &[] };
        let expected = &case["expected"];
        let tolerance = real(&case["abs_tol"]);
        for (model, allocation) in [("brinson_fachler", "allocation_BF"), ("brinson_hood_beebower", "allocation_BHB")] {
            let found = (attribution_model(model).expect("a model").attribute)(&input).expect("an attribution");
            assert_within(model, found.portfolio_return, real(&expected["portfolio_return"]), tolerance);
            assert_within(model, found.benchmark_return, real(&expected["benchmark_return"]), tolerance);
            let columns = [("allocation", allocation), ("selection", "selection"), ("interaction", "interaction")];
            for (effect, name) in columns {
                let parts = &found.effect(effect).expect("an effect").parts;
                for (part, printed) in parts.iter().zip(reals(expected, name)) {
                    assert_within(name, *part, printed, tolerance);
                }
            }
        }
    }
}

#[test]
fn every_share_and_flow() {
    let Some(pack) = json("twr_mwr_dietz.json") else { return };
    for case in list(&pack, "cases") {
        let name = text(&case["name"]);
        if let Some(expected) = case["modified_dietz"].as_f64() {
            let opening = date("2024-01-01");
            let after = |days: usize| (0..days).fold(opening, |day, _| day.next_calendar_day());
            let flow = |entry: &Value| DatedNumber { date: after(whole(&entry[0])), number: real(&entry[1]) };
            let flows: Vec<DatedNumber> = list(case, "flows").iter().map(flow).collect();
            let end = after(whole(&case["days"])).to_string();
            let series = of_values(("2024-01-01", real(&case["begin"])), (&end, real(&case["end"])), flows);
            assert_within(name, number("modified_dietz", &series), expected, real(&case["abs_tol"]));
        }
        if let Some(expected) = case["time_weighted_exact"].as_f64() {
            // Three days that are 365 apart.
            let days = ["2021-01-01", "2022-01-01", "2023-01-01"].map(date);
            let at = |day: usize, number: f64| DatedNumber { date: days[day], number };
            let years = reals(case, "holding_period_returns");
            let years = vec![at(1, years[0]), at(2, years[1])];
            let series = of_returns("2021-01-01", "2023-01-01", years, None);
            assert_within(name, number("annualised_return_act365", &series), expected, 1e-12);
            let flows = reals(case, "cash_flows");
            let flows = [at(0, flows[0]), at(1, flows[1]), at(2, flows[2])];
            let found = annual_rates(&flows).expect("rates");
            assert_eq!(found.len(), 1, "{found:?}");
            assert_within(name, found[0], real(&case["money_weighted_exact"]), 1e-12);
        }
    }
}

#[test]
fn every_proportion_of_failures() {
    let Some(pack) = json("kupiec.json") else { return };
    let test = backtest("kupiec").expect("a backtest").test;
    for case in list(&pack, "cases") {
        let (days, tail) = (whole(&case["T"]), real(&case["p"]));
        let accepted = whole(&case["recomputed_min"])..=whole(&case["recomputed_max"]);
        for count in 0..=days.min(200) {
            let found = test(&exceedances(count, days, tail)).expect("a figure");
            assert_eq!(0.05 < found.p_value, accepted.contains(&count), "{count} of {days}");
        }
    }
    for case in list(&pack, "single") {
        let sample = exceedances(whole(&case["exceptions"]), whole(&case["observations"]), real(&case["p"]));
        let found = test(&sample).expect("a figure");
        assert_within("likelihood ratio", found.statistic, real(&case["lr"]), 1e-11);
        assert_within("p-value", found.p_value, real(&case["p_value"]), 1e-12);
    }
}

#[test]
fn equal_risk_contributions() {
    let Some(pack) = json("portfolio_construction.json") else { return };
    let cases = list(&pack, "cases").iter().filter(|case| case["erc"].is_array());
    let mut compared = 0;
    for case in cases {
        let weights = inverse_volatility(&reals(case, "volatilities"), real(&case["correlation"]));
        for (weight, expected) in weights.iter().zip(reals(case, "erc")) {
            assert_within("weight", *weight, expected, real(&case["abs_tol"]));
            compared += 1;
        }
    }
    assert_eq!(compared, 4);
}

/// Expected covariances and weights of shares and funds, by libraries and by solving the conditions on the active set.
#[test]
fn covariances_and_weights() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/correctness/optimisers"));
    if !folder.is_dir() {
        return;
    }
    let mut compared = 0;
    for case in ["S1", "S2"] {
        let read = |name: &str| std::fs::read_to_string(folder.join(case).join(name)).expect("a file of the pack");
        let numbers = |line: &str| -> Vec<f64> {
            line.split(',').skip(1).map(|cell| cell.trim().parse().expect("a number")).collect()
        };
        let rows = |name: &str| -> Vec<Vec<f64>> { read(name).lines().skip(1).map(numbers).collect() };
        let prices = rows("prices.csv");
        let series = |place: usize| -> Vec<f64> {
            prices.windows(2).map(|days| days[1][place] / days[0][place] - 1.0).collect()
        };
        let returns: Vec<Vec<f64>> = (0..prices[0].len()).map(series).collect();
        let expected: Value = serde_json::from_str(&read("expected.json")).expect("JSON");
        let assets = list(&expected, "assets");
        for id in ["sample", "ledoit_wolf"] {
            let estimator = covariance_estimator(id).expect("an estimator");
            let covariance = (estimator.estimate)(&returns).expect("covariances");
            for (row, entries) in rows(&format!("expected_cov_{id}.csv")).iter().enumerate() {
                for (column, entry) in entries.iter().enumerate() {
                    let found = covariance.entry(row, column).expect("an entry");
                    assert_within(&format!("{case} {id} {row} {column}"), found, *entry, 1e-12);
                }
            }
            let problem = OptimizationProblem::long_only(covariance);
            let mut methods = vec![("minimum_variance", format!("min_variance_{id}"))];
            if id == "sample" {
                methods.push(("risk_parity", "risk_parity".to_owned()));
                methods.push(("hierarchical_risk_parity", "hrp".to_owned()));
            }
            for (method, name) in methods {
                let weights = optimizer(method).expect("a method").weights(&problem).expect("weights");
                for (asset, weight) in assets.iter().zip(weights) {
                    let wanted = real(&expected[&name]["weights"][text(asset)]);
                    assert_within(&format!("{case} {name} {asset}"), weight, wanted, 1e-6);
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, 4 * (8 + 5));
}
