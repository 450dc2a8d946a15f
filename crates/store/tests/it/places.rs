//! Fresh places for stores: a file in a temporary folder, or a schema of its own on the PostgreSQL server.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use store::{Store, StoreKind};
use tempfile::TempDir;
use uuid::Uuid;

/// The server that tests use; `./test` starts one and sets it.
const SERVER: &str = "FINANCR_TEST_POSTGRES_URL";

/// A place where nobody else has a store.
pub(crate) struct Place {
    /// The URL of the store.
    pub(crate) url: String,
    kind: PlaceKind,
}

enum PlaceKind {
    Folder(TempDir),
    Schema { server: String, name: String },
}

impl Place {
    /// A file in a folder that is not there yet.
    pub(crate) async fn sqlite() -> Place {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite:{}/some/folder/store.db", folder.path().display());
        Place { url, kind: PlaceKind::Folder(folder) }
    }

    /// A schema on the server.
    pub(crate) async fn postgres() -> Place {
        let Ok(server) = std::env::var(SERVER) else {
            panic!("{SERVER} is not set: run ./test, which starts PostgreSQL");
        };
        let name = format!("financr_test_{}", Uuid::new_v4().simple());
        on_server(&server, format!("CREATE SCHEMA {name}")).await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options[search_path]={name}");
        Place { url, kind: PlaceKind::Schema { server, name } }
    }

    /// The store here, made if it is not there yet.
    pub(crate) async fn open(&self, kind: StoreKind) -> Store {
        Store::open(&self.url, kind).await.expect("the store opens")
    }

    /// Runs a statement beside the store, as another program might.
    pub(crate) async fn execute(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        match self.kind {
            PlaceKind::Folder(_) => {
                let mut connection = SqliteConnection::connect(&self.url).await?;
                sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
            }
            PlaceKind::Schema { .. } => {
                let mut connection = PgConnection::connect(&self.url).await?;
                sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
            }
        }
    }

    /// Leaves nothing behind.
    pub(crate) async fn remove(self) {
        match self.kind {
            PlaceKind::Folder(folder) => folder.close().expect("the folder can be removed"),
            PlaceKind::Schema { server, name } => on_server(&server, format!("DROP SCHEMA {name} CASCADE")).await,
        }
    }
}

async fn on_server(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.expect("the PostgreSQL server of the tests answers");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the server obeys");
    connection.close().await.expect("the connection closes");
}

/// Makes two tests of every function: one on SQLite, one on PostgreSQL.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = crate::places::Place::sqlite().await;
                    super::$name(&place).await;
                    place.remove().await;
                }
            )+
        }

        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = crate::places::Place::postgres().await;
                    super::$name(&place).await;
                    place.remove().await;
                }
            )+
        }
    };
}
pub(crate) use on_both_engines;
