//! Sinks that answer as a script says.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use hearken_config::SinkAnswer;
use hearken_engine::StandIn;
use hearken_sandbox::{Class, Fault, wire};

/// Takes down what it is given.
#[derive(Debug, Default)]
pub(super) struct Scripted(Mutex<Script>);

#[derive(Debug, Default)]
struct Script {
    /// By the sinks' names; one that is not named delivers.
    answers: BTreeMap<String, SinkAnswer>,
    /// By prospect: the id of what was told last.
    told: BTreeMap<String, String>,
}

impl Scripted {
    pub(super) fn answers(&self, sink: &str, answer: SinkAnswer) {
        self.script().answers.insert(sink.to_owned(), answer);
    }

    pub(super) fn told_last(&self, prospect: &str) -> Option<String> {
        self.script().told.get(prospect).cloned()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        // Each change is a single insertion, whole after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl StandIn for Scripted {
    async fn deliver(&self, sink: &str, actions: &[wire::Action]) -> Vec<Result<wire::Receipt, Fault>> {
        let mut script = self.script();
        let answer = script.answers.get(sink).copied().unwrap_or_default();
        let answered = actions.iter().map(|action| {
            if matches!(answer, SinkAnswer::Delivers | SinkAnswer::IsSilent) {
                script.told.insert(action.prospect.clone(), action.id.clone());
            }
            answered(answer, action)
        });
        answered.collect()
    }
}

fn answered(answer: SinkAnswer, action: &wire::Action) -> Result<wire::Receipt, Fault> {
    let failed = |class| {
        Err(Fault::Failure {
            class,
            code: String::new(),
            message: "the script says so".into(),
            retry_after: None,
        })
    };
    match answer {
        SinkAnswer::Delivers => Ok(wire::Receipt {
            delivered: true,
            reference: format!("rehearsed-{}", action.id),
            detail: String::new(),
            signals: Vec::new(),
            memory: None,
            extra: Vec::new(),
        }),
        SinkAnswer::Fails => failed(Class::Transient),
        SinkAnswer::Refuses => failed(Class::Permanent),
        SinkAnswer::IsSilent => failed(Class::Unknown),
    }
}
