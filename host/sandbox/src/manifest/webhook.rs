//! `needs.webhook`: how requests prove where they come from.

use hearken_webhook_auth::{Challenge, Place, Scheme, Signature};
use serde::{Deserialize, Serialize};

use super::ManifestError;

/// How requests authenticate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WebhookNeeds {
    /// What a request may prove.
    pub credentials: Vec<Credential>,
    /// The vendor's questions that the host answers without the plugin.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<Challenge>,
    /// Paths (globs) that need no credential and may produce no signals.
    pub open: Vec<String>,
    /// Whether browsers on any site may call it.
    pub cors: bool,
    /// The largest body, unpacked.
    pub max_body_bytes: u64,
}

impl Default for WebhookNeeds {
    fn default() -> Self {
        Self {
            credentials: Vec::new(),
            challenges: Vec::new(),
            open: Vec::new(),
            cors: false,
            max_body_bytes: 1 << 20,
        }
    }
}

/// How a request proves where it comes from, by a secret that the operator gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Credential {
    /// The secret's name in the connector's `secrets`, and the request's `principal`.
    pub name: String,
    /// Shipped in pages or apps, so that anybody can have it.
    #[serde(default)]
    pub public: bool,
    /// Whether a connector works without it.
    #[serde(default)]
    pub optional: bool,
    /// Whether it is good for nothing but the vendor's challenges.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub challenges_only: bool,
    /// Where a request shows the secret; the first that is there counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// How a request is signed with it, where it does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

impl Credential {
    /// How requests prove it.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match &self.signature {
            Some(signature) => Scheme::Signature(Box::new(signature.clone())),
            None => Scheme::Token(self.places.clone()),
        }
    }

    /// The name of the secret that it replaces: while a secret is changed both are valid.
    #[must_use]
    pub fn previous(&self) -> String {
        format!("{}-previous", self.name)
    }

    fn check(&self) -> Result<(), String> {
        match (&self.signature, self.places.is_empty()) {
            (Some(_), false) => return Err("is either shown in `places` or makes a `signature`, not both".into()),
            (Some(_), true) if self.public => {
                return Err("makes signatures, which prove nothing if it is public".into());
            }
            _ => {}
        }
        self.scheme().check().map_err(|error| error.to_string())
    }
}

impl WebhookNeeds {
    /// What types do not express.
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let wrong = |what: String| ManifestError::Needs { what };
        for credential in &self.credentials {
            let name = &credential.name;
            credential
                .check()
                .map_err(|why| wrong(format!("`webhook/credentials`: '{name}': {why}")))?;
            let namesakes = self.credentials.iter().filter(|c| c.name == *name).count();
            let previous = credential.previous();
            if namesakes > 1 || self.credentials.iter().any(|c| c.name == previous) {
                return Err(wrong(format!(
                    "`webhook/credentials`: the name '{name}' or '{previous}' is taken twice; the latter is for the \
                     secret that '{name}' replaces"
                )));
            }
        }
        for challenge in &self.challenges {
            challenge
                .check()
                .map_err(|why| wrong(format!("`webhook/challenges`: {why}")))?;
            if let Some(name) = &challenge.proved_by
                && !self.credentials.iter().any(|c| c.name == *name)
            {
                return Err(wrong(format!("`webhook/challenges`: there is no credential '{name}'")));
            }
        }
        Ok(())
    }
}
