//! A conversation as it would go: the real store, engine, scorers and router, by a clock of
//! its own, with sinks that answer as a script says and are never called.

mod expected;
mod sinks;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use hearken_config::{Deed, Step, Test};
use hearken_engine::{Clock, Engine, Parts, SetClock};
use hearken_model::Instant;
use hearken_sandbox::wire;
use hearken_store::{Access, Sqlite, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{
    commands::{Shown, find},
    wire_up::Connected,
};
use sinks::Scripted;

/// As many as a conversation may have.
const DECISIONS: usize = 1000;
/// Draws are the same in every run.
const KEY: [u8; 32] = [0; 32];

/// What is not as it was expected to be.
#[derive(Debug)]
pub(crate) struct Mismatch {
    /// `FILE:LINE:COLUMN` of the step.
    pub(crate) place: String,
    /// What, for people.
    pub(crate) what: Vec<String>,
}

/// A conversation under way.
struct Rehearsal<'a> {
    connected: &'a Connected,
    /// The connector that reports, where a step does not say.
    from: &'a str,
    engine: Engine,
    store: Arc<Sqlite>,
    clock: Arc<SetClock>,
    sinks: Arc<Scripted>,
    cancel: CancellationToken,
    /// Who did something last, as `scheme:value`s.
    who: Vec<(String, String)>,
    said: u32,
    _folder: TempDir,
}

/// Goes through a conversation up to the first step that is not as expected; none where all
/// are. `from` is the connector that reports, where a step does not say.
///
/// # Errors
/// Where something happens that has nothing to do with what is tested: the store fails, or
/// a signal is refused.
pub(crate) async fn rehearse(connected: &Connected, from: &str, test: &Test) -> anyhow::Result<Option<Mismatch>> {
    let mut rehearsal = Rehearsal::begin(connected, from, test).await?;
    let mut found = None;
    for step in &test.steps {
        let happened = rehearsal.step(step).await;
        let what = happened.with_context(|| step.place.to_string())?;
        if !what.is_empty() {
            let place = step.place.to_string();
            found = Some(Mismatch { place, what });
            break;
        }
    }
    rehearsal.end().await;
    Ok(found)
}

impl<'a> Rehearsal<'a> {
    async fn begin(connected: &'a Connected, from: &'a str, test: &Test) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("making a folder for the rehearsal")?;
        let store = Arc::new(Sqlite::open(folder.path().join("rehearsal.sqlite"), Access::Daemon)?);
        let starts = u64::try_from(test.starts.as_millisecond()).context("a conversation begins after 1970")?;
        let clock = Arc::new(SetClock::new(Instant(starts)));
        let (sinks, cancel) = (Arc::new(Scripted::default()), CancellationToken::new());
        let parts = Parts {
            wiring: Arc::clone(&connected.wiring),
            store: Arc::clone(&store) as Arc<dyn Store>,
            connectors: connected.connectors.clone(),
            relays: connected.relays.clone(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            key: KEY,
            links: None,
            stand_in: Some(Arc::clone(&sinks) as Arc<dyn hearken_engine::StandIn>),
        };
        let engine = Engine::start(parts, cancel.clone()).await?;
        Ok(Self {
            connected,
            from,
            engine,
            store,
            clock,
            sinks,
            cancel,
            who: Vec::new(),
            said: 0,
            _folder: folder,
        })
    }

    async fn end(self) {
        self.cancel.cancel();
        self.engine.drained().await;
    }

    /// Does one step; what is not as it expects.
    async fn step(&mut self, step: &Step) -> anyhow::Result<Vec<String>> {
        self.pass(step.after).await?;
        if !step.who.is_empty() {
            self.who.clone_from(&step.who);
        }
        for (sink, answer) in &step.sinks {
            self.sinks.answers(sink, *answer);
        }
        if let Some(deed) = &step.does {
            self.report(deed).await?;
        }
        match &step.expect {
            Some(expected) => Ok(expected::mismatches(expected, self.shown().await?.as_ref())),
            None => Ok(Vec::new()),
        }
    }

    /// Lets time pass, from one thing that is due to the next.
    async fn pass(&self, time: Duration) -> anyhow::Result<()> {
        let until = self.clock.now().after(time);
        while let Some(due) = self.store.next_due().await?
            && due <= until
            && due > self.clock.now()
        {
            self.clock.set(due);
            self.engine.worked_off().await;
        }
        self.clock.set(until);
        self.engine.worked_off().await;
        Ok(())
    }

    async fn report(&mut self, deed: &Deed) -> anyhow::Result<()> {
        self.said += 1;
        let identity = |(scheme, value): &(String, String)| wire::Identity {
            scheme: scheme.clone(),
            value: value.clone(),
        };
        let late = u64::try_from(deed.late.as_millis()).unwrap_or(u64::MAX);
        let told = if deed.answers { self.told_last().await? } else { None };
        let signal = wire::Signal {
            id: format!("step-{}", self.said),
            kind: deed.kind.clone(),
            at: self.clock.now().0.saturating_sub(late),
            identities: self.who.iter().map(identity).collect(),
            company: deed.company.as_ref().map(|domain| wire::Identity {
                scheme: "domain".into(),
                value: domain.clone(),
            }),
            session: None,
            about: None,
            answers: told.map(|action| wire::ReplyTo {
                action: Some(action),
                reference: None,
            }),
            properties: serde_json::Value::Object(deed.properties.clone()).to_string(),
            extra: Vec::new(),
        };
        let from = deed.from.as_deref().unwrap_or(self.from);
        let refused = self.engine.report(from, vec![signal], deed.public).await?;
        if let Some(why) = refused.first() {
            anyhow::bail!("what happens there is refused: {why}");
        }
        self.engine.worked_off().await;
        Ok(())
    }

    /// The id under which a sink knows what was told last to whoever did something last.
    async fn told_last(&self) -> anyhow::Result<Option<String>> {
        let shown = self.shown().await?;
        let prospect = shown.map(|shown| shown.view.id.to_string()).unwrap_or_default();
        let told = self.sinks.told_last(&prospect);
        told.map(Some)
            .ok_or_else(|| anyhow::anyhow!("nothing was told to them yet that could be answered"))
    }

    /// What is known about whoever did something last; none where they are unknown still.
    async fn shown(&self) -> anyhow::Result<Option<Shown>> {
        let Some((scheme, value)) = self.who.first() else {
            return Ok(None);
        };
        let Ok(id) = find(&self.store, &format!("{scheme}:{value}")).await else {
            return Ok(None);
        };
        Shown::of(&self.store, &self.connected.wiring, id, self.clock.now(), DECISIONS).await
    }
}
