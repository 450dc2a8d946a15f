//! Every check finds what is wrong and nothing else.
//!
//! One world holds one sound portfolio, whose figures lie exactly on the limits of the checks, and for every check one
//! portfolio that bears its name and has just the fault that it is there to find.

mod benchmarks;
mod planted_rows;

use lake::{Lake, WriteKey};
use pipelines::checks::{CHECKS, Layer, check};
use pipelines::{AgeLimits, Work};
use planted_rows::{
    daily_return, flow, group, part_of_shortfall, position, position_return, reported_return, shortfall, step, value,
};
use rust_decimal::Decimal;
use schemas::tables::attribution::AttributionRow;
use schemas::tables::cash_flows::CashFlow;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::exceptions::Exception;
use schemas::tables::group_returns::GroupReturn;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::positions::Position;
use schemas::tables::quotes::Quote;
use schemas::tables::risk::RiskRow;
use schemas::tables::risk_contributions::RiskContribution;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Currency, Quantity};

use crate::samples::{
    all, amount, date, fill, instrument, memory_lake, portfolio, quote, transaction, valuation, work,
};

/// The day before, and the day that is checked.
const BEFORE: &str = "2014-06-03";
const DAY: &str = "2014-06-04";
/// Five and six days before the day that is checked, and 367.
const FIVE_DAYS_OLD: &str = "2014-05-30";
const SIX_DAYS_OLD: &str = "2014-05-29";
const A_YEAR_OLD: &str = "2013-06-02";
/// The close before the dividend, and its ex-date, eight days before the day that is checked: until the evening before
/// it may still be booked.
const INTO_EX_DATE: &str = "2014-05-26";
const EX_DATE: &str = "2014-05-27";
/// Weeks before, and the day after the day that is checked.
const FIRST_WEEK: &str = "2014-05-05";
const AFTER: &str = "2014-06-05";

/// What each check names in the portfolio that bears its name; `-` is the portfolio itself.
const SUBJECTS: &[(&str, &str)] = &[
    ("unknown_instruments", "t1"),
    ("not_valued", "-"),
    ("missing_prices", "M1~AAA"),
    ("missing_fx_rates", "M1~AAA"),
    ("outdated_prices", "M1~AAA"),
    ("missing_flow_values", "t1"),
    ("cash_reconciles", "EUR"),
    ("values_foot", "-"),
    ("nav_bridge_foots", "EUR"),
    ("returns_foot", "-"),
    ("returns_chain", "-"),
    ("contributions_foot", "-"),
    ("risk_contributions_foot", "-"),
    ("group_returns_foot", "currency"),
    ("nav_bridge_unknown", "unknown"),
    ("carried_prices", "M1~AAA"),
    ("last_trade_prices", "M1~AAA"),
    ("stale_fx_rates", "M1~AAA"),
    ("short_positions", "M1~AAA"),
    ("overdrawn_cash", "CASH~EUR"),
    ("extreme_returns", "-"),
    ("missing_dividends", "M1~AAA"),
    ("unmatched_internal_transfers", "t1"),
    ("missing_benchmarks", "ZZZ"),
    ("benchmark_not_total_return", "AAA"),
    ("attribution_benchmark_differs", "currency"),
    ("missing_risk_free_rates", "EUR"),
];

#[derive(Default)]
struct World {
    portfolios: Vec<Portfolio>,
    transactions: Vec<Transaction>,
    actions: Vec<CorporateAction>,
    positions: Vec<Position>,
    flows: Vec<CashFlow>,
    valuations: Vec<Valuation>,
    values: Vec<PortfolioValue>,
    bridge: Vec<NavBridgeRow>,
    returns: Vec<DailyReturn>,
    earned: Vec<PositionReturn>,
    groups: Vec<GroupReturn>,
    measures: Vec<MeasureRow>,
    risk: Vec<RiskRow>,
    risk_parts: Vec<RiskContribution>,
    attribution: Vec<AttributionRow>,
}

