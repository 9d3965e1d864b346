//! What one connector may be shown: made once, when it is wired.

use sha2::{Digest, Sha256};

use crate::{
    catalogue,
    names::{is_direct_identifier, is_identifier_within},
    patterns::{Patterns, Said},
};

/// What a manifest asks for, as its `reads` says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// Names of traits; `*` for all.
    pub traits: &'a [String],
    /// Schemes of signals' identities.
    pub identities: &'a [String],
    /// Query parameters of URLs.
    pub query: &'a [String],
    /// Signals' properties that are not in the catalogue.
    pub properties: &'a [String],
}

/// What the operator grants of it. `None` is what was not written: the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// Names of traits.
    pub traits: Option<Vec<String>>,
    /// Schemes of signals' identities.
    pub identities: Option<Vec<String>>,
    /// Query parameters of URLs.
    pub query: Option<Vec<String>>,
    /// Signals' properties, those of the catalogue included.
    pub properties: Option<Vec<String>>,
}

/// One of the four lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A prospect's traits.
    Traits,
    /// Signals' identities.
    Identities,
    /// Parameters of URLs.
    Query,
    /// Signals' properties.
    Properties,
}

impl Part {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Traits, Self::Identities, Self::Query, Self::Properties];

    /// Its key in TOML and its name in a manifest.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Traits => "traits",
            Self::Identities => "identities",
            Self::Query => "query",
            Self::Properties => "properties",
        }
    }

    /// What the manifest lists.
    #[must_use]
    pub fn asked<'a>(self, asked: &Asked<'a>) -> &'a [String] {
        match self {
            Self::Traits => asked.traits,
            Self::Identities => asked.identities,
            Self::Query => asked.query,
            Self::Properties => asked.properties,
        }
    }

    /// What the operator lists; none where nothing is written.
    #[must_use]
    pub fn granted(self, granted: &Granted) -> Option<&[String]> {
        let list = match self {
            Self::Traits => &granted.traits,
            Self::Identities => &granted.identities,
            Self::Query => &granted.query,
            Self::Properties => &granted.properties,
        };
        list.as_deref()
    }

    fn identifies(self, name: &str) -> bool {
        // Every scheme of identities is one: a star there is meant.
        self != Self::Identities && is_direct_identifier(name)
    }
}

/// Whether the catalogue says what a property is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Described {
    Yes,
    No,
}

/// Whether and how a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Showing {
    /// As it is: an identifier that was granted by its name.
    AsItIs,
    /// With identifiers in its value masked.
    Masked,
    /// Not at all.
    Hidden,
}

/// What is asked for and what is granted of one sort of thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    asked: Patterns,
    granted: Patterns,
}

impl Filter {
    /// Of a name within an object called `parent`, or within none.
    pub(crate) fn showing(&self, parent: &str, name: &str) -> Showing {
        if !self.asked.has(name) {
            return Showing::Hidden;
        }
        match (self.granted.says(name), is_identifier_within(parent, name)) {
            (Said::Named, true) => Showing::AsItIs,
            (Said::Named | Said::Covered, false) => Showing::Masked,
            (Said::Covered, true) | (Said::Not, _) => Showing::Hidden,
        }
    }

    /// Of a name within something that is asked for as a whole.
    pub(crate) fn granted_within(&self, parent: &str, name: &str) -> Showing {
        if is_identifier_within(parent, name) {
            self.showing(parent, name)
        } else {
            Showing::Masked
        }
    }

    /// Whether the manifest lists exactly this name.
    pub(crate) fn asks_by_name(&self, name: &str) -> bool {
        self.asked.says(name) == Said::Named
    }

    fn has(&self, name: &str) -> bool {
        self.asked.has(name) && self.granted.has(name)
    }
}

/// What one scorer, router or sink is shown.
#[derive(Clone, Debug)]
pub struct Share {
    pub(crate) traits: Filter,
    identities: Filter,
    query: Filter,
    pub(crate) properties: Filter,
    /// Whether a list of properties is granted; else they are the catalogue's.
    properties_written: bool,
    /// Whether identifiers are masked at all: a sink is given what it has to deliver.
    thinks: bool,
    /// Tells what was written from everything else that can be; empty where nothing was.
    edition: String,
}

impl Share {
    /// For a scorer or router: no direct identifiers but those that are granted by name.
    #[must_use]
    pub fn with_thinker(asked: &Asked<'_>, granted: &Granted) -> Self {
        let star = ["*".to_owned()];
        let filter = |part: Part, default: &[String]| Filter {
            asked: Patterns::of(part.asked(asked)),
            granted: Patterns::of(part.granted(granted).unwrap_or(default)),
        };
        Self {
            traits: filter(Part::Traits, &star),
            identities: filter(Part::Identities, &[]),
            query: filter(Part::Query, &[]),
            properties: filter(Part::Properties, &[]),
            properties_written: granted.properties.is_some(),
            thinks: true,
            edition: edition(granted),
        }
    }

