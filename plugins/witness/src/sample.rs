//! Answers with something in every field.

use std::time::Duration;

use hearken_sdk::json::Value;
use hearken_sdk::{Belief, Extra, Identity, Instant, Page, Receipt, Reception, Reject, ReplyTo, Signal};

fn extra() -> Extra {
    vec![("witness".to_owned(), "room to grow".to_owned())]
}

pub(crate) fn signal(id: String, at: Instant) -> Signal {
    Signal {
        id,
        kind: "witness.seen".to_owned(),
        at,
        identities: vec![
            Identity::new("email", "robin@example.com"),
            Identity::new("witness:person", "7"),
        ],
        company: Some(Identity::new("domain", "example.com")),
        session: Some("session".to_owned()),
        about: Some("about".to_owned()),
        answers: Some(ReplyTo {
            action: Some("action".to_owned()),
            reference: Some("reference".to_owned()),
        }),
        properties: r#"{"seen":true}"#.to_owned(),
        extra: extra(),
    }
}

/// A signal with nothing but what it has to have.
fn bare(id: String, at: Instant) -> Signal {
    Signal {
        id,
        kind: "witness.seen".to_owned(),
        at,
        ..Signal::default()
    }
}

pub(crate) fn page(now: Instant, limit: u32, rejects: Vec<Reject>) -> Page {
    Page {
        signals: vec![signal("full".to_owned(), now), bare("bare".to_owned(), now)],
        rejects,
        cursor: Some("next".to_owned()),
        again_in: Some(Duration::from_millis(1500)),
        progress: Some((1, u64::from(limit))),
        extra: extra(),
    }
}

pub(crate) fn reception(id: &str, at: Instant, digest: String) -> Reception {
    Reception {
        signals: vec![signal(format!("{id}-full"), at)],
        rejects: vec![Reject::new("/0", "it is a sample", "text")],
        status: 202,
        headers: vec![("x-witness".to_owned(), "value".to_owned())],
        body: digest.into_bytes(),
        extra: extra(),
    }
}

pub(crate) fn belief(name: String, at: Instant, evidence: Vec<String>) -> Belief {
    Belief {
        kind: "interest".to_owned(),
        name,
        value: 0.25,
        confidence: 0.75,
        at,
        evidence,
        half_life: Some(Duration::from_secs(90)),
        reason: "a sample of a belief".to_owned(),
        extra: extra(),
    }
}

pub(crate) fn receipt(id: &str, now: Instant, detail: Value, digest: String) -> Receipt {
    Receipt {
        reference: format!("{id}-reference"),
        delivered: id.ends_with('1'),
        detail: match detail {
            Value::Object(detail) => detail,
            _ => Default::default(),
        },
        memory: Some(digest.into_bytes()),
        signals: vec![signal(format!("{id}-full"), now)],
        extra: extra(),
    }
}
