//! What a transaction is, whatever its id: a key that follows from what was booked.
//!
//! Exports of brokers have no ids that stay, or give an edited line a new one. What stays is the content: two lines
//! with one key are the same booking seen twice, or two equal bookings of one day, and only their count tells which.

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use sha2::{Digest, Sha256};

/// The key of a transaction: SHA-256 of everything that it books, as 64 hexadecimal digits.
///
/// - The same for: `1.50` and `1.5`; another id, note or origin, another place in the file, another moment at which it
///   was recorded; another settlement date, which some exports fill in only once the trade has settled.
/// - Different for: any other difference, the portfolio and the market of the instrument included.
///
/// The key is kept in ids for ever, so what goes into it, and in which form, never changes.
pub fn semantic_key(transaction: &Transaction) -> String {
    let instrument_id = transaction.instrument_id.as_ref().map(ToString::to_string);
    let lot_acquired_date = transaction.lot_acquired_date.map(|date| date.to_string());
    let fields = [
        ("portfolio_id", Some(transaction.portfolio_id.to_string())),
        ("trade_date", Some(transaction.trade_date.to_string())),
        ("kind", Some(transaction.kind.clone())),
        ("instrument_id", instrument_id),
        ("quantity", transaction.quantity.map(|quantity| one_form(quantity.decimal()))),
        ("price", transaction.price.map(|price| one_form(price.decimal()))),
        ("currency", Some(transaction.currency.to_string())),
        ("fees", Some(one_form(transaction.fees.decimal()))),
        ("taxes", Some(one_form(transaction.taxes.decimal()))),
        ("net_cash", Some(one_form(transaction.net_cash.decimal()))),
        ("counter_currency", transaction.counter_currency.map(|currency| currency.to_string())),
        ("counter_amount", transaction.counter_amount.map(|amount| one_form(amount.decimal()))),
        ("lot_cost", transaction.lot_cost.map(|amount| one_form(amount.decimal()))),
        ("lot_acquired_date", lot_acquired_date),
        ("lots_closed", transaction.lots_closed.clone()),
        ("reverses", transaction.reverses.clone()),
        ("counter_portfolio_id", transaction.counter_portfolio_id.as_ref().map(ToString::to_string)),
    ];
    let mut digest = Sha256::new();
    for (name, value) in fields {
        // The length keeps a text that looks like the next field from being taken for it.
        let told = value.map_or_else(|| "-".to_owned(), |value| format!("{}:{value}", value.len()));
        digest.update(format!("{name}={told}\n"));
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A number without trailing zeros and without a minus before zero.
fn one_form(number: Decimal) -> String {
    number.normalize().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use schemas::{Amount, Currency};

    use super::*;

    fn purchase() -> Transaction {
        Transaction {
            portfolio_id: "D01".parse().expect("an id"),
            transaction_id: "7".to_owned(),
            booking_sequence: 7,
            trade_date: "2014-01-02".parse().expect("a date"),
            settlement_date: None,
            kind: "BUY".to_owned(),
            instrument_id: Some("world~SAP".parse().expect("an instrument")),
            quantity: Some("12.5".parse().expect("a number")),
            price: Some("60.15".parse().expect("a number")),
            currency: Currency::EUR,
            fees: "1.125".parse().expect("a number"),
            taxes: Amount::ZERO,
            net_cash: "-753".parse().expect("a number"),
            counter_currency: None,
            counter_amount: None,
            lot_cost: None,
            lot_acquired_date: None,
            lots_closed: None,
            reverses: None,
            counter_portfolio_id: None,
            recorded_at: None,
            note: String::new(),
            origin: "D01/transactions.csv:8".to_owned(),
        }
    }

    #[test]
    fn the_key_of_a_purchase_is_the_same_for_ever() {
        // `sha256sum` of the seventeen lines portfolio_id=3:D01, trade_date=10:2014-01-02, kind=3:BUY,
        // instrument_id=9:world~SAP, quantity=4:12.5, price=5:60.15, currency=3:EUR, fees=5:1.125, taxes=1:0,
        // net_cash=4:-753, and counter_currency=-, counter_amount=-, lot_cost=-, lot_acquired_date=-, lots_closed=-,
        // reverses=-, counter_portfolio_id=-.
        assert_eq!(semantic_key(&purchase()), "e464ae6d885d57d49f0cee911b885f86dd1a1dbb5429b85be8a1e6d4ba3a701e");
    }

    #[test]
    fn what_is_not_booked_makes_no_difference() {
        let edited = Transaction {
            transaction_id: "a new id".to_owned(),
            booking_sequence: 99,
            settlement_date: Some("2014-01-06".parse().expect("a date")),
            fees: "1.12500".parse().expect("a number"),
            taxes: "-0.00".parse().expect("a number"),
            net_cash: "-753.00".parse().expect("a number"),
            recorded_at: Some("2014-01-03T02:00:00Z".parse().expect("an instant")),
            note: "edited".to_owned(),
            origin: "elsewhere.csv:1".to_owned(),
            ..purchase()
        };
        assert_eq!(semantic_key(&edited), semantic_key(&purchase()));
    }

    #[test]
    fn every_booked_field_makes_another_key() {
        let changes: [fn(&mut Transaction); 17] = [
            |row| row.portfolio_id = "D02".parse().expect("an id"),
            |row| row.trade_date = "2014-01-03".parse().expect("a date"),
            |row| row.kind = "SELL".to_owned(),
            |row| row.instrument_id = Some("other~SAP".parse().expect("an instrument")),
            |row| row.quantity = Some("12.6".parse().expect("a number")),
            |row| row.price = None,
            |row| row.currency = Currency::USD,
            |row| row.fees = Amount::ZERO,
            |row| row.taxes = "1.125".parse().expect("a number"),
            |row| row.net_cash = "753".parse().expect("a number"),
            |row| row.counter_currency = Some(Currency::USD),
            |row| row.counter_amount = Some(Amount::ZERO),
            |row| row.lot_cost = Some(Amount::ZERO),
            |row| row.lot_acquired_date = Some("2014-01-02".parse().expect("a date")),
            |row| row.lots_closed = Some("7".to_owned()),
            |row| row.reverses = Some("7".to_owned()),
            |row| row.counter_portfolio_id = Some("D01".parse().expect("an id")),
        ];
        let mut keys = BTreeSet::from([semantic_key(&purchase())]);
        for change in changes {
            let mut changed = purchase();
            change(&mut changed);
            keys.insert(semantic_key(&changed));
        }
        assert_eq!(keys.len(), 1 + changes.len());
    }

    proptest! {
        #[test]
        fn texts_cannot_pass_for_other_fields(
            one in prop::option::of(".{0,12}"), two in prop::option::of(".{0,12}"),
        ) {
            let told = Transaction { lots_closed: one.clone(), reverses: two.clone(), ..purchase() };
            let swapped = Transaction { lots_closed: two.clone(), reverses: one.clone(), ..purchase() };
            prop_assert_eq!(semantic_key(&told) == semantic_key(&swapped), one == two);
        }
    }
}
