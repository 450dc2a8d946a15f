//! Signing in with passkeys: each question once, within its time, for the user of the passkey and nobody else.

use api::{Error, PasskeySettings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemas::Role;
use serde_json::{Value, json};
use store::AccountMailKind;

use super::authenticator::{Authenticator, DOMAIN, ORIGIN};
use crate::door::{Door, PASSWORD, Tokens, ask, claims};
use crate::house::{Answer, now};

const PASSKEYS: &str = "/users/me/passkeys";
const NEW: &str = "/users/me/passkeys/question";
const QUESTION: &str = "/login/passkey/question";
const SIGN_IN: &str = "/login/passkey";

/// A house in which passkeys are used.
async fn open() -> Door {
    let mut door = Door::open().await;
    let settings = PasskeySettings { domain: DOMAIN.to_owned(), origins: vec![ORIGIN.to_owned()] };
    door.settings.identity.passkeys = Some(settings);
    door
}

/// The question that somebody who is signed in gets for a new passkey.
async fn question_for_new(door: &Door, tokens: &Tokens) -> Value {
    let asked = door.ask("POST", NEW, &tokens.access).await;
    assert_eq!(asked.status, 200, "{:?}", asked.body);
    asked.json()
}

/// Makes a passkey for a user.
async fn add(door: &Door, tokens: &Tokens) -> (Authenticator, String) {
    let mut authenticator = Authenticator::new();
    let asked = question_for_new(door, tokens).await;
    let made = authenticator.made(&asked["options"]);
    let body = json!({"ceremony": asked["ceremony"], "label": " Laptop ", "credential": made});
    let answer = door.send("POST", PASSKEYS, &tokens.access, &body).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);
    let id = answer.json()["passkey_id"].as_str().expect("an id").to_owned();
    (authenticator, id)
}

/// A question for a proof, some seconds after the beginning.
async fn question(door: &Door, seconds: i64) -> Value {
    let asked = ask(door.router_after(seconds), "POST", QUESTION, None, None).await;
    assert_eq!(asked.status, 200, "{:?}", asked.body);
    asked.json()
}

async fn answered(door: &Door, seconds: i64, asked: &Value, credential: &Value) -> Answer {
    let body = json!({"ceremony": asked["ceremony"], "credential": credential});
    ask(door.router_after(seconds), "POST", SIGN_IN, None, Some(&body)).await
}

