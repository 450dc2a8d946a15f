//! Portfolios under stress, in the night: by hand, a time of the past, and the same night by night.

use lake::Lake;
use pipelines::AgeLimits;
use pipelines::conform::conform;
use pipelines::history::{mark, touched};
use pipelines::landing::{Delivered, land};
use pipelines::rollups::roll_up;
use pipelines::sources::book_folder::{Listed, read_folder};
use pipelines::stress::on_request::{PositionChange, UnderScenario, stressed};
use pipelines::stress::reverse::Falling;
use pipelines::stress::versions::refused;
use schemas::tables::classifications::Classification;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::quotes::Quote;
use schemas::tables::rejects::Reject;
use schemas::tables::stress::StressRow;
use schemas::tables::stress_scenarios::StressScenarioRow;
use schemas::tables::valuations::Valuation;
use schemas::{BusinessDate, Currency};

use crate::samples::{
    all, amount, clock, date, fill, instrument, memory_lake, portfolio, quote, refill, valuation, work,
};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;

const CRASH: &str = "id = \"crash\"\nversion = 1\ntitle = \"Shares and the dollar\"\n\n[[shocks]]\nasset_class = \
                     \"Equity\"\nchange = -0.2\n\n[[shocks]]\ncurrency = \"USD\"\nchange = -0.1\n";
const REPLAY: &str = "id = \"january\"\nversion = 1\ntitle = \"January again\"\n\n[replay]\nfrom = 2014-01-02\nto = \
                      2014-01-06\nproxies = { equity = \"AAA\" }\n";

fn scenario_file(name: &str, text: &str) -> Delivered {
    Delivered {
        source: "book_folder",
        market_id: "M1".parse().expect("an id"),
        file_name: format!("scenarios/{name}.toml"),
        bytes: text.to_owned().into(),
    }
}

async fn land_and_conform(lake: &Lake, files: &[Delivered]) {
    land(lake, files, clock()).await.expect("landed");
    conform(lake).await.expect("conformed");
}

fn class(symbol: &str, node: &str, weight: &str) -> Classification {
    Classification {
        market_id: "M1".parse().expect("an id"),
        instrument_id: format!("M1~{symbol}").parse().expect("an id"),
        taxonomy: "asset_class".to_owned(),
        node: node.to_owned(),
        weight: weight.parse().expect("a weight"),
        landing_sha256: String::new(),
        line: 2,
    }
}

fn dollar(on: &str, units_per_eur: &str) -> FxRate {
    FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: units_per_eur.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 1,
    }
}

fn valued(portfolio_id: &str, on: BusinessDate) -> PortfolioValue {
    PortfolioValue {
        portfolio_id: portfolio_id.parse().expect("an id"),
        business_date: on,
        previous_business_date: None,
        base_currency: Currency::EUR,
        market_value: Some(amount("1000")),
        securities_value: Some(amount("1000")),
        cash_value: Some(amount("0")),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    }
}

const DAYS: [&str; 3] = ["2014-01-03", "2014-01-06", "2014-01-07"];

/// What portfolios hold on each of the days: P1 shares in euro and dollars and cash in dollars, P2 a share without a
/// class, P3 a fund that is half of shares and a new share, P4 nothing.
const HELD: [(&str, &str, &str); 6] = [
    ("P1", "CASH~USD", "500"),
    ("P1", "M1~AAA", "1000"),
    ("P1", "M1~USD1", "1000"),
    ("P2", "M1~ODD", "100"),
    ("P3", "M1~MIX", "1000"),
    ("P3", "M1~NEW", "1000"),
];

