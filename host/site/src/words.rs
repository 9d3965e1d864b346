//! What stands around a story on a page, by language. A language is one value of [`Words`]:
//! what is missing does not compile.

use serde::Serialize;

/// What stands around a story on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// What a screen reader calls the whole, before the brand's name.
    pub from: &'static str,
    /// The button that closes it.
    pub close: &'static str,
    /// The button that takes up an invitation.
    pub talk: &'static str,
    /// Above the field in which somebody says where they can be reached.
    pub reach: &'static str,
    /// When they have said something.
    pub thanks: &'static str,
    /// When it could not be sent.
    pub failed: &'static str,
}

impl Words {
    /// Of a tag of BCP 47; English where no other is known.
    #[must_use]
    pub fn of(tag: &str) -> &'static Self {
        let base = tag.split(['-', '_']).next().unwrap_or_default();
        if base.eq_ignore_ascii_case("de") {
            &GERMAN
        } else {
            &ENGLISH
        }
    }
}

const ENGLISH: Words = Words {
    from: "A word from",
    close: "Close",
    talk: "Talk to us",
    reach: "Where do we reach you? E-mail or phone",
    thanks: "Thank you. It has arrived.",
    failed: "That did not work. Please try again.",
};

const GERMAN: Words = Words {
    from: "Ein Wort von",
    close: "Schließen",
    talk: "Sprechen Sie mit uns",
    reach: "Wo erreichen wir Sie? E-Mail oder Telefon",
    thanks: "Danke. Es ist angekommen.",
    failed: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
};

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn a_region_changes_nothing_and_what_is_not_spoken_is_english() {
        assert_eq!(Words::of("de-AT").close, "Schließen");
        assert_eq!(Words::of("DE").close, "Schließen");
        for tag in ["", "en-GB", "fr", "den"] {
            assert_eq!(Words::of(tag).close, "Close", "{tag}");
        }
    }
}
