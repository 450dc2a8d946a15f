//! Answers that are kept in memory: they are those that would be made anew, and nobody sees one who may not.

use api::Settings;
use schemas::Clock;
use schemas::tables::portfolios::Portfolio;

use crate::house::{DATES, House, LOCAL, ask, date, now, portfolio, value};
use crate::rights::people::Peopled;

/// Every kind of answer that is kept, about a portfolio.
const KEPT: [&str; 5] = ["positions", "valuations", "performance", "measures", "measures?period=YTD&measure=twr"];

#[tokio::test]
async fn a_night_and_a_change_of_the_portfolio_make_another_answer() {
    let house = House::with_values().await;
    let settings = Settings { look_again_ms: 0, ..Settings::default() };
    let router = house.router_with(&settings).expect("a router");
    let get = |path: &'static str| ask(router.clone(), path, LOCAL, &[]);
    let first = get("/portfolios/D03/valuations").await;
    let again = get("/portfolios/D03/valuations").await;
    assert_eq!((&first.body, first.header("etag")), (&again.body, again.header("etag")));
    assert_eq!(first.json()["items"][1]["market_value"], "100250.5");
    // Another run writes the last day anew.
    let (from, to) = (date(DATES[0]), date(DATES[1]));
    let values = [value(DATES[0], "100000"), value(DATES[1], "100999")];
    let second_run = lake::WriteKey::new("another", 2);
    house.lake.replace_dates(from, to, &values, &second_run).await.expect("written");
    let changed = get("/portfolios/D03/valuations").await;
    assert_eq!(changed.json()["items"][1]["market_value"], "100999");
    assert_ne!(changed.header("etag"), first.header("etag"));
    // The base currency stands in the store.
    assert_eq!(get("/portfolios/D03/positions").await.json()["base_currency"], "EUR");
    let dollars = Portfolio { base_currency: "USD".parse().expect("a currency"), ..portfolio("D03") };
    house.store.save_portfolio(&dollars, false, Clock::Fixed(now())).await.expect("saved");
    assert_eq!(get("/portfolios/D03/positions").await.json()["base_currency"], "USD");
}

#[tokio::test]
async fn an_answer_that_the_owner_got_is_none_for_others() {
    let peopled = Peopled::open(House::empty().await).await;
    for kind in KEPT.into_iter().map(|kind| format!("/portfolios/D03/{kind}")).chain(["/risk-analysis/D03".to_owned()])
    {
        let (first, second) = (peopled.get("owner", &kind).await, peopled.get("owner", &kind).await);
        assert_eq!((first.status.as_u16(), &first.body), (200, &second.body), "{kind}");
        assert_eq!(second.header("etag").len(), 66, "{kind}");
        for (caller, status) in [("nobody", 401), ("other", 404), ("adviser_of_nobody", 404), ("admin", 404)] {
            // Whose plan has no risk is told so, whatever the portfolio.
            let refused = peopled.get(caller, &kind).await.status.as_u16();
            assert!(refused == status || (kind.starts_with("/risk") && refused == 403), "{kind} {caller}: {refused}");
        }
    }
}

#[tokio::test]
async fn two_questions_of_a_kind_are_told_apart() {
    let house = House::with_values().await;
    let router = house.router();
    let get = |path: &'static str| ask(router.clone(), path, LOCAL, &[]);
    let both = get("/portfolios/D03/valuations?from=2014-12-30&to=2014-12-31").await;
    let one = get("/portfolios/D03/valuations?from=2014-12-31&to=2014-12-31").await;
    assert_eq!(both.json()["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(one.json()["items"].as_array().map(Vec::len), Some(1));
    let all = get("/portfolios/D03/measures?date=2014-12-31").await;
    let year = get("/portfolios/D03/measures?date=2014-12-31&period=YTD").await;
    assert_eq!(all.json()["periods"].as_array().map(Vec::len), Some(10));
    assert_eq!(year.json()["periods"].as_array().map(Vec::len), Some(1));
    // The same fields of the same answer, and others of it.
    for (fields, length) in [("items.business_date", 1), ("items.business_date", 1), ("items.currency,to_date", 2)] {
        let path = format!("/portfolios/D03/valuations?from=2014-12-31&to=2014-12-31&fields={fields}");
        let reduced = ask(router.clone(), &path, LOCAL, &[]).await;
        assert_eq!(reduced.json().as_object().map(serde_json::Map::len), Some(length), "{fields}");
        assert_eq!(reduced.header("etag").len(), 66);
        assert_ne!(reduced.header("etag"), one.header("etag"));
    }
}
