//! What a link is about, as it stands when somebody looks: what its page shows.

use hearken_model::Identity;
pub use hearken_model::Verdict;

/// What a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the person reads, where that is known: BCP 47.
    pub language: Option<String>,
    /// Of what.
    pub what: What,
}

/// What a link is about, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// No more messages of a purpose by a channel.
    Unsubscribe {
        /// Whom they would go to.
        to: Identity,
        /// Which purpose.
        purpose: String,
        /// Which channel.
        channel: String,
        /// Whether that is so already.
        withdrawn: bool,
    },
    /// What somebody wants to hear.
    Preferences {
        /// Who.
        to: Identity,
        /// By purpose, then by channel.
        rows: Vec<Row>,
        /// Whether they have said that they want to hear nothing at all.
        nothing: bool,
    },
    /// A consent to be confirmed.
    Confirm {
        /// Whose.
        to: Identity,
        /// For what.
        purpose: String,
        /// By which channel, `*` for any.
        channel: String,
        /// Whether it is confirmed already.
        granted: bool,
    },
    /// A question with its options.
    Question {
        /// As it was asked.
        title: String,
        /// What can be answered.
        options: Vec<String>,
        /// The one that the link means.
        meant: usize,
        /// What was answered last.
        given: Option<usize>,
    },
    /// A hand-over that a team has not answered, or has.
    HandOver(Brief),
}

/// What a sales person reads of a hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// Who, and what for.
    pub title: String,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
    /// The role that we believe in, as people call it; none where we believe in none …
    pub role: Option<String>,
    /// … and the concern.
    pub concern: Option<String>,
    /// What was answered last.
    pub given: Option<Verdict>,
}

/// One line of what somebody wants to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// For what.
    pub purpose: String,
    /// By which channel.
    pub channel: String,
    /// Whether we may.
    pub allowed: bool,
}
