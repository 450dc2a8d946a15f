//! The export formats that are text: each reads its cases as their folders say, and loses no row of the samples.
//!
//! A case has one `input.*`, and `mapping.json` where the format needs one. `expected.csv` has what was booked,
//! `inbox.csv` what waits and `rejects.csv` what cannot be read; `accounts.csv`, `instruments.csv`, `quotes.csv` and
//! `fx_rates.csv` are compared where they are there. The samples lie beside the project and are read if they are there;
//! of Portfolio Performance there is none, and its cases are invented after the form of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pipelines::imports::{Export, ExportFile, ExportTransaction, Importer, importer, recognise, unpack};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::cases::{case_folders, differences, line, optional};

const FORMATS: &[&str] = &["trade_republic", "portfolio_performance", "beancount", "generic_csv"];

const BOOKED: &str = "account,line,kind,trade_date,settlement_date,symbol,quantity,price,currency,fees,taxes,net_cash,\
                      counter_currency,counter_amount,lot_cost,lot_acquired_date,broker_id,note";

#[test]
fn every_case_gives_its_rows() {
    let mut findings = Vec::new();
    for name in FORMATS {
        let importer = importer(name).expect("a format");
        for folder in case_folders(&format!("imports/{name}")) {
            let (file_name, bytes) = input(&folder);
            let mapping = std::fs::read(folder.join("mapping.json")).ok();
            let file = ExportFile { file_name: &file_name, bytes: &bytes, mapping: mapping.as_deref() };
            match recognise(&file) {
                Ok(found) if found.name == *name => {}
                other => findings.push(format!("{}: {:?}", folder.display(), other.map(|found| found.name))),
            }
            match (importer.read)(&file) {
                Ok(export) => findings.extend(compared(&folder, &export)),
                Err(error) => findings.push(format!("{}: {error}", folder.display())),
            }
        }
    }
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

/// What a format says with a word or a sign of its own is no question to a person; a column of `generic_csv` may be
/// written without signs, and so may Trade Republic's.
#[test]
fn a_charge_that_comes_in_is_marked_as_a_refund_by_every_format_that_says_so() {
    for name in ["ibkr_flex", "portfolio_performance", "beancount"] {
        let importer = importer(name).expect("a format");
        let mut refunds = 0;
        for folder in case_folders(&format!("imports/{name}")) {
            let (file_name, bytes) = input(&folder);
            let file = ExportFile { file_name: &file_name, bytes: &bytes, mapping: None };
            let export = (importer.read)(&file).expect("readable");
            for row in export.transactions {
                let comes_in = row.kind.is_charge() && Decimal::ZERO < row.net_cash;
                assert_eq!(row.is_refund, comes_in, "{} line {}", folder.display(), row.line);
                refunds += usize::from(comes_in);
            }
        }
        assert!(0 < refunds, "{name} has a case with a refund");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a file has become on its way, it is read or refused, and every row has an account.
    #[test]
    fn damaged_files_are_read_or_refused(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        for name in FORMATS {
            for folder in case_folders(&format!("imports/{name}")) {
                let (file_name, mut bytes) = input(&folder);
                for (place, byte) in &edits {
                    let place = place.index(bytes.len());
                    bytes[place] = *byte;
                }
                if is_cut {
                    bytes.truncate(cut.index(bytes.len()));
                }
                let mapping = std::fs::read(folder.join("mapping.json")).ok();
                let file = ExportFile { file_name: &file_name, bytes: &bytes, mapping: mapping.as_deref() };
                if let Ok(export) = (importer(name).expect("a format").read)(&file) {
                    let known: BTreeSet<&str> = export.accounts.iter().map(|row| row.account.as_str()).collect();
                    prop_assert!(export.transactions.iter().all(|row| known.contains(row.account.as_str())));
                    prop_assert!(export.inbox.iter().all(|row| known.contains(row.account.as_str())));
                }
            }
        }
    }
}

fn input(folder: &Path) -> (String, Vec<u8>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let is_input = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem == "input");
    let path = paths.into_iter().find(is_input).unwrap_or_else(|| panic!("{} has no input", folder.display()));
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    (name, std::fs::read(&path).expect("readable"))
}

fn compared(folder: &Path, export: &Export) -> Vec<String> {
    let sheet = |header: &str, rows: Vec<String>| std::iter::once(header.to_owned()).chain(rows).collect::<Vec<_>>();
    let booked = export.transactions.iter().map(booked_line).collect();
    let inbox = export.inbox.iter().map(|row| line(&[&row.account, &row.line, &row.what, &row.reason])).collect();
    let rejects = export.rejects.iter().map(|row| line(&[&row.line, &row.column, &row.reason])).collect();
    let accounts = export.accounts.iter().map(|row| line(&[&row.account, &row.title, &optional(row.base_currency)]));
    let instruments = export.instruments.iter().map(|row| {
        let isin = optional(row.isin.as_ref());
        line(&[&row.symbol, &row.name, &row.currency, &row.price_scale, &isin, &row.asset_class])
    });
    let quotes = export.quotes.iter().map(|row| line(&[&row.symbol, &row.date, &row.close]));
    let rates = export.fx_rates.iter().map(|row| line(&[&row.currency, &row.date, &row.units_per_eur]));
    let always = [
        ("expected.csv", sheet(BOOKED, booked)),
        ("inbox.csv", sheet("account,line,what,reason", inbox)),
        ("rejects.csv", sheet("line,column,reason", rejects)),
    ];
    let if_there = [
        ("accounts.csv", sheet("account,title,base_currency", accounts.collect())),
        ("instruments.csv", sheet("symbol,name,currency,price_scale,isin,asset_class", instruments.collect())),
        ("quotes.csv", sheet("symbol,date,close", quotes.collect())),
        ("fx_rates.csv", sheet("currency,date,units_per_eur", rates.collect())),
    ];
    let wanted = if_there.into_iter().filter(|(file, _)| folder.join(file).is_file());
    always.into_iter().chain(wanted).flat_map(|(file, found)| differences(folder, file, &found)).collect()
}

fn booked_line(row: &ExportTransaction) -> String {
    let (settled, symbol) = (optional(row.settlement_date), optional(row.symbol.as_ref()));
    let (quantity, price) = (optional(row.quantity), optional(row.price));
    let (other, amount) = (optional(row.counter_currency), optional(row.counter_amount));
    let (cost, acquired) = (optional(row.lot_cost), optional(row.lot_acquired_date));
    let id = optional(row.broker_id.as_ref());
    let note = row.note.replace('\n', " ");
    let first: [&dyn std::fmt::Display; 9] =
        [&row.account, &row.line, &row.kind, &row.trade_date, &settled, &symbol, &quantity, &price, &row.currency];
    let second: [&dyn std::fmt::Display; 9] =
        [&row.fees, &row.taxes, &row.net_cash, &other, &amount, &cost, &acquired, &id, &note];
    line(&[first, second].concat())
}

/// A sample beside the project; none if it is not there.
fn sample(path: &str) -> Option<(String, Vec<u8>)> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/transactions"));
    let path = folder.join(path);
    let name = path.file_name()?.to_string_lossy().into_owned();
    let bytes = std::fs::read(&path).ok()?;
    Some((name.clone(), unpack(&name, bytes).expect("unpacked")))
}

