//! From a router's choices to one decision: gates, renormalised weights, one draw from a
//! recorded seed. Everything that it reads is in [`Facts`], which the record keeps, so that
//! a decision made again from its record is the same decision.

use std::{collections::BTreeMap, time::Duration};

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde::{Deserialize, Serialize};

mod gates;

pub use gates::{attempt_gates, consent, gates};

use crate::{Act, Alternative, Choice, Colleagues, ConsentStatus, Floor, Instant, Mode, Owner, Policy, Scope, StoryId};

/// An identity that a channel reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// The channel.
    pub channel: String,
    /// The sink that serves it.
    pub sink: String,
    /// The address.
    pub value: String,
    /// Whether somebody vouches for it.
    pub verified: bool,
    /// Why it cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unusable: Option<String>,
    /// Whether it is a page that they look at now. Nothing is sent there: whoever reads it is
    /// whoever is there, so a claim will do, and nothing personal is said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_page: bool,
}

impl Address {
    /// Whether its owner may be spoken to there, as far as it is known whose it is.
    #[must_use]
    pub fn may_be_spoken_to(&self, policy: &Policy) -> bool {
        self.verified || self.on_page || policy.speak_to_claimed
    }
}

/// A story told before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldBefore {
    /// When.
    pub at: Instant,
    /// Which.
    pub story: StoryId,
    /// By which channel.
    pub channel: String,
    /// Whether in shadow: then it counts for what is decided in shadow, and for nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// Whether its reader closed it without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dismissed: bool,
}

impl ToldBefore {
    /// Whether it counts for what is decided under a mode. Nobody has heard what was decided
    /// in shadow, so it keeps nothing from being said in earnest.
    #[must_use]
    pub fn counts_for(&self, mode: Mode) -> bool {
        !self.shadow || mode == Mode::Shadow
    }
}

/// What a story says of itself where the policy or the usual does not hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// From when on it is told to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// How long before it may be told again to one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Duration>,
    /// The texts that this prospect could be told, where there is more than one: by their
    /// variants, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
}

/// What the gates know of a prospect at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The moment.
    pub now: Instant,
    /// The operator's rules as they were.
    pub policy: Policy,
    /// Who has the floor, and why.
    pub floor: (Floor, String),
    /// Why nothing is said for its own sake; none where it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// Whether they wait for help.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_ticket: bool,
    /// When they spoke last themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_word: Option<Instant>,
    /// How many signals the prospect gave.
    pub signals: u64,
    /// Where it can be reached.
    pub addresses: Vec<Address>,
    /// The latest word by `purpose/channel`, `*` for any, with its time.
    pub consents: BTreeMap<String, (ConsentStatus, Instant)>,
    /// Told within the longest window that matters, shadow included.
    pub told: Vec<ToldBefore>,
    /// What the choices' stories are for: by story, `marketing`, `service` or `sales`.
    pub purposes: BTreeMap<StoryId, String>,
    /// Stories that ask to confirm a consent: by story, its purpose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confirms: BTreeMap<StoryId, String>,
    /// Stories that invite to talk with a team: by story, the team.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub invites: BTreeMap<StoryId, String>,
    /// By story, what it says of itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<StoryId, Terms>,
    /// Teams that take them now. Of somebody's customer the owner's, whatever the hour: it
    /// waits for them; once that has let them lie, those that it escalates to.
    pub teams: Vec<String>,
    /// The sinks of teams.
    pub team_sinks: BTreeMap<String, String>,
    /// Before when sales do not want to be given them again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_handed_over_before: Option<Instant>,
    /// Teams that have let a hand-over lie, and have not been asked for since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub let_it_lie: Vec<String>,
    /// Whose customer they are; none where they are nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// What the other people of their account have to do with it; none where they are in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colleagues: Option<Colleagues>,
    /// What was told and is not answered, or goes first, beside what is about to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<String>,
}

impl Facts {
    /// Of somebody of whom nothing is known.
    #[must_use]
    pub fn of_nobody(now: Instant) -> Self {
        Self {
            now,
            policy: Policy::default(),
            floor: (Floor::Listening, String::new()),
            excluded: None,
            open_ticket: false,
            last_word: None,
            signals: 0,
            addresses: Vec::new(),
            consents: BTreeMap::new(),
            told: Vec::new(),
            purposes: BTreeMap::new(),
            confirms: BTreeMap::new(),
            invites: BTreeMap::new(),
            terms: BTreeMap::new(),
            teams: Vec::new(),
            team_sinks: BTreeMap::new(),
            not_handed_over_before: None,
            let_it_lie: Vec::new(),
            owner: None,
            colleagues: None,
            unanswered: None,
        }
    }

    /// How long before a story may be told again: as it says itself, or else the policy.
    #[must_use]
    pub fn again(&self, story: &StoryId) -> Duration {
        let own = self.terms.get(story).and_then(|terms| terms.again);
        own.unwrap_or(self.policy.story_again)
    }

