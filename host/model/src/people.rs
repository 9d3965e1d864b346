//! Who is who: which identities are one person, from the links that signals reported.
//!
//! Every identity has a profile of its own; a link says that two of them are one person.
//! A prospect is a set of linked profiles, computed by [`assign`] from the *set* of links,
//! so that every order of arrival ends with the same people and any link can be taken
//! back. Links are read by the time of their signals, like Kruskal's edges, and one that
//! would join two people who are both known under a `user` id is refused: a shared device
//! or mailbox never merges two people silently. Only a link between the two `user` ids
//! themselves (an alias) does.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::{Instant, ProfileId, ProspectId};

/// How many links are followed from one identity. A person has a handful; what has more
/// is not one person but a test account or an attack.
pub const MAX_LINKS: usize = 256;

/// What is known of an identity's profile when people are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// [`crate::Identity::strength`] of its identity.
    pub strength: u8,
    /// When it was first accepted, by the store's count.
    pub since: u64,
    /// The prospect that it belongs to, if it is not new.
    pub prospect: Option<ProspectId>,
}

/// A signal's word that two identities are one person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// When the signal says so.
    pub at: Instant,
    /// The signal's id.
    pub by: String,
    /// One of the two.
    pub a: ProfileId,
    /// The other.
    pub b: ProfileId,
}

/// The people among `profiles`, as sets of profiles, in the order of their least one.
#[must_use]
pub fn assign(profiles: &BTreeMap<ProfileId, Known>, links: &[Link]) -> Vec<BTreeSet<ProfileId>> {
    const USER: u8 = 4;
    let is_user = |p: &ProfileId| profiles.get(p).is_some_and(|k| k.strength >= USER);
    let mut person: BTreeMap<ProfileId, usize> = BTreeMap::new();
    let mut people: Vec<BTreeSet<ProfileId>> = Vec::new();
    for id in profiles.keys() {
        person.insert(*id, people.len());
        people.push(BTreeSet::from([*id]));
    }
    let mut links: Vec<&Link> = links.iter().collect();
    links.sort();
    for link in links {
        let (Some(&x), Some(&y)) = (person.get(&link.a), person.get(&link.b)) else {
            continue;
        };
        if x == y {
            continue;
        }
        let both_known = [x, y].iter().all(|i| people[*i].iter().any(is_user));
        let alias = is_user(&link.a) && is_user(&link.b);
        if both_known && !alias {
            continue;
        }
        let moved = std::mem::take(&mut people[y]);
        for id in &moved {
            person.insert(*id, x);
        }
        people[x].extend(moved);
    }
    people.retain(|set| !set.is_empty());
    people.sort();
    people
}

/// Which prospect each of the people is. Each keeps the prospect of its strongest profile,
/// the longest known among equals; where two people come from one prospect, the one with
/// the stronger profile keeps it and the other begins anew. `taken` says whether a
/// prospect is in use by profiles outside of `people`.
pub fn name(
    people: &[BTreeSet<ProfileId>],
    profiles: &BTreeMap<ProfileId, Known>,
    taken: impl Fn(ProspectId) -> bool,
) -> Vec<ProspectId> {
    let rank = |id: &ProfileId| {
        profiles
            .get(id)
            .map_or((0, u64::MAX, *id), |k| (u8::MAX - k.strength, k.since, *id))
    };
    let mut wishes: Vec<(usize, Vec<ProfileId>)> = people
        .iter()
        .enumerate()
        .map(|(i, set)| {
            let mut members: Vec<ProfileId> = set.iter().copied().collect();
            members.sort_by_key(rank);
            (i, members)
        })
        .collect();
    wishes.sort_by_key(|(_, members)| members.first().map(rank));
    let mut names: Vec<Option<ProspectId>> = vec![None; people.len()];
    let mut used: BTreeSet<ProspectId> = BTreeSet::new();
    for (i, members) in wishes {
        let kept = members
            .iter()
            .filter_map(|m| profiles.get(m).and_then(|k| k.prospect))
            .find(|p| !used.contains(p));
        let chosen = kept.unwrap_or_else(|| fresh(&members, |p| used.contains(&p) || taken(p)));
        used.insert(chosen);
        names[i] = Some(chosen);
    }
    names.into_iter().flatten().collect()
}

