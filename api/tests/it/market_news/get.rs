//! Reports come the latest first, page by page, each once.

use chrono::{DateTime, Utc};
use schemas::tables::news::NewsItem;

use crate::house::{House, date};

pub(crate) fn item(market: &str, news_id: &str, published_at: &str, symbols: &str) -> NewsItem {
    let at: DateTime<Utc> = published_at.parse().expect("an instant");
    NewsItem {
        market_id: market.parse().expect("an id"),
        published_date: date(&published_at[..10]),
        news_id: news_id.to_owned(),
        published_at: at,
        origin: "wire".to_owned(),
        headline: format!("Report {news_id}"),
        body: None,
        url: Some("https://www.example.org/1".to_owned()),
        symbols: symbols.to_owned(),
        language: Some("en".to_owned()),
        landing_sha256: "0".repeat(64),
        line: 1,
    }
}

async fn house() -> House {
    let house = House::empty().await;
    let items = [
        item("world", "early", "2014-12-30T09:00:00Z", "AAA"),
        item("world", "same-b", "2014-12-31T10:00:00Z", "AAA BBB"),
        item("world", "same-a", "2014-12-31T10:00:00Z", ""),
        item("other", "same-c", "2014-12-31T10:00:00Z", "BB"),
        item("world", "late", "2014-12-31T10:00:00.000001Z", "BBB"),
    ];
    house.write_between("2014-12-30", "2014-12-31", &items).await;
    house
}

fn ids(answer: &serde_json::Value) -> Vec<String> {
    let items = answer["items"].as_array().expect("a list");
    items.iter().map(|item| item["news_id"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_latest_report_comes_first_and_every_page_goes_on_where_the_last_ended() {
    let house = house().await;
    let whole = house.get("/market-news").await.json();
    assert_eq!(ids(&whole), ["late", "same-c", "same-a", "same-b", "early"]);
    assert_eq!((&whole["from_date"], &whole["to_date"]), (&"2013-12-31".into(), &"2014-12-31".into()));
    assert!(whole["next"].is_null());
    let first = &whole["items"][0];
    assert_eq!(first["published_at"], "2014-12-31T10:00:00.000001Z");
    assert_eq!(first["symbols"], serde_json::json!(["BBB"]));
    for limit in 1..=5 {
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = house.get(&format!("/market-news?limit={limit}{after}")).await.json();
            paged.extend(ids(&page));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={}", next.replace(' ', "%20"));
        }
        assert_eq!(paged, ids(&whole), "{limit} a page");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_are_found_by_day_market_and_whole_symbol() {
    let house = house().await;
    for (question, expected) in [
        ("symbol=BBB", vec!["late", "same-b"]),
        ("symbol=BB", vec!["same-c"]),
        ("symbol=%25", vec![]),
        ("market=other", vec!["same-c"]),
        ("to=2014-12-30", vec!["early"]),
        ("from=2014-12-31&symbol=AAA", vec!["same-b"]),
        ("from=2015-01-01&to=2015-01-02", vec![]),
    ] {
        assert_eq!(ids(&house.get(&format!("/market-news?{question}")).await.json()), expected, "{question}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_without_news_answers_an_empty_page_and_wrong_questions_are_refused() {
    let house = House::empty().await;
    let answer = house.get("/market-news").await.json();
    assert_eq!((ids(&answer), answer["to_date"].is_null()), (Vec::new(), true));
    for wrong in ["after=soon", "limit=0", "from=2015-01-02&to=2015-01-01", "market=a%20b", "what=1"] {
        house.get(&format!("/market-news?{wrong}")).await.problem(400);
    }
}
