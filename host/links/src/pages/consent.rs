//! Pages about one consent: taking it back, and confirming it.

use hearken_model::Identity;
use maud::{Markup, html};

use super::{
    layout::Body,
    words::{Words, veiled, visible},
};

/// Asks, or says that it is so.
pub(super) fn unsubscribe(
    words: &Words,
    to: &Identity,
    (purpose, channel): (&str, &str),
    withdrawn: bool,
    preferences: Option<&str>,
) -> Body {
    let (purpose, by) = called(words, purpose, channel);
    let title = if withdrawn {
        words.unsubscribed_title
    } else {
        words.unsubscribe_title
    };
    let main = html! {
        h1 { (title) }
        (address(words, to))
        @if withdrawn {
            p role="status" { ((words.unsubscribed)(&purpose, &by)) }
            p.quiet { (words.under_way) }
            (link_to(preferences, words.choose_again))
        } @else {
            p { ((words.unsubscribe_ask)(&purpose, &by)) }
            form method="post" { button { (words.unsubscribe) } }
            (link_to(preferences, words.choose_instead))
        }
    };
    Body {
        title: title.to_owned(),
        main,
    }
}

/// Asks, or says that it is so.
pub(super) fn confirm(
    words: &Words,
    to: &Identity,
    (purpose, channel): (&str, &str),
    granted: bool,
    preferences: Option<&str>,
) -> Body {
    let (purpose, by) = called(words, purpose, channel);
    let title = if granted {
        words.confirmed_title
    } else {
        words.confirm_title
    };
    let main = html! {
        h1 { (title) }
        (address(words, to))
        @if granted {
            p role="status" { ((words.confirmed)(&purpose, &by)) }
            (link_to(preferences, words.choose_again))
        } @else {
            p { ((words.confirm_ask)(&purpose, &by)) }
            form method="post" { button { (words.confirm) } }
            p.quiet.next { (words.not_me) }
        }
    };
    Body {
        title: title.to_owned(),
        main,
    }
}

fn called(words: &Words, purpose: &str, channel: &str) -> (String, String) {
    (visible(words.purpose(purpose)), visible(&words.by(channel)))
}

pub(super) fn address(words: &Words, to: &Identity) -> Markup {
    html! { p.to { (words.sent_to) " " bdi { (veiled(to)) } } }
}

/// Relative, so that it holds behind a proxy that puts a path before ours.
fn link_to(preferences: Option<&str>, text: &str) -> Markup {
    html! {
        @if let Some(token) = preferences {
            p.next { a href={ "../p/" (token) } { (text) } }
        }
    }
}
