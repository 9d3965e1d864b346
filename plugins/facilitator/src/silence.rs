//! When nothing is said, and why.

use hearken_sdk::{Floor, Pace};

use crate::config::Config;
use crate::reading::Reading;

/// Why nothing may be said at all, if so. Who asks is heard while something of ours is
/// under way or unanswered; not while sales talk, and not after a no.
pub(crate) fn imposed(reading: &Reading<'_>) -> Option<&'static str> {
    match &reading.situation.floor {
        Floor::Listening => None,
        Floor::Ours | Floor::AwaitingReply if reading.asked => None,
        Floor::Ours => Some("something of ours is already on its way"),
        Floor::AwaitingReply => Some("what we said last is still unanswered"),
        Floor::WithSales => Some("sales are talking with them"),
        Floor::Closed => Some("they said no: only they can open the conversation again"),
        Floor::Other(_) => Some("somebody else has the floor"),
    }
}

/// Why somebody is left alone, if so: who looks around does not want to be spoken to.
pub(crate) fn chosen(reading: &Reading<'_>, config: &Config) -> Option<String> {
    let browsing = reading.going(Pace::Browsing) > 0.0 && reading.leaving == 0.0;
    (browsing && reading.engagement < config.leave_alone).then(|| {
        format!(
            "browsing, and not close yet (engagement {:.2} of {:.2}): left alone",
            reading.engagement, config.leave_alone
        )
    })
}
