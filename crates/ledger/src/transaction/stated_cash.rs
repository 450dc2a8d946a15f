//! Whether the cash of a booking follows from its own quantity and price.
//!
//! A booking counts as it is stated: the broker knows what it paid. But where its cash is far from what quantity,
//! price, fees and taxes give, one of them is mistyped, and a person should look at it.

use rust_decimal::Decimal;
use schemas::tables::transactions::Transaction;
use schemas::{Amount, Currency};

use super::TransactionKind;

/// In what an instrument is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotedIn {
    /// The currency in which it is valued.
    pub currency: Currency,
    /// What a quote is multiplied by to be in that currency, e.g. 0.01 for pence or for percent of a nominal value.
    pub price_scale: Decimal,
}

/// A booking whose cash is far from what its quantity and price give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CashDoubt {
    /// What they give; none if that is more than any account can hold.
    pub expected: Option<Decimal>,
    /// What the booking states.
    pub stated: Decimal,
}

/// The part of quantity × price that cash may be away from it: interest that accrued on a bond comes with its price.
const SHARE_MAX: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
/// What a trade may cost more, in its currency, if it states neither fees nor taxes: the commission of a small one.
const COSTS_UNSTATED_MAX: Decimal = Decimal::from_parts(25, 0, 0, false, 0);
/// The part of an income that may be missing if it states neither fees nor taxes: a tax that was withheld.
const TAX_UNSTATED_MAX: Decimal = Decimal::from_parts(5, 0, 0, false, 1);
/// Decimals to which prices are rounded at the most, and those that a price has.
const PRICE_DECIMALS: (u32, u32) = (2, 12);

/// Whether the cash of a booking is far from quantity × price × scale, less fees and taxes.
///
/// - Looked at: `BUY`, `SELL`, `DIVIDEND` and `RETURN_OF_CAPITAL` with a quantity and a price, in the currency of the
///   instrument. Of all other bookings cash does not follow from a price.
/// - Near enough: a tenth of quantity × price either way, and what the rounding of price and cash explains. If neither
///   fees nor taxes are stated, a trade may have cost 25 units of its currency more, and of an income half may be
///   missing.
/// - Where fees or taxes are negative, they came back, or were paid and written with a minus. They are small beside the
///   tenth, which then is not allowed.
/// - The amount per unit of an income may be in the currency where quotes are in hundredths of it. An income that was
///   paid, not received, is one taken back or of a short position, and is not looked at.
pub fn cash_doubt(transaction: &Transaction, quoted: QuotedIn) -> Option<CashDoubt> {
    let kind: TransactionKind = transaction.kind.parse().ok()?;
    let is_income = matches!(kind, TransactionKind::Dividend | TransactionKind::ReturnOfCapital);
    let is_trade = matches!(kind, TransactionKind::Buy | TransactionKind::Sell);
    let stated = transaction.net_cash.decimal();
    let is_paid_income = is_income && stated < Decimal::ZERO;
    if !(is_income || is_trade) || is_paid_income || transaction.currency != quoted.currency {
        return None;
    }
    let price = transaction.price?.decimal();
    let units = transaction.quantity?.decimal();
    let sign = if kind == TransactionKind::Buy { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let stated_cash = StatedCash { transaction, signed_units: units * sign, price, is_income };
    let Some((expected, is_near)) = stated_cash.compared(quoted.price_scale) else {
        return Some(CashDoubt { expected: None, stated });
    };
    let in_currency = || stated_cash.compared(Decimal::ONE).is_some_and(|(_, is_near)| is_near);
    if is_near || (is_income && in_currency()) {
        return None;
    }
    Some(CashDoubt { expected: Some(expected), stated })
}

/// The cash of a booking with what it should follow from.
struct StatedCash<'a> {
    transaction: &'a Transaction,
    /// Negative for a purchase.
    signed_units: Decimal,
    price: Decimal,
    is_income: bool,
}

