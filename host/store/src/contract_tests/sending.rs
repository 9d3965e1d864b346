//! What an attempt takes and brings along: room for new people, colleagues' copies; and what
//! a switch keeps from being due.

use hearken_model::{Action, ActionId, ActionState, CapRule, Identity, Outcome, ProfileId, ProspectId, Scope};

use super::{Place, scene::*};
use crate::{Due, Start, Started, Store, Switch};

const TWO: CapRule = CapRule {
    count: 2,
    per_ms: 1_000,
};

async fn all_due(store: &dyn Store, ms: u64) -> Vec<Due> {
    store.due("outbox", at(ms), 100).await.expect("due actions are read")
}

async fn of(store: &dyn Store, action: &Action, ms: u64) -> Due {
    let all = all_due(store, ms).await.into_iter();
    all.into_iter()
        .find(|d| d.action.id == action.id)
        .expect("the action is due")
}

async fn ask_new(store: &dyn Store, action: &Action, ms: u64) -> Started {
    let found = of(store, action, ms).await;
    let start = Start {
        new_people: Some(TWO),
        ..start(&found, ms)
    };
    store.start(vec![start]).await.expect("starts are answered").remove(0)
}

pub async fn new_people_are_counted_over_all_partitions(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let mut actions = Vec::new();
    for who in ["ann", "bob", "cy", "di"] {
        actions.push(applier.act(&email(who), 1).await);
    }
    let [ann, bob, cy, di] = actions.as_slice() else {
        panic!("four people")
    };
    assert_eq!(ask_new(store.as_ref(), ann, 100).await, Started::Yes);
    assert_eq!(ask_new(store.as_ref(), bob, 200).await, Started::Yes);
    let full = Started::TooManyNew { again: at(1_100) };
    assert_eq!(ask_new(store.as_ref(), cy, 300).await, full);
    assert_eq!(
        of(store.as_ref(), cy, 300).await.action.attempts,
        0,
        "nothing has begun"
    );
    assert_eq!(ask_new(store.as_ref(), cy, 1_099).await, full);
    assert_eq!(
        ask_new(store.as_ref(), cy, 1_100).await,
        Started::Yes,
        "there is room again"
    );
    let next = Started::TooManyNew { again: at(1_200) };
    assert_eq!(ask_new(store.as_ref(), di, 1_150).await, next);
    let known = of(store.as_ref(), di, 1_150).await;
    let started = store.start(vec![start(&known, 1_150)]).await;
    assert_eq!(
        started.expect("starts are answered"),
        [Started::Yes],
        "who is known takes no room"
    );
}

pub async fn a_person_is_new_once_however_often_it_is_tried(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let ann = applier.act(&email("ann"), 1).await;
    let bob = applier.act(&email("bob"), 1).await;
    let cy = applier.act(&email("cy"), 1).await;
    assert_eq!(ask_new(store.as_ref(), &ann, 100).await, Started::Yes);
    let mut end = finish(ann.id, 1, 110, Outcome::Retry);
    end.due = Some(at(120));
    store.finish(vec![end]).await.expect("the attempt is finished");
    applier.settle().await;
    assert_eq!(ask_new(store.as_ref(), &bob, 130).await, Started::Yes);
    assert_eq!(
        ask_new(store.as_ref(), &ann, 140).await,
        Started::Yes,
        "she was counted"
    );
    assert!(matches!(
        ask_new(store.as_ref(), &cy, 150).await,
        Started::TooManyNew { .. }
    ));
    let end = finish(ann.id, 2, 160, Outcome::Rejected);
    store.finish(vec![end]).await.expect("the attempt is finished");
    applier.settle().await;
    assert_eq!(
        ask_new(store.as_ref(), &cy, 170).await,
        Started::Yes,
        "who could not be spoken to takes no room"
    );
}

/// A colleague's copy of an action.
fn copy(action: &Action, to: &Identity, ms: u64) -> Action {
    Action {
        id: ActionId::of_seed(&action.target, &action.text, to),
        prospect: ProspectId::beginning_with(ProfileId::of(to)),
        to: vec![to.clone()],
        due: at(ms),
        seed: true,
        ..action.clone()
    }
}

