//! Tokens that the host asks for, in place of secrets that last.
//!
//! A guest has a placeholder for a token as for any secret. What it stands for is asked of
//! the vendor's token endpoint when it is needed first, kept until shortly before it expires,
//! and asked for anew after that or when the vendor refuses it. One asks at a time; whoever
//! comes meanwhile waits and takes what came. Nothing of it outlives the process.

mod asking;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::secret::Mask;

pub(crate) use asking::{AskError, read, written};

/// A token as it is given to an outlet.
#[derive(Clone, Debug)]
pub struct TokenSpec {
    /// Its name among the connector's secrets.
    pub name: String,
    /// Whom it is asked of.
    pub endpoint: url::Url,
    /// By what.
    pub grant: TokenGrant,
    /// What it is to be good for.
    pub scopes: Vec<String>,
    /// What the vendor wants to be told besides: (name, value).
    pub parameters: Vec<(String, String)>,
}

/// By what a token is asked for.
#[derive(Clone, Debug)]
pub enum TokenGrant {
    /// By the client's own credentials (RFC 6749, 4.4).
    ClientCredentials(Client),
    /// By a token that somebody has allowed the client to have (RFC 6749, 6).
    RefreshToken {
        /// Who asks.
        client: Client,
        /// What was allowed. It must stay the same when it is used.
        token: SecretString,
    },
}

/// Who asks for tokens.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// What it proves itself by; none for a public client.
    pub secret: Option<SecretString>,
    /// Where that stands.
    pub login: ClientLogin,
}

/// Where a client's secret stands in the request for a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientLogin {
    /// In `Authorization: Basic`.
    #[default]
    Basic,
    /// In the body.
    Body,
}

impl TokenSpec {
    /// What it is asked by, which must not come back.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        let (client, token) = match &self.grant {
            TokenGrant::ClientCredentials(client) => (client, None),
            TokenGrant::RefreshToken { client, token } => (client, Some(token)),
        };
        client.secret.iter().chain(token)
    }

    /// What a vendor counts requests by.
    pub(crate) fn counted_by(&self) -> SecretString {
        let (TokenGrant::ClientCredentials(client) | TokenGrant::RefreshToken { client, .. }) = &self.grant;
        format!("{} {}", self.endpoint, client.id).into()
    }
}

/// How long before its end a token is asked for anew, so that none ends on its way; at most a
/// quarter of its time.
const AHEAD: Duration = Duration::from_secs(60);
/// For a vendor that does not say how long: one that it refuses is asked for anew anyway.
const UNSAID: Duration = Duration::from_secs(3600);
/// A vendor that says less would be asked for every request.
const SHORTEST: Duration = Duration::from_secs(10);

/// What came of asking.
pub(crate) struct Granted {
    pub(crate) value: SecretString,
    pub(crate) lasts: Option<Duration>,
}

/// A token, whatever it is at the moment.
pub(crate) struct Token {
    pub(crate) spec: TokenSpec,
    /// Held by whoever asks for it.
    pub(crate) asking: tokio::sync::Mutex<()>,
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// How many there were.
    number: u64,
    /// Of what it is asked by, the token, and the one before: an answer may be under way.
    masks: [Option<Arc<Mask>>; 3],
}

struct Held {
    value: SecretString,
    renew: Instant,
    ends: Instant,
}

/// A token's value, and which of all that there were.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) number: u64,
    pub(crate) value: SecretString,
}

impl Token {
    pub(crate) fn new(spec: TokenSpec) -> Self {
        let lasting = Mask::new(spec.secrets().map(ExposeSecret::expose_secret));
        let state = State {
            masks: [Some(Arc::new(lasting)), None, None],
            ..State::default()
        };
        Self {
            spec,
            asking: tokio::sync::Mutex::default(),
            state: RwLock::new(state),
        }
    }

