//! Who of a team may get a hand-over now. Of these the start of the attempt chooses, where
//! nobody else can take the same room ([decision 24](../../../docs/decisions)).

use hearken_config::{Team, TeamMember};
use hearken_model::{Action, ActionState, Instant, Owner, decide::Facts, gate};
use hearken_store::{Candidate, Claim, Start, Started};
use serde_json::{Value, json};

use super::{
    CAPACITY_AGAIN,
    last_check::{Go, Kept},
};
use crate::{handed, parts::Shared};

impl Shared {
    pub(super) fn hands_over(&self, action: &Action, facts: &Facts) -> Result<Go, Kept> {
        let Some(team) = self.wiring.teams.get(&action.target) else {
            let why = format!("there is no team '{}' any more", action.target);
            return Err(Kept::ended(ActionState::Rejected, gate::TEAM, why));
        };
        let owner = facts.owner.as_ref();
        // Where it goes that the owner's team has let lie is the operator's word.
        let passed_on = |o: &&Owner| handed::is_passed_on(&action.content) || facts.let_it_lie.contains(&o.team);
        let elsewhere = owner.filter(|o| o.team != team.name && !passed_on(o));
        if let Some(Owner {
            team: theirs,
            member,
            why,
        }) = elsewhere
        {
            let why = format!("{member} of '{theirs}' is their owner since it was decided: {why}");
            return Err(Kept::ended(ActionState::Rejected, gate::OWNER, why));
        }
        let now = facts.now;
        if !team.hours.is_open(now.timestamp()) {
            let opens = team.hours.next_open(now.timestamp());
            let due = opens.and_then(Instant::of_timestamp);
            let due = due.unwrap_or_else(|| now.after(CAPACITY_AGAIN));
            let why = format!("team '{0}' is closed, as hours in [teams.{0}] say", team.name);
            return Err(Kept::until(ActionState::Queued, gate::TEAM, why, Some(due)));
        }
        Ok(Go {
            claim: Some(Claim {
                team: team.name.clone(),
                count: team.capacity.count,
                per_ms: team.capacity.per_ms,
                members: candidates(team, owner, now)?,
            }),
            ..Go::default()
        })
    }
}

/// Those of a team who may get it: the owner, and nobody else; where it has none, all who are
/// there.
fn candidates(team: &Team, owner: Option<&Owner>, now: Instant) -> Result<Vec<Candidate>, Kept> {
    let is_there = |member: &&TeamMember| team.next_there(member, now.timestamp()) == Some(now.timestamp());
    let theirs = owner.filter(|o| o.team == team.name);
    if let Some((owner, member)) = theirs.and_then(|o| Some((o, team.members.get(&o.member)?))) {
        if !is_there(&member) {
            let why = format!(
                "waits for {}, whose customer they are and who is not there, as hours in [teams.{}.members.{}] say: {}",
                member.title, team.name, member.member, owner.why
            );
            return Err(waits(team, &[member], gate::OWNER, why, now));
        }
        return Ok(vec![candidate(
            member,
            &format!("they are {}'s customer: {}", member.title, owner.why),
        )]);
    }
    let all: Vec<&TeamMember> = team.members.values().collect();
    let there = all.iter().copied().filter(is_there);
    let there: Vec<Candidate> = there
        .map(|m| {
            candidate(
                m,
                "they are nobody's customer, and of those who are there nobody has fewer hand-overs",
            )
        })
        .collect();
    if there.is_empty() && !all.is_empty() {
        let why = format!(
            "nobody of team '{0}' is there, as hours in [teams.{0}.members] say",
            team.name
        );
        return Err(waits(team, &all, gate::TEAM, why, now));
    }
    Ok(there)
}

/// Until the first of these is there.
fn waits(team: &Team, members: &[&TeamMember], gate: &str, why: String, now: Instant) -> Kept {
    let next = members.iter().filter_map(|m| team.next_there(m, now.timestamp())).min();
    let due = next.and_then(Instant::of_timestamp).filter(|due| *due > now);
    let due = due.unwrap_or_else(|| now.after(CAPACITY_AGAIN));
    Kept::until(ActionState::Queued, gate, why, Some(due))
}

fn candidate(member: &TeamMember, why: &str) -> Candidate {
    Candidate {
        member: member.member.clone(),
        count: member.capacity.count,
        per_ms: member.capacity.per_ms,
        assignee: json!({
            "member": member.member,
            "name": member.title,
            "id": member.ids.first().or(member.address.as_ref()),
            "why": why,
        }),
    }
}

/// What an action's content is told of whoever gets it, once it has started.
pub(super) fn assignee(start: &Start, answer: Started) -> Option<Value> {
    let Started::For(place) = answer else { return None };
    Some(start.claim.as_ref()?.members.get(place)?.assignee.clone())
}

/// Why nobody has room for it.
pub(super) fn at_capacity(claim: Option<&Claim>) -> String {
    let members = claim.into_iter().flat_map(|claim| &claim.members);
    let names: Vec<&str> = members.map(|m| m.member.as_str()).collect();
    let table = claim.map_or("", |claim| &claim.team);
    match names.as_slice() {
        [] => "the team is at capacity, as capacity in [teams] says".to_owned(),
        [one] => format!("{one} is at capacity, or their team is, as capacity in [teams.{table}] and its members says"),
        all => format!(
            "{} are at capacity, or their team is, as capacity in [teams.{table}] and its members says",
            all.join(", ")
        ),
    }
}
