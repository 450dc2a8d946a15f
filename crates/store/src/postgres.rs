//! Opening a store in a PostgreSQL database.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::database::Database;
use crate::error::{Error, Result};
use crate::migrations;

/// Connections of one process.
const CONNECTIONS_MAX: u32 = 16;
/// How long a task waits for a connection.
const CONNECTION_WAIT: Duration = Duration::from_secs(30);
/// Limits of one statement in daily work: it may wait for a row, it may run, and a transaction may rest in between.
const WORK_LIMITS: [(&str, &str); 3] =
    [("lock_timeout", "20s"), ("statement_timeout", "120s"), ("idle_in_transaction_session_timeout", "120s")];
/// Limits of one statement while the tables are brought up to date, or another process does so.
const MIGRATION_LIMITS: [(&str, &str); 2] = [("lock_timeout", "10min"), ("statement_timeout", "10min")];

/// The pool of the database, and how to call it in messages.
pub(crate) async fn open(url: &str) -> Result<(Database, String)> {
    let options = PgConnectOptions::from_str(url).map_err(|source| Error::Url { source })?.application_name("financr");
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let location = format!("`postgres://{}:{}/{database}`", options.get_host(), options.get_port());
    let connect = |source| Error::Connect { location: location.clone(), source };

    let migrating = options.clone().options(MIGRATION_LIMITS);
    let single = pool(1).connect_with(migrating).await.map_err(connect)?;
    let migrated = migrations::postgres().run(&single).await;
    single.close().await;
    migrated.map_err(|source| Error::Migrate { location: location.clone(), source })?;

    let working = options.options(WORK_LIMITS);
    let connections = pool(CONNECTIONS_MAX).connect_with(working).await.map_err(connect)?;
    Ok((Database::Postgres(connections), location))
}

fn pool(connections_max: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections_max).acquire_timeout(CONNECTION_WAIT)
}