    /// Since when a story is told to nobody any more, where it is not.
    #[must_use]
    pub fn over_since(&self, story: &StoryId) -> Option<Instant> {
        let until = self.terms.get(story).and_then(|terms| terms.until)?;
        (self.now >= until).then_some(until)
    }
}

/// What was chosen, with everything that could have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// In the router's order.
    pub alternatives: Vec<Alternative>,
    /// What was chosen; none where everything is forbidden: then we hold.
    pub index: Option<usize>,
}

impl Chosen {
    /// The alternative that was drawn.
    #[must_use]
    pub fn alternative(&self) -> Option<&Alternative> {
        self.index.and_then(|i| self.alternatives.get(i))
    }
}

/// Gates each choice, renormalises, and draws.
#[must_use]
pub fn decide(choices: Vec<Choice>, facts: &Facts, seed: u64) -> Chosen {
    let mut alternatives: Vec<Alternative> = choices
        .into_iter()
        .map(|choice| to_owner(choice, facts))
        .map(|choice| Alternative {
            forbidden: gates(&choice, facts),
            propensity: 0.0,
            choice,
        })
        .collect();
    let weight = |a: &Alternative| {
        if a.forbidden.is_empty() {
            a.choice.weight.max(0.0)
        } else {
            0.0
        }
    };
    let largest = alternatives.iter().map(weight).fold(0.0, f64::max);
    if largest <= 0.0 || !largest.is_finite() {
        return Chosen {
            alternatives,
            index: None,
        };
    }
    // Scaled by the largest first, so that the sum of large weights stays finite.
    let sum: f64 = alternatives.iter().map(|a| weight(a) / largest).sum();
    for a in &mut alternatives {
        a.propensity = weight(a) / largest / sum;
    }
    let drawn = uniform(seed);
    let mut below = 0.0;
    let mut index = None;
    for (i, a) in alternatives.iter().enumerate().filter(|(_, a)| a.propensity > 0.0) {
        below += a.propensity;
        index = Some(i);
        if drawn < below {
            break;
        }
    }
    Chosen { alternatives, index }
}

/// Which variant of a story is told, and with which probability it was drawn: each with the
/// same. None where there are no several.
#[must_use]
pub fn variant<'f>(story: &StoryId, facts: &'f Facts, seed: u64) -> Option<(&'f str, f64)> {
    let variants = facts.terms.get(story).map(|terms| terms.variants.as_slice())?;
    let count = variants.len() as f64;
    let place = (second(seed) * count) as usize;
    let drawn = variants.get(place).or(variants.last())?;
    Some((drawn, 1.0 / count))
}

/// Whoever is somebody's customer is handed over to nobody else, whatever the router says.
/// Once the owner's team has let them lie, its operator has said where they go.
fn to_owner(choice: Choice, facts: &Facts) -> Choice {
    let owner = facts.owner.as_ref().filter(|owner| {
        choice.act == Act::HandOver && owner.team != choice.target && !facts.let_it_lie.contains(&owner.team)
    });
    let Some(Owner { team, member, why }) = owner else {
        return choice;
    };
    let reason = format!(
        "{}; to '{team}' and not to '{}', since {member} is their owner: {why}",
        choice.reason, choice.target
    );
    Choice {
        target: team.clone(),
        reason,
        ..choice
    }
}

/// 0 ≤ x < 1, from the upper 53 bits of the first word of ChaCha8 seeded with `seed`.
fn uniform(seed: u64) -> f64 {
    share(ChaCha8Rng::seed_from_u64(seed).next_u64())
}

/// The same from the second word: what is drawn with it does not depend on what was drawn
/// with the first.
fn second(seed: u64) -> f64 {
    let mut words = ChaCha8Rng::seed_from_u64(seed);
    words.next_u64();
    share(words.next_u64())
}

fn share(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// How far trust goes for a choice: the most careful mode of all that it falls under.
#[must_use]
pub fn mode(choice: &Choice, facts: &Facts) -> Mode {
    let mut scopes = vec![Scope::All];
    match choice.act {
        Act::Hold => return Mode::Live,
        Act::HandOver => {
            scopes.push(Scope::Team(choice.target.clone()));
            scopes.extend(facts.team_sinks.get(&choice.target).map(|s| Scope::Sink(s.clone())));
        }
        Act::Tell | Act::Ask => {
            scopes.push(Scope::Channel(choice.channel.clone()));
            scopes.push(Scope::Story(choice.target.clone()));
            let sink = facts.addresses.iter().find(|a| a.channel == choice.channel);
            scopes.extend(sink.map(|a| Scope::Sink(a.sink.clone())));
        }
    }
    facts.policy.mode_for(&scopes)
}
