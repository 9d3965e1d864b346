//! What is wrong with a configuration, beyond what its schema says: all of it at once.

use std::collections::{BTreeMap, BTreeSet};

use hearken_kinds::CATALOGUE;
use hearken_sdk::Problem;
use hearken_sdk::json;

use crate::{As, Config, SignalRule, Time, Value};

/// What the places of a row hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cells {
    /// Text, whatever it means.
    Text,
    /// Values with a type.
    Typed,
}

impl<F> Config<F> {
    /// The columns that it reads.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<String> {
        let mut all: BTreeSet<String> = self.id.0.iter().cloned().collect();
        let mut add = |column: Option<&str>| all.extend(column.map(str::to_owned));
        add(self.time.column());
        self.identities.values().for_each(|value| add(value.column()));
        for rule in &self.signals {
            add(rule.time.as_ref().and_then(Time::column));
            for (_, value) in rule.values() {
                add(value.column());
            }
            rule.when.keys().for_each(|column| add(Some(column)));
        }
        all
    }

    /// Problems that the schema cannot express.
    #[must_use]
    pub fn problems(&self, cells: Cells) -> Vec<Problem> {
        let mut found = Vec::new();
        time(&self.time, "/time", &mut found);
        if self.identities.is_empty() && self.signals.iter().any(|rule| rule.identities.is_none()) {
            found.push(Problem::new(
                "/identities",
                "name at least one, such as email = \"E-mail\"",
            ));
        }
        values(&self.identities, "/identities", &mut found);
        if self.signals.is_empty() {
            found.push(Problem::new("/signals", "say at least one signal that a row gives"));
        }
        for (place, rule) in self.signals.iter().enumerate() {
            rule.problems(&format!("/signals/{place}"), cells, &mut found);
        }
        found
    }
}

impl SignalRule {
    /// Every value, with its pointer below the rule.
    fn values(&self) -> impl Iterator<Item = (String, &Value)> {
        let single = [("id", &self.id), ("session", &self.session), ("about", &self.about)];
        let answers = self
            .answers
            .iter()
            .flat_map(|a| [("answers/action", &a.action), ("answers/reference", &a.reference)]);
        let single = single
            .into_iter()
            .chain(answers)
            .filter_map(|(name, value)| Some((format!("/{name}"), value.as_ref()?)));
        let identities = self.identities.iter().map(|map| ("identities", map));
        let maps = [
            ("company", &self.company),
            ("properties", &self.properties),
            ("traits", &self.traits),
        ];
        let mapped = identities.chain(maps).flat_map(|(under, map)| {
            map.iter()
                .map(move |(name, value)| (format!("/{under}/{}", escaped(name)), value))
        });
        single.chain(mapped)
    }

    fn problems(&self, pointer: &str, cells: Cells, found: &mut Vec<Problem>) {
        if let Some(when) = &self.time {
            time(when, &format!("{pointer}/time"), found);
        }
        for (name, value) in self.values() {
            value.problem(&format!("{pointer}{name}"), found);
        }
        if self.identities.as_ref().is_some_and(BTreeMap::is_empty) {
            found.push(Problem::new(format!("{pointer}/identities"), "name at least one"));
        }
        match hearken_kinds::schema(&self.kind) {
            Some(schema) => self.against(schema, pointer, cells, found),
            None => found.extend(unknown(&self.kind).map(|why| Problem::new(format!("{pointer}/kind"), why))),
        }
    }

    /// What the catalogue requires of the kind, and which words it has.
    fn against(&self, schema: &str, pointer: &str, cells: Cells, found: &mut Vec<Problem>) {
        // The catalogue's own test reads every schema.
        let schema: json::Value = json::from_str("a schema", schema).unwrap_or_default();
        for required in schema["required"].as_array().into_iter().flatten() {
            let name = required.as_str().unwrap_or_default();
            if !self.properties.contains_key(name) {
                let what = schema["properties"][name]["description"].as_str().unwrap_or_default();
                let message = format!("'{}' needs the property '{name}': {what}", self.kind);
                found.push(Problem::new(pointer, message));
            }
        }
        if !self.traits.is_empty() && schema["properties"].get("traits").is_none() {
            let message = format!("'{}' has no traits; `person.described` has", self.kind);
            found.push(Problem::new(format!("{pointer}/traits"), message));
        }
        for (name, value) in &self.properties {
            let pointer = format!("{pointer}/properties/{}", escaped(name));
            if let Some(why) = misfit(value, cells, &schema["properties"][name]) {
                found.push(Problem::new(pointer, format!("'{name}' of '{}' {why}", self.kind)));
            }
        }
    }
}

