//! Signing in with a second factor: each code once, within its time, and no way around it.

use api::{Error, IdentitySettings};
use schemas::Role;
use serde_json::{Value, json};
use store::{AccountMailKind, AccountPurpose, FactorEnd, FactorEnding};

use crate::door::{Door, PASSWORD, Tokens, ask, code_after, write_key};
use crate::house::{Answer, now};

const FACTOR: &str = "/users/me/second-factor";

/// What a user has who turned a second factor on.
struct Enrolled {
    /// The secret of the authenticator.
    secret: String,
    recovery_codes: Vec<String>,
    /// The session in which it was turned on.
    tokens: Tokens,
}

/// Signs a user in by the password alone and turns a second factor on, with the code of the beginning.
async fn enroll(door: &Door, id: &str) -> Enrolled {
    let tokens = door.sign_in(id).await;
    let setup = ask(door.router_after(0), "POST", FACTOR, Some(&tokens.access), None).await;
    assert_eq!(setup.status, 201, "{:?}", setup.body);
    let secret = setup.json()["secret"].as_str().expect("a secret").to_owned();
    let code = json!({"code": code_after(&secret, 0)});
    let answer = door.send("POST", &format!("{FACTOR}/confirmation"), &tokens.access, &code).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let codes = answer.json()["recovery_codes"].as_array().expect("codes").clone();
    let recovery_codes = codes.iter().map(|code| code.as_str().expect("a text").to_owned()).collect();
    Enrolled { secret, recovery_codes, tokens }
}

/// The first step of signing in, some seconds after the beginning.
async fn challenge(door: &Door, seconds: i64) -> String {
    let login = json!({"email": "zoe@example.org", "password": PASSWORD});
    let answer = ask(door.router_after(seconds), "POST", "/login", None, Some(&login)).await;
    assert_eq!(answer.status, 202, "{:?}", answer.body);
    assert!(answer.json()["access_token"].is_null());
    answer.json()["challenge"].as_str().expect("a challenge").to_owned()
}

/// The second one.
async fn second(door: &Door, seconds: i64, challenge: &str, code: &str) -> Answer {
    let body = json!({"challenge": challenge, "code": code});
    ask(door.router_after(seconds), "POST", "/login/second-factor", None, Some(&body)).await
}

#[tokio::test]
async fn a_user_learns_by_mail_what_happened_to_the_second_factor() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    assert_eq!(door.told().await, [AccountMailKind::SecondFactorAdded]);
    let renewed = door.ask("POST", &format!("{FACTOR}/recovery-codes"), &zoe.tokens.access).await;
    assert_eq!(renewed.status, 200, "{:?}", renewed.body);
    assert_eq!(door.told().await, [AccountMailKind::RecoveryCodesRenewed]);
    let path = format!("{FACTOR}/removal");
    let wrong = json!({"password": PASSWORD, "code": zoe.recovery_codes[0]});
    door.send("POST", &path, &zoe.tokens.access, &wrong).await.problem(403);
    assert!(door.told().await.is_empty(), "nothing happened");
    let right = json!({"password": PASSWORD, "code": renewed.json()["recovery_codes"][0]});
    assert_eq!(door.send("POST", &path, &zoe.tokens.access, &right).await.status, 204);
    assert_eq!(door.told().await, [AccountMailKind::SecondFactorRemoved]);
}

