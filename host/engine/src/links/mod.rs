//! What happens at a link that stands in a message: a page is looked at, and what a person
//! says there becomes a signal of the host's own.
//!
//! Looking changes nothing. What is said is in the log before its caller is told so, like
//! any signal, and from that commit on no attempt begins that does not know of it. What is
//! said again changes nothing: before something is reported the last word on the matter is
//! looked up *in the log*, not in what was applied of it, and the new signal's id names the
//! one that it follows. So a request that is repeated, or sent twice at once, is one signal,
//! and whoever says no, then yes, then no again is heard three times.

mod consents;
mod hand_over;
mod outgoing;
mod person;
mod question;
mod tracked;

use std::{collections::BTreeMap, time::Duration};

use hearken_links::{Link, NotALink, Preferences, Purpose, Seen};
use hearken_model::{ActionId, AnswersTo, HOST_CONNECTOR, Identity, Instant, Signal, SignalId};
use hearken_store::{Arriving, Intake, StoreError};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use hand_over::SalesAnswer;
pub use tracked::{Agent, Visitor};

use crate::{Engine, parts::Shared};

/// Why a link leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It is none, or none any more.
    #[error(transparent)]
    NotALink(#[from] NotALink),
    /// The store has failed: what was said is not kept.
    #[error("what a link needs cannot be looked up or kept now: {0}")]
    Store(#[from] StoreError),
    /// The host would have said what its own catalogue does not allow.
    #[error("what a link said does not fit the catalogue: {0}")]
    Catalogue(String),
}

/// What a person says at a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// No more of these messages.
    Unsubscribe {
        /// Whether the mail program said it for them (RFC 8058).
        one_click: bool,
    },
    /// What they want to hear from now on.
    Wants(Wanted),
    /// Yes, it was me.
    Confirm,
    /// The option, from 0.
    Answer(usize),
    /// What becomes of a hand-over.
    HandOver(SalesAnswer),
}

/// What somebody wants to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing at all, by no channel.
    Nothing,
    /// Yes or no, by [`row_value`](hearken_links::pages::row_value); what is not named stays
    /// as it is.
    These(BTreeMap<String, bool>),
}

impl Engine {
    /// The link of a token.
    ///
    /// # Errors
    /// Where it is none, or none any more.
    pub fn link(&self, purpose: Purpose, token: &str) -> Result<Link, LinkError> {
        let shared = self.current.now();
        let links = shared.links.as_ref().ok_or(NotALink::Invalid)?;
        Ok(links.read(purpose, token, shared.clock.now())?)
    }

    /// The token of the page with all that somebody wants to hear, for a page to link to.
    #[must_use]
    pub fn preferences_token(&self, action: ActionId, to: &Identity) -> Option<String> {
        let link = Link::Preferences(Preferences { action, to: to.clone() });
        Some(self.current.now().links.as_ref()?.token(&link))
    }

    /// What a link is about, as it stands now. Changes nothing.
    ///
    /// # Errors
    /// Where nothing is known of what it is about any more, or the store fails.
    pub async fn look(&self, link: &Link) -> Result<Seen, LinkError> {
        self.current.now().look(link).await
    }

    /// Takes what a person says at a link's page, and returns once that is stored: how it
    /// stands then.
    ///
    /// # Errors
    /// Where the link does not take what is said, or the store fails. Then nothing changed.
    pub async fn said(&self, link: &Link, said: Said) -> Result<Seen, LinkError> {
        let shared = self.current.now();
        match (link, said) {
            (Link::Unsubscribe(l), Said::Unsubscribe { one_click }) => shared.unsubscribe(l, one_click).await?,
            (Link::Preferences(l), Said::Wants(wanted)) => shared.prefer(l, &wanted).await?,
            (Link::Confirm(l), Said::Confirm) => shared.confirm(l).await?,
            (Link::Answer(l), Said::Answer(option)) => shared.answer(l, option).await?,
            (Link::HandOver(l), Said::HandOver(answer)) => shared.answer_hand_over(l, &answer).await?,
            _ => return Err(NotALink::Invalid.into()),
        }
        shared.look(link).await
    }
}

/// What is reported of one address.
pub(crate) struct Word {
    /// Unique among the host's own signals.
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) at: Instant,
    pub(crate) to: Identity,
    pub(crate) action: ActionId,
    pub(crate) properties: Value,
    /// Whether it may start something.
    pub(crate) live: bool,
    /// Whether it shows that the message reached whom it was sent to.
    pub(crate) vouched: bool,
}

impl Shared {
    async fn look(&self, link: &Link) -> Result<Seen, LinkError> {
        match link {
            Link::Unsubscribe(l) => self.look_at_unsubscribe(l).await,
            Link::Preferences(l) => self.look_at_preferences(l).await,
            Link::Confirm(l) => self.look_at_confirm(l).await,
            Link::Answer(l) => self.look_at_question(l).await,
            Link::HandOver(l) => self.look_at_hand_over(l).await,
            Link::Click(_) => Err(NotALink::Invalid.into()),
        }
    }

    /// Stores what was said, all of it or nothing.
    pub(crate) async fn report(&self, words: Vec<Word>) -> Result<(), LinkError> {
        if words.is_empty() {
            return Ok(());
        }
        let received = self.clock.now();
        let mut signals = Vec::new();
        for word in words {
            self.catalogue
                .check(word.kind, &word.properties)
                .map_err(LinkError::Catalogue)?;
            signals.push(Arriving {
                signal: Signal {
                    id: SignalId(format!("{HOST_CONNECTOR}:{}", word.id)),
                    kind: word.kind.into(),
                    at: word.at,
                    identities: vec![word.to],
                    company: None,
                    session: None,
                    about: None,
                    answers: Some(AnswersTo {
                        action: Some(word.action),
                        reference: None,
                    }),
                    properties: word.properties,
                },
                connector: HOST_CONNECTOR.into(),
                received,
                live: word.live,
                verified: word.vouched,
            });
        }
        let intake = Intake {
            signals,
            seen_until: received.after(self.wiring.store.dedup_window),
            ..Intake::default()
        };
        self.store_intake(HOST_CONNECTOR, intake).await?;
        Ok(())
    }
}

/// An id for the word that follows the one called `before`.
pub(crate) fn following(what: &str, action: ActionId, about: &str, before: &str) -> String {
    let mut hash = Sha256::new();
    for part in [about, before] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let hash: String = hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("{what}:{action}:{hash}")
}

/// Now, and not before what it follows: else a word from a moment ago would outrank it.
fn after(now: Instant, before: Option<Instant>) -> Instant {
    before.map_or(now, |b| now.max(b.after(Duration::from_millis(1))))
}
