//! Runs: one owner at a time, and no writing by those who were.

use schemas::BusinessDate;
use serde_json::json;
use store::{Claim, Error, Run, RunState, RunStep, Store, StoreKind};
use tokio::task::JoinSet;

use crate::places::{Place, on_both_engines};
use crate::samples::{LEASE, after_minutes, claimed, claimed_run, date, new_run, run_id, start};

on_both_engines!(
    one_of_eight_claims_wins,
    one_of_eight_wins_a_run_whose_lease_has_ended,
    who_was_owner_is_refused,
    a_lease_that_is_extended_is_not_lost,
    a_failed_run_is_taken_up_and_keeps_its_steps,
    steps_made_from_other_inputs_are_forgotten,
    the_run_of_a_dead_owner_is_taken_over_at_once,
    a_run_that_is_over_is_not_claimed,
    a_step_is_recorded_once,
    ids_and_revisions_belong_together,
    runs_are_listed_page_by_page,
);

fn night() -> BusinessDate {
    date("2014-12-31")
}

fn step(run: &Run, position: i64, name: &str) -> RunStep {
    RunStep {
        run_id: run.id.clone(),
        position,
        name: name.to_owned(),
        state: RunState::Finished,
        table_versions_read: json!({"silver.quotes": 17, "silver.fx_rates": 4}),
        rows_written: 120,
        duration_ms: 35,
        note: String::new(),
        finished_at: Some(after_minutes(1)),
    }
}

/// Lets eight owners claim the first night at an instant; returns who won.
async fn eight_claims(store: &Store, minutes: i64) -> Vec<Run> {
    let mut claims = JoinSet::new();
    for number in 0..8 {
        let store = store.clone();
        claims.spawn(async move {
            store.claim_run(&new_run(1), &format!("owner-{number}"), LEASE, after_minutes(minutes)).await
        });
    }
    let mut winners = Vec::new();
    for claim in claims.join_all().await {
        match claim.expect("an answer") {
            Claim::Claimed(run) => winners.push(run),
            Claim::HeldByOther { until, .. } => assert_eq!(until, after_minutes(minutes + 5)),
            Claim::Over(run) => panic!("{} is not over", run.id),
        }
    }
    winners
}

async fn one_of_eight_claims_wins(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let winners = eight_claims(&store, 0).await;
    assert_eq!(winners.len(), 1);
    let run = &winners[0];
    assert_eq!((run.fence, run.state, run.started_at), (1, RunState::Running, start()));
    assert_eq!(store.run(&run.id).await.expect("readable").as_ref(), Some(run));
}

async fn one_of_eight_wins_a_run_whose_lease_has_ended(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    claimed_run(&store).await;
    let winners = eight_claims(&store, 5).await;
    assert_eq!(winners.len(), 1);
    assert_eq!((winners[0].fence, winners[0].started_at), (2, start()));
}

async fn who_was_owner_is_refused(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let old = claimed_run(&store).await;
    let answer = store.claim_run(&new_run(1), "second-owner", LEASE, after_minutes(4)).await.expect("an answer");
    assert_eq!(answer, Claim::HeldByOther { owner: "first-owner".to_owned(), until: after_minutes(5) });
    let new = claimed(store.claim_run(&new_run(1), "second-owner", LEASE, after_minutes(5)).await.expect("an answer"));

    let refusals = [
        store.heartbeat(&old, after_minutes(6), LEASE).await.expect_err("the lease is lost"),
        store.record_step(&old, &step(&old, 0, "ingest")).await.expect_err("the lease is lost"),
        store.finish_run(&old, RunState::Finished, None, None, after_minutes(6)).await.expect_err("the lease is lost"),
    ];
    for error in refusals {
        assert!(matches!(error, Error::LeaseLost { fence: 1, .. }), "{error}");
    }
    assert!(store.steps(&old.id).await.expect("readable").is_empty());

    store.record_step(&new, &step(&new, 0, "ingest")).await.expect("the owner writes");
    let summary = json!({"portfolios": 4, "statements": 4});
    let finished = store.finish_run(&new, RunState::Finished, None, Some(&summary), after_minutes(7)).await;
    let ended = finished.expect("the owner ends the run");
    assert_eq!((ended.state, ended.finished_at), (RunState::Finished, Some(after_minutes(7))));
    assert_eq!(ended.summary, Some(summary));
    assert_eq!(store.latest_run("nightly", night(), night()).await.expect("readable"), Some(ended));

    let late = store.heartbeat(&new, after_minutes(8), LEASE).await.expect_err("the run is over");
    assert!(matches!(late, Error::LeaseLost { fence: 2, .. }), "{late}");
}

async fn a_lease_that_is_extended_is_not_lost(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let run = claimed_run(&store).await;
    store.heartbeat(&run, after_minutes(4), LEASE).await.expect("extended");
    let answer = store.claim_run(&new_run(1), "second-owner", LEASE, after_minutes(8)).await.expect("an answer");
    assert_eq!(answer, Claim::HeldByOther { owner: "first-owner".to_owned(), until: after_minutes(9) });
}

