//! The script of the pages, as it is served: the source of `site.js` without what is for
//! people who read it.

use std::sync::LazyLock;

const SOURCE: &str = include_str!("site.js");

static SERVED: LazyLock<String> = LazyLock::new(|| served(SOURCE));

/// The script as it is served: less than 4 kB.
#[must_use]
pub fn script() -> &'static str {
    &SERVED
}

/// Without comments on lines of their own and without indentation. Line breaks stay, so that
/// nothing depends on where statements end, and no string of the source spans lines.
fn served(source: &str) -> String {
    let lines = source.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    kept.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::{SOURCE, script, served};

    #[test]
    fn it_is_less_than_4_kb_as_it_is_served() {
        let bytes = script().len();
        assert!(bytes < 4096, "{bytes} bytes");
        assert!(bytes > 1000, "there is a script: {bytes} bytes");
    }

    #[test]
    fn it_has_no_cookie_and_stores_in_one_place_only() {
        assert!(!SOURCE.contains("cookie"), "neither set nor read");
        assert!(!SOURCE.contains("sessionStorage") && !SOURCE.contains("indexedDB"));
        // Every use goes through the one function that looks whether it may.
        assert_eq!(SOURCE.matches("localStorage").count(), 1);
    }

    #[test]
    fn comments_and_indentation_are_left_out_and_nothing_else() {
        assert_eq!(
            served("// why\nif (a) {\n  b(\"// c\") // d\n}\n\n"),
            "if (a) {\nb(\"// c\") // d\n}\n"
        );
        // What is left out by lines must not be inside of a text that has several.
        assert!(!SOURCE.contains('`') && !SOURCE.contains("/*"));
    }
}
