//! A portfolio on one page: what it holds, the figures that are asked for first, and what changed its value.

use std::collections::BTreeMap;

use jobs::{MEASURES, Measure};
use rust_decimal::Decimal;
use schemas::tables::measures::MeasureRow;
use schemas::tables::nav_bridge::{BridgeComponent, NavBridgeRow};
use schemas::tables::valuations::Valuation;
use schemas::{Amount, Currency, Money, ReportingPeriod};
use serde_json::Value;

use crate::listing::{Listing, NO_FIGURE};
use crate::printed_figures::{Figures, printed};

/// Positions on the page; `--what positions` shows all of them.
const POSITIONS_MAX: usize = 5;
/// Findings on the page; `--what exceptions` shows all of them.
pub(crate) const FINDINGS_MAX: usize = 5;

/// The measures on the page: value and gain, return, risk, drawdown, and what there is beside the benchmark.
pub(crate) const KEY_MEASURES: &[&str] =
    &["gain", "twr", "xirr", "volatility", "sharpe_rf", "max_drawdown", "var_hist_95", "beta"];

/// Steps of the bridge that are one line of the page, with its words.
const STEPS: &[(&str, &[BridgeComponent])] = &[
    (
        "Paid in and taken out",
        &[
            BridgeComponent::OpeningBalances,
            BridgeComponent::Contributions,
            BridgeComponent::Withdrawals,
            BridgeComponent::TransfersIn,
            BridgeComponent::TransfersOut,
        ],
    ),
    (
        "Dividends and interest",
        &[BridgeComponent::Dividends, BridgeComponent::Interest, BridgeComponent::AccruedInterest],
    ),
    ("Income from securities lending", &[BridgeComponent::LendingIncome]),
    (
        "Gains from prices",
        &[BridgeComponent::RealisedPriceGain, BridgeComponent::UnrealisedPriceGain, BridgeComponent::WriteOffs],
    ),
    (
        "Gains from exchange rates",
        &[
            BridgeComponent::RealisedCurrencyGain,
            BridgeComponent::UnrealisedCurrencyGain,
            BridgeComponent::CashCurrencyGain,
            BridgeComponent::Exchanges,
        ],
    ),
    (
        "Fees",
        &[
            BridgeComponent::Fee,
            BridgeComponent::FeeCustody,
            BridgeComponent::FeeManagement,
            BridgeComponent::FeePerformance,
            BridgeComponent::FeeBrokerage,
            BridgeComponent::FeeExchange,
        ],
    ),
    (
        "Taxes",
        &[
            BridgeComponent::Tax,
            BridgeComponent::TaxWithholding,
            BridgeComponent::TaxReclaim,
            BridgeComponent::TaxStampDuty,
            BridgeComponent::TaxTransaction,
        ],
    ),
    ("Corporate actions and corrections", &[BridgeComponent::CorporateActions, BridgeComponent::Corrections]),
    ("Unexplained or not known", &[BridgeComponent::Residual, BridgeComponent::Unknown, BridgeComponent::Gap]),
];

/// An amount with its currency, or that there is none.
pub(crate) fn money(amount: Option<Amount>, currency: Currency) -> String {
    amount.map_or_else(|| "no value".to_owned(), |amount| Money::new(amount.decimal(), currency).to_string())
}

/// Every position.
pub(crate) fn positions(rows: &[Valuation], base: Currency) -> Listing {
    let mut listing =
        Listing::new(&["instrument", "quantity", "price as quoted", "price date", "value", "value in base currency"]);
    for row in rows {
        let plain = |number: Decimal| Value::from(number.normalize().to_string());
        listing.push([
            row.instrument_id.to_string().into(),
            plain(row.quantity.decimal()),
            row.price.map_or(Value::Null, |price| plain(price.decimal())),
            row.price_date.map_or(Value::Null, |day| day.to_string().into()),
            money(row.value, row.currency).into(),
            money(row.value_base, base).into(),
        ]);
    }
    listing
}

/// The positions that are worth most, those without a value before them, and how many others there are.
pub(crate) fn largest_positions(rows: &[Valuation], base: Currency) -> (Listing, usize) {
    let mut ranked: Vec<&Valuation> = rows.iter().collect();
    // Sorting is stable: equal values stay in the order of the instruments.
    ranked.sort_by_key(|row| (row.value_base.is_some(), std::cmp::Reverse(row.value_base.map(|v| v.decimal().abs()))));
    let kept: Vec<Valuation> = ranked.into_iter().take(POSITIONS_MAX).cloned().collect();
    let others = rows.len() - kept.len();
    (positions(&kept, base), others)
}

/// The first figures, one row per measure and one column for each of the stated periods. Rows without any figure are
/// left out.
pub(crate) fn key_measures(figures: &Figures<'_>) -> Listing {
    let mut listing = Listing::new(&["measure", "MTD", "YTD", "1Y", "SI"]);
    for measure in key() {
        let values = ReportingPeriod::STATED.map(|period| figures.shown(period, measure));
        let cell = |value: &Option<schemas::MeasureValue>| match value {
            Some(value) => Value::from(printed(value, measure.unit, figures.base())),
            None => Value::Null,
        };
        let cells: Vec<Value> = values.iter().map(cell).collect();
        if cells.iter().any(|cell| !cell.is_null() && *cell != NO_FIGURE) {
            listing.rows.push(std::iter::once(measure.title.into()).chain(cells).collect());
        }
    }
    listing
}

