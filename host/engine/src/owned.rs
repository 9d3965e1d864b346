//! Whose customer somebody is, and which teams take them then.

use hearken_config::Wiring;
use hearken_model::{Action, Colleagues, Company, Instant, Owner, Prospect, decide::Facts};
use hearken_store::{ASSIGNEE, Store, StoreError};
use serde_json::Value;

use crate::colleagues::PEOPLE;

/// Teams that take hand-overs at `now`. Their capacity is claimed when a hand-over is
/// attempted: it is not a prospect's to know. Those that get what others leave lying come
/// behind them.
pub(crate) fn open_teams(wiring: &Wiring, now: Instant) -> Vec<String> {
    let teams = &wiring.teams;
    let is_second = |name: &str| teams.values().any(|t| t.escalate_to.as_deref() == Some(name));
    let open = teams.values().filter(|t| t.hours.is_open(now.timestamp()));
    let mut open: Vec<String> = open.map(|t| t.name.clone()).collect();
    open.sort_by_key(|name| is_second(name));
    open
}

/// Teams that take somebody at `now`. A customer of somebody's waits for the owner, whatever
/// the hour; once the owner's team has let them lie, those take them that it escalates to.
pub(crate) fn teams(wiring: &Wiring, owner: Option<&Owner>, let_it_lie: &[String], now: Instant) -> Vec<String> {
    let Some(owner) = owner else {
        return open_teams(wiring, now);
    };
    if !let_it_lie.contains(&owner.team) {
        return vec![owner.team.clone()];
    }
    let mut next = Vec::new();
    let mut team = wiring.teams.get(&owner.team);
    while let Some(to) = team.and_then(|t| t.escalate_to.as_ref()) {
        if *to == owner.team || next.contains(to) {
            break;
        }
        next.push(to.clone());
        team = wiring.teams.get(to);
    }
    let open = open_teams(wiring, now);
    next.retain(|name| open.contains(name));
    next
}

/// Adds what colleagues have to do with somebody: who is nobody's customer themselves is the
/// account's owner's.
pub(crate) fn join(facts: &mut Facts, colleagues: Option<Colleagues>, wiring: &Wiring) {
    let is_there = |owner: &Owner| {
        let team = wiring.teams.get(&owner.team);
        team.is_some_and(|team| team.members.contains_key(&owner.member))
    };
    if facts.owner.is_none()
        && let Some(owner) = colleagues.as_ref().and_then(|c| c.owner.clone()).filter(is_there)
    {
        facts.teams = teams(wiring, Some(&owner), &facts.let_it_lie, facts.now);
        facts.owner = Some(owner);
    }
    facts.colleagues = colleagues;
}

/// Whose customer somebody is, themselves or by their account, as the store has it now.
///
/// # Errors
/// Where the store cannot be read.
pub async fn owner(store: &dyn Store, prospect: &Prospect, wiring: &Wiring) -> Result<Option<Owner>, StoreError> {
    let roster = wiring.roster();
    if roster.0.is_empty() {
        return Ok(None);
    }
    if let Some(owner) = roster.owner_of(prospect) {
        return Ok(Some(owner));
    }
    let people = store.members(&Company::of(prospect).key(), PEOPLE).await?;
    Ok(roster.owner_of_account(&people))
}

/// Who of its team gets a hand-over, once it was given to one of them.
#[must_use]
pub fn assignee(action: &Action) -> Option<Assignee<'_>> {
    let told = action.content.get(ASSIGNEE)?;
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(Assignee {
        member: text("member"),
        name: text("name"),
        why: text("why"),
    })
}

/// Somebody who gets a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignee<'a> {
    /// Their name in the configuration.
    pub member: &'a str,
    /// As people call them.
    pub name: &'a str,
    /// Why they do.
    pub why: &'a str,
}
