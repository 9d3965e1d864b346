//! People in a real store, what they were told and what they did. All of it is made up.

use std::{collections::BTreeMap, time::Duration};

use hearken_learn::Settings;
use hearken_model::{
    Act, Action, ActionState, AnswersTo, Decision, DecisionId, Identity, Instant, Mode, Pressure, Prospect, ProspectId,
    Seq, Signal, decide::Facts,
};
use hearken_store::{Accepted, Access, Arriving, Commit, Intake, Lease, Sqlite, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const SETTINGS: Settings = Settings {
    half_life: Duration::from_secs(90 * 86_400),
    window: Duration::from_secs(30 * 86_400),
};

/// So many days after the scene's beginning.
pub(crate) fn day(days: u64) -> Instant {
    Instant(1_700_000_000_000 + days * 86_400_000)
}

/// What the stories `roi` and `demo` press with; there is no other.
pub(crate) fn pressure(story: &str) -> Option<Pressure> {
    match story {
        "roi" => Some(Pressure::Soft),
        "demo" => Some(Pressure::Hard),
        _ => None,
    }
}

/// A store with the right to write all of it.
pub(crate) struct Scene {
    pub(crate) store: Sqlite,
    leases: Vec<Lease>,
    signals: u64,
    told: u32,
    _folder: TempDir,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path().join("state.sqlite"), Access::Daemon).expect("the store opens");
        Self {
            leases: store.lease().await.expect("the partitions are taken"),
            store,
            signals: 0,
            told: 0,
            _folder: folder,
        }
    }

    /// Somebody does something, and `connector` reports it at once.
    pub(crate) async fn does(&mut self, who: &str, kind: &str, at: Instant, properties: Value) -> ProspectId {
        let reported = self.report("crm", who, kind, at, properties);
        self.arrives(reported).await.expect("it is new")
    }

    /// A company is named with somebody, and all that is pending is applied.
    pub(crate) async fn works_for(&mut self, who: &str, company: &str, at: Instant) -> ProspectId {
        let mut named = self.report("crm", who, "person.identified", at, json!({}));
        named.signal.company = Some(Identity::new("name", company).expect("a valid name"));
        let prospect = self.arrives(named).await.expect("it is new");
        let lease = self.leases[usize::from(prospect.partition().0)];
        let read = self.store.pending(prospect.partition(), lease.applied, 1_000).await;
        let pending = read.expect("the log is read");
        let to = pending.last().expect("a signal was just accepted").place.seq;
        let mut commit = Commit::new(prospect.partition(), lease.epoch, lease.applied, to);
        let mut prospects: BTreeMap<ProspectId, Prospect> = BTreeMap::new();
        for logged in &pending {
            let known = prospects.entry(logged.prospect);
            let known = known.or_insert_with(|| Prospect::new(logged.prospect));
            known.apply(logged.place, logged.at, &logged.entry);
        }
        commit.prospects = prospects.into_values().collect();
        self.store.commit(vec![commit]).await.expect("the lease is held");
        self.leases[usize::from(prospect.partition().0)].applied = to;
        prospect
    }

    /// A signal of its own id, as a connector reports it.
    pub(crate) fn report(
        &mut self,
        connector: &str,
        who: &str,
        kind: &str,
        at: Instant,
        properties: Value,
    ) -> Arriving {
        self.signals += 1;
        Arriving {
            signal: Signal {
                id: format!("{connector}:{}", self.signals).as_str().into(),
                kind: kind.into(),
                at,
                identities: vec![Identity::new("user", who).expect("a valid id")],
                company: None,
                session: None,
                about: None,
                answers: None,
                properties,
            },
            connector: connector.into(),
            received: at,
            live: true,
            verified: true,
        }
    }

    /// Whose the signal is; none where it was heard before.
    pub(crate) async fn arrives(&self, signal: Arriving) -> Option<ProspectId> {
        let intake = Intake {
            signals: vec![signal],
            seen_until: Instant(u64::MAX / 2),
            ..Intake::default()
        };
        match self.store.accept(intake).await.expect("the store accepts")[..] {
            [Accepted::Stored { prospect, .. }] => Some(prospect),
            _ => None,
        }
    }

    /// Somebody is told a story, and it is delivered.
    pub(crate) async fn tells(&mut self, who: &str, story: &str, at: Instant) -> Action {
        self.tells_as(who, story, at, |_, _| {}).await
    }

    /// The same, with a decision and an action that are changed before.
    pub(crate) async fn tells_as(
        &mut self,
        who: &str,
        story: &str,
        at: Instant,
        change: impl FnOnce(&mut Decision, &mut Action),
    ) -> Action {
        let prospect = self.does(who, "page.viewed", at, json!({})).await;
        let lease = self.leases[usize::from(prospect.partition().0)];
        self.told += 1;
        let place = Seq {
            seq: lease.applied + 1,
            step: self.told,
        };
        let mut decision = decision(prospect, place, story, at);
        let mut action = action(&decision);
        change(&mut decision, &mut action);
        let mut commit = Commit::new(prospect.partition(), lease.epoch, lease.applied, lease.applied);
        commit.decisions.push(decision);
        commit.actions.push(action.clone());
        self.store.commit(vec![commit]).await.expect("the lease is held");
        action
    }
}

/// An answer to an action.
pub(crate) fn answering(mut signal: Arriving, action: &Action) -> Arriving {
    signal.signal.answers = Some(AnswersTo {
        action: Some(action.id),
        reference: None,
    });
    signal
}

fn decision(prospect: ProspectId, place: Seq, story: &str, at: Instant) -> Decision {
    Decision {
        id: DecisionId::at(prospect, place),
        prospect,
        place,
        at,
        trigger: "belief:interest/roi".into(),
        router: "facilitator".into(),
        situation: json!({ "lifecycle": "lead",
            "beliefs": [{ "kind": "persona", "name": "cio", "value": 0.8, "confidence": 0.9 }] }),
        facts: facts(at),
        alternatives: Vec::new(),
        seed: 7,
        snapshot: 0,
        act: Act::Tell,
        target: story.into(),
        channel: "email".into(),
        propensity: 1.0,
        reason: "it fits".into(),
        mode: Mode::Live,
        wording: None,
    }
}

fn facts(at: Instant) -> Facts {
    Facts {
        signals: 1,
        ..Facts::of_nobody(at)
    }
}

fn action(decision: &Decision) -> Action {
    Action {
        id: decision.id.into(),
        decision: decision.id,
        prospect: decision.prospect,
        sink: "mail".into(),
        channel: decision.channel.clone(),
        act: decision.act,
        target: decision.target.clone(),
        purpose: "marketing".into(),
        to: Vec::new(),
        decided: decision.at,
        due: decision.at,
        expires: decision.at.after(DAY),
        state: ActionState::Delivered,
        why: String::new(),
        attempts: 1,
        first_tried: Some(decision.at),
        reference: String::new(),
        content: json!({}),
        gate: String::new(),
        text: String::new(),
        approval: None,
        seed: false,
    }
}
