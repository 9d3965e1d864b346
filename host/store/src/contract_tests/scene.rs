//! Signals, decisions and actions to test with, and the least engine that applies a log.
//! All names are made up.

use std::{
    collections::{BTreeMap, btree_map},
    sync::Arc,
};

use hearken_model::{
    Act, Action, ActionId, ActionState, Decision, DecisionId, Entry, Identity, Instant, Mode, Partition, Prospect,
    ProspectId, Seq, Signal, decide::Facts,
};
use serde_json::json;

use crate::{Accepted, Arriving, Commit, Intake, Lease, Outgoing, Purge, Start, Started, Store};

pub(super) const NOW: Instant = Instant(1_700_000_000_000);

/// So many milliseconds after the scene's beginning.
pub(super) fn at(ms: u64) -> Instant {
    Instant(NOW.0 + ms)
}

/// Asks whether an attempt may start.
pub(super) async fn ask(store: &dyn Store, start: Start) -> Started {
    store.start(vec![start]).await.expect("starts are answered").remove(0)
}

pub(super) fn anonymous(name: &str) -> Identity {
    Identity {
        scheme: "anonymous".into(),
        value: name.into(),
    }
}

pub(super) fn user(name: &str) -> Identity {
    Identity {
        scheme: "user".into(),
        value: name.into(),
    }
}

pub(super) fn email(name: &str) -> Identity {
    Identity {
        scheme: "email".into(),
        value: format!("{name}@example.com"),
    }
}

pub(super) fn arriving(id: &str, kind: &str, ms: u64, identities: &[Identity]) -> Arriving {
    Arriving {
        signal: Signal {
            id: format!("site:{id}").as_str().into(),
            kind: kind.into(),
            at: at(ms),
            identities: identities.to_vec(),
            company: None,
            session: None,
            about: Some("/pricing".into()),
            answers: None,
            properties: json!({ "title": "Pricing" }),
        },
        connector: "site".into(),
        received: at(ms),
        live: true,
        verified: false,
    }
}

pub(super) fn viewed(id: &str, ms: u64, who: &Identity) -> Arriving {
    arriving(id, "page.viewed", ms, std::slice::from_ref(who))
}

pub(super) fn identified(id: &str, ms: u64, who: &[Identity]) -> Arriving {
    arriving(id, "person.identified", ms, who)
}

pub(super) fn intake(signals: Vec<Arriving>) -> Intake {
    Intake {
        signals,
        seen_until: at(7 * 86_400_000),
        ..Intake::default()
    }
}

/// Accepts one signal that must be new.
pub(super) async fn accept(store: &dyn Store, signal: Arriving) -> (ProspectId, Seq) {
    let accepted = store.accept(intake(vec![signal])).await.expect("the store accepts");
    match accepted[..] {
        [Accepted::Stored { prospect, place }] => (prospect, place),
        _ => panic!("one new signal gives one place, not {accepted:?}"),
    }
}

pub(super) async fn owner(store: &dyn Store, identity: &Identity) -> ProspectId {
    store
        .find_prospect(identity)
        .await
        .expect("the store is read")
        .expect("the identity is known")
}

/// A decision to tell a story at a place.
pub(super) fn decision(prospect: ProspectId, place: Seq, ms: u64) -> Decision {
    Decision {
        id: DecisionId::at(prospect, place),
        prospect,
        place,
        at: at(ms),
        trigger: "belief interest/roi".into(),
        router: "facilitator".into(),
        situation: json!({ "n": 1 }),
        facts: Facts {
            signals: 3,
            ..Facts::of_nobody(at(ms))
        },
        alternatives: Vec::new(),
        seed: 7,
        snapshot: 0,
        act: Act::Tell,
        target: "roi".into(),
        channel: "email".into(),
        propensity: 0.1 + 0.2,
        reason: "it fits".into(),
        mode: Mode::Live,
        wording: None,
    }
}

/// What carries a decision out.
pub(super) fn action(decision: &Decision, to: &[Identity]) -> Action {
    Action {
        id: decision.id.into(),
        decision: decision.id,
        prospect: decision.prospect,
        sink: "outbox".into(),
        channel: decision.channel.clone(),
        act: decision.act,
        target: decision.target.clone(),
        purpose: "marketing".into(),
        to: to.to_vec(),
        decided: decision.at,
        due: decision.at,
        expires: decision.at.after(std::time::Duration::from_secs(3_600)),
        state: ActionState::Queued,
        why: String::new(),
        attempts: 0,
        first_tried: None,
        reference: String::new(),
        content: json!({ "title": "What it returns" }),
        gate: String::new(),
        text: "digest-1".into(),
        approval: None,
        seed: false,
    }
}

/// The least engine: applies what is pending and sends on what leaves.
pub(super) struct Applier {
    pub(super) store: Arc<dyn Store>,
    pub(super) leases: Vec<Lease>,
}

impl Applier {
    pub(super) async fn new(store: &Arc<dyn Store>) -> Self {
        Self {
            store: Arc::clone(store),
            leases: store.lease().await.expect("the partitions are taken"),
        }
    }

    pub(super) fn lease(&self, partition: Partition) -> Lease {
        self.leases[usize::from(partition.0)]
    }

