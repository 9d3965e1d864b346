//! Forgetting people: what is deleted, what is kept away, and what others keep.

use hearken_model::{Instant, PARTITIONS, ProspectId};

use super::{
    Place,
    scene::{Applier, accept, anonymous, arriving, at, email, identified, intake, owner, user, viewed},
};
use crate::{Accepted, Arriving, Intake, NewDeadLetter, SinkOutcome, SinkSaid, Stage, Store, StoreError, Suppression};

/// Asks to forget whoever has an identity, and erases them; the request's number.
async fn forget(store: &dyn Store, who: ProspectId, sinks: &[&str]) -> u64 {
    let number = store.ask_forgetting(who, at(50)).await.expect("the request is stored");
    let number = number.expect("they are known");
    let sinks = sinks.iter().map(|s| (*s).to_owned()).collect();
    let rows = store.erase(number, at(60), sinks).await.expect("they are erased");
    assert!(rows.is_some_and(|rows| rows > 0), "{rows:?}");
    number
}

pub(super) async fn arrive(store: &dyn Store, signal: Arriving) -> Accepted {
    store
        .accept(intake(vec![signal]))
        .await
        .expect("the store accepts")
        .remove(0)
}

pub async fn nothing_of_whom_is_forgotten_is_found_any_more(place: &impl Place) {
    let store = place.open().await;
    let ann = [user("ann"), email("ann")];
    let (prospect, _) = accept(&*store, identified("1", 1, &ann)).await;
    accept(&*store, viewed("2", 2, &user("ann"))).await;
    Applier::new(&store).await.settle().await;
    let kept = store
        .everything_of(prospect)
        .await
        .expect("the store answers")
        .expect("they are known");
    for table in ["entry", "profile", "prospect", "seen", "link"] {
        assert!(kept[table].as_array().is_some_and(|rows| !rows.is_empty()), "{table}");
    }
    forget(&*store, prospect, &[]).await;
    assert_eq!(store.everything_of(prospect).await.expect("the store answers"), None);
    assert_eq!(store.prospects(&[prospect]).await.expect("the store answers"), [None]);
    for name in &ann {
        assert_eq!(store.find_prospect(name).await.expect("the store answers"), None);
    }
    assert_eq!(
        store.ask_forgetting(prospect, at(70)).await.expect("the store answers"),
        None
    );
}

pub async fn whoever_is_forgotten_does_not_come_back(place: &impl Place) {
    let store = place.open().await;
    let (prospect, _) = accept(&*store, identified("1", 1, &[user("ann"), email("ann")])).await;
    forget(&*store, prospect, &[]).await;
    for signal in [
        viewed("1", 2, &user("ann")),
        identified("2", 3, &[user("new"), email("ann")]),
        arriving("3", "page.viewed", 4, &[anonymous("new"), user("ann")]),
    ] {
        assert_eq!(arrive(&*store, signal.clone()).await, Accepted::Forgotten, "{signal:?}");
    }
    drop(store);
    let store = place.open().await;
    let again = viewed("4", 5, &user("ann"));
    assert_eq!(
        arrive(&*store, again.clone()).await,
        Accepted::Forgotten,
        "after opening again"
    );
    assert!(store.readmit(&user("ann"), at(80)).await.expect("the store answers"));
    assert!(
        !store.readmit(&user("ann"), at(80)).await.expect("the store answers"),
        "once"
    );
    assert!(matches!(arrive(&*store, again).await, Accepted::Stored { .. }));
}

pub async fn the_next_user_of_a_shared_device_comes_in_as_themselves(place: &impl Place) {
    let store = place.open().await;
    let (ann, _) = accept(&*store, identified("1", 1, &[anonymous("device"), user("ann")])).await;
    forget(&*store, ann, &[]).await;
    let alone = viewed("2", 2, &anonymous("device"));
    assert_eq!(arrive(&*store, alone).await, Accepted::Forgotten);
    let bob = identified("3", 3, &[anonymous("device"), user("bob")]);
    assert!(matches!(arrive(&*store, bob).await, Accepted::Stored { .. }));
    assert_eq!(
        store
            .find_prospect(&anonymous("device"))
            .await
            .expect("the store answers"),
        None
    );
    owner(&*store, &user("bob")).await;
}

pub async fn others_keep_what_is_theirs(place: &impl Place) {
    let store = place.open().await;
    let (ann, _) = accept(&*store, identified("1", 1, &[user("ann"), email("ann")])).await;
    let beside = arriving("2", "page.viewed", 2, &[user("bob"), email("ann")]);
    let (bob, _) = accept(&*store, beside).await;
    Applier::new(&store).await.settle().await;
    let before = store.prospects(&[bob]).await.expect("the store answers");
    forget(&*store, ann, &[]).await;
    assert_eq!(store.prospects(&[bob]).await.expect("the store answers"), before);
    let kept = store
        .everything_of(bob)
        .await
        .expect("the store answers")
        .expect("Bob stays");
    assert!(
        kept["entry"].to_string().contains("bob") && !kept["entry"].to_string().contains("ann@"),
        "{kept:?}"
    );
}

