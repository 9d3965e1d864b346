//! Asking the scorers: dossiers out, beliefs in, and nothing taken on trust.

use std::{borrow::Cow, collections::HashMap};

use hearken_model::{Assessment, Belief, BeliefKind, Instant, MAX_EVIDENCE, Recorded, SignalId, Vocabulary};
use hearken_sandbox::{Connector, Fault, RecentWhen, wire};
use hearken_store::{RecentAsk, StoreError};

use crate::{catalogue::matches, course::Course, memory, parts::Shared, sight::Sight, touched::Touched, vet::cut};

const MAX_BELIEFS: usize = 256;
const MAX_MEMORY_BYTES: usize = 16 * 1024;
const MAX_REASON_BYTES: usize = 500;
const PACES: [&str; 3] = ["hurried", "needs-help", "browsing"];

/// A scorer's word on one of a wave's prospects.
pub(crate) struct Said {
    /// Which of those that it was asked about.
    pub(crate) index: usize,
    /// What it said, or why it cannot be used.
    pub(crate) word: Result<Assessment, Unsaid>,
    /// The dossier, where it cannot be used.
    pub(crate) dossier: Option<String>,
}

/// What a scorer is asked about one prospect.
struct Asking<'a> {
    /// Which of those that it is asked about.
    index: usize,
    about: &'a Touched,
    /// As the scorer sees them.
    sight: Sight<'a>,
    fresh: &'a [&'a Recorded],
    recent: &'a [Recorded],
}

/// Signals by the ids that a scorer may call them by.
type Given<'a> = HashMap<Cow<'a, str>, &'a SignalId>;

/// Why there is no word.
pub(crate) enum Unsaid {
    /// It was asked, and its answer cannot be used.
    Unusable(String),
    /// It was not asked: its breaker is open.
    LeftOut,
}

impl Shared {
    /// What a scorer makes of those prospects of a wave that concern it.
    pub(crate) async fn assess(
        &self,
        scorer: &Connector,
        touched: &[Touched],
        course: &dyn Course,
    ) -> Result<Vec<Said>, StoreError> {
        let reads = &scorer.plugin().manifest().needs.reads;
        let concerned: Vec<(usize, Vec<&Recorded>)> = touched
            .iter()
            .enumerate()
            // Of whom everything left there is nothing to be said, and nobody to keep it for.
            .filter(|(_, t)| !t.prospect.part.profiles.is_empty())
            .filter_map(|(i, t)| {
                let mut fresh: Vec<&Recorded> = t
                    .signals
                    .iter()
                    .map(|s| &**s)
                    .filter(|s| matches(&reads.kinds, &s.signal.kind))
                    .collect();
                fresh.sort_by(|x, y| (x.signal.at, &x.signal.id).cmp(&(y.signal.at, &y.signal.id)));
                (!fresh.is_empty() || t.regrouped || t.assess_again).then_some((i, fresh))
            })
            .collect();
        if concerned.is_empty() {
            return Ok(Vec::new());
        }
        let asked = self.clock.now();
        let breaker = self.breakers.get(scorer.name());
        if breaker.is_some_and(|b| b.open_until(asked).is_some()) {
            let left_out = |(i, _): (usize, _)| Said {
                index: i,
                word: Err(Unsaid::LeftOut),
                dossier: None,
            };
            return Ok(concerned.into_iter().map(left_out).collect());
        }
        let recents = self.recents(scorer, touched, &concerned, course).await?;
        let asking: Vec<Asking<'_>> = concerned
            .iter()
            .zip(&recents)
            .map(|((index, fresh), recent)| Asking {
                index: *index,
                about: &touched[*index],
                sight: self.sight_of_thinker(scorer.name(), &touched[*index].before),
                fresh,
                recent,
            })
            .collect();
        let dossiers: Vec<wire::Dossier> = asking.iter().map(|a| self.dossier(scorer, a)).collect();
        let answers = scorer.assess(dossiers).await;
        if let Some(breaker) = breaker {
            let faults = answers.iter().filter_map(|a| a.as_ref().err());
            breaker.hear(scorer.name(), self.clock.now(), faults);
        }
        let said = asking.iter().zip(answers).map(|(a, answer)| {
            let word = self.word(scorer, a, answer).map_err(Unsaid::Unusable);
            let dossier = word
                .is_err()
                .then(|| serde_json::to_string(&self.dossier(scorer, a)).unwrap_or_default());
            Said {
                index: a.index,
                word,
                dossier,
            }
        });
        Ok(said.collect())
    }

