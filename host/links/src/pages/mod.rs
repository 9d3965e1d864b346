//! The pages behind links: one card in the brand's name, made for a phone held in one hand
//! and read by anybody, without a script.
//!
//! Every text from outside is escaped by the template and set apart from the direction of
//! what stands around it; a page loads nothing, so that opening it tells nobody.

mod answer;
mod consent;
mod hand_over;
mod layout;
mod notice;
mod preferences;
mod style;
mod words;

use crate::What;

pub use hand_over::{BY, CONCERN, MOMENT, NO, ROLE, UNTIL, WHY, YES};
pub use layout::Look;
pub use notice::Notice;
pub use preferences::{NOTHING, ON, SAVE, SHOWN, row_value};
pub use style::palette;
pub use words::Language;

/// The name of the field that says which button was pressed.
pub const ACT: &str = "act";
/// The name of the field with the option that answers a question.
pub const OPTION: &str = "option";

/// Whether the person has just said something at the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// They came by the link.
    Came,
    /// They pressed a button, and it is kept.
    Spoke,
}

impl Look {
    /// The page of a link. `preferences` is the token of the page with everything that
    /// somebody wants to hear, to be linked to from others.
    #[must_use]
    pub fn page(&self, language: Language, what: &What, turn: Turn, preferences: Option<&str>) -> String {
        let words = language.words();
        let body = match what {
            What::Unsubscribe {
                to,
                purpose,
                channel,
                withdrawn,
            } => consent::unsubscribe(words, to, (purpose, channel), *withdrawn, preferences),
            What::Confirm {
                to,
                purpose,
                channel,
                granted,
            } => consent::confirm(words, to, (purpose, channel), *granted, preferences),
            What::Preferences { to, rows, nothing } => preferences::page(words, to, rows, *nothing, turn),
            What::HandOver(brief) => hand_over::page(words, brief, turn),
            What::Question {
                title,
                options,
                meant,
                given,
            } => answer::page(words, title, options, given.unwrap_or(*meant), turn),
        };
        self.document(language, &body)
    }

    /// A page that says why there is no other.
    #[must_use]
    pub fn notice(&self, language: Language, notice: Notice) -> String {
        self.document(language, &notice::page(language.words(), notice))
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