/// Signs somebody in with a passkey.
async fn sign_in(door: &Door, authenticator: &mut Authenticator) -> Answer {
    let asked = question(door, 0).await;
    answered(door, 0, &asked, &authenticator.proved(&asked["options"])).await
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_password() {
    let door = open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let (mut authenticator, id) = add(&door, &tokens).await;
    assert_eq!(door.told().await, [AccountMailKind::PasskeyAdded]);
    let listed = door.ask("GET", PASSKEYS, &tokens.access).await.json();
    assert_eq!((&listed["items"][0]["label"], &listed["items"][0]["used_at"]), (&json!("Laptop"), &Value::Null));
    let answer = sign_in(&door, &mut authenticator).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let passed = Tokens::of(&answer);
    assert_eq!(claims(&passed.access)["amr"], json!(["pop", "user", "mfa"]));
    assert_eq!(claims(&passed.access)["sub"], "zoe");
    let listed = door.ask("GET", PASSKEYS, &passed.access).await.json();
    assert_eq!(listed["items"][0]["passkey_id"], id.as_str());
    assert!(listed["items"][0]["used_at"].is_string(), "{listed}");
    assert_eq!(sign_in(&door, &mut authenticator).await.status, 200, "and again");
    // An authenticator that has a passkey of a user is told so.
    let again = question_for_new(&door, &tokens).await;
    assert_eq!(again["options"]["excludeCredentials"][0]["id"], authenticator.id().as_str());
    assert_eq!(again["options"]["user"]["name"], "zoe@example.org");
    // Devices that do not know the policy are not left out; those that do not look who it is are.
    assert_eq!(again["options"]["extensions"]["enforceCredentialProtectionPolicy"], false);
    assert_eq!(again["options"]["authenticatorSelection"]["userVerification"], "required");
}

#[tokio::test]
async fn a_question_is_good_for_one_answer_and_five_minutes() {
    let door = open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let (mut authenticator, _) = add(&door, &tokens).await;
    let asked = question(&door, 0).await;
    let first = authenticator.proved(&asked["options"]);
    assert_eq!(answered(&door, 299, &asked, &first).await.status, 200);
    let second = authenticator.proved(&asked["options"]);
    answered(&door, 299, &asked, &second).await.problem(401);
    let late = question(&door, 0).await;
    answered(&door, 300, &late, &authenticator.proved(&late["options"])).await.problem(401);
    // A question for a new passkey proves nothing, and the other way round.
    let for_new = question_for_new(&door, &tokens).await;
    answered(&door, 0, &for_new, &authenticator.proved(&for_new["options"])).await.problem(401);
    let for_proof = question(&door, 0).await;
    let options = json!({"user": for_new["options"]["user"], "challenge": for_proof["options"]["challenge"]});
    let made = Authenticator::new().made(&options);
    let body = json!({"ceremony": for_proof["ceremony"], "label": "x", "credential": made});
    door.send("POST", PASSKEYS, &tokens.access, &body).await.problem(409);
    // One that somebody else was asked is not good for a user.
    door.user("yan", Role::Client).await;
    let yan = door.sign_in("yan").await;
    let made = Authenticator::new().made(&for_new["options"]);
    let body = json!({"ceremony": for_new["ceremony"], "label": "x", "credential": made});
    door.send("POST", PASSKEYS, &yan.access, &body).await.problem(409);
}

#[tokio::test]
async fn what_does_not_prove_is_refused_alike() {
    let door = open().await;
    door.user("zoe", Role::Client).await;
    let (mut authenticator, _) = add(&door, &door.sign_in("zoe").await).await;
    assert_eq!(sign_in(&door, &mut authenticator).await.status, 200);
    let mut refusals = Vec::new();
    for what in ["page", "look", "counter", "challenge", "signature", "handle", "passkey", "form"] {
        let asked = question(&door, 0).await;
        let mut options = asked["options"].clone();
        match what {
            "page" => authenticator.origin = "https://app.example.net",
            "look" => authenticator.looks = false,
            // One that answers with a number that was used is a copy.
            "counter" => authenticator.counter = 0,
            "challenge" => options["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAA"),
            _ => {}
        }
        let mut credential = authenticator.proved(&options);
        (authenticator.origin, authenticator.looks) = (ORIGIN, true);
        authenticator.counter += 10;
        match what {
            "signature" => {
                let other = authenticator.proved(&question(&door, 0).await["options"]);
                credential["response"]["signature"] = other["response"]["signature"].clone();
            }
            "handle" => credential["response"]["userHandle"] = json!(URL_SAFE_NO_PAD.encode([7; 64])),
            "passkey" => credential = Authenticator::new().proved(&options),
            "form" => credential = json!({"id": authenticator.id(), "response": {"signature": [1, 2]}}),
            _ => {}
        }
        let refused = answered(&door, 0, &asked, &credential).await.problem(401);
        refusals.push((what, refused["detail"].clone()));
    }
    assert!(refusals.iter().all(|(_, detail)| *detail == refusals[0].1), "{refusals:?}");
    assert_eq!(sign_in(&door, &mut authenticator).await.status, 200, "none of them did any harm");
    door.house.store.disable_user(&"zoe".parse().expect("an id"), now()).await.expect("done");
    sign_in(&door, &mut authenticator).await.problem(401);
}

#[tokio::test]
async fn what_makes_no_passkey_is_refused() {
    let door = open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    for what in ["page", "look", "label", "form"] {
        let asked = question_for_new(&door, &tokens).await;
        let mut authenticator = Authenticator::new();
        match what {
            "page" => authenticator.origin = "https://example.org.example.net",
            "look" => authenticator.looks = false,
            _ => {}
        }
        let made = if what == "form" { json!({"id": "x"}) } else { authenticator.made(&asked["options"]) };
        let label = if what == "label" { "\n" } else { "Laptop" };
        let body = json!({"ceremony": asked["ceremony"], "label": label, "credential": made});
        door.send("POST", PASSKEYS, &tokens.access, &body).await.problem(400);
    }
    // The same passkey twice, and one that is somebody else's.
    let (mut authenticator, _) = add(&door, &tokens).await;
    door.user("yan", Role::Client).await;
    let yan = door.sign_in("yan").await;
    let asked = question_for_new(&door, &yan).await;
    let body =
        json!({"ceremony": asked["ceremony"], "label": "x", "credential": authenticator.made(&asked["options"])});
    door.send("POST", PASSKEYS, &yan.access, &body).await.problem(409);
    door.ask("POST", "/users/zoe/passkeys/question", &yan.access).await.problem(404);
    let old = door.refreshed(&door.sign_in("zoe").await, 901).await;
    let problem = ask(door.router_after(901), "POST", NEW, Some(&old.access), None).await.problem(401);
    assert_eq!(problem["type"], "urn:financr:problem:insufficient-authentication");
    for _ in 1..20 {
        add(&door, &tokens).await;
    }
    let problem = door.ask("POST", NEW, &tokens.access).await.problem(409);
    assert_eq!(problem["detail"], "a user has at most 20 passkeys");
}

/// Lengths that are not there, nesting without end, and what is no CBOR at all.
#[tokio::test]
async fn hostile_answers_are_refused() {
    let mut door = open().await;
    door.settings.identity.peer_failures_max = 1_000;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    let (mut authenticator, _) = add(&door, &tokens).await;
    let hostile = [
        Vec::new(),
        b"\xa3".to_vec(),
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x5b\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        vec![0x81; 20_000],
        vec![0xff; 20_000],
        b"{\"type\":".repeat(2_000),
    ];
    let fields = ["authenticatorData", "clientDataJSON", "signature", "userHandle"];
    for bytes in hostile.iter().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)) {
        for field in ["attestationObject", "clientDataJSON"] {
            let asked = question_for_new(&door, &tokens).await;
            let mut made = Authenticator::new().made(&asked["options"]);
            made["response"][field] = json!(bytes);
            let body = json!({"ceremony": asked["ceremony"], "label": "Laptop", "credential": made});
            door.send("POST", PASSKEYS, &tokens.access, &body).await.problem(400);
        }
        for field in fields {
            let asked = question(&door, 0).await;
            let mut proof = authenticator.proved(&asked["options"]);
            proof["response"][field] = json!(bytes);
            answered(&door, 0, &asked, &proof).await.problem(401);
        }
    }
    for credential in [Value::Null, json!([]), json!("x"), json!({"id": 7}), json!({"id": authenticator.id()})] {
        let asked = question(&door, 0).await;
        answered(&door, 0, &asked, &credential).await.problem(401);
    }
    assert_eq!(sign_in(&door, &mut authenticator).await.status, 200);
}

