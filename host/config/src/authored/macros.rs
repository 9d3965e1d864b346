//! The macro that defines a table.

/// Defines a table: a struct whose fields are what was written under the keys of the same
/// name in kebab case, with its reader and its JSON Schema. `required` keys are missed where
/// they are not there; the descriptions of the schema are the doc comments.
macro_rules! table {
    (
        #[doc = $about:literal]
        pub(crate) struct $name:ident ($what:literal) {
            $( $(#[doc = $doc:literal])+ $need:ident $field:ident: $type:ty, )*
        }
    ) => {
        #[doc = $about]
        #[derive(Clone, Debug, Default)]
        pub(crate) struct $name {
            $( $(#[doc = $doc])+ pub(crate) $field: Option<$crate::authored::At<$type>>, )*
        }

        impl $crate::authored::Authored for $name {
            fn expected() -> (String, String) {
                let keys = [$($crate::authored::macros::key(stringify!($field))),*];
                ($what.into(), format!("{{ {} = … }}", keys.first().map_or("", String::as_str)))
            }

            fn read(node: &$crate::node::Node, problems: &mut $crate::problems::Problems) -> Option<Self> {
                let keys = [$(($crate::authored::macros::key(stringify!($field)), stringify!($need) == "required")),*];
                let table = $crate::authored::macros::open(node, $what, &keys, &<Self as $crate::authored::Authored>::expected(), problems)?;
                Some(Self {
                    $( $field: table
                        .get(&$crate::authored::macros::key(stringify!($field)))
                        .and_then(|node| $crate::authored::At::read(node, problems)), )*
                })
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).trim_end_matches("Table").into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut properties = serde_json::Map::new();
                let mut required: Vec<serde_json::Value> = Vec::new();
                $(
                    let key = $crate::authored::macros::key(stringify!($field));
                    let mut property = generator.subschema_for::<$type>();
                    property.insert("description".into(), [$($doc),+].concat().trim().into());
                    properties.insert(key.clone(), property.to_value());
                    if stringify!($need) == "required" {
                        required.push(key.into());
                    }
                )*
                let mut schema = schemars::json_schema!({
                    "type": "object",
                    "description": $about.trim(),
                    "additionalProperties": false,
                    "properties": properties,
                });
                if !required.is_empty() {
                    schema.insert("required".into(), required.into());
                }
                schema
            }
        }
    };
}

pub(super) use table;

use crate::{
    node::{Node, Table},
    problems::{Problems, suggestion},
    quote,
};

/// A field's key in TOML.
pub(super) fn key(field: &str) -> String {
    field.trim_start_matches("r#").replace('_', "-")
}

/// The node as a table, after noting keys that are unknown and such that are missing.
pub(super) fn open<'a>(
    node: &'a Node,
    what: &str,
    keys: &[(String, bool)],
    expected: &(String, String),
    problems: &mut Problems,
) -> Option<&'a Table> {
    let Some(table) = node.table() else {
        problems.wrong_type(node, expected);
        return None;
    };
    for (name, below) in table {
        if !keys.iter().any(|(key, _)| key == name) {
            let message = format!("{what} has no key '{}'", quote(name));
            let help = suggestion(name, keys.iter().map(|(key, _)| key.as_str()), "");
            problems.error("unknown-key", below.key, message, help);
        }
    }
    for (key, required) in keys {
        if *required && !table.contains_key(key) {
            problems.error(
                "missing-key",
                node.key,
                format!("{what} lacks the key '{key}'"),
                format!("add {key} = …"),
            );
        }
    }
    Some(table)
}
