//! Storing what applying entries brought about.

use std::collections::BTreeMap;

use hearken_model::{Action, ActionId, Company, Entry, Instant, Part, Partition, ProfileId, Prospect, ProspectId, Seq};

use super::{
    values::{At, Count, Json, Text, int, json, ms},
    writing::Writing,
};
use crate::{ActionChange, Commit, Logged, Outgoing, StoreError, TimerSet};

const DOING: &str = "committing";

/// A commit with its JSON made outside of the writer's thread.
pub(super) struct ReadyCommit {
    commit: Commit,
    prospects: Vec<ReadyProspect>,
    derived: Vec<String>,
    decisions: Vec<String>,
}

impl ReadyCommit {
    pub(super) fn new(commit: Commit) -> Result<Self, StoreError> {
        let foreign = |what: &str| StoreError::Invalid {
            doing: DOING,
            why: format!("{what} does not belong to partition {}", commit.partition),
        };
        if let Some(p) = commit.prospects.iter().find(|p| p.id.partition() != commit.partition) {
            return Err(foreign(&format!("prospect {}", p.id)));
        }
        let inside = |l: &Logged| {
            l.partition == commit.partition && l.place.step > 0 && l.place.seq > commit.from && l.place.seq <= commit.to
        };
        if let Some(l) = commit.derived.iter().find(|l| !inside(l)) {
            return Err(foreign(&format!(
                "derived entry {} between {} and {}",
                l.place, commit.from, commit.to
            )));
        }
        Ok(Self {
            prospects: commit
                .prospects
                .iter()
                .map(|p| ReadyProspect::new(p, DOING))
                .collect::<Result<_, _>>()?,
            derived: commit
                .derived
                .iter()
                .map(|l| json(&l.entry, DOING))
                .collect::<Result<_, _>>()?,
            decisions: commit
                .decisions
                .iter()
                .map(|d| json(d, DOING))
                .collect::<Result<_, _>>()?,
            commit,
        })
    }

    /// Roughly how many rows it writes.
    pub(super) fn weight(&self) -> usize {
        let c = &self.commit;
        1 + c.prospects.len()
            + c.derived.len()
            + c.decisions.len()
            + c.actions.len()
            + c.timers.len()
            + c.outgoing.len()
    }
}

/// A prospect's columns that take time to make.
pub(super) struct ReadyProspect {
    state: String,
    account: String,
}

impl ReadyProspect {
    pub(super) fn new(prospect: &Prospect, doing: &'static str) -> Result<Self, StoreError> {
        Ok(Self {
            state: json(prospect, doing)?,
            account: Company::of(prospect).key(),
        })
    }
}

/// What goes from one prospect to another.
struct Joining {
    left: ProspectId,
    to: ProspectId,
    at: Instant,
    part: Part,
    live: bool,
}

