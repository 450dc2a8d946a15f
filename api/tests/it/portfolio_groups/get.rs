//! Households and composites.

use schemas::Currency;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolio_group_measures::GroupMeasureRow;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::{GroupId, ReportingPeriod};

use crate::house::{DATES, House, date, id, key};

fn group(text: &str) -> GroupId {
    text.parse().expect("an id")
}

fn member(of: &str, portfolio: &str) -> GroupMember {
    GroupMember {
        group_id: group(of),
        title: format!("The {of} family"),
        kind: "household".to_owned(),
        base_currency: Currency::EUR,
        portfolio_id: id(portfolio),
        from_date: date("2014-01-01"),
        to_date: None,
        landing_sha256: "0".repeat(64),
    }
}

async fn grouped() -> House {
    let house = House::with_values().await;
    let members = [member("miller", "D03"), member("miller", "D04"), member("novak", "D03")];
    house.lake.replace_all(&members, &key()).await.expect("written");
    let day = PortfolioGroupReturn {
        group_id: group("miller"),
        business_date: date(DATES[1]),
        kind: "household".to_owned(),
        base_currency: Currency::EUR,
        member_count: 2,
        carried_member_count: 0,
        begin_value: Some("100".parse().expect("a number")),
        inflow: Some("0".parse().expect("a number")),
        outflow: Some("0".parse().expect("a number")),
        end_value: Some("112.5".parse().expect("a number")),
        return_fraction: Some(0.125),
        reason: None,
    };
    house.write(&[day]).await;
    let measure = GroupMeasureRow {
        group_id: group("miller"),
        business_date: date(DATES[1]),
        period: ReportingPeriod::MonthToDate,
        measure: "twr".to_owned(),
        value: Some(0.125),
        amount: None,
        value_date: None,
        unavailable_reason: None,
    };
    house.write(&[measure]).await;
    house
}

#[tokio::test]
async fn groups_are_listed_with_their_members() {
    let house = grouped().await;
    let page = house.get("/portfolio-groups?limit=1").await.json();
    assert_eq!(page["items"][0]["group_id"], "miller");
    assert_eq!(page["items"][0]["members"][1]["portfolio_id"], "D04");
    assert_eq!(page["next"], "miller");
    let page = house.get("/portfolio-groups?after=miller").await.json();
    assert_eq!((page["items"][0]["group_id"].as_str(), page["next"].as_str()), (Some("novak"), None));
}

#[tokio::test]
async fn a_group_has_measures_like_a_portfolio() {
    let house = grouped().await;
    let found = house.get("/portfolio-groups/miller/measures?period=MTD").await.json();
    assert_eq!((&found["member_count"], &found["market_value"]), (&2.into(), &"112.5".into()));
    assert_eq!(found["periods"][0]["measures"][0]["value"], 0.125);
    for (path, said) in [
        ("/portfolio-groups/smith/measures", "there is no group `smith`"),
        ("/portfolio-groups/novak/measures", "no member of `novak` was valued"),
        ("/portfolio-groups/miller/measures?date=2014-12-24", "no member of `miller` was valued on 2014-12-24"),
    ] {
        let refused = house.get(path).await.json();
        assert_eq!(refused["status"], 404, "{path}");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains(said)), "{refused}");
    }
}
