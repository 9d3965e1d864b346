//! The contract on SQLite: which call is a read and which is a write.

use async_trait::async_trait;
use hearken_model::{
    Action, ActionId, Approval, Attempt, Decision, DecisionId, Identity, Instant, Partition, ProfileId, Prospect,
    ProspectId, Recorded, Seq,
};

use super::{FEED, Sqlite, accept::ReadyIntake, commit::ReadyCommit, deliver::ReadyFinish};
use crate::{
    Accepted, Commit, DeadLetter, DeadLetterId, DeadLetterQuery, DecisionQuery, Due, EgressQuery, EgressRow,
    EgressStanding, Feed, Finish, HeldQuery, History, HistoryQuery, Hold, Intake, Lease, Logged, OnceAnswer, Outgoing,
    Progress, ProspectQuery, Purge, RecentAsk, Snapshot, Standing, Start, Started, Store, StoreError, Summary,
    Suppression, Switch, Switches, TextApproval, feed::feed,
};

#[async_trait]
impl Store for Sqlite {
    async fn accept(&self, intake: Intake) -> Result<Vec<Accepted>, StoreError> {
        let ready = ReadyIntake::new(intake)?;
        self.writer
            .write("accepting signals", ready.weight(), move |w| w.accept(ready))
            .await
    }

    async fn lease(&self) -> Result<Vec<Lease>, StoreError> {
        self.writer.write("taking the partitions", 256, |w| w.lease()).await
    }

    async fn progress(&self) -> Result<Vec<Progress>, StoreError> {
        self.readers
            .read("reading how far the log is applied", |r| r.progress())
            .await
    }

    async fn pending(&self, partition: Partition, after: u64, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.readers
            .read("reading the log", move |r| r.pending(partition, after, limit))
            .await
    }

    async fn log(&self, partition: Partition, after: Seq, limit: usize) -> Result<Vec<Logged>, StoreError> {
        self.readers
            .read("reading the log", move |r| r.log(partition, after, limit))
            .await
    }

    fn feed(&self) -> Option<Feed> {
        let (feeder, feed) = feed(FEED);
        self.writer.feeder.set(feeder).ok().map(|()| feed)
    }

    async fn prospects(&self, ids: &[ProspectId]) -> Result<Vec<Option<Prospect>>, StoreError> {
        let ids = ids.to_vec();
        self.readers.read("reading prospects", move |r| r.prospects(&ids)).await
    }

    async fn recent(&self, asks: Vec<RecentAsk>) -> Result<Vec<Vec<Recorded>>, StoreError> {
        self.readers
            .read("reading recent signals", move |r| {
                asks.iter().map(|ask| r.recent(ask)).collect()
            })
            .await
    }

    async fn commit(&self, commits: Vec<Commit>) -> Result<(), StoreError> {
        let ready = commits
            .into_iter()
            .map(ReadyCommit::new)
            .collect::<Result<Vec<_>, _>>()?;
        let weight = ready.iter().map(ReadyCommit::weight).sum();
        self.writer
            .write("committing", weight, move |w| {
                ready.into_iter().try_for_each(|c| w.commit(c))
            })
            .await
    }

    async fn due(&self, sink: &str, now: Instant, limit: usize) -> Result<Vec<Due>, StoreError> {
        let sink = sink.to_owned();
        self.readers
            .read("reading due actions", move |r| r.due(&sink, now, limit))
            .await
    }

    async fn due_again(&self, action: ActionId) -> Result<Option<Due>, StoreError> {
        self.readers
            .read("reading an action again", move |r| r.due_again(action))
            .await
    }

    async fn stopped(&self, sink: &str, now: Instant, limit: usize) -> Result<Vec<Action>, StoreError> {
        let sink = sink.to_owned();
        self.readers
            .read("reading stopped actions", move |r| r.stopped(&sink, now, limit))
            .await
    }

    async fn start(&self, starts: Vec<Start>) -> Result<Vec<Started>, StoreError> {
        let weight = 2 * starts.len();
        self.writer
            .write("starting attempts", weight, move |w| {
                starts.iter().map(|s| w.start(s)).collect()
            })
            .await
    }

    async fn hold(&self, holds: Vec<Hold>) -> Result<Vec<bool>, StoreError> {
        let weight = 2 * holds.len();
        self.writer
            .write("moving actions", weight, move |w| {
                holds.into_iter().map(|h| w.hold(h)).collect()
            })
            .await
    }

    async fn held(&self, query: HeldQuery) -> Result<Vec<Action>, StoreError> {
        self.readers.read("reading held actions", move |r| r.held(&query)).await
    }

    async fn answer(&self, actions: Vec<ActionId>, approval: Approval) -> Result<Vec<bool>, StoreError> {
        self.writer
            .write("answering actions", actions.len(), move |w| {
                w.answer(&actions, &approval)
            })
            .await
    }

    async fn take_answers(&self, now: Instant, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .write("taking answers", 2 * limit.min(1_024), move |w| {
                w.take_answers(now, limit)
            })
            .await
    }

