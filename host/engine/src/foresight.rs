//! What would be done about people if they came now: asked of the same router, gates and
//! modes as the engine asks, under any configuration, without doing any of it.
//!
//! Nothing here writes. A person is looked at as stored, with the strongest of what stands
//! out as the cause; whether they will come, and what they do then, nobody knows. So two
//! configurations can be compared, and neither is a forecast.

use std::{collections::BTreeSet, sync::Arc};

use hearken_model::{
    Act, Action, ActionState, Alternative, Choice, DecisionId, Instant, Mode, Prospect, ProspectId, Seq, StoryId, View,
    decide::{self, Facts},
    gate, loudest, outweighed, trigger,
};
use hearken_store::{Due, Switches};

use crate::{
    EngineError, Parts, content::Worded, deliver::reachable, outbox::Verdict, owned, parts::Shared, route::Moved,
};

/// The cause where nothing stands out.
const CAME: &str = "cue:came";

/// A configuration that is asked and does nothing.
pub struct Foresight {
    shared: Shared,
    /// Texts that are approved, by story and digest.
    approved: BTreeSet<(StoryId, String)>,
}

/// How far something would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It would be sent.
    Goes,
    /// It would wait for a person, a time or a switch.
    Waits(Cause),
    /// Nothing would be sent.
    Nothing(Cause),
}

/// What would be in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// In one word of [`gate`](hearken_model::gate); empty where the router wants silence.
    pub gate: String,
    /// In a sentence.
    pub why: String,
}

/// What would be done about somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreseen {
    /// About whom.
    pub prospect: ProspectId,
    /// What.
    pub act: Act,
    /// The story or the team.
    pub target: String,
    /// The channel.
    pub channel: String,
    /// How far it would get.
    pub fate: Fate,
    /// Whether it would be the first thing that is ever told to them.
    pub first: bool,
}

impl Foreseen {
    /// What, without how far it would get.
    #[must_use]
    pub fn what(&self) -> (Act, &str, &str) {
        (self.act, &self.target, &self.channel)
    }
}

impl Foresight {
    /// Looks through a configuration.
    ///
    /// # Errors
    /// Where the wiring names what is not there, or the store fails.
    pub async fn new(parts: Parts) -> Result<Self, EngineError> {
        let shared = Shared::new(parts)?;
        shared.remember().await;
        let texts = shared.store.approved_texts().await?;
        let approved = texts.into_iter().map(|t| (t.story, t.digest)).collect();
        Ok(Self { shared, approved })
    }

    /// What would be done about each of `prospects` if they came at `now`, in their order.
    pub async fn of(&self, prospects: &[Prospect], now: Instant) -> Vec<Foreseen> {
        let shared = &self.shared;
        let colleagues = shared.colleagues(&prospects.iter().collect::<Vec<_>>(), now).await;
        let colleagues = colleagues.unwrap_or_else(|error| {
            tracing::warn!(%error, "what colleagues were told is not known");
            vec![None; prospects.len()]
        });
        let looked: Vec<(View, Facts, String)> = prospects
            .iter()
            .zip(colleagues)
            .map(|(p, colleagues)| {
                let view = shared.view(p, now);
                let mut facts = shared.facts(p, &view, None);
                owned::join(&mut facts, colleagues, &shared.wiring);
                let cause = cause(&view);
                (view, facts, cause)
            })
            .collect();
        let knowledge = shared.knowledge.load_full();
        let situations: Vec<_> = prospects
            .iter()
            .zip(&looked)
            .map(|(prospect, (view, facts, trigger))| {
                shared.situation(&Moved {
                    id: id_of(prospect),
                    prospect,
                    view,
                    facts,
                    trigger,
                    knowledge: Some(&*knowledge).filter(|_| !shared.is_held_out(view)),
                })
            })
            .collect();
        let Some(router) = &shared.router else {
            return prospects.iter().map(|p| silent(p, "", "there is no router")).collect();
        };
        let answers = router.decide(Arc::clone(&shared.stories), situations.clone()).await;
        let mut foreseen = Vec::with_capacity(prospects.len());
        for (((prospect, (view, facts, trigger)), situation), answer) in
            prospects.iter().zip(looked).zip(&situations).zip(answers)
        {
            foreseen.push(match shared.choices(situation, answer) {
                Ok(choices) => {
                    // The same for every configuration, so that a draw alone is no difference.
                    let chosen = decide::decide(choices, &facts, id_of(prospect).as_u64());
                    self.drawn(prospect, (&view, &facts, &trigger), &chosen)
                }
                Err(why) => silent(prospect, "", &why),
            });
        }
        foreseen
    }

