//! Random days: the bridge foots in every currency, is the same whether days are closed one by one or at once, and
//! finds what it was not told.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{BusinessDate, Currency};

use super::BridgeLine;
use super::samples::{Cash, Desk, sums};
use crate::basis::Basis;
use crate::transaction::TransactionKind as Kind;

/// What footing and adding up may be off by.
const TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 10);

const CURRENCIES: [Currency; 3] = [Currency::EUR, Currency::USD, Currency::GBP];
const SHARES: [(&str, Currency); 3] = [("AAA", Currency::EUR), ("BBB", Currency::USD), ("CCC", Currency::GBP)];

/// Kinds that move cash only, with the sign of the cash.
const PAYMENTS: [(Kind, i64); 14] = [
    (Kind::Deposit, 1),
    (Kind::Withdrawal, -1),
    (Kind::Dividend, 1),
    (Kind::Interest, 1),
    (Kind::Interest, -1),
    (Kind::AccruedInterest, -1),
    (Kind::LendingIncome, 1),
    (Kind::LendingIncome, -1),
    (Kind::FeeCustody, -1),
    (Kind::FeeManagement, -1),
    (Kind::Tax, 1),
    (Kind::TaxWithholding, -1),
    (Kind::TaxReclaim, 1),
    (Kind::OpeningBalance, 1),
];

/// A booking; amounts in cents, instruments and currencies by their place.
#[derive(Clone, Debug)]
enum Deed {
    Pay { payment: usize, currency: usize, cents: i64, fees: i64, taxes: i64 },
    Exchange { from: usize, to: usize, cents: i64, counter: i64, fees: i64 },
    Trade { kind: Kind, share: usize, currency: usize, units: i64, cents: i64, fees: i64, taxes: i64 },
    Transfer { kind: Kind, share: usize, units: i64, kept: Option<i64> },
    WriteOff { share: usize },
    Split { share: usize, ratio: i64 },
}

/// A valuation date: the prices in cents, the rates, and what is booked, each on the date or on the day before it.
#[derive(Clone, Debug)]
struct Round {
    prices: [i64; 3],
    rates: [[i64; 2]; 2],
    deeds: Vec<(bool, Deed)>,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let cents = 1_i64..100_000_000;
    let pay = (0..PAYMENTS.len(), 0_usize..3, cents.clone(), 0_i64..5000, 0_i64..5000)
        .prop_map(|(payment, currency, cents, fees, taxes)| Deed::Pay { payment, currency, cents, fees, taxes });
    let exchange = (0_usize..3, 1_usize..3, cents.clone(), cents.clone(), 0_i64..5000).prop_map(
        |(from, step, cents, counter, fees)| Deed::Exchange { from, to: (from + step) % 3, cents, counter, fees },
    );
    let kind = prop_oneof![Just(Kind::Buy), Just(Kind::Sell), Just(Kind::DividendReinvested)];
    let trade = (kind, 0_usize..3, 0_usize..3, 1_i64..10_000, cents.clone(), 0_i64..5000, 0_i64..5000).prop_map(
        |(kind, share, currency, units, cents, fees, taxes)| Deed::Trade {
            kind,
            share,
            currency,
            units,
            cents,
            fees,
            taxes,
        },
    );
    let kind = prop_oneof![Just(Kind::TransferIn), Just(Kind::TransferOut), Just(Kind::OpeningBalance)];
    let transfer = (kind, 0_usize..3, 1_i64..10_000, prop::option::of(cents))
        .prop_map(|(kind, share, units, kept)| Deed::Transfer { kind, share, units, kept });
    let write_off = (0_usize..3).prop_map(|share| Deed::WriteOff { share });
    let split = (0_usize..3, 2_i64..8).prop_map(|(share, ratio)| Deed::Split { share, ratio });
    prop_oneof![5 => pay, 3 => exchange, 6 => trade, 2 => transfer, 1 => write_off, 1 => split]
}

