//! How the model's values stand in columns.

use std::{fmt::Display, str::FromStr};

use hearken_model::Instant;
use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Value, ValueRef},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// A number or a time as SQLite has it: what lies beyond 2^63 becomes 2^63 - 1, which for a
/// time is the end of time as well.
pub(super) fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A count for LIMIT.
pub(super) fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A time as a column.
pub(super) fn ms(at: Instant) -> i64 {
    int(at.0)
}

/// A value that stands in a column as its text: an id.
pub(super) struct Text<T>(pub(super) T);

impl<T: Display> ToSql for Text<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(Value::Text(self.0.to_string())))
    }
}

impl<T: FromStr> FromSql for Text<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

/// A value that stands in a column as JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// A number or a time; the schema has no negative ones.
pub(super) struct Count(pub(super) u64);

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let n = value.as_i64()?;
        u64::try_from(n).map(Self).map_err(|_| FromSqlError::OutOfRange(n))
    }
}

/// A time.
pub(super) struct At(pub(super) Instant);

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Count::column_result(value).map(|n| Self(Instant(n.0)))
    }
}

/// A column says something that an enumeration does not know.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not a word that this program knows")]
struct UnknownWord(String);

/// The error for a column whose text is not one of an enumeration's words.
pub(super) fn unknown_word(column: usize, text: &str) -> rusqlite::Error {
    let why = Box::new(UnknownWord(text.to_owned()));
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why)
}

/// Reads a column that holds an enumeration's word.
pub(super) fn word<T>(row: &rusqlite::Row<'_>, column: usize, of: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    of(text).ok_or_else(|| unknown_word(column, text))
}

/// A value's JSON.
pub(super) fn json<T: Serialize>(value: &T, doing: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Invalid {
        doing,
        why: format!("a value has no JSON: {e}"),
    })
}
