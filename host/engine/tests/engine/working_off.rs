//! What is waited for, and what is not.

use std::{
    future::{Future, poll_fn},
    task::Poll,
    time::Duration,
};

use hearken_model::{Identity, Instant, ProspectId, Signal};
use hearken_store::{Accepted, Arriving, Intake, Store};

use crate::support::{HAND_OVER, Rig, SITE, asks, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_caller_has_gone_is_worked_off_and_then_waited_for_no_more() {
    let rig = Rig::start(SITE).await;
    let request = request(&asks("ann"));
    // Asked for once it is handed over, and its caller goes.
    let mut receiving = Box::pin(rig.engine.receive("site", request));
    let waits = poll_fn(|context| Poll::Ready(receiving.as_mut().poll(context).is_pending())).await;
    assert!(waits, "it was answered before its caller could go");
    drop(receiving);
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

/// Appends a page view of somebody, and says whose it is.
async fn view(store: &dyn Store, id: &str, who: &str) -> ProspectId {
    let signal = Signal {
        id: id.into(),
        kind: "page.viewed".into(),
        at: Instant(1_700_000_000_000),
        identities: vec![Identity::new("user", who).expect("a valid id")],
        company: None,
        session: None,
        about: None,
        answers: None,
        properties: serde_json::json!({}),
    };
    let arriving = Arriving {
        signal,
        connector: "site".into(),
        received: Instant(1_700_000_000_000),
        live: false,
        verified: false,
    };
    let intake = Intake {
        signals: vec![arriving],
        seen_until: Instant(u64::MAX / 2),
        ..Intake::default()
    };
    match store.accept(intake).await.expect("the store accepts").as_slice() {
        [Accepted::Stored { prospect, .. }] => *prospect,
        other => panic!("stored, and not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_appends_is_applied_between_what_the_daemon_appends() {
    let rig = Rig::start(SITE).await;
    let beside = rig.beside();
    for n in 0..20 {
        let who = format!("u-{}", n % 3);
        view(&beside, &format!("tool-{n}"), &who).await;
        view(&*rig.store, &format!("daemon-{n}"), &who).await;
    }
    let last = view(&beside, "tool-last", "u-0").await;
    let applied = async {
        loop {
            let progress = rig.store.progress().await.expect("progress is read");
            if progress.iter().all(|p| p.waiting() == 0) {
                return rig.store.prospects(&[last]).await.expect("prospects are read");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(10), applied).await;
    let found = found.expect("what another process appends is noticed without being told");
    let signals: Vec<u64> = found
        .iter()
        .flatten()
        .flat_map(|p| p.part.profiles.values())
        .map(|p| p.signals)
        .collect();
    assert_eq!(signals, [15], "7 of the one, 7 of the other, and the last");
}