    /// What would be committed for a partition, if something is pending there.
    pub(super) async fn compute(&self, partition: Partition) -> Option<Commit> {
        let lease = self.lease(partition);
        let pending = self
            .store
            .pending(partition, lease.applied, 10_000)
            .await
            .expect("the log is read");
        let to = pending.last()?.place.seq;
        let mut commit = Commit::new(partition, lease.epoch, lease.applied, to);
        let mut prospects: BTreeMap<ProspectId, Prospect> = BTreeMap::new();
        for logged in pending.into_iter().filter(|l| l.entry != Entry::Forgotten) {
            let prospect = match prospects.entry(logged.prospect) {
                btree_map::Entry::Occupied(known) => known.into_mut(),
                btree_map::Entry::Vacant(place) => {
                    let stored = self
                        .store
                        .prospects(&[logged.prospect])
                        .await
                        .expect("prospects are read");
                    let stored = stored.into_iter().flatten().next();
                    place.insert(stored.unwrap_or_else(|| Prospect::new(logged.prospect)))
                }
            };
            let live = matches!(logged.entry, Entry::Leave { live: true, .. });
            if let Some((to, part)) = prospect.apply(logged.place, logged.at, &logged.entry) {
                let entry = Entry::Join {
                    from: logged.prospect,
                    part: Box::new(part),
                    live,
                };
                commit.outgoing.push(Outgoing {
                    prospect: to,
                    at: logged.at,
                    entry,
                });
            }
        }
        commit.prospects = prospects.into_values().collect();
        Some(commit)
    }

    pub(super) async fn commit(&mut self, commit: Commit) {
        let (partition, to) = (commit.partition, commit.to);
        self.store
            .commit(vec![commit])
            .await
            .expect("the commit is the lease's");
        self.leases[usize::from(partition.0)].applied = to;
    }

    /// Applies until nothing is pending anywhere.
    pub(super) async fn settle(&mut self) {
        loop {
            let mut idle = true;
            for n in 0..=u8::MAX {
                if let Some(commit) = self.compute(Partition(n)).await {
                    idle = false;
                    self.commit(commit).await;
                }
            }
            if idle {
                return;
            }
        }
    }

    pub(super) async fn prospect(&self, id: ProspectId) -> Prospect {
        let found = self
            .store
            .prospects(&[id])
            .await
            .expect("prospects are read")
            .pop()
            .flatten();
        found.expect("something was applied to the prospect")
    }

    /// Applies what is pending and commits an action for the person of `who`.
    pub(super) async fn act(&mut self, who: &Identity, ms: u64) -> Action {
        self.settle().await;
        let heard = viewed(&format!("before-{who}-{ms}"), ms, who);
        let (prospect, _) = accept(self.store.as_ref(), heard).await;
        let (action, acting) = self.acting(prospect, std::slice::from_ref(who), ms);
        let heard = self.compute(prospect.partition()).await;
        self.commit(Commit {
            decisions: acting.decisions,
            actions: acting.actions,
            ..heard.expect("a signal was just accepted")
        })
        .await;
        action
    }

    /// A decision and its action, in a commit that moves nothing.
    pub(super) fn acting(&self, prospect: ProspectId, to: &[Identity], ms: u64) -> (Action, Commit) {
        let lease = self.lease(prospect.partition());
        let decision = decision(
            prospect,
            Seq {
                seq: lease.applied + 1,
                step: 1,
            },
            ms,
        );
        let action = action(&decision, to);
        let mut commit = Commit::new(prospect.partition(), lease.epoch, lease.applied, lease.applied);
        commit.decisions.push(decision);
        commit.actions.push(action.clone());
        (action, commit)
    }
}

/// The only due action.
pub(super) async fn due(store: &dyn Store, ms: u64) -> crate::Due {
    let mut due = store.due("outbox", at(ms), 10).await.expect("due actions are read");
    assert_eq!(due.len(), 1, "one action is due");
    due.remove(0)
}

/// Asks to start the next attempt of what is due.
pub(super) fn start(due: &crate::Due, ms: u64) -> crate::Start {
    crate::Start {
        action: due.action.id,
        number: due.action.attempts + 1,
        at: at(ms),
        witness: due.witness,
        claim: None,
        new_people: None,
        account: None,
        seeds: Vec::new(),
        passage: None,
    }
}

/// An attempt's end.
pub(super) fn finish(action: ActionId, number: u32, ms: u64, outcome: hearken_model::Outcome) -> crate::Finish {
    use hearken_model::Outcome;
    let state = match outcome {
        Outcome::Delivered => ActionState::Delivered,
        Outcome::Retry => ActionState::Queued,
        Outcome::Unknown => ActionState::Unknown,
        Outcome::Rejected => ActionState::Rejected,
    };
    let delivery = hearken_model::Delivery {
        action,
        state,
        why: "said the sink".into(),
        reference: "ref-1".into(),
        memory: None,
    };
    crate::Finish {
        action,
        number,
        at: at(ms),
        outcome,
        delivery,
        due: None,
        detail: "250 queued".into(),
        dead_letter: None,
        suppress: None,
        signals: Vec::new(),
        seen_until: at(7 * 86_400_000),
    }
}

/// The deliveries that a prospect's log was told of.
pub(super) async fn deliveries(store: &dyn Store, prospect: ProspectId) -> Vec<hearken_model::Delivery> {
    let all = store
        .pending(prospect.partition(), 0, 10_000)
        .await
        .expect("the log is read");
    all.into_iter()
        .filter(|l| l.prospect == prospect)
        .filter_map(|l| match l.entry {
            Entry::Delivery(d) => Some(d),
            _ => None,
        })
        .collect()
}

/// Forgets what is over at a moment; of what left, what is a month old.
pub(super) async fn purge(store: &dyn Store, now_ms: u64, limit: usize) -> usize {
    const MONTH_MS: u64 = 30 * 86_400_000;
    let what = Purge {
        now: at(now_ms),
        egress_until: Instant(at(now_ms).0 - MONTH_MS),
    };
    store.purge(what, limit).await.expect("the store purges")
}
