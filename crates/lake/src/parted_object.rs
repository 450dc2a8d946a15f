//! Objects that are written part by part, however large they are.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStoreExt, WriteMultipart};

use crate::error::Error;
use crate::storage::Storage;

/// Parts of one object that are on their way at once; more wait, so that memory is bounded.
const PARTS_UNDER_WAY_MAX: usize = 4;

/// An object that is being written. It is there when it is finished, and not before.
pub struct PartedObject {
    path: String,
    parts: WriteMultipart,
}

impl Storage {
    /// Begins an object. One that is there under this path is replaced in the end.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses.
    pub async fn begin(&self, path: &str) -> Result<PartedObject, Error> {
        let failed = |source| Error::Storage { action: "write", path: path.to_owned(), source };
        let upload = self.root().put_multipart(&Path::from(path)).await.map_err(failed)?;
        Ok(PartedObject { path: path.to_owned(), parts: WriteMultipart::new(upload) })
    }
}

impl PartedObject {
    /// Adds bytes, and waits while too many are on their way.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses.
    pub async fn push(&mut self, bytes: Bytes) -> Result<(), Error> {
        let capacity = self.parts.wait_for_capacity(PARTS_UNDER_WAY_MAX).await;
        capacity.map_err(|source| Error::Storage { action: "write", path: self.path.clone(), source })?;
        self.parts.put(bytes);
        Ok(())
    }

    /// Makes the object.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses.
    pub async fn finish(self) -> Result<(), Error> {
        let PartedObject { path, parts } = self;
        parts.finish().await.map(|_| ()).map_err(|source| Error::Storage { action: "write", path, source })
    }

    /// Forgets what was written of it.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses; what was written of it may lie there then, and counts for nothing.
    pub async fn abandon(self) -> Result<(), Error> {
        let PartedObject { path, parts } = self;
        parts.abort().await.map_err(|source| Error::Storage { action: "remove", path, source })
    }
}
