//! Orders in a house of their own.

use std::sync::Arc;

use lake::{EngineSettings, Lake, S3Settings, Storage};
use schemas::Clock;
use store::{NewWorkOrder, OrderLimits, OrderOutcome, Store, StoreKind, WorkOrderState};
use tempfile::TempDir;

use super::*;
use crate::context::Settings;
use crate::outbox::test_portfolio;

/// A house with a portfolio of which nothing was valued.
async fn house(folder: &TempDir) -> Context {
    let url = format!("sqlite:{}/store.db", folder.path().display());
    let store = Store::open(&url, StoreKind::Live).await.expect("the store opens");
    let storage = Storage::open("memory:", &S3Settings::default()).expect("memory");
    let clock = Clock::Fixed("2015-01-01T02:00:00Z".parse().expect("an instant"));
    store.save_portfolio(&test_portfolio(), false, clock).await.expect("saved");
    Context {
        store,
        lake: Lake::open(storage, &EngineSettings::default()).expect("the lake opens"),
        clock,
        settings: settings(),
        program_version: "0.1.0".to_owned(),
        watch: Arc::new(|_| {}),
    }
}

fn settings() -> Settings {
    Settings {
        age_limits: pipelines::AgeLimits::default(),
        holding_years: pipelines::HoldingYears::default(),
        firm: None,
        gips: reports::Gips::default(),
        statement_plan: crate::publication::StatementPlan::default(),
        ecb_reference_rates: pipelines::sources::ecb_reference_rates::Settings::default(),
        inbox: None,
        mail: None,
        drop_folder: None,
        webhook: None,
        web_push: None,
        delivery_attempts_max: 8,
        delivery_minutes_max: 10,
        bundle_mails: true,
    }
}

async fn order(context: &Context, id: &str, kind: WorkOrderKind, request: &str) {
    let new = NewWorkOrder {
        order_id: id.to_owned(),
        kind,
        portfolio_id: test_portfolio().portfolio_id,
        ordered_by: "house".to_owned(),
        request: request.to_owned(),
    };
    let limits = OrderLimits { open_max: 10, lately_max: 10, since: context.clock.now() };
    let given = context.store.give_order(&new, &limits, context.clock.now()).await.expect("queued");
    assert_eq!(given, OrderOutcome::Queued);
}

async fn failure(context: &Context, id: &str) -> String {
    let found = context.store.work_order(id).await.expect("readable").expect("there");
    assert_eq!(found.state, WorkOrderState::Failed);
    found.failure.expect("a reason")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_says_why_at_once() {
    let folder = TempDir::new().expect("a folder");
    let context = house(&folder).await;
    let optimization =
        r#"{"method":"equal_weight","covariance":"sample","weight_max":1.0,"business_date":"2014-12-31"}"#;
    order(&context, "o-1", WorkOrderKind::Optimization, optimization).await;
    let report = r#"{"kind":"portfolio_statement","period":"2014-12"}"#;
    order(&context, "o-2", WorkOrderKind::Report, report).await;
    order(&context, "o-3", WorkOrderKind::Report, r#"{"kind":"yearly","period":"2014-12"}"#).await;
    order(&context, "o-4", WorkOrderKind::Optimization, "not of this version").await;
    order(&context, "o-5", WorkOrderKind::Report, r#"{"kind":"portfolio_statement","period":"2013-Q4"}"#).await;
    assert_eq!(work_off(&context).await.expect("done"), 5);
    assert!(failure(&context, "o-1").await.contains("it holds no securities on this date"));
    assert!(failure(&context, "o-2").await.contains("no portfolio was valued on 2014-12-31"));
    assert!(failure(&context, "o-3").await.contains("unknown statement `yearly`"));
    assert!(failure(&context, "o-4").await.contains("give it again"));
    let early = "the portfolio begins on 2014-01-02, and 2013-Q4 ends before; order a later period";
    assert_eq!(failure(&context, "o-5").await, early);
    assert_eq!(work_off(&context).await.expect("nothing to do"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_process_left_is_done_by_the_next_one() {
    let folder = TempDir::new().expect("a folder");
    let mut context = house(&folder).await;
    order(&context, "o-1", WorkOrderKind::Report, "x").await;
    let claimed = context.store.claim_order(LEASE, ATTEMPTS_MAX, context.clock.now()).await.expect("claimed");
    assert!(claimed.is_some());
    assert_eq!(work_off(&context).await.expect("it is somebody's"), 0);
    context.clock = Clock::Fixed(context.clock.now() + LEASE);
    assert_eq!(work_off(&context).await.expect("done"), 1);
    assert!(failure(&context, "o-1").await.contains("give it again"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_out_of_order_is_tried_again_and_given_up() {
    let folder = TempDir::new().expect("a folder");
    let mut context = house(&folder).await;
    order(&context, "o-1", WorkOrderKind::Report, "x").await;
    for _ in 0..ATTEMPTS_MAX {
        let now = context.clock.now();
        let claimed = context.store.claim_order(LEASE, ATTEMPTS_MAX, now).await.expect("claimed").expect("due");
        note(&context, &claimed, Err(Error::Worker)).await.expect("noted");
        context.clock = Clock::Fixed(now + TimeDelta::minutes(5));
    }
    assert_eq!(failure(&context, "o-1").await, GIVEN_UP);
}

#[test]
fn what_events_cause_cannot_be_ordered() {
    let documents = orderable_documents();
    let kinds: Vec<&str> = documents.iter().map(|document| document.kind).collect();
    assert!(kinds.contains(&"portfolio_statement") && kinds.contains(&"tax_report"));
    assert!(!kinds.contains(&"execution_confirmation") && !kinds.contains(&"depreciation_notice"));
}
