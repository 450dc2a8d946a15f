//! Reconciliations worked by hand, and what must hold for any.

mod taken_back;
mod undelivered;

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::tables::instruments::Instrument;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, BusinessDate, Currency, InstrumentId, Money, PortfolioId, Quantity, Rate, Severity};

use super::suggestion::blank;
use super::*;
use crate::transaction::TransactionKind::{
    self, Buy, Deposit, Dividend, FeeCustody, Interest, Lend, Reversal, Sell, Split, TransferIn,
};
use crate::transaction::validate;

/// A portfolio, its market, and what the custodian says of it.
struct World {
    transactions: Vec<Transaction>,
    actions: Vec<CorporateAction>,
    /// What the books took from announcements, by their place among the actions.
    undelivered: Vec<(usize, Balances)>,
    /// Whether the quotes of the market are as traded, so that the books apply its splits.
    as_traded: bool,
    statement: CustodianStatement,
    values: BTreeMap<InstrumentId, Money>,
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn date(text: &str) -> BusinessDate {
    text.parse().expect("a date")
}

fn id(symbol: &str) -> InstrumentId {
    format!("M~{symbol}").parse().expect("an instrument")
}

fn portfolio() -> PortfolioId {
    "P".parse().expect("an id")
}

impl World {
    fn on(day: &str, basis: BalanceBasis) -> World {
        let statement = CustodianStatement { date: date(day), basis, balances: BTreeMap::new(), is_complete: true };
        let (transactions, actions, undelivered) = (vec![], vec![], vec![]);
        World { transactions, actions, undelivered, as_traded: true, statement, values: BTreeMap::new() }
    }

    /// A statement of 28 March 2024 by trade date.
    fn new() -> World {
        World::on("2024-03-28", BalanceBasis::Trade)
    }

    /// Books a transaction under the next number; the amounts are net cash and, if not empty, units.
    fn book(mut self, day: &str, kind: TransactionKind, symbol: &str, units: &str, net_cash: &str) -> World {
        let sequence = i64::try_from(self.transactions.len()).expect("few") + 1;
        self.transactions.push(Transaction {
            transaction_id: sequence.to_string(),
            booking_sequence: sequence,
            instrument_id: (!symbol.is_empty()).then(|| id(symbol)),
            quantity: (!units.is_empty()).then(|| Quantity::new(number(units))),
            net_cash: Amount::new(number(net_cash)),
            ..blank(&portfolio(), date(day), kind, Currency::EUR)
        });
        self
    }

    /// Changes the transaction that was booked last.
    fn but(mut self, change: impl Fn(&mut Transaction)) -> World {
        change(self.transactions.last_mut().expect("one is booked"));
        self
    }

    fn announce(mut self, ex_date: &str, kind: &str, symbol: &str, change: impl Fn(&mut CorporateAction)) -> World {
        let mut action = CorporateAction {
            market_id: "M".parse().expect("an id"),
            instrument_id: id(symbol),
            ex_date: date(ex_date),
            kind: kind.to_owned(),
            ratio_new: None,
            ratio_old: None,
            target_instrument_id: None,
            amount: None,
            basis_fraction: None,
            fraction_price: None,
            pay_date: None,
            currency: None,
            landing_sha256: String::new(),
            line: 2,
        };
        change(&mut action);
        self.actions.push(action);
        self
    }

    fn states(mut self, subject: Subject, quantity: &str) -> World {
        self.statement.balances.insert(subject, CustodianBalance { quantity: number(quantity), market_value: None });
        self
    }

    fn holds(self, symbol: &str, units: &str) -> World {
        self.states(Subject::Instrument(id(symbol)), units)
    }

    fn has_cash(self, amount: &str) -> World {
        self.states(Subject::Cash(Currency::EUR), amount)
    }

    fn splits(&self) -> Vec<AnnouncedSplit> {
        self.actions.iter().filter(|_| self.as_traded).filter_map(announced_split).collect()
    }

    fn ledger(&self) -> Balances {
        let statement = &self.statement;
        let splits = self.splits();
        let mut ledger =
            balances(&portfolio(), &self.transactions, &splits, statement.date, statement.basis).expect("fits");
        for (_, moves) in &self.undelivered {
            ledger.add_all(moves).expect("fits");
        }
        ledger
    }

