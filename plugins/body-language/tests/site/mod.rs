//! A small generated site, people on it, and what the host does between two assessments.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::collections::{BTreeMap, BTreeSet};

use body_language::{BodyLanguage, Config, OfficeHours};
use hearken_sdk::kinds::{Ask, FormSubmitted, Kind, PageLeft, PageViewed, SearchPerformed};
use hearken_sdk::{Assessment, Belief, Dossier, Instant, Persona, Plugin, Scorer, Signal, Topic, Vocabulary};

/// A Monday morning in the generated world.
pub(crate) const MORNING: u64 = 1_763_971_200_000;

pub(crate) fn vocabulary() -> Vocabulary {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let topic = |title: &str, urls: &[&str], words: &[&str]| Topic {
        title: title.to_owned(),
        urls: texts(urls),
        words: texts(words),
    };
    let persona = |title: &str, topics: &[(&str, f64)], words: &[&str]| Persona {
        title: title.to_owned(),
        topics: topics
            .iter()
            .map(|(topic, weight)| ((*topic).to_owned(), *weight))
            .collect(),
        words: texts(words),
    };
    Vocabulary::new(
        BTreeMap::from([
            (
                "roi".to_owned(),
                topic("Return on investment", &["/roi*", "/pricing*"], &["roi", "payback"]),
            ),
            (
                "implementation".to_owned(),
                topic("Implementation", &["/implementation*"], &["rollout", "migration"]),
            ),
            (
                "security".to_owned(),
                topic("Security", &["/security*"], &["security", "encryption"]),
            ),
            (
                "support".to_owned(),
                topic("Support", &["/support*"], &["support", "sla"]),
            ),
        ]),
        BTreeMap::from([
            (
                "cio".to_owned(),
                persona("CIO", &[("roi", 1.0)], &["cio", "chief information officer"]),
            ),
            (
                "it-manager".to_owned(),
                persona("IT manager", &[("implementation", 1.0)], &["it manager"]),
            ),
            (
                "sysadmin".to_owned(),
                persona("Sysadmin", &[("support", 1.0)], &["system administrator"]),
            ),
        ]),
        Vec::new(),
    )
}

pub(crate) fn body_language() -> BodyLanguage {
    BodyLanguage::configure(Config::default(), vocabulary()).expect("the defaults configure it")
}

/// The same, with offices that are open from 8 to 18 in UTC.
pub(crate) fn with_office_hours() -> BodyLanguage {
    let office_hours = Some(OfficeHours {
        zone: "UTC".to_owned(),
        from: 8,
        to: 18,
    });
    let config = Config {
        office_hours,
        ..Config::default()
    };
    BodyLanguage::configure(config, vocabulary()).expect("UTC is a zone")
}

/// Writes down what somebody does, second by second.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) signals: Vec<Signal>,
    at: u64,
    session: String,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        Self {
            signals: Vec::new(),
            at: MORNING,
            session: "visit-1".to_owned(),
        }
    }

    /// Opens a page, reads it for so many seconds and leaves it.
    pub(crate) fn reads(self, path: &str, title: &str, seconds: u64) -> Self {
        self.shows(path, title, seconds, 0, None)
    }

    /// Reads a page and scrolls it so far, 0..1.
    pub(crate) fn scrolls(self, path: &str, title: &str, seconds: u64, far: f64) -> Self {
        self.shows(path, title, seconds, 0, Some(far))
    }

    /// Reads a page and has it open in the background for so many seconds more.
    pub(crate) fn hides(self, path: &str, title: &str, seconds: u64, hidden: u64) -> Self {
        self.shows(path, title, seconds, hidden, None)
    }

    fn shows(mut self, path: &str, title: &str, seconds: u64, hidden: u64, scroll: Option<f64>) -> Self {
        let page = PageViewed {
            path: path.to_owned(),
            title: title.to_owned(),
            ..PageViewed::default()
        };
        self.says(&page);
        self.at += (seconds + hidden) * 1000;
        let left = PageLeft {
            path: path.to_owned(),
            dwell_ms: (hidden > 0).then_some((seconds + hidden) * 1000),
            visible_ms: Some(seconds * 1000),
            scroll,
            ..PageLeft::default()
        };
        self.says(&left);
        self
    }

    /// Opens a page, and nobody says when it was left.
    pub(crate) fn opens(mut self, path: &str) -> Self {
        self.says(&PageViewed {
            path: path.to_owned(),
            ..PageViewed::default()
        });
        self
    }

    pub(crate) fn searches(mut self, query: &str, results: u64) -> Self {
        self.says(&SearchPerformed {
            query: query.to_owned(),
            results: Some(results),
        });
        self
    }

    pub(crate) fn asks(mut self, asks: Ask) -> Self {
        self.says(&FormSubmitted {
            form: "contact".to_owned(),
            asks: Some(asks),
            ..FormSubmitted::default()
        });
        self
    }

    pub(crate) fn does<K: Kind>(mut self, kind: &K) -> Self {
        self.says(kind);
        self
    }

    /// Lets time pass; a new visit begins.
    pub(crate) fn returns_after(mut self, minutes: u64) -> Self {
        self.at += minutes * 60_000;
        self.session.push('+');
        self
    }

    /// Lets time pass within the visit.
    pub(crate) fn waits(mut self, seconds: u64) -> Self {
        self.at += seconds * 1000;
        self
    }

    fn says<K: Kind>(&mut self, kind: &K) {
        self.at += 1000;
        let id = format!("generated-{:03}", self.signals.len());
        let signal = Signal::new(id, Instant::from_millis(self.at), kind).expect("kinds are JSON");
        self.signals
            .push(signal.identity("anonymous", "a-1").session(self.session.as_str()));
    }

    /// All that was done, as a host gives it that knew nothing before.
    pub(crate) fn dossier(&self) -> Dossier {
        Dossier {
            fresh: self.signals.clone(),
            ..Dossier::new("generated", self.now())
        }
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::from_millis(self.at + 1000)
    }
}