impl Value {
    fn problem(&self, pointer: &str, found: &mut Vec<Problem>) {
        let table = &self.0;
        let mut say = |why: &str| found.push(Problem::new(pointer, why));
        match (&table.column, &table.constant) {
            (None, None) => say("say a `column` or a `constant`"),
            (Some(_), Some(_)) => say("it is either a `column` or a `constant`"),
            (None, Some(_)) if *self != Self::of_constant(table.constant.clone()) => {
                say("a `constant` is taken as it is; the other settings are for a `column`");
            }
            _ => {}
        }
        if !table.values.is_empty() && (table.r#as.is_some() || table.factor.is_some()) {
            say("`values` says what the texts mean; leave out `as` and `factor`");
        }
        if table.values.is_empty() && table.otherwise.is_some() {
            say("`otherwise` stands for what `values` does not have; for what is not given write `default`");
        }
        if table.factor.is_some() && matches!(table.r#as, Some(As::Text | As::Boolean)) {
            say("only a number can be multiplied with a `factor`");
        }
    }

    fn of_constant(constant: Option<crate::Scalar>) -> Self {
        Self(crate::value::Table {
            constant,
            ..Default::default()
        })
    }

    /// The values that are written out in the configuration.
    fn written(&self) -> impl Iterator<Item = &json::Value> {
        let table = &self.0;
        let fixed = [&table.constant, &table.otherwise, &table.default];
        fixed
            .into_iter()
            .flatten()
            .chain(table.values.values())
            .map(|scalar| &scalar.0)
    }
}

/// Why a value can never be as its property's schema says.
fn misfit(value: &Value, cells: Cells, schema: &json::Value) -> Option<String> {
    if let Some(words) = schema["enum"].as_array() {
        let known: Vec<&str> = words.iter().filter_map(json::Value::as_str).collect();
        let wrong = value.written().find(|written| !words.contains(written))?;
        return Some(format!("is one of {}, and not {wrong}", known.join(", ")));
    }
    let expected = schema["type"].as_str()?;
    let fits = |value: &json::Value| match expected {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => true,
    };
    if let Some(wrong) = value.written().find(|written| !fits(written)) {
        return Some(format!("is a {expected}, and not {wrong}"));
    }
    let read_as = match (value.0.r#as, value.0.factor) {
        (Some(As::Number), _) | (None, Some(_)) => "number",
        (Some(As::Boolean), _) => "boolean",
        _ if cells == Cells::Typed || value.column().is_none() || !value.0.values.is_empty() => return None,
        _ if expected == "number" || expected == "integer" => {
            return Some(format!("is a {expected}, and a column is text: add as = \"number\""));
        }
        _ if expected == "boolean" => {
            return Some("is true or false, and a column is text: add as = \"boolean\" or `values`".to_owned());
        }
        _ => return None,
    };
    let right = read_as == expected || (read_as == "number" && expected == "integer");
    (!right).then(|| format!("is a {expected}, and is read as a {read_as}"))
}

/// Why a kind that the catalogue does not have is none.
fn unknown(kind: &str) -> Option<String> {
    let Some((thing, happened)) = kind.split_once('.') else {
        return Some(format!(
            "'{kind}' is no kind of signal; they are called like `person.identified`"
        ));
    };
    if thing.is_empty() || happened.is_empty() || kind.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some(format!(
            "'{kind}' is no kind of signal; they are called like `person.identified`"
        ));
    }
    let beside: Vec<&str> = CATALOGUE
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.split_once('.').is_some_and(|(t, _)| t == thing))
        .collect();
    let message = format!("'{kind}' is not in the catalogue; there is {}", beside.join(", "));
    (!beside.is_empty()).then_some(message)
}

fn time(time: &Time, pointer: &str, found: &mut Vec<Problem>) {
    if let Err((key, why)) = time.clock() {
        let pointer = if key.is_empty() {
            pointer.to_owned()
        } else {
            format!("{pointer}/{key}")
        };
        found.push(Problem::new(pointer, why));
    }
}

fn values(all: &BTreeMap<String, Value>, pointer: &str, found: &mut Vec<Problem>) {
    for (name, value) in all {
        value.problem(&format!("{pointer}/{}", escaped(name)), found);
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
