//! What issuers announced, on the statement of a client: cash and units foot from one month's end to the next.

use std::fmt::Write;

use serde_json::Value;

use crate::house::House;

/// A section's rows, each cell as its text.
type Rows = Vec<Vec<String>>;

/// The prices of the book: weekdays from 2 January to 29 February 2024. A split divides the first, a merger ends the
/// second, and the third begins when it is spun off.
fn prices() -> String {
    let mut text = "date,symbol,close,currency\n".to_owned();
    let days = (2..=31).map(|day| (1, day)).chain((1..=29).map(|day| (2, day)));
    // The 1st of January was a Monday.
    for (_, (month, day)) in days.enumerate().filter(|(number, _)| (number + 1) % 7 < 5) {
        let date = format!("2024-{month:02}-{day:02}");
        writeln!(text, "{date},SPLT,{},EUR", if date.as_str() < "2024-02-14" { 10 } else { 7 }).expect("text");
        if date.as_str() < "2024-02-20" {
            writeln!(text, "{date},MRGR,90,EUR").expect("text");
        }
        if "2024-02-22" <= date.as_str() {
            writeln!(text, "{date},SPUN,2,EUR").expect("text");
        }
    }
    text
}

/// In January 10,000.00 euro, 55 SPLT for 550.00 and 40 MRGR for 3,600.00: 5,850.00 are left. In February a dividend,
/// which the broker books after tax, a split whose half unit is paid, a merger for cash and a spin-off.
fn with_two_statements() -> House {
    with_two_statements_and("")
}

/// The same with further lines of transactions.
fn with_two_statements_and(booked: &str) -> House {
    let house = House::new();
    let folder = house.path().join("books/ANN");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    file(
        "portfolio.json",
        r#"{"id":"ANN","title":"Announced","base_currency":"EUR","start":"2024-01-02",
            "client_email":"ann@example.org"}"#,
    );
    file(
        "instruments.csv",
        "symbol,name,currency,price_scale,adjusted,source\nSPLT,Splitting SE,EUR,1,none,test\n\
         MRGR,Merging AG,EUR,1,none,test\nSPUN,Spun Off AG,EUR,1,none,test\n",
    );
    file(
        "corporate_actions.csv",
        "date,symbol,type,ratio,amount,currency,target_symbol,basis_fraction,fraction_price,pay_date,note\n\
         2024-02-08,SPLT,CASH_DIVIDEND,,0.2,EUR,,,,2024-02-09,\n\
         2024-02-14,SPLT,SPLIT,3:2,,EUR,,,20,2024-02-16,\n\
         2024-02-20,MRGR,MERGER,,95,EUR,,,,,\n\
         2024-02-22,SPLT,SPIN_OFF,1:4,,,SPUN,0.1,,,\n",
    );
    file("prices.csv", &prices());
    let transactions = "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,reverses\n\
         1,2024-01-03,DEPOSIT,,,,EUR,0,0,10000,\n\
         2,2024-01-03,BUY,SPLT,55,10,EUR,0,0,-550,\n\
         3,2024-01-03,BUY,MRGR,40,90,EUR,0,0,-3600,\n\
         4,2024-02-09,DIVIDEND,SPLT,55,0.2,EUR,0,2.90,8.10,\n\
         5,2024-02-26,BUY,SPLT,5,7.2,EUR,0,0,-36,\n";
    file("transactions.csv", &format!("{transactions}{booked}"));
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-01-31"]);
    house.done(&["run", "nightly", "--date", "2024-02-29"]);
    house
}

/// The statement of a month's end.
fn statement(house: &House, date: &str) -> Value {
    let files = house.files(&format!("financr-data/lake/statements/portfolio_statement/ANN/{date}"));
    let mut found = files.iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "json"));
    let (_, bytes) = found.next().expect("a statement");
    serde_json::from_slice(bytes).expect("JSON")
}

/// The rows of a section; none without it.
fn rows(statement: &Value, id: &str) -> Rows {
    let sections = statement["sections"].as_array().expect("sections");
    let section = sections.iter().find(|section| section["id"] == id);
    let rows = section.and_then(|section| section["rows"].as_array()).into_iter().flatten();
    let text = |cell: &Value| cell["value"].as_str().unwrap_or_default().to_owned();
    rows.filter_map(Value::as_array).map(|row| row.iter().map(text).collect()).collect()
}

