//! Relays: what they take in a day and for a domain, and how it fared.

use hearken_model::{AnswersTo, CapRule, Instant, Outcome};
use serde_json::json;

use super::{Place, scene::*};
use crate::{Arriving, Due, Finish, Full, Passage, Standing, Start, Started, Store, Suppression};

const DAY: u64 = 86_400_000;

fn passage(per_day: &[u32], per_domain: Option<CapRule>) -> Passage {
    Passage {
        relay: "main".into(),
        domain: "example.com".into(),
        per_day: per_day.to_vec(),
        per_domain,
    }
}

fn passing(due: &Due, ms: u64, passage: &Passage) -> Start {
    Start {
        passage: Some(passage.clone()),
        ..start(due, ms)
    }
}

/// Actions for so many people, due since the first millisecond.
async fn waiting(store: &std::sync::Arc<dyn Store>, people: usize) -> Applier {
    let mut applier = Applier::new(store).await;
    for n in 0..people {
        applier.act(&email(&format!("p{n}")), 1).await;
    }
    applier
}

/// Asks for all that is due at a moment; the answers in the order of asking.
async fn go(store: &dyn Store, ms: u64, passage: &Passage) -> (Vec<Due>, Vec<Started>) {
    let due = store.due("outbox", at(ms), 20).await.expect("due actions are read");
    let starts = due.iter().map(|d| passing(d, ms, passage)).collect();
    let answers = store.start(starts).await.expect("starts are answered");
    (due, answers)
}

fn full(number: u64, most: u32, again: u64) -> Started {
    Started::RelayFull {
        why: Full::Day { number, most },
        again: Instant(again),
    }
}

pub async fn a_relay_takes_so_many_a_day_and_more_on_later_days(place: &impl Place) {
    let store = place.open().await;
    let _applier = waiting(&store, 5).await;
    let ramp = passage(&[1, 2], None);
    let begun = at(9).0 / DAY;
    let (_, first) = go(store.as_ref(), 9, &ramp).await;
    let next = (begun + 1) * DAY;
    assert_eq!(first[0], Started::Yes);
    assert_eq!(first[1..], vec![full(1, 1, next); 4]);
    let (_, second) = go(store.as_ref(), 9 + DAY, &ramp).await;
    assert_eq!(second[..2], [Started::Yes, Started::Yes]);
    assert_eq!(second[2..], vec![full(2, 2, next + DAY); 2]);
}

pub async fn an_action_that_is_tried_again_takes_no_second_place(place: &impl Place) {
    let store = place.open().await;
    let mut applier = waiting(&store, 2).await;
    let ramp = passage(&[1], None);
    let (due, answers) = go(store.as_ref(), 9, &ramp).await;
    assert_eq!(answers[0], Started::Yes);
    let tried = due[0].action.id;
    store
        .finish(vec![finish(tried, 1, 11, Outcome::Retry)])
        .await
        .expect("the attempt is finished");
    applier.settle().await;
    let (due, answers) = go(store.as_ref(), 12, &ramp).await;
    for (due, answer) in due.iter().zip(&answers) {
        assert_eq!(*answer == Started::Yes, due.action.id == tried, "{answer:?}");
    }
}

pub async fn a_domain_is_sent_so_many_in_a_window(place: &impl Place) {
    let store = place.open().await;
    let _applier = waiting(&store, 3).await;
    let rule = CapRule {
        count: 2,
        per_ms: 1_000,
    };
    let throttle = passage(&[], Some(rule));
    let (_, answers) = go(store.as_ref(), 10, &throttle).await;
    let wait = Started::RelayFull {
        why: Full::Domain,
        again: at(1_010),
    };
    assert_eq!(answers, [Started::Yes, Started::Yes, wait]);
    let elsewhere = Passage {
        domain: "example.org".into(),
        ..throttle.clone()
    };
    let (_, answers) = go(store.as_ref(), 20, &elsewhere).await;
    assert_eq!(answers, [Started::Yes], "another domain has room");
}

pub async fn what_bounced_or_was_complained_about_is_counted_with_its_relay(place: &impl Place) {
    let store = place.open().await;
    let mut applier = waiting(&store, 3).await;
    let open = passage(&[], None);
    let (due, _) = go(store.as_ref(), 10, &open).await;
    let finishes = due.iter().map(|d| {
        let mut finish = finish(d.action.id, 1, 11, Outcome::Delivered);
        finish.delivery.reference = format!("ref-{}", d.action.id);
        finish
    });
    store
        .finish(finishes.collect())
        .await
        .expect("the attempts are finished");
    applier.settle().await;
    let answering = |id: &str, kind: &str, due: &Due, by_reference: bool| {
        let mut signal: Arriving = arriving(id, kind, 20, &[due.action.to[0].clone()]);
        signal.signal.properties = json!({ "permanent": true });
        signal.signal.answers = Some(AnswersTo {
            action: (!by_reference).then_some(due.action.id),
            reference: by_reference.then(|| format!("ref-{}", due.action.id)),
        });
        signal
    };
    accept(store.as_ref(), answering("b", "message.bounced", &due[0], false)).await;
    accept(store.as_ref(), answering("c", "message.complained", &due[1], true)).await;
    let mut soft = answering("s", "message.bounced", &due[2], false);
    soft.signal.properties = json!({ "permanent": false });
    accept(store.as_ref(), soft).await;
    let standing = |since, over| store.standing("main", since, over);
    let all = Standing {
        mails: 3,
        bounced: 1,
        complained: 1,
    };
    assert_eq!(standing(at(0), 100).await.expect("it is read"), all);
    assert_eq!(standing(at(0), 2).await.expect("it is read").mails, 2);
    assert_eq!(standing(at(10), 100).await.expect("it is read"), Standing::default());
    let other = store.standing("other", at(0), 100).await.expect("it is read");
    assert_eq!(other, Standing::default());
}

pub async fn what_is_over_for_an_address_is_over_with_the_attempt(place: &impl Place) {
    let store = place.open().await;
    let action = Applier::new(&store).await.act(&email("ann"), 1).await;
    let found = due(store.as_ref(), 9).await;
    store.start(vec![start(&found, 9)]).await.expect("starts are answered");
    let suppression = Suppression {
        identity: email("ann"),
        why: "there is no such address".into(),
        at: at(11),
    };
    let finish = Finish {
        suppress: Some(suppression.clone()),
        ..finish(action.id, 1, 11, Outcome::Rejected)
    };
    store.finish(vec![finish]).await.expect("the attempt is finished");
    assert_eq!(store.suppressions(10).await.expect("they are read"), [suppression]);
}
