//! `files`: the contract's functions, what they may do, and where they run. The work on the
//! disk is the [`Folder`]'s and happens on the IO runtime's blocking threads, so that a slow
//! disk stops no guest.

use std::sync::Arc;

use super::{Folder, failure};
use crate::{
    manifest,
    state::{Denial, Phase, State},
    wire::hearken::plugin::{files::Host, types::Failure},
};

impl State {
    fn granted(&self, creates: bool) -> Result<Arc<Folder>, Failure> {
        let denied = |allow| Err(failure("denied", "", self.deny("files", allow)));
        match (self.caller.declared, &self.caller.folder) {
            _ if self.phase == Phase::Preparing => denied(Denial::Unavailable("it is too early")),
            (None, _) => denied(Denial::Undeclared("the plugin's manifest asks for no folder")),
            (Some(manifest::Folder::Read), _) if creates => denied(Denial::Undeclared(
                "the plugin's manifest asks for a folder to read from, not to create in",
            )),
            (Some(_), None) => denied(Denial::Grant(&format!(
                "[connectors.{}.grants]\nfolder = \"path/of/the/folder\"",
                self.caller.name
            ))),
            (Some(_), Some(folder)) => Ok(folder.clone()),
        }
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        match self.caller.io.spawn_blocking(work).await {
            Ok(done) => done,
            Err(_) => Err(failure("transient", "", "the host is shutting down".into())),
        }
    }
}

impl Host for State {
    async fn names(&mut self) -> Result<Vec<(String, u64)>, Failure> {
        let folder = self.granted(false)?;
        self.on_disk(move || folder.names()).await
    }

    async fn read(&mut self, name: String, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let folder = self.granted(false)?;
        let (caller, alive) = (Arc::clone(&self.caller), Arc::downgrade(&self.alive));
        self.on_disk(move || folder.read(&name, offset, length, &caller.unpacking, &alive))
            .await
    }

    async fn create(&mut self, name: String, content: Vec<u8>) -> Result<bool, Failure> {
        let folder = self.granted(true)?;
        // Counted before it begins: a call that is dropped meanwhile may have had it.
        self.effects.begin();
        let created = self.on_disk(move || folder.create(&name, &content)).await;
        let happened = match &created {
            Ok(created) => *created,
            Err(failure) => failure.class == "unknown",
        };
        if !happened {
            self.effects.did_not_happen();
        }
        created
    }
}
