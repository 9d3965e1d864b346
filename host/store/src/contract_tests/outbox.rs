//! Attempts: started only on what was checked, finished once, found again after a crash.

use hearken_model::{ActionState, Outcome};

use super::{Place, scene::*};
use crate::{Commit, DeadLetterQuery, Hold, NewDeadLetter, Stage, Start, Started, Suppression};

pub async fn a_finished_attempt_is_told_to_the_log_once(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    ask(store.as_ref(), start(&found, 9)).await;
    let letter = NewDeadLetter {
        at: at(10),
        stage: Stage::Deliver,
        connector: "outbox".into(),
        prospect: Some(action.prospect),
        action: Some(action.id),
        why: "no such mailbox".into(),
        place: String::new(),
        payload: "{}".into(),
    };
    let mut end = finish(action.id, 1, 10, Outcome::Rejected);
    end.dead_letter = Some(letter);
    for _ in 0..2 {
        store.finish(vec![end.clone()]).await.expect("the attempt is finished");
    }
    let told = deliveries(store.as_ref(), action.prospect).await;
    assert_eq!(told, [end.delivery.clone()]);
    let letters = store
        .dead_letters(DeadLetterQuery {
            limit: 10,
            ..DeadLetterQuery::default()
        })
        .await;
    assert_eq!(letters.expect("dead letters are read").len(), 1);
    let stored = store
        .action(action.id)
        .await
        .expect("actions are read")
        .expect("the action is there");
    assert_eq!(
        (stored.state, stored.why.as_str()),
        (ActionState::Rejected, "said the sink")
    );
    assert_eq!(stored.reference, "ref-1");
}

pub async fn what_is_rejected_can_be_queued_again_and_no_more(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    ask(store.as_ref(), start(&found, 9)).await;
    let end = finish(action.id, 1, 10, Outcome::Rejected);
    store.finish(vec![end]).await.expect("the attempt is finished");
    for (state, moved) in [
        (ActionState::Held, false),
        (ActionState::Expired, false),
        (ActionState::Queued, true),
    ] {
        let hold = Hold {
            action: action.id,
            state,
            why: "mended".into(),
            gate: String::new(),
            at: at(20),
            due: Some(at(20)),
        };
        assert_eq!(
            store.hold(vec![hold]).await.expect("the store answers"),
            [moved],
            "{state}"
        );
    }
    let stored = store
        .action(action.id)
        .await
        .expect("actions are read")
        .expect("the action is there");
    assert_eq!((stored.state, stored.attempts), (ActionState::Queued, 1));
}

pub async fn an_unknown_outcome_is_looked_up_and_settled(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    ask(store.as_ref(), start(&found, 9)).await;
    let mut end = finish(action.id, 1, 10, Outcome::Unknown);
    end.due = Some(at(50));
    store.finish(vec![end.clone()]).await.expect("the attempt is finished");
    assert!(
        store
            .due("outbox", at(99), 10)
            .await
            .expect("due actions are read")
            .is_empty()
    );
    assert!(
        store
            .unknown("outbox", at(49), 10)
            .await
            .expect("unknown actions are read")
            .is_empty()
    );
    let unknown = store
        .unknown("outbox", at(50), 10)
        .await
        .expect("unknown actions are read");
    assert_eq!(unknown.len(), 1);
    // Nobody can tell yet: it is looked up again later, and the log hears nothing new.
    end.due = Some(at(90));
    store.finish(vec![end]).await.expect("the attempt is finished");
    assert!(
        store
            .unknown("outbox", at(89), 10)
            .await
            .expect("unknown actions are read")
            .is_empty()
    );
    store
        .finish(vec![finish(action.id, 1, 95, Outcome::Delivered)])
        .await
        .expect("the attempt is finished");
    assert!(
        store
            .unknown("outbox", at(99), 10)
            .await
            .expect("unknown actions are read")
            .is_empty()
    );
    let states: Vec<_> = deliveries(store.as_ref(), action.prospect)
        .await
        .into_iter()
        .map(|d| d.state)
        .collect();
    assert_eq!(states, [ActionState::Unknown, ActionState::Delivered]);
}

pub async fn a_retry_is_due_when_it_was_said_to_be(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let action = applier.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    ask(store.as_ref(), start(&found, 9)).await;
    let mut end = finish(action.id, 1, 10, Outcome::Retry);
    end.due = Some(at(60));
    store.finish(vec![end]).await.expect("the attempt is finished");
    applier.settle().await;
    assert!(
        store
            .due("outbox", at(59), 10)
            .await
            .expect("due actions are read")
            .is_empty()
    );
    let found = due(store.as_ref(), 60).await;
    assert_eq!((found.action.attempts, found.action.first_tried), (1, Some(at(9))));
    assert_eq!(
        ask(
            store.as_ref(),
            Start {
                number: 1,
                ..start(&found, 60)
            }
        )
        .await,
        Started::Changed
    );
    assert_eq!(ask(store.as_ref(), start(&found, 60)).await, Started::Yes);
}

