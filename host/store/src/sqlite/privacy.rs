//! [`Forget`] on SQLite.

use async_trait::async_trait;
use hearken_model::{Identity, Instant, ProspectId};
use serde_json::{Map, Value};

use super::Sqlite;
use crate::{Forget, Forgetting, Retire, SinkSaid, StoreError, ToForget};

#[async_trait]
impl Forget for Sqlite {
    async fn everything_of(&self, prospect: ProspectId) -> Result<Option<Map<String, Value>>, StoreError> {
        self.readers
            .read("reading everything of a person", move |r| r.everything_of(prospect))
            .await
    }

    async fn ask_forgetting(&self, prospect: ProspectId, at: Instant) -> Result<Option<u64>, StoreError> {
        self.writer
            .write("asking to forget somebody", 1, move |w| w.ask_forgetting(prospect, at))
            .await
    }

    async fn forgetting_to_do(&self, now: Instant) -> Result<ToForget, StoreError> {
        self.readers
            .read("reading whom to forget", move |r| r.forgetting_to_do(now))
            .await
    }

    async fn erase(&self, number: u64, at: Instant, sinks: Vec<String>) -> Result<Option<u64>, StoreError> {
        self.writer
            .write("erasing somebody", 1_000, move |w| w.erase(number, at, &sinks))
            .await
    }

    async fn sink_said(&self, said: SinkSaid) -> Result<(), StoreError> {
        self.writer
            .write("noting what a sink forgot", 2, move |w| w.sink_said(&said))
            .await
    }

    async fn scrub(&self, at: Instant) -> Result<(), StoreError> {
        {
            let _nobody_reads = self.readers.hold_off().await?;
            self.writer.scrub().await?;
        }
        self.writer
            .write("noting that the files are clean", 1, move |w| w.scrubbed(at))
            .await
    }

    async fn retire(&self, what: Retire, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .write("deleting what was kept long enough", limit, move |w| {
                w.retire(what, limit)
            })
            .await
    }

    async fn forgetting(&self, number: u64) -> Result<Option<Forgetting>, StoreError> {
        self.readers
            .read("reading a request to forget", move |r| r.forgetting(number))
            .await
    }

    async fn forgettings(&self, limit: usize) -> Result<Vec<Forgetting>, StoreError> {
        self.readers
            .read("reading requests to forget", move |r| r.forgettings(limit))
            .await
    }

    async fn readmit(&self, identity: &Identity, at: Instant) -> Result<bool, StoreError> {
        let identity = identity.clone();
        self.writer
            .write("letting somebody come back", 2, move |w| w.readmit(&identity, at))
            .await
    }
}
