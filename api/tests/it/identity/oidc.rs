//! Signing in at another house: a small one that the test starts, which says what is right and what is wrong.

use std::sync::{Arc, Mutex};

use api::OidcSettings;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::Router;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Url;
use schemas::{Role, UserId};
use serde_json::{Value, json};
use store::AccountMailKind;
use tokio::net::TcpListener;

use crate::door::{Door, Tokens, ask, claims, code_after};
use crate::house::{Answer, now};

/// The other house.
struct Issuer {
    address: String,
    says: Arc<Mutex<Says>>,
}

/// What it says.
struct Says {
    /// The keys that it has: name and key. The last one signs.
    keys: Vec<(String, Ed25519KeyPair)>,
    /// The token that it gives for the next code.
    token: String,
    /// The challenge that the verifier must fit.
    code_challenge: String,
    /// How often it was asked for its keys.
    asked_for_keys: u32,
}

/// A sign-in that was begun.
struct Begun {
    attempt: String,
    state: String,
    nonce: String,
}

fn new_key(name: &str) -> (String, Ed25519KeyPair) {
    (name.to_owned(), Ed25519KeyPair::generate().expect("random numbers"))
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Issuer {
    async fn start() -> Issuer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let says = Says {
            keys: vec![new_key("first")],
            token: String::new(),
            code_challenge: String::new(),
            asked_for_keys: 0,
        };
        let issuer = Issuer { address, says: Arc::new(Mutex::new(says)) };
        let router = issuer.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    fn router(&self) -> Router {
        let address = self.address.clone();
        let described = json!({
            "issuer": address,
            "authorization_endpoint": format!("{address}/authorize"),
            "token_endpoint": format!("{address}/token"),
            "jwks_uri": format!("{address}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        });
        let (keys, tokens) = (Arc::clone(&self.says), Arc::clone(&self.says));
        Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { described.to_string() }))
            .route("/keys", get(move || async move { keys.lock().expect("free").keys() }))
            .route("/token", post(move |body: String| async move { tokens.lock().expect("free").answer(&body) }))
    }

    /// A house where users sign in here.
    fn known_to(&self, door: &mut Door) {
        door.settings.identity.oidc = Some(OidcSettings {
            issuer: self.address.clone(),
            client_id: "financr".to_owned(),
            client_secret_file: None,
            redirect_uri: "https://app.example.org/back".to_owned(),
            link_by_verified_email: false,
        });
    }

    /// Begins to sign in.
    async fn begin(&self, router: &Router) -> Begun {
        let answer = ask(router.clone(), "POST", "/login/oidc", None, None).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        let answer = answer.json();
        let url: Url = answer["authorization_uri"].as_str().expect("a text").parse().expect("an address");
        assert!(url.as_str().starts_with(&format!("{}/authorize?", self.address)), "{url}");
        let given = |name: &str| {
            let found = url.query_pairs().find(|(key, _)| key == name).expect("it is given");
            found.1.into_owned()
        };
        assert_eq!((given("response_type").as_str(), given("code_challenge_method").as_str()), ("code", "S256"));
        assert_eq!(given("redirect_uri"), "https://app.example.org/back");
        assert_eq!(given("max_age"), "900", "no older than a proof may be here");
        self.says.lock().expect("free").code_challenge = given("code_challenge");
        let attempt = answer["attempt"].as_str().expect("a text").to_owned();
        Begun { attempt, state: given("state"), nonce: given("nonce") }
    }

    /// Has the next code bring a token with these claims beside the usual ones, or in their place.
    fn give(&self, nonce: &str, claims: &Value) {
        let at = now().timestamp();
        let mut all = json!({
            "iss": self.address, "aud": "financr", "sub": "zoe-there", "exp": at + 300, "iat": at, "nonce": nonce,
            "auth_time": at,
        });
        let others = claims.as_object().expect("an object").clone();
        all.as_object_mut().expect("an object").extend(others);
        let mut says = self.says.lock().expect("free");
        says.token = says.signed(r#"{"alg":"EdDSA","kid":"@"}"#, &all);
    }
}

impl Issuer {
    /// Puts another header before the claims of the next token, and no signature of the house behind them.
    fn forge(&self, header: &str) {
        let mut says = self.says.lock().expect("free");
        let claims = says.token.split('.').nth(1).expect("claims").to_owned();
        says.token = format!("{}.{claims}.{}", encoded(header.replace('@', "first")), encoded("x"));
    }
}

impl Says {
    fn keys(&mut self) -> String {
        self.asked_for_keys += 1;
        let keys = self.keys.iter().map(|(name, key)| {
            let public = encoded(key.public_key().as_ref());
            json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": name, "x": public})
        });
        json!({"keys": keys.collect::<Vec<_>>()}).to_string()
    }

    /// A token with a header in which `@` is the name of the last key.
    fn signed(&self, header: &str, claims: &Value) -> String {
        let (name, key) = self.keys.last().expect("a key");
        let input = format!("{}.{}", encoded(header.replace('@', name)), encoded(claims.to_string()));
        format!("{input}.{}", encoded(key.sign(input.as_bytes())))
    }

    /// A token for a code, if the verifier is that of the one who began (RFC 7636, section 4.6).
    fn answer(&self, body: &str) -> (axum::http::StatusCode, String) {
        let form = format!("http://localhost/?{body}").parse::<Url>().expect("a form");
        let verifier =
            form.query_pairs().find(|(name, _)| name == "code_verifier").expect("it is given").1.into_owned();
        if encoded(digest(&SHA256, verifier.as_bytes())) != self.code_challenge {
            return (axum::http::StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}).to_string());
        }
        let answer = json!({"access_token": "there", "token_type": "Bearer", "id_token": self.token});
        (axum::http::StatusCode::OK, answer.to_string())
    }
}

async fn come_back(router: &Router, begun: &Begun) -> Answer {
    let body = json!({"attempt": begun.attempt, "state": begun.state, "code": "a code"});
    ask(router.clone(), "POST", "/login/oidc/callback", None, Some(&body)).await
}

/// A door at which `zoe` signs in by way of the other house.
async fn linked() -> (Door, Issuer, Router) {
    let mut door = Door::open().await;
    let issuer = Issuer::start().await;
    issuer.known_to(&mut door);
    let user_id = door.user("zoe", Role::Client).await;
    let store = &door.house.store;
    assert!(store.link_oidc((&issuer.address, "zoe-there"), &user_id, "otto", now()).await.expect("linked"));
    let router = door.router_after(0);
    (door, issuer, router)
}

#[tokio::test]
async fn a_user_signs_in_at_another_house() {
    let (door, issuer, router) = linked().await;
    let begun = issuer.begin(&router).await;
    issuer.give(&begun.nonce, &json!({}));
    let answer = come_back(&router, &begun).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    let tokens = Tokens::of(&answer);
    assert_eq!(door.ask("GET", "/users/me", &tokens.access).await.json()["id"], "zoe");
    come_back(&router, &begun).await.problem(401);
    // Nothing was asked for twice that is kept.
    let again = issuer.begin(&router).await;
    issuer.give(&again.nonce, &json!({"email": "someone@example.org", "email_verified": true}));
    assert_eq!(come_back(&router, &again).await.status, 200, "the subject counts, not the address");
    assert_eq!(issuer.says.lock().expect("free").asked_for_keys, 1);
}

#[tokio::test]
async fn what_proves_nothing_is_refused() {
    let (_door, issuer, router) = linked().await;
    let at = now().timestamp();
    for wrong in [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "another"}),
        json!({"aud": ["financr", "another"]}),
        json!({"iss": "https://another.example.org"}),
        json!({"exp": at}),
        json!({"exp": at - 1}),
        json!({"iat": at - 601}),
        json!({"iat": at + 61}),
    ] {
        let begun = issuer.begin(&router).await;
        issuer.give(&begun.nonce, &wrong);
        let refused = come_back(&router, &begun).await;
        refused.problem(401);
    }
    // Signed by nobody, with a secret that both know, or by another key under the name of the right one.
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256","kid":"@"}"#] {
        let begun = issuer.begin(&router).await;
        issuer.give(&begun.nonce, &json!({}));
        issuer.forge(header);
        assert_ne!(come_back(&router, &begun).await.status, 200, "{header}");
    }
    let begun = issuer.begin(&router).await;
    issuer.says.lock().expect("free").keys.push(("first".to_owned(), new_key("x").1));
    issuer.give(&begun.nonce, &json!({}));
    come_back(&router, &begun).await.problem(401);
}

