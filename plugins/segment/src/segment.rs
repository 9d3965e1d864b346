//! The plugin: who it is, what it needs, and what it answers.

use hearken_sdk::{
    Algorithm, Credential, Failure, Manifest, Place, Plugin, Problem, Reception, Request, Signature, Vocabulary, Vouch,
    Webhook,
};

use crate::config::Config;
use crate::envelope::{Envelope, MAX_BATCH_BYTES};
use crate::facts::{Reader, Sender};
use crate::route::Route;
use crate::signals::Letter;
use crate::{browser, reception, says};

/// The credential of the company's own servers.
const SERVER_KEY: &str = "server-key";
/// What Segment's webhook destination signs with. Segment sends what the company's own
/// sources told it, and only Segment can sign.
const WEBHOOK_SECRET: &str = "webhook-secret";

/// The configured plugin.
#[derive(Debug)]
pub struct Segment {
    endpoint: Option<String>,
    reader: Reader,
}

impl Plugin for Segment {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .says(says::all())
            // Nobody vouches for a device. For people the company's own servers do; what a
            // public key says is a claim all the same.
            .identifies("anonymous", Vouch::Claimed)
            .identifies("user", Vouch::Verified)
            .identifies("email", Vouch::Verified)
            .identifies("phone", Vouch::Verified)
            .identifies("name", Vouch::Claimed)
            .identifies("domain", Vouch::Claimed)
            .identifies("segment:group", Vouch::Claimed)
            .credential(
                Credential::new("write-key")
                    .public()
                    .basic_user()
                    .json_field("/writeKey")
                    .query("writeKey")
                    .path("/v1/projects/"),
            )
            .credential(Credential::new(SERVER_KEY).optional().basic_user().bearer())
            .credential(
                Credential::new(WEBHOOK_SECRET)
                    .optional()
                    .signature(Signature::new(Algorithm::HmacSha1, "{body}").at(Place::header("x-signature"))),
            )
            .open("/v1/m")
            .cors()
            // A little more than is taken, so that the refusal is this plugin's and says why.
            .max_body_bytes(MAX_BATCH_BYTES as u64 + 64 * 1024)
    }

    fn check(config: &Config, _: &Vocabulary) -> Vec<Problem> {
        config.problems()
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self {
            reader: Reader::new(&config),
            endpoint: config.endpoint,
        })
    }
}

impl Webhook for Segment {
    fn receive(&self, request: &Request) -> Result<Reception, Failure> {
        match Route::of(&request.method, &request.path) {
            Route::One(call) => match Envelope::one(&request.body) {
                Ok(envelope) => self.take(
                    request,
                    &Letter {
                        call: Some(call),
                        envelope,
                    },
                ),
                Err(refusal) => reception::refused(400, refusal.code, &refusal.message),
            },
            Route::Batch => match Envelope::batch(&request.body) {
                Ok(envelope) => self.take(request, &Letter { call: None, envelope }),
                Err(refusal) => reception::refused(400, refusal.code, &refusal.message),
            },
            Route::Webhook => match Envelope::webhook(&request.body) {
                Ok(envelope) => self.take(request, &Letter { call: None, envelope }),
                Err(refusal) => reception::refused(400, refusal.code, &refusal.message),
            },
            Route::Settings { write_key } => {
                Reception::ok_json(&browser::segment_settings(&write_key, self.endpoint.as_deref()))
            }
            Route::SourceConfig => Reception::ok_json(&browser::rudderstack_source()),
            Route::SdkMetrics => reception::accepted(Vec::new(), Vec::new()),
            Route::WrongMethod { allowed } => {
                let message = format!("{} is asked with {allowed}", request.path);
                Ok(reception::refused(405, "wrong_method", &message)?.header("allow", allowed))
            }
            Route::Unknown => {
                let message = format!("nothing is here: {} is no path of the tracking API", request.path);
                reception::refused(404, "not_found", &message)
            }
        }
    }
}

impl Segment {
    fn take(&self, request: &Request, letter: &Letter<'_>) -> Result<Reception, Failure> {
        let sender = match request.principal.as_deref() {
            Some(SERVER_KEY | WEBHOOK_SECRET) => Sender::Server,
            _ => Sender::Anybody,
        };
        let (signals, rejects) = letter.read(&self.reader, sender, request.received)?;
        reception::accepted(signals, rejects)
    }
}
