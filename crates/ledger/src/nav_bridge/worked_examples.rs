//! Bridges worked out by hand, and what a bridge does when something is missing or wrong.

use rust_decimal::Decimal;
use schemas::tables::nav_bridge::BridgeComponent;
use schemas::{BusinessDate, Currency};

use super::samples::{Desk, cash, day, instrument, number, sums, words};
use super::{Booked, BridgeLine, CashMovement, Charges, CostChange, Gain, Nature};
use crate::basis::Basis;
use crate::transaction::TransactionKind as Kind;

const ACME: usize = 0;
const BRIT: usize = 1;

fn rates(list: &[(&str, Currency, &str)]) -> Vec<(BusinessDate, Currency, Decimal)> {
    list.iter().map(|(date, currency, units)| (day(date), *currency, number(units))).collect()
}

/// A euro portfolio and a dollar share; a dollar is worth 0.80 euros, then 1.00, then 0.50.
fn desk() -> Desk {
    let rates = rates(&[
        ("2024-01-02", Currency::USD, "1.25"),
        ("2024-01-03", Currency::USD, "1"),
        ("2024-01-04", Currency::USD, "2"),
    ]);
    Desk::new(Currency::EUR, &rates, &[("ACME", Currency::USD)])
}

/// The first day of the example: 10,000 euros, 1,000 of them for 1,240 dollars, 100 shares at 10, closing at 11.
fn first_day(desk: &mut Desk) -> Vec<BridgeLine> {
    let date = day("2024-01-02");
    desk.shares[ACME].price = Some(number("11"));
    desk.pay(date, Kind::Deposit, cash(Currency::EUR, "10000", "0", "0"));
    desk.exchange(date, cash(Currency::EUR, "-1000", "0", "0"), Currency::USD, number("1240"));
    desk.trade(date, Kind::Buy, ACME, number("100"), cash(Currency::USD, "-1007", "5", "2"));
    desk.close(date)
}

fn total(lines: &[BridgeLine]) -> Decimal {
    lines.iter().filter_map(|line| line.amount_base).sum()
}

#[test]
fn three_days_in_two_currencies() {
    let mut desk = desk();
    // A dollar is 0.80. The bank gave 1,240 for 1,000 euros, which were worth 1,250: 10 · 0.80 = 8 are its margin.
    // Value less cost of the shares before charges: 100 · (11 − 10) = 100 dollars, 80 euros; no gain from the rate yet.
    // Charges of 5 and 2 dollars are 4.00 and 1.60. Value: 9,000 + 233 · 0.80 + 1,100 · 0.80 = 10,066.40.
    let lines = first_day(&mut desk);
    let expected = [
        "contributions EUR 10000 10000",
        "unrealised_price_gain USD 100 80",
        "cash_currency_gain USD - -8",
        "exchanges EUR -1000 -1000",
        "exchanges USD 1240 1000",
        "fee_brokerage USD -5 -4",
        "tax_transaction USD -2 -1.6",
    ];
    assert_eq!(words(&lines), expected);
    assert_eq!(total(&lines), number("10066.40"));

    // A dollar is 1.00, the share closes at 12. 50 dollars of dividend, 15 of them withheld.
    // Prices: value less cost is 200 · 1.00 after 100 · 0.80, so 120. Rates: the cost of 1,000 dollars is worth 1,000
    // after 800, so 200. Cash: 233 dollars were carried from 0.80 to 1.00, so 46.60. Value: 9,000 + 268 + 1,200.
    let date = day("2024-01-03");
    desk.shares[ACME].price = Some(number("12"));
    desk.pay(date, Kind::Dividend, cash(Currency::USD, "35", "0", "15"));
    let lines = desk.close(date);
    let expected = [
        "dividends USD 50 50",
        "unrealised_price_gain USD 100 120",
        "unrealised_currency_gain USD - 200",
        "cash_currency_gain USD - 46.6",
        "tax_withholding USD -15 -15",
    ];
    assert_eq!(words(&lines), expected);
    assert_eq!(number("10066.40") + total(&lines), number("10468"));

    // A dollar is 0.50. 60 shares sold at 13 with a fee of 6, the rest closes at 12.50; 10 euros for custody.
    // Realised before charges: 780 − 600 = 180 dollars, 90 euros at the rate of the sale; and the cost of 600 dollars
    // is worth 300 where it was 480 when bought, so −180. Unrealised, 40 shares are left: 500 − 400 = 100 dollars, 50
    // euros, after 200 euros, so −150; their cost of 400 is worth 200 and was 320, −120 in all after +200, so −320.
    // Cash: 268 dollars fell from 1.00 to 0.50, so −134. Value: 8,990 + 1,042 · 0.50 + 500 · 0.50 = 9,761.
    let date = day("2024-01-04");
    desk.shares[ACME].price = Some(number("12.5"));
    desk.trade(date, Kind::Sell, ACME, number("60"), cash(Currency::USD, "774", "6", "0"));
    desk.pay(date, Kind::FeeCustody, cash(Currency::EUR, "-10", "0", "0"));
    let lines = desk.close(date);
    let expected = [
        "realised_price_gain USD 180 90",
        "realised_currency_gain USD - -180",
        "unrealised_price_gain USD -100 -150",
        "unrealised_currency_gain USD - -320",
        "cash_currency_gain USD - -134",
        "fee_custody EUR -10 -10",
        "fee_brokerage USD -6 -3",
    ];
    assert_eq!(words(&lines), expected);
    assert_eq!(number("10468") + total(&lines), number("9761"));
}

