//! Somebody who comes to a simulated site, and the record of what they were told and did.

use hearken_model::{
    Act, ActionId, AnswersTo, DecisionId, Instant, ProfileId, ProspectId, Recorded, Signal, SignalId,
};
use hearken_store::{History, Told};
use serde_json::json;

use super::{Dice, World};

/// Somebody who comes to the site.
pub(crate) struct Person {
    number: u64,
    pub(crate) came: u64,
    persona: &'static str,
    pace: &'static str,
    pub(crate) tellings: Vec<Telling>,
    signals: Vec<Recorded>,
    pub(crate) won: bool,
    pub(crate) harmed: bool,
}

/// A story that was told.
pub(crate) struct Telling {
    story: usize,
    told: Told,
}

impl Person {
    pub(crate) fn comes(world: &World, week: u64, number: u64, dice: &mut Dice) -> Self {
        let paced = world.kind == super::Kind::Pressure;
        Self {
            number,
            came: week,
            persona: if dice.roll() < 0.5 { "cio" } else { "admin" },
            pace: match dice.roll() < 0.5 {
                _ if !paced => "",
                true => "browsing",
                false => "leaving",
            },
            tellings: Vec::new(),
            signals: Vec::new(),
            won: false,
            harmed: false,
        }
    }

    /// Whether anything more is told to them.
    pub(crate) fn listens(&self, most: usize) -> bool {
        !self.won && !self.harmed && self.tellings.len() < most
    }

    pub(crate) fn heard(&self, story: usize) -> bool {
        self.tellings.iter().any(|telling| telling.story == story)
    }

    /// As scorers would say it.
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
    pub(crate) fn hears(&mut self, world: &World, story: usize, week: u64, now: Instant, dice: &mut Dice) {
        let id = self.number * 16 + self.tellings.len() as u64;
        let beliefs: Vec<_> = self
            .beliefs()
            .into_iter()
            .map(|(kind, name, weight)| json!({ "kind": kind, "name": name, "value": weight, "confidence": 1.0 }))
            .collect();
        let told = Told {
            action: ActionId::from_u64(id),
            decision: DecisionId::from_u64(id),
            at: now,
            act: Act::Tell,
            target: world.stories[story].0.to_owned(),
            sink: "mail".to_owned(),
            reference: String::new(),
            snapshot: 0,
            situation: json!({ "lifecycle": "lead", "beliefs": beliefs }),
        };
        self.tellings.push(Telling { story, told });
        let chances = world.chances(story, self.persona, self.pace, week);
        let day = |days: u64| Instant(now.0 + days * 86_400_000);
        if dice.roll() < chances.clicks {
            self.did("message.clicked", id, day(1));
        }
        if dice.roll() < chances.harms {
            self.harmed = true;
            self.did("message.unsubscribed", id, day(1));
        } else if dice.roll() < chances.wins {
            self.won = true;
            self.did("deal.won", id, day(6));
        }
    }

    fn did(&mut self, kind: &str, action: u64, at: Instant) {
        let answers = (kind != "deal.won").then(|| AnswersTo {
            action: Some(ActionId::from_u64(action)),
            reference: None,
        });
        self.signals.push(Recorded {
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
            profile: ProfileId::from_u64(self.number),
            with: Vec::new(),
        });
    }

    pub(crate) fn history(&self) -> History {
        History {
            prospect: ProspectId::from_u64(self.number),
            tellings: self.tellings.iter().map(|telling| telling.told.clone()).collect(),
            signals: self.signals.clone(),
            stages: Vec::new(),
        }
    }
}
