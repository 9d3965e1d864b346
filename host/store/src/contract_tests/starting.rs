//! Attempts that start, and what keeps them from it.

use hearken_model::{ActionState, Outcome};

use super::{Place, scene::*};
use crate::{ASSIGNEE, Candidate, Claim, Due, Start, Started, Store, Suppression, Switch};

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
        members: Vec::new(),
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

/// A claim on a team of which so many may get it, of `robin`, `alex` and `kim`.
fn of_members(members: &[(&str, u32)]) -> Claim {
    let candidate = |(member, count): &(&str, u32)| Candidate {
        member: (*member).into(),
        count: *count,
        per_ms: 1_000,
        assignee: serde_json::json!({ "member": member }),
    };
    Claim {
        team: "sales".into(),
        count: 100,
        per_ms: 1_000,
        members: members.iter().map(candidate).collect(),
    }
}

/// Starts each of `due` with the claim; who gets it, none where nobody has room.
async fn given(store: &dyn Store, due: &[Due], claim: &Claim, ms: u64) -> Vec<Option<String>> {
    let starts = due.iter().map(|d| Start {
        claim: Some(claim.clone()),
        ..start(d, ms)
    });
    let answers = store.start(starts.collect()).await.expect("starts are answered");
    let who = answers.into_iter().map(|answer| match answer {
        Started::For(place) => Some(claim.members[place].member.clone()),
        Started::NoCapacity => None,
        other => panic!("started for a member, or no capacity, not {other:?}"),
    });
    who.collect()
}

pub async fn hand_overs_go_to_the_member_with_the_least_and_say_so(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for name in ["ann", "bob", "eve", "joe", "sue", "tom"] {
        applier.act(&email(name), 1).await;
    }
    let due = store.due("outbox", at(10), 10).await.expect("due actions are read");
    let claim = of_members(&[("robin", 9), ("alex", 9), ("kim", 1)]);
    let who = given(store.as_ref(), &due[..4], &claim, 10).await;
    let names: Vec<_> = who.iter().flatten().map(String::as_str).collect();
    assert_eq!(names, ["alex", "kim", "robin", "alex"], "by name, and kim takes one");
    for (due, name) in due.iter().zip(&names) {
        let stored = store
            .action(due.action.id)
            .await
            .expect("actions are read")
            .expect("it is there");
        assert_eq!(stored.content[ASSIGNEE]["member"], *name, "the action says who gets it");
    }
    let who = given(store.as_ref(), &due[4..], &claim, 20).await;
    assert_eq!(
        who,
        [Some("robin".into()), Some("alex".into())],
        "the fewest, then whoever has waited longest"
    );
}

pub async fn whoever_had_a_hand_over_has_it_when_it_is_tried_again(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for name in ["ann", "bob"] {
        applier.act(&email(name), 1).await;
    }
    let due = store.due("outbox", at(10), 10).await.expect("due actions are read");
    let claim = of_members(&[("alex", 1), ("robin", 1)]);
    let first = due[0].action.id;
    assert_eq!(
        given(store.as_ref(), &due[..1], &claim, 10).await,
        [Some("alex".into())]
    );
    store
        .finish(vec![finish(first, 1, 11, Outcome::Retry)])
        .await
        .expect("the attempt is finished");
    applier.settle().await;
    let again = store.due("outbox", at(20), 10).await.expect("due actions are read");
    let again: Vec<Due> = again.into_iter().filter(|d| d.action.id == first).collect();
    assert_eq!(
        given(store.as_ref(), &again, &claim, 20).await,
        [Some("alex".into())],
        "alex has it, full or not"
    );
    store
        .finish(vec![finish(first, 2, 21, Outcome::Retry)])
        .await
        .expect("the attempt is finished");
    applier.settle().await;
    // Alex has gone home: another gets it, and alex has room again.
    let again = store.due("outbox", at(30), 10).await.expect("due actions are read");
    let (again, other): (Vec<Due>, Vec<Due>) = again.into_iter().partition(|d| d.action.id == first);
    assert_eq!(
        given(store.as_ref(), &again, &of_members(&[("robin", 1)]), 30).await,
        [Some("robin".into())]
    );
    assert_eq!(given(store.as_ref(), &other, &claim, 30).await, [Some("alex".into())]);
}

pub async fn a_member_without_room_gets_nothing_and_no_other_in_their_place(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for name in ["ann", "bob"] {
        applier.act(&email(name), 1).await;
    }
    let due = store.due("outbox", at(10), 10).await.expect("due actions are read");
    let owner = of_members(&[("robin", 1)]);
    assert_eq!(
        given(store.as_ref(), &due, &owner, 10).await,
        [Some("robin".into()), None]
    );
    let waits = store
        .action(due[1].action.id)
        .await
        .expect("actions are read")
        .expect("it is there");
    assert_eq!((waits.state, waits.attempts), (ActionState::Queued, 0));
    assert!(
        waits.content.get(ASSIGNEE).is_none(),
        "a start that is refused leaves nothing: {waits:?}"
    );
    assert_eq!(
        given(store.as_ref(), &due[1..], &owner, 1_010).await,
        [Some("robin".into())],
        "a window later"
    );
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
