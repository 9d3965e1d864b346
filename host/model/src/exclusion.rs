//! To whom nothing is said for its own sake: colleagues, competitors, people who look for a
//! job. It comes before everything that speaks for a story.

use serde::{Deserialize, Serialize};

use crate::{BeliefKind, FitTest, View, trigger};

/// A reason to say nothing to somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exclusion {
    /// For people: `employees`.
    pub name: String,
    /// To whom it applies.
    pub test: ExclusionTest,
}

/// To whom an exclusion applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExclusionTest {
    /// An address or an employer of one of these domains, or below one; in lower case.
    Domains(Vec<String>),
    /// A trait, and what it must be.
    Trait(String, FitTest),
    /// This topic interests most, and stands out.
    Interest(String),
}

impl ExclusionTest {
    fn applies(&self, view: &View) -> bool {
        match self {
            Self::Domains(domains) => {
                let addresses = view.identities.iter().filter(|(i, _)| i.scheme == "email");
                let of_addresses = addresses
                    .filter_map(|(i, _)| i.value.rsplit_once('@'))
                    .map(|(_, domain)| domain);
                let mut all = of_addresses.chain(view.account.as_deref());
                all.any(|domain| domains.iter().any(|known| is_below(domain, known)))
            }
            Self::Trait(name, test) => test.matches(view.traits.get(name)),
            Self::Interest(topic) => view
                .top(BeliefKind::Interest)
                .is_some_and(|belief| belief.name == *topic && belief.weight_at(view.now) >= trigger::LINE),
        }
    }
}

fn is_below(domain: &str, known: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    domain
        .strip_suffix(known)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The first exclusion that applies to somebody, with why in a few words.
#[must_use]
pub(crate) fn excluded(all: &[Exclusion], view: &View) -> Option<String> {
    let first = all.iter().find(|exclusion| exclusion.test.applies(view))?;
    Some(format!("is excluded as one of '{}'", first.name))
}

#[cfg(test)]
mod tests {
    use super::is_below;

    #[test]
    fn a_domain_covers_what_is_below_it_and_nothing_else() {
        for domain in ["example.com", "Example.COM", "mail.example.com"] {
            assert!(is_below(domain, "example.com"), "{domain}");
        }
        for domain in ["badexample.com", "example.com.evil.example", "example.org", ""] {
            assert!(!is_below(domain, "example.com"), "{domain}");
        }
    }
}
