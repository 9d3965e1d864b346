//! The operator's words: topics, personas and fit rules.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Deserializer};

use crate::json::Value;

/// What people can be interested in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Topic {
    /// For people.
    pub title: String,
    /// Globs over a page's path: `/pricing*`; `*` stands for any text, slashes included.
    pub urls: Vec<String>,
    /// Words, or phrases, of titles, searches and tags.
    pub words: Vec<String>,
}

/// A role in the buying process.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Persona {
    /// For people.
    pub title: String,
    /// How much interest in a topic speaks for the role, 0..1.
    pub topics: BTreeMap<String, f64>,
    /// Words, or phrases, of a job title.
    pub words: Vec<String>,
}

/// What a fit rule asks of a trait.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FitTest {
    /// Anything but empty.
    Present,
    /// A number, not less.
    AtLeast(f64),
    /// A number, not more.
    AtMost(f64),
    /// One of these, compared without case.
    OneOf(Vec<String>),
}

/// A rule that says who fits what is sold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct FitRule {
    /// The trait that it reads.
    pub r#trait: String,
    /// What it asks.
    pub test: FitTest,
    /// How much it counts; negative counts against.
    pub weight: f64,
}

impl FitRule {
    /// Whether a trait's value satisfies it; false where the trait is missing. Numbers may
    /// be written as text.
    #[must_use]
    pub fn matches(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else { return false };
        let number = || value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        match &self.test {
            FitTest::Present => !value.is_null() && value.as_str() != Some(""),
            FitTest::AtLeast(least) => number().is_some_and(|number| number >= *least),
            FitTest::AtMost(most) => number().is_some_and(|number| number <= *most),
            FitTest::OneOf(words) => value
                .as_str()
                .is_some_and(|text| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()))),
        }
    }
}

/// The operator's vocabulary, indexed once so that looking words up costs no more than
/// reading the text.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    topics: BTreeMap<String, Topic>,
    personas: BTreeMap<String, Persona>,
    fit: Vec<FitRule>,
    topic_words: Words,
    persona_words: Words,
}

impl Vocabulary {
    /// Of its parts: to write tests with.
    #[must_use]
    pub fn new(topics: BTreeMap<String, Topic>, personas: BTreeMap<String, Persona>, fit: Vec<FitRule>) -> Self {
        let topic_words = Words::of(topics.iter().map(|(name, topic)| (name, &topic.words)));
        let persona_words = Words::of(personas.iter().map(|(name, persona)| (name, &persona.words)));
        Self {
            topics,
            personas,
            fit,
            topic_words,
            persona_words,
        }
    }

    /// What people can be interested in, by name.
    #[must_use]
    pub fn topics(&self) -> &BTreeMap<String, Topic> {
        &self.topics
    }

    /// Roles in the buying process, by name.
    #[must_use]
    pub fn personas(&self) -> &BTreeMap<String, Persona> {
        &self.personas
    }

    /// Who fits what is sold.
    #[must_use]
    pub fn fit(&self) -> &[FitRule] {
        &self.fit
    }

    /// Topics that a page is about by its path: those with a glob that matches it. Give
    /// the path without the query.
    pub fn topics_of_path<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a str> {
        self.topics
            .iter()
            .filter(move |(_, topic)| topic.urls.iter().any(|glob| matches_glob(glob, path)))
            .map(|(name, _)| name.as_str())
    }

    /// Topics whose words occur in a text, each once, in the order in which they occur.
    /// Whole words, without case: `prices` is not `price`.
    #[must_use]
    pub fn words_in(&self, text: &str) -> Vec<&str> {
        self.topic_words.find(text)
    }

    /// Personas whose words occur in a job title, each once, in the order in which they
    /// occur.
    #[must_use]
    pub fn personas_in(&self, title: &str) -> Vec<&str> {
        self.persona_words.find(title)
    }
}

impl<'de> Deserialize<'de> for Vocabulary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Parts {
            topics: BTreeMap<String, Topic>,
            personas: BTreeMap<String, Persona>,
            fit: Vec<FitRule>,
        }
        let parts = Parts::deserialize(deserializer)?;
        Ok(Self::new(parts.topics, parts.personas, parts.fit))
    }
}

/// Whether `*` and literal text, in this order, make up the whole of `path`.
fn matches_glob(glob: &str, path: &str) -> bool {
    let Some((first, mut glob)) = glob.split_once('*') else {
        return glob == path;
    };
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    // Each piece may take the earliest place that there is; only the last must reach the end.
    while let Some((piece, after)) = glob.split_once('*') {
        let Some(place) = rest.find(piece) else {
            return false;
        };
        rest = &rest[place + piece.len()..];
        glob = after;
    }
    rest.ends_with(glob)
}

