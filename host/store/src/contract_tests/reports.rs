//! What is counted for people, and everybody read page by page.

use hearken_model::{Act, Action, ActionState, Alternative, Choice, Decision, GateResult, Mode, Outcome, Seq, gate};

use super::{Place, scene::*};
use crate::{Commit, HistoryQuery, Hold};

/// An alternative as it was drawn against.
fn alternative(act: Act, target: &str, propensity: f64, forbidden: &[&str]) -> Alternative {
    Alternative {
        choice: Choice {
            act,
            target: target.into(),
            channel: "email".into(),
            weight: 1.0,
            reason: "it fits".into(),
            expires_in_ms: None,
        },
        propensity,
        forbidden: forbidden
            .iter()
            .map(|gate| GateResult {
                gate: (*gate).into(),
                why: "no".into(),
            })
            .collect(),
    }
}

/// Commits a decision about the person of `who`, and its action where it is to be carried out.
async fn decide(applier: &mut Applier, who: &str, ms: u64, change: impl FnOnce(&mut Decision)) -> Decision {
    applier.settle().await;
    let heard = viewed(&format!("{who}-{ms}"), ms, &email(who));
    let (prospect, _) = accept(applier.store.as_ref(), heard).await;
    let commit = applier
        .compute(prospect.partition())
        .await
        .expect("a signal was just accepted");
    let mut made = decision(
        prospect,
        Seq {
            seq: commit.to,
            step: 1,
        },
        ms,
    );
    change(&mut made);
    let actions: Vec<Action> = if made.act == Act::Hold {
        Vec::new()
    } else {
        vec![action(&made, &[email(who)])]
    };
    applier
        .commit(Commit {
            decisions: vec![made.clone()],
            actions,
            ..commit
        })
        .await;
    made
}

fn silent(made: &mut Decision, gate: &str, reason: &str) {
    made.act = Act::Hold;
    made.target = String::new();
    made.channel = String::new();
    made.reason = reason.into();
    let forbidden: &[&str] = &[gate];
    made.alternatives = if gate.is_empty() {
        vec![alternative(Act::Hold, "", 1.0, &[])]
    } else {
        vec![alternative(Act::Tell, "roi", 0.0, forbidden)]
    };
}

pub async fn a_summary_counts_what_was_decided_since_a_moment(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    decide(&mut applier, "old", 1, |_| {}).await;
    let ann = decide(&mut applier, "ann", 100, |_| {}).await;
    let bob = decide(&mut applier, "bob", 101, |_| {}).await;
    decide(&mut applier, "ann", 102, |d| d.mode = Mode::Shadow).await;
    decide(&mut applier, "cy", 103, |d| d.mode = Mode::Shadow).await;
    decide(&mut applier, "cy", 104, |d| silent(d, "cap", "told 2 of 2")).await;
    decide(&mut applier, "di", 105, |d| silent(d, "cap", "told 3 of 2")).await;
    decide(&mut applier, "di", 106, |d| silent(d, "", "nothing fits")).await;
    let found = store.due("outbox", at(200), 100).await.expect("due actions are read");
    let first = found.iter().find(|d| d.action.id == ann.id.into()).expect("it is due");
    store.start(vec![start(first, 200)]).await.expect("starts are answered");
    let end = finish(ann.id.into(), 1, 201, Outcome::Delivered);
    store.finish(vec![end]).await.expect("the attempt is finished");
    let hold = Hold {
        action: bob.id.into(),
        state: ActionState::Held,
        why: "waits for approval".into(),
        gate: gate::APPROVAL.into(),
        at: at(202),
        due: None,
    };
    store.hold(vec![hold]).await.expect("it is held");
    let summary = store.summary(at(50)).await.expect("it is summed up");
    assert_eq!((summary.decisions, summary.people), (7, 4));
    assert_eq!((summary.told, summary.would_be_told, summary.silences), (1, 2, 3));
    let chosen: Vec<_> = summary
        .chosen
        .iter()
        .map(|c| (c.target.as_str(), c.mode, c.people, c.times, c.delivered, c.waiting))
        .collect();
    assert_eq!(
        chosen,
        [("roi", Mode::Live, 2, 2, 1, 1), ("roi", Mode::Shadow, 2, 2, 0, 2)]
    );
    let kept: Vec<_> = summary
        .kept
        .iter()
        .map(|k| (k.state, k.gate.as_str(), k.actions, k.people, k.example.as_str()))
        .collect();
    assert_eq!(kept, [(ActionState::Held, gate::APPROVAL, 1, 1, "waits for approval")]);
    let reasons: Vec<_> = summary
        .reasons
        .iter()
        .map(|s| (s.gate.as_str(), s.times, s.people, s.example.as_str()))
        .collect();
    assert_eq!(reasons, [("cap", 2, 2, "told 3 of 2"), ("", 1, 1, "nothing fits")]);
    let all = store.summary(at(0)).await.expect("it is summed up");
    assert_eq!((all.decisions, all.people), (8, 5));
}

