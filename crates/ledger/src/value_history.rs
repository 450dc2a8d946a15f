//! The value of a portfolio on every day of its history.
//!
//! Positions are summed in the currency they are quoted in, as exact whole numbers, and each currency is converted
//! once a day. The cost is one multiplication and addition for a position and day, and one conversion for a currency
//! and day.

use rust_decimal::{Decimal, RoundingStrategy};
use schemas::{BusinessDate, Currency};

use crate::books::{HeldLine, Piece, PiecePrice, Timeline, Trade};
use crate::fixed::{AMOUNT_SCALE, CONVERTED_FROM_SCALE, power_of_ten, rescale, units_of};
use crate::fx_grid::{Factors, FxGrid};
use crate::quote_board::{Closes, Listing, QuoteBoard, Values};

/// Decimals of a quantity that is valued, those of [`schemas::Quantity`].
const QUANTITY_SCALE: u32 = 10;
/// Bits of a sum that is certain to fit 127.
const SUM_BITS_MAX: u32 = 126;
/// Bits of a sum that is certain to fit 63.
const NARROW_BITS_MAX: u32 = 62;

/// The value of a portfolio on consecutive valuation dates, in units of the tenth decimal of its base currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueHistory {
    /// The first day, as a position among the board's dates.
    pub first_day: usize,
    /// Each day.
    pub days: Vec<DayValue>,
}

/// The value of a portfolio on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayValue {
    /// Securities as far as they have a value.
    pub securities: i128,
    /// Cash as far as there is a rate.
    pub cash: i128,
    /// Securities held.
    pub positions: i32,
    /// Of these, valued with a price from an earlier day.
    pub carried: i32,
    /// Of these, without a price or a rate.
    pub missing_securities: i32,
    /// Cash balances without a rate.
    pub missing_cash: i32,
}

impl DayValue {
    /// The whole value; none if a part is unknown.
    pub fn market_value(&self) -> Option<i128> {
        self.securities_value()?.checked_add(self.cash_value()?)
    }

    /// The value of securities; none if that of one is unknown.
    pub fn securities_value(&self) -> Option<i128> {
        (self.missing_securities == 0).then_some(self.securities)
    }

    /// The value of cash; none if a rate is missing.
    pub fn cash_value(&self) -> Option<i128> {
        (self.missing_cash == 0).then_some(self.cash)
    }
}

/// Units times closes, from a day to another.
struct Product<'a> {
    from: usize,
    before: usize,
    weight: i128,
    scale: u32,
    closes: Option<&'a Closes>,
}

/// Sums of one currency, by day. Nearly all of them fit 64 bits.
#[derive(Default)]
struct Sums<'a> {
    products: Vec<Product<'a>>,
    narrow: Vec<i64>,
    wide: Vec<i128>,
}

/// Values a portfolio on the days from `from` to the one before `before`. None on overflow.
pub fn value_history(
    board: &QuoteBoard,
    grid: &FxGrid,
    base: Currency,
    timeline: &Timeline,
    from: usize,
    before: usize,
) -> Option<ValueHistory> {
    let mut history = ValueHistory { first_day: from, days: vec![DayValue::default(); before.saturating_sub(from)] };
    let mut opened = vec![0_i32; history.days.len() + 1];
    let base = grid.position(base);
    let listed = |line: &HeldLine| board.listings().get(line.line).map(|listing| listing.instrument.currency);
    let mut lines: Vec<(Currency, &HeldLine)> =
        timeline.lines.iter().filter_map(|line| Some((listed(line)?, line))).collect();
    lines.sort_by_key(|(currency, line)| (*currency, line.line));
    let mut sums = Sums::default();
    for of_currency in lines.chunk_by(|left, right| left.0 == right.0) {
        let factors = of_currency.first().and_then(|(currency, _)| grid.factors(grid.position(*currency)?, base?));
        for (_, line) in of_currency {
            let listing = board.listings().get(line.line)?;
            line.pieces(listing, from, before, |piece| {
                if let Some(days) = opened.get_mut(piece.from - from) {
                    *days += 1;
                }
                if let Some(days) = opened.get_mut(piece.before - from) {
                    *days -= 1;
                }
                history.count(board.dates(), listing, &piece, factors);
                sums.push(listing, &piece);
            });
        }
        sums.add_up(&mut history, factors)?;
    }
    let mut held = 0;
    for (day, opened) in history.days.iter_mut().zip(opened) {
        held += opened;
        day.positions = held;
    }
    for (currency, changes) in &timeline.cash {
        let factors = grid.position(*currency).and_then(|currency| grid.factors(currency, base?));
        history.add_cash(changes, before, factors)?;
    }
    Some(history)
}

/// The units that are valued: as many decimals as a quantity has.
pub(crate) fn valued_quantity(quantity: Decimal) -> Decimal {
    quantity.round_dp_with_strategy(QUANTITY_SCALE, RoundingStrategy::MidpointAwayFromZero)
}

