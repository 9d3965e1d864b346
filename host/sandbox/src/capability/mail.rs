//! `mail`: who may send for which action. What a message becomes and how it leaves is the
//! engine's, through [`Mail`].
//!
//! A message is sent by a task of its own on the IO runtime. When the guest is gone before
//! the answer, the task goes on to its end, so that it is known what became of the message.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use tokio::task::JoinHandle;

use super::failure;
use crate::{
    effects::Calling,
    state::{Denial, Phase, State},
    wire::hearken::plugin::{mail, types::Failure},
};

/// Mail as the host sends it, for the actions of one `deliver`.
#[async_trait]
pub trait Mail: Send + Sync + 'static {
    /// Sends a message for one of the actions, and gives the relay's id for it. Called at
    /// most once an action and call. Runs to its end whatever becomes of the guest; where
    /// `call` is over before the message has left, it must not leave any more.
    ///
    /// # Errors
    /// Of class `unknown` where it may have left, of any other class where it certainly has
    /// not.
    async fn send(&self, message: mail::Message, call: Calling) -> Result<String, Failure>;
}

/// What one call may send.
pub(crate) struct MailCall {
    mail: Arc<dyn Mail>,
    /// Actions of the call for which nothing was sent yet.
    open: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl MailCall {
    pub(crate) fn new(mail: Arc<dyn Mail>, items: impl Iterator<Item = String>) -> Self {
        Self {
            mail,
            open: items.collect(),
            used: BTreeSet::new(),
        }
    }

    /// Takes an action's one message.
    fn take(&mut self, item: &str) -> Result<Arc<dyn Mail>, &'static str> {
        if self.used.contains(item) {
            return Err("an action has one message, and this one's was given already");
        }
        let Some(item) = self.open.take(item) else {
            return Err("the message is for an action that this call was not given");
        };
        self.used.insert(item);
        Ok(self.mail.clone())
    }
}

type Sending = JoinHandle<Result<String, Failure>>;

impl State {
    fn granted_mail(&mut self, item: &str) -> Result<Arc<dyn Mail>, Failure> {
        let allow = match (&mut self.mail, self.caller.mail) {
            _ if self.phase == Phase::Preparing => Denial::Unavailable("it is too early"),
            (_, Access::Undeclared) => Denial::Undeclared("the plugin's manifest asks for no mail"),
            (_, Access::NotGranted) => {
                let toml = format!(
                    "[connectors.{}.grants]\nmail = \"a name of [relays]\"",
                    self.caller.name
                );
                return Err(failure("denied", "", self.deny("mail", Denial::Grant(&toml))));
            }
            (None, Access::Granted) => Denial::Unavailable("mail is sent for an action, while a sink delivers"),
            (Some(call), Access::Granted) => match call.take(item) {
                Ok(mail) => return Ok(mail),
                Err(why) => return Err(failure("denied", "", format!("mail is denied: {why}"))),
            },
        };
        Err(failure("denied", "", self.deny("mail", allow)))
    }

    fn begin_mail(&mut self, message: mail::Message) -> Result<Sending, Failure> {
        let mail = self.granted_mail(&message.item)?;
        let over = || failure("transient", "", "the call is over".into());
        let under_way = self.effects.begin_for(&message.item).ok_or_else(over)?;
        Ok(self.caller.io.spawn(async move {
            let answer = mail.send(message, under_way.call()).await;
            if answer.as_ref().is_err_and(|failure| failure.class != "unknown") {
                under_way.did_not_happen();
            }
            answer
        }))
    }
}

impl mail::Host for State {
    async fn send_all(&mut self, messages: Vec<mail::Message>) -> Vec<Result<String, Failure>> {
        let begun: Vec<_> = messages.into_iter().map(|m| self.begin_mail(m)).collect();
        let mut answers = Vec::with_capacity(begun.len());
        for sending in begun {
            answers.push(match sending {
                Ok(task) => task.await.unwrap_or_else(|_| {
                    let message = "the host failed while it sent the message; this is a fault of the host";
                    Err(failure("unknown", "", message.into()))
                }),
                Err(denied) => Err(denied),
            });
        }
        answers
    }
}

/// Whether a connector may send mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Its manifest does not ask for it.
    Undeclared,
    /// The operator does not grant it.
    NotGranted,
    /// It may.
    Granted,
}
