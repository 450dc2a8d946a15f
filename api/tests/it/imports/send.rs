//! Files that are sent to be imported.

use api::Settings;
use axum::body::{Body, Bytes};
use axum::http::Request;
use serde_json::{Value, json};
use store::UploadState;

use crate::house::{Answer, House, LOCAL, now, send};

const PATH: &str = "/portfolios/D03/imports";

async fn upload(house: &House, query: &str, headers: &[(&str, &str)], bytes: &'static [u8]) -> Answer {
    let request = Request::post(format!("{PATH}{query}"));
    send(house.router(), request, LOCAL, headers, Body::from(bytes)).await
}

#[tokio::test]
async fn a_file_is_received_once_and_its_import_is_shown() {
    let house = House::with_portfolio().await;
    let bytes = b"a,b\n1,2\n";
    let received = upload(&house, "?file_name=rows.csv&format=generic_csv", &[], bytes).await;
    assert_eq!(received.status, 202, "{:?}", received.body);
    let import = received.json();
    assert_eq!((&import["state"], &import["byte_count"]), (&json!("queued"), &json!(8)));
    // SHA-256 as sha256sum prints it.
    assert_eq!(import["sha256"], "492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470");
    let address = format!("/imports/{}", import["id"].as_str().expect("an id"));
    assert_eq!(received.header("location"), address);
    let again = upload(&house, "?file_name=other.csv&format=generic_csv", &[], bytes).await;
    assert_eq!((again.status.as_u16(), again.header("location")), (200, address.as_str()));

    let claimed = house.store.claim_upload(now()).await.expect("claimed").expect("one waits");
    assert_eq!(claimed.file.file_name, "rows.csv");
    let kept = house.lake.storage().get(&claimed.file.object_path).await.expect("kept");
    assert_eq!(kept, Bytes::from_static(bytes));
    let id = &claimed.file.upload_id;
    house.store.finish_upload(id, UploadState::Partial, "{\"reject_count\":1}", now()).await.expect("ended");
    let shown = house.get(&address).await.json();
    assert_eq!((&shown["state"], &shown["report"]["reject_count"]), (&json!("partial"), &json!(1)));
    assert_ne!(shown["ended_at"], Value::Null);
    house.get("/imports/%00").await.problem(404);
    let otherwise = upload(&house, "?format=trade_republic", &[], bytes).await;
    assert_eq!(otherwise.status, 202, "it is imported in another way");
}

#[tokio::test]
async fn what_comes_is_what_was_sent_or_it_is_refused() {
    let house = House::with_portfolio().await;
    // RFC 9530, appendix B.1.
    let right = [("content-digest", "sha-512=:AAAA:, sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")];
    assert_eq!(upload(&house, "", &right, b"{\"hello\": \"world\"}\n").await.status, 202);
    let wrong = upload(&house, "", &right, b"{\"hello\": \"World\"}\n").await.problem(400);
    assert!(wrong["detail"].as_str().is_some_and(|detail| detail.contains("`Content-Digest`")), "{wrong}");
    for digest in ["sha-256=", "sha-256=:?:", "sha-256=:AAAA:"] {
        upload(&house, "", &[("content-digest", digest)], b"a").await.problem(400);
    }
    upload(&house, "", &[], b"").await.problem(400);
    for name in ["..%2F..%2Fetc%2Fpasswd", "a%00b", "", ".bashrc", "a%0D%0Ab"] {
        upload(&house, &format!("?file_name={name}"), &[], b"a").await.problem(400);
    }
    upload(&house, "?to=elsewhere", &[], b"a").await.problem(400);
}

#[tokio::test]
async fn a_file_may_be_larger_than_any_other_body_and_is_bounded_too() {
    let house = House::with_portfolio().await;
    let settings = Settings { body_bytes_max: 100, upload_bytes_max: 1_000, ..Settings::default() };
    let sent = async |path: &str, headers: &[(&str, &str)], length: usize| {
        let router = house.router_with(&settings).expect("a router");
        send(router, Request::post(path), LOCAL, headers, Body::from(vec![b'a'; length])).await
    };
    assert_eq!(sent(PATH, &[("idempotency-key", "k")], 1_000).await.status, 202);
    sent(PATH, &[], 1_001).await.problem(413);
    sent(PATH, &[("content-length", "1001")], 1_001).await.problem(413);
    sent("/portfolios", &[("content-type", "application/json")], 101).await.problem(413);
    sent("/portfolios/D03/transactions", &[("content-type", "application/json")], 101).await.problem(413);
}
