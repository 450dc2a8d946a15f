//! The returns of positions through the code of the night: they add up to that of the portfolio, whatever was booked.

use std::collections::BTreeMap;

use lake::Lake;
use pipelines::books::book;
use pipelines::checks::{Layer, check};
use pipelines::rollups::roll_up;
use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::daily_returns::DailyReturn;
use schemas::tables::exceptions::Exception;
use schemas::tables::fx_rates::FxRate;
use schemas::tables::instruments::Instrument;
use schemas::tables::portfolios::Portfolio;
use schemas::tables::position_returns::PositionReturn;
use schemas::tables::quotes::Quote;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, Quantity, Rate};

use crate::bridge::example;
use crate::samples::{all, date, fill, instrument, memory_lake, mirror, portfolio, quote, transaction, work};

/// Returns of a few operations in `f64` agree to this many parts of one.
const TOLERANCE: f64 = 1e-12;
pub(crate) const DAYS: [&str; 4] = ["2014-01-02", "2014-01-03", "2014-01-06", "2014-01-07"];

/// What a book does on a day; amounts in cents, of a share in euro or in dollars.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Deposit(i64),
    Withdrawal(i64),
    Fee(i64),
    Buy { share: usize, units: i64, cents: i64, fee: i64 },
    Sell { share: usize, units: i64, cents: i64, tax: i64 },
    Dividend { share: usize, cents: i64 },
    TransferIn { share: usize, units: i64 },
    Exchange { euro_cents: i64, dollar_cents: i64 },
}

const SHARES: [(&str, Currency); 2] = [("AAA", Currency::EUR), ("BBB", Currency::USD)];

pub(crate) fn any_deed() -> impl Strategy<Value = Deed> {
    let (share, units, cents, part) = (0..SHARES.len(), 1_i64..500, 1_i64..500_000, 0_i64..900);
    prop_oneof![
        cents.clone().prop_map(Deed::Deposit),
        (1_i64..10_000).prop_map(Deed::Withdrawal),
        part.clone().prop_map(Deed::Fee),
        (share.clone(), units.clone(), cents.clone(), part.clone()).prop_map(|(share, units, cents, fee)| Deed::Buy {
            share,
            units,
            cents,
            fee
        }),
        (share.clone(), units.clone(), cents.clone(), part.clone()).prop_map(|(share, units, cents, tax)| Deed::Sell {
            share,
            units,
            cents,
            tax
        }),
        (share.clone(), part).prop_map(|(share, cents)| Deed::Dividend { share, cents }),
        (share, units).prop_map(|(share, units)| Deed::TransferIn { share, units }),
        (cents.clone(), cents).prop_map(|(euro_cents, dollar_cents)| Deed::Exchange { euro_cents, dollar_cents }),
    ]
}

fn booked(day: usize, deed: Deed, sequence: i64) -> Transaction {
    let money = |cents: i64| Amount::new(Decimal::new(cents, 2));
    let plain = |kind: &str, cents: i64| Transaction {
        booking_sequence: sequence,
        net_cash: money(cents),
        ..transaction("P1", &format!("t{sequence}"), DAYS[day], kind, "0")
    };
    let of = |share: usize, units: i64, booked: Transaction| Transaction {
        instrument_id: Some(instrument(SHARES[share].0).instrument_id),
        quantity: Some(Quantity::new(Decimal::from(units))),
        currency: SHARES[share].1,
        ..booked
    };
    match deed {
        Deed::Deposit(cents) => plain("DEPOSIT", cents),
        Deed::Withdrawal(cents) => plain("WITHDRAWAL", -cents),
        Deed::Fee(cents) => plain("FEE_CUSTODY", -cents),
        Deed::Buy { share, units, cents, fee } => {
            Transaction { fees: money(fee), ..of(share, units, plain("BUY", -cents - fee)) }
        }
        Deed::Sell { share, units, cents, tax } => {
            Transaction { taxes: money(tax), ..of(share, units, plain("SELL", cents)) }
        }
        Deed::Dividend { share, cents } => of(share, 1, plain("DIVIDEND", cents)),
        Deed::TransferIn { share, units } => of(share, units, plain("TRANSFER_IN", 0)),
        Deed::Exchange { euro_cents, dollar_cents } => Transaction {
            counter_currency: Some(Currency::USD),
            counter_amount: Some(money(dollar_cents)),
            ..plain("FX", -euro_cents)
        },
    }
}

/// A euro book of a million that does this, with closes in cents and dollars for a euro in hundredths of a cent.
pub(crate) async fn kept(deeds: &[(usize, Deed)], closes: &[(i64, i64)], dollars: &[i64]) -> Lake {
    let lake = memory_lake();
    let listed = SHARES.map(|(symbol, currency)| Instrument { currency, ..instrument(symbol) });
    fill(&lake, &listed).await;
    let close = |on: &str, share: usize, cents: i64| {
        quote(&format!("M1~{}", SHARES[share].0), on, &Decimal::new(cents, 2).to_string())
    };
    let quotes: Vec<Quote> =
        DAYS.iter().zip(closes).flat_map(|(on, (euro, dollar))| [close(on, 0, *euro), close(on, 1, *dollar)]).collect();
    fill(&lake, &quotes).await;
    let rate = |(on, units): (&&str, &i64)| FxRate {
        fx_source: "M1".parse().expect("an id"),
        currency: Currency::USD,
        rate_date: date(on),
        units_per_eur: Rate::new(Decimal::new(*units, 4)),
        landing_sha256: String::new(),
        line: 2,
    };
    fill(&lake, &DAYS.iter().zip(dollars).map(rate).collect::<Vec<FxRate>>()).await;
    let mut transactions = vec![booked(0, Deed::Deposit(100_000_000), 1)];
    transactions.extend(deeds.iter().zip(2_i64..).map(|((day, deed), sequence)| booked(*day, *deed, sequence)));
    let night = work("nightly-1", date(DAYS[0]), date(DAYS[3]));
    let portfolios = [Portfolio { start_date: date(DAYS[0]), ..portfolio("P1") }];
    mirror(&lake, &night, &portfolios, &transactions).await;
    book(&lake, &night).await.expect("booked");
    roll_up(&lake, &night).await.expect("rolled up");
    check(&lake, &night, Layer::Gold).await.expect("checked");
    lake
}