#[tokio::test]
async fn a_password_alone_is_not_enough_any_more() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let elsewhere = door.sign_in("zoe").await;
    let zoe = enroll(&door, "zoe").await;
    door.ask("GET", "/users/me", &elsewhere.access).await.problem(401);
    let on = door.ask("GET", FACTOR, &zoe.tokens.access).await.json();
    assert_eq!((&on["state"], &on["recovery_codes_left"]), (&json!("on"), &json!(10)));
    let waiting = challenge(&door, 60).await;
    door.ask("GET", "/users/me", &waiting).await.problem(401);
    second(&door, 60, &waiting, "000000").await.problem(401);
    let answer = second(&door, 60, &waiting, &code_after(&zoe.secret, 60)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let tokens = Tokens::of(&answer);
    assert_eq!(ask(door.router_after(60), "GET", "/users/me", Some(&tokens.access), None).await.status, 200);
    second(&door, 90, &waiting, &code_after(&zoe.secret, 90)).await.problem(401);
    for text in [answer.body, on.to_string().into()] {
        let text = String::from_utf8(text.to_vec()).expect("text");
        assert!(!text.contains(&zoe.secret) && !text.contains(&zoe.recovery_codes[0]), "both are shown once");
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_none_before_it() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    let first = challenge(&door, 1).await;
    second(&door, 1, &first, &code_after(&zoe.secret, 0)).await.problem(401);
    assert_eq!(second(&door, 1, &first, &code_after(&zoe.secret, 30)).await.status, 200, "a clock that is ahead");
    let next = challenge(&door, 30).await;
    second(&door, 30, &next, &code_after(&zoe.secret, 30)).await.problem(401);
    second(&door, 30, &next, &code_after(&zoe.secret, 0)).await.problem(401);
    second(&door, 30, &next, &code_after(&zoe.secret, 120)).await.problem(401);
    assert_eq!(second(&door, 90, &next, &code_after(&zoe.secret, 60)).await.status, 200, "a clock that is behind");
}

#[tokio::test]
async fn a_recovery_code_takes_the_place_of_a_code_once() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    let typed = zoe.recovery_codes[0].to_lowercase().replace('-', " ");
    let first = challenge(&door, 1).await;
    assert_eq!(second(&door, 1, &first, &typed).await.status, 200);
    let next = challenge(&door, 2).await;
    second(&door, 2, &next, &typed).await.problem(401);
    let path = format!("{FACTOR}/recovery-codes");
    let others = ask(door.router_after(3), "POST", &path, Some(&zoe.tokens.access), None).await.json();
    second(&door, 4, &next, &zoe.recovery_codes[1]).await.problem(401);
    let other = others["recovery_codes"][0].as_str().expect("a code");
    assert_eq!(second(&door, 4, &next, other).await.status, 200);
    let left = door.ask("GET", FACTOR, &zoe.tokens.access).await.json();
    assert_eq!(left["recovery_codes_left"], 9);
}

#[tokio::test]
async fn who_guesses_codes_waits_also_with_the_right_password() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    for _ in 0..5 {
        // A right password each time takes nothing back.
        let waiting = challenge(&door, 60).await;
        second(&door, 60, &waiting, "00000A").await.problem(401);
    }
    let waiting = challenge(&door, 60).await;
    let right = code_after(&zoe.secret, 60);
    let answer = second(&door, 60, &waiting, &right).await;
    answer.problem(429);
    assert_eq!(answer.header("retry-after"), "31");
    assert_eq!(second(&door, 90, &waiting, &right).await.status, 200);
    // Guessed challenges are counted by the network.
    for _ in 0..20 {
        second(&door, 91, "no challenge", &right).await.problem(401);
    }
    second(&door, 91, "no challenge", &right).await.problem(429);
}

#[tokio::test]
async fn a_challenge_ends_with_its_time_and_with_the_password() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    let late = challenge(&door, 0).await;
    second(&door, 300, &late, &code_after(&zoe.secret, 300)).await.problem(401);
    let waiting = challenge(&door, 0).await;
    let change = json!({"old_password": PASSWORD, "new_password": "seven purple lamps at noon"});
    assert_eq!(door.send("POST", "/users/me/password", &zoe.tokens.access, &change).await.status, 204);
    second(&door, 60, &waiting, &code_after(&zoe.secret, 60)).await.problem(401);
    // Who sets a forgotten password anew by a mail needs a code all the same.
    let token = door.token(&"zoe".parse().expect("an id"), AccountPurpose::SetPassword).await;
    assert_eq!(door.post("/password-reset", &json!({"token": token, "password": PASSWORD})).await.status, 204);
    let waiting = challenge(&door, 61).await;
    assert_eq!(second(&door, 61, &waiting, &code_after(&zoe.secret, 60)).await.status, 200);
}

