//! Single values: texts, numbers, and what the grammars read.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use hearken_model::CapRule;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Authored;
use crate::{
    Hours, Mailbox,
    grammar::{self, GrammarError},
    node::{Node, Value},
    problems::Problems,
    quote,
};

/// Defines a value: its type, its schema, what it expects, and how it is read.
macro_rules! leaf {
    (
        $(#[doc = $doc:literal])+
        $name:ident($inner:ty), $expected:literal, $example:literal, $schema:tt,
        |$node:ident, $problems:ident| $read:expr
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub(crate) struct $name(pub(crate) $inner);

        impl Authored for $name {
            fn expected() -> (String, String) {
                ($expected.into(), $example.into())
            }

            fn read($node: &Node, $problems: &mut Problems) -> Option<Self> {
                $read.map(Self)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

leaf! {
    /// A text with something in it.
    Text(String), "a text", "\"…\"", { "type": "string", "minLength": 1 },
    |node, problems| text::<Self>(node, problems)
}

leaf! {
    /// The name of something that is defined elsewhere; whether it is shows later.
    Name(String), "a name", "\"name\"", { "type": "string", "minLength": 1 },
    |node, problems| text::<Self>(node, problems)
}

leaf! {
    /// A path, relative to the folder of the file that it is written in.
    PathText(PathBuf), "a path", "\"data\"", { "type": "string", "minLength": 1 },
    |node, problems| text::<Self>(node, problems).map(|path| problems.sources.folder(node.span.file()).join(path))
}

leaf! {
    /// A program and its arguments. One that is not a text makes it none: a program is not run
    /// with a part of its arguments.
    Command(Vec<String>), "a program and its arguments", "[\"/usr/bin/pass\", \"show\", \"crm\"]",
    { "type": "array", "items": { "type": "string" }, "minItems": 1 },
    |node, problems| command(node, problems)
}

leaf! {
    /// A length of time.
    Length(Duration), "a duration", "\"5d\"",
    { "type": "string", "pattern": "^\\s*([0-9]+\\s*(ms|s|min|h|d|w)\\s*)+$", "examples": ["90s", "15min", "1h30min", "5d", "2w"] },
    |node, problems| by_grammar::<Self, _>(node, problems, grammar::duration)
}

leaf! {
    /// So many in a window of time.
    Rate(CapRule), "a rate", "\"2/7d\"", { "type": "string", "pattern": "^\\s*[0-9]+\\s*/", "examples": ["2/7d", "1/d"] },
    |node, problems| by_grammar::<Self, _>(node, problems, grammar::rate)
}

leaf! {
    /// A number of bytes.
    Size(u64), "a size", "\"64MiB\"",
    { "type": "string", "pattern": "^\\s*[0-9]+\\s*(B|[KMG]iB|kB|MB|GB)\\s*$", "examples": ["64MiB"] },
    |node, problems| by_grammar::<Self, _>(node, problems, grammar::bytes)
}

leaf! {
    /// Business hours.
    HoursText(Hours), "business hours", "\"Mon-Fri 09:00-17:30 Europe/Berlin\"",
    { "type": "string", "examples": ["Mon-Fri 09:00-17:30 Europe/Berlin", "always"] },
    |node, problems| by_grammar::<Self, _>(node, problems, grammar::hours)
}

leaf! {
    /// An address for mail.
    EmailText(String), "an address for mail", "\"ann@example.com\"", { "type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$", "examples": ["ann@example.com"] },
    |node, problems| by_grammar::<Self, _>(node, problems, grammar::email)
}

leaf! {
    /// An address for mail, with a name before it or without.
    MailboxText(Mailbox), "a sender", "\"Example <hello@example.com>\"",
    { "type": "string", "examples": ["Example <hello@example.com>", "hello@example.com"] },
    |node, problems| by_grammar::<Self, _>(node, problems, grammar::mailbox)
}

leaf! {
    /// Where to listen.
    Address(SocketAddr), "an address and a port", "\"127.0.0.1:7700\"", { "type": "string", "examples": ["127.0.0.1:7700"] },
    |node, problems| text::<Self>(node, problems).and_then(|text| {
        let address = text.parse().ok();
        if address.is_none() {
            let message = format!("'{}' is not an address and a port", quote(&text));
            problems.error("address", node.span, message, "write the address in numbers, such as \"127.0.0.1:7700\" or \"[::1]:7700\"");
        }
        address
    })
}

leaf! {
    /// Another machine on the network.
    Peer(IpAddr), "an address", "\"127.0.0.1\"", { "type": "string", "examples": ["127.0.0.1"] },
    |node, problems| text::<Self>(node, problems).and_then(|text| {
        let address = text.parse().ok();
        if address.is_none() {
            let message = format!("'{}' is not an address", quote(&text));
            problems.error("address", node.span, message, "write it in numbers and without a port, such as \"10.0.0.5\" or \"fd00::5\"");
        }
        address
    })
}

leaf! {
    /// A number that is neither infinite nor none.
    Number(f64), "a number", "1.0", { "type": "number" },
    |node, problems| number::<Self>(node, problems)
}

leaf! {
    /// A share.
    Fraction(f64), "a number from 0 to 1", "0.5", { "type": "number", "minimum": 0, "maximum": 1 },
    |node, problems| number::<Self>(node, problems).filter(|number| {
        let right = (0.0..=1.0).contains(number);
        if !right {
            problems.error("range", node.span, format!("{number} is not from 0 to 1"), "such as 0.5");
        }
        right
    })
}

leaf! {
    /// A count of at least one.
    Positive(u32), "a whole number from 1 on", "1", { "type": "integer", "minimum": 1, "maximum": 4_294_967_295_u32 },
    |node, problems| count::<Self>(node, problems, 1)
}

leaf! {
    /// A plugin's own configuration, as JSON.
    Json(serde_json::Map<String, serde_json::Value>), "a table", "{ }", { "type": "object" },
    |node, problems| match json(node, problems) {
        Some(serde_json::Value::Object(map)) => Some(map),
        Some(_) => {
            problems.wrong_type(node, &Self::expected());
            None
        }
        None => None,
    }
}

impl Authored for u32 {
    fn expected() -> (String, String) {
        ("a whole number".into(), "3".into())
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        count::<Self>(node, problems, 0)
    }
}

impl Authored for bool {
    fn expected() -> (String, String) {
        ("true or false".into(), "true".into())
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match node.value {
            Value::Boolean(truth) => Some(truth),
            _ => {
                problems.wrong_type(node, &Self::expected());
                None
            }
        }
    }
}

/// A string with something in it.
pub(super) fn text<T: Authored>(node: &Node, problems: &mut Problems) -> Option<String> {
    match &node.value {
        Value::String(text) if text.trim().is_empty() => {
            let (expected, example) = T::expected();
            problems.error(
                "empty",
                node.span,
                format!("expected {expected}, found an empty string"),
                format!("such as {example}"),
            );
            None
        }
        Value::String(text) => Some(text.clone()),
        _ => {
            problems.wrong_type(node, &T::expected());
            None
        }
    }
}

fn command(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    let parts = match &node.value {
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .map(|item| match &item.value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    };
    if parts.is_none() {
        problems.wrong_type(node, &Command::expected());
    }
    parts
}

fn by_grammar<T: Authored, V>(
    node: &Node,
    problems: &mut Problems,
    read: fn(&str) -> Result<V, GrammarError>,
) -> Option<V> {
    let text = text::<T>(node, problems)?;
    read(&text)
        .map_err(|error| problems.error(error.code(), node.span, error.to_string(), error.help()))
        .ok()
}

fn number<T: Authored>(node: &Node, problems: &mut Problems) -> Option<f64> {
    let number = match node.value {
        // TOML's integers lose digits here from 2⁵³ on, which no weight or threshold needs.
        Value::Integer(n) => n as f64,
        Value::Float(n) => n,
        _ => {
            problems.wrong_type(node, &T::expected());
            return None;
        }
    };
    if number.is_finite() {
        return Some(number);
    }
    problems.error(
        "number",
        node.span,
        format!("{number} is not a number to reckon with"),
        "write a finite one, such as 1.0",
    );
    None
}

fn count<T: Authored>(node: &Node, problems: &mut Problems, least: u32) -> Option<u32> {
    let Value::Integer(n) = node.value else {
        problems.wrong_type(node, &T::expected());
        return None;
    };
    let count = u32::try_from(n).ok().filter(|n| *n >= least);
    if count.is_none() {
        problems.error(
            "range",
            node.span,
            format!("{n} is out of range"),
            format!("write a whole number from {least} to {}", u32::MAX),
        );
    }
    count
}

/// A node as JSON; dates and times become strings.
fn json(node: &Node, problems: &mut Problems) -> Option<serde_json::Value> {
    Some(match &node.value {
        Value::String(text) | Value::Datetime(text) => text.as_str().into(),
        Value::Integer(n) => (*n).into(),
        Value::Float(_) => number::<Number>(node, problems)?.into(),
        Value::Boolean(truth) => (*truth).into(),
        Value::Array(items) => items.iter().filter_map(|item| json(item, problems)).collect(),
        Value::Table(table) => table
            .iter()
            .filter_map(|(name, item)| Some((name.clone(), json(item, problems)?)))
            .collect(),
    })
}
