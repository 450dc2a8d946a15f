//! What portfolios are compared with: on one basis, made of what it is said to be made of, and without leaps.

use chrono::Days;
use lake::Lake;
use pipelines::AgeLimits;
use pipelines::checks::Layer;
use pipelines::history::{mark, touched};
use schemas::BusinessDate;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::exceptions::Exception;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;

use super::planted_rows::{attributed, daily_return, value};
use super::{BEFORE, DAY, World, findings};
use crate::samples::{all, date, fill, instrument, memory_lake, portfolio, quote, refill, work};

impl World {
    /// A portfolio that is compared with a symbol that has a level.
    pub(super) fn compare_with(&mut self, id: &str, symbol: &str) {
        self.portfolios.push(Portfolio { benchmark_symbol: Some(symbol.to_owned()), ..portfolio(id) });
        self.values.push(PortfolioValue { benchmark_level: Some(100.0), ..value(id, None, "0", "0") });
    }

    /// A portfolio whose benchmark returned one percent by its closes, and this by its groups.
    pub(super) fn attribute(&mut self, id: &str, by_groups: f64) {
        for (previous, on, level) in [(None, BEFORE, 100.0), (Some(date(BEFORE)), DAY, 101.0)] {
            let (business_date, previous_business_date) = (date(on), previous);
            let of_day = value(id, None, "0", "0");
            let benchmark_level = Some(level);
            self.values.push(PortfolioValue { business_date, previous_business_date, benchmark_level, ..of_day });
        }
        self.attribution.push(attributed(id, by_groups));
    }

    /// Days of a portfolio before the day that is checked, one after the other, with its returns and its benchmark's.
    fn earn_before(&mut self, id: &str, returns: impl Iterator<Item = (f64, f64)>) {
        for (back, (own, benchmark)) in (1..).zip(returns) {
            let day = date(DAY).day().checked_sub_days(Days::new(back)).expect("a day");
            let business_date = BusinessDate::new(day).expect("a day of business");
            self.returns.push(DailyReturn { business_date, ..returned(id, own, benchmark) });
        }
    }
}

/// A day on which 100 became something else.
fn returned(id: &str, own: f64, benchmark: f64) -> DailyReturn {
    let end_value = format!("{:.10}", 100.0 * (1.0 + own));
    DailyReturn { benchmark_return_fraction: Some(benchmark), ..daily_return(id, "100", &end_value, own) }
}

