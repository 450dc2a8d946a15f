//! What the portfolio was worth on average, of which costs are told as a percentage.

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::Amount;
use schemas::tables::portfolio_values::PortfolioValue;

use crate::document::Cell;
use crate::error::Error;
use crate::further::days_of;
use crate::input::StatementInput;
use crate::texts::costs_and_charges::CostSentence;

/// Decimals of a part of the average value.
const PART_DECIMALS: u32 = 4;

/// The average value of a portfolio over the period.
pub(super) struct Average {
    /// The value; none if no close of the period could be valued.
    value: Option<Decimal>,
    /// The calendar days that its closes stand for.
    days: i64,
}

impl Average {
    /// The value at each close times the calendar days that it stands for, over all days. A close that could not be
    /// valued counts with the next one that could be.
    pub(super) fn of(input: &StatementInput) -> Result<Average, Error> {
        let is_inside =
            |row: &&PortfolioValue| input.period_start < row.business_date && row.business_date <= input.business_date;
        let mut closes: Vec<&PortfolioValue> = input.portfolio_values.iter().filter(is_inside).collect();
        closes.sort_by_key(|row| row.business_date);
        let overflow = || Error::Overflow { what: "the average portfolio value" };
        let (mut sum, mut days, mut waiting) = (Decimal::ZERO, 0_i64, 0_i64);
        for row in closes {
            waiting += days_of(row, input.period_start);
            let Some(value) = row.market_value else { continue };
            let part = value.decimal().checked_mul(Decimal::from(waiting)).ok_or_else(overflow)?;
            sum = sum.checked_add(part).ok_or_else(overflow)?;
            days += std::mem::take(&mut waiting);
        }
        Ok(Average { value: sum.checked_div(Decimal::from(days)), days })
    }

    /// The average as it is printed.
    pub(super) fn cell(&self, input: &StatementInput) -> Cell {
        input.base_money(self.value.map(Amount::new), || input.texts().sentence(CostSentence::NoAverage))
    }

    /// What a holding was worth on average of these days.
    pub(super) fn of_holding(&self, input: &StatementInput, value_days: Amount) -> Cell {
        let average = value_days.decimal().checked_div(Decimal::from(self.days)).map(Amount::new);
        input.base_money(average, || input.texts().sentence(CostSentence::NoAverage))
    }

    /// An amount as a fraction of the average.
    pub(super) fn part(&self, input: &StatementInput, amount: &Cell) -> Cell {
        let Some(number) = amount.printed_number() else { return amount.clone() };
        let average = self.value.filter(|value| Decimal::ZERO < *value);
        match average.and_then(|average| number.checked_div(average)) {
            Some(part) => {
                Cell::Fraction(part.round_dp_with_strategy(PART_DECIMALS, RoundingStrategy::MidpointAwayFromZero))
            }
            None => Cell::unavailable(input.texts().sentence(CostSentence::NoAverage)),
        }
    }
}
