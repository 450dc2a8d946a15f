//! Reports of a mail provider: whose are believed, and what they change.

use std::sync::{Arc, Mutex};

use api::{NotTakenIn, ReturnedMail, Settings, TakenIn};
use chrono::TimeDelta;
use schemas::signed_message::sign;

use crate::house::{Answer, House, now, post};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const REPORT: &[u8] = b"Action: failed\r\nStatus: 5.1.1\r\n";

/// A house that takes reports, and the reports that it took.
async fn house_that_takes_reports() -> (House, Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut house = House::empty().await;
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&taken);
    let take_in: api::TakeIn = Arc::new(move |mail: Vec<u8>| {
        let answer = match mail.as_slice() {
            b"late" => Ok(TakenIn::Nothing),
            b"forged" => Err(NotTakenIn::Refused("the report is about another address".to_owned())),
            b"broken" => Err(NotTakenIn::Failed("the store is closed".into())),
            _ => Ok(TakenIn::Noted),
        };
        kept.lock().expect("not poisoned").push(mail);
        Box::pin(async move { answer })
    });
    house.returned = Some(ReturnedMail { secret: SECRET.into(), take_in });
    (house, taken)
}

async fn report(house: &House, signature: &str, body: &[u8]) -> Answer {
    post(house.router(), "/returned-mails", &[("financr-signature", signature)], body).await
}

fn signed(body: &[u8]) -> String {
    sign(SECRET.as_bytes(), now(), body)
}

#[tokio::test]
async fn a_signed_report_is_taken_in_and_told_what_it_changed() {
    let (house, taken) = house_that_takes_reports().await;
    let answer = report(&house, &signed(REPORT), REPORT).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, serde_json::json!({"taken_in": "noted"})));
    assert_eq!(*taken.lock().expect("not poisoned"), [REPORT]);
    assert_eq!(report(&house, &signed(b"late"), b"late").await.json()["taken_in"], "nothing");
    let refused = report(&house, &signed(b"forged"), b"forged").await.problem(400);
    assert_eq!(refused["detail"], "the report is about another address");
    let failed = report(&house, &signed(b"broken"), b"broken").await.problem(500);
    assert!(!failed.to_string().contains("the store is closed"), "the cause is for the log: {failed}");
}

#[tokio::test]
async fn a_report_that_nobody_signed_is_not_even_read() {
    let (house, taken) = house_that_takes_reports().await;
    let late = sign(SECRET.as_bytes(), now() - TimeDelta::minutes(6), REPORT);
    let by_another = sign(b"another secret of thirty-two letters", now(), REPORT);
    for (signature, words) in [
        ("", "has no header `financr-signature`"),
        (late.as_str(), "more than five minutes from now"),
        (by_another.as_str(), "another secret"),
        (&signed(b"another body"), "not of this body"),
    ] {
        let problem = report(&house, signature, REPORT).await.problem(401);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{problem}");
    }
    // The token of the house is none of a mail provider's, and no signature.
    let settings = Settings { token: Some("right-token".into()), ..Settings::default() };
    let router = house.router_with(&settings).expect("a router");
    post(router, "/returned-mails", &[("authorization", "Bearer right-token")], REPORT).await.problem(401);
    assert!(taken.lock().expect("not poisoned").is_empty());

    let long = vec![b'x'; (64 << 10) + 1];
    let problem = report(&house, &signed(&long), &long).await.problem(413);
    assert!(problem["help"].as_str().is_some_and(|help| help.contains("`body_bytes_max`")), "{problem}");
}

#[tokio::test]
async fn a_house_without_a_secret_takes_no_reports() {
    let house = House::empty().await;
    let problem = report(&house, &signed(REPORT), REPORT).await.problem(404);
    assert!(problem["help"].as_str().is_some_and(|help| help.contains("`returned_secret_file`")), "{problem}");
}
