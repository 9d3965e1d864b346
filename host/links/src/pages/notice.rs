//! Pages that say why there is no other. They tell nobody why a link is not one.

use maud::html;

use super::{layout::Body, words::Words};

/// Why there is no other page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The link is none.
    Invalid,
    /// It was one.
    Expired,
    /// There were too many requests.
    Slower,
    /// We have failed.
    Failed,
}

pub(super) fn page(words: &Words, notice: Notice) -> Body {
    let (title, text) = match notice {
        Notice::Invalid => words.invalid,
        Notice::Expired => words.expired,
        Notice::Slower => words.slower,
        Notice::Failed => words.failed,
    };
    Body {
        title: title.to_owned(),
        main: html! {
            h1 { (title) }
            p { (text) }
        },
    }
}