pub async fn a_held_action_is_not_due_until_it_is_let_go(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let to = |state, ms, due| Hold {
        action: action.id,
        state,
        why: "approve".into(),
        gate: "approval".into(),
        at: at(ms),
        due,
    };
    let held = store
        .hold(vec![to(ActionState::Held, 2, None)])
        .await
        .expect("the action is held");
    assert_eq!(held, [true]);
    assert!(
        store
            .due("outbox", at(99), 10)
            .await
            .expect("due actions are read")
            .is_empty()
    );
    store
        .hold(vec![to(ActionState::Queued, 3, Some(at(50)))])
        .await
        .expect("the action is let go");
    assert!(
        store
            .due("outbox", at(49), 10)
            .await
            .expect("due actions are read")
            .is_empty()
    );
    assert_eq!(due(store.as_ref(), 50).await.action.state, ActionState::Queued);
    store
        .hold(vec![to(ActionState::Expired, 60, None)])
        .await
        .expect("the action expires");
    let late = store
        .hold(vec![to(ActionState::Queued, 61, None)])
        .await
        .expect("this is answered");
    assert_eq!(late, [false], "what has expired stays so");
    let states: Vec<_> = deliveries(store.as_ref(), action.prospect)
        .await
        .into_iter()
        .map(|d| d.state)
        .collect();
    assert_eq!(states, [ActionState::Held, ActionState::Queued, ActionState::Expired]);
}

pub async fn an_action_under_way_cannot_be_held(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    ask(store.as_ref(), start(&found, 9)).await;
    let hold = Hold {
        action: action.id,
        state: ActionState::Held,
        why: "stop".into(),
        gate: "stopped".into(),
        at: at(10),
        due: None,
    };
    assert_eq!(store.hold(vec![hold.clone()]).await.expect("this is answered"), [false]);
    let stored = store
        .action(action.id)
        .await
        .expect("actions are read")
        .expect("the action is there");
    assert_eq!(stored.state, ActionState::Started);
    let wrong = store
        .hold(vec![Hold {
            state: ActionState::Delivered,
            ..hold
        }])
        .await;
    assert!(wrong.is_err(), "nothing is delivered without an attempt");
}

pub async fn what_a_sink_observes_is_accepted_with_its_receipt(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    ask(store.as_ref(), start(&found, 9)).await;
    let mut end = finish(action.id, 1, 10, Outcome::Delivered);
    end.signals = vec![arriving("sent", "message.sent", 10, &[email("ann")])];
    let before = store
        .pending(action.prospect.partition(), 0, 100)
        .await
        .expect("the log is read")
        .len();
    store
        .finish(vec![end.clone(), end])
        .await
        .expect("the attempt is finished");
    let after = store
        .pending(action.prospect.partition(), 0, 100)
        .await
        .expect("the log is read")
        .len();
    assert_eq!(after - before, 2, "a delivery and a signal");
}

pub async fn due_actions_tell_what_forbids_their_address(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    applier.act(&email("ann"), 1).await;
    applier.act(&email("bob"), 2).await;
    let suppression = Suppression {
        identity: email("bob"),
        why: "bounced".into(),
        at: at(3),
    };
    store
        .suppress(suppression.clone())
        .await
        .expect("the address is suppressed");
    store
        .suppress(Suppression {
            why: "later".into(),
            ..suppression.clone()
        })
        .await
        .expect("once more");
    let found = store.due("outbox", at(9), 10).await.expect("due actions are read");
    let reasons: Vec<_> = found.iter().map(|d| d.suppressed.as_deref()).collect();
    assert_eq!(reasons, [None, Some("bounced")]);
    assert_eq!(
        store.due("outbox", at(9), 1).await.expect("due actions are read").len(),
        1
    );
    assert_eq!(
        store.suppressions(10).await.expect("suppressions are read"),
        [suppression]
    );
}

pub async fn what_a_sink_wants_to_remember_comes_with_the_next_action(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let action = applier.act(&email("ann"), 1).await;
    assert_eq!(due(store.as_ref(), 9).await.memory, None);
    let mut prospect = applier.prospect(action.prospect).await;
    for profile in prospect.part.profiles.values_mut() {
        profile.receipts.insert("outbox".into(), "b3Vycw==".into());
        profile.receipts.insert("chat".into(), "dGhlaXJz".into());
    }
    let (_, acting) = applier.acting(action.prospect, &[], 2);
    let remembered = Commit {
        decisions: Vec::new(),
        actions: Vec::new(),
        prospects: vec![prospect],
        ..acting
    };
    applier.commit(remembered).await;
    let found = due(store.as_ref(), 9).await;
    assert_eq!(found.memory.as_deref(), Some("b3Vycw=="));
}
