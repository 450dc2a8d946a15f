//! Published documents: a file is proven to be one of them, or not, and what was published is listed.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::books;
use crate::house::House;

const MIXED: &str = "portfolio_statement-MIXED-2024-01-31-v1";

/// A house in which January is out for two portfolios.
fn with_january() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house
}

/// The archived file of a portfolio with this ending.
fn archived(house: &House, portfolio: &str, ending: &str) -> std::path::PathBuf {
    let below = format!("financr-data/lake/statements/portfolio_statement/{portfolio}/2024-01-31/v1");
    let files = house.files(&below);
    let found = files.into_keys().find(|path| path.extension().is_some_and(|found| found == ending));
    house.path().join(below).join(found.expect("archived"))
}

#[test]
fn a_file_is_proven_by_its_bytes_alone() {
    let house = with_january();
    // Whatever it is called: what the client got by mail or by hand.
    for ending in ["pdf", "csv", "json"] {
        std::fs::copy(archived(&house, "MIXED", ending), house.path().join("from-a-client")).expect("copied");
        let said = house.done(&["report", "verify", "from-a-client"]);
        for words in [MIXED, "version 1, made by run nightly-2024-01-31-1", "authentic: its SHA-256"] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
    // One digit of an amount changed.
    let path = house.path().join("forged.csv");
    let text = std::fs::read_to_string(archived(&house, "MIXED", "csv")).expect("there");
    std::fs::write(&path, text.replacen('1', "9", 1)).expect("written");
    let ended = house.run(&["report", "verify", "forged.csv"]);
    assert_eq!(ended.code, Some(5), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("forged.csv is not known: nothing that was published here"), "{}", ended.stdout);
    // What is no file is wrong usage, not a forgery.
    for wrong in ["books", "nothing.pdf"] {
        assert_eq!(house.run(&["report", "verify", wrong]).code, Some(2), "{wrong}");
    }
}

#[test]
fn an_archive_that_was_changed_is_told_from_a_forged_file() {
    let house = with_january();
    let pdf = archived(&house, "MIXED", "pdf");
    std::fs::copy(&pdf, house.path().join("mine.pdf")).expect("copied");
    let mut bytes = std::fs::read(&pdf).expect("there");
    bytes.push(b'\n');
    std::fs::write(&pdf, &bytes).expect("written");
    let ended = house.run(&["report", "verify", "mine.pdf", "--format", "json"]);
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    let rows: Vec<Value> = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!((&rows[0]["verdict"], &rows[0]["statement"]), (&"archive_differs".into(), &MIXED.into()));
    assert_eq!(house.run(&["report", "show", MIXED]).code, Some(5));
    std::fs::remove_file(&pdf).expect("removed");
    let ended = house.run(&["report", "verify", "mine.pdf"]);
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    assert!(ended.stdout.contains("is gone; this file is what was published"), "{}", ended.stdout);
}

#[test]
fn what_was_published_is_listed_with_who_got_it_and_a_replaced_version_says_so() {
    let house = with_january();
    let listed = |arguments: &[&str]| -> Vec<Value> {
        let all = [&["report", "list", "--format", "json"], arguments].concat();
        serde_json::from_str(&house.done(&all)).expect("JSON")
    };
    let ids = |rows: &[Value]| -> Vec<String> {
        rows.iter().map(|row| row["statement"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids(&listed(&[])), ["portfolio_statement-EMPTIED-2024-01-31-v1", MIXED]);
    assert_eq!(ids(&listed(&["--portfolio", "MIXED", "--period", "2024-Q1"])), [MIXED]);
    assert!(listed(&["--period", "2024-02"]).is_empty() && listed(&["--kind", "yearly"]).is_empty());
    assert_eq!(listed(&["--portfolio", "MIXED"])[0]["told"], "1 delivered");
    assert_eq!(house.run(&["report", "list", "--period", "2024-Q5"]).code, Some(2));
    let said = house.done(&["report", "show", MIXED, "--format", "csv"]);
    assert!(said.contains("email to mixed@example.org,delivered 20"), "{said}");
    assert_eq!(
        said.lines().filter(|line| line.starts_with("file,") && line.contains("authentic")).count(),
        5,
        "{said}"
    );

    let path = house.path().join("books/EMPTIED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "7,2024-01-30,FEE,,,,USD,0,0,-2.50,,,booked late\n").expect("written");
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house.done(&["restate", "--portfolio", "EMPTIED", "--period-end", "2024-01-31", "--reason", "late"]);
    std::fs::copy(archived(&house, "EMPTIED", "pdf"), house.path().join("old.pdf")).expect("copied");
    let said = house.done(&["report", "verify", "old.pdf"]);
    assert!(said.contains("it was replaced by portfolio_statement-EMPTIED-2024-01-31-v2"), "{said}");
    assert_eq!(
        ids(&listed(&["--portfolio", "EMPTIED"])).first().map(String::as_str),
        Some("portfolio_statement-EMPTIED-2024-01-31-v2")
    );
}

#[test]
fn a_batch_writes_the_statements_of_a_period_once_and_lists_what_is_blocked() {
    let house = House::new();
    books::write(&house.path().join("books"));
    std::fs::remove_file(house.path().join("books/MIXED/fx.csv")).expect("there");
    house.done(&["import", "books"]);
    // A month that is not valued to its end has no statements.
    house.done(&["run", "nightly", "--date", "2024-01-30"]);
    let ended = house.run(&["run", "statements", "--period", "2024-01"]);
    assert_eq!(ended.code, Some(2), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains("no portfolio was valued on 2024-01-31"), "{}", ended.stderr);

    for stage in ["book", "rollup", "check"] {
        house.run(&["run", stage, "--date", "2024-01-31"]);
    }
    let month = ["run", "statements", "--period", "2024-01"];
    let ended = house.run(&month);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    for words in ["1 statements written, 1 messages queued for mail", "no statement for MIXED (missing_fx_rates)"] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    // The night writes the same document under the same name, and finds it done.
    let files = house.documents();
    assert_eq!(house.run(&month).code, Some(3));
    let ended = house.run(&["run", "publish", "--date", "2024-01-31"]);
    assert!(
        ended.stdout.contains("0 statements written, 0 messages queued for mail, 1 were there before"),
        "{}",
        ended.stdout
    );
    assert_eq!(house.documents(), files);

    let said = house.done(&["run", "statements", "--period", "2024-01", "--portfolio", "EMPTIED"]);
    assert!(said.contains("1 were there before") && !said.contains("MIXED"), "{said}");
    for (wrong, words) in [
        (&["run", "statements", "--period", "2024-01", "--portfolio", "NOBODY"][..], "no portfolio `NOBODY`"),
        (&["run", "statements", "--period", "2024-Q1"], "no portfolio was valued on 2024-03-28"),
        (&["run", "publish", "--period", "2024-01"], "--period is for `financr run statements`"),
    ] {
        let ended = house.run(wrong);
        assert_eq!(ended.code, Some(2), "{wrong:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{wrong:?}: {}", ended.stderr);
    }
}

#[test]
fn a_statement_is_rendered_again_from_the_tables_of_its_manifest() {
    let house = with_january();
    let below = "financr-data/lake/statements/portfolio_statement/MIXED/2024-01-31/v1";
    let files = house.files(below);
    assert_eq!(files.len(), 5, "PDF, CSV, JSON, HTML and the manifest");
    let (_, manifest) =
        files.iter().find(|(path, _)| path.extension().is_some_and(|end| end == "manifest")).expect("one");
    let manifest: Value = serde_json::from_slice(manifest).expect("JSON");
    assert_eq!((&manifest["statement"], &manifest["run_id"]), (&MIXED.into(), &"nightly-2024-01-31-1".into()));
    assert!(manifest["table_versions"]["gold.portfolio_values"].is_u64(), "{manifest:#}");
    for file in manifest["files"].as_array().expect("a list") {
        // The name of an archived file is the hash of its bytes.
        let path = file["object_path"].as_str().expect("a path");
        assert!(path.contains(file["sha256"].as_str().expect("a hash")), "{path}");
    }
    assert_eq!(manifest["files"].as_array().map(Vec::len), Some(4));

    // A late fee changes the tables of today and not those that the statement was made from.
    let path = house.path().join("books/MIXED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "17,2024-01-30,FEE,,,,EUR,0,0,-2.50,,,booked late\n").expect("written");
    house.done(&["import", "books"]);
    let said = house.done(&["run", "nightly", "--date", "2024-01-31"]);
    assert!(said.contains("would differ now: MIXED"), "{said}");
    let said = house.done(&["report", "render", "MIXED", "--date", "2024-01-31", "--format", "csv"]);
    assert_eq!(said.lines().filter(|line| line.contains(",identical,")).count(), 4, "{said}");
    let ended = house.run(&["report", "render", "MIXED", "--date", "2024-01-30"]);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains("no such statement ends on 2024-01-30"), "{}", ended.stderr);
}

#[test]
fn nothing_is_removed_before_its_time_and_what_will_be_due_is_listed() {
    let house = with_january();
    let files = house.files("financr-data/lake/statements");
    let said = house.done(&["report", "retention"]);
    assert!(said.contains("nothing is past its period on"), "{said}");
    let said = house.done(&["report", "retention", "--delete", "--by", "anna"]);
    assert!(said.contains("the files of 0 statements were removed"), "{said}");
    let said = house.done(&["report", "retention", "--as-of", "2150-01-01", "--format", "csv"]);
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(said.contains(MIXED) && said.contains(",10,20"), "{said}");
    // What lies ahead is only looked at.
    for wrong in [&["--as-of", "2150-01-01", "--delete", "--by", "anna"][..], &["--delete"], &["--by", "anna"]] {
        assert_eq!(house.run(&[&["report", "retention"], wrong].concat()).code, Some(2), "{wrong:?}");
    }
    assert_eq!(house.files("financr-data/lake/statements"), files);
}

#[test]
fn a_copy_with_a_password_is_made_from_the_archive_and_is_not_the_document() {
    let house = with_january();
    let let_read = |name: &str, mode: u32| {
        std::fs::set_permissions(house.path().join(name), Permissions::from_mode(mode)).expect("changed");
    };
    let write = |name: &str, text: &str| {
        std::fs::write(house.path().join(name), text).expect("written");
        let_read(name, 0o600);
    };
    write("secret.txt", "correct horse\n");
    let asked = ["report", "show", MIXED, "--encrypt", "--password-file", "secret.txt", "--output", "copy.pdf"];
    let_read("secret.txt", 0o644);
    let refused = house.run(&asked);
    assert_eq!(refused.code, Some(2), "others can read the password");
    assert!(refused.stderr.contains("others") && refused.stderr.contains(" secret.txt`"), "{}", refused.stderr);
    assert!(!house.path().join("copy.pdf").exists());
    let_read("secret.txt", 0o600);
    let said = house.done(&asked);
    assert!(said.contains("encrypted with AES-256"), "{said}");
    let copy = std::fs::read(house.path().join("copy.pdf")).expect("there");
    assert!(copy.starts_with(b"%PDF-2.0") && !copy.windows(6).any(|part| part == b"pdfaid"));
    let checked = std::process::Command::new("qpdf")
        .args(["--password=correct horse", "--check", "copy.pdf"])
        .current_dir(house.path())
        .output()
        .expect("`./test` installs qpdf");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    assert_eq!(house.run(&["report", "verify", "copy.pdf"]).code, Some(5), "it is not what was published");
    assert_eq!(house.run(&["report", "show", MIXED]).code, Some(0), "the archive is as it was");
    // A second copy does not replace the first.
    assert_eq!(house.run(&asked).code, Some(2));

    for (name, text) in [("empty.txt", ""), ("two.txt", "a\nb\n"), ("long.txt", &*"x".repeat(200))] {
        write(name, text);
        let asked = ["report", "show", MIXED, "--encrypt", "--password-file", name, "--output", "other.pdf"];
        assert_eq!(house.run(&asked).code, Some(2), "{name}");
    }
    assert_eq!(house.run(&["report", "show", MIXED, "--encrypt"]).code, Some(2), "no password, no copy");
    assert!(!house.path().join("other.pdf").exists());
}

#[test]
fn what_is_attached_to_a_statement_is_what_the_archive_keeps_beside_it() {
    let house = with_january();
    let pdf = archived(&house, "MIXED", "pdf");
    for ending in ["csv", "json"] {
        let name = format!("portfolio_statement-MIXED-2024-01-31.{ending}");
        let taken = std::process::Command::new("qpdf")
            .arg(format!("--show-attachment={name}"))
            .arg(&pdf)
            .output()
            .expect("`./test` installs qpdf");
        assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
        assert!(taken.stdout == std::fs::read(archived(&house, "MIXED", ending)).expect("there"), "{name}");
        std::fs::write(house.path().join("taken-out"), taken.stdout).expect("written");
        assert!(house.done(&["report", "verify", "taken-out"]).contains(MIXED));
    }
}
