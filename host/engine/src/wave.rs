//! One wave: entries of the log applied to their prospects, and what follows from it.
//! Nothing here writes; a wave ends in [`Commit`]s.

mod acting;
mod deciding;

use std::collections::BTreeMap;

use hearken_model::{Entry, Partition, Prospect, ProspectId, Seq};
use hearken_store::{Commit, Logged, NewDeadLetter, Stage, StoreError};

use crate::{
    assess::{Said, Unsaid},
    course::Course,
    parts::Shared,
    touched::Touched,
};

/// The wave's part of a partition.
pub(crate) struct Share {
    pub(crate) partition: Partition,
    pub(crate) epoch: u64,
    pub(crate) applied: u64,
    /// The last entry from outside that is taken.
    pub(crate) to: u64,
    /// The last step that stands behind it already.
    pub(crate) step: u32,
    pub(crate) entries: Vec<Logged>,
}

/// A wave under way.
pub(crate) struct Wave<'a> {
    shared: &'a Shared,
    course: &'a dyn Course,
    commits: BTreeMap<Partition, Commit>,
    steps: BTreeMap<Partition, u32>,
    touched: Vec<Touched>,
}

/// What a wave ends in.
pub(crate) struct Done {
    pub(crate) commits: Vec<Commit>,
    pub(crate) decisions: usize,
    pub(crate) actions: bool,
}

impl<'a> Wave<'a> {
    /// Applies the entries. `load` gives each prospect as the last wave left it.
    pub(crate) fn apply(
        shared: &'a Shared,
        course: &'a dyn Course,
        shares: Vec<Share>,
        mut load: impl FnMut(ProspectId) -> Prospect,
    ) -> Self {
        let mut wave = Self {
            shared,
            course,
            commits: BTreeMap::new(),
            steps: BTreeMap::new(),
            touched: Vec::new(),
        };
        let mut places: BTreeMap<ProspectId, usize> = BTreeMap::new();
        for share in shares {
            if share.entries.is_empty() {
                continue;
            }
            let mut commit = Commit::new(share.partition, share.epoch, share.applied, share.to);
            wave.steps.insert(share.partition, share.step);
            for logged in share.entries {
                if logged.entry == Entry::Forgotten {
                    continue;
                }
                let place = *places.entry(logged.prospect).or_insert_with(|| {
                    wave.touched.push(Touched::new(load(logged.prospect), logged.at));
                    wave.touched.len() - 1
                });
                wave.touched[place].take(logged, &mut commit, &shared.wiring.policy);
            }
            wave.commits.insert(share.partition, commit);
        }
        for t in &mut wave.touched {
            t.before = shared.view(&t.prospect, t.now);
            t.standing = t
                .prospect
                .part
                .current()
                .map(|g| g.standing.clone())
                .unwrap_or_default();
        }
        wave
    }

    /// Asks the scorers and the router and takes down what they say.
    pub(crate) async fn think(mut self) -> Result<Done, StoreError> {
        self.assess().await?;
        let decisions = self.decide().await?;
        Ok(self.done(decisions))
    }

    /// Asks the scorers alone, where it is known already what was decided.
    pub(crate) async fn reflect(mut self) -> Result<Done, StoreError> {
        self.assess().await?;
        self.announce_all();
        Ok(self.done(0))
    }

    async fn assess(&mut self) -> Result<(), StoreError> {
        let (shared, course) = (self.shared, self.course);
        let asked = shared
            .scorers
            .iter()
            .map(|scorer| async { (scorer.name(), shared.assess(scorer, &self.touched, course).await) });
        let answers = futures::future::join_all(asked).await;
        for (scorer, said) in answers {
            for said in said? {
                self.assessed(scorer, said);
            }
        }
        Ok(())
    }

    fn commit(&mut self, partition: Partition) -> &mut Commit {
        self.commits
            .entry(partition)
            .or_insert_with(|| Commit::new(partition, 0, 0, 0))
    }

    /// Applies an entry that the wave brought about, behind those that it took.
    fn derive(&mut self, index: usize, entry: Entry) -> Seq {
        let t = &mut self.touched[index];
        let (prospect, at) = (t.prospect.id, t.now);
        let partition = prospect.partition();
        let place = Self::next_place(&mut self.steps, &self.commits, partition);
        t.prospect.apply(place, at, &entry);
        self.commit(partition).derived.push(Logged {
            partition,
            place,
            at,
            prospect,
            entry,
        });
        place
    }

    fn next_place(
        steps: &mut BTreeMap<Partition, u32>,
        commits: &BTreeMap<Partition, Commit>,
        partition: Partition,
    ) -> Seq {
        let step = steps.entry(partition).or_default();
        *step += 1;
        Seq {
            seq: commits.get(&partition).map_or(0, |c| c.to),
            step: *step,
        }
    }

    fn assessed(&mut self, scorer: &str, said: Said) {
        match said.word {
            Ok(assessment) => {
                if let Some(cue) = &assessment.cue {
                    self.touched[said.index].cue.get_or_insert_with(|| cue.clone());
                }
                let unchanged = assessment.beliefs.is_empty() && {
                    let t = &self.touched[said.index];
                    t.prospect.memory(scorer, &assessment.version) == assessment.memory.as_deref()
                };
                if !unchanged {
                    self.derive(said.index, Entry::Assessed(assessment));
                }
            }
            Err(Unsaid::LeftOut) => {
                self.derive(said.index, Entry::Missed { scorer: scorer.into() });
            }
            Err(Unsaid::Unusable(why)) => {
                self.derive(said.index, Entry::Missed { scorer: scorer.into() });
                let t = &self.touched[said.index];
                let letter = NewDeadLetter {
                    at: t.now,
                    stage: Stage::Assess,
                    connector: scorer.into(),
                    prospect: Some(t.prospect.id),
                    action: None,
                    why,
                    place: t.to.to_string(),
                    payload: crate::dead::record(said.dossier.as_deref().unwrap_or_default()),
                };
                tracing::warn!(connector = scorer, prospect = %t.prospect.id, why = letter.why, "an assessment is not used");
                let partition = t.prospect.id.partition();
                self.commit(partition).dead_letters.push(letter);
            }
        }
    }

    fn done(mut self, decisions: usize) -> Done {
        let touched = std::mem::take(&mut self.touched);
        for t in touched {
            let partition = t.prospect.id.partition();
            self.commit(partition).prospects.push(t.prospect);
        }
        let actions = self.commits.values().any(|c| !c.actions.is_empty());
        Done {
            commits: self.commits.into_values().collect(),
            decisions,
            actions,
        }
    }
}
