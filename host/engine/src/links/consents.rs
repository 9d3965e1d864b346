//! What people allow and take back at their pages.

use std::collections::BTreeSet;

use hearken_links::{Confirm, NotALink, Preferences, Row, Seen, Unsubscribe, What, pages::row_value};
use hearken_model::{
    ActionId, Consent, ConsentKey, ConsentRule, ConsentStatus, Dated, Identity, Instant, OBSERVING, Prospect, StoryKind,
};
use serde_json::{Value, json};

use super::{LinkError, Wanted, Word, after, following, person::Person};
use crate::parts::Shared;

const ANY: &str = "*";

impl Shared {
    pub(super) async fn look_at_unsubscribe(&self, link: &Unsubscribe) -> Result<Seen, LinkError> {
        let person = self.person(&link.to).await?;
        let withdrawn = self.is_withdrawn(&person.prospect, &link.purpose, &link.channel);
        Ok(Seen {
            language: self.language_of(&person),
            what: What::Unsubscribe {
                to: link.to.clone(),
                purpose: link.purpose.clone(),
                channel: link.channel.clone(),
                withdrawn,
            },
        })
    }

    /// No more of a purpose by a channel: said by all addresses that the message went to,
    /// each of which may be a person of its own one day.
    pub(super) async fn unsubscribe(&self, link: &Unsubscribe, one_click: bool) -> Result<(), LinkError> {
        let sent = self.store.action(link.action).await?;
        let mut addresses = vec![link.to.clone()];
        addresses.extend(sent.into_iter().flat_map(|a| a.to).filter(|to| *to != link.to));
        let mut words = Vec::new();
        for to in addresses {
            let prospect = self.person(&to).await?.prospect;
            if self.is_withdrawn(&prospect, &link.purpose, &link.channel) {
                continue;
            }
            let before = self.last(&prospect, &link.purpose, &link.channel);
            let by = before.map_or("", |b| b.by.as_str());
            let about = format!("{to} {}/{}", link.purpose, link.channel);
            words.push(Word {
                id: following("unsubscribe", link.action, &about, by),
                kind: "message.unsubscribed",
                at: after(self.clock.now(), before.map(|b| b.at)),
                to,
                action: link.action,
                properties: json!({
                    "brand": self.wiring.brand,
                    "purpose": link.purpose,
                    "channel": link.channel,
                    "how": if one_click { "one-click" } else { "page" },
                }),
                live: true,
                vouched: true,
            });
        }
        self.report(words).await
    }

    pub(super) async fn look_at_preferences(&self, link: &Preferences) -> Result<Seen, LinkError> {
        let person = self.person(&link.to).await?;
        Ok(Seen {
            language: self.language_of(&person),
            what: What::Preferences {
                to: link.to.clone(),
                rows: self.rows(&person.prospect, &link.to),
                nothing: self.wants_nothing(&person.prospect),
            },
        })
    }

    pub(super) async fn prefer(&self, link: &Preferences, wanted: &Wanted) -> Result<(), LinkError> {
        let person = self.person(&link.to).await?;
        let words = match wanted {
            Wanted::Nothing => self.nothing(&person, link).into_iter().collect(),
            Wanted::These(wanted) => {
                let changed = self.rows(&person.prospect, &link.to).into_iter().filter_map(|row| {
                    let yes = *wanted.get(&row_value(&row))?;
                    (yes != row.allowed).then_some((row, yes))
                });
                changed
                    .map(|(row, yes)| self.changed(&person, link, &row, yes))
                    .collect()
            }
        };
        self.report(words).await
    }

    /// A row of the page that was changed.
    fn changed(&self, person: &Person, link: &Preferences, row: &Row, yes: bool) -> Word {
        let (purpose, channel) = (&row.purpose, &row.channel);
        let before = self.last(&person.prospect, purpose, channel);
        let said = if yes { "yes" } else { "no" };
        let about = format!("{} {purpose}/{channel} {said}", link.to);
        let now = self.clock.now();
        Word {
            id: following("preferences", link.action, &about, before.map_or("", |b| b.by.as_str())),
            kind: if yes { "consent.granted" } else { "consent.withdrawn" },
            at: after(now, before.map(|b| b.at)),
            to: link.to.clone(),
            action: link.action,
            properties: self.consent(purpose, channel, &at_the_page("preferences", link.action, now)),
            live: true,
            vouched: true,
        }
    }

    /// Nothing at all any more: where that is not so already.
    fn nothing(&self, person: &Person, link: &Preferences) -> Option<Word> {
        if self.wants_nothing(&person.prospect) {
            return None;
        }
        let before = self.ours(&person.prospect).map(|(_, consent)| consent).max_by(later);
        let now = self.clock.now();
        let about = format!("{} nothing", link.to);
        Some(Word {
            id: following("preferences", link.action, &about, before.map_or("", |b| b.by.as_str())),
            kind: "consent.withdrawn",
            at: after(now, before.map(|b| b.at)),
            to: link.to.clone(),
            action: link.action,
            properties: self.consent(ANY, ANY, &at_the_page("preferences", link.action, now)),
            live: true,
            vouched: true,
        })
    }

