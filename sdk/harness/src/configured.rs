//! A configured plugin: its roles, called through the host.

use std::path::Path;
use std::sync::Arc;

use hearken_sandbox::{Connector, Fault, Mail};
use hearken_sdk::{
    Action, Assessment, Choice, Dossier, Failure, Identity, Instant, Page, Receipt, Reception, Request, Situation,
    Story, mail,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{relay::TestRelay, wire};

/// A configured plugin. Every call goes to a fresh instance, as in the host; batches that
/// are larger than the manifest allows are split.
///
/// A call of a role that the plugin does not have answers with a [`Fault`].
pub struct Configured {
    // Before the runtime: it lives on it.
    connector: Connector,
    runtime: Arc<Runtime>,
    folder: TempDir,
    relay: Arc<TestRelay>,
}

impl Configured {
    pub(crate) fn new(connector: Connector, runtime: Arc<Runtime>, folder: TempDir) -> Self {
        Self {
            connector,
            runtime,
            folder,
            relay: Arc::default(),
        }
    }

    /// The messages that the plugin has sent so far, in no order. Each was taken by a relay
    /// of this harness, unless [`Configured::answer_mail`] says otherwise.
    #[must_use]
    pub fn mailed(&self) -> Vec<mail::Message> {
        self.relay.mailed()
    }

    /// What a relay answers to each message from now on: its id, or why it was not sent.
    pub fn answer_mail(&self, answer: impl Fn(&mail::Message) -> Result<String, Failure> + Send + Sync + 'static) {
        self.relay.answer(Box::new(answer));
    }

    /// The folder that `files` works in, if the manifest asks for one. It is removed with
    /// this value.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Asks a source for a page.
    ///
    /// # Errors
    /// What the plugin answers, or how it breaks.
    pub fn poll(&self, now: Instant, cursor: Option<&str>, limit: u32) -> Result<Page, Fault> {
        let cursor = cursor.map(str::to_owned);
        self.runtime
            .block_on(self.connector.poll(now.as_millis(), cursor, limit))
            .map(wire::page)
    }

    /// Gives a webhook requests; answers in the order asked.
    pub fn receive(&self, requests: Vec<Request>) -> Vec<Result<Reception, Fault>> {
        let requests = requests.into_iter().map(wire::request).collect();
        answers(self.runtime.block_on(self.connector.receive(requests)), wire::reception)
    }

    /// Gives a scorer dossiers; answers in the order asked. What the manifest does not ask
    /// for is not taken out here: give what the host would give.
    pub fn assess(&self, dossiers: Vec<Dossier>) -> Vec<Result<Assessment, Fault>> {
        let dossiers = dossiers.into_iter().map(wire::dossier).collect();
        answers(self.runtime.block_on(self.connector.assess(dossiers)), wire::assessment)
    }

    /// Gives a router situations; answers in the order asked.
    pub fn decide(&self, stories: &[Story], situations: Vec<Situation>) -> Vec<Result<Vec<Choice>, Fault>> {
        let stories: Arc<[_]> = stories.iter().cloned().map(wire::story).collect();
        let situations = situations.into_iter().map(wire::situation).collect();
        answers(
            self.runtime.block_on(self.connector.decide(stories, situations)),
            |choices| choices.into_iter().map(wire::choice).collect(),
        )
    }

    /// Gives a sink actions; one answer each, named by the action, in the order asked.
    pub fn deliver(&self, now: Instant, actions: Vec<Action>) -> Vec<(String, Result<Receipt, Fault>)> {
        let actions = actions.into_iter().map(wire::action).collect();
        let relay = Arc::clone(&self.relay) as Arc<dyn Mail>;
        let answers = self
            .runtime
            .block_on(self.connector.deliver(now.as_millis(), actions, Some(relay), None));
        answers
            .into_iter()
            .map(|(id, answer)| (id, answer.map(wire::receipt)))
            .collect()
    }

    /// Asks a sink what became of actions; one answer each, named by the action, in the
    /// order asked.
    pub fn reconcile(&self, now: Instant, actions: Vec<Action>) -> Vec<(String, Result<Option<Receipt>, Fault>)> {
        let actions = actions.into_iter().map(wire::action).collect();
        let answers = self
            .runtime
            .block_on(self.connector.reconcile(now.as_millis(), actions));
        answers
            .into_iter()
            .map(|(id, answer)| (id, answer.map(|found| found.map(wire::receipt))))
            .collect()
    }

    /// Tells a sink to forget people; answers in the order asked.
    pub fn forget(&self, now: Instant, people: Vec<Vec<Identity>>) -> Vec<Result<(), Fault>> {
        let people = people
            .into_iter()
            .map(|person| person.into_iter().map(wire::identity).collect())
            .collect();
        self.runtime.block_on(self.connector.forget(now.as_millis(), people))
    }
}

fn answers<W, T>(answers: Vec<Result<W, Fault>>, read: impl Fn(W) -> T) -> Vec<Result<T, Fault>> {
    answers.into_iter().map(|answer| answer.map(&read)).collect()
}
