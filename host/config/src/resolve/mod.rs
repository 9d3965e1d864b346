//! From what was written to what it means: defaults, references between the parts, secrets,
//! stories. Goes on after an error with whatever stands in for the wrong value, so that
//! all problems are found; the result is thrown away then.

mod absent;
mod connectors;
mod egress;
mod exclude;
mod flow;
mod learn;
mod links;
mod mail;
mod members;
mod policy;
mod secret_programs;
mod secrets;
mod share;
mod stories;
mod story_file;
mod story_texts;
mod tokens;
mod vocabulary;
mod wordings;

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use crate::{
    Keep, Listen, StoreSettings, Wiring,
    authored::{At, FileTable, KeepTable, Length, ListenTable},
    outside::Outside,
    problems::Problems,
    source::Span,
};

const DAY: Duration = Duration::from_secs(86_400);

/// What all parts of the resolution share.
struct Resolver<'a> {
    /// What was written.
    file: &'a FileTable,
    outside: Outside<'a>,
    secrets: Secrets,
    /// The files that secrets were looked for in.
    secret_files: Vec<PathBuf>,
    problems: &'a mut Problems,
}

/// What to do about secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    /// Read them.
    Read,
    /// Leave them where they are.
    Leave,
}

/// Resolves a configuration; the second part is where each story begins.
pub(crate) fn resolve(
    file: &FileTable,
    outside: Outside<'_>,
    secrets: Secrets,
    problems: &mut Problems,
) -> (Wiring, BTreeMap<String, Span>) {
    let mut resolver = Resolver {
        file,
        outside,
        secrets,
        secret_files: Vec::new(),
        problems,
    };
    let stories = resolver.stories();
    let store = resolver.store();
    let (plugin_dirs, data_dir) = resolver.plugins(&store);
    let (vocabulary, policy) = (resolver.vocabulary(), resolver.policy(&stories));
    let waking = resolver.waking();
    let (channels, teams) = (resolver.channels(), resolver.teams());
    let links = resolver.links();
    let (listen, connectors) = (resolver.listen(), resolver.connectors(links.as_ref()));
    let flow = resolver.flow();
    let (mail, relays) = (resolver.mail(&stories), resolver.relays());
    resolver.absent(&stories, &channels);
    let wiring = Wiring {
        brand: text(&file.brand, "default"),
        store,
        listen,
        plugin_dirs,
        data_dir,
        vocabulary,
        policy,
        waking,
        connectors,
        flow,
        channels,
        teams,
        stories: stories.told,
        stories_dir: resolver.stories_dir(),
        mail,
        relays,
        links,
        learn: resolver.learn(),
        secret_files: resolver.secret_files,
    };
    (wiring, stories.places)
}

