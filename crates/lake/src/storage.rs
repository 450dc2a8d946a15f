//! Where the bytes are: a folder, memory, or a bucket.

use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::error::Error;

/// How to reach a bucket. The keys come from the environment, through the configuration.
#[derive(Clone, Debug, Default)]
pub struct S3Settings {
    /// Address of the service, for stores other than Amazon's, e.g. `http://localhost:9000`.
    pub endpoint: Option<String>,
    /// Region; `us-east-1` where a store does not care.
    pub region: Option<String>,
    /// Access key.
    pub access_key_id: Option<String>,
    /// Secret key.
    pub secret_access_key: Option<String>,
}

/// An object store whose root is the lake.
#[derive(Clone, Debug)]
pub struct Storage {
    root: Arc<dyn ObjectStore>,
}

impl Storage {
    /// Opens a folder (created if missing), `memory:`, or `s3://bucket/prefix`.
    ///
    /// # Errors
    /// [`Error::Address`] if the address is not understood or the folder cannot be made.
    pub fn open(url: &str, s3: &S3Settings) -> Result<Storage, Error> {
        let problem = |problem: String| Error::Address { url: url.to_owned(), problem };
        if url == "memory:" {
            return Ok(Storage { root: Arc::new(InMemory::new()) });
        }
        if let Some(rest) = url.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let store = s3_store(bucket, s3).map_err(|error| problem(error.to_string()))?;
            return Ok(Storage { root: Arc::new(PrefixStore::new(store, Path::from(prefix))) });
        }
        if url.contains("://") && !url.starts_with("file://") {
            return Err(problem("the scheme is unknown".to_owned()));
        }
        let folder = FilePath::new(url.strip_prefix("file://").unwrap_or(url));
        std::fs::create_dir_all(folder).map_err(|error| problem(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| problem(error.to_string()))?;
        Ok(Storage { root: Arc::new(store) })
    }

    pub(crate) fn root(&self) -> &Arc<dyn ObjectStore> {
        &self.root
    }

    /// Writes an object that never changes. If it is already there, it stays as it is: its name is the hash of its
    /// bytes. Returns whether it was new.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses.
    pub async fn put_once(&self, path: &str, bytes: Bytes) -> Result<bool, Error> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.root.put_opts(&Path::from(path), bytes.into(), options).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(source) => Err(Error::Storage { action: "write", path: path.to_owned(), source }),
        }
    }

    /// Reads an object.
    ///
    /// # Errors
    /// [`Error::Storage`] if it is not there or the store refuses.
    pub async fn get(&self, path: &str) -> Result<Bytes, Error> {
        let failed = |source| Error::Storage { action: "read", path: path.to_owned(), source };
        self.root.get(&Path::from(path)).await.map_err(failed)?.bytes().await.map_err(failed)
    }

    /// Removes an object. Returns false if it was not there.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses.
    pub async fn remove(&self, path: &str) -> Result<bool, Error> {
        let place = Path::from(path);
        // Some stores answer alike whether there was an object or not.
        let was_there = self.root.head(&place).await.is_ok();
        match self.root.delete(&place).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(was_there),
            Err(source) => Err(Error::Storage { action: "remove", path: path.to_owned(), source }),
        }
    }

    /// Hands on an object part by part, however large it is. Returns false, and hands on nothing, if it is not there.
    ///
    /// # Errors
    /// [`Error::Storage`] if the store refuses.
    pub async fn each_part(&self, path: &str, mut take: impl FnMut(&[u8])) -> Result<bool, Error> {
        let failed = |source| Error::Storage { action: "read", path: path.to_owned(), source };
        let found = match self.root.get(&Path::from(path)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(false),
            Err(source) => return Err(failed(source)),
        };
        let mut parts = found.into_stream();
        while let Some(part) = parts.next().await {
            take(&part.map_err(failed)?);
        }
        Ok(true)
    }
}

fn s3_store(bucket: &str, settings: &S3Settings) -> object_store::Result<impl ObjectStore> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket);
    builder = builder.with_region(settings.region.as_deref().unwrap_or("us-east-1"));
    if let Some(endpoint) = &settings.endpoint {
        let plain = endpoint.starts_with("http://");
        builder = builder.with_endpoint(endpoint).with_allow_http(plain).with_virtual_hosted_style_request(false);
    }
    if let (Some(id), Some(secret)) = (&settings.access_key_id, &settings.secret_access_key) {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret);
    }
    builder.build()
}
