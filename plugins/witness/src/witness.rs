//! The plugin: all roles.

use std::time::Duration;

use hearken_sdk::json::{Value, json};
use hearken_sdk::{
    Act, Action, Assessment, Choice, Class, Credential, Dossier, Failure, Host, Identity, Instant, Manifest, Page,
    Plugin, Problem, Receipt, Reception, Reconciler, Reject, Request, Router, Scorer, Sink, Situation, Source, Story,
    Use, Vocabulary, Vouch, Webhook,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{digest, imports, sample, shown};

/// How many bytes of the digest go into one reason; the contract allows 500.
const REASON_BYTES: usize = 480;

/// The connector's configuration.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `wrong` is a problem, `refused` is refused, anything else is told.
    pub word: String,
    /// Told.
    pub number: f64,
    /// Told.
    pub list: Vec<String>,
    /// The placeholder for a secret; the key of all digests.
    pub secret: String,
}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct Witness {
    secret: String,
    topic: String,
    /// What it was configured with, and what the imports answered meanwhile.
    settings: Value,
}

fn settings(config: &Config, vocabulary: &Vocabulary) -> Value {
    json!({"config": config, "vocabulary": shown::vocabulary(vocabulary)})
}

impl Plugin for Witness {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .vocabulary()
            .says(["witness.*"])
            .identifies("email", Vouch::Claimed)
            .identifies("witness:person", Vouch::Verified)
            .credential(
                Credential::new("key")
                    .public()
                    .optional()
                    .basic_user()
                    .bearer()
                    .header("x-key")
                    .query("key")
                    .json_field("/key")
                    .path("/v1/"),
            )
            .open("/open/*")
            .cors()
            .max_body_bytes(4096)
            .reads(["page.*", "form.submitted"])
            .recent_without_memory(10)
            .turns(5)
            .traits(["*"])
            .others()
            .channels(["*", "hand-over"])
            .creates_files()
            .host(
                Host::https("api.example.com")
                    .port(8443)
                    .methods(["GET", "POST"])
                    .path("/v1"),
            )
            .secret("secret", Use::Hmac)
            .optional_secret("token", Use::Header)
            .mail()
            .batch(16)
            .in_flight(2)
            .cpu(Duration::from_secs(2))
            .wall(Duration::from_secs(20))
            .memory_bytes(32 << 20)
            .quota(100, Duration::from_secs(60))
    }

    fn check(config: &Config, vocabulary: &Vocabulary) -> Vec<Problem> {
        imports::log("check");
        match config.word.as_str() {
            "wrong" => vec![Problem::new("/word", digest::lines(&settings(config, vocabulary)))],
            _ => Vec::new(),
        }
    }

    fn configure(config: Config, vocabulary: Vocabulary) -> Result<Self, Failure> {
        imports::log("configure");
        if config.word == "refused" {
            return Err(Failure::config("the word is refused").code("credentials"));
        }
        let mut settings = settings(&config, &vocabulary);
        settings["imports"] = json!({
            "http": imports::http("configure"),
            "files": imports::files_read(),
            "created": imports::files_created("configure"),
            "crypto": imports::crypto(&config.secret),
            "mail": imports::mail("configure"),
        });
        Ok(Self {
            secret: config.secret,
            topic: vocabulary.topics().keys().next().cloned().unwrap_or_default(),
            settings,
        })
    }
}

impl Source for Witness {
    fn poll(&self, now: Instant, cursor: Option<&str>, limit: u32) -> Result<Page, Failure> {
        imports::log("source");
        let given = json!({"now": now.as_millis(), "cursor": cursor, "limit": limit});
        let answered = json!({
            "http": imports::http("source"),
            "files": imports::files_read(),
            "crypto": imports::crypto(&self.secret),
        });
        let rejects = [("given", &given), ("imports", &answered), ("settings", &self.settings)];
        let rejects = rejects.map(|(at, told)| Reject::new(at, "to tell it", digest::lines(told)));
        Ok(sample::page(now, limit, rejects.into()))
    }
}