#[tokio::test]
async fn a_proof_that_is_old_there_is_none_here() {
    let (door, issuer, router) = linked().await;
    let at = now().timestamp();
    // 15 minutes, and one for clocks that differ.
    for wrong in [json!(at - 961), json!(at - 86_400), json!(0), json!(at + 61), json!("lately")] {
        let begun = issuer.begin(&router).await;
        issuer.give(&begun.nonce, &json!({"auth_time": wrong}));
        assert_ne!(come_back(&router, &begun).await.status, 200, "{wrong}");
    }
    for (said, counted) in [(at - 960, at - 960), (at - 600, at - 600), (at + 60, at)] {
        let begun = issuer.begin(&router).await;
        issuer.give(&begun.nonce, &json!({"auth_time": said}));
        let tokens = Tokens::of(&come_back(&router, &begun).await);
        assert_eq!(claims(&tokens.access)["auth_time"], counted, "the proof is as old as it is there");
    }
    let key = json!({"scopes": ["read"]});
    // A house that does not say it lets in, and no further: a proof of ours is asked for.
    let begun = issuer.begin(&router).await;
    issuer.give(&begun.nonce, &json!({"auth_time": null}));
    let tokens = Tokens::of(&come_back(&router, &begun).await);
    assert_eq!(door.ask("GET", "/users/me", &tokens.access).await.status, 200);
    let made = ask(door.router_after(0), "POST", "/users/me/api-keys", Some(&tokens.access), Some(&key)).await;
    assert_eq!(made.status, 401, "{:?}", made.body);
    // It ages here from then on, and not from when the session began.
    let begun = issuer.begin(&router).await;
    issuer.give(&begun.nonce, &json!({"auth_time": at - 600}));
    let tokens = Tokens::of(&come_back(&router, &begun).await);
    for (seconds, status) in [(300, 201_u16), (301, 401)] {
        let router = door.router_after(seconds);
        let made = ask(router, "POST", "/users/me/api-keys", Some(&tokens.access), Some(&key)).await;
        assert_eq!(made.status, status, "after {seconds} s: {:?}", made.body);
    }
}

