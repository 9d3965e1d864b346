//! A plugin as wired: its roles, in batches of any size, each answered item by item.

use std::{
    fmt,
    ops::Range,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    ConnectorSpec, Fault, Isolation, Plugin,
    bisect::{self, Attempt, Failed},
    call::{self, Live},
    capability::{Folder, HttpAccess, Mail, MailAccess, Permit},
    effects::{Effects, Happened},
    fault::Class,
    meter::Meter,
    roles::{Ask, Assess, Decide, Deliver, Forget, PageWanted, Poll, Receive, Reconcile},
    state::{Caller, State},
    weight::Weight,
    wire,
};

/// A plugin as wired. Clones are the same connector and share its limits.
#[derive(Clone)]
pub struct Connector(Arc<Wired>);

struct Wired {
    plugin: Arc<Plugin>,
    name: Arc<str>,
    caller: Arc<Caller>,
    settings: wire::Settings,
    isolation: Isolation,
    batch: usize,
    in_flight: Arc<Semaphore>,
    waiting: Mutex<Vec<Live>>,
}

impl Connector {
    pub(crate) async fn wire(plugin: Arc<Plugin>, spec: ConnectorSpec) -> Result<Self, Fault> {
        let needs = &plugin.manifest.needs;
        let batch = spec.limits.batch.min(needs.batch as usize).max(1);
        let in_flight = spec.limits.in_flight.min(needs.in_flight as usize).max(1);
        let mut caller = Caller::new(spec.name.clone(), plugin.inner.io.clone(), spec.limits);
        caller.declared = needs.folder;
        caller.mail = match (needs.mail, spec.grants.mail) {
            (false, _) => MailAccess::Undeclared,
            (true, false) => MailAccess::NotGranted,
            (true, true) => MailAccess::Granted,
        };
        caller.http = match (needs.hosts.is_empty() && needs.secrets.is_empty(), spec.grants.http) {
            (true, _) => HttpAccess::Undeclared,
            (false, None) => HttpAccess::NotGranted,
            (false, Some(http)) => HttpAccess::Granted(http),
        };
        if let Some(path) = spec.grants.folder {
            caller.folder = Some(open_folder(&plugin, path).await?);
        }
        let wired = Arc::new(Wired {
            plugin,
            name: spec.name.into(),
            caller: Arc::new(caller),
            settings: spec.settings,
            isolation: spec.isolation,
            batch,
            in_flight: Arc::new(Semaphore::new(in_flight)),
            waiting: Mutex::new(Vec::new()),
        });
        wired.try_configuration().await?;
        Ok(Self(wired))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is a wiring of.
    pub fn plugin(&self) -> &Arc<Plugin> {
        &self.0.plugin
    }

    /// `webhook.receive`: one answer a request, in order.
    pub async fn receive(&self, batch: Vec<wire::Request>) -> Vec<Result<wire::Reception, Fault>> {
        self.0.ask(Receive, batch).await
    }

    /// `source.poll`: at most `limit` signals from where `cursor` says. `now` is in
    /// milliseconds since 1970.
    ///
    /// # Errors
    /// What the plugin answers, or why it does not.
    pub async fn poll(&self, now: u64, cursor: Option<String>, limit: u32) -> Result<wire::Page, Fault> {
        let wanted = PageWanted { now, cursor, limit };
        let mut pages = self.0.ask(Poll, vec![wanted]).await;
        pages.pop().unwrap_or(Err(Fault::NoAnswer))
    }

    /// How far the packed file is read that it read last: packed bytes, and how many there
    /// are. None where it reads none.
    pub fn packed_bytes_read(&self) -> Option<(u64, u64)> {
        let mut kept = self.0.caller.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_mut().and_then(|unpacking| unpacking.packed().ok())
    }

    /// `scorer.assess`: one answer a dossier, in order.
    pub async fn assess(&self, batch: Vec<wire::Dossier>) -> Vec<Result<wire::Assessment, Fault>> {
        self.0.ask(Assess, batch).await
    }

    /// `router.decide`: one list of choices a situation, in order.
    pub async fn decide(
        &self,
        stories: Arc<[wire::Story]>,
        batch: Vec<wire::Situation>,
    ) -> Vec<Result<Vec<wire::Choice>, Fault>> {
        self.0.ask(Decide { stories }, batch).await
    }

    /// `sink.deliver`: (action's id, what came of it), one an action, in order. `now` is in
    /// milliseconds since 1970; `mail` sends what the plugin mails for these actions, where
    /// the connector is granted that; `permit` is asked before each request that it sends.
    pub async fn deliver(
        &self,
        now: u64,
        batch: Vec<wire::Action>,
        mail: Option<Arc<dyn Mail>>,
        permit: Option<Arc<dyn Permit>>,
    ) -> Vec<(String, Result<wire::Receipt, Fault>)> {
        let connector = self.0.name.clone();
        let ids: Vec<String> = batch.iter().map(|action| action.id.clone()).collect();
        let ask = Deliver {
            now,
            connector,
            mail,
            permit,
        };
        let answers = self.0.ask(ask, batch).await;
        ids.into_iter().zip(answers).collect()
    }

    /// `reconciler.reconcile`: (action's id, what became of it), one an action, in order;
    /// none where it certainly did not arrive. `now` is in milliseconds since 1970.
    pub async fn reconcile(
        &self,
        now: u64,
        batch: Vec<wire::Action>,
    ) -> Vec<(String, Result<Option<wire::Receipt>, Fault>)> {
        let connector = self.0.name.clone();
        let ids: Vec<String> = batch.iter().map(|action| action.id.clone()).collect();
        let answers = self.0.ask(Reconcile { now, connector }, batch).await;
        ids.into_iter().zip(answers).collect()
    }

    /// `sink.forget`: one answer a person, in order. `now` is in milliseconds since 1970.
    pub async fn forget(&self, now: u64, people: Vec<Vec<wire::Identity>>) -> Vec<Result<(), Fault>> {
        self.0.ask(Forget { now }, people).await
    }
}

impl fmt::Debug for Connector {
    // The settings stay out: a configuration may hold what its operator would not log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("name", &self.0.name)
            .field("plugin", &self.0.plugin)
            .finish_non_exhaustive()
    }
}

