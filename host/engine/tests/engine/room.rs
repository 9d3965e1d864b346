//! What waits for room, in which order it goes, and what colleagues get.

use std::time::Duration;

use hearken_model::{Action, ActionState, Identity, Instant, ProfileId, ProspectId, gate};
use hearken_store::{Store as _, Suppression};
use serde_json::{Value, json};

use crate::support::Rig;

const HOUR: Duration = Duration::from_secs(3_600);

fn appears(who: &str) -> Value {
    json!([{ "type": "identify", "messageId": format!("i-{who}"), "userId": who,
        "traits": { "email": format!("{who}@example.com") } }])
}

async fn comes(rig: &Rig, who: &str) {
    assert_eq!(rig.post(appears(who)).await.status, 200);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
}

async fn action(rig: &Rig, who: &str) -> Action {
    let identity = Identity::new("user", who).expect("a name");
    let found = rig.store.find_prospect(&identity).await.expect("people are found");
    let all = rig
        .store
        .actions_of(found.expect("known"), 9)
        .await
        .expect("actions are read");
    all.into_iter().find(|a| !a.seed).expect("something was decided")
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_wait_for_room_go_in_the_order_in_which_they_came() {
    let rig = Rig::that_always_tells("new-people-per-hour = 2\n").await;
    let people = ["ann", "bob", "cy", "di", "ed"];
    for who in people {
        comes(&rig, who).await;
    }
    let states = |rig: Rig| async move {
        let mut all = Vec::new();
        for who in people {
            let action = action(&rig, who).await;
            all.push((action.state == ActionState::Delivered, action.gate));
        }
        (rig, all)
    };
    let told = || (true, String::new());
    let waits = || (false, gate::NEW_PEOPLE.to_owned());
    let (rig, first) = states(rig).await;
    assert_eq!(first, [told(), told(), waits(), waits(), waits()]);
    let before = action(&rig, "cy").await;
    assert!(before.due > before.decided.after(HOUR / 2), "{before:?}");
    rig.pass(HOUR);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    // Somebody who comes now is behind those who have waited.
    comes(&rig, "fay").await;
    let (rig, second) = states(rig).await;
    assert_eq!(second, [told(), told(), told(), told(), waits()]);
    rig.pass(HOUR);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    let (rig, third) = states(rig).await;
    assert_eq!(third.last(), Some(&told()));
    assert_eq!(action(&rig, "fay").await.state, ActionState::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_room_too_long_expires() {
    let rig = Rig::that_always_tells("new-people-per-hour = 1\nexpires = \"30min\"\n").await;
    comes(&rig, "ann").await;
    comes(&rig, "bob").await;
    assert_eq!(action(&rig, "bob").await.gate, gate::NEW_PEOPLE);
    rig.pass(HOUR);
    for _ in 0..400 {
        if action(&rig, "bob").await.state == ActionState::Expired {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let bob = action(&rig, "bob").await;
    assert_eq!((bob.state, bob.attempts), (ActionState::Expired, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suppressed_colleague_gets_no_copy() {
    let rig = Rig::that_always_tells("seeds = [\"boss@example.com\"]\n").await;
    let boss = Identity::new("email", "boss@example.com").expect("an address");
    let suppression = Suppression {
        identity: boss.clone(),
        why: "asked us not to".into(),
        at: Instant(1),
    };
    rig.store.suppress(suppression).await.expect("it is suppressed");
    comes(&rig, "ann").await;
    assert_eq!(action(&rig, "ann").await.state, ActionState::Delivered);
    let copies = rig
        .store
        .actions_of(ProspectId::beginning_with(ProfileId::of(&boss)), 9)
        .await
        .expect("actions are read");
    let [copy] = copies.as_slice() else {
        panic!("one copy was queued, and not {copies:?}")
    };
    assert_eq!(
        (copy.state, copy.gate.as_str()),
        (ActionState::Rejected, gate::SUPPRESSED),
        "{}",
        copy.why
    );
    assert_eq!(
        rig.outbox()
            .iter()
            .filter(|f| f.extension().is_some_and(|e| e == "json"))
            .count(),
        1
    );
}