fn any_round() -> impl Strategy<Value = Round> {
    let rate = || prop::array::uniform2(2_000_i64..30_000);
    let deeds = prop::collection::vec((any::<bool>(), any_deed()), 0..8);
    (prop::array::uniform3(1_i64..100_000), prop::array::uniform2(rate()), deeds)
        .prop_map(|(prices, rates, deeds)| Round { prices, rates, deeds })
}

fn cents(amount: i64) -> Decimal {
    Decimal::new(amount, 2)
}

/// The day before the place-th valuation date, and the date itself.
fn dates(place: usize) -> (BusinessDate, BusinessDate) {
    let mut date: BusinessDate = "2024-01-02".parse().expect("a date");
    for _ in 0..3 * place {
        date = date.next_calendar_day();
    }
    (date.previous_calendar_day(), date)
}

fn desk(base: Currency, rounds: &[Round]) -> Desk {
    let mut rates = Vec::new();
    for (place, round) in rounds.iter().enumerate() {
        let (before, date) = dates(place);
        for (currency, [early, late]) in [Currency::USD, Currency::GBP].into_iter().zip(round.rates) {
            rates.push((before, currency, Decimal::new(early, 4)));
            rates.push((date, currency, Decimal::new(late, 4)));
        }
    }
    Desk::new(base, &rates, &SHARES)
}

fn book(desk: &mut Desk, deed: &Deed, trade_date: BusinessDate, date: BusinessDate) {
    match *deed {
        Deed::Pay { payment, currency, cents: amount, fees, taxes } => {
            let (kind, sign) = PAYMENTS[payment];
            let (fees, taxes) = (cents(fees), cents(taxes));
            let net = cents(sign * amount);
            desk.pay(trade_date, kind, Cash { currency: CURRENCIES[currency], net, fees, taxes });
        }
        Deed::Exchange { from, to, cents: amount, counter, fees } => {
            let from = Cash {
                currency: CURRENCIES[from],
                net: cents(-amount - fees),
                fees: cents(fees),
                taxes: Decimal::ZERO,
            };
            desk.exchange(trade_date, from, CURRENCIES[to], cents(counter));
        }
        Deed::Trade { kind, share, currency, units, cents: amount, fees, taxes } => {
            let net = cents(if kind == Kind::Sell { amount } else { -amount - fees - taxes });
            let cash = Cash { currency: CURRENCIES[currency], net, fees: cents(fees), taxes: cents(taxes) };
            desk.trade(trade_date, kind, share, Decimal::from(units), cash);
        }
        Deed::Transfer { kind, share, units, kept } => {
            let kept = kept.filter(|_| kind != Kind::TransferOut).map(|kept| Basis {
                local: Some(cents(kept)),
                base: Some(cents(kept / 2 + 1)),
                charges_local: Some(cents(kept % 7)),
                charges_base: Some(cents(kept % 3)),
            });
            desk.transfer(date, kind, share, Decimal::from(units), kept);
        }
        Deed::WriteOff { share } => desk.write_off(share),
        Deed::Split { share, ratio } => desk.split(share, Decimal::from(ratio)),
    }
}

/// Books a round on its date, at its prices.
fn live(desk: &mut Desk, round: &Round, place: usize) {
    let (before, date) = dates(place);
    for (share, price) in desk.shares.iter_mut().zip(round.prices) {
        share.price = Some(cents(price));
    }
    for (early, deed) in &round.deeds {
        book(desk, deed, if *early { before } else { date }, date);
    }
}

/// The lines of the rounds, with a close on the dates that are asked for.
fn walk(desk: &mut Desk, rounds: &[Round], closes: impl Fn(usize) -> bool) -> Vec<BridgeLine> {
    let mut lines = Vec::new();
    for (place, round) in rounds.iter().enumerate() {
        live(desk, round, place);
        if closes(place) {
            lines.extend(desk.close(dates(place).1));
        }
    }
    lines
}

