//! Two small books that have everything in them: three currencies, a pence line, a split, gaps, days off, income,
//! costs, a transfer in kind, a sale, and an account that is emptied.

use std::fmt::Write;
use std::path::Path;

/// Writes the books below a folder.
pub(crate) fn write(folder: &Path) {
    mixed(&folder.join("MIXED"));
    emptied(&folder.join("EMPTIED"));
}

/// The days on which the markets of the books are quoted: weekdays of January 2024 from the 2nd, and two of February.
fn days() -> Vec<String> {
    let january = (2..=31).filter(|day| ![0, 6].contains(&((day) % 7)));
    let mut days: Vec<String> = january.map(|day| format!("2024-01-{day:02}")).collect();
    days.extend(["2024-02-01".to_owned(), "2024-02-02".to_owned()]);
    days
}

fn file(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join(name), text).expect("written");
}

/// A price that moves up and down by whole hundredths, the same on every machine.
fn moving(start: i64, day: usize, stride: i64) -> String {
    let day = i64::try_from(day).expect("few days");
    let hundredths = start + (day * stride) % 97 - (day * day * 7) % 53;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn mixed(folder: &Path) {
    file(
        folder,
        "portfolio.json",
        r#"{"id":"MIXED","title":"Mixed book","base_currency":"EUR","start":"2024-01-02",
            "risk_free_annual":0.02,"client_email":"mixed@example.org"}"#,
    );
    file(
        folder,
        "instruments.csv",
        "symbol,name,currency,price_scale,adjusted,source\nALPHA,Alpha plc,GBP,0.01,none,test\n\
         BETA,Beta Inc.,USD,1,none,test\nGAMMA,Gamma AG,EUR,1,none,test\nDELTA,Delta SA,EUR,1,none,test\n",
    );
    let mut prices = "date,symbol,close,currency\n".to_owned();
    let mut rates = "date,currency,units_per_eur\n2023-12-29,GBP,0.86905\n2023-12-29,USD,1.1050\n".to_owned();
    for (number, day) in days().iter().enumerate() {
        writeln!(prices, "{day},ALPHA,{},GBX", moving(123_400, number, 13)).expect("text");
        // Beta splits two for one on the 17th and is not quoted on the 10th and 11th.
        let beta = if day.as_str() < "2024-01-17" { moving(20_000, number, 11) } else { moving(10_000, number, 11) };
        if !["2024-01-10", "2024-01-11"].contains(&day.as_str()) {
            writeln!(prices, "{day},BETA,{beta},USD").expect("text");
        }
        // Gamma is quoted for the first time on the 15th.
        if "2024-01-15" <= day.as_str() {
            writeln!(prices, "{day},GAMMA,{},EUR", moving(5_000, number, 5)).expect("text");
        }
        writeln!(rates, "{day},GBP,0.{}", 86_000 + number * 13).expect("text");
        writeln!(rates, "{day},USD,1.{}", 1000 + number * 7).expect("text");
    }
    file(folder, "prices.csv", &prices);
    file(folder, "fx.csv", &rates);
    file(folder, "corporate_actions.csv", "date,symbol,type,ratio,amount,currency,note\n2024-01-17,BETA,SPLIT,2,,,\n");
    file(
        folder,
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note\n\
         1,2024-01-02,DEPOSIT,,,,EUR,0,0,50000,,,\n\
         2,2024-01-02,FX,,,,EUR,0,0,-11600.00,GBP,10000.00,\n\
         3,2024-01-03,BUY,ALPHA,500,1234.5,GBP,6,30.86,-6209.36,,,half a percent of stamp duty\n\
         4,2024-01-03,FX,,,,EUR,0,0,-9100.00,USD,10000.00,\n\
         5,2024-01-04,BUY,BETA,40,200.55,USD,7.5,0,-8029.50,,,\n\
         6,2024-01-06,DEPOSIT,,,,EUR,0,0,51500,,,on a Saturday\n\
         7,2024-01-08,BUY,GAMMA,100,49.5,EUR,10,0,-4960,,,before its first quote\n\
         8,2024-01-12,DIVIDEND,ALPHA,500,0.105,GBP,0,0,52.50,,,\n\
         9,2024-01-15,INTEREST,,,,EUR,0,0,3.17,,,\n\
         10,2024-01-18,SELL,BETA,30,100.1,USD,7.5,2.25,2993.25,,,after the split\n\
         11,2024-01-22,TRANSFER_IN,GAMMA,25,,EUR,0,0,0,,,\n\
         12,2024-01-24,FEE,,,,EUR,0,0,-25,,,\n\
         13,2024-01-25,TAX,,,,EUR,0,0,-4.4,,,\n\
         14,2024-01-28,WITHDRAWAL,,,,EUR,0,0,-2000,,,on a Sunday\n\
         15,2024-01-30,WRITE_OFF,GAMMA,,,EUR,0,0,0,,,\n\
         16,2024-02-01,TRANSFER_OUT,ALPHA,100,,GBP,0,0,0,,,\n",
    );
}

fn emptied(folder: &Path) {
    file(
        folder,
        "portfolio.json",
        r#"{"id":"EMPTIED","title":"Emptied and opened again","base_currency":"USD","start":"2024-01-02",
            "client_email":"emptied@example.org"}"#,
    );
    file(
        folder,
        "instruments.csv",
        "symbol,name,currency,price_scale,adjusted,source\nBETA,Another Beta,USD,1,total,test\n",
    );
    let mut prices = "date,symbol,close,currency\n".to_owned();
    for (number, day) in days().iter().enumerate() {
        writeln!(prices, "{day},BETA,{},USD", moving(3_300, number, 19)).expect("text");
    }
    file(folder, "prices.csv", &prices);
    file(
        folder,
        "transactions.csv",
        "tx_id,date,type,symbol,quantity,price,currency,fees,taxes,net_cash,counter_currency,counter_amount,note\n\
         1,2024-01-03,DEPOSIT,,,,USD,0,0,4000,,,\n\
         2,2024-01-03,BUY,BETA,120,33,USD,1,0,-3961,,,\n\
         3,2024-01-09,SELL,BETA,120,33.2,USD,1,0,3983,,,\n\
         4,2024-01-09,WITHDRAWAL,,,,USD,0,0,-4022,,,everything\n\
         5,2024-01-23,DEPOSIT,,,,USD,0,0,1000,,,\n\
         6,2024-01-23,BUY,BETA,31,32.9,USD,1,0,-1020.90,,,a small overdraft\n",
    );
}
