//! Transactions as booked.

use schemas::Currency;
use schemas::tables::transactions::Transaction;

use crate::house::{DATES, House, date, id, key};

#[tokio::test]
async fn transactions_are_shown_as_booked() {
    let house = House::with_values().await;
    let purchase = Transaction {
        portfolio_id: id("D03"),
        transaction_id: "7".to_owned(),
        booking_sequence: 7,
        trade_date: date(DATES[0]),
        settlement_date: Some(date("2015-01-05")),
        kind: "BUY".to_owned(),
        instrument_id: Some("world~SAP".parse().expect("an instrument")),
        quantity: Some("12.5".parse().expect("a number")),
        price: Some("60.15".parse().expect("a number")),
        currency: Currency::EUR,
        fees: "1.125".parse().expect("a number"),
        taxes: "0".parse().expect("a number"),
        net_cash: "-753.00".parse().expect("a number"),
        counter_currency: None,
        counter_amount: None,
        lot_cost: None,
        lot_acquired_date: None,
        lots_closed: Some("3=12.5".to_owned()),
        reverses: None,
        counter_portfolio_id: None,
        recorded_at: Some("2014-12-31T18:00:00Z".parse().expect("an instant")),
        note: String::new(),
        origin: "D03/transactions.csv:7".to_owned(),
    };
    house.lake.replace_all(&[purchase], &key()).await.expect("written");
    let transactions = house.get("/portfolios/D03/transactions?from=2014-12-01").await.json();
    let item = &transactions["items"][0];
    assert_eq!(item["id"], "7");
    assert_eq!(item["net_cash"], "-753");
    assert_eq!(item["taxes"], "0");
    assert_eq!(item["counter_currency"], serde_json::Value::Null);
    assert_eq!(item["settlement_date"], "2015-01-05");
    assert_eq!(item["lots_closed"], "3=12.5");
    assert_eq!(item["reverses"], serde_json::Value::Null);
    assert_eq!(item["recorded_at"], "2014-12-31T18:00:00Z");
    let later = house.get("/portfolios/D03/transactions?from=2014-12-31").await.json();
    assert_eq!(later["items"].as_array().map(Vec::len), Some(0));
}
