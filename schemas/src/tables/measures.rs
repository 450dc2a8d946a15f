//! gold.measures: performance and risk figures.

use chrono::NaiveDate;

use crate::dates::{BusinessDate, ReportingPeriod};
use crate::decimals::Amount;
use crate::identifiers::PortfolioId;
use crate::measure_value::MeasureValue;

crate::table! {
    /// One row per portfolio, business date, period and measure: a number, an amount, a day, or the reason why there
    /// is none.
    MeasureRow = "gold.measures", key ["portfolio_id", "business_date", "period", "measure"],
    dated Some("business_date"),
    /// The portfolio.
    portfolio_id: PortfolioId,
    /// The date the period ends on.
    business_date: BusinessDate,
    /// The period: `1D`, `WTD`, `MTD`, `QTD`, `YTD`, `1Y`, `3Y`, `5Y`, `10Y` or `SI`.
    period: ReportingPeriod,
    /// The measure's id, e.g. `volatility`.
    measure: String,
    /// The figure in the measure's unit, where it is an estimate; fractions are fractions.
    value: Option<f64>,
    /// The figure, where it is money: exact, in the portfolio's base currency.
    amount: Option<Amount>,
    /// The figure, where it is a day.
    value_date: Option<NaiveDate>,
    /// Why there is no figure; none where there is one.
    unavailable_reason: Option<String>,
}

/// The columns that hold a figure: one of them is filled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureColumns {
    /// The figure, where it is an estimate.
    pub value: Option<f64>,
    /// The figure, where it is money.
    pub amount: Option<Amount>,
    /// The figure, where it is a day.
    pub value_date: Option<NaiveDate>,
    /// Why there is no figure.
    pub unavailable_reason: Option<String>,
}

impl FigureColumns {
    /// The columns of a figure.
    pub fn of(found: MeasureValue) -> FigureColumns {
        match found {
            MeasureValue::Number(number) => FigureColumns { value: Some(number), ..FigureColumns::default() },
            MeasureValue::Amount(money) => {
                FigureColumns { amount: Some(Amount::new(money)), ..FigureColumns::default() }
            }
            MeasureValue::Date(day) => FigureColumns { value_date: Some(day), ..FigureColumns::default() },
            MeasureValue::Unavailable(reason) => {
                FigureColumns { unavailable_reason: Some(reason), ..FigureColumns::default() }
            }
        }
    }
}

impl MeasureRow {
    /// The row of a figure.
    pub fn of(
        portfolio_id: &PortfolioId,
        business_date: BusinessDate,
        period: ReportingPeriod,
        measure: &str,
        found: MeasureValue,
    ) -> MeasureRow {
        let FigureColumns { value, amount, value_date, unavailable_reason } = FigureColumns::of(found);
        let (portfolio_id, measure) = (portfolio_id.clone(), measure.to_owned());
        MeasureRow { portfolio_id, business_date, period, measure, value, amount, value_date, unavailable_reason }
    }
}