#[tokio::test]
async fn a_password_and_a_code_turn_it_off() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    let path = format!("{FACTOR}/removal");
    let removal = |password: &str, code: &str| json!({"password": password, "code": code});
    let send =
        async |body: Value| ask(door.router_after(60), "POST", &path, Some(&zoe.tokens.access), Some(&body)).await;
    let right = code_after(&zoe.secret, 60);
    send(removal("another password", &right)).await.problem(403);
    send(removal(PASSWORD, "000000")).await.problem(403);
    send(json!({"password": PASSWORD})).await.problem(400);
    assert_eq!(send(removal(PASSWORD, &right)).await.status, 204);
    send(removal(PASSWORD, &zoe.recovery_codes[0])).await.problem(409);
    door.sign_in("zoe").await;
}

#[tokio::test]
async fn another_authenticator_counts_from_its_first_code() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let zoe = enroll(&door, "zoe").await;
    let setup = ask(door.router_after(0), "POST", FACTOR, Some(&zoe.tokens.access), None).await.json();
    let other = setup["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(other, zoe.secret);
    let path = format!("{FACTOR}/confirmation");
    let confirm = async |seconds: i64, code: String| {
        let body = json!({"code": code});
        ask(door.router_after(seconds), "POST", &path, Some(&zoe.tokens.access), Some(&body)).await
    };
    confirm(60, code_after(&zoe.secret, 60)).await.problem(403);
    let waiting = challenge(&door, 60).await;
    assert_eq!(second(&door, 60, &waiting, &code_after(&zoe.secret, 60)).await.status, 200, "the first one counts");
    assert_eq!(confirm(60, code_after(&other, 60)).await.status, 200);
    confirm(61, code_after(&other, 90)).await.problem(409);
    let waiting = challenge(&door, 120).await;
    second(&door, 120, &waiting, &code_after(&zoe.secret, 120)).await.problem(401);
    assert_eq!(second(&door, 120, &waiting, &code_after(&other, 120)).await.status, 200);
    let late = ask(door.router_after(120), "POST", FACTOR, Some(&zoe.tokens.access), None).await;
    let late = late.json()["secret"].as_str().expect("a secret").to_owned();
    let refresh = json!({"refresh_token": zoe.tokens.refresh});
    let next = Tokens::of(&ask(door.router_after(1_020), "POST", "/refresh-token", None, Some(&refresh)).await);
    let body = json!({"code": code_after(&late, 1_020)});
    ask(door.router_after(1_020), "POST", &path, Some(&next.access), Some(&body)).await.problem(409);
}