pub async fn a_colleague_gets_one_copy_of_a_text_whatever_starts(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let ann = applier.act(&email("ann"), 1).await;
    let bob = applier.act(&email("bob"), 1).await;
    let colleague = email("colleague");
    let seed = copy(&ann, &colleague, 9);
    let mut starts = Vec::new();
    for action in [&ann, &bob] {
        let found = of(store.as_ref(), action, 9).await;
        starts.push(Start {
            seeds: vec![copy(action, &colleague, 9)],
            ..start(&found, 9)
        });
    }
    // One that is refused brings nothing along.
    let refused = Start {
        number: 7,
        ..starts[0].clone()
    };
    assert_eq!(
        store.start(vec![refused]).await.expect("starts are answered"),
        [Started::Changed]
    );
    assert!(store.action(seed.id).await.expect("actions are read").is_none());
    assert_eq!(
        store.start(starts).await.expect("starts are answered"),
        [Started::Yes, Started::Yes]
    );
    let found = due(store.as_ref(), 9).await;
    assert_eq!(
        found.action, seed,
        "nobody is known under the address, and it is due all the same"
    );
    let started = store.start(vec![start(&found, 10)]).await.expect("starts are answered");
    assert_eq!(started, [Started::Yes]);
    let end = finish(seed.id, 1, 11, Outcome::Delivered);
    store.finish(vec![end]).await.expect("the attempt is finished");
    applier.settle().await;
    drop(applier);
    drop(store);
    let store = place.open().await;
    let stored = store
        .action(seed.id)
        .await
        .expect("actions are read")
        .expect("the copy is there");
    assert_eq!((stored.state, stored.seed), (ActionState::Delivered, true));
    assert!(all_due(store.as_ref(), 99).await.is_empty());
    assert_eq!(
        deliveries(store.as_ref(), ann.prospect).await,
        [],
        "it is nothing of the prospect's"
    );
}

async fn switch(store: &dyn Store, scope: Scope, stopped: bool) {
    let switch = Switch {
        scope,
        stopped,
        at: at(5),
        by: "ops".into(),
    };
    store.set_switch(switch).await.expect("the switch is set");
}

pub async fn what_a_switch_stops_is_not_due_and_is_told_so_once(place: &impl Place) {
    let store = place.open().await;
    let ann = Applier::new(&store).await.act(&email("ann"), 1).await;
    let others = [
        Scope::Story("other".into()),
        Scope::Channel("chat".into()),
        Scope::Team("roi".into()),
        Scope::Sink("other".into()),
    ];
    for scope in others {
        switch(store.as_ref(), scope, true).await;
    }
    assert_eq!(all_due(store.as_ref(), 9).await.len(), 1, "none of these is its own");
    let own = [
        Scope::All,
        Scope::Story("roi".into()),
        Scope::Channel("email".into()),
        Scope::Sink("outbox".into()),
    ];
    for scope in own {
        switch(store.as_ref(), scope.clone(), true).await;
        assert!(all_due(store.as_ref(), 9).await.is_empty(), "{scope}");
        let untold = store
            .stopped("outbox", at(9), 10)
            .await
            .expect("stopped actions are read");
        assert_eq!(untold.len(), 1, "{scope}");
        let hold = crate::Hold {
            action: ann.id,
            state: ActionState::Queued,
            why: scope.to_string(),
            gate: "stopped".into(),
            at: at(9),
            due: None,
        };
        store.hold(vec![hold]).await.expect("it is told why");
        let untold = store
            .stopped("outbox", at(9), 10)
            .await
            .expect("stopped actions are read");
        assert!(untold.is_empty(), "{scope}");
        switch(store.as_ref(), scope, false).await;
        assert_eq!(
            due(store.as_ref(), 9).await.action.why,
            "",
            "it is not stopped any more"
        );
    }
    assert_eq!(
        deliveries(store.as_ref(), ann.prospect).await,
        [],
        "why it waits is no news"
    );
}

pub async fn of_those_due_at_the_same_time_the_longest_decided_comes_first(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let mut decided = Vec::new();
    for (n, who) in (1..).zip(["ann", "bob", "cy", "di", "ed"]) {
        let action = applier.act(&email(who), n).await;
        let later = crate::Hold {
            action: action.id,
            state: ActionState::Queued,
            why: "no room".into(),
            gate: "new-people".into(),
            at: at(10),
            due: Some(at(50)),
        };
        store.hold(vec![later]).await.expect("it steps back");
        decided.push(action.id);
    }
    let order: Vec<_> = all_due(store.as_ref(), 50).await.iter().map(|d| d.action.id).collect();
    assert_eq!(order, decided);
}