fn read(importer: &Importer, name: &str, bytes: &[u8], mapping: Option<&[u8]>) -> Export {
    let file = ExportFile { file_name: name, bytes, mapping };
    assert_eq!(recognise(&file).map(|found| found.name).expect("recognised"), importer.name, "{name}");
    (importer.read)(&file).expect("readable")
}

/// The lines that became something.
fn covered(export: &Export) -> BTreeSet<i64> {
    let booked = export.transactions.iter().map(|row| row.line);
    let waiting = export.inbox.iter().map(|row| row.line);
    booked.chain(waiting).chain(export.rejects.iter().map(|row| row.line)).collect()
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// The sum of the cash of some bookings.
fn cash<'e>(rows: impl Iterator<Item = &'e ExportTransaction>) -> Decimal {
    rows.map(|row| row.net_cash).sum()
}

/// Units of each symbol of an account at the end, by the kinds that move them.
fn units(export: &Export, account: &str) -> BTreeMap<String, Decimal> {
    let mut held: BTreeMap<String, Decimal> = BTreeMap::new();
    for row in export.transactions.iter().filter(|row| row.account == account) {
        let (Some(symbol), Some(quantity)) = (&row.symbol, row.quantity) else { continue };
        let units = held.entry(symbol.clone()).or_default();
        match row.kind.code() {
            "BUY" | "TRANSFER_IN" | "INTERNAL_IN" | "OPENING_BALANCE" => *units += quantity,
            "SELL" | "TRANSFER_OUT" | "INTERNAL_OUT" => *units -= quantity,
            "SPLIT" => *units *= quantity,
            _ => {}
        }
    }
    held.retain(|_, units| !units.is_zero());
    held
}

