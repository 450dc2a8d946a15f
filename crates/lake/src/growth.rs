//! Tables whose definition has grown since they were made.
//!
//! Rows are kept for years, and meanwhile columns are added. The first commit that follows the new definition also
//! writes the new schema into the table's log, so that every engine finds in older files what is not there: nothing.
//! No file is rewritten for it.

use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::{Action, MetadataExt, StructField, StructType};
use deltalake_core::table::state::DeltaTableState;
use schemas::table::TableDefinition;

use crate::error::Error;

/// The schema of a definition as the log holds it.
pub(crate) fn schema_of(definition: &'static TableDefinition, action: &'static str) -> Result<StructType, Error> {
    TryIntoKernel::try_into_kernel(definition.schema().as_ref())
        .map_err(|error: arrow::error::ArrowError| Error::delta(action, definition.name)(error.into()))
}

/// The action that brings the schema of a table up to its definition; none if it is there already.
///
/// Columns that the definition no longer has, or does not have yet because a newer program added them, stay, and may
/// be empty from now on: files that have them remain readable.
///
/// # Errors
/// [`Error::Columns`] if a column has another type than the definition says, or one that may not be empty is new: the
/// rows that are there have nothing in it.
pub(crate) fn grown_schema(
    definition: &'static TableDefinition,
    state: &DeltaTableState,
) -> Result<Option<Action>, Error> {
    let failed = Error::delta("write", definition.name);
    let problem = |problem: String| Error::Columns { table: definition.name, problem };
    let wanted = schema_of(definition, "write")?;
    let stored = state.schema();
    let mut fields: Vec<StructField> = Vec::with_capacity(definition.columns.len());
    for there in stored.fields() {
        let mut field = there.clone();
        match wanted.field(there.name()) {
            None => field.nullable = true,
            Some(now) if now.data_type == there.data_type => field.nullable |= now.nullable,
            Some(now) => {
                let (name, before, after) = (there.name(), &there.data_type, &now.data_type);
                return Err(problem(format!("`{name}` is {before} in the table and {after} in this program")));
            }
        }
        fields.push(field);
    }
    for new in wanted.fields().filter(|field| !stored.contains(field.name())) {
        if !new.nullable {
            return Err(problem(format!(
                "`{}` is new and may not be empty, but stored rows have no value",
                new.name()
            )));
        }
        fields.push(new.clone());
    }
    if fields.iter().eq(stored.fields()) {
        return Ok(None);
    }
    let schema = StructType::try_new(fields).map_err(|error| failed(error.into()))?;
    let metadata = state.metadata().clone().with_schema(&schema).map_err(|error| failed(error.into()))?;
    Ok(Some(Action::Metadata(metadata)))
}