    fn word(
        &self,
        scorer: &Connector,
        asking: &Asking<'_>,
        answer: Result<wire::Assessment, Fault>,
    ) -> Result<Assessment, String> {
        let answer = answer.map_err(|fault| fault.to_string())?;
        let about = asking.about;
        let (beliefs, cue, memory) = check(answer, &asking.given(scorer.name()), about.now, self.vocabulary())?;
        Ok(Assessment {
            scorer: scorer.name().into(),
            version: self.edition(scorer),
            saw_after: about.from,
            saw_to: about.to,
            beliefs,
            cue,
            memory,
        })
    }

    /// Under which version of a scorer, and which grant, its memory is kept.
    fn edition(&self, scorer: &Connector) -> String {
        let share = self.shares.thinking(scorer.name());
        share.edition_of(&scorer.plugin().manifest().version)
    }

    /// Earlier signals, as far as the scorer wants them for each.
    async fn recents(
        &self,
        scorer: &Connector,
        touched: &[Touched],
        concerned: &[(usize, Vec<&Recorded>)],
        course: &dyn Course,
    ) -> Result<Vec<Vec<Recorded>>, StoreError> {
        let manifest = scorer.plugin().manifest();
        let reads = &manifest.needs.reads;
        let edition = self.edition(scorer);
        let mut out: Vec<Vec<Recorded>> = concerned.iter().map(|_| Vec::new()).collect();
        let mut asks = Vec::new();
        let mut places = Vec::new();
        for (place, (i, fresh)) in concerned.iter().enumerate() {
            let t = &touched[*i];
            let has_memory = t.prospect.memory(scorer.name(), &edition).is_some();
            let wanted = reads.recent > 0 && (reads.recent_when == RecentWhen::Always || !has_memory);
            // A prospect whose every signal is in this wave has no earlier ones.
            let earlier = t.prospect.part.profiles.values().map(|p| p.signals).sum::<u64>() > t.signals.len() as u64;
            if wanted && earlier {
                asks.push(RecentAsk {
                    profiles: t.prospect.part.profiles.keys().copied().collect(),
                    kinds: reads.kinds.clone(),
                    limit: reads.recent as usize,
                    without: fresh.iter().map(|s| s.signal.id.clone()).collect(),
                    known_at: course.known_at(t.now),
                });
                places.push(place);
            }
        }
        if !asks.is_empty() {
            for (place, mut recent) in places.into_iter().zip(self.store.recent(asks).await?) {
                let now = touched[concerned[place].0].now;
                recent.retain(|r| r.received <= now);
                out[place] = recent;
            }
        }
        Ok(out)
    }

    fn dossier(&self, scorer: &Connector, asking: &Asking<'_>) -> wire::Dossier {
        let Asking {
            about: t,
            sight,
            fresh,
            recent,
            ..
        } = asking;
        let reads = &scorer.plugin().manifest().needs.reads;
        let view = &t.before;
        let (mine, others): (Vec<_>, Vec<_>) = view.raw.iter().partition(|(k, _)| k.scorer == scorer.name());
        let memory = t
            .prospect
            .memory(scorer.name(), &self.edition(scorer))
            .and_then(memory::unpack);
        wire::Dossier {
            prospect: t.prospect.id.to_string(),
            now: t.now.0,
            traits: sight.traits(&view.traits),
            account: view.account.as_deref().map(|account| sight.text(account)),
            lifecycle: view.lifecycle.word().into(),
            turns: sight.turns(&t.prospect, reads.turns as usize),
            said_before: mine.into_iter().map(|(_, b)| sight.belief(b)).collect(),
            others: if reads.others {
                others.into_iter().map(|(_, b)| sight.belief(b)).collect()
            } else {
                Vec::new()
            },
            fresh: fresh.iter().map(|r| sight.signal(r)).collect(),
            recent: recent.iter().map(|r| sight.signal(r)).collect(),
            memory,
            extra: Vec::new(),
        }
    }
}

