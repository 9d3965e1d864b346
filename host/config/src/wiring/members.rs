//! Members of teams, as hand-overs are given to them.

use hearken_model::{CapRule, Member, Roster};
use jiff::Timestamp;

use super::{Team, Wiring};
use crate::{Hours, waking};

/// Somebody of a team.
#[derive(Clone, Debug, PartialEq)]
pub struct TeamMember {
    /// Their name in the configuration.
    pub member: String,
    /// As people call them.
    pub title: String,
    /// As systems call them, which may say whose customer somebody is.
    pub ids: Vec<String>,
    /// When they are there, beside the team's hours.
    pub hours: Hours,
    /// How many hand-overs they take.
    pub capacity: CapRule,
    /// Where theirs are mailed to; none for the team's address.
    pub address: Option<String>,
}

impl Team {
    /// The first moment from `now` on at which a member is there while the team is open; `None`
    /// where that never is.
    #[must_use]
    pub fn next_there(&self, member: &TeamMember, now: Timestamp) -> Option<Timestamp> {
        waking::next_in_all(&[self.hours.clone(), member.hours.clone()], now)
    }
}

impl Wiring {
    /// The members of all teams.
    #[must_use]
    pub fn roster(&self) -> Roster {
        let members = self
            .teams
            .values()
            .flat_map(|team| team.members.values().map(move |m| (team, m)));
        let all = members.map(|(team, m)| Member {
            team: team.name.clone(),
            member: m.member.clone(),
            ids: m.ids.iter().chain(&m.address).cloned().collect(),
            title: m.title.clone(),
        });
        Roster(all.collect())
    }
}