#[test]
fn no_row_of_the_trade_republic_samples_is_lost() {
    let format = importer("trade_republic").expect("a format");
    // Rows, and the sum of the columns amount, fee and tax, added up from the files without this program.
    for (number, rows, all_cash) in
        [(1, 339, "-971.53"), (2, 9, "11.92"), (3, 3, "4.00"), (4, 8, "5.40"), (5, 3, "21.78"), (6, 1, "-4.21")]
    {
        let Some((name, bytes)) = sample(&format!("trade_republic_csv/TransactionExport0{number}.csv")) else { return };
        let export = read(format, &name, &bytes, None);
        assert_eq!(export.rejects, [], "{name}");
        let mut lines = covered(&export);
        let paid =
            |row: &ExportTransaction| row.note.split_once("(paid on line ")?.1.strip_suffix(')')?.parse::<i64>().ok();
        lines.extend(export.transactions.iter().filter_map(paid));
        assert_eq!(lines, (2..rows + 2).collect::<BTreeSet<i64>>(), "{name}");
        // Two payments ahead of an order, of 100 each, wait in the first file.
        let waiting = if number == 1 { decimal("-200") } else { Decimal::ZERO };
        assert_eq!(cash(export.transactions.iter()) + waiting, decimal(all_cash), "{name}");
        if number == 1 {
            let what: Vec<(&str, i64)> = export.inbox.iter().map(|row| (row.what.as_str(), row.line)).collect();
            assert_eq!(what, [("CASH PRIVATE_MARKET_BUY", 290), ("CASH PRIVATE_MARKET_BUY", 329)]);
            // The column shares, added up over all rows that move units: 20 of Deutsche Telekom, and Netflix after
            // its split of ten for one.
            let held = units(&export, "DEFAULT");
            assert_eq!((held["DE0005557508"], held["US64110L1061"]), (decimal("20"), decimal("0.45566")));
            assert_eq!(held.len(), 24);
            assert!(!held.contains_key("XS1614198262"), "bonds that were paid back are sold");
        }
    }
}

#[test]
fn the_balances_of_the_beancount_samples_agree_with_what_is_booked() {
    let format = importer("beancount").expect("a format");
    let Some((name, bytes)) = sample("beancount/basic.beancount") else { return };
    let export = read(format, &name, &bytes, None);
    assert_eq!(export.rejects, []);
    assert_eq!(accounted(&export), directives(&bytes));
    let balances: Vec<&str> =
        export.inbox.iter().filter(|row| row.what == "balance").map(|row| row.reason.as_str()).collect();
    assert!(
        balances.iter().filter(|reason| reason.contains("to reconcile")).all(|reason| reason.contains("it agrees"))
    );
    // The file asserts 40,138.45 USD and 100 EWJ in the brokerage account on 1 March 2008.
    let until = |account: &str, day: &str| {
        let day = day.parse().expect("a date");
        cash(export.transactions.iter().filter(|row| row.account == account && row.trade_date < day))
    };
    assert_eq!(until("Assets:UTrade:Account", "2008-03-01"), decimal("40138.45"));
    assert_eq!(units(&export, "Assets:UTrade:Account"), BTreeMap::from([("EWJ".to_owned(), decimal("100"))]));
    // And 661.49 and 2,340.19 USD in the two bank accounts.
    assert_eq!(until("Assets:BestBank:Checking", "2008-02-01"), decimal("661.49"));
    assert_eq!(until("Assets:BestBank:Savings", "2008-03-01"), decimal("2340.19"));
}

