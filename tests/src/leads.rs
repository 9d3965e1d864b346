//! Old leads in a file of CSV, and a connector that imports them.

use std::{fmt::Write as _, fs};

use crate::Folder;

/// Old leads: who they are, what they allowed, and that they asked for a demo, which of
/// somebody who is here now makes sales call.
const LEADS: &str = r#"
[vocabulary.personas.cio]
title = "CIO"
words = ["chief information officer"]

[connectors.leads]
plugin = "csv"

[connectors.leads.config]
id = ["number"]
time = { column = "asked", formats = ["%d.%m.%Y"] }
identities = { email = "mail", user = "number" }

[[connectors.leads.config.signals]]
kind = "person.identified"
traits = { name = "name", title = "title" }

[[connectors.leads.config.signals]]
kind = "consent.granted"
when = { newsletter = "yes" }
properties = { purpose = { constant = "marketing" }, channel = { constant = "email" }, proof = "form" }

[[connectors.leads.config.signals]]
kind = "form.submitted"
when = { form = true }
properties = { form = "form", asks = { constant = "demo" } }
"#;

/// Generated leads, numbered from `from` up to `to`; each gives three signals.
///
/// # Panics
/// Never: a string takes text.
#[must_use]
pub fn leads(from: u32, to: u32) -> String {
    let mut text = "number,mail,name,title,asked,newsletter,form\n".to_owned();
    for n in from..to {
        let (day, month) = (n % 28 + 1, n % 12 + 1);
        writeln!(
            text,
            "{n},lead-{n}@example.com,\"Generated, No {n}\",Chief Information Officer,{day:02}.{month:02}.2024,yes,demo"
        )
        .expect("a string takes text");
    }
    text
}

impl Folder {
    /// As [`Folder::with_everything`], with a connector `leads` that reads [`leads`].
    ///
    /// # Panics
    /// Where the configuration cannot be read.
    #[must_use]
    pub fn with_leads() -> Self {
        let folder = Self::with_everything();
        let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
        folder.write("hearken.toml", &format!("{toml}{LEADS}"));
        folder
    }
}