/// Which names stand for which words. Phrases are found by their first word.
#[derive(Clone, Debug, Default)]
struct Words {
    names: Vec<String>,
    by_first: HashMap<String, Vec<Phrase>>,
}

#[derive(Clone, Debug)]
struct Phrase {
    rest: Vec<String>,
    name: usize,
}

impl Words {
    fn of<'a>(entries: impl Iterator<Item = (&'a String, &'a Vec<String>)>) -> Self {
        let mut index = Self::default();
        for (place, (name, phrases)) in entries.enumerate() {
            index.names.push(name.clone());
            for phrase in phrases {
                let lower = phrase.to_lowercase();
                let mut words = split(&lower).map(str::to_owned);
                if let Some(first) = words.next() {
                    index.by_first.entry(first).or_default().push(Phrase {
                        rest: words.collect(),
                        name: place,
                    });
                }
            }
        }
        index
    }

    fn find(&self, text: &str) -> Vec<&str> {
        if self.by_first.is_empty() {
            return Vec::new();
        }
        let lower = text.to_lowercase();
        let mut found = Vec::new();
        let mut words = split(&lower);
        while let Some(word) = words.next() {
            for phrase in self.by_first.get(word).into_iter().flatten() {
                let here = words.clone().map(Some).chain(std::iter::repeat(None));
                if !found.contains(&phrase.name) && phrase.rest.iter().zip(here).all(|(a, b)| Some(a.as_str()) == b) {
                    found.push(phrase.name);
                }
            }
        }
        found.into_iter().map(|place| self.names[place].as_str()).collect()
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::json;

    fn vocabulary() -> Vocabulary {
        serde_json::from_value(json!({
            "topics": {
                "cost": { "title": "Cost", "urls": ["/pricing*", "/*/roi"], "words": ["price", "total cost"] },
                "setup": { "title": "Setup", "urls": ["/docs/install"], "words": ["install"] }
            },
            "personas": { "cio": { "title": "CIO", "topics": { "cost": 0.9 }, "words": ["chief information officer", "CIO"] } },
            "fit": [{ "trait": "employees", "test": { "at-least": 200 }, "weight": 1.0 },
                    { "trait": "industry", "test": { "one-of": ["retail"] }, "weight": 0.5 },
                    { "trait": "domain", "test": "present", "weight": 0.1 }]
        }))
        .unwrap()
    }

    #[test]
    fn a_glob_matches_the_whole_path_and_a_star_any_text() {
        for (glob, path, matches) in [
            ("/pricing*", "/pricing", true),
            ("/pricing*", "/pricing/enterprise", true),
            ("/pricing*", "/about/pricing", false),
            ("/*/roi", "/guides/2026/roi", true),
            ("/*/roi", "/guides/roi/more", false),
            ("/docs", "/docs/", false),
            ("*", "", true),
            ("/a*b*c", "/abc", true),
            ("/ab*ba", "/aba", false),
            ("*x*", "/an/x/ample", true),
        ] {
            assert_eq!(matches_glob(glob, path), matches, "{glob} {path}");
        }
    }

    #[test]
    fn words_are_whole_without_case_and_phrases_stay_together() {
        let vocabulary = vocabulary();
        assert_eq!(
            vocabulary.words_in("Install it: the TOTAL COST, the price"),
            ["setup", "cost"]
        );
        assert_eq!(vocabulary.words_in("the total of prices, installed at cost"), [""; 0]);
        assert_eq!(vocabulary.words_in("total"), [""; 0]);
        assert_eq!(vocabulary.personas_in("Chief Information Officer (EMEA)"), ["cio"]);
        assert_eq!(
            vocabulary.topics_of_path("/pricing/small").collect::<Vec<_>>(),
            ["cost"]
        );
    }

    #[test]
    fn fit_rules_read_numbers_that_are_written_as_text() {
        let vocabulary = vocabulary();
        let [size, industry, domain] = vocabulary.fit() else {
            panic!("three rules")
        };
        assert!(size.matches(Some(&json!("350"))) && size.matches(Some(&json!(200))));
        assert!(!size.matches(Some(&json!(199.5))) && !size.matches(Some(&json!("many"))) && !size.matches(None));
        assert!(industry.matches(Some(&json!("Retail "))) && !industry.matches(Some(&json!("mining"))));
        assert!(domain.matches(Some(&json!("example.com"))) && !domain.matches(Some(&json!(""))));
    }
}
