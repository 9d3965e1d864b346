//! A packed file, read unpacked from any position.
//!
//! Nothing in front of a position can be skipped without unpacking it, and every call of a
//! source is a fresh instance: begun from the beginning each time, reading a file would cost
//! the square of its length. So the connector keeps the decoder where it stopped, and the
//! last few MiB that it gave, because whoever reads rows reads ahead and comes back to where
//! the last whole row ended. Where a position lies far ahead (a daemon that was restarted)
//! unpacking up to there takes several calls; each goes on where the one before gave up.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek},
    os::unix::fs::MetadataExt,
    sync::Weak,
    time::{Duration, Instant},
};

use flate2::read::MultiGzDecoder;

/// How far into a packed file a read may begin. A few kilobytes can unpack to terabytes.
const MAX_UNPACKED_BYTES: u64 = 16 << 30;
/// How much of what was given last is kept at least, while it lasts.
const KEPT_BYTES: usize = 4 << 20;
const STEP_BYTES: usize = 64 << 10;
/// For how long one call unpacks what it skips. Less than any deadline of a call.
const PATIENCE: Duration = Duration::from_secs(3);

/// A packed file that is being read onwards.
pub(crate) struct Unpacking {
    decoder: MultiGzDecoder<BufReader<File>>,
    /// Where the decoder is, which is where `recent` ends.
    position: u64,
    recent: Vec<u8>,
    identity: (u64, u64, u64),
}

impl Unpacking {
    pub(super) fn new(file: File) -> io::Result<Self> {
        Ok(Self {
            identity: identity(&file)?,
            decoder: MultiGzDecoder::new(BufReader::with_capacity(STEP_BYTES, file)),
            position: 0,
            recent: Vec::new(),
        })
    }

    /// Whether it can give what stands at `offset` of `file` without beginning anew. A file
    /// that has grown begins anew: behind its end a decoder sees nothing more.
    pub(super) fn goes_on(&self, file: &File, offset: u64) -> io::Result<bool> {
        Ok(self.position - self.recent.len() as u64 <= offset && self.identity == identity(file)?)
    }

    /// At most `length` bytes from `offset`, fewer only at the end. Where the beginning lies
    /// too far ahead for one call it fails with [`io::ErrorKind::TimedOut`], and goes on from
    /// there when it is asked again.
    pub(super) fn read(&mut self, offset: u64, length: u32, alive: &Weak<()>) -> io::Result<Vec<u8>> {
        if offset > MAX_UNPACKED_BYTES {
            return Err(io::Error::other(format!(
                "it unpacks to more than {MAX_UNPACKED_BYTES} bytes"
            )));
        }
        let begun = Instant::now();
        let end = offset + u64::from(length);
        while self.position < end && self.step()? > 0 {
            if alive.strong_count() == 0 {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "nobody waits for it any more"));
            }
            if self.position < offset && begun.elapsed() > PATIENCE {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("unpacked up to byte {} of {offset} so far", self.position),
                ));
            }
        }
        let begins = self.position - self.recent.len() as u64;
        let within = |at: u64| {
            usize::try_from(at.saturating_sub(begins)).map_or(self.recent.len(), |at| at.min(self.recent.len()))
        };
        Ok(self.recent[within(offset)..within(end)].to_vec())
    }

    /// How many of the packed bytes were read, and how many there are.
    pub(crate) fn packed(&mut self) -> io::Result<(u64, u64)> {
        Ok((self.decoder.get_mut().stream_position()?, self.identity.2))
    }

    /// Unpacks a little further; how far.
    fn step(&mut self) -> io::Result<usize> {
        if self.recent.len() >= 2 * KEPT_BYTES {
            self.recent.drain(..self.recent.len() - KEPT_BYTES);
        }
        let before = self.recent.len();
        self.recent.resize(before + STEP_BYTES, 0);
        let read = self.decoder.read(&mut self.recent[before..]);
        let count = *read.as_ref().unwrap_or(&0);
        self.recent.truncate(before + count);
        self.position += count as u64;
        read
    }
}

fn identity(file: &File) -> io::Result<(u64, u64, u64)> {
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino(), metadata.len()))
}