/// AAA falls from 100 to 80 between the second and the sixth of January, USD1 rises from 50 to 55, and the dollar
/// falls from 0.8 to 0.625 euro. NEW is quoted from the seventh on, ODD never.
async fn sample() -> Lake {
    let lake = memory_lake();
    fill::<Portfolio>(&lake, &["P1", "P2", "P3", "P4"].map(portfolio)).await;
    let usd = Instrument { currency: Currency::USD, ..instrument("USD1") };
    let listed = [instrument("AAA"), instrument("MIX"), instrument("NEW"), instrument("ODD"), usd];
    fill::<Instrument>(&lake, &listed).await;
    let quotes = [
        quote("M1~AAA", "2014-01-02", "100"),
        quote("M1~AAA", "2014-01-03", "90"),
        quote("M1~AAA", "2014-01-06", "80"),
        quote("M1~USD1", "2014-01-02", "50"),
        quote("M1~USD1", "2014-01-06", "55"),
        quote("M1~NEW", "2014-01-07", "7"),
    ];
    fill::<Quote>(&lake, &quotes).await;
    fill::<FxRate>(&lake, &[dollar("2014-01-02", "1.25"), dollar("2014-01-06", "1.6")]).await;
    let classes = [
        class("AAA", "Equity", "1"),
        class("USD1", "equity", "1"),
        class("NEW", "EQUITY", "1"),
        class("MIX", "equity", "0.5"),
        class("MIX", "bond", "0.5"),
    ];
    fill::<Classification>(&lake, &classes).await;
    let mut positions = Vec::new();
    let mut values = Vec::new();
    for day in DAYS {
        positions.extend(HELD.map(|(id, instrument, value)| valuation(id, instrument, day, Some(amount(value)))));
        values.extend(["P1", "P2", "P3", "P4"].map(|id| valued(id, date(day))));
    }
    fill::<Valuation>(&lake, &positions).await;
    fill::<PortfolioValue>(&lake, &values).await;
    lake
}

async fn row(lake: &Lake, portfolio: &str, on: &str, scenario: &str) -> StressRow {
    let rows: Vec<StressRow> = all(lake).await;
    let wanted = |row: &StressRow| {
        row.portfolio_id.as_str() == portfolio && row.business_date == date(on) && row.scenario_id == scenario
    };
    rows.into_iter().find(wanted).expect("a row")
}

