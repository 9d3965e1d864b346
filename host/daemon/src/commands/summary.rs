//! `hearken summary`: what people in shadow mode read every morning. The store counts.

use hearken_engine::{Clock, SystemClock};
use hearken_store::Store;

use super::{
    decision::ago,
    summary_view::{Period, as_json, described},
};
use crate::{
    arguments::SummaryArguments,
    output::{Exit, answer},
};

pub(super) async fn summary(arguments: SummaryArguments) -> anyhow::Result<Exit> {
    let since = ago("--since", &arguments.since)?;
    let store = arguments.configured.open()?.store;
    let summary = store.summary(since).await?;
    let mut unsure = Vec::with_capacity(summary.unsure.len());
    for one in &summary.unsure {
        // What was drawn against is in the record alone.
        unsure.extend(store.decision(one.decision).await?);
    }
    let period = Period {
        since,
        until: SystemClock.now(),
        summary,
        unsure,
    };
    answer(arguments.shown.format, || described(&period), || as_json(&period))?;
    Ok(Exit::Done)
}
