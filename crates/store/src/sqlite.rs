//! Opening a store in one SQLite file.
//!
//! The write-ahead log lets readers and the writer work side by side; `synchronous = FULL` makes a commit survive a
//! power failure, which the ledger needs. A lock file beside the store lets processes that start together enter one
//! after the other: changing to the write-ahead log cannot be waited for inside SQLite.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::migrations;

/// Connections that only read.
const READERS_MAX: u32 = 4;
/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a task waits for the connection that writes.
const WRITER_WAIT: Duration = Duration::from_secs(120);
/// How often we look whether the lock file is free, and how long we pause in between.
const LOCK_ATTEMPTS_MAX: u32 = 600;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// The pools of the file, and how to call it in messages.
pub(crate) async fn open(url: &str) -> Result<(Database, String)> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(Error::NoFile);
    }
    let given = SqliteConnectOptions::from_str(url).map_err(|source| Error::Url { source })?;
    let path = given.get_filename().to_path_buf();
    if path.as_os_str().is_empty() {
        return Err(Error::NoFile);
    }
    make_folder(&path).await?;
    let location = format!("`{}`", path.display());
    let options = given
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted or replaced is overwritten, so that an erased person cannot be read in what is left of a
        // page.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY_TIMEOUT);

    let lock = locked(&path).await?;
    let connect = |source| Error::Connect { location: location.clone(), source };
    let writer = pool(1).connect_with(options.clone()).await.map_err(connect)?;
    let migrated = migrations::sqlite().run(&writer).await;
    migrated.map_err(|source| Error::Migrate { location: location.clone(), source })?;
    let query_only = options.pragma("query_only", "ON");
    let readers = pool(READERS_MAX).connect_with(query_only).await.map_err(connect)?;
    drop(lock);
    Ok((Database::Sqlite { writer, readers }, location))
}

fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(WRITER_WAIT)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
}

async fn make_folder(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => tokio::fs::create_dir_all(folder)
            .await
            .map_err(|source| Error::Folder { folder: folder.to_path_buf(), source }),
        _ => Ok(()),
    }
}

/// The lock file beside the store, held until it is dropped, even if the process is killed.
async fn locked(store: &Path) -> Result<File> {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let opened = tokio::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).await;
    let file = match opened {
        Ok(file) => file.into_std().await,
        Err(source) => return Err(Error::LockFile { path, source }),
    };
    for _ in 0..LOCK_ATTEMPTS_MAX {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
            Err(TryLockError::Error(source)) => return Err(Error::LockFile { path, source }),
        }
    }
    Err(Error::LockHeld { path, waited_s: (LOCK_PAUSE * LOCK_ATTEMPTS_MAX).as_secs() })
}