/// What is wrong with the returns of a lake's positions; nothing if all is right.
async fn faults(lake: &Lake) -> Vec<String> {
    let mut faults = Vec::new();
    let rows: Vec<PositionReturn> = all(lake).await;
    let mut sums: BTreeMap<BusinessDate, f64> = BTreeMap::new();
    for row in &rows {
        let name = format!("{} on {}", row.instrument_id, row.business_date);
        match row.contribution_fraction {
            Some(part) => *sums.entry(row.business_date).or_default() += part,
            None => faults.push(format!("{name} has no contribution")),
        }
        let parts = [row.local_return_fraction, row.currency_return_fraction, row.cross_return_fraction];
        if let (Some(whole), [Some(local), Some(currency), Some(cross)]) = (row.return_fraction, parts) {
            let size = 1.0 + whole.abs();
            if ((1.0 + local) * (1.0 + currency) - 1.0 - whole).abs() > TOLERANCE * size {
                faults.push(format!("{name}: (1 + {local}) (1 + {currency}) - 1 is not {whole}"));
            }
            if (local + currency + cross - whole).abs() > TOLERANCE * size {
                faults.push(format!("{name}: {local} + {currency} + {cross} is not {whole}"));
            }
        }
    }
    for day in all::<DailyReturn>(lake).await {
        let (Some(sum), Some(whole)) = (sums.get(&day.business_date), day.return_fraction) else {
            faults.push(format!("{} has no return", day.business_date));
            continue;
        };
        if (sum - whole).abs() > TOLERANCE {
            faults.push(format!("{}: contributions add up to {sum}, the return is {whole}", day.business_date));
        }
    }
    let found: Vec<Exception> = all(lake).await;
    faults.extend(found.into_iter().filter(|row| row.check_name == "contributions_foot").map(|row| row.message));
    faults
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn contributions_add_up_to_the_return_of_the_portfolio(
        deeds in prop::collection::vec((0..DAYS.len(), any_deed()), 0..12),
        closes in prop::collection::vec((100_i64..2_000, 100_i64..2_000), DAYS.len()),
        dollars in prop::collection::vec(8_000_i64..15_000, DAYS.len()),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let found = runtime.block_on(async { faults(&kept(&deeds, &closes, &dollars).await).await });
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_of_the_book_folder_is_taken_apart_by_position() {
    let (lake, _) = example().await;
    assert_eq!(faults(&lake).await, Vec::<String>::new());
    let rows: Vec<PositionReturn> = all(&lake).await;
    let on = |id: &str, day: &str| {
        let mut own = rows.iter().filter(|row| row.instrument_id.as_str() == id && row.business_date == date(day));
        own.next().expect("a row").clone()
    };
    let close = |found: Option<f64>, expected: f64| {
        assert!(found.is_some_and(|found| (found - expected).abs() < TOLERANCE), "{found:?} is not {expected}");
    };
    // 40 shares bought at 120 dollars with a fee of 4: 4,800 / 4,804. The rate is that of the day.
    let bought = on("M1~ACME", "2024-03-25");
    close(bought.local_return_fraction, 4_800.0 / 4_804.0 - 1.0);
    close(bought.currency_return_fraction, 0.0);
    // 120 to 121.50 dollars, and 1.0835 to 1.0855 dollars for a euro.
    let held = on("M1~ACME", "2024-03-26");
    close(held.local_return_fraction, 121.5 / 120.0 - 1.0);
    close(held.currency_return_fraction, 1.0835 / 1.0855 - 1.0);
    // Three for one, without a close of its own: nothing in dollars.
    let split = on("M1~ACME", "2024-03-27");
    close(split.local_return_fraction, 0.0);
    close(split.return_fraction, 1.0855 / 1.0816 - 1.0);
    // 0.05 pounds a share on shares that fall from 2.55 to 2.515.
    close(on("M1~BRIT", "2024-03-28").local_return_fraction, 2.565 / 2.55 - 1.0);
    // 60 of 120 sold at the close of 42 dollars, from 41, with a fee of 4.
    close(on("M1~ACME", "2024-04-02").local_return_fraction, 5_036.0 / 4_920.0 - 1.0);
    // 5,400 dollars for 5,000 euro, of which 4,804 are spent: they were worth 5,400 / 1.0835 euro.
    let exchanged = on("CASH~USD", "2024-03-25");
    close(exchanged.local_return_fraction, 0.0);
    assert!(exchanged.contribution_fraction.is_some_and(|part| part < 0.0), "{exchanged:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_by_itself_gives_the_rows_that_the_range_gave() {
    let (lake, _) = example().await;
    let in_order = |mut rows: Vec<PositionReturn>| {
        rows.sort_by(|left, right| {
            (left.business_date, &left.instrument_id).cmp(&(right.business_date, &right.instrument_id))
        });
        rows
    };
    let whole = in_order(all(&lake).await);
    for day in ["2024-03-25", "2024-03-28", "2024-04-02"] {
        let night = work(&format!("nightly-{day}"), date(day), date(day));
        book(&lake, &night).await.expect("booked");
        roll_up(&lake, &night).await.expect("rolled up");
        assert_eq!(in_order(all(&lake).await), whole, "{day} by itself");
    }
}
