//! Lists of names as they stand in manifests and grants.

/// Names, of which a trailing `*` stands for any rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Patterns {
    named: Vec<String>,
    begins: Vec<String>,
}

/// What a list says about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It stands there as it is.
    Named,
    /// It falls under a star.
    Covered,
    /// Nothing.
    Not,
}

impl Patterns {
    pub(crate) fn of(written: &[String]) -> Self {
        let mut patterns = Self::default();
        for name in written {
            match name.strip_suffix('*') {
                Some(begins) => patterns.begins.push(begins.to_owned()),
                None => patterns.named.push(name.clone()),
            }
        }
        patterns
    }

    pub(crate) fn says(&self, name: &str) -> Said {
        if self.named.iter().any(|n| n == name) {
            Said::Named
        } else if self.begins.iter().any(|b| name.starts_with(b.as_str())) {
            Said::Covered
        } else {
            Said::Not
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.named.is_empty() && self.begins.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.says(name) != Said::Not
    }

    /// Whether some name falls under both this list and `pattern`.
    pub(crate) fn overlaps(&self, pattern: &str) -> bool {
        let Some(begins) = pattern.strip_suffix('*') else {
            return self.has(pattern);
        };
        let same = |mine: &String| mine.starts_with(begins) || begins.starts_with(mine.as_str());
        self.named.iter().any(|name| name.starts_with(begins)) || self.begins.iter().any(same)
    }
}
