//! A TOML value that knows where it was written. All files become one tree of nodes, so
//! that later files extend and override earlier ones while every value keeps its place.

use std::collections::BTreeMap;

use toml::de::{DeArray, DeTable, DeValue};

use crate::{problems::Problems, source::Span};

/// A value, its place, and the place of the key that names it. An item of an array has no
/// key: there it is the item's own place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
    pub(crate) key: Span,
}

/// What is below a table.
pub(crate) type Table = BTreeMap<String, Node>;

/// A TOML value.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Table),
}

impl Value {
    /// What it is, for messages; never its text, which may be a secret.
    pub(crate) const fn describe(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Datetime(_) => "a date or time",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}

impl Node {
    /// An empty table at the beginning of a file.
    pub(crate) fn empty(file: usize) -> Self {
        let span = Span::beginning(file);
        Self {
            value: Value::Table(Table::new()),
            span,
            key: span,
        }
    }

    /// Parses `text`, which begins `offset` bytes into its file. A syntax error is noted
    /// and nothing is returned: what the parser could save of the rest would only bring
    /// problems that are none.
    pub(crate) fn parse(text: &str, file: usize, offset: usize, problems: &mut Problems) -> Option<Self> {
        let at = |range: std::ops::Range<usize>| Span::new(file, range.start + offset..range.end + offset);
        match DeTable::parse(text) {
            Ok(table) => {
                let mut reader = Reader { at: &at, problems };
                let value = Value::Table(reader.table(table.get_ref()));
                Some(Self {
                    value,
                    span: at(0..0),
                    key: at(0..0),
                })
            }
            Err(error) => {
                let range = error.span().unwrap_or(0..0);
                let message = error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or("the TOML cannot be read")
                    .to_owned();
                problems.error("syntax", at(range), message, "");
                None
            }
        }
    }

    /// Lays a later file over this one: tables are joined key by key, all else is replaced.
    /// So is where a secret is read from, because one that had both places would have none.
    pub(crate) fn overlay(&mut self, later: Self) {
        self.overlay_at(&mut Vec::new(), later);
    }

    fn overlay_at(&mut self, path: &mut Vec<String>, later: Self) {
        let whole = matches!(path.as_slice(), [top, _, group, _] if top == "connectors" && group == "secrets");
        match (&mut self.value, later.value) {
            (Value::Table(table), Value::Table(over)) if !whole => {
                for (name, node) in over {
                    let Some(below) = table.get_mut(&name) else {
                        table.insert(name, node);
                        continue;
                    };
                    path.push(name);
                    below.overlay_at(path, node);
                    path.pop();
                }
            }
            (value, over) => {
                *value = over;
                (self.span, self.key) = (later.span, later.key);
            }
        }
    }

    /// The table that it is.
    pub(crate) const fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What stands under a key of a table or at an index of an array.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        match &self.value {
            Value::Table(table) => table.get(name),
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

/// Turns what the parser gives into nodes.
struct Reader<'a> {
    at: &'a dyn Fn(std::ops::Range<usize>) -> Span,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>) -> Table {
        table
            .iter()
            .map(|(key, value)| {
                let key_span = (self.at)(key.span());
                let node = self.node(value.get_ref(), (self.at)(value.span()), key_span);
                (key.get_ref().to_string(), node)
            })
            .collect()
    }

    fn array(&mut self, array: &DeArray<'_>) -> Vec<Node> {
        array
            .iter()
            .map(|item| {
                let span = (self.at)(item.span());
                self.node(item.get_ref(), span, span)
            })
            .collect()
    }

    fn node(&mut self, value: &DeValue<'_>, span: Span, key: Span) -> Node {
        let value = match value {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Integer(digits) => Value::Integer(
                i64::from_str_radix(digits.as_str(), digits.radix()).unwrap_or_else(|_| {
                    let help = format!("write one from {} to {}", i64::MIN, i64::MAX);
                    self.problems
                        .error("number", span, "the integer is out of range".into(), help);
                    0
                }),
            ),
            // TOML's syntax of floats is a part of what `parse` reads.
            DeValue::Float(digits) => Value::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(moment) => Value::Datetime(moment.to_string()),
            DeValue::Array(items) => Value::Array(self.array(items)),
            DeValue::Table(table) => Value::Table(self.table(table)),
        };
        Node { value, span, key }
    }
}
