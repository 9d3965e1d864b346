//! Masking what tells a person, in a text.

use std::{borrow::Cow, ops::Range};

use crate::{address, fields::Shown, spans};

/// What stands in place of what is not shown.
pub const MASK: &str = "***";

/// How often a text is looked at again that was encoded. Who encodes more often hides something.
pub(crate) const LAYERS: u8 = 3;

impl Shown<'_> {
    /// A text in which everything is masked that tells this person, or anybody; it may be
    /// borrowed and shorter.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.share.masks() {
            self.masked(text, LAYERS)
        } else {
            Cow::Borrowed(text)
        }
    }

    pub(crate) fn masked<'t>(&self, text: &'t str, layers: u8) -> Cow<'t, str> {
        let look = Look::at(text);
        if !look.may_be_address {
            return self.without_spans(text, &look);
        }
        match address::shortened(text, self, layers) {
            Cow::Borrowed(text) => self.without_spans(text, &look),
            Cow::Owned(text) => match self.without_spans(&text, &look) {
                Cow::Borrowed(_) => Cow::Owned(text),
                Cow::Owned(shorter) => Cow::Owned(shorter),
            },
        }
    }

    fn without_spans<'t>(&self, text: &'t str, look: &Look) -> Cow<'t, str> {
        let (mut spans, mut emails): (Vec<Range<usize>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
        if look.has_at {
            spans::emails(text, &mut |span| emails.push(span));
        }
        let emails_shown = self.share.shows("email");
        let mut note = |span: Range<usize>| {
            // A name within an address that is shown tells nothing more.
            if !(emails_shown && emails.iter().any(|e| e.start <= span.start && span.end <= e.end)) {
                spans.push(span);
            }
        };
        if look.digits >= 6 && !self.share.shows("phone") {
            spans::phones(text, &|digits| self.known.is_number(digits), &mut note);
        }
        if look.may_be_ip() {
            spans::ips(text, &mut note);
        }
        self.known.find(text, &mut note);
        if !emails_shown {
            spans.extend(emails);
        }
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        spans.sort_by_key(|span| (span.start, span.end));
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for span in spans {
            if span.start >= end {
                masked.push_str(&text[end..span.start]);
                masked.push_str(MASK);
            }
            end = end.max(span.end);
        }
        masked.push_str(&text[end..]);
        Cow::Owned(masked)
    }
}

/// What a text could hold at all: most hold nothing of the kind. What was shortened holds no
/// more than before.
struct Look {
    may_be_address: bool,
    has_at: bool,
    digits: usize,
    dots: usize,
    colons: usize,
}

impl Look {
    fn at(text: &str) -> Self {
        let mut look = Self {
            may_be_address: false,
            has_at: false,
            digits: 0,
            dots: 0,
            colons: 0,
        };
        for byte in text.bytes() {
            match byte {
                // The wide signs are of more than one byte.
                b'@' | 0x80.. => look.has_at = true,
                b'0'..=b'9' => look.digits += 1,
                b'.' => look.dots += 1,
                b':' => look.colons += 1,
                b'/' | b'?' | b'%' | b'#' => look.may_be_address = true,
                _ => {}
            }
        }
        look
    }

    fn may_be_ip(&self) -> bool {
        self.dots >= 3 && self.digits >= 4 || self.colons >= 2
    }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
