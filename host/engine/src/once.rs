//! Answers to requests that were signed for one moment, kept so that a repetition after a
//! restart is answered as the first.

use hearken_model::Instant;
use hearken_store::OnceAnswer;

use crate::{Answer, Engine};

impl Engine {
    /// How such a request was answered, by this daemon or one before it.
    pub async fn answered(&self, connector: &str, digest: [u8; 32]) -> Option<Answer> {
        match self.store().kept_answer(connector, digest).await {
            Ok(kept) => kept.map(|kept| Answer {
                status: kept.status,
                headers: kept.headers,
                body: kept.body,
            }),
            Err(error) => {
                // Then it is worked off; its signals are known by their ids.
                tracing::error!(connector, %error, "answers to requests cannot be read");
                None
            }
        }
    }

    /// Keeps how such a request was answered, for as long as it may come again.
    pub async fn keep_answer(&self, connector: &str, digest: [u8; 32], until: Instant, answer: Answer) {
        let store = self.store();
        let kept = store.keep_answer(OnceAnswer {
            connector: connector.to_owned(),
            digest,
            until,
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        });
        if let Err(error) = kept.await {
            tracing::error!(connector, %error, "an answer to a request could not be kept");
        }
    }
}
