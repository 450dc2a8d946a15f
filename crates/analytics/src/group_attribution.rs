//! Attribution of what really happened: groups between which money moved, beside the groups of a benchmark.
//!
//! The models of [`crate::attribution`] know a weight and a return for each segment and take what was earned for their
//! product. In a portfolio something is bought and sold between two dates on which the benchmark is weighed, so that a
//! group earned something else. Here what it earned is known for itself: its contribution. The allocation is that of
//! Brinson and Fachler, the selection their product of the benchmark's weight and the difference of the returns, and
//! the interaction is what remains, so that trades between the dates are part of it. Without trades the effects are
//! those of [`crate::attribution::brinson_fachler`].

use std::collections::{BTreeMap, BTreeSet};

use schemas::Currency;

use crate::attribution::{
    ALLOCATION, Attribution, AttributionError, AttributionInput, CurrencyExposure, Effect, Excess, INTERACTION,
    SELECTION, Segment, karnosky_singer, shares,
};
use crate::statistics::neumaier_sum;

/// What a group of a portfolio did on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupDay {
    /// The group, e.g. `USD`.
    pub group: String,
    /// What it earned on its own capital, a fraction; none on a day without any.
    pub return_fraction: Option<f64>,
    /// What it earned by the capital of the whole portfolio, a fraction.
    pub contribution: f64,
}

/// A group of a portfolio over a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupOfPortfolio {
    /// Its part of the portfolio at the start; zero if it was not there.
    pub weight: f64,
    /// Its return, compounded over the days on which it had capital; none without such a day.
    pub return_fraction: Option<f64>,
    /// What it added to the portfolio's return.
    pub contribution: f64,
}

/// A group of a benchmark over a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupOfBenchmark {
    /// Its part of the benchmark at the start.
    pub weight: f64,
    /// Its return; none where nobody says, which is right of a group that has no weight only.
    pub return_fraction: Option<f64>,
}

/// What cash of a currency did over a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CashOfCurrency {
    /// The currency.
    pub currency: Currency,
    /// What cash in it earned, seen from this currency, a fraction.
    pub cash_return: f64,
    /// What the currency itself rose against the base currency, a fraction; 0 for the base currency.
    pub exchange_return: f64,
}

/// A portfolio by its groups from one date on, as its days are added.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupedPeriod {
    groups: BTreeMap<String, GroupOfPortfolio>,
    growth: f64,
}

impl GroupedPeriod {
    /// A period that begins with these weights.
    pub fn beginning_with(weights: impl IntoIterator<Item = (String, f64)>) -> GroupedPeriod {
        let group = |weight: f64| GroupOfPortfolio { weight, return_fraction: None, contribution: 0.0 };
        GroupedPeriod { groups: weights.into_iter().map(|(name, weight)| (name, group(weight))).collect(), growth: 1.0 }
    }

    /// Adds the next day. What a group earns counts by what the portfolio had grown to before, so that all
    /// contributions add up to the compounded return.
    pub fn add_day(&mut self, day: &[GroupDay]) {
        let before = self.growth;
        for row in day {
            let unseen = GroupOfPortfolio { weight: 0.0, return_fraction: None, contribution: 0.0 };
            let group = self.groups.entry(row.group.clone()).or_insert(unseen);
            group.contribution += before * row.contribution;
            if let Some(earned) = row.return_fraction {
                let so_far = group.return_fraction.unwrap_or(0.0);
                group.return_fraction = Some((1.0 + so_far) * (1.0 + earned) - 1.0);
            }
        }
        self.growth = before * (1.0 + neumaier_sum(day.iter().map(|row| row.contribution)));
    }

    /// The groups, by name.
    pub fn groups(&self) -> &BTreeMap<String, GroupOfPortfolio> {
        &self.groups
    }

    /// The names of all groups on either side.
    pub fn names(&self, benchmark: &BTreeMap<String, GroupOfBenchmark>) -> BTreeSet<String> {
        self.groups.keys().chain(benchmark.keys()).cloned().collect()
    }

