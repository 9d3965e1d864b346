//! Which of a story's texts somebody reads.
//!
//! A story may have a text for each of several languages, and several texts of one language
//! that are tried out against each other: its *variants*. The language follows from the
//! reader, so it is found before a router is asked; which variant is told is drawn when the
//! story is chosen ([`decide::variant`](crate::decide::variant)).

use crate::Story;

impl Story {
    /// All of its texts, its own first.
    pub fn texts(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// All languages that it can be told in; none: any.
    #[must_use]
    pub fn spoken(&self) -> Vec<String> {
        if self.texts().any(|text| text.languages.is_empty()) {
            return Vec::new();
        }
        let mut spoken: Vec<String> = Vec::new();
        for language in self.texts().flat_map(|text| &text.languages) {
            if !spoken.contains(language) {
                spoken.push(language.clone());
            }
        }
        spoken
    }

    /// The texts that somebody who reads `language` could be told, one of each variant, in the
    /// order of the variants; none where the story is not for them. Whose language is not
    /// known reads the fallback's, or else the language of the story's own text.
    #[must_use]
    pub fn texts_for(&self, language: Option<&str>) -> Vec<&Self> {
        let wanted = language.into_iter().chain(self.language_fallback.as_deref());
        let found = wanted
            .map(|wanted| self.nearest(wanted))
            .find(|texts| !texts.is_empty());
        let mut texts = match (found, language) {
            (Some(texts), _) => texts,
            (None, None) => self.texts().filter(|text| text.languages == self.languages).collect(),
            (None, Some(_)) => Vec::new(),
        };
        texts.sort_by(|x, y| x.variant.cmp(&y.variant));
        texts.dedup_by(|x, y| x.variant == y.variant);
        texts
    }

    /// The language in which its own text is told to somebody who reads `language`.
    #[must_use]
    pub fn told_in(&self, language: Option<&str>) -> Option<&str> {
        let nearest = |wanted| self.languages.iter().max_by_key(|tag| closeness(tag, wanted));
        let read = nearest(language.unwrap_or_default()).filter(|tag| language.is_some_and(|l| closeness(tag, l) > 0));
        read.or_else(|| self.languages.first()).map(String::as_str)
    }

    /// The texts that are nearest to a language: in it, in a relative of it (`en` for `en-GB`),
    /// or in none that is said.
    fn nearest(&self, wanted: &str) -> Vec<&Self> {
        let rated: Vec<(u8, &Self)> = self
            .texts()
            .filter_map(|text| {
                let closest = text.languages.iter().map(|tag| closeness(tag, wanted)).max();
                Some((closest.map_or(Some(0), |c| (c > 0).then_some(c))?, text))
            })
            .collect();
        let best = rated.iter().map(|(closeness, _)| *closeness).max();
        let best_of = rated.into_iter().filter(|(closeness, _)| Some(*closeness) == best);
        best_of.map(|(_, text)| text).collect()
    }
}

/// How close two tags are: 2 the same, 1 the same language, 0 another.
fn closeness(tag: &str, wanted: &str) -> u8 {
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match (tag.eq_ignore_ascii_case(wanted), base(tag) == base(wanted)) {
        (true, _) => 2,
        (_, true) => 1,
        _ => 0,
    }
}
