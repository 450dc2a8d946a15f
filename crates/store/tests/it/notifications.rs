//! What users are told: once, by the channels that they chose.

use chrono::TimeDelta;
use schemas::Role;
use store::{
    ApprovalKind, NewApproval, NewSession, NewWorkOrder, Notification, NotificationChannels, NotificationFilter,
    NotificationKind, NotificationSetting, OrderLimits, QuietHours, SessionProof, Store, StoreKind, WorkOrderKind,
};

use crate::entitlements::{user, user_id};
use crate::places::{Place, on_both_engines};
use crate::samples::{after_minutes, claimed_run, portfolio_id, save_portfolio, start, statement};

on_both_engines!(
    who_owns_a_portfolio_is_told_of_its_documents_once,
    who_ordered_and_who_may_decide_is_told,
    a_sign_in_with_a_new_program_is_told,
    what_is_read_is_counted_no_more,
    a_mail_goes_to_who_chose_it_and_once,
    settings_are_replaced_as_a_whole,
);

async fn house(place: &Place) -> Store {
    let store = place.open(StoreKind::Live).await;
    for id in ["D01", "D02"] {
        save_portfolio(&store, id).await;
    }
    let users = [("anna", Role::Client), ("bert", Role::Client), ("cora", Role::Compliance), ("adam", Role::Admin)];
    for (id, role) in users {
        assert!(store.insert_user(&user(id, role)).await.expect("stored"));
    }
    let before = after_minutes(-10);
    assert!(store.give_portfolio(&user_id("anna"), &portfolio_id("D01"), "test", before).await.expect("given"));
    store
}

/// Two documents: one about D01, which anna owns, and one about D02, which nobody does.
async fn publish(store: &Store) {
    let run = claimed_run(store).await;
    for portfolio in ["D01", "D02"] {
        store.publish_statement(&statement(portfolio, 1, &run)).await.expect("published");
    }
}

async fn tell(store: &Store, minutes: i64) -> u64 {
    store.tell_users(after_minutes(-7 * 24 * 60), after_minutes(minutes)).await.expect("told")
}

async fn told(store: &Store, id: &str) -> Vec<Notification> {
    store.notifications(&user_id(id), NotificationFilter::All, None, 10).await.expect("readable")
}

async fn choose(store: &Store, id: &str, kind: NotificationKind, channels: NotificationChannels) {
    let chosen = NotificationSetting { channels, ..NotificationSetting::unchosen(kind) };
    store.choose_notifications(&user_id(id), &[chosen]).await.expect("kept");
}

async fn who_owns_a_portfolio_is_told_of_its_documents_once(place: &Place) {
    let store = house(place).await;
    assert_eq!(tell(&store, 0).await, 0, "there is nothing");
    publish(&store).await;
    assert_eq!((tell(&store, 1).await, tell(&store, 2).await), (1, 0));
    let found = told(&store, "anna").await;
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.kind, one.about.as_str()), (NotificationKind::DocumentReady, "periodic-D01-2014-12-31-1"));
    assert_eq!((&one.portfolio_id, one.notified_at, one.read_at), (&Some(portfolio_id("D01")), after_minutes(1), None));
    assert_eq!(told(&store, "bert").await, []);
    // Who does not want to be told is not, nor is who became the owner later.
    choose(&store, "bert", NotificationKind::DocumentReady, NotificationChannels::None).await;
    let later = after_minutes(5);
    assert!(store.give_portfolio(&user_id("cora"), &portfolio_id("D02"), "test", later).await.expect("given"));
    assert_eq!(tell(&store, 6).await, 0);
    let long_after = store.tell_users(after_minutes(1), after_minutes(6)).await.expect("told");
    assert_eq!(long_after, 0, "what was before is not looked for");
    store.close().await;
}

async fn who_ordered_and_who_may_decide_is_told(place: &Place) {
    let store = house(place).await;
    let order = |id: &str, by: &str| NewWorkOrder {
        order_id: id.to_owned(),
        kind: WorkOrderKind::Report,
        portfolio_id: portfolio_id("D01"),
        ordered_by: by.to_owned(),
        request: "{}".to_owned(),
    };
    let limits = OrderLimits { open_max: 9, lately_max: 9, since: start() };
    for new in [order("o-1", "anna"), order("o-2", "house")] {
        store.give_order(&new, &limits, start()).await.expect("queued");
    }
    assert_eq!(tell(&store, 1).await, 0, "none has ended");
    for _ in 0..2 {
        let claimed = store.claim_order(TimeDelta::minutes(5), 3, after_minutes(1)).await.expect("claimed");
        store.order_failed(&claimed.expect("due"), "nothing", after_minutes(2)).await.expect("kept");
    }
    let asked = NewApproval {
        approval_id: "a-1".to_owned(),
        kind: ApprovalKind::Role,
        subject: "bert".to_owned(),
        wanted: "adviser".to_owned(),
        asked_by: user_id("adam"),
        ask_reason: "for a test".to_owned(),
    };
    assert!(store.ask_for_approval(&asked, after_minutes(2)).await.expect("asked"));
    assert_eq!(tell(&store, 3).await, 2, "anna of her order, cora of what waits for her");
    let of = |found: Vec<Notification>| found.first().map(|one| (one.kind, one.about.clone()));
    assert_eq!(of(told(&store, "anna").await), Some((NotificationKind::OrderEnded, "o-1".to_owned())));
    assert_eq!(of(told(&store, "cora").await), Some((NotificationKind::ApprovalWaiting, "a-1".to_owned())));
    assert_eq!(told(&store, "adam").await, []);
    store.close().await;
}

