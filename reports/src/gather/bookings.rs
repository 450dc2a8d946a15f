//! Which bookings a period tells of.

use std::collections::BTreeSet;

use schemas::BusinessDate;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::transactions::Transaction;

/// The last day up to the opening of a period on which a portfolio was valued; none if it never was by then.
fn last_valued_by(values: &[PortfolioValue], opening: BusinessDate) -> Option<BusinessDate> {
    values.iter().map(|row| row.business_date).filter(|day| *day <= opening).max()
}

/// The transactions of a period, and all others: a reversal of a later day takes back what then counts on no day. What
/// was booked after the last valuation before the period, on a weekend at its start, takes effect in it and is told in
/// it: the statement before ended with that valuation.
pub(super) fn parted(
    booked: Vec<Transaction>,
    values: &[PortfolioValue],
    (opening, date): (BusinessDate, BusinessDate),
) -> (Vec<Transaction>, Vec<Transaction>) {
    let since = last_valued_by(values, opening);
    let is_later = |row: &Transaction| since.is_none_or(|since| since < row.trade_date);
    booked.into_iter().partition(|row| is_later(row) && row.trade_date <= date)
}

/// What the reversals of a period take back, out of the bookings before it and after it.
pub(super) fn taken_back(others: &[Transaction], of_period: &[Transaction]) -> Vec<Transaction> {
    let reversed: BTreeSet<&str> = of_period.iter().filter_map(|row| row.reverses.as_deref()).collect();
    others.iter().filter(|row| reversed.contains(row.transaction_id.as_str())).cloned().collect()
}

/// The reversals out of the bookings before a period and after it that take back something of it.
pub(super) fn taking_back(others: &[Transaction], of_period: &[Transaction]) -> Vec<Transaction> {
    let ids: BTreeSet<&str> = of_period.iter().map(|row| row.transaction_id.as_str()).collect();
    let is_of_period = |row: &&Transaction| row.reverses.as_deref().is_some_and(|id| ids.contains(id));
    others.iter().filter(is_of_period).cloned().collect()
}

#[cfg(test)]
mod tests {
    use schemas::{Amount, Currency};

    use super::*;

    #[test]
    fn what_was_booked_on_the_weekend_between_two_periods_is_told_in_the_second() {
        // 31 December 2022 was a Saturday: December ends with the valuation of the 30th, January with that of the 31st.
        let booked = |day: &str| Transaction {
            portfolio_id: "D01".parse().expect("an id"),
            transaction_id: day.to_owned(),
            booking_sequence: 1,
            trade_date: day.parse().expect("a date"),
            settlement_date: None,
            kind: "DEPOSIT".to_owned(),
            instrument_id: None,
            quantity: None,
            price: None,
            currency: Currency::EUR,
            fees: Amount::ZERO,
            taxes: Amount::ZERO,
            net_cash: Amount::ZERO,
            counter_currency: None,
            counter_amount: None,
            lot_cost: None,
            lot_acquired_date: None,
            lots_closed: None,
            reverses: None,
            counter_portfolio_id: None,
            recorded_at: None,
            note: String::new(),
            origin: String::new(),
        };
        let date = |text: &str| text.parse::<BusinessDate>().expect("a date");
        let all = vec![booked("2022-12-30"), booked("2022-12-31"), booked("2023-01-31"), booked("2023-02-01")];
        let value = |day: &str| PortfolioValue {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date(day),
            previous_business_date: None,
            base_currency: Currency::EUR,
            market_value: None,
            securities_value: None,
            cash_value: None,
            position_count: 0,
            carried_price_count: 0,
            missing_count: 0,
            benchmark_level: None,
            risk_free_annual: None,
        };
        let values = ["2022-11-30", "2022-12-30", "2023-01-31"].map(value);
        let told = |opening: &str, until: &str| {
            let (period, _) = parted(all.clone(), &values, (date(opening), date(until)));
            period.into_iter().map(|row| row.transaction_id).collect::<Vec<_>>()
        };
        assert_eq!(told("2022-11-30", "2022-12-30"), ["2022-12-30"]);
        assert_eq!(told("2022-12-31", "2023-01-31"), ["2022-12-31", "2023-01-31"]);
    }
}