    /// Why the portfolio did better or worse than a benchmark, with a part for each of these groups, which are all
    /// that either side has, and maybe others.
    ///
    /// A group that the benchmark does not hold is a decision of where to be invested: if the benchmark names no return
    /// of it, all of it is allocation.
    ///
    /// # Errors
    /// [`AttributionError`] if the weights of a side do not add up to one, a number is not finite, or a group of the
    /// benchmark with a weight has no return.
    pub fn attribute(
        &self,
        benchmark: &BTreeMap<String, GroupOfBenchmark>,
        names: &BTreeSet<String>,
    ) -> Result<Attribution, AttributionError> {
        let absent = GroupOfPortfolio { weight: 0.0, return_fraction: None, contribution: 0.0 };
        let unweighted = GroupOfBenchmark { weight: 0.0, return_fraction: None };
        let held: Vec<GroupOfPortfolio> = names.iter().map(|name| *self.groups.get(name).unwrap_or(&absent)).collect();
        let compared: Vec<GroupOfBenchmark> =
            names.iter().map(|name| *benchmark.get(name).unwrap_or(&unweighted)).collect();
        let weights = shares("portfolio", held.iter().map(|group| group.weight))?;
        let benchmark_weights = shares("benchmark", compared.iter().map(|group| group.weight))?;
        let mut weighed: Vec<(f64, f64)> = Vec::with_capacity(compared.len());
        for (place, (group, weight)) in compared.iter().zip(&benchmark_weights).enumerate() {
            match group.return_fraction {
                Some(earned) if earned.is_finite() => weighed.push((*weight, earned)),
                None if weight.abs() <= 0.0 => weighed.push((0.0, 0.0)),
                _ => return Err(AttributionError::NotFinite { what: "segment", position: place + 1 }),
            }
        }
        let benchmark_return = neumaier_sum(weighed.iter().map(|(weight, earned)| weight * earned));
        let portfolio_return = neumaier_sum(held.iter().map(|group| group.contribution));
        let mut effects = [ALLOCATION, SELECTION, INTERACTION].map(|id| Effect { id, parts: Vec::new() });
        for (place, (group, weight)) in held.iter().zip(weights).enumerate() {
            let (Some(other), Some((other_weight, _))) = (compared.get(place), weighed.get(place)) else { continue };
            let other_return = other.return_fraction.or(group.return_fraction).unwrap_or(benchmark_return);
            let own_return = group.return_fraction.unwrap_or(other_return);
            let allocation = (weight - other_weight) * (other_return - benchmark_return);
            let selection = other_weight * (own_return - other_return);
            let interaction = group.contribution - weight * other_return - selection;
            for (effect, part) in effects.iter_mut().zip([allocation, selection, interaction]) {
                effect.parts.push(part);
            }
        }
        if let Some(place) = held.iter().position(|group| !group.contribution.is_finite()) {
            return Err(AttributionError::NotFinite { what: "segment", position: place + 1 });
        }
        Ok(Attribution { portfolio_return, benchmark_return, excess: Excess::Difference, effects: effects.into() })
    }

