//! Links as the rest of the host knows them: made into URLs, read from tokens.

use std::sync::{Arc, PoisonError, RwLock};

use hearken_model::{ActionId, Identity, Instant};

use crate::{KeyRing, Purpose, payload, token};

/// Says no to a purpose by a channel. Never expires: whoever has had enough has had enough
/// in three years, too. It carries the address itself, so that it works even where nothing
/// is known of the action any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    /// The action whose message it stands in.
    pub action: ActionId,
    /// Whom the message was sent to.
    pub to: Identity,
    /// What the message was for.
    pub purpose: String,
    /// By which channel it went.
    pub channel: String,
}

/// Shows and changes what somebody wants to hear. Never expires, since it is a way to say no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The action whose message it stands in.
    pub action: ActionId,
    /// Whom the message was sent to.
    pub to: Identity,
}

/// Confirms a consent that was asked for: double opt-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// The action whose message it stands in.
    pub action: ActionId,
    /// Whom the message was sent to.
    pub to: Identity,
    /// What is allowed …
    pub purpose: String,
    /// … by which channel, `*` for any.
    pub channel: String,
    /// After that it says so, and confirms nothing. To the second.
    pub expires: Instant,
}

/// Answers a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The action that asked.
    pub action: ActionId,
    /// Which of its options is meant, from 0.
    pub option: u16,
    /// After that it says so, and records nothing. To the second.
    pub expires: Instant,
}

/// Follows a link of a story's text. Where to is looked up in what was sent, so that nobody
/// can make it lead elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Click {
    /// The action whose message it stands in.
    pub action: ActionId,
    /// Which link of its text, from 0.
    pub link: u16,
}

/// Answers a hand-over: whether sales take it, and whether we were right. For our own people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// The action that handed over.
    pub action: ActionId,
    /// After that it says so, and records nothing. To the second.
    pub expires: Instant,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// No more messages of a purpose by a channel.
    Unsubscribe(Unsubscribe),
    /// What somebody wants to hear.
    Preferences(Preferences),
    /// Confirms a consent.
    Confirm(Confirm),
    /// Answers a question.
    Answer(Answer),
    /// Follows a link.
    Click(Click),
    /// Answers a hand-over.
    HandOver(HandOver),
}

impl Link {
    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        match self {
            Self::Unsubscribe(_) => Purpose::Unsubscribe,
            Self::Preferences(_) => Purpose::Preferences,
            Self::Confirm(_) => Purpose::Confirm,
            Self::Answer(_) => Purpose::Answer,
            Self::Click(_) => Purpose::Click,
            Self::HandOver(_) => Purpose::HandOver,
        }
    }

    /// The action whose message it stands in.
    #[must_use]
    pub const fn action(&self) -> ActionId {
        match self {
            Self::Unsubscribe(l) => l.action,
            Self::Preferences(l) => l.action,
            Self::Confirm(l) => l.action,
            Self::Answer(l) => l.action,
            Self::Click(l) => l.action,
            Self::HandOver(l) => l.action,
        }
    }

    const fn expires(&self) -> Option<Instant> {
        match self {
            Self::Confirm(l) => Some(l.expires),
            Self::Answer(l) => Some(l.expires),
            Self::HandOver(l) => Some(l.expires),
            Self::Unsubscribe(_) | Self::Preferences(_) | Self::Click(_) => None,
        }
    }
}

/// A token is no link. More is not said: whoever guesses learns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALink {
    /// Not made here, not for this, or changed.
    #[error("the link is not valid")]
    Invalid,
    /// It was one.
    #[error("the link is no longer valid")]
    Expired,
}

/// Makes and reads an installation's links.
#[derive(Debug)]
pub struct Links {
    /// Without a slash at its end.
    base: String,
    ring: RwLock<Arc<KeyRing>>,
}

impl Links {
    /// `public_url` is where the public listener is reached from outside.
    #[must_use]
    pub fn new(public_url: &str, ring: KeyRing) -> Self {
        Self {
            base: public_url.trim_end_matches('/').to_owned(),
            ring: RwLock::new(Arc::new(ring)),
        }
    }

    /// Goes on with another ring: a key was added.
    pub fn use_ring(&self, ring: KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A link's URL: `https://…/l/LETTER/TOKEN`. The same link has the same URL as long as
    /// no key is added.
    #[must_use]
    pub fn url(&self, link: &Link) -> String {
        let (letter, token) = (link.purpose().letter(), self.token(link));
        format!("{}/l/{letter}/{token}", self.base)
    }

    /// A link's token.
    #[must_use]
    pub fn token(&self, link: &Link) -> String {
        token::seal(&self.ring(), link.purpose(), &payload::write(link))
    }

    /// The link of a token.
    ///
    /// # Errors
    /// [`NotALink`], which never says what was wrong with it.
    pub fn read(&self, purpose: Purpose, token: &str, now: Instant) -> Result<Link, NotALink> {
        let payload = token::open(&self.ring(), purpose, token).ok_or(NotALink::Invalid)?;
        let link = payload::read(purpose, &payload).ok_or(NotALink::Invalid)?;
        if link.expires().is_some_and(|expires| now > expires) {
            return Err(NotALink::Expired);
        }
        Ok(link)
    }
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
