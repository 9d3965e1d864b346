//! What stands below every commercial message: who sent it, where they are, and how to get
//! no more of them.

use std::fmt::Write;

use crate::clean;

/// The lines below a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footer {
    /// In whose name it is sent.
    pub brand: String,
    /// Where the sender is, lines divided by line feeds.
    pub postal_address: String,
    /// Where one gets no more of them.
    pub unsubscribe: Option<String>,
    /// Where one says what one wants.
    pub preferences: Option<String>,
    /// The language of the message (BCP 47); English where there are no words for it.
    pub language: String,
}

impl Footer {
    /// Below plain text.
    pub(crate) fn below_text(&self, text: &str) -> String {
        let (unsubscribe, preferences) = self.words();
        let mut all = format!("{}\n\n", text.trim_end());
        for line in self.lines() {
            all.push_str(&line);
            all.push('\n');
        }
        for (word, url) in [(unsubscribe, &self.unsubscribe), (preferences, &self.preferences)] {
            if let Some(url) = url {
                // Writing into a string does not fail.
                let _ = writeln!(all, "{word}: {}", clean::line(url, URL_CHARS));
            }
        }
        all
    }

    /// Below HTML: before the end of its body where it has one.
    pub(crate) fn below_html(&self, html: &str) -> String {
        let (unsubscribe, preferences) = self.words();
        let lines: Vec<String> = self.lines().iter().map(|line| clean::html(line)).collect();
        let links: Vec<String> = [(unsubscribe, &self.unsubscribe), (preferences, &self.preferences)]
            .into_iter()
            .filter_map(|(word, url)| {
                let url = clean::html(&clean::line(url.as_ref()?, URL_CHARS));
                Some(format!("<a href=\"{url}\" style=\"color:#555\">{word}</a>"))
            })
            .collect();
        let footer = format!(
            "<div style=\"margin-top:32px;padding-top:12px;border-top:1px solid #ccc;font-size:12px;line-height:1.5;\
             color:#555\">{}{}{}</div>\n",
            lines.join("<br>"),
            if links.is_empty() { "" } else { "<br>" },
            links.join(" &middot; ")
        );
        // In lower case ASCII no byte moves.
        let end = html.to_ascii_lowercase().rfind("</body");
        let (before, after) = html.split_at(end.unwrap_or(html.len()));
        format!("{before}\n{footer}{after}")
    }

    /// The brand, and the lines of the address below it.
    fn lines(&self) -> Vec<String> {
        let address = self.postal_address.lines();
        let all = std::iter::once(self.brand.as_str()).chain(address);
        let mut lines: Vec<String> = all.map(|line| clean::line(line, LINE_CHARS)).collect();
        lines.retain(|line| !line.is_empty());
        lines.dedup();
        lines
    }

    /// `Unsubscribe` and `Preferences`.
    fn words(&self) -> (&'static str, &'static str) {
        let language = self.language.get(..2).unwrap_or_default().to_ascii_lowercase();
        match language.as_str() {
            "de" => ("Abmelden", "Einstellungen"),
            "es" => ("Darse de baja", "Preferencias"),
            "fr" => ("Se désabonner", "Préférences"),
            "it" => ("Annulla l’iscrizione", "Preferenze"),
            "nl" => ("Afmelden", "Voorkeuren"),
            "pl" => ("Wypisz się", "Preferencje"),
            "pt" => ("Cancelar inscrição", "Preferências"),
            _ => ("Unsubscribe", "Preferences"),
        }
    }
}

const LINE_CHARS: usize = 200;
pub(crate) const URL_CHARS: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    fn footer() -> Footer {
        Footer {
            brand: "Books & <More>".into(),
            postal_address: "Example Street 1\n12345 Example City".into(),
            unsubscribe: Some("https://example.com/u?a=1&b=2".into()),
            preferences: None,
            language: "de-AT".into(),
        }
    }

    #[test]
    fn text_has_it_line_by_line() {
        assert_eq!(
            footer().below_text("Hello.\n\n\n"),
            "Hello.\n\nBooks & <More>\nExample Street 1\n12345 Example City\nAbmelden: https://example.com/u?a=1&b=2\n"
        );
    }

    #[test]
    fn html_has_it_escaped_and_within_its_body() {
        let html = footer().below_html("<html><BODY><p>Hello.</p></BODY></html>");
        assert!(
            html.contains("Books &amp; &lt;More&gt;<br>Example Street 1<br>"),
            "{html}"
        );
        assert!(html.contains("href=\"https://example.com/u?a=1&amp;b=2\""), "{html}");
        assert!(html.ends_with("</div>\n</BODY></html>"), "{html}");
        assert!(footer().below_html("<p>x</p>").ends_with("</div>\n"));
    }
}
