//! How the engine hands the rows of one group, or of many, to an aggregate.

use std::mem::take;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::rows::{Arguments, Rows, Shape, States, states};
use crate::functions::Function;

/// The rows of one group, for queries without groups and for windows.
#[derive(Debug)]
pub(super) struct GatheredRows {
    function: &'static Function,
    shape: &'static Shape,
    rows: Rows,
}

impl GatheredRows {
    pub(super) fn new(function: &'static Function, shape: &'static Shape) -> GatheredRows {
        GatheredRows { function, shape, rows: Rows::default() }
    }
}

impl Accumulator for GatheredRows {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let arguments = Arguments::of(self.function, self.shape, values)?;
        let count = values.first().map_or(0, |column| column.len());
        (0..count).try_for_each(|row| self.rows.add(&arguments, row))
    }

    /// In a window the rows stay: the next day has one more.
    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.rows.figure(self.function, self.shape)?))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.rows.heap_size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let columns = states(&[take(&mut self.rows)])?;
        columns.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let states = States::of(values)?;
        (0..states.count()).for_each(|row| self.rows.merge(&states, row));
        Ok(())
    }
}

/// The rows of many groups.
#[derive(Debug)]
pub(super) struct GatheredGroups {
    function: &'static Function,
    shape: &'static Shape,
    groups: Vec<Rows>,
    /// Memory of the rows of all groups, in bytes.
    heap_size: usize,
}

impl GatheredGroups {
    pub(super) fn new(function: &'static Function, shape: &'static Shape) -> GatheredGroups {
        GatheredGroups { function, shape, groups: Vec::new(), heap_size: 0 }
    }

    /// Changes a group, and keeps count of its memory.
    fn change(&mut self, group: usize, change: impl FnOnce(&mut Rows) -> Result<()>) -> Result<()> {
        let rows = self.groups.get_mut(group);
        let rows = rows.ok_or_else(|| DataFusionError::Internal(format!("there is no group {group}")))?;
        let before = rows.heap_size();
        change(rows)?;
        self.heap_size += rows.heap_size().saturating_sub(before);
        Ok(())
    }

    fn take_groups(&mut self, emit_to: EmitTo) -> Vec<Rows> {
        let groups = emit_to.take_needed(&mut self.groups);
        let taken: usize = groups.iter().map(Rows::heap_size).sum();
        self.heap_size = self.heap_size.saturating_sub(taken);
        groups
    }
}

impl GroupsAccumulator for GatheredGroups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups.resize_with(total_num_groups, Rows::default);
        let arguments = Arguments::of(self.function, self.shape, values)?;
        for (row, group) in group_indices.iter().enumerate() {
            if opt_filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row)) {
                self.change(*group, |rows| rows.add(&arguments, row))?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut groups = self.take_groups(emit_to);
        let figures = groups.iter_mut().map(|rows| rows.figure(self.function, self.shape));
        Ok(Arc::new(figures.collect::<Result<Float64Array>>()?))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        states(&self.take_groups(emit_to))
    }

    fn merge_batch(&mut self, values: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.groups.resize_with(total_num_groups, Rows::default);
        let states = States::of(values)?;
        for (row, group) in group_indices.iter().enumerate() {
            self.change(*group, |rows| {
                rows.merge(&states, row);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Each row as the partial result of a group of its own.
    fn convert_to_state(&self, values: &[ArrayRef], opt_filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let count = values.first().map_or(0, |column| column.len());
        let each: Vec<usize> = (0..count).collect();
        let mut apart = GatheredGroups::new(self.function, self.shape);
        apart.update_batch(values, &each, opt_filter, count)?;
        apart.state(EmitTo::All)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.capacity() * size_of::<Rows>() + self.heap_size
    }
}
