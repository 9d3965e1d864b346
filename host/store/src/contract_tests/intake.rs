//! Accepting signals.

use std::{collections::BTreeMap, sync::Arc};

use hearken_model::{Entry, Partition, ProfileId};
use serde_json::json;

use super::{Place, scene::*};
use crate::{Accepted, Arriving, DeadLetterQuery, Fed, Intake, Logged, NewDeadLetter, Stage, Store, StoreError};

async fn whole_log(store: &dyn Store) -> Vec<Logged> {
    let mut log = Vec::new();
    for n in 0..=u8::MAX {
        log.extend(store.pending(Partition(n), 0, 100_000).await.expect("the log is read"));
    }
    log
}

pub async fn a_signal_that_arrives_twice_is_stored_once(place: &impl Place) {
    let store = place.open().await;
    let ann = user("ann");
    let twice = vec![viewed("1", 0, &ann), viewed("1", 5, &ann)];
    let accepted = store.accept(intake(twice)).await.expect("the store accepts");
    assert!(
        matches!(accepted[..], [Accepted::Stored { .. }, Accepted::Repeated]),
        "{accepted:?}"
    );
    let again = store
        .accept(intake(vec![viewed("1", 9, &ann)]))
        .await
        .expect("the store accepts");
    assert_eq!(again, [Accepted::Repeated]);
    assert_eq!(whole_log(store.as_ref()).await.len(), 1);
}

pub async fn an_id_is_accepted_again_when_its_window_has_passed(place: &impl Place) {
    let store = place.open().await;
    let ann = user("ann");
    let first = Intake {
        seen_until: at(100),
        ..intake(vec![viewed("1", 0, &ann)])
    };
    store.accept(first).await.expect("the store accepts");
    let within = store
        .accept(intake(vec![viewed("1", 99, &ann)]))
        .await
        .expect("the store accepts");
    assert_eq!(within, [Accepted::Repeated]);
    let after = store
        .accept(intake(vec![viewed("1", 100, &ann)]))
        .await
        .expect("the store accepts");
    assert!(matches!(after[..], [Accepted::Stored { .. }]), "{after:?}");
}

pub async fn ids_out_of_their_window_are_purged_and_the_others_are_not(place: &impl Place) {
    let store = place.open().await;
    let ann = user("ann");
    for (n, until) in [(1, 100), (2, 200), (3, 300)] {
        let one = Intake {
            seen_until: at(until),
            ..intake(vec![viewed(&n.to_string(), 0, &ann)])
        };
        store.accept(one).await.expect("the store accepts");
    }
    assert_eq!(purge(&*store, 200, 1).await, 1, "no more than asked for");
    assert_eq!(purge(&*store, 200, 10).await, 1);
    assert_eq!(purge(&*store, 200, 10).await, 0);
    let again = store
        .accept(intake(vec![viewed("2", 10, &ann), viewed("3", 10, &ann)]))
        .await;
    let again = again.expect("the store accepts");
    assert!(
        matches!(again[..], [Accepted::Stored { .. }, Accepted::Repeated]),
        "{again:?}"
    );
}

pub async fn an_intake_with_one_bad_signal_stores_nothing(place: &impl Place) {
    let store = place.open().await;
    let good = viewed("1", 0, &user("ann"));
    let nobody = arriving("2", "page.viewed", 0, &[]);
    let mut deep = viewed("3", 0, &user("ann"));
    for _ in 0..=Arriving::MAX_DEPTH {
        deep.signal.properties = json!({ "deeper": deep.signal.properties });
    }
    for bad in [nobody, deep] {
        let refused = store.accept(intake(vec![good.clone(), bad])).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    }
    assert!(whole_log(store.as_ref()).await.is_empty());
    let accepted = store.accept(intake(vec![good])).await.expect("the store accepts");
    assert!(
        matches!(accepted[..], [Accepted::Stored { .. }]),
        "its id was not remembered: {accepted:?}"
    );
}