    /// For a sink: what it asks for, less what its operator leaves out.
    #[must_use]
    pub fn with_sink(asked: &Asked<'_>, granted: &Granted) -> Self {
        let star = ["*".to_owned()];
        let all = Asked {
            identities: &star,
            ..*asked
        };
        let filter = |part: Part| Filter {
            asked: Patterns::of(part.asked(&all)),
            granted: Patterns::of(part.granted(granted).unwrap_or(&star)),
        };
        Self {
            traits: filter(Part::Traits),
            identities: filter(Part::Identities),
            query: filter(Part::Query),
            properties: filter(Part::Properties),
            properties_written: granted.properties.is_some(),
            thinks: false,
            edition: edition(granted),
        }
    }

    /// Those of a manifest's names that are not shown, as they would have to be granted.
    #[must_use]
    pub fn withheld(&self, part: Part, asked: &Asked<'_>) -> Vec<String> {
        let granted = &self.filter(part).granted;
        let lacks = |name: &&String| match granted.says(name) {
            Said::Named => false,
            // What a star of the manifest stands for is not known here.
            Said::Covered => self.thinks && !name.ends_with('*') && part.identifies(name),
            Said::Not => true,
        };
        part.asked(asked).iter().filter(lacks).cloned().collect()
    }

    /// Whether granting a name has an effect on a plugin that asks for so much.
    #[must_use]
    pub fn asks_for(&self, part: Part, name: &str) -> bool {
        let known =
            part == Part::Properties && catalogue::has_property(name.trim_end_matches('*'), name.ends_with('*'));
        known || self.filter(part).asked.overlaps(name)
    }

    /// Whether identities of a scheme are shown.
    #[must_use]
    pub fn shows(&self, scheme: &str) -> bool {
        self.identities.has(scheme)
    }

    /// What the version of a plugin is called whose memory was made under this grant: what was
    /// learned under a wider one is not given back under a narrower one.
    #[must_use]
    pub fn edition_of(&self, version: &str) -> String {
        if self.edition.is_empty() {
            version.to_owned()
        } else {
            format!("{version} {}", self.edition)
        }
    }

    /// Whether identifiers in values are masked.
    pub(crate) fn masks(&self) -> bool {
        self.thinks
    }

    /// Whether any parameter of a URL's query could be kept.
    pub(crate) fn keeps_any(&self) -> bool {
        !self.query.asked.is_empty() && !self.query.granted.is_empty()
    }

    /// Whether a parameter of a URL's query is kept. What it holds is masked as anywhere else.
    pub(crate) fn keeps(&self, parameter: &str) -> bool {
        self.query.showing("", parameter) != Showing::Hidden
    }

    /// A trait.
    pub(crate) fn a_trait(&self, name: &str) -> Showing {
        match (self.thinks, self.traits.has(name)) {
            (true, _) => self.traits.showing("", name),
            (false, true) => Showing::AsItIs,
            (false, false) => Showing::Hidden,
        }
    }

    /// A property of a signal.
    pub(crate) fn property(&self, described: Described, name: &str) -> Showing {
        match (described == Described::Yes, self.properties_written) {
            // What the catalogue has is asked for by every plugin, and called after nobody.
            (true, false) => Showing::Masked,
            (true, true) if self.properties.granted.has(name) => Showing::Masked,
            (true, true) => Showing::Hidden,
            (false, _) => self.properties.showing("", name),
        }
    }

    fn filter(&self, part: Part) -> &Filter {
        match part {
            Part::Traits => &self.traits,
            Part::Identities => &self.identities,
            Part::Query => &self.query,
            Part::Properties => &self.properties,
        }
    }
}

/// A few digits that tell a grant from others; none for the one that nobody wrote.
fn edition(granted: &Granted) -> String {
    if *granted == Granted::default() {
        return String::new();
    }
    let mut hash = Sha256::new();
    for part in Part::ALL {
        // A length before each list and each name, so that no two grants are one text.
        let list = part.granted(granted);
        hash.update(list.map_or(u64::MAX, |l| l.len() as u64).to_be_bytes());
        for name in list.unwrap_or_default() {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name);
        }
    }
    let digits = hash
        .finalize()
        .iter()
        .take(6)
        .map(|b| format!("{b:02x}"))
        .collect::<String>();
    format!("share-{digits}")
}

#[cfg(test)]
#[path = "share_tests.rs"]
mod tests;
