//! `es_contribution(part_outcomes, outcomes, tail_probability)`: what a part of a portfolio adds to its expected
//! shortfall.

use analytics::tail_scenarios::TailScenarios;
use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::ScalarUDF;

use super::{Function, Make};
use crate::arguments::{Argument, ArgumentKind, Lists, number, tail_probability, typed};
use crate::row_functions;

/// Contribution to the expected shortfall.
pub static FUNCTION: Function = Function {
    name: "es_contribution",
    aliases: &[],
    title: "Contribution to the expected shortfall",
    definition: "The mean loss of a part in the scenarios of the portfolio's tail, with their weights there (Euler's \
                 allocation): the contributions of all parts add up to expected_shortfall_of the portfolio. Of \
                 scenarios with equal outcomes the earlier one counts as the worse one.",
    arguments: &[
        Argument {
            name: "part_outcomes",
            kind: ArgumentKind::Numbers,
            meaning: "The profit of the part in each scenario.",
        },
        Argument {
            name: "outcomes",
            kind: ArgumentKind::Numbers,
            meaning: "The profit of the whole portfolio in the same scenarios.",
        },
        Argument {
            name: "tail_probability",
            kind: ArgumentKind::Number,
            meaning: "The probability of the tail, 0.05 for 95 %.",
        },
    ],
    result: "The unit of the numbers; a loss is positive, a part that offsets losses of the others is negative.",
    nulls: "NULL if a list or the probability is NULL, the lists are empty, or a number is NULL, NaN or infinite. \
            Lists of different lengths are an error, and so is a probability that is not between 0 and 1.",
    source: "Tasche, *Risk Contributions and Performance Measurement*, 1999.",
    example: "SELECT es_contribution(make_array(-2.0, 1.0, 0.5), make_array(-3.0, -1.0, 2.0), 0.5)",
    make: Make::Scalar(make),
};

fn make() -> ScalarUDF {
    row_functions::of_each_row(&FUNCTION, figures)
}

fn figures(function: &'static Function, arrays: &[ArrayRef], rows: usize) -> Result<Float64Array> {
    let (parts, wholes) = (Lists::of(arrays, 0)?, Lists::of(arrays, 1)?);
    let probabilities: &Float64Array = typed(arrays, 2)?;
    // The parts of a portfolio usually follow each other: the tail of the whole is found once for all of them.
    let mut last: Option<(&[f64], f64, Option<TailScenarios>)> = None;
    let mut figures = Vec::with_capacity(rows);
    for row in 0..rows {
        let Some(probability) = number(probabilities, row) else {
            figures.push(None);
            continue;
        };
        let probability = tail_probability(function, probability)?;
        let (Some(part), Some(whole)) = (parts.get(row), wholes.get(row)) else {
            figures.push(None);
            continue;
        };
        if part.len() != whole.len() {
            let (count, scenarios) = (part.len(), whole.len());
            let problem = format!("es_contribution: {count} outcomes of a part beside {scenarios} of the portfolio");
            return Err(DataFusionError::Execution(problem));
        }
        let known = last.take().filter(|(list, tail, _)| *list == whole && tail.total_cmp(&probability).is_eq());
        let tail = known.map_or_else(|| TailScenarios::of(whole, probability).ok(), |(_, _, tail)| tail);
        let loss = tail.as_ref().and_then(|tail| tail.mean_loss(part).ok());
        figures.push(loss.filter(|loss| loss.is_finite()));
        last = Some((whole, probability, tail));
    }
    Ok(Float64Array::from(figures))
}
