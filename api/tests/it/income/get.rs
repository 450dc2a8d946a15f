//! Income by kind, as the change in value has it, and the bookings behind it.

use schemas::Currency;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::transactions::Transaction;
use serde_json::Value;

use crate::house::{DATES, House, date, id, key};

fn step(day: &str, component: BridgeComponent, currency: Currency, amounts: (&str, &str)) -> NavBridgeRow {
    NavBridgeRow {
        portfolio_id: id("D03"),
        business_date: date(day),
        component,
        currency,
        amount: Some(amounts.0.parse().expect("a number")),
        amount_base: Some(amounts.1.parse().expect("a number")),
        detail: None,
    }
}

fn booking(id_text: &str, day: &str, kind: &str, net_cash: &str, taxes: &str) -> Transaction {
    Transaction {
        portfolio_id: id("D03"),
        transaction_id: id_text.to_owned(),
        booking_sequence: 1,
        trade_date: date(day),
        settlement_date: None,
        kind: kind.to_owned(),
        instrument_id: Some("world~SAP".parse().expect("an instrument")),
        quantity: None,
        price: None,
        currency: Currency::USD,
        fees: "0".parse().expect("a number"),
        taxes: taxes.parse().expect("a number"),
        net_cash: net_cash.parse().expect("a number"),
        counter_currency: None,
        counter_amount: None,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: None,
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: None,
        note: String::new(),
        origin: format!("D03/transactions.csv:{id_text}"),
    }
}

#[tokio::test]
async fn income_is_that_of_the_change_in_value() {
    let house = House::with_values().await;
    let steps = [
        step(DATES[0], BridgeComponent::Dividends, Currency::USD, ("100.00", "80")),
        step(DATES[1], BridgeComponent::Dividends, Currency::USD, ("50", "41.5")),
        step(DATES[1], BridgeComponent::Interest, Currency::EUR, ("-0.25", "-0.25")),
        step(DATES[1], BridgeComponent::TaxWithholding, Currency::USD, ("-22.5", "-18.2")),
        step(DATES[1], BridgeComponent::FeeCustody, Currency::EUR, ("-3", "-3")),
    ];
    house.write_between(DATES[0], DATES[1], &steps).await;
    let income = house.get("/portfolios/D03/income").await.json();
    // 80 + 41.5 − 0.25, and 18.2 withheld; the fee is no tax on income.
    assert_eq!((&income["gross_base"], &income["taxes_base"]), (&Value::from("121.25"), &Value::from("-18.2")));
    assert_eq!((&income["net_base"], &income["base_currency"]), (&Value::from("103.05"), &Value::from("EUR")));
    let parts = income["components"].as_array().expect("a list");
    let of = |part: &Value| (part["component"].clone(), part["currency"].clone(), part["amount"].clone());
    assert_eq!(
        parts.iter().map(of).collect::<Vec<_>>(),
        [
            ("dividends".into(), "USD".into(), "150".into()),
            ("interest".into(), "EUR".into(), "-0.25".into()),
            ("tax_withholding".into(), "USD".into(), "-22.5".into()),
        ]
    );
    let last = house.get("/portfolios/D03/income?from=2014-12-31&to=2014-12-31").await.json();
    assert_eq!(last["gross_base"], "41.25");
}

#[tokio::test]
async fn bookings_say_what_took_them_back() {
    let house = House::with_values().await;
    let reversal = Transaction { reverses: Some("2".to_owned()), ..booking("4", DATES[1], "REVERSAL", "-8", "0") };
    let booked = [
        booking("1", "2014-05-22", "DIVIDEND", "85", "15"),
        booking("2", DATES[0], "DIVIDEND", "8", "0"),
        booking("3", DATES[0], "BUY", "-500", "0"),
        reversal,
    ];
    house.lake.replace_all(&booked, &key()).await.expect("written");
    // The reversal was booked after the range, and tells of what is in it.
    let income = house.get(&format!("/portfolios/D03/income?to={}", DATES[0])).await.json();
    let items = income["items"].as_array().expect("a list");
    let of = |item: &Value| (item["transaction_id"].clone(), item["taxes"].clone(), item["taken_back_by"].clone());
    assert_eq!(
        items.iter().map(of).collect::<Vec<_>>(),
        [("1".into(), "15".into(), Value::Null), ("2".into(), "0".into(), "4".into())]
    );
    assert_eq!((&income["gross_base"], &income["components"]), (&Value::from("0"), &Value::Array(Vec::new())));
}

#[tokio::test]
async fn a_change_that_is_not_known_in_parts_has_no_income() {
    let house = House::with_values().await;
    let unknown = NavBridgeRow {
        amount: None,
        amount_base: None,
        detail: Some("no books before 2014-12-30".to_owned()),
        ..step(DATES[0], BridgeComponent::Unknown, Currency::EUR, ("0", "0"))
    };
    let steps = [unknown, step(DATES[1], BridgeComponent::Dividends, Currency::EUR, ("100", "100"))];
    house.write_between(DATES[0], DATES[1], &steps).await;
    let income = house.get("/portfolios/D03/income").await.json();
    assert_eq!((&income["gross_base"], &income["net_base"]), (&Value::Null, &Value::Null));
    assert_eq!(income["components"], Value::Array(Vec::new()));
    let reason = income["unavailable_reason"].as_str().expect("a reason");
    assert!(reason.ends_with("no books before 2014-12-30"), "{reason}");
    // A day of its own is known.
    let last = house.get("/portfolios/D03/income?from=2014-12-31").await.json();
    assert_eq!((&last["gross_base"], &last["unavailable_reason"]), (&Value::from("100"), &Value::Null));
}
