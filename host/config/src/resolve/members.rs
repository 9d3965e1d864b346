//! Who the members of teams are, and what is probably not meant about them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Resolver;
use crate::{
    Team, TeamMember,
    authored::{At, MemberTable, TeamTable},
    quote,
    source::Span,
};

impl Resolver<'_> {
    /// The members of `team`, as it is but for them.
    pub(super) fn members(&mut self, team: &Team, written: &At<TeamTable>) -> BTreeMap<String, TeamMember> {
        let Some(table) = &written.value.members else {
            return BTreeMap::new();
        };
        if table.value.0.is_empty() {
            let help = "name them: robin = { ids = [\"robin@example.com\"] }, or leave the key out";
            let message = format!("the team '{}' has no members", quote(&team.name));
            self.problems.error("empty", table.span, message, help);
        }
        let members = table.value.0.iter();
        let members: BTreeMap<_, _> = members
            .map(|(name, at)| (name.clone(), member(name, team, at)))
            .collect();
        self.never_there(team, &members, table.key);
        members
    }

    /// Who is never there while the team is open gets nothing.
    fn never_there(&mut self, team: &Team, members: &BTreeMap<String, TeamMember>, key: Span) {
        let is_there = |member: &TeamMember| team.next_there(member, Timestamp::UNIX_EPOCH).is_some();
        let help = format!("let their hours and those of [teams.{}] overlap", quote(&team.name));
        if !members.is_empty() && !members.values().any(is_there) {
            let message = format!(
                "nobody of the team '{}' is ever there while it is open: its hand-overs go to nobody",
                quote(&team.name)
            );
            self.problems.warning("never-there", key, message, help);
            return;
        }
        for name in members.values().filter(|m| !is_there(m)).map(|m| &m.member) {
            let at = self.written_member(&team.name, name).map_or(key, |at| at.key);
            let message = format!(
                "'{}' is never there while the team '{}' is open",
                quote(name),
                quote(&team.name)
            );
            self.problems.warning("never-there", at, message, help.clone());
        }
    }

    /// What only shows when all teams are known: who is in two of them, and where customers of
    /// one member are passed on to another.
    pub(super) fn across_teams(&mut self, teams: &BTreeMap<String, Team>) {
        let all: Vec<_> = teams
            .values()
            .flat_map(|t| t.members.values().map(move |m| (t, m)))
            .collect();
        for (place, second) in all.iter().enumerate() {
            for first in all.iter().take(place) {
                self.twice(*first, *second);
            }
        }
        for team in teams.values() {
            self.leads_away(team, teams);
        }
    }

    fn twice(&mut self, (first, before): (&Team, &TeamMember), (team, member): (&Team, &TeamMember)) {
        let at = self.written_member(&team.name, &member.member).map(|at| at.key);
        let Some(at) = at.filter(|_| is_called_the_same(before, member)) else {
            return;
        };
        let member = quote(&member.member);
        if first.name == team.name {
            let message = format!("'{member}' and '{}' have an id in common", quote(&before.member));
            let help = "give each the ids that are theirs alone";
            self.problems.error("twice", at, message, help);
        } else {
            let [first, team] = [quote(&first.name), quote(&team.name)];
            let message = format!("'{member}' is in the teams '{first}' and '{team}'");
            let help = format!("leave them in one: their customers go to '{first}'");
            self.problems.warning("two-teams", at, message, help);
        }
    }

    /// A team without members is the leads of this one, or whoever it is: one with members of
    /// its own would give somebody's customers to others.
    fn leads_away(&mut self, team: &Team, teams: &BTreeMap<String, Team>) {
        let next = team.escalate_to.as_ref().and_then(|next| teams.get(next));
        let Some(next) = next.filter(|next| !team.members.is_empty() && !next.members.is_empty()) else {
            return;
        };
        let known = |member: &TeamMember| next.members.values().any(|m| is_called_the_same(m, member));
        if team.name == next.name || team.members.values().any(known) {
            return;
        }
        let file = self.file;
        let written = file.teams.as_ref().and_then(|t| t.value.0.get(&team.name));
        if let Some(at) = written.and_then(|at| at.value.escalate_to.as_ref()) {
            let message = format!(
                "what '{}' leaves lying goes to members of '{}', whose customers they are not",
                quote(&team.name),
                quote(&next.name)
            );
            let help = "escalate to a team without members, such as their leads, if that is not meant";
            self.problems.warning("leads-away", at.span, message, help);
        }
    }

    fn written_member(&self, team: &str, member: &str) -> Option<&At<MemberTable>> {
        let team = self.file.teams.as_ref()?.value.0.get(team)?;
        team.value.members.as_ref()?.value.0.get(member)
    }
}

fn member(name: &str, team: &Team, at: &At<MemberTable>) -> TeamMember {
    let written = &at.value;
    let texts = written.ids.iter().flat_map(|list| &list.value.0);
    TeamMember {
        member: name.to_owned(),
        title: super::text(&written.name, name),
        ids: texts.map(|at| at.value.0.trim().to_owned()).collect(),
        hours: written
            .hours
            .as_ref()
            .map_or_else(|| team.hours.clone(), |at| at.value.0.clone()),
        capacity: written.capacity.as_ref().map_or(team.capacity, |at| at.value.0),
        address: written.address.as_ref().map(|at| at.value.0.clone()),
    }
}

/// Whether a system may mean either by one word.
fn is_called_the_same(x: &TeamMember, y: &TeamMember) -> bool {
    let ids = |m: &TeamMember| {
        m.ids
            .iter()
            .chain(&m.address)
            .map(|id| id.to_lowercase())
            .collect::<Vec<_>>()
    };
    let of_y = ids(y);
    ids(x).iter().any(|id| of_y.contains(id))
}
