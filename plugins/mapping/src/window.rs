//! A part of a file that slides forward.

use hearken_sdk::{Failure, files};

/// How much is read at once.
const CHUNK_BYTES: u32 = 256 << 10;

/// What stands in a file from an offset on, as far as it was read.
pub(crate) struct Window<'n> {
    name: &'n str,
    /// Where `bytes` begins in the file.
    offset: u64,
    bytes: Vec<u8>,
    /// How much of `bytes` was taken.
    taken: usize,
    /// Whether `bytes` ends where the file does.
    ended: bool,
}

impl<'n> Window<'n> {
    pub(crate) fn at(name: &'n str, offset: u64) -> Self {
        Self {
            name,
            offset,
            bytes: Vec::new(),
            taken: 0,
            ended: false,
        }
    }

    /// What was read and not taken.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn take(&mut self, bytes: usize) {
        self.taken = (self.taken + bytes).min(self.bytes.len());
    }

    /// Reads further.
    pub(crate) fn grow(&mut self) -> Result<(), Failure> {
        self.bytes.drain(..self.taken);
        self.offset += self.taken as u64;
        self.taken = 0;
        let from = self.offset + self.bytes.len() as u64;
        let more = files::read(self.name, from, CHUNK_BYTES)?;
        self.ended = more.len() < CHUNK_BYTES as usize;
        self.bytes.extend(more);
        Ok(())
    }
}
