//! A house with people in it: one of each role, each signed in.

use std::collections::HashMap;
use std::path::Path;

use api::Settings;
use axum::Router;
use axum::body::Bytes;
use schemas::tables::group_members::GroupMember;
use schemas::tables::portfolio_group_returns::PortfolioGroupReturn;
use schemas::tables::portfolio_values::PortfolioValue;
use schemas::tables::portfolios::Portfolio;
use schemas::{Clock, Currency, Language, Role, Subject, UserId};
use store::{DelegationKind, Statement, StatementFile, User, UserKind};
use tempfile::TempDir;

use crate::assets::get::instrument;
use crate::door::write_key;
use crate::house::{Answer, DATES, ELSEWHERE, House, date, id, key, now, portfolio, send_json, value_of};
use crate::market_news::get::item;

/// What everybody signs in with, and its hash as the reference implementation of Argon2 makes it.
const PASSWORD: &str = "seven purple lamps at noon";
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$uZJ8C5x/qeSvqH38kxGIcg$iHaBXl7dBxhJ/EEAhNDOki6/6xBKdxaWmzsWD5YkbzU";

/// The token of the house.
const HOUSE_TOKEN: &str = "the token of the house";

/// Who asks: nobody, one of each role, and the house. `owner` owns D03 and has the plan premium; `other` owns D99 and
/// has no plan; `adviser` is the owner's adviser, `adviser_of_nobody` nobody's.
pub(crate) const CALLERS: [&str; 9] =
    ["nobody", "owner", "other", "adviser", "adviser_of_nobody", "operations", "compliance", "admin", "house"];

const USERS: [(&str, Role); 10] = [
    ("owner", Role::Client),
    ("other", Role::Client),
    ("adviser", Role::Adviser),
    ("adviser_of_nobody", Role::Adviser),
    ("operations", Role::Operations),
    ("compliance", Role::Compliance),
    ("admin", Role::Admin),
    // Those below ask for nothing: something is done about them.
    ("newcomer", Role::Client),
    ("candidate", Role::Client),
    ("passing", Role::Client),
];

/// A house with people, two portfolios, two groups and two documents.
pub(crate) struct Peopled {
    pub(crate) house: House,
    pub(crate) router: Router,
    tokens: HashMap<&'static str, String>,
    _keys: TempDir,
}

pub(crate) fn user_id(text: &str) -> UserId {
    text.parse().expect("an id")
}

impl Peopled {
    /// As [`Peopled::limited`], without limits.
    pub(crate) async fn open(house: House) -> Peopled {
        Peopled::limited(house, 0).await
    }

    /// The house, in which everybody may ask so many times a minute.
    pub(crate) async fn limited(mut house: House, requests_per_minute: u32) -> Peopled {
        house.save("D03").await;
        // D99 is a market of its own.
        let apart = Portfolio { market_id: "D99".parse().expect("an id"), ..portfolio("D99") };
        house.store.save_portfolio(&apart, false, Clock::Fixed(now())).await.expect("saved");
        for (name, role) in USERS {
            sign_up(&house, name, role).await;
        }
        open_to_them(&house).await;
        figures(&mut house).await;
        publish(&house, "D03").await;
        publish(&house, "D99").await;
        let keys = TempDir::new().expect("a folder");
        let router = house.router_with(&settings(keys.path(), requests_per_minute)).expect("a router");
        let mut tokens = HashMap::from([("house", HOUSE_TOKEN.to_owned())]);
        for caller in CALLERS.into_iter().filter(|caller| !["nobody", "house"].contains(caller)) {
            tokens.insert(caller, signed_in(&router, caller).await);
        }
        Peopled { house, router, tokens, _keys: keys }
    }

    /// The same house after somebody has signed in once more.
    pub(crate) async fn signed_in_again(mut self, caller: &'static str) -> Peopled {
        let token = signed_in(&self.router, caller).await;
        assert_ne!(self.tokens.insert(caller, token.clone()), Some(token));
        self
    }

    /// Asks as somebody, with a body if there is one.
    pub(crate) async fn ask(&self, caller: &str, method: &str, path: &str, body: Option<&str>) -> Answer {
        let bearer = self.tokens.get(caller).map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|token| ("authorization", token.as_str())).collect();
        send_json(self.router.clone(), (method, path), ELSEWHERE, &headers, body).await
    }

    pub(crate) async fn get(&self, caller: &str, path: &str) -> Answer {
        self.ask(caller, "GET", path, None).await
    }
}

