//! The store: opening it, and what it is for.

use std::sync::Arc;

use crate::audit::Acting;
use crate::audit_reads::ReadQueue;
use crate::database::{Database, within};
use crate::error::{Error, Result};
use crate::key_service::KeyService;
use crate::stored_text::{parsed, stored_words};
use crate::{postgres, sqlite};

stored_words! {
    /// What a store is for. It is written into the store when it is made and can never be changed.
    StoreKind, "kind of store":
    /// The books of real clients.
    Live = "live",
    /// Invented books for demonstrations and tests.
    Demo = "demo",
}

/// The tables of people and runs. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) database: Database,
    /// Who acts, for the audit log.
    pub(crate) acting: Arc<Acting>,
    /// Reads that wait to be written down.
    pub(crate) reads: Arc<ReadQueue>,
    /// The keys that what is personal is sealed with; none to seal nothing.
    pub(crate) keys: Option<Arc<dyn KeyService>>,
    pub(crate) kind: StoreKind,
}

const INSERT: &str = include_str!("queries/stores/insert.sql");
const SELECT_KIND: &str = include_str!("queries/stores/select_kind.sql");

impl Store {
    /// Opens the store, makes it if it is not there, and brings its tables up to date.
    ///
    /// - `url`: `sqlite:path/to/file.db` (the file and its folders are made) or `postgres://user@host/database` (the
    ///   database must be there).
    /// - `kind`: what a new store will be for, and what an existing one must be for.
    ///
    /// Any number of processes may do this at once: one of them brings the tables up to date, the others wait.
    ///
    /// # Errors
    /// [`Error::WrongKind`] if the store is for something else; other cases if the database cannot be reached or
    /// its tables cannot be brought up to date.
    pub async fn open(url: &str, kind: StoreKind) -> Result<Store> {
        let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
        let (database, location) = match scheme {
            "sqlite" => sqlite::open(url).await?,
            "postgres" | "postgresql" => postgres::open(url).await?,
            other => return Err(Error::UnknownScheme { scheme: other.chars().take(20).collect() }),
        };
        let store = Store { database, acting: Arc::new(Acting::program()), reads: Arc::default(), keys: None, kind };
        let found = store.settled_kind().await?;
        if found != kind {
            store.close().await;
            return Err(Error::WrongKind { location, found, wanted: kind });
        }
        tracing::debug!(store.kind = %kind, store.location = %location, "opened the {kind} store {location}");
        Ok(store)
    }

    /// What the store is for.
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Waits for what is running and closes all connections, also those of the clones.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Writes what the store is for if it is new, and reads it back.
    async fn settled_kind(&self) -> Result<StoreKind> {
        let action = "settle what the store is for";
        let mut transaction = self.database.begin().await?;
        within!(&mut transaction, open => {
            sqlx::query(INSERT).bind(self.kind.word()).execute(open).await.map(|done| done.rows_affected())
        })
        .map_err(Error::query(action))?;
        let word =
            within!(&mut transaction, open => sqlx::query_scalar::<_, String>(SELECT_KIND).fetch_one(open).await)
                .map_err(Error::query(action))?;
        transaction.commit().await?;
        parsed("stores", "kind", &word)
    }
}
