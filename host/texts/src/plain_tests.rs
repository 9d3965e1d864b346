use pulldown_cmark::Parser;

use super::*;

fn said(markdown: &str) -> String {
    let events: Vec<_> = Parser::new(markdown).collect();
    plain(&events).0
}

#[test]
fn headings_are_underlined_and_blocks_set_apart() {
    let text = "# Größe\n\nOne\n*two* **three** `four`.\n\n## Next\n\n### Last\n\n---\n\nEnd\\\nof it.";
    let expected = "\
Größe
=====

One two three four.

Next
----

Last

------------------------

End
of it.
";
    assert_eq!(said(text), expected);
}

#[test]
fn lists_and_quotes_are_indented_and_keep_their_numbers() {
    let text = "\
Text:

- one
  - inner
  - inner two

    with more
- two

7. seven
8. eight

> quoted
>
> - item
> - item

    code  here
    more
";
    let expected = "\
Text:

- one
  - inner
  - inner two

    with more
- two

7. seven
8. eight

> quoted
>
> - item
> - item

    code  here
    more
";
    assert_eq!(said(text), expected);
}

#[test]
fn lines_are_wrapped_at_the_width_of_what_is_seen() {
    let words = "日本 ".repeat(30);
    let text = said(&format!("> {words}\n\n- {}", "word ".repeat(30)));
    for line in text.lines() {
        assert!(line.width() <= WIDEST, "{line}");
        assert!(
            line.is_empty() || line.starts_with("> ") || line.starts_with("- ") || line.starts_with("  "),
            "{line}"
        );
    }
    assert!(text.lines().any(|line| line.width() > WIDEST - 6));
}

#[test]
fn a_word_that_is_longer_than_a_line_is_not_broken() {
    let address = format!("https://example.com/{}", "x".repeat(200));
    assert_eq!(
        said(&format!("See <{address}> now.")),
        format!("See\n{address}\nnow.\n")
    );
}

#[test]
fn an_item_without_text_is_an_item_still() {
    assert_eq!(said("- one\n-\n- three"), "- one\n-\n- three\n");
}

#[test]
fn nothing_gives_nothing() {
    assert_eq!(said(""), "");
}
