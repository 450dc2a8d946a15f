//! What a portfolio holds by trade and by settlement date, and what is pending between the two.

use serde_json::Value;

use crate::house::House;

/// Trades around a split two for one on 17 January 2024, on which day most of them are not settled.
///
/// By trade date: ACME (100 + 10) · 2 − 30 = 190; EUR 10,000 − 5,000 − 520 + 45 + 1,700 − 1,200 = 5,025; GBP 1,000.
/// By settlement date 1 and 2 count: ACME 100 · 2 = 200; EUR 10,000 − 5,000 = 5,000.
/// Pending: ACME 10 · 2 − 30 = −10; EUR −520 + 1,700 − 1,200 + 45 = 25; GBP 1,000.
const DUAL: [(&str, &str); 5] = [
    ("portfolio.json", r#"{"id":"DUAL","title":"Two bases","base_currency":"EUR","start":"2024-01-02"}"#),
    ("instruments.csv", "symbol,name,currency,price_scale,adjusted,source\nACME,Acme AG,EUR,1,none,test\n"),
    ("prices.csv", "date,symbol,close,currency\n2024-01-02,ACME,50,EUR\n2024-01-17,ACME,26,EUR\n"),
    ("corporate_actions.csv", "date,symbol,type,ratio,amount,currency,note\n2024-01-17,ACME,SPLIT,2,,,\n"),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,currency,net_cash,counter_currency,counter_amount,settlement_date\n\
         1,2024-01-02,DEPOSIT,,,EUR,10000,,,\n\
         2,2024-01-03,BUY,ACME,100,EUR,-5000,,,2024-01-05\n\
         3,2024-01-16,BUY,ACME,10,EUR,-520,,,2024-01-18\n\
         4,2024-01-16,DIVIDEND,ACME,,EUR,45,,,2024-01-30\n\
         5,2024-01-17,SELL,ACME,30,EUR,1700,,,2024-01-19\n\
         6,2024-01-17,FX,,,EUR,-1200,GBP,1000,2024-01-19\n",
    ),
];

/// OLD becomes NEW one for one on 10 January 2024: a sum of transactions does not know it, a night does.
///
/// On the 17th by trade date: NEW 100 + 5 + 10 = 115; EUR 2,000 − 1,000 − 50 − 100 = 850. The last ten settle on the
/// 18th: by settlement date NEW 105 and EUR 950.
const MOVED: [(&str, &str); 5] = [
    ("portfolio.json", r#"{"id":"MOVED","title":"Another name","base_currency":"EUR","start":"2024-01-02"}"#),
    (
        "instruments.csv",
        "symbol,name,currency,price_scale,adjusted,source\nOLD,Old AG,EUR,1,none,test\nNEW,New AG,EUR,1,none,test\n",
    ),
    (
        "prices.csv",
        "date,symbol,close,currency\n2024-01-02,OLD,10,EUR\n2024-01-09,OLD,10,EUR\n2024-01-10,NEW,10,EUR\n\
         2024-01-17,NEW,10,EUR\n",
    ),
    ("corporate_actions.csv", "date,symbol,type,target_symbol\n2024-01-10,OLD,CHANGE,NEW\n"),
    (
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,currency,net_cash,settlement_date\n\
         1,2024-01-02,DEPOSIT,,,EUR,2000,\n\
         2,2024-01-03,BUY,OLD,100,EUR,-1000,2024-01-05\n\
         3,2024-01-09,BUY,OLD,5,EUR,-50,2024-01-11\n\
         4,2024-01-16,BUY,NEW,10,EUR,-100,2024-01-18\n",
    ),
];

fn imported(files: &[(&str, &str)]) -> House {
    let house = House::new();
    let folder = house.path().join("book");
    std::fs::create_dir(&folder).expect("made");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("written");
    }
    house.done(&["import", "book"]);
    house
}

#[test]
fn both_bases_are_told_without_a_night_and_what_is_pending_is_the_difference() {
    let house = imported(&DUAL);
    let rows = |arguments: &[&str]| {
        let on_the_day = &["show", "DUAL", "--date", "2024-01-17", "--format", "csv"][..];
        house.done(&[on_the_day, arguments].concat())
    };
    assert_eq!(
        rows(&["--basis", "trade"]),
        "instrument,quantity,date,basis\nCASH~EUR,5025,2024-01-17,trade\nCASH~GBP,1000,2024-01-17,trade\n\
         DUAL~ACME,190,2024-01-17,trade\n"
    );
    assert_eq!(
        rows(&["--basis", "settlement"]),
        "instrument,quantity,date,basis\nCASH~EUR,5000,2024-01-17,settlement\nDUAL~ACME,200,2024-01-17,settlement\n"
    );
    assert_eq!(
        rows(&["--what", "pending"]),
        "instrument,quantity,trade date,settlement date,type,transaction,reverses\n\
         CASH~EUR,-520,2024-01-16,2024-01-18,BUY,3,\nDUAL~ACME,20,2024-01-16,2024-01-18,BUY,3,\n\
         CASH~EUR,1700,2024-01-17,2024-01-19,SELL,5,\nDUAL~ACME,-30,2024-01-17,2024-01-19,SELL,5,\n\
         CASH~EUR,-1200,2024-01-17,2024-01-19,FX,6,\nCASH~GBP,1000,2024-01-17,2024-01-19,FX,6,\n\
         CASH~EUR,45,2024-01-16,2024-01-30,DIVIDEND,4,\n"
    );
    // When everything is settled, both are the same.
    let end = |basis| house.done(&["show", "DUAL", "--date", "2024-01-30", "--basis", basis, "--format", "json"]);
    let [traded, settled] = ["trade", "settlement"].map(|basis| end(basis).replace(basis, "basis"));
    assert_eq!(traded, settled);
    let held: Vec<Value> = serde_json::from_str(&traded).expect("JSON");
    assert_eq!((held.len(), held[2]["quantity"].as_str()), (3, Some("190")));
}

