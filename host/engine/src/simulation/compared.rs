//! What a simulation found: each decision beside the one that was recorded.

use hearken_model::{Act, ActionState, Alternative, Decision, DecisionId, Instant, Mode, ProspectId};

/// What was decided about somebody, in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// Its id; of one that only the simulation has, known to no store.
    pub id: DecisionId,
    /// About whom.
    pub prospect: ProspectId,
    /// When.
    pub at: Instant,
    /// What moved.
    pub trigger: String,
    /// What was chosen.
    pub act: Act,
    /// A story's id, a team's name, or empty.
    pub target: String,
    /// The channel, for a story.
    pub channel: String,
    /// How far trust goes for it.
    pub mode: Mode,
    /// The probability with which it was chosen.
    pub propensity: f64,
    /// How its action began; none where there is none.
    pub state: Option<ActionState>,
    /// In one sentence.
    pub reason: String,
    /// What could have been done.
    pub(super) alternatives: Vec<Alternative>,
}

impl Made {
    pub(super) fn of(decision: &Decision, state: Option<ActionState>) -> Self {
        Self {
            id: decision.id,
            prospect: decision.prospect,
            at: decision.at,
            trigger: decision.trigger.clone(),
            act: decision.act,
            target: decision.target.clone(),
            channel: decision.channel.clone(),
            mode: decision.mode,
            propensity: decision.propensity,
            state,
            reason: decision.reason.clone(),
            alternatives: decision.alternatives.clone(),
        }
    }

    /// Why this decision is not what another one is, in words.
    #[must_use]
    pub fn why_not(&self, other: &Self) -> String {
        let that = (other.act, &other.target, &other.channel);
        let offered = self
            .alternatives
            .iter()
            .find(|a| (a.choice.act, &a.choice.target, &a.choice.channel) == that);
        match offered {
            Some(Alternative { forbidden, .. }) if !forbidden.is_empty() => {
                let gates: Vec<String> = forbidden.iter().map(|g| format!("{}: {}", g.gate, g.why)).collect();
                format!("{} '{}' is forbidden by {}", other.act, other.target, gates.join("; "))
            }
            _ if !self.speaks() => self.reason.clone(),
            None => format!("{} '{}' was not among what could be done", other.act, other.target),
            Some(_) if (self.act, &self.target, &self.channel) == that => format!("its mode is {}", self.mode.word()),
            Some(a) => format!(
                "{} '{}' was drawn with probability {:.2}, beside {:.2} for {} '{}'",
                self.act, self.target, self.propensity, a.propensity, other.act, other.target
            ),
        }
    }

    /// Whether anything would be said.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.act != Act::Hold
    }

    /// Whether it lies ready and waits for another text or value than it has.
    #[must_use]
    pub fn is_unsayable(&self) -> bool {
        self.mode == Mode::Live && self.state == Some(ActionState::Held)
    }

    /// Why it is as it is, which nobody asks where it is the same.
    pub(super) fn forget_alternatives(&mut self) {
        self.alternatives = Vec::new();
    }

    fn what(&self) -> (Act, &str, &str, Mode, Option<ActionState>) {
        (self.act, &self.target, &self.channel, self.mode, self.state)
    }
}

/// How a decision of the simulation stands to the recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same was said.
    Same,
    /// Something was said, and now it is not.
    OnlyThen,
    /// Something is said now that was not.
    OnlyNow,
    /// Another story, channel, team or mode.
    Otherwise,
    /// The same was said at another time.
    AnotherTime,
    /// Both kept silent.
    Silent,
    /// It was decided to keep silent, and now nothing is decided.
    SilentThen,
    /// It is decided to keep silent, and nothing was decided then.
    SilentNow,
}

impl Likeness {
    /// Its word in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::OnlyThen => "only-then",
            Self::OnlyNow => "only-now",
            Self::Otherwise => "otherwise",
            Self::AnotherTime => "another-time",
            Self::Silent => "silent",
            Self::SilentThen => "silent-only-then",
            Self::SilentNow => "silent-only-now",
        }
    }

    /// Whether somebody is told something else, or at another time.
    #[must_use]
    pub const fn is_difference(self) -> bool {
        matches!(
            self,
            Self::OnlyThen | Self::OnlyNow | Self::Otherwise | Self::AnotherTime
        )
    }
}

/// What was decided at one moment, as recorded and as simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// As recorded.
    pub then: Option<Made>,
    /// As simulated.
    pub now: Option<Made>,
    /// The best known name of whom it is about.
    pub who: String,
}

impl Pair {
    /// When, as recorded where it was.
    pub(super) fn at(&self) -> Option<(Instant, ProspectId, DecisionId)> {
        let made = self.then.as_ref().or(self.now.as_ref());
        made.map(|m| (m.at, m.prospect, m.id))
    }

    /// How the two stand to each other.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        let speaks = |made: &Option<Made>| made.as_ref().map(Made::speaks);
        match (speaks(&self.then), speaks(&self.now)) {
            (Some(true), Some(true)) => {
                let same = self.then.as_ref().map(Made::what) == self.now.as_ref().map(Made::what);
                let at_once = self.then.as_ref().map(|m| m.id) == self.now.as_ref().map(|m| m.id);
                match (same, at_once) {
                    (true, true) => Likeness::Same,
                    (true, false) => Likeness::AnotherTime,
                    (false, _) => Likeness::Otherwise,
                }
            }
            (Some(true), _) => Likeness::OnlyThen,
            (_, Some(true)) => Likeness::OnlyNow,
            (Some(false), None) => Likeness::SilentThen,
            (None, Some(false)) => Likeness::SilentNow,
            _ => Likeness::Silent,
        }
    }
}
