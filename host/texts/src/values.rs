//! The values that a template can be filled in with.

use std::collections::BTreeMap;

use hearken_model::View;
use serde_json::{Map, Value};

use crate::{clean, names::derived};

/// What is known of a person, by name: traits as they are called where they come from, and
/// `first_name`, `last_name`, `name`, `company`, `language` and `brand` as we read them. What is
/// null or blank is not among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Map<String, Value>);

impl Values {
    /// All that is known of a prospect. Only for an address that somebody vouches for;
    /// others are given [`Values::withheld`].
    #[must_use]
    pub fn known(view: &View, brand: &str) -> Self {
        let mut values: Map<String, Value> = view
            .traits
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), kept(value)?)))
            .collect();
        // Ours are read with more care; where nothing is left of one, a trait of its name
        // is nothing to fall back on.
        for name in crate::names::DERIVED {
            values.remove(name);
        }
        values.extend(derived(view));
        Self(values).with_brand(brand)
    }

    /// What can be said to an address that only claims to be somebody's: nothing personal.
    #[must_use]
    pub fn withheld(brand: &str) -> Self {
        Self::default().with_brand(brand)
    }

    fn with_brand(mut self, brand: &str) -> Self {
        if let Some(brand) = kept(&Value::from(brand)) {
            self.0.insert("brand".into(), brand);
        }
        self
    }

    /// For a template, with what the story falls back on.
    pub(crate) fn context(&self, fallbacks: &BTreeMap<String, String>) -> minijinja::Value {
        let fallbacks = fallbacks
            .iter()
            .filter(|(name, _)| !self.0.contains_key(*name))
            .map(|(name, text)| (name.as_str(), minijinja::Value::from(text.as_str())));
        let known = self.0.iter().map(|(name, value)| (name.as_str(), for_templates(value)));
        minijinja::Value::from_pairs(known.chain(fallbacks))
    }
}

/// A value as the template engine has it.
pub(crate) fn for_templates(value: &Value) -> minijinja::Value {
    match value {
        Value::Null => ().into(),
        Value::Bool(it) => (*it).into(),
        Value::Number(it) => match (it.as_i64(), it.as_u64()) {
            (Some(it), _) => it.into(),
            (_, Some(it)) => it.into(),
            _ => it.as_f64().unwrap_or(f64::NAN).into(),
        },
        Value::String(it) => it.as_str().into(),
        Value::Array(items) => items.iter().map(for_templates).collect::<Vec<_>>().into(),
        Value::Object(fields) => {
            minijinja::Value::from_pairs(fields.iter().map(|(name, it)| (name.as_str(), for_templates(it))))
        }
    }
}

/// A value without what is null or blank in it; nothing where nothing is left.
fn kept(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(clean(text)).filter(|text| !text.is_empty()).map(Value::String),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(kept).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields.iter().filter_map(|(n, v)| Some((n.clone(), kept(v)?))).collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Bool(_) | Value::Number(_) => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use hearken_model::{Instant, ProspectId};
    use serde_json::json;

    use super::*;

    fn view(traits: Value) -> View {
        let Value::Object(traits) = traits else {
            panic!("traits are an object")
        };
        View {
            traits,
            company: Some("Acme\nInc.".into()),
            ..View::empty(ProspectId::from_u64(1), Instant(0))
        }
    }

    #[test]
    fn what_is_null_or_blank_is_not_among_the_values() {
        let traits = json!({"a": null, "b": " \u{200b}\n", "c": [null, ""], "d": {"e": "", "f": 1}, "g": false, "name": "Ada Lovelace"});
        let expected = json!({"d": {"f": 1}, "g": false, "name": "Ada Lovelace", "first_name": "Ada", "company": "Acme Inc.", "brand": "Acme"});
        assert_eq!(Value::Object(Values::known(&view(traits), "Acme").0), expected);
    }

    #[test]
    fn a_trait_that_is_no_name_does_not_stand_in_for_one() {
        let values = Values::known(
            &view(json!({"first_name": "https://evil.example", "brand": "Evil"})),
            "Acme",
        );
        assert_eq!(
            Value::Object(values.0),
            json!({"company": "Acme Inc.", "brand": "Acme"})
        );
    }

    #[test]
    fn to_an_address_that_is_only_claimed_nothing_personal_is_said() {
        assert_eq!(Value::Object(Values::withheld("Acme").0), json!({"brand": "Acme"}));
    }
}