#[test]
fn people_are_told_which_basis_it_is_and_what_is_pending() {
    let house = imported(&DUAL);
    let shown = house.done(&["show", "DUAL", "--date", "2024-01-17", "--basis", "settlement"]);
    for words in [
        "Two bases\nHeld on 2024-01-17 by settlement date: a transaction counts from the day on which cash and",
        "Pending: traded and not settled yet",
        "DIVIDEND",
        // Money has the decimals of its currency on a screen, and units have their own.
        " 5000.00",
        "DUAL~ACME         200",
        " -520.00",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    let shown = house.done(&["show", "DUAL", "--date", "2024-01-17", "--basis", "trade"]);
    assert!(shown.contains("by trade date: a transaction counts from the day of the trade, settled or not"), "{shown}");
    assert!(!shown.contains("Pending"), "{shown}");
    let shown = house.done(&["show", "DUAL", "--date", "2024-01-02", "--basis", "settlement"]);
    assert!(shown.contains("Everything that was traded is settled."), "{shown}");
    assert!(shown.contains("no transaction up to 2024-01-02 has a settlement date of its own"), "{shown}");
}

#[test]
fn a_basis_that_means_nothing_is_refused() {
    let house = imported(&DUAL);
    for (arguments, words) in [
        (&["show", "DUAL", "--basis", "cash"][..], "unknown basis `cash`; known: trade, settlement"),
        (&["show", "--basis", "trade"], "PORTFOLIO"),
        (&["show", "NOBODY", "--basis", "trade"], "there is no portfolio `NOBODY`"),
        (&["show", "DUAL", "--basis", "trade"], "DUAL was never valued, so no day is the last; give one, --date D"),
        (&["show", "DUAL", "--basis", "trade", "--date", "2023-12-29"], "its first day is 2024-01-02"),
        (&["show", "DUAL", "--basis", "trade", "--what", "pending"], "by trade date nothing is pending"),
        (&["show", "DUAL", "--basis", "settlement", "--what", "measures"], "have no other basis"),
    ] {
        let ended = house.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}\n{}", ended.stderr);
    }
}

#[test]
fn units_that_an_issuer_changed_come_from_a_night_or_are_refused() {
    let house = imported(&MOVED);
    let asked = |date: &str, basis: &str| {
        house.run(&["show", "MOVED", "--date", date, "--basis", basis, "--what", "positions", "--format", "csv"])
    };
    for basis in ["trade", "settlement"] {
        let ended = asked("2024-01-17", basis);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{}", ended.stderr);
        assert!(ended.stderr.contains("a CHANGE of OLD on 2024-01-10 takes the positions of a night"));
        assert!(ended.stderr.contains("run `financr run nightly --date 2024-01-17` first"), "{}", ended.stderr);
    }
    // A night of before knows nothing of it either.
    house.done(&["run", "nightly", "--date", "2024-01-09"]);
    let early = asked("2024-01-10", "trade");
    assert_eq!(early.code, Some(2), "{}", early.stdout);
    assert!(early.stderr.contains("the last one was before it, on 2024-01-09"), "{}", early.stderr);

    house.done(&["run", "nightly", "--date", "2024-01-17"]);
    for (basis, rows) in [
        ("trade", "CASH~EUR,850,2024-01-17,trade\nMOVED~NEW,115,2024-01-17,trade\n"),
        ("settlement", "CASH~EUR,950,2024-01-17,settlement\nMOVED~NEW,105,2024-01-17,settlement\n"),
    ] {
        let ended = asked("2024-01-17", basis);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(ended.stdout, format!("instrument,quantity,date,basis\n{rows}"));
        let note = "MOVED: the positions are those of the last night, because of a CHANGE of OLD on 2024-01-10";
        assert!(ended.stderr.contains(note), "{}", ended.stderr);
    }
    // Five OLD had not come yet when OLD became NEW: taking five OLD off would leave −5.
    let between = asked("2024-01-10", "settlement");
    assert_eq!((between.code, between.stdout.as_str()), (Some(2), ""), "{}", between.stderr);
    let words = "transaction 3 (BUY of 2024-01-09) settles on 2024-01-11, after a CHANGE of OLD on 2024-01-10";
    assert!(between.stderr.contains(words), "{}", between.stderr);
}
