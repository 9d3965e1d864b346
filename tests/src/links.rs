//! Links in what was sent, and what is at them.

use std::fs;

use serde_json::{Value, json};

use crate::{Answer, Daemon, Folder, eventually, send};

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
}

impl Daemon<'_> {
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