#[tokio::test]
async fn a_house_that_says_it_is_another_is_refused() {
    let (mut door, issuer) = (Door::open().await, Issuer::start().await);
    issuer.known_to(&mut door);
    // The same machine by another name: what it says of itself is not what was asked for.
    let other_name = issuer.address.replace("127.0.0.1", "localhost");
    door.settings.identity.oidc.as_mut().expect("known").issuer = other_name;
    ask(door.router_after(0), "POST", "/login/oidc", None, None).await.problem(503);
}

#[tokio::test]
async fn a_key_that_is_new_there_is_asked_for() {
    let (_door, issuer, router) = linked().await;
    let begun = issuer.begin(&router).await;
    issuer.says.lock().expect("free").keys = vec![new_key("second")];
    issuer.give(&begun.nonce, &json!({}));
    assert_eq!(come_back(&router, &begun).await.status, 200);
    assert_eq!(issuer.says.lock().expect("free").asked_for_keys, 2);
}

#[tokio::test]
async fn only_who_began_comes_back() {
    let (_door, issuer, router) = linked().await;
    let (one, other) = (issuer.begin(&router).await, issuer.begin(&router).await);
    issuer.give(&one.nonce, &json!({}));
    // The code of the one in the application of the other: the state, the secret and the verifier are another's.
    for mixed in [
        Begun { state: other.state.clone(), attempt: one.attempt.clone(), nonce: String::new() },
        Begun { state: one.state.clone(), attempt: other.attempt.clone(), nonce: String::new() },
        Begun { state: String::new(), attempt: one.attempt.clone(), nonce: String::new() },
        Begun { state: one.state.clone(), attempt: "none".to_owned(), nonce: String::new() },
    ] {
        come_back(&router, &mixed).await.problem(401);
    }
    come_back(&router, &one).await.problem(401);
    issuer.give(&other.nonce, &json!({}));
    assert_eq!(come_back(&router, &other).await.status, 200, "the last one that the issuer knows the challenge of");
}

