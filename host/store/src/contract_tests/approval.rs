//! What waits for a person: answered once, taken by the daemon, ended when its time is over.

use hearken_model::{Action, ActionState, Answer, Approval, Outcome, StoryId, gate};

use super::{Place, scene::*};
use crate::{HeldQuery, Hold, Started, Store, TextApproval};

fn said(answer: Answer, ms: u64) -> Approval {
    Approval {
        answer,
        by: "ann".into(),
        at: at(ms),
        why: "it fits".into(),
    }
}

async fn hold(store: &dyn Store, action: &Action, gate: &str) {
    let hold = Hold {
        action: action.id,
        state: ActionState::Held,
        why: format!("held by {gate}"),
        gate: gate.into(),
        at: at(2),
        due: None,
    };
    assert_eq!(store.hold(vec![hold]).await.expect("the action is held"), [true]);
}

async fn held(store: &dyn Store, gate: &str) -> Vec<Action> {
    let query = HeldQuery {
        gate: gate.into(),
        limit: 10,
        ..HeldQuery::default()
    };
    store.held(query).await.expect("held actions are read")
}

async fn answer(store: &dyn Store, action: &Action, answer: Answer, ms: u64) -> bool {
    let taken = store.answer(vec![action.id], said(answer, ms)).await;
    taken.expect("an answer is answered")[0]
}

async fn stored(store: &dyn Store, action: &Action) -> Action {
    let found = store.action(action.id).await.expect("actions are read");
    found.expect("the action is there")
}

async fn told(store: &dyn Store, action: &Action) -> Vec<ActionState> {
    let all = deliveries(store, action.prospect).await.into_iter();
    all.filter(|d| d.action == action.id).map(|d| d.state).collect()
}

pub async fn a_yes_is_taken_once_from_what_waits_for_approval_only(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let ann = applier.act(&email("ann"), 1).await;
    let bob = applier.act(&email("bob"), 2).await;
    let cy = applier.act(&email("cy"), 3).await;
    hold(store.as_ref(), &ann, gate::APPROVAL).await;
    hold(store.as_ref(), &bob, gate::SHADOW).await;
    assert!(answer(store.as_ref(), &ann, Answer::Yes, 10).await);
    assert!(!answer(store.as_ref(), &ann, Answer::Yes, 11).await, "it was answered");
    assert!(
        !answer(store.as_ref(), &bob, Answer::Yes, 10).await,
        "it waits for nobody"
    );
    assert!(!answer(store.as_ref(), &cy, Answer::Yes, 10).await, "it is not held");
    assert!(held(store.as_ref(), gate::APPROVAL).await.is_empty());
    drop(applier);
    drop(store);
    let store = place.open().await;
    assert_eq!(store.take_answers(at(20), 10).await.expect("answers are taken"), 1);
    assert_eq!(store.take_answers(at(21), 10).await.expect("answers are taken"), 0);
    let free = stored(store.as_ref(), &ann).await;
    assert_eq!(
        (free.state, free.due, free.gate.as_str()),
        (ActionState::Queued, at(20), "")
    );
    assert_eq!(free.approval, Some(said(Answer::Yes, 10)));
    assert!(free.is_approved());
    assert_eq!(
        told(store.as_ref(), &ann).await,
        [ActionState::Held, ActionState::Queued]
    );
}

pub async fn a_no_ends_what_was_not_attempted_yet(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let ann = applier.act(&email("ann"), 1).await;
    let bob = applier.act(&email("bob"), 2).await;
    hold(store.as_ref(), &ann, gate::APPROVAL).await;
    assert!(answer(store.as_ref(), &ann, Answer::Yes, 10).await);
    assert!(
        answer(store.as_ref(), &ann, Answer::No, 11).await,
        "somebody thought again"
    );
    assert!(!answer(store.as_ref(), &ann, Answer::No, 12).await, "and not once more");
    let found = due(store.as_ref(), 20).await;
    assert_eq!(found.action.id, bob.id);
    assert!(answer(store.as_ref(), &bob, Answer::No, 20).await, "it is queued still");
    let starts = store.start(vec![start(&found, 20)]).await.expect("starts are answered");
    assert_eq!(starts, [Started::Changed], "the answer came in between");
    assert_eq!(store.take_answers(at(30), 10).await.expect("answers are taken"), 2);
    for action in [&ann, &bob] {
        let ended = stored(store.as_ref(), action).await;
        assert_eq!(
            (ended.state, ended.gate.as_str()),
            (ActionState::Rejected, gate::REFUSED)
        );
        assert_eq!(ended.why, "refused by ann: it fits");
        assert_eq!(told(store.as_ref(), action).await.last(), Some(&ActionState::Rejected));
    }
    assert!(!answer(store.as_ref(), &ann, Answer::Yes, 40).await, "it has ended");
}

pub async fn what_was_attempted_cannot_be_refused(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    store.start(vec![start(&found, 9)]).await.expect("starts are answered");
    assert!(
        !answer(store.as_ref(), &action, Answer::No, 10).await,
        "it is under way"
    );
    let end = finish(action.id, 1, 10, Outcome::Retry);
    store.finish(vec![end]).await.expect("the attempt is finished");
    assert!(
        !answer(store.as_ref(), &action, Answer::No, 11).await,
        "it may have been seen"
    );
}

