//! A page that is being filled, within what the contract takes at once.

use std::time::Duration;

use hearken_sdk::{Page, Reject, Signal};

/// The host keeps no more of one page.
const MAX_REJECTS: usize = 100;
/// How much text a page carries at most, and how much of files it was read from: some of a
/// call's limits for output and time.
const MAX_TEXT_BYTES: usize = 2 << 20;
const MAX_READ_BYTES: usize = 2 << 20;

/// A page under way.
pub(crate) struct Filling {
    page: Page,
    room: usize,
    text_bytes: usize,
    read_bytes: usize,
    records: u64,
}

impl Filling {
    pub(crate) fn new(limit: u32) -> Self {
        Self {
            page: Page::default(),
            room: (limit as usize).max(1),
            text_bytes: 0,
            read_bytes: 0,
            records: 0,
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.room == 0
            || self.page.rejects.len() >= MAX_REJECTS
            || self.text_bytes >= MAX_TEXT_BYTES
            || self.read_bytes >= MAX_READ_BYTES
    }

    /// Whether it says anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.page.signals.is_empty() && self.page.rejects.is_empty()
    }

    /// Takes a row's signals behind the first `given` ones, as many as there is room for.
    /// How many of the row are given then, where that is not all of them.
    pub(crate) fn signals(&mut self, signals: Vec<Signal>, given: u32) -> Option<u32> {
        let all = signals.len();
        let from = (given as usize).min(all);
        let to = all.min(from + self.room);
        self.room -= to - from;
        for signal in signals.into_iter().take(to).skip(from) {
            self.text_bytes += 256 + signal.properties.len();
            self.page.signals.push(signal);
        }
        (to < all).then_some(to as u32)
    }

    pub(crate) fn reject(&mut self, reject: Reject) {
        self.text_bytes += 256 + reject.text.len();
        self.page.rejects.push(reject);
    }

    /// A record was read to its end, of this length.
    pub(crate) fn read(&mut self, bytes: usize) {
        self.read_bytes += bytes;
        self.records += 1;
    }

    pub(crate) fn into_page(self, cursor: String, progress: Option<(u64, u64)>) -> Page {
        let full = self.is_full();
        let mut page = self.page.records(self.records);
        page.cursor = Some(cursor);
        page.again_in = full.then_some(Duration::ZERO);
        page.progress = progress;
        page
    }
}
