//! Mail: what the host knows of every message that a sink wants sent, and what it allows.
//!
//! A plugin gives a subject, a text and the action that they are for. Everything else is
//! the host's: who it goes to and in whose name (an [`Envelope`] made from the action that
//! was checked a moment ago), what stands below it, how it leaves. Consent, mode and stops
//! are checked in the outbox's last check, right before the attempt; here it is checked
//! that a message is for an action of that very attempt, and for no other.
//!
//! What becomes of a message is known here better than to the plugin, which may have
//! crashed or err: see [`Round::settle`].

mod brakes;
mod envelope;
mod round;
mod sender;

use std::sync::Arc;

use hearken_config::RelayWiring;
use hearken_mail::Relay;
use hearken_store::{Full, Passage};

pub(crate) use envelope::{Envelope, vouched};
pub(crate) use round::Round;
pub(crate) use sender::Sender;

use crate::parts::Shared;

impl Shared {
    /// The relay that a sink may mail through.
    pub(crate) fn relay_of(&self, sink: &str) -> Option<(&Arc<Relay>, &RelayWiring)> {
        let name = self.wired(sink)?.grants.mail.as_ref()?;
        Some((self.relays.get(name)?, self.wiring.relays.get(name)?))
    }

    /// What a story's attempt takes of the relay that it goes through; none for what does
    /// not count: hand-overs and colleagues' copies stay in the house.
    pub(crate) fn passage(&self, action: &hearken_model::Action) -> Option<Passage> {
        let (_, wired) = self.relay_of(&action.sink)?;
        if action.act == hearken_model::Act::HandOver || action.seed {
            return None;
        }
        let address = hearken_mail::Address::parse(&action.to.first()?.value).ok()?;
        Some(Passage {
            relay: wired.name.clone(),
            domain: address.domain().to_owned(),
            per_day: wired.per_day.clone(),
            per_domain: wired.per_domain,
        })
    }
}

/// Why a relay takes no more, for people.
pub(crate) fn full(passage: &Passage, why: Full) -> String {
    let relay = &passage.relay;
    match why {
        Full::Day { number, most } => {
            format!("the relay '{relay}' has taken the {most} stories of its day {number} (days are UTC)")
        }
        Full::Domain => {
            let rate = passage.per_domain.map(hearken_config::grammar::rate_text);
            format!(
                "the relay '{relay}' has sent {} to {}, and no more may go there",
                rate.unwrap_or_default(),
                passage.domain
            )
        }
    }
}