fn fresh(members: &[ProfileId], taken: impl Fn(ProspectId) -> bool) -> ProspectId {
    let plain = members
        .iter()
        .map(|m| ProspectId::beginning_with(*m))
        .find(|p| !taken(*p));
    let first = members.first().map_or(0, |m| m.as_u64());
    plain.unwrap_or_else(|| {
        let mut n = 0_u64;
        loop {
            n += 1;
            let mut hash = Sha256::new();
            hash.update(first.to_be_bytes());
            hash.update(n.to_be_bytes());
            let id = hash.finalize().iter().take(8).fold(0, |v, b| v << 8 | u64::from(*b));
            let id = ProspectId::from_u64(id);
            if !taken(id) {
                return id;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Identity;
    use proptest::prelude::*;

    fn id(scheme: &str, value: &str) -> Identity {
        Identity::new(scheme, value).expect("a valid identity")
    }

    fn world(identities: &[Identity]) -> BTreeMap<ProfileId, Known> {
        identities
            .iter()
            .zip(0..)
            .map(|(i, n)| {
                (
                    ProfileId::of(i),
                    Known {
                        strength: i.strength(),
                        since: n,
                        prospect: None,
                    },
                )
            })
            .collect()
    }

    fn link(at: u64, a: &Identity, b: &Identity) -> Link {
        Link {
            at: Instant(at),
            by: format!("s{at}"),
            a: ProfileId::of(a),
            b: ProfileId::of(b),
        }
    }

    #[test]
    fn a_shared_device_never_merges_two_known_people() {
        let (device, ann, bob) = (id("anonymous", "d"), id("user", "ann"), id("user", "bob"));
        let profiles = world(&[device.clone(), ann.clone(), bob.clone()]);
        let people = assign(&profiles, &[link(2, &device, &bob), link(1, &device, &ann)]);
        assert_eq!(people.len(), 2);
        let first = people
            .iter()
            .find(|p| p.contains(&ProfileId::of(&device)))
            .expect("somebody has the device");
        assert!(
            first.contains(&ProfileId::of(&ann)),
            "the earlier link by its own time counts"
        );
    }

    #[test]
    fn an_alias_between_two_user_ids_joins_them() {
        let (old, new) = (id("user", "17"), id("user", "ann"));
        assert_eq!(
            assign(&world(&[old.clone(), new.clone()]), &[link(1, &old, &new)]).len(),
            1
        );
    }

    #[test]
    fn a_person_split_off_begins_anew_under_a_free_name() {
        let (ann, bob) = (id("user", "ann"), id("user", "bob"));
        let mut profiles = world(&[ann.clone(), bob.clone()]);
        let shared = ProspectId::beginning_with(ProfileId::of(&bob));
        for known in profiles.values_mut() {
            known.prospect = Some(shared);
        }
        let people = assign(&profiles, &[]);
        let names = name(&people, &profiles, |_| false);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 2);
        assert!(names.contains(&shared));
    }

    proptest! {
        #[test]
        fn every_order_of_links_gives_the_same_people(
            order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
            pairs in prop::collection::vec((0..6_usize, 0..6_usize, 0..20_u64), 12),
        ) {
            let all = [
                id("anonymous", "a"), id("anonymous", "b"), id("user", "u"), id("user", "v"),
                id("email", "e@example.com"), id("email", "f@example.com"),
            ];
            let links: Vec<Link> = pairs.iter().zip(0..).map(|((a, b, at), n): (_, u64)| Link {
                by: format!("s{n}"), ..link(*at, &all[*a], &all[*b])
            }).collect();
            let shuffled: Vec<Link> = order.iter().map(|i| links[*i].clone()).collect();
            prop_assert_eq!(assign(&world(&all), &links), assign(&world(&all), &shuffled));
        }
    }
}
