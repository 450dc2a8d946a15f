//! `factors.csv`: what factors earned, such as the market, size and value, by set of factors and day.

use std::collections::{BTreeMap, BTreeSet};

use analytics::factor_regression::FACTORS_MAX;
use rust_decimal::Decimal;
use schemas::tables::factor_returns::FactorReturn;
use schemas::{BusinessDate, Rate};

use super::market_files::{Fault, at, date_at, each_row, label};
use crate::error::Error;
use crate::frames::Sheet;
use crate::sources::{Facts, LandedFile, RowReject};

/// The name of the file.
pub(super) const NAME: &str = "factors.csv";

/// A return of a day is no larger than this, up or down. The market's worst was about a fifth.
const RETURN_MAX: Decimal = Decimal::from_parts(5, 0, 0, false, 1);
/// Returns of days are smaller on average: those of wild factors are a fiftieth, and in percent all are larger.
const SIZE_MAX: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
/// So many returns have an average that says something.
const SIZES_MIN: u64 = 20;
/// Sets that a market may have.
const SETS_MAX: usize = 20;
/// Letters of the name of a set, and of a factor.
const LETTERS_MAX: usize = 32;

/// A set and a factor in it.
type Name = (String, String);

/// What the rows so far say.
#[derive(Default)]
struct Known {
    /// The lines of the days of each factor.
    lines: BTreeMap<Name, BTreeMap<BusinessDate, i64>>,
    /// The factors of each set.
    sets: BTreeMap<String, BTreeSet<String>>,
}

pub(super) fn factor_returns(file: &LandedFile<'_>) -> Result<Facts, Error> {
    let label = label(file);
    let sheet = Sheet::read(&label, file.bytes, &["set", "date", "factor", "return"])?;
    let [set, date] = [sheet.text("set")?, sheet.text("date")?];
    let [factor, earned] = [sheet.text("factor")?, sheet.text("return")?];
    let dates = sheet.dates(&date)?;
    let mut known = Known::default();
    let (rows, mut rejects) = each_row(&label, &sheet, |row, line| {
        let factor_set = at("set", set.required(row).and_then(name))?.to_owned();
        let factor = at("factor", factor.required(row).and_then(name))?.to_owned();
        let return_date = date_at("date", &date, &dates, row)?;
        let earned = at("return", earned.required_number(row))?;
        if RETURN_MAX < earned.abs() {
            let range = "a fraction from -0.5 to 0.5 (0.01 is one percent)";
            return Err(("return", format!("a return of a day is {range}, not {earned}")));
        }
        at("return", Rate::new(earned).to_units())?;
        known.take(&factor_set, &factor, return_date, line)?;
        Ok(FactorReturn {
            factor_source: file.market_id.clone(),
            factor_set,
            factor,
            return_date,
            return_fraction: Rate::new(earned),
            landing_sha256: file.sha256.to_owned(),
            line,
        })
    });
    let factor_returns = without_percent(&label, rows, &mut rejects);
    Ok(Facts { factor_returns, rejects, ..Facts::default() })
}

/// A name of a set or a factor.
fn name(text: &str) -> Result<&str, String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if text.bytes().all(allowed) && text.len() <= LETTERS_MAX {
        return Ok(text);
    }
    let shown: String = text.chars().take(40).collect();
    Err(format!("`{shown}` is no name: use 1 to {LETTERS_MAX} lower-case letters, digits and `_`, e.g. mkt_rf"))
}

impl Known {
    /// Takes a row that fits the others, or says why it does not.
    fn take(&mut self, set: &str, factor: &str, day: BusinessDate, line: i64) -> Result<(), Fault> {
        if !self.sets.contains_key(set) && SETS_MAX <= self.sets.len() {
            return Err(("set", format!("a market has at most {SETS_MAX} sets of factors")));
        }
        let factors = self.sets.entry(set.to_owned()).or_default();
        if !factors.contains(factor) && FACTORS_MAX <= factors.len() {
            return Err(("factor", format!("a set has at most {FACTORS_MAX} factors")));
        }
        factors.insert(factor.to_owned());
        let lines = self.lines.entry((set.to_owned(), factor.to_owned())).or_default();
        if let Some(first) = lines.get(&day) {
            return Err(("date", format!("{factor} of {set} already has a return for this date on line {first}")));
        }
        lines.insert(day, line);
        Ok(())
    }
}

/// Takes out the factors whose returns are too large on average: one cell in percent may look like a fraction, all of
/// them do not.
fn without_percent(label: &str, rows: Vec<FactorReturn>, rejects: &mut Vec<RowReject>) -> Vec<FactorReturn> {
    let mut sizes: BTreeMap<Name, (Decimal, u64)> = BTreeMap::new();
    for row in &rows {
        let (sum, count) = sizes.entry((row.factor_set.clone(), row.factor.clone())).or_default();
        *sum += row.return_fraction.decimal().abs();
        *count += 1;
    }
    let is_percent = |row: &FactorReturn| {
        let known = sizes.get(&(row.factor_set.clone(), row.factor.clone()));
        known.is_some_and(|(sum, count)| SIZES_MIN <= *count && SIZE_MAX * Decimal::from(*count) < *sum)
    };
    let (wrong, right): (Vec<FactorReturn>, Vec<FactorReturn>) = rows.into_iter().partition(is_percent);
    rejects.extend(wrong.into_iter().map(|row| RowReject {
        file: label.to_owned(),
        line: row.line,
        column: "return".to_owned(),
        reason: format!(
            "the returns of {} of {} are larger than {SIZE_MAX} on average: they are in percent, and fractions are \
             needed (0.01 is one percent)",
            row.factor, row.factor_set
        ),
    }));
    rejects.sort();
    right
}
