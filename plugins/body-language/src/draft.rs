//! A belief in the making, and what became of it against what was said before.

use std::borrow::Cow;
use std::time::Duration;

use hearken_sdk::{Belief, Dossier, Instant};

use crate::fingerprint::of_id;
use crate::observation::Observation;

/// The most beliefs that an assessment may have.
const MOST_BELIEFS: usize = 256;
/// The most signals that a belief names. The contract allows four times as many; nobody
/// reads them, and every one is a text that is carried into the sandbox with each dossier.
pub(crate) const MOST_EVIDENCE: usize = 8;
/// Two numbers that differ by less are the same number, written and read again.
const SAME: f64 = 1e-9;

/// From here on numbers hardly move any more, while the sentence goes on counting.
pub(crate) const SETTLED: f64 = 1.0 - 1e-6;

/// A belief whose evidence is not named and whose sentence is not written yet: most drafts
/// turn out to be what was said before, and need neither.
pub(crate) struct Draft<'a> {
    pub(crate) kind: &'static str,
    pub(crate) name: &'a str,
    pub(crate) value: f64,
    pub(crate) confidence: f64,
    /// When it was so, in milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) half_life: Duration,
    /// Fingerprints of signals, the strongest first.
    pub(crate) evidence: Cow<'a, [u64]>,
    /// Whether the numbers show every change of what the sentence rests on. Else sentences
    /// are compared too, which costs writing one.
    pub(crate) numbers_tell: bool,
    pub(crate) reason: Box<dyn Fn() -> String + 'a>,
}

/// How much one observation speaks for something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Support {
    /// Its place among the observations.
    pub(crate) place: usize,
    /// For ranking only.
    pub(crate) weight: f64,
}

/// The evidence to be named: the *latest* [`MOST_EVIDENCE`], in order of strength.
///
/// Only ids that this dossier brings, or that were named before, may be named. What is
/// among the latest of all has been among the latest ever since it came, and so was named
/// ever since; what is among the strongest may only now have become so. Taking the latest
/// keeps evidence, too, independent of how signals were cut into dossiers.
pub(crate) fn evidence(observations: &[Observation], mut support: Vec<Support>) -> Vec<u64> {
    support.sort_unstable_by_key(|support| support.place);
    support.drain(..support.len().saturating_sub(MOST_EVIDENCE));
    support.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(b.place.cmp(&a.place)));
    support
        .into_iter()
        .map(|support| observations[support.place].id)
        .collect()
}

/// What has changed since it was said before, and what is no longer so: `known` tells
/// whether the vocabulary still has a kind's name, for others cannot even be withdrawn.
pub(crate) fn changes(
    mut drafts: Vec<Draft<'_>>,
    dossier: &Dossier,
    known: impl Fn(&str, &str) -> bool,
) -> Vec<Belief> {
    // No confidence at all withdraws: nothing has been said then.
    drafts.retain(|draft| draft.confidence > 0.0);
    let names = Names::of(dossier);
    let changed = drafts.iter().filter(|draft| !draft.is_said(dossier, &names));
    let mut beliefs: Vec<Belief> = changed
        .map(|draft| draft.belief(dossier, &names))
        .take(MOST_BELIEFS)
        .collect();
    let gone = dossier.said_before.iter().filter(|said| {
        said.confidence > 0.0
            && known(&said.kind, &said.name)
            && !drafts
                .iter()
                .any(|draft| draft.kind == said.kind && draft.name == said.name)
    });
    let room = MOST_BELIEFS - beliefs.len();
    beliefs.extend(gone.take(room).map(|said| {
        Belief::new(said.kind.as_str(), said.name.as_str(), 0.0, 0.0, dossier.now).reason("no longer speaks for it")
    }));
    beliefs
}

impl Draft<'_> {
    fn at(&self, dossier: &Dossier) -> Instant {
        Instant::from_millis(self.at).min(dossier.now)
    }

    /// Whether this is what was said before.
    fn is_said(&self, dossier: &Dossier, names: &Names<'_>) -> bool {
        let mut said = dossier.said_before.iter();
        let before = said.find(|said| said.kind == self.kind && said.name == self.name);
        before.is_some_and(|said| {
            (said.value - self.value).abs() <= SAME
                && (said.confidence - self.confidence).abs() <= SAME
                && said.at == self.at(dossier)
                && said.half_life == Some(self.half_life)
                && names
                    .of_evidence(&self.evidence)
                    .eq(said.evidence.iter().map(String::as_str))
                && (self.numbers_tell || said.reason == (self.reason)())
        })
    }

    fn belief(&self, dossier: &Dossier, names: &Names<'_>) -> Belief {
        Belief::new(self.kind, self.name, self.value, self.confidence, self.at(dossier))
            .evidence(names.of_evidence(&self.evidence))
            .half_life(self.half_life)
            .reason((self.reason)())
    }
}

/// The ids that may be named, by their fingerprints, in the order of these.
pub(crate) struct Names<'a>(Vec<(u64, &'a str)>);

impl<'a> Names<'a> {
    pub(crate) fn of(dossier: &'a Dossier) -> Self {
        let given = dossier.signals().map(|signal| signal.id.as_str());
        let named = dossier
            .said_before
            .iter()
            .flat_map(|said| &said.evidence)
            .map(String::as_str);
        let mut names: Vec<_> = given.chain(named).map(|id| (of_id(id), id)).collect();
        names.sort_unstable();
        names.dedup();
        Self(names)
    }

    /// What of this evidence may be named.
    pub(crate) fn of_evidence(&self, evidence: &[u64]) -> impl Iterator<Item = &'a str> {
        evidence.iter().filter_map(|id| {
            let found = self.0.binary_search_by_key(id, |(id, _)| *id).ok()?;
            Some(self.0[found].1)
        })
    }
}