    async fn expire(&self, now: Instant, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .write("expiring actions", 2 * limit.min(1_024), move |w| w.expire(now, limit))
            .await
    }

    async fn approve_text(&self, approval: TextApproval) -> Result<bool, StoreError> {
        self.writer
            .write("approving a text", 1, move |w| w.approve_text(&approval))
            .await
    }

    async fn approved_texts(&self) -> Result<Vec<TextApproval>, StoreError> {
        self.readers
            .read("reading approved texts", |r| r.approved_texts())
            .await
    }

    async fn release_texts(&self, now: Instant, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .write("releasing approved texts", 2 * limit.min(1_024), move |w| {
                w.release_texts(now, limit)
            })
            .await
    }

    async fn finish(&self, finishes: Vec<Finish>) -> Result<(), StoreError> {
        let ready = finishes
            .into_iter()
            .map(ReadyFinish::new)
            .collect::<Result<Vec<_>, _>>()?;
        let weight = ready.iter().map(ReadyFinish::weight).sum();
        self.writer
            .write("finishing attempts", weight, move |w| {
                ready.into_iter().try_for_each(|f| w.finish(f))
            })
            .await
    }

    async fn interrupted(&self) -> Result<Vec<(Action, Attempt)>, StoreError> {
        self.readers
            .read("reading interrupted attempts", |r| r.interrupted())
            .await
    }

    async fn unknown(&self, sink: &str, now: Instant, limit: usize) -> Result<Vec<Due>, StoreError> {
        let sink = sink.to_owned();
        self.readers
            .read("reading unknown actions", move |r| r.unknown(&sink, now, limit))
            .await
    }

    async fn fire(&self, now: Instant, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .write("firing timers", 2 * limit.min(1_024), move |w| w.fire(now, limit))
            .await
    }

