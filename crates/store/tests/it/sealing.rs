//! What is personal about users is sealed with a key of each, and keys change while everything runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use schemas::{Language, Role};
use store::{DataKey, Error, KeyError, KeyService, LocalKeys, Store, StoreKind, WrappedKey};
use tempfile::TempDir;

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::after_minutes;

on_both_engines!(
    what_is_sealed_is_found_and_read_and_not_in_the_tables,
    what_was_there_before_is_sealed_a_page_at_a_time,
    a_name_is_sealed_when_it_changes,
    keys_change_while_others_read,
    what_was_moved_or_has_no_key_is_not_opened,
    keys_may_be_where_nobody_gets_them,
);

/// Rows in which something can be read, as a statement that changes them into themselves.
const READABLE: &str = include_str!("queries/readable_users.sql");
const READABLE_SEALED: &str = include_str!("queries/readable_personal_data.sql");

fn keys(folder: &TempDir) -> Arc<LocalKeys> {
    Arc::new(LocalKeys::in_file(folder.path().join("keys").join("personal.keys")))
}

async fn sealed_store(place: &Place, keys: Arc<dyn KeyService>) -> Store {
    place.open(StoreKind::Live).await.with_keys(keys)
}

async fn what_is_sealed_is_found_and_read_and_not_in_the_tables(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let store = sealed_store(place, keys(&folder)).await;
    let anna = store::User { display_name: "Anna".to_owned(), ..user("anna", Role::Client) };
    assert!(store.insert_user(&anna).await.expect("stored"));
    assert!(store.insert_user(&user("bert", Role::Client)).await.expect("stored"));
    assert_eq!(store.user(&user_id("anna")).await.expect("readable"), Some(anna.clone()));
    let found = store.user_by_email(" ANNA@Example.org").await.expect("readable");
    assert_eq!(found, Some(anna.clone()), "whatever its capitals");
    assert_eq!(store.users("", 10).await.expect("readable").first(), Some(&anna));
    let again = store::User { user_id: user_id("another"), ..anna };
    assert!(!store.insert_user(&again).await.expect("refused in silence"), "an address is one person's");
    for readable in [READABLE, READABLE_SEALED] {
        assert_eq!(place.execute(readable).await.expect("done"), 0, "{readable}");
    }
    assert_eq!(store.user_by_email("hmac-sha256:0").await.expect("readable"), None);
    // A second store, as another process has it, reads the keys from the file.
    let other = sealed_store(place, keys(&folder)).await;
    assert!(other.user_by_email("bert@example.org").await.expect("readable").is_some());
    other.close().await;
    store.close().await;
}

