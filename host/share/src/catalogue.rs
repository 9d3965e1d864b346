//! What the catalogue knows of a kind: the names of its properties. None of them is called
//! after a person, so what they hold is judged by value alone.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::Value;

static PROPERTIES: LazyLock<HashMap<&'static str, Vec<String>>> = LazyLock::new(|| {
    let names = |text: &str| -> Vec<String> {
        let schema: Value = serde_json::from_str(text).unwrap_or_default();
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flat_map(|p| p.keys().cloned()).collect()
    };
    hearken_kinds::CATALOGUE
        .iter()
        .map(|(kind, text)| (*kind, names(text)))
        .collect()
});

/// The names of a kind's properties, eight at most; none for a vendor's own kind.
pub(crate) fn properties(kind: &str) -> &'static [String] {
    PROPERTIES.get(kind).map(Vec::as_slice).unwrap_or_default()
}

/// Whether any kind has a property of this name, or one that begins so.
pub(crate) fn has_property(name: &str, begins: bool) -> bool {
    let mut all = PROPERTIES.values().flatten();
    all.any(|property| property == name || begins && property.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_properties_of_a_kind_are_those_of_its_schema() {
        let has = |name: &str| properties("page.viewed").iter().any(|n| n == name);
        assert!(has("referrer") && !has("email"));
        assert!(properties("acme.shipped").is_empty());
    }
}