/// The messages of a check, with the portfolio and the subject of each.
async fn said(lake: &Lake, check: &str) -> Vec<(String, String, String)> {
    findings(lake, Layer::Gold).await;
    let mut found: Vec<(String, String, String)> = all::<Exception>(lake)
        .await
        .into_iter()
        .filter(|row| row.check_name == check)
        .map(|row| (row.portfolio_id.to_string(), row.subject, row.message))
        .collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_symbol_of_a_benchmark_is_of_total_return_or_named() {
    let mut world = World::default();
    let symbols = ["PRICE", "OPEN", "SPLIT", "TOTAL", "GROWS"];
    symbols.iter().for_each(|symbol| world.compare_with(&symbol.to_lowercase(), symbol));
    // LIST is not the same as LISTED, and what is not listed has no level, which is another finding.
    let benchmark_blend = Some("PRICE 0.5, TOTAL 0.3, LIST 0.2; quarterly".to_owned());
    world.portfolios.push(Portfolio { benchmark_blend, ..portfolio("blended") });
    world.values.push(PortfolioValue { benchmark_level: Some(100.0), ..value("blended", None, "0", "0") });
    let lake = world.lake().await;
    let with = |symbol: &str, adjusted: &str, basis: Option<&str>| Instrument {
        adjusted: adjusted.to_owned(),
        return_basis: basis.map(str::to_owned),
        ..instrument(symbol)
    };
    let listed = [
        with("PRICE", "none", Some("price")),
        with("OPEN", "none", None),
        with("SPLIT", "split", None),
        with("TOTAL", "total", None),
        with("GROWS", "split", Some("total")),
        with("LISTED", "none", None),
    ];
    refill(&lake, &listed, "listed").await;
    let price = "PRICE in the benchmark is a price index: its return is without dividends and interest, that of the \
                 portfolio is with them";
    let unsaid = |symbol: &str| {
        format!(
            "nobody says whether the return of {symbol} in the benchmark is with dividends and interest, as that of \
             the portfolio is; give it a return_basis in instruments.csv"
        )
    };
    let expected = [
        ("blended".to_owned(), "PRICE".to_owned(), price.to_owned()),
        ("open".to_owned(), "OPEN".to_owned(), unsaid("OPEN")),
        ("price".to_owned(), "PRICE".to_owned(), price.to_owned()),
        ("split".to_owned(), "SPLIT".to_owned(), unsaid("SPLIT")),
    ];
    assert_eq!(said(&lake, "benchmark_not_total_return").await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_benchmark_returns_by_its_groups_what_it_returns_by_its_closes() {
    let mut world = World::default();
    // 100 became 101. Five hundredths of a percentage point are let pass, in both directions.
    let cases = [("same", 0.01), ("rounded", 0.010_499), ("below", 0.009_501), ("more", 0.010_501), ("less", 0.0094)];
    cases.iter().for_each(|(id, by_groups)| world.attribute(id, *by_groups));
    // A level that nobody knows is compared with nothing.
    world.attribute("unknown", 0.5);
    world.values.iter_mut().filter(|row| row.portfolio_id.as_str() == "unknown").for_each(|row| {
        row.benchmark_level = None;
    });
    let message = |by_groups: &str| {
        format!(
            "from 2014-06-03 to 2014-06-04 the benchmark returned {by_groups} percent by its groups, 1.0 percent by \
             its closes"
        )
    };
    let expected = [("less", message("0.94")), ("more", message("1.0501"))]
        .map(|(id, message)| (id.to_owned(), "currency".to_owned(), message));
    assert_eq!(said(&world.lake().await, "attribution_benchmark_differs").await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaps_of_portfolios_and_benchmarks_are_seen_by_what_was_usual_before() {
    let mut world = World::default();
    let benchmark_symbol = Some("AAA".to_owned());
    // A third of the days each earns 1 %, earns 0.5 % and loses 0.25 %: the median size is 0.5 %, and twelve times
    // 1.4826 times as much are 8.9 %.
    let usual = |count: usize| (0..count).map(|day| [0.01, 0.005, -0.0025][day % 3]).map(|earned| (earned, earned));
    let cases = [
        ("calm", 60, 0.099, 0.099),
        ("unadjusted", 60, 0.01, -0.2),
        ("crash", 60, -0.12, 0.0),
        ("young", 59, -0.12, -0.2),
        ("split_in_two", 0, 0.01, -0.5),
    ];
    for (id, days, own, benchmark) in cases {
        world.portfolios.push(Portfolio { benchmark_symbol: benchmark_symbol.clone(), ..portfolio(id) });
        world.earn_before(id, usual(days));
        world.returns.push(returned(id, own, benchmark));
    }
    // Where four percent a day are usual, twelve are nothing to look at: 12 · 1.4826 · 4 % = 71 %.
    world.portfolios.push(portfolio("wild"));
    world.earn_before("wild", (0..60).map(|day| [0.04, 0.0, -0.04][day % 3]).map(|earned| (earned, 0.0)));
    world.returns.push(DailyReturn { benchmark_return_fraction: None, ..returned("wild", -0.12, 0.0) });
    let of_benchmark = |id: &str, percent: &str| {
        let message = format!(
            "the daily return of the benchmark is {percent} percent; a split or a wrong close of what it is made of \
             would look so"
        );
        (id.to_owned(), "AAA".to_owned(), message)
    };
    let expected = [
        ("crash".to_owned(), "crash".to_owned(), "the daily return is -12.0 percent".to_owned()),
        of_benchmark("split_in_two", "-50.0"),
        of_benchmark("unadjusted", "-20.0"),
    ];
    assert_eq!(said(&world.lake().await, "extreme_returns").await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_basis_that_is_stated_later_makes_the_findings_again_and_a_duration_nothing() {
    let lake = memory_lake();
    let benchmark_symbol = Some("AAA".to_owned());
    fill(&lake, &[Portfolio { benchmark_symbol, ..portfolio("compared") }, portfolio("alone")]).await;
    fill(&lake, &[instrument("AAA")]).await;
    fill(&lake, &[quote("M1~AAA", "2014-01-02", "100"), quote("M1~AAA", "2014-02-03", "101")]).await;
    let (first, last) = (date("2014-01-02"), date("2014-02-28"));
    let changed = async || touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable");
    mark(&lake, &work("first", first, last)).await.expect("marked");
    assert!(changed().await.is_empty());
    let basis = Instrument { return_basis: Some("total".to_owned()), ..instrument("AAA") };
    refill(&lake, std::slice::from_ref(&basis), "basis").await;
    let found = changed().await;
    let [only] = found.as_slice() else { panic!("one group: {found:?}") };
    let names: Vec<&str> = only.portfolios.iter().map(|id| id.as_str()).collect();
    assert_eq!((only.from, names), (first, vec!["compared"]));
    mark(&lake, &work("second", first, last)).await.expect("marked");
    // No row of a night follows from durations.
    let modified_duration = Some("7".parse().expect("years"));
    refill(&lake, &[Instrument { modified_duration, ..basis }], "duration").await;
    assert!(changed().await.is_empty());
}