/// A merge leaves entries in the log of the prospect that was merged in.
pub async fn what_was_merged_in_is_forgotten_with_them(place: &impl Place) {
    let store = place.open().await;
    let (visitor, _) = accept(&*store, viewed("1", 1, &anonymous("device"))).await;
    accept(&*store, viewed("2", 2, &user("ann"))).await;
    Applier::new(&store).await.settle().await;
    accept(&*store, identified("3", 3, &[anonymous("device"), user("ann")])).await;
    let ann = owner(&*store, &user("ann")).await;
    assert_ne!(ann, visitor, "the device's history moves to the stronger name");
    forget(&*store, ann, &[]).await;
    assert_eq!(
        store.prospects(&[ann, visitor]).await.expect("the store answers"),
        [None, None]
    );
    Applier::new(&store).await.settle().await;
    let applied = store.prospects(&[ann, visitor]).await.expect("the store answers");
    assert!(
        applied.iter().flatten().all(|p| p.part.profiles.is_empty()),
        "{applied:?}"
    );
}

pub async fn whoever_computed_from_their_state_is_fenced(place: &impl Place) {
    let store = place.open().await;
    let (ann, seq) = accept(&*store, viewed("1", 1, &user("ann"))).await;
    let leases = store.lease().await.expect("the store answers");
    let lease = leases[usize::from(ann.partition().0)];
    forget(&*store, ann, &[]).await;
    let mut commit = crate::Commit::new(lease.partition, lease.epoch, lease.applied, seq.seq);
    commit.prospects.push(hearken_model::Prospect::new(ann));
    let refused = store.commit(vec![commit]).await;
    assert!(matches!(refused, Err(StoreError::Fenced { .. })), "{refused:?}");
    let progress = store.progress().await.expect("the store answers");
    let moved = progress.iter().zip(&leases).filter(|(p, l)| p.epoch != l.epoch).count();
    assert_eq!((moved, progress.len()), (1, usize::from(PARTITIONS)), "nobody else is");
}

/// The places stay, so that the log has no gap where it is read on.
pub async fn what_waited_to_be_applied_leaves_its_place_only(place: &impl Place) {
    let store = place.open().await;
    let (ann, first) = accept(&*store, viewed("1", 1, &user("ann"))).await;
    let (_, second) = accept(&*store, viewed("2", 2, &user("ann"))).await;
    forget(&*store, ann, &[]).await;
    let waiting = store.pending(ann.partition(), 0, 10).await.expect("the store answers");
    let places: Vec<_> = waiting.iter().map(|l| l.place).collect();
    assert_eq!(places, [first, second]);
    assert!(
        waiting
            .iter()
            .all(|l| l.entry == hearken_model::Entry::Forgotten && l.prospect != ann)
    );
}

