//! From a row to its signals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hearken_sdk::json::{self, Map};
use hearken_sdk::{Identity, Instant, Signal};

use crate::id::{self, Ids};
use crate::record::Reading;
use crate::time::Clock;
use crate::{Config, Decimal, Record, SignalRule, Value};

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The line on which it begins, from 1.
    pub line: u64,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}", self.file, self.line)
    }
}

/// What rows mean, ready to be used.
#[derive(Clone, Debug)]
pub struct Mapping {
    empty: Vec<String>,
    decimal: Decimal,
    id: Vec<String>,
    clock: Clock,
    identities: BTreeMap<String, Value>,
    rules: Vec<Rule>,
    columns: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Rule {
    written: SignalRule,
    clock: Option<Clock>,
}

impl Mapping {
    /// Makes a configuration ready.
    ///
    /// # Errors
    /// What is wrong with its times; [`Config::problems`] says all that is wrong.
    pub fn new<F>(config: &Config<F>) -> Result<Self, String> {
        let told = |(key, why): (&str, String)| format!("time.{key}: {why}");
        let rule = |written: &SignalRule| {
            let clock = written.time.as_ref().map(|time| time.clock()).transpose();
            Ok(Rule {
                clock: clock.map_err(told)?,
                written: written.clone(),
            })
        };
        Ok(Self {
            empty: config.empty.clone(),
            decimal: config.decimal,
            id: config.id.0.clone(),
            clock: config.time.clock().map_err(told)?,
            identities: config.identities.clone(),
            rules: config.signals.iter().map(rule).collect::<Result<_, String>>()?,
            columns: config.columns(),
        })
    }

    /// The columns that it reads.
    #[must_use]
    pub fn columns(&self) -> &BTreeSet<String> {
        &self.columns
    }

    /// The signals that a row gives, which may be none. `raw` is all of its text.
    ///
    /// # Errors
    /// Why the row cannot be taken: then none of its signals is.
    pub fn signals(&self, place: Place<'_>, raw: &[u8], record: &dyn Record) -> Result<Vec<Signal>, String> {
        let row = Reading {
            record,
            empty: &self.empty,
            decimal: self.decimal,
        };
        let holds = |rule: &&Rule| rule.written.when.iter().all(|(column, test)| test.holds(&row, column));
        let mut rules = self.rules.iter().filter(holds).peekable();
        if rules.peek().is_none() {
            return Ok(Vec::new());
        }
        let row_id = match self.id.as_slice() {
            [] => id::by_content(&place, raw),
            columns => id::by_columns(columns, &row)?,
        };
        let mut ids = Ids::new(row_id);
        rules.map(|rule| self.signal(rule, &mut ids, place, &row)).collect()
    }

    fn signal(&self, rule: &Rule, ids: &mut Ids, place: Place<'_>, row: &Reading<'_>) -> Result<Signal, String> {
        let written = &rule.written;
        let text = |value: &Option<Value>| match value {
            Some(value) => value.text_of(row),
            None => Ok(None),
        };
        // Counted also where the signal has an id of its own: other rules' ids stay.
        let counted = ids.next(&written.kind);
        let id = text(&written.id)?.map_or(counted, |id| id::short(&id).into_owned());
        let at: Instant = rule.clock.as_ref().unwrap_or(&self.clock).of(row)?;
        let properties = properties(written, row)?;
        let mut signal = Signal::vendor(id, at, written.kind.as_str(), &properties).map_err(|f| f.message)?;
        signal.identities = identities(written.identities.as_ref().unwrap_or(&self.identities), row)?;
        for (scheme, value) in &written.company {
            if let Some(name) = value.text_of(row)?
                && signal.company.is_none()
            {
                signal.company = Some(Identity::new(scheme, name));
            }
        }
        signal.session = text(&written.session)?;
        signal.about = text(&written.about)?;
        if let Some(answers) = &written.answers {
            if let Some(action) = text(&answers.action)? {
                signal = signal.answers_action(action);
            }
            if let Some(reference) = text(&answers.reference)? {
                signal = signal.answers_reference(reference);
            }
        }
        Ok(signal.found_at(place.to_string()))
    }
}

fn properties(written: &SignalRule, row: &Reading<'_>) -> Result<Map<String, json::Value>, String> {
    let mut properties = given(&written.properties, row)?;
    if !written.traits.is_empty() {
        properties.insert("traits".to_owned(), given(&written.traits, row)?.into());
    }
    Ok(properties)
}

fn given(values: &BTreeMap<String, Value>, row: &Reading<'_>) -> Result<Map<String, json::Value>, String> {
    let mut all = Map::new();
    for (name, value) in values {
        if let Some(value) = value.of(row)? {
            all.insert(name.clone(), value);
        }
    }
    Ok(all)
}

fn identities(written: &BTreeMap<String, Value>, row: &Reading<'_>) -> Result<Vec<Identity>, String> {
    let mut found = Vec::new();
    for (scheme, value) in written {
        if let Some(value) = value.text_of(row)? {
            found.push(Identity::new(scheme, value));
        }
    }
    if found.is_empty() {
        let columns: Vec<&str> = written.values().filter_map(Value::column).collect();
        return Err(format!("it names nobody: nothing is given in {}", columns.join(", ")));
    }
    Ok(found)
}
