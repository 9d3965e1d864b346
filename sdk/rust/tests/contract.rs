//! What the SDK says for a plugin is what the contract's schemas allow.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the message")]

use std::fs;
use std::time::Duration;

use hearken_sdk::json::{Value, from_str, json};
use hearken_sdk::{Action, Algorithm, Challenge, Content, Credential, Host, Manifest, Place, Signature, Use, Vouch};

fn contract(schema: &str) -> jsonschema::Validator {
    let path = format!("{}/../wit/{schema}.schema.json", env!("CARGO_MANIFEST_DIR"));
    jsonschema::validator_for(&from_str::<Value>(schema, &fs::read_to_string(path).unwrap()).unwrap()).unwrap()
}

fn problems(schema: &str, value: &Value) -> Vec<String> {
    contract(schema)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn a_manifest_that_asks_for_everything_is_as_the_schema_says() {
    let manifest = Manifest::new("all", "0.1.0", "asks for everything")
        .vocabulary()
        .says(["page.*"])
        .identifies("user", Vouch::Claimed)
        .identifies("email", Vouch::Verified)
        .credential(
            Credential::new("key")
                .public()
                .optional()
                .basic_user()
                .bearer()
                .header("x-key")
                .query("key")
                .json_field("/key")
                .path("/v1/projects/"),
        )
        .credential(
            Credential::new("postmark")
                .basic()
                .at(Place::header("authorization").prefix("Token ")),
        )
        .credential(
            Credential::new("verify-token")
                .challenges_only()
                .query("hub.verify_token"),
        )
        .credential(Credential::new("standard").signature(Signature::standard_webhooks()))
        .credential(
            Credential::new("every-word").optional().signature(
                Signature::new(Algorithm::Ed25519, "{method}{hubspot-url}{form}{json:/a}.{timestamp}")
                    .at(Place::json_field("/signature"))
                    .base64url()
                    .base64_secret()
                    .timestamp(Place::query("at"))
                    .in_rfc3339()
                    .tolerance(Duration::from_secs(60))
                    .unpacked_body()
                    .body_digest(Place::query("bodySHA256")),
            ),
        )
        .challenge(
            Challenge::new("POST")
                .when(Place::json_field("/type"), "url_verification")
                .echo(Place::json_field("/challenge"))
                .proved_by("standard"),
        )
        .challenge(Challenge::new("HEAD"))
        .open("/settings")
        .cors()
        .max_body_bytes(500_000)
        .reads(["page.*", "form.*"])
        .recent_without_memory(30)
        .turns(5)
        .traits(["title"])
        .others()
        .identities(["*"])
        .query(["utm_*"])
        .properties(["plan"])
        .channels(["email", "hand-over"])
        .creates_files()
        .host(Host::https("api.example.com").methods(["POST"]).path("/v3"))
        .host(Host::http("crm.example.com").port(8069))
        .secret("api-key", Use::Header)
        .optional_secret("signing", Use::Hmac)
        .mail()
        .batch(100)
        .in_flight(2)
        .cpu(Duration::from_millis(500))
        .wall(Duration::from_secs(30))
        .memory_bytes(64 << 20)
        .quota(100, Duration::from_secs(10));
    let needs: Value = from_str("needs", &manifest.needs()).unwrap();
    assert_eq!(problems("manifest", &needs), [""; 0]);
    let schema: Value = from_str("schema", include_str!("../../wit/manifest.schema.json")).unwrap();
    for property in schema["properties"].as_object().unwrap().keys() {
        assert!(needs.get(property).is_some(), "nothing asks for {property}");
    }
}

#[test]
fn a_manifest_that_asks_for_nothing_is_an_empty_object() {
    assert_eq!(Manifest::new("none", "0.1.0", "asks for nothing").needs(), "{}");
}

#[test]
fn content_is_read_and_written_as_the_schema_says() {
    let written = json!({
        "title": "Three ways to roll out", "text": "Which **one**?", "language": "en",
        "answers": [{ "name": "cloud", "text": "In the cloud" }],
        "reasons": ["asked for a demo"],
        "beliefs": [{ "kind": "interest", "name": "setup", "value": 0.5, "confidence": 0.75, "reason": "read it" }]
    });
    assert_eq!(problems("content", &written), [""; 0]);
    let content: Content = from_str("content", &written.to_string()).unwrap();
    assert_eq!(json!(content), written);
    assert_eq!(problems("content", &json!(Action::new("a").content)), [""; 0]);
}