impl Resolver<'_> {
    /// A path beside the first file.
    fn beside(&self, path: &str) -> PathBuf {
        self.problems.sources.folder(0).join(path)
    }

    fn store(&mut self) -> StoreSettings {
        let written = self.file.store.as_ref().map(|at| &at.value);
        let egress_window = written.and_then(|s| s.egress_window.as_ref());
        StoreSettings {
            path: written
                .and_then(|s| s.path.as_ref())
                .map_or_else(|| self.beside("hearken.sqlite"), |path| path.value.0.clone()),
            dedup_window: length(written.and_then(|s| s.dedup_window.as_ref()), 7 * DAY),
            egress_window: self.lasting(egress_window, 30 * DAY),
            keep: self.keep(),
        }
    }

    fn keep(&mut self) -> Keep {
        let store = self.file.store.as_ref().map(|at| &at.value);
        let Some(KeepTable {
            signals,
            decisions,
            dead_letters,
            visitors,
            people,
        }) = store.and_then(|s| s.keep.as_ref()).map(|at| &at.value)
        else {
            return Keep::default();
        };
        let mut lasting = |written: &Option<At<Length>>| written.as_ref().map(|at| self.lasting(Some(at), DAY));
        Keep {
            signals: lasting(signals),
            decisions: lasting(decisions),
            dead_letters: lasting(dead_letters),
            visitors: lasting(visitors),
            people: lasting(people),
        }
    }

    fn plugins(&self, store: &StoreSettings) -> (Vec<PathBuf>, PathBuf) {
        let written = self.file.plugins.as_ref().map(|at| &at.value);
        let folders = written.and_then(|p| p.folders.as_ref()).map_or_else(
            || vec![self.beside("plugins")],
            |list| list.value.0.iter().map(|at| at.value.0.clone()).collect(),
        );
        let data = written.and_then(|p| p.data_folder.as_ref()).map_or_else(
            || store.path.with_file_name("hearken-data"),
            |path| path.value.0.clone(),
        );
        (folders, data)
    }

    fn listen(&mut self) -> Listen {
        let empty = ListenTable::default();
        let written = self.file.listen.as_ref().map_or(&empty, |at| &at.value);
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let public = written.public.as_ref().map_or(local(7700), |at| at.value.0);
        let admin = written.admin.as_ref().map_or(local(7701), |at| at.value.0);
        if let Some(at) = written.admin.as_ref().filter(|_| !admin.ip().is_loopback()) {
            let help = "write \"127.0.0.1:7701\" and reach it from elsewhere through a tunnel or a proxy that asks who is there";
            self.problems.error(
                "admin-not-loopback",
                at.span,
                format!("{admin} is not a loopback address"),
                help,
            );
        }
        let at = written.admin.as_ref().or(written.public.as_ref());
        if let Some(at) = at.filter(|_| admin == public && admin.port() != 0) {
            let help = "give them different ports, such as 7700 and 7701";
            self.problems.error(
                "same-address",
                at.span,
                format!("public and admin both listen on {admin}"),
                help,
            );
        }
        let proxies = match &written.proxies {
            Some(list) => list.value.0.iter().map(|at| at.value.0).collect(),
            None => vec![IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)],
        };
        Listen { public, admin, proxies }
    }

    /// Notes a name that stands for nothing.
    fn refer<'k>(&mut self, what: Reference, name: &str, span: Span, known: impl IntoIterator<Item = &'k str>) {
        let known: Vec<&str> = known.into_iter().collect();
        if !known.contains(&name) {
            let none = format!("there is none yet; add {}", what.place(name));
            self.problems
                .unknown(what.code(), what.word(), span, name, known, &none);
        }
    }

    /// A duration that must be longer than nothing.
    fn lasting(&mut self, written: Option<&At<Length>>, default: Duration) -> Duration {
        if let Some(at) = written.filter(|at| at.value.0.is_zero()) {
            let help = "write one such as \"1s\"";
            self.problems.error(
                "range",
                at.span,
                "the duration must be longer than nothing".into(),
                help,
            );
        }
        length(written, default)
    }
}

/// What a name can stand for.
#[derive(Clone, Copy)]
enum Reference {
    Topic,
    Persona,
    Connector,
    Channel,
    Relay,
    Team,
}

impl Reference {
    const fn code(self) -> &'static str {
        match self {
            Self::Topic => "unknown-topic",
            Self::Persona => "unknown-persona",
            Self::Connector => "unknown-connector",
            Self::Channel => "unknown-channel",
            Self::Relay => "unknown-relay",
            Self::Team => "unknown-team",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Persona => "persona",
            Self::Connector => "connector",
            Self::Channel => "channel",
            Self::Relay => "relay",
            Self::Team => "team",
        }
    }

    /// The table that would define it.
    fn place(self, name: &str) -> String {
        let name = crate::quote(name);
        match self {
            Self::Topic => format!("[vocabulary.topics.{name}]"),
            Self::Persona => format!("[vocabulary.personas.{name}]"),
            Self::Connector => format!("[connectors.{name}]"),
            Self::Channel => format!("[channels.{name}]"),
            Self::Relay => format!("[relays.{name}]"),
            Self::Team => format!("[teams.{name}]"),
        }
    }
}

fn length(written: Option<&At<Length>>, default: Duration) -> Duration {
    written.map_or(default, |at| at.value.0)
}

fn text(written: &Option<At<crate::authored::Text>>, default: &str) -> String {
    written
        .as_ref()
        .map_or_else(|| default.to_owned(), |at| at.value.0.trim().to_owned())
}

/// The texts of a list, as they were written.
fn texts(written: &Option<At<crate::authored::Listed<crate::authored::Text>>>) -> Vec<String> {
    written
        .iter()
        .flat_map(|list| &list.value.0)
        .map(|at| at.value.0.clone())
        .collect()
}
