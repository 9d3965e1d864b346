//! What a simulation found, as text and as JSON.

use hearken_engine::{Likeness, Made, Pair, Simulated};
use hearken_model::ActionState;
use serde_json::{Value, json};

use crate::output::{Table, clean, day_and_time, heading, plural};

/// What a simulation found, and how to show it.
pub(super) struct Comparison {
    /// The configuration's files.
    pub(super) configuration: String,
    /// What makes the comparison another than it looks.
    pub(super) notes: Vec<String>,
    pub(super) found: Simulated,
    /// Whether people are named, and not only their ids.
    pub(super) named: bool,
    /// How many rows a table has at most, for people.
    pub(super) limit: usize,
}

/// All that two decisions can be to each other, with its name for people.
const KINDS: [(Likeness, &str); 7] = [
    (Likeness::Same, "told the same"),
    (Likeness::OnlyThen, "told only then"),
    (Likeness::OnlyNow, "told only now"),
    (Likeness::Otherwise, "told something else"),
    (Likeness::AnotherTime, "told at another time"),
    (Likeness::SilentThen, "silence decided only then"),
    (Likeness::SilentNow, "silence decided only now"),
];

impl Comparison {
    fn count(&self, likeness: Likeness) -> usize {
        self.found.pairs.iter().filter(|p| p.likeness() == likeness).count()
    }

    fn differences(&self) -> Vec<&Pair> {
        let pairs = self.found.pairs.iter();
        pairs.filter(|p| p.likeness().is_difference()).collect()
    }

    /// What would have been said.
    fn told(&self) -> Vec<(&Pair, &Made)> {
        let pairs = self.found.pairs.iter();
        pairs
            .filter_map(|p| Some((p, p.now.as_ref().filter(|m| m.speaks())?)))
            .collect()
    }

    fn who<'a>(&self, pair: &'a Pair, id: &'a str) -> &'a str {
        if self.named && !pair.who.is_empty() {
            &pair.who
        } else {
            id
        }
    }

    /// What the numbers alone do not say.
    fn notes(&self) -> Vec<String> {
        let found = &self.found;
        let mut notes = self.notes.clone();
        if found.forgotten > 0 {
            notes.push(format!(
                "{} of what was learned then and is not kept any more: the next that is kept stands in for it",
                plural(usize::try_from(found.forgotten).unwrap_or(usize::MAX), "snapshot")
            ));
        }
        if found.unusable > 0 {
            notes.push(format!(
                "{} of plugins could not be used",
                plural(usize::try_from(found.unusable).unwrap_or(usize::MAX), "answer")
            ));
        }
        if found.broken > 0 {
            notes.push(format!(
                "the log is not whole: {} of people who were joined had to be taken as they were recorded",
                plural(usize::try_from(found.broken).unwrap_or(usize::MAX), "history")
            ));
        }
        notes
    }
}

/// Why somebody is told what they were not, or not told what they were.
fn why(pair: &Pair) -> String {
    match (&pair.then, &pair.now) {
        (Some(then), Some(now)) if now.is_unsayable() && !then.is_unsayable() => {
            "its text cannot be told as it is".to_owned()
        }
        (Some(then), Some(now)) if pair.likeness() == Likeness::AnotherTime => {
            format!("then it was {}: {}", day_and_time(then.at), now.trigger)
        }
        (Some(then), Some(now)) if then.speaks() => now.why_not(then),
        (Some(then), _) if then.speaks() => format!("nothing calls for a decision; then it was {}", then.trigger),
        (Some(then), Some(now)) => format!("{}; then silence: {}", now.reason, then.reason),
        (_, Some(now)) => format!(
            "{}; then nothing called for a decision, now it is {}",
            now.reason, now.trigger
        ),
        _ => String::new(),
    }
}

/// `tell roi-in-numbers email, live`; a silence is a dash.
fn said(made: Option<&Made>) -> String {
    let Some(made) = made.filter(|m| m.speaks()) else {
        return "-".to_owned();
    };
    let what = [made.act.word(), &made.target, &made.channel];
    let what: Vec<&str> = what.into_iter().filter(|word| !word.is_empty()).collect();
    format!("{}, {}", what.join(" "), made.mode.word())
}

fn short(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Same => "same",
        Likeness::OnlyThen => "only then",
        Likeness::OnlyNow => "only now",
        Likeness::Otherwise => "other",
        Likeness::AnotherTime => "other time",
        Likeness::Silent | Likeness::SilentThen | Likeness::SilentNow => "silent",
    }
}

