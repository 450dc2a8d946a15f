//! A house that users can sign in to.

use api::{ApiState, IdentitySettings, Settings};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use schemas::secret_hash::secret_hash;
use schemas::{Clock, Language, Role, UserId};
use serde_json::{Value, json};
use store::{AccountMailKind, AccountPurpose, User, UserKind};
use tempfile::TempDir;

use crate::house::{Answer, ELSEWHERE, House, now, send};

/// A password that no rule refuses.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Door {
    pub(crate) house: House,
    pub(crate) settings: Settings,
    _keys: TempDir,
}

/// The tokens of somebody who signed in.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) session_id: String,
}

impl Door {
    /// A house with the portfolio `D03` and its values, and a key for tokens.
    pub(crate) async fn open() -> Door {
        let keys = tempfile::tempdir().expect("a folder");
        let path = keys.path().join("key.pem");
        write_key(&path, 0o600);
        let sealing = keys.path().join("factor-key.pem");
        write_key(&sealing, 0o600);
        let identity = IdentitySettings {
            token_key_files: vec![path],
            second_factor_key_files: vec![sealing],
            ..IdentitySettings::default()
        };
        let settings = Settings { identity, ..Settings::default() };
        Door { house: House::with_values().await, settings, _keys: keys }
    }

    /// The API some seconds after the beginning.
    pub(crate) fn router_after(&self, seconds: i64) -> Router {
        let state = ApiState {
            store: self.house.store.clone(),
            lake: self.house.lake.clone(),
            clock: Clock::Fixed(now() + TimeDelta::seconds(seconds)),
            program_version: "0.1.0".to_owned(),
            returned: None,
            billing_secret: None,
            bookkeeping: None,
            documents: Vec::new(),
        };
        api::router(state, &self.settings).expect("a router")
    }

    /// A user with a role, whose address is proved and who has [`PASSWORD`], as `financr users add` makes one.
    pub(crate) async fn user(&self, id: &str, role: Role) -> UserId {
        let user_id: UserId = id.parse().expect("an id");
        let user = User {
            user_id: user_id.clone(),
            kind: UserKind::Person,
            email: format!("{id}@example.org"),
            display_name: String::new(),
            role,
            language: Language::English,
            password_hash: None,
            email_verified_at: Some(now()),
            disabled_at: None,
            created_at: now(),
            updated_at: now(),
        };
        assert!(self.house.store.insert_user(&user).await.expect("stored"));
        let token = self.token(&user_id, AccountPurpose::SetPassword).await;
        let body = json!({"token": token, "password": PASSWORD});
        assert_eq!(self.post("/password-reset", &body).await.status, 204);
        user_id
    }

    /// The token that a mail would bring.
    pub(crate) async fn token(&self, user_id: &UserId, purpose: AccountPurpose) -> String {
        let token = api::new_account_token().expect("random numbers");
        let (hash, life) = (secret_hash(&token), TimeDelta::hours(1));
        self.house.store.insert_account_token(&hash, user_id, purpose, life, now()).await.expect("stored");
        token
    }

    /// Posts from elsewhere, without a token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        ask(self.router_after(0), "POST", path, None, Some(body)).await
    }

    /// Asks from elsewhere with a token.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str) -> Answer {
        ask(self.router_after(0), method, path, Some(token), None).await
    }

    /// Sends from elsewhere with a token.
    pub(crate) async fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        ask(self.router_after(0), method, path, Some(token), Some(body)).await
    }

    /// Signs a user in.
    pub(crate) async fn sign_in(&self, id: &str) -> Tokens {
        let body = json!({"email": format!("{id}@example.org"), "password": PASSWORD});
        let answer = self.post("/login", &body).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        Tokens::of(&answer)
    }

    /// The tokens that a session has some seconds after the beginning.
    pub(crate) async fn refreshed(&self, tokens: &Tokens, seconds: i64) -> Tokens {
        let body = json!({"refresh_token": tokens.refresh});
        Tokens::of(&ask(self.router_after(seconds), "POST", "/refresh-token", None, Some(&body)).await)
    }

    /// What the mails say that wait. They count as sent.
    pub(crate) async fn told(&self) -> Vec<AccountMailKind> {
        let (store, mut kinds) = (&self.house.store, Vec::new());
        while let Some(mail) = store.claim_account_mail(TimeDelta::minutes(20), now()).await.expect("answered") {
            store.account_mail_sent(&mail.mail_id, now()).await.expect("noted");
            kinds.push(mail.kind);
        }
        kinds
    }
}

/// What an access token says, which nobody here verifies.
pub(crate) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

impl Tokens {
    pub(crate) fn of(answer: &Answer) -> Tokens {
        let body = answer.json();
        let text = |name: &str| body[name].as_str().expect("a text").to_owned();
        Tokens { access: text("access_token"), refresh: text("refresh_token"), session_id: text("session_id") }
    }
}

/// What an authenticator shows some seconds after the beginning.
pub(crate) fn code_after(secret: &str, seconds: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a secret");
    let at = now() + TimeDelta::seconds(seconds);
    totp.generate(u64::try_from(at.timestamp()).expect("after 1970")).to_string()
}

/// Asks a router from elsewhere.
pub(crate) async fn ask(router: Router, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let Some(body) = body else { return send(router, request, ELSEWHERE, &[], Body::empty()).await };
    let json = [("content-type", "application/json")];
    send(router, request, ELSEWHERE, &json, Body::from(body.to_string())).await
}

/// Writes a key for tokens that some can read.
pub(crate) fn write_key(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, api::new_token_key().expect("random numbers")).expect("written");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
}

/// An instant in a text of an answer.
pub(crate) fn instant(text: &Value) -> chrono::DateTime<Utc> {
    text.as_str().expect("a text").parse().expect("an instant")
}
