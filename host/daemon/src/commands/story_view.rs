//! A story as it would be read: for a terminal, a browser, a program.

use std::fmt::Write as _;

use hearken_model::Story;
use hearken_texts::{Rendered, TextError};
use serde_json::{Value, json};

use crate::output::{clean, heading, plural};

/// A story as one person would read it.
pub(super) struct Read {
    /// The text, as a story of its own.
    pub(super) text: Story,
    /// Whether it is for who reads this language.
    pub(super) told: bool,
    /// As they were asked for.
    pub(super) who: String,
    /// Whether somebody vouches for their address.
    pub(super) vouched: bool,
    /// BCP 47.
    pub(super) language: Option<String>,
    /// What they read, or why it would be held.
    pub(super) said: Result<Rendered, TextError>,
}

impl Read {
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.vouched {
            notes.push("nobody vouches for an address of theirs: what is personal is withheld".to_owned());
        }
        if let Some(language) = self.language.as_ref().filter(|_| !self.told) {
            let spoken = self.text.spoken().join(", ");
            notes.push(format!(
                "their language is {}, the story's {spoken}: it would not be told to them",
                clean(language)
            ));
        }
        notes
    }
}

pub(super) fn as_text(read: &[Read]) -> String {
    let mut text = String::new();
    for (index, one) in read.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&heading(&format!("{}, read by {}", one.text.id, clean(&one.who))));
        for note in one.notes() {
            let _ = writeln!(text, "note: {note}");
        }
        match &one.said {
            Ok(rendered) => {
                let _ = writeln!(text, "subject: {}\n", clean(&rendered.title));
                text.extend(
                    rendered
                        .plain
                        .lines()
                        .map(|line| format!("  {}", clean(line)).trim_end().to_owned() + "\n"),
                );
                for (number, (_, answer)) in one.text.answers.iter().enumerate() {
                    let before = if number == 0 { "\n" } else { "" };
                    let _ = writeln!(text, "{before}  ( ) {}", clean(answer));
                }
            }
            Err(error) => {
                let _ = writeln!(text, "held: {}", clean(&error.to_string()));
            }
        }
    }
    if read.len() > 1 {
        let held = read.iter().filter(|one| one.said.is_err()).count();
        let _ = writeln!(text, "\nheld for {held} of {}", plural(read.len(), "reader"));
    }
    text
}

pub(super) fn as_json(read: &[Read], several: bool) -> Value {
    let all: Vec<Value> = read
        .iter()
        .map(|one| {
            let said = one.said.as_ref().ok();
            json!({
                "story": one.text.id.as_str().split(['+', '.']).next(),
                "variant": one.text.variant,
                "told_in": one.text.told_in(one.language.as_deref()),
                "who": one.who,
                "vouched": one.vouched,
                "language": one.language,
                "notes": one.notes(),
                "held": one.said.as_ref().err().map(ToString::to_string),
                "title": said.map(|it| &it.title),
                "text": said.map(|it| &it.markdown),
                "plain": said.map(|it| &it.plain),
                "html": said.map(|it| &it.html),
                "links": said.map(|it| it.links.iter().map(|link| &link.url).collect::<Vec<_>>()),
            })
        })
        .collect();
    if several || all.len() > 1 {
        all.into()
    } else {
        all.into_iter().next().unwrap_or_default()
    }
}

/// A page that a browser shows as it is: no script, no style from elsewhere.
pub(super) fn as_page(read: &[Read]) -> String {
    let mut page = String::from(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Preview</title>\n<style>body { max-width: 40em; margin: 2em auto; padding: 0 1em; font: 1em/1.5 sans-serif } section { border-top: 1px solid; overflow-wrap: anywhere }</style>\n",
    );
    for one in read {
        let mut lines = vec![format!("{}, read by {}", one.text.id, one.who)];
        lines.extend(one.notes());
        match &one.said {
            Ok(rendered) => lines.push(format!("Subject: {}", rendered.title)),
            Err(error) => lines.push(format!("Held: {error}")),
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let about = Rendered::of_paragraphs("", &lines).html;
        let said = one.said.as_ref().map_or("", |rendered| rendered.html.as_str());
        let _ = write!(page, "<section>\n<aside>\n{about}</aside>\n{said}</section>\n");
    }
    page
}