    fn compare(&self) -> Vec<Difference> {
        let instruments = ["SAP", "BMW", "ABB"].map(|symbol| (id(symbol), instrument(symbol)));
        let undelivered = self.undelivered.iter().map(|(place, moves)| Undelivered {
            action: &self.actions[*place],
            pay_date: self.actions[*place].pay_date.expect("announced"),
            moves: moves.clone(),
        });
        differences(Inputs {
            portfolio_id: &portfolio(),
            base_currency: Currency::EUR,
            ledger: &self.ledger(),
            custodian: &self.statement,
            transactions: &self.transactions,
            splits: &self.splits(),
            actions: &self.actions,
            undelivered: &undelivered.collect::<Vec<_>>(),
            instruments: &instruments.into_iter().collect(),
            values: &self.values,
        })
        .expect("compared")
    }

    /// The causes by subject, after a look at what is suggested: it can be booked, and it closes its difference.
    fn causes(mut self) -> Vec<(String, Cause, Option<Transaction>)> {
        let found = self.compare();
        for (place, suggestion) in found.iter().filter_map(|found| found.suggestion.as_ref()).enumerate() {
            let suggestion = Transaction { transaction_id: format!("R{place}"), ..suggestion.clone() };
            assert!(validate(&suggestion).is_ok(), "{suggestion:?}: {:?}", validate(&suggestion));
            self.transactions.push(suggestion);
        }
        let left = self.compare();
        for closed in found.iter().filter(|found| found.suggestion.is_some()) {
            assert!(left.iter().all(|left| left.subject != closed.subject), "{closed:?} is still there: {left:?}");
        }
        let named = |found: Difference| (found.subject.to_string(), found.cause, found.suggestion);
        found.into_iter().map(named).collect()
    }

