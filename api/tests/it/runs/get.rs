//! Runs in lists and one by one.

use serde_json::{Value, json};
use store::{RunState, RunStep};

use crate::house::{House, now};

#[tokio::test]
async fn pages_of_runs_follow_each_other() {
    let house = House::empty().await;
    for revision in 1..=3 {
        house.claim(revision).await;
    }
    let first = house.get("/runs?limit=2").await.json();
    assert_eq!(first["items"][0]["id"], "nightly-2014-12-31-3");
    assert_eq!(first["next"], "nightly-2014-12-31-2");
    let second = house.get("/runs?limit=2&after=nightly-2014-12-31-2").await.json();
    assert_eq!(second["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["items"][0]["id"], "nightly-2014-12-31-1");
    assert_eq!(second["next"], Value::Null);
    house.get("/runs?limit=201").await.problem(400);
    house.get("/runs?after=never").await.problem(404);
}

#[tokio::test]
async fn a_run_comes_with_its_steps() {
    let house = House::empty().await;
    let run = house.claim(1).await;
    let step = RunStep {
        run_id: run.id.clone(),
        position: 0,
        name: "conform".to_owned(),
        state: RunState::Finished,
        table_versions_read: json!({ "silver.quotes": 17 }),
        rows_written: 5,
        duration_ms: 12,
        note: String::new(),
        finished_at: Some(now()),
    };
    house.store.record_step(&run, &step).await.expect("recorded");
    let shown = house.get("/runs/nightly-2014-12-31-1").await.json();
    assert_eq!(shown["run"]["state"], "running");
    assert_eq!(shown["steps"][0]["name"], "conform");
    assert_eq!(shown["steps"][0]["table_versions_read"]["silver.quotes"], 17);
    house.get("/runs/never").await.problem(404);
}
