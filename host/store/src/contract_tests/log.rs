//! Leases, commits, and what is read back.

use std::sync::Arc;

use hearken_model::{Entry, Instant, Lifecycle, Partition, ProfileId, Prospect, Seq, TimerFired};

use super::{Place, scene::*};
use crate::{Accepted, Commit, Logged, Outgoing, RecentAsk, StoreError};

pub async fn a_lease_fences_all_commits_of_the_one_before(place: &impl Place) {
    let store = place.open().await;
    let (prospect, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let old = Applier::new(&store).await;
    let commit = old.compute(prospect.partition()).await.expect("a signal is pending");
    let new = store.lease().await.expect("the partitions are taken");
    assert_eq!(new.len(), 256);
    assert!(
        new.iter()
            .zip(&old.leases)
            .all(|(n, o)| n.epoch == o.epoch + 1 && n.partition == o.partition)
    );
    let fenced = store.commit(vec![commit.clone()]).await;
    let Err(StoreError::Fenced {
        partition,
        epoch,
        found_epoch,
        ..
    }) = fenced
    else {
        panic!("fenced, not {fenced:?}")
    };
    assert_eq!((partition, found_epoch), (prospect.partition(), epoch + 1));
    assert_eq!(store.prospects(&[prospect]).await.expect("prospects are read"), [None]);
    let lease = new[usize::from(prospect.partition().0)];
    assert_eq!((lease.applied, lease.last), (0, 1));
    store
        .commit(vec![Commit {
            epoch: lease.epoch,
            ..commit
        }])
        .await
        .expect("the new lease may commit");
}

pub async fn a_fenced_commit_writes_nothing_of_the_whole_call(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let (bob, _) = accept(store.as_ref(), viewed("2", 0, &user("bob"))).await;
    assert_ne!(ann.partition(), bob.partition(), "the names were chosen so");
    let first = applier.compute(ann.partition()).await.expect("a signal is pending");
    applier.commit(first.clone()).await;
    let mut second = applier.compute(bob.partition()).await.expect("a signal is pending");
    let timer = Entry::Timer(TimerFired {
        name: "silence".into(),
        generation: 1,
    });
    second.outgoing.push(Outgoing {
        prospect: bob,
        at: at(1),
        entry: timer,
    });
    let (_, acting) = applier.acting(bob, &[], 1);
    second.decisions = acting.decisions;
    second.actions = acting.actions;
    // The first of the two was applied already: its range is not the one that it names.
    for order in [vec![second.clone(), first.clone()], vec![first, second]] {
        let fenced = store.commit(order).await;
        assert!(matches!(fenced, Err(StoreError::Fenced { .. })), "{fenced:?}");
    }
    assert_eq!(store.prospects(&[bob]).await.expect("prospects are read"), [None]);
    assert_eq!(
        store
            .pending(bob.partition(), 0, 10)
            .await
            .expect("the log is read")
            .len(),
        1
    );
    assert!(store.actions_of(bob, 10).await.expect("actions are read").is_empty());
    accept(store.as_ref(), viewed("3", 2, &user("bob"))).await;
}

pub async fn a_commit_beyond_the_end_of_the_log_is_refused(place: &impl Place) {
    let store = place.open().await;
    let applier = Applier::new(&store).await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let lease = applier.lease(ann.partition());
    for (from, to) in [(0, 2), (1, 0)] {
        let refused = store
            .commit(vec![Commit::new(ann.partition(), lease.epoch, from, to)])
            .await;
        assert!(refused.is_err(), "from {from} to {to}");
    }
    let foreign = Partition(ann.partition().0.wrapping_add(1));
    let mut commit = Commit::new(foreign, applier.lease(foreign).epoch, 0, 0);
    commit.prospects.push(Prospect::new(ann));
    let refused = store.commit(vec![commit]).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
}

pub async fn what_a_commit_sends_is_appended_where_it_belongs(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let (bob, _) = accept(store.as_ref(), viewed("2", 0, &user("bob"))).await;
    let entry = Entry::Timer(TimerFired {
        name: "silence".into(),
        generation: 9,
    });
    let mut commit = applier.compute(ann.partition()).await.expect("a signal is pending");
    for to in [ann, bob] {
        commit.outgoing.push(Outgoing {
            prospect: to,
            at: at(5),
            entry: entry.clone(),
        });
    }
    applier.commit(commit).await;
    for to in [ann, bob] {
        let log = store.pending(to.partition(), 1, 10).await.expect("the log is read");
        let partition = to.partition();
        let place = Seq { seq: 2, step: 0 };
        assert_eq!(
            log,
            [Logged {
                partition,
                place,
                at: at(5),
                prospect: to,
                entry: entry.clone()
            }]
        );
    }
}

pub async fn derived_entries_are_not_pending(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let (ann, first) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let mut commit = applier.compute(ann.partition()).await.expect("a signal is pending");
    let stage = Entry::Stage {
        from: Lifecycle::Visitor,
        to: Lifecycle::Lead,
        cause: "known by name".into(),
    };
    let partition = ann.partition();
    let derived = Logged {
        partition,
        place: Seq {
            seq: first.seq,
            step: 1,
        },
        at: at(0),
        prospect: ann,
        entry: stage,
    };
    commit.derived = vec![derived];
    let mut misplaced = commit.clone();
    misplaced.derived[0].place.step = 0;
    let refused = store.commit(vec![misplaced]).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    applier.commit(commit).await;
    assert_eq!(store.pending(partition, 0, 10).await.expect("the log is read").len(), 1);
    assert!(
        store
            .pending(partition, 1, 10)
            .await
            .expect("the log is read")
            .is_empty()
    );
}

pub async fn a_committed_prospect_comes_back_as_it_was(place: &impl Place) {
    let store = place.open().await;
    accept(store.as_ref(), identified("1", 0, &[user("ann"), email("ann")])).await;
    let mut applier = Applier::new(&store).await;
    let ann = owner(store.as_ref(), &user("ann")).await;
    let commit = applier.compute(ann.partition()).await.expect("a signal is pending");
    let computed = commit.prospects[0].clone();
    applier.commit(commit).await;
    drop(applier);
    drop(store);
    let store = place.open().await;
    let nobody = hearken_model::ProspectId::from_u64(1);
    let found = store.prospects(&[nobody, ann]).await.expect("prospects are read");
    assert_eq!(found, [None, Some(computed)]);
    let lease = store.lease().await.expect("the partitions are taken")[usize::from(ann.partition().0)];
    assert_eq!((lease.applied, lease.last), (1, 1));
}

fn ask(profiles: &[ProfileId], kinds: &[&str], limit: usize, without: &[&str]) -> RecentAsk {
    RecentAsk {
        profiles: profiles.to_vec(),
        kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
        limit,
        without: without.iter().map(|id| format!("site:{id}").as_str().into()).collect(),
        known_at: None,
    }
}

pub async fn recent_signals_are_the_latest_of_the_kinds_asked_for(place: &impl Place) {
    let store = place.open().await;
    let (ann, mail) = (user("ann"), email("ann"));
    let mut signals = vec![
        arriving("v1", "page.viewed", 10, std::slice::from_ref(&ann)),
        arriving("l1", "page.left", 20, std::slice::from_ref(&ann)),
        arriving("s1", "search.performed", 30, std::slice::from_ref(&ann)),
        arriving("m1", "message.opened", 25, std::slice::from_ref(&mail)),
        arriving("v2", "page.viewed", 40, std::slice::from_ref(&ann)),
    ];
    // It happened first and arrives last.
    signals.push(arriving("v0", "page.viewed", 5, std::slice::from_ref(&ann)));
    store.accept(intake(signals)).await.expect("the store accepts");
    let (ann, mail) = (ProfileId::of(&ann), ProfileId::of(&mail));
    let asks = vec![
        ask(&[ann, mail], &["*"], 3, &[]),
        ask(&[ann], &["page.*"], 10, &[]),
        ask(&[ann, ann], &["page.viewed", "search.performed"], 2, &["v2"]),
        ask(&[ann], &["message.opened"], 10, &[]),
        ask(&[ann], &[], 10, &[]),
        ask(&[ann], &["*"], 0, &[]),
    ];
    let found = store.recent(asks).await.expect("signals are read");
    let ids: Vec<Vec<&str>> = found
        .iter()
        .map(|list| {
            list.iter()
                .map(|r| r.signal.id.as_str().trim_start_matches("site:"))
                .collect()
        })
        .collect();
    let expected: [&[&str]; 6] = [
        &["m1", "s1", "v2"],
        &["v0", "v1", "l1", "v2"],
        &["v1", "s1"],
        &[],
        &[],
        &[],
    ];
    assert_eq!(ids, expected);
    let all = store.signals_of(&[ann, mail], 100).await.expect("signals are read");
    assert_eq!(all.len(), 6);
}

pub async fn signals_are_read_as_they_were_known_at_a_moment(place: &impl Place) {
    let store = place.open().await;
    let ann = user("ann");
    for (id, happened, received) in [("a", 10, 10), ("late", 5, 30), ("b", 20, 20), ("c", 40, 40)] {
        let mut signal = arriving(id, "page.viewed", happened, std::slice::from_ref(&ann));
        signal.received = at(received);
        accept(store.as_ref(), signal).await;
    }
    let ask = |known_at: u64| RecentAsk {
        known_at: Some(at(known_at)),
        ..ask(&[ProfileId::of(&ann)], &["*"], 2, &[])
    };
    let found = store.recent(vec![ask(20), ask(30)]).await.expect("signals are read");
    let ids = |list: &[hearken_model::Recorded]| -> Vec<String> {
        list.iter().map(|r| r.signal.id.as_str().to_owned()).collect()
    };
    assert_eq!(
        ids(&found[0]),
        ["site:a", "site:b"],
        "what came later takes nobody's place"
    );
    assert_eq!(
        ids(&found[1]),
        ["site:a", "site:b"],
        "of what was known then the latest by its own time"
    );
}

pub async fn the_log_is_read_with_what_applying_it_brought_about(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    accept(store.as_ref(), viewed("2", 1, &user("ann"))).await;
    let mut commit = applier.compute(ann.partition()).await.expect("a signal is pending");
    commit.derived.push(Logged {
        partition: ann.partition(),
        place: Seq {
            seq: commit.to,
            step: 1,
        },
        at: at(1),
        prospect: ann,
        entry: Entry::Missed { scorer: "x".into() },
    });
    let to = commit.to;
    applier.commit(commit).await;
    accept(store.as_ref(), viewed("3", 2, &user("ann"))).await;
    let places = |after: Seq, limit: usize| {
        let store = Arc::clone(&store);
        async move {
            let log = store.log(ann.partition(), after, limit).await.expect("the log is read");
            log.iter().map(|l| (l.place.seq, l.place.step)).collect::<Vec<_>>()
        }
    };
    let all = places(Seq::default(), 10).await;
    let mut expected: Vec<(u64, u32)> = (1..=3).map(|seq| (seq, 0)).collect();
    expected.push((to, 1));
    expected.sort_unstable();
    assert_eq!(all, expected);
    let after = Seq { seq: to, step: 0 };
    assert_eq!(places(after, 1).await, [(to, 1)]);
}

pub async fn a_prospect_with_100_000_signals_costs_no_more_than_one_with_few(place: &impl Place) {
    let store = place.open().await;
    let ann = user("ann");
    accept(
        store.as_ref(),
        arriving("rare", "form.submitted", 0, std::slice::from_ref(&ann)),
    )
    .await;
    for batch in 0..50_u64 {
        let signals = (0..2_000_u64)
            .map(|n| viewed(&format!("{batch}-{n}"), 1 + batch * 2_000 + n, &ann))
            .collect();
        let accepted = store.accept(intake(signals)).await.expect("the store accepts");
        assert!(accepted.iter().all(|a| matches!(a, Accepted::Stored { .. })));
    }
    let profile = [ProfileId::of(&ann)];
    let asks = vec![
        ask(&profile, &["page.*"], 30, &[]),
        ask(&profile, &["form.submitted"], 30, &[]),
    ];
    let found = store.recent(asks).await.expect("signals are read");
    let times: Vec<Instant> = found[0].iter().map(|r| r.signal.at).collect();
    assert_eq!(times, (99_971..=100_000).map(at).collect::<Vec<_>>());
    assert!(
        found[1].is_empty(),
        "what lies behind the latest {} is not searched",
        RecentAsk::MAX_READ
    );
}
