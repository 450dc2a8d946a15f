//! Landed bytes become rows once, also if the first attempt was interrupted.

use lake::{Lake, WriteKey};
use pipelines::conform::conform;
use pipelines::landing::{Delivered, land};
use schemas::table::Record;
use schemas::tables::classifications::Classification;
use schemas::tables::custody::CustodyRow;
use schemas::tables::executions::Execution;
use schemas::tables::instrument_costs::InstrumentCost;
use schemas::tables::instruments::Instrument;
use schemas::tables::quotes::Quote;
use schemas::tables::rejects::Reject;

use crate::samples::{all, clock, memory_lake};

const INSTRUMENTS: &str = "symbol,currency\nAAA,EUR\nBBB,EUR\n";
const PRICES: &str = "date,symbol,close,currency\n2014-01-02,AAA,10,EUR\n2014-01-02,ZZZ,1,EUR\n2014-01-02,BBB,20,EUR\n";

fn delivered(file_name: &str, text: &'static str) -> Delivered {
    Delivered {
        source: "book_folder",
        market_id: "M1".parse().expect("an id"),
        file_name: file_name.to_owned(),
        bytes: text.into(),
    }
}

/// The prices land before the instruments that they name: the order of reading does not follow the order of landing.
async fn landed() -> Lake {
    let lake = memory_lake();
    let files = [delivered("prices.csv", PRICES), delivered("instruments.csv", INSTRUMENTS)];
    land(&lake, &files, clock()).await.expect("landed");
    lake
}

async fn closes(lake: &Lake) -> Vec<String> {
    let quotes = all::<Quote>(lake).await;
    let mut closes: Vec<String> =
        quotes.iter().map(|row| format!("{} {} {}", row.instrument_id, row.quote_date, row.close)).collect();
    closes.sort();
    closes
}

async fn assert_is_conformed(lake: &Lake) {
    assert_eq!(closes(lake).await, ["M1~AAA 2014-01-02 10", "M1~BBB 2014-01-02 20"]);
    assert_eq!(all::<Instrument>(lake).await.len(), 2);
    let rejects = all::<Reject>(lake).await;
    let [reject] = &rejects[..] else { panic!("one reject: {rejects:?}") };
    assert_eq!((reject.file_name.as_str(), reject.line, reject.column.as_str()), ("prices.csv", 3, "symbol"));
    assert_eq!((reject.market_id.as_str(), reject.source.as_str()), ("M1", "book_folder"));
}

