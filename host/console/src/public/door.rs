//! How one connector's requests are let in, as its plugin's manifest says.

use std::sync::Arc;

use axum::http::Uri;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use hearken_webhook_auth::{Challenge, Once, Refused, Request};

use super::{
    credentials::{Credential, Proof, Standing, prove},
    replays::Replays,
    told::Told,
};

/// A door's manifest makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// A pattern of `open` is no glob.
    #[error("reading the open path '{pattern}' of the manifest: {why}")]
    Glob {
        /// As written in the manifest.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
}

/// What a door is made of.
#[derive(Debug, Default)]
pub struct DoorSettings {
    /// What a request may prove.
    pub credentials: Vec<Credential>,
    /// The vendor's questions that the host answers.
    pub challenges: Vec<Challenge>,
    /// Globs over the path below `/in/{connector}` that need no credential; a `*` stays
    /// within one segment, `**` does not.
    pub open: Vec<String>,
    /// Whether browsers on any site may call it.
    pub cors: bool,
    /// The largest body, counted unpacked.
    pub max_body_bytes: usize,
    /// What `/in/{connector}` is called outside, without a slash at its end. Only schemes
    /// that sign the address need it.
    pub public_url: Option<String>,
}

/// One connector's way in. Without credentials and open paths it lets nobody in.
#[derive(Debug)]
pub struct Door {
    credentials: Vec<Credential>,
    challenges: Vec<Challenge>,
    open: GlobSet,
    cors: bool,
    max_body_bytes: usize,
    public_url: Option<String>,
    replays: Arc<Replays>,
    told: Told,
}

impl Door {
    /// A door.
    ///
    /// # Errors
    /// Where a glob cannot be read.
    pub fn new(settings: DoorSettings) -> Result<Self, DoorError> {
        Ok(Self {
            open: globs(&settings.open)?,
            credentials: settings.credentials,
            challenges: settings.challenges,
            cors: settings.cors,
            max_body_bytes: settings.max_body_bytes,
            public_url: settings.public_url,
            replays: Arc::default(),
            told: Told::default(),
        })
    }

    pub(super) fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    pub(super) fn has_cors(&self) -> bool {
        self.cors
    }

    pub(super) fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }

    /// Goes on where the connector's door before this one was.
    pub(super) fn remember(&mut self, before: &Self) {
        self.replays = Arc::clone(&before.replays);
    }

    /// The requests that came already.
    pub(super) fn replays(&self) -> &Replays {
        &self.replays
    }

    /// What the log said about refused requests.
    pub(super) fn told(&self) -> &Told {
        &self.told
    }

    /// The whole address of a request as its sender wrote it, from what the operator says it
    /// begins with and the request's own path and query, which are signed. Never from the
    /// `Host` header, which the sender chooses.
    pub(super) fn url(&self, uri: &Uri) -> Option<String> {
        let path_and_query = uri.path_and_query()?.as_str();
        let below = path_and_query.strip_prefix("/in/")?;
        let connector = below.find(['/', '?']).unwrap_or(below.len());
        Some(format!("{}{}", self.public_url.as_ref()?, &below[connector..]))
    }

    /// Whether a request may come in at `now_ms`. Asked before its body is read, and again
    /// with the body where that may decide.
    pub(super) fn ask(&self, request: &Request<'_>, now_ms: i64) -> Entry<'_> {
        match prove(&self.credentials, request, now_ms) {
            Proof::Of(credential, once) => Entry::As(Some(credential), once),
            Proof::AskBody => Entry::AskBody,
            Proof::None(_) if self.open.is_match(request.path) => Entry::As(None, None),
            Proof::None(closest) => match self.unproved_challenge(request) {
                Some(entry) => entry,
                None => Entry::Refused(closest),
            },
        }
    }

    /// The answer to a challenge by who proved `credential`, once the body is read.
    pub(super) fn challenge(&self, request: &Request<'_>, credential: Option<&Credential>) -> Option<String> {
        let proved = credential.map(Credential::name);
        self.challenges.iter().find_map(|c| c.answer(request, proved))
    }

    fn unproved_challenge(&self, request: &Request<'_>) -> Option<Entry<'_>> {
        if let Some(text) = self.challenge(request, None) {
            return Some(Entry::Challenge(text));
        }
        let might = |c: &Challenge| c.proved_by.is_none() && c.method == request.method && c.needs_body();
        (request.body.is_none() && self.challenges.iter().any(might)).then_some(Entry::AskBody)
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, DoorError> {
    let wrong = |pattern: &str| {
        let pattern = pattern.to_owned();
        move |error: globset::Error| DoorError::Glob {
            pattern,
            why: error.to_string(),
        }
    };
    let mut globs = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        globs.add(glob.map_err(wrong(pattern))?);
    }
    globs.build().map_err(wrong(&patterns.join(", ")))
}

/// Whether a request may come in.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    /// Yes, with what it proved, and whether it may come once only; nothing on an open path.
    As(Option<&'a Credential>, Option<Once>),
    /// No, but it is a question that anybody is answered.
    Challenge(String),
    /// Its body decides.
    AskBody,
    /// No; why, of the credential that it came closest to.
    Refused(Option<(&'a Credential, Refused)>),
}

impl Entry<'_> {
    /// Whether what it proved is good for challenges only.
    pub(super) fn is_for_challenges(&self) -> bool {
        matches!(self, Self::As(Some(c), _) if c.standing() == Standing::Challenges)
    }
}

#[cfg(test)]
#[path = "door_tests.rs"]
mod tests;