    async fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        self.readers.read("reading the next due time", |r| r.next_due()).await
    }

    async fn switches(&self) -> Result<Switches, StoreError> {
        self.readers.read("reading switches", |r| r.switches()).await
    }

    async fn set_switch(&self, switch: Switch) -> Result<(), StoreError> {
        self.writer
            .write("setting a switch", 1, move |w| w.set_switch(&switch))
            .await
    }

    async fn suppressions(&self, limit: usize) -> Result<Vec<Suppression>, StoreError> {
        self.readers
            .read("reading suppressions", move |r| r.suppressions(limit))
            .await
    }

    async fn suppress(&self, suppression: Suppression) -> Result<(), StoreError> {
        self.writer
            .write("suppressing an address", 1, move |w| w.suppress(&suppression))
            .await
    }

    async fn standing(&self, relay: &str, since: Instant, over: u32) -> Result<Standing, StoreError> {
        let relay = relay.to_owned();
        self.readers
            .read("reading how a relay does", move |r| r.standing(&relay, since, over))
            .await
    }

    async fn cursor(&self, connector: &str) -> Result<Option<String>, StoreError> {
        let connector = connector.to_owned();
        self.readers
            .read("reading a cursor", move |r| r.cursor(&connector))
            .await
    }

    async fn dead_letters(&self, query: DeadLetterQuery) -> Result<Vec<DeadLetter>, StoreError> {
        self.readers
            .read("reading dead letters", move |r| r.dead_letters(query))
            .await
    }

    async fn dead_letter(&self, id: DeadLetterId) -> Result<Option<DeadLetter>, StoreError> {
        self.readers
            .read("reading a dead letter", move |r| r.dead_letter(id))
            .await
    }

    async fn drop_dead_letter(&self, id: DeadLetterId) -> Result<bool, StoreError> {
        self.writer
            .write("dropping a dead letter", 1, move |w| w.drop_dead_letter(id))
            .await
    }

    async fn work_off(&self, id: DeadLetterId, outgoing: Outgoing) -> Result<bool, StoreError> {
        self.writer
            .write("working a dead letter off", 2, move |w| w.work_off(id, outgoing))
            .await
    }

    async fn ask_replay(&self, id: DeadLetterId, at: Instant) -> Result<bool, StoreError> {
        self.writer
            .write("marking a dead letter", 1, move |w| w.ask_replay(id, at))
            .await
    }

    async fn take_replays(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        self.writer
            .write("taking dead letters to replay", limit.min(256), move |w| {
                w.take_replays(limit)
            })
            .await
    }

    async fn action(&self, id: ActionId) -> Result<Option<Action>, StoreError> {
        self.readers.read("reading an action", move |r| r.action(id)).await
    }

    async fn actions_of(&self, prospect: ProspectId, limit: usize) -> Result<Vec<Action>, StoreError> {
        self.readers
            .read("reading a prospect's actions", move |r| r.actions_of(prospect, limit))
            .await
    }

    async fn decision(&self, id: DecisionId) -> Result<Option<Decision>, StoreError> {
        self.readers.read("reading a decision", move |r| r.decision(id)).await
    }

    async fn decisions(&self, query: DecisionQuery) -> Result<Vec<Decision>, StoreError> {
        self.readers
            .read("reading decisions", move |r| r.decisions(&query))
            .await
    }

    async fn summary(&self, since: Instant) -> Result<Summary, StoreError> {
        self.readers.read("summing up", move |r| r.summary(since)).await
    }

    async fn everybody(&self, after: Option<ProspectId>, limit: usize) -> Result<Vec<Prospect>, StoreError> {
        self.readers
            .read("reading everybody", move |r| r.everybody(after, limit))
            .await
    }

    async fn open_actions(&self, after: Option<ActionId>, limit: usize) -> Result<Vec<Due>, StoreError> {
        self.readers
            .read("reading open actions", move |r| r.open_actions(after, limit))
            .await
    }

    async fn prospect_list(&self, query: ProspectQuery) -> Result<Vec<Prospect>, StoreError> {
        self.readers
            .read("listing prospects", move |r| r.prospect_list(&query))
            .await
    }

    async fn find_prospect(&self, identity: &Identity) -> Result<Option<ProspectId>, StoreError> {
        let identity = identity.clone();
        self.readers
            .read("finding a prospect", move |r| r.find_prospect(&identity))
            .await
    }

    async fn signals_of(&self, profiles: &[ProfileId], limit: usize) -> Result<Vec<Recorded>, StoreError> {
        let profiles = profiles.to_vec();
        self.readers
            .read("reading a prospect's signals", move |r| r.signals_of(&profiles, limit))
            .await
    }

    async fn purge(&self, what: Purge, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .write("forgetting what is over", limit.min(4_096), move |w| {
                w.purge(what, limit)
            })
            .await
    }

    async fn keep_answer(&self, answer: OnceAnswer) -> Result<(), StoreError> {
        self.writer
            .write("keeping an answer", 1, move |w| w.keep_answer(&answer))
            .await
    }

    async fn kept_answer(&self, connector: &str, digest: [u8; 32]) -> Result<Option<OnceAnswer>, StoreError> {
        let connector = connector.to_owned();
        self.readers
            .read("reading an answer", move |r| r.kept_answer(&connector, &digest))
            .await
    }

    async fn keep_standing(&self, standing: Vec<EgressStanding>) -> Result<(), StoreError> {
        self.writer
            .write("noting how ways out stand", 2 * standing.len(), move |w| {
                w.keep_standing(&standing)
            })
            .await
    }

    async fn egress_standing(&self) -> Result<Vec<EgressStanding>, StoreError> {
        self.readers
            .read("reading how ways out stand", |r| r.egress_standing())
            .await
    }

    async fn ask_closing(&self, connector: &str, destination: &str) -> Result<bool, StoreError> {
        let (connector, destination) = (connector.to_owned(), destination.to_owned());
        self.writer
            .write("marking a destination", 1, move |w| {
                w.ask_closing(&connector, &destination)
            })
            .await
    }

    async fn take_closings(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.writer
            .write("taking marked destinations", 1, |w| w.take_closings())
            .await
    }

    async fn note_egress(&self, rows: Vec<EgressRow>) -> Result<(), StoreError> {
        self.writer
            .write("noting what left", rows.len(), move |w| w.note_egress(&rows))
            .await
    }

    async fn egress(&self, query: EgressQuery) -> Result<Vec<EgressRow>, StoreError> {
        self.readers.read("reading what left", move |r| r.egress(&query)).await
    }

    async fn told_or_did(
        &self,
        after: Option<ProspectId>,
        since: Instant,
        kinds: Vec<String>,
        limit: usize,
    ) -> Result<Vec<ProspectId>, StoreError> {
        self.readers
            .read("reading who was told or did something", move |r| {
                r.told_or_did(after, since, &kinds, limit)
            })
            .await
    }

    async fn histories(&self, query: HistoryQuery) -> Result<Vec<History>, StoreError> {
        self.readers
            .read("reading what people were told", move |r| r.histories(&query))
            .await
    }

    async fn keep_snapshot(&self, at: Instant, body: String) -> Result<u64, StoreError> {
        self.writer
            .write("keeping what was learned", 1, move |w| w.keep_snapshot(at, &body))
            .await
    }

    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.readers
            .read("reading what was learned", |r| r.latest_snapshot())
            .await
    }

    async fn snapshot_numbers(&self) -> Result<Vec<(u64, Instant)>, StoreError> {
        self.readers
            .read("reading what was learned", |r| r.snapshot_numbers())
            .await
    }

    async fn snapshot(&self, number: u64) -> Result<Option<Snapshot>, StoreError> {
        self.readers
            .read("reading what was learned", move |r| r.snapshot(number))
            .await
    }

    async fn changed_elsewhere(&self) -> Result<u64, StoreError> {
        self.writer
            .write("asking for others' changes", 1, |w| w.changed_elsewhere())
            .await
    }
}
