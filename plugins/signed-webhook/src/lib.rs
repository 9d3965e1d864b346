//! Takes requests that vendors sign and tells what it was shown, so that tests see what
//! authentication lets through.

use std::time::Duration;

use hearken_sdk::json::{Value, json};
use hearken_sdk::{
    Algorithm, Challenge, Credential, Failure, Manifest, Place, Plugin, Reception, Reject, Request, Signal, Signature,
    Vocabulary, Vouch, Webhook, log,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Nothing can be configured.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct SignedWebhook;

impl Plugin for SignedWebhook {
    type Config = Config;

    fn manifest() -> Manifest {
        let signed = |name: &str, signature| Credential::new(name).optional().signature(signature);
        hearken_sdk::manifest!()
            .says(["signed.*"])
            .identifies("user", Vouch::Verified)
            .credential(signed("slack", slack()))
            .credential(signed("standard", Signature::standard_webhooks()))
            .credential(signed("stripe", stripe()))
            .credential(signed("hubspot", hubspot()))
            .credential(signed("twilio", twilio()))
            .credential(signed("mailgun", mailgun()))
            .credential(signed("sendgrid", sendgrid()))
            .credential(Credential::new("basic").optional().basic())
            .credential(
                Credential::new("verify-token")
                    .optional()
                    .challenges_only()
                    .query("hub.verify_token"),
            )
            .challenge(
                Challenge::new("POST")
                    .when(Place::json_field("/type"), "url_verification")
                    .echo(Place::json_field("/challenge"))
                    .proved_by("slack"),
            )
            .challenge(
                Challenge::new("GET")
                    .when(Place::query("hub.mode"), "subscribe")
                    .echo(Place::query("hub.challenge"))
                    .proved_by("verify-token"),
            )
            .challenge(Challenge::new("HEAD"))
    }

    fn configure(_: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self)
    }
}

fn slack() -> Signature {
    Signature::new(Algorithm::HmacSha256, "v0:{timestamp}:{body}")
        .at(Place::header("x-slack-signature").prefix("v0="))
        .timestamp(Place::header("x-slack-request-timestamp"))
}

fn stripe() -> Signature {
    let field = |prefix: &str| Place::header("stripe-signature").separator(",").prefix(prefix);
    Signature::new(Algorithm::HmacSha256, "{timestamp}.{body}")
        .at(field("v1="))
        .timestamp(field("t="))
        .tolerance(Duration::from_secs(60))
}

fn hubspot() -> Signature {
    Signature::new(Algorithm::HmacSha256, "{method}{hubspot-url}{body}{timestamp}")
        .at(Place::header("x-hubspot-signature-v3"))
        .base64()
        .timestamp(Place::header("x-hubspot-request-timestamp"))
        .in_millis()
}

fn twilio() -> Signature {
    Signature::new(Algorithm::HmacSha1, "{url}{form}")
        .at(Place::header("x-twilio-signature"))
        .base64()
        .body_digest(Place::query("bodySHA256"))
}

fn mailgun() -> Signature {
    Signature::new(Algorithm::HmacSha256, "{timestamp}{json:/signature/token}")
        .at(Place::json_field("/signature/signature"))
        .timestamp(Place::json_field("/signature/timestamp"))
}

fn sendgrid() -> Signature {
    Signature::new(Algorithm::EcdsaP256, "{timestamp}{body}")
        .at(Place::header("x-twilio-email-event-webhook-signature"))
        .base64()
        .base64_secret()
        .timestamp(Place::header("x-twilio-email-event-webhook-timestamp"))
}

impl Webhook for SignedWebhook {
    fn receive(&self, request: &Request) -> Result<Reception, Failure> {
        log::info!("worked off", path = request.path);
        let shown = shown(request);
        match request.path.as_str() {
            "/rejects" => Ok(Reception::ok().reject(Reject::new("", "it was asked for", shown.to_string()))),
            "/fails" => Err(Failure::transient("it was asked for")),
            "/page" => Ok(Reception::ok()
                .header("content-type", "text/html")
                .header("set-cookie", "a=b")
                .header("location", "https://elsewhere.example")
                .header("cache-control", "no-store")
                .body("<script>alert(1)</script>")),
            _ => {
                // The same request is the same signal, as vendors' events are by their ids.
                let id = format!("{} {}", request.path, String::from_utf8_lossy(&request.body));
                let id: String = id.chars().filter(char::is_ascii_graphic).take(200).collect();
                let signal = Signal::vendor(id, request.received, "signed.seen", &json!({}))?;
                Ok(Reception::ok_json(&shown)?.signal(signal.identity("user", "u-1")))
            }
        }
    }
}

fn shown(request: &Request) -> Value {
    json!({
        "principal": request.principal,
        "received": request.received.as_millis(),
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": request.headers,
        "body": String::from_utf8_lossy(&request.body),
    })
}

hearken_sdk::export!(SignedWebhook: Webhook);