#[test]
fn what_comes_back_counts_against_the_charges_of_its_kind() {
    // A dollar is 1.00, the share closes at 12. 50 of 100 shares sold at 9 with a loss: a fee of 6, and the bank gives
    // 13.20 of tax back, so 450 − 6 + 13.20 = 457.20. And 12.50 euros of fees come back.
    // Realised before charges: 450 − 500 = −50; the cost of 500 dollars is worth 500 where it was 400 when bought.
    // Unrealised: 600 − 500 = 100 dollars as before, 100 euros after 80; their cost is worth 500 where it was 400.
    // Cash: 233 dollars from 0.80 to 1.00. Value: 9,012.50 + 690.20 + 600 = 10,302.70.
    let mut desk = desk();
    let opened = total(&first_day(&mut desk));
    let date = day("2024-01-03");
    desk.shares[ACME].price = Some(number("12"));
    desk.trade(date, Kind::Sell, ACME, number("50"), cash(Currency::USD, "457.20", "6", "-13.20"));
    desk.pay(date, Kind::Fee, cash(Currency::EUR, "12.50", "0", "0"));
    let lines = desk.close(date);
    let expected = [
        "realised_price_gain USD -50 -50",
        "realised_currency_gain USD - 100",
        "unrealised_price_gain USD 0 20",
        "unrealised_currency_gain USD - 100",
        "cash_currency_gain USD - 46.6",
        "fee EUR 12.5 12.5",
        "fee_brokerage USD -6 -6",
        "tax_transaction USD 13.2 13.2",
    ];
    assert_eq!(words(&lines), expected);
    assert_eq!(opened + total(&lines), number("10302.70"));
}

/// The days and the desk of the example in docs/BOOK_FOLDER.md, with its rates.
fn book_folder() -> ([BusinessDate; 5], Desk) {
    let days = ["2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28", "2024-04-02"].map(day);
    let usd = ["1.0835", "1.0855", "1.0816", "1.0811", "1.0749"].map(number);
    let gbp = ["0.85698", "0.85846", "0.85768", "0.8551", "0.8551"].map(number);
    let series =
        |currency, units: [Decimal; 5]| days.into_iter().zip(units).map(move |(on, units)| (on, currency, units));
    let rates: Vec<_> = series(Currency::USD, usd).chain(series(Currency::GBP, gbp)).collect();
    (days, Desk::new(Currency::EUR, &rates, &[("ACME", Currency::USD), ("BRIT", Currency::GBP)]))
}

