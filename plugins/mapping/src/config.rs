//! What operators write below the connector.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Test, Time, Value};

/// The connector's configuration: how its files are read (`file`), and what the rows mean.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[serde(bound = "F: Deserialize<'de> + Default")]
#[schemars(bound = "F: JsonSchema + Default")]
pub struct Config<F> {
    /// Which files are read, and how.
    #[serde(default)]
    pub file: F,
    /// Texts that mean that nothing is given, such as `Select` or `n/a`. An empty one always
    /// does.
    #[serde(default)]
    pub empty: Vec<String>,
    /// What stands before the fraction of a number: `.` (the default) or `,`.
    #[serde(default)]
    pub decimal: Decimal,
    /// The columns that make a row the fact that it is, such as an order's number: a row that
    /// comes again with the same values there is the same fact. Default: the file's name, the
    /// line and all of its text.
    #[serde(default)]
    pub id: Columns,
    /// When it happened: a column, or a table.
    pub time: Time,
    /// Whom a row is about: by scheme (`email`, `user`, `phone`, `anonymous`, or
    /// `vendor:object`) where the value stands.
    pub identities: BTreeMap<String, Value>,
    /// What a row says: one signal for each of these whose `when` holds.
    pub signals: Vec<SignalRule>,
}

/// What stands before the fraction of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Decimal {
    /// 1,234.56
    #[default]
    #[serde(rename = ".")]
    Point,
    /// 1.234,56
    #[serde(rename = ",")]
    Comma,
}

/// Names of columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Columns(pub Vec<String>);

/// A signal that a row may give.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignalRule {
    /// A kind of the catalogue, such as `person.identified`, or `vendor.something`.
    pub kind: String,
    /// What has to hold, by column; all of it. Without it every row gives the signal.
    #[serde(default)]
    pub when: BTreeMap<String, Test>,
    /// The signal's own id, where the file has one. Default: the row's, with the kind.
    #[serde(default)]
    pub id: Option<Value>,
    /// When it happened, where that is another time than the row's.
    #[serde(default)]
    pub time: Option<Time>,
    /// Whom it is about, where that is somebody else than the row's.
    #[serde(default)]
    pub identities: Option<BTreeMap<String, Value>>,
    /// The company, by scheme (`domain`, `name`, or `vendor:object`): the first that is given.
    #[serde(default)]
    pub company: BTreeMap<String, Value>,
    /// The visit or thread that it belongs to.
    #[serde(default)]
    pub session: Option<Value>,
    /// What it is about, in short.
    #[serde(default)]
    pub about: Option<Value>,
    /// What it answers.
    #[serde(default)]
    pub answers: Option<Answers>,
    /// Properties, as the catalogue says for the kind.
    #[serde(default)]
    pub properties: BTreeMap<String, Value>,
    /// The property `traits` of the kinds that have it: what is known of a person or company.
    #[serde(default)]
    pub traits: BTreeMap<String, Value>,
}

/// What a signal answers.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answers {
    /// An action of Hearken's, by its id.
    #[serde(default)]
    pub action: Option<Value>,
    /// What was sent, by the `reference` of its `message.sent` or `message.withheld`.
    #[serde(default)]
    pub reference: Option<Value>,
}
