//! What a situation says about a person, in the terms that decisions are made of.

use hearken_sdk::{Beliefs, Pace, Situation, Vocabulary};

use crate::config::Config;

/// A person at one moment.
pub(crate) struct Reading<'a> {
    pub(crate) situation: &'a Situation,
    vocabulary: &'a Vocabulary,
    /// The persona and its weight, where one is sure enough.
    pub(crate) persona: Option<(&'a str, f64)>,
    /// The pace and its weight, where one is sure enough.
    pub(crate) pace: Option<(Pace, f64)>,
    /// The weight of being about to leave; 0 where not sure enough.
    pub(crate) leaving: f64,
    pub(crate) engagement: f64,
    pub(crate) fit: f64,
    /// Whether they have just asked for a person.
    pub(crate) asked: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(situation: &'a Situation, vocabulary: &'a Vocabulary, config: &Config) -> Self {
        let weight = |kind, name| {
            situation
                .beliefs
                .find(kind, name)
                .map_or(0.0, |belief| sane(belief.weight()))
        };
        let sure = |weight: &f64| *weight >= config.sure;
        let persona = situation
            .beliefs
            .strongest("persona")
            .map(|belief| (belief.name.as_str(), sane(belief.weight())));
        let pace = [Pace::NeedsHelp, Pace::Hurried, Pace::Browsing]
            .map(|pace| (pace, weight("pace", pace.as_str())))
            .into_iter()
            .reduce(|best, pace| if pace.1 > best.1 { pace } else { best });
        let (code, name) = situation.trigger();
        Self {
            situation,
            vocabulary,
            persona: persona.filter(|(_, weight)| sure(weight)),
            pace: pace.filter(|(_, weight)| sure(weight)),
            leaving: Some(weight("leaving", "site")).filter(sure).unwrap_or(0.0),
            engagement: weight("engagement", "overall"),
            fit: weight("fit", "rules"),
            asked: match code {
                "asked" => config.requests.iter().any(|kind| kind == name),
                "cue" => name == "asked",
                _ => false,
            },
        }
    }

    /// The weight of interest in a topic.
    pub(crate) fn interest(&self, topic: &str) -> f64 {
        self.situation
            .beliefs
            .find("interest", topic)
            .map_or(0.0, |belief| sane(belief.weight()))
    }

    /// Everything that they are interested in.
    pub(crate) fn topics(&self) -> Vec<String> {
        let interests = self.situation.beliefs.iter().filter(|belief| belief.kind == "interest");
        interests.map(|belief| belief.name.clone()).collect()
    }

    /// The weight of a pace; 0 where another one is, or none is sure enough.
    pub(crate) fn going(&self, pace: Pace) -> f64 {
        self.pace
            .filter(|(is, _)| *is == pace)
            .map_or(0.0, |(_, weight)| weight)
    }

    /// How little time there is: the weight of hurry or of leaving.
    pub(crate) fn urgency(&self) -> f64 {
        self.going(Pace::Hurried).max(self.leaving)
    }

    /// `CIO, hurried, interested in Return on investment (0.81)`: what speaks for a story
    /// about these topics.
    pub(crate) fn describe(&self, topics: &[String]) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let Some((persona, _)) = self.persona {
            let title = self
                .vocabulary
                .personas()
                .get(persona)
                .map(|known| known.title.as_str());
            parts.push(title.filter(|title| !title.is_empty()).unwrap_or(persona).to_owned());
        }
        parts.extend(self.pace.map(|(pace, _)| match pace {
            Pace::Hurried => "hurried".to_owned(),
            Pace::NeedsHelp => "in need of help".to_owned(),
            Pace::Browsing => "browsing".to_owned(),
        }));
        if self.leaving > 0.0 {
            parts.push("about to leave".to_owned());
        }
        let mut interests: Vec<(f64, &str)> = topics
            .iter()
            .map(|topic| (self.interest(topic), topic.as_str()))
            .collect();
        interests.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let interests = interests.iter().filter(|(weight, _)| *weight > 0.0).take(2);
        let interests: Vec<String> = interests
            .map(|(weight, topic)| format!("{} ({weight:.2})", self.title(topic)))
            .collect();
        if !interests.is_empty() {
            parts.push(format!("interested in {}", interests.join(" and ")));
        }
        if parts.is_empty() {
            "not much known yet".to_owned()
        } else {
            parts.join(", ")
        }
    }

    pub(crate) fn title(&self, topic: &'a str) -> &'a str {
        let title = self.vocabulary.topics().get(topic).map(|known| known.title.as_str());
        title.filter(|title| !title.is_empty()).unwrap_or(topic)
    }
}

/// A number that may be reckoned with: other scorers write beliefs too.
fn sane(weight: f64) -> f64 {
    if weight.is_finite() {
        weight.clamp(0.0, 1.0)
    } else {
        0.0
    }
}
