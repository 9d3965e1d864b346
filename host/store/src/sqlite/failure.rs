//! From what SQLite says to what a caller can act on.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::StoreError;

/// The error of an operation on the file at `path`.
pub(super) fn failure(doing: &'static str, path: &Path, error: &Error) -> StoreError {
    let path = path.to_owned();
    match error {
        Error::SqliteFailure(e, message) => match e.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy {
                doing: doing.into(),
                path,
            },
            ErrorCode::NotADatabase => StoreError::NotAStore {
                path,
                why: error.to_string(),
            },
            ErrorCode::DatabaseCorrupt => StoreError::Corrupt {
                what: doing.into(),
                path,
                why: error.to_string(),
            },
            ErrorCode::ConstraintViolation => StoreError::Invalid {
                doing,
                why: message.clone().unwrap_or_else(|| error.to_string()),
            },
            _ => StoreError::Io {
                doing: doing.into(),
                path,
                why: error.to_string(),
            },
        },
        Error::FromSqlConversionFailure(..)
        | Error::InvalidColumnType(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..) => StoreError::Corrupt {
            what: doing.into(),
            path,
            why: error.to_string(),
        },
        _ => StoreError::Io {
            doing: doing.into(),
            path,
            why: error.to_string(),
        },
    }
}

/// The error of a file operation.
pub(super) fn io(doing: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io {
        doing: doing.into(),
        path: path.to_owned(),
        why: error.to_string(),
    }
}
