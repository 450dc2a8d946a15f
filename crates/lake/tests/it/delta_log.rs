//! The log in the folder follows the Delta protocol, so that other engines can read the tables.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::places::{date, key, open_folder, quote};

/// The actions of one commit of `silver.quotes`.
fn commit(folder: &Path, version: u64) -> Vec<Value> {
    let path = folder.join(format!("silver/quotes/_delta_log/{version:020}.json"));
    let text = std::fs::read_to_string(path).expect("the commit is there");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn actions<'a>(commit: &'a [Value], name: &str) -> Vec<&'a Value> {
    commit.iter().filter_map(|action| action.get(name)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_commit_says_how_the_table_is_to_be_read() {
    let folder = TempDir::new().expect("a temporary folder");
    open_folder(folder.path()).append(&[quote("AAA", 0, 100)], &key(1)).await.expect("written");
    let first = commit(folder.path(), 0);
    let [protocol] = actions(&first, "protocol")[..] else { panic!("one protocol: {first:?}") };
    assert!(protocol["minReaderVersion"].is_u64() && protocol["minWriterVersion"].is_u64(), "{protocol}");
    let [metadata] = actions(&first, "metaData")[..] else { panic!("one metaData: {first:?}") };
    assert_eq!(metadata["format"]["provider"], "parquet");
    assert_eq!(metadata["partitionColumns"], json!([]));
    let schema = metadata["schemaString"].as_str().expect("a text");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON in a text");
    let fields: Vec<(&str, &Value)> = schema["fields"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|field| (field["name"].as_str().expect("a name"), &field["type"]))
        .collect();
    assert!(fields.contains(&("quote_date", &json!("date"))), "{fields:?}");
    assert!(fields.contains(&("close", &json!("decimal(28,12)"))), "{fields:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_added_with_its_rows_dates_and_the_key_of_the_write() {
    let folder = TempDir::new().expect("a temporary folder");
    let lake = open_folder(folder.path());
    let rows = [quote("AAA", 4, 100), quote("AAA", 1, 101), quote("BBB", 2, 7)];
    let version = lake.append(&rows, &key(3)).await.expect("written").version.expect("a version");
    let written = commit(folder.path(), version);
    let [add] = actions(&written, "add")[..] else { panic!("one file: {written:?}") };
    let stats: Value = serde_json::from_str(add["stats"].as_str().expect("a text")).expect("JSON in a text");
    assert_eq!(stats["numRecords"], 3);
    assert_eq!(stats["minValues"], json!({ "quote_date": date(1).to_string() }));
    assert_eq!(stats["maxValues"], json!({ "quote_date": date(4).to_string() }));
    assert_eq!(add["dataChange"], true);
    let file = folder.path().join("silver/quotes").join(add["path"].as_str().expect("a path"));
    let size = std::fs::metadata(file).expect("the file is there").len();
    assert_eq!(add["size"], size);
    let [transaction] = actions(&written, "txn")[..] else { panic!("one key: {written:?}") };
    assert_eq!((&transaction["appId"], &transaction["version"]), (&json!("test"), &json!(3)));

    let version = lake.replace_all(&rows[..1], &key(4)).await.expect("written").version.expect("a version");
    let replaced = commit(folder.path(), version);
    let [remove] = actions(&replaced, "remove")[..] else { panic!("one file goes: {replaced:?}") };
    assert_eq!(remove["path"], add["path"]);
    assert_eq!(actions(&replaced, "add").len(), 1);
}
