//! What is kept in memory of data files that were looked into: their footers, and the rows of pages. A data file never
//! changes, so that what is kept of it stays right; its name is never given again.

use std::sync::Arc;

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::ObjectReader;
use crate::error::Error;
use crate::snapshot::DataFile;

/// Bytes of footers that are kept; those that were not needed for longest give way.
const FOOTER_BYTES_MAX: u64 = 64 << 20;
/// Footers for which there is room in the map from the start.
const FOOTERS_EXPECTED: usize = 1_000;
/// Bytes of rows of pages that are kept; those that were not needed for longest give way.
const PAGE_BYTES_MAX: u64 = 128 << 20;
/// Pages for which there is room in the map from the start.
const PAGES_EXPECTED: usize = 500;

/// What lookups keep.
pub(crate) struct Kept {
    footers: Cache<String, ArrowReaderMetadata, BySize>,
    pages: Cache<PageKey, RecordBatch, BySize>,
}

/// A page: the rows of a group of a file from the first one on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PageKey {
    path: Arc<str>,
    group: usize,
    first: usize,
}

/// What something takes of the room.
#[derive(Clone)]
struct BySize;

impl Weighter<String, ArrowReaderMetadata> for BySize {
    fn weight(&self, path: &String, footer: &ArrowReaderMetadata) -> u64 {
        u64::try_from(footer.metadata().memory_size().saturating_add(path.len())).unwrap_or(u64::MAX)
    }
}

impl Weighter<PageKey, RecordBatch> for BySize {
    fn weight(&self, _: &PageKey, rows: &RecordBatch) -> u64 {
        u64::try_from(rows.get_array_memory_size()).unwrap_or(u64::MAX)
    }
}

impl Default for Kept {
    fn default() -> Kept {
        Kept {
            footers: Cache::with_weighter(FOOTERS_EXPECTED, FOOTER_BYTES_MAX, BySize),
            pages: Cache::with_weighter(PAGES_EXPECTED, PAGE_BYTES_MAX, BySize),
        }
    }
}

impl Kept {
    /// The footer of a file.
    pub(super) async fn footer(
        &self,
        file: &DataFile,
        reader: &mut ObjectReader,
    ) -> Result<ArrowReaderMetadata, ParquetError> {
        let load = ArrowReaderMetadata::load_async(reader, ArrowReaderOptions::new());
        self.footers.get_or_insert_async(file.path.as_str(), load).await
    }

    /// The rows of a page. Whoever wants those of one that is being read waits for it.
    pub(super) async fn page(
        &self,
        key: &PageKey,
        read: impl Future<Output = Result<RecordBatch, Error>>,
    ) -> Result<RecordBatch, Error> {
        self.pages.get_or_insert_async(key, read).await
    }
}

impl PageKey {
    pub(super) fn of(path: &Arc<str>, group: usize, first: usize) -> PageKey {
        PageKey { path: Arc::clone(path), group, first }
    }
}
