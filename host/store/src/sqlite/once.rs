//! Answers to requests that may not be worked off twice.

use hearken_model::Instant;

use super::{
    readers::Reading,
    values::{At, Json, limit, ms},
    writing::Writing,
};
use crate::{OnceAnswer, StoreError};

impl Writing<'_> {
    /// The first answer is kept.
    pub(super) fn keep_answer(&mut self, answer: &OnceAnswer) -> Result<(), StoreError> {
        let headers = serde_json::json!(answer.headers).to_string();
        self.run(
            "INSERT OR IGNORE INTO webhook_answer (connector, digest, until, status, headers, body) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[
                &answer.connector,
                &answer.digest,
                &ms(answer.until),
                &answer.status,
                &headers,
                &answer.body,
            ],
        )?;
        Ok(())
    }

    pub(super) fn purge_answers(&mut self, now: Instant, most: usize) -> Result<usize, StoreError> {
        self.run(
            "DELETE FROM webhook_answer WHERE (connector, digest) IN \
             (SELECT connector, digest FROM webhook_answer WHERE until < ?1 ORDER BY until LIMIT ?2)",
            &[&ms(now), &limit(most)],
        )
    }
}

impl Reading<'_> {
    pub(super) fn kept_answer(&self, connector: &str, digest: &[u8; 32]) -> Result<Option<OnceAnswer>, StoreError> {
        let found = self.all(
            "SELECT until, status, headers, body FROM webhook_answer WHERE connector = ?1 AND digest = ?2",
            &[&connector, digest],
            |row| {
                Ok(OnceAnswer {
                    connector: connector.to_owned(),
                    digest: *digest,
                    until: row.get::<_, At>(0)?.0,
                    status: row.get(1)?,
                    headers: row.get::<_, Json<Vec<(String, String)>>>(2)?.0,
                    body: row.get(3)?,
                })
            },
        )?;
        Ok(found.into_iter().next())
    }
}