pub async fn a_summary_names_the_ten_decisions_that_were_closest(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let mut made = Vec::new();
    for n in 0..12_u8 {
        let (who, first) = (format!("p{n}"), 0.5 + f64::from(n) * 0.04);
        let decision = decide(&mut applier, &who, 100 + u64::from(n), |d| {
            d.alternatives = vec![
                alternative(Act::Tell, "roi", first, &[]),
                alternative(Act::Hold, "", 1.0 - first, &[]),
            ];
        });
        made.push(decision.await);
    }
    // With one alternative there is nothing to be unsure about.
    decide(&mut applier, "sure", 300, |d| {
        d.alternatives = vec![alternative(Act::Tell, "roi", 1.0, &[])]
    })
    .await;
    let unsure = store.summary(at(0)).await.expect("it is summed up").unsure;
    let ids: Vec<_> = unsure.iter().map(|u| u.decision).collect();
    let closest: Vec<_> = made.iter().take(10).map(|d| d.id).collect();
    assert_eq!(ids, closest);
    assert!(unsure[0].margin.abs() < 1e-9, "{:?}", unsure[0]);
    assert!((unsure[1].margin - 0.08).abs() < 1e-9, "{:?}", unsure[1]);
}

pub async fn everybody_is_read_page_by_page_and_once(place: &impl Place) {
    let store = place.open().await;
    for n in 0..7 {
        accept(store.as_ref(), viewed(&format!("{n}"), n, &user(&format!("u{n}")))).await;
    }
    // Somebody who turned out to be another is nobody any more.
    accept(store.as_ref(), identified("j", 20, &[user("u0"), email("u0")])).await;
    accept(store.as_ref(), viewed("d", 30, &anonymous("device"))).await;
    accept(store.as_ref(), identified("k", 40, &[user("u1"), anonymous("device")])).await;
    Applier::new(&store).await.settle().await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.everybody(after, 3).await.expect("everybody is read");
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page.iter().map(|p| p.id));
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(seen, sorted, "in the order of their ids");
    assert_eq!(seen.len(), 7);
}

pub async fn open_actions_are_those_queued_or_held(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let mut open = Vec::new();
    for (n, who) in (1..).zip(["ann", "bob", "cy", "di"]) {
        open.push(applier.act(&email(who), n).await.id);
    }
    let gone = open.remove(0);
    let moved = |action, state| Hold {
        action,
        state,
        why: "so it is".into(),
        gate: "approval".into(),
        at: at(10),
        due: None,
    };
    let holds = vec![moved(gone, ActionState::Rejected), moved(open[1], ActionState::Held)];
    store.hold(holds).await.expect("they are moved");
    open.sort();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.open_actions(after, 2).await.expect("open actions are read");
        let Some(last) = page.last() else { break };
        after = Some(last.action.id);
        assert!(page.iter().all(|d| d.prospect.id == d.action.prospect));
        seen.extend(page.iter().map(|d| d.action.id));
    }
    assert_eq!(seen, open);
}

