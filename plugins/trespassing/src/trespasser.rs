//! The plugin: all roles.

use std::collections::BTreeMap;

use hearken_sdk::{
    Action, Assessment, Choice, Credential, Dossier, Failure, Host, Identity, Instant, Manifest, Page, Plugin, Problem,
    Receipt, Reception, Reconciler, Request, Router, Scorer, Sink, Situation, Source, Story, Use, Vocabulary, Webhook,
    crypto::{self, Algorithm},
    files, http, mail,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// An import that can be denied.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Import {
    /// A request.
    Http,
    /// A digest.
    Crypto,
    /// A message.
    Mail,
    /// The names of a folder's files.
    FilesRead,
    /// A new file.
    FilesCreate,
}

/// The connector's configuration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What is tried.
    pub tries: Import,
    /// Also while its configuration is checked.
    #[serde(default)]
    pub while_checking: bool,
    /// Also while it is configured.
    #[serde(default)]
    pub while_configuring: bool,
    /// The prospect, action or request on which it crashes, after it has tried; or who an
    /// action is for.
    #[serde(default)]
    pub traps_on: String,
    /// The host's placeholders; nobody writes them.
    #[serde(default)]
    #[schemars(skip)]
    pub secrets: BTreeMap<String, String>,
}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct Trespasser(Config);

/// Tries it for an item: the class or code of what came of it.
fn attempt(import: Import, item: &str) -> String {
    let of = |answer: Result<(), Failure>| {
        answer.map_or_else(|failure| failure.class.as_str().to_owned(), |()| "done".into())
    };
    let came = match import {
        Import::Http => {
            let mut request = http::Request::new("GET", "https://api.example.com/");
            request.item = Some(item.to_owned());
            request.send().map_or_else(|error| error.code, |_| "done".to_owned())
        }
        Import::Crypto => of(crypto::hmac(Algorithm::Sha256, "placeholder", b"data").map(drop)),
        Import::Mail => {
            let message = mail::Message {
                item: item.to_owned(),
                subject: "subject".to_owned(),
                headers: Vec::new(),
                text: "text".to_owned(),
                html: None,
            };
            let answer = mail::send_all(vec![message]).pop();
            of(answer.unwrap_or_else(|| Err(Failure::permanent("no answer"))).map(drop))
        }
        Import::FilesRead => of(files::names().map(drop)),
        Import::FilesCreate => of(files::create(&format!("{item}.txt"), b"content").map(drop)),
    };
    format!("tried {import:?}: {came}")
}

impl Trespasser {
    fn fails<T>(&self, item: &str) -> Result<T, Failure> {
        let came = attempt(self.0.tries, item);
        assert!(item != self.0.traps_on, "asked to trap on this item");
        Err(Failure::permanent(came))
    }
}

impl Plugin for Trespasser {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .credential(Credential::new("key").optional().bearer())
            .channels(["*", "hand-over"])
            .creates_files()
            .host(Host::https("api.example.com"))
            .optional_secret("sign", Use::Hmac)
            .mail()
    }

    fn check(config: &Config, _: &Vocabulary) -> Vec<Problem> {
        let tries = config.while_checking.then_some(config.tries);
        tries
            .map(|import| Problem::new("", attempt(import, "check")))
            .into_iter()
            .collect()
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        if config.while_configuring {
            return Err(Failure::config(attempt(config.tries, "configure")));
        }
        Ok(Self(config))
    }
}

impl Source for Trespasser {
    fn poll(&self, _: Instant, _: Option<&str>, _: u32) -> Result<Page, Failure> {
        self.fails("poll")
    }
}

impl Webhook for Trespasser {
    fn receive(&self, request: &Request) -> Result<Reception, Failure> {
        self.fails(&request.id)
    }
}

impl Scorer for Trespasser {
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
        self.fails(&dossier.prospect)
    }
}

impl Router for Trespasser {
    fn decide(&self, _: &[Story], situation: &Situation) -> Result<Vec<Choice>, Failure> {
        self.fails(&situation.prospect)
    }
}

impl Sink for Trespasser {
    fn deliver(&self, _: Instant, action: &Action) -> Result<Receipt, Failure> {
        let failed = self.fails(&action.id);
        let is_for = |who: &str| action.identities.iter().any(|identity| identity.value == who);
        assert!(!is_for(&self.0.traps_on), "asked to trap on this person");
        failed
    }

    fn forget(&self, _: Instant, _: &[Identity]) -> Result<(), Failure> {
        self.fails("forget")
    }
}

impl Reconciler for Trespasser {
    fn reconcile(&self, _: Instant, action: &Action) -> Result<Option<Receipt>, Failure> {
        self.fails(&action.id)
    }
}
