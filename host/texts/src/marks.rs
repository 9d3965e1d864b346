//! Marks: characters of a private plane that stand for values while Markdown is taken
//! apart. To a Markdown parser they are letters like any other.
//!
//! While a template runs, every value is written between [`OPEN`] and [`CLOSE`];
//! [`Marked::of`] then takes the values out and leaves a mark each. Neither values nor
//! stories can hold such characters: `clean` takes them out of the former, `check` refuses
//! the latter.

/// Before a value in a template's output.
pub(crate) const OPEN: char = '\u{10fffc}';

/// Behind a value in a template's output.
pub(crate) const CLOSE: char = '\u{10fffd}';

/// The first mark; the others follow it.
const FIRST: u32 = 0xf_0000;

/// How many values one text can have.
const MOST: u32 = 0xfff0;

/// Whether a character is of those that nobody has given a meaning.
pub(crate) const fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// A text with marks, and the values that they stand for.
#[derive(Debug, Default)]
pub(crate) struct Marked {
    pub(crate) text: String,
    values: Vec<String>,
}

impl Marked {
    /// Takes the values out of what a template wrote.
    pub(crate) fn of(output: &str) -> Self {
        let mut marked = Self::default();
        let mut pieces = output.split(OPEN);
        marked.text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (value, rest) = piece.split_once(CLOSE).unwrap_or((piece, ""));
            marked.push(value.to_owned());
            marked.text.push_str(rest);
        }
        marked
    }

    /// Adds a mark for a value.
    pub(crate) fn push(&mut self, value: String) {
        let index = u32::try_from(self.values.len()).unwrap_or(MOST).min(MOST);
        // All of the plane's numbers up to `MOST` are characters.
        if let Some(mark) = char::from_u32(FIRST + index).filter(|_| index < MOST) {
            self.text.push(mark);
            self.values.push(value);
        }
    }

    /// What a character stands for, if it is a mark.
    pub(crate) fn value(&self, c: char) -> Option<&str> {
        let index = u32::from(c).checked_sub(FIRST)?;
        self.values.get(usize::try_from(index).ok()?).map(String::as_str)
    }

    /// A piece of the text with its values in place, each as `write` puts it.
    pub(crate) fn with_values(&self, piece: &str, mut write: impl FnMut(&mut String, &str)) -> String {
        let mut text = String::with_capacity(piece.len());
        for c in piece.chars() {
            match self.value(c) {
                Some(value) => write(&mut text, value),
                None if is_mark(c) => {}
                None => text.push(c),
            }
        }
        text
    }
}

/// Whether a character can only be a mark.
pub(crate) const fn is_mark(c: char) -> bool {
    matches!(c, '\u{f0000}'..='\u{10ffff}')
}

/// A value as code: nothing in it may end the code around it.
pub(crate) fn as_code(text: &mut String, value: &str) {
    text.extend(value.chars().map(|c| match c {
        '`' => '\'',
        '~' => '-',
        c => c,
    }));
}

/// A value as a part of an address: all but unreserved characters percent-encoded.
pub(crate) fn as_address(text: &mut String, value: &str) {
    use std::fmt::Write as _;
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}
