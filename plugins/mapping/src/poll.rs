//! Through the files of the granted folder, page by page.

use std::collections::BTreeMap;

use hearken_sdk::{Failure, Page, Reject, files};
use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::cursor::{Cursor, Position};
use crate::page::Filling;
use crate::pattern;
use crate::window::Window;
use crate::{Mapping, Place, Record};

/// How a file is cut into records.
pub trait Format {
    /// What stands before the records: a header.
    type Head: Clone + Serialize + DeserializeOwned;
    /// What stands before the records, ready to read them by.
    type Read;
    /// A record.
    type Record: Record;

    /// Patterns of the names of files that are read.
    fn names(&self) -> &[String];

    /// Reads what stands before the records, and how many bytes it takes. `bytes` is the
    /// file's beginning, `whole` says whether it is all of it; none where it takes more to
    /// tell, or where the file has no more and somebody is still writing it.
    ///
    /// # Errors
    /// Why the file cannot be read.
    fn head(&self, bytes: &[u8], whole: bool) -> Result<Option<(Self::Head, usize)>, Failure>;

    /// Makes it ready. Only asked where records follow.
    ///
    /// # Errors
    /// Why the file cannot be read, such as a column that is missing.
    fn ready(&self, mapping: &Mapping, head: &Self::Head) -> Result<Self::Read, Failure>;

    /// Cuts off what `bytes` begin with; `whole` says whether they go to the file's end.
    fn next(&self, head: &Self::Read, bytes: &[u8], whole: bool) -> Next<Self::Record>;

    /// What a record looks like, for people.
    fn text(&self, raw: &[u8]) -> String {
        String::from_utf8_lossy(raw).into_owned()
    }
}

/// What a file goes on with.
#[derive(Debug)]
pub enum Next<R> {
    /// It cannot be told yet: more bytes are needed.
    More,
    /// Nothing follows.
    End,
    /// So many bytes that say nothing, such as an empty line.
    Nothing(usize),
    /// A record, or why it is none.
    Record {
        /// How many bytes it takes.
        bytes: usize,
        /// Whether its line has an end. The last line of a file that is being written may
        /// have none.
        closed: bool,
        /// What it holds.
        record: Result<R, String>,
    },
}

/// A page of at most `limit` signals from where `cursor` says.
///
/// # Errors
/// Where a file cannot be read; of several files the others come first.
pub fn poll<F: Format>(format: &F, mapping: &Mapping, cursor: Option<&str>, limit: u32) -> Result<Page, Failure> {
    let mut cursor: Cursor<F::Head> = Cursor::read(cursor)?;
    let listed: BTreeMap<String, u64> = files::names()?
        .into_iter()
        .filter(|(name, _)| format.names().iter().any(|p| pattern::matches(p, name)))
        .collect();
    cursor.0.retain(|name, _| listed.contains_key(name));
    let mut filling = Filling::new(limit);
    let mut failure = None;
    for (name, size) in &listed {
        if filling.is_full() {
            break;
        }
        let position = cursor.0.entry(name.clone()).or_default();
        if position.is_done(*size) {
            continue;
        }
        let mut reading = Reading {
            format,
            mapping,
            name,
            size: *size,
            position,
        };
        if let Err(why) = reading.read(&mut filling) {
            failure.get_or_insert(why);
        }
    }
    match failure {
        Some(failure) if filling.is_empty() => Err(failure),
        _ => {
            let progress = progress(&cursor, &listed);
            Ok(filling.into_page(cursor.write()?, progress))
        }
    }
}

/// How many bytes are read and how many there are, of the files whose length is known.
fn progress<H>(cursor: &Cursor<H>, listed: &BTreeMap<String, u64>) -> Option<(u64, u64)> {
    let plain = listed.iter().filter(|(name, _)| !is_packed(name));
    let (done, of) = plain.fold((0, 0), |(done, of), (name, size)| {
        let read = cursor.0.get(name).map_or(0, |p| p.offset.min(*size));
        (done + read, of + size)
    });
    (of > 0).then_some((done, of))
}

fn is_packed(name: &str) -> bool {
    name.ends_with(".gz")
}

impl<H> Position<H> {
    /// Whether there is nothing new in a file of this size. One that has become shorter is
    /// another file, and is read from its beginning.
    fn is_done(&mut self, size: u64) -> bool {
        let seen = self.ended_at.or(self.open_at).unwrap_or(0);
        if size < seen {
            *self = Self::default();
        }
        self.ended_at == Some(size)
    }
}

