//! What is sensitive needs a proof of who one is that is not old (RFC 9470).

use schemas::Role;
use serde_json::{Value, json};

use crate::door::{Door, PASSWORD, ask, claims, code_after};
use crate::house::now;

const STEP_UP: &str = "/sessions/step-up";

#[tokio::test]
async fn a_password_makes_a_session_fresh_again() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.refreshed(&door.sign_in("zoe").await, 901).await;
    assert_eq!(claims(&tokens.access)["auth_time"], now().timestamp());
    let key = json!({"scopes": ["read"]});
    let router = door.router_after(901);
    let make = async |access: &str| ask(router.clone(), "POST", "/users/me/api-keys", Some(access), Some(&key)).await;
    let refused = make(&tokens.access).await;
    let problem = refused.problem(401);
    assert_eq!(problem["type"], "urn:financr:problem:insufficient-authentication");
    // RFC 9470, section 3: the error, and how old the proof may be.
    let challenge = refused.header("www-authenticate");
    assert!(challenge.starts_with("Bearer "), "{challenge}");
    assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
    assert!(challenge.contains("max_age=\"900\""), "{challenge}");
    let prove = async |body: Value| ask(router.clone(), "POST", STEP_UP, Some(&tokens.access), Some(&body)).await;
    prove(json!({"password": "another password"})).await.problem(403);
    prove(json!({"code": "123456"})).await.problem(400);
    make(&tokens.access).await.problem(401);
    let stepped = prove(json!({"password": PASSWORD})).await;
    assert_eq!(stepped.status, 200, "{:?}", stepped.body);
    let access = stepped.json()["access_token"].as_str().expect("a token").to_owned();
    let said = claims(&access);
    assert_eq!((&said["auth_time"], &said["amr"]), (&json!(now().timestamp() + 901), &json!(["pwd"])));
    assert_eq!(said["sid"], tokens.session_id, "the session goes on");
    assert_eq!(make(&access).await.status, 201);
    let outdated = make(&tokens.access).await.problem(401);
    assert_eq!(outdated["type"], "urn:financr:problem:unauthorized", "the new token takes the place of the old one");
    assert_eq!(
        ask(door.router_after(902), "POST", "/refresh-token", None, Some(&json!({"refresh_token": tokens.refresh})))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn who_has_a_second_factor_gives_a_code() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let setup = ask(door.router_after(0), "POST", "/users/me/second-factor", Some(&tokens.access), None).await.json();
    let secret = setup["secret"].as_str().expect("a secret").to_owned();
    let first = json!({"code": code_after(&secret, 0)});
    let confirmed = door.send("POST", "/users/me/second-factor/confirmation", &tokens.access, &first).await.json();
    let tokens = door.refreshed(&tokens, 1_000).await;
    assert_eq!(claims(&tokens.access)["amr"], json!(["pwd", "otp", "mfa"]));
    let again = ask(door.router_after(1_000), "POST", "/users/me/second-factor", Some(&tokens.access), None).await;
    again.problem(401);
    let renew = "/users/me/second-factor/recovery-codes";
    ask(door.router_after(1_000), "POST", renew, Some(&tokens.access), None).await.problem(401);
    let prove = async |access: &str, body: Value| {
        ask(door.router_after(1_000), "POST", STEP_UP, Some(access), Some(&body)).await
    };
    prove(&tokens.access, json!({"password": PASSWORD})).await.problem(400);
    prove(&tokens.access, json!({"code": "000000"})).await.problem(403);
    let code = code_after(&secret, 1_000);
    let proved = prove(&tokens.access, json!({"code": code})).await.json();
    let access = proved["access_token"].as_str().expect("a token");
    prove(access, json!({"code": code})).await.problem(403);
    assert_eq!(ask(door.router_after(1_000), "POST", renew, Some(access), None).await.status, 200);
    prove(access, json!({"code": confirmed["recovery_codes"][0]})).await.problem(403);
}

#[tokio::test]
async fn only_a_session_steps_up() {
    let mut door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = door.sign_in("zoe").await;
    let made = door.send("POST", "/users/me/api-keys", &zoe.access, &json!({"scopes": ["read", "write"]})).await;
    let key = made.json()["key"].as_str().expect("a key").to_owned();
    let body = json!({"password": PASSWORD});
    door.send("POST", STEP_UP, &key, &body).await.problem(403);
    door.send("POST", STEP_UP, "x", &body).await.problem(401);
    door.settings.token = Some("token-of-the-house".into());
    door.send("POST", STEP_UP, "token-of-the-house", &body).await.problem(404);
    for wrong in [json!([]), json!({"password": 1}), json!({"code": {}}), json!({"user_id": "zoe"})] {
        door.send("POST", STEP_UP, &zoe.access, &wrong).await.problem(400);
    }
}

#[tokio::test]
async fn approvals_need_a_fresh_proof() {
    let door = Door::open().await;
    door.user("root", Role::Admin).await;
    door.user("carla", Role::Compliance).await;
    door.user("zoe", Role::Client).await;
    let (root, carla) = (door.sign_in("root").await, door.sign_in("carla").await);
    let wanted = json!({"user_id": "zoe", "role": "compliance", "reason": "for a test"});
    let asked = door.send("POST", "/approvals", &root.access, &wanted).await.json();
    let path = format!("/approvals/{}/decision", asked["id"].as_str().expect("an id"));
    let carla = door.refreshed(&carla, 901).await;
    let decision = json!({"decision": "approved", "reason": "for a test"});
    let late = ask(door.router_after(901), "POST", &path, Some(&carla.access), Some(&decision)).await;
    late.problem(401);
    let root = door.refreshed(&root, 901).await;
    ask(door.router_after(901), "POST", "/approvals", Some(&root.access), Some(&wanted)).await.problem(401);
    let body = json!({"password": PASSWORD});
    let proved = ask(door.router_after(901), "POST", STEP_UP, Some(&carla.access), Some(&body)).await.json();
    let access = proved["access_token"].as_str().expect("a token");
    assert_eq!(ask(door.router_after(901), "POST", &path, Some(access), Some(&decision)).await.status, 200);
}
