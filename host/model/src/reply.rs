//! What a reply means, as whoever reports it says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Dated, Instant, Signal};

/// For how long somebody is left alone who says "not now" and not until when: 90 days.
const NOT_NOW: Duration = Duration::from_secs(90 * 86_400);

/// What a reply means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// They want to hear more.
    Interested,
    /// Not before then.
    NotNow(Instant),
    /// Somebody else decides about this; who, where they said so.
    WrongPerson(String),
    /// Never.
    No,
    /// A machine answered: it is no reply.
    Automatic,
    /// Nobody can tell: a person has to read it.
    Unclear,
}

impl Reply {
    /// What a signal of kind `message.replied` means; none for any other.
    #[must_use]
    pub fn of(signal: &Signal) -> Option<Self> {
        if signal.kind != "message.replied" {
            return None;
        }
        if signal.properties.get("automatic") == Some(&serde_json::Value::Bool(true)) {
            return Some(Self::Automatic);
        }
        Some(match signal.text("means") {
            Some("interested") => Self::Interested,
            Some("not-now") => Self::NotNow(until(signal)),
            Some("wrong-person") => Self::WrongPerson(signal.text("instead").unwrap_or_default().to_owned()),
            Some("no") => Self::No,
            _ => Self::Unclear,
        })
    }

    /// Whether they want something of us.
    #[must_use]
    pub const fn asks(&self) -> bool {
        matches!(self, Self::Interested | Self::Unclear)
    }
}

fn until(signal: &Signal) -> Instant {
    let said = signal
        .text("until")
        .and_then(|text| text.parse::<jiff::Timestamp>().ok());
    said.and_then(Instant::of_timestamp)
        .unwrap_or_else(|| signal.at.after(NOT_NOW))
}

/// Why somebody wants to be left alone at `now`, if that is the last that they said.
pub(crate) fn left_alone(reply: &Dated<Reply>, now: Instant) -> Option<String> {
    match &reply.value {
        Reply::NotNow(until) if now < *until => Some(format!("asked at {} to be left alone until {until}", reply.at)),
        Reply::WrongPerson(instead) if instead.is_empty() => Some("says they are the wrong person".to_owned()),
        Reply::WrongPerson(instead) => Some(format!("says they are the wrong person, and to ask {instead}")),
        Reply::No => Some(format!("said no at {}", reply.at)),
        _ => None,
    }
}
