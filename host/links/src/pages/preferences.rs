//! The page with everything that somebody wants to hear.

use hearken_model::Identity;
use maud::{Markup, html};

use super::{
    ACT, Turn,
    consent::address,
    layout::Body,
    words::{Words, visible},
};
use crate::Row;

/// The value of [`ACT`] that keeps what is ticked …
pub const SAVE: &str = "save";
/// … and that takes everything back.
pub const NOTHING: &str = "nothing";
/// The name of the fields with the rows that were shown …
pub const SHOWN: &str = "shown";
/// … and of those that are ticked.
pub const ON: &str = "on";

/// A row's value in the form.
#[must_use]
pub fn row_value(row: &Row) -> String {
    format!("{}/{}", row.purpose, row.channel)
}

pub(super) fn page(words: &Words, to: &Identity, rows: &[Row], nothing: bool, turn: Turn) -> Body {
    let main = html! {
        h1 { (words.preferences_title) }
        (address(words, to))
        @if turn == Turn::Spoke { p.state role="status" { (words.saved) } }
        @if nothing { p.state { (words.hears_nothing) } }
        @else if !rows.is_empty() { p { (words.preferences_ask) } }
        form method="post" {
            @for purpose in purposes(rows) { (group(words, purpose, rows)) }
            @if !rows.is_empty() { button name=(ACT) value=(SAVE) { (words.save) } }
            @if !nothing {
                button.second name=(ACT) value=(NOTHING) { (words.nothing) }
                p.hint { (words.nothing_hint) }
            }
        }
    };
    Body {
        title: words.preferences_title.to_owned(),
        main,
    }
}

fn purposes(rows: &[Row]) -> Vec<&str> {
    let mut all: Vec<&str> = rows.iter().map(|r| r.purpose.as_str()).collect();
    all.dedup();
    all
}

fn group(words: &Words, purpose: &str, rows: &[Row]) -> Markup {
    html! {
        fieldset {
            legend { (visible(words.purpose(purpose))) }
            @for row in rows.iter().filter(|r| r.purpose == purpose) {
                input type="hidden" name=(SHOWN) value=(row_value(row));
                label {
                    input type="checkbox" name=(ON) value=(row_value(row)) checked[row.allowed];
                    span { bdi { (visible(words.channel(&row.channel))) } }
                }
            }
        }
    }
}