impl Webhook for Witness {
    fn receive(&self, request: &Request) -> Result<Reception, Failure> {
        imports::log("webhook");
        let mut told = shown::request(request);
        if request.path.ends_with("/fails") {
            return Err(Failure::permanent(digest::lines(&told)).code("content"));
        }
        told["imports"] = json!({"crypto": imports::crypto(&self.secret)});
        Ok(sample::reception(&request.id, request.received, digest::lines(&told)))
    }
}

impl Scorer for Witness {
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
        imports::log("scorer");
        if dossier.prospect == "fails" {
            return Err(Failure::transient("a prospect that fails").after(Duration::from_secs(7)));
        }
        let evidence = dossier.signals().map(|signal| signal.id.clone()).collect();
        Ok(Assessment {
            beliefs: vec![sample::belief(self.topic.clone(), dossier.now, evidence)],
            cue: Some("witnessed".to_owned()),
            memory: Some(digest::lines(&shown::dossier(dossier)).into_bytes()),
            extra: dossier.extra.clone(),
        })
    }
}

impl Router for Witness {
    /// One choice of every act with every field filled, then the digest in the reasons of
    /// as many holds as it takes.
    fn decide(&self, stories: &[Story], situation: &Situation) -> Result<Vec<Choice>, Failure> {
        imports::log("router");
        if situation.prospect == "fails" {
            return Err(Failure::transient("a prospect that fails"));
        }
        let mut choices: Vec<Choice> = situation
            .stories(stories)
            .map(|(candidate, story)| Choice {
                act: if story.question { Act::Ask } else { Act::Tell },
                target: story.id.clone(),
                channel: situation.channel_for(story).unwrap_or_default().to_owned(),
                weight: candidate.best,
                reason: "a sample of a choice".to_owned(),
                expires_in: Some(Duration::from_secs(3600)),
                extra: candidate.extra.clone(),
            })
            .collect();
        choices.extend(
            situation
                .teams
                .iter()
                .map(|team| Choice::hand_over(team, 0.5, "a team that is open")),
        );
        let told = json!({
            "situation": shown::situation(situation),
            "stories": stories.iter().map(shown::story).collect::<Vec<_>>(),
        });
        choices.extend(
            digest::pieces(&digest::lines(&told), REASON_BYTES)
                .into_iter()
                .map(|piece| Choice::hold(0.125, piece)),
        );
        Ok(choices)
    }
}

impl Sink for Witness {
    fn deliver(&self, now: Instant, action: &Action) -> Result<Receipt, Failure> {
        imports::log("sink");
        fail_if_asked(action)?;
        let mut told = shown::action(action);
        told["now"] = json!(now.as_millis());
        let answered = json!({
            "http": imports::http(&action.id),
            "mail": imports::mail(&action.id),
            "crypto": imports::crypto(&self.secret),
            "created": imports::files_created(&format!("{}.txt", action.id)),
            "files": imports::files_read(),
        });
        Ok(sample::receipt(&action.id, now, answered, digest::lines(&told)))
    }

    fn forget(&self, now: Instant, person: &[Identity]) -> Result<(), Failure> {
        imports::log("sink");
        if person.iter().any(|identity| identity.scheme == "email") {
            return Ok(());
        }
        let person: Vec<Value> = person.iter().map(shown::identity).collect();
        let told = json!({"now": now.as_millis(), "person": person});
        Err(Failure::permanent(digest::lines(&told)))
    }
}

impl Reconciler for Witness {
    fn reconcile(&self, now: Instant, action: &Action) -> Result<Option<Receipt>, Failure> {
        imports::log("reconciler");
        fail_if_asked(action)?;
        if action.thread.is_none() {
            return Ok(None);
        }
        let mut told = shown::action(action);
        told["now"] = json!(now.as_millis());
        let answered = json!({"http": imports::http(&action.id)});
        Ok(Some(sample::receipt(&action.id, now, answered, digest::lines(&told))))
    }
}

/// On the channel `fails-CLASS`.
fn fail_if_asked(action: &Action) -> Result<(), Failure> {
    match action.channel.strip_prefix("fails-") {
        None => Ok(()),
        Some(class) => Err(Failure::new(Class::from_word(class), "asked to fail")
            .code("quota")
            .after(Duration::from_secs(7))),
    }
}