    /// What it is now, where it is good for a while. Not the one with the number `refused`.
    pub(crate) fn fresh(&self, refused: Option<u64>, now: Instant) -> Option<Value> {
        self.value(refused, |held| held.renew > now)
    }

    /// The same where it may end soon.
    pub(crate) fn valid(&self, refused: Option<u64>, now: Instant) -> Option<Value> {
        self.value(refused, |held| held.ends > now)
    }

    fn value(&self, refused: Option<u64>, good: impl Fn(&Held) -> bool) -> Option<Value> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let held = state.held.as_ref().filter(|held| good(held));
        held.filter(|_| refused != Some(state.number)).map(|held| Value {
            number: state.number,
            value: held.value.clone(),
        })
    }

    pub(crate) fn put(&self, granted: Granted, now: Instant) {
        let lasts = granted.lasts.unwrap_or(UNSAID).max(SHORTEST);
        let mask = Mask::new([granted.value.expose_secret()].into_iter());
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.held = Some(Held {
            value: granted.value,
            renew: now + lasts - AHEAD.min(lasts / 4),
            ends: now + lasts,
        });
        state.number += 1;
        state.masks[2] = state.masks[1].replace(Arc::new(mask));
    }

    pub(crate) fn mask(&self, bytes: Vec<u8>) -> Vec<u8> {
        let masks = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            state.masks.clone()
        };
        masks.iter().flatten().fold(bytes, |bytes, mask| mask.apply(bytes))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("name", &self.spec.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::new(TokenSpec {
            name: "access".into(),
            endpoint: "https://login.example.com/token".parse().unwrap(),
            grant: TokenGrant::ClientCredentials(Client {
                id: "id".into(),
                secret: Some("generated-client-secret".to_owned().into()),
                login: ClientLogin::Basic,
            }),
            scopes: Vec::new(),
            parameters: Vec::new(),
        })
    }

    fn granted(value: &str, lasts: Option<u64>) -> Granted {
        Granted {
            value: value.to_owned().into(),
            lasts: lasts.map(Duration::from_secs),
        }
    }

    #[test]
    fn a_token_is_renewed_before_it_ends_and_used_until_then() {
        let (token, begin) = (token(), Instant::now());
        assert!(token.fresh(None, begin).is_none());
        for (lasts, fresh, ends) in [
            (Some(600), 540, 600),
            (Some(40), 30, 40),
            (Some(0), 7, 10),
            (None, 3540, 3600),
        ] {
            token.put(granted("generated-token", lasts), begin);
            let at = |seconds: u64| begin + Duration::from_secs(seconds);
            assert!(token.fresh(None, at(fresh - 1)).is_some(), "{lasts:?}");
            assert!(token.fresh(None, at(fresh + 1)).is_none(), "{lasts:?}");
            assert!(token.valid(None, at(ends - 1)).is_some(), "{lasts:?}");
            assert!(token.valid(None, at(ends)).is_none(), "{lasts:?}");
        }
    }

    #[test]
    fn one_that_was_refused_is_good_for_nothing_and_the_next_is() {
        let (token, now) = (token(), Instant::now());
        token.put(granted("generated-1", None), now);
        let first = token.fresh(None, now).unwrap();
        assert!(token.fresh(Some(first.number), now).is_none());
        token.put(granted("generated-2", None), now);
        let second = token.fresh(Some(first.number), now).unwrap();
        assert_eq!(second.value.expose_secret(), "generated-2");
    }

    #[test]
    fn the_token_the_one_before_and_what_it_is_asked_by_are_masked() {
        let (token, now) = (token(), Instant::now());
        for n in 1..=3 {
            token.put(granted(&format!("generated-token-{n}"), None), now);
        }
        let text = b"generated-token-2 generated-token-3 generated-client-secret".to_vec();
        assert_eq!(token.mask(text), b"*** *** ***");
        assert!(!format!("{token:?}{:?}", token.spec).contains("generated"));
    }
}
