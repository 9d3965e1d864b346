//! Everything that is kept of a person, as they may ask for it: the rows that erasing
//! deletes, by table, with the columns' names.

use hearken_model::ProspectId;
use rusqlite::{Row, types::ValueRef};
use serde_json::{Map, Value};

use super::{
    mentions::Mentions,
    person::{Person, Rows, profiles_of},
    readers::Reading,
    values::{Text, int},
};
use crate::StoreError;

/// Rows that name somebody in a text: dead letters, calls, answers to requests.
type Mentioning = (Vec<i64>, Vec<i64>, Vec<(String, Vec<u8>)>);

const LETTERS: &str = "SELECT id, payload, why, place FROM dead_letter";
const CALLS: &str = "SELECT id, path, why, '' FROM egress";

/// Rows of the tables whose columns say nothing of whom they are about.
pub(super) fn mentioning(rows: &mut impl Rows, mentions: &Mentions) -> Result<Mentioning, StoreError> {
    let texts = |row: &Row<'_>| {
        let is_in = |column: usize| -> rusqlite::Result<bool> { Ok(mentions.is_in(row.get_ref(column)?.as_str()?)) };
        Ok((is_in(1)? || is_in(2)? || is_in(3)?).then_some(row.get::<_, i64>(0)?))
    };
    let letters = rows.rows(LETTERS, &[], texts)?.into_iter().flatten().collect();
    let calls = rows.rows(CALLS, &[], texts)?.into_iter().flatten().collect();
    let answers = rows.rows(
        "SELECT connector, digest, headers, body FROM webhook_answer",
        &[],
        |row| {
            let body: Vec<u8> = row.get(3)?;
            let found = mentions.is_in(row.get_ref(2)?.as_str()?) || mentions.is_in(&String::from_utf8_lossy(&body));
            Ok(found.then_some((row.get(0)?, row.get(1)?)))
        },
    )?;
    Ok((letters, calls, answers.into_iter().flatten().collect()))
}

/// The tables, by what their rows are found by.
const BY_PROSPECT: &[(&str, &str)] = &[
    (
        "prospect",
        "SELECT * FROM prospect WHERE id IN (SELECT value FROM json_each(?1))",
    ),
    (
        "timer",
        "SELECT * FROM timer WHERE prospect IN (SELECT value FROM json_each(?1))",
    ),
    (
        "new_person",
        "SELECT * FROM new_person WHERE prospect IN (SELECT value FROM json_each(?1))",
    ),
    (
        "dead_letter",
        "SELECT * FROM dead_letter WHERE prospect IN (SELECT value FROM json_each(?1))",
    ),
];
const BY_PROFILE: &[(&str, &str)] = &[
    (
        "profile",
        "SELECT * FROM profile WHERE id IN (SELECT value FROM json_each(?1))",
    ),
    (
        "link",
        "SELECT * FROM link WHERE a IN (SELECT value FROM json_each(?1)) OR b IN (SELECT value FROM json_each(?1))",
    ),
    (
        "seen",
        "SELECT * FROM seen WHERE signal IN (SELECT signal FROM entry WHERE profile IN \
         (SELECT value FROM json_each(?1)))",
    ),
    (
        "entry",
        "SELECT * FROM entry WHERE profile IN (SELECT value FROM json_each(?1)) ORDER BY received, partition, seq",
    ),
];
const BY_ACTION: &[(&str, &str)] = &[
    (
        "action",
        "SELECT * FROM action WHERE id IN (SELECT value FROM json_each(?1))",
    ),
    (
        "attempt",
        "SELECT * FROM attempt WHERE action IN (SELECT value FROM json_each(?1))",
    ),
    (
        "passage",
        "SELECT * FROM passage WHERE action IN (SELECT value FROM json_each(?1))",
    ),
    (
        "claim",
        "SELECT * FROM claim WHERE action IN (SELECT value FROM json_each(?1))",
    ),
    (
        "egress",
        "SELECT * FROM egress WHERE substr(item, 1, 16) IN (SELECT value FROM json_each(?1))",
    ),
];
const BY_NUMBER: &[(&str, &str)] = &[
    (
        "dead_letter",
        "SELECT * FROM dead_letter WHERE id IN (SELECT value FROM json_each(?1))",
    ),
    (
        "egress",
        "SELECT * FROM egress WHERE id IN (SELECT value FROM json_each(?1))",
    ),
];

