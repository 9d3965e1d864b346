//! Markdown with marks in it, taken apart: plain CommonMark, without the extensions that
//! chat programs and code forges add.
//!
//! HTML that an author writes into a story is not passed on: it would say one thing in a
//! mail, another in a chat, and nothing in plain text. [`check`](crate::check) refuses it;
//! where it comes about all the same (two branches of a condition that make a tag
//! together), it is shown as the text that it is.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::{
    marks::{Marked, as_address, as_code},
    target::{self, Scheme},
};

/// Something that is wrong with a text's Markdown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// In the text with marks.
    pub(crate) at: usize,
    pub(crate) code: &'static str,
    pub(crate) what: String,
    pub(crate) help: &'static str,
}

/// A link that leads nowhere that a story may send people.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadLink {
    pub(crate) address: String,
    pub(crate) why: &'static str,
}

/// The events of a text, with their places in it.
pub(crate) fn events(marked: &Marked) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    Parser::new_ext(&marked.text, Options::empty()).into_offset_iter()
}

/// What is wrong with a text's Markdown.
pub(crate) fn faults(marked: &Marked) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for (event, range) in events(marked) {
        match event {
            Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) => faults.push(html(range.start)),
            Event::Start(Tag::Link {
                link_type, dest_url, ..
            }) => {
                let written = written(link_type, &dest_url);
                faults.extend(address(&written, range.start, marked).err());
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let found = address(&dest_url, range.start, marked);
                faults.extend(found.and_then(|scheme| picture(scheme, range.start)).err());
            }
            _ => {}
        }
    }
    faults
}

fn html(at: usize) -> Fault {
    Fault {
        at,
        code: "html",
        what: "the text holds HTML".into(),
        help: "write Markdown; a note to yourself is written {# … #}, a sign that is meant as such with a backslash before it",
    }
}

fn address(written: &str, at: usize, marked: &Marked) -> Result<Scheme, Fault> {
    target::scheme(written).map_err(|why| Fault {
        at,
        code: "link",
        what: format!("a story cannot link to '{}': {why}", shown(written, marked)),
        help: "write the whole address, such as https://example.com/page",
    })
}

fn picture(scheme: Scheme, at: usize) -> Result<(), Fault> {
    if scheme == Scheme::Web {
        return Ok(());
    }
    Err(Fault {
        at,
        code: "link",
        what: "a picture has the address of none".into(),
        help: "write the picture's whole address, such as https://example.com/picture.png",
    })
}

/// An address as its author reads it, with an ellipsis for each value.
fn shown(written: &str, marked: &Marked) -> String {
    marked.with_values(written, |text, _| text.push('…'))
}

/// The events of a text with its values in place, and the addresses of the links to pages
/// among them, in order.
pub(crate) fn filled(marked: &Marked) -> Result<(Vec<Event<'static>>, Vec<String>), BadLink> {
    let mut links = Vec::new();
    let (mut in_code, mut in_address) = (false, false);
    let mut filled = Vec::new();
    for (event, _) in events(marked) {
        filled.push(match event {
            Event::Text(text) if in_code => Event::Text(owned(marked.with_values(&text, as_code))),
            Event::Text(text) if in_address => Event::Text(owned(marked.with_values(&text, as_address))),
            Event::Code(text) => Event::Code(owned(marked.with_values(&text, as_code))),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                Event::Text(owned(marked.with_values(&text, String::push_str)))
            }
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                Event::End(TagEnd::CodeBlock)
            }
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Link {
                link_type, dest_url, ..
            }) => {
                let (scheme, dest_url) = led(&written(link_type, &dest_url), marked)?;
                in_address = is_own_text(link_type);
                if scheme == Scheme::Web {
                    links.push(dest_url.clone());
                }
                Event::Start(Tag::Link {
                    link_type: LinkType::Inline,
                    dest_url: owned(dest_url),
                    title: CowStr::Borrowed(""),
                    id: CowStr::Borrowed(""),
                })
            }
            Event::End(TagEnd::Link) => {
                in_address = false;
                Event::End(TagEnd::Link)
            }
            Event::Start(Tag::Image {
                link_type, dest_url, ..
            }) => {
                let (scheme, dest_url) = led(&dest_url, marked)?;
                if scheme != Scheme::Web {
                    return Err(BadLink {
                        address: dest_url,
                        why: "that is no picture",
                    });
                }
                Event::Start(Tag::Image {
                    link_type,
                    dest_url: owned(dest_url),
                    title: CowStr::Borrowed(""),
                    id: CowStr::Borrowed(""),
                })
            }
            other => other.into_static(),
        });
    }
    Ok((filled, links))
}

/// Whether a link is an address in angle brackets, which is also its text.
pub(crate) const fn is_own_text(link_type: LinkType) -> bool {
    matches!(link_type, LinkType::Autolink | LinkType::Email)
}

/// A link's address; that of `<ada@example.com>` is a mailbox.
fn written(link_type: LinkType, address: &str) -> String {
    match link_type {
        LinkType::Email => format!("mailto:{address}"),
        _ => address.to_owned(),
    }
}

fn led(written: &str, marked: &Marked) -> Result<(Scheme, String), BadLink> {
    match target::scheme(written) {
        Ok(scheme) => Ok((scheme, marked.with_values(written, as_address))),
        Err(why) => Err(BadLink {
            address: shown(written, marked),
            why,
        }),
    }
}

fn owned(text: String) -> CowStr<'static> {
    CowStr::from(text)
}