async fn a_failed_run_is_taken_up_and_keeps_its_steps(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let first = claimed_run(&store).await;
    store.record_step(&first, &step(&first, 0, "ingest")).await.expect("recorded");
    let failed = store.finish_run(&first, RunState::Failed, Some("no quotes"), None, after_minutes(1)).await;
    assert_eq!(failed.expect("ended").error.as_deref(), Some("no quotes"));

    let answer = store.claim_run(&new_run(1), "second-owner", LEASE, after_minutes(2)).await.expect("an answer");
    let again = claimed(answer);
    assert_eq!((again.fence, again.owner.as_str(), again.state), (2, "second-owner", RunState::Running));
    assert_eq!((again.error, again.finished_at), (None, None));
    assert_eq!(store.steps(&first.id).await.expect("readable"), [step(&first, 0, "ingest")]);
}

async fn steps_made_from_other_inputs_are_forgotten(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let first = claimed_run(&store).await;
    store.record_step(&first, &step(&first, 0, "ingest")).await.expect("recorded");
    let mut wanted = new_run(1);
    wanted.input_fingerprint = "4:4".to_owned();
    let again = claimed(store.claim_run(&wanted, "second-owner", LEASE, after_minutes(9)).await.expect("an answer"));
    assert_eq!(again.input_fingerprint, "4:4");
    assert!(store.steps(&again.id).await.expect("readable").is_empty());
}

async fn the_run_of_a_dead_owner_is_taken_over_at_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let first = claimed_run(&store).await;
    store.record_step(&first, &step(&first, 0, "ingest")).await.expect("recorded");

    let other = store.take_over(&first.id, "third-owner", "second-owner", "0.2.0", LEASE, after_minutes(1)).await;
    assert!(matches!(other.expect("an answer"), Claim::HeldByOther { .. }), "the dead one is not the owner");

    let answer = store.take_over(&first.id, "first-owner", "second-owner", "0.2.0", LEASE, after_minutes(1)).await;
    let taken = claimed(answer.expect("an answer"));
    assert_eq!((taken.fence, taken.owner.as_str(), taken.program_version.as_str()), (2, "second-owner", "0.2.0"));
    assert_eq!(taken.lease_until, after_minutes(6));
    assert_eq!(store.steps(&first.id).await.expect("readable").len(), 1);

    let unknown = run_id("nightly-2014-12-31-9");
    let error = store.take_over(&unknown, "a", "b", "0.2.0", LEASE, start()).await.expect_err("unknown");
    assert!(matches!(error, Error::UnknownRun { .. }), "{error}");
}

async fn a_run_that_is_over_is_not_claimed(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    for (revision, state) in [(1, RunState::Finished), (2, RunState::Blocked)] {
        let answer = store.claim_run(&new_run(revision), "first-owner", LEASE, start()).await.expect("an answer");
        let run = claimed(answer);
        let error = store.finish_run(&run, RunState::Running, None, None, start()).await.expect_err("no end");
        assert!(matches!(error, Error::NotAnEnd { .. }), "{error}");
        let ended = store.finish_run(&run, state, None, None, after_minutes(1)).await.expect("ended");
        let answer = store.claim_run(&new_run(revision), "other", LEASE, after_minutes(99)).await.expect("an answer");
        assert_eq!(answer, Claim::Over(ended));
    }
}

async fn a_step_is_recorded_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let run = claimed_run(&store).await;
    let mut begun = step(&run, 1, "conform");
    begun.state = RunState::Running;
    begun.finished_at = None;
    store.record_step(&run, &begun).await.expect("recorded");
    store.record_step(&run, &step(&run, 0, "ingest")).await.expect("recorded");
    for _ in 0..2 {
        store.record_step(&run, &step(&run, 1, "conform")).await.expect("recorded");
    }
    let found = store.steps(&run.id).await.expect("readable");
    assert_eq!(found, [step(&run, 0, "ingest"), step(&run, 1, "conform")]);
}

async fn ids_and_revisions_belong_together(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    claimed_run(&store).await;
    let mut wrong = new_run(2);
    wrong.id = new_run(1).id;
    let error = store.claim_run(&wrong, "second-owner", LEASE, start()).await.expect_err("the id is taken");
    assert!(matches!(error, Error::RunIdTaken { .. }), "{error}");
    let mut renamed = new_run(1);
    renamed.id = run_id("another-name");
    let error = store.claim_run(&renamed, "second-owner", LEASE, start()).await.expect_err("the revision is taken");
    assert!(matches!(error, Error::RevisionTaken { .. }), "{error}");
}

async fn runs_are_listed_page_by_page(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    for revision in 1..=5 {
        // Two of them start at one instant: then the id decides.
        let claim = store.claim_run(&new_run(revision), "first-owner", LEASE, after_minutes(revision / 2)).await;
        claimed(claim.expect("an answer"));
    }
    let revisions = |runs: &[Run]| runs.iter().map(|run| run.revision).collect::<Vec<i64>>();
    let first = store.runs(2, None).await.expect("readable");
    assert_eq!(revisions(&first), [5, 4]);
    let second = store.runs(2, Some(&first[1].cursor())).await.expect("readable");
    assert_eq!(revisions(&second), [3, 2]);
    let third = store.runs(2, Some(&second[1].cursor())).await.expect("readable");
    assert_eq!(revisions(&third), [1]);
    let latest = store.latest_run("nightly", night(), night()).await.expect("readable");
    assert_eq!(latest.map(|run| run.revision), Some(5));
    assert_eq!(store.latest_run("weekly", night(), night()).await.expect("readable"), None);
}
