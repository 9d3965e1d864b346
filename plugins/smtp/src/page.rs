//! HTML for mail programs: one column, styles in the elements, nothing that loads.

use std::fmt::Write as _;

/// Text as HTML shows it, also between quotation marks.
pub(crate) fn escaped(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => all.push_str("&amp;"),
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '"' => all.push_str("&quot;"),
            '\'' => all.push_str("&#39;"),
            c => all.push(c),
        }
    }
    all
}

/// What belongs around the parts of a message.
pub(crate) fn around(body: &str, title: &str, language: Option<&str>) -> String {
    let known = language.filter(|tag| tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let language = known.map(|tag| format!(" lang=\"{tag}\"")).unwrap_or_default();
    format!(
        "<!doctype html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n</head>\n<body style=\"margin:0;padding:16px;\
         background:#fff\">\n<div style=\"max-width:600px;margin:0 auto;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,\
         Arial,sans-serif;font-size:16px;line-height:1.5;color:#222\">\n{body}\n</div>\n</body>\n</html>\n",
        escaped(title)
    )
}

/// A link that looks like a button and still is one where styles are not shown.
pub(crate) fn button(into: &mut String, url: &str, text: &str) {
    // Writing into a string does not fail.
    let _ = writeln!(
        into,
        "<p><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;border:1px solid #555;border-radius:6px;\
         color:#222;text-decoration:none\">{}</a></p>",
        escaped(url),
        escaped(text)
    );
}
