//! A plan, as text and as JSON.

use std::collections::BTreeMap;

use hearken_engine::{Cause, Fate, Foreseen};
use hearken_model::{Act, ActionId, Instant};
use serde_json::{Value, json};

use super::plan::ByWhat;
use crate::output::{Table, clean, day_and_time, heading, plural};

/// What a change of the configuration would change.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) now: Instant,
    pub(super) old: String,
    pub(super) new: String,
    /// What makes the comparison another than it looks.
    pub(super) notes: Vec<String>,
    /// Everybody who was looked at.
    pub(super) people: u64,
    pub(super) newly: Kind,
    pub(super) newly_waits: Kind,
    pub(super) no_longer: Kind,
    pub(super) otherwise: Kind,
    pub(super) same: Kind,
    pub(super) waits_still: Kind,
    pub(super) silent: Kind,
    /// Of those newly spoken to, by what.
    pub(super) by_what: ByWhat,
    /// Of those newly spoken to, how many were never told anything.
    pub(super) first: u64,
    /// As the new configuration says.
    pub(super) new_people_per_hour: Option<u32>,
    pub(super) open: Open,
}

/// People with whom the same changes.
#[derive(Default)]
pub(super) struct Kind {
    pub(super) people: u64,
    pub(super) examples: Vec<Example>,
}

/// One of them.
pub(super) struct Example {
    /// Who, where that was asked for.
    pub(super) name: Option<String>,
    pub(super) before: Fate,
    pub(super) foreseen: Foreseen,
}

/// Actions that are queued or held.
#[derive(Default)]
pub(super) struct Open {
    pub(super) actions: u64,
    pub(super) released: u64,
    pub(super) released_ids: Vec<ActionId>,
    pub(super) kept: u64,
    pub(super) kept_ids: Vec<ActionId>,
    pub(super) kept_by: BTreeMap<String, u64>,
    pub(super) go_still: u64,
    pub(super) stay: u64,
}

impl Plan {
    /// For how many hours the newly spoken to would come in, as new-people-per-hour lets them.
    fn hours(&self) -> Option<u64> {
        let per_hour = u64::from(self.new_people_per_hour?);
        Some(self.first.div_ceil(per_hour.max(1))).filter(|h| *h > 1)
    }

    fn kinds(&self) -> [(&'static str, &'static str, &Kind); 7] {
        [
            ("newly spoken to", "newly", &self.newly),
            ("newly waiting for a person", "newly_waiting", &self.newly_waits),
            ("no longer spoken to", "no_longer", &self.no_longer),
            ("told something else", "otherwise", &self.otherwise),
            ("told the same", "same", &self.same),
            ("waiting for a person as before", "waiting_still", &self.waits_still),
            ("silence as before", "silent", &self.silent),
        ]
    }
}

pub(super) fn described(plan: &Plan) -> String {
    let title = format!("From {} to {}", plan.old, plan.new);
    let mut text = heading(&clean(&title));
    text.push_str(&format!(
        "as if everybody who is known came at {}; nothing was sent or changed\n\n",
        day_and_time(plan.now)
    ));
    let mut table = Table::new(&["PEOPLE", "", "SUCH AS"]);
    // Whom it would newly speak to is what was asked; of the rest only what there is.
    let told = |(_, key, kind): &(&str, &str, &Kind)| *key == "newly" || kind.people > 0;
    for (words, _, kind) in plan.kinds().into_iter().filter(told) {
        let ids: Vec<String> = kind.examples.iter().take(3).map(Example::id).collect();
        table.row([&kind.people.to_string(), words, &ids.join(", ")]);
    }
    text.push_str(&table.to_string());
    text.push_str(&format!("{} in all\n", people(plan.people)));
    newly(&mut text, plan);
    open(&mut text, &plan.open);
    text.extend(plan.notes.iter().map(|note| format!("\nnote: {}\n", clean(note))));
    text
}

fn people(n: u64) -> String {
    if n == 1 {
        "1 person".into()
    } else {
        format!("{n} people")
    }
}

