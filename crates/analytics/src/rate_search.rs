//! Every rate that balances a list of flows.
//!
//! Rates are looked for as `u = ln(1 + r)` and on two sides. Positive ones are worked out from the first flow, negative
//! ones from the last: every flow is then multiplied by a factor of at most one, and nothing overflows. On each side
//! there are at most as many rates as the running sum of the flows (from that end) changes its sign, and if not so
//! many, then an even number fewer. One change in all, as almost every portfolio has it, proves that there is exactly
//! one rate. Otherwise intervals are halved until each is proved to hold no rate or to be monotone.
//!
//! - Source: Laguerre, *Sur la théorie des équations numériques*, 1883; for rates above zero Norstrøm, *A Sufficient
//!   Condition for a Unique Nonnegative Internal Rate of Return*, Journal of Financial and Quantitative Analysis 7
//!   (1972).

use schemas::DayCount;

use crate::internal_rate::InternalRateError;
use crate::root_finding::{Bracket, find_root};
use crate::series::DatedNumber;

/// What may be left at the rate, as a part of the sum of all flows regardless of sign.
const RESIDUAL_MAX: f64 = 1e-10;

/// Sums below this part of all flows are rounding.
const ROUNDING: f64 = 1e-12;

/// Two rates closer than this (in `ln(1 + r)`) are one.
const SAME_RATE: f64 = 1e-7;

/// An interval this narrow that is still undecided touches zero without crossing it.
const TOUCHING_WIDTH: f64 = 1e-9;

/// The first step away from zero, as growth over the whole time.
const FIRST_STEP: f64 = 0.05;

/// How exactly a rate is solved, for rates around zero.
const RATE_TOLERANCE: f64 = 1e-14;

const DOUBLINGS_MAX: usize = 64;
const ITERATIONS_MAX: usize = 200;
const INTERVALS_MAX: usize = 20_000;

/// Every continuous rate between two rates a year, the first negative and the second positive, lowest first.
///
/// For flows within less than a year the search reaches as far as the same growth over the whole time: the rate a year
/// may be absurd where the growth is not.
pub(crate) fn all_rates(flows: &[DatedNumber], lowest: f64, highest: f64) -> Result<Vec<f64>, InternalRateError> {
    let (from_first, from_last) = sides(flows)?;
    let widening = (1.0 / from_first.span).max(1.0);
    let (up, down) = (highest * widening, -lowest * widening);
    let balanced = from_first.worth(0.0).abs() <= ROUNDING * from_first.size;
    let rates_above = from_first.sign_changes();
    let rates_below = from_last.sign_changes();
    let mut rates = Vec::new();
    if !balanced && rates_above + rates_below == 1 {
        if rates_below == 0 {
            rates.extend(from_first.only_rate(up)?);
        } else {
            rates.extend(from_last.only_rate(down)?.map(|rate| -rate));
        }
        return Ok(rates);
    }
    if balanced {
        rates.push(0.0);
    }
    if 0 < rates_above {
        rates.extend(from_first.every_rate(up)?);
    }
    if 0 < rates_below {
        rates.extend(from_last.every_rate(down)?.into_iter().map(|rate| -rate));
    }
    rates.sort_unstable_by(f64::total_cmp);
    rates.dedup_by(|later, earlier| *later - *earlier < SAME_RATE);
    Ok(rates)
}

#[derive(Clone, Copy, Debug)]
struct TimedFlow {
    years: f64,
    amount: f64,
}

/// The flows as seen from one end: their times count from there and rise.
struct Side {
    flows: Vec<TimedFlow>,
    span: f64,
    size: f64,
}

/// What comes in and what goes out, discounted, and how fast either shrinks with the rate. All four fall as it rises.
#[derive(Clone, Copy)]
struct Parts {
    received: f64,
    paid: f64,
    received_slope: f64,
    paid_slope: f64,
}

#[derive(Clone, Copy)]
struct Interval {
    low: f64,
    low_parts: Parts,
    high: f64,
    high_parts: Parts,
}

impl Side {
    /// What the flows are worth at a continuous rate.
    fn worth(&self, rate: f64) -> f64 {
        self.flows.iter().map(|flow| flow.amount * (-rate * flow.years).exp()).sum()
    }

    fn parts(&self, rate: f64) -> Parts {
        let mut parts = Parts { received: 0.0, paid: 0.0, received_slope: 0.0, paid_slope: 0.0 };
        for flow in &self.flows {
            let discounted = flow.amount * (-rate * flow.years).exp();
            if 0.0 < flow.amount {
                parts.received += discounted;
                parts.received_slope += discounted * flow.years;
            } else {
                parts.paid -= discounted;
                parts.paid_slope -= discounted * flow.years;
            }
        }
        parts
    }

    /// How often the running sum of the flows changes its sign.
    fn sign_changes(&self) -> usize {
        let mut changes = 0;
        let mut running = 0.0_f64;
        let mut last: Option<bool> = None;
        for flow in &self.flows {
            running += flow.amount;
            if running.abs() <= ROUNDING * self.size {
                continue;
            }
            let negative = running < 0.0;
            if last.is_some_and(|before| before != negative) {
                changes += 1;
            }
            last = Some(negative);
        }
        changes
    }

