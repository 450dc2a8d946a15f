//! What the books count since an ex-date, and the custodian from the day of payment on.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::corporate_actions::CorporateAction;
use schemas::{Amount, Currency, Severity};

use super::super::{BalanceBasis, Balances, Cause, Difference};
use super::{World, bought, date, id, number};
use crate::transaction::TransactionKind::{Deposit, Dividend};

/// Units by symbol and cash in euros.
fn moved(units: &[(&str, &str)], cash: &str) -> Balances {
    let units = units.iter().map(|(symbol, units)| (id(symbol), number(units))).collect();
    Balances { units, cash: BTreeMap::from([(Currency::EUR, number(cash))]) }
}

fn paid_on(pay_date: &str) -> impl Fn(&mut CorporateAction) {
    move |action| action.pay_date = Some(date(pay_date))
}

/// A hundred shares for 6,000 and 4,000 in cash; a quarter of them is called on 27 March at 65 and paid on 3 April.
fn called() -> World {
    let mut world = bought().announce("2024-03-27", "PARTIAL_CALL", "SAP", paid_on("2024-04-03"));
    world.undelivered.push((0, moved(&[("SAP", "-25")], "1625")));
    world
}

/// What each row says, how bad it is, and whether something is suggested.
fn told(found: &[Difference]) -> Vec<(String, Severity, bool)> {
    found.iter().map(|found| (found.message(), found.severity(), found.suggestion.is_some())).collect()
}

#[test]
fn what_a_custodian_has_not_paid_yet_is_expected_and_nothing_is_suggested() {
    // In the books 75 shares and 5,625; at the custodian 100 and 4,000 until 3 April.
    let found = called().holds("SAP", "100").has_cash("4000").compare();
    let event = "PARTIAL_CALL of SAP of 2024-03-27, pay date 2024-04-03";
    let units = "units: 75 in the books, 100 at the custodian, difference 25";
    let cash = "cash: 5625 in the books, 4000 at the custodian, difference -1625";
    assert_eq!(
        told(&found),
        [
            (format!("{units}; timing: announced units, not delivered yet: {event}, -25 units"), Severity::Info, false),
            (format!("{cash}; timing: announced cash, not paid yet: {event}, 1625 EUR"), Severity::Info, false),
        ]
    );
    let words: Vec<&str> = found.iter().map(|found| found.cause.word()).collect();
    assert_eq!(words, ["announced_undelivered", "announced_unpaid"]);
    // A custodian that takes the shares out at once and pays later, and one that does both at once.
    let found = called().holds("SAP", "75").has_cash("4000").compare();
    assert_eq!(found.iter().map(|found| found.cause.word()).collect::<Vec<_>>(), ["announced_unpaid"]);
    assert_eq!(called().holds("SAP", "75").has_cash("5625").compare(), []);
}

#[test]
fn only_the_rest_has_to_be_explained() {
    // The custodian has bought ten more for 605 besides, which nobody has booked.
    let found = called().holds("SAP", "110").has_cash("3395").compare();
    let rows: Vec<(&str, Decimal, Severity)> =
        found.iter().map(|found| (found.cause.word(), found.difference, found.severity())).collect();
    assert_eq!(
        rows,
        [
            ("announced_undelivered", number("25"), Severity::Info),
            ("missing_trade", number("10"), Severity::Block),
            ("announced_unpaid", number("-1625"), Severity::Info),
            ("cash_of", number("-605"), Severity::Warn),
        ]
    );
    let [_, trade, _, cash] = &found[..] else { panic!("{found:?}") };
    let buy = trade.suggestion.as_ref().expect("a purchase");
    assert_eq!((buy.kind.as_str(), buy.net_cash), ("BUY", Amount::new(number("-605"))));
    let cash = cash.message();
    assert!(
        cash.starts_with("cash: 5625 in the books, 3395 at the custodian, -605 of the difference -2230; "),
        "{cash}"
    );
}

#[test]
fn once_the_day_of_payment_has_come_it_is_missing() {
    let mut world = called().holds("SAP", "75").has_cash("4000");
    world.actions[0].pay_date = Some(date("2024-03-28"));
    let found = world.compare();
    assert_eq!(found.iter().map(|found| found.cause.word()).collect::<Vec<_>>(), ["unexplained"]);
}

#[test]
fn units_of_a_spin_off_come_on_the_day_of_payment() {
    let mut world = bought().announce("2024-03-27", "SPIN_OFF", "SAP", paid_on("2024-04-03"));
    world.undelivered.push((0, Balances { units: BTreeMap::from([(id("ABB"), number("25"))]), ..Balances::default() }));
    let found = world.holds("SAP", "100").has_cash("4000").compare();
    let cause =
        "timing: announced units, not delivered yet: SPIN_OFF of SAP of 2024-03-27, pay date 2024-04-03, 25 units";
    let subjects: Vec<String> = found.iter().map(|found| found.subject.to_string()).collect();
    assert_eq!((subjects, found[0].cause.to_string()), (vec!["ABB".to_owned()], cause.to_owned()));
}

#[test]
fn a_split_that_is_delivered_later_is_a_matter_of_days() {
    let ratio = |action: &mut CorporateAction| {
        (action.ratio_new, action.ratio_old, action.pay_date) = (Some(4), Some(1), Some(date("2024-04-03")));
    };
    let found = bought().announce("2024-03-27", "SPLIT", "SAP", ratio).holds("SAP", "100").has_cash("4000").compare();
    assert_eq!((found.len(), found[0].severity(), &found[0].suggestion), (1, Severity::Info, &None));
    assert!(found[0].message().ends_with("SPLIT of SAP of 2024-03-27, pay date 2024-04-03, 300 units"), "{found:?}");
}

#[test]
fn dividends_that_are_booked_and_not_paid_yet_are_told_one_by_one() {
    // 220 and 35 are booked on their ex-dates and paid later.
    let world = bought()
        .announce("2024-03-25", "CASH_DIVIDEND", "SAP", paid_on("2024-04-05"))
        .announce("2024-03-26", "CASH_DIVIDEND", "BMW", paid_on("2024-04-02"))
        .book("2024-03-25", Dividend, "SAP", "100", "220")
        .book("2024-03-26", Dividend, "BMW", "", "35")
        .holds("SAP", "100");
    let both = [("3", "2024-04-05"), ("4", "2024-04-02")].map(|(transaction_id, pay_date)| Cause::DividendUnpaid {
        transaction_id: transaction_id.to_owned(),
        pay_date: date(pay_date),
    });
    let causes = |found: &[Difference]| found.iter().map(|found| found.cause.clone()).collect::<Vec<_>>();
    let mut found = causes(&world.has_cash("4000").compare());
    found.sort_by_key(Cause::awaited);
    assert_eq!(found, both);
    // By settlement date, a booking that says when it is paid is not in the balance at all.
    let settled = World::on("2024-03-28", BalanceBasis::Settlement)
        .announce("2024-03-25", "CASH_DIVIDEND", "SAP", paid_on("2024-04-05"))
        .book("2024-01-02", Deposit, "", "", "1000")
        .book("2024-03-25", Dividend, "SAP", "100", "220")
        .but(|booked| booked.settlement_date = Some(date("2024-04-05")))
        .has_cash("1000");
    assert_eq!(settled.compare(), []);
}