#[tokio::test]
async fn an_address_alone_links_nobody() {
    let mut door = Door::open().await;
    let issuer = Issuer::start().await;
    issuer.known_to(&mut door);
    door.user("zoe", Role::Client).await;
    let verified = json!({"email": "Zoe@example.org", "email_verified": true});
    let come = async |door: &Door, claims: &Value| {
        let router = door.router_after(0);
        let begun = issuer.begin(&router).await;
        issuer.give(&begun.nonce, claims);
        come_back(&router, &begun).await
    };
    come(&door, &verified).await.problem(403);
    if let Some(oidc) = &mut door.settings.identity.oidc {
        oidc.link_by_verified_email = true;
    }
    come(&door, &json!({"email": "zoe@example.org", "email_verified": false})).await.problem(403);
    come(&door, &json!({"email": "zoe@example.org"})).await.problem(403);
    come(&door, &json!({"email": "nobody@example.org", "email_verified": true})).await.problem(403);
    assert_eq!(door.house.store.pending_account_mails().await.expect("counted"), 0, "there is nothing to tell");
    assert_eq!(come(&door, &verified).await.status, 200);
    let mail = door.house.store.claim_account_mail(TimeDelta::minutes(20), now()).await.expect("answered");
    assert_eq!(mail.map(|mail| mail.kind), Some(AccountMailKind::OtherHouseLinked));
    assert_eq!(come(&door, &json!({})).await.status, 200, "from then on the subject counts");
    let another = json!({"sub": "another", "email": "zoe@example.org", "email_verified": true});
    come(&door, &another).await.problem(403);
    let user_id: UserId = "zoe".parse().expect("an id");
    door.house.store.disable_user(&user_id, now()).await.expect("done");
    come(&door, &json!({})).await.problem(403);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_all_the_same() {
    let (door, issuer, router) = linked().await;
    let zoe = door.sign_in("zoe").await;
    let setup = ask(router.clone(), "POST", "/users/me/second-factor", Some(&zoe.access), None).await.json();
    let secret = setup["secret"].as_str().expect("a secret").to_owned();
    let first = json!({"code": code_after(&secret, 0)});
    assert_eq!(door.send("POST", "/users/me/second-factor/confirmation", &zoe.access, &first).await.status, 200);
    let begun = issuer.begin(&router).await;
    issuer.give(&begun.nonce, &json!({}));
    let answer = come_back(&router, &begun).await;
    assert_eq!(answer.status, 202, "{:?}", answer.body);
    let second = json!({"challenge": answer.json()["challenge"], "code": code_after(&secret, 30)});
    let answer = ask(router, "POST", "/login/second-factor", None, Some(&second)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(claims(&Tokens::of(&answer).access)["amr"], json!(["fed", "otp", "mfa"]));
}

#[tokio::test]
async fn without_another_house_there_is_no_way_to_it() {
    let mut door = Door::open().await;
    ask(door.router_after(0), "POST", "/login/oidc", None, None).await.problem(404);
    let body = json!({"attempt": "x", "state": "x", "code": "x"});
    ask(door.router_after(0), "POST", "/login/oidc/callback", None, Some(&body)).await.problem(404);
    let issuer = Issuer::start().await;
    issuer.known_to(&mut door);
    // Nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    for (issuer, is_refused) in [(format!("http://{free}"), false), ("http://login.example.org".to_owned(), true)] {
        let mut settings = door.settings.clone();
        if let Some(oidc) = &mut settings.identity.oidc {
            oidc.issuer = issuer;
        }
        match door.house.router_with(&settings) {
            Ok(router) => {
                assert!(!is_refused);
                ask(router, "POST", "/login/oidc", None, None).await.problem(503);
            }
            Err(error) => assert!(is_refused, "{error}"),
        }
    }
}
