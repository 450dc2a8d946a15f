//! `vec_sum(weight, numbers)`: vectors added up place by place, each times its weight.

use datafusion::logical_expr::AggregateUDF;

use super::{Function, Make};
use crate::aggregates;
use crate::arguments::{Argument, ArgumentKind};

/// The weighted sum of the lists of a group.
pub static FUNCTION: Function = Function {
    name: "vec_sum",
    aliases: &[],
    title: "Weighted sum of vectors",
    definition: "The list whose first number is the sum of weight times the first number of each row's list, and so \
                 on: from positions and the returns of their instruments in each scenario it makes the portfolio's \
                 profit in each scenario. Only the products are rounded, so that the order of the rows does not \
                 matter.",
    arguments: &[
        Argument {
            name: "weight",
            kind: ArgumentKind::Number,
            meaning: "The weight of the row, e.g. the value of a position as an estimate.",
        },
        Argument {
            name: "numbers",
            kind: ArgumentKind::Numbers,
            meaning: "The numbers of the row, e.g. the return in each scenario; as many in every row of a group, at \
                      most 100,000.",
        },
    ],
    result: "A list as long as those of the rows, in the unit of weight times number.",
    nulls: "NULL without rows, and if a weight, a list or a number is NULL, NaN or infinite: a sum of which a part is \
            unknown is unknown. Lists of different lengths in one group are an error.",
    source: "Demmel and Nguyen, *Parallel Reproducible Summation*, IEEE Transactions on Computers 64 (2015), for the \
             sums.",
    example: concat!(
        "SELECT vec_sum(weight, numbers) ",
        "FROM (VALUES (2.0, make_array(0.5, 1.0)), (1.0, make_array(0.5, 0.25))) AS positions (weight, numbers)"
    ),
    make: Make::Aggregate(make),
};

fn make() -> AggregateUDF {
    aggregates::vector_sum(&FUNCTION)
}
