//! Statements whose figures were handed over as text: every one of them on the pages, and nothing lost to a bad line.

use std::fs;
use std::path::Path;

use reports::prepared::{PreparedReport, REJECTS, render_statements};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::archival::{assert_archival, attachments};
use crate::reading::pdf_pages;

/// A statement of four pages: 750 days, five classes, 40 positions, 60 transactions.
fn statement(number: usize) -> Value {
    let start = chrono::NaiveDate::from_ymd_opt(2021, 1, 4).expect("a date");
    let day = |index: usize| (start + chrono::Days::new(index as u64)).to_string();
    let wave = |index: usize, step: usize| 250_000.0 + ((index * step + number) % 977) as f64 * 13.37;
    let position = |index: usize| {
        json!({
            "symbol": format!("S{:05}", index * 17 + number), "isin": "ZZ0000000000", "class": "Bonds",
            "currency": "EUR",
            "name": format!("Alder Birch {index} plc"), "quantity": format!("{index}.2500"), "price": "36.0110",
            "cost": format!("1,{index:03}.00"), "value": format!("2,{index:03}.50"), "gain": format!("-{index}.01"),
            "weight": format!("{index}.75%"),
        })
    };
    let transaction = |index: usize| {
        json!({
            "date": day(index + 600), "type": "DIVIDEND", "symbol": "S00017", "quantity": "", "price": "",
            "amount": format!("9,{index:03}.33"),
        })
    };
    let figure = |index: usize| json!([format!("Figure {index}"), format!("{index},{number:03}.10")]);
    json!({
        "statement_id": format!("ST{number:07}"), "client_name": "Élodie Ørsted-Çelik", "portfolio_id": "P0000001",
        "client_address": ["1 Example Street", "10000 Example Town"], "base_currency": "EUR",
        "period_start": day(500), "period_end": day(749),
        "key_figures": (0..10).map(figure).collect::<Vec<Value>>(),
        "chart": {
            "dates": (0..750).map(day).collect::<Vec<String>>(),
            "portfolio": (0..750).map(|index| wave(index, 7)).collect::<Vec<f64>>(),
            "benchmark": (0..750).map(|index| wave(index, 11)).collect::<Vec<f64>>(),
        },
        "allocation": [["Equities", 0.5], ["Bonds", 0.25], ["Funds", 0.125], ["Commodities", 0.075], ["Cash", 0.05]],
        "positions": (0..40).map(position).collect::<Vec<Value>>(), "positions_total": "1,234,567.89",
        "transactions": (0..60).map(transaction).collect::<Vec<Value>>(),
    })
}

/// Writes the lines to a file and renders it.
fn rendered(lines: &[String], threads: usize) -> (TempDir, PreparedReport) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("statements.ndjson"), lines.join("\n")).expect("written");
    let report = render_statements(folder.path(), &folder.path().join("out"), threads, "0.1.0").expect("rendered");
    (folder, report)
}

fn file(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join("out").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn every_figure_handed_over_is_on_the_pages() {
    let handed = statement(7);
    let (folder, report) = rendered(&[handed.to_string()], 1);
    assert_eq!((report.statements, report.pages, report.rejects.len()), (1, 4, 0));
    let bytes = file(folder.path(), "ST0000007.pdf");
    let pages = pdf_pages(&bytes);
    assert_eq!(pages.len(), 4);
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of 4", index + 1)), "{page:?}");
    }
    let printed = |text: &str| pages.iter().flatten().any(|line| line == text);
    let mut expected = vec![handed["client_name"].clone(), handed["positions_total"].clone()];
    expected.extend(handed["client_address"].as_array().expect("lines").iter().cloned());
    expected.extend(
        handed["key_figures"].as_array().expect("figures").iter().flat_map(|pair| [pair[0].clone(), pair[1].clone()]),
    );
    for (rows, fields) in [
        ("positions", &["symbol", "name", "quantity", "price", "cost", "value", "gain", "weight"][..]),
        ("transactions", &["date", "type", "symbol", "amount"][..]),
    ] {
        let rows = handed[rows].as_array().expect("rows");
        expected.extend(rows.iter().flat_map(|row| fields.iter().map(|field| row[*field].clone())));
    }
    for text in expected.iter().filter_map(Value::as_str) {
        assert!(printed(text), "{text}");
    }
    for share in ["50.00%", "25.00%", "12.50%", "7.50%", "5.00%"] {
        assert!(printed(share), "{share} of the allocation");
    }
    let with_headings = pages.iter().filter(|page| page.iter().any(|text| text == "Weight")).count();
    assert_eq!(with_headings, 2, "the table of positions repeats its headings");
    // 28.6 KB is what a common PDF library for Python takes for the same pages, without any font in the file.
    let mut english = handed;
    english["client_name"] = json!("Elodie Orsted");
    let (folder, _) = rendered(&[english.to_string()], 1);
    let bytes = file(folder.path(), "ST0000007.pdf");
    assert!(bytes.len() < 28_600, "{} bytes", bytes.len());
    assert_archival(&bytes);
    assert_eq!(attachments(&bytes).len(), 0, "there is no other form of it");
}

#[test]
fn threads_and_neighbours_do_not_change_a_byte() {
    let lines: Vec<String> = (0..6).map(|number| statement(number).to_string()).collect();
    let (one, _) = rendered(&lines, 1);
    let (many, report) = rendered(&lines, 3);
    assert_eq!(report.statements, 6);
    for number in 0..6 {
        let name = format!("ST{number:07}.pdf");
        assert!(file(one.path(), &name) == file(many.path(), &name), "{name}");
    }
    let (alone, _) = rendered(&lines[3..4], 1);
    assert!(file(alone.path(), "ST0000003.pdf") == file(one.path(), "ST0000003.pdf"));
    assert!(!one.path().join("out").join(REJECTS).exists());
}

#[test]
fn a_bad_line_is_named_and_nothing_else_is_lost() {
    let mut without_total = statement(2);
    without_total.as_object_mut().expect("an object").remove("positions_total");
    let mut uneven = statement(3);
    uneven["chart"]["benchmark"].as_array_mut().expect("values").pop();
    let lines = [
        statement(0).to_string(),
        "{\"statement_id\": \"ST1\", ".to_owned(),
        without_total.to_string(),
        uneven.to_string(),
        statement(0).to_string(),
        statement(5).to_string(),
    ];
    let (folder, report) = rendered(&lines, 2);
    assert_eq!(report.statements, 2);
    assert!(file(folder.path(), "ST0000000.pdf").starts_with(b"%PDF"));
    assert!(file(folder.path(), "ST0000005.pdf").starts_with(b"%PDF"));
    let reasons: Vec<(u64, &str)> = report.rejects.iter().map(|reject| (reject.line, reject.reason.as_str())).collect();
    let expected = [(2, "EOF"), (3, "`positions_total`"), (4, "749 values for 750"), (5, "earlier line")];
    assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
    for ((line, reason), (expected_line, part)) in reasons.into_iter().zip(expected) {
        assert!(line == expected_line && reason.contains(part), "line {line}: {reason}");
    }
    let rejects = String::from_utf8(file(folder.path(), REJECTS)).expect("text");
    assert_eq!(rejects.lines().count(), 5, "{rejects}");
    let left: Vec<_> = fs::read_dir(folder.path().join("out")).expect("a folder").collect();
    assert_eq!(left.len(), 3, "two statements and the list of rejects: {left:?}");
}

#[test]
fn a_missing_file_says_which() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = render_statements(folder.path(), folder.path(), 1, "0.1.0").expect_err("no file");
    assert!(error.to_string().contains("statements.ndjson"), "{error}");
}
