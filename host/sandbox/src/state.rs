//! What the host keeps beside each instance: whose it is, what it has used, what it may do.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use tokio::runtime::Handle;

use crate::{
    capability::{Folder, HttpAccess, HttpCall, LogBudget, MailAccess, MailCall, Unpacking},
    effects::Effects,
    limits::Limits,
    manifest,
    memory::MemoryLimit,
    meter::Meter,
    turns::Load,
};

/// On whose behalf a guest runs. One a connector.
pub(crate) struct Caller {
    /// The connector's name; before there is a connector, the plugin's.
    pub(crate) name: String,
    pub(crate) io: Handle,
    pub(crate) limits: Limits,
    /// The granted folder.
    pub(crate) folder: Option<Arc<Folder>>,
    /// What the manifest says it does there.
    pub(crate) declared: Option<manifest::Folder>,
    /// A packed file that is being read onwards, call by call.
    pub(crate) unpacking: Mutex<Option<Unpacking>>,
    /// Whether it may send mail.
    pub(crate) mail: MailAccess,
    /// Whether it may send requests.
    pub(crate) http: HttpAccess,
    load: Arc<Load>,
    told: Mutex<HashSet<&'static str>>,
}

impl Caller {
    pub(crate) fn new(name: String, io: Handle, limits: Limits) -> Self {
        Self {
            name,
            io,
            limits,
            folder: None,
            declared: None,
            unpacking: Mutex::new(None),
            mail: MailAccess::Undeclared,
            http: HttpAccess::Undeclared,
            load: Arc::new(Load::new(Instant::now())),
            told: Mutex::new(HashSet::new()),
        }
    }

    /// For a call of its.
    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::new(Meter::of(self.load.clone()))
    }

    /// Whether this is the first denial of its kind: it is told once, not once a call.
    fn first_denial(&self, what: &'static str) -> bool {
        // The set is whole after a panic elsewhere: inserting is its only change.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(what)
    }
}

/// What a guest is doing, which decides what it may import.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// `describe`, `check`, `configure`: only `log`.
    Preparing,
    /// A role's function.
    Serving,
}

/// The data of a store.
pub(crate) struct State {
    pub(crate) caller: Arc<Caller>,
    pub(crate) memory: MemoryLimit,
    pub(crate) meter: Arc<Meter>,
    pub(crate) effects: Arc<Effects>,
    pub(crate) log: LogBudget,
    pub(crate) phase: Phase,
    /// What this call may mail.
    pub(crate) mail: Option<MailCall>,
    /// What requests this call may send.
    pub(crate) http: Option<HttpCall>,
    /// Gone when the instance is: work on other threads looks at it and stops.
    pub(crate) alive: Arc<()>,
}

impl State {
    pub(crate) fn new(caller: Arc<Caller>, meter: Arc<Meter>, effects: Arc<Effects>) -> Self {
        Self {
            memory: MemoryLimit::new(caller.limits.memory_bytes),
            log: LogBudget::new(&caller.limits),
            caller,
            meter,
            effects,
            phase: Phase::Preparing,
            mail: None,
            http: None,
            alive: Arc::new(()),
        }
    }

    /// Another call in the same instance, with budgets of its own.
    pub(crate) fn begin_call(&mut self, meter: Arc<Meter>, effects: Arc<Effects>) {
        self.meter = meter;
        self.effects = effects;
        self.mail = None;
        self.http = None;
        self.log = LogBudget::new(&self.caller.limits);
        self.memory.forget_refusals();
    }

    /// A denial, told once a connector with the TOML that would allow it, and the message
    /// for the guest.
    pub(crate) fn deny(&self, what: &'static str, allow: Denial<'_>) -> String {
        if self.phase == Phase::Preparing {
            return format!("{what} is denied: only log may be used before a role is called");
        }
        let (why, toml) = match allow {
            Denial::Grant(toml) => ("it is not granted", Some(toml)),
            Denial::Undeclared(why) | Denial::Unavailable(why) => (why, None),
        };
        if self.caller.first_denial(what) {
            match toml {
                Some(toml) => tracing::warn!(
                    target: "plugin",
                    connector = %self.caller.name,
                    "{what} was denied; this would allow it:\n{toml}"
                ),
                None => tracing::warn!(
                    target: "plugin",
                    connector = %self.caller.name,
                    "{what} was denied: {why}"
                ),
            }
        }
        format!("{what} is denied: {why}")
    }
}

/// What would allow what was denied.
pub(crate) enum Denial<'a> {
    /// This TOML.
    Grant(&'a str),
    /// Another manifest.
    Undeclared(&'static str),
    /// Nothing, in this version.
    Unavailable(&'static str),
}
