//! The page of a question.

use maud::html;

use super::{
    OPTION, Turn,
    layout::Body,
    words::{Words, visible},
};

pub(super) fn page(words: &Words, title: &str, options: &[String], marked: usize, turn: Turn) -> Body {
    let title = visible(title);
    let spoke = turn == Turn::Spoke;
    let main = html! {
        @if spoke {
            h1 { (words.answered_title) }
            p role="status" { (words.answered) }
            p.said { bdi { (options.get(marked).map(|o| visible(o)).unwrap_or_default()) } }
        }
        form method="post" {
            fieldset {
                legend.question[!spoke] { bdi { (title) } }
                @for (n, option) in options.iter().enumerate() {
                    label {
                        input type="radio" name=(OPTION) value=(n) checked[n == marked] required;
                        span { bdi { (visible(option)) } }
                    }
                }
            }
            button.second[spoke] { (if spoke { words.answer_again } else { words.answer }) }
        }
    };
    Body { title, main }
}
