//! Values made fit to stand in a line of text.

use crate::marks;

/// The longest value, in characters. What is longer is cut, and ends with an ellipsis.
const MAX_CHARS: usize = 1_000;

/// How many accents a letter may carry. Languages need two or three; more of them grow
/// over the lines above and below.
const MAX_ACCENTS: usize = 3;

/// A value from outside as one line of visible text: line breaks and runs of white space
/// become a space, and what would turn the direction of the text around it, hide, or grow
/// out of its line is left out. Joiners stay where writing needs them: in Persian and Indic
/// words, and in composed emoji.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len().min(MAX_CHARS));
    let mut chars = text.chars().peekable();
    let (mut count, mut accents, mut gap) = (0, 0, false);
    while let Some(c) = chars.next() {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            continue;
        }
        let joins = is_joiner(c) && !gap && joins(c, cleaned.chars().next_back(), chars.peek().copied());
        if !joins && (is_joiner(c) || is_hidden(c)) {
            continue;
        }
        accents = if is_accent(c) { accents + 1 } else { 0 };
        if accents > MAX_ACCENTS {
            continue;
        }
        if std::mem::take(&mut gap) && !cleaned.is_empty() {
            cleaned.push(' ');
            count += 1;
        }
        if count >= MAX_CHARS {
            cleaned.truncate(cleaned.trim_end().len());
            cleaned.push('…');
            break;
        }
        cleaned.push(c);
        count += 1;
    }
    cleaned
}

/// Zero-width joiner and non-joiner, and the selector of a character's emoji form.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}')
}

/// Whether a joiner has something to join: the selector what stands before it, the others
/// also what follows.
fn joins(c: char, before: Option<char>, after: Option<char>) -> bool {
    let is_word = |c: char| !c.is_ascii() && !c.is_whitespace() && !is_joiner(c) && !is_hidden(c);
    let selected = |c: char| is_word(c) || c == '\u{fe0f}';
    before.is_some_and(selected) && (c == '\u{fe0f}' || after.is_some_and(is_word))
}

/// What is not seen, or turns the direction of what follows: bidirectional controls, zero
/// widths, tags, selectors, fillers, private use, and what is no character at all.
fn is_hidden(c: char) -> bool {
    marks::is_private(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_becomes_one_line_of_visible_text() {
        let cases = [
            ("Ada\r\nBcc: everybody@example.com", "Ada Bcc: everybody@example.com"),
            ("  Ada \t\u{a0} Lovelace\u{2028}", "Ada Lovelace"),
            ("\u{202e}moc.elpmaxe", "moc.elpmaxe"),
            ("\u{2066}Ada\u{2069}\u{200b}\u{feff}", "Ada"),
            ("a\u{0}b\u{1b}[31m", "a b [31m"),
            ("\u{200b}\u{3164}", ""),
            ("A\u{e0041}d\u{fe0e}a\u{ad}", "Ada"),
            ("\u{f0000}\u{10fffd}\u{e000}", ""),
            ("Ünïcödé 日本 مريم", "Ünïcödé 日本 مريم"),
        ];
        for (written, expected) in cases {
            assert_eq!(clean(written), expected, "{written:?}");
        }
    }

    #[test]
    fn joiners_stay_where_writing_needs_them_and_nowhere_else() {
        for word in ["👩\u{200d}💻", "❤\u{fe0f}", "می\u{200c}خواهم"] {
            assert_eq!(clean(word), word);
        }
        assert_eq!(clean("🏳\u{fe0f}\u{200d}🌈!"), "🏳\u{fe0f}\u{200d}🌈!");
        assert_eq!(clean("A\u{200d}d\u{200c}a\u{fe0f}"), "Ada");
        assert_eq!(clean("\u{200d}日\u{200d}"), "日");
    }

    #[test]
    fn a_letter_carries_only_so_many_accents() {
        let zalgo: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 50)).collect();
        assert_eq!(clean(&zalgo).chars().count(), 1 + MAX_ACCENTS);
        assert_eq!(clean("Vie\u{323}\u{302}t"), "Vie\u{323}\u{302}t");
    }

    #[test]
    fn a_long_value_is_cut_and_shows_it() {
        let cleaned = clean(&"日".repeat(10_240));
        assert_eq!(cleaned.chars().count(), MAX_CHARS + 1);
        assert!(cleaned.ends_with("日…"));
        assert_eq!(clean(&"x".repeat(MAX_CHARS)).len(), MAX_CHARS);
    }
}
