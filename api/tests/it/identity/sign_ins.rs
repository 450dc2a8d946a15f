//! Signing in, staying signed in, signing out.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use schemas::{Language, Role};
use serde_json::{Value, json};
use store::{AccountMailKind, User, UserKind};
use tokio::task::JoinSet;

use crate::door::{Door, PASSWORD, Tokens, ask, instant};
use crate::house::{ELSEWHERE, House, now, send};

fn login(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

/// A problem without the id of its request.
fn without_instance(mut problem: Value) -> Value {
    problem.as_object_mut().expect("an object").remove("instance");
    problem
}

#[tokio::test]
async fn without_a_key_nobody_signs_in_and_everything_else_is_as_it_was() {
    let house = House::with_values().await;
    for path in ["/login", "/register", "/refresh-token", "/logout", "/verify-email", "/password-reset"] {
        let body = match path {
            "/refresh-token" | "/logout" => json!({"refresh_token": "x"}),
            "/verify-email" => json!({"token": "x"}),
            "/password-reset" => json!({"token": "x", "password": "x"}),
            _ => login("zoe@example.org", PASSWORD),
        };
        let problem = ask(house.router(), "POST", path, None, Some(&body)).await.problem(404);
        assert!(problem["help"].as_str().is_some_and(|help| help.contains("financr users key")), "{problem}");
    }
    house.get("/users/me").await.problem(404);
    house.get("/.well-known/jwks.json").await.problem(404);
    assert_eq!(house.get("/portfolios/D03").await.status, 200);
}

#[tokio::test]
async fn a_user_signs_in_refreshes_and_signs_out() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let first = door.sign_in("zoe").await;
    let me = door.ask("GET", "/users/me", &first.access).await.json();
    assert_eq!((&me["id"], &me["email"], &me["role"]), (&json!("zoe"), &json!("zoe@example.org"), &json!("client")));
    let answer = door.post("/refresh-token", &json!({"refresh_token": first.refresh})).await;
    assert_eq!(instant(&answer.json()["session_expires_at"]), now() + TimeDelta::days(30));
    let second = Tokens::of(&answer);
    assert_eq!(second.session_id, first.session_id);
    assert_ne!(second.refresh, first.refresh);
    assert_eq!(door.ask("GET", "/users/me", &second.access).await.status, 200);
    assert_eq!(door.post("/logout", &json!({"refresh_token": second.refresh})).await.status, 204);
    assert_eq!(door.post("/logout", &json!({"refresh_token": second.refresh})).await.status, 204);
    for token in [&first.access, &second.access] {
        door.ask("GET", "/users/me", token).await.problem(401);
    }
    door.post("/refresh-token", &json!({"refresh_token": second.refresh})).await.problem(401);
}

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    assert_eq!(ask(door.router_after(599), "GET", "/users/me", Some(&tokens.access), None).await.status, 200);
    ask(door.router_after(600), "GET", "/users/me", Some(&tokens.access), None).await.problem(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_refreshes_at_once_lead_to_one_valid_token() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let (router, body) = (door.router_after(1), json!({"refresh_token": tokens.refresh}));
    let mut asking = JoinSet::new();
    for _ in 0..100 {
        let (router, body) = (router.clone(), body.clone());
        asking.spawn(async move { ask(router, "POST", "/refresh-token", None, Some(&body)).await });
    }
    let answers = asking.join_all().await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let next: BTreeSet<String> = answers.iter().map(|answer| Tokens::of(answer).refresh).collect();
    assert_eq!(next.len(), 1, "all were given the same token");
    for answer in &answers {
        assert_eq!(door.ask("GET", "/users/me", &Tokens::of(answer).access).await.status, 200);
    }
    let listed = door.ask("GET", "/users/me/sessions", &Tokens::of(&answers[0]).access).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    // Half a minute later the first token is somebody else's: the session ends, also for whoever has the last one.
    let late = ask(door.router_after(32), "POST", "/refresh-token", None, Some(&body)).await;
    late.problem(401);
    let last = next.first().expect("there is one");
    let answer =
        ask(door.router_after(33), "POST", "/refresh-token", None, Some(&json!({"refresh_token": last}))).await;
    answer.problem(401);
    ask(door.router_after(33), "GET", "/users/me", Some(&Tokens::of(&answers[0]).access), None).await.problem(401);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let wrong = door.post("/login", &login("zoe@example.org", "another password")).await.problem(401);
    let unknown = door.post("/login", &login("nobody@example.org", "another password")).await.problem(401);
    assert_eq!(without_instance(wrong), without_instance(unknown));
    door.house.store.disable_user(&"zoe".parse().expect("an id"), now()).await.expect("done");
    let disabled = door.post("/login", &login("zoe@example.org", PASSWORD)).await.problem(401);
    let unknown = door.post("/login", &login("nobody@example.org", PASSWORD)).await.problem(401);
    assert_eq!(without_instance(disabled), without_instance(unknown));
}

#[tokio::test]
async fn whoever_fails_five_times_waits() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    for _ in 0..5 {
        door.post("/login", &login("Zoe@Example.org", "another password")).await.problem(401);
    }
    let right = login("zoe@example.org", PASSWORD);
    let answer = door.post("/login", &right).await;
    answer.problem(429);
    assert_eq!(answer.header("retry-after"), "31");
    ask(door.router_after(29), "POST", "/login", None, Some(&right)).await.problem(429);
    assert_eq!(ask(door.router_after(30), "POST", "/login", None, Some(&right)).await.status, 200);
    // Whoever got in begins anew.
    let wrong = login("zoe@example.org", "another password");
    ask(door.router_after(31), "POST", "/login", None, Some(&wrong)).await.problem(401);
    assert_eq!(ask(door.router_after(32), "POST", "/login", None, Some(&right)).await.status, 200);
}