/// What a file begins with.
struct Begin<H> {
    head: H,
    bytes: usize,
    digest: u64,
}

/// A file that is being read.
struct Reading<'a, F: Format> {
    format: &'a F,
    mapping: &'a Mapping,
    name: &'a str,
    size: u64,
    position: &'a mut Position<F::Head>,
}

impl<F: Format> Reading<'_, F> {
    fn read(&mut self, filling: &mut Filling) -> Result<(), Failure> {
        let Some(begin) = self.begin().map_err(|failure| self.named(failure))? else {
            self.end();
            return Ok(());
        };
        let first = self.position.head_digest.is_none();
        let mut window = Window::at(self.name, self.position.offset);
        window.grow()?;
        if window.rest().len() <= if first { begin.bytes } else { 0 } {
            self.end();
            return Ok(());
        }
        let ready = self.format.ready(self.mapping, &begin.head);
        let head = ready.map_err(|failure| self.named(failure))?;
        if first {
            self.position.head_digest = Some(begin.digest);
            self.go_on(&mut window, begin.bytes);
        }
        if is_packed(self.name) {
            self.position.head = Some(begin.head);
        }
        while !filling.is_full() {
            match self.format.next(&head, window.rest(), window.has_ended()) {
                Next::More => window.grow()?,
                Next::End => {
                    self.end();
                    break;
                }
                Next::Nothing(bytes) => self.go_on(&mut window, bytes),
                Next::Record { closed: false, .. } if self.position.open_at != Some(self.size) => {
                    self.position.open_at = Some(self.size);
                    break;
                }
                Next::Record { bytes, record, .. } => {
                    let raw = &window.rest()[..bytes];
                    match self.take(raw, record, filling) {
                        Some(given) => self.position.given = given,
                        None => {
                            self.position.given = 0;
                            filling.read(bytes);
                            self.go_on(&mut window, bytes);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn end(&mut self) {
        self.position.ended_at = Some(self.size);
        self.position.open_at = None;
        self.position.head = None;
    }

    /// Takes a record's signals; how many, where there was no room for all.
    fn take(&self, raw: &[u8], record: Result<F::Record, String>, filling: &mut Filling) -> Option<u32> {
        let place = Place {
            file: self.name,
            line: self.position.line,
        };
        let signals = record.and_then(|record| self.mapping.signals(place, raw, &record));
        match signals {
            Ok(signals) => filling.signals(signals, self.position.given),
            Err(why) => {
                let text = self.format.text(&raw[..raw.len().min(4096)]);
                filling.reject(Reject::new(place.to_string(), why, text.trim_end()));
                None
            }
        }
    }

    fn go_on(&mut self, window: &mut Window<'_>, bytes: usize) {
        let lines = window.rest()[..bytes].iter().filter(|b| **b == b'\n').count();
        self.position.line += lines as u64;
        self.position.offset += bytes as u64;
        window.take(bytes);
    }

    /// What stands before the records. It is read once more with every page, so that a file
    /// that was replaced under its name is noticed; of a packed one it is remembered. None
    /// where there is nothing yet.
    fn begin(&self) -> Result<Option<Begin<F::Head>>, Failure> {
        if let (Some(head), Some(digest)) = (&self.position.head, self.position.head_digest) {
            let head = head.clone();
            return Ok(Some(Begin { head, bytes: 0, digest }));
        }
        let mut window = Window::at(self.name, 0);
        let (head, bytes) = loop {
            match self.format.head(window.rest(), window.has_ended())? {
                Some(read) => break read,
                None if window.has_ended() => return Ok(None),
                None => window.grow()?,
            }
        };
        let digest = xxh3_64(&window.rest()[..bytes]);
        if self.position.head_digest.is_some_and(|before| before != digest) {
            return Err(Failure::config(
                "what it begins with has changed since it was read up to here: it is another file now, so give it \
                 another name",
            ));
        }
        Ok(Some(Begin { head, bytes, digest }))
    }

    fn named(&self, failure: Failure) -> Failure {
        if failure.message.contains(self.name) {
            return failure;
        }
        Failure {
            message: format!("{}: {}", self.name, failure.message),
            ..failure
        }
    }
}
