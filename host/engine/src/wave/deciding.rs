//! Decisions: the router asked about those of whom something stands out, its word gated and
//! drawn, and what follows from it taken down.

use std::{sync::Arc, time::Duration};

use hearken_model::{
    Act, Action, ActionId, ActionState, Alternative, Choice, Decision, DecisionId, Entry, Instant, Mode, ProfileId,
    Seq, Telling, View,
    decide::{self, Facts},
    gate, loudest, trigger,
};
use hearken_store::{Logged, NewDeadLetter, Stage, TimerSet};
use sha2::{Digest, Sha256};

use super::Wave;
use crate::{
    content::Unsaid,
    deliver,
    outbox::waits_for_approval,
    route::{self, Moved},
    touched::again,
};

/// When the router is asked once more whose word could not be used: a minute later, which
/// is enough for a machine that was too busy.
const ASK_AGAIN: Duration = Duration::from_secs(60);

impl Wave<'_> {
    /// Decides about those of whom something stands out now. Returns how many there are.
    pub(super) async fn decide(&mut self) -> usize {
        let mut asked: Vec<(usize, String, View, Facts)> = Vec::new();
        for index in 0..self.touched.len() {
            if self.touched[index].prospect.part.profiles.is_empty() {
                continue;
            }
            let view = self.shared.view(&self.touched[index].prospect, self.touched[index].now);
            self.announce(index, &view);
            let t = &self.touched[index];
            if let Some(trigger) = t.trigger(&view) {
                let facts = self.shared.facts(&t.prospect, &view, None);
                asked.push((index, trigger, view, facts));
            }
        }
        let Some(router) = self.shared.router.as_ref().filter(|_| !asked.is_empty()) else {
            return 0;
        };
        let breaker = self.shared.breakers.get(router.name());
        if let Some(until) = breaker.and_then(|b| b.open_until(self.shared.clock.now())) {
            for (index, trigger, ..) in asked {
                self.ask_at(index, &trigger, until);
            }
            return 0;
        }
        let mut places = Vec::new();
        for (index, ..) in &asked {
            let partition = self.touched[*index].prospect.id.partition();
            places.push(Self::next_place(&mut self.steps, &self.commits, partition));
        }
        let situations: Vec<_> = asked
            .iter()
            .zip(&places)
            .map(|((index, trigger, view, facts), place)| {
                let prospect = &self.touched[*index].prospect;
                let id = DecisionId::at(prospect.id, *place);
                self.shared.situation(&Moved {
                    id,
                    prospect,
                    view,
                    facts,
                    trigger,
                })
            })
            .collect();
        let stories = Arc::clone(&self.shared.stories);
        let answers = router.decide(stories, situations.clone()).await;
        if let Some(breaker) = breaker {
            let faults = answers.iter().filter_map(|a| a.as_ref().err());
            breaker.hear(router.name(), self.shared.clock.now(), faults);
        }
        let count = asked.len();
        for (((asked, place), situation), answer) in asked.into_iter().zip(places).zip(situations).zip(answers) {
            let (index, trigger, view, facts) = asked;
            let choices = self.shared.choices(&situation, answer);
            if let Err(why) = &choices {
                self.undecided(index, place, why, &situation);
            }
            self.decided(index, place, trigger, &view, facts, &situation, choices);
        }
        count
    }

    /// Takes down that a stage was reached.
    fn announce(&mut self, index: usize, view: &View) {
        let from = self.touched[index].prospect.part.announced();
        if from != view.lifecycle {
            let entry = Entry::Stage {
                from,
                to: view.lifecycle,
                cause: view.lifecycle_cause.clone(),
            };
            self.derive(index, entry);
            metrics::counter!("hearken_stages_total", "stage" => view.lifecycle.word()).increment(1);
        }
    }

    fn undecided(&mut self, index: usize, place: Seq, why: &str, situation: &hearken_sandbox::wire::Situation) {
        let connector = self
            .shared
            .router
            .as_ref()
            .map(|r| r.name().to_owned())
            .unwrap_or_default();
        let t = &self.touched[index];
        tracing::warn!(connector, prospect = %t.prospect.id, why, "the router's word is not used");
        let letter = NewDeadLetter {
            at: t.now,
            stage: Stage::Decide,
            connector,
            prospect: Some(t.prospect.id),
            action: None,
            why: why.into(),
            place: place.to_string(),
            payload: crate::dead::record(&route::record(situation).to_string()),
        };
        let partition = t.prospect.id.partition();
        self.commit(partition).dead_letters.push(letter);
    }

    /// What moved somebody calls for a decision once: it is asked about a second time where
    /// the router failed, so that a request does not go unheard.
    fn ask_again(&mut self, index: usize, trigger: &str) {
        let t = &self.touched[index];
        if !t.asked_again {
            self.ask_at(index, trigger, t.now.after(ASK_AGAIN));
        }
    }

    /// Has the router asked about somebody at `due`.
    fn ask_at(&mut self, index: usize, trigger: &str, due: Instant) {
        let t = &self.touched[index];
        let timer = TimerSet {
            prospect: t.prospect.id,
            name: again(trigger),
            due: Some(due),
            generation: t.prospect.timers,
        };
        let partition = t.prospect.id.partition();
        self.commit(partition).timers.push(timer);
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one record")]
    fn decided(
        &mut self,
        index: usize,
        place: Seq,
        trigger: String,
        view: &View,
        facts: Facts,
        situation: &hearken_sandbox::wire::Situation,
        choices: Result<Vec<Choice>, String>,
    ) {
        let prospect = self.touched[index].prospect.id;
        let id = DecisionId::at(prospect, place);
        let seed = seed(&self.shared.key, id);
        let failed = choices
            .as_ref()
            .err()
            .map(|why| format!("the router's word could not be used: {why}"));
        if failed.is_some() {
            self.ask_again(index, &trigger);
        }
        let chosen = decide::decide(choices.unwrap_or_default(), &facts, seed);
        let alternative = chosen.alternative().cloned();
        let choice = match &alternative {
            Some(a) if a.choice.act == Act::Hold => Choice {
                // Who reads why nothing was said wants to know what would have been.
                reason: outweighed(a, &chosen.alternatives).unwrap_or_else(|| a.choice.reason.clone()),
                ..a.choice.clone()
            },
            Some(a) => a.choice.clone(),
            None => silence(failed, &chosen.alternatives),
        };
        let mode = decide::mode(&choice, &facts);
        let router = self.shared.router.as_ref();
        let decision = Decision {
            id,
            prospect,
            place,
            at: view.now,
            trigger,
            router: router
                .map(|r| format!("{} {}", r.name(), r.plugin().digest()))
                .unwrap_or_default(),
            situation: route::record(situation),
            facts,
            alternatives: chosen.alternatives,
            seed,
            snapshot: 0,
            act: choice.act,
            target: choice.target.clone(),
            channel: choice.channel.clone(),
            propensity: alternative.map_or(1.0, |a| a.propensity),
            reason: choice.reason.clone(),
            mode,
        };
        let action = self.action(index, &decision, &choice, view);
        let standing = trigger::standing(view, &self.touched[index].standing);
        let telling = action.as_ref().map(|(action, telling)| {
            debug_assert_eq!(action.id, telling.action);
            telling.clone()
        });
        say(&decision, view);
        let entry = Entry::Decided {
            decision: id,
            standing,
            telling,
        };
        let t = &mut self.touched[index];
        t.prospect.apply(place, t.now, &entry);
        let logged = Logged {
            partition: prospect.partition(),
            place,
            at: t.now,
            prospect,
            entry,
        };
        let commit = self.commit(prospect.partition());
        commit.derived.push(logged);
        commit.decisions.push(decision);
        commit.actions.extend(action.map(|(a, _)| a));
    }

    fn action(&self, index: usize, decision: &Decision, choice: &Choice, view: &View) -> Option<(Action, Telling)> {
        let shared = self.shared;
        let t = &self.touched[index];
        let (sink, purpose, to) = match choice.act {
            Act::Hold => return None,
            Act::HandOver => (
                shared.wiring.teams.get(&choice.target)?.sink.clone(),
                "sales".to_owned(),
                Vec::new(),
            ),
            Act::Tell | Act::Ask => {
                let channel = shared.wiring.channels.get(&choice.channel)?;
                let story = shared.wiring.stories.iter().find(|s| s.id.0 == choice.target)?;
                (
                    channel.sink.clone(),
                    story.kind.word().to_owned(),
                    deliver::reachable(&decision.facts, &choice.channel, &channel.address),
                )
            }
        };
        let id = ActionId::from(decision.id);
        let text = match choice.act {
            Act::HandOver | Act::Hold => String::new(),
            Act::Tell | Act::Ask => shared.digest_of(&choice.target),
        };
        let profile = to
            .first()
            .map(ProfileId::of)
            .or_else(|| t.prospect.part.profiles.keys().next().copied())?;
        let expires = choice.expires_in_ms.map_or_else(
            || view.now.after(decision.facts.policy.expires),
            |ms| Instant(view.now.0.saturating_add(ms)),
        );
        let mut action = Action {
            id,
            decision: decision.id,
            prospect: decision.prospect,
            sink: sink.clone(),
            channel: choice.channel.clone(),
            act: choice.act,
            target: choice.target.clone(),
            purpose,
            to,
            decided: view.now,
            due: view.now,
            expires,
            state: ActionState::Queued,
            why: String::new(),
            gate: String::new(),
            attempts: 0,
            first_tried: None,
            reference: String::new(),
            content: serde_json::Value::Null,
            text,
            approval: None,
            seed: false,
        };
        hold_back(&mut action, decision);
        match shared.content(choice, &action.to, &decision.facts, view, &decision.trigger) {
            Ok(content) => action.content = content,
            // It waits for no mode and no approval: with the text as it is, it never goes.
            Err(Unsaid { content, why }) => {
                (action.state, action.gate, action.why) = (ActionState::Held, gate::TEXT.into(), why);
                action.content = content;
            }
        }
        let telling = Telling {
            action: id,
            profile,
            at: view.now,
            act: choice.act,
            target: choice.target.clone(),
            channel: choice.channel.clone(),
            sink,
            state: action.state,
            reference: String::new(),
            shadow: decision.mode == Mode::Shadow,
            answered: None,
        };
        Some((action, telling))
    }
}

