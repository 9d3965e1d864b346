//! People who are known to a daemon, and what they do.

use serde_json::{Value, json};

use crate::{Daemon, Folder, SERVER_KEY, eventually, hearken};

impl Folder {
    /// What is known of somebody; none as long as they are not.
    #[must_use]
    pub fn shown(&self, id: &str) -> Option<Value> {
        let said = hearken(self, &["prospect", "show", id, "--format", "json"]);
        (said.code == 0).then(|| said.json())
    }

    /// Somebody's signals of a kind, among the last twenty.
    #[must_use]
    pub fn signals(&self, id: &str, kind: &str) -> Vec<Value> {
        let shown = self.shown(id).unwrap_or_default();
        let recent = shown["signals"]["recent"].as_array().cloned().unwrap_or_default();
        recent.into_iter().filter(|s| s["kind"] == kind).collect()
    }

    /// How a purpose by a channel stands with somebody, once it does.
    pub fn consent_comes_to(&self, id: &str, purpose: &str, channel: &str, status: &str) {
        eventually(&format!("{purpose} by {channel} is {status}"), || {
            let shown = self.shown(id)?;
            let all = shown["consents"].as_array()?;
            let is = |c: &Value| c["purpose"] == purpose && c["channel"] == channel && c["status"] == status;
            all.iter().any(is).then_some(())
        });
    }

    /// Somebody's latest action, once they are known and there is one.
    #[must_use]
    pub fn action_of(&self, id: &str) -> Option<Value> {
        let action = self.shown(id)?["actions"][0].clone();
        action.is_object().then_some(action)
    }

    /// Somebody's latest action, once it is as wanted.
    #[allow(clippy::must_use_candidate)] // As a rule it is only waited for.
    pub fn action_once(&self, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("the action of {id} is as wanted"), || {
            self.action_of(id).filter(|action| wanted(action))
        })
    }

    /// The same, once it is in this state.
    #[allow(clippy::must_use_candidate)] // As a rule it is only waited for.
    pub fn action_comes_to(&self, id: &str, state: &str) -> Value {
        eventually(&format!("the action of {id} is {state}"), || {
            self.action_of(id).filter(|action| action["state"] == state)
        })
    }

    /// Waits until an attempt at somebody's latest action has come to its end, whichever.
    pub fn attempt_ends(&self, id: &str) {
        self.action_once(id, |action| {
            ["delivered", "held", "rejected"]
                .iter()
                .any(|state| action["state"] == *state)
        });
    }
}

impl Daemon<'_> {
    /// Tells who somebody is, with an address at example.com.
    ///
    /// # Panics
    /// Where it is not taken.
    pub fn identify(&self, who: &str) {
        let traits = json!({ "email": format!("{who}@example.com") });
        let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": traits });
        assert_eq!(self.track("identify", SERVER_KEY, &identify).status, 200);
    }

    /// Somebody looks at a page.
    ///
    /// # Panics
    /// Where it is not taken.
    pub fn looks(&self, who: &str, id: &str) {
        let page = json!({ "messageId": id, "userId": who, "properties": { "path": "/roi" } });
        assert_eq!(self.track("page", SERVER_KEY, &page).status, 200);
    }

    /// Somebody says something themselves, which calls for an answer.
    ///
    /// # Panics
    /// Where it is not taken.
    pub fn asks(&self, who: &str, id: &str) {
        let form = json!({ "messageId": id, "userId": who, "event": "Form Submitted",
            "properties": { "form": "contact", "asks": "contact" } });
        assert_eq!(self.track("track", SERVER_KEY, &form).status, 200);
    }
}
