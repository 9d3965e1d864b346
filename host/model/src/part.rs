//! What is known of some profiles: their histories, and what was inferred about sets of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Belief, BeliefKey, Lifecycle, Profile, ProfileId, profile::keep_latest};

const MAX_GROUPS: usize = 12;
const MAX_BELIEFS: usize = 512;

/// What a scorer wants to be given the next time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The plugin's version: another one does not get it.
    pub version: String,
    /// Base64.
    pub data: String,
}

/// What was inferred about a set of profiles while they were the whole person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    /// The set.
    pub of: BTreeSet<ProfileId>,
    /// Raw, as scorers gave them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beliefs: BTreeMap<BeliefKey, Belief>,
    /// By scorer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub memories: BTreeMap<String, Memory>,
    /// The stage that was last announced.
    #[serde(default)]
    pub stage: Lifecycle,
    /// What stood out when the last decision was made.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub standing: BTreeSet<String>,
}

/// What is known of some profiles: all of a prospect, or what moves to another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The histories.
    pub profiles: BTreeMap<ProfileId, Profile>,
    /// What was inferred, the latest set last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessed: Vec<Assessed>,
}

impl Part {
    /// The union. A profile that both know has its histories joined.
    pub fn absorb(&mut self, other: Self) {
        for (id, profile) in other.profiles {
            match self.profiles.get_mut(&id) {
                Some(mine) => mine.absorb(profile),
                None => {
                    self.profiles.insert(id, profile);
                }
            }
        }
        for group in other.assessed {
            match self.assessed.iter_mut().find(|mine| mine.of == group.of) {
                Some(mine) => {
                    for (key, belief) in group.beliefs {
                        if mine.beliefs.get(&key).is_none_or(|old| old.at < belief.at) {
                            put_belief(&mut mine.beliefs, key, belief);
                        }
                    }
                }
                None => self.assessed.push(group),
            }
        }
        self.assessed
            .sort_by(|x, y| (x.of.len(), &x.of).cmp(&(y.of.len(), &y.of)));
        keep_latest(&mut self.assessed, MAX_GROUPS);
    }

    /// Takes out what concerns `profiles` alone, and forgets what was inferred about sets
    /// that the two parts share.
    pub fn split_off(&mut self, profiles: &BTreeSet<ProfileId>) -> Self {
        let (theirs, mine) = std::mem::take(&mut self.profiles)
            .into_iter()
            .partition(|(id, _)| profiles.contains(id));
        self.profiles = mine;
        let (theirs_said, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.assessed)
            .into_iter()
            .partition(|g| g.of.is_subset(profiles));
        self.assessed = rest.into_iter().filter(|g| g.of.is_disjoint(profiles)).collect();
        Self {
            profiles: theirs,
            assessed: theirs_said,
        }
    }

    /// Whose profiles these are.
    #[must_use]
    pub fn members(&self) -> BTreeSet<ProfileId> {
        self.profiles.keys().copied().collect()
    }

    /// What was inferred about exactly the present set of profiles.
    #[must_use]
    pub fn current(&self) -> Option<&Assessed> {
        self.assessed
            .iter()
            .find(|g| g.of.len() == self.profiles.len() && g.of.iter().all(|p| self.profiles.contains_key(p)))
    }

    /// The stage that was last announced: of the present set of profiles, or else of the
    /// largest part of it, so that who joins is not announced again as what they were.
    #[must_use]
    pub fn announced(&self) -> Lifecycle {
        let parts = self
            .assessed
            .iter()
            .filter(|g| g.of.iter().all(|p| self.profiles.contains_key(p)));
        parts
            .max_by_key(|g| (g.of.len(), g.stage))
            .map(|g| g.stage)
            .unwrap_or_default()
    }

    /// Takes over what was announced of a part when the set of profiles has changed.
    pub(crate) fn carry_on(&mut self) {
        if self.current().is_none() && self.announced() != Lifecycle::default() {
            self.current_mut();
        }
    }

    pub(crate) fn current_mut(&mut self) -> &mut Assessed {
        let members = self.members();
        let stage = self.announced();
        let place = match self.assessed.iter().position(|g| g.of == members) {
            Some(place) => place,
            None => {
                if self.assessed.len() >= MAX_GROUPS {
                    self.assessed.remove(0);
                }
                self.assessed.push(Assessed {
                    of: members,
                    stage,
                    ..Assessed::default()
                });
                self.assessed.len() - 1
            }
        };
        &mut self.assessed[place]
    }
}

/// The last word in the log holds; a withdrawn belief stays as such, so that what was said
/// about fewer profiles earlier does not come back.
pub(crate) fn put_belief(beliefs: &mut BTreeMap<BeliefKey, Belief>, key: BeliefKey, new: Belief) {
    if beliefs.len() < MAX_BELIEFS || beliefs.contains_key(&key) {
        beliefs.insert(key, new);
    }
}