/// Whether two numbers differ by no more than the tolerance.
fn same(left: Decimal, right: Decimal) -> bool {
    (left - right).abs() <= TOLERANCE
}

proptest! {
    #[test]
    fn every_day_foots_in_every_currency(
        base in prop::sample::select(CURRENCIES.to_vec()),
        rounds in prop::collection::vec(any_round(), 1..5),
    ) {
        let mut desk = desk(base, &rounds);
        let mut before: BTreeMap<Currency, (Decimal, Decimal)> = BTreeMap::new();
        for (place, round) in rounds.iter().enumerate() {
            live(&mut desk, round, place);
            let date = dates(place).1;
            let lines = desk.close(date);
            let after = desk.values(date);
            for currency in CURRENCIES {
                let opening = before.get(&currency).copied().unwrap_or_default();
                let closing = after.get(&currency).copied().unwrap_or_default();
                let own = || lines.iter().filter(|line| line.currency == currency);
                let local: Decimal = own().filter_map(|line| line.amount).sum();
                let in_base: Decimal = own().filter_map(|line| line.amount_base).sum();
                prop_assert!(same(opening.0 + local, closing.0), "{currency}: {opening:?} {closing:?} {lines:?}");
                prop_assert!(same(opening.1 + in_base, closing.1), "{currency}: {opening:?} {closing:?} {lines:?}");
            }
            let faults = [BridgeComponent::Residual, BridgeComponent::Unknown, BridgeComponent::Gap];
            prop_assert!(!lines.iter().any(|line| faults.contains(&line.component)), "{lines:?}");
            let exchanged = lines.iter().filter(|line| line.component == BridgeComponent::Exchanges);
            let exchanged: Decimal = exchanged.filter_map(|line| line.amount_base).sum();
            prop_assert!(same(exchanged, Decimal::ZERO), "exchanges make nothing: {exchanged}");
            before = after;
        }
    }

    #[test]
    fn days_add_up_to_their_period(
        base in prop::sample::select(CURRENCIES.to_vec()),
        rounds in prop::collection::vec(any_round(), 2..6),
    ) {
        let parts = sums(&walk(&mut desk(base, &rounds), &rounds, |_| true));
        let whole = sums(&walk(&mut desk(base, &rounds), &rounds, |place| place + 1 == rounds.len()));
        for key in parts.keys().chain(whole.keys()) {
            let of = |sums: &BTreeMap<_, (Decimal, Decimal)>| sums.get(key).copied().unwrap_or_default();
            let (left, right) = (of(&parts), of(&whole));
            prop_assert!(same(left.0, right.0) && same(left.1, right.1), "{key:?}: {left:?} {right:?}");
        }
    }

    #[test]
    fn what_the_bridge_is_not_told_is_a_residual(
        rounds in prop::collection::vec(any_round(), 1..3), currency in 0_usize..3, amount in 1_i64..1_000_000,
    ) {
        let mut desk = desk(Currency::EUR, &rounds);
        walk(&mut desk, &rounds, |_| true);
        // The cash of a deposit that the bridge never hears of.
        let (_, date) = dates(rounds.len() - 1);
        let currency = CURRENCIES[currency];
        let told = desk.bridge.clone();
        desk.pay(date, Kind::Deposit, Cash { currency, net: cents(amount), fees: Decimal::ZERO, taxes: Decimal::ZERO });
        desk.bridge = told;
        let lines = desk.close(date.next_calendar_day());
        let residual: Vec<&BridgeLine> =
            lines.iter().filter(|line| line.component == BridgeComponent::Residual).collect();
        prop_assert_eq!(residual.len(), 1);
        prop_assert_eq!(residual[0].currency, currency);
        prop_assert!(same(residual[0].amount.unwrap_or_default(), cents(amount)), "{residual:?}");
    }
}
