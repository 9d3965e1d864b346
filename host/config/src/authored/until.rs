//! The end of a story's time.

use std::borrow::Cow;

use hearken_model::Instant;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{Authored, leaves};
use crate::{
    node::{Node, Value},
    problems::Problems,
    quote,
};

/// A last day, or a moment with its offset. A day ends when it ends in UTC.
#[derive(Clone, Debug)]
pub(crate) struct Until(pub(crate) Instant);

impl Authored for Until {
    fn expected() -> (String, String) {
        ("a last day, or a moment with its offset".into(), "2026-12-24".into())
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = match &node.value {
            Value::Datetime(text) => text.clone(),
            _ => leaves::text::<Self>(node, problems)?,
        };
        let read = text.parse().ok().or_else(|| end_of_day(&text));
        let read = read.and_then(Instant::of_timestamp);
        if read.is_none() {
            let message = format!("'{}' is no day, and no moment with its offset", quote(&text));
            let help = "such as 2026-12-24, to its end in UTC, or 2026-12-24T18:00:00+01:00";
            problems.error("until", node.span, message, help);
        }
        read.map(Self)
    }
}

fn end_of_day(text: &str) -> Option<Timestamp> {
    // A day with a time of day is a moment whose offset was forgotten.
    let day: Date = text.parse().ok().filter(|_| text.trim().len() == "2026-12-24".len())?;
    let next = day.checked_add(1.day()).ok()?;
    Some(next.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

impl JsonSchema for Until {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Until".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["2026-12-24", "2026-12-24T18:00:00+01:00"] })
    }
}
