//! The names of the columns, and where each stands.

use std::collections::HashMap;

use hearken_sdk::Failure;
use mapping::Mapping;

use crate::text::Fields;

/// The names of the columns in their order, and where those stand that are read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Header {
    pub(crate) names: Vec<String>,
    pub(crate) places: HashMap<String, usize>,
}

impl Header {
    /// Looks up what the mapping reads.
    ///
    /// # Errors
    /// Of class `config`, where a column is missing or there are two of its name.
    pub(crate) fn new(names: Vec<String>, mapping: &Mapping) -> Result<Self, Failure> {
        let mut places = HashMap::new();
        let mut missing = Vec::new();
        for column in mapping.columns() {
            let mut found = names
                .iter()
                .enumerate()
                .filter(|(_, name)| *name == column)
                .map(|(at, _)| at);
            match (found.next(), found.next()) {
                (Some(at), None) => {
                    places.insert(column.clone(), at);
                }
                (Some(_), Some(_)) => {
                    let why = format!("two columns are called '{column}', so it is not clear which is meant");
                    return Err(Failure::config(why));
                }
                (None, _) => missing.push(column.as_str()),
            }
        }
        if missing.is_empty() {
            return Ok(Self { names, places });
        }
        Err(Failure::config(format!(
            "nothing was read, because its header has no {}; it has {}{}",
            quoted(missing.into_iter()),
            quoted(names.iter().map(String::as_str)),
            hint(&names)
        )))
    }

    /// The names that a header line says: without the white space around them.
    pub(crate) fn names_of(fields: &Fields) -> Vec<String> {
        fields.iter().map(|name| name.trim().to_owned()).collect()
    }
}

/// What may be the matter with a header of one column.
fn hint(names: &[String]) -> String {
    let [one] = names else {
        return String::new();
    };
    let other = [(';', ";"), ('\t', "tab"), ('|', "|"), (',', ",")];
    let found = other.into_iter().find(|(letter, _)| one.contains(*letter));
    found.map_or_else(String::new, |(_, name)| {
        format!("; file.delimiter = \"{name}\" may read it")
    })
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.take(50).map(|name| format!("'{name}'")).collect();
    names.join(", ")
}