pub async fn what_waits_is_found_by_story_team_age_and_page(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let mut all = Vec::new();
    for (n, who) in (1..).zip(["ann", "bob", "cy"]) {
        let action = applier.act(&email(who), n).await;
        hold(store.as_ref(), &action, gate::APPROVAL).await;
        all.push(action.id);
    }
    let find = |query: HeldQuery| {
        let store = &store;
        async move {
            let found = store.held(query).await.expect("held actions are read");
            found.into_iter().map(|a| a.id).collect::<Vec<_>>()
        }
    };
    let query = HeldQuery {
        gate: gate::APPROVAL.into(),
        limit: 2,
        ..HeldQuery::default()
    };
    assert_eq!(find(query.clone()).await, all[..2], "the longest decided first");
    let after = Some((at(2), all[1]));
    assert_eq!(find(HeldQuery { after, ..query.clone() }).await, all[2..]);
    let until = Some(at(1));
    assert_eq!(find(HeldQuery { until, ..query.clone() }).await, all[..1]);
    let story = |name: &str| HeldQuery {
        story: Some(StoryId(name.into())),
        limit: 10,
        ..query.clone()
    };
    assert_eq!(find(story("roi")).await, all);
    assert!(find(story("other")).await.is_empty());
    let team = HeldQuery {
        team: Some("roi".into()),
        ..query.clone()
    };
    assert!(find(team).await.is_empty(), "a story is no team");
}

pub async fn what_is_held_or_queued_expires_and_the_log_is_told(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let ann = applier.act(&email("ann"), 1).await;
    let bob = applier.act(&email("bob"), 2).await;
    let cy = applier.act(&email("cy"), 3).await;
    hold(store.as_ref(), &ann, gate::APPROVAL).await;
    hold(store.as_ref(), &cy, gate::UNKNOWN).await;
    let over = 3_600_000;
    assert_eq!(store.expire(at(over + 1), 10).await.expect("actions expire"), 0);
    assert_eq!(store.expire(at(over + 10), 1).await.expect("actions expire"), 1);
    assert_eq!(store.expire(at(over + 10), 10).await.expect("actions expire"), 1);
    assert_eq!(store.expire(at(over + 10), 10).await.expect("actions expire"), 0);
    let expired = stored(store.as_ref(), &ann).await;
    assert_eq!(
        (expired.state, expired.gate.as_str()),
        (ActionState::Expired, gate::APPROVAL)
    );
    assert!(expired.why.ends_with("until then: held by approval"), "{}", expired.why);
    assert_eq!(
        told(store.as_ref(), &ann).await,
        [ActionState::Held, ActionState::Expired]
    );
    assert_eq!(stored(store.as_ref(), &bob).await.gate, gate::EXPIRED);
    assert_eq!(told(store.as_ref(), &bob).await, [ActionState::Expired]);
    assert_eq!(
        stored(store.as_ref(), &cy).await.state,
        ActionState::Held,
        "what may have arrived is for a person"
    );
    assert!(!answer(store.as_ref(), &ann, Answer::Yes, over + 20).await);
}

pub async fn an_answer_that_comes_too_late_is_not_taken(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    hold(store.as_ref(), &action, gate::APPROVAL).await;
    assert!(!answer(store.as_ref(), &action, Answer::Yes, 3_600_010).await);
    assert!(!answer(store.as_ref(), &action, Answer::No, 3_600_010).await);
}

pub async fn an_approved_text_lets_go_what_waited_for_it_and_no_other(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let ann = applier.act(&email("ann"), 1).await;
    assert!(!due(store.as_ref(), 9).await.text_approved);
    hold(store.as_ref(), &ann, gate::DRAFT).await;
    let approval = |story: &str, digest: &str| TextApproval {
        story: StoryId(story.into()),
        digest: digest.into(),
        by: "ann".into(),
        at: at(10),
    };
    for other in [approval("roi", "digest-2"), approval("other", "digest-1")] {
        assert!(store.approve_text(other).await.expect("texts are approved"));
    }
    assert_eq!(store.release_texts(at(20), 10).await.expect("texts are released"), 0);
    let own = approval("roi", "digest-1");
    assert!(store.approve_text(own.clone()).await.expect("texts are approved"));
    assert!(
        !store.approve_text(own.clone()).await.expect("texts are approved"),
        "once"
    );
    assert_eq!(store.release_texts(at(20), 10).await.expect("texts are released"), 1);
    assert_eq!(store.release_texts(at(21), 10).await.expect("texts are released"), 0);
    let found = due(store.as_ref(), 20).await;
    assert!(found.text_approved);
    assert_eq!(
        told(store.as_ref(), &ann).await,
        [ActionState::Held, ActionState::Queued]
    );
    drop(applier);
    drop(store);
    let store = place.open().await;
    let texts = store.approved_texts().await.expect("texts are read");
    assert_eq!(texts.len(), 3);
    assert!(texts.contains(&own));
}
