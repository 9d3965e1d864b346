//! Doubles for the imports, where a plugin is compiled natively for its unit tests: until
//! one is put in, everything but the log answers `denied`, as in the host. They last until
//! the test's thread ends. The real thing is the harness, which runs the component.

use std::cell::{Cell, RefCell};

use serde::Serialize;

use crate::crypto::Algorithm;
use crate::{Failure, Plugin, Vocabulary, http, json, mail};

pub(crate) mod folder;

pub use folder::grant as folder;

/// A line that a plugin logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// What was said.
    pub message: String,
    /// (name, value).
    pub fields: Vec<(String, String)>,
}

type Answers = dyn Fn(http::Request) -> Result<http::Response, http::Error>;
type Relay = dyn Fn(mail::Message) -> Result<String, Failure>;
type Hmac = dyn Fn(Algorithm, &str, &[u8]) -> Result<Vec<u8>, Failure>;

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
    static ANSWERS: Cell<Option<&'static Answers>> = const { Cell::new(None) };
    static RELAY: Cell<Option<&'static Relay>> = const { Cell::new(None) };
    static HMAC: Cell<Option<&'static Hmac>> = const { Cell::new(None) };
}

/// Makes a plugin as the host would, from its configuration as JSON.
///
/// # Errors
/// Of class `config`, where the configuration is not of its type or the plugin refuses it.
pub fn configure<P: Plugin>(config: &impl Serialize, vocabulary: Vocabulary) -> Result<P, Failure> {
    let config = crate::plugin::read_config(&json::to_string(config)?)
        .map_err(|problem| Failure::config(format!("{}: {}", problem.pointer, problem.message)))?;
    P::configure(config, vocabulary)
}

/// Answers requests by [`mod@http`]. It is leaked: a test is short.
pub fn http(answers: impl Fn(http::Request) -> Result<http::Response, http::Error> + 'static) {
    ANSWERS.set(Some(Box::leak(Box::new(answers))));
}

/// Takes messages of [`mod@mail`]. It is leaked: a test is short.
pub fn mail(relay: impl Fn(mail::Message) -> Result<String, Failure> + 'static) {
    RELAY.set(Some(Box::leak(Box::new(relay))));
}

/// Computes [`crypto::hmac`](crate::crypto::hmac). It is leaked: a test is short.
pub fn crypto(hmac: impl Fn(Algorithm, &str, &[u8]) -> Result<Vec<u8>, Failure> + 'static) {
    HMAC.set(Some(Box::leak(Box::new(hmac))));
}

/// Takes what was logged so far.
#[must_use]
pub fn log() -> Vec<Line> {
    LINES.take()
}

pub(crate) fn logged(level: &str, message: &str, fields: Vec<(String, String)>) {
    let told: String = fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    eprintln!("{level}: {message}{told}");
    LINES.with_borrow_mut(|lines| {
        lines.push(Line {
            level: level.to_owned(),
            message: message.to_owned(),
            fields,
        });
    });
}

pub(crate) fn answered(request: http::Request) -> Result<http::Response, http::Error> {
    match ANSWERS.get() {
        Some(answers) => answers(request),
        None => Err(http::Error {
            code: "denied".to_owned(),
            message: format!("{} {}: http is not granted", request.method, request.url),
            ..http::Error::default()
        }),
    }
}

pub(crate) fn mailed(message: mail::Message) -> Result<String, Failure> {
    RELAY
        .get()
        .map_or_else(|| Err(Failure::denied("mail is not granted")), |relay| relay(message))
}

pub(crate) fn hmac(algorithm: Algorithm, secret: &str, data: &[u8]) -> Result<Vec<u8>, Failure> {
    match HMAC.get() {
        Some(hmac) => hmac(algorithm, secret, data),
        None => Err(Failure::denied(format!(
            "hmac with {} is not granted",
            algorithm.as_str()
        ))),
    }
}
