//! Reads of the outbox: what is due, what is unknown, what was interrupted.

use hearken_model::{Action, ActionId, ActionState, Attempt, Company, Instant, ProfileId, Prospect, ProspectId};

use super::{
    readers::Reading,
    rows::{self, ACTION, ACTION_COLUMNS},
    rules::scope_of,
    values::{At, Count, Json, Text, limit, ms, unknown_word},
};
use crate::{ColleaguesAsk, Due, StoreError, Switch, Switches, Witness};

/// Whether a switch stops an action.
const IS_STOPPED: &str = "EXISTS (SELECT 1 FROM switch AS s WHERE s.stopped AND (s.scope = 'all' \
     OR (s.scope = 'sink' AND s.name = a.sink) \
     OR (s.scope = 'team' AND s.name = a.target AND a.act = 'hand-over') \
     OR (s.scope = 'story' AND s.name = a.target AND a.act <> 'hand-over') \
     OR (s.scope = 'channel' AND s.name = a.channel AND a.act <> 'hand-over')))";

/// An action with its prospect and whether its text was approved. A colleague's copy is for
/// somebody of whom nothing may be known.
fn select_due() -> String {
    format!(
        "SELECT {ACTION}, p.state, EXISTS (SELECT 1 FROM approved_text AS t WHERE t.story = a.target AND t.digest = a.text) \
         FROM action AS a LEFT JOIN prospect AS p ON p.id = a.prospect"
    )
}

type DueRow = (Action, Prospect, bool);

fn due_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<DueRow> {
    let action = rows::action(row)?;
    let known = row.get::<_, Option<Json<Prospect>>>(ACTION_COLUMNS)?;
    let prospect = known.map_or_else(|| Prospect::new(action.prospect), |json| json.0);
    Ok((action, prospect, row.get(ACTION_COLUMNS + 1)?))
}

impl Reading<'_> {
    /// A sink's queued actions that are due and that nothing stops.
    pub(super) fn due(&self, sink: &str, now: Instant, most: usize) -> Result<Vec<Due>, StoreError> {
        let stopped = format!("AND NOT {IS_STOPPED}");
        self.due_where(sink, ActionState::Queued, &stopped, now, most)
    }

    pub(super) fn unknown(&self, sink: &str, now: Instant, most: usize) -> Result<Vec<Due>, StoreError> {
        self.due_where(sink, ActionState::Unknown, "", now, most)
    }

    fn due_where(
        &self,
        sink: &str,
        state: ActionState,
        and: &str,
        now: Instant,
        most: usize,
    ) -> Result<Vec<Due>, StoreError> {
        let rules = self.rules_version()?;
        let sql = format!(
            "{} WHERE a.sink = ?1 AND a.state = ?2 AND a.due <= ?3 {and} ORDER BY a.due, a.decided, a.id LIMIT ?4",
            select_due()
        );
        let found = self.all(&sql, &[&sink, &state.word(), &ms(now), &limit(most)], due_row)?;
        found.into_iter().map(|found| self.due_of(found, rules)).collect()
    }

    pub(super) fn due_again(&self, id: ActionId) -> Result<Option<Due>, StoreError> {
        let rules = self.rules_version()?;
        let sql = format!("{} WHERE a.id = ?1", select_due());
        let found = self.first(&sql, &[&Text(id)], due_row)?;
        found.map(|found| self.due_of(found, rules)).transpose()
    }

    pub(super) fn stopped(&self, sink: &str, now: Instant, most: usize) -> Result<Vec<Action>, StoreError> {
        let sql = format!(
            "SELECT {ACTION} FROM action AS a WHERE a.sink = ?1 AND a.state = 'queued' AND a.due <= ?2 \
             AND a.gate <> 'stopped' AND {IS_STOPPED} ORDER BY a.due, a.decided, a.id LIMIT ?3"
        );
        self.all(&sql, &[&sink, &ms(now), &limit(most)], rows::action)
    }

    pub(super) fn open_actions(&self, after: Option<ActionId>, most: usize) -> Result<Vec<Due>, StoreError> {
        let rules = self.rules_version()?;
        let sql = format!(
            "{} WHERE a.state IN ('queued', 'held') AND a.id > ?1 ORDER BY a.id LIMIT ?2",
            select_due()
        );
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let found = self.all(&sql, &[&after, &limit(most)], due_row)?;
        found.into_iter().map(|found| self.due_of(found, rules)).collect()
    }

    fn due_of(&self, (action, prospect, text_approved): DueRow, rules: u64) -> Result<Due, StoreError> {
        Ok(Due {
            witness: Witness {
                applied: prospect.applied,
                rules,
            },
            memory: memory(&action, &prospect),
            suppressed: self.suppressed(&action)?,
            colleagues: self.colleagues(&ColleaguesAsk {
                prospect: prospect.id,
                account: Company::of(&prospect).key(),
                // What was told before is the decision's affair, and the start's.
                since: None,
            })?,
            text_approved,
            action,
            prospect,
        })
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
