//! The router's part: what the host would show it, and a draw from what it answers.

use facilitator::{Config, Facilitator};
use hearken_learn::{Buyer, Knowledge};
use hearken_model::{Instant, Lifecycle, Pressure};
use hearken_sdk::{Belief, Candidate, Plugin, Router, Situation, Story, TrackRecord, Vocabulary};

use crate::{
    World,
    person::{Dice, Person},
};

/// The facilitator with its defaults, and the stories it is given.
pub(crate) struct Chooser {
    router: Facilitator,
    stories: Vec<Story>,
}

impl Chooser {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            router: Facilitator::configure(Config::default(), Vocabulary::default()).expect("the defaults are sound"),
            stories: world
                .stories
                .iter()
                .map(|(id, pressure)| story(id, *pressure))
                .collect(),
        }
    }

    /// The place of the story that is drawn; none for silence.
    pub(crate) fn choose(
        &self,
        world: &World,
        person: &Person,
        knowledge: &Knowledge,
        now: Instant,
        dice: &mut Dice,
    ) -> Option<usize> {
        let situation = situation(world, person, knowledge, now);
        let choices = self.router.decide(&self.stories, &situation);
        let choices = choices.expect("any situation is decided");
        let mut left = dice.roll() * choices.iter().map(|choice| choice.weight).sum::<f64>();
        let drawn = choices.iter().find(|choice| {
            left -= choice.weight;
            left < 0.0
        });
        world.place(&drawn.or(choices.last())?.target)
    }
}

/// As the host fills it: candidates are the stories that were not told yet, with what the
/// snapshot says of each.
fn situation(world: &World, person: &Person, knowledge: &Knowledge, now: Instant) -> Situation {
    let at = hearken_sdk::Instant::from_millis(now.0);
    let untold = |place: &usize| !person.heard(world.stories[*place].0);
    let left: Vec<usize> = (0..world.stories.len()).filter(untold).collect();
    let asked: Vec<(&str, Pressure)> = left.iter().map(|place| world.stories[*place]).collect();
    let buyer = Buyer::of(Lifecycle::Lead, person.beliefs().into_iter());
    let fared = knowledge.fared(&buyer, &asked);
    let candidates = left.iter().zip(fared).map(|(story, fared)| Candidate {
        story: *story,
        best: fared.best,
        fared: TrackRecord {
            told: fared.told,
            engaged: fared.engaged,
            advanced: fared.advanced,
            won: fared.won,
            harmed: fared.harmed,
            samples: fared.samples,
        },
        ..Candidate::default()
    });
    let beliefs = person.beliefs().into_iter();
    Situation {
        lifecycle: hearken_sdk::Lifecycle::Lead,
        candidates: candidates.collect(),
        beliefs: beliefs
            .map(|(kind, name, weight)| Belief::new(kind, name, weight, 1.0, at))
            .collect(),
        channels: vec!["email".to_owned()],
        trigger: "belief:interest/roi".to_owned(),
        ..Situation::new("simulated", at)
    }
}

fn story(id: &str, pressure: Pressure) -> Story {
    Story {
        id: id.to_owned(),
        topics: vec!["roi".to_owned()],
        pressure: match pressure {
            Pressure::Hard => hearken_sdk::Pressure::Hard,
            Pressure::Soft => hearken_sdk::Pressure::Soft,
        },
        channels: vec!["email".to_owned()],
        ..Story::default()
    }
}
