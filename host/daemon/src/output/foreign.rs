//! Text from outside, made fit for a terminal.

use std::fmt::Write;

/// The text with everything escaped that a terminal would obey, that would turn the
/// direction of what follows, or that would not be seen.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if is_obeyed(c) {
            // Writing to a string cannot fail.
            let _ = write!(cleaned, "{}", c.escape_default());
        } else {
            cleaned.push(c);
        }
    }
    cleaned
}

fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc"), r"a\u{1b}[31mb\r\nc");
        assert_eq!(clean("\u{202e}moc.elpmaxe\u{9b}"), r"\u{202e}moc.elpmaxe\u{9b}");
        assert_eq!(clean("Ünïcödé 日本"), "Ünïcödé 日本");
    }
}
