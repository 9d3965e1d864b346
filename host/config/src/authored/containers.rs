//! Lists and maps of what can be written.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{At, Authored};
use crate::{
    node::{Node, Value},
    problems::Problems,
    quote,
};

/// A list. Items that cannot be read are noted and left out.
#[derive(Clone, Debug)]
pub(crate) struct Listed<T>(pub(crate) Vec<At<T>>);

/// A table with any keys.
#[derive(Clone, Debug)]
pub(crate) struct Mapped<T>(pub(crate) BTreeMap<String, At<T>>);

/// A table whose keys are names that we give: they end up in URLs, ids and metrics.
#[derive(Clone, Debug)]
pub(crate) struct Named<T>(pub(crate) BTreeMap<String, At<T>>);

/// Names with weights, or a list of names, each with weight 1.
#[derive(Clone, Debug)]
pub(crate) struct Weights(pub(crate) Vec<(At<String>, f64)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Authored> Authored for Listed<T> {
    fn expected() -> (String, String) {
        let (_, example) = T::expected();
        ("a list".into(), format!("[{example}]"))
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Array(items) = &node.value else {
            problems.wrong_type(node, &Self::expected());
            return None;
        };
        Some(Self(items.iter().filter_map(|item| At::read(item, problems)).collect()))
    }
}

impl<T: Authored> Authored for Mapped<T> {
    fn expected() -> (String, String) {
        let (_, example) = T::expected();
        ("a table".into(), format!("{{ name = {example} }}"))
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Value::Table(table) = &node.value else {
            problems.wrong_type(node, &Self::expected());
            return None;
        };
        let read = |(name, item): (&String, &Node)| Some((name.clone(), At::read(item, problems)?));
        Some(Self(table.iter().filter_map(read).collect()))
    }
}

impl<T: Authored> Authored for Named<T> {
    fn expected() -> (String, String) {
        Mapped::<T>::expected()
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        for (name, item) in node.table().into_iter().flatten() {
            if !is_name(name) {
                let message = format!("'{}' is not a name", quote(name));
                problems.error("name", item.key, message, NAME_HELP);
            }
        }
        Mapped::read(node, problems).map(|Mapped(map)| Self(map))
    }
}

impl Authored for Weights {
    fn expected() -> (String, String) {
        (
            "a list of connectors, or a table of their weights".into(),
            "[\"language\"]".into(),
        )
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let name = |name: &str, node: &Node| At {
            value: name.to_owned(),
            span: node.key,
            key: node.key,
        };
        match &node.value {
            Value::Array(items) => {
                let mut named = Vec::new();
                for item in items {
                    match &item.value {
                        Value::String(text) => named.push((name(text, item), 1.0)),
                        _ => problems.wrong_type(item, &("a connector's name".into(), "\"language\"".into())),
                    }
                }
                Some(Self(named))
            }
            Value::Table(table) => {
                let mut named = Vec::new();
                for (connector, item) in table {
                    let Some(weight) = super::Number::read(item, problems) else {
                        continue;
                    };
                    if weight.0 <= 0.0 {
                        let help = "write one above 0; to silence a scorer, leave it out";
                        problems.error("range", item.span, "the weight is not above 0".into(), help);
                    }
                    named.push((name(connector, item), weight.0));
                }
                Some(Self(named))
            }
            _ => {
                problems.wrong_type(node, &Self::expected());
                None
            }
        }
    }
}

const NAME_HELP: &str = "names have 1 to 64 lower-case letters, digits and hyphens, such as \"team-change\"";

/// Whether a text can be a name.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Containers are written out where they are used: their Rust names say nothing to editors.
macro_rules! inline_schema {
    ($($type:ident<$of:ident>: |$generator:ident| $schema:tt;)*) => {$(
        impl<$of: JsonSchema> JsonSchema for $type<$of> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                format!("{}Of{}", stringify!($type), $of::schema_name()).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

inline_schema! {
    Listed<T>: |generator| { "type": "array", "items": generator.subschema_for::<T>() };
    Mapped<T>: |generator| { "type": "object", "additionalProperties": generator.subschema_for::<T>() };
    Named<T>: |generator| {
        "type": "object",
        "propertyNames": { "pattern": "^[a-z0-9][a-z0-9-]{0,63}$" },
        "additionalProperties": generator.subschema_for::<T>(),
    };
}

impl JsonSchema for Weights {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Weights".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "array", "items": { "type": "string" } },
            { "type": "object", "additionalProperties": { "type": "number", "exclusiveMinimum": 0 } },
        ] })
    }
}
