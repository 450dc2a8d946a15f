//! Mails about accounts: each is sent once, with a code that the store knows by its hash and that opens what it says.

use schemas::secret_hash::secret_hash;
use schemas::{Role, UserId};
use store::{AccountMailKind, AccountPurpose, User, UserKind};

use super::*;

async fn with_user(house: &House) -> UserId {
    let user = User {
        user_id: "u-1".parse().expect("an id"),
        kind: UserKind::Person,
        email: "zoe@example.org".to_owned(),
        display_name: String::new(),
        role: Role::Client,
        language: Language::English,
        password_hash: None,
        email_verified_at: None,
        disabled_at: None,
        created_at: start(),
        updated_at: start(),
    };
    assert!(house.context.store.insert_user(&user).await.expect("stored"));
    user.user_id
}

/// The code of a mail: the only word of 64 hexadecimal digits.
fn code(mail: &str) -> Option<&str> {
    let is_code = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    mail.split_whitespace().find(is_code)
}

#[tokio::test]
async fn a_mail_brings_a_code_once() {
    let house = House::with_folder().await;
    let (user_id, store) = (with_user(&house).await, &house.context.store);
    for kind in [AccountMailKind::VerifyEmail, AccountMailKind::SetPassword, AccountMailKind::PasswordChanged] {
        store.queue_account_mail(&user_id, kind, start()).await.expect("queued");
    }
    let report = deliver(&house.context).await.expect("sent");
    assert!(report.note.starts_with("3 mails about accounts sent"), "{}", report.note);
    let mails = house.mails();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|mail| mail.contains("To: zoe@example.org")));
    assert!(mails.iter().all(|mail| !mail.contains("List-Unsubscribe")), "they are owed");
    let codes: Vec<&str> = mails.iter().filter_map(|mail| code(mail)).collect();
    assert_eq!(codes.len(), 2, "a notice has no code");
    let (mut verifies, mut sets) = (0, 0);
    for code in codes {
        let hash = secret_hash(code);
        verifies += usize::from(store.verify_email(&hash, start()).await.expect("answered").is_some());
        let for_password = store.user_of_account_token(&hash, AccountPurpose::SetPassword, start()).await;
        sets += usize::from(for_password.expect("answered").is_some());
    }
    assert_eq!((verifies, sets), (1, 1));
    deliver(&house.context).await.expect("sent");
    assert_eq!(house.mails().len(), 3, "nothing is sent twice");
}

#[tokio::test]
async fn changes_of_how_one_signs_in_are_told_without_a_code() {
    let house = House::with_folder().await;
    let (user_id, store) = (with_user(&house).await, &house.context.store);
    let told = [
        (AccountMailKind::SecondFactorAdded, "Subject: A second factor was turned on"),
        (AccountMailKind::SecondFactorRemoved, "Subject: Your second factor was removed"),
        (AccountMailKind::RecoveryCodesRenewed, "Subject: New recovery codes were made"),
        (AccountMailKind::OtherHouseLinked, "Subject: You can sign in another way"),
        (AccountMailKind::PasskeyAdded, "Subject: A passkey was added"),
        (AccountMailKind::PasskeyRemoved, "Subject: A passkey was removed"),
    ];
    for (kind, _) in told {
        store.queue_account_mail(&user_id, kind, start()).await.expect("queued");
    }
    deliver(&house.context).await.expect("sent");
    let mails = house.mails();
    assert_eq!(mails.len(), told.len());
    for (_, subject) in told {
        assert_eq!(mails.iter().filter(|mail| mail.contains(subject)).count(), 1, "{subject}");
    }
    assert!(mails.iter().all(|mail| mail.contains("To: zoe@example.org") && code(mail).is_none()));
}

#[tokio::test]
async fn without_mail_they_wait() {
    let mut house = House::with_folder().await;
    let user_id = with_user(&house).await;
    house.context.store.queue_account_mail(&user_id, AccountMailKind::VerifyEmail, start()).await.expect("queued");
    let mail = house.context.settings.mail.take();
    let report = deliver(&house.context).await.expect("nothing is sent");
    assert!(report.note.contains("1 mails about accounts wait"), "{}", report.note);
    house.context.settings.mail = mail;
    house.context.store.disable_user(&user_id, start()).await.expect("done");
    deliver(&house.context).await.expect("nothing is sent");
    assert!(house.mails().is_empty(), "a user who was disabled gets no code");
    assert_eq!(house.context.store.pending_account_mails().await.expect("counted"), 0);
}
