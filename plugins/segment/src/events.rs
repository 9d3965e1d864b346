//! What an event's name means.
//!
//! Everybody names events in their own way, so the table below has the names of Segment's
//! own specifications and what else is usual; operators add theirs. A name that nobody
//! knows is use of the product: nothing is lost by it, it only tells less.

use std::collections::BTreeMap;

use hearken_sdk::kinds::Ask;

use crate::config::{Config, EventRule};

/// What an event is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Meaning<'a> {
    /// A page was shown.
    PageViewed,
    /// A page was left.
    PageLeft,
    /// Somebody searched.
    Search,
    /// The first field of a form was filled in.
    FormStarted,
    /// A form was sent; what it asks, where the name says so.
    FormSubmitted(Option<Ask>),
    /// A form was left.
    FormAbandoned,
    /// A file was fetched.
    FileDownloaded,
    /// Something was allowed.
    ConsentGranted,
    /// Something that was allowed was taken back.
    ConsentWithdrawn,
    /// Something was done with the product.
    ProductUsed,
    /// What the operator says.
    Ruled(&'a EventRule),
}

/// The operator's names, ready to be looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    rules: BTreeMap<String, EventRule>,
}

impl Events {
    /// From the configuration.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            rules: config
                .events
                .iter()
                .map(|(name, rule)| (normal(name), rule.clone()))
                .collect(),
        }
    }

    /// The operator's word goes before the table.
    pub(crate) fn meaning(&self, name: &str) -> Meaning<'_> {
        let name = normal(name);
        self.rules.get(&name).map_or_else(|| usual(&name), Meaning::Ruled)
    }
}

fn usual(name: &str) -> Meaning<'static> {
    match name {
        "page viewed" | "page view" | "pageview" | "viewed page" => Meaning::PageViewed,
        "page left" | "page leave" | "pageleave" | "left page" | "page exited" | "page exit" | "time on page" => {
            Meaning::PageLeft
        }
        "products searched" | "product searched" | "site searched" | "site search" | "viewed search results" => {
            Meaning::Search
        }
        _ if name == "searched" || name == "search" || name.starts_with("search ") => Meaning::Search,
        "form started" | "form start" | "started form" | "form begun" => Meaning::FormStarted,
        "form submitted" | "form submit" | "form completed" | "submitted form" | "lead form submitted" => {
            Meaning::FormSubmitted(None)
        }
        "demo requested" | "requested demo" | "request demo" | "demo form submitted" => {
            Meaning::FormSubmitted(Some(Ask::Demo))
        }
        "contact requested" | "contact form submitted" | "contact us submitted" | "callback requested" => {
            Meaning::FormSubmitted(Some(Ask::Contact))
        }
        "quote requested" | "requested quote" | "offer requested" | "pricing requested" => {
            Meaning::FormSubmitted(Some(Ask::Quote))
        }
        "form abandoned" | "form abandon" | "form abandonment" | "abandoned form" | "form left" | "form exited" => {
            Meaning::FormAbandoned
        }
        "file downloaded" | "file download" | "document downloaded" | "whitepaper downloaded" | "asset downloaded" => {
            Meaning::FileDownloaded
        }
        "consent granted" | "consent given" => Meaning::ConsentGranted,
        "consent withdrawn" | "consent revoked" => Meaning::ConsentWithdrawn,
        _ => Meaning::ProductUsed,
    }
}

/// A name in lower case with one space between its words, however they were joined:
/// `Form Submitted`, `form_submitted`, `formSubmitted` and `$form-submitted` are one.
pub(crate) fn normal(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        if (begins || !c.is_alphanumeric()) && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        if c.is_alphanumeric() {
            words.extend(c.to_lowercase());
        }
        before = c;
    }
    words.truncate(words.trim_end().len());
    words
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::{self, json};

    use super::*;

    #[test]
    fn a_name_is_the_same_however_its_words_are_joined() {
        for name in [
            "Form Submitted",
            "form_submitted",
            "formSubmitted",
            "FormSubmitted",
            "$form-submitted ",
            "FORM SUBMITTED",
        ] {
            assert_eq!(normal(name), "form submitted", "{name}");
        }
        assert_eq!(normal("Größe geändert"), "größe geändert");
        assert_eq!(normal("--"), "");
    }

    #[test]
    fn usual_names_have_their_meaning_and_others_are_use_of_the_product() {
        let events = Events::default();
        for (name, meaning) in [
            ("Products Searched", Meaning::Search),
            ("Search Performed", Meaning::Search),
            ("Researched", Meaning::ProductUsed),
            ("Form Submitted", Meaning::FormSubmitted(None)),
            ("form_start", Meaning::FormStarted),
            ("Abandoned Form", Meaning::FormAbandoned),
            ("demo_requested", Meaning::FormSubmitted(Some(Ask::Demo))),
            ("$pageleave", Meaning::PageLeft),
            ("Page Left", Meaning::PageLeft),
            ("Consent Withdrawn", Meaning::ConsentWithdrawn),
            ("Experiment Viewed", Meaning::ProductUsed),
            ("Signed Up", Meaning::ProductUsed),
        ] {
            assert_eq!(events.meaning(name), meaning, "{name}");
        }
    }

    #[test]
    fn the_operators_word_goes_before_the_table() {
        let config = json!({"events": {"form submitted": {"kind": "product.used"}}});
        let config: Config = json::from_str("the configuration", &config.to_string()).unwrap();
        let events = Events::new(&config);
        assert!(matches!(events.meaning("FormSubmitted"), Meaning::Ruled(rule) if rule.kind == "product.used"));
    }
}
