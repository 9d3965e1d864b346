//! What is waited for, and what is not.

use std::time::Duration;

use hearken_model::Identity;
use hearken_store::Store as _;

use crate::support::{HAND_OVER, Rig, SITE, asks, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_caller_has_gone_is_worked_off_and_then_waited_for_no_more() {
    let rig = Rig::start(SITE).await;
    let request = request(&asks("ann"));
    // Long enough to be handed over, and too short for an answer.
    let gone = tokio::time::timeout(Duration::ZERO, rig.engine.receive("site", request)).await;
    assert!(gone.is_err(), "it was answered before its caller could go");
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    let ann = Identity::new("email", "ann@example.com").expect("a valid address");
    let found = rig.store.find_prospect(&ann).await.expect("people are found");
    assert!(found.is_some(), "what she sent was taken all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_for_a_sink_that_is_configured_no_more_is_not_waited_for() {
    let all = format!("{SITE}{HAND_OVER}");
    let rig = Rig::start(&all).await;
    rig.switch(true).await;
    assert_eq!(rig.post(asks("ann")).await.status, 200);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    let rig = rig.again(SITE).await;
    rig.switch(false).await;
    assert!(
        rig.store.next_due().await.expect("times are read").is_some(),
        "the hand-over is due"
    );
    assert!(rig.works_off().await, "it waits for nobody");
    // It is delivered when its sink is back.
    let rig = rig.again(&all).await;
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
    assert_eq!(rig.outbox().len(), 1);
}
