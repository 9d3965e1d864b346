//! What calls for a decision: a belief crossed a line, a person asked, a timer ran out.

use std::collections::BTreeSet;

use crate::{Recorded, Reply, Speaker, Turn, View};

/// A belief stands out from this weight (value times confidence) on …
pub const LINE: f64 = 0.35;
/// … until it falls below this one, so that it does not call twice while it wavers.
pub const LINE_BACK: f64 = 0.25;

/// What stands out in `view`, given what stood out before.
#[must_use]
pub fn standing(view: &View, before: &BTreeSet<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for belief in &view.beliefs {
        let label = format!("{}/{}", belief.kind, belief.name);
        let line = if before.contains(&label) { LINE_BACK } else { LINE };
        if belief.weight_at(view.now) >= line {
            out.insert(label);
        }
    }
    out.insert(format!("lifecycle/{}", view.lifecycle));
    out
}

/// What moved, as a code and a name, if anything did that calls for a decision: the
/// strongest cause of several. `signals` are those just applied that may start something.
#[must_use]
pub fn moved(
    now: &BTreeSet<String>,
    before: &BTreeSet<String>,
    signals: &[&Recorded],
    cue: Option<&str>,
) -> Option<String> {
    let asked = signals
        .iter()
        .filter(|r| Reply::of(&r.signal).is_none_or(|reply| reply.asks()))
        .find(|r| Turn::of(r).is_some_and(|t| t.speaker == Speaker::Prospect))
        .map(|r| format!("asked:{}", r.signal.kind));
    let cue = || cue.map(|c| format!("cue:{c}"));
    let belief = || {
        let new = |prefix: &str| {
            now.difference(before)
                .find(|l| l.starts_with(prefix))
                .map(|l| format!("belief:{l}"))
        };
        ["pace/", "leaving/", "persona/", "interest/", "engagement/", "fit/"]
            .into_iter()
            .find_map(new)
    };
    let stage = || {
        let new = now.difference(before).find(|l| l.starts_with("lifecycle/"))?;
        let was = before.iter().any(|l| l.starts_with("lifecycle/"));
        was.then(|| new.replace('/', ":"))
    };
    asked.or_else(cue).or_else(belief).or_else(stage)
}
