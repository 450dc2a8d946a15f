//! Households and composites on a date, each worked by hand, and what holds for any amounts.

use ledger::FxBoard;
use proptest::prelude::*;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolio_values::PortfolioValue;

use super::super::members::{Transfer, groups};
use super::*;

fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

fn id(text: &str) -> PortfolioId {
    text.parse().expect("an id")
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// Portfolios in euro of a market each, called like them.
fn known(portfolios: &[&str]) -> Known {
    let mut known = Known::default();
    for name in portfolios {
        let portfolio = Portfolio {
            portfolio_id: id(name),
            market_id: name.parse().expect("an id"),
            fx_source: "M1".parse().expect("an id"),
            title: (*name).to_owned(),
            base_currency: Currency::EUR,
            start_date: date("2014-01-02"),
            end_date: None,
            benchmark_symbol: None,
            benchmark_blend: None,
            risk_free_annual: None,
            risk_free_source: None,
            client_email: None,
            delivery: None,
            cost_basis: "fifo".to_owned(),
            locked_through: None,
            language: schemas::Language::English,
            confirmations: false,
        };
        known.portfolios.insert(id(name), portfolio);
    }
    known
}

/// A day of a portfolio: its value before, what came in, what went out, and its value.
fn day(known: &mut Known, name: &str, on: &str, before: Option<&str>, amounts: [&str; 4]) {
    let amount = |place: usize| amounts.get(place).map(|text| Amount::new(number(text)));
    let value = PortfolioValue {
        portfolio_id: id(name),
        business_date: date(on),
        previous_business_date: before.map(date),
        base_currency: Currency::EUR,
        market_value: amount(3),
        securities_value: amount(3),
        cash_value: Some(Amount::ZERO),
        position_count: 1,
        carried_price_count: 0,
        missing_count: 0,
        benchmark_level: None,
        risk_free_annual: None,
    };
    let earned = DailyReturn {
        portfolio_id: id(name),
        business_date: date(on),
        begin_value: amount(0),
        inflow: amount(1),
        outflow: amount(2),
        end_value: amount(3),
        return_fraction: None,
        benchmark_return_fraction: None,
        return_before_fees_fraction: None,
        return_before_taxes_fraction: None,
        risk_free_annual: None,
        is_observed: Some(true),
    };
    known.values.entry(id(name)).or_default().insert(date(on), value);
    known.returns.insert((id(name), date(on)), earned);
    known.open.insert((name.parse().expect("an id"), date(on)));
}

fn sent(known: &mut Known, from: &str, to: &str, on: &str, amount: &str) {
    let row = Transfer { other: id(to), inflow: Decimal::ZERO, outflow: number(amount) };
    known.transfers.entry((id(from), date(on))).or_default().push(row);
}

fn received(known: &mut Known, to: &str, from: &str, on: &str, amount: &str) {
    let row = Transfer { other: id(from), inflow: number(amount), outflow: Decimal::ZERO };
    known.transfers.entry((id(to), date(on))).or_default().push(row);
}

fn group(kind: &str, currency: Currency, members: &[&str]) -> Group {
    let row = |name: &&str| GroupMember {
        group_id: "G".parse().expect("an id"),
        title: "G".to_owned(),
        kind: kind.to_owned(),
        base_currency: currency,
        portfolio_id: id(name),
        from_date: date("2014-01-02"),
        to_date: None,
        landing_sha256: String::new(),
    };
    groups(members.iter().map(row).collect()).pop().expect("a group")
}

fn figures(row: &PortfolioGroupReturn) -> [Option<Decimal>; 4] {
    [row.begin_value, row.inflow, row.outflow, row.end_value]
        .map(|amount| amount.map(|amount| amount.decimal().normalize()))
}

fn numbers(texts: [&str; 4]) -> [Option<Decimal>; 4] {
    texts.map(|text| Some(number(text).normalize()))
}

fn assert_close(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?}, not {expected}");
}

const FIRST: &str = "2014-01-03";
const NEXT: &str = "2014-01-06";

#[test]
fn what_members_send_each_other_is_no_flow_of_their_household() {
    let mut known = known(&["A", "B"]);
    // A sends 300 of its 1,000 to B, which also gets 100 from outside: 1,500 and 100 become 1,648.
    day(&mut known, "A", FIRST, Some("2014-01-02"), ["1000", "0", "300", "714"]);
    day(&mut known, "B", FIRST, Some("2014-01-02"), ["500", "400", "0", "934"]);
    sent(&mut known, "A", "B", FIRST, "300");
    received(&mut known, "B", "A", FIRST, "300");
    let row = group("household", Currency::EUR, &["A", "B"]).row(&known, date(FIRST));
    assert_eq!(figures(&row), numbers(["1500", "100", "0", "1648"]));
    assert_close(row.return_fraction, 1648.0 / 1600.0 - 1.0);
    // Of a household that B does not belong to they are flows.
    let row = group("household", Currency::EUR, &["A"]).row(&known, date(FIRST));
    assert_eq!(figures(&row), numbers(["1000", "0", "300", "714"]));
}

#[test]
fn what_only_one_side_has_booked_is_on_its_way_and_outside() {
    let mut known = known(&["A", "B"]);
    day(&mut known, "A", FIRST, Some("2014-01-02"), ["1000", "0", "300", "700"]);
    day(&mut known, "B", FIRST, Some("2014-01-02"), ["500", "0", "0", "500"]);
    sent(&mut known, "A", "B", FIRST, "300");
    day(&mut known, "A", NEXT, Some(FIRST), ["700", "0", "0", "700"]);
    day(&mut known, "B", NEXT, Some(FIRST), ["500", "300", "0", "800"]);
    received(&mut known, "B", "A", NEXT, "300");
    let rows = group("household", Currency::EUR, &["A", "B"]).rows(&known, date(FIRST), date(NEXT));
    let [first, next] = rows.as_slice() else { panic!("two days: {rows:?}") };
    assert_eq!(figures(first), numbers(["1500", "0", "300", "1200"]));
    assert_eq!(figures(next), numbers(["1200", "300", "0", "1500"]));
    assert_close(first.return_fraction, 0.0);
    assert_close(next.return_fraction, 0.0);
}

