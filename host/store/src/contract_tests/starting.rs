//! Attempts that start, and what keeps them from it.

use hearken_model::{ActionState, Outcome};

use super::{Place, scene::*};
use crate::{Claim, Start, Started, Suppression, Switch};

pub async fn an_attempt_starts_once(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    assert!(
        store
            .due("outbox", at(0), 10)
            .await
            .expect("due actions are read")
            .is_empty(),
        "not due yet"
    );
    assert!(
        store
            .due("other", at(9), 10)
            .await
            .expect("due actions are read")
            .is_empty(),
        "another sink's"
    );
    let found = due(store.as_ref(), 9).await;
    assert_eq!(found.action, action);
    let twice = store
        .start(vec![start(&found, 9), start(&found, 9)])
        .await
        .expect("starts are answered");
    assert_eq!(twice, [Started::Yes, Started::Changed]);
    assert!(
        store
            .due("outbox", at(9), 10)
            .await
            .expect("due actions are read")
            .is_empty()
    );
    let stored = store
        .action(action.id)
        .await
        .expect("actions are read")
        .expect("the action is there");
    assert_eq!(
        (stored.state, stored.attempts, stored.first_tried),
        (ActionState::Started, 1, Some(at(9)))
    );
}

pub async fn nothing_starts_when_an_entry_of_the_prospect_waits(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    applier.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    accept(store.as_ref(), viewed("late", 9, &email("ann"))).await;
    assert_eq!(ask(store.as_ref(), start(&found, 9)).await, Started::Changed);
    applier.settle().await;
    let again = due(store.as_ref(), 9).await;
    accept(store.as_ref(), viewed("of-another", 9, &email("bob"))).await;
    assert_eq!(
        ask(store.as_ref(), start(&again, 9)).await,
        Started::Yes,
        "another's entries are no reason"
    );
}

pub async fn nothing_starts_when_the_prospect_has_changed(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    applier.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    accept(store.as_ref(), arriving("no", "consent.withdrawn", 9, &[email("ann")])).await;
    applier.settle().await;
    assert_eq!(ask(store.as_ref(), start(&found, 9)).await, Started::Changed);
}

pub async fn nothing_starts_when_a_switch_or_a_suppression_came_in_between(place: &impl Place) {
    let store = place.open().await;
    Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    let stop = Switch {
        scope: hearken_model::Scope::Channel("chat".into()),
        stopped: true,
        at: at(9),
        by: "ops".into(),
    };
    store.set_switch(stop).await.expect("the switch is set");
    assert_eq!(ask(store.as_ref(), start(&found, 9)).await, Started::Changed);
    let found = due(store.as_ref(), 10).await;
    let suppression = Suppression {
        identity: email("ann"),
        why: "asked us not to".into(),
        at: at(10),
    };
    store
        .suppress(suppression.clone())
        .await
        .expect("the address is suppressed");
    assert_eq!(ask(store.as_ref(), start(&found, 10)).await, Started::Changed);
    let found = due(store.as_ref(), 11).await;
    store.suppress(suppression).await.expect("once more");
    assert_eq!(
        ask(store.as_ref(), start(&found, 11)).await,
        Started::Yes,
        "what was known changes nothing"
    );
}

pub async fn a_teams_capacity_is_claimed_once_an_action(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for name in ["ann", "bob", "eve"] {
        applier.act(&email(name), 1).await;
    }
    let claim = Claim {
        team: "sales".into(),
        count: 1,
        per_ms: 1_000,
    };
    let claiming = |due: &crate::Due, ms| Start {
        claim: Some(claim.clone()),
        ..start(due, ms)
    };
    let found = store.due("outbox", at(10), 10).await.expect("due actions are read");
    let asked = found.iter().map(|d| claiming(d, 10)).collect();
    let answers = store.start(asked).await.expect("starts are answered");
    assert_eq!(answers, [Started::Yes, Started::NoCapacity, Started::NoCapacity]);
    // The first is tried again: it has its place already.
    let first = found[0].action.id;
    store
        .finish(vec![finish(first, 1, 11, Outcome::Retry)])
        .await
        .expect("the attempt is finished");
    applier.settle().await;
    let found = store.due("outbox", at(20), 10).await.expect("due actions are read");
    let again = found.iter().find(|d| d.action.id == first).expect("it is due again");
    assert_eq!(ask(store.as_ref(), claiming(again, 20)).await, Started::Yes);
    // A window later there is room for one more.
    let other = found.iter().find(|d| d.action.id != first).expect("two others wait");
    assert_eq!(ask(store.as_ref(), claiming(other, 1_009)).await, Started::NoCapacity);
    assert_eq!(ask(store.as_ref(), claiming(other, 1_010)).await, Started::Yes);
}

pub async fn an_attempt_that_was_under_way_is_found_interrupted_after_opening_again(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    assert!(store.interrupted().await.expect("attempts are read").is_empty());
    let found = due(store.as_ref(), 9).await;
    assert_eq!(ask(store.as_ref(), start(&found, 9)).await, Started::Yes);
    drop(store);
    let store = place.open().await;
    let interrupted = store.interrupted().await.expect("attempts are read");
    let [(found, attempt)] = &interrupted[..] else {
        panic!("one attempt, not {interrupted:?}")
    };
    assert_eq!((found.id, found.state), (action.id, ActionState::Started));
    assert_eq!((attempt.action, attempt.number, attempt.started), (action.id, 1, at(9)));
    store
        .finish(vec![finish(action.id, 1, 20, Outcome::Unknown)])
        .await
        .expect("the attempt is finished");
    assert!(store.interrupted().await.expect("attempts are read").is_empty());
}
