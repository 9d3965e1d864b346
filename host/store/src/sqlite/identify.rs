//! Who is who, kept in tables: the global step in front of the partitions.
//!
//! A signal with one identity, or of a kind that joins nothing, costs one indexed lookup.
//! A signal that says that identities are one person adds a link for each pair that has
//! none (of several links of a pair only the earliest can matter, so only that is kept); then
//! all that is linked, directly or not, is divided into people anew by the model. A profile
//! whose prospect changes leaves it through an entry in the old prospect's log, and what
//! was known of it follows through the new one's.

use std::collections::{BTreeMap, BTreeSet};

use hearken_model::{
    Entry, Identity, ProfileId, ProspectId, Recorded,
    people::{Known, Link, MAX_LINKS, assign, name},
};

use super::{
    person::profiles_of,
    values::{At, Count, Text, ms},
    writing::Writing,
};
use crate::{NewDeadLetter, Stage, StoreError};

/// A profile's row.
struct Row {
    known: Known,
    verified: bool,
}

/// Whose a signal is, and which of its other identities' profiles are the same person's.
pub(super) struct Owner {
    pub(super) prospect: ProspectId,
    pub(super) with: Vec<ProfileId>,
}

impl Writing<'_> {
    /// Finds out whose a signal is; `primary` is its strongest identity and `others` are the
    /// different ones that it joins to it.
    pub(super) fn identify(
        &mut self,
        recorded: &Recorded,
        primary: &Identity,
        others: &[Identity],
    ) -> Result<Owner, StoreError> {
        let first = ProfileId::of(primary);
        let mut new = BTreeSet::new();
        let owner = self.profile(first, primary, recorded, &mut new)?;
        if others.is_empty() {
            return Ok(Owner {
                prospect: owner,
                with: Vec::new(),
            });
        }
        let mut joined = Vec::with_capacity(others.len());
        for other in others {
            let id = ProfileId::of(other);
            self.profile(id, other, recorded, &mut new)?;
            joined.push(id);
        }
        if self.link(first, &joined, recorded)? {
            self.divide(first, &new, recorded)?;
        }
        let prospect = self.prospect_of(first)?.unwrap_or(owner);
        let mut with = Vec::with_capacity(joined.len());
        for id in joined {
            if self.prospect_of(id)? == Some(prospect) {
                with.push(id);
            }
        }
        Ok(Owner { prospect, with })
    }

    /// Whose a profile is; one that is not known begins a prospect of its own and is `new`.
    fn profile(
        &mut self,
        id: ProfileId,
        identity: &Identity,
        recorded: &Recorded,
        new: &mut BTreeSet<ProfileId>,
    ) -> Result<ProspectId, StoreError> {
        if let Some(row) = self.row(id)?
            && let Some(prospect) = row.known.prospect
        {
            if recorded.verified && !row.verified {
                self.run("UPDATE profile SET verified = 1 WHERE id = ?1", &[&Text(id)])?;
            }
            return Ok(prospect);
        }
        let prospect = ProspectId::beginning_with(id);
        self.run(
            "INSERT INTO profile (id, scheme, value, prospect, verified, first_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[
                &Text(id),
                &identity.scheme,
                &identity.value,
                &Text(prospect),
                &recorded.verified,
                &ms(recorded.received),
            ],
        )?;
        new.insert(id);
        Ok(prospect)
    }

    fn row(&mut self, id: ProfileId) -> Result<Option<Row>, StoreError> {
        let found = self.first(
            "SELECT number, prospect, verified, scheme FROM profile WHERE id = ?1",
            &[&Text(id)],
            |row| {
                let strength = Identity {
                    scheme: row.get(3)?,
                    value: String::new(),
                }
                .strength();
                let known = Known {
                    strength,
                    since: row.get::<_, Count>(0)?.0,
                    prospect: Some(row.get::<_, Text<ProspectId>>(1)?.0),
                };
                Ok(Row {
                    known,
                    verified: row.get(2)?,
                })
            },
        )?;
        Ok(found)
    }

    /// Whose a profile is, if it is known.
    pub(super) fn prospect_of(&mut self, id: ProfileId) -> Result<Option<ProspectId>, StoreError> {
        let prospect = |row: &rusqlite::Row<'_>| row.get::<_, Text<ProspectId>>(0).map(|t| t.0);
        self.first("SELECT prospect FROM profile WHERE id = ?1", &[&Text(id)], prospect)
    }

    /// Stores links between `first` and each of `others`. Whether one is new, or earlier than
    /// the pair's link was. Too many are not stored, and a dead letter says so.
    fn link(&mut self, first: ProfileId, others: &[ProfileId], recorded: &Recorded) -> Result<bool, StoreError> {
        let mut changed = false;
        let mut refused = false;
        for other in others {
            let (a, b) = (first.min(*other), first.max(*other));
            if !self.has_link(a, b)? && !self.has_room(a, b)? {
                refused = true;
                continue;
            }
            changed |= self.run(
                "INSERT INTO link (a, b, at, signal) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (a, b) DO UPDATE \
                 SET at = excluded.at, signal = excluded.signal WHERE (excluded.at, excluded.signal) < (at, signal)",
                &[
                    &Text(a),
                    &Text(b),
                    &ms(recorded.signal.at),
                    &recorded.signal.id.as_str(),
                ],
            )? == 1;
        }
        if refused {
            self.too_many_links(recorded)?;
        }
        Ok(changed)
    }

    /// Whether what is linked to either may get one link more. So nothing ever grows beyond
    /// the bound, and what is linked can always be read as a whole.
    fn has_room(&mut self, a: ProfileId, b: ProfileId) -> Result<bool, StoreError> {
        let mut links = self.links_around(a)?;
        links.extend(self.links_around(b)?);
        let pairs: BTreeSet<_> = links.iter().map(|l| (l.a, l.b)).collect();
        Ok(pairs.len() < MAX_LINKS)
    }

    fn has_link(&mut self, a: ProfileId, b: ProfileId) -> Result<bool, StoreError> {
        let found = self.first(
            "SELECT 1 FROM link WHERE a = ?1 AND b = ?2",
            &[&Text(a), &Text(b)],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// The links of everything that is linked to a profile, directly or not; the search ends
    /// soon after the bound, so that its cost has one.
    fn links_around(&mut self, from: ProfileId) -> Result<Vec<Link>, StoreError> {
        let mut links: BTreeMap<(ProfileId, ProfileId), Link> = BTreeMap::new();
        let mut seen = BTreeSet::from([from]);
        let mut next = vec![from];
        while let Some(id) = next.pop() {
            let found = self.all(
                "SELECT a, b, at, signal FROM link WHERE a = ?1 UNION ALL \
                 SELECT a, b, at, signal FROM link WHERE b = ?1",
                &[&Text(id)],
                |row| {
                    let (a, b) = (row.get::<_, Text<ProfileId>>(0)?.0, row.get::<_, Text<ProfileId>>(1)?.0);
                    Ok(Link {
                        at: row.get::<_, At>(2)?.0,
                        by: row.get(3)?,
                        a,
                        b,
                    })
                },
            )?;
            for link in found {
                next.extend([link.a, link.b].into_iter().filter(|p| seen.insert(*p)));
                links.insert((link.a, link.b), link);
            }
            if links.len() > MAX_LINKS {
                break;
            }
        }
        Ok(links.into_values().collect())
    }

    fn too_many_links(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let payload = super::values::json(&recorded.signal, self.doing())?;
        self.dead_letter(&NewDeadLetter {
            at: recorded.received,
            stage: Stage::Signal,
            connector: recorded.connector.clone(),
            prospect: None,
            action: None,
            why: format!(
                "not joined: its identities have more than {MAX_LINKS} links already, so they are no one person's"
            ),
            place: "/identities".into(),
            payload,
        })
    }

    /// Divides everything that is linked to `from` into people anew, and moves the profiles
    /// whose prospect is another one now. What is `new` has no history that could move, and
    /// no claim on the name of a prospect.
    fn divide(&mut self, from: ProfileId, new: &BTreeSet<ProfileId>, by: &Recorded) -> Result<(), StoreError> {
        let links = self.links_around(from)?;
        let members: BTreeSet<ProfileId> = links.iter().flat_map(|l| [l.a, l.b]).chain([from]).collect();
        let mut profiles = BTreeMap::new();
        for id in &members {
            if let Some(Row { known, .. }) = self.row(*id)? {
                let prospect = known.prospect.filter(|_| !new.contains(id));
                profiles.insert(*id, Known { prospect, ..known });
            }
        }
        let people = assign(&profiles, &links);
        let taken = self.taken_outside(&members)?;
        let names = name(&people, &profiles, |p| taken.contains(&p));
        let mut moves: BTreeMap<(ProspectId, ProspectId), Vec<ProfileId>> = BTreeMap::new();
        for (set, to) in people.iter().zip(names) {
            for id in set {
                let old = profiles.get(id).and_then(|k| k.prospect);
                if old == Some(to) {
                    continue;
                }
                self.run(
                    "UPDATE profile SET prospect = ?2 WHERE id = ?1",
                    &[&Text(*id), &Text(to)],
                )?;
                if let Some(old) = old {
                    moves.entry((old, to)).or_default().push(*id);
                }
            }
        }
        for ((old, to), profiles) in moves {
            let live = by.live;
            self.append(old, by.received, Entry::Leave { profiles, to, live }, None)?;
        }
        Ok(())
    }

    /// Prospects that begin with one of `members` and belong to somebody else.
    fn taken_outside(&mut self, members: &BTreeSet<ProfileId>) -> Result<BTreeSet<ProspectId>, StoreError> {
        let mut taken = BTreeSet::new();
        for id in members {
            let prospect = ProspectId::beginning_with(*id);
            let owners = profiles_of(self, prospect)?;
            if owners.iter().any(|owner| !members.contains(owner)) {
                taken.insert(prospect);
            }
        }
        Ok(taken)
    }
}
