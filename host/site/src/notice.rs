//! What a page is given to show.

use serde::Serialize;

use crate::Words;

/// What is shown, and what can be said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something to read.
    Story,
    /// Something to answer.
    Question,
    /// A word with a person of ours.
    Invitation,
}

/// What an invitation asks for before it can be taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Nothing: they can be reached, or nobody has to reach them.
    Nothing,
    /// Where they can be reached.
    Address,
}

/// What a page is given to show: a story as it is told to somebody of whom nothing personal
/// may be said. The style comes along, so that the script of the pages is small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The action, as it leaves the house. The same notice has the same id on every page.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its headline.
    pub title: String,
    /// Its text, as a piece of HTML that the host has written.
    pub html: String,
    /// What can be answered, where it is a question.
    pub answers: Vec<String>,
    /// What an invitation asks for.
    pub ask: Ask,
    /// In whose name.
    pub brand: String,
    /// The language of its text (BCP 47); empty where it has none of its own.
    pub language: String,
    /// What stands around it.
    pub words: &'static Words,
    /// How it looks.
    pub style: String,
}

impl Notice {
    /// The style sheet of a notice, in a brand's colours: `palette` declares `--brand`,
    /// `--on-brand`, `--accent` and `--accent-dark` for `:root`.
    #[must_use]
    pub fn style(palette: &str) -> String {
        format!("{}{SHEET}", palette.replacen(":root", ":host", 1))
    }
}

/// In a shadow root: nothing of it touches the page, and nothing of the page but its font size
/// touches it. It moves nowhere and covers no more than a corner; on a phone it is a strip at
/// the bottom that leaves the page readable.
const SHEET: &str = "\
:host{all:initial;--ground:#fff;--ink:#161a20;--quiet:#59616d;--edge:#7b8390;--link:var(--accent)}\
*{box-sizing:border-box}\
section{position:fixed;z-index:2147483000;right:1rem;bottom:1rem;width:22rem;max-width:calc(100vw - 2rem);\
max-height:min(70vh,32rem);overflow:auto;padding:1rem 1.25rem 1.25rem;background:var(--ground);color:var(--ink);\
border:1px solid var(--edge);border-top:.3rem solid var(--brand);border-radius:.75rem;\
box-shadow:0 8px 28px rgb(16 24 40/.22);overflow-wrap:break-word;\
font:1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif}\
h2{margin:.4rem 3rem .5rem 0;font-size:1.15rem;line-height:1.3}\
p,ul,ol,blockquote{margin:0 0 .75rem}\
p:empty{display:none}\
a{color:var(--link);text-underline-offset:.2em}\
button,input{font:inherit;min-height:44px;border-radius:.5rem;border:1px solid var(--edge)}\
button{cursor:pointer;padding:.5rem 1rem;background:var(--ground);color:var(--ink)}\
button.do{display:block;width:100%;margin-top:.5rem;font-weight:600;text-align:start}\
form button.do{background:var(--brand);border-color:var(--brand);color:var(--on-brand);text-align:center}\
button.x{position:absolute;top:.5rem;right:.5rem;min-width:44px;padding:0;border:0;background:none;font-size:1.5rem;line-height:1}\
label{display:block;color:var(--quiet);font-size:.9375rem}\
input{display:block;width:100%;margin-top:.25rem;padding:.5rem .75rem;background:var(--ground);color:var(--ink)}\
:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
@media(max-width:30rem){section{left:.5rem;right:.5rem;bottom:.5rem;width:auto;max-width:none;max-height:60vh}}\
@media(prefers-color-scheme:dark){:host{--ground:#1c2027;--ink:#f2f4f7;--quiet:#b3bac5;--link:var(--accent-dark)}}\
@media print{section{display:none}}";
