//! Names that people have, type, or inject, and how a text addresses them.

/// A name that has broken something somewhere.
#[derive(Clone, Copy, Debug)]
pub struct NastyName {
    /// What is the matter with it.
    pub what: &'static str,
    /// As it arrives.
    pub arrives: &'static str,
    /// As it is read in a text; none where it is no name, and the fallback is said.
    pub reads: Option<&'static str>,
}

const fn read(what: &'static str, arrives: &'static str, reads: &'static str) -> NastyName {
    NastyName {
        what,
        arrives,
        reads: Some(reads),
    }
}

const fn none(what: &'static str, arrives: &'static str) -> NastyName {
    NastyName {
        what,
        arrives,
        reads: None,
    }
}

/// The names. Everything that shows a name shows all of these, in a test.
pub const NASTY_NAMES: [NastyName; 24] = [
    read("nothing", "Ada", "Ada"),
    read(
        "a header behind a line break",
        "Ada\r\nBcc: everybody",
        "Ada Bcc: everybody",
    ),
    read(
        "a header behind a lone line feed",
        "Ada\nSubject: You win",
        "Ada Subject: You win",
    ),
    read(
        "Markdown over lines",
        "# Ada\n\n- item\n\n> quote",
        "# Ada - item > quote",
    ),
    read("Markdown in a line", "**Ada** _L_ `x` ~~y~~", "**Ada** _L_ `x` ~~y~~"),
    read("a link", "[Ada](javascript:alert(1))", "[Ada](javascript:alert(1))"),
    read(
        "a script",
        "<script>alert(\"Ada\")</script>",
        "<script>alert(\"Ada\")</script>",
    ),
    read(
        "an attribute",
        "Ada\" onmouseover=\"alert(1)",
        "Ada\" onmouseover=\"alert(1)",
    ),
    read("an entity", "Ada &lt;b&gt; &amp; &#60;", "Ada &lt;b&gt; &amp; &#60;"),
    read("a template", "{{ 7*7 }} {{ name }}", "{{ 7*7 }} {{ name }}"),
    read(
        "a loop",
        "{% for a in b %}x{% endfor %}",
        "{% for a in b %}x{% endfor %}",
    ),
    read("an encoded word", "=?utf-8?Q?Ada?=", "=?utf-8?Q?Ada?="),
    read(
        "quotes and a statement",
        "O'Brien \"Bob\"; DROP TABLE actions;--",
        "O'Brien \"Bob\"; DROP TABLE actions;--",
    ),
    read("colours of a terminal", "\u{1b}[31mAda\u{1b}[0m\u{7}", "[31mAda [0m"),
    read("a right-to-left script", "مريم الفارسي", "مريم الفارسي"),
    read("a right-to-left override", "Ada\u{202e}gpj.exe\u{2066}", "Adagpj.exe"),
    read("what is not seen", "A\u{200b}d\u{200d}a\u{feff}\u{ad}", "Ada"),
    read("two scripts and no space", "日本太郎", "日本太郎"),
    read("emoji in it", "Zoë 👩\u{200d}💻", "Zoë 👩\u{200d}💻"),
    none("only emoji", "👩\u{200d}💻🎉"),
    none("an address of a mailbox", "Ada\" <ada@example.com>"),
    none("an address of a page", "Win now: https://example.com/win"),
    none("only blanks", " \t\u{a0}\u{200b}\r\n"),
    none("10 kB", LONG),
];

/// 10 kB of a name.
const LONG: &str = {
    const BYTES: [u8; 10_240] = {
        let mut bytes = [b'A'; 10_240];
        let mut at = 4;
        while at < bytes.len() {
            bytes[at] = b' ';
            at += 5;
        }
        bytes
    };
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => "",
    }
};
