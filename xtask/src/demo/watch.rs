//! Looking over the daemon's shoulder, by the same commands that people use.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{cast::Person, daemon::Program, face::Face};

/// More than the demo ever makes.
const MOST: &str = "10000";

/// One decision.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Decision {
    pub(super) id: String,
    pub(super) prospect: String,
    pub(super) act: String,
    pub(super) target: String,
    pub(super) channel: String,
    pub(super) reason: String,
}

/// A decision as it is, with everything that could have been.
#[derive(Deserialize)]
struct Record {
    alternatives: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    act: String,
    weight: f64,
    #[serde(default)]
    forbidden: Vec<Gate>,
}

#[derive(Deserialize)]
struct Gate {
    why: String,
}

/// A decision that was not known before, about one of the cast.
pub(super) struct News {
    pub(super) person: usize,
    pub(super) decision: Decision,
}

/// What has been seen so far.
pub(super) struct Watch<'a> {
    program: &'a Program,
    cast: &'a [Person],
    seen: BTreeSet<String>,
    /// Which of the cast a prospect is.
    persons: BTreeMap<String, usize>,
    /// Each one's decisions, the earliest first.
    pub(super) decisions: BTreeMap<usize, Vec<Decision>>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(program: &'a Program, cast: &'a [Person]) -> Self {
        Self {
            program,
            cast,
            seen: BTreeSet::new(),
            persons: BTreeMap::new(),
            decisions: BTreeMap::new(),
        }
    }

    /// Decisions made since the last look, the earliest first.
    pub(super) fn look(&mut self) -> Result<Vec<News>> {
        let listed = self
            .program
            .ask(&["decision", "list", "--since", "1h", "--limit", MOST])?;
        let mut listed: Vec<Decision> = serde_json::from_value(listed).context("reading the list of decisions")?;
        listed.reverse();
        let mut news = Vec::new();
        for decision in listed {
            if self.seen.contains(&decision.id) {
                continue;
            }
            self.seen.insert(decision.id.clone());
            if let Some(person) = self.person(&decision.prospect)? {
                self.decisions.entry(person).or_default().push(decision.clone());
                news.push(News { person, decision });
            }
        }
        Ok(news)
    }

    /// One of the cast.
    pub(super) fn of(&self, person: usize) -> Option<&'a Person> {
        self.cast.get(person)
    }

    /// What is made of one of the cast now; none where nothing of them arrived yet.
    pub(super) fn face(&self, person: usize) -> Result<Option<Face>> {
        let Some((prospect, _)) = self.persons.iter().rev().find(|(_, p)| **p == person) else {
            return Ok(None);
        };
        self.show(prospect).map(Some)
    }

    /// Why a decision is silence: what forbade the choice for which most spoke, else what
    /// the router said.
    pub(super) fn why_silent(&self, decision: &Decision) -> Result<String> {
        let record = self.program.ask(&["decision", "show", &decision.id])?;
        let record: Record = serde_json::from_value(record).context("reading a decision's record")?;
        let wished = record
            .alternatives
            .iter()
            .filter(|a| a.act != "hold" && !a.forbidden.is_empty())
            .max_by(|a, b| a.weight.total_cmp(&b.weight));
        let stronger = |wished: &Alternative| {
            record
                .alternatives
                .iter()
                .filter(|a| a.act == "hold")
                .all(|hold| hold.weight <= wished.weight)
        };
        let why = wished
            .filter(|w| stronger(w))
            .and_then(|w| w.forbidden.first())
            .map(|gate| gate.why.clone());
        Ok(why.unwrap_or_else(|| decision.reason.clone()))
    }

    fn person(&mut self, prospect: &str) -> Result<Option<usize>> {
        if let Some(person) = self.persons.get(prospect) {
            return Ok(Some(*person));
        }
        let person = self.show(prospect)?.of(self.cast);
        if let Some(person) = person {
            self.persons.insert(prospect.to_owned(), person);
        }
        Ok(person)
    }

    fn show(&self, prospect: &str) -> Result<Face> {
        let shown = self.program.ask(&["prospect", "show", prospect])?;
        serde_json::from_value(shown).with_context(|| format!("reading what is known of prospect {prospect}"))
    }
}
