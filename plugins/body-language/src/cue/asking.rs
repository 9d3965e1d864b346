//! Where one asks: who does, who is about to, and who cannot decide to.

use super::Finding;
use crate::course::{Again, Stay};
use crate::observation::{Act, Asks, Place};
use crate::scale::share;
use crate::visit::Visit;

/// Reading for so long where one asks is lingering.
const LINGER_MS: u64 = 60_000;

/// A form that asks for a contact, a demo or a quote.
pub(super) fn asked(visit: &Visit<'_>) -> Option<Finding> {
    Finding::each(visit.acts(is_request), |_| 1.0)
}

/// Whether a person is asked for.
fn is_request(act: Act) -> bool {
    matches!(
        act,
        Act::FormSubmitted {
            asks: Asks::Contact | Asks::Demo | Asks::Quote,
            ..
        }
    )
}

/// Searches and chat messages with words by which people ask for a price or a person.
pub(super) fn buying_question(visit: &Visit<'_>) -> Option<Finding> {
    let questions = visit
        .seen()
        .filter(|(_, seen)| seen.place == Place::Asking && matches!(seen.act, Act::Searched { .. } | Act::Chatted));
    Finding::each(questions.map(|(place, _)| place), |_| 1.0)
}

/// A page where one asks, read for a minute or come back to, by somebody who sent no
/// request and began no chat.
pub(super) fn hesitates(visit: &Visit<'_>) -> Option<Finding> {
    if visit.has(|act| is_request(act) || act == Act::Chatted) {
        return None;
    }
    let lingers = |stay: &&Stay<'_>| {
        stay.dwell_ms.is_some_and(|dwell| dwell >= LINGER_MS) || matches!(stay.again, Again::SameVisit | Again::Return)
    };
    let lingering = visit.stays_at(Place::Asking).filter(lingers);
    Finding::each(lingering.map(Stay::told_at), |times| share(times, 2))
}
