//! The same six things that every client does as one person, and what has to come of it.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

/// The public key of the connector.
pub(crate) const WRITE_KEY: &str = "generated-write-key";

/// The company that the person says to work for.
const COMPANY: &str = "Generated Company";

/// One client's person.
pub(crate) struct Journey {
    client: &'static str,
}

impl Journey {
    /// As made with `client`.
    pub(crate) fn with(client: &'static str) -> Self {
        Self { client }
    }

    /// What they say is their address.
    pub(crate) fn email(&self) -> String {
        format!("{}@example.com", self.client)
    }

    fn user(&self) -> String {
        format!("user-{}", self.client)
    }

    /// The device that they use now, or the one of before. Devices have random ids; these
    /// are random enough.
    fn device(&self, before: bool) -> String {
        let sum = self.client.bytes().fold(u64::from(before), |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
        format!("00c0ffee-0000-4000-8000-{:012x}", sum & 0xffff_ffff_ffff)
    }

    /// What the client's script or page is told. `origin` is the public listener's address.
    pub(crate) fn settings(&self, origin: &str) -> Value {
        json!({
            "origin": origin.trim_end_matches('/'),
            "path": "/in/site",
            "writeKey": WRITE_KEY,
            "user": self.user(),
            "email": self.email(),
            "company": COMPANY,
            "device": self.device(false),
            "deviceBefore": self.device(true),
        })
    }

    /// Whether this is the one prospect that has to come of it, with everything that
    /// happened before anybody knew who it was. Says what is missing.
    pub(crate) fn check(&self, prospect: &Value) -> Result<()> {
        for (scheme, value) in [
            ("anonymous", self.device(true)),
            ("anonymous", self.device(false)),
            ("user", self.user()),
            ("email", self.email()),
        ] {
            let mut identities = list(&prospect["identities"]);
            let known = identities.any(|it| it["scheme"] == scheme && it["value"] == json!(value));
            ensure!(known, "{scheme} {value} is not among the identities of {prospect:#}");
        }
        for (kind, times) in [
            ("page.viewed", 2),
            ("form.submitted", 1),
            ("person.identified", 1),
            ("company.described", 1),
            ("person.linked", 1),
        ] {
            let found = list(&prospect["signals"]["recent"]).filter(|signal| signal["kind"] == kind).count();
            ensure!(found == times, "{kind} is there {found} times instead of {times} in {prospect:#}");
        }
        ensure!(prospect["signals"]["count"] == 6, "6 signals are not all that {prospect:#} has");
        ensure!(prospect["account"] == COMPANY, "{COMPANY} is not the account of {prospect:#}");
        ensure!(prospect["traits"]["title"] == "CIO", "the traits are not those of the identify: {prospect:#}");
        Ok(())
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