pub async fn what_names_them_without_being_theirs_goes_too(place: &impl Place) {
    let store = place.open().await;
    let (ann, _) = accept(&*store, identified("1", 1, &[user("17"), email("ann")])).await;
    let letter = |payload: &str| NewDeadLetter {
        at: at(2),
        stage: Stage::Intake,
        connector: "site".into(),
        prospect: None,
        action: None,
        why: "not taken".into(),
        place: "/3".into(),
        payload: payload.into(),
    };
    let refused = Intake {
        dead_letters: vec![
            letter(r#"{"email":"Ann@Example.com"}"#),
            letter(r#"{"userId":"17"}"#),
            letter(r#"{"email":"joann@example.com","n":17}"#),
        ],
        ..intake(vec![])
    };
    store.accept(refused).await.expect("the store answers");
    let call = |path: &str| crate::EgressRow {
        path: path.into(),
        item: None,
        ..super::egress::row(3, "crm", "")
    };
    let calls = vec![
        call("/contacts/Ann%40example.com"),
        call("/users/17"),
        call("/contacts/bob%40example.com"),
    ];
    store.note_egress(calls).await.expect("the store answers");
    let said = |n: u8, body: &str| crate::OnceAnswer {
        body: body.into(),
        ..super::once::answer("site", n, 9_000)
    };
    store
        .keep_answer(said(1, r#"{"created":"ann@example.com"}"#))
        .await
        .expect("the store answers");
    store
        .keep_answer(said(2, r#"{"created":"bob@example.com"}"#))
        .await
        .expect("the store answers");
    store
        .suppress(Suppression {
            identity: email("ann"),
            why: "bounced".into(),
            at: at(3),
        })
        .await
        .expect("the store answers");
    forget(&*store, ann, &[]).await;
    let left = store
        .dead_letters(crate::DeadLetterQuery {
            limit: 9,
            ..Default::default()
        })
        .await
        .expect("the store answers");
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].letter.payload.contains("joann"));
    let left = store
        .egress(crate::EgressQuery {
            limit: 9,
            ..Default::default()
        })
        .await
        .expect("the store answers");
    let paths: Vec<_> = left.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["/contacts/bob%40example.com"]);
    assert_eq!(
        store.kept_answer("site", [1; 32]).await.expect("the store answers"),
        None
    );
    assert!(
        store
            .kept_answer("site", [2; 32])
            .await
            .expect("the store answers")
            .is_some()
    );
    assert_eq!(
        store.suppressions(9).await.expect("the store answers"),
        [],
        "known by its hash only"
    );
    store
        .suppress(Suppression {
            identity: email("ann"),
            why: "again".into(),
            at: at(4),
        })
        .await
        .expect("the store answers");
    assert_eq!(
        store.suppressions(9).await.expect("the store answers"),
        [],
        "and not brought back by a list"
    );
    assert!(store.readmit(&email("ann"), at(90)).await.expect("the store answers"));
    let back = store.suppressions(9).await.expect("the store answers");
    assert_eq!(
        back.len(),
        1,
        "an address that must not be written to stays so: {back:?}"
    );
}

pub async fn every_sink_is_asked_until_it_has_answered(place: &impl Place) {
    let store = place.open().await;
    let (ann, _) = accept(&*store, identified("1", 1, &[user("ann"), email("ann")])).await;
    let number = forget(&*store, ann, &["crm", "mail"]).await;
    let to_do = store.forgetting_to_do(at(61)).await.expect("the store answers");
    assert_eq!((to_do.erase.len(), to_do.ask.len(), to_do.scrub), (0, 2, true));
    assert!(
        to_do
            .ask
            .iter()
            .all(|a| a.person.contains(&email("ann")) && a.number == number)
    );
    let said = |sink: &str, outcome, why: &str| SinkSaid {
        number,
        sink: sink.into(),
        at: at(62),
        outcome,
        why: why.into(),
    };
    store.scrub(at(62)).await.expect("the store answers");
    let later = SinkOutcome::Waiting { due: at(1_000) };
    store
        .sink_said(said("crm", later, "503"))
        .await
        .expect("the store answers");
    store
        .sink_said(said("mail", SinkOutcome::Cannot, "no way to delete Ann@example.com"))
        .await
        .expect("the store answers");
    let to_do = store.forgetting_to_do(at(63)).await.expect("the store answers");
    assert!(
        to_do.ask.is_empty() && to_do.scrub,
        "the names that were kept for mail are to be scrubbed"
    );
    let to_do = store.forgetting_to_do(at(1_000)).await.expect("the store answers");
    assert_eq!((to_do.ask.len(), to_do.ask[0].tries), (1, 1));
    store
        .sink_said(said("crm", SinkOutcome::Forgotten, ""))
        .await
        .expect("the store answers");
    store
        .sink_said(said("crm", SinkOutcome::GaveUp, "too late"))
        .await
        .expect("the store answers");
    store.scrub(at(1_001)).await.expect("the store answers");
    assert_eq!(
        store
            .forgetting_to_do(Instant(u64::MAX))
            .await
            .expect("the store answers"),
        crate::ToForget::default()
    );
    let proof = store.forgettings(9).await.expect("the store answers").remove(0);
    assert!(proof.is_done());
    let words: Vec<_> = proof
        .sinks
        .iter()
        .map(|s| (s.sink.as_str(), s.outcome.as_str(), s.why.as_str()))
        .collect();
    assert_eq!(
        words,
        [("crm", "forgotten", ""), ("mail", "cannot", "no way to delete …")]
    );
}

pub async fn a_request_is_carried_out_once(place: &impl Place) {
    let store = place.open().await;
    let (ann, _) = accept(&*store, viewed("1", 1, &user("ann"))).await;
    let first = store.ask_forgetting(ann, at(5)).await.expect("the store answers");
    assert_eq!(
        store.ask_forgetting(ann, at(6)).await.expect("the store answers"),
        first,
        "asked twice"
    );
    let number = first.expect("they are known");
    assert_eq!(
        store.forgetting_to_do(at(7)).await.expect("the store answers").erase,
        [number]
    );
    assert!(
        store
            .erase(number, at(8), vec![])
            .await
            .expect("the store answers")
            .is_some()
    );
    assert_eq!(
        store.erase(number, at(9), vec![]).await.expect("the store answers"),
        None
    );
    assert_eq!(
        store.erase(number + 1, at(9), vec![]).await.expect("the store answers"),
        None
    );
}
