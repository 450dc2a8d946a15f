//! The tables of both engines are the same, and every statement is understood by the engines it is for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};
use store::StoreKind;

use crate::places::Place;

const SQLITE_COLUMNS: &str = include_str!("queries/columns.sqlite.sql");
const POSTGRES_COLUMNS: &str = include_str!("queries/columns.postgres.sql");

/// Table → columns in order, each with whether it may be empty.
fn tables(rows: Vec<(String, String, String)>) -> BTreeMap<String, Vec<(String, String)>> {
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (table, column, nullable) in rows {
        tables.entry(table).or_default().push((column, nullable));
    }
    tables
}

/// Path below `src/queries` and text of every stored statement.
fn statements() -> BTreeMap<String, String> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/queries"));
    let mut statements = BTreeMap::new();
    for entity in std::fs::read_dir(&folder).expect("the folder is there") {
        for file in std::fs::read_dir(entity.expect("readable").path()).expect("only folders stand here") {
            let path = file.expect("readable").path();
            let name = path.strip_prefix(&folder).expect("below the folder").to_string_lossy().into_owned();
            statements.insert(name, std::fs::read_to_string(&path).expect("readable"));
        }
    }
    assert!(!statements.is_empty());
    statements
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let (file, server) = (Place::sqlite().await, Place::postgres().await);
    file.open(StoreKind::Live).await.close().await;
    server.open(StoreKind::Live).await.close().await;

    let mut sqlite = SqliteConnection::connect(&file.url).await.expect("connected");
    let in_file =
        sqlx::query_as::<_, (String, String, String)>(SQLITE_COLUMNS).fetch_all(&mut sqlite).await.expect("readable");
    let mut postgres = PgConnection::connect(&server.url).await.expect("connected");
    let on_server = sqlx::query_as::<_, (String, String, String)>(POSTGRES_COLUMNS)
        .fetch_all(&mut postgres)
        .await
        .expect("readable");

    let expected = tables(in_file);
    assert!(expected.contains_key("transactions"));
    assert_eq!(tables(on_server), expected);
    postgres.close().await.expect("closed");
    sqlite.close().await.expect("closed");
    file.remove().await;
    server.remove().await;
}

#[tokio::test]
async fn sqlite_understands_every_statement_for_it() {
    let place = Place::sqlite().await;
    place.open(StoreKind::Live).await.close().await;
    let mut connection = SqliteConnection::connect(&place.url).await.expect("connected");
    for (name, text) in statements() {
        if !name.ends_with(".postgres.sql") {
            let prepared = connection.prepare(AssertSqlSafe(text).into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }
    connection.close().await.expect("closed");
    place.remove().await;
}

#[tokio::test]
async fn postgres_understands_every_statement_for_it() {
    let place = Place::postgres().await;
    place.open(StoreKind::Live).await.close().await;
    let mut connection = PgConnection::connect(&place.url).await.expect("connected");
    for (name, text) in statements() {
        if !name.ends_with(".sqlite.sql") {
            let prepared = connection.prepare(AssertSqlSafe(text).into_sql_str()).await;
            assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        }
    }
    connection.close().await.expect("closed");
    place.remove().await;
}

#[test]
fn every_statement_is_used_and_says_what_a_row_is() {
    let mut sources = String::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("the folder is there") {
        let path = file.expect("readable").path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            sources.push_str(&std::fs::read_to_string(path).expect("readable"));
        }
    }
    for (name, text) in statements() {
        assert!(sources.contains(&format!("include_str!(\"queries/{name}\")")), "nobody uses {name}");
        assert!(text.starts_with("-- ") && text.ends_with('\n'), "{name} does not say what a row is");
        assert!(!text.contains('*') || text.contains("count(*)"), "{name} names its columns");
        let pair = [(".sqlite.sql", ".postgres.sql"), (".postgres.sql", ".sqlite.sql")];
        for (one, other) in pair {
            if let Some(stem) = name.strip_suffix(one) {
                assert!(statements().contains_key(&format!("{stem}{other}")), "{name} has no counterpart");
            }
        }
    }
}
