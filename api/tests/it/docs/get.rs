//! The description as pages.

use crate::house::House;

#[tokio::test]
async fn the_pages_come_from_here_and_load_nothing_from_elsewhere() {
    let house = House::empty().await;
    let moved = house.get("/docs").await;
    assert_eq!((moved.status.as_u16(), moved.header("location")), (308, "/docs/"));
    let page = house.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    let text = String::from_utf8(page.body.to_vec()).expect("text");
    let named =
        text.split('"').filter_map(|part| part.strip_prefix("./").or(part.ends_with("index.css").then_some(part)));
    let names: Vec<&str> = named.collect();
    assert_eq!(names.len(), 7, "{names:?}");
    for name in names {
        let file = house.get(&format!("/docs/{name}")).await;
        assert_eq!(file.status, 200, "{name}");
        assert!(100 < file.body.len(), "{name}");
        assert_eq!(file.header("cache-control"), "public, max-age=86400", "{name}");
    }
}

#[tokio::test]
async fn only_the_pages_have_the_exception() {
    let house = House::empty().await;
    for path in ["/docs/nothing.js", "/docs/..%2fopenapi.json", "/docs/swagger-ui.js.map", "/openapi.json"] {
        let answer = house.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; base-uri 'none';"), "{path}: {policy}");
    }
    house.get("/docs/nothing.js").await.problem(404);
}
