//! What a hand-over takes of a team's capacity, and of a member's.
//!
//! A member's part is a claim beside the team's, under `TEAM/MEMBER`: no team's name has a
//! slash. It is chosen and taken in the transaction that starts the attempt, so that two
//! hand-overs at once never count on the same room.

use hearken_model::{Instant, Load, least_loaded};

use super::{
    values::{At, Count, Text, int, json, ms},
    writing::Writing,
};
use crate::{ASSIGNEE, Candidate, Claim, Start, Started, StoreError};

impl Writing<'_> {
    /// Takes a part of a team's capacity, once an action, and of the member who has the least
    /// on their hands. An action that is tried again stays with whoever had it.
    pub(super) fn claim(&mut self, claim: &Claim, start: &Start) -> Result<Started, StoreError> {
        let (taken, own) = self.claims(&claim.team, claim.per_ms, start)?;
        if !own && taken >= u64::from(claim.count) {
            return Ok(Started::NoCapacity);
        }
        if claim.members.is_empty() {
            if !own {
                self.take(&claim.team, start)?;
            }
            return Ok(Started::Yes);
        }
        let Some(place) = self.choose(claim, start)? else {
            return Ok(Started::NoCapacity);
        };
        if !own {
            self.take(&claim.team, start)?;
        }
        self.assign(claim, place, start)?;
        Ok(Started::For(place))
    }

    /// Whose it was before, else whoever has the least.
    fn choose(&mut self, claim: &Claim, start: &Start) -> Result<Option<usize>, StoreError> {
        let mut loads = Vec::with_capacity(claim.members.len());
        for (place, candidate) in claim.members.iter().enumerate() {
            let key = key(claim, candidate);
            let (taken, own) = self.claims(&key, candidate.per_ms, start)?;
            if own {
                return Ok(Some(place));
            }
            let last = self.first("SELECT max(at) FROM claim WHERE team = ?1", &[&key], |row| {
                row.get::<_, Option<At>>(0)
            })?;
            loads.push(Load {
                member: candidate.member.clone(),
                taken,
                most: u64::from(candidate.count),
                last: last.flatten().map(|at| at.0),
            });
        }
        Ok(least_loaded(&loads))
    }

    /// Gives it to a member, and takes it from whoever had it when it was tried before and is
    /// not there any more.
    fn assign(&mut self, claim: &Claim, place: usize, start: &Start) -> Result<(), StoreError> {
        let Some(candidate) = claim.members.get(place) else {
            return Ok(());
        };
        let key = key(claim, candidate);
        if start.number > 1 {
            self.run(
                "DELETE FROM claim WHERE action = ?1 AND team <> ?2 AND team <> ?3",
                &[&Text(start.action), &claim.team, &key],
            )?;
        }
        self.take(&key, start)?;
        let told = json(&candidate.assignee, self.doing())?;
        self.run(
            "UPDATE action SET content = json_set(content, ?2, json(?3)) WHERE id = ?1",
            &[&Text(start.action), &format!("$.{ASSIGNEE}"), &told],
        )?;
        Ok(())
    }

    /// How many hand-overs were given to somebody within so many milliseconds, and whether this
    /// one is among them.
    fn claims(&mut self, whose: &str, per_ms: u64, start: &Start) -> Result<(u64, bool), StoreError> {
        let since = Instant(start.at.0.saturating_sub(per_ms));
        let counts = self.first(
            "SELECT count(*), coalesce(sum(action = ?3), 0) FROM claim WHERE team = ?1 AND at > ?2",
            &[&whose, &int(since.0), &Text(start.action)],
            |row| Ok((row.get::<_, Count>(0)?.0, row.get::<_, Count>(1)?.0 > 0)),
        )?;
        Ok(counts.unwrap_or_default())
    }

    fn take(&mut self, whose: &str, start: &Start) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO claim (team, action, at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (team, action) DO UPDATE SET at = excluded.at",
            &[&whose, &Text(start.action), &ms(start.at)],
        )?;
        Ok(())
    }
}

fn key(claim: &Claim, candidate: &Candidate) -> String {
    format!("{}/{}", claim.team, candidate.member)
}