#[tokio::test]
async fn roles_that_need_one_do_nothing_before_they_have_it() {
    let mut door = Door::open().await;
    door.settings.identity.second_factor_roles = vec![Role::Operations, Role::Admin];
    for (id, role) in [("zoe", Role::Operations), ("root", Role::Admin), ("tom", Role::Client)] {
        door.user(id, role).await;
    }
    let tom = door.sign_in("tom").await;
    assert_eq!(door.ask("GET", "/portfolios", &tom.access).await.status, 200, "clients need none");
    let (zoe, root) = (door.sign_in("zoe").await, door.sign_in("root").await);
    let everything =
        [("GET", "/portfolios"), ("GET", "/portfolios/D03"), ("GET", "/runs"), ("GET", "/users/me"), ("GET", "/users")];
    for (method, path) in everything {
        for tokens in [&zoe, &root] {
            let problem = door.ask(method, path, &tokens.access).await.problem(403);
            assert_eq!(problem["type"], "urn:financr:problem:second-factor-needed", "{path}");
        }
    }
    let key = json!({"scopes": ["read"]});
    door.send("POST", "/users/me/api-keys", &zoe.access, &key).await.problem(403);
    door.ask("GET", "/users/tom/second-factor", &root.access).await.problem(403);
    door.ask("GET", "/users/zoe/second-factor", &tom.access).await.problem(404);
    let state = door.ask("GET", FACTOR, &zoe.access).await.json();
    assert_eq!((&state["state"], &state["is_needed"]), (&json!("none"), &json!(true)));
    let zoe = enroll(&door, "zoe").await;
    assert_eq!(door.ask("GET", "/portfolios/D03", &zoe.tokens.access).await.status, 200);
    let removal = json!({"password": PASSWORD, "code": zoe.recovery_codes[0]});
    door.send("POST", &format!("{FACTOR}/removal"), &zoe.tokens.access, &removal).await.problem(409);
    // An operator takes it away: the session is over, and the next one may do nothing but set another one up.
    let reset = FactorEnding { reason: FactorEnd::Reset, by: "otto", note: Some("lost"), session_that_stays: None };
    let user_id = "zoe".parse().expect("an id");
    assert!(door.house.store.end_second_factor(&user_id, reset, now()).await.expect("done"));
    door.ask("GET", "/portfolios/D03", &zoe.tokens.access).await.problem(401);
    let again = door.sign_in("zoe").await;
    door.ask("GET", "/portfolios/D03", &again.access).await.problem(403);
}

#[tokio::test]
async fn without_a_key_to_seal_with_there_are_none() {
    let mut door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let files = std::mem::take(&mut door.settings.identity.second_factor_key_files);
    let zoe = door.sign_in("zoe").await;
    let problem = ask(door.router_after(0), "POST", FACTOR, Some(&zoe.access), None).await.problem(409);
    assert!(problem["help"].as_str().is_some_and(|help| help.contains("second_factor_key_files")), "{problem}");
    assert_eq!(door.ask("GET", FACTOR, &zoe.access).await.json()["state"], "none");
    door.settings.identity.second_factor_key_files = files;
    enroll(&door, "zoe").await;
    // The key is lost: nobody is let in without a code that can be checked.
    let other = door.settings.identity.second_factor_key_files[0].with_file_name("other.pem");
    write_key(&other, 0o600);
    door.settings.identity.second_factor_key_files = vec![other.clone()];
    let waiting = challenge(&door, 60).await;
    second(&door, 60, &waiting, "123456").await.problem(503);
    door.settings.identity.second_factor_key_files.clear();
    second(&door, 60, &waiting, "123456").await.problem(503);
    // A file that others can read, or that holds too little, is refused.
    std::fs::write(&other, "short").expect("written");
    let short = IdentitySettings { second_factor_key_files: vec![other], ..door.settings.identity.clone() };
    let settings = api::Settings { identity: short, ..door.settings.clone() };
    let refused = door.house.router_with(&settings).expect_err("refused");
    assert!(matches!(&refused, Error::Identity { problem } if problem.contains("32 characters")), "{refused}");
}

#[tokio::test]
async fn nothing_that_is_no_code_breaks_it() {
    let mut door = Door::open().await;
    door.settings.identity.user_failures_max = 100;
    door.settings.identity.peer_failures_max = 10_000;
    door.user("zoe", Role::Client).await;
    enroll(&door, "zoe").await;
    let waiting = challenge(&door, 60).await;
    let long = "1".repeat(10_000);
    let texts = [
        "",
        " ",
        "------",
        "+12345",
        "-12345",
        "１２３４５６",
        "12345\0",
        "1e5   ",
        "' OR 1=1 --",
        "ǅ\u{202e}",
        long.as_str(),
    ];
    for text in texts {
        second(&door, 60, &waiting, text).await.problem(401);
        second(&door, 60, text, text).await.problem(401);
    }
    for body in [json!({}), json!({"challenge": 1, "code": 2}), json!([]), json!({"challenge": null, "code": "1"})] {
        ask(door.router_after(60), "POST", "/login/second-factor", None, Some(&body)).await.problem(400);
    }
}
