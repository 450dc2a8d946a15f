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

/// Columns by which a row is about a person, or about a portfolio of one.
const OF_PERSONS: [&str; 7] =
    ["user_id", "from_user_id", "asked_by", "ordered_by", "recipient", "portfolio_id", "statement_id"];

/// Tables with such columns, each with where it is told to the person, or why not. A table that is not here fails the
/// test: it is to be told ([`store::PersonTable`]), and emptied by an erasure, or not, for a reason.
const TOLD: [(&str, &str); 34] = [
    ("account_mails", "account_mails"),
    ("account_tokens", "not: hashes of what is in a mail for an hour or two"),
    ("api_keys", "api_keys"),
    ("approvals", "approvals"),
    ("billing_events", "billing_events"),
    ("consents", "consents"),
    ("delegations", "delegations"),
    ("deliveries", "deliveries"),
    ("entries", "entries"),
    ("inbox_items", "not: what the house found about its own work"),
    ("notification_settings", "notification_settings"),
    ("notifications", "notifications"),
    ("oidc_links", "oidc_links"),
    ("passkey_ceremonies", "not: hashes of sign-ins under way, good for minutes"),
    ("passkeys", "passkeys"),
    ("personal_data", "user.json"),
    ("portfolio_owners", "ownerships"),
    ("portfolios", "portfolios"),
    ("push_subscriptions", "push_subscriptions"),
    ("recovery_codes", "not: hashes of what only the person has"),
    ("second_factors", "second_factors"),
    ("sessions", "sessions"),
    ("sign_in_challenges", "not: hashes of sign-ins under way, good for minutes"),
    ("statement_events", "not: which bookings a document is about, which it says itself"),
    ("statement_files", "documents"),
    ("statement_removals", "not: a document that there is no more"),
    ("statements", "documents"),
    ("subscriptions", "subscriptions"),
    ("suppressions", "suppressions"),
    ("transactions", "transactions"),
    ("unsubscribe_tokens", "not: a secret of the address, in each mail to it"),
    ("uploads", "uploads"),
    ("users", "user.json"),
    ("work_orders", "work_orders"),
];

#[tokio::test]
async fn what_is_about_a_person_is_told_or_not_for_a_reason() {
    let place = Place::sqlite().await;
    place.open(StoreKind::Live).await.close().await;
    let mut sqlite = SqliteConnection::connect(&place.url).await.expect("connected");
    let columns =
        sqlx::query_as::<_, (String, String, String)>(SQLITE_COLUMNS).fetch_all(&mut sqlite).await.expect("readable");
    let about: Vec<String> = tables(columns)
        .into_iter()
        .filter(|(_, columns)| columns.iter().any(|(column, _)| OF_PERSONS.contains(&column.as_str())))
        .map(|(table, _)| table)
        .collect();
    assert_eq!(about, TOLD.map(|(table, _)| table), "say where each table is told to a person, or why not");
    for (table, told) in TOLD {
        let is_known = store::PersonTable::ALL.iter().any(|known| known.name == told) || told == "user.json";
        assert!(is_known || told.starts_with("not: "), "{table}: there is no `{told}` in an archive");
    }
    sqlite.close().await.expect("closed");
    place.remove().await;
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
