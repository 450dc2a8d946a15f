//! Users: an address is one person's, and a row comes back as it was put in.

use schemas::{Language, Role, UserId};
use store::{StoreKind, User, UserKind};

use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, start};

on_both_engines!(a_user_comes_back_as_put_in, an_address_belongs_to_one_user_whatever_its_capitals,);

/// A client with an address.
fn user(id: &str, email: &str) -> User {
    User {
        user_id: id.parse().expect("an id"),
        kind: UserKind::Person,
        email: email.to_owned(),
        display_name: "Zoë Ångström".to_owned(),
        role: Role::Client,
        language: Language::French,
        password_hash: None,
        email_verified_at: None,
        disabled_at: None,
        created_at: start(),
        updated_at: start(),
    }
}

async fn a_user_comes_back_as_put_in(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let plain = user("u-1", "zoe@example.org");
    let full = User {
        kind: UserKind::Service,
        role: Role::Operations,
        password_hash: Some("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA".to_owned()),
        email_verified_at: Some(after_minutes(1)),
        disabled_at: Some(after_minutes(2)),
        updated_at: after_minutes(3),
        ..user("u-2", "nightly@example.org")
    };
    for put in [&plain, &full] {
        assert!(store.insert_user(put).await.expect("stored"));
        assert_eq!(store.user(&put.user_id).await.expect("readable").as_ref(), Some(put));
    }
    let nobody: UserId = "u-3".parse().expect("an id");
    assert_eq!(store.user(&nobody).await.expect("readable"), None);
    assert!(!format!("{full:?}").contains("example.org"), "an address is not for logs");
    store.close().await;
}

async fn an_address_belongs_to_one_user_whatever_its_capitals(place: &Place) {
    let store = place.open(StoreKind::Live).await;
    let first = user("u-1", "Zoe@Example.org");
    assert!(store.insert_user(&first).await.expect("stored"));
    assert!(!store.insert_user(&user("u-2", "zoe@example.ORG")).await.expect("refused in silence"));
    assert_eq!(store.user_by_email(" ZOE@example.org ").await.expect("readable"), Some(first));
    assert_eq!(store.user_by_email("other@example.org").await.expect("readable"), None);
    assert!(store.insert_user(&user("u-4", "  ")).await.is_err(), "no address");
    store.close().await;
}
