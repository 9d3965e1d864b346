//! The documented words of the contract, as types. A word that a newer host may send is
//! kept as `Other`, so that a plugin compiled today goes on working.

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$case_meta:meta])* $case:ident = $word:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$case_meta])* $case,)+
            /// A word that this version of the SDK does not know.
            Other(String),
        }

        impl $name {
            /// The word as the contract writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$case => $word,)+
                    Self::Other(word) => word,
                }
            }

        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $($word => Self::$case,)+
                    _ => Self::Other(word),
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$case,)+
                    _ => Self::Other(word.to_owned()),
                }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                match word {
                    $name::Other(word) => word,
                    known => known.as_str().to_owned(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

words! {
    /// How far a prospect has come.
    Lifecycle {
        /// Seen, not known by name.
        Visitor = "visitor",
        /// Known by name.
        Lead = "lead",
        /// Fits what is sold.
        Qualified = "qualified",
        /// Taken by sales.
        Accepted = "accepted",
        /// A deal is open.
        Opportunity = "opportunity",
        /// Bought.
        Customer = "customer",
        /// Given back by sales for a while.
        Recycled = "recycled",
        /// Not for us.
        Disqualified = "disqualified",
    }

    /// Who has the floor in a conversation.
    Floor {
        /// Nobody: we listen.
        Listening = "listening",
        /// It is our turn.
        Ours = "ours",
        /// We said something and wait.
        AwaitingReply = "awaiting-reply",
        /// A sales person talks with them.
        WithSales = "with-sales",
        /// The conversation is over.
        Closed = "closed",
    }

    /// Who said something.
    Speaker {
        /// The prospect.
        Prospect = "prospect",
        /// Hearken, or another tool of the same company.
        Us = "us",
        /// A sales person.
        Sales = "sales",
    }

    /// What can be done about a prospect.
    Act {
        /// Say nothing.
        Hold = "hold",
        /// Tell a story.
        Tell = "tell",
        /// Ask a question.
        Ask = "ask",
        /// Hand over to a team.
        HandOver = "hand-over",
    }

    /// How much a story presses.
    Pressure {
        /// Informs.
        Soft = "soft",
        /// Asks for a next step.
        Hard = "hard",
    }

    /// What a story is for.
    StoryKind {
        /// Advertises.
        Marketing = "marketing",
        /// Helps.
        Service = "service",
        /// Sells.
        Sales = "sales",
    }
}

macro_rules! defaults {
    ($($name:ident $case:ident),+) => {$(
        impl Default for $name {
            fn default() -> Self {
                Self::$case
            }
        }
    )+};
}

defaults!(Lifecycle Visitor, Floor Listening, Speaker Prospect, Act Hold, Pressure Soft, StoryKind Marketing);
