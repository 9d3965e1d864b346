//! What an operator allows: modes, caps, consents. Read by the gates.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Exclusion, Identity};

/// The purpose of keeping what somebody does.
pub const OBSERVING: &str = "observing";

/// How far trust goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Decide and record, send nothing.
    #[default]
    Shadow,
    /// Hold every action until a person approves it.
    Approve,
    /// Send.
    Live,
}

impl Mode {
    /// Its word in TOML and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Approve => "approve",
            Self::Live => "live",
        }
    }

    /// The mode of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Shadow, Self::Approve, Self::Live]
            .into_iter()
            .find(|m| m.word() == word)
    }
}

/// What a mode or a stop applies to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", content = "name", rename_all = "kebab-case")]
pub enum Scope {
    /// Everything.
    All,
    /// A channel.
    Channel(String),
    /// A story.
    Story(String),
    /// A team.
    Team(String),
    /// A sink, by its connector's name.
    Sink(String),
}

impl Scope {
    /// Where its mode is written, for people: `[policy]`, `[channels.email]`.
    #[must_use]
    pub fn table(&self) -> String {
        match self {
            Self::All => "[policy]".into(),
            Self::Channel(n) => format!("[channels.{n}]"),
            Self::Story(n) => format!("[stories], for '{n}'"),
            Self::Team(n) => format!("[teams.{n}]"),
            Self::Sink(n) => format!("[connectors.{n}]"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("everything"),
            Self::Channel(n) => write!(f, "channel '{n}'"),
            Self::Story(n) => write!(f, "story '{n}'"),
            Self::Team(n) => write!(f, "team '{n}'"),
            Self::Sink(n) => write!(f, "sink '{n}'"),
        }
    }
}

/// At most so many in a window of time: `2/7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapRule {
    /// How many.
    pub count: u32,
    /// The window's length in milliseconds.
    pub per_ms: u64,
}

/// Whether a purpose needs a consent that was given, or only none that was taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentRule {
    /// Granted, or silence.
    #[default]
    OptIn,
    /// Anything but withdrawn or pending.
    OptOut,
}

/// The operator's rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// In whose name we speak; the brand of consents.
    pub brand: String,
    /// Overall.
    pub mode: Mode,
    /// Narrower: the most careful of all that apply holds.
    pub modes: BTreeMap<String, Mode>,
    /// Where not empty, the only addresses to speak to: `ann@example.com` or `*@example.com`.
    pub only_to: Vec<String>,
    /// Stories told to one person, over all channels.
    pub caps: Vec<CapRule>,
    /// Stories told to all people of one account, over all channels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub account_caps: Vec<CapRule>,
    /// Stories told to one person by channel.
    pub channel_caps: BTreeMap<String, Vec<CapRule>>,
    /// How many signals a person must have given before we speak.
    pub listen_first: u32,
    /// How long an unanswered story keeps the next one waiting.
    pub await_reply: Duration,
    /// How long before the same story may be told again to one person.
    pub story_again: Duration,
    /// By purpose (`marketing`, `sales`); opt-in where not named.
    pub consent: BTreeMap<String, ConsentRule>,
    /// Whether to speak to addresses that were only claimed, by a public write key.
    pub speak_to_claimed: bool,
    /// From which fit (0..1) on a lead is qualified.
    pub qualify_fit: f64,
    /// From which engagement (0..1) on a lead is qualified.
    pub qualify_engagement: f64,
    /// How long an action stays sensible where the router does not say.
    pub expires: Duration,
    /// How many people who were never told anything may be told something within an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_people_per_hour: Option<u32>,
    /// Whether a story may be told only with a text that a person approved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approve_texts: bool,
    /// To whom nothing is said for its own sake, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Exclusion>,
    /// Colleagues who get each text of each story once, when it is first sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seeds: Vec<Identity>,
}

impl Default for Policy {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(86_400);
        Self {
            brand: "default".into(),
            mode: Mode::Shadow,
            modes: BTreeMap::new(),
            only_to: Vec::new(),
            caps: vec![CapRule {
                count: 2,
                per_ms: 7 * 86_400_000,
            }],
            account_caps: Vec::new(),
            channel_caps: BTreeMap::new(),
            listen_first: 3,
            await_reply: 5 * DAY,
            story_again: 180 * DAY,
            consent: BTreeMap::new(),
            speak_to_claimed: false,
            qualify_fit: 0.5,
            qualify_engagement: 0.4,
            expires: 2 * DAY,
            new_people_per_hour: None,
            approve_texts: false,
            exclude: Vec::new(),
            seeds: Vec::new(),
        }
    }
}

impl Policy {
    /// The key of [`Policy::modes`] for a scope: `channel:email`, `story:roi`, `team:sales`, `sink:outbox`.
    #[must_use]
    pub fn mode_key(scope: &Scope) -> String {
        match scope {
            Scope::All => "all".into(),
            Scope::Channel(n) => format!("channel:{n}"),
            Scope::Story(n) => format!("story:{n}"),
            Scope::Team(n) => format!("team:{n}"),
            Scope::Sink(n) => format!("sink:{n}"),
        }
    }

    /// The mode for something that falls under all of `scopes`: the most careful one.
    #[must_use]
    pub fn mode_for(&self, scopes: &[Scope]) -> Mode {
        self.most_careful(scopes).0
    }

    /// The same, with the first scope that asks for it: where an operator would change it.
    #[must_use]
    pub fn most_careful(&self, scopes: &[Scope]) -> (Mode, Scope) {
        let narrow = scopes
            .iter()
            .filter_map(|s| Some((*self.modes.get(&Self::mode_key(s))?, s)));
        narrow.fold((self.mode, Scope::All), |careful, (mode, scope)| {
            if mode < careful.0 {
                (mode, scope.clone())
            } else {
                careful
            }
        })
    }

    /// What a purpose needs; `service` needs nothing and is not asked here.
    #[must_use]
    pub fn consent_rule(&self, purpose: &str) -> ConsentRule {
        self.consent.get(purpose).copied().unwrap_or_default()
    }

    /// What keeping what somebody does needs: nothing but that it was not taken back, where the
    /// operator does not say otherwise.
    #[must_use]
    pub fn observing(&self) -> ConsentRule {
        self.consent.get(OBSERVING).copied().unwrap_or(ConsentRule::OptOut)
    }

    /// Whether `only-to` lets an address through.
    #[must_use]
    pub fn may_reach(&self, address: &str) -> bool {
        self.only_to.is_empty()
            || self.only_to.iter().any(|allowed| match allowed.strip_prefix('*') {
                Some(rest) => address.to_lowercase().ends_with(&rest.to_lowercase()),
                None => allowed.eq_ignore_ascii_case(address),
            })
    }
}
