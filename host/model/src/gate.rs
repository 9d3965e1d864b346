//! What can be in an action's way, in one word each: the words stand in the store, in lists
//! and in JSON. What forbids a choice when it is decided has the same words
//! ([`GateResult`](crate::GateResult)).

/// Decided while the mode was shadow. What was decided in shadow is never sent.
pub const SHADOW: &str = "shadow";
/// Decided to be sent, and the mode is shadow by now.
pub const MODE: &str = "mode";
/// A person has to say yes.
pub const APPROVAL: &str = "approval";
/// A person said no.
pub const REFUSED: &str = "refused";
/// A person has to approve the story's text.
pub const DRAFT: &str = "draft";
/// A value of the story's text is not known of this person, and has no fallback.
pub const TEXT: &str = "text";
/// `hearken stop`.
pub const STOPPED: &str = "stopped";
/// The team takes no hand-overs at this hour, or is not there any more.
pub const TEAM: &str = "team";
/// It waits for whose customer they are, or goes to somebody who is not.
pub const OWNER: &str = "owner";
/// It is not the reader's time of day.
pub const HOUR: &str = "hour";
/// The team has as many hand-overs as it takes.
pub const CAPACITY: &str = "capacity";
/// As many new people were spoken to as may be in an hour.
pub const NEW_PEOPLE: &str = "new-people";
/// As many stories were told to the people of the account as may be.
pub const ACCOUNT: &str = "account";
/// Nobody has a page open for whom it is to be shown there.
pub const AWAY: &str = "away";
/// The relay takes no more of them now, or cannot be used.
pub const RELAY: &str = "relay";
/// The address must not be written to.
pub const SUPPRESSED: &str = "suppressed";
/// Its time has passed while it waited to be sent.
pub const EXPIRED: &str = "expired";
/// It may have arrived, and nobody can tell.
pub const UNKNOWN: &str = "unknown";
/// The sink could not deliver it.
pub const SINK: &str = "sink";

/// What lets such an action go, for people; none where nothing does.
#[must_use]
pub fn release(gate: &str) -> Option<&'static str> {
    Some(match gate {
        MODE => "mode = \"live\" or \"approve\" where it says shadow now, and a restart",
        APPROVAL => "hearken approve yes ID…, or mode = \"live\" and a restart",
        DRAFT => "hearken approve story STORY",
        TEXT => "a fallback in the story, for those who come then; this one expires",
        STOPPED => "hearken go for what was stopped",
        TEAM => "the team's hours",
        OWNER => "the owner's hours in [teams.TEAM.members]; one that has ended stays so",
        HOUR => "the reader's waking hours, or other waking-hours in [policy]",
        CAPACITY => "time, or a larger capacity of the team",
        NEW_PEOPLE => "time, or a larger new-people-per-hour in [policy]",
        ACCOUNT => "time, or larger account-caps in [policy]",
        AWAY => "its reader, once they open a page; else it expires",
        RELAY => "time, a larger per-day or per-domain in [relays], or a relay that can be used",
        UNKNOWN => "a look into the sink; hearken dead-letter replay sends it again",
        _ => return None,
    })
}
