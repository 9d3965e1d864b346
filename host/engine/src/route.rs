//! Asking the router: situations out, choices in, and nothing taken on trust.

use hearken_learn::Knowledge;
use hearken_model::{Act, Belief, Choice, DecisionId, Prospect, Scope, Story, View, decide::Facts};
use hearken_sandbox::{Fault, wire};
use serde_json::Value;

use crate::{learning, parts::Shared, vet::cut};

const MAX_CHOICES: usize = 64;
const MAX_REASON_BYTES: usize = 500;

/// Someone of whom something calls for a decision.
pub(crate) struct Moved<'a> {
    pub(crate) id: DecisionId,
    pub(crate) prospect: &'a Prospect,
    pub(crate) view: &'a View,
    pub(crate) facts: &'a Facts,
    pub(crate) trigger: &'a str,
    /// What was learned; none for the holdout.
    pub(crate) knowledge: Option<&'a Knowledge>,
}

impl Shared {
    /// What a router is given about someone.
    pub(crate) fn situation(&self, moved: &Moved<'_>) -> wire::Situation {
        let view = moved.view;
        let router = self.router.as_ref();
        let turns = router.map_or(0, |r| r.plugin().manifest().needs.reads.turns as usize);
        let sight = self.sight_of_thinker(router.map_or("", |r| r.name()), view);
        let mut channels: Vec<String> = moved.facts.addresses.iter().map(|a| a.channel.clone()).collect();
        channels.dedup();
        wire::Situation {
            decision: moved.id.to_string(),
            prospect: moved.prospect.id.to_string(),
            now: view.now.0,
            lifecycle: view.lifecycle.word().into(),
            floor: view.floor.word().into(),
            traits: sight.traits(&view.traits),
            account: view.account.as_deref().map(|account| sight.text(account)),
            account_beliefs: account_beliefs(moved.facts).map(|b| sight.belief(b)).collect(),
            language: view.language.as_deref().map(|language| sight.text(language)),
            beliefs: view.beliefs.iter().map(|b| sight.belief(b)).collect(),
            turns: sight.turns(moved.prospect, turns),
            candidates: self.candidates(moved, &channels),
            channels,
            teams: moved.facts.teams.clone(),
            trigger: sight.trigger(moved.trigger),
            extra: learning::extra(moved.knowledge.is_none()),
        }
    }

    fn candidates(&self, moved: &Moved<'_>, channels: &[String]) -> Vec<wire::Candidate> {
        let (view, facts) = (moved.view, moved.facts);
        let eligible = |story: &Story| {
            // What asks for a consent is told when one is to be confirmed, and else never.
            story.confirms.is_none()
                && story.invites.as_ref().is_none_or(|team| facts.teams.contains(team))
                && story.is_for_stage(view.lifecycle)
                && !story.texts_for(view.language.as_deref()).is_empty()
                && facts.over_since(&story.id).is_none()
                && story.channels.iter().any(|c| channels.contains(c))
                && !told_already(story, view, facts)
        };
        let numbered = self.wiring.stories.iter().zip(0_u32..);
        let stories: Vec<(&Story, u32)> = numbered.filter(|(story, _)| eligible(story)).collect();
        let fared = self.fared(view, &stories, moved.knowledge);
        let candidates = stories.iter().zip(fared);
        candidates
            .map(|((_, story), fared)| learning::candidate(*story, fared))
            .collect()
    }

    /// Takes the router's word on one situation apart: all of it holds, or none is used.
    pub(crate) fn choices(
        &self,
        situation: &wire::Situation,
        answer: Result<Vec<wire::Choice>, Fault>,
    ) -> Result<Vec<Choice>, String> {
        let answer = answer.map_err(|fault| fault.to_string())?;
        if answer.len() > MAX_CHOICES {
            return Err(format!(
                "{} choices where at most {MAX_CHOICES} are taken",
                answer.len()
            ));
        }
        if answer.is_empty() {
            return Err("no choices; a router that wants to stay silent says `hold`".into());
        }
        let choices = answer
            .into_iter()
            .map(|c| self.choice(situation, c))
            .collect::<Result<Vec<_>, _>>()?;
        if !choices.iter().any(|c| c.weight > 0.0) {
            return Err("all weights are 0".into());
        }
        Ok(choices)
    }

    fn choice(&self, situation: &wire::Situation, c: wire::Choice) -> Result<Choice, String> {
        let what = || format!("choice {} '{}'", cut(&c.act, 40), cut(&c.target, 80));
        if !c.weight.is_finite() || c.weight < 0.0 {
            return Err(format!(
                "{}: its weight is {} and must be finite and not negative",
                what(),
                c.weight
            ));
        }
        let act = Act::from_word(&c.act).ok_or_else(|| format!("{}: there is no such act", what()))?;
        match act {
            Act::Hold => {}
            Act::HandOver if self.wiring.teams.contains_key(&c.target) => {}
            Act::HandOver => return Err(format!("{}: there is no such team", what())),
            Act::Tell | Act::Ask => {
                let candidate = situation
                    .candidates
                    .iter()
                    .filter_map(|x| self.wiring.stories.get(x.story as usize));
                let story = candidate.into_iter().find(|s| s.id.0 == c.target);
                let story = story.ok_or_else(|| format!("{}: it is not among the candidates", what()))?;
                if (act == Act::Ask) == story.answers.is_empty() {
                    return Err(format!("{}: a question is asked, any other story is told", what()));
                }
                if !story.channels.contains(&c.channel) {
                    return Err(format!("{}: it cannot go by channel '{}'", what(), cut(&c.channel, 80)));
                }
            }
        }
        let reason = cut(&c.reason, MAX_REASON_BYTES);
        Ok(Choice {
            act,
            target: c.target,
            channel: c.channel,
            weight: c.weight,
            reason,
            expires_in_ms: c.expires_in_ms,
        })
    }
}

/// What is believed of the account that somebody belongs to.
fn account_beliefs(facts: &Facts) -> impl Iterator<Item = &Belief> {
    facts.colleagues.iter().flat_map(|c| &c.beliefs)
}

/// Whether a story was told too lately to be told again, by whatever channel.
fn told_already(story: &Story, view: &View, facts: &Facts) -> bool {
    let mode = facts.policy.mode_for(&[Scope::All, Scope::Story(story.id.0.clone())]);
    facts
        .told
        .iter()
        .filter(|t| t.counts_for(mode))
        .any(|t| t.story == story.id && view.now < t.at.after(facts.again(&story.id)))
}

/// What a record keeps of a situation.
pub(crate) fn record(situation: &wire::Situation) -> Value {
    serde_json::to_value(situation).unwrap_or_default()
}
