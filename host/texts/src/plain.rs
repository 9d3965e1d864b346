//! Markdown as plain text that is pleasant to read: headings underlined, lists and quotes
//! indented, lines of at most 72 columns, addresses of links as numbered notes at the end.

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

/// Columns of a line. An address or a word that is longer is not broken.
const WIDEST: usize = 72;

/// The columns that are left however deep quotes and lists go.
const NARROWEST: usize = 24;

/// The plain text, and where in it the address of each link to a page stands, in order.
pub(crate) fn plain(events: &[Event<'_>]) -> (String, Vec<usize>) {
    let mut writer = Writer::default();
    for event in events {
        writer.event(event);
    }
    writer.finish()
}

/// What is written before the lines of a block.
#[derive(Debug)]
struct Prefix {
    /// Before the first line, until it is written.
    first: Option<String>,
    /// Before the others.
    rest: String,
}

/// An address in the text: the number of a link to a page.
#[derive(Clone, Copy, Debug)]
struct Address {
    at: usize,
    link: usize,
}

/// A link that is being written.
#[derive(Debug)]
struct Open {
    address: String,
    /// Its number, where it leads to a page.
    link: Option<usize>,
    /// Where its text begins in the line.
    from: usize,
}

#[derive(Debug, Default)]
struct Writer {
    out: String,
    prefixes: Vec<Prefix>,
    /// The text of the block that is being written.
    line: String,
    addresses: Vec<Address>,
    open: Option<Open>,
    links: usize,
    /// Addresses that are written at the end, with the numbers of their links.
    notes: Vec<(String, usize)>,
    /// By the number of a link, where its address stands.
    places: Vec<Option<usize>>,
    /// The next number of each list, outermost first; none for bullets.
    lists: Vec<Option<u64>>,
    /// Whether the next block begins without an empty line before it.
    close: bool,
}

impl Writer {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::Code(text) => self.line.push_str(text),
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak => self.line.push('\n'),
            Event::Rule => {
                self.flush();
                self.line.push_str(&"-".repeat(NARROWEST));
                self.flush();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } => self.flush(),
            Tag::BlockQuote(_) => self.nest("> ", "> "),
            Tag::CodeBlock(_) => self.nest("    ", "    "),
            Tag::List(first) => {
                self.flush();
                self.close = !self.lists.is_empty();
                self.lists.push(*first);
            }
            Tag::Item => self.item(),
            Tag::Link { dest_url, .. } => {
                let is_page = dest_url.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("http"));
                self.open = Some(Open {
                    address: dest_url.to_string(),
                    link: is_page.then_some(self.links),
                    from: self.line.len(),
                });
                if is_page {
                    self.links += 1;
                    self.places.push(None);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::BlockQuote(_) => self.leave(),
            TagEnd::CodeBlock => {
                self.code();
                self.leave();
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
                self.close = false;
            }
            TagEnd::Item => {
                self.leave();
                self.close = true;
            }
            TagEnd::Link => self.link(),
            _ => {}
        }
    }

    fn item(&mut self) {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.nest(&mark, &" ".repeat(mark.len()));
    }

    fn nest(&mut self, first: &str, rest: &str) {
        self.flush();
        self.prefixes.push(Prefix {
            first: Some(first.to_owned()),
            rest: rest.to_owned(),
        });
    }

    fn leave(&mut self) {
        self.flush();
        if let Some(Prefix { first: Some(first), .. }) = self.prefixes.pop() {
            // Nothing was written in it: an item without text is an item still.
            if !first.trim().is_empty() {
                self.gap();
                let outer = self.prefix();
                self.out.push_str(&outer);
                self.out.push_str(first.trim_end());
                self.out.push('\n');
            }
        }
    }

    /// A link whose text is its address needs no note; a mailbox or a number stands behind
    /// its text.
    fn link(&mut self) {
        let Some(Open { address, link, from }) = self.open.take() else {
            return;
        };
        let bare = address.trim_start_matches("mailto:").trim_start_matches("tel:");
        let text = self.line.get(from..).unwrap_or_default().trim();
        match link {
            Some(link) if text == address => self.addresses.push(Address { at: from, link }),
            Some(link) => {
                self.notes.push((address, link));
                let number = self.notes.len();
                self.line.push_str(&format!(" [{number}]"));
            }
            None if text == bare || text == address => {}
            None => self.line.push_str(&format!(" ({bare})")),
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let width = self.line.trim().width().min(WIDEST);
        let under = match level {
            HeadingLevel::H1 => "=",
            HeadingLevel::H2 => "-",
            _ => "",
        };
        self.flush();
        if !under.is_empty() && width > 0 {
            let prefix = self.prefix();
            self.out.push_str(&prefix);
            self.out.push_str(&under.repeat(width));
            self.out.push('\n');
        }
    }

    fn code(&mut self) {
        let code = std::mem::take(&mut self.line);
        self.gap();
        for line in code.trim_end().split('\n') {
            let prefix = self.prefix();
            self.out.push_str(format!("{prefix}{line}").trim_end());
            self.out.push('\n');
        }
    }

    /// Writes the block that was gathered.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.line);
        let addresses = std::mem::take(&mut self.addresses);
        if text.trim().is_empty() {
            return;
        }
        self.gap();
        let indent: usize = self.prefixes.iter().map(|prefix| prefix.rest.width()).sum();
        let room = WIDEST.saturating_sub(indent).max(NARROWEST);
        let mut at = 0;
        for line in text.split('\n') {
            self.wrapped(line, at, room, &addresses);
            at += line.len() + 1;
        }
    }

    /// Writes a line as several where it is too long. `at` is where it begins in the block.
    fn wrapped(&mut self, line: &str, at: usize, room: usize, addresses: &[Address]) {
        let mut width = 0;
        let mut from = 0;
        for word in line.split(' ') {
            let place = at + from;
            from += word.len() + 1;
            if word.is_empty() {
                continue;
            }
            if width == 0 || width + 1 + word.width() > room {
                if width > 0 {
                    self.out.push('\n');
                }
                let prefix = self.prefix();
                self.out.push_str(&prefix);
                width = 0;
            } else {
                self.out.push(' ');
                width += 1;
            }
            for address in addresses
                .iter()
                .filter(|it| (place..place + word.len()).contains(&it.at))
            {
                if let Some(slot) = self.places.get_mut(address.link) {
                    *slot = Some(self.out.len() + address.at - place);
                }
            }
            self.out.push_str(word);
            width += word.width();
        }
        if width > 0 {
            self.out.push('\n');
        }
    }

    /// An empty line between blocks, except between the items of a list.
    fn gap(&mut self) {
        let close = std::mem::take(&mut self.close);
        if self.out.is_empty() || close {
            return;
        }
        // A block that opens an item or a quote stands where its mark is.
        let opened = self.prefixes.iter().position(|prefix| prefix.first.is_some());
        let outer = &self.prefixes[..opened.unwrap_or(self.prefixes.len())];
        let blank: String = outer.iter().map(|prefix| prefix.rest.as_str()).collect();
        self.out.push_str(blank.trim_end());
        self.out.push('\n');
    }

    /// What stands before the next line.
    fn prefix(&mut self) -> String {
        self.prefixes
            .iter_mut()
            .map(|prefix| prefix.first.take().unwrap_or_else(|| prefix.rest.clone()))
            .collect()
    }

    fn finish(mut self) -> (String, Vec<usize>) {
        self.flush();
        for (index, (address, link)) in self.notes.iter().enumerate() {
            let before = if index == 0 && !self.out.is_empty() { "\n" } else { "" };
            self.out.push_str(&format!("{before}[{}] ", index + 1));
            if let Some(slot) = self.places.get_mut(*link) {
                *slot = Some(self.out.len());
            }
            self.out.push_str(address);
            self.out.push('\n');
        }
        let places = self.places.into_iter().map(Option::unwrap_or_default).collect();
        (self.out, places)
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