    fn solve(&self, bracket: Bracket) -> Result<f64, InternalRateError> {
        // A bracket may reach up to the highest rates of all, while the rate is near its low end.
        let tolerance = RATE_TOLERANCE * (1.0 + bracket.low);
        let rate = find_root(|at| self.worth(at), bracket, tolerance, ITERATIONS_MAX)?;
        let residual = self.worth(rate).abs() / self.size;
        if residual <= RESIDUAL_MAX { Ok(rate) } else { Err(InternalRateError::Residual { residual }) }
    }

    /// The rate above zero where there is exactly one; none if it lies beyond the limit.
    fn only_rate(&self, limit: f64) -> Result<Option<f64>, InternalRateError> {
        let mut low = 0.0;
        let mut low_value = self.worth(low);
        let mut high = (FIRST_STEP / self.span).min(limit);
        for _ in 0..DOUBLINGS_MAX {
            let high_value = self.worth(high);
            if (low_value < 0.0) != (high_value < 0.0) {
                return self.solve(Bracket { low, low_value, high, high_value }).map(Some);
            }
            if limit <= high {
                break;
            }
            (low, low_value) = (high, high_value);
            high = (2.0 * high).min(limit);
        }
        Ok(None)
    }

    /// Every rate from zero to the limit.
    fn every_rate(&self, limit: f64) -> Result<Vec<f64>, InternalRateError> {
        let mut rates = Vec::new();
        let whole = Interval { low: 0.0, low_parts: self.parts(0.0), high: limit, high_parts: self.parts(limit) };
        let mut open = vec![whole];
        for _ in 0..INTERVALS_MAX {
            let Some(interval) = open.pop() else {
                return Ok(rates);
            };
            if interval.has_no_rate() {
                continue;
            }
            if interval.is_monotone() {
                let bracket = interval.bracket();
                if bracket.crosses_zero() {
                    rates.push(self.solve(bracket)?);
                }
                continue;
            }
            let Interval { low, low_parts, high, high_parts } = interval;
            let middle = low + (high - low) / 2.0;
            let middle_parts = self.parts(middle);
            if high - low <= TOUCHING_WIDTH * (1.0 + high) {
                if (middle_parts.received - middle_parts.paid).abs() <= RESIDUAL_MAX * self.size {
                    rates.push(middle);
                }
                continue;
            }
            open.push(Interval { low: middle, low_parts: middle_parts, high, high_parts });
            open.push(Interval { low, low_parts, high: middle, high_parts: middle_parts });
        }
        Err(InternalRateError::Undecided)
    }
}

impl Interval {
    /// Even the most that can be received is less than the least that can be paid, or the other way round.
    fn has_no_rate(&self) -> bool {
        self.low_parts.received < self.high_parts.paid || self.low_parts.paid < self.high_parts.received
    }

    /// The same of the slopes: the worth only rises or only falls.
    fn is_monotone(&self) -> bool {
        self.low_parts.received_slope < self.high_parts.paid_slope
            || self.low_parts.paid_slope < self.high_parts.received_slope
    }

    fn bracket(&self) -> Bracket {
        Bracket {
            low: self.low,
            low_value: self.low_parts.received - self.low_parts.paid,
            high: self.high,
            high_value: self.high_parts.received - self.high_parts.paid,
        }
    }
}

/// The flows as seen from the first and from the last of them; those of one day are added up.
fn sides(flows: &[DatedNumber]) -> Result<(Side, Side), InternalRateError> {
    let size: f64 = flows.iter().map(|flow| flow.number.abs()).sum();
    let mut ordered = flows.to_vec();
    ordered.sort_by_key(|flow| flow.date);
    let mut daily: Vec<DatedNumber> = Vec::with_capacity(ordered.len());
    for flow in ordered {
        match daily.last_mut() {
            Some(last) if last.date == flow.date => last.number += flow.number,
            _ => daily.push(flow),
        }
    }
    daily.retain(|flow| ROUNDING * size < flow.number.abs());
    let [first, .., last] = daily.as_slice() else {
        return Err(InternalRateError::OneDay);
    };
    let received = daily.iter().filter(|flow| 0.0 < flow.number).count();
    if received == 0 || received == daily.len() {
        return Err(InternalRateError::OneSign);
    }
    let span = DayCount::Actual365Fixed.year_fraction(first.date, last.date);
    let timed = |flow: &DatedNumber| DayCount::Actual365Fixed.year_fraction(first.date, flow.date);
    let from_first = daily.iter().map(|flow| TimedFlow { years: timed(flow), amount: flow.number }).collect();
    let from_last =
        daily.iter().rev().map(|flow| TimedFlow { years: span - timed(flow), amount: flow.number }).collect();
    Ok((Side { flows: from_first, span, size }, Side { flows: from_last, span, size }))
}
