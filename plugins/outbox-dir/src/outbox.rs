//! The plugin.
//!
//! A file's name is the action's id, and the host creates a file whole or not at all and
//! never over another. That is all it takes to deliver once: a second attempt finds the
//! name taken, and whoever has to know what became of an attempt looks for the name.

use hearken_sdk::{Action, Failure, Identity, Instant, Manifest, Plugin, Receipt, Reconciler, Sink, Vocabulary, files};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{json_file, markdown};

/// The connector's configuration.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What the files are written in.
    pub format: Format,
}

/// What a file is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON, for programs.
    #[default]
    Json,
    /// Markdown, for people.
    Markdown,
}

impl Format {
    const ALL: [Self; 2] = [Self::Json, Self::Markdown];

    fn name_of(self, action: &Action) -> String {
        let ending = match self {
            Self::Json => "json",
            Self::Markdown => "md",
        };
        format!("{}.{ending}", action.id)
    }
}

/// The configured plugin.
#[derive(Clone, Copy, Debug)]
pub struct OutboxDir {
    format: Format,
}

impl Plugin for OutboxDir {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .channels(["*", "hand-over"])
            .creates_files()
            .traits([
                "name",
                "firstName",
                "lastName",
                "first_name",
                "last_name",
                "title",
                "company",
            ])
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self { format: config.format })
    }
}

impl Sink for OutboxDir {
    fn deliver(&self, now: Instant, action: &Action) -> Result<Receipt, Failure> {
        let name = self.format.name_of(action);
        let content = match self.format {
            Format::Json => json_file::write(now, action)?,
            Format::Markdown => markdown::write(now, action),
        };
        let written = files::create(&name, content.as_bytes())?;
        let receipt = receipt(name);
        Ok(if written {
            receipt
        } else {
            receipt.detail("note", "it was there already")
        })
    }

    fn forget(&self, _: Instant, _: &[Identity]) -> Result<(), Failure> {
        let why = "files are written once and cannot be erased from here; delete those that name this person by hand";
        Err(Failure::permanent(why))
    }
}

impl Reconciler for OutboxDir {
    /// Looks for the file, in whatever format it was configured to be when it was written.
    fn reconcile(&self, _: Instant, action: &Action) -> Result<Option<Receipt>, Failure> {
        for format in Format::ALL {
            let name = format.name_of(action);
            match files::read(&name, 0, 1) {
                Ok(_) => return Ok(Some(receipt(name))),
                Err(failure) if failure.code == "not-found" => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(None)
    }
}

fn receipt(name: String) -> Receipt {
    Receipt::delivered(name.clone()).detail("file", name)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