    /// The only difference.
    fn cause(self) -> (Cause, Option<Transaction>) {
        let mut causes = self.causes();
        assert_eq!(causes.len(), 1, "{causes:?}");
        causes.pop().map(|(_, cause, suggestion)| (cause, suggestion)).expect("one")
    }
}

fn instrument(symbol: &str) -> Instrument {
    Instrument {
        instrument_id: id(symbol),
        market_id: "M".parse().expect("an id"),
        symbol: symbol.to_owned(),
        name: symbol.to_owned(),
        currency: Currency::EUR,
        price_scale: Rate::new(Decimal::ONE),
        adjusted: "none".to_owned(),
        quote_origin: "test".to_owned(),
        isin: None,
        cusip: None,
        return_basis: None,
        modified_duration: None,
        spread_duration: None,
        leveraged: None,
        proxy_instrument_id: None,
    }
}

fn bought() -> World {
    World::new().book("2024-01-02", Deposit, "", "", "10000").book("2024-01-03", Buy, "SAP", "100", "-6000")
}

#[test]
fn apple_in_2014_is_what_the_broker_says() {
    // 54 shares, seven for one on 9 June: 378. 30,000 − 29,876.52 + 164.70 + 177.66 + 151.01 + 151.01 = 767.86 in cash.
    let seven_for_one = |action: &mut CorporateAction| (action.ratio_new, action.ratio_old) = (Some(7), Some(1));
    let world = World::on("2014-12-31", BalanceBasis::Trade)
        .announce("2014-06-09", "SPLIT", "SAP", seven_for_one)
        .book("2014-01-02", Deposit, "", "", "30000")
        .book("2014-01-02", Buy, "SAP", "54", "-29876.52")
        .book("2014-02-06", Dividend, "SAP", "54", "164.70")
        .book("2014-05-08", Dividend, "SAP", "54", "177.66")
        .book("2014-08-07", Dividend, "SAP", "378", "151.01")
        .book("2014-11-06", Dividend, "SAP", "378", "151.01")
        .holds("SAP", "378")
        .has_cash("767.86");
    assert_eq!(world.compare(), []);
    // The broker's own booking of the split, two days late, is the same split and not a second one.
    let booked = world.book("2014-06-11", Split, "SAP", "7", "0");
    assert_eq!(booked.ledger().units_of(&id("SAP")), number("378"));
}

#[test]
fn a_trade_counts_from_its_day_or_from_its_settlement() {
    let late = |world: World| world.but(|booked| booked.settlement_date = Some(date("2024-04-02")));
    let world = |basis| {
        let world = World::on("2024-03-28", basis).book("2024-01-02", Deposit, "", "", "1000");
        late(world.book("2024-03-27", Buy, "SAP", "10", "-600"))
    };
    let settled = world(BalanceBasis::Settlement).has_cash("1000");
    assert_eq!(settled.compare(), []);
    assert_eq!(world(BalanceBasis::Trade).holds("SAP", "10").has_cash("400").compare(), []);
    // A file that says `trade` and is not: a matter of days, and nobody has to do anything.
    let found = world(BalanceBasis::Trade).has_cash("1000").compare();
    let causes: Vec<String> = found.iter().map(|found| found.cause.to_string()).collect();
    assert_eq!(causes, ["timing: 2 settles on 2024-04-02", "the cash that goes with the difference in SAP"]);
    assert_eq!((found[0].severity(), &found[0].suggestion), (Severity::Info, &None));
    // And the other way round.
    let found = world(BalanceBasis::Settlement).holds("SAP", "10").has_cash("400").compare();
    assert_eq!(found[0].cause.to_string(), "timing: the books count 2 from 2024-04-02 on");
}

#[test]
fn what_is_taken_back_never_was_and_what_takes_back_can_be_taken_back() {
    let world = bought().book("2024-02-01", Reversal, "", "", "0").but(|booked| booked.reverses = Some("2".to_owned()));
    assert_eq!(world.ledger().units_of(&id("SAP")), Decimal::ZERO);
    assert_eq!(world.ledger().cash_in(Currency::EUR), number("10000"));
    let world = world.book("2024-02-02", Reversal, "", "", "0").but(|booked| booked.reverses = Some("3".to_owned()));
    assert_eq!(world.ledger().units_of(&id("SAP")), number("100"));
}

#[test]
fn units_and_cash_that_differ_together_are_a_trade() {
    let found = bought().holds("SAP", "110").has_cash("3395").causes();
    let [(_, trade, Some(buy)), (_, cash, None)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((trade, buy.kind.as_str()), (&Cause::MissingTrade, "BUY"));
    assert_eq!((buy.quantity, buy.net_cash), (Some(Quantity::new(number("10"))), Amount::new(number("-605"))));
    assert_eq!(*cash, Cause::CashOf { instruments: vec![id("SAP")] });

    let found = bought().has_cash("10100").causes();
    let [(_, Cause::MissingTrade, Some(sell)), _] = &found[..] else { panic!("{found:?}") };
    assert_eq!((sell.kind.as_str(), sell.quantity), ("SELL", Some(Quantity::new(number("100")))));
}

#[test]
fn of_two_positions_the_one_whose_value_fits_was_traded() {
    // Ten SAP at 60 are 600; one BMW is worth 5,000, for which 605 is no price.
    let mut world = bought().holds("SAP", "110").holds("BMW", "1").has_cash("3395");
    let values = [("SAP", "6600"), ("BMW", "5000")];
    for (symbol, value) in values {
        let balance = world.statement.balances.get_mut(&Subject::Instrument(id(symbol))).expect("stated");
        balance.market_value = Some(Money::new(number(value), Currency::EUR));
    }
    let found: Vec<Cause> = world.causes().into_iter().map(|(_, cause, _)| cause).collect();
    assert_eq!(found[..2], [Cause::MissingPosition, Cause::MissingTrade]);
}

#[test]
fn units_without_cash_are_a_transfer_or_lent() {
    let (cause, suggestion) = bought().holds("SAP", "100").holds("BMW", "7").has_cash("4000").cause();
    assert_eq!((cause.word(), cause.severity()), ("missing_position", Severity::Block));
    assert_eq!(suggestion.map(|found| found.kind), Some("TRANSFER_IN".to_owned()));
    let (cause, suggestion) = bought().has_cash("4000").cause();
    assert_eq!((cause.word(), suggestion.map(|found| found.kind)), ("not_held", Some("TRANSFER_OUT".to_owned())));
    let lent = bought().book("2024-02-01", Lend, "SAP", "40", "0").holds("SAP", "60").has_cash("4000");
    assert_eq!(lent.cause(), (Cause::Lent, None));
    let unlisted = bought().holds("SAP", "100").has_cash("4000").states(Subject::Unlisted("XYZ".to_owned()), "5");
    assert_eq!(unlisted.cause(), (Cause::Unlisted, None));
}

#[test]
fn a_split_is_known_by_its_ratio() {
    let four_for_one = |action: &mut CorporateAction| (action.ratio_new, action.ratio_old) = (Some(4), Some(1));
    let mut world = bought().announce("2024-03-20", "SPLIT", "SAP", four_for_one).holds("SAP", "400").has_cash("4000");
    assert_eq!(world.compare(), [], "the books apply what was announced");
    world.as_traded = false;
    let (cause, suggestion) = world.cause();
    assert_eq!(cause.to_string(), "the split 4:1 of 2024-03-20 is not in the books");
    assert_eq!(suggestion.and_then(|found| found.quantity), Some(Quantity::new(number("4"))));
    let waits = bought().announce("2024-03-20", "SPLIT", "SAP", four_for_one).holds("SAP", "100").has_cash("4000");
    assert_eq!(waits.cause().0.word(), "split_only_here");

    let (cause, suggestion) = bought().holds("SAP", "150").has_cash("4000").cause();
    assert_eq!(cause, Cause::Split { ratio_new: 3, ratio_old: 2, ex_date: None });
    assert_eq!(suggestion.and_then(|found| found.quantity), Some(Quantity::new(number("1.5"))));
    // One for three has no exact decimal, so there is nothing that could be booked.
    let thirds = World::new().book("2024-01-03", TransferIn, "SAP", "300", "0").holds("SAP", "100");
    let cause = Cause::Split { ratio_new: 1, ratio_old: 3, ex_date: None };
    assert_eq!(thirds.cause(), (cause, None));
}

#[test]
fn a_dividend_that_was_announced_and_is_not_booked_is_suggested() {
    let pays = |action: &mut CorporateAction| {
        action.amount = Some("2.20".parse().expect("a price"));
        action.currency = Some(Currency::EUR);
    };
    let world = || bought().announce("2024-03-18", "CASH_DIVIDEND", "SAP", pays).holds("SAP", "100");
    // 100 × 2.20 = 220; with 26.375 % withheld 161.975, which is paid as 161.97 or 161.98.
    for (cash, net, taxes) in [("4220", "220", "0"), ("4161.97", "161.97", "58.03"), ("4161.98", "161.98", "58.02")] {
        let (cause, suggestion) = world().has_cash(cash).cause();
        let suggestion = suggestion.expect("a dividend");
        assert_eq!((cause.word(), suggestion.trade_date), ("dividend", date("2024-03-18")));
        assert_eq!((suggestion.net_cash, suggestion.taxes), (Amount::new(number(net)), Amount::new(number(taxes))));
        assert_eq!(suggestion.price, Some("2.2".parse().expect("a price")));
    }
    // Once it is booked, the same amount is not another one; and before it is paid, the custodian has no cash.
    let booked = world().book("2024-03-18", Dividend, "SAP", "100", "220");
    let (cause, _) = booked.has_cash("4440").cause();
    assert_eq!(cause, Cause::BookedOnce { transaction_id: "3".to_owned() });
    let mut unpaid = world().book("2024-03-18", Dividend, "SAP", "100", "220").has_cash("4000");
    unpaid.actions[0].pay_date = Some(date("2024-04-05"));
    assert_eq!(unpaid.cause().0.to_string(), "timing: the dividend 3 is paid on 2024-04-05");
    // 15 % of what was booked without tax.
    let untaxed = world().book("2024-03-18", Dividend, "SAP", "100", "220").has_cash("4187");
    let (cause, suggestion) = untaxed.cause();
    assert_eq!(cause, Cause::WithheldTax { transaction_id: "3".to_owned(), percent: number("15") });
    assert_eq!(suggestion.map(|found| found.kind), Some("TAX_WITHHOLDING".to_owned()));
}

#[test]
fn fees_signs_and_doubles_are_known_by_their_amounts() {
    let fee = bought().book("2024-02-01", FeeCustody, "", "", "-12.50").holds("SAP", "100").has_cash("3975");
    let (cause, suggestion) = fee.cause();
    assert_eq!(cause, Cause::FeeAsBefore { transaction_id: "3".to_owned() });
    assert_eq!(
        suggestion.map(|found| (found.kind, found.trade_date)),
        Some(("FEE_CUSTODY".into(), date("2024-03-28")))
    );

    let apart =
        bought().book("2024-03-26", Buy, "SAP", "5", "-300").but(|booked| booked.fees = "7.5".parse().expect("a fee"));
    let (cause, _) = apart.holds("SAP", "105").has_cash("3692.50").cause();
    assert_eq!(cause, Cause::ChargedApart { transaction_id: "3".to_owned() });

    let turned = bought().book("2024-03-25", Interest, "", "", "5").holds("SAP", "100").has_cash("3995");
    let (cause, suggestion) = turned.cause();
    assert_eq!(cause, Cause::WrongDirection { transaction_id: "3".to_owned() });
    assert_eq!(suggestion.map(|found| found.net_cash), Some(Amount::new(number("-10"))));

    let charged = bought().book("2024-03-25", FeeCustody, "", "", "5").holds("SAP", "100").has_cash("3995");
    let (cause, suggestion) = charged.cause();
    assert_eq!(cause, Cause::WrongDirection { transaction_id: "3".to_owned() });
    assert_eq!(suggestion.map(|found| found.kind), Some("FEE_CUSTODY".to_owned()));

    let sold = bought().book("2024-03-25", Buy, "SAP", "10", "-600").holds("SAP", "90").has_cash("4600").causes();
    assert_eq!(sold[0].1, Cause::WrongDirection { transaction_id: "3".to_owned() });
    assert_eq!(sold[0].2.as_ref().map(|found| found.kind.as_str()), Some("SELL"));

    let twice = bought().book("2024-03-25", Sell, "SAP", "10", "600").book("2024-03-25", Sell, "SAP", "10", "600");
    let found = twice.holds("SAP", "90").has_cash("4600").causes();
    assert_eq!(found[0].1, Cause::BookedTwice { transaction_id: "4".to_owned(), twin: "3".to_owned() });
    assert_eq!(found[0].2.as_ref().and_then(|found| found.reverses.as_deref()), Some("4"));

    let overdrawn = bought().holds("SAP", "100").has_cash("-4000").cause();
    assert_eq!(overdrawn, (Cause::OppositeSign, None));
}

#[test]
fn two_currencies_in_opposite_directions_are_an_fx_deal() {
    let world = bought().holds("SAP", "100").has_cash("3080").states(Subject::Cash(Currency::USD), "1000");
    let found = world.causes();
    let [(_, Cause::MissingExchange { .. }, Some(deal)), (_, Cause::OtherCurrency { .. }, None)] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((deal.net_cash, deal.counter_currency), (Amount::new(number("-920")), Some(Currency::USD)));
}

#[test]
fn cents_and_millionths_are_rounding_and_prices_may_differ_by_a_hundredth() {
    let found = bought().holds("SAP", "100.000001").has_cash("3999.99").compare();
    assert_eq!(found.iter().map(|found| found.cause.word()).collect::<Vec<_>>(), ["rounding", "rounding"]);
    assert!(found.iter().all(|found| found.severity() == Severity::Info));
    assert_eq!(found[1].message(), "cash: 4000 in the books, 3999.99 at the custodian, difference -0.01; rounding");
    let valued = |stated: &str| {
        let mut world = bought().holds("SAP", "100").has_cash("4000");
        let money = |text: &str| Money::new(number(text), Currency::EUR);
        world.values.insert(id("SAP"), money("6000"));
        world.statement.balances.entry(Subject::Instrument(id("SAP"))).and_modify(|balance| {
            balance.market_value = Some(money(stated));
        });
        world.compare()
    };
    assert_eq!(valued("6060"), []);
    assert_eq!(valued("6100")[0].cause, Cause::PricedDifferently);
}

#[test]
fn what_the_statement_does_not_speak_of_is_not_missing() {
    assert_eq!(bought().holds("SAP", "100").compare(), [], "a list of securities says nothing of cash");
    // Whether cash went out for these units is not known, so nothing is suggested; a double is a double all the same.
    assert_eq!(bought().holds("SAP", "100").holds("BMW", "7").cause(), (Cause::MissingPosition, None));
    let double = bought().book("2024-03-25", Buy, "BMW", "7", "-500").book("2024-03-25", Buy, "BMW", "7", "-500");
    let (cause, suggestion) = double.holds("SAP", "100").holds("BMW", "7").cause();
    assert_eq!(cause, Cause::BookedTwice { transaction_id: "4".to_owned(), twin: "3".to_owned() });
    assert_eq!(suggestion.and_then(|found| found.reverses).as_deref(), Some("4"));
    let mut world = bought().has_cash("4000");
    world.statement.is_complete = false;
    assert_eq!(world.compare(), [], "the row of SAP may be the one that could not be read");
}

proptest! {
    #[test]
    fn equal_balances_give_no_difference(world in any_world()) {
        prop_assert_eq!(agreeing(&world).compare(), []);
    }

    #[test]
    fn a_trade_that_was_left_out_is_found_and_suggested(world in any_world(), place in any::<prop::sample::Index>()) {
        let mut world = agreeing(&world);
        let left_out = world.transactions.remove(place.index(world.transactions.len()));
        let found = world.causes();
        prop_assert!(found.iter().any(|(subject, _, _)| subject == "cash EUR"), "{:?}", found);
        if let Some(instrument) = left_out.instrument_id.filter(|_| ["BUY", "SELL"].contains(&left_out.kind.as_str())) {
            let suggested = found.iter().find(|(subject, _, _)| subject == instrument.symbol());
            let suggested = suggested.and_then(|(_, _, suggestion)| suggestion.as_ref()).expect("a suggestion");
            prop_assert_eq!(&suggested.kind, &left_out.kind);
            prop_assert_eq!((suggested.quantity, suggested.net_cash), (left_out.quantity, left_out.net_cash));
        }
    }

    #[test]
    fn whatever_the_custodian_says_is_compared_without_panic(
        world in any_world(), units in any::<i64>(), cash in any::<i64>(), scale in 0_u32..20,
    ) {
        let mut world = agreeing(&world);
        let stated = [(Subject::Instrument(id("SAP")), units), (Subject::Cash(Currency::EUR), cash)];
        for (subject, quantity) in stated {
            let quantity = Decimal::new(quantity, scale);
            world.statement.balances.insert(subject, CustodianBalance { quantity, market_value: None });
        }
        for found in world.compare() {
            prop_assert_eq!(found.ledger + found.difference, found.custodian);
        }
    }
}

/// A deposit, and some purchases, sales, dividends and fees of March 2024.
fn any_world() -> impl Strategy<Value = Vec<(u8, u8, i64, i64)>> {
    prop::collection::vec((0_u8..4, 1_u8..28, 1_i64..100_000, 1_000_i64..1_000_000_000), 1..12)
}

/// Books and a custodian that has the same.
fn agreeing(rows: &[(u8, u8, i64, i64)]) -> World {
    let mut world = World::new().book("2024-01-02", Deposit, "", "", "98765432.10");
    for (kind, day, units, cents) in rows {
        let symbol = ["SAP", "BMW", "ABB"][usize::from(day % 3)];
        let (day, units) = (format!("2024-03-{day:02}"), Decimal::new(*units, 2).to_string());
        let cash = Decimal::new(*cents, 2);
        world = match kind {
            0 => world.book(&day, Buy, symbol, &units, &(-cash).to_string()),
            1 => world.book(&day, Sell, symbol, &units, &cash.to_string()),
            2 => world.book(&day, Dividend, symbol, "", &cash.to_string()),
            _ => world.book(&day, FeeCustody, "", "", &(-cash).to_string()),
        };
    }
    let ledger = world.ledger();
    for (instrument, units) in &ledger.units {
        world = world.states(Subject::Instrument(instrument.clone()), &units.to_string());
    }
    let cash = ledger.cash_in(Currency::EUR).to_string();
    world.has_cash(&cash)
}
