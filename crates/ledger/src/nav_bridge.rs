//! From the opening value of a period to its closing value, in named steps that add up.
//!
//! The bridge of this version has three steps: what the client brought in, what the client took out, and what the
//! portfolio earned. It foots by construction only if every row was valued; if one was not, there is no bridge.

use rust_decimal::Decimal;
use schemas::tables::cash_flows::CashFlow;

/// A bridge in base currency, unrounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavBridge {
    /// Market value at the close that opens the period.
    pub opening_value: Decimal,
    /// External inflows of the period, zero or positive.
    pub contributions: Decimal,
    /// External outflows of the period, zero or negative.
    pub withdrawals: Decimal,
    /// What income, prices, rates, fees and taxes made of it.
    pub investment_gain: Decimal,
    /// Market value at the end of the period.
    pub closing_value: Decimal,
}

/// The bridge of a period from its two values and the flows between; none if a flow has no value in base currency.
pub fn nav_bridge(opening_value: Decimal, closing_value: Decimal, flows: &[CashFlow]) -> Option<NavBridge> {
    let mut contributions = Decimal::ZERO;
    let mut withdrawals = Decimal::ZERO;
    for flow in flows {
        let amount = flow.amount_base?.decimal();
        let side = if amount.is_sign_negative() { &mut withdrawals } else { &mut contributions };
        *side = side.checked_add(amount)?;
    }
    let before_gain = opening_value.checked_add(contributions)?.checked_add(withdrawals)?;
    let investment_gain = closing_value.checked_sub(before_gain)?;
    Some(NavBridge { opening_value, contributions, withdrawals, investment_gain, closing_value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(amount: i64) -> CashFlow {
        CashFlow {
            portfolio_id: "P1".parse().expect("an id"),
            transaction_id: "1".to_owned(),
            business_date: "2014-01-02".parse().expect("a date"),
            flow_date: "2014-01-02".parse().expect("a date"),
            kind: "DEPOSIT".to_owned(),
            currency: schemas::Currency::EUR,
            amount: Some(Decimal::from(amount).into()),
            amount_base: Some(Decimal::from(amount).into()),
        }
    }

    #[test]
    fn the_steps_add_up() {
        // 1,000 + 500 − 200 + gain = 1,450, so the gain is 150.
        let bridge = nav_bridge(Decimal::from(1000), Decimal::from(1450), &[flow(500), flow(-200)]).expect("known");
        assert_eq!(bridge.investment_gain, Decimal::from(150));
        assert_eq!((bridge.contributions, bridge.withdrawals), (Decimal::from(500), Decimal::from(-200)));
    }

    #[test]
    fn an_unknown_flow_gives_no_bridge() {
        let unknown = CashFlow { amount_base: None, ..flow(1) };
        assert_eq!(nav_bridge(Decimal::ZERO, Decimal::ONE, &[unknown]), None);
    }
}
