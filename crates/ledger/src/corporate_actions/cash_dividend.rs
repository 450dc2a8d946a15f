//! Cash dividends: what a holder is owed on the ex-date.
//!
//! The cash itself is booked by the broker's DIVIDEND transaction. The entitlement computed here is what the check
//! `missing_dividends` compares with it, so that a dividend that never arrived is noticed.

use rust_decimal::Decimal;

use super::CorporateActionKind;

/// The word in files and tables.
pub const CODE: &str = "CASH_DIVIDEND";

/// A cash dividend (`DVCA`).
pub static KIND: CorporateActionKind = CorporateActionKind {
    code: CODE,
    iso_20022: "DVCA",
    definition: "amount per unit × units held at the close before the ex-date, before tax",
};

/// The gross amount owed for the units held at the close before the ex-date. None on overflow.
pub fn entitlement(units: Decimal, amount_per_unit: Decimal) -> Option<Decimal> {
    units.checked_mul(amount_per_unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apple_paid_3_05_a_share_in_february_2014() {
        // 54 shares × 3.05 USD.
        assert_eq!(entitlement(Decimal::from(54), Decimal::new(305, 2)), Some(Decimal::new(16_470, 2)));
    }
}
