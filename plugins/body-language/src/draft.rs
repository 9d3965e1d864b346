//! A belief in the making, and what became of it against what was said before.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use hearken_sdk::{Belief, Dossier, Instant};

use crate::fingerprint::of_id;
use crate::observation::Observation;

/// The most beliefs that an assessment may have.
const MOST_BELIEFS: usize = 256;
/// The most signals that a belief may rest on by name.
pub(crate) const MOST_EVIDENCE: usize = 32;
/// Two numbers that differ by less are the same number, written and read again.
const SAME: f64 = 1e-9;

/// A belief whose evidence is not named and whose sentence is not written yet.
pub(crate) struct Draft<'a> {
    pub(crate) kind: &'static str,
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: f64,
    pub(crate) confidence: f64,
    /// When it was so, in milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) half_life: Duration,
    /// Fingerprints of signals, the strongest first.
    pub(crate) evidence: Vec<u64>,
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
    let mut beliefs: Vec<Belief> = drafts
        .iter()
        .filter_map(|draft| draft.belief(dossier, &names))
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
        Belief::new(
            said.kind.as_str(),
            said.name.as_str(),
            0.0,
            0.0,
            dossier.now,
        )
        .reason("no longer speaks for it")
    }));
    beliefs
}

impl Draft<'_> {
    /// As it is to be said; none where it was said before.
    fn belief(&self, dossier: &Dossier, names: &Names<'_>) -> Option<Belief> {
        let at = Instant::from_millis(self.at).min(dossier.now);
        let evidence: Vec<&str> = self
            .evidence
            .iter()
            .filter_map(|id| names.0.get(id).copied())
            .collect();
        let before = dossier
            .said_before
            .iter()
            .find(|said| said.kind == self.kind && said.name == self.name);
        let belief = Belief::new(
            self.kind,
            self.name.as_ref(),
            self.value,
            self.confidence,
            at,
        )
        .evidence(evidence)
        .half_life(self.half_life)
        .reason((self.reason)());
        (!before.is_some_and(|said| is_same(said, &belief))).then_some(belief)
    }
}

/// The sentence is compared too: it goes on counting where numbers near 1 hardly move.
fn is_same(said: &Belief, belief: &Belief) -> bool {
    (said.value - belief.value).abs() <= SAME
        && (said.confidence - belief.confidence).abs() <= SAME
        && said.at == belief.at
        && said.half_life == belief.half_life
        && said.evidence == belief.evidence
        && said.reason == belief.reason
}

/// The ids that may be named, by their fingerprints.
struct Names<'a>(HashMap<u64, &'a str>);

impl<'a> Names<'a> {
    fn of(dossier: &'a Dossier) -> Self {
        let given = dossier.signals().map(|signal| signal.id.as_str());
        let named = dossier
            .said_before
            .iter()
            .flat_map(|said| &said.evidence)
            .map(String::as_str);
        Self(given.chain(named).map(|id| (of_id(id), id)).collect())
    }
}
