//! The page of a hand-over: what a team makes of it, and whether we were right.

use maud::{Markup, html};

use super::{
    ACT, Turn,
    layout::Body,
    words::{Words, visible},
};
use crate::{Brief, Verdict};

/// The name of the field that says whether the role is right …
pub const ROLE: &str = "role";
/// … whether the concern is …
pub const CONCERN: &str = "concern";
/// … and whether the moment is.
pub const MOMENT: &str = "moment";
/// What these say where it is so …
pub const YES: &str = "yes";
/// … and where it is not.
pub const NO: &str = "no";
/// The name of the field with what else there is to say …
pub const WHY: &str = "why";
/// … with who says so …
pub const BY: &str = "by";
/// … and with the day before which we do not come back with it.
pub const UNTIL: &str = "until";

/// The longest text that the form takes, in characters.
const LONGEST: &str = "500";

pub(super) fn page(words: &Words, brief: &Brief, turn: Turn) -> Body {
    let title = visible(&brief.title);
    let given = brief.given.map(|verdict| words.hand_over.given(verdict));
    let main = html! {
        h1 { bdi { (title) } }
        @if let Some(given) = given {
            p.state role=[(turn == Turn::Spoke).then_some("status")] { (given) }
        }
        @if !brief.reasons.is_empty() {
            ul.reasons { @for reason in &brief.reasons { li { bdi { (visible(reason)) } } } }
        }
        form method="post" {
            p.hint.left { (words.hand_over.three) }
            @if let Some(role) = &brief.role { (question(words, ROLE, words.hand_over.role, Some(role))) }
            @if let Some(concern) = &brief.concern {
                (question(words, CONCERN, words.hand_over.concern, Some(concern)))
            }
            (question(words, MOMENT, words.hand_over.moment, None))
            label.field { span { (words.hand_over.why) } textarea name=(WHY) rows="2" maxlength=(LONGEST) {} }
            label.field { span { (words.hand_over.by) } input.text name=(BY) maxlength="100" autocomplete="name"; }
            button name=(ACT) value=(Verdict::Accepted.word()) { (words.hand_over.accept) }
            label.field.apart { span { (words.hand_over.until) } input.text type="date" name=(UNTIL); }
            button.second name=(ACT) value=(Verdict::Recycled.word()) { (words.hand_over.recycle) }
            button.second name=(ACT) value=(Verdict::Rejected.word()) { (words.hand_over.reject) }
        }
    };
    Body { title, main }
}

fn question(words: &Words, name: &str, asked: &str, about: Option<&str>) -> Markup {
    html! {
        fieldset {
            legend { (asked) @if let Some(about) = about { " " bdi { (visible(about)) } } }
            div.pair {
                @for (value, text) in [(YES, words.hand_over.yes), (NO, words.hand_over.no)] {
                    label { input type="radio" name=(name) value=(value); span { (text) } }
                }
            }
        }
    }
}