async fn a_sign_in_with_a_new_program_is_told(place: &Place) {
    let store = house(place).await;
    for (minutes, id, program) in [(0, "s-1", "Browser"), (1, "s-2", "Browser"), (2, "s-3", "Other")] {
        let new = NewSession {
            session_id: id,
            proof: SessionProof::Password,
            user_id: &user_id("anna"),
            successor_salt: &"7".repeat(64),
            token_hash: &format!("{minutes:064}"),
            user_agent: program,
            peer: "192.0.2.7",
            authenticated_at: after_minutes(minutes),
            at: after_minutes(minutes),
            idle: TimeDelta::days(7),
            life: TimeDelta::days(30),
        };
        store.begin_session(&new).await.expect("begun");
    }
    assert_eq!(tell(&store, 3).await, 1, "neither the first of all nor one with a program that was there");
    let found = told(&store, "anna").await;
    assert_eq!(found.first().map(|one| (one.kind, one.about.as_str())), Some((NotificationKind::NewSignIn, "s-3")));
    store.close().await;
}

async fn what_is_read_is_counted_no_more(place: &Place) {
    let store = house(place).await;
    publish(&store).await;
    let anna = user_id("anna");
    tell(&store, 1).await;
    let unread = async || store.unread_notifications(&anna).await.expect("counted");
    assert_eq!(unread().await, 1);
    let id = told(&store, "anna").await.first().map(|one| one.notification_id.clone()).expect("one");
    let ids = [id.clone(), "unknown".to_owned()];
    store.notifications_read(&user_id("bert"), &ids, after_minutes(2)).await.expect("done");
    assert_eq!(unread().await, 1, "somebody else's");
    store.notifications_read(&anna, &ids, after_minutes(3)).await.expect("done");
    store.notifications_read(&anna, &ids, after_minutes(4)).await.expect("done");
    let read = store.notification(&anna, &id).await.expect("readable").expect("there");
    assert_eq!((unread().await, read.read_at), (0, Some(after_minutes(3))), "the first time counts");
    assert_eq!(store.notifications(&anna, NotificationFilter::Unread, None, 10).await.expect("readable"), []);
    assert_eq!(store.notifications(&anna, NotificationFilter::All, Some(&read), 10).await.expect("readable"), []);
    store.all_notifications_read(&anna, after_minutes(9), after_minutes(9)).await.expect("done");
    assert_eq!(unread().await, 0);
    store.delete_past_secrets(after_minutes(0)).await.expect("deleted");
    assert_eq!(told(&store, "anna").await.len(), 1);
    store.delete_past_secrets(after_minutes(1)).await.expect("deleted");
    assert_eq!(told(&store, "anna").await, []);
    store.close().await;
}

async fn a_mail_goes_to_who_chose_it_and_once(place: &Place) {
    let store = house(place).await;
    choose(&store, "anna", NotificationKind::DocumentReady, NotificationChannels::Email).await;
    publish(&store).await;
    assert_eq!(tell(&store, 1).await, 1);
    assert_eq!(told(&store, "anna").await, [], "not in the application");
    assert_eq!(store.unread_notifications(&user_id("anna")).await.expect("counted"), 0);
    let lease = TimeDelta::minutes(20);
    let claim =
        async |minutes: i64| store.claim_notification_mail(lease, after_minutes(minutes)).await.expect("answered");
    assert_eq!(claim(0).await, None, "not yet");
    let first = claim(1).await.expect("due");
    assert_eq!((first.user_id.clone(), first.attempts), (user_id("anna"), 1));
    assert_eq!(claim(20).await, None, "somebody sends it");
    store.notification_not_mailed(&first, (0, Some(after_minutes(90))), None).await.expect("held back");
    assert_eq!(claim(89).await, None);
    let second = claim(90).await.expect("due again");
    assert_eq!(second.attempts, 1, "what is held back was not tried");
    store.delete_past_secrets(after_minutes(95)).await.expect("deleted");
    store.notification_mailed(&second, after_minutes(91)).await.expect("noted");
    store.notification_not_mailed(&first, (1, Some(after_minutes(92))), Some("late")).await.expect("ignored");
    assert_eq!(claim(200).await, None, "it has gone");
    store.close().await;
}

async fn settings_are_replaced_as_a_whole(place: &Place) {
    let store = house(place).await;
    let anna = user_id("anna");
    let unchosen: Vec<NotificationSetting> =
        NotificationKind::ALL.into_iter().map(NotificationSetting::unchosen).collect();
    assert_eq!(store.notification_settings(&anna).await.expect("readable"), unchosen);
    let quiet =
        QuietHours { from: "22:00".to_owned(), until: "07:00".to_owned(), time_zone: "Europe/Berlin".to_owned() };
    let chosen = NotificationSetting {
        kind: NotificationKind::OrderEnded,
        channels: NotificationChannels::Both,
        quiet_hours: Some(quiet),
    };
    store.choose_notifications(&anna, std::slice::from_ref(&chosen)).await.expect("kept");
    let found = store.notification_settings(&anna).await.expect("readable");
    assert_eq!((found.len(), &found[1]), (4, &chosen));
    let twice = [chosen.clone(), chosen.clone()];
    assert!(store.choose_notifications(&anna, &twice).await.is_err());
    assert_eq!(store.notification_settings(&anna).await.expect("readable")[1], chosen, "what was stays");
    store.choose_notifications(&anna, &[]).await.expect("kept");
    assert_eq!(store.notification_settings(&anna).await.expect("readable"), unchosen);
    store.close().await;
}
