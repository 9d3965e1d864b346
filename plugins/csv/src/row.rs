//! Cutting a record off what a file goes on with.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The longest record, in bytes. A quote that is never closed makes one record of all that
/// follows.
const MAX_BYTES: usize = 1 << 20;

/// What a file goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It cannot be told yet.
    More,
    /// Nothing follows.
    End,
    /// So many bytes without a record: empty lines.
    Blank(usize),
    /// A record of so many bytes, and whether its line has an end.
    Whole { bytes: usize, closed: bool },
    /// A line that opens a quote which is never closed, or closed too late. The line is given
    /// up, and what follows is read.
    Unclosed(usize),
}

/// Cuts records off, one after the other, and keeps the last one's fields.
#[derive(Debug)]
pub(crate) struct Cutter {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
}

impl Cutter {
    pub(crate) fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; 4096],
            ends: vec![0; 64],
            fields: 0,
        }
    }

    /// The fields of the record that was cut off last: their bytes, and where each ends.
    pub(crate) fn fields(&self) -> (&[u8], &[usize]) {
        let ends = &self.ends[..self.fields];
        (&self.text[..ends.last().copied().unwrap_or(0)], ends)
    }

    /// Cuts off the record that `bytes` begin with; `whole` says whether they go to the
    /// file's end.
    pub(crate) fn cut(&mut self, bytes: &[u8], whole: bool) -> Cut {
        let blank = bytes.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        if blank > 0 {
            return Cut::Blank(blank);
        }
        if bytes.is_empty() {
            return if whole { Cut::End } else { Cut::More };
        }
        self.reader.reset();
        let (mut read, mut written, mut ended, mut closed) = (0, 0, 0, true);
        loop {
            let (result, took, wrote, fields) =
                self.reader
                    .read_record(&bytes[read..], &mut self.text[written..], &mut self.ends[ended..]);
            read += took;
            written += wrote;
            ended += fields;
            match result {
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty if bytes.len() > MAX_BYTES => return Cut::Unclosed(line(bytes)),
                ReadRecordResult::InputEmpty if !whole => return Cut::More,
                // The next step is given nothing, which is how the reader learns of the end.
                ReadRecordResult::InputEmpty => closed = false,
                ReadRecordResult::End => return Cut::End,
                ReadRecordResult::Record => break,
            }
        }
        self.fields = ended;
        let raw = &bytes[..read];
        if !closed && raw.contains(&b'\n') && raw.iter().filter(|b| **b == b'"').count() % 2 == 1 {
            return Cut::Unclosed(line(bytes));
        }
        // The line feed behind a carriage return belongs to the line.
        let feed = usize::from(raw.ends_with(b"\r") && bytes.get(read) == Some(&b'\n'));
        Cut::Whole {
            bytes: read + feed,
            closed,
        }
    }
}

/// The length of the first line, its end included.
fn line(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1)
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
