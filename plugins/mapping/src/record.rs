//! A row, whatever it was cut from.

use std::borrow::Cow;

use hearken_sdk::json;

/// One row.
pub trait Record {
    /// What stands under a name; none where there is no such column or field.
    fn get(&self, name: &str) -> Option<Cell<'_>>;
}

/// What stands in one place of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Text, as files of columns have it.
    Text(&'a str),
    /// A value with a type.
    Json(&'a json::Value),
}

impl<'a> Cell<'a> {
    /// As text, without the white space around it.
    #[must_use]
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text.trim().into(),
            Self::Json(json::Value::String(text)) => text.trim().into(),
            Self::Json(json::Value::Null) => "".into(),
            Self::Json(other) => other.to_string().into(),
        }
    }

    /// As it is.
    pub(crate) fn value(self) -> json::Value {
        match self {
            Self::Text(text) => text.trim().into(),
            Self::Json(json::Value::String(text)) => text.trim().into(),
            Self::Json(other) => other.clone(),
        }
    }
}

/// A row and how it is to be read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) record: &'a dyn Record,
    pub(crate) empty: &'a [String],
    pub(crate) decimal: crate::Decimal,
}

impl<'a> Reading<'a> {
    /// What is given under a name; none where that is nothing.
    pub(crate) fn given(&self, column: &str) -> Option<Cell<'a>> {
        let cell = self.record.get(column)?;
        let text = cell.text();
        let nothing = text.is_empty() || self.empty.iter().any(|empty| *empty == text);
        (!nothing).then_some(cell)
    }

    /// The text that is given under a name; empty where there is none.
    pub(crate) fn text(&self, column: &str) -> Cow<'a, str> {
        self.given(column).map(Cell::text).unwrap_or_default()
    }
}
