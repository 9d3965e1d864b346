//! Which stories there are for whom: by persona and stage.

use hearken_config::Wiring;
use hearken_model::{Lifecycle, Story};
use serde_json::{Value, json};

use crate::output::{Table, clean, heading};

/// The stages in which there is something to tell.
const STAGES: [Lifecycle; 4] = [
    Lifecycle::Visitor,
    Lifecycle::Lead,
    Lifecycle::Qualified,
    Lifecycle::Recycled,
];

/// What can be told to whom. A person of no persona is told what is for everybody.
pub(super) struct Coverage<'w> {
    rows: Vec<(&'w str, [Vec<&'w str>; 4])>,
}

impl<'w> Coverage<'w> {
    pub(super) fn of(wiring: &'w Wiring) -> Self {
        let told: Vec<&Story> = wiring.stories.iter().filter(|story| story.confirms.is_none()).collect();
        let row = |persona: &'w str| {
            let eligible = |stage| {
                let all = told.iter().filter(|story| story.is_for(persona, stage));
                all.map(|story| story.id.as_str()).collect()
            };
            (persona, STAGES.map(eligible))
        };
        Self {
            rows: wiring.vocabulary.personas.keys().map(|persona| row(persona)).collect(),
        }
    }

    /// A table, and where nothing or only one story is ever told; empty where there are no
    /// personas or no stories.
    pub(super) fn described(&self) -> String {
        let some = self
            .rows
            .iter()
            .any(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
        if !some {
            return String::new();
        }
        let mut table = Table::new(&["STORIES FOR", "VISITOR", "LEAD", "QUALIFIED", "RECYCLED"]);
        for (persona, cells) in &self.rows {
            let [visitor, lead, qualified, recycled] = cells.each_ref().map(|cell| cell.len().to_string());
            table.row([persona, &visitor, &lead, &qualified, &recycled]);
        }
        let mut text = format!("{}{table}", heading("what can be told to whom"));
        for (persona, cells) in &self.rows {
            let few = STAGES
                .iter()
                .zip(cells)
                .filter_map(|(stage, cell)| match cell.as_slice() {
                    [] => Some(format!("{stage}: nothing")),
                    [only] => Some(format!("{stage}: only '{}'", clean(only))),
                    _ => None,
                });
            let few: Vec<String> = few.collect();
            if !few.is_empty() {
                text.push_str(&format!("{} has no choice as {}\n", clean(persona), few.join(", ")));
            }
        }
        text
    }

    pub(super) fn as_json(&self) -> Value {
        let cells = self.rows.iter().flat_map(|(persona, cells)| {
            let of_stage = |(stage, stories): (&Lifecycle, &Vec<&str>)| json!({ "persona": persona, "stage": stage, "stories": stories });
            STAGES.iter().zip(cells).map(of_stage).collect::<Vec<_>>()
        });
        cells.collect()
    }
}
