//! `financr evaluate` against figures worked by hand, and against the correctness pack where it lies beside the
//! project.

use std::path::Path;

use chrono::Datelike as _;
use serde_json::Value;

use crate::house::House;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).expect("made");
    std::fs::write(folder.join(name), text).expect("written");
}

#[test]
fn figures_worked_by_hand() {
    let house = House::new();
    let book = house.path().join("books/HAND");
    write(
        &book,
        "portfolio.json",
        r#"{"id":"HAND","base_currency":"EUR","start":"2023-01-02","end":"2024-01-02","risk_free_annual":0}"#,
    );
    write(&book, "instruments.csv", "symbol,name,currency,price_scale,adjusted,source\nONE,One,EUR,1,none,test\n");
    // 10 units: 1,000 → 1,100 (+10 %) → 990 (−10 %), then 5 more for a deposit of 495: 1,485 → 1,782 (+20 %).
    write(
        &book,
        "prices.csv",
        "date,symbol,close,currency\n2023-01-02,ONE,100,EUR\n2023-01-03,ONE,110,EUR\n2023-07-03,ONE,99,EUR\n\
         2024-01-02,ONE,118.8,EUR\n",
    );
    write(
        &book,
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note\n\
         1,2023-01-02,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2023-01-02,BUY,ONE,10,100,EUR,0,0,-1000,,,\n\
         3,2023-07-03,DEPOSIT,,,,EUR,0,0,495,,,\n4,2023-07-03,BUY,ONE,5,99,EUR,0,0,-495,,,\n\
         5,2024-01-02,SELL,ONE,12,118.8,EUR,0,0,1425.6,,,\n",
    );
    house.done(&["evaluate", "books", "--out", "results.json"]);
    let text = std::fs::read_to_string(house.path().join("results.json")).expect("written");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    let book = &results["portfolios"]["HAND"];
    let figure = |name: &str| book["metrics"][name].as_f64().expect(name);
    // Four returns are no backtest, and that is said: null is not the same as nothing.
    assert_eq!(book["metrics"].get("kupiec_95_exceptions"), Some(&Value::Null));
    let close = |name: &str, expected: f64| {
        assert!((figure(name) - expected).abs() < 1e-9, "{name}: {} is not {expected}", figure(name));
    };
    close("end_market_value", 1782.0);
    close("net_external_flows", 1495.0);
    close("gain", 287.0);
    // The inflow of 3 July counts at the start of its day: (990 + 495) / (1,100 + 495) = 1,485 / 1,595.
    close("twr", 1.1 * (1485.0 / 1595.0) * 1.2 - 1.0);
    // 365 days; the deposit of 495 stays 183 of them.
    close("modified_dietz", 287.0 / (1000.0 + 495.0 * 183.0 / 365.0));
    close("max_drawdown", 1485.0 / 1595.0 - 1.0);
    assert_eq!(book["drawdown_dates"]["peak"], "2023-01-03");
    assert_eq!(book["drawdown_dates"]["trough"], "2023-07-03");
    // 10 units cost 100 and 2 cost 99: 1,425.60 − 1,198.
    assert_eq!(book["realised_fifo"], serde_json::json!([227.6]));
    assert_eq!(book["daily"][2][0], "2023-07-03");
    assert_eq!(book["daily"][2][1], 1485.0);
    let earned = book["daily"][2][2].as_f64().expect("a return");
    assert!((earned - (1485.0 / 1595.0 - 1.0)).abs() < 1e-15, "{earned}");
    // The rate solves 1,000 (1+r) + 495 (1+r)^(183/365) = 1,782.
    let rate = figure("xirr");
    let value = 1000.0 * (1.0 + rate) + 495.0 * (1.0 + rate).powf(183.0 / 365.0);
    assert!((value - 1782.0).abs() < 1e-6, "{rate} leads to {value}");
}

