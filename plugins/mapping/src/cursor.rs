//! How far each file was read.
//!
//! A file only grows. Rows are read from where the last whole one ended; a file that has
//! become shorter is another one under the same name and is read from its beginning. The
//! cursor keeps a line a file, for as long as the file is there.

use std::collections::BTreeMap;

use hearken_sdk::{Failure, json};
use serde::{Deserialize, Serialize};

/// The contract's limit, with some room.
const MAX_BYTES: usize = 60 * 1024;

/// How far each file was read, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Cursor<H>(pub(crate) BTreeMap<String, Position<H>>);

/// How far a file was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Position<H> {
    /// Where the next row begins.
    pub(crate) offset: u64,
    /// Its line, from 1.
    pub(crate) line: u64,
    /// How many of the row's signals were given already.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) given: u32,
    /// The file's size, as listed, when it was read to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<u64>,
    /// The file's size, as listed, when its last line had no end: somebody may still be
    /// writing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) open_at: Option<u64>,
    /// A digest of what stands before the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) head_digest: Option<u64>,
    /// What stands before the rows of a packed file that is being read: to read it once more
    /// would mean to unpack the file once more.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub(crate) head: Option<H>,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

fn none<H>() -> Option<H> {
    None
}

impl<H> Default for Position<H> {
    fn default() -> Self {
        Self {
            offset: 0,
            line: 1,
            given: 0,
            ended_at: None,
            open_at: None,
            head_digest: None,
            head: None,
        }
    }
}

impl<H: Serialize + for<'de> Deserialize<'de>> Cursor<H> {
    pub(crate) fn read(text: Option<&str>) -> Result<Self, Failure> {
        match text {
            Some(text) => json::from_str("the cursor", text),
            None => Ok(Self(BTreeMap::new())),
        }
    }

    pub(crate) fn write(&self) -> Result<String, Failure> {
        let text = json::to_string(self)?;
        if text.len() > MAX_BYTES {
            return Err(Failure::config(format!(
                "the folder has {} files that were read, more than can be remembered: move old ones away",
                self.0.len()
            )));
        }
        Ok(text)
    }
}