#[test]
fn the_example_of_the_book_folder() {
    // docs/BOOK_FOLDER.md: values 9,980.16, 9,993.66, 10,049.46, 10,133.90 and 9,870.65.
    let (days, mut desk) = book_folder();
    let acme = ["120", "121.5", "40.5", "41", "42"].map(number);
    let brit = ["2.50", "2.52", "2.55", "2.515", "2.60"].map(number);
    let mut values = Vec::new();
    let mut lines = Vec::new();
    for (place, date) in days.into_iter().enumerate() {
        desk.shares[ACME].price = Some(acme[place]);
        desk.shares[BRIT].price = Some(brit[place]);
        match place {
            0 => {
                desk.pay(date, Kind::Deposit, cash(Currency::EUR, "10000", "0", "0"));
                desk.exchange(date, cash(Currency::EUR, "-5000", "0", "0"), Currency::USD, number("5400"));
                desk.trade(date, Kind::Buy, ACME, number("40"), cash(Currency::USD, "-4804", "4", "0"));
            }
            1 => {
                desk.exchange(date, cash(Currency::EUR, "-3000", "0", "0"), Currency::GBP, number("2565"));
                desk.trade(date, Kind::Buy, BRIT, number("1000"), cash(Currency::GBP, "-2537.60", "5", "12.60"));
            }
            2 => desk.split(ACME, number("3")),
            3 => desk.pay(date, Kind::Dividend, cash(Currency::GBP, "50", "0", "0")),
            _ => {
                desk.pay(day("2024-03-30"), Kind::Withdrawal, cash(Currency::EUR, "-500", "0", "0"));
                desk.trade(date, Kind::Sell, ACME, number("60"), cash(Currency::USD, "2516", "4", "0"));
            }
        }
        lines.extend(desk.close(date));
        values.push(total(&lines).round_dp(2));
    }
    assert_eq!(values, ["9980.16", "9993.66", "10049.46", "10133.90", "9870.65"].map(number));

    // Computed apart with forty digits. ACME: half of 4,800 dollars sold for 2,520 and as much left worth 2,520, so
    // both gains are 120/1.0749 and 2,400/1.0749 − 2,400/1.0835. BRIT: 2,600 after 2,520 pounds, 80/0.8551 and
    // 2,520/0.8551 − 2,520/0.85846. Charges at the rates of their days: 4/1.0835 + 4/1.0749; 5 and 12.60 by 0.85846.
    // The dividend is 50/0.8551. Cash: dollars at the end less euros that they were bought for and movements at their
    // own days, 3,112/1.0749 − (5,000 − 4,804/1.0835 + 2,516/1.0749); pounds in the same way.
    let expected: Vec<BridgeLine> = sums(&lines)
        .into_iter()
        .map(|((component, currency), (amount, amount_base))| BridgeLine {
            component,
            currency,
            amount: (!component.is_in_base_only()).then_some(amount),
            amount_base: Some(amount_base),
            detail: None,
        })
        .collect();
    let worked_out = [
        "contributions EUR 10000 10000",
        "withdrawals EUR -500 -500",
        "dividends GBP 50 58.472693",
        "realised_price_gain USD 120 111.638292",
        "realised_currency_gain USD - 17.721999",
        "unrealised_price_gain GBP 80 93.556309",
        "unrealised_price_gain USD 120 111.638292",
        "unrealised_currency_gain GBP - 11.534608",
        "unrealised_currency_gain USD - 17.721999",
        "cash_currency_gain GBP - -11.966004",
        "cash_currency_gain USD - -11.750398",
        "exchanges EUR -8000 -8000",
        "exchanges GBP 2565 3000",
        "exchanges USD 5400 5000",
        "fee_brokerage GBP -5 -5.824383",
        "fee_brokerage USD -8 -7.413016",
        "tax_transaction GBP -12.6 -14.677446",
    ];
    assert_eq!(words(&expected), worked_out);
}

#[test]
fn a_movement_counts_at_the_rate_of_its_own_day() {
    // 100 dollars paid in on 3 January, when a dollar was 1.00, and valued on 4 January at 0.50: 100 euros came in, and
    // the rate took 50.
    let mut desk = desk();
    desk.pay(day("2024-01-03"), Kind::Deposit, cash(Currency::USD, "100", "0", "0"));
    let lines = desk.close(day("2024-01-04"));
    assert_eq!(words(&lines), ["contributions USD 100 100", "cash_currency_gain USD - -50"]);
}

#[test]
fn a_dollar_share_paid_in_euros_is_an_exchange() {
    // 10 shares at 10 dollars for 80 euros and a fee of 1 euro, a dollar being 0.80: 80 euros left the euro for 100
    // dollars, and the fee stays a euro fee. Sold the next day at 11, a dollar being 1.00, for 110 euros less 1: the
    // gain is 10 dollars of price and 100 · (1.00 − 0.80) of the rate.
    let mut desk = desk();
    desk.shares[ACME].price = Some(number("10"));
    desk.pay(day("2024-01-02"), Kind::Deposit, cash(Currency::EUR, "81", "0", "0"));
    desk.trade(day("2024-01-02"), Kind::Buy, ACME, number("10"), cash(Currency::EUR, "-81", "1", "0"));
    let lines = desk.close(day("2024-01-02"));
    let bought =
        ["contributions EUR 81 81", "exchanges EUR -80 -80", "exchanges USD 100 80", "fee_brokerage EUR -1 -1"];
    assert_eq!(words(&lines), bought);

    desk.trade(day("2024-01-03"), Kind::Sell, ACME, number("10"), cash(Currency::EUR, "109", "1", "0"));
    let sold = [
        "realised_price_gain USD 10 10",
        "realised_currency_gain USD - 20",
        "exchanges EUR 110 110",
        "exchanges USD -110 -110",
        "fee_brokerage EUR -1 -1",
    ];
    assert_eq!(words(&desk.close(day("2024-01-03"))), sold);
}

