//! Whose customer somebody is, and who of a team gets them.
//!
//! An owner is a member of a team. The CRM's word on it outranks every other: it is the master
//! of that field. Where it names nobody, whoever took them before is their owner; else whoever
//! most people of their account belong to.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Dated, Instant, Prospect, view::latest};

/// Traits in which systems say whose customer somebody is.
const TRAITS: [&str; 14] = [
    "owner",
    "ownerId",
    "owner_id",
    "OwnerId",
    "hubspot_owner_id",
    "ownerEmail",
    "owner_email",
    "ownerName",
    "owner_name",
    "accountOwner",
    "account_owner",
    "contactOwner",
    "contact_owner",
    "salesOwner",
];
/// What of such a trait names them, where it has parts.
const PARTS: [&str; 4] = ["email", "id", "name", "username"];

/// A member of a team, and what systems call them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The team.
    pub team: String,
    /// The member's name in the configuration.
    pub member: String,
    /// What systems call them: addresses, ids.
    pub ids: Vec<String>,
    /// What people call them. It counts less than an id: there are namesakes.
    pub title: String,
}

/// Whose customer somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The team.
    pub team: String,
    /// The member of it.
    pub member: String,
    /// Who says so.
    pub why: String,
}

/// The members of all teams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster(pub Vec<Member>);

impl Roster {
    /// Who is called so, by any of these: by an id before a name. Of several, the first.
    fn who(&self, called: &[String]) -> Option<&Member> {
        let is = |x: &str, y: &str| x.trim().to_lowercase() == y.trim().to_lowercase();
        let by_id = |m: &&Member| {
            let mut ids = m.ids.iter().chain([&m.member]);
            ids.any(|id| called.iter().any(|c| is(id, c)))
        };
        let by_title = |m: &&Member| called.iter().any(|c| is(&m.title, c));
        let mut all = self.0.iter();
        all.clone().find(by_id).or_else(|| all.find(by_title))
    }

    /// Whose customer somebody is themselves.
    #[must_use]
    pub fn owner_of(&self, prospect: &Prospect) -> Option<Owner> {
        let named = prospect.owner_named().and_then(|called| {
            let why = format!("'{}' is said to be their owner", called.join(", "));
            Some((self.who(&called)?, why))
        });
        let taken = || {
            let by = prospect.taken_by()?;
            let why = format!("'{}' took them at {}", by.value, by.at);
            Some((self.who(std::slice::from_ref(&by.value))?, why))
        };
        named.or_else(taken).map(|(member, why)| owner(member, why))
    }

    /// Whose customers most people of an account are, of those who are anybody's. Of several,
    /// whose customer was seen last; `people` come in this order.
    #[must_use]
    pub fn owner_of_account(&self, people: &[Prospect]) -> Option<Owner> {
        let mut counted: Vec<(Owner, usize)> = Vec::new();
        for owner in people.iter().filter_map(|p| self.owner_of(p)) {
            match counted.iter_mut().find(|(o, _)| o.is_same(&owner)) {
                Some((_, count)) => *count += 1,
                None => counted.push((owner, 1)),
            }
        }
        let of: usize = counted.iter().map(|(_, count)| count).sum();
        let most = counted.into_iter().enumerate();
        let (_, (owner, count)) = most.max_by_key(|(place, (_, count))| (*count, Reverse(*place)))?;
        let why = format!("{count} of {of} people of their account who have an owner are theirs");
        Some(Owner { why, ..owner })
    }
}

impl Owner {
    /// Whether both are the same member.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.team, &self.member) == (&other.team, &other.member)
    }
}

fn owner(member: &Member, why: String) -> Owner {
    Owner {
        team: member.team.clone(),
        member: member.member.clone(),
        why,
    }
}

impl Prospect {
    /// What the owner is called that a system names: what was said last, in whatever traits it
    /// was said then. None where none was ever named, or the last word is that there is none.
    #[must_use]
    pub fn owner_named(&self) -> Option<Vec<String>> {
        let said = || {
            let traits = self.part.profiles.values().flat_map(|p| &p.traits);
            let owners = traits.filter(|(name, _)| TRAITS.contains(&name.as_str()));
            owners.map(|(_, dated)| dated)
        };
        let last = latest(said())?;
        let together = said().filter(|dated| (dated.at, &dated.by) == (last.at, &last.by));
        let mut called: Vec<String> = together.flat_map(|dated| names_in(&dated.value)).collect();
        called.dedup();
        (!called.is_empty()).then_some(called)
    }

    /// Who took them last, as far as it was said.
    #[must_use]
    pub fn taken_by(&self) -> Option<&Dated<String>> {
        latest(self.part.profiles.values().filter_map(|p| p.taken.as_ref()))
    }
}

/// What somebody is called in a trait: a text, a number, or a table with some of them.
fn names_in(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned())
            .filter(|t| !t.is_empty())
            .into_iter()
            .collect(),
        Value::Number(number) => vec![number.to_string()],
        Value::Object(parts) => PARTS.iter().filter_map(|p| parts.get(*p)).flat_map(names_in).collect(),
        _ => Vec::new(),
    }
}

/// How much a member has on their hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The member's name in the configuration.
    pub member: String,
    /// How many hand-overs they got within the time of their capacity …
    pub taken: u64,
    /// … and how many they take.
    pub most: u64,
    /// When they got the last one.
    pub last: Option<Instant>,
}

/// Who gets the next one: whoever has the fewest, then whoever has waited longest, then by
/// name. None where nobody has room.
#[must_use]
pub fn least_loaded(loads: &[Load]) -> Option<usize> {
    let room = loads.iter().enumerate().filter(|(_, load)| load.taken < load.most);
    room.min_by_key(|(_, load)| (load.taken, load.last, &load.member))
        .map(|(place, _)| place)
}
