//! A connector's configuration against its plugin's JSON Schema.

use hearken_config::ConnectorWiring;
use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

use super::{Problems, instead};

/// Whether the configuration is as the schema says.
pub(super) fn check(wired: &ConnectorWiring, schema: &Value, found: &mut Problems<'_>) -> bool {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => {
            let message = format!(
                "the schema in the manifest of plugin '{}' cannot be used: {error}",
                wired.plugin
            );
            found.error(
                "plugin",
                &["connectors", &wired.name, "plugin"],
                message,
                "the plugin's author has to mend it",
            );
            return false;
        }
    };
    let before = found.diagnostics.len();
    for error in validator.iter_errors(&wired.config) {
        note(wired, schema, &error, found);
    }
    found.diagnostics.len() == before
}

fn note(wired: &ConnectorWiring, schema: &Value, error: &ValidationError<'_>, found: &mut Problems<'_>) {
    let pointer = error.instance_path().to_string();
    let at = |pointer: &str| found.places.config_value(&wired.name, pointer);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = properties(schema, &error.schema_path().to_string());
            for name in unexpected {
                let place = at(&format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")));
                let help = instead(name, known.iter().map(String::as_str), "the plugin takes nothing here");
                let message = format!("plugin '{}' knows no setting '{name}'", wired.plugin);
                found.note(hearken_config::Diagnostic::error("config", message, place), help);
            }
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let message = format!("plugin '{}' needs the setting '{name}'", wired.plugin);
            let help = described(schema, name).unwrap_or_default();
            found.error_at("config", at(&pointer), message, help);
        }
        _ => found.error_at("config", at(&pointer), format!("{}: {error}", shown(&pointer)), ""),
    }
}

fn shown(pointer: &str) -> String {
    if pointer.is_empty() {
        "config".into()
    } else {
        pointer.trim_start_matches('/').replace('/', ".")
    }
}

/// The settings that stand beside the keyword that refused one. The way to it leads through
/// references where a type is used in several places.
fn properties(schema: &Value, keyword: &str) -> Vec<String> {
    let object = keyword.rsplit_once('/').map_or("", |(object, _)| object);
    let mut at = Some(schema);
    for step in object.split('/').skip(1) {
        at = at.and_then(|node| match (step, node.get(step)) {
            ("$ref", Some(Value::String(to))) => schema.pointer(to.trim_start_matches('#')),
            (step, None) => node.get(step.parse::<usize>().ok()?),
            (_, below) => below,
        });
    }
    let listed = at
        .and_then(|node| node.get("properties"))
        .or_else(|| schema.get("properties"));
    listed
        .and_then(Value::as_object)
        .map(|p| p.keys().cloned().collect())
        .unwrap_or_default()
}

fn described(schema: &Value, setting: &str) -> Option<String> {
    schema
        .get("properties")?
        .get(setting)?
        .get("description")?
        .as_str()
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::properties;

    #[test]
    fn the_settings_beside_a_keyword_are_found_through_references() {
        let schema = json!({
            "properties": { "file": {}, "signals": { "items": { "$ref": "#/$defs/Rule" } } },
            "$defs": { "Rule": { "properties": { "kind": {}, "when": {} } } },
        });
        assert_eq!(
            properties(&schema, "/properties/signals/items/$ref/additionalProperties"),
            ["kind", "when"]
        );
        assert_eq!(properties(&schema, "/additionalProperties"), ["file", "signals"]);
    }
}