async fn open_folder(plugin: &Plugin, path: PathBuf) -> Result<Arc<Folder>, Fault> {
    let shown = path.display().to_string();
    let opened = plugin
        .inner
        .io
        .spawn_blocking(move || Folder::open(&path))
        .await
        .map_err(|_| Fault::Gone)?;
    opened.map(Arc::new).map_err(|error| Fault::Failure {
        class: Class::Config,
        code: String::new(),
        message: format!("opening the granted folder {shown}: {error}"),
        retry_after: None,
    })
}

/// The places that a call holds while it runs: the connector's, then the sandbox's.
type Places = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Wired {
    async fn places(&self) -> Result<Places, Fault> {
        let own = self.in_flight.clone().acquire_owned().await;
        let own = own.map_err(|_| Fault::Gone)?;
        Ok((own, self.plugin.inner.place().await?))
    }

    async fn try_configuration(self: &Arc<Self>) -> Result<(), Fault> {
        let places = self.places().await?;
        let meter = self.caller.meter();
        let (wired, call_meter) = (self.clone(), meter.clone());
        let limits = &self.caller.limits;
        call::spawn(&self.plugin.inner, limits.wall, &meter, async move {
            let _places = places;
            let live = wired.configured(call_meter, Arc::default()).await?;
            wired.keep(live);
            Ok(())
        })
        .await?
    }

    /// One answer an item, in order, in as many calls as it takes.
    async fn ask<K: Ask>(self: &Arc<Self>, ask: K, items: Vec<K::Item>) -> Vec<Result<K::Answer, Fault>> {
        let items: Arc<[K::Item]> = items.into();
        let input_bytes = self.caller.limits.input_bytes();
        let room = input_bytes.saturating_sub(ask.weight());
        let mut answers = Vec::with_capacity(items.len());
        while answers.len() < items.len() {
            let first = answers.len();
            let count = fitting(&items[first..], self.batch, room);
            let found = bisect::answers(count, self.caller.limits.cpu, |range| {
                let range = first + range.start..first + range.end;
                self.attempt(ask.clone(), items.clone(), range)
            })
            .await;
            for fault in found.iter().filter_map(|answer| answer.as_ref().err()) {
                metrics::counter!("hearken_plugin_faults_total",
                    "connector" => self.name.clone(), "fault" => fault.word())
                .increment(1);
            }
            answers.extend(found);
        }
        answers
    }

    async fn attempt<K: Ask>(
        self: &Arc<Self>,
        ask: K,
        items: Arc<[K::Item]>,
        range: Range<usize>,
    ) -> Attempt<K::Answer> {
        let places = match self.places().await {
            Ok(places) => places,
            Err(fault) => return failed(fault, false),
        };
        let meter = self.caller.meter();
        let effects = Arc::new(Effects::default());
        let began = Instant::now();
        let (names, count) = (items.clone(), range.clone());
        let call = self.clone().call(ask, items, range, meter.clone(), effects.clone());
        let wall = self.caller.limits.wall;
        let ended = call::spawn(&self.plugin.inner, wall, &meter, async move {
            let _places = places;
            call.await
        })
        .await;
        metrics::histogram!("hearken_plugin_call_seconds",
            "connector" => self.name.clone(), "role" => K::ROLE)
        .record(began.elapsed().as_secs_f64());
        let answers = match ended {
            Ok(answers) => answers,
            Err(fault) => Err(Failed {
                divisible: fault.may_be_one_item(),
                fault,
                left: Vec::new(),
            }),
        };
        let answers = match answers {
            Ok(answers) => Ok(answers),
            Err(failed) => Err(mark_left::<K>(failed, effects.settled().await, &names[count])),
        };
        Attempt {
            answers,
            cpu: meter.total(),
        }
    }

    /// One call, on a guest thread.
    async fn call<K: Ask>(
        self: Arc<Self>,
        ask: K,
        items: Arc<[K::Item]>,
        range: Range<usize>,
        meter: Arc<Meter>,
        effects: Arc<Effects>,
    ) -> Result<Vec<Result<K::Answer, Fault>>, Failed> {
        let mut live = match self.take_waiting() {
            Some(mut live) => {
                live.begin_call(meter, effects);
                live
            }
            // Nothing about the items: smaller calls would fail alike.
            None => self.configured(meter, effects).await.map_err(|fault| Failed {
                fault,
                divisible: false,
                left: Vec::new(),
            })?,
        };
        let state = live.store.data_mut();
        state.mail = ask.mail(&items[range.clone()]);
        state.http = ask.http(&items[range.clone()]);
        let answered = ask.call(&self.plugin.exports, &mut live, &items[range]).await;
        live.end_call();
        let fault = match answered {
            Ok(Ok(answers)) => {
                if answers.iter().all(Result::is_ok) {
                    self.keep(live);
                }
                return Ok(answers);
            }
            Ok(Err(broken_contract)) => broken_contract,
            Err(error) => call::fault_of(&error, live.store.data()),
        };
        Err(Failed {
            divisible: fault.may_be_one_item(),
            fault,
            left: Vec::new(),
        })
    }

    async fn configured(&self, meter: Arc<Meter>, effects: Arc<Effects>) -> Result<Live, Fault> {
        let exports = &self.plugin.exports;
        let state = State::new(self.caller.clone(), meter, effects);
        let mut live = call::start(&self.plugin.inner, exports, state).await?;
        call::configure(exports, &mut live, &self.settings).await?;
        Ok(live)
    }

    fn take_waiting(&self) -> Option<Live> {
        if self.isolation == Isolation::Call {
            return None;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop()
    }

    /// Keeps an instance for another call, if the isolation allows and there is room.
    fn keep(&self, mut live: Live) {
        let Isolation::Connector { calls } = self.isolation else {
            return;
        };
        if live.calls >= calls {
            return;
        }
        live.idle = self.plugin.inner.idle_place();
        if live.idle.is_some() {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push(live);
        }
    }
}

/// How many of the first items one call may have: at least one, at most `most`, and no more
/// than `room` bytes.
fn fitting<T: Weight>(items: &[T], most: usize, room: usize) -> usize {
    let mut left = room;
    let fits = items.iter().take(most).take_while(|item| {
        let fits = item.weight() <= left;
        left = left.saturating_sub(item.weight());
        fits
    });
    fits.count().max(1)
}

/// A failed call with what it had done by then.
fn mark_left<K: Ask>(failed: Failed, happened: Happened, items: &[K::Item]) -> Failed {
    match happened {
        Happened::For(left) => Failed {
            left: (0..items.len())
                .filter(|i| K::name(&items[*i]).is_some_and(|name| left.contains(name)))
                .collect(),
            ..failed
        },
        Happened::ForAny => Failed {
            fault: failed.fault.after_sending(),
            divisible: false,
            left: Vec::new(),
        },
    }
}

fn failed<A>(fault: Fault, divisible: bool) -> Attempt<A> {
    Attempt {
        answers: Err(Failed {
            fault,
            divisible,
            left: Vec::new(),
        }),
        cpu: std::time::Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_cut_by_number_and_by_weight_but_never_to_nothing() {
        let items: Vec<String> = vec!["x".repeat(92); 10];
        assert_eq!(fitting(&items, 4, 10_000), 4);
        assert_eq!(fitting(&items, 10, 350), 3);
        assert_eq!(fitting(&items, 10, 0), 1);
    }
}
