//! Why a story was not rendered for somebody.

use hearken_model::StoryId;

use crate::{Part, Problem};

/// Why a story was not rendered. What it says is for the story's author, so it names the
/// story, the value and what to write, and never what a value holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A value is not known, null or blank.
    #[error(
        "the {part} of story '{story}' (line {line}, column {column}) needs the value '{value}', which is not known here; write {{{{ {value} | default(\"…\") }}}}, or {value} = \"…\" under [fallbacks] in its front matter"
    )]
    Missing {
        /// The story.
        story: StoryId,
        /// Its subject or its text.
        part: Part,
        /// From 1, in the part.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The value's name as the template has it.
        value: String,
    },
    /// A value is a list, has parts, or is yes or no.
    #[error(
        "the {part} of story '{story}' (line {line}, column {column}) shows the value '{value}', which is no text; name a part of it, such as {{{{ {value}.name }}}}, join a list with {{{{ {value} | join(\", \") }}}}, or choose by it with {{% if {value} %}}"
    )]
    NotText {
        /// The story.
        story: StoryId,
        /// Its subject or its text.
        part: Part,
        /// From 1, in the part.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The value's name as the template has it.
        value: String,
    },
    /// More came of it than a person would read.
    #[error(
        "the {part} of story '{story}' becomes longer than {most} bytes; shorten it, or the values in it with {{{{ … | truncate(80) }}}}"
    )]
    TooLong {
        /// The story.
        story: StoryId,
        /// Its subject or its text.
        part: Part,
        /// How much is taken.
        most: usize,
    },
    /// A link leads nowhere that a story may send people.
    #[error(
        "story '{story}' links to '{address}', and {why}; write the whole address, such as https://example.com/page"
    )]
    Link {
        /// The story.
        story: StoryId,
        /// As the author wrote it.
        address: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Something else that the template does.
    #[error("the {part} of story '{story}' (line {line}, column {column}) cannot be filled in: {message}")]
    Template {
        /// The story.
        story: StoryId,
        /// Its subject or its text.
        part: Part,
        /// From 1, in the part.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// The template engine's word.
        message: String,
    },
    /// There is no such story.
    #[error("there is no story '{0}'")]
    Unknown(StoryId),
    /// The story has problems that `hearken check` reports.
    #[error("story '{story}' cannot be used: {}", problem.message)]
    Wrong {
        /// The story.
        story: StoryId,
        /// The first of its problems.
        problem: Problem,
    },
}
