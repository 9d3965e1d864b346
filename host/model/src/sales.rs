//! What sales say of somebody who was handed over to them. They have talked to the person, or
//! know them: what they say outranks every scorer.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Belief, BeliefKind, Dated, Instant, Signal, SignalId};

/// For how long somebody is not handed over again of whom sales say that the moment was
/// wrong, and not until when: 30 days.
const WRONG_MOMENT: Duration = Duration::from_secs(30 * 86_400);
/// For how long a concern counts as sales said: 90 days. A role stays.
const CONCERN: Duration = Duration::from_secs(90 * 86_400);

/// What becomes of somebody who was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Sales take them.
    Accepted,
    /// Sales do not want them.
    Rejected,
    /// Sales give them back for a while.
    Recycled,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Rejected, Self::Recycled];

    /// Its word in forms, TOML and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Recycled => "recycled",
        }
    }

    /// The verdict of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.word() == word)
    }

    /// The kind of signal that says it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Accepted => "handover.accepted",
            Self::Rejected => "handover.rejected",
            Self::Recycled => "handover.recycled",
        }
    }

    /// What a signal of such a kind says; none for any other.
    #[must_use]
    pub fn of(signal: &Signal) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.kind() == signal.kind)
    }
}

/// From when on somebody may be handed over again, as sales said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesWord {
    /// What became of it.
    pub verdict: Verdict,
    /// Not before then; none where at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Instant>,
}

impl SalesWord {
    /// What a signal says; none where it is of another kind.
    #[must_use]
    pub fn of(signal: &Signal) -> Option<Self> {
        let verdict = Verdict::of(signal)?;
        let until = signal.text("until").and_then(instant);
        let wrong = signal.properties.get("right_moment") == Some(&Value::Bool(false));
        let not_before = match verdict {
            Verdict::Accepted => None,
            Verdict::Rejected | Verdict::Recycled => until.or_else(|| wrong.then(|| signal.at.after(WRONG_MOMENT))),
        };
        Some(Self { verdict, not_before })
    }
}

/// Who takes somebody, where a signal says that they are taken, and by whom.
pub(crate) fn taker(signal: &Signal) -> Option<String> {
    let by = signal.text("by").map(str::trim).filter(|by| !by.is_empty())?;
    (Verdict::of(signal) == Some(Verdict::Accepted)).then(|| by.to_owned())
}

/// A moment (RFC 3339), or a day: its beginning in UTC.
fn instant(text: &str) -> Option<Instant> {
    let at = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let day: jiff::civil::Date = text.parse().ok()?;
        Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })?;
    Instant::of_timestamp(at)
}

/// What sales say of beliefs that they were given: by `persona/NAME` and `interest/NAME`,
/// whether it is so.
pub(crate) fn corrections(signal: &Signal) -> Vec<(String, bool)> {
    if Verdict::of(signal).is_none() {
        return Vec::new();
    }
    let of = |kind: BeliefKind, name: &str, right: &str| {
        let name = signal.text(name).filter(|name| !name.is_empty())?;
        Some((format!("{kind}/{name}"), signal.properties.get(right)?.as_bool()?))
    };
    let role = of(BeliefKind::Persona, "role", "right_role");
    let concern = of(BeliefKind::Interest, "concern", "right_concern");
    role.into_iter().chain(concern).collect()
}

/// `beliefs` as they are with what sales said, by the labels of [`corrections`]; the heaviest
/// first, as before.
pub(crate) fn corrected(beliefs: Vec<Belief>, said: &BTreeMap<&str, &Dated<bool>>, now: Instant) -> Vec<Belief> {
    let counts = |kind, at: Instant| kind != BeliefKind::Interest || now < at.after(CONCERN);
    let said = said.iter().filter_map(|(label, word)| {
        let (kind, name) = label.split_once('/')?;
        let kind = BeliefKind::from_word(kind)?;
        counts(kind, word.at).then_some((kind, name, *word))
    });
    let (right, wrong): (Vec<_>, Vec<_>) = said.partition(|(.., word)| word.value);
    // Whose role is known has no other, and it is the one that was named last.
    let role = right.iter().filter(|(kind, ..)| *kind == BeliefKind::Persona);
    let role = role
        .max_by_key(|(_, name, word)| (word.at, &word.by, *name))
        .map(|(_, name, _)| *name);
    let is_another = |kind, name: &str| kind == BeliefKind::Persona && role.is_some_and(|role| role != name);
    let mut all: Vec<Belief> = right
        .iter()
        .filter(|(kind, name, _)| !is_another(*kind, name))
        .map(|(kind, name, word)| known(*kind, name, word, now))
        .collect();
    let spoken_of = |belief: &Belief| {
        let mut named = right.iter().chain(&wrong);
        is_another(belief.kind, &belief.name)
            || named.any(|(kind, name, _)| *kind == belief.kind && *name == belief.name)
    };
    all.extend(beliefs.into_iter().filter(|belief| !spoken_of(belief)));
    all
}

fn known(kind: BeliefKind, name: &str, word: &Dated<bool>, now: Instant) -> Belief {
    Belief {
        kind,
        name: name.to_owned(),
        value: 1.0,
        confidence: 1.0,
        at: now,
        evidence: vec![SignalId(word.by.clone())],
        half_life_ms: None,
        reason: "sales say so".into(),
    }
}