#[tokio::test]
async fn a_passkey_is_two_factors() {
    let mut door = open().await;
    door.settings.identity.second_factor_roles = vec![Role::Operations];
    door.user("otto", Role::Operations).await;
    let tokens = door.sign_in("otto").await;
    door.ask("GET", "/portfolios", &tokens.access).await.problem(403);
    assert_eq!(door.ask("GET", PASSKEYS, &tokens.access).await.json()["items"], json!([]));
    let (mut authenticator, _) = add(&door, &tokens).await;
    let passed = Tokens::of(&sign_in(&door, &mut authenticator).await);
    assert_eq!(door.ask("GET", "/portfolios", &passed.access).await.status, 200);
    // A password is one factor, and makes no session of two fresh.
    let step_up = async |body: &Value| door.send("POST", "/sessions/step-up", &passed.access, body).await;
    let problem = step_up(&json!({"password": PASSWORD})).await.problem(400);
    assert_eq!(problem["detail"], "`passkey` is missing");
    let asked = question(&door, 0).await;
    let proof = authenticator.proved(&asked["options"]);
    let stepped = step_up(&json!({"passkey": {"ceremony": asked["ceremony"], "credential": proof}})).await;
    assert_eq!(stepped.status, 200, "{:?}", stepped.body);
    let access = stepped.json()["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(claims(&access)["amr"], json!(["pop", "user", "mfa"]));
    // Somebody else's proves nothing here.
    door.user("zoe", Role::Client).await;
    let (mut other, _) = add(&door, &door.sign_in("zoe").await).await;
    let asked = question(&door, 0).await;
    let proof = other.proved(&asked["options"]);
    let body = json!({"passkey": {"ceremony": asked["ceremony"], "credential": proof}});
    door.send("POST", "/sessions/step-up", &access, &body).await.problem(403);
}

#[tokio::test]
async fn a_passkey_that_was_taken_away_signs_in_no_more() {
    let door = open().await;
    door.user("zoe", Role::Client).await;
    let elsewhere = door.sign_in("zoe").await;
    let tokens = door.sign_in("zoe").await;
    let (mut authenticator, id) = add(&door, &tokens).await;
    door.told().await;
    door.user("yan", Role::Client).await;
    let yan = door.sign_in("yan").await;
    door.ask("DELETE", &format!("/users/zoe/passkeys/{id}"), &yan.access).await.problem(404);
    door.ask("DELETE", &format!("{PASSKEYS}/{id}"), &yan.access).await.problem(404);
    let path = format!("{PASSKEYS}/{id}");
    let old = door.refreshed(&elsewhere, 901).await;
    let problem = ask(door.router_after(901), "DELETE", &path, Some(&old.access), None).await.problem(401);
    assert_eq!(problem["type"], "urn:financr:problem:insufficient-authentication");
    assert_eq!(door.ask("DELETE", &path, &tokens.access).await.status, 204);
    assert_eq!(door.told().await, [AccountMailKind::PasskeyRemoved]);
    door.ask("DELETE", &path, &tokens.access).await.problem(404);
    ask(door.router_after(901), "GET", "/users/me", Some(&old.access), None).await.problem(401);
    assert_eq!(door.ask("GET", PASSKEYS, &tokens.access).await.json()["items"], json!([]));
    sign_in(&door, &mut authenticator).await.problem(401);
}

#[tokio::test]
async fn without_a_domain_there_are_none() {
    let mut door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let tokens = door.sign_in("zoe").await;
    for (path, token) in [(NEW, Some(&*tokens.access)), (QUESTION, None)] {
        let problem = ask(door.router_after(0), "POST", path, token, None).await.problem(404);
        assert_eq!(problem["type"], "urn:financr:problem:no-passkeys", "{path}");
    }
    door.settings.identity.passkeys = Some(PasskeySettings { domain: "example.org".to_owned(), origins: Vec::new() });
    let refused = door.house.router_with(&door.settings).expect_err("refused");
    assert!(matches!(&refused, Error::Identity { problem } if problem.contains("`origins` is empty")), "{refused}");
}
