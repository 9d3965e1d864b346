//! What a daemon has recorded, and what `hearken simulate` makes of it.

use std::{collections::BTreeSet, thread, time::Duration};

use serde_json::{Value, json};

use crate::{Folder, eventually, hearken};

impl Folder {
    /// All decisions, the latest first.
    ///
    /// # Panics
    /// Where they cannot be listed.
    #[must_use]
    pub fn decisions(&self) -> Vec<Value> {
        let said = hearken(self, &["decision", "list", "--limit", "10000", "--format", "json"]).done();
        said.json().as_array().cloned().expect("a list")
    }

    /// Waits until nothing has been decided for three seconds: short timers have run out by then.
    pub fn settles(&self) {
        let mut before = (usize::MAX, 0);
        eventually("all is decided", || {
            let now = self.decisions().len();
            before = if now == before.0 { (now, before.1 + 1) } else { (now, 0) };
            if before.1 >= 6 {
                return Some(());
            }
            thread::sleep(Duration::from_millis(500));
            None
        });
    }

    /// What `hearken simulate` finds.
    ///
    /// # Panics
    /// Where it does not end well.
    #[must_use]
    pub fn simulated(&self, more: &[&str]) -> Value {
        let arguments = [&["simulate", "--format", "json"], more].concat();
        hearken(self, &arguments).done().json()
    }

    /// The same with the configuration that was recorded: every decision is made again, and none
    /// beside them.
    ///
    /// # Panics
    /// Where anything differs.
    #[allow(clippy::must_use_candidate)] // As a rule it is only asked whether it is.
    pub fn simulates_the_same(&self) -> Value {
        let found = self.simulated(&[]);
        let recorded = self.decisions();
        let spoken: Vec<Value> = recorded.iter().filter(|d| d["act"] != "hold").cloned().collect();
        let sums = &found["sums"];
        assert_eq!(found["differences"], json!([]), "{found:#}");
        for none in [
            "only_then",
            "only_now",
            "otherwise",
            "another_time",
            "silent_only_then",
            "silent_only_now",
        ] {
            assert_eq!(sums[none], 0, "{none}: {sums}");
        }
        let expected = (json!(spoken.len()), json!(recorded.len() - spoken.len()));
        assert_eq!((&sums["same"], &sums["silent"]), (&expected.0, &expected.1), "{sums}");
        assert_eq!(found["notes"], json!([]), "{found:#}");
        let told = found["told"].as_array().expect("a list");
        assert_eq!(tellings(told), tellings(&spoken), "who is told what, when and why");
        found
    }
}

fn tellings(decisions: &[Value]) -> BTreeSet<String> {
    let fields = [
        "prospect",
        "at",
        "trigger",
        "act",
        "target",
        "channel",
        "propensity",
        "reason",
        "mode",
    ];
    let one = |d: &Value| fields.map(|f| d[f].to_string()).join(" ");
    decisions.iter().map(one).collect()
}

/// About whom decisions, or differences, are.
#[must_use]
pub fn prospects<'a>(decisions: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    decisions.into_iter().map(|d| d["prospect"].to_string()).collect()
}
