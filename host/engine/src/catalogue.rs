//! The kinds of signals that everybody agrees on, and what each may say.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::Value;

use crate::EngineError;

/// What a kind is for, as its schema's `x-hearken` says.
struct Kind {
    schema: Validator,
    role: String,
    /// Whether it is a turn of a conversation.
    spoken: bool,
}

/// All kinds of the catalogue, ready to check signals against.
pub(crate) struct Catalogue {
    kinds: HashMap<String, Kind>,
}

impl Catalogue {
    /// Compiles the schemas that this build contains.
    pub(crate) fn load() -> Result<Self, EngineError> {
        let mut kinds = HashMap::new();
        for (kind, text) in hearken_kinds::CATALOGUE {
            let wrong = |why: String| EngineError::Catalogue {
                kind: (*kind).into(),
                why,
            };
            let json: Value = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
            let role = json
                .pointer("/x-hearken/role")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let schema = jsonschema::validator_for(&json).map_err(|e| wrong(e.to_string()))?;
            let spoken = json.pointer("/x-hearken/speaker").is_some();
            kinds.insert((*kind).to_owned(), Kind { schema, role, spoken });
        }
        Ok(Self { kinds })
    }

    /// What is wrong with a signal of `kind` that has `properties`: in one sentence with
    /// the place. A kind outside the catalogue must be a vendor's, `vendor.something`,
    /// under a prefix that the catalogue does not use.
    pub(crate) fn check(&self, kind: &str, properties: &Value) -> Result<(), String> {
        let Some(known) = self.kinds.get(kind) else {
            return self.check_foreign(kind);
        };
        match known.schema.iter_errors(properties).next() {
            None => Ok(()),
            Some(e) => Err(format!("'{kind}' at '/properties{}': {e}", e.instance_path())),
        }
    }

    fn check_foreign(&self, kind: &str) -> Result<(), String> {
        let Some((prefix, rest)) = kind.split_once('.') else {
            return Err(format!(
                "'{kind}' is no kind of signal: neither of the catalogue nor 'vendor.something'"
            ));
        };
        if prefix.is_empty()
            || rest.is_empty()
            || kind.len() > 128
            || kind.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err("a kind of signal is 'vendor.something', without spaces, at most 128 bytes".into());
        }
        let taken = self
            .kinds
            .keys()
            .filter_map(|k| k.split_once('.'))
            .any(|(p, _)| p == prefix);
        if taken {
            let near: Vec<&str> = self
                .kinds
                .keys()
                .map(String::as_str)
                .filter(|k| k.starts_with(prefix))
                .collect();
            let mut near = near;
            near.sort_unstable();
            return Err(format!(
                "'{kind}' is not in the catalogue; under '{prefix}' it has {}",
                near.join(", ")
            ));
        }
        Ok(())
    }

    /// Whether it is something that somebody was seen doing, as opposed to what they say or
    /// allow. What is in no catalogue is.
    pub(crate) fn is_observed(&self, kind: &str) -> bool {
        self.kinds.get(kind).is_none_or(|k| k.role == "behaviour" && !k.spoken)
    }

    /// Whether what anybody can send (a public key is in every page) may say this: what a
    /// visitor does and calls itself, never consent, responses or outcomes.
    pub(crate) fn may_be_public(&self, kind: &str) -> bool {
        self.kinds
            .get(kind)
            .is_none_or(|k| matches!(k.role.as_str(), "behaviour" | "identification"))
    }
}

/// Whether a kind is among `patterns`: a trailing `*` stands for any rest.
pub(crate) fn matches(patterns: &[String], kind: &str) -> bool {
    patterns
        .iter()
        .any(|p| p.strip_suffix('*').map_or(p == kind, |prefix| kind.starts_with(prefix)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_property_of_the_wrong_type_is_named_with_its_place() {
        let catalogue = Catalogue::load().expect("the catalogue compiles");
        let why = catalogue
            .check("page.left", &json!({ "dwell_ms": "long" }))
            .expect_err("not a number");
        assert!(why.contains("/properties/dwell_ms"), "{why}");
    }

    #[test]
    fn a_misspelt_kind_of_the_catalogue_is_refused_with_those_there_are() {
        let catalogue = Catalogue::load().expect("the catalogue compiles");
        let why = catalogue.check("page.vieved", &json!({})).expect_err("misspelt");
        assert!(why.contains("page.viewed"), "{why}");
        assert!(
            catalogue.check("acme.shipped", &json!({})).is_ok(),
            "a vendor's own kind passes"
        );
    }

    #[test]
    fn nothing_public_reports_consent_responses_or_outcomes() {
        let catalogue = Catalogue::load().expect("the catalogue compiles");
        for kind in [
            "consent.granted",
            "message.replied",
            "deal.won",
            "handover.accepted",
            "lifecycle.changed",
        ] {
            assert!(!catalogue.may_be_public(kind), "{kind}");
        }
        for kind in ["page.viewed", "form.submitted", "person.identified"] {
            assert!(catalogue.may_be_public(kind), "{kind}");
        }
    }
}
