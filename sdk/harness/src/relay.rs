//! Takes a plugin's mail in the place of the operator's relay.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use hearken_sandbox::{Calling, Mail, wire};
use hearken_sdk::{Failure, mail::Message};

type Answer = dyn Fn(&Message) -> Result<String, Failure> + Send + Sync;

/// Keeps every message, and answers as it was told.
#[derive(Default)]
pub(crate) struct TestRelay {
    mailed: Mutex<Vec<Message>>,
    answer: Mutex<Option<Box<Answer>>>,
}

impl TestRelay {
    pub(crate) fn mailed(&self) -> Vec<Message> {
        lock(&self.mailed).clone()
    }

    pub(crate) fn answer(&self, answer: Box<Answer>) {
        *lock(&self.answer) = Some(answer);
    }
}

#[async_trait]
impl Mail for TestRelay {
    async fn send(&self, message: wire::Message, _: Calling) -> Result<String, wire::Failure> {
        let message = Message {
            item: message.item,
            subject: message.subject,
            headers: message.headers,
            text: message.text,
            html: message.html,
        };
        let answer = match lock(&self.answer).as_ref() {
            Some(answer) => answer(&message),
            None => Ok(format!("{}@relay.example.com", message.item)),
        };
        lock(&self.mailed).push(message);
        answer.map_err(crate::wire::failure)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that panicked has failed already.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