pub(super) fn described(comparison: &Comparison) -> String {
    let found = &comparison.found;
    let mut text = heading(&format!("{} on what was recorded", clean(&comparison.configuration)));
    let span = found.compared.map_or_else(
        || "nothing was recorded in that time".to_owned(),
        |(from, to)| format!("compared from {} to {}", day_and_time(from), day_and_time(to)),
    );
    text.push_str(&format!(
        "{span}; gone through: {} entries of {} people\n",
        found.entries, found.people
    ));
    for note in comparison.notes() {
        text.push_str(&format!("note: {}\n", clean(&note)));
    }
    text.push_str(&told(comparison));
    text.push_str(&differences(comparison));
    text.push('\n');
    text.push_str(&heading("in sum"));
    for (likeness, name) in KINDS {
        text.push_str(&format!("{:>8}  {name}\n", comparison.count(likeness)));
    }
    text + &format!("{:>8}  silent in both\n", found.silent)
}

fn told(comparison: &Comparison) -> String {
    let told = comparison.told();
    let mut text = format!("\n{}", heading("who would have been told what"));
    if told.is_empty() {
        return text + "nobody\n";
    }
    let mut table = Table::new(&["AT", "PROSPECT", "ACT", "WHAT", "MODE", "THEN", "WHY"]);
    for (pair, made) in told.iter().take(comparison.limit) {
        let (at, id) = (day_and_time(made.at), made.prospect.to_string());
        let what = [made.target.as_str(), made.channel.as_str()].join(" ");
        table.row([
            &at,
            comparison.who(pair, &id),
            made.act.word(),
            what.trim_end(),
            made.mode.word(),
            short(pair.likeness()),
            &made.reason,
        ]);
    }
    text.push_str(&table.to_string());
    text + &more(told.len(), comparison.limit)
}

fn differences(comparison: &Comparison) -> String {
    let pairs = comparison.differences();
    let mut text = format!("\n{}", heading("the difference"));
    if pairs.is_empty() {
        return text + "none\n";
    }
    let mut table = Table::new(&["", "AT", "PROSPECT", "THEN", "NOW", "WHY"]);
    for pair in pairs.iter().take(comparison.limit) {
        let Some(made) = pair.now.as_ref().or(pair.then.as_ref()) else {
            continue;
        };
        let (at, id) = (day_and_time(made.at), made.prospect.to_string());
        let (then, now) = (said(pair.then.as_ref()), said(pair.now.as_ref()));
        table.row([
            short(pair.likeness()),
            &at,
            comparison.who(pair, &id),
            &then,
            &now,
            &why(pair),
        ]);
    }
    text.push_str(&table.to_string());
    text + &more(pairs.len(), comparison.limit)
}

fn more(all: usize, limit: usize) -> String {
    match all.saturating_sub(limit) {
        0 => String::new(),
        more => format!("… and {more} more; --limit says how many are shown\n"),
    }
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(comparison: &Comparison) -> Value {
    let found = &comparison.found;
    let told = comparison.told().into_iter().map(|(pair, made)| {
        let mut value = in_short(made);
        value["likeness"] = pair.likeness().word().into();
        named(comparison, pair, value)
    });
    let differences = comparison.differences().into_iter().map(|pair| {
        let made = pair.now.as_ref().or(pair.then.as_ref());
        let value = json!({
            "likeness": pair.likeness().word(),
            "prospect": made.map(|m| m.prospect),
            "then": pair.then.as_ref().map(with_id),
            "now": pair.now.as_ref().map(in_short),
            "why": why(pair),
        });
        named(comparison, pair, value)
    });
    let mut sums = serde_json::Map::new();
    for (likeness, _) in KINDS {
        sums.insert(likeness.word().replace('-', "_"), comparison.count(likeness).into());
    }
    sums.insert("silent".into(), found.silent.into());
    json!({
        "configuration": comparison.configuration,
        "from": found.compared.map(|(from, _)| from.to_string()),
        "to": found.compared.map(|(_, to)| to.to_string()),
        "entries": found.entries,
        "people": found.people,
        "notes": comparison.notes(),
        "told": told.collect::<Vec<_>>(),
        "differences": differences.collect::<Vec<_>>(),
        "sums": sums,
    })
}

fn named(comparison: &Comparison, pair: &Pair, mut value: Value) -> Value {
    if comparison.named {
        value["name"] = pair.who.clone().into();
    }
    value
}

fn in_short(made: &Made) -> Value {
    json!({
        "prospect": made.prospect,
        "at": made.at.to_string(),
        "trigger": made.trigger,
        "act": made.act,
        "target": made.target,
        "channel": made.channel,
        "propensity": made.propensity,
        "reason": made.reason,
        "mode": made.mode,
        "held": made.state == Some(ActionState::Held),
    })
}

/// Of what was recorded: its id leads on, to `hearken decision show`.
fn with_id(made: &Made) -> Value {
    let mut value = in_short(made);
    value["id"] = json!(made.id);
    value
}