impl ValueHistory {
    /// Counts the days of a position on which its price is an old one or missing.
    fn count(&mut self, dates: &[BusinessDate], listing: &Listing, piece: &Piece, factors: Option<&Factors>) {
        let first = self.first_day;
        let days = self.days.get_mut(piece.from - first..piece.before - first).unwrap_or_default();
        match piece.price {
            PiecePrice::Missing => {
                for day in days.iter_mut() {
                    day.missing_securities += 1;
                }
                return;
            }
            PiecePrice::Restated(_) => {
                for day in days.iter_mut() {
                    day.carried += 1;
                }
            }
            PiecePrice::Traded(trade) => {
                let dates = dates.get(piece.from..piece.before).unwrap_or_default();
                for (day, _) in days.iter_mut().zip(dates).filter(|(_, date)| trade.trade_date < **date) {
                    day.carried += 1;
                }
            }
            PiecePrice::Board => {
                for carried in listing.carried_days(piece.from, piece.before) {
                    if let Some(day) = days.get_mut(carried - piece.from) {
                        day.carried += 1;
                    }
                }
            }
        }
        let known_from = factors.map_or(usize::MAX, Factors::known_from);
        for (day, position) in days.iter_mut().zip(piece.from..known_from.max(piece.from)) {
            if factors.and_then(|factors| factors.get(position)).is_none() {
                day.missing_securities += 1;
            }
        }
    }

    /// Adds a balance from each change to the next.
    fn add_cash(&mut self, changes: &[(usize, Decimal)], before: usize, factors: Option<&Factors>) -> Option<()> {
        for (position, (day, balance)) in changes.iter().enumerate() {
            let next = changes.get(position + 1).map_or(before, |(day, _)| *day);
            let (start, end) = ((*day).max(self.first_day), next.min(before));
            if balance.is_zero() || end <= start {
                continue;
            }
            let (units, scale) = units_of(*balance);
            let days = self.days.get_mut(start - self.first_day..end - self.first_day).unwrap_or_default();
            let Some(factors) = factors else {
                for value in days {
                    value.missing_cash += 1;
                }
                continue;
            };
            if factors.is_same() {
                let amount = rescale(units, scale, AMOUNT_SCALE)?;
                for value in days {
                    value.cash = value.cash.checked_add(amount)?;
                }
                continue;
            }
            if let (Ok(units), Some(series)) = (i64::try_from(units), factors.series(scale)) {
                let mut fits = true;
                let mut values = days.iter_mut();
                series.multiply(start, std::iter::repeat_n(units, end - start), |product| {
                    let Some(value) = values.next() else { return };
                    match product {
                        Some(product) => fits &= add_to(&mut value.cash, product),
                        None => value.missing_cash += 1,
                    }
                });
                fits.then_some(())?;
                continue;
            }
            let amount = rescale(units, scale, CONVERTED_FROM_SCALE)?;
            for (value, position) in days.iter_mut().zip(start..) {
                match factors.get(position) {
                    Some(factor) => value.cash = value.cash.checked_add(factor.multiply(amount)?)?,
                    None => value.missing_cash += 1,
                }
            }
        }
        Some(())
    }

    /// Adds sums in units of the last of `scale` decimals on the days from `start` on, converted. Sums are zeros
    /// afterwards.
    fn add_narrow(&mut self, start: usize, sums: &mut [i64], scale: u32, factors: &Factors) -> Option<()> {
        let Some(series) = factors.series(scale).filter(|_| !factors.is_same()) else {
            return self.add_wide(start, sums, scale, factors);
        };
        let end = start + sums.len();
        let mut days = self.days.get_mut(start - self.first_day..end - self.first_day)?.iter_mut();
        let mut fits = true;
        series.multiply(start, sums.iter_mut().map(std::mem::take), |product| {
            if let (Some(day), Some(product)) = (days.next(), product) {
                fits &= add_to(&mut day.securities, product);
            }
        });
        fits.then_some(())
    }

    /// As [`ValueHistory::add_narrow`], for sums of any size.
    fn add_wide<S>(&mut self, start: usize, sums: &mut [S], scale: u32, factors: &Factors) -> Option<()>
    where
        S: Copy + Default + Into<i128>,
    {
        let end = start + sums.len();
        let days = self.days.get_mut(start - self.first_day..end - self.first_day)?;
        let to = if factors.is_same() { AMOUNT_SCALE } else { CONVERTED_FROM_SCALE };
        for ((sum, day), position) in sums.iter_mut().zip(days).zip(start..) {
            let amount = rescale(std::mem::take(sum).into(), scale, to)?;
            if factors.is_same() {
                day.securities = day.securities.checked_add(amount)?;
            } else if let Some(factor) = factors.get(position) {
                day.securities = day.securities.checked_add(factor.multiply(amount)?)?;
            }
        }
        Some(())
    }
}