async fn what_was_there_before_is_sealed_a_page_at_a_time(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let plain = place.open(StoreKind::Live).await;
    for id in ["anna", "bert", "carl"] {
        assert!(plain.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    let store = plain.clone().with_keys(keys(&folder));
    assert!(store.user_by_email("carl@example.org").await.expect("readable").is_some(), "found before it is sealed");
    let again = store::User { user_id: user_id("another"), ..user("carl", Role::Client) };
    assert!(!store.insert_user(&again).await.expect("refused in silence"), "and known before it is sealed");
    let mut sealed = Vec::new();
    for minutes in 0..3 {
        sealed.push(store.seal_plain_users(2, after_minutes(minutes)).await.expect("sealed"));
    }
    assert_eq!(sealed, [2, 1, 0]);
    assert_eq!(place.execute(READABLE).await.expect("done"), 0);
    let counts = store.sealed_counts().await.expect("readable");
    assert_eq!((counts.plain, counts.by_key.len(), counts.by_key[0].1), (0, 1, 3));
    for id in ["anna", "bert", "carl"] {
        let found = store.user_by_email(&format!("{id}@example.org")).await.expect("readable");
        assert_eq!(found, Some(user(id, Role::Client)));
    }
    assert!(!store.insert_user(&again).await.expect("refused in silence"));
    let problem = plain.user(&user_id("anna")).await.expect_err("there are no keys");
    assert!(matches!(problem, Error::NoKeys), "{problem}");
    store.close().await;
}

async fn a_name_is_sealed_when_it_changes(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let plain = place.open(StoreKind::Live).await;
    for id in ["anna", "bert"] {
        assert!(plain.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    let store = plain.clone().with_keys(keys(&folder));
    store.seal_plain_users(1, after_minutes(1)).await.expect("sealed");
    for id in ["anna", "bert"] {
        let changed = store.set_user_names(&user_id(id), Some("Anna"), Some(Language::French), after_minutes(2)).await;
        assert!(changed.expect("changed"));
        let now = store.user(&user_id(id)).await.expect("readable").expect("there");
        assert_eq!((now.display_name.as_str(), now.language), ("Anna", Language::French), "{id}");
    }
    assert_eq!(place.execute(READABLE).await.expect("done"), 1, "bert is not sealed yet");
    assert_eq!(store.seal_plain_users(10, after_minutes(3)).await.expect("sealed"), 1);
    assert_eq!(place.execute(READABLE).await.expect("done"), 0);
    assert_eq!(place.execute(READABLE_SEALED).await.expect("done"), 0);
    let bert = store.user(&user_id("bert")).await.expect("readable").expect("there");
    assert_eq!(bert.display_name, "Anna");
    store.close().await;
}

async fn keys_change_while_others_read(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let changing = keys(&folder);
    let store = sealed_store(place, changing.clone()).await;
    for id in ["anna", "bert", "carl"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    let other = sealed_store(place, keys(&folder)).await;
    assert!(other.user(&user_id("anna")).await.expect("readable").is_some(), "it has read the keys as they were");
    let old = changing.key_ids().expect("readable");
    let new = changing.add_key().expect("added");
    assert!(changing.remove_key(&new).is_err(), "the one that wraps stays");
    let mut wrapped = Vec::new();
    for _ in 0..3 {
        wrapped.push(store.rewrap_keys(2).await.expect("wrapped"));
        for id in ["anna", "bert", "carl"] {
            assert!(other.user(&user_id(id)).await.expect("readable").is_some(), "{id}");
        }
    }
    assert_eq!(wrapped, [2, 1, 0]);
    assert_eq!(store.sealed_counts().await.expect("readable").by_key, [(new.clone(), 3)]);
    changing.remove_key(&old[0]).expect("removed");
    assert_eq!(changing.key_ids().expect("readable"), std::slice::from_ref(&new));
    // Whoever has the old keys in memory wraps with what stands in the file now.
    assert!(other.insert_user(&user("dora", Role::Client)).await.expect("stored"));
    assert_eq!(store.sealed_counts().await.expect("readable").by_key, [(new, 4)]);
    assert!(store.user_by_email("dora@example.org").await.expect("readable").is_some());
    other.close().await;
    store.close().await;
}

async fn what_was_moved_or_has_no_key_is_not_opened(place: &Place) {
    let folder = TempDir::new().expect("a folder");
    let store = sealed_store(place, keys(&folder)).await;
    for id in ["anna", "bert"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    place.execute(include_str!("queries/move_sealed_address.sql")).await.expect("done");
    let problem = store.user(&user_id("anna")).await.expect_err("the address is bert's");
    assert!(matches!(problem, Error::Keys { .. }), "{problem}");
    let told = format!("{problem:?}");
    assert!(!told.contains("example.org"), "{told}");
    place.execute(include_str!("queries/move_wrapped_key.sql")).await.expect("done");
    let problem = store.user(&user_id("anna")).await.expect_err("key and address are bert's");
    assert!(matches!(problem, Error::Keys { .. }), "{problem}");
    assert!(store.user(&user_id("bert")).await.expect("readable").is_some());
    // Other keys open nothing, and say which key is missing.
    let elsewhere = TempDir::new().expect("a folder");
    let other = sealed_store(place, keys(&elsewhere)).await;
    let problem = other.user(&user_id("bert")).await.expect_err("no such key");
    let causes = schemas::with_causes(&problem);
    assert!(causes.contains("has no key `"), "{causes}");
    other.close().await;
    store.close().await;
}

/// A service that keeps the keys and gives out tickets for them, as a machine for keys does.
#[derive(Debug, Default)]
struct Vault(Mutex<HashMap<Vec<u8>, Kept>>);

/// Whose key it is, and the key.
type Kept = (String, Vec<u8>);

#[async_trait::async_trait]
impl KeyService for Vault {
    async fn wrapping_key_id(&self) -> Result<String, KeyError> {
        Ok("vault".to_owned())
    }

    async fn wrap_key(&self, key: &DataKey, person: &str) -> Result<WrappedKey, KeyError> {
        let mut kept = self.0.lock().expect("nobody panicked");
        let ticket = format!("ticket {}", kept.len()).into_bytes();
        kept.insert(ticket.clone(), (person.to_owned(), key.bytes().to_vec()));
        Ok(WrappedKey { key_id: "vault".to_owned(), wrapped: ticket })
    }

    async fn unwrap_key(&self, wrapped: &WrappedKey, person: &str) -> Result<DataKey, KeyError> {
        let kept = self.0.lock().expect("nobody panicked");
        let of_person = kept.get(&wrapped.wrapped).filter(|(whose, _)| whose == person);
        DataKey::from_bytes(&of_person.ok_or_else(|| KeyError::new("no such ticket"))?.1)
    }

    async fn lookup_hash(&self, text: &str) -> Result<String, KeyError> {
        Ok(schemas::secret_hash::secret_hash(&format!("vault {text}")))
    }
}

async fn keys_may_be_where_nobody_gets_them(place: &Place) {
    let store = sealed_store(place, Arc::new(Vault::default())).await;
    for id in ["anna", "bert"] {
        assert!(store.insert_user(&user(id, Role::Client)).await.expect("stored"));
    }
    assert_eq!(store.user_by_email("anna@example.org").await.expect("readable"), Some(user("anna", Role::Client)));
    assert_eq!(store.rewrap_keys(10).await.expect("nothing to do"), 0);
    assert_eq!(place.execute(READABLE).await.expect("done"), 0);
    place.execute(include_str!("queries/move_wrapped_key.sql")).await.expect("done");
    assert!(store.user(&user_id("anna")).await.is_err(), "the ticket is bert's");
    store.close().await;
}

#[tokio::test]
async fn a_key_file_is_made_for_its_owner_only_and_must_stay_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().expect("a folder");
    let local = keys(&folder);
    let path = folder.path().join("keys").join("personal.keys");
    assert!(!path.exists(), "made when it is needed");
    local.wrapping_key_id().await.expect("made");
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path().join("keys")).expect("readable").count(), 1, "nothing beside it");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).expect("set");
    let problem = keys(&folder).wrapping_key_id().await.expect_err("others can read it");
    assert!(problem.to_string().contains("chmod "), "{problem}");
    assert!(!format!("{local:?}").contains("lookup"), "only names of keys are shown");
}
