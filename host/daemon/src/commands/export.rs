//! `hearken prospect export`: all that is kept of a person, for them to have (GDPR, article 15).

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use hearken_engine::{Clock, SystemClock};
use hearken_store::Forget;
use serde_json::{Value, json};

use super::{
    prospect_view::{Shown, as_json},
    whom,
};
use crate::{
    arguments::Somebody,
    configured::Opened,
    output::{Exit, say},
};

const ABOUT: &str = "All that Hearken keeps of this person. 'now' is how they are seen at this moment; 'kept' are the \
                     rows of the store by table, as they are, with times in milliseconds since 1970-01-01 UTC.";

pub(super) async fn export(somebody: Somebody, to: Option<PathBuf>) -> anyhow::Result<Exit> {
    let Opened { wiring, store } = somebody.configured.open()?;
    let id = whom::find(&store, &somebody.id).await?;
    let Some(kept) = store.everything_of(id).await? else {
        anyhow::bail!("nothing is kept of prospect {id}")
    };
    let now = SystemClock.now();
    let seen = Shown::of(&store, &wiring, id, now, usize::MAX).await?;
    let all = json!({
        "about": ABOUT,
        "exported": now.to_string(),
        "now": seen.as_ref().map(as_json),
        "kept": kept,
    });
    match to {
        Some(path) => {
            write(&path, &all).with_context(|| format!("writing {}", path.display()))?;
            say(&format!("written to {}\n", path.display()))?;
        }
        None => say(&format!("{all:#}\n"))?,
    }
    Ok(Exit::Done)
}

/// For its owner alone, and in nothing's place.
fn write(path: &Path, all: &Value) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{all:#}")?;
    file.sync_all()
}
