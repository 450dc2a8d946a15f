//! `risk_free.csv`: dated rates of an investment without risk, by currency.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemas::tables::risk_free_rates::RiskFreeRate;
use schemas::{BusinessDate, Currency, Rate};

use super::market_files::{at, date_at, each_row, label};
use crate::error::Error;
use crate::frames::Sheet;
use crate::sources::{Facts, LandedFile};

/// The lowest rate that is taken for one: a loss of a half in a year.
const RATE_MIN: Decimal = Decimal::from_parts(5, 0, 0, true, 1);
/// The highest. Rates in percent, e.g. 5.25, are beyond it.
const RATE_MAX: Decimal = Decimal::ONE;

pub(super) fn risk_free_rates(file: &LandedFile<'_>) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["date", "currency", "rate_annual"])?;
    let [date, currency, rate] = [sheet.text("date")?, sheet.text("currency")?, sheet.text("rate_annual")?];
    let dates = sheet.dates(&date)?;
    let mut seen: BTreeMap<(Currency, BusinessDate), i64> = BTreeMap::new();
    let (risk_free_rates, rejects) = each_row(&label, &sheet, |row, line| {
        let rate_date = date_at("date", &date, &dates, row)?;
        let currency = at("currency", at("currency", currency.required(row))?.parse::<Currency>())?;
        let annual = at("rate_annual", rate.required_number(row))?;
        if annual < RATE_MIN || RATE_MAX < annual {
            let range = format!("a fraction a year from {RATE_MIN} to {RATE_MAX} (0.02 is two percent)");
            return Err(("rate_annual", format!("a rate is {range}, not {annual}")));
        }
        at("rate_annual", Rate::new(annual).to_units())?;
        if let Some(first) = seen.insert((currency, rate_date), line) {
            seen.insert((currency, rate_date), first);
            return Err(("date", format!("{currency} already has a rate for this date on line {first}")));
        }
        Ok(RiskFreeRate {
            risk_free_source: file.market_id.clone(),
            currency,
            rate_date,
            rate_annual: Rate::new(annual),
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    });
    Ok(Facts { risk_free_rates, rejects, ..Facts::default() })
}
