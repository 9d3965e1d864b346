//! An action for people: something to read, and below it where it comes from.

use std::fmt::Write as _;

use hearken_sdk::{Act, Action, Instant};

/// Text of the story is Markdown and stays as it is. Everything else may come from
/// outside: it is put on one line and loses its meaning as markup.
pub(crate) fn write(now: Instant, action: &Action) -> String {
    let mut page = format!("# {}\n\n{}\n", plain(&action.content.title), headline(action));
    if !action.content.text.is_empty() {
        let _ = write!(page, "\n{}\n", action.content.text.trim_end());
    }
    list(
        &mut page,
        "Answers",
        action.content.answers.iter().map(|it| plain(&it.text)),
    );
    list(
        &mut page,
        "Why",
        action.content.reasons.iter().map(|reason| plain(reason)),
    );
    let beliefs = action.content.beliefs.iter();
    list(
        &mut page,
        "What we think we know",
        beliefs.map(|it| {
            let (kind, name, reason) = (plain(&it.kind), plain(&it.name), plain(&it.reason));
            format!(
                "{kind} {name}: {:.2}, sure to {:.0} %. {reason}",
                it.value,
                it.confidence * 100.0
            )
        }),
    );
    let story = action
        .story
        .as_deref()
        .map(|story| format!(" · story {}", plain(story)))
        .unwrap_or_default();
    let _ = write!(
        page,
        "\n---\naction {}{story} · prospect {} · {now}\n",
        plain(&action.id),
        plain(&action.prospect)
    );
    page
}

/// What is done, by which way, to whom.
fn headline(action: &Action) -> String {
    let what = match &action.act {
        Act::HandOver => format!("Hand-over to {}", plain(&action.channel)),
        act => format!("{} by {}", capital(act.as_str()), plain(&action.channel)),
    };
    let mut who: Vec<String> = ["name", "title"]
        .into_iter()
        .filter_map(|name| action.traits.get(name)?.as_str())
        .chain(action.account.as_deref())
        .chain(action.identities.iter().map(|it| it.value.as_str()))
        .map(plain)
        .collect();
    who.dedup();
    if who.is_empty() {
        what
    } else {
        format!("{what}: {}", who.join(" · "))
    }
}

fn list(page: &mut String, heading: &str, items: impl Iterator<Item = String>) {
    for (place, item) in items.enumerate() {
        if place == 0 {
            let _ = write!(page, "\n## {heading}\n\n");
        }
        let _ = writeln!(page, "- {item}");
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// One line, and no markup: Markdown takes a backslash before any ASCII punctuation.
fn plain(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            c if c.is_control() => line.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&' | '~' => line.extend(['\\', c]),
            c => line.push(c),
        }
    }
    line
}