    fn drawn(
        &self,
        prospect: &Prospect,
        (view, facts, trigger): (&View, &Facts, &str),
        chosen: &decide::Chosen,
    ) -> Foreseen {
        let Some(Alternative { choice, .. }) = chosen.alternative() else {
            let found = loudest(&chosen.alternatives).and_then(|a| a.forbidden.first());
            return found.map_or_else(|| silent(prospect, "", ""), |g| silent(prospect, &g.gate, &g.why));
        };
        if choice.act == Act::Hold {
            let kept_from = outweighed(choice, &chosen.alternatives).and_then(|a| a.forbidden.first());
            return kept_from.map_or_else(
                || silent(prospect, "", &choice.reason),
                |g| silent(prospect, &g.gate, &g.why),
            );
        }
        let worded = self.shared.worded(choice, facts, view, id_of(prospect).as_u64());
        let worded = worded.as_ref();
        let draft = || facts.policy.approve_texts && worded.is_some_and(|worded| !self.is_approved(choice, worded));
        let because = |gate: &str, why: &str| Cause {
            gate: gate.into(),
            why: why.into(),
        };
        let unsaid = || {
            let channel = self.shared.wiring.channels.get(&choice.channel)?;
            let to = reachable(facts, &choice.channel, &channel.address);
            let said = self.shared.content(choice, worded, &to, facts, view, trigger);
            said.err().map(|unsaid| because(gate::TEXT, &unsaid.why))
        };
        let fate = match (decide::mode(choice, facts), unsaid()) {
            (Mode::Shadow, _) => Fate::Nothing(because(gate::SHADOW, "the mode is shadow")),
            (_, Some(cause)) => Fate::Waits(cause),
            (Mode::Approve, None) => Fate::Waits(because(gate::APPROVAL, "a person has to approve it")),
            (Mode::Live, None) if draft() => Fate::Waits(because(gate::DRAFT, "the story's text is a draft")),
            (Mode::Live, None) => Fate::Goes,
        };
        Foreseen {
            prospect: prospect.id,
            act: choice.act,
            target: choice.target.clone(),
            channel: choice.channel.clone(),
            fate,
            first: choice.act != Act::HandOver && !prospect.was_told(id_of(prospect).into()),
        }
    }

    fn is_approved(&self, choice: &Choice, worded: &Worded<'_>) -> bool {
        let key = (StoryId(choice.target.clone()), worded.text.digest());
        self.approved.contains(&key)
    }

    /// What would become of an action that is queued or held, if it were looked at now, after
    /// a start with this configuration.
    #[must_use]
    pub fn fate(&self, due: &Due, now: Instant, switches: &Switches) -> Fate {
        let action = &due.action;
        if !self.shared.connectors.contains_key(&action.sink) {
            let why = format!("there is no connector '{}'", action.sink);
            return Fate::Waits(Cause {
                gate: String::new(),
                why,
            });
        }
        if action.state == ActionState::Held && self.shared.let_go(action, now).is_none() {
            return Fate::Waits(as_is(action));
        }
        match self.shared.verdict(due, now, switches) {
            Verdict::Go(_) => Fate::Goes,
            Verdict::Stopped(switch) => Fate::Waits(Cause {
                gate: gate::STOPPED.into(),
                why: format!("{} is stopped", switch.scope),
            }),
            Verdict::Wait(hold) => {
                let cause = Cause {
                    gate: hold.gate,
                    why: hold.why,
                };
                if hold.state.is_final() {
                    Fate::Nothing(cause)
                } else {
                    Fate::Waits(cause)
                }
            }
        }
    }
}

fn as_is(action: &Action) -> Cause {
    Cause {
        gate: action.gate.clone(),
        why: action.why.clone(),
    }
}

/// An id that no decision has: it stands behind everything that was applied.
fn id_of(prospect: &Prospect) -> DecisionId {
    let Seq { seq, .. } = prospect.applied;
    DecisionId::at(prospect.id, Seq { seq, step: u32::MAX })
}

/// What would call for a decision: the strongest of what stands out.
fn cause(view: &View) -> String {
    let standing = trigger::standing(view, &BTreeSet::new());
    trigger::moved(&standing, &BTreeSet::new(), &[], None).unwrap_or_else(|| CAME.into())
}

fn silent(prospect: &Prospect, gate: &str, why: &str) -> Foreseen {
    Foreseen {
        prospect: prospect.id,
        act: Act::Hold,
        target: String::new(),
        channel: String::new(),
        fate: Fate::Nothing(Cause {
            gate: gate.into(),
            why: why.into(),
        }),
        first: false,
    }
}
