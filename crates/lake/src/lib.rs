//! Tables of facts: Delta and Parquet on object storage, DataFusion over them.
//!
//! Others read and write rows; that there are files, versions and a commit log is known only here. A read is from a
//! pinned version and can be repeated; a write is one commit that is there as a whole or not at all, and is done once
//! however often it is tried.

mod aggregates;
pub mod arguments;
mod commit;
mod engine;
mod error;
pub mod files;
pub mod functions;
mod growth;
mod lookup;
pub mod maintenance;
mod parted_object;
pub mod read;
mod recent;
mod replacing;
mod row_functions;
mod snapshot;
mod storage;
mod table;

pub use engine::{Engine, EngineSettings, Parameter};
pub use error::Error;
pub use parted_object::PartedObject;
pub use snapshot::{DateRange, Snapshot};
pub use storage::{S3Settings, Storage};
pub use table::{Copied, Lake, Mark, WriteKey, Written};

/// Rows of any table, as they pass between rooms.
pub use arrow::array::RecordBatch;
