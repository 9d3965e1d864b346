//! Which kinds of signals this plugin says, and who may make it say them.

use hearken_sdk::kinds::{
    CompanyDescribed, ConsentGranted, ConsentPending, ConsentWithdrawn, DealChanged, DealLost, DealOpened, DealWon,
    FileDownloaded, FormAbandoned, FormStarted, FormSubmitted, Kind, MeetingBooked, MeetingCancelled, MeetingHeld,
    MeetingRequested, PageLeft, PageViewed, PersonIdentified, PersonLinked, ProductUsed, ScreenViewed, SearchPerformed,
};

/// What calls other than `track` are.
const OF_CALLS: [&str; 3] = [PersonIdentified::KIND, PersonLinked::KIND, CompanyDescribed::KIND];

/// What anybody may report who has seen the public write key.
const OF_ANYBODY: [&str; 9] = [
    PageViewed::KIND,
    PageLeft::KIND,
    ScreenViewed::KIND,
    SearchPerformed::KIND,
    FormStarted::KIND,
    FormSubmitted::KIND,
    FormAbandoned::KIND,
    FileDownloaded::KIND,
    ProductUsed::KIND,
];

/// What only the company's own servers may report: a visitor could otherwise grant consent
/// for somebody else, or win deals.
const OF_SERVERS: [&str; 11] = [
    ConsentGranted::KIND,
    ConsentPending::KIND,
    ConsentWithdrawn::KIND,
    MeetingRequested::KIND,
    MeetingBooked::KIND,
    MeetingHeld::KIND,
    MeetingCancelled::KIND,
    DealOpened::KIND,
    DealChanged::KIND,
    DealWon::KIND,
    DealLost::KIND,
];

/// All kinds.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    OF_CALLS.into_iter().chain(of_events())
}

/// The kinds that an event can have.
pub(crate) fn of_events() -> impl Iterator<Item = &'static str> {
    OF_ANYBODY.into_iter().chain(OF_SERVERS)
}

/// Whether only a server may report it.
pub(crate) fn is_of_servers(kind: &str) -> bool {
    OF_SERVERS.contains(&kind)
}
