//! Decisions: the router asked about those of whom something stands out, its word gated and
//! drawn, and what follows from it taken down.

use std::{sync::Arc, time::Duration};

use hearken_learn::Knowledge;
use hearken_model::{
    Act, Alternative, Choice, Decision, Entry, Instant, Seq, View,
    decide::{self, Facts},
    loudest, outweighed, trigger,
};
use hearken_store::{Logged, NewDeadLetter, Stage, StoreError, TimerSet};

use super::Wave;
use crate::{
    confirmation::{ASKED_BY, Asked},
    course::Moment,
    handed::PASSED_ON_BY,
    owned,
    route::{self, Moved},
    touched::again,
};

/// When the router is asked once more whose word could not be used: a minute later, which
/// is enough for a machine that was too busy.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// What was asked, and who.
struct Question {
    /// Where the decision stands.
    place: Seq,
    /// What moved.
    trigger: String,
    /// Who was asked, with the plugin's digest.
    router: String,
    /// What they were given.
    situation: serde_json::Value,
    /// The number of the snapshot that they were given; 0 for none.
    snapshot: u64,
    /// The consent that the host asks for by itself.
    pending: Option<Asked>,
}

impl Wave<'_> {
    /// Decides about those of whom something stands out now. Returns how many there are.
    pub(super) async fn decide(&mut self) -> Result<usize, StoreError> {
        let mut asked: Vec<(usize, String, View, Facts)> = Vec::new();
        let (mut confirming, mut passing) = (Vec::new(), Vec::new());
        for index in 0..self.touched.len() {
            if self.touched[index].prospect.part.profiles.is_empty() {
                continue;
            }
            let view = self.look(index);
            let t = &self.touched[index];
            let pending = t.asks_to_confirm();
            let trigger = t.trigger(&view);
            if pending.is_none() && trigger.is_none() {
                continue;
            }
            let facts = self.shared.facts(&t.prospect, &view, None);
            if t.is_passed_on()
                && let Some((choice, facts)) = self.shared.passed_on(&t.prospect, &facts)
            {
                passing.push((index, trigger.unwrap_or_default(), choice, view, facts));
                continue;
            }
            match pending.and_then(|p| Some((self.shared.confirmation(&p, &view, &facts)?, p))) {
                Some((choice, pending)) => confirming.push((index, pending, choice, view, facts)),
                None => asked.extend(trigger.map(|trigger| (index, trigger, view, facts))),
            }
        }
        let unasked = confirming.len() + passing.len();
        for (index, pending, choice, view, facts) in confirming {
            self.ask_to_confirm(index, &pending, choice, &view, facts);
        }
        for (index, trigger, choice, view, facts) in passing {
            self.pass_on(index, trigger, choice, &view, facts);
        }
        Ok(unasked + self.ask_the_router(asked).await?)
    }

    /// Takes down the stages that were reached, where nothing is decided.
    pub(super) fn announce_all(&mut self) {
        for index in 0..self.touched.len() {
            if !self.touched[index].prospect.part.profiles.is_empty() {
                self.look(index);
            }
        }
    }

    /// How somebody looks now; takes down that they have reached a stage.
    fn look(&mut self, index: usize) -> View {
        let view = self.shared.view(&self.touched[index].prospect, self.touched[index].now);
        self.announce(index, &view);
        view
    }

    /// What a team has let lie goes to the next one without a router.
    fn pass_on(&mut self, index: usize, trigger: String, choice: Choice, view: &View, facts: Facts) {
        let prospect = self.touched[index].prospect.id;
        let asked = Question {
            place: Self::next_place(&mut self.steps, &self.commits, prospect.partition()),
            trigger,
            router: PASSED_ON_BY.into(),
            situation: serde_json::Value::Null,
            snapshot: 0,
            pending: None,
        };
        self.decided(index, asked, view, facts, Ok(vec![choice]));
    }

    /// What a person waits for is asked without a router.
    fn ask_to_confirm(&mut self, index: usize, pending: &Asked, choice: Choice, view: &View, facts: Facts) {
        let prospect = self.touched[index].prospect.id;
        let place = Self::next_place(&mut self.steps, &self.commits, prospect.partition());
        let asked = Question {
            place,
            trigger: pending.trigger(),
            router: ASKED_BY.into(),
            situation: serde_json::Value::Null,
            snapshot: 0,
            pending: Some(pending.clone()),
        };
        self.decided(index, asked, view, facts, Ok(vec![choice]));
    }

    async fn ask_the_router(&mut self, mut asked: Vec<(usize, String, View, Facts)>) -> Result<usize, StoreError> {
        let Some(router) = self.shared.router.as_ref().filter(|_| !asked.is_empty()) else {
            return Ok(0);
        };
        let breaker = self.shared.breakers.get(router.name());
        if let Some(until) = breaker.and_then(|b| b.open_until(self.shared.clock.now())) {
            for (index, trigger, ..) in asked {
                self.ask_at(index, &trigger, until);
            }
            return Ok(0);
        }
        let (shared, course) = (self.shared, self.course);
        let mut moments = Vec::new();
        for (index, ..) in &asked {
            let prospect = self.touched[*index].prospect.id;
            let place = Self::next_place(&mut self.steps, &self.commits, prospect.partition());
            moments.push(Moment { prospect, place });
        }
        self.look_around(&moments, &mut asked).await?;
        let known: Vec<Option<Arc<Knowledge>>> = asked
            .iter()
            .zip(&moments)
            .map(|((_, _, view, _), moment)| (!shared.is_held_out(view)).then(|| course.knowledge(shared, moment)))
            .collect();
        let situations: Vec<_> = asked
            .iter()
            .zip(&moments)
            .zip(&known)
            .map(|(((index, trigger, view, facts), moment), known)| {
                shared.situation(&Moved {
                    id: course.asked_as(moment),
                    prospect: &self.touched[*index].prospect,
                    view,
                    facts,
                    trigger,
                    knowledge: known.as_deref(),
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
        let router = format!("{} {}", router.name(), router.plugin().digest());
        let given = asked.into_iter().zip(known).zip(moments).zip(situations);
        for ((((asked, known), moment), situation), answer) in given.zip(answers) {
            let (index, trigger, view, facts) = asked;
            let place = moment.place;
            let choices = self.shared.choices(&situation, answer);
            if let Err(why) = &choices {
                self.undecided(index, place, why, &situation);
            }
            let asked = Question {
                place,
                trigger,
                router: router.clone(),
                situation: route::record(&situation),
                snapshot: known.map_or(0, |k| k.number),
                pending: None,
            };
            self.decided(index, asked, &view, facts, choices);
        }
        Ok(count)
    }

    /// Adds what the people of their accounts have to do with those who are asked about.
    async fn look_around(
        &self,
        moments: &[Moment],
        asked: &mut [(usize, String, View, Facts)],
    ) -> Result<(), StoreError> {
        let whom: Vec<_> = moments
            .iter()
            .zip(&*asked)
            .map(|(moment, (index, _, view, _))| (*moment, &self.touched[*index].prospect, view.now))
            .collect();
        let found = self.course.colleagues(self.shared, &whom).await?;
        for ((.., facts), colleagues) in asked.iter_mut().zip(found) {
            owned::join(facts, colleagues, &self.shared.wiring);
        }
        Ok(())
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

    fn decided(
        &mut self,
        index: usize,
        asked: Question,
        view: &View,
        facts: Facts,
        choices: Result<Vec<Choice>, String>,
    ) {
        let Question {
            place,
            trigger,
            router,
            situation,
            snapshot,
            pending,
        } = asked;
        let prospect = self.touched[index].prospect.id;
        let moment = Moment { prospect, place };
        let seed = self.course.seed(self.shared, &moment);
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
                reason: outweighed(&a.choice, &chosen.alternatives)
                    .and_then(forbidden)
                    .unwrap_or_else(|| a.choice.reason.clone()),
                ..a.choice.clone()
            },
            Some(a) => a.choice.clone(),
            None => silence(failed, &chosen.alternatives),
        };
        let mode = decide::mode(&choice, &facts);
        let id = self.course.decided_as(&moment, &choice, mode);
        let worded = self.shared.worded(&choice, &facts, view, seed);
        let decision = Decision {
            id,
            prospect,
            place,
            at: view.now,
            trigger,
            router,
            situation,
            facts,
            alternatives: chosen.alternatives,
            seed,
            snapshot,
            act: choice.act,
            target: choice.target.clone(),
            channel: choice.channel.clone(),
            propensity: alternative.map_or(1.0, |a| a.propensity),
            reason: choice.reason.clone(),
            mode,
            wording: worded.as_ref().map(|worded| worded.wording.clone()),
        };
        let action = self.action(index, &decision, &choice, worded.as_ref(), view, pending.as_ref());
        let before = &self.touched[index].standing;
        // No router was asked: what stands out still calls for a word of its.
        let standing = match pending {
            Some(_) => before.clone(),
            None => trigger::standing(view, before),
        };
        let telling = action.as_ref().map(|(action, telling)| {
            debug_assert_eq!(action.id, telling.action);
            telling.clone()
        });
        say(&decision, view);
        let entry = Entry::Decided {
            decision: id,
            standing,
            telling,
            saw_after: Some(self.touched[index].from),
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
