//! `hearken prospect forget`, `forgotten`, `readmit`. The command leaves a request in the
//! store; the daemon, which knows the sinks and has people in memory, carries it out.

use std::time::{Duration, Instant as Watch};

use hearken_config::grammar;
use hearken_engine::{Clock, SystemClock};
use hearken_store::{Forget, Forgetting, Sqlite};
use serde_json::json;

use super::{
    forget_view::{as_json, counts, described, listed, to_be_erased},
    whom,
};
use crate::{
    arguments::{Configured, Format, Somebody},
    configured::Opened,
    output::{Exit, Misuse, answer, clean, say},
};

const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(super) async fn forget(somebody: Somebody, yes: bool, wait: &str, format: Format) -> anyhow::Result<Exit> {
    let wait = grammar::duration(wait).map_err(|e| Misuse(format!("--wait: {e}; {}", e.help())))?;
    let Opened { wiring, store } = somebody.configured.open()?;
    let id = whom::find(&store, &somebody.id).await?;
    let Some(kept) = store.everything_of(id).await? else {
        anyhow::bail!("nothing is kept of prospect {id}")
    };
    if !yes {
        answer(
            format,
            || to_be_erased(&kept),
            || json!({ "would_erase": counts(&kept) }),
        )?;
        return Ok(Exit::Done);
    }
    let Some(number) = store.ask_forgetting(id, SystemClock.now()).await? else {
        anyhow::bail!("nothing is kept of prospect {id}")
    };
    if !Sqlite::has_daemon(&wiring.store.path)? {
        say(&format!(
            "request {number} is stored. No daemon runs: the next one carries it out first of all, `hearken run \
             --once` does and ends\n"
        ))?;
        return Ok(Exit::Partly);
    }
    let request = wait_for(&store, number, wait).await?;
    answer(format, || described(&request), || as_json(&request))?;
    Ok(if request.is_done() { Exit::Done } else { Exit::Partly })
}

/// Waits until a request is carried out, at most so long.
async fn wait_for(store: &Sqlite, number: u64, wait: Duration) -> anyhow::Result<Forgetting> {
    let begun = Watch::now();
    loop {
        let Some(request) = store.forgetting(number).await? else {
            anyhow::bail!("request {number} is not in the store any more")
        };
        if request.is_done() || begun.elapsed() >= wait {
            return Ok(request);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

pub(super) async fn forgotten(configured: &Configured, limit: usize, format: Format) -> anyhow::Result<Exit> {
    let requests = configured.open()?.store.forgettings(limit).await?;
    answer(format, || listed(&requests), || requests.iter().map(as_json).collect())?;
    Ok(Exit::Done)
}

pub(super) async fn readmit(identity: &str, configured: &Configured) -> anyhow::Result<Exit> {
    let store = configured.open()?.store;
    let now = SystemClock.now();
    for identity in whom::identities(identity) {
        if store.readmit(&identity, now).await? {
            say("they may come back: what is reported about them from now on is stored again\n")?;
            return Ok(Exit::Done);
        }
    }
    anyhow::bail!("nobody was forgotten under '{}'", clean(identity))
}