impl<'a> Asking<'a> {
    /// The signals that beliefs may name, by the ids under which they were given, and under
    /// which they were given before more was known of somebody.
    fn given(&self, scorer: &str) -> Given<'a> {
        let raw = self.about.before.raw.iter();
        let before = raw.filter(|(k, _)| k.scorer == scorer).flat_map(|(_, b)| &b.evidence);
        let signals = self.fresh.iter().copied().chain(self.recent).map(|r| &r.signal.id);
        let mut given = Given::new();
        for id in signals.chain(before) {
            given.insert(Cow::Borrowed(id.as_str()), id);
            if let other @ Cow::Owned(_) = self.sight.id(id) {
                given.insert(other, id);
            }
        }
        given
    }
}

type Checked = (Vec<Belief>, Option<String>, Option<String>);

/// Takes an assessment apart: all of it holds, or none of it is used.
fn check(
    answer: wire::Assessment,
    given: &Given<'_>,
    now: Instant,
    vocabulary: &Vocabulary,
) -> Result<Checked, String> {
    if answer.beliefs.len() > MAX_BELIEFS {
        return Err(format!(
            "{} beliefs where at most {MAX_BELIEFS} are taken",
            answer.beliefs.len()
        ));
    }
    if answer.memory.as_ref().is_some_and(|m| m.len() > MAX_MEMORY_BYTES) {
        return Err(format!("a memory of more than {MAX_MEMORY_BYTES} bytes"));
    }
    let beliefs = answer
        .beliefs
        .into_iter()
        .map(|b| belief(b, given, now, vocabulary))
        .collect::<Result<_, _>>()?;
    let cue = answer.cue.filter(|c| !c.is_empty()).map(|c| cut(&c, 64));
    Ok((beliefs, cue, answer.memory.as_deref().map(memory::pack)))
}

fn belief(b: wire::Belief, given: &Given<'_>, now: Instant, vocabulary: &Vocabulary) -> Result<Belief, String> {
    let what = || format!("belief {}/{}", cut(&b.kind, 40), cut(&b.name, 80));
    let kind = BeliefKind::from_word(&b.kind).ok_or_else(|| format!("{}: there is no such kind", what()))?;
    let known = match kind {
        BeliefKind::Interest => vocabulary.topics.contains_key(&b.name),
        BeliefKind::Persona => vocabulary.personas.contains_key(&b.name),
        BeliefKind::Pace => PACES.contains(&b.name.as_str()),
        BeliefKind::Leaving => b.name == "site",
        BeliefKind::Fit => b.name == "rules",
        BeliefKind::Engagement => b.name == "overall",
    };
    if !known {
        return Err(format!("{}: its name is not in the vocabulary", what()));
    }
    for (name, x) in [("value", b.value), ("confidence", b.confidence)] {
        if !(0.0..=1.0).contains(&x) {
            return Err(format!("{}: {name} is {x} and must lie between 0 and 1", what()));
        }
    }
    if b.evidence.len() > MAX_EVIDENCE {
        return Err(format!(
            "{}: {} pieces of evidence where at most {MAX_EVIDENCE} are taken",
            what(),
            b.evidence.len()
        ));
    }
    let named = |id: &String| {
        let lie = || {
            let shown = cut(id, 120);
            format!(
                "{}: its evidence names signal '{shown}', which it was not given",
                what()
            )
        };
        given.get(id.as_str()).copied().cloned().ok_or_else(lie)
    };
    let evidence = b.evidence.iter().map(named).collect::<Result<_, _>>()?;
    Ok(Belief {
        kind,
        name: b.name,
        value: b.value,
        confidence: b.confidence,
        at: Instant(b.at).min(now),
        evidence,
        half_life_ms: b.half_life_ms,
        reason: cut(&b.reason, MAX_REASON_BYTES),
    })
}
