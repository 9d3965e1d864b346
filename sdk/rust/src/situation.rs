//! What a router decides upon and what it answers.

use std::time::Duration;

use crate::belief::sentence;
use crate::bindings::exports::hearken::plugin::router as wit;
use crate::instant::millis;
use crate::{Act, Belief, Extra, Failure, Floor, Instant, Lifecycle, Pressure, StoryKind, Traits, Turn, json};

/// A story that may be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Its id.
    pub id: String,
    /// Topics of the vocabulary.
    pub topics: Vec<String>,
    /// Personas that it is for; empty: for all.
    pub personas: Vec<String>,
    /// Stages that it is for.
    pub lifecycles: Vec<Lifecycle>,
    /// Languages (BCP 47); empty: any.
    pub languages: Vec<String>,
    /// How much it presses.
    pub pressure: Pressure,
    /// Channels that can carry it.
    pub channels: Vec<String>,
    /// What it is for.
    pub kind: StoryKind,
    /// Whether it is a question: then its act is `ask`, else `tell`.
    pub question: bool,
    /// Room to grow.
    pub extra: Extra,
}

impl Story {
    /// The team that it invites its reader to talk with, where it is an invitation: the host
    /// offers it only while that team is open.
    #[must_use]
    pub fn invites(&self) -> Option<&str> {
        let invites = self.extra.iter().find(|(name, _)| name == "invites");
        invites.map(|(_, team)| team.as_str())
    }

    pub(crate) fn from_wit(story: wit::Story) -> Self {
        Self {
            id: story.id,
            topics: story.topics,
            personas: story.personas,
            lifecycles: story.lifecycles.into_iter().map(Lifecycle::from).collect(),
            languages: story.languages,
            pressure: story.pressure.into(),
            channels: story.channels,
            kind: story.kind.into(),
            question: story.question,
            extra: story.extra,
        }
    }
}

/// How tellings of a story fared, in numbers of people after decay and pooling.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrackRecord {
    /// Told.
    pub told: f64,
    /// Read, clicked, answered.
    pub engaged: f64,
    /// Moved on in their lifecycle.
    pub advanced: f64,
    /// Bought.
    pub won: f64,
    /// Unsubscribed, complained, rejected by sales as out of place.
    pub harmed: f64,
    /// On how many tellings this rests.
    pub samples: f64,
}

/// A story that this prospect could be told: of its language and stage, over a channel that
/// reaches the prospect, not told lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// Its place in the list of stories; [`Situation::stories`] looks it up.
    pub story: usize,
    /// How it fared with people like this one.
    pub fared: TrackRecord,
    /// How likely it is the best of its situation, as the host's posterior says, 0..1.
    pub best: f64,
    /// Room to grow.
    pub extra: Extra,
}

impl Candidate {
    fn from_wit(candidate: wit::Candidate) -> Self {
        let fared = candidate.fared;
        Self {
            story: candidate.story as usize,
            fared: TrackRecord {
                told: fared.told,
                engaged: fared.engaged,
                advanced: fared.advanced,
                won: fared.won,
                harmed: fared.harmed,
                samples: fared.samples,
            },
            best: candidate.best,
            extra: candidate.extra,
        }
    }
}

/// Everything that a decision may rest upon.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Situation {
    /// The id of the decision to come.
    pub decision: String,
    /// The prospect's id.
    pub prospect: String,
    /// The moment of the decision.
    pub now: Instant,
    /// The stage.
    pub lifecycle: Lifecycle,
    /// Who has the floor.
    pub floor: Floor,
    /// Only those that the manifest names.
    pub traits: Traits,
    /// The account's name, where known.
    pub account: Option<String>,
    /// The account's beliefs, rolled up over its people.
    pub account_beliefs: Vec<Belief>,
    /// The prospect's language (BCP 47), where known.
    pub language: Option<String>,
    /// All scorers' beliefs, combined, with their confidence as it is now.
    pub beliefs: Vec<Belief>,
    /// The latest turns, oldest first.
    pub turns: Vec<Turn>,
    /// What could be said.
    pub candidates: Vec<Candidate>,
    /// Channels that could reach the prospect now.
    pub channels: Vec<String>,
    /// Teams that are open now and have capacity.
    pub teams: Vec<String>,
    /// What moved: a code and a name, such as `belief:pace/hurried`,
    /// `asked:form.submitted`, `silence:2d`.
    pub trigger: String,
    /// Room to grow.
    pub extra: Extra,
}

