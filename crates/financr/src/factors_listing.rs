//! What moves a portfolio: loadings on factors with their errors, and where the variance comes from.

use jobs::factors::Explained;
use schemas::tables::portfolios::Portfolio;
use schemas::{BusinessDate, ReportingPeriod};
use serde_json::Value;

use crate::listing::Listing;
use crate::page::Block;
use crate::printed_figures::{fixed, percent};

/// Days that make a year.
const DAYS_A_YEAR: f64 = 252.0;
/// Days that are named one by one.
const DAYS_NAMED_MAX: usize = 5;

/// What is shown: the factors' part of a portfolio over a period.
pub(crate) struct FactorFacts<'a> {
    pub(crate) portfolio: &'a Portfolio,
    pub(crate) date: BusinessDate,
    pub(crate) period: ReportingPeriod,
    pub(crate) explained: &'a Explained,
}

/// What the columns mean.
const DEFINITIONS: &str = concat!(
    "\nDefinitions\n",
    "estimate: how much the returns move with one unit of the factor (its loading); by least squares\n",
    "of the variance: the loading times the factor's covariance with the returns, as a part of their variance; ",
    "negative where it calms the others\n",
    "specific: the part of the variance that no factor explains\n",
    "alpha: what is earned besides the factors, times 252",
);

/// The page for people.
pub(crate) fn page(facts: &FactorFacts<'_>, with_definitions: bool) -> Vec<Block> {
    let (explained, found) = (facts.explained, &facts.explained.found);
    let [first, last] = explained.days;
    let above = if explained.is_above_risk_free { ", above the rate without risk" } else { "" };
    let heading =
        format!("\nDaily returns{above}, explained by `{}` ({}, {first} to {last})", explained.set, facts.period);
    let mut listing = Listing::new(&["", "estimate", "error", "t", "p", "of the variance"]);
    let or_blank = |number: Option<f64>, decimals: usize| number.map_or(Value::Null, |n| fixed(n, decimals).into());
    for loading in &found.loadings {
        let one = &loading.coefficient;
        listing.push([
            loading.id.clone().into(),
            fixed(one.value, 3).into(),
            fixed(one.standard_error, 3).into(),
            or_blank(one.t_statistic, 2),
            or_blank(one.p_value, 3),
            percent(loading.variance / found.variance).into(),
        ]);
    }
    listing.push([
        "specific".into(),
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Null,
        percent(found.specific_variance / found.variance).into(),
    ]);
    let alpha = &found.alpha;
    listing.push([
        "alpha a year".into(),
        percent(alpha.value * DAYS_A_YEAR).into(),
        percent(alpha.standard_error * DAYS_A_YEAR).into(),
        or_blank(alpha.t_statistic, 2),
        or_blank(alpha.p_value, 3),
        Value::Null,
    ]);
    let mut lines = vec![format!(
        "R² {}, adjusted {}; volatility {} a year, of what no factor explains {}; {} days",
        fixed(found.r_squared, 3),
        fixed(found.adjusted_r_squared, 3),
        percent((found.variance * DAYS_A_YEAR).sqrt()),
        percent((found.specific_variance * DAYS_A_YEAR).sqrt()),
        found.observations,
    )];
    lines.push(format!(
        "Errors by Newey and West with {} neighbours, ⌊4 (n/100)^(2/9)⌋; p: how likely an estimate as far from zero is \
         where there is nothing",
        found.lags
    ));
    if !explained.is_above_risk_free {
        lines.push("No rate without risk is known: the returns are as they are, and alpha holds the rate".to_owned());
    }
    if !explained.left_out.is_empty() {
        let named: Vec<String> = explained.left_out.iter().take(DAYS_NAMED_MAX).map(ToString::to_string).collect();
        let others = explained.left_out.len() - named.len();
        let others = if others == 0 { String::new() } else { format!(" and {others} others") };
        lines.push(format!("Left out, without a day of the factors beside them: {}{others}", named.join(", ")));
    }
    let definitions = with_definitions.then(|| Block::text(DEFINITIONS));
    [Block::text(heading), Block::Rows(listing), Block::text(lines.join("\n"))].into_iter().chain(definitions).collect()
}

/// One row for alpha, each factor and what is specific, for a machine: numbers of a day, variances of a day.
pub(crate) fn rows(facts: &FactorFacts<'_>) -> Listing {
    let (explained, found) = (facts.explained, &facts.explained.found);
    let mut listing = Listing::new(&[
        "portfolio",
        "date",
        "period",
        "set",
        "part",
        "estimate",
        "standard_error",
        "t_statistic",
        "p_value",
        "variance",
        "variance_share",
        "r_squared",
        "days",
        "lags",
        "above_risk_free",
    ]);
    let loadings = found.loadings.iter().map(|one| (one.id.as_str(), Some(one.coefficient), Some(one.variance)));
    let all = std::iter::once(("alpha", Some(found.alpha), None)).chain(loadings).chain(std::iter::once((
        "specific",
        None,
        Some(found.specific_variance),
    )));
    let number = |known: Option<f64>| known.map_or(Value::Null, Value::from);
    for (part, coefficient, variance) in all {
        listing.push([
            facts.portfolio.portfolio_id.to_string().into(),
            facts.date.to_string().into(),
            facts.period.code().into(),
            explained.set.clone().into(),
            part.into(),
            number(coefficient.map(|one| one.value)),
            number(coefficient.map(|one| one.standard_error)),
            number(coefficient.and_then(|one| one.t_statistic)),
            number(coefficient.and_then(|one| one.p_value)),
            number(variance),
            number(variance.map(|part| part / found.variance)),
            found.r_squared.into(),
            found.observations.into(),
            found.lags.into(),
            explained.is_above_risk_free.into(),
        ]);
    }
    listing
}