    /// The same of a portfolio whose groups are currencies, with what the currencies did as an effect of its own: by
    /// [`karnosky_singer`], what a group earned beyond cash of its currency is the market's, and cash the currency's.
    ///
    /// What was earned by buying and selling between the dates is part of the interaction, as in
    /// [`GroupedPeriod::attribute`]. There are no hedges: as much is in a currency as its group weighs.
    ///
    /// - `cash`: every currency that either side has, and maybe others; the effects have a part for each.
    ///
    /// # Errors
    /// [`AttributionError`] as [`GroupedPeriod::attribute`] has it, or if a group is none of the currencies.
    pub fn attribute_currencies(
        &self,
        benchmark: &BTreeMap<String, GroupOfBenchmark>,
        cash: &BTreeMap<String, CashOfCurrency>,
    ) -> Result<Attribution, AttributionError> {
        if let Some(place) = self.names(benchmark).iter().position(|name| !cash.contains_key(name)) {
            return Err(AttributionError::NoCurrency { segment: place + 1 });
        }
        let mut segments = Vec::with_capacity(cash.len());
        let mut currencies = Vec::with_capacity(cash.len());
        let mut contributions = Vec::with_capacity(cash.len());
        for (place, (name, of_currency)) in cash.iter().enumerate() {
            let CashOfCurrency { currency, cash_return, exchange_return } = *of_currency;
            let held = self.groups.get(name).copied();
            let compared = benchmark.get(name).copied();
            let (portfolio_weight, benchmark_weight) =
                (held.map_or(0.0, |group| group.weight), compared.map_or(0.0, |group| group.weight));
            let [own, other] = [held.and_then(|g| g.return_fraction), compared.and_then(|g| g.return_fraction)];
            if other.is_none() && 0.0 < benchmark_weight.abs() {
                return Err(AttributionError::NotFinite { what: "segment", position: place + 1 });
            }
            // What neither side has is cash: it has no premium.
            let benchmark_return = other.or(own).unwrap_or((1.0 + cash_return) * (1.0 + exchange_return) - 1.0);
            let portfolio_return = own.unwrap_or(benchmark_return);
            segments.push(Segment {
                portfolio_weight,
                benchmark_weight,
                portfolio_return,
                benchmark_return,
                currency: Some(currency),
            });
            currencies.push(CurrencyExposure {
                currency,
                portfolio_weight,
                benchmark_weight,
                cash_return,
                exchange_return,
            });
            contributions.push(held.map_or(0.0, |group| group.contribution));
        }
        let input = AttributionInput { segments: &segments, currencies: &currencies };
        let mut found = (karnosky_singer::MODEL.attribute)(&input)?;
        let weights = shares("portfolio", segments.iter().map(|segment| segment.portfolio_weight))?;
        for effect in found.effects.iter_mut().filter(|effect| effect.id == INTERACTION) {
            let held = weights.iter().zip(&segments).map(|(weight, segment)| weight * segment.portfolio_return);
            for ((part, contribution), held) in effect.parts.iter_mut().zip(&contributions).zip(held) {
                *part += contribution - held;
            }
        }
        found.portfolio_return = neumaier_sum(contributions.iter().copied());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linking::DEFAULT_LINKING_METHOD;
    use crate::sample_attribution::{any_period, by_brinson_fachler};
    use crate::sample_series::assert_close;

    fn day(rows: &[(&str, Option<f64>, f64)]) -> Vec<GroupDay> {
        let row = |(group, return_fraction, contribution): &(&str, Option<f64>, f64)| GroupDay {
            group: (*group).to_owned(),
            return_fraction: *return_fraction,
            contribution: *contribution,
        };
        rows.iter().map(row).collect()
    }

    fn weights(rows: &[(&str, f64)]) -> Vec<(String, f64)> {
        rows.iter().map(|(group, weight)| ((*group).to_owned(), *weight)).collect()
    }

    fn benchmark(rows: &[(&str, f64, Option<f64>)]) -> BTreeMap<String, GroupOfBenchmark> {
        let group = |weight: f64, return_fraction: Option<f64>| GroupOfBenchmark { weight, return_fraction };
        rows.iter().map(|(name, weight, earned)| ((*name).to_owned(), group(*weight, *earned))).collect()
    }

    fn part(attribution: &Attribution, id: &str, place: usize) -> f64 {
        attribution.effect(id).expect("an effect").parts[place]
    }

    #[test]
    fn two_days_with_a_trade_between_them() {
        // 50 of 100 each in euros and dollars. Day 1: dollars +10 %. Then all 55 dollars are sold for euros, and on
        // day 2 euros earn 2 % of 105: contributions 1.05 · 2 % = 2.1 % and 5 %. The benchmark: 60 % euros that earned
        // 1 %, 40 % dollars that earned 8 %: 3.8 %.
        let mut period = GroupedPeriod::beginning_with(weights(&[("EUR", 0.5), ("USD", 0.5)]));
        period.add_day(&day(&[("EUR", Some(0.0), 0.0), ("USD", Some(0.1), 0.05)]));
        period.add_day(&day(&[("EUR", Some(0.02), 0.02)]));
        assert_close(period.groups()["EUR"].contribution, 0.021);
        let sides = benchmark(&[("EUR", 0.6, Some(0.01)), ("USD", 0.4, Some(0.08))]);
        let found = period.attribute(&sides, &period.names(&sides)).expect("good numbers");
        assert_close(found.portfolio_return, 0.071);
        assert_close(found.benchmark_return, 0.038);
        // (0.5 − 0.6) · (1 % − 3.8 %) and (0.5 − 0.4) · (8 % − 3.8 %); 0.6 · (2 % − 1 %) and 0.4 · (10 % − 8 %); the
        // rest: 2.1 − 0.5 · 1 − 0.6 = 1 % and 5 − 0.5 · 8 − 0.8 = 0.2 %.
        assert_close(part(&found, ALLOCATION, 0), 0.0028);
        assert_close(part(&found, ALLOCATION, 1), 0.0042);
        assert_close(part(&found, SELECTION, 0), 0.006);
        assert_close(part(&found, SELECTION, 1), 0.008);
        assert_close(part(&found, INTERACTION, 0), 0.01);
        assert_close(part(&found, INTERACTION, 1), 0.002);
        assert_close(found.explained(), 0.033);
    }

    #[test]
    fn what_only_one_side_has() {
        // Yen are not in the benchmark: all that they did is allocation, 0.2 · (10 % − 5 %).
        let mut period = GroupedPeriod::beginning_with(weights(&[("EUR", 0.8), ("JPY", 0.2)]));
        period.add_day(&day(&[("EUR", Some(0.05), 0.04), ("JPY", Some(0.1), 0.02)]));
        let sides = benchmark(&[("EUR", 0.7, Some(0.05)), ("GBP", 0.3, Some(0.05))]);
        let found = period.attribute(&sides, &period.names(&sides)).expect("good numbers");
        for (place, allocation) in [0.0, 0.0, 0.01].into_iter().enumerate() {
            assert_close(part(&found, ALLOCATION, place), allocation);
            assert_close(part(&found, SELECTION, place), 0.0);
            assert_close(part(&found, INTERACTION, place), 0.0);
        }
        let unsaid = benchmark(&[("EUR", 1.0, None)]);
        assert!(period.attribute(&unsaid, &period.names(&unsaid)).is_err(), "a weight without a return");
        let partly = benchmark(&[("EUR", 0.9, Some(0.05))]);
        let told = period.attribute(&partly, &period.names(&partly)).expect_err("a tenth is missing").to_string();
        assert!(told.contains("the weights of the benchmark add up to 0.9"), "{told}");
    }

    fn cash(rows: [(Currency, f64, f64); 2]) -> BTreeMap<String, CashOfCurrency> {
        let row = |(currency, cash_return, exchange_return): (Currency, f64, f64)| {
            (currency.code().to_owned(), CashOfCurrency { currency, cash_return, exchange_return })
        };
        rows.into_iter().map(row).collect()
    }

    #[test]
    fn markets_and_currencies_apart() {
        // As `karnosky_singer` has it, without the hedge: 60 % in Europe earned 14.4 %, 40 % in America 6 %; of the
        // benchmark half each, 12.2 % and 5 %. Cash: 5 % in euros, which rose by 4 %, 9.2 %; 2 % in dollars.
        let mut period = GroupedPeriod::beginning_with(weights(&[("EUR", 0.6), ("USD", 0.4)]));
        period.add_day(&day(&[("EUR", Some(0.144), 0.0864), ("USD", Some(0.06), 0.024)]));
        let sides = benchmark(&[("EUR", 0.5, Some(0.122)), ("USD", 0.5, Some(0.05))]);
        let cash = cash([(Currency::EUR, 0.05, 0.04), (Currency::USD, 0.02, 0.0)]);
        let found = period.attribute_currencies(&sides, &cash).expect("good numbers");
        assert_close(found.portfolio_return, 0.1104);
        assert_close(found.benchmark_return, 0.086);
        // Both markets had a premium of 3 %. Selection: 0.5 · 2.2 % and 0.5 · 1 %; interaction: 0.1 · 2.2 % and
        // −0.1 · 1 %; currencies: 0.1 · (9.2 − 5.6) % and −0.1 · (2 − 5.6) %. Together 2.44 % = 11.04 − 8.6 %.
        for (id, parts) in [
            (ALLOCATION, [0.0, 0.0]),
            (SELECTION, [0.011, 0.005]),
            (INTERACTION, [0.0022, -0.001]),
            ("currency", [0.0036, 0.0036]),
        ] {
            assert_close(part(&found, id, 0), parts[0]);
            assert_close(part(&found, id, 1), parts[1]);
        }
        assert_close(found.explained(), 0.0244);
    }

    #[test]
    fn trades_between_the_dates_are_interaction_of_markets_too() {
        let mut period = GroupedPeriod::beginning_with(weights(&[("EUR", 0.5), ("USD", 0.5)]));
        period.add_day(&day(&[("EUR", Some(0.0), 0.0), ("USD", Some(0.1), 0.05)]));
        period.add_day(&day(&[("EUR", Some(0.02), 0.02)]));
        let sides = benchmark(&[("EUR", 0.6, Some(0.01)), ("USD", 0.4, Some(0.08))]);
        let cash = cash([(Currency::EUR, 0.0, 0.0), (Currency::USD, 0.0, 0.0)]);
        // Where cash earns nothing and rates stand still there is no currency, and the rest is as without it.
        let found = period.attribute_currencies(&sides, &cash).expect("good numbers");
        let plain = period.attribute(&sides, &period.names(&sides)).expect("good numbers");
        for effect in &plain.effects {
            for (place, expected) in effect.parts.iter().enumerate() {
                assert_close(part(&found, effect.id, place), *expected);
            }
        }
        assert_close(found.effect("currency").expect("an effect").total(), 0.0);
        assert_close(found.explained(), found.excess_return());
        let unknown = BTreeMap::from([("EUR".to_owned(), cash["EUR"])]);
        let told = period.attribute_currencies(&sides, &unknown).expect_err("no dollars").to_string();
        assert_eq!(told, "segment 2 is not of one currency: divide it by currency");
    }

    proptest! {
        #[test]
        fn without_trades_it_is_brinson_and_fachler(segments in any_period()) {
            let names: Vec<String> = (0..segments.len()).map(|place| format!("{place:03}")).collect();
            let named = names.iter().zip(&segments);
            let held = named.clone().map(|(name, part)| (name.clone(), part.portfolio_weight));
            let mut period = GroupedPeriod::beginning_with(held);
            let earned = named.clone().map(|(name, part)| GroupDay {
                group: name.clone(),
                return_fraction: Some(part.portfolio_return),
                contribution: part.portfolio_weight * part.portfolio_return,
            });
            period.add_day(&earned.collect::<Vec<GroupDay>>());
            let group = |weight: f64, earned: f64| GroupOfBenchmark { weight, return_fraction: Some(earned) };
            let sides: BTreeMap<String, GroupOfBenchmark> = named
                .map(|(name, part)| (name.clone(), group(part.benchmark_weight, part.benchmark_return)))
                .collect();
            let found = period.attribute(&sides, &period.names(&sides)).unwrap();
            let expected = by_brinson_fachler(&segments);
            for (effect, other) in found.effects.iter().zip(&expected.effects) {
                prop_assert_eq!(effect.id, other.id);
                for (part, other) in effect.parts.iter().zip(&other.parts) {
                    prop_assert!((part - other).abs() <= 1e-12, "{}: {} instead of {}", effect.id, part, other);
                }
            }
        }

        #[test]
        fn months_link_to_a_year_without_a_residual(
            days in prop::collection::vec((-0.05..0.05_f64, -0.05..0.05_f64, -0.05..0.05_f64), 6..60),
        ) {
            // Half and half at the start, then whatever the days say; the benchmark earns the mean of a month's days.
            let mut months = Vec::new();
            let mut growth = 1.0;
            for month in days.chunks(5) {
                let mut period = GroupedPeriod::beginning_with(weights(&[("EUR", 0.5), ("USD", 0.5)]));
                for (euros, dollars, _) in month {
                    period.add_day(&day(&[("EUR", Some(2.0 * euros), *euros), ("USD", None, *dollars)]));
                    growth *= 1.0 + euros + dollars;
                }
                let mean = month.iter().map(|(_, _, earned)| earned).sum::<f64>() / month.len() as f64;
                let sides = benchmark(&[("EUR", 0.4, Some(mean)), ("GBP", 0.6, Some(-mean))]);
                months.push(period.attribute(&sides, &period.names(&sides)).unwrap());
            }
            let year = DEFAULT_LINKING_METHOD.link(&months).unwrap();
            prop_assert!((year.portfolio_return - (growth - 1.0)).abs() <= 1e-12);
            prop_assert!((year.explained() - year.excess_return()).abs() <= 1e-12);
        }
    }
}
