//! Nights: a range is the nights one after the other, a finished night is not done again, late facts are.

use crate::books;
use crate::house::{GOLD, House, assert_same_rows};

fn house_with_books() -> House {
    let house = House::new();
    books::write(&house.path().join("books"));
    let said = house.done(&["import", "books"]);
    assert!(said.contains("2 new portfolios, 22 new transactions"), "{said}");
    house
}

#[test]
fn a_range_gives_the_same_gold_as_the_nights_of_the_range() {
    let nights = house_with_books();
    let range = nights.copy();
    let said = nights.done(&["run", "nightly", "--from", "2024-01-02", "--to", "2024-02-02", "--each-night"]);
    assert_eq!(said.matches("nightly-2024").count(), 24, "{said}");
    range.done(&["run", "nightly", "--from", "2024-01-02", "--to", "2024-02-02"]);
    for (table, question) in GOLD {
        let rows = range.ask(question);
        assert!(1 < rows.lines().count(), "{table} has rows");
        assert_same_rows(table, &nights.ask(question), &rows);
    }
    // A rebuild of a part in the middle, over what is there, changes nothing either.
    nights.done(&["run", "nightly", "--from", "2024-01-10", "--to", "2024-01-19"]);
    for (table, question) in GOLD {
        assert_same_rows(table, &nights.ask(question), &range.ask(question));
    }
    // The last night of January was a month's end, so each client got one statement by mail.
    assert_eq!(nights.files("financr-data/mail").len(), 2);
}

