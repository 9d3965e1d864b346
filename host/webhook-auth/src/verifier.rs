//! A scheme with an operator's secrets: judges requests.
//!
//! Several secrets are valid at once, so that one can be replaced without a moment in which
//! the vendor's requests are refused: the new one is added, the vendor is told, the old one
//! is taken away.
//!
//! The order of the checks matters. Whether the signature is right comes before how old it
//! is, so that only somebody who can sign learns that a clock is off; and the age is checked
//! of exactly the text that was signed.

use std::fmt;

use crate::{
    BadSecret, Body, PlaceKind, Refused, Request, Scheme, Signature,
    algorithm::Key,
    form::is_form,
    moment,
    secrets::{Token, decode, key_bytes, sha256},
    template::Template,
};

/// What a request proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// That who sent it knows the secret.
    Proved(Verified),
    /// Not known before the body is read.
    NeedsBody,
    /// Nothing.
    Refused(Refused),
}

/// What is known of a request that proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What was signed, and until when it may come again; none for what has no age: a token,
    /// and a signature without a timestamp.
    pub once: Option<Once>,
}

/// A request that must not be worked off twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// SHA-256 of what was signed. Not of the signature: for some algorithms there are
    /// several of the same.
    pub digest: [u8; 32],
    /// Until when its timestamp is tolerated, in milliseconds since 1970.
    pub until_ms: i64,
}

/// A scheme with its secrets.
pub struct Verifier {
    scheme: Scheme,
    proofs: Proofs,
}

enum Proofs {
    Tokens(Vec<Token>),
    Keys {
        template: Template,
        keys: Vec<Key>,
    },
    /// The scheme makes no sense, which its check has said.
    Nothing,
}

impl Verifier {
    /// A scheme that was [checked](Scheme::check), with the secrets that are valid. Without
    /// any, nothing is ever proved.
    ///
    /// # Errors
    /// The first secret that does not fit: (its place in `secrets`, why).
    pub fn new(scheme: Scheme, secrets: &[&str]) -> Result<Self, (usize, BadSecret)> {
        let at = |n: usize| move |error: BadSecret| (n, error);
        let proofs = match &scheme {
            Scheme::Token(places) => {
                let mut tokens = Vec::with_capacity(secrets.len());
                for (n, secret) in secrets.iter().enumerate() {
                    if secret.is_empty() {
                        return Err((n, BadSecret::Empty));
                    }
                    if places.iter().any(|p| p.kind == PlaceKind::Basic) && !secret.contains(':') {
                        return Err((n, BadSecret::UserAndPassword));
                    }
                    tokens.push(Token::new(secret));
                }
                Proofs::Tokens(tokens)
            }
            Scheme::Signature(signature) => match Template::read(&signature.signed) {
                Ok(template) => {
                    let mut keys = Vec::with_capacity(secrets.len());
                    for (n, secret) in secrets.iter().enumerate() {
                        let bytes = key_bytes(secret, signature.secret).map_err(at(n))?;
                        keys.push(Key::new(signature.algorithm, &bytes).map_err(at(n))?);
                    }
                    Proofs::Keys { template, keys }
                }
                Err(_) => Proofs::Nothing,
            },
        };
        Ok(Self { scheme, proofs })
    }

    /// How requests prove themselves.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Judges a request at `now_ms`, milliseconds since 1970.
    #[must_use]
    pub fn judge(&self, request: &Request<'_>, now_ms: i64) -> Verdict {
        match (&self.scheme, &self.proofs) {
            (Scheme::Token(_), Proofs::Tokens(tokens)) if !tokens.is_empty() => self.token(tokens, request),
            (Scheme::Signature(signature), Proofs::Keys { template, keys }) if !keys.is_empty() => {
                match (request.body, present(signature, request)) {
                    (None, Ok(())) => Verdict::NeedsBody,
                    (_, Err(refused)) => Verdict::Refused(refused),
                    (Some(body), Ok(())) => match signed(signature, template, keys, request, body, now_ms) {
                        Ok(verified) => Verdict::Proved(verified),
                        Err(refused) => Verdict::Refused(refused),
                    },
                }
            }
            _ => Verdict::Refused(Refused::Missing {
                what: "the operator's secret".into(),
            }),
        }
    }