/// A book in euros without a risk-free rate, with one instrument, `ONE`.
fn write_book(house: &House, id: &str, dates: [&str; 2], prices: &str, transactions: &str) {
    let book = house.path().join("books").join(id);
    let [start, end] = dates;
    let described =
        format!(r#"{{"id":"{id}","base_currency":"EUR","start":"{start}","end":"{end}","risk_free_annual":0}}"#);
    write(&book, "portfolio.json", &described);
    write(&book, "instruments.csv", "symbol,name,currency,price_scale,adjusted,source\nONE,One,EUR,1,none,test\n");
    write(&book, "prices.csv", &format!("date,symbol,close,currency\n{prices}"));
    let header =
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note\n";
    write(&book, "transactions.csv", &format!("{header}{transactions}"));
}

/// What `financr evaluate` writes about the books.
fn evaluated(house: &House) -> Value {
    house.done(&["evaluate", "books", "--out", "results.json"]);
    let text = std::fs::read_to_string(house.path().join("results.json")).expect("written");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_life_lasts_until_its_end_and_not_only_until_the_last_quote() {
    let house = House::new();
    // Quoted for the last time on Friday 29 December 2023; Tuesday 2 January 2024, the end, is a business day.
    write_book(
        &house,
        "LATE",
        ["2023-01-02", "2024-01-02"],
        "2023-01-02,ONE,100,EUR\n2023-07-04,ONE,100,EUR\n2023-12-29,ONE,110,EUR\n",
        "1,2023-01-02,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2023-01-02,BUY,ONE,10,100,EUR,0,0,-1000,,,\n\
         3,2023-07-04,DEPOSIT,,,,EUR,0,0,100,,,\n",
    );
    // One deposit, one year.
    write_book(
        &house,
        "PLAIN",
        ["2023-01-02", "2024-01-02"],
        "2023-01-02,ONE,100,EUR\n2023-12-29,ONE,110,EUR\n",
        "1,2023-01-02,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2023-01-02,BUY,ONE,10,100,EUR,0,0,-1000,,,\n",
    );
    let results = evaluated(&house);
    let close = |book: &str, name: &str, expected: f64| {
        let found = results["portfolios"][book]["metrics"][name].as_f64().expect(name);
        assert!((found - expected).abs() < 1e-9, "{name} of {book}: {found} is not {expected}");
    };
    // 1,100 and 100 in cash became 1,200. 365 days; the deposit of 100 is there for 182 of them.
    close("LATE", "modified_dietz", 100.0 / (1000.0 + 100.0 * 182.0 / 365.0));
    close("LATE", "twr", 1200.0 / 1100.0 - 1.0);
    close("LATE", "annualised_return_act365", 1200.0 / 1100.0 - 1.0);
    // 1,000 became 1,100 in 365 days, not in the 361 to the last quote.
    for name in ["xirr", "mwr_period", "modified_dietz", "modified_dietz_linked_monthly", "annualised_return_act365"] {
        close("PLAIN", name, 0.1);
    }
    assert_eq!(results["portfolios"]["LATE"]["daily"].as_array().map(Vec::len), Some(3));
}

#[test]
fn of_several_rates_the_one_nearest_to_zero_is_written() {
    let house = House::new();
    // −1,000 + 2,300 / 1.1 − 1,320 / 1.1² = 0, and the same with 1.2: 10 % and 20 % a year.
    write_book(
        &house,
        "TWICE",
        ["2021-01-04", "2023-01-04"],
        "2021-01-04,ONE,100,EUR\n2022-01-04,ONE,230,EUR\n2023-01-04,ONE,230,EUR\n",
        "1,2021-01-04,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2021-01-04,BUY,ONE,10,100,EUR,0,0,-1000,,,\n\
         3,2022-01-04,SELL,ONE,10,230,EUR,0,0,2300,,,\n4,2022-01-04,WITHDRAWAL,,,,EUR,0,0,-2300,,,\n\
         5,2023-01-04,DEPOSIT,,,,EUR,0,0,1320,,,\n6,2023-01-04,FEE,,,,EUR,0,0,-1320,,,\n",
    );
    let results = evaluated(&house);
    let metrics = &results["portfolios"]["TWICE"]["metrics"];
    for (name, expected) in [("xirr", 0.1), ("mwr_period", 0.21)] {
        let found = metrics[name].as_f64().expect(name);
        assert!((found - expected).abs() < 1e-9, "{name}: {found} is not {expected}");
    }
}

#[test]
fn a_book_is_compared_with_the_benchmark_it_names() {
    let house = House::new();
    let prices = "2023-01-02,ONE,100,EUR\n2023-01-03,ONE,110,EUR\n2023-01-04,ONE,99,EUR\n2023-01-05,ONE,118.8,EUR\n";
    // 50 → 52 (+4 %) → 50.96 (−2 %) → 53.508 (+5 %), but two for one on the 4th: half of that from then on.
    let levels = "2023-01-02,IDX,50,EUR\n2023-01-03,IDX,52,EUR\n2023-01-04,IDX,25.48,EUR\n2023-01-05,IDX,26.754,EUR\n";
    let deposited = "1,2023-01-02,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2023-01-02,BUY,ONE,10,100,EUR,0,0,-1000,,,\n";
    for (id, benchmark) in [("WITH", "IDX"), ("UNLISTED", "NONE")] {
        write_book(&house, id, ["2023-01-02", "2023-01-05"], &format!("{prices}{levels}"), deposited);
        let book = house.path().join("books").join(id);
        let described = format!(
            r#"{{"id":"{id}","base_currency":"EUR","start":"2023-01-02","end":"2023-01-05","benchmark":"{benchmark}",
               "risk_free_annual":0}}"#
        );
        write(&book, "portfolio.json", &described);
        let listed =
            "symbol,name,currency,price_scale,adjusted,source\nONE,One,EUR,1,none,test\nIDX,I,EUR,1,none,test\n";
        write(&book, "instruments.csv", listed);
        let split = "date,symbol,type,ratio,amount,currency,note\n2023-01-04,IDX,SPLIT,2,,,\n";
        write(&book, "corporate_actions.csv", split);
    }
    write_book(&house, "WITHOUT", ["2023-01-02", "2023-01-05"], prices, deposited);
    let results = evaluated(&house);
    let figures = |book: &str| results["portfolios"][book]["metrics"].clone();
    let with = figures("WITH");
    // Portfolio 0, 10, −10 and 20 percent; benchmark 0 on the day of the purchases, then 4, −2 and 5. Deviations −5, 5,
    // −15, 15 from 5 and −1.75, 2.25, −3.75, 3.25 from 1.75: products 125, squares of the benchmark 32.75, of the
    // portfolio 500. Differences 0, 6, −8, 15 from 3.25: squares 282.75 over three.
    let beta = 125.0 / 32.75;
    let error = (0.028_275_f64 / 3.0 * 252.0).sqrt();
    let expected = [
        ("benchmark_return", 1.04 * 0.98 * 1.05 - 1.0),
        ("beta", beta),
        ("alpha_daily", 0.05 - beta * 0.0175),
        ("alpha_annual", 252.0 * (0.05 - beta * 0.0175)),
        ("tracking_error", error),
        ("information_ratio", 0.0325 * 252.0 / error),
        ("correlation", 125.0 / (500.0_f64 * 32.75).sqrt()),
    ];
    for (name, expected) in expected {
        let found = with[name].as_f64().expect(name);
        assert!((found - expected).abs() < 1e-9, "{name}: {found} is not {expected}");
        // A figure that nothing is compared for is none, and takes no other with it.
        for book in ["UNLISTED", "WITHOUT"] {
            assert_eq!(figures(book)[name], Value::Null, "{name} of {book}");
            assert!((figures(book)["twr"].as_f64().expect("a return") - 0.188).abs() < 1e-9);
        }
    }
}

