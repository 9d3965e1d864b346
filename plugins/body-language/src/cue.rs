//! The cues: what of a visit shows how somebody looks for something, as a salesperson in a
//! shop would see it. Each has a name, which stands in the reasons of the beliefs that rest
//! on it, and a section in `docs/cues.md` on what it takes as evidence and where the idea
//! comes from.
//!
//! A cue is found in the latest visit by a function of its own, which says how strong it
//! is, how often it was seen and by which observations. What it moves is not said here but
//! where it is moved: by `pace`, `leaving`, `engagement` and `interest`.

mod asking;
mod cues;
mod ending;
mod finding;
mod form;
mod reading;
mod returning;
mod searching;
mod way;

use crate::sentences::{counted, length, times};
use crate::visit::Visit;

pub(crate) use cues::Cues;
use finding::Finding;

/// What can be seen in somebody's manner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Asks for a contact, a demo or a quote.
    Asked,
    /// Searches or chats with a buyer's words.
    BuyingQuestion,
    /// Begins a form and gives it up.
    FormAbandoned,
    /// Searches and finds nothing.
    LostSearch,
    /// Lingers or comes back where one asks, and asks nothing.
    Hesitates,
    /// Comes back on another day.
    ComesBack,
    /// Opens many pages, each for a short time.
    Skims,
    /// Scrolls a page through without reading it.
    ScrollsThrough,
    /// Reads at leisure.
    Dwells,
    /// Reads a page to its end.
    ReadsDeep,
    /// Has a page open while looking at something else.
    TabHidden,
    /// Goes straight to where one asks.
    GoesStraight,
    /// Reads two pages in turns: A, B, A.
    Compares,
    /// Goes back to the page that they came from.
    BackTracks,
    /// Goes back from a page after a glance at it.
    PogoSticks,
    /// Opens pages of help.
    SeeksHelp,
    /// Searches again.
    SearchesAgain,
    /// Has begun a form and is still at it.
    FormStarted,
    /// Changes what they have filled in.
    FormCorrected,
    /// Comes when offices are closed.
    OutOfHours,
    /// Reads each page shorter than the one before.
    ReadsShorter,
    /// Comes back from a pause and has but a short look.
    ShortLook,
    /// Has seen where one asks, asks nothing and goes on to a short look.
    TurnsAway,
}

impl Cue {
    /// All of them: first those that may call for a decision, the most urgent first.
    pub const ALL: [Self; 23] = [
        Self::Asked,
        Self::BuyingQuestion,
        Self::FormAbandoned,
        Self::LostSearch,
        Self::Hesitates,
        Self::ComesBack,
        Self::Skims,
        Self::ScrollsThrough,
        Self::Dwells,
        Self::ReadsDeep,
        Self::TabHidden,
        Self::GoesStraight,
        Self::Compares,
        Self::BackTracks,
        Self::PogoSticks,
        Self::SeeksHelp,
        Self::SearchesAgain,
        Self::FormStarted,
        Self::FormCorrected,
        Self::OutOfHours,
        Self::ReadsShorter,
        Self::ShortLook,
        Self::TurnsAway,
    ];

