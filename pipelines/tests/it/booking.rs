//! The order in which a day's independent transactions are booked does not matter.

use ledger::invariants::cash_from_transactions;
use pipelines::books::book;
use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::positions::Position;
use schemas::tables::transactions::Transaction;
use schemas::tables::valuations::Valuation;
use schemas::{Amount, Currency, InstrumentId, Price, Quantity};

use crate::samples::{date, fill, instrument, memory_lake, mirror, portfolio, quote, transaction, work};

const DAY: &str = "2014-01-02";
const SYMBOLS: [&str; 4] = ["AAA", "BBB", "CCC", "DDD"];

/// What a portfolio did on its only day; amounts in cents.
#[derive(Clone, Debug)]
enum Deed {
    Deposit { cents: i64 },
    Buy { symbol: &'static str, units: i64, cents: i64 },
}

/// Deposits and buys of different instruments: a list, and the same in another order.
fn any_day() -> impl Strategy<Value = (Vec<Deed>, Vec<Deed>)> {
    let deposits = prop::collection::vec(1_i64..10_000_000, 1..4);
    let buys = prop::collection::vec((1_i64..1000, 1_i64..1_000_000), 0..=SYMBOLS.len());
    (deposits, buys).prop_flat_map(|(deposits, buys)| {
        let deposits = deposits.into_iter().map(|cents| Deed::Deposit { cents });
        let bought = |((units, cents), symbol)| Deed::Buy { symbol, units, cents };
        let deeds: Vec<Deed> = deposits.chain(buys.into_iter().zip(SYMBOLS).map(bought)).collect();
        (Just(deeds.clone()), Just(deeds).prop_shuffle())
    })
}

fn booked(portfolio: &str, deeds: &[Deed]) -> Vec<Transaction> {
    let mut transactions = Vec::new();
    for (deed, booking_sequence) in deeds.iter().zip(1_i64..) {
        let id = format!("t{booking_sequence}");
        let plain = transaction(portfolio, &id, DAY, "DEPOSIT", "0");
        transactions.push(match deed {
            Deed::Deposit { cents } => {
                Transaction { booking_sequence, net_cash: Amount::new(Decimal::new(*cents, 2)), ..plain }
            }
            Deed::Buy { symbol, units, cents } => Transaction {
                booking_sequence,
                kind: "BUY".to_owned(),
                instrument_id: Some(instrument(symbol).instrument_id),
                quantity: Some(Quantity::new(Decimal::from(*units))),
                price: Some(Price::new(Decimal::new(*cents, 2) / Decimal::from(*units))),
                net_cash: Amount::new(-Decimal::new(*cents, 2)),
                ..plain
            },
        });
    }
    transactions
}

/// Two portfolios of one market, whose only difference is the order of their bookings: their ends.
async fn ends(first: &[Transaction], second: &[Transaction]) -> [(Vec<Position>, Vec<Valuation>); 2] {
    let lake = memory_lake();
    let night = work("books-1", date(DAY), date(DAY));
    fill(&lake, &SYMBOLS.map(instrument)).await;
    // AAA and BBB are quoted; the others are worth what was last paid for them.
    fill(&lake, &[quote("M1~AAA", DAY, "12.34"), quote("M1~BBB", DAY, "0.567")]).await;
    let portfolios = [portfolio("P1"), portfolio("P2")];
    mirror(&lake, &night, &portfolios, &[first, second].concat()).await;
    book(&lake, &night).await.expect("booked");
    let [one, two] = portfolios.map(|portfolio| portfolio.portfolio_id);
    let mut ends = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for (end, id) in ends.iter_mut().zip([&one, &two]) {
        end.0 = lake::read::positions(&lake, id, date(DAY)).await.expect("positions");
        end.1 = lake::read::valuations(&lake, id, date(DAY)).await.expect("valuations");
        end.0.iter_mut().for_each(|row| row.portfolio_id = one.clone());
        end.1.iter_mut().for_each(|row| row.portfolio_id = one.clone());
    }
    ends
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_order_of_independent_bookings_changes_no_position_and_no_value((deeds, shuffled) in any_day()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (first, second) = (booked("P1", &deeds), booked("P2", &shuffled));
        let [(positions, valuations), (other_positions, other_valuations)] = runtime.block_on(ends(&first, &second));
        prop_assert_eq!(&positions, &other_positions);
        prop_assert_eq!(&valuations, &other_valuations);

        let cash = cash_from_transactions(&first).expect("it adds up");
        let euro = InstrumentId::cash(Currency::EUR);
        let held = positions.iter().find(|row| row.instrument_id == euro).map(|row| row.quantity.decimal());
        prop_assert_eq!(held, cash.get(&Currency::EUR).copied());
        let valued = valuations.iter().find(|row| row.instrument_id == euro).and_then(|row| row.value_base);
        prop_assert_eq!(valued.map(Amount::decimal), held);
        let bought = deeds.iter().filter(|deed| matches!(deed, Deed::Buy { .. })).count();
        prop_assert_eq!(valuations.len(), bought + usize::from(held.is_some()));
        prop_assert!(valuations.iter().all(|row| row.value_base.is_some()), "everything has a price: {valuations:?}");
    }
}