#[test]
fn a_crash_is_the_one_day_that_exceeds_the_value_at_risk() {
    let house = House::new();
    // On 310 weekdays the close goes to and fro between 100 and 101, and on the last of them it falls to 80.
    let first = chrono::NaiveDate::from_ymd_opt(2021, 1, 4).expect("a Monday");
    let days: Vec<chrono::NaiveDate> =
        first.iter_days().filter(|day| day.weekday().num_days_from_monday() < 5).take(310).collect();
    let close = |position: usize| match position {
        309 => 80,
        _ if position.is_multiple_of(2) => 100,
        _ => 101,
    };
    let prices: String =
        days.iter().enumerate().map(|(position, day)| format!("{day},ONE,{},EUR\n", close(position))).collect();
    write_book(
        &house,
        "CRASH",
        ["2021-01-04", "2022-03-11"],
        &prices,
        "1,2021-01-04,DEPOSIT,,,,EUR,0,0,1000,,,\n2,2021-01-04,BUY,ONE,10,100,EUR,0,0,-1000,,,\n",
    );
    let results = evaluated(&house);
    let metrics = &results["portfolios"]["CRASH"]["metrics"];
    // 310 returns, the first of them 0: 60 days have 250 before them. The small losses equal the value at risk and do
    // not exceed it. 2 [ln((1/60) / p) + 59 ln((59/60) / (1 − p))]; the p-value by the error function of Python.
    for (tail, lr, p_value) in [
        ("95", 1.872_144_199_061_745, 0.171_229_703_655_508_46),
        ("99", 0.224_350_916_912_156_14, 0.635_744_549_106_171_6),
    ] {
        let figure = |name: &str| metrics[format!("kupiec_{tail}_{name}")].as_f64().expect(name);
        assert!((figure("exceptions") - 1.0).abs() < 1e-12, "{metrics}");
        assert!((figure("lr") - lr).abs() < 1e-9, "{}", figure("lr"));
        assert!((figure("p_value") - p_value).abs() < 1e-9, "{}", figure("p_value"));
    }
}

#[test]
fn the_correctness_pack_has_no_wrong_figure() {
    let pack = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/correctness"));
    if !pack.join("compare.py").is_file() {
        // The pack is not part of the project; the test above needs nothing from outside.
        return;
    }
    let house = House::new();
    let books = pack.join("portfolios");
    let prices = pack.join("optimisers");
    let [books, prices] = [&books, &prices].map(|path| path.to_str().expect("a path"));
    house.done(&["evaluate", books, "--prices", prices, "--out", "results.json"]);
    let compared = std::process::Command::new("python3")
        .arg(pack.join("compare.py"))
        .arg(pack)
        .arg(house.path().join("results.json"))
        .output()
        .expect("python3 is there");
    let said = String::from_utf8_lossy(&compared.stdout).into_owned();
    assert!(compared.status.success() && said.contains("wrong 0"), "{said}");
}
