//! Accounts: the company that somebody belongs to, and what its other people have to do with
//! what is said to them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Belief, BeliefKind, Identity, Instant, Owner, Prospect,
    decide::ToldBefore,
    view::{latest, text_of},
};

/// The surest that an account's belief may be: colleagues differ.
const SUREST: f64 = 0.99;
/// How many pieces of evidence an account's belief keeps.
const EVIDENCE: usize = 32;

/// The company that somebody belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Company {
    /// By whatever it is known: its name, its domain, a system's id of it.
    pub account: Option<String>,
    /// As people call it; a domain or an id is no name.
    pub name: Option<String>,
}

impl Company {
    /// What more people than these call their company is none that buys as one:
    /// "self-employed". They are taken for nobody's colleagues.
    pub const LARGEST: usize = 1_000;

    /// The traits that name it, the first that is there counts.
    pub(crate) const TRAITS: [&str; 3] = ["company", "companyName", "company_name"];

    /// Of somebody's latest signals; where none names a company, their traits do. Who was in
    /// two is in the one that was named last.
    #[must_use]
    pub fn of(prospect: &Prospect) -> Self {
        let described = Self::TRAITS.iter().find_map(|name| {
            let profiles = prospect.part.profiles.values();
            let said = profiles.filter_map(|p| p.traits.get(*name));
            let last = said.reduce(|old, new| if new.outranks(old) { new } else { old })?;
            text_of(&last.value)
        });
        Self::found(prospect, described)
    }

    /// The same where it is known already what their traits say.
    pub(crate) fn found(prospect: &Prospect, described: Option<String>) -> Self {
        let profiles = prospect.part.profiles.values();
        let identified: Option<&Identity> = latest(profiles.filter_map(|p| p.company.as_ref())).map(|c| &c.value);
        let named = identified.filter(|c| c.scheme == "name").map(|c| c.value.clone());
        Self {
            account: identified.map(|c| c.value.clone()).or_else(|| described.clone()),
            name: described.or(named),
        }
    }

    /// The account's name as it is compared: in lower case, with single spaces. Empty where
    /// none is known.
    #[must_use]
    pub fn key(&self) -> String {
        let words = self.account.as_deref().unwrap_or_default().to_lowercase();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What the other people of somebody's account have to do with what is said to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Colleagues {
    /// The account.
    pub account: String,
    /// What they were told, or are about to be, within the longest window that matters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<ToldBefore>,
    /// Since when a deal with one of them is open, as far as is known; none where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deal: Option<Instant>,
    /// Whose customers most of its people are; none where they are nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// What is believed of the account, of all its people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beliefs: Vec<Belief>,
}

/// What is believed of an account, of what is believed of its people: of each topic, and of
/// how engaged they are and how well they fit. What somebody's role is, how fast they are,
/// and whether they leave is theirs alone.
///
/// Value: the mean of theirs, by confidence; confidence: that not all of them err,
/// `1 - Π (1 - confidence)`, at most 0.99.
#[must_use]
pub fn rolled_up(people: &[Vec<Belief>], now: Instant) -> Vec<Belief> {
    let mut by_name: BTreeMap<(BeliefKind, &str), Vec<&Belief>> = BTreeMap::new();
    for belief in people.iter().flatten() {
        if matches!(
            belief.kind,
            BeliefKind::Interest | BeliefKind::Engagement | BeliefKind::Fit
        ) {
            by_name.entry((belief.kind, &belief.name)).or_default().push(belief);
        }
    }
    let mut all: Vec<Belief> = by_name
        .into_values()
        .filter_map(|said| together(&said, people.len(), now))
        .collect();
    all.sort_by(|x, y| {
        y.weight_at(now)
            .total_cmp(&x.weight_at(now))
            .then_with(|| (x.kind, &x.name).cmp(&(y.kind, &y.name)))
    });
    all
}

fn together(said: &[&Belief], of: usize, now: Instant) -> Option<Belief> {
    let sure: f64 = said.iter().map(|b| b.confidence_at(now)).sum();
    let doubt: f64 = said.iter().map(|b| 1.0 - b.confidence_at(now)).product();
    let loudest = said
        .iter()
        .max_by(|x, y| x.weight_at(now).total_cmp(&y.weight_at(now)))?;
    (sure > 1e-6).then(|| Belief {
        value: said.iter().map(|b| b.weight_at(now)).sum::<f64>() / sure,
        confidence: (1.0 - doubt).min(SUREST),
        at: now,
        half_life_ms: None,
        evidence: said
            .iter()
            .flat_map(|b| b.evidence.iter().cloned())
            .take(EVIDENCE)
            .collect(),
        reason: format!("{} of {of} people of the account; {}", said.len(), loudest.reason),
        kind: loudest.kind,
        name: loudest.name.clone(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interest(name: &str, value: f64, confidence: f64) -> Belief {
        Belief {
            kind: BeliefKind::Interest,
            name: name.into(),
            value,
            confidence,
            at: Instant(1_000),
            evidence: Vec::new(),
            half_life_ms: None,
            reason: "looked at it".into(),
        }
    }

    fn named(name: &str) -> Company {
        Company {
            account: Some(name.into()),
            name: None,
        }
    }

    #[test]
    fn an_account_is_one_however_it_is_written() {
        assert_eq!(named(" Example  Books ").key(), named("example books").key());
        assert_ne!(named("example books").key(), named("example book").key());
        assert_eq!(Company::default().key(), "");
    }

    #[test]
    fn what_several_care_about_is_surer_than_what_one_does() {
        let people = [
            vec![interest("roi", 0.8, 0.5)],
            vec![interest("roi", 0.6, 0.5), interest("risk", 0.9, 0.5)],
        ];
        let all = rolled_up(&people, Instant(1_000));
        assert_eq!(all.iter().map(|b| b.name.as_str()).collect::<Vec<_>>(), ["roi", "risk"]);
        assert!(
            (all[0].value - 0.7).abs() < 1e-9 && (all[0].confidence - 0.75).abs() < 1e-9,
            "{:?}",
            all[0]
        );
        assert!(all[0].reason.starts_with("2 of 2 people"), "{}", all[0].reason);
    }

    proptest! {
        #[test]
        fn an_accounts_belief_is_within_what_its_people_believe(
            said in prop::collection::vec((0.0..=1.0_f64, 0.01..=1.0_f64), 1..20),
        ) {
            let people: Vec<_> = said.iter().map(|(v, c)| vec![interest("roi", *v, *c)]).collect();
            let all = rolled_up(&people, Instant(1_000));
            let (low, high) = said.iter().fold((1.0_f64, 0.0_f64), |(l, h), (v, _)| (l.min(*v), h.max(*v)));
            prop_assert!(all[0].value >= low - 1e-9 && all[0].value <= high + 1e-9);
            let surest = said.iter().map(|(_, c)| *c).fold(0.0, f64::max);
            prop_assert!(all[0].confidence >= surest.min(0.99) - 1e-9 && all[0].confidence <= 0.99);
        }
    }
}
