//! What the checks found.

use schemas::Severity;
use schemas::tables::exceptions::Exception;

use crate::house::{DATES, House, date, id, key};

#[tokio::test]
async fn findings_of_the_date_are_shown() {
    let house = House::with_values().await;
    let finding = Exception {
        check_name: "missing_fx_rate".to_owned(),
        business_date: date(DATES[1]),
        severity: Severity::Block,
        portfolio_id: id("D03"),
        subject: "world~SAP".to_owned(),
        message: "there is no rate".to_owned(),
    };
    house.lake.replace_dates(date(DATES[1]), date(DATES[1]), &[finding], &key()).await.expect("written");
    let found = house.get("/portfolios/D03/exceptions").await.json();
    assert_eq!(found["items"][0]["severity"], "block");
    assert_eq!(found["items"][0]["check_name"], "missing_fx_rate");
    let before = house.get("/portfolios/D03/exceptions?date=2014-12-30").await.json();
    assert_eq!(before["items"].as_array().map(Vec::len), Some(0));
}
