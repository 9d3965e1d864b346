//! What is checked again right before every attempt.

use hearken_model::{ActionState, Identity};
use hearken_store::Store as _;
use serde_json::json;

use crate::support::{HAND_OVER, Rig, SITE, asks};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_handed_over_who_wants_to_hear_nothing_by_now() {
    let rig = Rig::start(&format!("{SITE}{HAND_OVER}")).await;
    rig.switch(true).await;
    assert_eq!(rig.post(asks("ann")).await.status, 200);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    let no = json!([{ "type": "track", "event": "Consent Withdrawn", "messageId": "no-1", "anonymousId": "ann",
        "properties": { "purpose": "*", "channel": "*" } }]);
    assert_eq!(rig.post(no).await.status, 200);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    rig.switch(false).await;
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    let ann = Identity::new("email", "ann@example.com").expect("a valid address");
    let ann = rig
        .store
        .find_prospect(&ann)
        .await
        .expect("people are found")
        .expect("she is known");
    let actions = rig.store.actions_of(ann, 9).await.expect("actions are read");
    let [action] = actions.as_slice() else {
        panic!("one hand-over was decided, and not {actions:?}")
    };
    assert_eq!(action.state, ActionState::Rejected, "{}", action.why);
    assert!(action.why.contains("hear nothing"), "{}", action.why);
    assert!(rig.outbox().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_still_wants_to_is_handed_over_once() {
    let rig = Rig::start(&format!("{SITE}{HAND_OVER}")).await;
    rig.switch(true).await;
    assert_eq!(rig.post(asks("ann")).await.status, 200);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    rig.switch(false).await;
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    assert_eq!(rig.outbox().len(), 1);
}