fn newly(text: &mut String, plan: &Plan) {
    if plan.newly.people == 0 {
        return;
    }
    text.push_str(&format!("\n{}", heading("Newly spoken to, by what")));
    let mut table = Table::new(&["PEOPLE", "ACT", "WHAT", "BY"]);
    for ((act, target, channel), people) in by_size(&plan.by_what) {
        table.row([&people.to_string(), act.word(), target, channel]);
    }
    text.push_str(&table.to_string());
    let mut examples = Table::new(&["SUCH AS", "WHAT", "WHY NOT BEFORE"]);
    for e in &plan.newly.examples {
        let what = format!("{} {} {}", e.foreseen.act, e.foreseen.target, e.foreseen.channel);
        examples.row([&e.id(), what.trim_end(), &because(&e.before)]);
    }
    text.push_str(&format!("\n{examples}"));
    text.push_str(&format!("\n{} of them were never told anything", plan.first));
    if let (Some(per_hour), Some(hours)) = (plan.new_people_per_hour, plan.hours()) {
        text.push_str(&format!(
            "; with new-people-per-hour = {per_hour} that takes {hours} hours or more"
        ));
    }
    text.push('\n');
}

fn open(text: &mut String, open: &Open) {
    if open.actions == 0 {
        return;
    }
    let actions = plural(usize::try_from(open.actions).unwrap_or(usize::MAX), "action");
    text.push_str(&format!("\n{}", heading(&format!("{actions} queued or held now"))));
    let ids = |ids: &[ActionId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let by: Vec<String> = open.kept_by.iter().map(|(gate, n)| format!("{n} by {gate}")).collect();
    let mut table = Table::new(&["ACTIONS", "", "SUCH AS"]);
    table.row([
        &open.released.to_string(),
        "let go by the new one",
        &ids(&open.released_ids),
    ]);
    let kept = if by.is_empty() {
        "kept or ended by the new one".to_owned()
    } else {
        format!("kept or ended by the new one: {}", by.join(", "))
    };
    table.row([&open.kept.to_string(), &kept, &ids(&open.kept_ids)]);
    table.row([&open.go_still.to_string(), "go with either", ""]);
    table.row([&open.stay.to_string(), "stay with either", ""]);
    text.push_str(&table.to_string());
}

fn by_size(all: &ByWhat) -> Vec<(&(Act, String, String), u64)> {
    let mut sorted: Vec<_> = all.iter().map(|(what, n)| (what, *n)).collect();
    sorted.sort_by(|x, y| y.1.cmp(&x.1).then_with(|| x.0.cmp(y.0)));
    sorted
}

impl Example {
    fn id(&self) -> String {
        let id = self.foreseen.prospect.to_string();
        match &self.name {
            Some(name) if !name.is_empty() => format!("{id} ({name})"),
            _ => id,
        }
    }
}

fn because(fate: &Fate) -> String {
    match fate {
        Fate::Goes => String::new(),
        Fate::Waits(Cause { why, .. }) | Fate::Nothing(Cause { why, .. }) => why.clone(),
    }
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(plan: &Plan) -> Value {
    let mut value = json!({
        "now": plan.now.to_string(),
        "old": plan.old,
        "new": plan.new,
        "notes": plan.notes,
        "people": plan.people,
        "never_told_before": plan.first,
        "hours_at_least": plan.hours(),
        "newly_by_what": by_size(&plan.by_what).into_iter().map(|((act, target, channel), people)| {
            json!({ "act": act, "target": target, "channel": channel, "people": people })
        }).collect::<Vec<_>>(),
        "open_actions": {
            "actions": plan.open.actions,
            "released": plan.open.released,
            "released_ids": plan.open.released_ids,
            "kept": plan.open.kept,
            "kept_by": plan.open.kept_by,
            "kept_ids": plan.open.kept_ids,
            "go_with_either": plan.open.go_still,
            "stay_with_either": plan.open.stay,
        },
    });
    if let Some(object) = value.as_object_mut() {
        for (_, key, kind) in plan.kinds() {
            object.insert(key.into(), kind_json(kind));
        }
    }
    value
}

fn kind_json(kind: &Kind) -> Value {
    let examples = kind.examples.iter().map(|e| {
        let mut example = json!({
            "prospect": e.foreseen.prospect,
            "act": e.foreseen.act,
            "target": e.foreseen.target,
            "channel": e.foreseen.channel,
            "before": fate(&e.before),
            "after": fate(&e.foreseen.fate),
        });
        if let (Some(name), Some(object)) = (&e.name, example.as_object_mut()) {
            object.insert("name".into(), name.clone().into());
        }
        example
    });
    json!({ "people": kind.people, "examples": examples.collect::<Vec<_>>() })
}

fn fate(fate: &Fate) -> Value {
    let (word, cause) = match fate {
        Fate::Goes => ("goes", None),
        Fate::Waits(cause) => ("waits", Some(cause)),
        Fate::Nothing(cause) => ("nothing", Some(cause)),
    };
    json!({ "fate": word, "gate": cause.map(|c| &c.gate), "why": cause.map(|c| &c.why) })
}
