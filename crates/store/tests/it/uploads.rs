//! Files that wait to be imported.

use store::{NewUpload, StoreKind, UploadState};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, save_portfolio, start};

on_both_engines!(
    a_file_is_queued_once,
    files_are_taken_one_by_one,
    what_was_cut_off_is_taken_again,
    a_failed_import_is_queued_again,
);

fn file(id: &str, digit: &str) -> NewUpload {
    NewUpload {
        upload_id: id.to_owned(),
        portfolio_id: "D01".parse().expect("an id"),
        file_name: "flex.xml".to_owned(),
        format: "ibkr_flex".to_owned(),
        sha256: digit.repeat(64),
        byte_count: 20,
        object_path: format!("uploads/{id}"),
        entered_by: "olga".to_owned(),
    }
}

async fn a_file_is_queued_once(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    let first = store.queue_upload(&file("u-1", "a"), start()).await.expect("queued");
    assert_eq!((&first.file, first.state, first.ended_at), (&file("u-1", "a"), UploadState::Queued, None));
    let same = store.queue_upload(&file("u-2", "a"), after_minutes(1)).await.expect("there");
    assert_eq!(same, first);
    let other_way = NewUpload { format: "recognised".to_owned(), ..file("u-3", "a") };
    assert_eq!(store.queue_upload(&other_way, start()).await.expect("queued").file, other_way);
    assert_eq!(store.upload("u-1").await.expect("readable"), Some(first));
    assert_eq!(store.upload("u-2").await.expect("readable"), None);
}

async fn files_are_taken_one_by_one(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    for (minute, digit) in [(2, "b"), (1, "a")] {
        store.queue_upload(&file(&format!("u-{minute}"), digit), after_minutes(minute)).await.expect("queued");
    }
    let claim = async |minute| store.claim_upload(after_minutes(minute)).await.expect("answered");
    let taken = claim(3).await.expect("one waits");
    assert_eq!((taken.file.upload_id.as_str(), taken.state), ("u-1", UploadState::Running));
    assert_eq!(claim(3).await.expect("another waits").file.upload_id, "u-2");
    assert_eq!(claim(3).await, None);
    store.finish_upload("u-1", UploadState::Done, "{}", after_minutes(4)).await.expect("ended");
    let ended = store.upload("u-1").await.expect("readable").expect("there");
    assert_eq!((ended.state, ended.ended_at), (UploadState::Done, Some(after_minutes(4))));
    assert_eq!(ended.report.as_deref(), Some("{}"));
}

async fn what_was_cut_off_is_taken_again(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    store.queue_upload(&file("u-1", "a"), start()).await.expect("queued");
    let claim = async |minute| store.claim_upload(after_minutes(minute)).await.expect("answered").is_some();
    assert!(claim(1).await);
    assert!(!claim(60).await, "it may still be under way");
    assert!(claim(62).await);
}

async fn a_failed_import_is_queued_again(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    save_portfolio(&store, "D01").await;
    store.queue_upload(&file("u-1", "a"), start()).await.expect("queued");
    store.claim_upload(start()).await.expect("claimed");
    store.finish_upload("u-1", UploadState::Failed, "{\"problem\":\"x\"}", start()).await.expect("ended");
    let again = store.queue_upload(&file("u-2", "a"), after_minutes(1)).await.expect("queued");
    assert_eq!((again.file.upload_id.as_str(), again.state, again.report), ("u-1", UploadState::Queued, None));
    assert_eq!(again.file.object_path, "uploads/u-2", "the file that came now");
    assert!(store.claim_upload(after_minutes(2)).await.expect("answered").is_some());
}
