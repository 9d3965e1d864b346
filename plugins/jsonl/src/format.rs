//! The plugin: a JSON object a line, as a format of the mapping.

use hearken_sdk::json::Value;
use hearken_sdk::{Failure, Instant, Manifest, Page, Plugin, Problem, Source, Vocabulary};
use mapping::{Cell, Cells, Format, Mapping, Next, Record};

use crate::Config;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The longest line, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// The configured plugin.
#[derive(Debug)]
pub struct Jsonl {
    mapping: Mapping,
    files: Files,
}

/// How its files are read.
#[derive(Debug)]
struct Files {
    names: Vec<String>,
}

impl Plugin for Jsonl {
    type Config = Config;

    fn manifest() -> Manifest {
        mapping::needs(hearken_sdk::manifest!())
    }

    fn check(config: &Config, _: &Vocabulary) -> Vec<Problem> {
        config.problems(Cells::Typed)
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self {
            mapping: Mapping::new(&config).map_err(Failure::config)?,
            files: Files {
                names: config.file.names,
            },
        })
    }
}

impl Source for Jsonl {
    fn poll(&self, _: Instant, cursor: Option<&str>, limit: u32) -> Result<Page, Failure> {
        mapping::poll(&self.files, &self.mapping, cursor, limit)
    }
}

impl Format for Files {
    type Head = ();
    type Read = ();
    type Record = Line;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn head(&self, bytes: &[u8], whole: bool) -> Result<Option<((), usize)>, Failure> {
        if bytes.len() < BYTE_ORDER_MARK.len() && !whole {
            return Ok(None);
        }
        let mark = bytes.starts_with(BYTE_ORDER_MARK);
        Ok(Some(((), if mark { BYTE_ORDER_MARK.len() } else { 0 })))
    }

    fn ready(&self, _: &Mapping, (): &()) -> Result<(), Failure> {
        Ok(())
    }

    fn next(&self, (): &(), bytes: &[u8], whole: bool) -> Next<Line> {
        let end = bytes.iter().position(|b| *b == b'\n');
        let (line, closed) = match end {
            Some(end) => (&bytes[..=end], true),
            None if bytes.is_empty() && whole => return Next::End,
            None if whole => (bytes, false),
            None if bytes.len() > MAX_BYTES => (bytes, true),
            None => return Next::More,
        };
        let length = line.len();
        if line.iter().all(u8::is_ascii_whitespace) {
            return Next::Nothing(length);
        }
        let record = if end.is_none_or(|end| end > MAX_BYTES) && length > MAX_BYTES {
            Err(format!("it is longer than {MAX_BYTES} bytes"))
        } else {
            Line::read(line)
        };
        Next::Record {
            bytes: length,
            closed,
            record,
        }
    }
}

/// The object of a line.
#[derive(Clone, Debug, PartialEq)]
struct Line(Value);

impl Line {
    fn read(line: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(line).map_err(|error| format!("it is not JSON: {error}"))?;
        if value.is_object() {
            Ok(Self(value))
        } else {
            Err("it is JSON, but no object".to_owned())
        }
    }
}

impl Record for Line {
    fn get(&self, name: &str) -> Option<Cell<'_>> {
        let value = if name.starts_with('/') {
            self.0.pointer(name)
        } else {
            self.0.get(name)
        };
        value.map(Cell::Json)
    }
}
