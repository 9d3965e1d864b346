//! What comes of an attempt, for its destination.

use std::{sync::Arc, time::SystemTime};

use crate::{
    Code, Condition, Error, Outlet, breaker::Verdict, credential::Credential, exchange::Answer, gates::Destination,
    retry_after,
};

/// What a request came with that its destination can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proved {
    /// Nothing of ours.
    Nothing,
    /// A secret of the operator's.
    Secret,
    /// A token that is exchanged where it is refused.
    Exchangeable,
    /// The credentials of a client that asks for a token. A bad request is the way in which
    /// endpoints refuse a grant (RFC 6749, 5.2).
    Client,
}

/// What an attempt tells about its destination, if anything.
pub(crate) fn verdict(answered: &Result<Answer, Error>, proved: Proved) -> Option<Verdict> {
    let refuses = |status: u16| Some(Verdict::RefusesUs(format!("it answered {status}")));
    match answered {
        Ok(answer) => match (answer.status, proved) {
            (401, Proved::Exchangeable) => None,
            (status @ (401 | 403), Proved::Secret | Proved::Exchangeable | Proved::Client) => refuses(status),
            (400, Proved::Client) => refuses(400),
            // It works, and has said when it wants to be asked again.
            (429, _) => None,
            (status @ 500..=599, _) => Some(Verdict::Fails(format!("it answered {status}"))),
            _ => Some(Verdict::Works),
        },
        Err(error) => match error.code {
            Code::Dns | Code::Connect | Code::Tls | Code::Timeout | Code::Protocol => {
                Some(Verdict::Fails(error.message.clone()))
            }
            Code::Denied | Code::TooLarge | Code::RateLimited | Code::BreakerOpen => None,
        },
    }
}

impl Outlet {
    /// Leaves alone who asks for it.
    pub(crate) fn heed(&self, answer: &Answer, destination: &Destination, used: &[Arc<Credential>]) {
        let header = answer.headers.iter().find(|(name, _)| name == "retry-after");
        let value = header.and_then(|(_, value)| std::str::from_utf8(value).ok());
        if let Some(wait) = retry_after::wanted(answer.status, value, SystemTime::now()) {
            destination.pause.extend(wait);
            used.iter().for_each(|credential| credential.pause.extend(wait));
        }
    }

    pub(crate) fn tell_condition(&self, destination: &Destination, condition: &Condition) {
        let (connector, host) = (self.connector.as_str(), destination.host.to_string());
        measure(connector, &host, condition);
        match condition {
            Condition::NeedsOperator { why } => {
                tracing::error!(
                    connector,
                    host,
                    why,
                    "the credentials are refused: an operator has to look"
                );
            }
            Condition::Open { why } => tracing::warn!(connector, host, why, "it is left alone for a while"),
            Condition::Closed | Condition::Probing => tracing::info!(connector, host, "it works again"),
        }
    }
}

/// Says in the metrics how a destination stands.
pub(crate) fn measure(connector: &str, host: &str, condition: &Condition) {
    metrics::gauge!("hearken_egress_left_alone", "connector" => connector.to_owned(), "host" => host.to_owned()).set(
        match condition {
            Condition::Closed | Condition::Probing => 0.0,
            Condition::Open { .. } => 1.0,
            Condition::NeedsOperator { .. } => 2.0,
        },
    );
}
