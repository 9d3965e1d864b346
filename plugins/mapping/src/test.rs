//! Whether a row gives a signal.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::record::Reading;

/// What has to hold of a column: `"1"` or `1` (it says this), `["a", "b"]` (one of these),
/// `true` or `false` (something or nothing is given), or `{ not = … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It says one of these.
    OneOf(Vec<String>),
    /// Something is given, or nothing is.
    Given(bool),
    /// It says none of these. What is not given says none.
    NoneOf(Vec<String>),
}

impl Test {
    pub(crate) fn holds(&self, row: &Reading<'_>, column: &str) -> bool {
        let text = row.text(column);
        let among = |words: &[String]| words.iter().any(|word| *word == text);
        match self {
            Self::OneOf(words) => among(words),
            Self::Given(given) => text.is_empty() != *given,
            Self::NoneOf(words) => !among(words),
        }
    }
}

impl<'de> Deserialize<'de> for Test {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Test;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the column says, a list of that, true, false or { not = … }")
    }

    fn visit_bool<E: Error>(self, given: bool) -> Result<Test, E> {
        Ok(Test::Given(given))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Test, E> {
        Ok(Test::OneOf(vec![number.to_string()]))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Test, E> {
        Ok(Test::OneOf(vec![number.to_string()]))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Test, E> {
        Ok(Test::OneOf(vec![text.to_owned()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Test, A::Error> {
        let mut words = Vec::new();
        while let Some(Word(word)) = items.next_element()? {
            words.push(word);
        }
        Ok(Test::OneOf(words))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Test, A::Error> {
        let mut test = None;
        while let Some(key) = entries.next_key::<String>()? {
            if key != "not" || test.is_some() {
                return Err(Error::unknown_field(&key, &["not"]));
            }
            test = Some(match entries.next_value::<Test>()? {
                Test::OneOf(words) => Test::NoneOf(words),
                Test::Given(given) => Test::Given(!given),
                Test::NoneOf(words) => Test::OneOf(words),
            });
        }
        test.ok_or_else(|| Error::missing_field("not"))
    }
}

/// A text, or a number as the file writes it.
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Test::deserialize(deserializer)? {
            Test::OneOf(words) if words.len() == 1 => Ok(Self(words.concat())),
            _ => Err(Error::custom("expected a text or a number")),
        }
    }
}

impl JsonSchema for Test {
    fn schema_name() -> Cow<'static, str> {
        "Test".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What the column says, a list of that, true (something is given), false, or { not = … }.",
            "type": ["string", "integer", "boolean", "array", "object"],
            "items": { "type": ["string", "integer"] },
            "properties": { "not": { "type": ["string", "integer", "boolean", "array"] } },
            "required": ["not"],
            "additionalProperties": false,
        })
    }
}
