//! What yesterday's positions would have earned, worked by hand.

use lake::Lake;
use pipelines::books::book;
use pipelines::rollups::roll_up;
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::hypothetical_returns::HypotheticalReturn;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Currency, Quantity};

use crate::samples::{all, amount, date, fill, instrument, memory_lake, mirror, portfolio, quote, transaction, work};

/// Figures of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;
const DAYS: [&str; 4] = ["2014-01-02", "2014-01-03", "2014-01-06", "2014-01-07"];

#[track_caller]
fn assert_number(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= TOLERANCE * (1.0 + expected.abs()), "{found} instead of {expected}");
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

/// An announcement about AAA on the third day: two new units for one old.
fn announced(kind: &str, target: Option<&str>) -> CorporateAction {
    CorporateAction {
        market_id: "M1".parse().expect("an id"),
        instrument_id: "M1~AAA".parse().expect("an id"),
        ex_date: date(DAYS[2]),
        kind: kind.to_owned(),
        ratio_new: Some(2),
        ratio_old: Some(1),
        target_instrument_id: target.map(|id| id.parse().expect("an id")),
        amount: None,
        basis_fraction: None,
        fraction_price: None,
        pay_date: None,
        currency: None,
        landing_sha256: String::new(),
        line: 1,
    }
}

fn trade(id: i64, on: &str, kind: &str, of: (&str, i64, Currency), net_cash: &str) -> Transaction {
    let (share, units, currency) = of;
    Transaction {
        instrument_id: Some(instrument(share).instrument_id),
        quantity: Some(Quantity::new(Decimal::from(units))),
        currency,
        ..cash(id, on, kind, net_cash)
    }
}

fn cash(id: i64, on: &str, kind: &str, net_cash: &str) -> Transaction {
    Transaction { booking_sequence: id, ..transaction("P1", &format!("t{id}"), on, kind, net_cash) }
}

/// A book of 10,000 euro in shares of euro and dollars and in both currencies, which sells on the second and the third
/// day. AAA falls from 100 to 90 and is split, BBB falls from 50 to 40 dollars, the dollar rises from 0.8 euro to 1.
async fn traded(action: CorporateAction) -> Lake {
    let lake = memory_lake();
    let (euro, usd) = (Currency::EUR, Currency::USD);
    fill(&lake, &[instrument("AAA"), Instrument { currency: usd, ..instrument("BBB") }]).await;
    let closes = [("100", "50", "1.25"), ("90", "50", "1.25"), ("45", "40", "1.25"), ("45", "40", "1")];
    let of_day =
        |(on, (aaa, bbb, _)): (&&str, &(&str, &str, &str))| [quote("M1~AAA", on, aaa), quote("M1~BBB", on, bbb)];
    fill(&lake, &DAYS.iter().zip(&closes).flat_map(of_day).collect::<Vec<Quote>>()).await;
    fill(&lake, &DAYS.iter().zip(&closes).map(|(on, close)| dollar(on, close.2)).collect::<Vec<FxRate>>()).await;
    let left = if action.kind == "SPLIT" { 20 } else { 10 };
    fill(&lake, &[action]).await;
    let exchanged = Transaction {
        counter_currency: Some(usd),
        counter_amount: Some(amount("5000")),
        ..cash(3, DAYS[0], "FX", "-4000")
    };
    let sold = trade(5, DAYS[1], "SELL", ("AAA", 40, euro), "3790");
    let paid = trade(6, DAYS[1], "DIVIDEND", ("BBB", 20, usd), "12");
    let transactions = [
        cash(1, DAYS[0], "DEPOSIT", "10000"),
        trade(2, DAYS[0], "BUY", ("AAA", 50, euro), "-5000"),
        exchanged,
        trade(4, DAYS[0], "BUY", ("BBB", 20, usd), "-1000"),
        Transaction { fees: amount("10"), ..sold },
        Transaction { taxes: amount("3"), ..paid },
        trade(7, DAYS[2], "SELL", ("AAA", left, euro), "1000"),
        cash(8, DAYS[2], "WITHDRAWAL", "-1000"),
    ];
    let night = work("nightly-1", date(DAYS[0]), date(DAYS[3]));
    mirror(&lake, &night, &[portfolio("P1")], &transactions).await;
    book(&lake, &night).await.expect("booked");
    roll_up(&lake, &night).await.expect("rolled up");
    lake
}

async fn hypothetical(lake: &Lake) -> Vec<HypotheticalReturn> {
    let mut rows: Vec<HypotheticalReturn> = all(lake).await;
    rows.sort_by_key(|row| row.business_date);
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trades_of_the_day_change_the_actual_return_and_not_the_hypothetical_one() {
    let lake = traded(announced("SPLIT", None)).await;
    let rows = hypothetical(&lake).await;
    assert_eq!(rows.len(), DAYS.len());
    assert_eq!(rows[0].return_fraction, None);
    assert_eq!(rows[0].unavailable_reason.as_deref(), Some("there is no valuation date before"));
    // 50 AAA fall by 10; a dividend of 15 dollars at 0.8, before tax. What was sold at 95 does not matter.
    assert_eq!(rows[1].begin_value, Some(amount("10000")));
    assert_number(rows[1].return_fraction, (-500.0 + 12.0) / 10_000.0);
    assert_eq!(rows[1].income, Some(amount("12")));
    // Ten AAA of 90 are twenty of 45: a split is no loss. 20 BBB fall by 10 dollars of 0.8. What is left of 10,000 is
    // less 400 of the 10 AAA and the 40 sold at 95 (−100 − 200 − 10), and 12 dollars more: 10,000 − 310 + 9.6.
    assert_number(rows[2].return_fraction, -160.0 / 9_699.6);
    // 4,012 dollars in cash and 800 in BBB gain a fifth of a euro each, after 1,000 euro were taken out.
    assert_number(rows[3].return_fraction, 0.2 * 4_812.0 / 8_639.6);
    let mut actual: Vec<DailyReturn> = all(&lake).await;
    actual.sort_by_key(|row| row.business_date);
    assert_number(actual[1].return_fraction, (-310.0 + 9.6) / 10_000.0);
    // The twenty AAA were sold at 50, 5 above the close.
    assert_number(actual[2].return_fraction, (-160.0 + 100.0) / 9_699.6);
    assert_number(actual[3].return_fraction, 0.2 * 4_812.0 / 8_639.6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_by_itself_gives_the_rows_that_the_range_gave() {
    let lake = traded(announced("SPLIT", None)).await;
    let whole = hypothetical(&lake).await;
    for day in DAYS {
        let night = work(&format!("nightly-{day}"), date(day), date(day));
        book(&lake, &night).await.expect("booked");
        roll_up(&lake, &night).await.expect("rolled up");
        assert_eq!(hypothetical(&lake).await, whole, "{day} by itself");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_that_became_two_has_a_reason_and_no_loss() {
    let lake = traded(announced("SPIN_OFF", Some("M1~BBB"))).await;
    let row = hypothetical(&lake).await[2].clone();
    assert_eq!((row.return_fraction, row.kept_gain, row.revaluation), (None, None, None));
    let reason = row.unavailable_reason.expect("a reason");
    assert!(reason.starts_with("SPIN_OFF of M1~AAA on 2014-01-06: its close alone does not say"), "{reason}");
}
