//! What makes a row the fact that it is.
//!
//! The columns that the operator names; else the file, the line and all of the row's text, so
//! that reading a file twice gives the same facts, while two equal rows are two. A row may
//! give several signals: each has the row's id with its kind, counted where there are several
//! of one kind, so that rules can be put in another order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use crate::record::Reading;
use crate::row::Place;

/// Leaves room for the kind below the contract's 256 bytes.
const MAX_BYTES: usize = 120;

/// The ids of one row's signals.
pub(crate) struct Ids {
    row: String,
    given: BTreeMap<String, u32>,
}

impl Ids {
    pub(crate) fn new(row: String) -> Self {
        Self {
            row,
            given: BTreeMap::new(),
        }
    }

    pub(crate) fn next(&mut self, kind: &str) -> String {
        let times = self.given.entry(kind.to_owned()).or_default();
        *times += 1;
        let kind = short(kind);
        match times {
            1 => format!("{}:{kind}", self.row),
            n => format!("{}:{kind}:{n}", self.row),
        }
    }
}

/// The id of a row by what it says in `columns`.
pub(crate) fn by_columns(columns: &[String], row: &Reading<'_>) -> Result<String, String> {
    let texts: Vec<_> = columns.iter().map(|column| row.text(column)).collect();
    if texts.iter().all(|text| text.is_empty()) {
        return Err(format!("no id: nothing is given in {}", columns.join(", ")));
    }
    match texts.as_slice() {
        [one] => Ok(short(one).into_owned()),
        several => Ok(short(&several.join("/")).into_owned()),
    }
}

/// The id of a row by all of it.
pub(crate) fn by_content(place: &Place<'_>, raw: &[u8]) -> String {
    let mut hash = Xxh3::new();
    // Packing a file makes no other file of it.
    let file = place.file.strip_suffix(".gz").unwrap_or(place.file);
    hash.update(file.as_bytes());
    hash.update(&[0]);
    hash.update(&place.line.to_be_bytes());
    hash.update(raw);
    format!("{:032x}", hash.digest128())
}

/// As it is where it can be part of an id, else a digest of it.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_BYTES && !text.chars().any(char::is_control) {
        return text.into();
    }
    let mut hash = Xxh3::new();
    hash.update(text.as_bytes());
    format!("{:032x}", hash.digest128()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_rows_files_and_lines_apart_and_stays_when_the_file_is_packed() {
        let id = |file, line, raw: &str| by_content(&Place { file, line }, raw.as_bytes());
        let one = id("a.csv", 2, "x,y");
        assert_eq!(one, id("a.csv.gz", 2, "x,y"));
        for other in [id("b.csv", 2, "x,y"), id("a.csv", 3, "x,y"), id("a.csv", 2, "x,z")] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn each_signal_of_a_row_has_an_id_of_its_own() {
        let mut ids = Ids::new("7".to_owned());
        let given = ["a.b", "c.d", "a.b"].map(|kind| ids.next(kind));
        assert_eq!(given, ["7:a.b", "7:c.d", "7:a.b:2"]);
    }

    #[test]
    fn what_is_too_long_or_has_line_breaks_becomes_a_digest() {
        assert_eq!(short("A-17"), "A-17");
        assert_eq!(short(&"x".repeat(121)).len(), 32);
        assert_eq!(short("a\nb").len(), 32);
    }
}
