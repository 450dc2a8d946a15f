//! Accounts: one's own, those of others, and what a token opens.

use api::{Error, IdentitySettings, PlainHttp, Settings};
use axum::body::Body;
use axum::http::Request;
use schemas::Role;
use serde_json::json;
use store::AccountPurpose;

use crate::door::{Door, PASSWORD, Tokens, ask, write_key};
use crate::house::{ELSEWHERE, House, LOCAL, send};

#[tokio::test]
async fn nobody_sees_or_changes_the_account_of_another() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    door.user("tom", Role::Client).await;
    let (zoe, tom) = (door.sign_in("zoe").await, door.sign_in("tom").await);
    let name = json!({"display_name": "X"});
    let password = json!({"old_password": PASSWORD, "new_password": "seven purple lamps at noon"});
    let key = json!({"scopes": ["read"]});
    for user in ["tom", "nobody", "not an id at all/../x"] {
        let user = user.replace(' ', "%20").replace('/', "%2F");
        door.ask("GET", &format!("/users/{user}"), &zoe.access).await.problem(404);
        door.send("PATCH", &format!("/users/{user}"), &zoe.access, &name).await.problem(404);
        door.ask("GET", &format!("/users/{user}/sessions"), &zoe.access).await.problem(404);
        door.ask("DELETE", &format!("/users/{user}/sessions"), &zoe.access).await.problem(404);
        door.ask("GET", &format!("/users/{user}/api-keys"), &zoe.access).await.problem(404);
        door.send("POST", &format!("/users/{user}/api-keys"), &zoe.access, &key).await.problem(404);
        door.send("POST", &format!("/users/{user}/password"), &zoe.access, &password).await.problem(404);
        let session = format!("/users/{user}/sessions/{}", tom.session_id);
        door.ask("DELETE", &session, &zoe.access).await.problem(404);
    }
    let own = format!("/users/me/sessions/{}", tom.session_id);
    door.ask("DELETE", &own, &zoe.access).await.problem(404);
    door.ask("GET", "/users", &zoe.access).await.problem(403);
    assert_eq!(door.ask("GET", "/users/me", &tom.access).await.status, 200, "he is signed in still");
}

#[tokio::test]
async fn a_user_changes_the_own_names_and_not_the_own_role() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    door.user("root", Role::Admin).await;
    let (zoe, root) = (door.sign_in("zoe").await, door.sign_in("root").await);
    let body = json!({"display_name": " Zoë ", "language": "it"});
    let now = door.send("PATCH", "/users/me", &zoe.access, &body).await.json();
    assert_eq!((&now["display_name"], &now["language"]), (&json!("Zoë"), &json!("it")));
    door.send("PATCH", "/users/me", &zoe.access, &json!({"role": "admin"})).await.problem(403);
    door.send("PATCH", "/users/zoe", &zoe.access, &json!({"disabled": false})).await.problem(403);
    door.send("PATCH", "/users/root", &root.access, &json!({"role": "client"})).await.problem(409);
    door.send("PATCH", "/users/me", &root.access, &json!({"disabled": true})).await.problem(409);
    door.send("PATCH", "/users/me", &zoe.access, &json!({"email": "x@example.org"})).await.problem(400);
    // Another role makes the token of the old one worthless; the next token has the new one.
    let now = door.send("PATCH", "/users/zoe", &root.access, &json!({"role": "adviser"})).await.json();
    assert_eq!(now["role"], "adviser");
    door.ask("GET", "/users/me", &zoe.access).await.problem(401);
    let next = door.post("/refresh-token", &json!({"refresh_token": zoe.refresh})).await.json();
    let access = next["access_token"].as_str().expect("a token");
    assert_eq!(door.ask("GET", "/users/me", access).await.json()["role"], "adviser");
    assert_eq!(door.send("PATCH", "/users/zoe", &root.access, &json!({"disabled": true})).await.status, 200);
    door.ask("GET", "/users/me", access).await.problem(401);
    door.post("/refresh-token", &json!({"refresh_token": next["refresh_token"]})).await.problem(401);
}

