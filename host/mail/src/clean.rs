//! Text from outside, made fit for a line of a header or a part of a body.

/// A name longer than this is no name.
pub(crate) const NAME_CHARS: usize = 100;
/// Mail programs show less of a subject than this.
pub(crate) const SUBJECT_CHARS: usize = 250;

/// One line of at most `most` characters: no control characters, nothing that turns the
/// direction of text or hides in it, runs of white space as one space, none at the ends.
pub(crate) fn line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    // Cut before it is cleaned as well: nobody needs ten megabytes looked at for a hundred
    // characters.
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let word: String = word.chars().filter(|c| !is_hidden(*c)).take(most - count).collect();
        if word.is_empty() {
            continue;
        }
        if count > 0 {
            if count + 1 >= most {
                break;
            }
            line.push(' ');
            count += 1;
        }
        let word: String = word.chars().take(most - count).collect();
        count += word.chars().count();
        line.push_str(&word);
        if count >= most {
            break;
        }
    }
    line
}

/// Marks that turn or isolate directions, zero-width characters but the joiners that
/// scripts and emoji need, the byte-order mark, and what is no character.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A body: line feeds only, no control characters but tabs.
pub(crate) fn body(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect()
}

/// Text as HTML shows it, also between quotation marks.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_whatever_stands_in_it() {
        for (text, clean) in [
            ("Ann\r\nBcc: eve@example.com", "Ann Bcc: eve@example.com"),
            ("  Ann \t Example ", "Ann Example"),
            ("Ann\u{202e}gpj.exe", "Anngpj.exe"),
            ("A\u{0}n\u{7f}n\u{85}x", "A n n x"),
            ("\u{2066}\u{2069}\u{feff}", ""),
            ("👩\u{200d}💻 Ann", "👩\u{200d}💻 Ann"),
            ("a\u{2028}b", "a b"),
        ] {
            assert_eq!(line(text, 100), clean);
        }
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        assert_eq!(line(&"ä".repeat(10_000), 100), "ä".repeat(100));
        assert_eq!(line("ab cd", 4), "ab c");
        assert_eq!(line("ab cd", 3), "ab");
        assert_eq!(line("ab cd", 2), "ab");
        assert_eq!(line("ab", 0), "");
    }

    #[test]
    fn a_body_keeps_its_lines_and_loses_what_is_no_text() {
        assert_eq!(body("a\r\nb\rc\n\td\u{0}\u{1b}[2J"), "a\nb\nc\n\td[2J");
    }
}