#[tokio::test]
async fn one_address_of_the_network_has_twenty_failures_over_all_accounts() {
    let door = Door::open().await;
    let router = door.router_after(0);
    for number in 0..20 {
        let body = login(&format!("user{number}@example.org"), "x");
        ask(router.clone(), "POST", "/login", None, Some(&body)).await.problem(401);
    }
    let body = login("user20@example.org", "x");
    ask(router.clone(), "POST", "/login", None, Some(&body)).await.problem(429);
    let request = Request::builder().method("POST").uri("/login");
    let json = [("content-type", "application/json"), ("x-forwarded-for", "203.0.113.1")];
    let same = send(router.clone(), request, ELSEWHERE, &json, Body::from(body.to_string())).await;
    same.problem(429);
    let request = Request::builder().method("POST").uri("/login");
    let other = send(router, request, "198.51.100.1:1", &json, Body::from(body.to_string())).await;
    other.problem(401);
}

#[tokio::test]
async fn where_nobody_can_count_nobody_is_let_in() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let router = door.router_after(0);
    door.house.store.close().await;
    ask(router, "POST", "/login", None, Some(&login("zoe@example.org", PASSWORD))).await.problem(503);
}

#[tokio::test]
async fn a_weak_hash_is_made_anew_when_its_user_signs_in() {
    let door = Door::open().await;
    // The README of the reference implementation of Argon2 (P-H-C/phc-winner-argon2) has this hash of `password`.
    let hash = "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
    let user = User {
        user_id: "old".parse().expect("an id"),
        kind: UserKind::Person,
        email: "old@example.org".to_owned(),
        display_name: String::new(),
        role: Role::Client,
        language: Language::English,
        password_hash: Some(hash.to_owned()),
        email_verified_at: Some(now()),
        disabled_at: None,
        created_at: now(),
        updated_at: now(),
    };
    assert!(door.house.store.insert_user(&user).await.expect("stored"));
    for _ in 0..2 {
        assert_eq!(door.post("/login", &login("old@example.org", "password")).await.status, 200);
        let stored = door.house.store.user(&user.user_id).await.expect("readable").expect("there");
        let hash = stored.password_hash.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
}

#[tokio::test]
async fn who_registers_proves_the_address_first() {
    let door = Door::open().await;
    let store = &door.house.store;
    let body = json!({"email": "New@example.org", "password": PASSWORD, "display_name": "New", "language": "fr"});
    let first = door.post("/register", &body).await;
    assert_eq!(first.status, 202);
    let user = store.user_by_email("new@example.org").await.expect("readable").expect("there");
    assert_eq!((user.role, user.language, user.email_verified_at), (Role::Client, Language::French, None));
    let mail = store.claim_account_mail(TimeDelta::minutes(1), now()).await.expect("answered").expect("queued");
    assert_eq!((&mail.user_id, mail.kind), (&user.user_id, AccountMailKind::VerifyEmail));
    store.account_mail_sent(&mail.mail_id, now()).await.expect("noted");
    door.post("/login", &login("new@example.org", PASSWORD)).await.problem(403);
    let token = door.token(&user.user_id, store::AccountPurpose::VerifyEmail).await;
    door.post("/verify-email", &json!({"token": "0".repeat(64)})).await.problem(400);
    assert_eq!(door.post("/verify-email", &json!({"token": token})).await.status, 204);
    door.post("/verify-email", &json!({"token": token})).await.problem(400);
    assert_eq!(door.post("/login", &login("new@example.org", PASSWORD)).await.status, 200);
    // Whoever registers once more with the address learns nothing, and changes nothing.
    let other = json!({"email": "new@example.org", "password": "another fine password"});
    let second = door.post("/register", &other).await;
    assert_eq!((second.status, second.json()), (first.status, first.json()));
    door.post("/login", &login("new@example.org", "another fine password")).await.problem(401);
    let mut kinds = BTreeSet::new();
    while let Some(mail) = store.claim_account_mail(TimeDelta::minutes(1), now()).await.expect("answered") {
        kinds.insert(mail.kind.word());
    }
    assert!(kinds.contains("registered_already"), "{kinds:?}");
}

#[tokio::test]
async fn bad_registrations_are_refused() {
    let door = Door::open().await;
    let refused = [
        json!({"email": "zoe", "password": PASSWORD}),
        json!({"email": "zoe@example.org", "password": "short"}),
        json!({"email": "zoe@example.org", "password": "zoe@example.org-2"}),
        json!({"email": "zoe@example.org", "password": "financr-financr"}),
        json!({"email": "zoe@example.org", "password": PASSWORD, "language": "xx"}),
        json!({"email": "zoe@example.org", "password": PASSWORD, "role": "admin"}),
        json!({"email": "zoe@example.org"}),
    ];
    for body in refused {
        door.post("/register", &body).await.problem(400);
    }
    let text = Request::builder().method("POST").uri("/register");
    let body = json!({"email": "zoe@example.org", "password": PASSWORD}).to_string();
    send(door.router_after(0), text, ELSEWHERE, &[("content-type", "text/plain")], Body::from(body)).await.problem(400);
    let mut closed = door;
    closed.settings.identity.registration = api::Registration::Closed;
    closed.post("/register", &json!({"email": "zoe@example.org", "password": PASSWORD})).await.problem(403);
    assert_eq!(closed.house.store.user_by_email("zoe@example.org").await.expect("readable"), None);
}