/// What the host keeps of one prospect for this scorer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    pub(crate) beliefs: BTreeMap<(String, String), Belief>,
    pub(crate) memory: Option<Vec<u8>>,
    pub(crate) cue: Option<String>,
}

impl Host {
    /// Assesses these signals and checks what every assessment must keep to.
    pub(crate) fn assess(&mut self, scorer: &BodyLanguage, fresh: &[Signal], now: Instant) -> Vec<Belief> {
        let dossier = Dossier {
            said_before: self.beliefs.values().cloned().collect(),
            fresh: fresh.to_vec(),
            memory: self.memory.take(),
            ..Dossier::new("generated", now)
        };
        self.assess_dossier(scorer, &dossier)
    }

    pub(crate) fn assess_dossier(&mut self, scorer: &BodyLanguage, dossier: &Dossier) -> Vec<Belief> {
        let assessment = scorer.assess(dossier).expect("any dossier is assessed");
        let given = dossier.signals().map(|signal| signal.id.as_str());
        let named = dossier
            .said_before
            .iter()
            .flat_map(|said| said.evidence.iter().map(String::as_str));
        let may_be_named: BTreeSet<&str> = given.chain(named).collect();
        for belief in &assessment.beliefs {
            assert!(belief.evidence.len() <= 8 && belief.reason.len() <= 500, "{belief:?}");
            assert!(belief.at <= dossier.now, "{belief:?}");
            assert!(
                (0.0..=1.0).contains(&belief.value) && (0.0..=1.0).contains(&belief.confidence),
                "{belief:?}"
            );
            assert!(!belief.reason.is_empty(), "{belief:?}");
            assert!(
                belief.evidence.iter().all(|id| may_be_named.contains(id.as_str())),
                "{belief:?}"
            );
        }
        let said = assessment.beliefs.clone();
        self.take(assessment);
        assert!(self.memory.as_ref().is_some_and(|memory| memory.len() <= 16 * 1024));
        said
    }

    /// Keeps what was said.
    pub(crate) fn take(&mut self, assessment: Assessment) {
        for belief in assessment.beliefs {
            let key = (belief.kind.clone(), belief.name.clone());
            if belief.confidence == 0.0 {
                self.beliefs.remove(&key);
            } else {
                self.beliefs.insert(key, belief);
            }
        }
        self.memory = assessment.memory;
        self.cue = assessment.cue;
    }

    pub(crate) fn believes(&self, kind: &str, name: &str) -> Option<&Belief> {
        self.beliefs.get(&(kind.to_owned(), name.to_owned()))
    }

    pub(crate) fn weight(&self, kind: &str, name: &str) -> f64 {
        self.believes(kind, name).map_or(0.0, Belief::weight)
    }

    /// The only name that is believed of this kind.
    pub(crate) fn only(&self, kind: &str) -> Option<&str> {
        let mut names = self
            .beliefs
            .keys()
            .filter(|(of, _)| of == kind)
            .map(|(_, name)| name.as_str());
        let only = names.next();
        assert_eq!(names.next(), None, "more than one {kind}");
        only
    }
}

/// What is believed of somebody after all that they did.
pub(crate) fn understood(visitor: &Visitor) -> Host {
    let mut host = Host::default();
    host.assess(&body_language(), &visitor.signals, visitor.now());
    host
}