/// Findings as check, portfolio and subject.
type Findings = Vec<(String, String, String)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sound_portfolio_is_found_by_no_check() {
    let mut world = World::default();
    world.add_sound("sound");
    assert_eq!(findings(&world.lake().await, Layer::Gold).await, Findings::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_check_finds_exactly_what_was_planted() {
    let mut world = World::default();
    world.add_sound("sound");
    let mut expected = Findings::new();
    for check in CHECKS {
        world.plant(check.name);
        let (_, subject) = SUBJECTS.iter().find(|(name, _)| *name == check.name).expect("every check has a case");
        let subject = if *subject == "-" { check.name } else { *subject };
        expected.push((check.name.to_owned(), check.name.to_owned(), subject.to_owned()));
    }
    assert_eq!(SUBJECTS.len(), CHECKS.len());
    expected.sort();
    let lake = world.lake().await;
    assert_eq!(findings(&lake, Layer::Gold).await, expected);
    for exception in all::<Exception>(&lake).await {
        let check = CHECKS.iter().find(|check| check.name == exception.check_name).expect("a check");
        assert_eq!((exception.severity, exception.business_date), (check.severity, date(DAY)));
        assert!(exception.message.contains(' '), "{exception:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_was_never_booked_and_what_was_booked_again_was() {
    let mut world = World::default();
    let paid = |id: &str, transaction_id: &str| Transaction {
        instrument_id: Some(instrument("AAA").instrument_id),
        ..transaction(id, transaction_id, BEFORE, "DIVIDEND", "10")
    };
    for id in ["taken_back", "booked_again"] {
        world.plant_as("missing_dividends", id);
        world.transactions.push(paid(id, "t1"));
        world.transactions.push(transaction(id, "t3", BEFORE, "DEPOSIT", "100"));
        world.transactions.push(transaction(id, "t4", BEFORE, "DEPOSIT", "7"));
    }
    world.transactions.push(paid("booked_again", "t5"));
    world.positions.push(position("taken_back", "CASH~EUR", DAY, 100));
    world.positions.push(position("booked_again", "CASH~EUR", DAY, 110));
    let lake = world.lake().await;
    // The reversals come a month later, and count on the day of what they take back.
    let reversal = |id: &str, transaction_id: &str, reverses: &str| Transaction {
        reverses: Some(reverses.to_owned()),
        ..transaction(id, transaction_id, "2014-07-04", "REVERSAL", "0")
    };
    let reversals = ["taken_back", "booked_again"].map(|id| [reversal(id, "t6", "t1"), reversal(id, "t7", "t4")]);
    lake.upsert(&reversals.concat(), &WriteKey::new("later", 1)).await.expect("written");
    let missing = ("missing_dividends".to_owned(), "taken_back".to_owned(), "M1~AAA".to_owned());
    assert_eq!(findings(&lake, Layer::Gold).await, [missing]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dividend_is_missing_if_nothing_that_stands_for_it_was_booked_in_time() {
    let mut world = World::default();
    let cases = [
        ("before_the_ex_date", INTO_EX_DATE, "DIVIDEND", true),
        ("on_the_ex_date", EX_DATE, "DIVIDEND", false),
        ("reinvested", "2014-05-30", "DIVIDEND_REINVESTED", false),
        ("another_kind", "2014-05-30", "RETURN_OF_CAPITAL", true),
        ("too_late", DAY, "DIVIDEND", true),
    ];
    for (id, on, kind, _) in cases {
        world.plant_as("missing_dividends", id);
        let paid_by = Some(instrument("AAA").instrument_id);
        world.transactions.push(Transaction { instrument_id: paid_by, ..transaction(id, "t1", on, kind, "10") });
    }
    // Nothing was held into the ex-date: sold the evening before, and bought on the day itself.
    for (id, quantity_before, quantity_then) in [("sold", 0, 0), ("bought", 0, 10)] {
        world.portfolios.push(portfolio(id));
        world.values.push(value(id, None, "0", "0"));
        world.positions.push(position(id, "M1~AAA", FIRST_WEEK, 10));
        world.positions.push(position(id, "M1~AAA", INTO_EX_DATE, quantity_before));
        world.positions.push(position(id, "M1~AAA", EX_DATE, quantity_then));
    }
    let found = findings(&world.lake().await, Layer::Gold).await;
    let named = |id: &str| ("missing_dividends".to_owned(), id.to_owned(), "M1~AAA".to_owned());
    let mut expected: Findings = cases.iter().filter(|case| case.3).map(|case| named(case.0)).collect();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cash_that_is_late_is_found_once_whatever_range_is_checked() {
    // Both go ex on a Saturday and are paid eight days before the day: on the day they are late.
    let paid = |kind: &str| CorporateAction { pay_date: Some(date(EX_DATE)), ..announced("BBB", "2014-05-24", kind) };
    let mut world = World { actions: vec![paid("SPECIAL_DIVIDEND"), paid("RETURN_OF_CAPITAL")], ..World::default() };
    world.portfolios.push(portfolio("p"));
    world.positions.push(position("p", "M1~BBB", FIRST_WEEK, 10));
    for (previous, on) in [(EX_DATE, BEFORE), (BEFORE, DAY), (DAY, AFTER)] {
        let (previous, on) = (Some(date(previous)), date(on));
        world.values.push(PortfolioValue {
            business_date: on,
            previous_business_date: previous,
            ..value("p", None, "0", "0")
        });
    }
    let lake = world.lake().await;
    let message = "nothing was booked for the RETURN_OF_CAPITAL of 2014-05-24, 10 × 1 EUR, up to 2014-06-03; \
                   nothing was booked for the SPECIAL_DIVIDEND of 2014-05-24, 10 × 1 EUR, up to 2014-06-03";
    let ranges = [(BEFORE, AFTER, 1), (FIRST_WEEK, DAY, 1), (DAY, DAY, 1), (BEFORE, BEFORE, 0), (AFTER, AFTER, 0)];
    for (place, (from, to, count)) in ranges.into_iter().enumerate() {
        let run = format!("checks-{place}");
        check(&lake, &work(&run, date(from), date(to)), Layer::Gold).await.expect("checked");
        let found = all::<Exception>(&lake).await;
        let of_range = found.iter().filter(|row| (date(from)..=date(to)).contains(&row.business_date));
        let late: Vec<&Exception> = of_range.filter(|row| row.check_name == "missing_dividends").collect();
        assert_eq!(late.len(), count, "{from} to {to}: {late:?}");
        assert!(late.iter().all(|row| row.business_date == date(DAY) && row.message == message), "{late:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_look_is_at_silver_and_the_second_replaces_it() {
    let mut world = World::default();
    world.plant("unknown_instruments");
    world.plant("missing_prices");
    let lake = world.lake().await;
    let names = |findings: Findings| findings.into_iter().map(|(check, ..)| check).collect::<Vec<String>>();
    assert_eq!(names(findings(&lake, Layer::Silver).await), ["unknown_instruments"]);
    assert_eq!(names(findings(&lake, Layer::Gold).await), ["missing_prices", "unknown_instruments"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_benchmark_without_a_close_is_told_from_one_that_is_not_listed() {
    let mut world = World::default();
    ["unlisted", "unquoted", "blended"].into_iter().for_each(|id| world.compare_with_nothing(id));
    world.portfolios[1].benchmark_symbol = Some("AAA".to_owned());
    let benchmark_blend = Some("AAA 0.5, ZZZ 0.5; daily".to_owned());
    world.portfolios[2] = Portfolio { benchmark_blend, ..portfolio("blended") };
    let lake = world.lake().await;
    let found = |id: &str, symbol: &str| ("missing_benchmarks".to_owned(), id.to_owned(), symbol.to_owned());
    let blended = found("blended", "AAA 0.5, ZZZ 0.5; daily");
    assert_eq!(findings(&lake, Layer::Gold).await, [blended, found("unlisted", "ZZZ"), found("unquoted", "AAA")]);
    let mut messages: Vec<String> = all::<Exception>(&lake).await.into_iter().map(|row| row.message).collect();
    messages.sort();
    let expected = [
        "a part of the benchmark AAA 0.5, ZZZ 0.5; daily has no close or no exchange rate by then, or is not listed in \
         the market M1",
        "the benchmark AAA has no close or no exchange rate by then",
        "the benchmark ZZZ is not listed in the market M1",
    ];
    assert_eq!(messages, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_that_is_not_asked_for_is_not_checked() {
    let mut world = World::default();
    CHECKS.iter().for_each(|check| world.plant(check.name));
    let lake = world.lake().await;
    let next = date(DAY).next_calendar_day();
    check(&lake, &work("checks-2", next, next), Layer::Gold).await.expect("checked");
    let found = all::<Exception>(&lake).await;
    assert!(found.is_empty(), "{found:?}");
}

async fn findings(lake: &Lake, layer: Layer) -> Findings {
    let as_shipped = Work { age_limits: AgeLimits::default(), ..work("checks-1", date(DAY), date(DAY)) };
    check(lake, &as_shipped, layer).await.expect("checked");
    let exceptions = all::<Exception>(lake).await;
    let named = |row: &Exception| (row.check_name.clone(), row.portfolio_id.to_string(), row.subject.clone());
    let mut findings: Findings = exceptions.iter().map(named).collect();
    findings.sort();
    findings
}

impl World {
    async fn lake(&self) -> Lake {
        let lake = memory_lake();
        fill(&lake, &[instrument("AAA")]).await;
        fill(&lake, &[vec![announced("AAA", EX_DATE, "CASH_DIVIDEND")], self.actions.clone()].concat()).await;
        fill(&lake, &[quoted(DAY)]).await;
        fill(&lake, &self.portfolios).await;
        fill(&lake, &self.transactions).await;
        fill(&lake, &self.positions).await;
        fill(&lake, &self.flows).await;
        fill(&lake, &self.valuations).await;
        fill(&lake, &self.values).await;
        fill(&lake, &self.bridge).await;
        fill(&lake, &self.returns).await;
        fill(&lake, &self.earned).await;
        fill(&lake, &self.groups).await;
        fill(&lake, &self.measures).await;
        fill(&lake, &self.risk).await;
        fill(&lake, &self.risk_parts).await;
        fill(&lake, &self.attribution).await;
        lake
    }

    /// 1,000 paid in, ten units held into the ex-date, their dividend booked on the last day on which it is not late, a
    /// return of exactly a quarter.
    fn add_sound(&mut self, id: &str) {
        let dividend = transaction(id, "t2", BEFORE, "DIVIDEND", "10");
        self.portfolios.push(portfolio(id));
        self.transactions.push(transaction(id, "t1", BEFORE, "DEPOSIT", "1000"));
        self.transactions.push(Transaction { instrument_id: Some(instrument("AAA").instrument_id), ..dividend });
        self.positions.push(position(id, "CASH~EUR", BEFORE, 1000));
        self.positions.push(position(id, "CASH~EUR", DAY, 1010));
        self.positions.push(position(id, "M1~AAA", INTO_EX_DATE, 10));
        self.flows.push(flow(id, Some(amount("0"))));
        let held = valuation(id, "M1~AAA", DAY, Some(amount("240")));
        self.valuations.push(valuation(id, "CASH~EUR", DAY, Some(amount("1010"))));
        self.valuations.push(Valuation {
            price_date: Some(date(FIVE_DAYS_OLD)),
            fx_rate_date: Some(date(FIVE_DAYS_OLD)),
            ..held
        });
        self.values.push(value(id, Some(amount("1250")), "240", "1010"));
        self.returns.push(daily_return(id, "1000", "1250", 0.25));
        self.earned.push(position_return(id, "M1~AAA", 0.240_000_009));
        self.earned.push(position_return(id, "CASH~EUR", 0.01));
        self.bridge.push(step(id, BridgeComponent::Dividends, "10"));
        self.bridge.push(step(id, BridgeComponent::UnrealisedPriceGain, "240.000009"));
        self.measures.push(reported_return(id, 0.25));
        self.groups.push(group(id, 0.25 + 5e-10));
        self.risk.push(shortfall(id, 10.0));
        self.risk_parts.push(part_of_shortfall(id, 10.0 + 5e-9));
    }

    /// A portfolio with one fault, the one that the check of its name finds.
    fn plant(&mut self, check: &str) {
        self.plant_as(check, check);
    }

    /// A portfolio with the fault that a check finds.
    fn plant_as(&mut self, check: &str, id: &str) {
        let held = valuation(id, "M1~AAA", DAY, Some(amount("90")));
        match check {
            "unknown_instruments" => {
                let booked = transaction(id, "t1", DAY, "BUY", "-100");
                self.transactions.push(Transaction { instrument_id: Some(instrument("ZZZ").instrument_id), ..booked });
            }
            "not_valued" => self.portfolios.push(Portfolio { market_id: quoted(DAY).market_id, ..portfolio(id) }),
            "missing_prices" => self.valuations.push(valuation(id, "M1~AAA", DAY, None)),
            "missing_fx_rates" => self.valuations.push(Valuation { value_base: None, fx_rate: None, ..held }),
            "outdated_prices" => self.valuations.push(Valuation { price_date: Some(date(A_YEAR_OLD)), ..held }),
            "missing_flow_values" => self.flows.push(flow(id, None)),
            "cash_reconciles" => {
                self.transactions.push(transaction(id, "t1", BEFORE, "DEPOSIT", "100"));
                self.positions.push(position(id, "CASH~EUR", DAY, 99));
            }
            "values_foot" => {
                self.values.push(value(id, Some(amount("100")), "60", "40"));
                self.valuations.push(held);
            }
            "nav_bridge_foots" => {
                self.returns.push(daily_return(id, "100", "110", 0.1));
                self.bridge.push(step(id, BridgeComponent::Interest, "9"));
                self.bridge.push(NavBridgeRow {
                    detail: Some("not explained by its own parts: t1".to_owned()),
                    ..step(id, BridgeComponent::Residual, "1")
                });
            }
            "nav_bridge_unknown" => self.earn_unknown(id),
            "returns_foot" => self.earn(id, "10", "110", 0.2),
            "group_returns_foot" => {
                self.earn(id, "10", "110", 0.1);
                self.groups.push(group(id, 0.09));
            }
            "returns_chain" => {
                self.earn(id, "10", "110", 0.1);
                self.measures.push(reported_return(id, 0.11));
            }
            "contributions_foot" => {
                self.earn(id, "10", "110", 0.1);
                self.earned.push(position_return(id, "M1~AAA", 0.099));
            }
            "risk_contributions_foot" => {
                self.risk.push(shortfall(id, 10.0));
                self.risk_parts.push(part_of_shortfall(id, 9.9));
            }
            "carried_prices" => self.valuations.push(Valuation { price_date: Some(date(SIX_DAYS_OLD)), ..held }),
            "last_trade_prices" => self.valuations.push(Valuation { price_basis: "last_trade".to_owned(), ..held }),
            "stale_fx_rates" => self.valuations.push(Valuation { fx_rate_date: Some(date(SIX_DAYS_OLD)), ..held }),
            "short_positions" => {
                self.valuations.push(Valuation { quantity: Quantity::new(Decimal::NEGATIVE_ONE), ..held });
            }
            "overdrawn_cash" => self.valuations.push(valuation(id, "CASH~EUR", DAY, Some(amount("-1")))),
            "extreme_returns" => self.earn(id, "30", "130", 0.3),
            "missing_dividends" => {
                self.portfolios.push(portfolio(id));
                self.positions.push(position(id, "M1~AAA", INTO_EX_DATE, 10));
                self.values.push(value(id, None, "0", "0"));
            }
            "unmatched_internal_transfers" => {
                self.transactions.push(sent(id));
                self.flows.push(flow(id, Some(amount("0"))));
            }
            "missing_benchmarks" => self.compare_with_nothing(id),
            "benchmark_not_total_return" => self.compare_with(id, "AAA"),
            "attribution_benchmark_differs" => self.attribute(id, 0.02),
            "missing_risk_free_rates" => self.measure_above_nothing(id),
            other => panic!("plant what `{other}` is there to find"),
        }
    }

    /// Interest that led from 100 to another value, and what is said to be the return.
    fn earn(&mut self, id: &str, interest: &str, end_value: &str, return_fraction: f64) {
        self.returns.push(daily_return(id, "100", end_value, return_fraction));
        self.bridge.push(step(id, BridgeComponent::Interest, interest));
    }

    /// A return of which nobody knows what it came from.
    fn earn_unknown(&mut self, id: &str) {
        self.returns.push(daily_return(id, "100", "110", 0.1));
        self.bridge.push(NavBridgeRow {
            amount: None,
            amount_base: None,
            detail: Some("transaction t1: there is no USD rate on its day".to_owned()),
            ..step(id, BridgeComponent::Unknown, "0")
        });
    }

    /// A portfolio whose rate without risk nobody has delivered.
    fn measure_above_nothing(&mut self, id: &str) {
        let risk_free_source = Some("M1".parse().expect("an id"));
        self.portfolios.push(Portfolio { risk_free_source, ..portfolio(id) });
        self.values.push(value(id, None, "0", "0"));
    }

    /// A portfolio whose benchmark is not listed.
    fn compare_with_nothing(&mut self, id: &str) {
        self.portfolios.push(Portfolio { benchmark_symbol: Some("ZZZ".to_owned()), ..portfolio(id) });
        self.values.push(value(id, None, "0", "0"));
    }
}

/// Ten units that left for another portfolio.
fn sent(id: &str) -> Transaction {
    Transaction {
        instrument_id: Some(instrument("AAA").instrument_id),
        quantity: Some(Quantity::new(Decimal::TEN)),
        ..transaction(id, "t1", BEFORE, "INTERNAL_OUT", "0")
    }
}

/// A close of a market in which only the portfolio that cannot be booked is.
fn quoted(on: &str) -> Quote {
    Quote { market_id: "M2".parse().expect("an id"), ..quote("M2~AAA", on, "9") }
}

/// An announcement of one euro a unit.
fn announced(symbol: &str, ex_date: &str, kind: &str) -> CorporateAction {
    let paid_by = instrument(symbol);
    CorporateAction {
        market_id: paid_by.market_id,
        instrument_id: paid_by.instrument_id,
        ex_date: date(ex_date),
        kind: kind.to_owned(),
        ratio_new: None,
        ratio_old: None,
        target_instrument_id: None,
        amount: Some("1".parse().expect("a number")),
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: Some(Currency::EUR),
        landing_sha256: String::new(),
        line: 2,
    }
}
