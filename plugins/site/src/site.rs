//! The plugin: who it is, what it needs, and what it answers.

use hearken_sdk::json::json;
use hearken_sdk::{Credential, Failure, Manifest, Plugin, Problem, Reception, Request, Vocabulary, Vouch, Webhook};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::batch::Batch;
use crate::events::SAID;

/// A batch of the script's is some hundred bytes; one that was offline for a while has 50 events.
const MAX_BODY_BYTES: u64 = 64 * 1024;

/// There is nothing to set.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {}

/// The plugin.
#[derive(Debug)]
pub struct Site;

impl Plugin for Site {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .says(SAID)
            // Nobody vouches for a browser, nor for what is said in one.
            .identifies("anonymous", Vouch::Claimed)
            .identifies("user", Vouch::Claimed)
            .identifies("email", Vouch::Claimed)
            .identifies("phone", Vouch::Claimed)
            .credential(Credential::new("write-key").public().json_field("/key"))
            .cors()
            .max_body_bytes(MAX_BODY_BYTES)
    }

    fn check(_: &Config, _: &Vocabulary) -> Vec<Problem> {
        Vec::new()
    }

    fn configure(_: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self)
    }
}

impl Webhook for Site {
    fn receive(&self, request: &Request) -> Result<Reception, Failure> {
        if request.path != "/" {
            return refused(404, "nothing is here: the script posts to /in/CONNECTOR");
        }
        if request.method != "POST" {
            return Ok(refused(405, "the script posts")?.header("allow", "POST"));
        }
        let batch: Batch = request.json()?;
        let (signals, rejects) = batch.read(request.received)?;
        Ok(Reception {
            signals,
            rejects,
            ..Reception::ok_json(&json!({}))?
        })
    }
}

fn refused(status: u16, error: &str) -> Result<Reception, Failure> {
    Ok(Reception {
        status,
        ..Reception::ok_json(&json!({ "error": error }))?
    })
}
