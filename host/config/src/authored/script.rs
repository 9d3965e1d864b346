//! The tables of a file of scripted conversations.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Authored, Choice, Json, Length, Listed, Mapped, Name, Text, leaves, macros::table};
use crate::{
    ActWord, SinkAnswer,
    node::{Node, Value},
    problems::Problems,
    quote,
};
use hearken_model::{ActionState, Floor, Lifecycle};

table! {
    /// Scripted conversations: what happens, and what is expected of it.
    pub(crate) struct ScriptTable ("the script") {
        /// The connector that reports what people do, where a step does not say. Default: the only one that takes requests or reads something.
        optional from: Name,
        /// The conversations.
        required test: Listed<TestTable>,
    }
}

table! {
    /// One conversation. It begins with nobody known.
    pub(crate) struct TestTable ("the test") {
        /// A sentence that says what must hold.
        required name: Text,
        /// When it begins. Default: Monday, 2 March 2026, 10:00 UTC.
        optional starts: Moment,
        /// What happens, in this order.
        required step: Listed<StepTable>,
    }
}

table! {
    /// One step: somebody does something, a sink changes its mind, or something is expected.
    pub(crate) struct StepTable ("the step") {
        /// How much time passes before it: "20s", "3d". Default: a second where something happens, none where something is expected.
        optional after: Length,
        /// Who does it: "anonymous:v-1", "email:ann@example.com". Several are the same person. Default: whoever did something last.
        optional who: People,
        /// What they do, as a kind of signal: "page.viewed".
        optional does: Name,
        /// The signal's properties.
        optional with: Json,
        /// The connector that reports it.
        optional from: Name,
        /// Whether it was reported with a public key. Default false.
        optional public: bool,
        /// Whether it answers what was told to them last. Default false.
        optional answers: bool,
        /// How long before this moment it happened: it is reported late. Default: just now.
        optional late: Length,
        /// The employer, as a domain: "example.com".
        optional company: Text,
        /// By a sink's name, how it answers from now on: "delivers" (as every sink begins), "fails", "refuses", "is-silent" (it may have arrived).
        optional sinks: Mapped<Choice<SinkAnswer>>,
        /// What must be so now.
        optional expect: ExpectTable,
    }
}

table! {
    /// What must be so about somebody. What is not named may be anything.
    pub(crate) struct ExpectTable ("expect") {
        /// Who may speak next: listening, ours, awaiting-reply, with-sales or closed.
        optional floor: Choice<Floor>,
        /// The stage, such as lead or qualified.
        optional stage: Choice<Lifecycle>,
        /// What was decided last: hold, tell, ask, hand-over, or nothing where nothing was decided yet.
        optional act: Choice<ActWord>,
        /// The story that was chosen last.
        optional story: Name,
        /// The team that was chosen last.
        optional team: Name,
        /// Who of the team gets what was decided last, by their short name; "nobody" while nobody has it.
        optional member: Name,
        /// The channel that was chosen last.
        optional channel: Name,
        /// A part of the last decision's reason, or of what forbade its alternatives.
        optional because: Text,
        /// Gates that forbade something when it was decided last: ["consent"].
        optional gates: Listed<Name>,
        /// How far the last action is: queued, delivered, held, rejected, …
        optional state: Choice<ActionState>,
        /// How many stories they were told so far.
        optional told: u32,
        /// How many decisions were made about them so far.
        optional decisions: u32,
        /// What is believed most of each kind: ["interest roi", "pace hurried"].
        optional believes: Listed<Text>,
    }
}

/// A moment with its offset, as a text or as TOML's own.
#[derive(Clone, Debug)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl Authored for Moment {
    fn expected() -> (String, String) {
        (
            "a moment with its offset".into(),
            "\"2026-03-02T10:00:00+01:00\"".into(),
        )
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = match &node.value {
            Value::Datetime(text) => text.clone(),
            _ => leaves::text::<Self>(node, problems)?,
        };
        let read = text.parse::<Timestamp>().ok();
        if read.is_none() {
            let message = format!("'{}' is no moment with its offset", quote(&text));
            problems.error("moment", node.span, message, "such as \"2026-03-02T10:00:00+01:00\"");
        }
        read.map(Self)
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// One identity, or several of the same person, each as (scheme, value).
#[derive(Clone, Debug)]
pub(crate) struct People(pub(crate) Vec<(String, String)>);

impl Authored for People {
    fn expected() -> (String, String) {
        ("an identity".into(), "\"email:ann@example.com\"".into())
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Array(items) if !items.is_empty() => {
                let all = items.iter().map(|item| identity(item, problems));
                // All are read, so that all problems are found.
                let all: Vec<_> = all.collect();
                all.into_iter().collect::<Option<_>>().map(Self)
            }
            _ => identity(node, problems).map(|one| Self(vec![one])),
        }
    }
}

fn identity(node: &Node, problems: &mut Problems) -> Option<(String, String)> {
    let text = leaves::text::<People>(node, problems)?;
    let parts = text
        .split_once(':')
        .filter(|(scheme, value)| !scheme.is_empty() && !value.is_empty());
    if parts.is_none() {
        let message = format!("'{}' is no identity", quote(&text));
        let help = "write its scheme, a colon and its value, such as \"email:ann@example.com\" or \"anonymous:v-1\"";
        problems.error("identity", node.span, message, help);
    }
    parts.map(|(scheme, value)| (scheme.to_owned(), value.to_owned()))
}

impl JsonSchema for People {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "People".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string", "pattern": "^[^:]+:.+$" },
            { "type": "array", "items": { "type": "string", "pattern": "^[^:]+:.+$" }, "minItems": 1 },
        ] })
    }
}
