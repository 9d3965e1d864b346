//! The same six things that every client does as one person, and what has to come of it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hearken_tests::{Folder, PATIENCE, WRITE_KEY, hearken};
use serde_json::{Value, json};

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
    fn email(&self) -> String {
        format!("{}@example.com", self.client)
    }

    fn user(&self) -> String {
        format!("user-{}", self.client)
    }

    /// The device that they use now, or the one of before. Devices have random ids; these
    /// are random enough.
    fn device(&self, before: bool) -> String {
        let sum = self.client.bytes().fold(u64::from(before), |sum, byte| {
            sum.wrapping_mul(131).wrapping_add(byte.into())
        });
        format!("00c0ffee-0000-4000-8000-{:012x}", sum & 0xffff_ffff_ffff)
    }

    /// What the client's script or page is told. `listener` is the public one, as
    /// `127.0.0.1:PORT`.
    pub(crate) fn settings(&self, listener: &str) -> Value {
        json!({
            "origin": format!("http://{listener}"),
            "path": "/in/site",
            "writeKey": WRITE_KEY,
            "user": self.user(),
            "email": self.email(),
            "company": COMPANY,
            "device": self.device(false),
            "deviceBefore": self.device(true),
        })
    }

    /// Waits until the one prospect is known that has to come of it, and sees that there is
    /// no other.
    pub(crate) fn is_known_in(&self, folder: &Folder) -> Result<()> {
        let begun = Instant::now();
        loop {
            match ask(folder, &["prospect", "show", &self.email()]).and_then(|prospect| self.check(&prospect)) {
                Ok(()) => break,
                Err(missing) if begun.elapsed() > PATIENCE => {
                    return Err(missing.context("waited in vain"));
                }
                Err(_) => sleep(Duration::from_millis(100)),
            }
        }
        let all = ask(folder, &["prospect", "list"])?;
        ensure!(list(&all).count() == 1, "one person became several prospects: {all:#}");
        Ok(())
    }

    /// Whether a prospect has all of it, with what happened before anybody knew who it was.
    /// Says what is missing.
    fn check(&self, prospect: &Value) -> Result<()> {
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
            let found = list(&prospect["signals"]["recent"])
                .filter(|signal| signal["kind"] == kind)
                .count();
            ensure!(
                found == times,
                "{kind} is there {found} times instead of {times} in {prospect:#}"
            );
        }
        ensure!(
            prospect["signals"]["count"] == 6,
            "6 signals are not all that {prospect:#} has"
        );
        ensure!(
            prospect["account"] == COMPANY,
            "{COMPANY} is not the account of {prospect:#}"
        );
        ensure!(
            prospect["traits"]["title"] == "CIO",
            "the traits are not those of the identify: {prospect:#}"
        );
        Ok(())
    }
}

fn ask(folder: &Folder, question: &[&str]) -> Result<Value> {
    let said = hearken(folder, &[question, &["--format", "json"]].concat());
    ensure!(said.code == 0, "hearken {}: {}", question.join(" "), said.err);
    serde_json::from_str(&said.out).with_context(|| format!("hearken {} answers no JSON", question.join(" ")))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