    /// As reasons and decisions name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::BuyingQuestion => "buying-question",
            Self::FormAbandoned => "form-abandoned",
            Self::LostSearch => "lost-search",
            Self::Hesitates => "hesitates",
            Self::ComesBack => "comes-back",
            Self::Skims => "skims",
            Self::ScrollsThrough => "scrolls-through",
            Self::Dwells => "dwells",
            Self::ReadsDeep => "reads-deep",
            Self::TabHidden => "tab-hidden",
            Self::GoesStraight => "goes-straight",
            Self::Compares => "compares",
            Self::BackTracks => "back-tracks",
            Self::PogoSticks => "pogo-sticks",
            Self::SeeksHelp => "seeks-help",
            Self::SearchesAgain => "searches-again",
            Self::FormStarted => "form-started",
            Self::FormCorrected => "form-corrected",
            Self::OutOfHours => "out-of-hours",
            Self::ReadsShorter => "reads-shorter",
            Self::ShortLook => "short-look",
            Self::TurnsAway => "turns-away",
        }
    }

    fn find(self, visit: &Visit<'_>) -> Option<Finding> {
        match self {
            Self::Asked => asking::asked(visit),
            Self::BuyingQuestion => asking::buying_question(visit),
            Self::FormAbandoned => form::abandoned(visit),
            Self::LostSearch => searching::lost_search(visit),
            Self::Hesitates => asking::hesitates(visit),
            Self::ComesBack => returning::comes_back(visit),
            Self::Skims => reading::skims(visit),
            Self::ScrollsThrough => reading::scrolls_through(visit),
            Self::Dwells => reading::dwells(visit),
            Self::ReadsDeep => reading::reads_deep(visit),
            Self::TabHidden => reading::tab_hidden(visit),
            Self::GoesStraight => way::goes_straight(visit),
            Self::Compares => way::compares(visit),
            Self::BackTracks => way::back_tracks(visit),
            Self::PogoSticks => way::pogo_sticks(visit),
            Self::SeeksHelp => way::seeks_help(visit),
            Self::SearchesAgain => searching::searches_again(visit),
            Self::FormStarted => form::started(visit),
            Self::FormCorrected => form::corrected(visit),
            Self::OutOfHours => returning::out_of_hours(visit),
            Self::ReadsShorter => ending::reads_shorter(visit),
            Self::ShortLook => ending::short_look(visit),
            Self::TurnsAway => ending::turns_away(visit),
        }
    }

    /// What was seen, in words.
    fn tell(self, found: &Finding, visit: &Visit<'_>) -> String {
        let n = found.count;
        let pages = || counted(n, "page", "pages");
        match self {
            Self::Asked => "sent a request".to_owned(),
            Self::BuyingQuestion => format!("used a buyer's words {}", times(n)),
            Self::FormAbandoned => format!("gave up {}", counted(n, "form", "forms")),
            Self::LostSearch => format!("found nothing {}", times(n)),
            Self::Hesitates => "lingered where one asks and asked nothing".to_owned(),
            Self::ComesBack => format!("came back after {}", length(visit.absent_ms.unwrap_or(0))),
            Self::Skims => format!(
                "{} in {}",
                counted(visit.stays.len(), "page", "pages"),
                length(visit.length_ms())
            ),
            Self::ScrollsThrough => format!("scrolled through {}", pages()),
            Self::Dwells => reading::at_leisure(visit),
            Self::ReadsDeep => format!("read {} to the end", pages()),
            Self::TabHidden => format!("left {} in the background", pages()),
            Self::GoesStraight => "went straight to where one asks".to_owned(),
            Self::Compares => format!("compared pages {}", times(n)),
            Self::BackTracks => format!("went back and forth {}", times(n)),
            Self::PogoSticks => format!("went back from a glance {}", times(n)),
            Self::SeeksHelp => format!("opened {}", counted(n, "help page", "help pages")),
            Self::SearchesAgain => format!("searched {}", times(n + 1)),
            Self::FormStarted => format!("began {}", counted(n, "form", "forms")),
            Self::FormCorrected => format!("corrected a form {}", times(n)),
            Self::OutOfHours => "came when offices are closed".to_owned(),
            Self::ReadsShorter => "reads ever shorter".to_owned(),
            Self::ShortLook => "came back from a pause for a short look only".to_owned(),
            Self::TurnsAway => "saw where one asks and asked nothing".to_owned(),
        }
    }

    /// Whether it calls for a decision at once, as it was found.
    fn calls(self, found: &Finding) -> bool {
        match self {
            Self::Asked | Self::BuyingQuestion | Self::FormAbandoned => true,
            Self::LostSearch | Self::Hesitates => found.count >= 2,
            Self::ComesBack => found.count >= 3,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cue_has_its_place_and_a_name_of_its_own() {
        for (place, cue) in Cue::ALL.into_iter().enumerate() {
            assert_eq!(cue as usize, place, "{cue:?}");
        }
        let names: BTreeSet<&str> = Cue::ALL.iter().map(|cue| cue.name()).collect();
        assert_eq!(names.len(), Cue::ALL.len());
    }
}