/// The measures of the page.
pub(crate) fn key() -> Vec<&'static Measure> {
    let find = |id: &&str| MEASURES.iter().copied().find(|measure| measure.id == *id);
    KEY_MEASURES.iter().filter_map(find).collect()
}

/// The measures of the stated periods for a machine, a row per measure in the order of a statement.
pub(crate) fn stated_measures(rows: &[MeasureRow]) -> Listing {
    let mut listing = Listing::new(&["measure", "MTD", "YTD", "1Y", "SI"]);
    for measure in MEASURES {
        let of_measure: Vec<&MeasureRow> = rows.iter().filter(|row| row.measure == measure.id).collect();
        if of_measure.is_empty() {
            continue;
        }
        let cell = |period: ReportingPeriod| -> Value {
            let Some(row) = of_measure.iter().find(|row| row.period == period) else { return Value::Null };
            match (row.amount, row.value, row.value_date) {
                (Some(amount), ..) => amount.to_string().into(),
                (None, Some(number), _) => number.into(),
                (None, None, Some(day)) => day.to_string().into(),
                (None, None, None) => NO_FIGURE.into(),
            }
        };
        let [month, year, twelve, all] = ReportingPeriod::STATED.map(cell);
        listing.push([measure.id.into(), month, year, twelve, all]);
    }
    listing
}

/// The value at the end of the year before, what changed it since in a few lines, and the value on the date.
pub(crate) fn short_bridge(
    opening: Option<Amount>,
    rows: &[NavBridgeRow],
    closing: Option<Amount>,
    base: Currency,
) -> Listing {
    let mut listing = Listing::new(&["change in value this year", "in base currency"]);
    listing.push(["Value at start".into(), money(opening, base).into()]);
    let mut sums: BTreeMap<usize, Option<Decimal>> = BTreeMap::new();
    for row in rows {
        let place = STEPS.iter().position(|(_, steps)| steps.contains(&row.component)).unwrap_or(STEPS.len());
        let sum = sums.entry(place).or_insert(Some(Decimal::ZERO));
        *sum = sum.zip(row.amount_base).and_then(|(sum, amount)| sum.checked_add(amount.decimal()));
    }
    for (place, sum) in sums {
        let words = STEPS.get(place).map_or("Other", |(words, _)| *words);
        listing.push([words.into(), money(sum.map(Amount::new), base).into()]);
    }
    listing.push(["Value at end".into(), money(closing, base).into()]);
    listing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures_listing::tests::{date, portfolio, row};

    fn step(component: BridgeComponent, amount: Option<&str>) -> NavBridgeRow {
        let amount = amount.map(|text| Amount::new(text.parse().expect("a number")));
        NavBridgeRow {
            portfolio_id: "D01".parse().expect("an id"),
            business_date: date("2023-12-29"),
            component,
            currency: Currency::EUR,
            amount,
            amount_base: amount,
            detail: None,
        }
    }

    #[test]
    fn every_step_of_the_bridge_is_in_exactly_one_line() {
        for component in BridgeComponent::ALL {
            let lines = STEPS.iter().filter(|(_, steps)| steps.contains(&component)).count();
            assert_eq!(lines, 1, "{component:?}");
        }
    }

    #[test]
    fn the_lines_add_up_and_what_is_not_known_is_no_zero() {
        let rows = [
            step(BridgeComponent::Dividends, Some("10.5")),
            step(BridgeComponent::Interest, Some("-0.5")),
            step(BridgeComponent::FeeCustody, Some("-2")),
            step(BridgeComponent::Unknown, None),
        ];
        let amount = |text: &str| Some(Amount::new(text.parse().expect("a number")));
        let listing = short_bridge(amount("100"), &rows, None, Currency::EUR);
        let said: Vec<String> = listing.rows.iter().map(|row| format!("{}{}", row[0], row[1])).collect();
        let expected = [
            r#""Value at start""100.00 EUR""#,
            r#""Dividends and interest""10.00 EUR""#,
            r#""Fees""-2.00 EUR""#,
            r#""Unexplained or not known""no value""#,
            r#""Value at end""no value""#,
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn key_measures_exist_and_stand_in_their_order() {
        assert_eq!(key().len(), KEY_MEASURES.len());
        let portfolio = portfolio("2020-01-02");
        let all = ReportingPeriod::SinceInception;
        let rows = [
            row(all, "beta", Err("the portfolio names no benchmark")),
            row(all, "max_drawdown", Ok(-0.2)),
            row(all, "twr", Ok(-0.0)),
        ];
        let figures = Figures { portfolio: &portfolio, date: date("2023-12-29"), rows: &rows };
        let said: Vec<String> =
            key_measures(&figures).rows.iter().map(|row| format!("{} {}", row[0], row[4])).collect();
        assert_eq!(said, [r#""Time-weighted return" "0.00 %""#, r#""Maximum drawdown" "-20.00 %""#]);
        let ids: Vec<Value> = stated_measures(&rows).rows.iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids, ["twr", "max_drawdown", "beta"].map(Value::from));
    }
}
