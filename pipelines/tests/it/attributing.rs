//! Why portfolios did better or worse than their benchmarks, by hand, and whatever the nights are made in.

use lake::{Lake, WriteKey};
use pipelines::AgeLimits;
use pipelines::books::book;
use pipelines::history::{mark, rebuild, touched};
use pipelines::rollups::attribution::over_period::{Asked, OverPeriod, over_period};
use pipelines::rollups::roll_up;
use pipelines::{DEFAULT_LINKING_METHOD, LINKING_METHODS, LinkingMethod, linking_method};
use schemas::tables::attribution::AttributionRow;
use schemas::tables::benchmark_weights::BenchmarkWeight;
use schemas::tables::classifications::Classification;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, Price, Quantity, ReportingPeriod};

use crate::samples::{all, amount, date, fill, instrument, memory_lake, portfolio, quote, transaction, work};

const DAYS: [&str; 4] = ["2014-01-31", "2014-02-14", "2014-02-28", "2014-03-31"];
const EUROS: [&str; 4] = ["100", "100", "110", "99"];
const DOLLARS: [&str; 4] = ["100", "100", "104", "130"];
const PER_EURO: [&str; 4] = ["1", "1", "1", "1.25"];

const TOLERANCE: f64 = 1e-12;

/// Half in a share in euros, half in one in dollars, from 31 January on; compared with the index `MIX`.
fn booked(id: &str) -> Vec<Transaction> {
    let bought = |number: i64, symbol: &str, currency: Currency| Transaction {
        booking_sequence: number,
        instrument_id: Some(instrument(symbol).instrument_id),
        quantity: Some(Quantity::new(5.into())),
        price: Some(Price::new(100.into())),
        currency,
        ..transaction(id, &number.to_string(), DAYS[0], "BUY", "-500")
    };
    let exchanged = Transaction {
        booking_sequence: 2,
        counter_currency: Some(Currency::USD),
        counter_amount: Some(amount("500")),
        ..transaction(id, "2", DAYS[0], "FX", "-500")
    };
    let paid_in = transaction(id, "1", DAYS[0], "DEPOSIT", "1000");
    vec![paid_in, exchanged, bought(3, "AAA", Currency::EUR), bought(4, "USD1", Currency::USD)]
}

/// A part of an instrument in a sector.
fn classified(symbol: &str, node: &str, weight: &str) -> Classification {
    Classification {
        market_id: "M1".parse().expect("an id"),
        instrument_id: instrument(symbol).instrument_id,
        taxonomy: "sector".to_owned(),
        node: node.to_owned(),
        weight: weight.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    }
}

fn weights(on: &str, weights: [&str; 2], returns: [Option<&str>; 2]) -> Vec<BenchmarkWeight> {
    weights_by("currency", ["EUR", "USD"], on, weights, returns)
}

fn weights_by(
    taxonomy: &str,
    nodes: [&str; 2],
    on: &str,
    weights: [&str; 2],
    returns: [Option<&str>; 2],
) -> Vec<BenchmarkWeight> {
    let row = |((node, weight), earned): ((&str, &str), Option<&str>)| BenchmarkWeight {
        market_id: "M1".parse().expect("an id"),
        benchmark: "MIX".to_owned(),
        taxonomy: taxonomy.to_owned(),
        node: node.to_owned(),
        weight_date: date(on),
        weight: weight.parse().expect("a number"),
        return_fraction: earned.map(|earned| earned.parse().expect("a number")),
        landing_sha256: String::new(),
        line: 2,
    };
    nodes.into_iter().zip(weights).zip(returns).map(row).collect()
}

/// The whole history in one run, or a run for each night.
async fn made(weighed: &[BenchmarkWeight], nightly: bool) -> Lake {
    made_with(weighed, None, nightly).await
}