/// The sum of a column in cents or hundredths of a unit; empty cells count nothing.
fn hundredths<'a>(rows: impl IntoIterator<Item = &'a Vec<String>>, column: usize) -> i64 {
    let number = |text: &str| -> i64 {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{decimals:0<2}").parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    };
    rows.into_iter().map(|row| row[column].as_str()).filter(|text| !text.is_empty()).map(number).sum()
}

fn of<'a>(rows: &'a [Vec<String>], column: usize, name: &'a str) -> impl Iterator<Item = &'a Vec<String>> {
    rows.iter().filter(move |row| row[column] == name)
}

#[test]
fn cash_and_units_of_two_month_ends_are_bridged_by_the_lines_between() {
    let house = with_two_statements();
    let (january, february) = (statement(&house, "2024-01-31"), statement(&house, "2024-02-29"));
    assert_eq!(rows(&january, "corporate_actions"), Rows::new(), "nothing was announced in January");
    let (booked, announced) = (rows(&february, "transactions"), rows(&february, "corporate_actions"));
    let expected = [
        ["2024-02-14", "2024-02-16", "Split", "Splitting SE", "55", "82", "27", "10.00", "EUR"],
        ["2024-02-20", "2024-02-20", "Merger", "Merging AG", "40", "0", "-40", "3800.00", "EUR"],
        ["2024-02-22", "2024-02-22", "Spin-off", "Splitting SE", "82", "82", "0", "", ""],
        ["2024-02-22", "2024-02-22", "Spin-off", "Spun Off AG", "0", "20.5", "20.5", "", ""],
    ];
    assert_eq!(announced, expected);

    // 5,850.00 + 8.10 - 36.00 + 10.00 + 3,800.00 = 9,632.10: the dividend is there once.
    let balance = |statement: &Value| hundredths(&rows(statement, "cash"), 1);
    assert_eq!((balance(&january), balance(&february)), (585_000, 963_210));
    assert_eq!(balance(&january) + hundredths(&booked, 7) + hundredths(&announced, 7), balance(&february));

    let held = |statement: &Value, name: &str| hundredths(of(&rows(statement, "positions"), 0, name), 2);
    for name in ["Splitting SE", "Merging AG", "Spun Off AG"] {
        let bought = hundredths(of(&booked, 2, name).filter(|row| row[1] == "Buy"), 3);
        let changed = hundredths(of(&announced, 3, name), 6);
        assert_eq!(held(&january, name) + bought + changed, held(&february, name), "{name}");
    }
    assert_eq!(held(&february, "Splitting SE"), 8_700, "55 + 27 + 5");
}

#[test]
fn what_a_reversal_of_the_next_month_takes_back_is_marked_and_the_lines_foot() {
    // 10 were booked and 15 were sold: 10,000.00 - 550.00 - 3,600.00 + 150.00 = 6,000.00.
    let house = with_two_statements_and(
        "6,2024-01-30,SELL,SPLT,10,10,EUR,1,0,99,\n7,2024-02-15,REVERSAL,,,,EUR,0,0,0,6\n\
         8,2024-01-30,SELL,SPLT,15,10,EUR,0,0,150,\n",
    );
    let (january, february) = (statement(&house, "2024-01-31"), statement(&house, "2024-02-29"));
    let booked = rows(&january, "transactions");
    let sold: Vec<&Vec<String>> = booked.iter().filter(|row| row[0] == "2024-01-30").collect();
    let told: Vec<[&str; 4]> = sold.iter().map(|row| [1, 3, 5, 7].map(|column| row[column].as_str())).collect();
    assert_eq!(told, [["Sell, taken back on 2024-02-15", "10", "", ""], ["Sell", "15", "", "150.00"]]);
    let balance = |statement: &Value| hundredths(&rows(statement, "cash"), 1);
    assert_eq!((balance(&january), hundredths(&booked, 7)), (600_000, 600_000));
    let (booked, announced) = (rows(&february, "transactions"), rows(&february, "corporate_actions"));
    assert!(booked.iter().any(|row| row[1] == "Reversal of Sell of 2024-01-30" && row[7].is_empty()), "{booked:?}");
    assert_eq!(balance(&january) + hundredths(&booked, 7) + hundredths(&announced, 7), balance(&february));
}

#[test]
fn a_restatement_lists_what_a_late_booking_changes_about_announcements() {
    let house = with_two_statements();
    // Ten more were bought before the split: 65 are 97.5, of which the half is paid as before.
    let path = house.path().join("books/ANN/transactions.csv");
    let text = std::fs::read_to_string(&path).expect("there");
    std::fs::write(&path, text + "6,2024-02-12,BUY,SPLT,10,10,EUR,0,0,-100,\n").expect("written");
    house.done(&["import", "books"]);
    house.done(&["run", "nightly", "--date", "2024-02-29"]);
    let said = house.done(&["restate", "--dry-run", "--format", "json"]);
    let changes: Vec<Value> = serde_json::from_str(&said).expect("JSON");
    let listed = changes.iter().filter(|row| row["section"] == "Corporate actions in the period");
    let figures: Vec<[&str; 3]> =
        listed.map(|row| ["figure", "before", "after"].map(|key| row[key].as_str().expect("text"))).collect();
    let expected = [
        ["2024-02-14, 2024-02-16, Split, Splitting SE: Units before", "55", "65"],
        ["2024-02-14, 2024-02-16, Split, Splitting SE: Units after", "82", "97"],
        ["2024-02-14, 2024-02-16, Split, Splitting SE: Change", "27", "32"],
        ["2024-02-22, 2024-02-22, Spin-off, Splitting SE: Units before", "82", "97"],
        ["2024-02-22, 2024-02-22, Spin-off, Splitting SE: Units after", "82", "97"],
        ["2024-02-22, 2024-02-22, Spin-off, Spun Off AG: Units after", "20.5", "24.25"],
        ["2024-02-22, 2024-02-22, Spin-off, Spun Off AG: Change", "20.5", "24.25"],
    ];
    assert_eq!(figures, expected);
}