/// Settings under which the house has a token and users can sign in.
fn settings(folder: &Path, requests_per_minute: u32) -> Settings {
    let path = folder.join("token-key.pem");
    write_key(&path, 0o600);
    let mut settings = Settings { token: Some(HOUSE_TOKEN.into()), requests_per_minute, ..Settings::default() };
    settings.identity.token_key_files = vec![path];
    settings
}

async fn sign_up(house: &House, name: &str, role: Role) {
    let user = User {
        user_id: user_id(name),
        kind: UserKind::Person,
        email: format!("{name}@example.org"),
        display_name: String::new(),
        role,
        language: Language::English,
        password_hash: Some(PASSWORD_HASH.to_owned()),
        email_verified_at: Some(now()),
        disabled_at: None,
        created_at: now(),
        updated_at: now(),
    };
    assert!(house.store.insert_user(&user).await.expect("stored"));
}

/// The access token of a user who signs in.
async fn signed_in(router: &Router, name: &str) -> String {
    let login = format!(r#"{{"email":"{name}@example.org","password":"{PASSWORD}"}}"#);
    let answer = send_json(router.clone(), ("POST", "/login"), ELSEWHERE, &[], Some(&login)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

/// Gives the owner D03, a plan and an adviser, and another client D99.
async fn open_to_them(house: &House) {
    let (store, owner) = (&house.store, user_id("owner"));
    for (user, portfolio) in [("owner", "D03"), ("other", "D99")] {
        assert!(store.give_portfolio(&user_id(user), &id(portfolio), "test", now()).await.expect("given"));
    }
    let adviser = user_id("adviser");
    assert!(store.delegate(&owner, &adviser, DelegationKind::Adviser, "test", now()).await.expect("delegated"));
    assert!(store.subscribe(&owner, "premium", None, "test", now()).await.expect("subscribed"));
}

/// Values of both portfolios; the group `ours` of D03 alone, and the group `mixed` of both.
async fn figures(house: &mut House) {
    let values: Vec<PortfolioValue> =
        ["D03", "D99"].into_iter().map(|portfolio| value_of(portfolio, DATES[1])).collect();
    house.write(&values).await;
    let member = |of: &str, portfolio: &str| GroupMember {
        group_id: of.parse().expect("an id"),
        title: format!("The {of} family"),
        kind: "household".to_owned(),
        base_currency: Currency::EUR,
        portfolio_id: id(portfolio),
        from_date: date("2014-01-01"),
        to_date: None,
        landing_sha256: "0".repeat(64),
    };
    let members = [member("mixed", "D03"), member("mixed", "D99"), member("ours", "D03")];
    house.lake.replace_all(&members, &key()).await.expect("written");
    let days: Vec<PortfolioGroupReturn> = ["mixed", "ours"]
        .into_iter()
        .map(|of| PortfolioGroupReturn {
            group_id: of.parse().expect("an id"),
            business_date: date(DATES[1]),
            kind: "household".to_owned(),
            base_currency: Currency::EUR,
            member_count: 1,
            carried_member_count: 0,
            begin_value: Some("100".parse().expect("a number")),
            inflow: None,
            outflow: None,
            end_value: Some("112.5".parse().expect("a number")),
            return_fraction: Some(0.125),
            reason: None,
        })
        .collect();
    house.write(&days).await;
    let instruments = [instrument("world", "SAP", "SAP SE", None), instrument("D99", "GEM", "A gem", None)];
    house.lake.upsert(&instruments, &key()).await.expect("written");
    house
        .write(&[item("world", "1", "2014-12-31T09:00:00Z", "SAP"), item("D99", "2", "2014-12-31T08:00:00Z", "")])
        .await;
}

/// A document about a portfolio, with the id `statement-<portfolio>`.
async fn publish(house: &House, portfolio: &str) {
    let object_path = format!("statements/{portfolio}/document.csv");
    house.lake.storage().put_once(&object_path, Bytes::from_static(b"a,b\n")).await.expect("archived");
    let file = StatementFile { media_type: "text/csv".to_owned(), object_path, sha256: "c".repeat(64), byte_count: 4 };
    let revision = if portfolio == "D03" { 1 } else { 2 };
    let statement = Statement {
        id: format!("statement-{portfolio}"),
        kind: "periodic".to_owned(),
        subject: Subject::Portfolio(id(portfolio)),
        period_start: date("2014-11-30"),
        period_end: date("2014-12-31"),
        version: 1,
        run_id: house.claim(revision).await.id,
        document_sha256: "d".repeat(64),
        files: vec![file],
        published_at: now(),
    };
    house.store.publish_statement(&statement).await.expect("published");
}