#[test]
fn a_composite_weighs_its_members_by_what_they_were_worth_before() {
    let mut known = known(&["A", "B", "C"]);
    // A earns 10 %, B loses 2 % in spite of 500 that come in, and C begins on the day.
    day(&mut known, "A", FIRST, Some("2014-01-02"), ["3000", "0", "0", "3300"]);
    day(&mut known, "B", FIRST, Some("2014-01-02"), ["1000", "500", "0", "1470"]);
    day(&mut known, "C", FIRST, None, ["0", "900", "0", "990"]);
    let row = group("composite", Currency::EUR, &["A", "B", "C"]).row(&known, date(FIRST));
    assert_close(row.return_fraction, (3000.0 * 0.1 + 1000.0 * -0.02) / 4000.0);
    assert_eq!((row.member_count, row.carried_member_count), (3, 0));
    assert_eq!(figures(&row), numbers(["4000", "1400", "0", "5760"]));
}

#[test]
fn a_member_whose_market_is_closed_counts_with_its_value_before() {
    let mut known = known(&["A", "B"]);
    day(&mut known, "A", FIRST, Some("2014-01-02"), ["1000", "0", "0", "1000"]);
    day(&mut known, "B", FIRST, Some("2014-01-02"), ["1000", "0", "0", "1000"]);
    day(&mut known, "A", NEXT, Some(FIRST), ["1000", "0", "0", "1100"]);
    let household = group("household", Currency::EUR, &["A", "B"]);
    let row = household.row(&known, date(NEXT));
    assert_eq!((row.member_count, row.carried_member_count), (2, 1));
    assert_eq!(figures(&row), numbers(["2000", "0", "0", "2100"]));
    assert_close(row.return_fraction, 0.05);
    // Where it is open, a value is missing.
    known.open.insert(("B".parse().expect("an id"), date(NEXT)));
    let row = household.row(&known, date(NEXT));
    assert_eq!((row.reason.as_deref(), row.end_value), (Some("`B` has no value on 2014-01-06"), None));
    assert_eq!((row.return_fraction, row.member_count), (None, 2));
    // Five weeks later it is no value any more.
    day(&mut known, "A", "2014-02-10", Some(NEXT), ["1100", "0", "0", "1100"]);
    let row = household.row(&known, date("2014-02-10"));
    assert_eq!(row.reason.as_deref(), Some("`B` was not valued in the 31 days up to 2014-02-10"));
}

#[test]
fn exchange_rates_are_part_of_the_return_of_a_group() {
    let mut known = known(&["A"]);
    day(&mut known, "A", NEXT, Some(FIRST), ["1000", "0", "0", "1100"]);
    let household = group("household", Currency::USD, &["A"]);
    let missing = "`A` has no rate from EUR to USD on 2014-01-03 that is young enough";
    assert_eq!(household.row(&known, date(NEXT)).reason.as_deref(), Some(missing));
    let rate = |on: &str, units: &str| FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: units.parse().expect("a number"),
        landing_sha256: String::new(),
        line: 2,
    };
    let rates = [rate(FIRST, "1.25"), rate(NEXT, "1.2")];
    known.boards.insert("M1".parse().expect("an id"), FxBoard::new(&rates));
    // 1,250 dollars became 1,320.
    let row = household.row(&known, date(NEXT));
    assert_eq!(figures(&row), numbers(["1250", "0", "0", "1320"]));
    assert_close(row.return_fraction, 1320.0 / 1250.0 - 1.0);
}

proptest! {
    #[test]
    fn a_household_is_one_portfolio(
        cents in prop::collection::vec(
            (1_i64..10_000_000, 0_i64..100_000, 0_i64..100_000, 1_i64..10_000_000),
            1..5,
        )
    ) {
        let names = ["A", "B", "C", "D"];
        let mut known = known(&names[..cents.len()]);
        let mut sums = [0_i64; 4];
        for (name, (begin, inflow, outflow, end)) in names.iter().zip(&cents) {
            let amounts = [*begin, *inflow, *outflow, *end];
            sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
            let texts = amounts.map(|amount| Decimal::new(amount, 2).to_string());
            let [begin, inflow, outflow, end] = &texts;
            day(&mut known, name, FIRST, Some("2014-01-02"), [begin, inflow, outflow, end]);
        }
        let [begin, inflow, outflow, end] = sums.map(|cents| i128::from(cents) * 100_000_000);
        let expected = daily_return(begin, inflow, outflow, end);
        let household = group("household", Currency::EUR, &names[..cents.len()]).row(&known, date(FIRST));
        prop_assert_eq!(household.return_fraction, expected);
        // A composite lies between its best and its worst member.
        let composite = group("composite", Currency::EUR, &names[..cents.len()]).row(&known, date(FIRST));
        let own: Vec<f64> = names.iter().take(cents.len()).filter_map(|name| {
            group("household", Currency::EUR, &[*name]).row(&known, date(FIRST)).return_fraction
        }).collect();
        let (low, high) = own.iter().fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(*one), high.max(*one)));
        let earned = composite.return_fraction.expect("every member has capital");
        prop_assert!(low - 1e-9 <= earned && earned <= high + 1e-9, "{} is not from {} to {}", earned, low, high);
    }
}
