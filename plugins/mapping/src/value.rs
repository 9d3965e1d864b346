//! Where a value comes from and what is made of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use hearken_sdk::json;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::number;
use crate::record::{Cell, Reading};

/// A text, a number, true or false.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar(pub json::Value);

/// A column's name, a number, true or false as they are, or a table that says more.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Value(pub(crate) Table);

/// What more there is to be said.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Table {
    /// The column where it stands.
    pub(crate) column: Option<String>,
    /// The value itself, in place of a column.
    pub(crate) constant: Option<Scalar>,
    /// What the column's texts mean: `{ Yes = true, No = false }`.
    pub(crate) values: BTreeMap<String, Scalar>,
    /// What a text means that `values` does not have. Without it such a row is refused.
    pub(crate) otherwise: Option<Scalar>,
    /// What stands there where nothing is given.
    pub(crate) default: Option<Scalar>,
    /// What the column's text is read as.
    pub(crate) r#as: Option<As>,
    /// What the number is multiplied with, such as 1000 for seconds that are to be
    /// milliseconds.
    pub(crate) factor: Option<f64>,
}

/// What a text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum As {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true`, `yes` or `1`, `false`, `no` or `0`, in any case.
    Boolean,
}

impl Value {
    /// The column that it reads, if it reads one.
    pub(crate) fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The value that a row has here; none where nothing is given.
    pub(crate) fn of(&self, row: &Reading<'_>) -> Result<Option<json::Value>, String> {
        let Table {
            column,
            constant,
            default,
            ..
        } = &self.0;
        if let Some(Scalar(constant)) = constant {
            return Ok(Some(constant.clone()));
        }
        let Some(column) = column else {
            return Ok(None);
        };
        match row.given(column) {
            Some(cell) => self
                .read(cell, row)
                .map(Some)
                .map_err(|why| format!("column '{column}': {why}")),
            None => Ok(default.as_ref().map(|Scalar(default)| default.clone())),
        }
    }

    /// The same as text, for identities and references.
    pub(crate) fn text_of(&self, row: &Reading<'_>) -> Result<Option<String>, String> {
        Ok(self.of(row)?.map(|value| match value {
            json::Value::String(text) => text,
            other => other.to_string(),
        }))
    }

    fn read(&self, cell: Cell<'_>, row: &Reading<'_>) -> Result<json::Value, String> {
        let Table {
            values,
            otherwise,
            r#as,
            factor,
            ..
        } = &self.0;
        if !values.is_empty() {
            let text = cell.text();
            let meant = values.get(text.as_ref()).or(otherwise.as_ref());
            let none = || format!("`values` does not have '{text}'; `otherwise` would stand for it");
            return meant.map(|Scalar(value)| value.clone()).ok_or_else(none);
        }
        let value = match r#as {
            None if factor.is_none() => cell.value(),
            Some(As::Text) => cell.text().into(),
            Some(As::Boolean) => boolean(&cell.text())?.into(),
            Some(As::Number) | None => match cell {
                Cell::Json(json::Value::Number(number)) => number.clone().into(),
                _ => number::number(&cell.text(), row.decimal)?,
            },
        };
        match (factor, value.as_f64()) {
            (Some(factor), Some(number)) => Ok(number::of(number * factor)),
            _ => Ok(value),
        }
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!(
            "'{text}' is neither yes nor no; `values` can say what it means"
        )),
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name, a number, true or false, or a table such as { constant = \"email\" }")
    }

    fn visit_str<E: Error>(self, column: &str) -> Result<Value, E> {
        Ok(Value(Table {
            column: Some(column.to_owned()),
            ..Table::default()
        }))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        constant(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        constant(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        constant(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        constant(value.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(Value)
    }
}

fn constant<E>(value: json::Value) -> Result<Value, E> {
    Ok(Value(Table {
        constant: Some(Scalar(value)),
        ..Table::default()
    }))
}

impl JsonSchema for Value {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    /// The table's schema, of which only what is a table is held against: so what is wrong
    /// within one is told there.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Table::json_schema(generator);
        schema.insert("type".into(), json::json!(["string", "number", "boolean", "object"]));
        schema.insert(
            "description".into(),
            "A column's name, a number, true or false, or a table that says more.".into(),
        );
        schema
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match json::Value::deserialize(deserializer)? {
            json::Value::Object(_) | json::Value::Array(_) | json::Value::Null => {
                Err(Error::custom("expected a text, a number, true or false"))
            }
            value => Ok(Self(value)),
        }
    }
}

impl JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}