    pub(super) async fn look_at_confirm(&self, link: &Confirm) -> Result<Seen, LinkError> {
        let person = self.person(&link.to).await?;
        let granted = match self.status(&person.prospect, &link.purpose, &link.channel) {
            Some(ConsentStatus::Granted) => true,
            Some(ConsentStatus::Pending) => false,
            // Taken back since, or forgotten: what was asked then is not asked any more.
            Some(ConsentStatus::Withdrawn) | None => return Err(NotALink::Expired.into()),
        };
        Ok(Seen {
            language: self.language_of(&person),
            what: What::Confirm {
                to: link.to.clone(),
                purpose: link.purpose.clone(),
                channel: link.channel.clone(),
                granted,
            },
        })
    }

    /// Confirms what is pending, and nothing else: a link that was used and whose consent was
    /// taken back since does not bring it back.
    pub(super) async fn confirm(&self, link: &Confirm) -> Result<(), LinkError> {
        let prospect = self.person(&link.to).await?.prospect;
        let Some(pending) = self
            .last(&prospect, &link.purpose, &link.channel)
            .filter(|c| c.value.status == ConsentStatus::Pending)
        else {
            return Ok(());
        };
        let now = self.clock.now();
        let about = format!("{} {}/{}", link.to, link.purpose, link.channel);
        let mut proof = at_the_page("confirmation", link.action, now);
        if !pending.value.proof.is_empty() {
            proof = format!("{}; {proof}", pending.value.proof);
        }
        self.report(vec![Word {
            id: following("confirm", link.action, &about, &pending.by),
            kind: "consent.granted",
            at: after(now, Some(pending.at)),
            to: link.to.clone(),
            action: link.action,
            properties: self.consent(&link.purpose, &link.channel, &proof),
            live: true,
            vouched: true,
        }])
        .await
    }

    fn consent(&self, purpose: &str, channel: &str, proof: &str) -> Value {
        json!({
            "brand": self.wiring.brand,
            "purpose": purpose,
            "channel": channel,
            "basis": "consent",
            "proof": proof,
        })
    }

    /// All that was said to this brand.
    fn ours<'p>(&self, prospect: &'p Prospect) -> impl Iterator<Item = (&'p ConsentKey, &'p Dated<Consent>)> {
        let brand = self.wiring.brand.clone();
        let all = prospect.part.profiles.values().flat_map(|p| &p.consents);
        all.filter(move |(key, _)| key.brand == ANY || key.brand == brand)
    }

    /// The last word that covers a purpose by a channel, as the gates read it.
    fn last<'p>(&self, prospect: &'p Prospect, purpose: &str, channel: &str) -> Option<&'p Dated<Consent>> {
        self.ours(prospect)
            .filter(|(key, _)| key.purpose == ANY || key.purpose == purpose)
            .filter(|(key, _)| key.channel == ANY || key.channel == channel)
            .map(|(_, consent)| consent)
            .max_by(later)
    }

    fn status(&self, prospect: &Prospect, purpose: &str, channel: &str) -> Option<ConsentStatus> {
        self.last(prospect, purpose, channel).map(|c| c.value.status)
    }

    fn is_withdrawn(&self, prospect: &Prospect, purpose: &str, channel: &str) -> bool {
        self.status(prospect, purpose, channel) == Some(ConsentStatus::Withdrawn)
    }

    /// Whether the last word on everything is no, and nothing was allowed since.
    fn wants_nothing(&self, prospect: &Prospect) -> bool {
        let no = self.last(prospect, ANY, ANY);
        let no = no.filter(|c| c.value.status == ConsentStatus::Withdrawn);
        no.is_some_and(|no| {
            let mut all = self.ours(prospect);
            all.all(|(_, c)| c.value.status != ConsentStatus::Granted || c.at <= no.at)
        })
    }

    /// What can be chosen: what our stories are for and what was ever said, by the channels
    /// that reach this person.
    fn rows(&self, prospect: &Prospect, to: &Identity) -> Vec<Row> {
        let mut purposes: BTreeSet<String> = BTreeSet::from([StoryKind::Marketing.word().to_owned()]);
        let kinds = self.wiring.stories.iter().map(|s| s.kind);
        purposes.extend(kinds.filter(|k| *k != StoryKind::Service).map(|k| k.word().to_owned()));
        let said = self.ours(prospect).map(|(key, _)| key.purpose.as_str());
        purposes.extend(
            said.filter(|p| !matches!(*p, ANY | "service" | OBSERVING))
                .map(str::to_owned),
        );
        let schemes: BTreeSet<&str> = prospect
            .part
            .profiles
            .values()
            .map(|p| p.identity.scheme.as_str())
            .chain([to.scheme.as_str()])
            .collect();
        let channels = || {
            let all = self.wiring.channels.values();
            all.filter(|c| schemes.contains(c.address.as_str()))
        };
        purposes
            .into_iter()
            .flat_map(|purpose| channels().map(move |c| (purpose.clone(), c.name.clone())))
            .map(|(purpose, channel)| {
                let allowed = match self.status(prospect, &purpose, &channel) {
                    Some(status) => status == ConsentStatus::Granted,
                    None => self.wiring.policy.consent_rule(&purpose) == ConsentRule::OptOut,
                };
                Row {
                    purpose,
                    channel,
                    allowed,
                }
            })
            .collect()
    }
}

/// The later word; the withdrawal among equals.
fn later(x: &&Dated<Consent>, y: &&Dated<Consent>) -> std::cmp::Ordering {
    let rank = |c: &Dated<Consent>| (c.at, c.value.status == ConsentStatus::Withdrawn);
    rank(x).cmp(&rank(y)).then_with(|| x.by.cmp(&y.by))
}

fn at_the_page(page: &str, action: ActionId, now: Instant) -> String {
    format!("{page} page of the link in action {action}, {now}")
}