impl Writing<'_> {
    pub(super) fn commit(&mut self, ready: ReadyCommit) -> Result<(), StoreError> {
        let ReadyCommit {
            commit,
            prospects,
            derived,
            decisions,
        } = ready;
        self.advance(&commit)?;
        for (prospect, ready) in commit.prospects.iter().zip(&prospects) {
            self.put_prospect(prospect, ready)?;
        }
        for (logged, body) in commit.derived.iter().zip(&derived) {
            self.insert(logged, body)?;
        }
        for (decision, record) in commit.decisions.iter().zip(&decisions) {
            self.put_decision(commit.partition, decision, record)?;
        }
        for action in &commit.actions {
            self.put_action(action)?;
        }
        for change in &commit.action_changes {
            self.change_action(change)?;
        }
        for timer in &commit.timers {
            self.set_timer(timer)?;
        }
        for suppression in &commit.suppressions {
            self.suppress(suppression)?;
        }
        for letter in &commit.dead_letters {
            self.dead_letter(letter)?;
        }
        for outgoing in commit.outgoing {
            self.send(outgoing, commit.partition, commit.from)?;
        }
        Ok(())
    }

    /// Compares before it sets: epoch and the last applied entry are what the commit says,
    /// or nothing of it happens.
    fn advance(&mut self, commit: &Commit) -> Result<(), StoreError> {
        let Commit {
            partition,
            epoch,
            from,
            to,
            ..
        } = *commit;
        if from > to {
            return Err(self.invalid(format!(
                "partition {partition} cannot go from entry {from} back to {to}"
            )));
        }
        let changed = self.run(
            "UPDATE partition SET applied = ?4 WHERE partition = ?1 AND epoch = ?2 AND applied = ?3 AND last >= ?4",
            &[&partition.0, &int(epoch), &int(from), &int(to)],
        )?;
        if changed == 1 {
            return Ok(());
        }
        let found = self.first(
            "SELECT epoch, applied, last FROM partition WHERE partition = ?1",
            &[&partition.0],
            |row| {
                Ok((
                    row.get::<_, Count>(0)?.0,
                    row.get::<_, Count>(1)?.0,
                    row.get::<_, Count>(2)?.0,
                ))
            },
        )?;
        match found {
            Some((e, applied, last)) if e == epoch && applied == from => {
                Err(self.invalid(format!("partition {partition} ends at entry {last}, before {to}")))
            }
            Some((found_epoch, found_applied, _)) => Err(StoreError::Fenced {
                partition,
                epoch,
                from,
                to,
                found_epoch,
                found_applied,
            }),
            None => Err(self.invalid(format!("partition {partition} is missing"))),
        }
    }

    pub(super) fn put_prospect(&mut self, prospect: &Prospect, ready: &ReadyProspect) -> Result<(), StoreError> {
        let profiles = prospect.part.profiles.values();
        let stage = prospect.part.current().map(|g| g.stage).unwrap_or_default();
        let signals: u64 = profiles.clone().map(|p| p.signals).sum();
        let first = profiles.clone().map(|p| p.first_seen).min().unwrap_or_default();
        let last = profiles.map(|p| p.last_seen).max().unwrap_or_default();
        self.run(
            "INSERT INTO prospect (id, partition, applied_seq, applied_step, lifecycle, signals, first_seen, last_seen, \
             state, account) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO UPDATE SET \
             applied_seq = excluded.applied_seq, applied_step = excluded.applied_step, lifecycle = excluded.lifecycle, \
             signals = excluded.signals, first_seen = excluded.first_seen, last_seen = excluded.last_seen, \
             state = excluded.state, account = excluded.account",
            &[
                &Text(prospect.id),
                &prospect.id.partition().0,
                &int(prospect.applied.seq),
                &prospect.applied.step,
                &stage.word(),
                &int(signals),
                &ms(first),
                &ms(last),
                &ready.state,
                &ready.account,
            ],
        )?;
        Ok(())
    }

    fn put_decision(
        &mut self,
        partition: Partition,
        decision: &hearken_model::Decision,
        record: &str,
    ) -> Result<(), StoreError> {
        let Seq { seq, step } = decision.place;
        self.run(
            "INSERT INTO decision (id, prospect, partition, seq, step, at, \"trigger\", act, target, channel, propensity, \
             reason, mode, router, record, gate, margin) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            &[
                &Text(decision.id),
                &Text(decision.prospect),
                &partition.0,
                &int(seq),
                &step,
                &ms(decision.at),
                &decision.trigger,
                &decision.act.word(),
                &decision.target,
                &decision.channel,
                &decision.propensity,
                &decision.reason,
                &decision.mode.word(),
                &decision.router,
                &record,
                &decision.gate(),
                &decision.margin(),
            ],
        )?;
        Ok(())
    }

    pub(super) fn put_action(&mut self, action: &Action) -> Result<(), StoreError> {
        let recipients = json(&action.to, self.doing())?;
        let content = json(&action.content, self.doing())?;
        let approval = action.approval.as_ref();
        self.run(
            "INSERT INTO action (id, decision, prospect, sink, channel, act, target, purpose, recipients, decided, due, \
             expires, state, why, attempts, first_tried, reference, content, gate, text, seed, answer, answered_by, \
             answered_at, answered_why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
             ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
            &[
                &Text(action.id),
                &Text(action.decision),
                &Text(action.prospect),
                &action.sink,
                &action.channel,
                &action.act.word(),
                &action.target,
                &action.purpose,
                &recipients,
                &ms(action.decided),
                &ms(action.due),
                &ms(action.expires),
                &action.state.word(),
                &action.why,
                &action.attempts,
                &action.first_tried.map(ms),
                &action.reference,
                &content,
                &action.gate,
                &action.text,
                &action.seed,
                &approval.map(|a| a.answer.word()),
                &approval.map(|a| a.by.as_str()),
                &approval.map(|a| ms(a.at)),
                &approval.map(|a| a.why.as_str()),
            ],
        )?;
        Ok(())
    }

    /// Whether the action could be changed.
    pub(super) fn change_action(&mut self, change: &ActionChange) -> Result<bool, StoreError> {
        let changed = self.run(
            "UPDATE action SET state = ?2, why = ?3, due = coalesce(?4, due), gate = ?5 \
             WHERE id = ?1 AND (state IN ('queued', 'held', 'unknown') OR (state = 'rejected' AND ?2 = 'queued'))",
            &[
                &Text(change.action),
                &change.state.word(),
                &change.why,
                &change.due.map(ms),
                &change.gate,
            ],
        )?;
        Ok(changed == 1)
    }

    fn set_timer(&mut self, timer: &TimerSet) -> Result<(), StoreError> {
        match timer.due {
            Some(due) => self.run(
                "INSERT INTO timer (prospect, name, partition, due, generation) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (prospect, name) DO UPDATE SET due = excluded.due, generation = excluded.generation",
                &[
                    &Text(timer.prospect),
                    &timer.name,
                    &timer.prospect.partition().0,
                    &ms(due),
                    &int(timer.generation),
                ],
            )?,
            None => self.run(
                "DELETE FROM timer WHERE prospect = ?1 AND name = ?2",
                &[&Text(timer.prospect), &timer.name],
            )?,
        };
        Ok(())
    }

    /// Appends what a commit sends to a prospect. What joins a prospect goes to whoever the
    /// profiles belong to by now: they may have moved on since they were sent.
    fn send(&mut self, outgoing: Outgoing, from: Partition, after: u64) -> Result<(), StoreError> {
        let Outgoing { prospect, at, entry } = outgoing;
        let Entry::Join {
            from: left,
            mut part,
            live,
        } = entry
        else {
            self.append(prospect, at, entry, None)?;
            return Ok(());
        };
        let mut moved_on: BTreeMap<ProspectId, Vec<ProfileId>> = BTreeMap::new();
        for id in part.profiles.keys() {
            if let Some(owner) = self.prospect_of(*id)?
                && owner != prospect
            {
                moved_on.entry(owner).or_default().push(*id);
            }
        }
        for (owner, profiles) in moved_on {
            let theirs = part.split_off(&profiles.into_iter().collect());
            self.join(
                Joining {
                    left,
                    to: owner,
                    at,
                    part: theirs,
                    live,
                },
                (from, after),
            )?;
        }
        if part.profiles.is_empty() && part.assessed.is_empty() {
            return Ok(());
        }
        self.join(
            Joining {
                left,
                to: prospect,
                at,
                part: *part,
                live,
            },
            (from, after),
        )
    }

    /// What joins takes its actions along: from now on their deliveries are told to the new
    /// prospect. Deliveries that were told to the old one and that it may not have applied
    /// before the profiles left are told again; hearing one twice changes nothing.
    fn join(&mut self, joining: Joining, (partition, after): (Partition, u64)) -> Result<(), StoreError> {
        let Joining {
            left,
            to,
            at,
            part,
            live,
        } = joining;
        let actions: Vec<ActionId> = part
            .profiles
            .values()
            .flat_map(|p| &p.tellings)
            .map(|t| t.action)
            .collect();
        self.append(
            to,
            at,
            Entry::Join {
                from: left,
                part: Box::new(part),
                live,
            },
            None,
        )?;
        if actions.is_empty() {
            return Ok(());
        }
        for action in &actions {
            self.run(
                "UPDATE action SET prospect = ?3 WHERE id = ?1 AND prospect = ?2",
                &[&Text(*action), &Text(left), &Text(to)],
            )?;
        }
        let told = self.all(
            "SELECT received, body FROM entry WHERE partition = ?1 AND seq > ?2 AND step = 0 AND prospect = ?3 \
             AND kind = 'delivery' ORDER BY seq",
            &[&partition.0, &int(after), &Text(left)],
            |row| Ok((row.get::<_, At>(0)?.0, row.get::<_, Json<Entry>>(1)?.0)),
        )?;
        for (at, entry) in told {
            if matches!(&entry, Entry::Delivery(d) if actions.contains(&d.action)) {
                self.append(to, at, entry, None)?;
            }
        }
        Ok(())
    }
}
