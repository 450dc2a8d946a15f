//! Whether the service says that it works.

use serde_json::Value;
use store::RunState;

use crate::house::{ELSEWHERE, House, ask, now};

#[tokio::test]
async fn a_working_service_is_healthy() {
    let house = House::empty().await;
    let run = house.claim(1).await;
    house.store.finish_run(&run, RunState::Finished, None, None, now()).await.expect("finished");
    let health = house.get("/health").await.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], "0.1.0");
    assert_eq!(health["last_finished_run"]["id"], "nightly-2014-12-31-1");
    assert_eq!(house.get("/health/live").await.status, 200);
    assert_eq!(house.get("/health/ready").await.status, 200);
}

#[tokio::test]
async fn strangers_learn_the_state_and_no_more() {
    let house = House::empty().await;
    let answer = ask(house.router(), "/health", ELSEWHERE, &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["status"], "ok");
    assert_eq!(answer.json()["version"], Value::Null);
}

#[tokio::test]
async fn a_closed_store_is_told() {
    let house = House::empty().await;
    house.store.close().await;
    let health = house.get("/health").await.json();
    assert_eq!(health["status"], "degraded");
    assert_eq!(health["store_reachable"], false);
    assert_eq!(health["lake_reachable"], true);
    house.get("/health/ready").await.problem(503);
    assert_eq!(house.get("/health/live").await.status, 200);
    let problem = house.get("/portfolios").await.problem(500).to_string();
    assert!(!problem.contains("sql") && !problem.contains("pool"), "{problem}");
}
