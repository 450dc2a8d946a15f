//! A night that is killed at any moment and started again ends as if nothing had happened.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};

use crate::books;
use crate::house::{House, assert_same_rows};

/// How often a night is killed.
const KILLS: u32 = 20;
const NIGHT: [&str; 4] = ["run", "nightly", "--date", "2024-01-31"];

/// The recipient of every mail, with the number of mails.
fn recipients(house: &House) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (name, bytes) in house.files("financr-data/mail") {
        if name.extension().is_none_or(|ending| ending != "eml") {
            continue;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let to = text.lines().find_map(|line| line.strip_prefix("To: ")).expect("a recipient");
        *found.entry(to.to_owned()).or_insert(0) += 1;
    }
    found
}

#[test]
fn a_night_killed_at_random_moments_ends_the_same() {
    let prepared = House::new();
    books::write(&prepared.path().join("books"));
    prepared.done(&["import", "books"]);

    let undisturbed = prepared.copy();
    let start = Instant::now();
    undisturbed.done(&NIGHT);
    let mut whole_night = start.elapsed();
    let gold = undisturbed.all_gold();
    let statements = undisturbed.documents();
    let mails = recipients(&undisturbed);
    assert_eq!((statements.len(), mails.len()), (8, 2), "PDF, CSV, JSON and HTML for each of two clients");

    // The moments are random and the same in every run of the test; the seed is in the message of a failure.
    let seed = 20_240_131;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut killed_at_work = 0;
    for kill in 1..=KILLS {
        let house = prepared.copy();
        let moment = whole_night.mul_f64(random.random_range(0.0..1.0));
        let mut child = house.command(&NIGHT).stdout(std::process::Stdio::null()).spawn().expect("starts");
        std::thread::sleep(moment);
        if child.try_wait().expect("a child").is_none() {
            killed_at_work += 1;
        } else {
            // The machine has less to do than before: nights take no longer than that.
            whole_night = moment;
        }
        // SIGKILL on Unix.
        child.kill().expect("killed");
        child.wait().expect("gone");
        house.done(&NIGHT);
        let what = format!("seed {seed}, kill {kill} after {moment:?} of {whole_night:?}");
        for (table, rows) in house.all_gold() {
            assert_same_rows(&format!("{table}, {what}"), &rows, &gold[table]);
        }
        assert_eq!(house.documents(), statements, "{what}");
        assert_eq!(recipients(&house), mails, "{what}");
        let waiting = house.done(&["status"]);
        assert!(waiting.contains("outbox: 0 waiting, 2 delivered, 0 given up"), "{what}\n{waiting}");
    }
    assert!(KILLS / 2 < killed_at_work, "only {killed_at_work} of {KILLS} nights were killed while they worked");
}

#[test]
fn an_import_killed_at_random_moments_is_completed_by_the_next() {
    let reference = House::new();
    books::write(&reference.path().join("books"));
    let start = Instant::now();
    reference.done(&["import", "books"]);
    let whole_import = start.elapsed();
    reference.done(&NIGHT);
    let gold = reference.all_gold();
    for part in 1..=4_u32 {
        let house = House::new();
        books::write(&house.path().join("books"));
        let mut child =
            house.command(&["import", "books"]).stdout(std::process::Stdio::null()).spawn().expect("starts");
        std::thread::sleep(Duration::mul_f64(whole_import, f64::from(part) / 5.0));
        child.kill().expect("killed");
        child.wait().expect("gone");
        house.done(&["import", "books"]);
        house.done(&NIGHT);
        for (table, rows) in house.all_gold() {
            assert_same_rows(&format!("{table}, killed after {part}/5"), &rows, &gold[table]);
        }
    }
}
