//! Reads of the outbox: what is due, what is unknown, what was interrupted.

use hearken_model::{Action, ActionId, ActionState, Attempt, Instant, ProfileId, Prospect, ProspectId};

use super::{
    readers::Reading,
    rows::{self, ACTION, ACTION_COLUMNS},
    rules::scope_of,
    values::{At, Count, Text, limit, ms, unknown_word},
};
use crate::{Due, StoreError, Switch, Switches, Witness};

impl Reading<'_> {
    /// A sink's actions in a state that are due.
    pub(super) fn due(
        &self,
        sink: &str,
        state: ActionState,
        now: Instant,
        most: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let rules = self.rules_version()?;
        let sql = format!(
            "SELECT {ACTION}, p.state FROM action AS a JOIN prospect AS p ON p.id = a.prospect \
             WHERE a.sink = ?1 AND a.state = ?2 AND a.due <= ?3 ORDER BY a.due, a.id LIMIT ?4"
        );
        let found = self.all(&sql, &[&sink, &state.word(), &ms(now), &limit(most)], |row| {
            Ok((rows::action(row)?, rows::prospect(row, ACTION_COLUMNS)?))
        })?;
        found
            .into_iter()
            .map(|(action, prospect)| {
                Ok(Due {
                    witness: Witness {
                        applied: prospect.applied,
                        rules,
                    },
                    memory: memory(&action, &prospect),
                    suppressed: self.suppressed(&action)?,
                    action,
                    prospect,
                })
            })
            .collect()
    }

    fn suppressed(&self, action: &Action) -> Result<Option<String>, StoreError> {
        for identity in &action.to {
            let why = self.first(
                "SELECT why FROM suppression WHERE scheme = ?1 AND value = ?2",
                &[&identity.scheme, &identity.value],
                |row| row.get(0),
            )?;
            if why.is_some() {
                return Ok(why);
            }
        }
        Ok(None)
    }

    fn rules_version(&self) -> Result<u64, StoreError> {
        let version = self.first("SELECT version FROM rules", &[], |row| {
            row.get::<_, Count>(0).map(|n| n.0)
        })?;
        Ok(version.unwrap_or_default())
    }

    pub(super) fn switches(&self) -> Result<Switches, StoreError> {
        let version = self.rules_version()?;
        let mut switches = self.all("SELECT scope, name, stopped, at, by FROM switch", &[], |row| {
            let scope = row.get_ref(0)?.as_str()?;
            let scope = scope_of(scope, row.get(1)?).ok_or_else(|| unknown_word(0, scope))?;
            Ok(Switch {
                scope,
                stopped: row.get(2)?,
                at: row.get::<_, At>(3)?.0,
                by: row.get(4)?,
            })
        })?;
        switches.sort_by(|x, y| x.scope.cmp(&y.scope));
        Ok(Switches { version, switches })
    }

    pub(super) fn interrupted(&self) -> Result<Vec<(Action, Attempt)>, StoreError> {
        let sql = format!(
            "SELECT {ACTION}, t.action, t.number, t.started FROM action AS a \
             JOIN attempt AS t ON t.action = a.id AND t.number = a.attempts \
             WHERE a.state = 'started' AND t.ended IS NULL ORDER BY t.started, a.id"
        );
        self.all(&sql, &[], |row| {
            Ok((rows::action(row)?, rows::attempt(row, ACTION_COLUMNS)?))
        })
    }

    pub(super) fn action(&self, id: ActionId) -> Result<Option<Action>, StoreError> {
        let sql = format!("SELECT {ACTION} FROM action AS a WHERE a.id = ?1");
        self.first(&sql, &[&Text(id)], rows::action)
    }

    pub(super) fn actions_of(&self, prospect: ProspectId, most: usize) -> Result<Vec<Action>, StoreError> {
        let sql = format!(
            "SELECT {ACTION} FROM action AS a WHERE a.prospect = ?1 ORDER BY a.decided DESC, a.id DESC LIMIT ?2"
        );
        self.all(&sql, &[&Text(prospect), &limit(most)], rows::action)
    }
}

/// What the action's sink wanted to be given the next time: as it said about the person's
/// address, else about any other name of the person.
fn memory(action: &Action, prospect: &Prospect) -> Option<String> {
    let profiles = &prospect.part.profiles;
    let of = |id: &ProfileId| profiles.get(id).and_then(|p| p.receipts.get(&action.sink));
    let addressed = action.to.iter().map(ProfileId::of).find_map(|id| of(&id));
    addressed.or_else(|| profiles.keys().find_map(of)).cloned()
}