/// Holds back what the mode does not let go.
fn hold_back(action: &mut Action, decision: &Decision) {
    let (_, scope) = decision.facts.policy.most_careful(&action.scopes());
    let (gate, why) = match decision.mode {
        Mode::Live => return,
        Mode::Shadow => {
            let why = format!(
                "the mode in {} is shadow: what is decided in shadow is never sent",
                scope.table()
            );
            (gate::SHADOW, why)
        }
        Mode::Approve => (gate::APPROVAL, waits_for_approval(action.id, &scope)),
    };
    action.state = ActionState::Held;
    action.gate = gate.into();
    action.why = why;
}

/// What a draw begins from: secret, and the same whenever the decision is made again.
fn seed(key: &[u8; 32], id: DecisionId) -> u64 {
    let mut hash = Sha256::new();
    hash.update(key);
    hash.update(id.as_u64().to_be_bytes());
    hash.finalize().iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

/// Holding because nothing may be done, with the reason.
fn silence(failed: Option<String>, alternatives: &[Alternative]) -> Choice {
    Choice {
        act: Act::Hold,
        target: String::new(),
        channel: String::new(),
        weight: 0.0,
        reason: failed
            .or_else(|| loudest(alternatives).and_then(forbidden))
            .unwrap_or_else(|| "there is nothing to choose from".into()),
        expires_in_ms: None,
    }
}

/// What was proposed with more weight than the silence that was chosen, and is forbidden.
fn outweighed(silence: &Alternative, alternatives: &[Alternative]) -> Option<String> {
    loudest(alternatives)
        .filter(|a| a.choice.weight > silence.choice.weight)
        .and_then(forbidden)
}

fn forbidden(alternative: &Alternative) -> Option<String> {
    let gate = alternative.forbidden.first()?;
    let Choice { act, target, .. } = &alternative.choice;
    Some(format!("{act} '{target}' is forbidden by {}: {}", gate.gate, gate.why))
}

/// One line a decision for the operator's log. Names nobody.
fn say(decision: &Decision, view: &View) {
    metrics::counter!("hearken_decisions_total", "act" => decision.act.word(), "mode" => decision.mode.word())
        .increment(1);
    let persona = view
        .top(hearken_model::BeliefKind::Persona)
        .map_or("", |b| b.name.as_str());
    tracing::info!(
        target: "decision",
        decision = %decision.id, prospect = %decision.prospect, persona, stage = %view.lifecycle, trigger = decision.trigger,
        act = %decision.act, story_or_team = decision.target, channel = decision.channel, mode = decision.mode.word(),
        propensity = decision.propensity, "{}", decision.reason
    );
}
