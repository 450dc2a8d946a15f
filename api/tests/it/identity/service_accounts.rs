//! Accounts of programs: keys and nothing else, and never more than the scopes of the key.

use schemas::Role;
use serde_json::{Value, json};
use store::AccountPurpose;

use crate::door::{Door, PASSWORD, Tokens, ask};

/// A program with a role, and its id.
async fn program(door: &Door, admin: &Tokens, role: &str) -> String {
    let body = json!({"title": "order system", "role": role});
    let answer = door.send("POST", "/service-accounts", &admin.access, &body).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_program_asks_with_its_key_within_its_scopes() {
    let door = Door::open().await;
    door.user("root", Role::Admin).await;
    let root = door.sign_in("root").await;
    let id = program(&door, &root, "operations").await;
    let keys = format!("/service-accounts/{id}/keys");
    let made = door.send("POST", &keys, &root.access, &json!({"scopes": ["read"]})).await.json();
    let key = text(&made, "key");
    assert_eq!(door.ask("GET", "/portfolios/D03", &key).await.status, 200);
    let me = door.ask("GET", "/users/me", &key).await.json();
    assert_eq!((&me["kind"], &me["role"], &me["id"]), (&json!("service"), &json!("operations"), &json!(id)));
    // It reads, and does nothing else; it decides about nobody, itself included.
    door.send("POST", "/subscriptions", &key, &json!({"plan": "free"})).await.problem(403);
    for path in ["/users", "/service-accounts", "/approvals"] {
        door.ask("GET", path, &key).await.problem(403);
    }
    let writing = door.send("POST", &keys, &root.access, &json!({"scopes": ["read", "write"]})).await.json();
    let writing = text(&writing, "key");
    for (method, path) in [("POST", "/service-accounts"), ("POST", "/users/me/api-keys"), ("PATCH", "/users/me")] {
        let body = match path {
            "/service-accounts" => json!({"title": "x", "role": "client"}),
            "/users/me" => json!({"display_name": "x"}),
            _ => json!({"scopes": ["read"]}),
        };
        door.send(method, path, &writing, &body).await.problem(403);
    }
    door.send("POST", "/sessions/step-up", &writing, &json!({"password": PASSWORD})).await.problem(403);
    ask(door.router_after(0), "POST", "/users/me/second-factor", Some(&writing), None).await.problem(403);
}

#[tokio::test]
async fn one_key_takes_the_place_of_another_without_a_gap() {
    let door = Door::open().await;
    door.user("root", Role::Admin).await;
    let root = door.sign_in("root").await;
    let id = program(&door, &root, "operations").await;
    let keys = format!("/service-accounts/{id}/keys");
    let make =
        async || door.send("POST", &keys, &root.access, &json!({"scopes": ["read"], "expires_in_days": 2})).await;
    let (old, new) = (make().await.json(), make().await.json());
    for made in [&old, &new] {
        assert_eq!(door.ask("GET", "/portfolios/D03", &text(made, "key")).await.status, 200, "both are good");
    }
    make().await.problem(409);
    let old_id = text(&old["description"], "id");
    assert_eq!(door.ask("DELETE", &format!("/users/{id}/api-keys/{old_id}"), &root.access).await.status, 204);
    door.ask("GET", "/portfolios/D03", &text(&old, "key")).await.problem(401);
    assert_eq!(door.ask("GET", "/portfolios/D03", &text(&new, "key")).await.status, 200);
    assert_eq!(make().await.status, 201);
    let late = door.router_after(2 * 24 * 60 * 60);
    ask(late, "GET", "/portfolios/D03", Some(&text(&new, "key")), None).await.problem(401);
    let listed = door.ask("GET", "/service-accounts", &root.access).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "people are not in the list: {listed}");
    let disabled = door.send("PATCH", &format!("/users/{id}"), &root.access, &json!({"disabled": true})).await;
    assert_eq!(disabled.status, 200);
    door.ask("GET", "/portfolios/D03", &text(&new, "key")).await.problem(401);
}

#[tokio::test]
async fn a_program_never_signs_in_and_decides_about_nobody() {
    let door = Door::open().await;
    door.user("root", Role::Admin).await;
    door.user("zoe", Role::Client).await;
    let root = door.sign_in("root").await;
    for role in ["admin", "compliance"] {
        let body = json!({"title": "order system", "role": role});
        door.send("POST", "/service-accounts", &root.access, &body).await.problem(409);
    }
    for body in [json!({"title": " ", "role": "client"}), json!({"title": "x", "role": "root"}), json!({"title": "x"})]
    {
        door.send("POST", "/service-accounts", &root.access, &body).await.problem(400);
    }
    let id = program(&door, &root, "client").await;
    let wanted = json!({"user_id": id, "role": "admin", "reason": "for a test"});
    door.send("POST", "/approvals", &root.access, &wanted).await.problem(409);
    door.send("PATCH", &format!("/users/{id}"), &root.access, &json!({"role": "compliance"})).await.problem(409);
    // Whatever comes to have a password: it signs in nowhere.
    let user_id = id.parse().expect("an id");
    let token = door.token(&user_id, AccountPurpose::SetPassword).await;
    assert_eq!(door.post("/password-reset", &json!({"token": token, "password": PASSWORD})).await.status, 204);
    let login = json!({"email": format!("{id}@service.invalid"), "password": PASSWORD});
    door.post("/login", &login).await.problem(401);
    let key = json!({"scopes": ["read"]});
    for unknown in ["zoe", "nobody", "not%20an%20id"] {
        door.send("POST", &format!("/service-accounts/{unknown}/keys"), &root.access, &key).await.problem(404);
    }
    let zoe = door.sign_in("zoe").await;
    door.send("POST", &format!("/service-accounts/{id}/keys"), &zoe.access, &key).await.problem(403);
    // A proof that is old is not enough to make a key.
    let body = json!({"refresh_token": root.refresh});
    let late = Tokens::of(&ask(door.router_after(901), "POST", "/refresh-token", None, Some(&body)).await);
    let path = format!("/service-accounts/{id}/keys");
    ask(door.router_after(901), "POST", &path, Some(&late.access), Some(&key)).await.problem(401);
}
