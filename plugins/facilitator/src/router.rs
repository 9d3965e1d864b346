//! The plugin: from a situation to choices.

use hearken_sdk::{
    Candidate, Choice, Failure, Manifest, Plugin, Pressure, Problem, Router, Situation, Story, Vocabulary,
};

use crate::config::{self, Config};
use crate::hand_over::{HandOver, hand_over};
use crate::invitation::invitation;
use crate::reading::Reading;
use crate::score::score;
use crate::shares::shares;
use crate::silence;

/// The most stories among the choices, which are at most 64.
const MOST_STORIES: usize = 60;
/// What is done where the host's gates forbid a hand-over or an invitation: next to nothing
/// beside it, and everything once the rest is renormalised.
const INSTEAD: f64 = 1e-6;

/// The router, configured.
pub struct Facilitator {
    config: Config,
    vocabulary: Vocabulary,
}

impl Plugin for Facilitator {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!().vocabulary()
    }

    fn check(config: &Config, vocabulary: &Vocabulary) -> Vec<Problem> {
        config::check(config, vocabulary)
    }

    fn configure(config: Config, vocabulary: Vocabulary) -> Result<Self, Failure> {
        Ok(Self { config, vocabulary })
    }
}

impl Router for Facilitator {
    fn decide(&self, stories: &[Story], situation: &Situation) -> Result<Vec<Choice>, Failure> {
        let reading = Reading::of(situation, &self.vocabulary, &self.config);
        if let Some(why) = silence::imposed(&reading) {
            return Ok(vec![Choice::hold(1.0, why)]);
        }
        let mut choices = self.say_something(stories, &reading);
        if let Some(invitation) = invitation(stories, &reading) {
            choices.iter_mut().for_each(|choice| choice.weight *= INSTEAD);
            choices.insert(0, invitation);
        }
        if let Some(HandOver { team, reason }) = hand_over(&reading, &self.config) {
            choices.iter_mut().for_each(|choice| choice.weight *= INSTEAD);
            choices.insert(0, Choice::hand_over(team, 1.0, reason));
        }
        Ok(choices)
    }
}

/// A story that may be told, on its way to a choice.
struct Fitting<'a> {
    story: &'a Story,
    channel: &'a str,
    score: f64,
}

impl Facilitator {
    /// Stories that fit, and silence: with weights that sum to 1, the best first.
    fn say_something(&self, stories: &[Story], reading: &Reading<'_>) -> Vec<Choice> {
        if let Some(why) = silence::chosen(reading, &self.config).filter(|_| !reading.asked) {
            return vec![Choice::hold(1.0, why)];
        }
        let options = self.options(stories, reading);
        if options.is_empty() {
            return vec![Choice::hold(1.0, self.nothing_fits(reading))];
        }
        let mut scores: Vec<f64> = options.iter().map(|option| option.score).collect();
        // Silence has the floor as its score: the better the best story, the rarer it is.
        scores.push(self.config.floor);
        let shares = shares(&scores, self.config.temperature, self.config.explore);
        let mut choices: Vec<Choice> = options
            .iter()
            .zip(&shares)
            .map(|(option, share)| self.say(option, *share, reading))
            .collect();
        let silence = shares.last().copied().unwrap_or(0.0);
        choices.push(Choice::hold(
            silence,
            "held back: what fits does not fit so well that it has to be said now",
        ));
        choices
    }

    /// Stories that reach the floor over a channel that reaches the person, the best first.
    fn options<'a>(&self, stories: &'a [Story], reading: &Reading<'a>) -> Vec<Fitting<'a>> {
        let situation = reading.situation;
        let option = |(candidate, story): (&'a Candidate, &'a Story)| {
            if story.invites().is_some() {
                return None;
            }
            let channel = situation
                .channels
                .iter()
                .find(|channel| story.channels.contains(channel))?;
            let score = score(reading, candidate, story);
            (score > 0.0 && score >= self.config.floor).then_some(Fitting { story, channel, score })
        };
        let mut options: Vec<Fitting<'a>> = situation.stories(stories).filter_map(option).collect();
        options.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.story.id.cmp(&b.story.id)));
        options.truncate(MOST_STORIES);
        options
    }

    fn say(&self, option: &Fitting<'_>, weight: f64, reading: &Reading<'_>) -> Choice {
        let (pressure, expires) = match option.story.pressure {
            Pressure::Hard => ("hard", self.config.hard_expires()),
            _ => ("soft", self.config.soft_expires()),
        };
        let what = if option.story.question { "question" } else { "story" };
        let reason = format!("{}: the {pressure} {what} fits", reading.describe(&option.story.topics));
        Choice::say(option.story, option.channel, weight, reason).expires_in(expires)
    }

    fn nothing_fits(&self, reading: &Reading<'_>) -> String {
        let situation = reading.situation;
        let asked = if reading.asked {
            "asked for a person, but no team is open; "
        } else {
            ""
        };
        let strongest = situation
            .beliefs
            .iter()
            .filter(|belief| belief.kind == "interest")
            .map(|b| b.weight());
        let why = if situation.channels.is_empty() {
            "no address is known to say anything to".to_owned()
        } else if situation.candidates.is_empty() {
            "there is no story that could be told now".to_owned()
        } else if strongest.fold(0.0, f64::max) == 0.0 {
            "no interest is known yet".to_owned()
        } else {
            "no story fits well enough".to_owned()
        };
        format!("{asked}{why}")
    }
}
