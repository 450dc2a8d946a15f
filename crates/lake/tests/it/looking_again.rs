//! How soon a reader sees what was written.

use std::time::Duration;

use tempfile::TempDir;

use crate::places::{key, open_folder, quote, quotes};

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3_600);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_write_is_seen_after_a_while_and_what_one_writes_oneself_at_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let (patient, other) = (open_folder(folder.path()).looking_again_after(LONG), open_folder(folder.path()));
    patient.append(&[quote("AAA", 0, 100)], &key(1)).await.expect("written");
    assert_eq!(quotes(&patient).await, [quote("AAA", 0, 100)]);
    other.append(&[quote("AAA", 1, 101)], &key(2)).await.expect("written");
    assert_eq!(quotes(&patient).await, [quote("AAA", 0, 100)], "it has looked less than an hour ago");
    assert_eq!(quotes(&other).await.len(), 2);
    assert_eq!(quotes(&open_folder(folder.path())).await.len(), 2);
    patient.append(&[quote("AAA", 2, 102)], &key(3)).await.expect("written");
    assert_eq!(quotes(&patient).await, [quote("AAA", 0, 100), quote("AAA", 1, 101), quote("AAA", 2, 102)]);
    let impatient = patient.looking_again_after(Duration::ZERO);
    other.append(&[quote("AAA", 3, 103)], &key(4)).await.expect("written");
    assert_eq!(quotes(&impatient).await.len(), 4);
}