    fn token(&self, tokens: &[Token], request: &Request<'_>) -> Verdict {
        for place in self.scheme.places() {
            if place.is_in_body() && request.body.is_none() {
                return Verdict::NeedsBody;
            }
            let Some(text) = place.text(request) else { continue };
            let prefix = place.prefix.as_deref().unwrap_or_default();
            let Some(given) = text.strip_prefix(prefix).filter(|g| !g.is_empty()) else {
                continue;
            };
            let any = tokens
                .iter()
                .fold(subtle::Choice::from(0), |any, token| any | token.is(given));
            return if any.into() {
                Verdict::Proved(Verified { once: None })
            } else {
                Verdict::Refused(Refused::Wrong { what: "the key" })
            };
        }
        Verdict::Refused(Refused::Missing { what: "the key".into() })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

/// Whether there is a signature, as far as that is known without the body: nobody's body is
/// read who does not even claim to have signed it.
fn present(signature: &Signature, request: &Request<'_>) -> Result<(), Refused> {
    if signature.at.is_in_body() && request.body.is_none() {
        return Ok(());
    }
    signature.at.values(request).map(drop)
}

fn signed(
    signature: &Signature,
    template: &Template,
    keys: &[Key],
    request: &Request<'_>,
    body: Body<'_>,
    now_ms: i64,
) -> Result<Verified, Refused> {
    let malformed = |why| Refused::Malformed {
        what: signature.at.spoken(),
        why,
    };
    let given: Vec<Vec<u8>> = signature
        .at
        .values(request)?
        .iter()
        .filter_map(|text| decode(text, signature.encoding))
        .collect();
    if given.is_empty() {
        return Err(malformed("is not written as the scheme says"));
    }
    check_body(signature, template, request, body)?;
    let content = template.fill(signature, request, body)?;
    // Each key is tried, so that how long it takes does not say which one is in use.
    if !keys.iter().fold(false, |any, key| key.signed(&content, &given) | any) {
        return Err(Refused::Wrong { what: "the signature" });
    }
    let Some(timestamp) = &signature.timestamp else {
        return Ok(Verified { once: None });
    };
    let text = timestamp.at.value(request)?;
    let at_ms = moment::millis(&text, timestamp.unit).ok_or_else(|| Refused::Malformed {
        what: timestamp.at.spoken(),
        why: "is no time as the scheme says",
    })?;
    let until_ms = moment::until(timestamp, at_ms, now_ms)?;
    let digest = sha256(&content);
    Ok(Verified {
        once: Some(Once { digest, until_ms }),
    })
}

/// Where the body is signed through its fields or its digest, whether that covers this one:
/// a signature that says nothing about a body must not let in any.
fn check_body(
    signature: &Signature,
    template: &Template,
    request: &Request<'_>,
    body: Body<'_>,
) -> Result<(), Refused> {
    let covered = template.has_form() && (body.sent.is_empty() || is_form(request.headers));
    let Some(place) = &signature.body_digest else {
        return if template.has_form() && !covered {
            Err(Refused::Malformed {
                what: "the body".into(),
                why: "is no form, and only forms are signed",
            })
        } else {
            Ok(())
        };
    };
    let said = match place.value(request) {
        Err(Refused::Missing { .. }) if covered => return Ok(()),
        said => said?,
    };
    if decode(&said, crate::Encoding::Hex).is_some_and(|digest| digest == sha256(body.sent)) {
        Ok(())
    } else {
        Err(Refused::Wrong {
            what: "the body's digest",
        })
    }
}
