//! Somebody who comes to a simulated site, and the record of what they were told and did.

use hearken_model::{Act, ActionId, AnswersTo, DecisionId, Instant, ProfileId, ProspectId, Recorded, Signal, SignalId};
use hearken_store::{History, Told};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde_json::json;

use crate::{Kind, World};

const DAY_MS: u64 = 86_400_000;
/// A deal comes at most so many days after the story that sold: it may come after the next
/// story, which last touch then credits with it.
const SELLS_WITHIN_DAYS: f64 = 10.0;

/// What chance says, the same for the same seed.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        dice.set_stream(stream);
        Self(dice)
    }

    /// 0 ≤ x < 1.
    pub(crate) fn roll(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Somebody who comes to the site.
pub(crate) struct Person {
    pub(crate) came: u64,
    persona: &'static str,
    pace: &'static str,
    /// Their own: under each policy the same people come and are as easily won.
    dice: Dice,
    pub(crate) history: History,
    pub(crate) bought: Option<Instant>,
    pub(crate) harmed: bool,
}

impl Person {
    pub(crate) fn comes(world: &World, week: u64, number: u64, mut dice: Dice) -> Self {
        let persona = if dice.roll() < 0.5 { "cio" } else { "admin" };
        let pace = if dice.roll() < 0.5 { "browsing" } else { "leaving" };
        Self {
            came: week,
            persona,
            pace: if world.kind == Kind::Pressure { pace } else { "" },
            dice,
            history: History {
                prospect: ProspectId::from_u64(number),
                tellings: Vec::new(),
                signals: Vec::new(),
                stages: Vec::new(),
            },
            bought: None,
            harmed: false,
        }
    }

    /// Whether anything may be told to them: not to who bought or asked for silence.
    pub(crate) fn listens(&self, most: usize, now: Instant) -> bool {
        let bought = self.bought.is_some_and(|at| at <= now);
        !bought && !self.harmed && self.history.tellings.len() < most
    }

    pub(crate) fn heard(&self, story: &str) -> bool {
        self.history.tellings.iter().any(|told| told.target == story)
    }

    /// As scorers would say it: kind, name, weight.
    pub(crate) fn beliefs(&self) -> Vec<(&'static str, &'static str, f64)> {
        let mut all = vec![
            ("persona", self.persona, 0.6),
            ("interest", "roi", 0.6),
            ("engagement", "overall", 0.35),
        ];
        match self.pace {
            "leaving" => all.push(("leaving", "site", 0.4)),
            "browsing" => all.push(("pace", "browsing", 0.4)),
            _ => {}
        }
        all
    }

    /// Is told a story, and does what the world makes them do.
    pub(crate) fn hears(&mut self, world: &World, story: usize, week: u64, now: Instant) {
        let id = self.history.prospect.as_u64() * 16 + self.history.tellings.len() as u64;
        let beliefs: Vec<_> = self
            .beliefs()
            .into_iter()
            .map(|(kind, name, weight)| json!({ "kind": kind, "name": name, "value": weight, "confidence": 1.0 }))
            .collect();
        self.history.tellings.push(Told {
            action: ActionId::from_u64(id),
            decision: DecisionId::from_u64(id),
            at: now,
            act: Act::Tell,
            target: world.stories[story].0.to_owned(),
            sink: "mail".to_owned(),
            reference: String::new(),
            snapshot: 0,
            variant: "a".into(),
            situation: json!({ "lifecycle": "lead", "beliefs": beliefs }),
        });
        let chances = world.chances(story, self.persona, self.pace, week);
        // All are rolled whatever comes of them, or policies would not meet the same people.
        let [clicks, harms, wins, days] = [(); 4].map(|()| self.dice.roll());
        if clicks < chances.clicks {
            self.did("message.clicked", id, Instant(now.0 + DAY_MS));
        }
        if harms < chances.harms {
            self.harmed = true;
            self.did("message.unsubscribed", id, Instant(now.0 + DAY_MS));
        } else if wins < chances.wins && self.bought.is_none() {
            let at = Instant(now.0 + ((1.0 + days * (SELLS_WITHIN_DAYS - 1.0)) * DAY_MS as f64) as u64);
            self.bought = Some(at);
            self.did("deal.won", id, at);
        }
    }

    /// Whether no story was worth more to them, in the week in which they came.
    pub(crate) fn would_do_best_by(&self, world: &World, story: usize) -> bool {
        let worth = |story| world.chances(story, self.persona, self.pace, self.came).worth();
        (0..world.stories.len()).all(|other| worth(other) <= worth(story))
    }

    fn did(&mut self, kind: &str, action: u64, at: Instant) {
        let answers = (kind != "deal.won").then(|| AnswersTo {
            action: Some(ActionId::from_u64(action)),
            reference: None,
        });
        self.history.signals.push(Recorded {
            signal: Signal {
                id: SignalId(format!("mail:{kind}-{action}")),
                kind: kind.to_owned(),
                at,
                identities: Vec::new(),
                company: None,
                session: None,
                about: None,
                answers,
                properties: json!({}),
            },
            connector: "mail".to_owned(),
            received: at,
            live: true,
            verified: true,
            profile: ProfileId::from_u64(self.history.prospect.as_u64()),
            with: Vec::new(),
        });
    }
}