#[track_caller]
fn assert_number(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{found} instead of {expected}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shares_fall_and_the_dollar_with_them() {
    let lake = sample().await;
    land_and_conform(&lake, &[scenario_file("crash", CRASH)]).await;
    roll_up(&lake, &work("night", date(DAYS[1]), date(DAYS[1]))).await.expect("rolled up");
    // AAA loses 200; USD1 200, and the dollar a tenth of the 800 that are left; the cash loses 50.
    let found = row(&lake, "P1", DAYS[1], "crash").await;
    assert_number(found.profit, -530.0);
    assert_number(found.profit_fraction, -530.0 / 2500.0);
    assert_number(found.unreached_fraction, 0.0);
    assert_eq!((found.version, found.position_count, found.unavailable_reason), (1, 3, None));
    // Without the dollar: 400, and the cash is not reached.
    let found = row(&lake, "P1", DAYS[1], "equity_down_20").await;
    assert_number(found.profit, -400.0);
    assert_number(found.unreached_fraction, 0.2);
    assert_number(found.unknown_fraction, 0.0);
    // The dollars, 1,500 of them, lose and gain a tenth.
    assert_number(row(&lake, "P1", DAYS[1], "foreign_currencies_down_10").await.profit, -150.0);
    assert_number(row(&lake, "P1", DAYS[1], "foreign_currencies_up_10").await.profit, 150.0);
    // Half of the fund, and all of the new share: 100 and 200.
    let found = row(&lake, "P3", DAYS[1], "equity_down_20").await;
    assert_number(found.profit, -300.0);
    assert_number(found.unreached_fraction, 0.25);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_knows_is_no_figure_but_a_reason() {
    let lake = sample().await;
    roll_up(&lake, &work("night", date(DAYS[1]), date(DAYS[1]))).await.expect("rolled up");
    let found = row(&lake, "P2", DAYS[1], "equity_down_20").await;
    let reason = "of 100.0 % of the values nobody knows what would happen, more than 5 %; the most is M1~ODD: it has \
                  no class in the taxonomy `asset_class`";
    assert_eq!((found.profit, found.unavailable_reason.as_deref()), (None, Some(reason)));
    assert_number(found.unknown_fraction, 1.0);
    // Its class does not matter where only currencies move; it is in the base currency.
    let found = row(&lake, "P2", DAYS[1], "foreign_currencies_down_10").await;
    assert_number(found.profit, 0.0);
    assert_number(found.unreached_fraction, 1.0);
    let found = row(&lake, "P4", DAYS[1], "equity_down_20").await;
    assert_eq!(found.unavailable_reason.as_deref(), Some("there is no position"));
    let found = row(&lake, "P1", DAYS[1], "dot_com_crash").await;
    assert!(found.unavailable_reason.expect("a reason").contains("it has no close of 2000-03-24"));
    let found = row(&lake, "P1", DAYS[1], "pandemic_2020").await;
    let reason = "the time that is repeated ends on 2020-03-23, after 2014-01-06";
    assert_eq!(found.unavailable_reason.as_deref(), Some(reason), "nobody knew of it then");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_of_the_past_is_repeated() {
    let lake = sample().await;
    land_and_conform(&lake, &[scenario_file("january", REPLAY)]).await;
    roll_up(&lake, &work("night", date(DAYS[0]), date(DAYS[2]))).await.expect("rolled up");
    // The dollar by 0.625 / 0.8 − 1 = −21.875 %: of the cash 109.375; USD1 by 1.1 · 0.78125 − 1 = −14.0625 %.
    let found = row(&lake, "P1", DAYS[1], "january").await;
    assert_number(found.profit, -200.0 - 140.625 - 109.375);
    assert_number(found.unreached_fraction, 0.0);
    // The new share moves with AAA, and so does the half of the fund that is shares; nothing stands in for its bonds.
    let found = row(&lake, "P3", DAYS[1], "january").await;
    assert_eq!(found.profit, None);
    assert_number(found.unknown_fraction, 0.25);
    assert!(found.unavailable_reason.expect("a reason").contains("the most is M1~MIX: it has no close of 2014-01-02"));
    // On the day before its end nobody knew it.
    let early = row(&lake, "P1", DAYS[0], "january").await.unavailable_reason;
    assert_eq!(early.as_deref(), Some("the time that is repeated ends on 2014-01-06, after 2014-01-03"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_has_the_rows_of_its_nights() {
    let (range, nights) = (sample().await, sample().await);
    let files = [scenario_file("january", REPLAY), scenario_file("crash", CRASH)];
    for lake in [&range, &nights] {
        land_and_conform(lake, &files).await;
    }
    roll_up(&range, &work("range", date(DAYS[0]), date(DAYS[2]))).await.expect("rolled up");
    for day in DAYS {
        roll_up(&nights, &work(&format!("night-{day}"), date(day), date(day))).await.expect("rolled up");
    }
    let sorted = |mut rows: Vec<StressRow>| {
        rows.sort_by_key(|row| (row.portfolio_id.clone(), row.business_date, row.scenario_id.clone()));
        rows
    };
    let (range, nights) = (sorted(all(&range).await), sorted(all(&nights).await));
    // Four portfolios, three days, seven scenarios of Financr and two of the market.
    assert_eq!(range.len(), 4 * 3 * 9);
    assert_eq!(range, nights);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_are_kept_apart() {
    let lake = sample().await;
    land_and_conform(&lake, &[scenario_file("crash", CRASH)]).await;
    // Another figure under the same version is refused, and what is known stays.
    let changed = CRASH.replace("-0.2", "-0.5");
    let hasty = [scenario_file("crash", &changed)];
    let told = refused(&lake, &hasty).await.expect("readable");
    land_and_conform(&lake, &hasty).await;
    let rejects: Vec<Reject> = all(&lake).await;
    let [reject] = rejects.as_slice() else { panic!("one reject: {rejects:?}") };
    let reason = "version 1 of `crash` is known with other contents and stays as it is; give what has changed `version \
                  = 2`, and with `effective` the day from which it counts";
    assert_eq!((reject.file_name.as_str(), reject.column.as_str()), ("scenarios/crash.toml", "version"));
    assert_eq!(reject.reason, reason);
    assert_eq!(told.iter().map(|row| row.reason.as_str()).collect::<Vec<&str>>(), [reason]);
    let next = changed.replace("version = 1", "version = 2\neffective = 2014-01-06");
    land_and_conform(&lake, &[scenario_file("crash", &next)]).await;
    let known: Vec<StressScenarioRow> = all(&lake).await;
    assert_eq!(known.len(), 4, "two parts of two versions");
    roll_up(&lake, &work("night", date(DAYS[0]), date(DAYS[1]))).await.expect("rolled up");
    let (before, after) = (row(&lake, "P1", DAYS[0], "crash").await, row(&lake, "P1", DAYS[1], "crash").await);
    assert_eq!((before.version, after.version), (1, 2));
    assert_number(before.profit, -530.0);
    // 500 of AAA; 500 of USD1 and 50 of the rest; 50 of the cash.
    assert_number(after.profit, -1100.0);
    // The same file again is no news.
    land_and_conform(&lake, &[scenario_file("crash", CRASH), scenario_file("again", &next)]).await;
    assert_eq!(all::<StressScenarioRow>(&lake).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_makes_the_months_again_from_which_it_counts() {
    let lake = sample().await;
    let (first, last) = (date("2014-01-02"), date("2014-03-31"));
    mark(&lake, &work("first", first, last)).await.expect("marked");
    let changed = || async { touched(&lake, AgeLimits::UNLIMITED, first, last).await.expect("readable") };
    assert!(changed().await.is_empty());
    let later = CRASH.replace("version = 1", "version = 1\neffective = 2014-02-10");
    land_and_conform(&lake, &[scenario_file("crash", &later)]).await;
    let found = changed().await;
    let [only] = found.as_slice() else { panic!("one group: {found:?}") };
    assert_eq!((only.from, only.portfolios.len()), (date("2014-02-01"), 4));
    mark(&lake, &work("second", first, last)).await.expect("marked");
    assert!(changed().await.is_empty());
    // What counts for all dates makes all of them again.
    land_and_conform(&lake, &[scenario_file("january", REPLAY)]).await;
    assert_eq!(changed().await.first().map(|group| group.from), Some(first));
}

#[test]
fn scenarios_come_with_their_market_and_with_no_other_book() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("world/market.json", r#"{"id": "world"}"#);
    write("world/instruments.csv", "symbol,currency\nAAA,EUR\n");
    write("world/prices.csv", "date,symbol,close,currency\n2014-01-02,AAA,10,EUR\n");
    write("world/scenarios/crash.toml", CRASH);
    write("world/scenarios/gone.toml", &REPLAY.replace("AAA", "ZZZ"));
    write("world/scenarios/readme.txt", "not a scenario");
    let book = r#"{"id": "anna", "base_currency": "EUR", "start": "2014-01-02", "market": "world"}"#;
    write("anna/portfolio.json", book);
    write("anna/transactions.csv", "tx_id,date,type,currency,net_cash\n1,2014-01-02,DEPOSIT,EUR,500\n");
    write("anna/scenarios/mine.toml", CRASH);
    let found = read_folder(folder.path(), &|_| Listed::new(), &|_| false).expect("readable");
    assert!(found.failures.is_empty(), "{:?}", found.failures);
    let names = found.markets[0].deliveries.iter().map(|file| file.file_name.as_str());
    let names: Vec<&str> = names.filter(|name| name.starts_with("scenarios/")).collect();
    assert_eq!(names, ["scenarios/crash.toml", "scenarios/gone.toml"]);
    let told = |rejects: &[pipelines::sources::RowReject]| -> Vec<(String, i64)> {
        rejects.iter().map(|row| (format!("{} {}", row.file, row.column), row.line)).collect()
    };
    let expected = ("world/scenarios/gone.toml proxies (column 22)".to_owned(), 8);
    assert_eq!(told(&found.markets[0].rejects), [expected]);
    assert_eq!(told(&found.books[0].rejects), [("anna/scenarios/mine.toml (file)".to_owned(), 1)]);
    assert!(found.books[0].deliveries.iter().all(|file| !file.file_name.starts_with("scenarios/")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_with_faults_is_refused_with_their_places() {
    let lake = sample().await;
    let text = "id = \"My Crash\"\nversion = 0\ntitle = \"Crash\"\n\n[[shocks]]\ninstrument = \"ZZZ\"\nchange = -1.5\n\
                \n[[shocks]]\ncurrency = \"XXQ\"\nasset_class = \"equity\"\nchange = 0.1\n";
    let taken =
        "id = \"equity_down_20\"\nversion = 1\ntitle = \"Mine\"\n[[shocks]]\nasset_class = \"equity\"\nchange = -0.3\n";
    let broken = "id = \"x\"\nversion = 1\ntitle = \"X\"\nreplays = 1\n";
    let files = [scenario_file("bad", text), scenario_file("taken", taken), scenario_file("broken", broken)];
    land_and_conform(&lake, &files).await;
    assert!(all::<StressScenarioRow>(&lake).await.is_empty());
    let mut rejects: Vec<Reject> = all(&lake).await;
    rejects.sort_by(|left, right| (&left.file_name, left.line).cmp(&(&right.file_name, right.line)));
    let places: Vec<(&str, i64, &str)> =
        rejects.iter().map(|row| (row.file_name.as_str(), row.line, row.column.as_str())).collect();
    let expected = [
        ("scenarios/bad.toml", 1, "id (column 6)"),
        ("scenarios/bad.toml", 2, "version (column 11)"),
        ("scenarios/bad.toml", 6, "instrument (column 14)"),
        ("scenarios/bad.toml", 7, "change (column 10)"),
        ("scenarios/bad.toml", 9, "shocks (column 1)"),
        ("scenarios/broken.toml", 4, "(file) (column 1)"),
        ("scenarios/taken.toml", 1, "id"),
    ];
    assert_eq!(places, expected);
    assert!(rejects[2].reason.contains("`ZZZ` is not in the instruments.csv"), "{}", rejects[2].reason);
    assert!(rejects[5].reason.contains("unknown field `replays`"), "{}", rejects[5].reason);
    assert!(rejects[6].reason.contains("give yours another id"), "{}", rejects[6].reason);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_request_it_is_told_by_position_and_the_other_way_round() {
    let lake = sample().await;
    land_and_conform(&lake, &[scenario_file("crash", CRASH)]).await;
    roll_up(&lake, &work("night", date(DAYS[1]), date(DAYS[1]))).await.expect("rolled up");
    let of = portfolio("P1");
    let found = stressed(&lake, &of, date(DAYS[1]), AgeLimits::UNLIMITED, 0.2).await.expect("read");
    assert_number(found.value, 2500.0);
    let kept: Vec<StressRow> = all(&lake).await;
    assert_eq!(kept.iter().filter(|row| row.portfolio_id.as_str() == "P1").count(), 8, "seven and that of the market");
    for under in &found.scenarios {
        let is_kept = kept.iter().any(|row| row.scenario_id == under.scenario.id);
        assert_eq!(under.is_of_night, is_kept, "{}", under.scenario.id);
        if !is_kept {
            continue;
        }
        let stored = row(&lake, "P1", DAYS[1], &under.scenario.id).await;
        assert_eq!(under.total.profit.as_ref().ok().copied(), stored.profit, "{}", under.scenario.id);
    }
    let crash = found.scenarios.iter().find(|under| under.scenario.id == "crash").expect("in force");
    let names: Vec<&str> = crash.positions.iter().map(|position| position.instrument_id.as_str()).collect();
    assert_eq!(names, ["M1~USD1", "M1~AAA", "CASH~USD"], "280, 200 and 50");
    let changes = crash.positions.iter().map(|position| position.change.as_ref().expect("known"));
    assert_number(Some(changes.filter_map(PositionChange::profit).sum()), -530.0);
    // Two days with returns are too few for covariances.
    assert!(found.likeliest.expect_err("too few days").contains("20 are needed"));
    // A fifth of 2,500 is 500: a quarter of the shares; a third of the 1,500 in dollars.
    let falls: Vec<(&Falling, f64)> =
        found.falls.iter().map(|fall| (&fall.falling, *fall.fall.as_ref().expect("so much"))).collect();
    let equity = Falling::Class("equity".to_owned());
    let expected = [(&Falling::Market, 0.25), (&equity, 0.25), (&Falling::Currency(Currency::USD), 1.0 / 3.0)];
    assert_eq!(falls.len(), expected.len());
    for ((falling, fall), (wanted, number)) in falls.into_iter().zip(expected) {
        assert_eq!(falling, wanted);
        assert_number(Some(fall), number);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_night_keeps_is_there_for_whoever_asks() {
    let lake = sample().await;
    let found = stressed(&lake, &portfolio("P1"), date(DAYS[1]), AgeLimits::UNLIMITED, 0.2).await.expect("read");
    let under = |id: &str| found.scenarios.iter().find(|under| under.scenario.id == id).expect("a scenario");
    // 2,000 of shares, in euros and dollars.
    for (id, profit) in
        [("equity_down_10", -200.0), ("equity_up_10", 200.0), ("equity_up_20", 400.0), ("equity_up_40", 800.0)]
    {
        assert_number(under(id).total.profit.as_ref().ok().copied(), profit);
        assert_number(under(id).total.unreached_fraction, 0.2);
    }
    // The market begins in 2014, and on 6 January 2014 nobody knew of 2022.
    for (id, reason) in [
        ("black_monday_1987", "it has no close of 1987-08-25"),
        ("russia_1998", "it has no close of 1998-07-17"),
        ("euro_debt_2011", "it has no close of 2011-07-22"),
        ("inflation_2022", "the time that is repeated ends on 2022-10-12, after 2014-01-06"),
    ] {
        let told = under(id).total.profit.as_ref().expect_err("no figure");
        assert!(told.contains(reason), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn yields_move_what_has_a_duration() {
    let lake = sample().await;
    let with = |symbol: &str, modified: &str| Instrument {
        modified_duration: Some(modified.parse().expect("years")),
        ..instrument(symbol)
    };
    let usd = Instrument { currency: Currency::USD, ..instrument("USD1") };
    let listed = [instrument("AAA"), with("MIX", "4.25"), instrument("NEW"), instrument("ODD"), usd];
    refill::<Instrument>(&lake, &listed, "with durations").await;
    let asked = async |id: &str| {
        stressed(&lake, &portfolio(id), date(DAYS[1]), AgeLimits::UNLIMITED, 0.2).await.expect("read").scenarios
    };
    let total = |scenarios: &[UnderScenario], id: &str| {
        scenarios.iter().find(|under| under.scenario.id == id).expect("a scenario").total.clone()
    };
    // 4.25 percent of 1,000 for each percentage point; the new share, the other half, stays.
    let fund = asked("P3").await;
    for (id, profit) in [
        ("interest_rates_up_100", -42.5),
        ("interest_rates_up_200", -85.0),
        ("interest_rates_down_100", 42.5),
        ("interest_rates_down_200", 85.0),
    ] {
        let found = total(&fund, id);
        assert_number(found.profit.as_ref().ok().copied(), profit);
        assert_number(found.unreached_fraction, 0.5);
        assert_number(found.unknown_fraction, 0.0);
    }
    // Nobody says its spread duration: of the half that is bonds nobody knows, a quarter of all values.
    let found = total(&fund, "credit_spreads_up_100");
    assert_number(found.unknown_fraction, 0.25);
    let told = found.profit.expect_err("no figure");
    assert!(told.contains("25.0 % of the values") && told.contains("M1~MIX: it has no spread_duration in"), "{told}");
    // What has no class and no duration may be anything.
    let told = total(&asked("P2").await, "interest_rates_up_100").profit.expect_err("no figure");
    assert!(told.contains("M1~ODD: it has no modified_duration in instruments.csv"), "{told}");
    // Shares and cash stay as they are, and are not reached.
    let found = total(&asked("P1").await, "interest_rates_up_100");
    assert_number(found.profit.ok(), 0.0);
    assert_number(found.unreached_fraction, 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_market_moves_yields_by_loadings() {
    let lake = sample().await;
    let head = |id: &str| format!("id = \"{id}\"\nversion = 1\ntitle = \"Rates\"\n\n");
    let yields = format!("{}[yields]\nduration = \"modified_duration\"\nchange_bp = 100\n", head("rates"));
    let factor = "[[shocks]]\nfactor = \"rates\"\nchange = 0.01\nloadings = { MIX = -4.25 }\n";
    let files = [scenario_file("rates", &yields), scenario_file("own", &format!("{}{factor}", head("own")))];
    land_and_conform(&lake, &files).await;
    let rejects: Vec<Reject> = all(&lake).await;
    let [reject] = rejects.as_slice() else { panic!("one reject: {rejects:?}") };
    assert_eq!((reject.file_name.as_str(), reject.line), ("scenarios/rates.toml", 5));
    assert!(reject.reason.contains("let a `factor` move the instruments"), "{}", reject.reason);
    roll_up(&lake, &work("night", date(DAYS[1]), date(DAYS[1]))).await.expect("rolled up");
    assert_number(row(&lake, "P3", DAYS[1], "own").await.profit, -42.5);
}
