//! Exports of Interactive Brokers and Ghostfolio: every case reads as its folder says, and no row of a real file is
//! lost.
//!
//! A case has the file as `input.xml`, `input.json` or `input.csv`, what it books in `expected.csv`, and the rest in
//! `inbox.csv` and `rejects.csv`; `market.csv` has its instruments, closes and rates where a case is about them. The
//! real files are samples that lie beside the workspace; where they are not, only the cases are read.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use pipelines::export_books::recognition::recognise_booked;
use pipelines::export_books::{ExportBook, Place, Standing, book_of, standings};
use pipelines::imports::{Export, ExportFile, Importer, importer, recognise};
use pipelines::sources::Instruments;
use schemas::tables::transactions::Transaction;

use crate::cases::{case_folders, differences, line, optional};

const FORMATS: [&str; 2] = ["ibkr_flex", "ghostfolio"];

fn read(importer: &Importer, path: &Path) -> Result<Export, pipelines::Error> {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let mut bytes = std::fs::read(path).expect("readable");
    if name.ends_with(".gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("unpacked");
    }
    (importer.read)(&ExportFile { file_name: &name, bytes: &bytes, mapping: None })
}

fn booked(export: &Export) -> Vec<String> {
    let header = "account,line,kind,trade_date,settlement_date,symbol,quantity,price,currency,fees,taxes,net_cash,\
                  counter_currency,counter_amount,broker_id,note";
    let rows = export.transactions.iter().map(|row| {
        let number = |number: Option<rust_decimal::Decimal>| optional(number.map(|number| number.normalize()));
        let days = [row.trade_date.to_string(), optional(row.settlement_date)];
        let units = [optional(row.symbol.as_ref()), number(row.quantity), number(row.price)];
        let cash = [Some(row.fees), Some(row.taxes), Some(row.net_cash)].map(number);
        let counter = [optional(row.counter_currency), number(row.counter_amount)];
        line(&[
            &row.account,
            &row.line,
            &row.kind,
            &days[0],
            &days[1],
            &units[0],
            &units[1],
            &units[2],
            &row.currency,
            &cash[0],
            &cash[1],
            &cash[2],
            &counter[0],
            &counter[1],
            &optional(row.broker_id.as_ref()),
            &row.note,
        ])
    });
    std::iter::once(header.to_owned()).chain(rows).collect()
}

fn waiting(export: &Export) -> Vec<String> {
    let rows = export.inbox.iter().map(|row| line(&[&row.account, &row.line, &row.what, &row.reason]));
    std::iter::once("account,line,what,reason".to_owned()).chain(rows).collect()
}

fn rejected(export: &Export) -> Vec<String> {
    let rows = export.rejects.iter().map(|row| line(&[&row.line, &row.column, &row.reason]));
    std::iter::once("line,column,reason".to_owned()).chain(rows).collect()
}

fn market(export: &Export) -> Vec<String> {
    let accounts = export
        .accounts
        .iter()
        .map(|row| line(&[&"account", &row.account, &row.title, &optional(row.base_currency), &""]));
    let instruments = export.instruments.iter().map(|row| {
        let identifier = optional(row.isin.as_ref().or(row.cusip.as_ref()));
        line(&[&"instrument", &row.symbol, &row.name, &format!("{} {}", row.price_scale, row.currency), &identifier])
    });
    let quotes = export.quotes.iter().map(|row| line(&[&"close", &row.symbol, &row.date, &row.close.normalize(), &""]));
    let rates = export.fx_rates.iter();
    let rates = rates.map(|row| line(&[&"rate", &row.currency, &row.date, &row.units_per_eur.normalize(), &""]));
    let header = std::iter::once("what,name,title_or_date,value,identifier".to_owned());
    header.chain(accounts).chain(instruments).chain(quotes).chain(rates).collect()
}

