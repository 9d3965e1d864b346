//! Links in what was sent, and what is at them.

use std::fs;

use serde_json::{Value, json};

use crate::{Answer, Daemon, Folder, SERVER_KEY, eventually, hearken, send};

/// A story that asks whether a consent was meant.
pub const CONFIRM: &str = "+++\ntitle = \"Do you want our letter?\"\nconfirms = \"marketing\"\n+++\n\
                           Somebody, most likely you, typed this address into our form.\n";
/// What a browser sends a form as.
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl Folder {
    /// That always tells, has links, and tells the same story again to whoever asks.
    #[must_use]
    pub fn with_links() -> Self {
        let folder = Self::that_always_tells();
        folder.change("[policy]", "[policy]\nstory-again = \"1ms\"");
        folder.change(
            "[channels.email]",
            "[links]\npublic-url = \"https://links.example.com\"\nprivacy-url = \"https://www.example.com/privacy\"\n\n[channels.email]",
        );
        folder
    }

    /// As [`Folder::with_links`], with a form for a letter whose word counts as not confirmed,
    /// and a story that asks.
    #[must_use]
    pub fn with_a_form() -> Self {
        let folder = Self::with_links();
        folder.change("marketing = \"opt-out\"", "marketing = \"opt-in\"");
        folder.change(
            "plugin = \"segment\"",
            "plugin = \"segment\"\nconfig.events.\"Newsletter Asked\" = { kind = \"consent.pending\", properties = { purpose = \"marketing\", channel = \"email\", proof = \"form 7\" } }",
        );
        folder.write("stories/confirm.md", CONFIRM);
        folder
    }

    /// What the sink `outbox` was given, in the order of the files' names, once there are
    /// so many.
    #[must_use]
    pub fn sent(&self, count: usize) -> Vec<Value> {
        eventually(&format!("{count} actions are sent"), || {
            let files = self.outbox();
            let read = |path| serde_json::from_str(&fs::read_to_string(path).ok()?).ok();
            let sent: Option<Vec<Value>> = files.into_iter().map(read).collect();
            sent.filter(|all| all.len() == count)
        })
    }

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

    /// The form for the letter is filled in with somebody's address.
    #[must_use]
    pub fn asks_for_the_letter(&self, key: &str, who: &str, id: &str) -> u16 {
        let traits = json!({ "email": format!("{who}@example.com") });
        let event =
            json!({ "messageId": id, "userId": who, "event": "Newsletter Asked", "context": { "traits": traits } });
        self.track("track", key, &event).status
    }

    /// Where a link of `https://links.example.com` is found on this machine.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn at_link(&self, link: &Value) -> String {
        let link = link.as_str().expect("a link");
        let path = link
            .strip_prefix("https://links.example.com/l/")
            .expect("a link of ours");
        format!("http://{}/l/{path}", self.public_address())
    }

    /// Opens a link.
    #[must_use]
    pub fn open(&self, link: &Value) -> Answer {
        send("GET", &self.at_link(link), &[], b"")
    }

    /// Sends a form to a link.
    #[must_use]
    pub fn submit(&self, link: &Value, form: &str) -> Answer {
        // An empty body is sent as one: a button alone has no fields.
        let body = if form.is_empty() { " " } else { form };
        send("POST", &self.at_link(link), &[FORM], body.as_bytes())
    }
}