#[test]
fn a_finished_night_is_not_done_again_but_late_facts_are() {
    let house = house_with_books();
    let night = ["run", "nightly", "--date", "2024-01-31"];
    let said = house.done(&night);
    assert!(said.contains("run nightly-2024-01-31-1: finished"), "{said}");
    let statements = house.documents();
    assert_eq!(statements.len(), 8, "PDF, CSV, JSON and HTML for each of two clients");
    let said = house.done(&night);
    assert!(said.contains("nothing to do: run nightly-2024-01-31-1 has done this"), "{said}");

    // The night was the first one, so it also made the days before it.
    let days = house.ask("SELECT count(DISTINCT business_date) AS n FROM gold.portfolio_values");
    assert_eq!(days, "n\n22\n");

    // A booking that comes late makes a second revision; the published statements stay as they were.
    let path = house.path().join("books/EMPTIED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    let late = "7,2024-01-30,FEE,,,,USD,0,0,-2.50,,,booked late\n";
    std::fs::write(&path, text + late).expect("written");
    let said = house.done(&["import", "books"]);
    assert!(said.contains("1 new transactions"), "{said}");
    let said = house.done(&night);
    assert!(said.contains("run nightly-2024-01-31-2: finished"), "{said}");
    assert!(said.contains("1 of them would differ now: EMPTIED"), "{said}");
    let now = house.documents();
    for (path, bytes) in &statements {
        assert_eq!(now.get(path), Some(bytes), "{}", path.display());
    }
    assert_eq!(house.files("financr-data/mail").len(), 2, "nobody is mailed twice");
}

#[test]
fn a_day_without_a_value_names_the_one_before() {
    let house = house_with_books();
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    // The 27th was a Saturday, the 1st of February has not been valued yet.
    for (date, words) in [
        ("2024-01-27", "MIXED was not valued on 2024-01-27; the last date before on which it was is 2024-01-26\n"),
        ("2024-02-01", "on which it was is 2024-01-31, and `financr run nightly --date 2024-02-01` values it if"),
        ("2023-12-29", "MIXED was not valued on 2023-12-29; its first day is 2024-01-02\n"),
    ] {
        let ended = house.run(&["show", "MIXED", "--date", date]);
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    }
}

#[test]
fn stages_run_alone_make_the_same_gold_as_a_night() {
    let night = house_with_books();
    let stages = night.copy();
    night.done(&["run", "nightly", "--date", "2024-01-16"]);
    for stage in ["ingest", "conform", "book", "rollup", "check"] {
        stages.done(&["run", stage, "--from", "2024-01-02", "--to", "2024-01-16"]);
    }
    for (table, question) in GOLD {
        assert_same_rows(table, &stages.ask(question), &night.ask(question));
    }
    let said = stages.done(&["run", "publish", "--date", "2024-01-16"]);
    assert!(said.contains("2 statements written, 2 messages queued for mail (one mail may carry several)"), "{said}");
    let said = stages.done(&["run", "deliver", "--date", "2024-01-16"]);
    assert!(said.contains("2 mails delivered"), "{said}");
}

#[test]
fn a_position_without_a_rate_blocks_its_statement_and_no_other() {
    let house = House::new();
    books::write(&house.path().join("books"));
    std::fs::remove_file(house.path().join("books/MIXED/fx.csv")).expect("there");
    house.done(&["import", "books"]);
    let ended = house.run(&["run", "nightly", "--date", "2024-01-31"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("1 statements written"), "{}", ended.stdout);
    assert!(ended.stdout.contains("1 blocked: MIXED (missing_fx_rates)"), "{}", ended.stdout);
    let question = "SELECT market_value, missing_count FROM gold.portfolio_values WHERE missing_count = 4 LIMIT 1";
    let values = house.ask(question);
    assert_eq!(values, "market_value,missing_count\n,4\n", "an unknown value is empty, not zero");
    assert_eq!(house.files("financr-data/mail").len(), 1);
}

#[test]
fn a_number_that_is_too_large_blocks_its_portfolio_and_no_other() {
    for (case, row) in [
        // Numbers that fit their columns, and a value of 33 digits.
        ("900000000000000000 OMEGA", "7,2024-01-31,BUY,OMEGA,900000000000000000,900000000000000,USD,0,0,-1,,,\n"),
        // A cost of 33 digits.
        ("transaction 7", "7,2024-01-31,DIVIDEND_REINVESTED,OMEGA,900000000000000000,900000000000000,USD,0,0,0,,,\n"),
    ] {
        let house = House::new();
        books::write(&house.path().join("books"));
        let path = house.path().join("books/EMPTIED/transactions.csv");
        let text = std::fs::read_to_string(&path).expect("there");
        std::fs::write(&path, text + row).expect("written");
        let listed = house.path().join("books/EMPTIED/instruments.csv");
        let text = std::fs::read_to_string(&listed).expect("there");
        std::fs::write(&listed, text + "OMEGA,Omega Corp.,USD,1,none,test\n").expect("written");
        house.done(&["import", "books"]);
        let ended = house.run(&["run", "nightly", "--date", "2024-01-31"]);
        let all = format!("{case}: {}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.code, Some(3), "{all}");
        assert!(all.contains("the books of EMPTIED cannot be kept") && all.contains(case), "{all}");
        let blocked =
            "1 blocked: EMPTIED (not valued in the month up to 2024-01-31: the books of EMPTIED cannot be kept";
        assert!(all.contains("1 statements written") && all.contains(blocked), "{all}");
        let found = house.ask("SELECT DISTINCT portfolio_id FROM gold.exceptions WHERE check_name = 'not_valued'");
        assert_eq!(found, "portfolio_id\nEMPTIED\n", "{all}");
        // What is wrong is taken back, and the next run has everything.
        let text = std::fs::read_to_string(&path).expect("there");
        let lines: Vec<String> = text.lines().map(|line| format!("{line},")).collect();
        let wider = lines.join("\n").replace("note,", "note,reverses");
        std::fs::write(&path, wider + "\n9,2024-01-31,REVERSAL,,,,USD,0,0,0,,,,7\n").expect("written");
        house.done(&["import", "books"]);
        let said = house.done(&["run", "nightly", "--date", "2024-01-31"]);
        assert!(said.contains("1 statements written") && said.contains("1 were there before"), "{said}");
    }
}

#[test]
fn an_announcement_that_cannot_be_booked_is_named_and_shown_until_its_terms_are_right() {
    let house = House::new();
    books::write(&house.path().join("books"));
    let path = house.path().join("books/MIXED/corporate_actions.csv");
    let right = std::fs::read_to_string(&path).expect("there");
    // 40 units times 10 to the 17th have 19 digits, and a quantity has 18 before its point.
    std::fs::write(&path, right.replace("SPLIT,2,", "SPLIT,100000000000000000,")).expect("written");
    house.done(&["import", "books"]);
    let words = "the SPLIT of MIXED~BETA with the ex-date 2024-01-17 (MIXED/corporate_actions.csv, line 2) cannot be \
                 booked for MIXED; import a corporate_actions.csv with the right terms in a row of the same date, \
                 symbol and type";
    let ended = house.run(&["run", "nightly", "--date", "2024-01-31"]);
    let all = format!("{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.code, Some(3), "{all}");
    assert!(all.contains(words) && all.contains("1 statements written"), "{all}");
    let found = house.ask("SELECT DISTINCT message FROM gold.exceptions WHERE check_name = 'not_valued'");
    assert!(found.contains(words), "{found}");
    let shown = house.run(&["show", "MIXED", "--date", "2024-01-31"]);
    assert_eq!(shown.code, Some(2), "{}", shown.stderr);
    assert!(shown.stderr.contains("MIXED could not be valued on 2024-01-31: the books of MIXED"), "{}", shown.stderr);
    assert!(shown.stderr.contains(words) && !shown.stderr.contains("prices.csv"), "{}", shown.stderr);

    std::fs::write(&path, &right).expect("written");
    house.done(&["import", "books"]);
    let said = house.done(&["run", "nightly", "--date", "2024-01-31"]);
    assert!(said.contains("1 statements written") && said.contains("1 were there before"), "{said}");
}

#[test]
fn a_late_booking_is_not_counted_as_performance_of_the_next_night() {
    let house = house_with_books();
    house.done(&["run", "nightly", "--date", "2024-01-30"]);
    let path = house.path().join("books/MIXED/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "17,2024-01-16,DEPOSIT,,,,EUR,0,0,10000,,,came late\n").expect("written");
    house.done(&["import", "books"]);
    let said = house.done(&["run", "nightly", "--date", "2024-01-31"]);
    assert!(
        said.contains("2024-01-02 to 2024-01-30: 1 of 2 portfolios were missing or changed and have been rebuilt"),
        "{said}"
    );
    let rebuilt = House::new();
    for (name, bytes) in house.files("books") {
        let path = rebuilt.path().join("books").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }
    rebuilt.done(&["import", "books"]);
    rebuilt.done(&["run", "nightly", "--from", "2024-01-02", "--to", "2024-01-31"]);
    for (table, question) in GOLD {
        assert_same_rows(table, &house.ask(question), &rebuilt.ask(question));
    }
    let said = house.done(&["run", "nightly", "--date", "2024-02-01"]);
    assert!(said.contains("the days before are as they were"), "{said}");
}