#[test]
fn every_case_gives_its_bookings_its_inbox_and_its_rejects() {
    let mut findings = Vec::new();
    for format in FORMATS {
        let importer = importer(format).expect("known");
        for folder in case_folders(&format!("imports/{format}")) {
            let inputs = ["xml", "json", "csv"].map(|ending| folder.join(format!("input.{ending}")));
            let input = inputs.iter().find(|path| path.is_file()).expect("an input");
            let export = read(importer, input).expect("the file can be read");
            findings.extend(differences(&folder, "expected.csv", &booked(&export)));
            findings.extend(differences(&folder, "inbox.csv", &waiting(&export)));
            findings.extend(differences(&folder, "rejects.csv", &rejected(&export)));
            if folder.join("market.csv").is_file() {
                findings.extend(differences(&folder, "market.csv", &market(&export)));
            }
        }
    }
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// The files of a folder of samples; none where the samples are not.
fn samples(folder: &str) -> Vec<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/transactions").join(folder);
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// The lines on which a row of one of these elements begins, counted without the program's reader.
fn lines_of_elements(path: &Path, elements: &[&str]) -> BTreeSet<i64> {
    let mut bytes = std::fs::read(path).expect("readable");
    if name(path).ends_with(".gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("unpacked");
    }
    let text = String::from_utf8(bytes).expect("text");
    let begins = |line: &str| elements.iter().any(|element| line.contains(&format!("<{element} ")));
    (1_i64..).zip(text.lines()).filter(|(_, line)| begins(line)).map(|(number, _)| number).collect()
}

fn lines_that_ended_somewhere(export: &Export) -> BTreeSet<i64> {
    let booked = export.transactions.iter().map(|row| row.line);
    let waiting = export.inbox.iter().map(|row| row.line);
    booked.chain(waiting).chain(export.rejects.iter().map(|row| row.line)).collect()
}

/// Rows of the samples that say again what another row says: the old units of a reverse split, and the sum of payments
/// that stand below it one by one.
const SAID_AGAIN: [(&str, usize); 2] = [("testIBFlexStatementFile01.xml", 1), ("testIBFlexStatementFile03.xml", 1)];

#[test]
fn every_row_of_every_flex_sample_ends_as_a_booking_in_the_inbox_or_as_a_reject() {
    let importer = importer("ibkr_flex").expect("known");
    for path in samples("ibkr_flex_xml") {
        let export = read(importer, &path).unwrap_or_else(|error| panic!("{}: {error}", name(&path)));
        let rows = lines_of_elements(&path, &["Trade", "CashTransaction", "CorporateAction", "Transfer", "SalesTax"]);
        let missing: Vec<i64> = rows.difference(&lines_that_ended_somewhere(&export)).copied().collect();
        let again = SAID_AGAIN.iter().find(|(file, _)| *file == name(&path)).map_or(0, |(_, rows)| *rows);
        assert_eq!(missing.len(), again, "{}: lines {missing:?} of {} rows", name(&path), rows.len());
        let held = lines_of_elements(&path, &["OpenPosition"]).len();
        assert!(held <= export.quotes.len(), "{}: a close for each of {held} positions", name(&path));
        assert!(export.rejects.is_empty(), "{}: {:?}", name(&path), export.rejects);
    }
}

#[test]
fn every_good_ghostfolio_sample_is_taken_row_by_row() {
    let importer = importer("ghostfolio").expect("known");
    for path in samples("ghostfolio/ok") {
        let export = read(importer, &path).unwrap_or_else(|error| panic!("{}: {error}", name(&path)));
        assert!(export.rejects.is_empty(), "{}: {:?}", name(&path), export.rejects);
        let text = std::fs::read_to_string(&path).expect("text");
        let rows = match path.extension().is_some_and(|ending| ending == "json") {
            true => text.matches("\"unitPrice\"").count(),
            false => text.lines().filter(|line| !line.trim().is_empty()).count() - 1,
        };
        assert_eq!(export.transactions.len() + export.inbox.len(), rows, "{}", name(&path));
    }
}

/// What Ghostfolio refuses because of what it has in its own database, and what is no fault of the file: a platform
/// that it does not list.
const NO_FAULT_OF_THE_FILE: &str = "invalid-platform.json";

/// What Ghostfolio refuses because it does not know the type of a row, and what is not lost here.
const UNKNOWN_TYPE: [&str; 2] = ["invalid-multi-line.csv", "invalid-type.json"];

#[test]
fn every_bad_ghostfolio_sample_is_refused_with_a_reason() {
    let importer = importer("ghostfolio").expect("known");
    for path in samples("ghostfolio/not-ok") {
        match read(importer, &path) {
            Err(error) => assert!(matches!(error, pipelines::Error::Sheet { .. }), "{}: {error}", name(&path)),
            Ok(export) if name(&path) == NO_FAULT_OF_THE_FILE => assert_eq!(export.transactions.len(), 1),
            Ok(export) if UNKNOWN_TYPE.contains(&name(&path).as_str()) => {
                assert!(!export.inbox.is_empty(), "{} waits for nobody", name(&path));
            }
            Ok(export) => assert!(!export.rejects.is_empty(), "{} was taken", name(&path)),
        }
    }
}

#[test]
fn samples_are_recognised_as_what_they_are() {
    for (folder, format) in [("ibkr_flex_xml", "ibkr_flex"), ("ghostfolio/ok", "ghostfolio")] {
        for path in samples(folder).iter().filter(|path| !name(path).ends_with(".gz")) {
            let bytes = std::fs::read(path).expect("readable");
            let file = ExportFile { file_name: &name(path), bytes: &bytes, mapping: None };
            let found = recognise(&file).map(|importer| importer.name);
            assert_eq!(found.map_err(|error| error.to_string()), Ok(format), "{}", name(path));
        }
    }
}

#[test]
fn a_name_that_says_something_else_is_refused() {
    let bytes = b"<FlexQueryResponse queryName='all' type='AF'></FlexQueryResponse>\n";
    for (file_name, is_refused) in [
        ("flex.xml", false),
        ("flex.txt", false),
        ("flex", false),
        ("flex.csv", true),
        ("flex.json.gz", true),
        ("flex.xlsx", true),
    ] {
        let found = recognise(&ExportFile { file_name, bytes, mapping: None }).map(|importer| importer.name);
        assert_eq!(found.is_err(), is_refused, "{file_name}: {found:?}");
    }
    // Some banks call lines of text a spreadsheet. Whoever says what the columns mean has looked into the file.
    let rows = ExportFile { file_name: "umsatz.xls", bytes: b"Datum;Betrag\n", mapping: Some(b"{}") };
    assert_eq!(recognise(&rows).map(|importer| importer.name).expect("a mapping is there"), "generic_csv");
}

/// A trade in pounds with a commission in euros, so that two bookings share its number; it has none of its own.
fn trade(number: &str, price: &str, net_cash: &str) -> String {
    format!(
        "<Trade accountId='U1' assetCategory='STK' symbol='VOD' description='VODAFONE' currency='GBP' quantity='100' \
         tradeDate='20240603' tradePrice='{price}' netCash='{net_cash}' ibCommission='-2' ibCommissionCurrency='EUR' \
         buySell='BUY' tradeID='{number}'/>"
    )
}

const TAKEN_BACK: &str = "<Trade accountId='U1' assetCategory='STK' symbol='VOD' currency='GBP' quantity='-100' \
                          tradeDate='20240603' transactionType='TradeCancel' buySell='BUY (Ca.)' origTradeID='77'/>";

/// What a Flex file with these trades books, beside what is stored.
fn flex_book(stored: &[Transaction], trades: &[&str]) -> ExportBook {
    let text = format!(
        "<FlexQueryResponse><FlexStatements><FlexStatement accountId='U1'><Trades>{}</Trades></FlexStatement>\
         </FlexStatements></FlexQueryResponse>",
        trades.concat()
    );
    let file = ExportFile { file_name: "flex.xml", bytes: text.as_bytes(), mapping: None };
    let export = (importer("ibkr_flex").expect("known").read)(&file).expect("readable");
    assert!(export.rejects.is_empty(), "{:?}", export.rejects);
    let (portfolio_id, market_id) = ("U1".parse().expect("an id"), "U1".parse().expect("an id"));
    let (known, today) = (Instruments::new(), "2024-07-01".parse().expect("a date"));
    let place =
        Place { portfolio_id: &portfolio_id, market_id: &market_id, known: &known, file_name: "flex.xml", today };
    let mut book = book_of(&export, "U1", &place);
    recognise_booked(stored, &mut book);
    book
}

fn told(stored: &[Transaction], book: &ExportBook) -> Vec<(String, Standing)> {
    let ids = book.transactions.iter().map(|booked| booked.transaction_id.clone());
    ids.zip(standings(stored, &book.transactions)).collect()
}

#[test]
fn a_trade_that_comes_again_changed_is_a_conflict_unless_the_broker_took_it_back() {
    let (first, other) = (trade("77", "0.75", "-75"), trade("78", "0.75", "-75"));
    let stored = flex_book(&[], &[&first, &other]).transactions;
    let row = |id: &str, standing: Standing| (id.to_owned(), standing);
    let known = [
        row("ib-trade-77", Standing::Known),
        row("ib-trade-77-commission", Standing::Known),
        row("ib-trade-78", Standing::Known),
        row("ib-trade-78-commission", Standing::Known),
    ];
    assert_eq!(told(&stored, &flex_book(&stored, &[&first, &other])), known);
    let changed = trade("77", "0.76", "-76");
    let book = flex_book(&stored, &[&other, &changed]);
    let expected = [known[2].clone(), known[3].clone(), row("ib-trade-77", Standing::Changed), known[1].clone()];
    assert_eq!(told(&stored, &book), expected);
    let replaced = flex_book(&stored, &[TAKEN_BACK, &changed]);
    assert_eq!(replaced.inbox.len(), 1, "what takes a trade back waits for a person");
    assert_eq!(told(&stored, &replaced), [row("ib-trade-77-2", Standing::New), known[1].clone()]);
}

/// Two instruments in one account, and what they paid with these words; the third dividend names its instrument in the
/// account that it comes from.
fn with_dividends(words: [&str; 3]) -> String {
    let [first, second, third] = words;
    format!(
        "2024-01-02 * \"Broker\" \"Buy\"\n  Assets:Broker:ACME  10 ACME {{100 USD}}\n  Assets:Broker:Cash\n\
         2024-01-02 * \"Broker\" \"Buy\"\n  Assets:Broker:BRIT  10 BRIT {{50 USD}}\n  Assets:Broker:Cash\n\
         2024-02-01 * \"Broker\" \"{first}\"\n  Assets:Broker:Cash  7 USD\n  Income:Dividends\n\
         2024-02-01 * \"Broker\" \"{second}\"\n  Assets:Broker:Cash  7 USD\n  Income:Dividends\n\
         2024-02-02 * \"Broker\" \"{third}\"\n  Assets:Broker:Cash  9 USD\n  Income:BRIT:Dividends\n"
    )
}

fn beancount_book(stored: &[Transaction], text: &str) -> ExportBook {
    let file = ExportFile { file_name: "a.beancount", bytes: text.as_bytes(), mapping: None };
    let export = (importer("beancount").expect("known").read)(&file).expect("readable");
    assert!(export.rejects.is_empty(), "{:?}", export.rejects);
    let (portfolio_id, market_id) = ("B".parse().expect("an id"), "B".parse().expect("an id"));
    let (known, today) = (Instruments::new(), "2024-07-01".parse().expect("a date"));
    let place =
        Place { portfolio_id: &portfolio_id, market_id: &market_id, known: &known, file_name: "a.beancount", today };
    let mut book = book_of(&export, "Assets:Broker", &place);
    recognise_booked(stored, &mut book);
    book
}

#[test]
fn other_words_about_a_dividend_make_it_neither_new_nor_a_question() {
    let symbols = |book: &ExportBook| {
        let paid = book.transactions.iter().filter(|row| row.kind == "DIVIDEND");
        let mut symbols: Vec<String> =
            paid.filter_map(|row| Some(row.instrument_id.as_ref()?.symbol().to_owned())).collect();
        symbols.sort_unstable();
        symbols
    };
    let first = beancount_book(&[], &with_dividends(["ACME pays", "BRIT pays", "ACME has nothing to do with it"]));
    assert_eq!((symbols(&first), first.inbox.len()), (["ACME", "BRIT", "BRIT"].map(str::to_owned).to_vec(), 0));
    // All words are replaced: each of the two that only words told apart takes one of those that are booked.
    let plain = with_dividends(["dividend"; 3]);
    let again = beancount_book(&first.transactions, &plain);
    assert_eq!((symbols(&again), &again.inbox), (symbols(&first), &Vec::new()));
    let standings = standings(&first.transactions, &again.transactions);
    assert!(standings.iter().all(|standing| *standing == Standing::Known), "{standings:?}");
    // Nobody said it ever: it waits. One that was said leaves the other open.
    assert_eq!(beancount_book(&[], &plain).inbox.len(), 2);
    let one: Vec<Transaction> =
        first.transactions.iter().filter(|row| row.kind != "DIVIDEND" || row.note.contains("ACME")).cloned().collect();
    assert_eq!(beancount_book(&one, &plain).inbox.len(), 1);
}