/// Adds to a sum; false if it does not fit.
#[inline]
fn add_to(sum: &mut i128, amount: i128) -> bool {
    let (added, is_over) = sum.overflowing_add(amount);
    *sum = added;
    !is_over
}

impl<'a> Sums<'a> {
    /// Notes what a piece contributes. What cannot be told has no product.
    fn push(&mut self, listing: &'a Listing, piece: &Piece) {
        let (quantity, quantity_scale) = units_of(valued_quantity(piece.quantity));
        let (per_price, price_scale) = units_of(listing.instrument.price_scale.decimal());
        let (price, scale, closes) = match piece.price {
            PiecePrice::Missing => return,
            PiecePrice::Board => (1, listing.closes().scale(), Some(listing.closes())),
            PiecePrice::Restated(price) | PiecePrice::Traded(Trade { price, .. }) => {
                let (units, scale) = units_of(price);
                (units, scale, None)
            }
        };
        // Three numbers of at most 28 digits; a product that does not fit shows in the sum as one that does not.
        let weight = quantity.checked_mul(per_price).and_then(|weight| weight.checked_mul(price));
        self.products.push(Product {
            from: piece.from,
            before: piece.before,
            weight: weight.unwrap_or(i128::MAX),
            scale: quantity_scale + price_scale + scale,
            closes,
        });
    }

    /// Adds the products of one currency up and converts them. None on overflow.
    fn add_up(&mut self, history: &mut ValueHistory, factors: Option<&Factors>) -> Option<()> {
        let first = history.first_day;
        let scale = self.products.iter().map(|product| product.scale).max().unwrap_or(0);
        let start = self.products.iter().map(|product| product.from).min().unwrap_or(first);
        let end = self.products.iter().map(|product| product.before).max().unwrap_or(first);
        let mut bits = 0;
        for product in &mut self.products {
            product.weight = product.weight.checked_mul(power_of_ten(scale - product.scale)?)?;
            product.scale = scale;
            bits = bits.max(product.bits());
        }
        bits += usize::BITS - self.products.len().leading_zeros();
        let products = self.products.drain(..);
        if bits <= NARROW_BITS_MAX {
            self.narrow.resize(history.days.len(), 0);
            for product in products {
                let totals = self.narrow.get_mut(product.from - first..product.before - first)?;
                product.add_narrow(totals)?;
            }
        } else if bits <= SUM_BITS_MAX {
            self.wide.resize(history.days.len(), 0);
            for product in products {
                let totals = self.wide.get_mut(product.from - first..product.before - first)?;
                product.add_wide(totals)?;
            }
        } else {
            return None;
        }
        let Some(factors) = factors else {
            self.narrow.clear();
            self.wide.clear();
            return Some(());
        };
        let range = start - first..end - first;
        if bits <= NARROW_BITS_MAX {
            history.add_narrow(start, self.narrow.get_mut(range)?, scale, factors)
        } else {
            history.add_wide(start, self.wide.get_mut(range)?, scale, factors)
        }
    }
}

impl Product<'_> {
    /// Bits of the largest product.
    fn bits(&self) -> u32 {
        128 - self.weight.unsigned_abs().leading_zeros() + self.closes.map_or(1, Closes::bits)
    }

    /// Adds the products of each day, all of which fit 64 bits with their sum.
    fn add_narrow(&self, totals: &mut [i64]) -> Option<()> {
        let weight = i64::try_from(self.weight).ok()?;
        match self.closes.map(Closes::values) {
            None => totals.iter_mut().for_each(|total| *total += weight),
            Some(Values::Narrow(closes)) => {
                let closes = closes.get(self.from..self.before)?;
                for (total, close) in totals.iter_mut().zip(closes) {
                    *total += weight * close;
                }
            }
            Some(Values::Wide(closes)) => {
                let closes = closes.get(self.from..self.before)?;
                for (total, close) in totals.iter_mut().zip(closes) {
                    *total += weight * i64::try_from(*close).ok()?;
                }
            }
        }
        Some(())
    }

    /// Adds the products of each day.
    fn add_wide(&self, totals: &mut [i128]) -> Option<()> {
        match self.closes.map(Closes::values) {
            None => totals.iter_mut().for_each(|total| *total += self.weight),
            Some(Values::Narrow(closes)) => {
                let closes = closes.get(self.from..self.before)?;
                for (total, close) in totals.iter_mut().zip(closes) {
                    *total += self.weight * i128::from(*close);
                }
            }
            Some(Values::Wide(closes)) => {
                let closes = closes.get(self.from..self.before)?;
                for (total, close) in totals.iter_mut().zip(closes) {
                    *total += self.weight * close;
                }
            }
        }
        Some(())
    }
}