impl StatedCash<'_> {
    /// What the cash should be, and whether what is stated is near it; none if it is more than any account can hold.
    fn compared(&self, scale: Decimal) -> Option<(Decimal, bool)> {
        let per_price = self.signed_units.checked_mul(scale)?;
        let gross = per_price.checked_mul(self.price)?;
        let charges = self.transaction.fees.decimal().checked_add(self.transaction.taxes.decimal())?;
        let expected = gross.checked_sub(charges)?;
        let off = self.transaction.net_cash.decimal().checked_sub(expected)?;
        let (digits_min, digits_max) = PRICE_DECIMALS;
        let half_of_last = Decimal::new(5, self.price.normalize().scale().clamp(digits_min, digits_max) + 1);
        let rounded = per_price.abs().checked_mul(half_of_last)?;
        let smallest = Decimal::new(1, self.transaction.currency.minor_unit_digits());
        let came_back = self.transaction.fees.min(self.transaction.taxes) < Amount::ZERO;
        let share_max = if came_back { Decimal::ZERO } else { SHARE_MAX };
        let either_way = gross.abs().checked_mul(share_max)?.checked_add(rounded)?.checked_add(smallest)?;
        let unstated = match (charges.is_zero(), self.is_income) {
            (false, _) => Decimal::ZERO,
            (true, true) => gross.abs().checked_mul(TAX_UNSTATED_MAX)?,
            (true, false) => COSTS_UNSTATED_MAX,
        };
        let is_near = if off < Decimal::ZERO { off.abs() <= either_way.max(unstated) } else { off <= either_way };
        Some((expected, is_near))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().expect("a number")
    }

    /// A booking of a kind: units at a price, fees, taxes and cash, in euro.
    fn booking(kind: &str, [units, price, fees, taxes, net_cash]: [&str; 5]) -> Transaction {
        Transaction {
            portfolio_id: "D01".parse().expect("an id"),
            transaction_id: "7".to_owned(),
            booking_sequence: 7,
            trade_date: "2014-01-02".parse().expect("a date"),
            settlement_date: None,
            kind: kind.to_owned(),
            instrument_id: Some("world~SAP".parse().expect("an instrument")),
            quantity: (!units.is_empty()).then(|| units.parse().expect("a number")),
            price: (!price.is_empty()).then(|| price.parse().expect("a number")),
            currency: Currency::EUR,
            fees: fees.parse().expect("a number"),
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
            origin: "D01/transactions.csv:8".to_owned(),
        }
    }

    /// What is wrong with a booking in an instrument that is quoted in euro.
    fn doubt(kind: &str, booked: [&str; 5], price_scale: &str) -> Option<CashDoubt> {
        let transaction = booking(kind, booked);
        cash_doubt(&transaction, QuotedIn { currency: Currency::EUR, price_scale: number(price_scale) })
    }

    #[test]
    fn a_misplaced_point_is_doubted_with_both_amounts() {
        for (kind, booked, scale, expected) in [
            ("BUY", ["10", "100", "0", "0", "-10000"], "1", "-1000"),
            ("BUY", ["10", "100", "5", "1", "-100.60"], "1", "-1006"),
            ("SELL", ["10", "100", "5", "1", "9940"], "1", "994"),
            ("SELL", ["10", "100", "0", "0", "-1000"], "1", "1000"),
            // 500 at 1,234.5 pence are 6,172.50 pounds.
            ("BUY", ["500", "1234.5", "0", "0", "-617250"], "0.01", "-6172.5"),
            // 10,000 nominal at 98.5 percent are 9,850.
            ("BUY", ["10000", "98.5", "0", "0", "-985000"], "0.01", "-9850"),
            ("DIVIDEND", ["100", "0.5", "0", "7.5", "425"], "1", "42.5"),
            ("RETURN_OF_CAPITAL", ["100", "0.5", "0", "0", "500"], "1", "50"),
            ("BUY", ["10", "0", "0", "0", "-1000"], "1", "0"),
        ] {
            let found = doubt(kind, booked, scale).unwrap_or_else(|| panic!("{kind} {booked:?} is doubted"));
            let both = (found.expected, found.stated);
            assert_eq!(both, (Some(number(expected)), number(booked[4])), "{kind} {booked:?}");
        }
    }

    #[test]
    fn what_rounding_interest_and_unstated_costs_explain_is_not_doubted() {
        for (kind, booked, scale) in [
            ("BUY", ["40", "120.00", "4.00", "0", "-4804.00"], "1"),
            ("BUY", ["500", "1234.5", "6", "30.86", "-6209.36"], "0.01"),
            // A bond with 4.86 percent of accrued interest in its cash.
            ("BUY", ["18.01", "1.059", "1", "0", "-21"], "1"),
            ("BUY", ["10000", "98.5", "0", "0", "-10300"], "0.01"),
            // 1,000,000 units that cost 0.0149 each, at a price of 0.01.
            ("BUY", ["1000000", "0.01", "0", "0", "-14900"], "1"),
            // A commission of 5.90 on a share of 8.10, which the broker does not state.
            ("BUY", ["1", "8.10", "0", "0", "-14.00"], "1"),
            ("SELL", ["1", "8.10", "0", "0", "2.20"], "1"),
            // A dividend of which 26.375 percent were withheld, and one in pounds of a share quoted in pence.
            ("DIVIDEND", ["100", "1", "0", "0", "73.63"], "1"),
            ("DIVIDEND", ["1000", "0.05", "0", "0", "50.00"], "0.01"),
            ("DIVIDEND", ["1000", "5", "0", "0", "50.00"], "0.01"),
            ("DIVIDEND", ["100", "1", "0", "0", "-100"], "1"),
            ("DIVIDEND", ["", "1", "0", "0", "7"], "1"),
            ("BUY", ["10", "", "0", "0", "-10000"], "1"),
            ("DIVIDEND_REINVESTED", ["10", "100", "0", "0", "0"], "1"),
            ("TRANSFER_IN", ["10", "100", "0", "0", "0"], "1"),
        ] {
            assert_eq!(doubt(kind, booked, scale), None, "{kind} {booked:?}");
        }
    }

    #[test]
    fn the_limits_are_a_tenth_and_what_is_not_stated() {
        // A tenth of 1,000, half a cent for each of ten units, and a cent.
        assert_eq!(doubt("BUY", ["10", "100", "1", "0", "-1101.06"], "1"), None);
        assert!(doubt("BUY", ["10", "100", "1", "0", "-1101.07"], "1").is_some());
        assert_eq!(doubt("BUY", ["10", "100", "1", "0", "-900.94"], "1"), None);
        assert!(doubt("BUY", ["10", "100", "1", "0", "-900.93"], "1").is_some());
        assert_eq!(doubt("BUY", ["1", "8", "0", "0", "-33"], "1"), None);
        assert!(doubt("BUY", ["1", "8", "0", "0", "-33.01"], "1").is_some());
        assert_eq!(doubt("DIVIDEND", ["100", "1", "0", "0", "50"], "1"), None);
        assert!(doubt("DIVIDEND", ["100", "1", "0", "0", "49.99"], "1").is_some());
        assert!(doubt("DIVIDEND", ["100", "1", "0", "15", "50"], "1").is_some(), "the tax is stated");
    }

    #[test]
    fn a_charge_that_came_back_is_told_from_one_that_was_paid_and_has_a_minus() {
        // Five at 100, a fee of 1 and a tax of 2.
        assert_eq!(doubt("SELL", ["5", "100", "1", "-2", "501"], "1"), None);
        assert_eq!(doubt("SELL", ["5", "100", "-1", "-2", "503"], "1"), None);
        let paid = doubt("SELL", ["5", "100", "-1", "-2", "497"], "1").map(|found| found.expected);
        assert_eq!(paid, Some(Some(number("503"))));
        assert!(doubt("BUY", ["5", "100", "-1", "0", "-501"], "1").is_some());
    }

    #[test]
    fn another_currency_is_not_compared_and_what_no_account_holds_is_doubted() {
        let large = "1000000000000000";
        let beyond = doubt("BUY", [large, large, "0", "0", "-1"], "1");
        assert_eq!(beyond, Some(CashDoubt { expected: None, stated: Decimal::NEGATIVE_ONE }));
        let booked = booking("BUY", ["10", "100", "0", "0", "-10000"]);
        let in_dollars = QuotedIn { currency: Currency::USD, price_scale: Decimal::ONE };
        assert_eq!(cash_doubt(&booked, in_dollars), None);
    }
}