pub async fn what_was_told_is_read_with_what_came_of_it_after_a_merge(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let told = decide(&mut applier, "ann", 100, |d| d.snapshot = 3).await;
    decide(&mut applier, "bob", 101, |_| {}).await;
    let found = store.due("outbox", at(200), 100).await.expect("due actions are read");
    let due = found.iter().find(|d| d.action.id == told.id.into()).expect("it is due");
    store.start(vec![start(due, 200)]).await.expect("starts are answered");
    let end = finish(told.id.into(), 1, 201, Outcome::Delivered);
    store.finish(vec![end]).await.expect("the attempt is finished");
    let who = [user("u-1"), email("ann")];
    accept(store.as_ref(), identified("who", 300, &who)).await;
    accept(store.as_ref(), arriving("won", "deal.won", 400, &who)).await;
    applier.settle().await;
    let ann = owner(store.as_ref(), &email("ann")).await;
    let concerned = |after, since, kinds: &[&str]| {
        let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        store.told_or_did(after, at(since), kinds, 10)
    };
    let none: [&str; 0] = [];
    assert_eq!(concerned(None, 0, &none).await.expect("it is read"), [ann]);
    assert!(concerned(None, 101, &none).await.expect("it is read").is_empty());
    assert!(concerned(Some(ann), 0, &none).await.expect("it is read").is_empty());
    // Who did something is among them though nothing was delivered to them.
    accept(store.as_ref(), arriving("lost", "deal.lost", 500, &[email("cy")])).await;
    let cy = owner(store.as_ref(), &email("cy")).await;
    let mut both = [ann, cy];
    both.sort();
    assert_eq!(concerned(None, 101, &["deal.won"]).await.expect("it is read"), [ann]);
    assert!(
        concerned(None, 401, &["deal.won"])
            .await
            .expect("it is read")
            .is_empty()
    );
    assert_eq!(concerned(None, 0, &["deal.lost"]).await.expect("it is read"), both);
    let query = HistoryQuery {
        prospects: vec![ann],
        since: at(0),
        kinds: vec!["deal.won".into()],
    };
    let histories = store.histories(query).await.expect("it is read");
    let [history] = &histories[..] else {
        panic!("{histories:?}")
    };
    assert_eq!(history.prospect, ann);
    let [telling] = &history.tellings[..] else {
        panic!("{history:?}")
    };
    assert_eq!((telling.decision, telling.snapshot, telling.at), (told.id, 3, at(100)));
    assert_eq!(telling.situation, told.situation);
    let kinds: Vec<&str> = history.signals.iter().map(|r| r.signal.kind.as_str()).collect();
    assert_eq!(kinds, ["deal.won"]);
}

pub async fn snapshots_are_numbered_and_the_latest_comes_back(place: &impl Place) {
    let store = place.open().await;
    assert_eq!(store.latest_snapshot().await.expect("it is read"), None);
    let keep = |ms: u64| store.keep_snapshot(at(ms), format!("{{\"n\":{ms}}}"));
    assert_eq!(keep(1).await.expect("it is kept"), 1);
    assert_eq!(keep(2).await.expect("it is kept"), 2);
    drop(store);
    let store = place.open().await;
    let latest = store
        .latest_snapshot()
        .await
        .expect("it is read")
        .expect("there is one");
    assert_eq!(
        (latest.number, latest.at, latest.body.as_str()),
        (2, at(2), "{\"n\":2}")
    );
    let numbers = store.snapshot_numbers().await.expect("they are read");
    assert_eq!(numbers, [(1, at(1)), (2, at(2))]);
    let first = store.snapshot(1).await.expect("it is read").expect("it is kept");
    assert_eq!((first.number, first.body.as_str()), (1, "{\"n\":1}"));
    assert_eq!(store.snapshot(3).await.expect("it is read"), None);
}
