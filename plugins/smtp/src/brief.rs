//! A hand-over, to the people who take it: who, why, and what we think we know.

use std::fmt::Write as _;

use hearken_sdk::{Action, Finding};

use crate::page::escaped;

/// What stands at the link by which the team answers.
const RESPOND: &str = "Take it, turn it down, or give it back";

/// Traits that say who somebody is, as they are called here.
const WHO: [(&str, &str); 4] = [
    ("name", "Name"),
    ("title", "Title"),
    ("phone", "Phone"),
    ("company", "Company"),
];

/// As plain text.
pub(crate) fn text(action: &Action) -> String {
    let content = &action.content;
    let mut all = format!("{}\n", content.text.trim_end());
    list(&mut all, "Who", &who(action));
    list(&mut all, "Why", &content.reasons);
    let beliefs: Vec<String> = content.beliefs.iter().map(told).collect();
    list(&mut all, "What we think we know", &beliefs);
    if let Some(url) = &content.respond {
        let _ = write!(all, "\n{RESPOND}:\n{url}\n");
    }
    let _ = write!(all, "\nprospect {} · action {}\n", action.prospect, action.id);
    all
}

/// As HTML. Everything may come from outside.
pub(crate) fn html(action: &Action) -> String {
    let content = &action.content;
    let mut all = String::new();
    for paragraph in content.text.split("\n\n").filter(|p| !p.trim().is_empty()) {
        let _ = writeln!(all, "<p>{}</p>", escaped(paragraph.trim()));
    }
    section(&mut all, "Who", &who(action));
    section(&mut all, "Why", &content.reasons);
    let beliefs: Vec<String> = content.beliefs.iter().map(told).collect();
    section(&mut all, "What we think we know", &beliefs);
    if let Some(url) = &content.respond {
        let _ = writeln!(all, "<p><a href=\"{}\">{RESPOND}</a></p>", escaped(url));
    }
    let _ = writeln!(
        all,
        "<p style=\"font-size:12px;color:#555\">prospect {} &middot; action {}</p>",
        escaped(&action.prospect),
        escaped(&action.id)
    );
    all
}

fn who(action: &Action) -> Vec<String> {
    let mut lines: Vec<String> = WHO
        .iter()
        .filter_map(|(name, shown)| Some(format!("{shown}: {}", action.traits.get(*name)?.as_str()?.trim())))
        .collect();
    let company = action.account.iter().map(|account| format!("Company: {account}"));
    lines.extend(company.filter(|line| !lines.contains(line)).collect::<Vec<_>>());
    let identities = action.identities.iter();
    lines.extend(identities.map(|identity| format!("{}: {}", identity.scheme, identity.value)));
    lines
}

fn told(finding: &Finding) -> String {
    let Finding {
        kind,
        name,
        value,
        confidence,
        reason,
    } = finding;
    format!(
        "{kind} {name}: {value:.2}, sure to {:.0} %. {reason}",
        confidence * 100.0
    )
    .trim_end()
    .to_owned()
}

fn list(into: &mut String, heading: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(into, "\n{heading}\n");
        for line in lines {
            let _ = writeln!(into, "- {}", one_line(line));
        }
    }
}

fn section(into: &mut String, heading: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(into, "<h3 style=\"margin:24px 0 4px\">{heading}</h3>\n<ul>");
        for line in lines {
            let _ = writeln!(into, "<li>{}</li>", escaped(&one_line(line)));
        }
        into.push_str("</ul>\n");
    }
}

/// What comes from outside cannot look like lines of ours.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
