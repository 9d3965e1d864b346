//! What waits for a person, with what the person needs to judge it.

use hearken_model::{Act, Action, Instant, Story, View};
use hearken_store::TextApproval;
use serde_json::{Value, json};

use super::{action_view, prospect::identities};
use crate::output::{clean, day_and_time, heading, plural, span};

/// How much of a text is shown, in characters.
const BEGINNING: usize = 200;

/// An action that waits.
pub(super) struct Waiting {
    pub(super) action: Action,
    /// Whom it is for.
    pub(super) view: Option<View>,
    /// Why it was decided.
    pub(super) reason: String,
}

/// A story whose text nobody approved.
pub(super) struct Draft {
    pub(super) story: Story,
    pub(super) digest: String,
    /// The latest text of it that was approved.
    pub(super) before: Option<TextApproval>,
    /// How many actions wait for it.
    pub(super) waiting: usize,
}

impl Waiting {
    fn text(&self, name: &str) -> &str {
        self.action
            .content
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Name, address, company: as far as they are known.
    fn who(&self) -> String {
        let Some(view) = &self.view else {
            return self.action.prospect.to_string();
        };
        let name = ["name", "firstName", "first_name"]
            .iter()
            .find_map(|n| view.traits.get(*n))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let addresses = self.action.to.iter().map(|i| i.value.clone());
        let mut parts: Vec<String> = name.into_iter().chain(addresses).chain(view.account.clone()).collect();
        if parts.is_empty() {
            parts.extend(view.identities.first().map(|(i, _)| i.to_string()));
        }
        parts.join(", ")
    }

    fn what(&self) -> String {
        let a = &self.action;
        match a.act {
            Act::HandOver => format!("hand over to {}", a.target),
            act => format!("{act} {} by {}", a.target, a.channel),
        }
    }
}

pub(super) fn described(waiting: &[Waiting], drafts: &[Draft], limit: usize, now: Instant) -> String {
    if waiting.is_empty() && drafts.is_empty() {
        return "nothing waits for approval\n".into();
    }
    let mut text = String::new();
    if !waiting.is_empty() {
        let more = if waiting.len() == limit {
            ", there may be more"
        } else {
            ""
        };
        let wait = if waiting.len() == 1 { "waits" } else { "wait" };
        let title = format!("{} {wait} for approval{more}", plural(waiting.len(), "action"));
        text.push_str(&heading(&title));
        waiting.iter().for_each(|w| text.push_str(&one(w, now)));
        text.push_str("\nhearken approve yes ID… lets them go, hearken approve no ID… ends them\n");
    }
    if !drafts.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        let is = if drafts.len() == 1 { "is a draft" } else { "are drafts" };
        text.push_str(gap);
        text.push_str(&heading(&format!("{} {is}", plural(drafts.len(), "text"))));
        drafts.iter().for_each(|d| text.push_str(&draft(d)));
        text.push_str("\nhearken approve story STORY… approves a text as it is now\n");
    }
    text
}

fn one(w: &Waiting, now: Instant) -> String {
    let a = &w.action;
    let mut text = format!("\n{}  {}\n", a.id, clean(&w.what()));
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("    {name:<8} {}\n", clean(value)));
        }
    };
    line("to", &w.who());
    line("says", &beginning(w.text("title"), w.text("text")));
    line("because", &w.reason);
    let (since, left) = (span(now.since(a.decided)), span(a.expires.since(now)));
    line(
        "since",
        &format!("{} ({since} ago), expires in {left}", day_and_time(a.decided)),
    );
    text
}

fn draft(d: &Draft) -> String {
    let before = match &d.before {
        Some(b) => format!("changed since {} approved it, {}", b.by, day_and_time(b.at)),
        None => "never approved".into(),
    };
    format!(
        "\n{}  {}\n    says     {}\n    text     {before}; {} for it\n",
        clean(d.story.id.as_str()),
        d.digest.get(..12).unwrap_or_default(),
        clean(&beginning(&d.story.subject, &d.story.text)),
        match d.waiting {
            1 => "1 action waits".into(),
            n => format!("{} wait", plural(n, "action")),
        },
    )
}

/// `"Title" The text's beginning…`, on one line.
fn beginning(title: &str, text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let flat = words.join(" ");
    let cut: String = flat.chars().take(BEGINNING).collect();
    let more = if cut.len() < flat.len() { "…" } else { "" };
    format!("\"{}\" {cut}{more}", title.trim()).trim_end().to_owned()
}

pub(super) fn as_json(waiting: &[Waiting], drafts: &[Draft]) -> Value {
    let waiting = waiting.iter().map(|w| {
        let mut value = action_view::in_short(&w.action);
        if let Some(object) = value.as_object_mut() {
            object.insert("prospect".into(), json!(w.action.prospect));
            object.insert(
                "identities".into(),
                w.view.as_ref().map_or_else(Vec::new, identities).into(),
            );
            object.insert("who".into(), w.who().into());
            object.insert("title".into(), w.text("title").into());
            object.insert("text".into(), w.text("text").into());
            object.insert("reason".into(), w.reason.clone().into());
        }
        value
    });
    let drafts = drafts.iter().map(|d| {
        let before = d
            .before
            .as_ref()
            .map(|b| json!({ "digest": b.digest, "by": b.by, "at": b.at.to_string() }));
        json!({
            "story": d.story.id,
            "digest": d.digest,
            "title": d.story.subject,
            "text": d.story.text,
            "approved_before": before,
            "waiting": d.waiting,
        })
    });
    json!({ "actions": waiting.collect::<Vec<_>>(), "drafts": drafts.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_texts_beginning_stands_on_one_line_and_is_cut_between_characters() {
        assert_eq!(beginning("Title ", "one\n\ntwo  three\n"), "\"Title\" one two three");
        let long = "ü".repeat(300);
        let cut = beginning("", &long);
        assert!(cut.ends_with("ü…"), "{cut}");
        assert_eq!(cut.chars().filter(|c| *c == 'ü').count(), 200);
    }
}