#[test]
fn the_margin_of_an_exchange_belongs_to_the_currency_that_is_not_the_base() {
    // 100 dollars at 0.80 come in; 50 of them, fee of 2 inside, go for 38 euros where 48 dollars are worth 38.40.
    let mut desk = desk();
    let date = day("2024-01-02");
    desk.pay(date, Kind::Deposit, cash(Currency::USD, "100", "0", "0"));
    desk.exchange(date, cash(Currency::USD, "-50", "2", "0"), Currency::EUR, number("38"));
    let lines = desk.close(date);
    let expected = [
        "contributions USD 100 80",
        "cash_currency_gain USD - -0.4",
        "exchanges EUR 38 38",
        "exchanges USD -48 -38",
        "fee_brokerage USD -2 -1.6",
    ];
    assert_eq!(words(&lines), expected);
}

#[test]
fn units_that_cross_the_border_bring_and_take_their_gain_with_them() {
    // 10 shares worth 11 come in that had cost 4 dollars each, charges of 0.30 inside, when a dollar was 0.90: the
    // client brought 110 dollars, 88 euros, and nothing was gained here. The next day at 12 and 1.00: 32 euros are
    // gained, and only they: 120 less 88. Value less cost went from 80.30 to 90.30 dollars, in euros from 64.24 to
    // 90.30, so prices made 26.06; the cost of 29.70 dollars is worth 29.70 after 23.76, so rates made 5.94.
    let mut desk = desk();
    desk.shares[ACME].price = Some(number("11"));
    let kept = Basis {
        local: Some(number("30")),
        base: Some(number("27")),
        charges_local: Some(number("0.3")),
        charges_base: Some(number("0.27")),
    };
    desk.transfer(day("2024-01-02"), Kind::TransferIn, ACME, number("10"), Some(kept));
    assert_eq!(words(&desk.close(day("2024-01-02"))), ["transfers_in USD 110 88"]);

    desk.shares[ACME].price = Some(number("12"));
    let gained = ["unrealised_price_gain USD 10 26.06", "unrealised_currency_gain USD - 5.94"];
    assert_eq!(words(&desk.close(day("2024-01-03"))), gained);

    // All go at 13 and 0.50: 65 euros leave. The day lost 65 − 120 = −55: of the price 100.30 · 0.50 − 90.30, of the
    // rate 29.70 · 0.50 − 29.70.
    desk.shares[ACME].price = Some(number("13"));
    desk.transfer(day("2024-01-04"), Kind::TransferOut, ACME, number("10"), None);
    let left =
        ["transfers_out USD -130 -65", "unrealised_price_gain USD 10 -40.15", "unrealised_currency_gain USD - -14.85"];
    assert_eq!(words(&desk.close(day("2024-01-04"))), left);
}

#[test]
fn what_becomes_worthless_is_written_off_at_its_cost() {
    // 100 shares that cost 1,000 dollars, 800 euros, before charges and closed at 11. Written off at 1.00: the cost is
    // lost, and with it go the 100 dollars, 80 euros, that were unrealised. Cash: 233 · 0.20 = 46.60.
    let mut desk = desk();
    first_day(&mut desk);
    desk.write_off(ACME);
    let lines = desk.close(day("2024-01-03"));
    let expected = ["unrealised_price_gain USD -100 -80", "cash_currency_gain USD - 46.6", "write_offs USD -1000 -800"];
    assert_eq!(words(&lines), expected);
}