impl Situation {
    /// Of a prospect of whom nothing is known: to write tests with.
    pub fn new(prospect: impl Into<String>, now: Instant) -> Self {
        Self {
            prospect: prospect.into(),
            now,
            ..Self::default()
        }
    }

    /// The candidates with their stories. A candidate whose place is beyond the list is
    /// left out.
    pub fn stories<'a>(&'a self, stories: &'a [Story]) -> impl Iterator<Item = (&'a Candidate, &'a Story)> {
        self.candidates
            .iter()
            .filter_map(|candidate| Some((candidate, stories.get(candidate.story)?)))
    }

    /// The first channel that can carry the story and reaches the prospect.
    #[must_use]
    pub fn channel_for<'a>(&self, story: &'a Story) -> Option<&'a str> {
        story
            .channels
            .iter()
            .find(|channel| self.channels.contains(channel))
            .map(String::as_str)
    }

    /// The trigger's code and name: (`belief`, `pace/hurried`).
    #[must_use]
    pub fn trigger(&self) -> (&str, &str) {
        self.trigger.split_once(':').unwrap_or((&self.trigger, ""))
    }

    pub(crate) fn from_wit(situation: wit::Situation) -> Result<Self, Failure> {
        Ok(Self {
            decision: situation.decision,
            prospect: situation.prospect,
            now: Instant::from_millis(situation.now),
            lifecycle: situation.lifecycle.into(),
            floor: situation.floor.into(),
            traits: json::object("the situation's traits", &situation.traits)?,
            account: situation.account,
            account_beliefs: situation.account_beliefs.into_iter().map(Belief::from_wit).collect(),
            language: situation.language,
            beliefs: situation.beliefs.into_iter().map(Belief::from_wit).collect(),
            turns: situation.turns.into_iter().map(Turn::from_wit).collect(),
            candidates: situation.candidates.into_iter().map(Candidate::from_wit).collect(),
            channels: situation.channels,
            teams: situation.teams,
            trigger: situation.trigger,
            extra: situation.extra,
        })
    }
}

/// Something that could be done, and how much speaks for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// What.
    pub act: Act,
    /// A story's id for `tell` and `ask`, a team's name for `hand-over`, empty for `hold`.
    pub target: String,
    /// One of the story's channels for `tell` and `ask`, else empty.
    pub channel: String,
    /// The probability, up to a factor, with which this ought to be done: finite and not
    /// negative, not all 0. The host draws; a router does not.
    pub weight: f64,
    /// Why, in one sentence for a sales person, at most 500 bytes.
    pub reason: String,
    /// After how long it makes no sense any more, from `now`.
    pub expires_in: Option<Duration>,
    /// Room to grow.
    pub extra: Extra,
}

impl Choice {
    /// Say nothing.
    pub fn hold(weight: f64, reason: impl Into<String>) -> Self {
        Self {
            act: Act::Hold,
            weight,
            reason: sentence(reason.into()),
            ..Self::default()
        }
    }

    /// Tell the story over one of its channels, or ask it where it is a question.
    pub fn say(story: &Story, channel: impl Into<String>, weight: f64, reason: impl Into<String>) -> Self {
        Self {
            act: if story.question { Act::Ask } else { Act::Tell },
            target: story.id.clone(),
            channel: channel.into(),
            ..Self::hold(weight, reason)
        }
    }

    /// Hand over to a team.
    pub fn hand_over(team: impl Into<String>, weight: f64, reason: impl Into<String>) -> Self {
        Self {
            act: Act::HandOver,
            target: team.into(),
            ..Self::hold(weight, reason)
        }
    }

    /// Making no sense any more after this time.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    pub(crate) fn into_wit(self) -> wit::Choice {
        wit::Choice {
            act: self.act.into(),
            target: self.target,
            channel: self.channel,
            weight: self.weight,
            reason: self.reason,
            expires_in_ms: self.expires_in.map(millis),
            extra: self.extra,
        }
    }
}