pub async fn cursor_and_dead_letters_are_stored_with_the_signals(place: &impl Place) {
    let store = place.open().await;
    let letter = NewDeadLetter {
        at: at(0),
        stage: Stage::Intake,
        connector: "site".into(),
        prospect: None,
        action: None,
        why: "not JSON".into(),
        place: "/batch/1".into(),
        payload: "{".into(),
    };
    for cursor in ["page-1", "page-2"] {
        let one = Intake {
            cursor: Some(("site".into(), cursor.into())),
            dead_letters: vec![letter.clone()],
            ..intake(vec![viewed(cursor, 0, &user("ann"))])
        };
        store.accept(one).await.expect("the store accepts");
    }
    assert_eq!(
        store.cursor("site").await.expect("the cursor is read").as_deref(),
        Some("page-2")
    );
    assert_eq!(store.cursor("crm").await.expect("the cursor is read"), None);
    let letters = store
        .dead_letters(DeadLetterQuery {
            limit: 10,
            ..DeadLetterQuery::default()
        })
        .await;
    let letters = letters.expect("dead letters are read");
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].letter, letter);
}

pub async fn a_signal_comes_back_as_it_was(place: &impl Place) {
    let store = place.open().await;
    let ann = email("ann");
    let mut sent = viewed("1", 3, &ann);
    sent.signal.properties =
        json!({ "price": 0.1 + 0.2, "title": "ein\u{0}Zeichen, 'quoted' 😀", "list": [1, null, -0.5] });
    sent.received = at(10);
    sent.verified = true;
    let (prospect, place_in_log) = accept(store.as_ref(), sent.clone()).await;
    let log = whole_log(store.as_ref()).await;
    let [logged] = &log[..] else {
        panic!("one entry, not {log:?}")
    };
    assert_eq!(
        (logged.prospect, logged.place, logged.at),
        (prospect, place_in_log, at(10))
    );
    let Entry::Signal(recorded) = &logged.entry else {
        panic!("a signal, not {logged:?}")
    };
    assert_eq!(recorded.signal, sent.signal);
    assert_eq!(
        (recorded.live, recorded.verified, recorded.profile),
        (true, true, ProfileId::of(&ann))
    );
}

pub async fn places_in_a_partition_have_no_gaps_whoever_appends(place: &impl Place) {
    let store = place.open().await;
    let tasks: Vec<_> = (0..20)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for n in 0..10 {
                    let who = user(&format!("u{}", (task * n) % 7));
                    let two = vec![
                        viewed(&format!("{task}-{n}-a"), n, &who),
                        viewed(&format!("{task}-{n}-b"), n, &who),
                    ];
                    store.accept(intake(two)).await.expect("the store accepts");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("the task ends");
    }
    let log = whole_log(store.as_ref()).await;
    assert_eq!(log.len(), 400);
    let mut next: BTreeMap<Partition, u64> = BTreeMap::new();
    for logged in log {
        let next = next.entry(logged.partition).or_insert(1);
        assert_eq!(logged.place.seq, *next, "in partition {}", logged.partition);
        *next += 1;
    }
}

pub async fn what_was_accepted_is_there_after_opening_again(place: &impl Place) {
    let store = place.open().await;
    accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let before = whole_log(store.as_ref()).await;
    drop(store);
    let store = place.open().await;
    assert_eq!(whole_log(store.as_ref()).await, before);
    let again = store
        .accept(intake(vec![viewed("1", 1, &user("ann"))]))
        .await
        .expect("the store accepts");
    assert_eq!(again, [Accepted::Repeated]);
    let (_, next) = accept(store.as_ref(), viewed("2", 1, &user("ann"))).await;
    assert_eq!(next.seq, 2, "the log goes on where it ended");
}

pub async fn the_feed_hands_over_what_the_log_holds(place: &impl Place) {
    let store = place.open().await;
    let Some(mut feed) = store.feed() else {
        panic!("the feed was not taken yet")
    };
    assert!(store.feed().is_none(), "there is one");
    for n in 0..20 {
        accept(store.as_ref(), viewed(&n.to_string(), n, &user("ann"))).await;
    }
    let refused = store
        .accept(intake(vec![
            viewed("x", 0, &user("ann")),
            arriving("y", "page.viewed", 0, &[]),
        ]))
        .await;
    assert!(refused.is_err());
    let mut fed = Vec::new();
    while let Some(said) = feed.try_next() {
        match said {
            Fed::Entries(entries) => fed.extend(entries.iter().cloned()),
            Fed::Missed(missed) => panic!("twenty entries fit, yet {missed:?} are left out"),
        }
    }
    assert_eq!(fed, whole_log(store.as_ref()).await);
}