async fn versions(lake: &Lake) -> Vec<Option<u64>> {
    let mut versions = Vec::new();
    for table in [Instrument::TABLE, Quote::TABLE, Reject::TABLE] {
        versions.push(lake.snapshot(table).await.expect("a snapshot").version());
    }
    versions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conforming_twice_changes_nothing_the_second_time() {
    let lake = landed().await;
    let first = conform(&lake).await.expect("conformed");
    assert_eq!((first.rows_written, first.note.as_str()), (5, "2 files, 5 rows, 1 rejected"));
    assert_is_conformed(&lake).await;
    let before = versions(&lake).await;
    let second = conform(&lake).await.expect("conformed");
    assert_eq!((second.rows_written, second.note.as_str()), (0, "nothing new"));
    assert_eq!(versions(&lake).await, before, "not even a commit without rows");
    assert_is_conformed(&lake).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_conform_is_completed() {
    let done = landed().await;
    conform(&done).await.expect("conformed");
    let (instruments, quotes) = (all::<Instrument>(&done).await, all::<Quote>(&done).await);
    // As if the process had ended after the first table, and after the second: the revision is the last landing's.
    let key = WriteKey::new("financr/conform/3", 2);
    for tables_written in 0..=2 {
        let lake = landed().await;
        if 1 <= tables_written {
            lake.upsert(&instruments, &key).await.expect("written");
        }
        if 2 <= tables_written {
            lake.upsert(&quotes, &key).await.expect("written");
        }
        conform(&lake).await.expect("conformed");
        assert_is_conformed(&lake).await;
        assert_eq!(conform(&lake).await.expect("conformed").note, "nothing new");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_into_other_columns_is_read_again_once() {
    // What programs did that read rows into columns which are no longer there, or not into those that are.
    for earlier in ["financr/conform", "financr/conform/2"] {
        let lake = landed().await;
        lake.replace_all::<Reject>(&[], &WriteKey::new(earlier, 2)).await.expect("written");
        conform(&lake).await.expect("conformed");
        assert_is_conformed(&lake).await;
        assert_eq!(conform(&lake).await.expect("conformed").note, "nothing new");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_file_replaces_what_it_says_again_and_keeps_the_rest() {
    let lake = landed().await;
    conform(&lake).await.expect("conformed");
    let corrected = "date,symbol,close,currency\n2014-01-02,BBB,21,EUR\n2014-01-03,AAA,11,EUR\n";
    land(&lake, &[delivered("prices.csv", corrected)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(closes(&lake).await, ["M1~AAA 2014-01-02 10", "M1~AAA 2014-01-03 11", "M1~BBB 2014-01-02 21"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_read_at_all_is_one_reject_and_stops_no_other() {
    let lake = landed().await;
    land(&lake, &[delivered("fx.csv", "day,rate\n2014-01-02,1\n")], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(closes(&lake).await.len(), 2);
    let rejects = all::<Reject>(&lake).await;
    let reject = rejects.iter().find(|reject| reject.file_name == "fx.csv").expect("the file is rejected");
    assert_eq!((reject.line, reject.column.as_str()), (1, "(file)"));
    assert_eq!(reject.reason, "column `date` is missing; found: day, rate");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quotes_that_were_rejected_come_back_when_their_instrument_is_listed() {
    let lake = landed().await;
    conform(&lake).await.expect("conformed");
    let corrected = "symbol,currency\nAAA,EUR\nBBB,EUR\nZZZ,EUR\n";
    land(&lake, &[delivered("instruments.csv", corrected)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(closes(&lake).await, ["M1~AAA 2014-01-02 10", "M1~BBB 2014-01-02 20", "M1~ZZZ 2014-01-02 1"]);
    assert!(all::<Reject>(&lake).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_is_another_symbol_of_the_market() {
    let lake = landed().await;
    let listed = "symbol,currency,proxy\nAAA,EUR,\nBBB,EUR,AAA\nCCC,EUR,CCC\nDDD,EUR,LATER\n";
    land(&lake, &[delivered("instruments.csv", listed)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    let rows = all::<Instrument>(&lake).await;
    let proxy = |symbol: &str| {
        let row = rows.iter().find(|row| row.symbol == symbol);
        row.map(|row| row.proxy_instrument_id.as_ref().map(ToString::to_string))
    };
    assert_eq!(proxy("AAA"), Some(None));
    assert_eq!(proxy("BBB"), Some(Some("M1~AAA".to_owned())));
    // It may be listed by a file that comes later.
    assert_eq!(proxy("DDD"), Some(Some("M1~LATER".to_owned())));
    assert_eq!(proxy("CCC"), None);
    let rejects = all::<Reject>(&lake).await;
    let reject = rejects.iter().find(|reject| reject.file_name == "instruments.csv").expect("one is rejected");
    assert_eq!((reject.line, reject.column.as_str()), (4, "proxy"));
    assert_eq!(reject.reason, "`CCC` cannot stand for itself; name another symbol of the market");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executions_are_read_again_when_the_bookings_beside_them_change() {
    let lake = landed().await;
    let bookings = "tx_id,date,type,symbol,quantity,price,currency,net_cash\n\
                    1,2014-01-02,BUY,AAA,100,10.00,EUR,-1000\n";
    let tranches = "tx_id,executed_at,quantity,price\n1,2014-01-02T10:00:00Z,40,10\n1,2014-01-02T11:00:00Z,60,10\n\
                    2,2014-01-03T10:00:00Z,,\n";
    land(&lake, &[delivered("transactions.csv", bookings), delivered("executions.csv", tranches)], clock())
        .await
        .expect("landed");
    conform(&lake).await.expect("conformed");
    let told = async || {
        let mut rows: Vec<(String, i64, i64)> = all::<Execution>(&lake)
            .await
            .into_iter()
            .map(|row| (row.transaction_id, row.tranche, row.tranche_count))
            .collect();
        rows.sort();
        rows
    };
    let first = [("1".to_owned(), 1, 2), ("1".to_owned(), 2, 2)];
    assert_eq!(told().await, first);
    let rejects = all::<Reject>(&lake).await;
    let reject = rejects.iter().find(|reject| reject.file_name == "executions.csv").expect("the second order is none");
    assert_eq!((reject.line, reject.column.as_str()), (4, "tx_id"));
    // The second order is booked: what was rejected comes in, and the reject is gone.
    let more = format!("{bookings}2,2014-01-03,SELL,AAA,50,11,EUR,550\n");
    let corrected = Delivered { bytes: more.into(), ..delivered("transactions.csv", "") };
    land(&lake, &[corrected], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(told().await, [&first[..], &[("2".to_owned(), 1, 1)]].concat());
    assert!(!all::<Reject>(&lake).await.iter().any(|reject| reject.file_name == "executions.csv"));
    assert_eq!(conform(&lake).await.expect("conformed").note, "nothing new");
}

async fn groups(lake: &Lake) -> Vec<String> {
    let rows = all::<Classification>(lake).await;
    let mut groups: Vec<String> =
        rows.iter().map(|row| format!("{} {} {} {}", row.instrument_id, row.taxonomy, row.node, row.weight)).collect();
    groups.sort();
    groups
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_file_of_groups_is_the_whole_truth_if_it_can_be_read() {
    let lake = landed().await;
    let name = "classifications.csv";
    let of_another = Delivered {
        market_id: "M2".parse().expect("an id"),
        ..delivered("instruments.csv", "symbol,currency\nAAA,EUR\n")
    };
    let elsewhere = Delivered {
        market_id: "M2".parse().expect("an id"),
        ..delivered(name, "symbol,taxonomy,node\nAAA,sector,Energy\n")
    };
    let first = delivered(name, "symbol,taxonomy,node,weight\nAAA,sector,Energy,0.5\nBBB,sector,Health,1\n");
    land(&lake, &[of_another, elsewhere, first], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    let before = ["M1~AAA sector Energy 0.5", "M1~BBB sector Health 1", "M2~AAA sector Energy 1"];
    assert_eq!(groups(&lake).await, before);
    // A file without its columns says nothing; what was known stays.
    land(&lake, &[delivered(name, "what,ever\n1,2\n")], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(groups(&lake).await, before);
    assert!(all::<Reject>(&lake).await.iter().any(|row| row.file_name == name && row.column == "(file)"));
    // The file that names AAA only takes BBB out, and leaves the other market alone.
    let second = delivered(name, "symbol,taxonomy,node\nAAA,sector,Utilities\n");
    land(&lake, &[second], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(groups(&lake).await, ["M1~AAA sector Utilities 1", "M2~AAA sector Energy 1"]);
}

async fn custody(lake: &Lake) -> Vec<String> {
    let rows = all::<CustodyRow>(lake).await;
    let shown = |row: &CustodyRow| {
        let protected = if row.is_protected { "protected" } else { "not protected" };
        let CustodyRow { portfolio_id, asset, from_date, custodian, peculiarities, note, .. } = row;
        format!("{portfolio_id} [{asset}] {from_date} {protected} [{custodian}] [{peculiarities}] [{note}]")
    };
    let mut custody: Vec<String> = rows.iter().map(shown).collect();
    custody.sort();
    custody
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_assets_are_kept_is_as_the_last_file_of_the_book_says() {
    let lake = landed().await;
    let of_p1 = delivered(
        "custody/P1.csv",
        "date,symbol,protected,custodian,peculiarity,note\n\
         2014-01-02,,yes,\"Custody SA, Luxembourg\",,\n\
         2014-03-01,AAA,yes,,usufruct;pledge,for a loan\n\
         2014-03-01,CASH~EUR,no,,title_transfer,\n",
    );
    let of_p2 = delivered("custody/P2.csv", "date,protected\n2014-01-02,yes\n");
    land(&lake, &[of_p1, of_p2], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    let p2 = "P2 [] 2014-01-02 protected [] [] []";
    assert_eq!(
        custody(&lake).await,
        [
            "P1 [CASH~EUR] 2014-03-01 not protected [] [title_transfer] []",
            "P1 [M1~AAA] 2014-03-01 protected [] [pledge;usufruct] [for a loan]",
            "P1 [] 2014-01-02 protected [Custody SA, Luxembourg] [] []",
            p2,
        ]
    );
    // The pledge is gone, also in the past; the other book is left alone.
    land(&lake, &[delivered("custody/P1.csv", "date,protected\n2014-01-02,yes\n")], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(custody(&lake).await, ["P1 [] 2014-01-02 protected [] [] []", p2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_on_custody_that_cannot_be_used_say_why_and_keep_the_others() {
    let lake = landed().await;
    let rows = [
        ("2014-01-02,,yes,", None),
        ("2014-01-02,,no,", Some(("date", "line 2 already says how all assets is kept from this date on"))),
        ("2014-01-02,ZZZ,yes,", Some(("symbol", "`ZZZ` is not in the instruments.csv of its market"))),
        ("2014-01-02,CASH~EURO,yes,", Some(("symbol", "EURO"))),
        ("2014-01-02,AAA,true,", Some(("protected", "write yes or no, not `true`"))),
        ("2014-01-02,AAA,,", Some(("protected", "the cell is empty"))),
        ("2014-01-02,AAA,yes,title_transfer", Some(("protected", "what is given by `title_transfer` is not"))),
        ("2014-01-02,AAA,yes,lien", Some(("peculiarity", "unknown peculiarity `lien`; known: joint_ownership"))),
        ("2 January,AAA,yes,", Some(("date", "`2 January` is no date of the form YYYY-MM-DD"))),
        ("2014-01-02,AAA,yes,pledge", None),
    ];
    let lines: Vec<&str> = rows.iter().map(|(line, _)| *line).collect();
    let text = format!("date,symbol,protected,peculiarity\n{}\n", lines.join("\n"));
    let file = Delivered { bytes: text.into(), ..delivered("custody/P1.csv", "") };
    land(&lake, &[file], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    let rejects = all::<Reject>(&lake).await;
    for (line, expected) in (2..).zip(rows.iter().map(|(_, expected)| expected)) {
        let found = rejects.iter().find(|row| row.file_name == "custody/P1.csv" && row.line == line);
        let found = found.map(|row| (row.column.as_str(), row.reason.as_str()));
        match (found, expected) {
            (None, None) => {}
            (Some((column, reason)), Some((at, why))) => {
                assert!(column == *at && reason.contains(why), "line {line}: {column}: {reason}");
            }
            other => panic!("line {line}: {other:?}"),
        }
    }
    assert_eq!(custody(&lake).await.len(), 2);
    // Listing the instrument reads the rows again that name it.
    let listed = "symbol,currency\nAAA,EUR\nBBB,EUR\nZZZ,EUR\n";
    land(&lake, &[delivered("instruments.csv", listed)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(custody(&lake).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_file_of_costs_is_the_whole_truth_and_waits_for_its_instruments() {
    let lake = landed().await;
    let name = "instrument_costs.csv";
    let first = "symbol,valid_from,ongoing,transaction,incidental,entry,exit\n\
                 AAA,2014-01-01,0.01,0,0,0,0\nZZZ,2014-01-01,0.02,0,0,0,0\n";
    let costs = |rows: Vec<InstrumentCost>| {
        let mut costs: Vec<String> = rows.iter().map(|row| format!("{} {}", row.instrument_id, row.ongoing)).collect();
        costs.sort();
        costs
    };
    land(&lake, &[delivered(name, first)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(costs(all(&lake).await), ["M1~AAA 0.01"]);
    let listed = "symbol,currency\nAAA,EUR\nBBB,EUR\nZZZ,EUR\n";
    land(&lake, &[delivered("instruments.csv", listed)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(costs(all(&lake).await), ["M1~AAA 0.01", "M1~ZZZ 0.02"]);
    let second = "symbol,valid_from,ongoing,transaction,incidental,entry,exit\nBBB,2014-01-01,0.03,0,0,0,0\n";
    land(&lake, &[delivered(name, second)], clock()).await.expect("landed");
    conform(&lake).await.expect("conformed");
    assert_eq!(costs(all(&lake).await), ["M1~BBB 0.03"]);
}
