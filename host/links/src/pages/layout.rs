//! What all pages share: the document, and how it looks.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{Language, style, words::visible};

/// How an installation's pages look.
#[derive(Clone, Debug)]
pub struct Look {
    brand: String,
    privacy: Option<String>,
    style: String,
    policy: String,
}

/// What stands in a page.
pub(super) struct Body {
    pub(super) title: String,
    pub(super) main: Markup,
}

impl Look {
    /// In `brand`'s name, with its colour (red, green, blue) and privacy notice.
    #[must_use]
    pub fn new(brand: &str, colour: [u8; 3], privacy: Option<String>) -> Self {
        let style = style::sheet(colour);
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        Self {
            brand: visible(brand),
            privacy,
            policy: format!(
                "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'"
            ),
            style,
        }
    }

    /// The `Content-Security-Policy` that lets a page have its style and its form, and nothing else.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    pub(super) fn document(&self, language: Language, body: &Body) -> String {
        let words = language.words();
        let page = html! {
            (DOCTYPE)
            html lang=(language.tag()) dir="ltr" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (body.title) " · " (self.brand) }
                    style { (PreEscaped(&self.style)) }
                }
                body {
                    header { p.brand { bdi { (self.brand) } } }
                    main { (body.main) }
                    @if let Some(privacy) = &self.privacy {
                        footer { a href=(privacy) rel="noreferrer" { (words.privacy) } }
                    }
                }
            }
        };
        page.into_string()
    }
}
