//! The front matter of a story.

use hearken_model::{Lifecycle, Pressure, StoryKind};

use super::{Choice, Length, Listed, Mapped, Name, Text, Until, macros::table};

table! {
    /// The front matter of a story.
    pub(crate) struct FrontMatter ("the story") {
        /// For people; the subject where none is given.
        required title: Text,
        /// Topics of the vocabulary that it speaks about.
        optional topics: Listed<Name>,
        /// Personas that it is for. Default: all.
        optional personas: Listed<Name>,
        /// Stages that it is for. Default: visitor, lead, qualified, recycled.
        optional lifecycles: Listed<Choice<Lifecycle>>,
        /// The language of its text (BCP 47). Default: any.
        optional language: Text,
        /// Several languages.
        optional languages: Listed<Text>,
        /// The language of the text that is told to whoever reads none of its languages. Default: language-fallback in [stories].
        optional language_fallback: Text,
        /// soft (the default) or hard.
        optional pressure: Choice<Pressure>,
        /// Channels that can carry it. Default: all.
        optional channels: Listed<Name>,
        /// marketing (the default), service or sales.
        optional kind: Choice<StoryKind>,
        /// The last day on which it is told, or a moment with its offset. Default: none.
        optional until: Until,
        /// How long before it is told again to one person. Default: story-again in [policy].
        optional again: Length,
        /// The purpose whose consent it asks to confirm, such as marketing (double opt-in). It is
        /// told when such a consent waits to be confirmed, and is of kind service.
        optional confirms: Name,
        /// The team that it invites its reader to talk with. It is shown on a site's pages, while
        /// the team is open, and is of kind service.
        optional invites: Name,
        /// The subject line. Default: the title.
        optional subject: Text,
        /// For a question: what can be answered.
        optional answers: Listed<AnswerTable>,
        /// By a value's name, what is said to whoever has none.
        optional fallbacks: Mapped<Text>,
    }
}

table! {
    /// The front matter of a story's other text, in another language or in other words.
    pub(crate) struct WordingMatter ("the text") {
        /// The subject line. Default for a variant: that of the first text in its language.
        optional subject: Text,
        /// The answers of a question, in the same order. Default for a variant: those of the first text in its language.
        optional answers: Listed<AnswerTable>,
        /// By a value's name, what is said to whoever has none; a variant has those of the first text in its language too.
        optional fallbacks: Mapped<Text>,
    }
}

table! {
    /// An answer to a question.
    pub(crate) struct AnswerTable ("the answer") {
        /// The topic or persona that it speaks for.
        required name: Name,
        /// What people read.
        required text: Text,
    }
}
