//! Aggregates that see all rows of a group.
//!
//! A drawdown depends on the order of its returns, and the last bit of a deviation on the order in which its terms are
//! added. Partitions deliver rows in any order. So the rows of a group are gathered, partial results being nothing but
//! some of the rows, and put into an order that depends on what they hold alone; then the figure is computed once. It
//! is the same to the last bit, whatever the number of partitions.
//!
//! What is gathered counts against the memory of the engine's pool: a group that does not fit is an error that says so.

mod gathering;
mod rows;
mod vector_sum;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility};

use crate::arguments::{ArgumentKind, coerced};
use crate::functions::Function;
use gathering::{GatheredGroups, GatheredRows};
pub(crate) use rows::{Role, Rows, Shape};
use vector_sum::VectorSum;

/// An aggregate that computes a figure from the rows of a group.
pub(crate) fn of_rows(function: &'static Function, shape: &'static Shape) -> AggregateUDF {
    AggregateUDF::from(Aggregate::new(function, Plan::Rows(shape)))
}

/// An aggregate that adds up lists, each times a weight.
pub(crate) fn vector_sum(function: &'static Function) -> AggregateUDF {
    AggregateUDF::from(Aggregate::new(function, Plan::VectorSum))
}

#[derive(Clone, Copy, Debug)]
enum Plan {
    Rows(&'static Shape),
    VectorSum,
}

#[derive(Debug)]
struct Aggregate {
    function: &'static Function,
    signature: Signature,
    aliases: Vec<String>,
    plan: Plan,
}

impl Aggregate {
    fn new(function: &'static Function, plan: Plan) -> Aggregate {
        let aliases = function.aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Aggregate { function, signature: Signature::user_defined(Volatility::Immutable), aliases, plan }
    }
}

/// Functions are told apart by their names, which are unique.
impl PartialEq for Aggregate {
    fn eq(&self, other: &Aggregate) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Aggregate {}

impl Hash for Aggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.function.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        coerced(self.function, given)
    }

    fn return_type(&self, _given: &[DataType]) -> Result<DataType> {
        Ok(match self.plan {
            Plan::Rows(_) => DataType::Float64,
            Plan::VectorSum => ArgumentKind::Numbers.arrow_type(),
        })
    }

    fn state_fields(&self, arguments: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let types = match self.plan {
            Plan::Rows(_) => rows::state_types(),
            Plan::VectorSum => vector_sum::state_types(),
        };
        let named = |(what, kind): (&str, DataType)| Field::new(format!("{}[{what}]", arguments.name), kind, true);
        Ok(types.into_iter().map(named).map(Arc::new).collect())
    }

    fn accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.refuse_distinct(&arguments)?;
        Ok(match self.plan {
            Plan::Rows(shape) => Box::new(GatheredRows::new(self.function, shape)),
            Plan::VectorSum => Box::new(VectorSum::new(self.function)),
        })
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs) -> bool {
        matches!(self.plan, Plan::Rows(_)) && !arguments.is_distinct
    }

    fn create_groups_accumulator(&self, arguments: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        self.refuse_distinct(&arguments)?;
        match self.plan {
            Plan::Rows(shape) => Ok(Box::new(GatheredGroups::new(self.function, shape))),
            Plan::VectorSum => Err(DataFusionError::NotImplemented("vectors are added up group by group".to_owned())),
        }
    }
}

impl Aggregate {
    /// Equal returns of two days are two returns.
    fn refuse_distinct(&self, arguments: &AccumulatorArgs) -> Result<()> {
        if arguments.is_distinct {
            let name = self.function.name;
            return Err(DataFusionError::Plan(format!("{name} takes every row: leave DISTINCT away")));
        }
        Ok(())
    }
}
