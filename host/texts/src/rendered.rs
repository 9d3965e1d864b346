//! What a person reads, in all the forms that channels ask for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{clean, marks::Marked, texts::rendered};

/// A story with its values filled in. Its fields have the names of an action's content in
/// the contract with plugins, so that it can be kept there and taken out again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// One line, no markup.
    pub title: String,
    /// Markdown.
    #[serde(rename = "text")]
    pub markdown: String,
    /// Plain text with lines of at most 72 columns; links are numbered notes at its end.
    pub plain: String,
    /// A piece of HTML: what stands in a page's or a mail's body, without it.
    pub html: String,
    /// The links to pages, in the order in which they come.
    #[serde(default)]
    pub links: Vec<Link>,
}

/// A link to a page, and where its address stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// An absolute http(s) address that the story's author wrote. Where a value stands in
    /// its query, it is percent-encoded.
    pub url: String,
    /// Where it begins in the HTML, in bytes.
    pub html: usize,
    /// Where it begins in the plain text, in bytes.
    pub plain: usize,
}

impl Rendered {
    /// Paragraphs that come from outside, in every form: each is text and nothing else.
    #[must_use]
    pub fn of_paragraphs(title: &str, paragraphs: &[&str]) -> Self {
        let mut text = Marked::default();
        for paragraph in paragraphs.iter().map(|it| clean(it)).filter(|it| !it.is_empty()) {
            if !text.text.is_empty() {
                text.text.push_str("\n\n");
            }
            text.push(paragraph);
        }
        // There is no link in it that could lead nowhere.
        rendered(clean(title), &text).unwrap_or_default()
    }

    /// What an action's content was rendered to; nothing for what is no rendered story,
    /// such as a hand-over.
    #[must_use]
    pub fn of_content(content: &Value) -> Option<Self> {
        Self::deserialize(content).ok()
    }

    /// Its part of an action's content.
    #[must_use]
    pub fn to_content(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            // Texts and numbers under names: there is nothing that could not be written.
            _ => Map::new(),
        }
    }

    /// The same under a paragraph that comes from outside: it is text and nothing else.
    #[must_use]
    pub fn headed(&self, paragraph: &str) -> Self {
        let head = Self::of_paragraphs(&self.title, &[paragraph]);
        let under = |head: &str, own: &str, between: &str| format!("{}{between}{own}", head.trim_end());
        let (html, plain) = (
            under(&head.html, &self.html, "\n"),
            under(&head.plain, &self.plain, "\n\n"),
        );
        let (by_html, by_plain) = (html.len() - self.html.len(), plain.len() - self.plain.len());
        let links = self.links.iter().map(|link| Link {
            url: link.url.clone(),
            html: link.html + by_html,
            plain: link.plain + by_plain,
        });
        Self {
            title: self.title.clone(),
            markdown: under(&head.markdown, &self.markdown, "\n\n"),
            links: links.collect(),
            html,
            plain,
        }
    }

    /// Puts other addresses in place of those that links lead to, in the HTML and in the
    /// plain text. `with` is given each link's place in order, from 0, and its address;
    /// where it gives nothing, the link stays. What it gives is written as an address:
    /// nothing in it can end the attribute or the line that it stands in.
    pub fn replace_links(&mut self, mut with: impl FnMut(usize, &str) -> Option<String>) {
        let mut html = Splice::new(&self.html);
        let mut plain = Splice::new(&self.plain);
        let mut in_plain = Vec::new();
        for (index, link) in self.links.iter_mut().enumerate() {
            let replacement = with(index, &link.url).map(|url| without_white_space(&url));
            let old_html = html.rest(link.html).split('"').next().unwrap_or_default().len();
            let new_html = replacement.as_deref().map(attribute);
            link.html = html.put(link.html, old_html, new_html.as_deref());
            in_plain.push((link.plain, index, link.url.len(), replacement));
        }
        // In plain text an address that is its own text comes before the notes.
        in_plain.sort_by_key(|(at, index, ..)| (*at, *index));
        for (at, index, old, replacement) in in_plain {
            let now = plain.put(at, old, replacement.as_deref());
            if let Some(link) = self.links.get_mut(index) {
                link.plain = now;
                link.url = replacement.unwrap_or_else(|| std::mem::take(&mut link.url));
            }
        }
        (self.html, self.plain) = (html.finish(), plain.finish());
    }
}

/// A text in which pieces are replaced, from its beginning to its end.
struct Splice<'t> {
    old: &'t str,
    done: usize,
    new: String,
}

impl<'t> Splice<'t> {
    fn new(old: &'t str) -> Self {
        Self {
            old,
            done: 0,
            new: String::with_capacity(old.len()),
        }
    }

    fn rest(&self, at: usize) -> &'t str {
        self.old.get(at..).unwrap_or_default()
    }

    /// Puts `text` in place of `length` bytes at `at`, and says where it stands now. A
    /// place that is none changes nothing.
    fn put(&mut self, at: usize, length: usize, text: Option<&str>) -> usize {
        let (Some(before), Some(there)) = (self.old.get(self.done..at), self.old.get(at..at + length)) else {
            return at;
        };
        self.new.push_str(before);
        let now = self.new.len();
        self.new.push_str(text.unwrap_or(there));
        self.done = at + length;
        now
    }

    fn finish(mut self) -> String {
        self.new.push_str(self.old.get(self.done..).unwrap_or_default());
        self.new
    }
}

fn without_white_space(url: &str) -> String {
    url.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

/// An address as the value of an attribute in double quotes.
fn attribute(url: &str) -> String {
    let mut written = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#x27;"),
            c => written.push(c),
        }
    }
    written
}
