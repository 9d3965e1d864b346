//! The plugin: CSV as a format of the mapping.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::Encoding;
use hearken_sdk::{Failure, Instant, Manifest, Page, Plugin, Problem, Source, Vocabulary};
use mapping::{Cell, Cells, Format, Mapping, Next, Record};

use crate::Config;
use crate::header::Header;
use crate::row::{Cut, Cutter};
use crate::text::{BYTE_ORDER_MARK, Fields};

/// What a file begins with that is written in UTF-16.
const UTF_16: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];
/// The longest header, in bytes: a part of it is kept in the cursor.
const MAX_HEADER_BYTES: usize = 32 << 10;

/// The configured plugin.
#[derive(Debug)]
pub struct Csv {
    mapping: Mapping,
    files: Files,
}

/// How its files are read.
#[derive(Debug)]
struct Files {
    names: Vec<String>,
    encoding: &'static Encoding,
    columns: Vec<String>,
    /// Its tables are made once; what it keeps from record to record is only room.
    cutter: RefCell<Cutter>,
}

impl Plugin for Csv {
    type Config = Config;

    fn manifest() -> Manifest {
        mapping::needs(hearken_sdk::manifest!())
    }

    fn check(config: &Config, _: &Vocabulary) -> Vec<Problem> {
        let mut problems = config.file.problems(config.columns().into_iter());
        problems.extend(config.problems(Cells::Text));
        problems
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self {
            mapping: Mapping::new(&config).map_err(Failure::config)?,
            files: Files {
                encoding: config.file.encoding().map_err(Failure::config)?,
                cutter: RefCell::new(Cutter::new(config.file.delimiter().map_err(Failure::config)?)),
                names: config.file.names,
                columns: config.file.columns,
            },
        })
    }
}

impl Source for Csv {
    fn poll(&self, _: Instant, cursor: Option<&str>, limit: u32) -> Result<Page, Failure> {
        mapping::poll(&self.files, &self.mapping, cursor, limit)
    }
}

impl Format for Files {
    /// The columns' names.
    type Head = Vec<String>;
    type Read = Rc<Header>;
    type Record = Row;

    fn names(&self) -> &[String] {
        &self.names
    }

    fn head(&self, bytes: &[u8], whole: bool) -> Result<Option<(Vec<String>, usize)>, Failure> {
        if UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
            return Err(Failure::config("it is written in UTF-16; save it as UTF-8"));
        }
        if bytes.len() < BYTE_ORDER_MARK.len() && !whole {
            return Ok(None);
        }
        let mark = if bytes.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        if !self.columns.is_empty() {
            return Ok(Some((self.columns.clone(), mark)));
        }
        let mut at = mark;
        loop {
            match self.cutter.borrow_mut().cut(&bytes[at..], whole) {
                Cut::More if bytes.len() > MAX_HEADER_BYTES => return Err(too_long()),
                Cut::More | Cut::End | Cut::Whole { closed: false, .. } => return Ok(None),
                Cut::Blank(bytes) => at += bytes,
                Cut::Unclosed(_) => return Err(Failure::config("its header opens a quote that is never closed")),
                Cut::Whole { bytes, .. } if bytes > MAX_HEADER_BYTES => return Err(too_long()),
                Cut::Whole { bytes, .. } => {
                    at += bytes;
                    break;
                }
            }
        }
        let cutter = self.cutter.borrow();
        let (text, ends) = cutter.fields();
        let fields =
            Fields::decode(text, ends, self.encoding).map_err(|why| Failure::config(format!("header: {why}")))?;
        Ok(Some((Header::names_of(&fields), at)))
    }

    fn ready(&self, mapping: &Mapping, head: &Vec<String>) -> Result<Rc<Header>, Failure> {
        Header::new(head.clone(), mapping).map(Rc::new)
    }

    fn next(&self, header: &Rc<Header>, bytes: &[u8], whole: bool) -> Next<Row> {
        let mut cutter = self.cutter.borrow_mut();
        match cutter.cut(bytes, whole) {
            Cut::More => Next::More,
            Cut::End => Next::End,
            Cut::Blank(bytes) => Next::Nothing(bytes),
            Cut::Unclosed(bytes) => Next::Record {
                bytes,
                closed: true,
                record: Err("it opens a quote that is not closed; what follows is read from the next line on".into()),
            },
            Cut::Whole { bytes, closed } => {
                let (text, ends) = cutter.fields();
                let record = Fields::decode(text, ends, self.encoding).and_then(|fields| Row::new(fields, header));
                Next::Record { bytes, closed, record }
            }
        }
    }

    fn text(&self, raw: &[u8]) -> String {
        self.encoding.decode_without_bom_handling(raw).0.into_owned()
    }
}

fn too_long() -> Failure {
    Failure::config(format!("its header is longer than {MAX_HEADER_BYTES} bytes"))
}

/// A row with the names of its columns.
#[derive(Clone, Debug)]
struct Row {
    fields: Fields,
    header: Rc<Header>,
}

impl Row {
    fn new(fields: Fields, header: &Rc<Header>) -> Result<Self, String> {
        let (has, wants) = (fields.len(), header.names.len());
        if has != wants {
            return Err(format!("it has {has} columns, and the header {wants}"));
        }
        Ok(Self {
            fields,
            header: Rc::clone(header),
        })
    }
}

impl Record for Row {
    fn get(&self, name: &str) -> Option<Cell<'_>> {
        let place = *self.header.places.get(name)?;
        self.fields.get(place).map(Cell::Text)
    }
}