/// The same with one booking more.
async fn made_with(weighed: &[BenchmarkWeight], also: Option<Transaction>, nightly: bool) -> Lake {
    let lake = memory_lake();
    let compared =
        |id: &str| Portfolio { start_date: date(DAYS[0]), benchmark_symbol: Some("MIX".to_owned()), ..portfolio(id) };
    fill(&lake, &[compared("P1"), compared("P2"), portfolio("P3")]).await;
    let dollars = Instrument { currency: Currency::USD, ..instrument("USD1") };
    fill(&lake, &[instrument("AAA"), dollars]).await;
    let closes = |symbol: &str, closes: [&str; 4]| -> Vec<Quote> {
        DAYS.iter().zip(closes).map(|(on, close)| quote(&format!("M1~{symbol}"), on, close)).collect()
    };
    fill(&lake, &[closes("AAA", EUROS), closes("USD1", DOLLARS)].concat()).await;
    let rate = |(on, units): (&&str, &str)| FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: units.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    };
    fill(&lake, &DAYS.iter().zip(PER_EURO).map(rate).collect::<Vec<FxRate>>()).await;
    let mut transactions: Vec<Transaction> = ["P1", "P2", "P3"].into_iter().flat_map(booked).collect();
    // The second portfolio gets 107 euros in the middle of February.
    transactions.push(Transaction { booking_sequence: 5, ..transaction("P2", "5", DAYS[1], "DEPOSIT", "107") });
    transactions.extend(also);
    fill(&lake, &transactions).await;
    fill(&lake, weighed).await;
    let sectors = [("AAA", "technology", "0.6"), ("AAA", "health", "0.4"), ("USD1", "technology", "1")];
    fill(&lake, &sectors.map(|(symbol, node, weight)| classified(symbol, node, weight))).await;
    let nights = || DAYS.iter().map(|day| (*day, *day)).collect();
    let ranges: Vec<(&str, &str)> = if nightly { nights() } else { vec![(DAYS[0], DAYS[3])] };
    for (from, to) in ranges {
        let work = work(&format!("run-{from}-{to}"), date(from), date(to));
        book(&lake, &work).await.expect("booked");
        roll_up(&lake, &work).await.expect("rolled up");
        mark(&lake, &work).await.expect("marked");
    }
    lake
}

fn month_ends() -> Vec<BenchmarkWeight> {
    [
        weights(DAYS[0], ["0.6", "0.4"], [None, None]),
        weights(DAYS[2], ["0.6", "0.4"], [Some("0.05"), Some("0.02")]),
        weights(DAYS[3], ["0.5", "0.5"], [Some("-0.05"), Some("0.03")]),
    ]
    .concat()
}

async fn sorted(lake: &Lake) -> Vec<AttributionRow> {
    let mut rows = all::<AttributionRow>(lake).await;
    rows.sort_by(|left, right| {
        (&left.portfolio_id, left.through_date, left.period, &left.taxonomy, &left.node).cmp(&(
            &right.portfolio_id,
            right.through_date,
            right.period,
            &right.taxonomy,
            &right.node,
        ))
    });
    rows
}

fn row<'a>(rows: &'a [AttributionRow], id: &str, on: &str, period: ReportingPeriod, node: &str) -> &'a AttributionRow {
    let is_asked = |row: &&AttributionRow| {
        (row.portfolio_id.as_str(), row.through_date, row.period) == (id, date(on), period) && row.node == node
    };
    rows.iter().find(is_asked).expect("a row")
}

