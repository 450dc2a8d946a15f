//! The cross rates of every valuation date of a market, ready to convert millions of amounts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use schemas::{BusinessDate, Currency};

use crate::conversion::FxBoard;
use crate::fixed::{AMOUNT_SCALE, CONVERTED_FROM_SCALE, Factor, FactorSeries, power_of_ten, units_of};

/// The factors of one currency into another, one for each valuation date; none where a rate is missing. They turn
/// units of the 20th decimal of the one into units of the 10th of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factors {
    days: Vec<Option<Factor>>,
    /// The same for amounts in units of an earlier decimal, by decimal.
    series: [OnceLock<Option<FactorSeries>>; CONVERTED_FROM_SCALE as usize + 1],
    known_from: usize,
    /// Whether both currencies are the same one, so that nothing is converted.
    is_same: bool,
}

impl Factors {
    fn new(days: Vec<Option<Factor>>, is_same: bool) -> Factors {
        let known_from = days.iter().rposition(Option::is_none).map_or(0, |last| last + 1);
        Factors { days, series: Default::default(), known_from, is_same }
    }

    /// The factors for amounts of 64 bits in units of the last of `scale` decimals. None where there are no such.
    pub fn series(&self, scale: u32) -> Option<&FactorSeries> {
        let raised = |factor: Option<Factor>| factor?.raised(CONVERTED_FROM_SCALE.checked_sub(scale)?);
        let series = self.series.get(scale as usize)?.get_or_init(|| {
            let days: Vec<Option<Factor>> = self.days.iter().map(|factor| raised(*factor)).collect();
            // A factor that cannot be raised must not pass for a rate that is missing.
            let is_whole = days.iter().zip(&self.days).all(|(raised, factor)| raised.is_some() == factor.is_some());
            FactorSeries::new(&days).filter(|_| is_whole)
        });
        series.as_ref()
    }

    /// Whether both currencies are the same one, so that an amount stays what it is.
    pub fn is_same(&self) -> bool {
        self.is_same
    }

    /// The factor of a day; none if a rate is missing.
    pub fn get(&self, day: usize) -> Option<Factor> {
        self.days.get(day).copied().flatten()
    }

    /// The first day from which on there is a factor for every day.
    pub fn known_from(&self) -> usize {
        self.known_from
    }
}

/// The rates of one source on the valuation dates of one market.
#[derive(Debug, Default)]
pub struct FxGrid {
    currencies: BTreeMap<Currency, usize>,
    /// Units per euro by currency and day, as units and their decimals.
    rates: Vec<Vec<Option<(u128, u32)>>>,
    crosses: Vec<OnceLock<Factors>>,
    days: usize,
}

impl FxGrid {
    /// The rates that count on each of the dates, for every currency on the board and for the others given, which
    /// have no rates unless they are the euro.
    pub fn new(board: &FxBoard, dates: &[BusinessDate], others: impl IntoIterator<Item = Currency>) -> FxGrid {
        let mut all: Vec<Currency> = board.currencies().chain(others).chain([Currency::EUR]).collect();
        all.sort_unstable();
        all.dedup();
        let rate = |currency: Currency, date: BusinessDate| {
            let (units, scale) = units_of(board.units_per_eur(currency, date)?.0);
            Some((u128::try_from(units).ok()?, scale))
        };
        let rates = all.iter().map(|currency| dates.iter().map(|date| rate(*currency, *date)).collect()).collect();
        let crosses = (0..all.len() * all.len()).map(|_| OnceLock::new()).collect();
        let currencies = all.into_iter().enumerate().map(|(position, currency)| (currency, position)).collect();
        FxGrid { currencies, rates, crosses, days: dates.len() }
    }

    /// The position of a currency among those of the grid.
    pub fn position(&self, currency: Currency) -> Option<usize> {
        self.currencies.get(&currency).copied()
    }

    /// How many currencies there are.
    pub fn currency_count(&self) -> usize {
        self.rates.len()
    }

    /// The factors from one currency to another, by position.
    pub fn factors(&self, from: usize, to: usize) -> Option<&Factors> {
        let cell = self.crosses.get(from.checked_mul(self.rates.len())?.checked_add(to)?)?;
        Some(cell.get_or_init(|| {
            let (Some(from_rates), Some(to_rates)) = (self.rates.get(from), self.rates.get(to)) else {
                return Factors::new(vec![None; self.days], false);
            };
            if from == to {
                return Factors::new(vec![cross((1, 0), (1, 0)); self.days], true);
            }
            Factors::new(from_rates.iter().zip(to_rates).map(|(from, to)| cross((*from)?, (*to)?)).collect(), false)
        }))
    }
}

/// The factor of a pair of rates: units of `to` per euro divided by units of `from` per euro, and by the ten decimals
/// that an amount loses.
fn cross((from, from_scale): (u128, u32), (to, to_scale): (u128, u32)) -> Option<Factor> {
    let lost = CONVERTED_FROM_SCALE - AMOUNT_SCALE;
    let (up, down) = (from_scale, to_scale + lost);
    let scaled = |units: u128, exponent: u32| units.checked_mul(power_of_ten(exponent)?.unsigned_abs());
    if down <= up { Factor::new(scaled(to, up - down)?, from) } else { Factor::new(to, scaled(from, down - up)?) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::rescale;

    #[test]
    fn a_rate_carries_over_the_weekend_and_no_rate_gives_no_factor() {
        let rate = |currency: &str, date: &str, units: &str| schemas::tables::fx_rates::FxRate {
            fx_source: "ecb_reference_rates".parse().expect("an id"),
            currency: currency.parse().expect("a currency"),
            rate_date: date.parse().expect("a date"),
            units_per_eur: units.parse().expect("a number"),
            landing_sha256: String::new(),
            line: 1,
        };
        let board = FxBoard::new(&[rate("USD", "2022-01-03", "1.1355"), rate("GBP", "2022-01-03", "0.84135")]);
        let dates: Vec<BusinessDate> =
            ["2022-01-02", "2022-01-03", "2022-01-08"].iter().map(|text| text.parse().expect("a date")).collect();
        let grid = FxGrid::new(&board, &dates, [Currency::EUR]);
        let position = |currency| grid.position(currency).expect("on the grid");
        let factors = grid.factors(position(Currency::GBP), position(Currency::USD)).expect("a pair");
        assert_eq!(factors.get(0), None);
        let pounds = rescale(100, 0, CONVERTED_FROM_SCALE).expect("fits");
        // 100 / 0.84135 · 1.1355 = 134.9616687466…
        assert_eq!(factors.get(2).and_then(|factor| factor.multiply(pounds)), Some(1_349_616_687_467));
        let same = grid.factors(position(Currency::EUR), position(Currency::EUR)).expect("a pair");
        assert_eq!(same.get(0).and_then(|factor| factor.multiply(pounds)), Some(1_000_000_000_000));
    }
}