#[test]
fn a_close_without_a_price_is_a_gap_that_the_next_one_covers() {
    let mut desk = desk();
    let opened = total(&first_day(&mut desk));
    desk.shares[ACME].price = None;
    desk.pay(day("2024-01-03"), Kind::Dividend, cash(Currency::USD, "35", "0", "15"));
    let lines = desk.close(day("2024-01-03"));
    assert_eq!(words(&lines), ["gap EUR - -"]);
    let reason = "D01~ACME has no price; what happened is counted on the next date that can be valued";
    assert_eq!(lines[0].detail.as_deref(), Some(reason));

    // 9,000 + 268 · 0.50 + 1,100 · 0.50.
    desk.shares[ACME].price = Some(number("11"));
    let lines = desk.close(day("2024-01-04"));
    assert_eq!(opened + total(&lines), number("9684"));
    assert_eq!(words(&lines)[0], "dividends USD 50 50");
    let covered = lines.last().expect("a line");
    assert_eq!(covered.component, BridgeComponent::Gap);
    let since = "the other lines of this date count everything since the close of 2024-01-02";
    assert_eq!(covered.detail.as_deref(), Some(since));
}

#[test]
fn a_movement_without_a_rate_is_never_known_and_the_next_day_is() {
    // Yen were paid in before there was a rate, and came out again: the closes are known, what came in is not.
    let yen: Currency = "JPY".parse().expect("a currency");
    let mut desk = desk();
    first_day(&mut desk);
    desk.pay(day("2024-01-03"), Kind::Deposit, cash(yen, "5000", "0", "0"));
    desk.pay(day("2024-01-03"), Kind::Withdrawal, cash(yen, "-5000", "0", "0"));
    let lines = desk.close(day("2024-01-03"));
    assert_eq!(words(&lines), ["unknown EUR - -"]);
    assert_eq!(lines[0].detail.as_deref(), Some("transaction 4: there is no JPY rate on its day"));
    // 233 dollars fell from 1.00 to 0.50, and 1,100 of shares with them, 1,000 of which are their cost.
    let expected =
        ["unrealised_price_gain USD 0 -50", "unrealised_currency_gain USD - -500", "cash_currency_gain USD - -116.5"];
    assert_eq!(words(&desk.close(day("2024-01-04"))), expected);
}

#[test]
fn a_booking_that_does_not_explain_itself_is_named() {
    // 100 dollars left the cash for shares whose cost, before charges of 3, rose by 96: one dollar is missing.
    let mut desk = desk();
    let zero = Basis::ZERO;
    let basis = Basis::without_charges(Some(number("96")), Some(number("76.8")));
    let movement = CashMovement { currency: Currency::USD, amount: number("-100"), amount_base: Some(number("-80")) };
    let charges = Charges { fees: number("3"), fees_base: Some(number("2.4")), ..Charges::none(Currency::USD) };
    let booked = Booked {
        id: "b-17",
        nature: Nature::Transaction(Kind::Buy),
        cash: &[movement],
        charges,
        costs: &[CostChange { currency: Currency::USD, basis }],
        gains: &[Gain { currency: Currency::USD, proceeds: zero, cost: zero, rate: None }],
        transferred: None,
    };
    desk.pay(day("2024-01-02"), Kind::Deposit, cash(Currency::USD, "100", "0", "0"));
    desk.bridge.book(&booked).expect("fits");
    let held = [(instrument("ACME"), Basis::without_charges(Some(number("96")), Some(number("76.8"))))];
    let lines = desk.close_with(day("2024-01-02"), &held, &[(Currency::USD, Decimal::ZERO)]);
    let residual = lines.last().expect("a line");
    assert_eq!(words(&lines).last().map(String::as_str), Some("residual USD -1 -0.8"));
    assert_eq!(residual.detail.as_deref(), Some("not explained by its own parts: b-17"));
}

#[test]
fn cash_that_no_booking_explains_is_a_residual_of_all_that_was_booked() {
    let mut desk = desk();
    desk.pay(day("2024-01-02"), Kind::Deposit, cash(Currency::EUR, "100", "0", "0"));
    desk.pay(day("2024-01-02"), Kind::Interest, cash(Currency::EUR, "1", "0", "0"));
    let lines = desk.close_with(day("2024-01-02"), &[], &[(Currency::EUR, number("101.01"))]);
    assert_eq!(words(&lines), ["contributions EUR 100 100", "interest EUR 1 1", "residual EUR 0.01 0.01"]);
    assert_eq!(lines[2].detail.as_deref(), Some("booked since the close before: 1, 2"));
    // Nothing was booked the next day, and the balance is the same: nothing is left to explain.
    assert!(desk.close_with(day("2024-01-03"), &[], &[(Currency::EUR, number("101.01"))]).is_empty());
    let lines = desk.close_with(day("2024-01-04"), &[], &[(Currency::EUR, number("101"))]);
    assert_eq!(words(&lines), ["residual EUR -0.01 -0.01"]);
    assert_eq!(lines[0].detail.as_deref(), Some("nothing was booked since the close before"));
}
