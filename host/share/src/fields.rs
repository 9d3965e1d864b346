//! One person as one connector is shown them: JSON is written as it is read, without what is
//! not shown, and nothing is copied for that.

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Number, Value};

use crate::{
    catalogue,
    known::Known,
    mask::MASK,
    share::{Described, Filter, Share, Showing},
};

/// Numbers of fewer digits tell nobody.
const SHORTEST_NUMBER: u64 = 100_000;
/// A property of the catalogue that holds traits.
const TRAITS: &str = "traits";

/// One person as one connector is shown them.
#[derive(Debug)]
pub struct Shown<'s> {
    pub(crate) share: &'s Share,
    pub(crate) known: Known,
}

impl Share {
    /// A person who is known by `identities`, (scheme, value), and has `traits`.
    #[must_use]
    pub fn shown<'p>(
        &self,
        identities: impl IntoIterator<Item = (&'p str, &'p str)>,
        traits: &Map<String, Value>,
    ) -> Shown<'_> {
        let known = if self.masks() {
            Known::hidden_by(self, identities, traits)
        } else {
            Known::default()
        };
        Shown { share: self, known }
    }
}

impl Shown<'_> {
    /// Whether identities of a scheme are shown.
    #[must_use]
    pub fn shows(&self, scheme: &str) -> bool {
        self.share.shows(scheme)
    }

    /// Traits as JSON text.
    #[must_use]
    pub fn traits(&self, traits: &Map<String, Value>) -> String {
        self.written(traits, Level::Traits)
    }

    /// A signal's properties as JSON text.
    #[must_use]
    pub fn properties(&self, kind: &str, properties: &Value) -> String {
        match properties {
            Value::Object(fields) => self.written(fields, Level::Properties(catalogue::properties(kind))),
            // Nothing else is taken from a source.
            _ => "{}".into(),
        }
    }

    fn written(&self, fields: &Map<String, Value>, level: Level<'_>) -> String {
        let fields = Fields {
            shown: self,
            fields,
            level,
        };
        // Keys are strings and values are JSON's: there is nothing that could not be written.
        serde_json::to_string(&fields).unwrap_or_else(|_| "{}".into())
    }
}

/// Where fields stand, which decides which of them are shown.
#[derive(Clone, Copy)]
enum Level<'a> {
    Traits,
    /// Of a signal, with those that the catalogue has.
    Properties(&'static [String]),
    /// In a property of the catalogue: what it holds nobody has described.
    Undescribed,
    /// In a field called `parent` that is shown as a whole.
    Within {
        parent: &'a str,
        filter: &'a Filter,
    },
}

struct Fields<'a> {
    shown: &'a Shown<'a>,
    fields: &'a Map<String, Value>,
    level: Level<'a>,
}

impl<'a> Fields<'a> {
    fn described(&self, name: &str) -> Described {
        match self.level {
            Level::Properties(catalogue) if catalogue.iter().any(|n| n == name) => Described::Yes,
            _ => Described::No,
        }
    }

    fn showing(&self, name: &str, described: Described) -> Showing {
        let share = self.shown.share;
        match self.level {
            Level::Traits => share.a_trait(name),
            Level::Properties(_) => share.property(described, name),
            Level::Undescribed => share.properties.showing("", name),
            Level::Within { parent, filter } => filter.granted_within(parent, name),
        }
    }

    /// Where the fields of a field stand.
    fn below(&self, name: &'a str, described: Described) -> Level<'a> {
        let share = self.shown.share;
        let filter = match (self.level, described) {
            (_, Described::Yes) if name == TRAITS => return Level::Traits,
            (_, Described::Yes) => return Level::Undescribed,
            (Level::Traits, _) => &share.traits,
            (Level::Properties(_) | Level::Undescribed, _) => &share.properties,
            (Level::Within { filter, .. }, _) => filter,
        };
        Level::Within { parent: name, filter }
    }

    /// A name that nobody has agreed on may hold somebody's.
    fn name(&self, name: &'a str, described: Described) -> Cow<'a, str> {
        let share = self.shown.share;
        let agreed = match self.level {
            Level::Traits => share.traits.asks_by_name(name),
            _ => described == Described::Yes || share.properties.asks_by_name(name),
        };
        if agreed {
            Cow::Borrowed(name)
        } else {
            self.shown.text(name)
        }
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.fields {
            let described = self.described(name);
            match self.showing(name, described) {
                Showing::Hidden => {}
                Showing::AsItIs => map.serialize_entry(name, value)?,
                Showing::Masked => {
                    let value = Masked {
                        shown: self.shown,
                        value,
                        below: self.below(name, described),
                    };
                    map.serialize_entry(&self.name(name, described), &value)?;
                }
            }
        }
        map.end()
    }
}

struct Masked<'a> {
    shown: &'a Shown<'a>,
    value: &'a Value,
    below: Level<'a>,
}

impl Serialize for Masked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { shown, below, .. } = *self;
        match self.value {
            Value::String(text) => serializer.serialize_str(&shown.text(text)),
            Value::Number(number) if shown.tells(number) => serializer.serialize_str(MASK),
            Value::Array(items) => serializer.collect_seq(items.iter().map(|value| Masked { shown, value, below })),
            Value::Object(fields) => Fields {
                shown,
                fields,
                level: below,
            }
            .serialize(serializer),
            value => value.serialize(serializer),
        }
    }
}

impl Shown<'_> {
    /// Whether a number is one of this person: of a phone, or the id of a system.
    fn tells(&self, number: &Number) -> bool {
        let whole = number.as_u64().filter(|n| *n >= SHORTEST_NUMBER);
        whole.is_some_and(|n| self.known.has_number(&n.to_string()))
    }
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