impl Reading<'_> {
    /// Everything of a prospect; none where nobody has the id.
    pub(super) fn everything_of(&self, prospect: ProspectId) -> Result<Option<Map<String, Value>>, StoreError> {
        let mut rows = self;
        let profiles = profiles_of(&mut rows, prospect)?;
        if profiles.is_empty() {
            return Ok(None);
        }
        let person = Person::find(&mut rows, &profiles)?;
        let (decisions, actions) = person.decided(&mut rows)?;
        let mut all = Collected::default();
        for (table, sql) in BY_PROFILE {
            all.add(table, self.all(sql, &[&person.profile_ids()], as_object)?);
        }
        for (table, sql) in BY_PROSPECT {
            all.add(table, self.all(sql, &[&person.prospect_ids()], as_object)?);
        }
        self.logs(&person, &mut all)?;
        let decided = "SELECT * FROM decision WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY at";
        all.add("decision", self.all(decided, &[&decisions], as_object)?);
        for (table, sql) in BY_ACTION {
            all.add(table, self.all(sql, &[&actions], as_object)?);
        }
        self.named_in_texts(&person, &mut all)?;
        Ok(Some(all.0))
    }

    /// What stands in the logs beside signals.
    fn logs(&self, person: &Person, all: &mut Collected) -> Result<(), StoreError> {
        let log = "SELECT * FROM entry WHERE partition = ?1 AND prospect = ?2 AND (profile IS NULL OR profile NOT IN \
                   (SELECT value FROM json_each(?3))) ORDER BY seq, step";
        for prospect in &person.prospects {
            let (partition, id) = (prospect.partition().0, Text(*prospect));
            all.add(
                "entry",
                self.all(log, &[&partition, &id, &person.profile_ids()], as_object)?,
            );
        }
        let joint = "SELECT * FROM entry WHERE partition = ?1 AND prospect = ?2 AND seq <= ?3 \
                     AND kind IN ('assessed', 'missed', 'decided', 'stage', 'delivery') ORDER BY seq, step";
        for (prospect, parted) in &person.shared {
            let (partition, id) = (prospect.partition().0, Text(*prospect));
            all.add("entry", self.all(joint, &[&partition, &id, &int(*parted)], as_object)?);
        }
        Ok(())
    }

    fn named_in_texts(&self, person: &Person, all: &mut Collected) -> Result<(), StoreError> {
        let mut rows = self;
        let (letters, calls, answers) = mentioning(&mut rows, &Mentions::of(person.profiles.values()))?;
        for ((table, sql), numbers) in BY_NUMBER.iter().zip([letters, calls]) {
            let numbers = Value::from(numbers).to_string();
            all.add(table, self.all(sql, &[&numbers], as_object)?);
        }
        let answered = "SELECT * FROM webhook_answer WHERE connector = ?1 AND digest = ?2";
        for (connector, digest) in answers {
            all.add("webhook_answer", self.all(answered, &[&connector, &digest], as_object)?);
        }
        let suppressed = "SELECT * FROM suppression WHERE scheme = ?1 AND value = ?2";
        for identity in person.profiles.values() {
            all.add(
                "suppression",
                self.all(suppressed, &[&identity.scheme, &identity.value], as_object)?,
            );
        }
        Ok(())
    }
}

/// Rows by table; what is found in two ways is there once.
#[derive(Default)]
struct Collected(Map<String, Value>);

impl Collected {
    fn add(&mut self, table: &str, rows: Vec<Value>) {
        let all = self.0.entry(table).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(all) = all {
            let begin = all.len();
            let fresh: Vec<Value> = rows.into_iter().filter(|r| !all[..begin].contains(r)).collect();
            all.extend(fresh);
        }
    }
}

/// A row as an object. Texts that are JSON objects or lists are unpacked; bytes are told as
/// text where they are, else in hex.
fn as_object(row: &Row<'_>) -> rusqlite::Result<Value> {
    let mut object = Map::new();
    let statement: &rusqlite::Statement<'_> = row.as_ref();
    for (i, name) in statement.column_names().enumerate() {
        let value = match row.get_ref(i)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(n) => n.into(),
            ValueRef::Real(x) => x.into(),
            ValueRef::Text(text) => unpacked(&String::from_utf8_lossy(text)),
            ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => unpacked(text),
                Err(_) => bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into(),
            },
        };
        object.insert(name.to_owned(), value);
    }
    Ok(Value::Object(object))
}

fn unpacked(text: &str) -> Value {
    let structured = text.starts_with('{') || text.starts_with('[');
    match serde_json::from_str(text) {
        Ok(value) if structured => value,
        _ => text.into(),
    }
}
