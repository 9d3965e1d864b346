//! `hearken plugin diff`: what an upgrade would newly need.

use std::collections::BTreeSet;

use hearken_sandbox::Plugin;
use serde_json::{Value, json};

use crate::output::clean;

/// A line for what is new and for what is gone.
pub(super) fn told(old: &Plugin, new: &Plugin) -> String {
    let (newly, no_longer) = compared(old, new);
    let head = format!("{} becomes {}\n", named(old), named(new));
    if newly.is_empty() && no_longer.is_empty() {
        return format!("{head}it needs the same\n");
    }
    let line = |sign: char, need: &String| format!("{sign} {}\n", clean(need));
    let newly = newly.iter().map(|need| line('+', need));
    let no_longer = no_longer.iter().map(|need| line('-', need));
    std::iter::once(head).chain(newly).chain(no_longer).collect()
}

pub(super) fn as_json(old: &Plugin, new: &Plugin) -> Value {
    let (newly, no_longer) = compared(old, new);
    let side = |plugin: &Plugin| {
        let manifest = plugin.manifest();
        json!({ "name": manifest.name, "version": manifest.version, "digest": plugin.digest() })
    };
    json!({ "old": side(old), "new": side(new), "newly": newly, "no_longer": no_longer })
}

fn named(plugin: &Plugin) -> String {
    let manifest = plugin.manifest();
    clean(&format!(
        "{} {} (sha256:{})",
        manifest.name,
        manifest.version,
        plugin.digest()
    ))
}

fn compared(old: &Plugin, new: &Plugin) -> (Vec<String>, Vec<String>) {
    let (old, new) = (needs(old), needs(new));
    let without = |all: &BTreeSet<String>, others: &BTreeSet<String>| all.difference(others).cloned().collect();
    (without(&new, &old), without(&old, &new))
}

/// Everything that a plugin plays, imports and asks for, a line each.
fn needs(plugin: &Plugin) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for role in plugin.roles().to_string().split(", ") {
        all.insert(format!("role: {role}"));
    }
    for import in plugin.imports() {
        let interface = import.rsplit('/').next().and_then(|name| name.split('@').next());
        all.insert(format!("import: {}", interface.unwrap_or(import)));
    }
    let needs = serde_json::to_value(&plugin.manifest().needs).unwrap_or_default();
    flatten("", &needs, &mut all);
    all
}

/// `limits.cpu-ms: 2000`, `may-say: page.*`: what says nothing (null, false, empty) is none.
fn flatten(name: &str, value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Object(fields) => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                flatten(&format!("{name}{dot}{field}"), value, all);
            }
        }
        Value::Array(items) => {
            for item in items {
                all.insert(format!("{name}: {}", shown(item)));
            }
        }
        value => {
            all.insert(format!("{name}: {}", shown(value)));
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_need_is_a_line_and_nothing_is_none() {
        let mut all = BTreeSet::new();
        let needs = json!({ "mail": true, "vocabulary": false, "quota": null, "may-say": ["page.*", "form.*"],
            "limits": { "cpu-ms": 2000, "wall-ms": null }, "hosts": [{ "host": "api.example.com" }] });
        flatten("", &needs, &mut all);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(
            all,
            [
                "hosts: {\"host\":\"api.example.com\"}",
                "limits.cpu-ms: 2000",
                "mail: true",
                "may-say: form.*",
                "may-say: page.*",
            ]
        );
    }
}
