//! Everything about oneself as an archive, which shows that it is whole and ours.

use api::{ArchiveError, HouseKey, PersonArchive};
use axum::body::Body;
use axum::http::Request;
use schemas::Role;

use crate::door::{Door, write_key};
use crate::house::{ELSEWHERE, House, now, send};
use crate::rights::people::Peopled;

/// A house with a key of its own, in which zoe owns D03.
async fn with_key() -> (Door, HouseKey, tempfile::TempDir) {
    let mut door = Door::open().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("house-key.pem");
    write_key(&path, 0o600);
    let key = HouseKey::read(&path).expect("a key");
    door.settings.house_key_file = Some(path);
    let zoe = door.user("zoe", Role::Client).await;
    let portfolio = crate::house::id("D03");
    assert!(door.house.store.give_portfolio(&zoe, &portfolio, "test", now()).await.expect("given"));
    (door, key, folder)
}

#[tokio::test]
async fn an_archive_of_oneself_is_whole_and_signed() {
    let (door, key, _folder) = with_key().await;
    let token = door.sign_in("zoe").await.access;
    let answer = door.ask("POST", "/users/me/export", &token).await;
    assert_eq!(answer.status, 200, "{:?}", answer.body);
    assert_eq!(answer.header("content-type"), "application/gzip");
    let manifest = api::verify_archive(&answer.body[..], &key).expect("whole and ours");
    assert_eq!(manifest.user_id, "zoe");
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    for name in ["user.json", "sessions.jsonl", "portfolios.jsonl", "transactions.jsonl", "audit_entries.jsonl"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    let portfolios = manifest.files.iter().find(|file| file.name == "portfolios.jsonl").expect("there");
    assert!(0 < portfolios.bytes, "D03 is zoe's");
    let entries = door.house.store.audit_entries_of(&"zoe".parse().expect("an id"), i64::MAX, 1).await;
    assert_eq!(entries.expect("readable")[0].action, "exported");

    // Another key, a missing end and a changed byte are found.
    let (_, other, _other_folder) = with_key().await;
    assert!(api::verify_archive(&answer.body[..], &other).expect_err("another key").contains("not signed"));
    assert!(api::verify_archive(&answer.body[..answer.body.len() / 2], &key).is_err());
    let mut changed = answer.body.to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert!(api::verify_archive(&changed[..], &key).is_err());
}

#[tokio::test]
async fn the_documents_of_ones_own_portfolios_are_in_it() {
    let peopled = Peopled::open(House::empty().await).await;
    let (store, lake) = (&peopled.house.store, &peopled.house.lake);
    let (_, key, _folder) = with_key().await;
    let owner = "owner".parse().expect("an id");
    let archive = PersonArchive::gather(store, lake, &owner, 1 << 20, now()).await.expect("gathered");
    let bytes = archive.write(&key, "0.1.0", Vec::new()).expect("written");
    let manifest = api::verify_archive(&bytes[..], &key).expect("whole and ours");
    let documents: Vec<_> = manifest.files.iter().filter(|file| file.name.starts_with("documents/")).collect();
    // The document of D03 is `a,b` and a line feed; that of D99 is another's.
    // printf 'a,b\n' | sha256sum
    let expected = "5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313";
    let told: Vec<_> = documents.iter().map(|file| (file.bytes, file.sha256.as_str())).collect();
    assert_eq!(told, [(4, expected)]);
    let names: Vec<_> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    let place = |name: &str| names.iter().position(|known| *known == name).expect("there");
    assert!(
        0 < manifest.files[place("ownerships.jsonl")].bytes && 0 < manifest.files[place("delegations.jsonl")].bytes
    );
    let too_small = PersonArchive::gather(store, lake, &owner, 100, now()).await;
    assert!(matches!(too_small, Err(ArchiveError::TooLarge { bytes_max: 100 })));
    let nobody = PersonArchive::gather(store, lake, &"nobody".parse().expect("an id"), 100, now()).await;
    assert!(matches!(nobody, Err(ArchiveError::UnknownUser { .. })));
}

#[tokio::test]
async fn an_archive_is_for_the_person_who_signed_in_lately() {
    let (door, _key, _folder) = with_key().await;
    door.user("adam", Role::Admin).await;
    let (zoe, adam) = (door.sign_in("zoe").await, door.sign_in("adam").await);
    door.ask("POST", "/users/zoe/export", &adam.access).await.problem(403);
    door.ask("POST", "/users/adam/export", &zoe.access).await.problem(404);
    // An hour and a refresh later the password was given too long ago.
    let router = door.router_after(3_601);
    let refresh = format!(r#"{{"refresh_token":"{}"}}"#, zoe.refresh);
    let request = Request::builder().method("POST").uri("/refresh-token").header("content-type", "application/json");
    let next = send(router.clone(), request, ELSEWHERE, &[], Body::from(refresh)).await.json();
    let bearer = format!("Bearer {}", next["access_token"].as_str().expect("a token"));
    let request = Request::builder().method("POST").uri("/users/me/export");
    let late = send(router, request, ELSEWHERE, &[("authorization", &bearer)], Body::empty()).await;
    assert!(late.problem(403)["detail"].to_string().contains("lately"));
}

#[tokio::test]
async fn who_may_be_forgotten_is() {
    let door = Door::open().await;
    door.user("zoe", Role::Client).await;
    let token = door.sign_in("zoe").await.access;
    assert_eq!(door.ask("POST", "/users/me/erasure", &token).await.status, 204);
    door.ask("GET", "/users/me", &token).await.problem(401);
    let login = serde_json::json!({"email": "zoe@example.org", "password": crate::door::PASSWORD});
    door.post("/login", &login).await.problem(401);
}
