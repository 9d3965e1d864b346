//! A story or a question, to a prospect.

use std::fmt::Write as _;

use hearken_sdk::{Act, Action, Answer};

use crate::page::button;

/// The plain part. Without plain text of its own a story's Markdown has to do: it is made
/// to be read as it is.
pub(crate) fn text(action: &Action) -> String {
    let content = &action.content;
    let own = if content.plain.is_empty() {
        &content.text
    } else {
        &content.plain
    };
    let mut all = format!("{}\n", own.trim_end());
    for (place, Answer { text, url, .. }) in answers(action).iter().enumerate() {
        if place == 0 {
            all.push('\n');
        }
        let _ = match url {
            Some(url) => writeln!(all, "{text}: {url}"),
            None => writeln!(all, "- {text}"),
        };
    }
    if let Some(url) = &content.confirm {
        let _ = writeln!(all, "\n{}: {url}", content.title);
    }
    all
}

/// The HTML part, where the host has made the story's.
pub(crate) fn html(action: &Action) -> Option<String> {
    let content = &action.content;
    if content.html.is_empty() {
        return None;
    }
    let mut all = content.html.clone();
    for answer in answers(action) {
        match &answer.url {
            Some(url) => button(&mut all, url, &answer.text),
            None => {
                let _ = writeln!(all, "<p>{}</p>", crate::page::escaped(&answer.text));
            }
        }
    }
    // It asks one thing, and its subject is what it asks: in any language.
    if let Some(url) = &content.confirm {
        button(&mut all, url, &content.title);
    }
    Some(all)
}

fn answers(action: &Action) -> &[Answer] {
    match action.act {
        Act::Ask => &action.content.answers,
        _ => &[],
    }
}
