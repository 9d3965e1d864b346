//! The operator's vocabulary and the configuration's pages, prepared once so that reading a
//! signal costs a few lookups.

use std::collections::BTreeMap;

use hearken_sdk::Vocabulary;

use crate::config::Config;
use crate::fingerprint::{Role, of_name};
use crate::observation::{Marks, Place};

/// How much of a text is searched for words: a title, a query, the beginning of a message.
const TEXT_BYTES: usize = 2000;

/// A topic.
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) title: String,
}

/// A persona.
pub(crate) struct Persona {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) mark: u32,
    /// (place in [`Lexicon::topics`], how much interest in it speaks for the role).
    pub(crate) topics: Vec<(usize, f64)>,
}

/// Everything that signals are compared with.
pub(crate) struct Lexicon {
    /// In the order of their names.
    pub(crate) topics: Vec<Topic>,
    /// In the order of their names.
    pub(crate) personas: Vec<Persona>,
    vocabulary: Vocabulary,
    /// Topics by mark, in its order: looked up for every observation.
    topic_of_mark: Vec<(u32, usize)>,
    /// The configuration's pages and words, as a vocabulary of two topics: it knows globs.
    places: Vocabulary,
    opens: bool,
}

const ASKING: &str = "asking";
const HELPING: &str = "helping";

impl Lexicon {
    /// Whether it is evidence that a message was opened.
    pub(crate) const fn opens_count(&self) -> bool {
        self.opens
    }

    pub(crate) fn new(vocabulary: Vocabulary, config: &Config) -> Self {
        let title_or = |title: &str, name: &str| {
            if title.is_empty() {
                name.to_owned()
            } else {
                title.to_owned()
            }
        };
        let topics: Vec<Topic> = vocabulary
            .topics()
            .iter()
            .map(|(name, topic)| Topic {
                name: name.clone(),
                title: title_or(&topic.title, name),
            })
            .collect();
        let place_of = |name: &String| topics.binary_search_by(|topic| topic.name.as_str().cmp(name)).ok();
        let personas = vocabulary
            .personas()
            .iter()
            .map(|(name, persona)| Persona {
                name: name.clone(),
                title: title_or(&persona.title, name),
                mark: of_name(Role::Persona, name),
                topics: persona
                    .topics
                    .iter()
                    .filter(|(_, weight)| **weight > 0.0)
                    .filter_map(|(topic, weight)| Some((place_of(topic)?, *weight)))
                    .collect(),
            })
            .collect();
        let mut topic_of_mark: Vec<(u32, usize)> = topics
            .iter()
            .enumerate()
            .map(|(place, topic)| (of_name(Role::Topic, &topic.name), place))
            .collect();
        topic_of_mark.sort_unstable();
        let pages = |globs: &[String], words: &[String]| hearken_sdk::Topic {
            urls: globs.to_vec(),
            words: words.to_vec(),
            ..Default::default()
        };
        let places = BTreeMap::from([
            (ASKING.to_owned(), pages(&config.asking, &config.asking_words)),
            (HELPING.to_owned(), pages(&config.helping, &[])),
        ]);
        let places = Vocabulary::new(places, BTreeMap::new(), Vec::new());
        Self {
            topics,
            personas,
            vocabulary,
            topic_of_mark,
            places,
            opens: config.opens,
        }
    }

    /// The place of a marked topic; none for a persona's mark, and where the vocabulary has
    /// lost the topic since.
    pub(crate) fn topic(&self, mark: u32) -> Option<usize> {
        let found = self.topic_of_mark.binary_search_by_key(&mark, |(mark, _)| *mark).ok()?;
        Some(self.topic_of_mark[found].1)
    }

    /// Marks the topics of a path.
    pub(crate) fn mark_path(&self, path: &str, marks: &mut Marks) {
        self.vocabulary
            .topics_of_path(path)
            .for_each(|topic| marks.insert(of_name(Role::Topic, topic)));
    }

    /// Marks the topics whose words occur in a text.
    pub(crate) fn mark_text(&self, text: &str, marks: &mut Marks) {
        if !text.is_empty() {
            let text = &text[..text.floor_char_boundary(TEXT_BYTES)];
            self.vocabulary
                .words_in(text)
                .into_iter()
                .for_each(|topic| marks.insert(of_name(Role::Topic, topic)));
        }
    }

    /// Marks the topic or the persona of this very name, as the answer to a question is.
    pub(crate) fn mark_name(&self, name: &str, marks: &mut Marks) {
        if self.vocabulary.topics().contains_key(name) {
            marks.insert(of_name(Role::Topic, name));
        }
        if self.vocabulary.personas().contains_key(name) {
            marks.insert(of_name(Role::Persona, name));
        }
    }

    /// Names of the personas whose words occur in a job title.
    pub(crate) fn personas_in(&self, title: &str) -> Vec<&str> {
        self.vocabulary
            .personas_in(&title[..title.floor_char_boundary(TEXT_BYTES)])
    }

    /// Whether a search or a message has words by which people ask for a price or a person.
    pub(crate) fn asks_for(&self, text: &str) -> bool {
        !self
            .places
            .words_in(&text[..text.floor_char_boundary(TEXT_BYTES)])
            .is_empty()
    }

    /// The topic of this name, by its place.
    pub(crate) fn has_topic(&self, name: &str) -> bool {
        self.topics
            .binary_search_by(|topic| topic.name.as_str().cmp(name))
            .is_ok()
    }

    /// What sort of page is at a path.
    pub(crate) fn place(&self, path: &str) -> Place {
        match self.places.topics_of_path(path).next() {
            Some(ASKING) => Place::Asking,
            Some(HELPING) => Place::Helping,
            _ => Place::Elsewhere,
        }
    }
}