#[test]
fn the_larger_beancount_sample_is_read_as_a_whole() {
    let format = importer("beancount").expect("a format");
    let Some((name, bytes)) = sample("beancount/example.beancount.gz") else { return };
    let export = read(format, &name, &bytes, None);
    assert_eq!(export.rejects, []);
    assert_eq!(accounted(&export), directives(&bytes));
    let count = |kind: &str| {
        let of_broker = |row: &&ExportTransaction| row.account == "Assets:US:ETrade" && row.kind.code() == kind;
        export.transactions.iter().filter(of_broker).count()
    };
    let text = String::from_utf8(bytes).expect("UTF-8");
    let written = |words: &str| text.lines().filter(|line| line.contains(words)).count();
    assert_eq!(count("BUY"), written("* \"Buy shares of"));
    assert_eq!(count("SELL"), written("* \"Sell shares of"));
    // Which of four funds paid is not written, so the dividends wait.
    let waiting = export.inbox.iter().filter(|row| row.text.contains("Dividends on portfolio")).count();
    assert_eq!(waiting, written("Dividends on portfolio"));
    let balances: Vec<&str> =
        export.inbox.iter().filter(|row| row.what == "balance").map(|row| row.reason.as_str()).collect();
    let of_assets = balances.iter().filter(|reason| reason.contains("to reconcile"));
    assert_eq!(of_assets.clone().count(), written(" balance Assets:"));
    let differ: Vec<&&str> = of_assets.filter(|reason| !reason.contains("it agrees")).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert_eq!(export.quotes.len(), written(" price "), "every price is one of a fund in dollars");
    assert!(export.instruments.iter().any(|row| row.symbol == "VHT" && row.name == "Vanguard Health Care ETF"));
}

#[test]
fn shares_that_vest_are_bought_with_what_was_withheld() {
    let format = importer("beancount").expect("a format");
    let Some((name, bytes)) = sample("beancount/vesting.beancount") else { return };
    let export = read(format, &name, &bytes, None);
    assert_eq!(accounted(&export), directives(&bytes));
    assert_eq!(units(&export, "Assets:US:Schwab"), BTreeMap::from([("HOOL".to_owned(), decimal("26"))]));
    // 18 and 8 shares at 131.37: 3,415.62 of the 3,512.81 withheld, and 97.19 are paid out.
    assert_eq!(
        cash(export.transactions.iter().filter(|row| row.account == "Assets:US:Hooli:RSURefund")),
        Decimal::ZERO
    );
    assert_eq!(cash(export.transactions.iter().filter(|row| row.kind.code() == "BUY")), decimal("-3415.62"));
}

/// Directives that something became of: those of one line, and those that were set aside together.
fn accounted(export: &Export) -> usize {
    let together = |row: &&pipelines::imports::InboxRow| row.reason.ends_with(" not booked");
    let counted = |row: &pipelines::imports::InboxRow| -> usize {
        let number = row.reason.strip_suffix(" not booked").and_then(|rest| rest.rsplit(' ').next());
        number.and_then(|number| number.parse().ok()).expect("a number")
    };
    // Units without a price stand in transactions that are counted for their cash, or once for each reason.
    let aside: usize = export.inbox.iter().filter(together).filter(|row| row.what != "units").map(counted).sum();
    let alone = export.inbox.iter().filter(|row| !together(row)).map(|row| row.line);
    let booked = export.transactions.iter().map(|row| row.line);
    let one_by_one: BTreeSet<i64> = alone.chain(booked).chain(export.rejects.iter().map(|row| row.line)).collect();
    one_by_one.len() + aside + export.quotes.len() + export.fx_rates.len()
}

/// The lines that begin a transaction, a balance, a pad or a price, counted by their first words.
fn directives(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let counts = |line: &&str| {
        let mut words = line.split_ascii_whitespace();
        let is_day =
            words.next().is_some_and(|day| day.len() == 10 && day.starts_with(['1', '2']) && day.contains('-'));
        is_day && words.next().is_some_and(|word| ["*", "!", "txn", "balance", "pad", "price"].contains(&word))
    };
    text.lines().filter(|line| !line.starts_with(' ')).filter(counts).count()
}

#[test]
fn a_file_of_signed_trades_is_read_with_a_mapping() {
    let Some((name, bytes)) = sample("pyfolio_algo/transactions.csv.gz") else { return };
    let mapping = br#"{
        "date_format": "YYYY-MM-DD",
        "columns": {"trade_date": "date", "symbol": "symbol", "quantity": "quantity", "price": "price",
                    "cash": "txn_dollars"},
        "constants": {"currency": "USD", "account": "ALGO"},
        "kind_by_sign": {"field": "quantity", "positive": "BUY", "negative": "SELL"},
        "signs": {"quantity": "absolute"}
    }"#;
    let export = read(importer("generic_csv").expect("a format"), &name, &bytes, Some(mapping));
    // 9,367 rows; the columns quantity and txn_dollars added up without this program.
    assert_eq!((export.transactions.len(), export.inbox.len(), export.rejects.len()), (9367, 0, 0));
    assert_eq!(cash(export.transactions.iter()), decimal("-111938.95279505"));
    let held = units(&export, "ALGO");
    assert_eq!((held["AMD"], held["MMM"], held.len()), (decimal("2299"), decimal("-27"), 7));
}