#[track_caller]
fn assert_effects(row: &AttributionRow, expected: [f64; 3]) {
    for (effect, expected) in [row.allocation, row.selection, row.interaction].into_iter().zip(expected) {
        let effect = effect.expect("an effect");
        assert!((effect - expected).abs() <= TOLERANCE, "{effect} instead of {expected}: {row:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_split_and_months_are_linked_to_the_year() {
    let rows = sorted(&made(&month_ends(), false).await).await;
    assert!(rows.iter().all(|row| row.portfolio_id.as_str() != "P3"), "P3 names no benchmark");
    let month = ReportingPeriod::MonthToDate;
    // February: 10 % on 50 % euros and 4 % on 50 % dollars, 7 %; the benchmark 0.6 · 5 % + 0.4 · 2 % = 3.8 %.
    // −0.1 · 1.2 % and 0.1 · −1.8 %; 0.6 · 5 % and 0.4 · 2 %; −0.1 · 5 % and 0.1 · 2 %.
    assert_effects(row(&rows, "P1", DAYS[2], month, "EUR"), [-0.0012, 0.03, -0.005]);
    assert_effects(row(&rows, "P1", DAYS[2], month, "USD"), [-0.0018, 0.008, 0.002]);
    let total = row(&rows, "P1", DAYS[2], month, "total");
    assert_effects(total, [-0.003, 0.038, -0.003]);
    assert_eq!((total.from_date, total.business_date), (Some(date(DAYS[0])), date(DAYS[2])));
    // March: the share in dollars rose by a quarter and the dollar fell by a fifth: nothing. Euros are 550 of 1,070.
    let (held, returned) = (550.0 / 1070.0 - 0.6, -0.05 * 0.6 + 0.03 * 0.4);
    let euros = [held * (-0.05 - returned), 0.6 * (-0.1 - -0.05), held * (-0.1 - -0.05)];
    assert_effects(row(&rows, "P1", DAYS[3], month, "EUR"), euros);
    let dollars = [-held * (0.03 - returned), 0.4 * (0.0 - 0.03), -held * (0.0 - 0.03)];
    assert_effects(row(&rows, "P1", DAYS[3], month, "USD"), dollars);
    // The year: 1,000 became 1,015, and the benchmark 1.038 · 0.982 = 1.019316.
    let year = row(&rows, "P1", DAYS[3], ReportingPeriod::YearToDate, "total");
    let effects = [year.allocation, year.selection, year.interaction].into_iter().flatten().sum::<f64>();
    assert!((effects - (0.015 - 0.019_316)).abs() <= TOLERANCE, "{effects}");
    assert_eq!((year.from_date, year.linking.as_str()), (Some(date(DAYS[0])), "carino"));
    let euros = row(&rows, "P1", DAYS[3], ReportingPeriod::YearToDate, "EUR");
    let earned = euros.portfolio_return_fraction.expect("a return");
    assert!((earned - -0.01).abs() <= TOLERANCE, "1.1 · 0.9 = 0.99, not {earned}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_comes_in_between_is_interaction() {
    let rows = sorted(&made(&month_ends(), false).await).await;
    let month = ReportingPeriod::MonthToDate;
    // 50 euros on 607 of 1,107, and 20 on 500.
    let euros = 50.0 / 607.0;
    let interaction = 50.0 / 1107.0 - 0.5 * 0.05 - 0.6 * (euros - 0.05);
    assert_effects(row(&rows, "P2", DAYS[2], month, "EUR"), [-0.0012, 0.6 * (euros - 0.05), interaction]);
    let total = row(&rows, "P2", DAYS[2], month, "total");
    let earned = total.portfolio_return_fraction.expect("a return");
    assert!((earned - 70.0 / 1107.0).abs() <= TOLERANCE, "{earned}");
    let effects = [total.allocation, total.selection, total.interaction].into_iter().flatten().sum::<f64>();
    assert!((effects - (70.0 / 1107.0 - 0.038)).abs() <= TOLERANCE, "{effects}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weights_that_leave_something_out_are_told() {
    let mut weighed = month_ends();
    weighed.retain(|row| (row.weight_date, row.node.as_str()) != (date(DAYS[0]), "USD"));
    let rows = sorted(&made(&weighed, false).await).await;
    let total = row(&rows, "P1", DAYS[2], ReportingPeriod::MonthToDate, "total");
    let reason = "from 2014-01-31 to 2014-02-28: the weights of the benchmark add up to 0.6, not to 1";
    assert_eq!((total.allocation, total.unavailable_reason.as_deref()), (None, Some(reason)));
    // March begins with good weights; the year does not.
    assert!(row(&rows, "P1", DAYS[3], ReportingPeriod::MonthToDate, "total").allocation.is_some());
    let year = row(&rows, "P1", DAYS[3], ReportingPeriod::YearToDate, "total");
    assert_eq!(year.unavailable_reason.as_deref(), Some(reason));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_and_its_nights_split_alike() {
    let mut weighed = month_ends();
    // A Sunday is no valuation date: its rows are made on the next one.
    weighed.extend(weights("2014-02-16", ["0.6", "0.4"], [Some("0.01"), Some("0.01")]));
    let at_once = sorted(&made(&weighed, false).await).await;
    assert_eq!(at_once, sorted(&made(&weighed, true).await).await);
    let sunday = row(&at_once, "P1", "2014-02-16", ReportingPeriod::MonthToDate, "total");
    assert_eq!(sunday.business_date, date(DAYS[2]));
    assert_eq!(sunday.portfolio_return_fraction, Some(0.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_weights_make_those_again_that_are_compared_with_them() {
    let (first, last) = (date(DAYS[0]), date(DAYS[3]));
    let lake = made(&month_ends(), false).await;
    assert!(touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable").is_empty());
    let corrected = weights(DAYS[2], ["0.7", "0.3"], [Some("0.05"), Some("0.02")]);
    let known = month_ends().into_iter().filter(|row| row.weight_date != date(DAYS[2]));
    let learned: Vec<BenchmarkWeight> = known.chain(corrected).collect();
    lake.replace_all(&learned, &WriteKey::new("second", 1)).await.expect("written");
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    let groups: Vec<(String, Vec<String>)> = again
        .iter()
        .map(|group| (group.from.to_string(), group.portfolios.iter().map(ToString::to_string).collect()))
        .collect();
    assert_eq!(groups, [("2014-02-01".to_owned(), vec!["P1".to_owned(), "P2".to_owned()])]);
    rebuild(&lake, &work("again", last, last), &again, last).await.expect("made again");
    assert_eq!(sorted(&lake).await, sorted(&made(&learned, false).await).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sectors_of_which_instruments_are_parts() {
    let sectors = ["technology", "health"];
    let by_sector = [
        weights_by("sector", sectors, DAYS[0], ["0.6", "0.4"], [None, None]),
        weights_by("sector", sectors, DAYS[2], ["0.6", "0.4"], [Some("0.04"), Some("0.03")]),
    ];
    let rows = sorted(&made(&[month_ends(), by_sector.concat()].concat(), false).await).await;
    let (by_sector, by_currency): (Vec<AttributionRow>, Vec<AttributionRow>) =
        rows.into_iter().partition(|row| row.taxonomy == "sector");
    assert_eq!(by_currency, sorted(&made(&month_ends(), false).await).await, "each taxonomy for itself");
    let month = ReportingPeriod::MonthToDate;
    // AAA is 500 of 1,000 and rose by 10 %, USD1 the other 500 and rose by 4 %. Technology is 300 + 500 of it and
    // became 330 + 520: 6.25 %; health is 200 and became 220. The benchmark earned 0.6 · 4 % + 0.4 · 3 % = 3.6 %.
    // 0.2 · 0.4 % and −0.2 · −0.6 %; 0.6 · 2.25 % and 0.4 · 7 %; 0.2 · 2.25 % and −0.2 · 7 %.
    let technology = row(&by_sector, "P1", DAYS[2], month, "technology");
    assert_effects(technology, [0.0008, 0.0135, 0.0045]);
    assert_effects(row(&by_sector, "P1", DAYS[2], month, "health"), [0.0012, 0.028, -0.014]);
    let earned = technology.portfolio_return_fraction.expect("a return");
    assert!((earned - 0.0625).abs() <= TOLERANCE, "{earned}");
    // Together 3.4 % = 7 − 3.6 %.
    let total = row(&by_sector, "P1", DAYS[2], month, "total");
    let effects = [total.allocation, total.selection, total.interaction].into_iter().flatten().sum::<f64>();
    assert!((effects - 0.034).abs() <= TOLERANCE, "{effects}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_that_nobody_made_are_told() {
    let countries = ["US", "DE"];
    let by_country = [
        weights_by("country", countries, DAYS[0], ["0.6", "0.4"], [None, None]),
        weights_by("country", countries, DAYS[2], ["0.6", "0.4"], [Some("0.04"), Some("0.03")]),
    ];
    let rows = sorted(&made(&by_country.concat(), false).await).await;
    let total = row(&rows, "P1", DAYS[2], ReportingPeriod::MonthToDate, "total");
    let reason = total.unavailable_reason.as_deref().expect("no effects");
    assert!(reason.starts_with("gold.group_returns has no country of 2014-01-31: "), "{reason}");
    assert!(reason.contains("classifications.csv") && reason.contains("financr run rollup"), "{reason}");
    assert_eq!((total.allocation, total.from_date), (None, None));
}

async fn asked(lake: &Lake, id: &str, period: ReportingPeriod, linking: &'static LinkingMethod) -> OverPeriod {
    let portfolios: Vec<Portfolio> = all(lake).await;
    let portfolio = portfolios.iter().find(|row| row.portfolio_id.as_str() == id).expect("a portfolio");
    let asked =
        Asked { portfolio, date: date(DAYS[3]), period, linking, taxonomy: None, age_limits: AgeLimits::UNLIMITED };
    over_period(lake, &asked).await.expect("readable")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_by_carino_is_what_the_table_has() {
    let lake = made(&month_ends(), false).await;
    let rows = sorted(&lake).await;
    for (id, period) in [
        ("P1", ReportingPeriod::MonthToDate),
        ("P1", ReportingPeriod::YearToDate),
        ("P2", ReportingPeriod::MonthToDate),
        ("P2", ReportingPeriod::YearToDate),
    ] {
        let found = asked(&lake, id, period, DEFAULT_LINKING_METHOD).await;
        let comparison = found.comparisons["currency"].as_ref().expect("effects");
        assert_eq!(comparison.groups.len(), 2);
        for (place, sides) in comparison.groups.iter().enumerate() {
            let row = row(&rows, id, DAYS[3], period, &sides.node);
            let part = |effect: &str| Some(comparison.attribution.effect(effect).expect("an effect").parts[place]);
            assert_eq!(
                [row.allocation, row.selection, row.interaction],
                [part("allocation"), part("selection"), part("interaction")]
            );
            assert_eq!(row.from_date, Some(comparison.from));
            assert_eq!(row.portfolio_return_fraction, sides.portfolio_return);
            assert_eq!(row.benchmark_return_fraction, sides.benchmark_return);
        }
    }
    // As its measures have it, there is no year of a portfolio that is two months old.
    let young = asked(&lake, "P1", ReportingPeriod::OneYear, DEFAULT_LINKING_METHOD).await;
    let reason = "the portfolio began on 2014-01-31, inside the period 1Y".to_owned();
    assert_eq!(young.comparisons["currency"], Err(reason.clone()));
    assert_eq!(young.contributions["instrument"], Err(reason));
    let alone = asked(&lake, "P3", ReportingPeriod::YearToDate, DEFAULT_LINKING_METHOD).await;
    assert!(alone.comparisons.is_empty(), "P3 names no benchmark");
    assert_eq!(alone.contributions.len(), 4, "and its groups added something nevertheless");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_of_linking_leaves_nothing_over() {
    let lake = made(&month_ends(), false).await;
    for linking in LINKING_METHODS {
        for id in ["P1", "P2"] {
            let found = asked(&lake, id, ReportingPeriod::YearToDate, linking).await;
            let effects = &found.comparisons["currency"].as_ref().expect("effects").attribution;
            assert!((effects.explained() - effects.excess_return()).abs() <= TOLERANCE, "{id} by {}", linking.id);
            for (taxonomy, added) in &found.contributions {
                let added = &added.as_ref().expect("contributions").attribution;
                let left = added.explained() - added.portfolio_return;
                assert!(left.abs() <= TOLERANCE, "{id} {taxonomy} by {}: {left:e}", linking.id);
                let same = effects.portfolio_return - added.portfolio_return;
                assert!(same.abs() <= TOLERANCE, "{id} {taxonomy}: another return than that of the effects");
            }
        }
    }
    // By GRAP a contribution without flows is the gain over the first capital: AAA made 495 of 500, USD1 520 of 500,
    // and 60 % of AAA are technology.
    let found = asked(&lake, "P1", ReportingPeriod::YearToDate, linking_method("grap").expect("listed")).await;
    let added = |taxonomy: &str, node: &str| {
        let contributions = found.contributions[taxonomy].as_ref().expect("contributions");
        contributions.groups.iter().find(|group| group.node == node).expect("a group").contribution
    };
    for (taxonomy, node, expected) in [
        ("instrument", "M1~AAA", -0.005),
        ("instrument", "M1~USD1", 0.02),
        ("sector", "technology", 0.017),
        ("sector", "health", -0.002),
        ("currency", "USD", 0.02),
    ] {
        let contribution = added(taxonomy, node);
        assert!((contribution - expected).abs() <= TOLERANCE, "{taxonomy} {node}: {contribution}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_currency_that_fell_is_told_from_its_market() {
    let lake = made(&month_ends(), false).await;
    let month = ReportingPeriod::MonthToDate;
    let found = asked(&lake, "P1", month, DEFAULT_LINKING_METHOD).await;
    let reason = found.currencies.expect("two currencies").expect_err("no rates without risk");
    assert!(reason.contains("risk_free.csv of the market `M1` has no rate of EUR for 2014-03-01"), "{reason}");
    let nothing = |currency: Currency| RiskFreeRate {
        risk_free_source: "M1".parse().expect("an id"),
        currency,
        rate_date: date(DAYS[2]),
        rate_annual: "0".parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    };
    fill(&lake, &[nothing(Currency::EUR), nothing(Currency::USD)]).await;
    let found = asked(&lake, "P1", month, DEFAULT_LINKING_METHOD).await;
    let comparison = found.currencies.expect("two currencies").expect("rates");
    // The dollar fell by a fifth, and cash earned nothing: dollars of the portfolio stood still and those of the
    // benchmark rose by 3 %, 20 % and 23 % beyond it. The benchmark's cash fell by 0.4 · 20 %.
    let held = 550.0 / 1070.0 - 0.6;
    for (effect, expected) in [
        ("selection", [0.6 * -0.05, 0.4 * (0.2 - 0.23)]),
        ("interaction", [held * -0.05, -held * (0.2 - 0.23)]),
        ("currency", [held * 0.08, -held * (-0.2 + 0.08)]),
    ] {
        let parts = &comparison.attribution.effect(effect).expect("an effect").parts;
        for (part, expected) in parts.iter().zip(expected) {
            assert!((part - expected).abs() <= TOLERANCE, "{effect}: {part} instead of {expected}");
        }
    }
    // Together they explain what the effects without currencies do.
    let plain = &found.comparisons["currency"].as_ref().expect("effects").attribution;
    assert!((comparison.attribution.explained() - plain.explained()).abs() <= TOLERANCE);
    assert!((comparison.attribution.excess_return() - plain.excess_return()).abs() <= TOLERANCE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_booking_makes_its_portfolio_again_from_its_month_on() {
    let (first, last) = (date(DAYS[0]), date(DAYS[3]));
    let lake = made(&month_ends(), false).await;
    let before = sorted(&lake).await;
    // 321 euros that came on the last day of March.
    let late = Transaction { booking_sequence: 6, ..transaction("P2", "6", DAYS[3], "DEPOSIT", "321") };
    let mut known: Vec<Transaction> = all(&lake).await;
    known.push(late.clone());
    lake.replace_all(&known, &WriteKey::new("second", 1)).await.expect("written");
    let again = touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    rebuild(&lake, &work("again", last, last), &again, last).await.expect("made again");
    let after = sorted(&lake).await;
    assert_eq!(after, sorted(&made_with(&month_ends(), Some(late), false).await).await, "as from nothing");
    let changed: Vec<(&str, String)> = after
        .iter()
        .zip(&before)
        .filter(|(new, old)| new != old)
        .map(|(new, _)| (new.portfolio_id.as_str(), new.through_date.to_string()))
        .collect();
    assert_eq!(after.len(), before.len());
    assert!(!changed.is_empty(), "capital of March came in");
    assert!(changed.iter().all(|(id, day)| (*id, day.as_str()) == ("P2", DAYS[3])), "{changed:?}");
}