#[tokio::test]
async fn admins_list_users_in_pages() {
    let door = Door::open().await;
    for id in ["a", "b", "root"] {
        door.user(id, if id == "root" { Role::Admin } else { Role::Client }).await;
    }
    let root = door.sign_in("root").await;
    let first = door.ask("GET", "/users?limit=2", &root.access).await.json();
    let ids = |page: &serde_json::Value| {
        let items = page["items"].as_array().expect("items").clone();
        items.iter().map(|user| user["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&first), &first["next"]), (vec!["a".to_owned(), "b".to_owned()], &json!("b")));
    let second = door.ask("GET", "/users?limit=2&after=b", &root.access).await.json();
    assert_eq!((ids(&second), &second["next"]), (vec!["root".to_owned()], &json!(null)));
    assert!(!first.to_string().contains("argon2"), "hashes are shown to nobody");
}

#[tokio::test]
async fn nothing_is_open_that_was_not_opened() {
    let door = Door::open().await;
    let roles = [Role::Client, Role::Adviser, Role::Admin, Role::Operations, Role::Compliance];
    for role in roles {
        door.user(role.word(), role).await;
        let tokens = door.sign_in(role.word()).await;
        let answer = door.ask("GET", "/portfolios/D03", &tokens.access).await;
        let sees = matches!(role, Role::Operations | Role::Compliance);
        assert_eq!(answer.status == 200, sees, "{role}: {:?}", answer.body);
        assert_eq!(door.ask("GET", "/runs", &tokens.access).await.status.is_success(), sees, "{role}");
        let listed = door.ask("GET", "/portfolios", &tokens.access).await.json();
        assert_eq!(listed["items"].as_array().is_some_and(|items| !items.is_empty()), sees, "{role}: {listed}");
    }
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let (here, elsewhere) = (door.sign_in("zoe").await, door.sign_in("zoe").await);
    let listed = door.ask("GET", "/users/me/sessions", &here.access).await.json();
    let items = listed["items"].as_array().expect("items");
    assert_eq!(items.iter().filter(|session| session["is_this"] == true).count(), 1);
    assert_eq!((items.len(), &items[0]["address"]), (2, &json!("192.0.2.7")));
    let path = "/users/me/password";
    let change = |old: &str, new: &str| json!({"old_password": old, "new_password": new});
    door.send("POST", path, &here.access, &change("another password", "seven purple lamps")).await.problem(403);
    door.send("POST", path, &here.access, &change(PASSWORD, "aaaaaaaaaaaaaaaa")).await.problem(400);
    let done = door.send("POST", path, &here.access, &change(PASSWORD, "seven purple lamps")).await;
    assert_eq!(done.status, 204);
    assert_eq!(door.ask("GET", "/users/me", &here.access).await.status, 200);
    door.ask("GET", "/users/me", &elsewhere.access).await.problem(401);
    door.post("/refresh-token", &json!({"refresh_token": elsewhere.refresh})).await.problem(401);
    let login = |password: &str| json!({"email": "zoe@example.org", "password": password});
    door.post("/login", &login(PASSWORD)).await.problem(401);
    assert_eq!(door.post("/login", &login("seven purple lamps")).await.status, 200);
}

#[tokio::test]
async fn who_forgot_a_password_sets_another_by_mail() {
    let door = Door::open().await;
    let user_id = door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let known = door.post("/password-forgotten", &json!({"email": "zoe@example.org"})).await;
    let unknown = door.post("/password-forgotten", &json!({"email": "nobody@example.org"})).await;
    assert_eq!((known.status.as_u16(), known.json()), (202, unknown.json()));
    assert_eq!(door.house.store.pending_account_mails().await.expect("counted"), 1);
    let token = door.token(&user_id, AccountPurpose::SetPassword).await;
    let weak = json!({"token": token, "password": "zoe@example.org"});
    door.post("/password-reset", &weak).await.problem(400);
    let reset = json!({"token": token, "password": "seven purple lamps"});
    assert_eq!(door.post("/password-reset", &reset).await.status, 204, "a refused password uses up no token");
    door.post("/password-reset", &reset).await.problem(400);
    door.ask("GET", "/users/me", &tokens.access).await.problem(401);
    let verify = door.token(&user_id, AccountPurpose::VerifyEmail).await;
    door.post("/password-reset", &json!({"token": verify, "password": "seven purple lamps"})).await.problem(400);
}

#[tokio::test]
async fn a_session_is_ended_from_another() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let (here, lost) = (door.sign_in("zoe").await, door.sign_in("zoe").await);
    let path = format!("/users/me/sessions/{}", lost.session_id);
    assert_eq!(door.ask("DELETE", &path, &here.access).await.status, 204);
    door.ask("DELETE", &path, &here.access).await.problem(404);
    door.ask("GET", "/users/me", &lost.access).await.problem(401);
    door.sign_in("zoe").await;
    assert_eq!(door.ask("DELETE", "/users/me/sessions", &here.access).await.status, 204);
    let left = door.ask("GET", "/users/me/sessions", &here.access).await.json();
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn who_ends_sessions_proves_anew_who_it_is() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    // An access token is good for ten minutes and a proof for fifteen: a refreshed token is one of an old proof.
    let refresh = json!({"refresh_token": tokens.refresh});
    let refreshed = ask(door.router_after(901), "POST", "/refresh-token", None, Some(&refresh)).await.json();
    let access = refreshed["access_token"].as_str().expect("a token");
    for path in ["/users/me/sessions".to_owned(), format!("/users/me/sessions/{}", tokens.session_id)] {
        let problem = ask(door.router_after(901), "DELETE", &path, Some(access), None).await.problem(401);
        assert_eq!(problem["type"], "urn:financr:problem:insufficient-authentication", "{path}");
    }
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_changes_no_account() {
    let door = Door::open().await;
    door.user("ops", Role::Operations).await;
    let tokens = door.sign_in("ops").await;
    let path = "/users/me/api-keys";
    let make = |scopes: &[&str]| json!({"title": "spreadsheet", "scopes": scopes});
    for refused in
        [json!({"scopes": []}), json!({"scopes": ["all"]}), json!({"scopes": ["read"], "expires_in_days": 0})]
    {
        door.send("POST", path, &tokens.access, &refused).await.problem(400);
    }
    let made = door.send("POST", path, &tokens.access, &make(&["read"])).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let (key, id) = (made["key"].as_str().expect("a key"), made["description"]["id"].as_str().expect("an id"));
    assert!(key.starts_with(&format!("fnr_{id}_")) && key.len() == 81, "{}", key.len());
    assert_eq!(door.ask("GET", "/portfolios/D03", key).await.status, 200);
    assert_eq!(door.ask("GET", "/users/me", key).await.status, 200);
    door.send("PATCH", "/users/me", key, &json!({"display_name": "X"})).await.problem(403);
    let writing = door.send("POST", path, &tokens.access, &make(&["write"])).await.json();
    let writing = writing["key"].as_str().expect("a key");
    door.ask("GET", "/users/me", writing).await.problem(403);
    door.send("PATCH", "/users/me", writing, &json!({"display_name": "X"})).await.problem(403);
    door.send("POST", path, writing, &make(&["read"])).await.problem(403);
    let listed = door.ask("GET", path, &tokens.access).await.json();
    assert!(!listed.to_string().contains(key), "a key is shown once");
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    let wrong = format!("{}0", &key[..80]);
    if wrong != key {
        door.ask("GET", "/users/me", &wrong).await.problem(401);
    }
    assert_eq!(door.ask("DELETE", &format!("{path}/{id}"), &tokens.access).await.status, 204);
    door.ask("GET", "/users/me", key).await.problem(401);
    let day = 24 * 60 * 60;
    let late = ask(door.router_after(90 * day), "GET", "/users/me", Some(writing), None).await;
    late.problem(401);
    // Two hours after the password was given it takes it again to make another.
    let body = json!({"refresh_token": tokens.refresh});
    let next = ask(door.router_after(7_200), "POST", "/refresh-token", None, Some(&body)).await;
    let access = Tokens::of(&next).access;
    ask(door.router_after(7_200), "POST", path, Some(&access), Some(&make(&["read"]))).await.problem(401);
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_no_house() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let local = async |headers: &[(&str, &str)]| {
        let request = Request::builder().uri("/portfolios/D03");
        send(door.router_after(0), request, LOCAL, headers, Body::empty()).await
    };
    assert_eq!(local(&[]).await.status, 200, "the house itself");
    for wrong in ["Bearer x", "Bearer ", "Basic eA==", "Bearer fnr_x"] {
        local(&[("authorization", wrong)]).await.problem(401);
    }
    local(&[("x-forwarded-for", "203.0.113.1")]).await.problem(401);
    let zoe = door.sign_in("zoe").await;
    let bearer = format!("Bearer {}", zoe.access);
    assert_eq!(local(&[("authorization", &bearer)]).await.status, 404, "a user is a user here, too");
}

#[tokio::test]
async fn the_token_of_the_house_stays_valid_beside_users() {
    let mut door = Door::open().await;
    door.user("zoe", Role::Client).await;
    door.settings.token = Some("token-of-the-house".into());
    assert_eq!(door.ask("GET", "/portfolios/D03", "token-of-the-house").await.status, 200);
    assert_eq!(door.ask("GET", "/users/zoe", "token-of-the-house").await.status, 200);
    door.ask("GET", "/users/me", "token-of-the-house").await.problem(404);
    door.ask("GET", "/portfolios/D03", "token-of-another").await.problem(401);
    assert_eq!(door.sign_in("zoe").await.access.split('.').count(), 3);
    let request = Request::builder().uri("/portfolios/D03");
    send(door.router_after(0), request, LOCAL, &[], Body::empty()).await.problem(401);
}

#[tokio::test]
async fn the_keys_for_tokens_are_published_and_change_without_signing_anybody_out() {
    let mut door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let published = ask(door.router_after(0), "GET", "/.well-known/jwks.json", None, None).await.json();
    let key = &published["keys"][0];
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
    assert!(key.get("d").is_none(), "the private half stays in the house");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("next.pem");
    write_key(&path, 0o600);
    let old = door.settings.identity.token_key_files.clone();
    door.settings.identity.token_key_files = [vec![path.clone()], old].concat();
    assert_eq!(door.ask("GET", "/users/me", &tokens.access).await.status, 200);
    let published = ask(door.router_after(0), "GET", "/.well-known/jwks.json", None, None).await.json();
    assert_eq!(published["keys"].as_array().map(Vec::len), Some(2));
    door.settings.identity.token_key_files = vec![path];
    door.ask("GET", "/users/me", &tokens.access).await.problem(401);
    let request = Request::builder().uri("/users/me");
    send(door.router_after(0), request, ELSEWHERE, &[], Body::empty()).await.problem(401);
}

#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    let house = House::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let open = folder.path().join("open.pem");
    write_key(&open, 0o644);
    for (path, words) in [(open, "chmod "), (folder.path().join("none.pem"), "cannot be read")] {
        let identity = IdentitySettings { token_key_files: vec![path], ..IdentitySettings::default() };
        let refused = house.router_with(&Settings { identity, ..Settings::default() }).expect_err("refused");
        assert!(matches!(refused, Error::Identity { .. }), "{refused}");
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[tokio::test]
async fn an_open_address_needs_no_token_where_users_sign_in() {
    let mut door = Door::open().await;
    door.settings.bind = "0.0.0.0:8080".parse().expect("an address");
    door.settings.plain_http = Some(PlainHttp::BehindAProxy);
    door.user("ops", Role::Operations).await;
    let tokens = door.sign_in("ops").await;
    assert_eq!(door.ask("GET", "/portfolios/D03", &tokens.access).await.status, 200);
    let request = Request::builder().uri("/portfolios/D03");
    send(door.router_after(0), request, LOCAL, &[], Body::empty()).await.problem(401);
}
