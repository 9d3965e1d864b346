//! One connector's way out: the order of the checks.
//!
//! First what can be said without asking anybody: is it a request at all, is it declared and
//! granted, does a secret stand where it may, is an address in numbers one that may be
//! called. Then what may have to be waited for: pauses, breaker, quota, a place. Then whoever
//! knows consents is asked, and nothing stands between that answer and the request. The name
//! is looked up, and its addresses are checked, while connecting. A token that is lacking is
//! asked for before any waiting; one that the vendor refuses is exchanged once.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::SystemTime,
};

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::{
    Allowed, Code, Condition, DigestError, Egress, Error, Limits, Outcome, OutletError, OutletSpec, Permission,
    Request, Response, Row, Rule, SecretsMark, TokenSpec,
    clear::{Cleared, Stopped},
    client::{Clients, Making},
    credential::Credential,
    exchange::{Answer, Ready},
    gates::Gates,
    judging::{Proved, verdict},
    lookup,
    reach::Reach,
    rule::both,
    secret::{Have, Secrets},
    tls,
    token::Token,
};

/// One connector's way out.
pub struct Outlet {
    pub(crate) connector: String,
    pub(crate) egress: Egress,
    pub(crate) declared: Vec<Rule>,
    pub(crate) allowed: Vec<Allowed>,
    pub(crate) secrets: Secrets,
    pub(crate) credentials: BTreeMap<String, Arc<Credential>>,
    pub(crate) reach: Arc<Reach>,
    pub(crate) clients: Clients,
    pub(crate) behind_a_proxy: bool,
    pub(crate) gates: Arc<Gates>,
    pub(crate) limits: Limits,
    pub(crate) told: Mutex<HashSet<String>>,
}

/// What is noted of an attempt while it goes on.
#[derive(Default)]
pub(crate) struct Noted {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) path: String,
    pub(crate) bytes_out: u64,
    pub(crate) bytes_in: u64,
    /// The tokens that it was sent with, each with its number.
    pub(crate) tokens: Vec<(Arc<Token>, u64)>,
}

/// An attempt that has begun.
pub(crate) struct Begun {
    at: SystemTime,
    began: Instant,
    pub(crate) noted: Noted,
}

impl Begun {
    pub(crate) fn now() -> Self {
        Self {
            at: SystemTime::now(),
            began: Instant::now(),
            noted: Noted::default(),
        }
    }
}

/// Which attempt, as far as what comes of it means something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// A guest's first.
    First,
    /// The same again, with another token.
    Again,
    /// The host's own, for a token.
    ForAToken,
}

/// What came of an attempt.
pub(crate) struct Ended {
    pub(crate) answered: Result<Answer, Error>,
    tokens: Vec<(Arc<Token>, u64)>,
}

impl Outlet {
    pub(crate) fn new(egress: &Egress, spec: OutletSpec) -> Result<Self, OutletError> {
        let allowed = both(&spec.declared, &spec.granted);
        let counted = spec.secrets.iter().map(|secret| (&secret.name, secret.value.clone()));
        let tokens = spec.tokens.iter().map(|token| (&token.name, token.counted_by()));
        let mark = mark(&spec);
        let credentials: BTreeMap<String, Arc<Credential>> = counted
            .chain(tokens)
            .map(|(name, value)| (name.clone(), egress.credentials.get(&value, &spec.rates)))
            .collect();
        let tokens = spec.tokens.into_iter().map(|token| Arc::new(Token::new(token)));
        let secrets = Secrets::new(spec.secrets, tokens, random).and_of(spec.proxy.as_ref());
        let reach = Arc::new(Reach::Guarded {
            opened: spec.allow_private,
        });
        let making = Making {
            lookup: &egress.lookup,
            reach: &reach,
            proxy: spec.proxy.as_ref(),
            tls: &tls::config(spec.ca_file.as_deref())?,
            limits: &spec.limits,
        };
        let clients = Clients::new(allowed.iter().filter_map(|allowed| allowed.rule.port), &making)?;
        let rules = allowed.iter().map(|allowed| &allowed.rule);
        let (connector, limits) = (spec.connector.as_str(), &spec.limits);
        let breaker = |destination: &str| egress.ways.breaker(connector, destination, mark);
        let gates = Gates::new(rules, &spec.rates, limits.bytes_per_hour, limits.in_flight, breaker);
        let gates = Arc::new(gates);
        egress
            .ways
            .watch(connector, &gates, credentials.values().cloned().collect(), mark);
        Ok(Self {
            connector: spec.connector,
            egress: egress.clone(),
            declared: spec.declared,
            secrets,
            credentials,
            clients,
            behind_a_proxy: spec.proxy.is_some(),
            gates,
            allowed,
            reach,
            limits: spec.limits,
            told: Mutex::default(),
        })
    }

    /// What the guest has in place of each secret, by the secrets' names.
    #[must_use]
    pub fn placeholders(&self) -> BTreeMap<String, String> {
        self.secrets.placeholders()
    }

    /// What may be called: declared and granted.
    #[must_use]
    pub fn allowed(&self) -> &[Allowed] {
        &self.allowed
    }

    /// The destinations, and whether they work.
    pub fn conditions(&self) -> impl Iterator<Item = (String, Condition)> + '_ {
        let all = self.gates.destinations.iter();
        all.map(|destination| (destination.host.to_string(), destination.breaker.condition()))
    }

    /// A digest of `data` with a secret as its key.
    ///
    /// # Errors
    /// [`DigestError`], where the secret is not for that, or the algorithm is not known.
    pub fn hmac(&self, algorithm: &str, placeholder: &str, data: &[u8]) -> Result<Vec<u8>, DigestError> {
        self.secrets.hmac(algorithm, placeholder, data)
    }

    /// Sends a request, if it may be sent, and gives its answer.
    ///
    /// # Errors
    /// [`Error`], which says whether the request may have arrived.
    pub async fn send(&self, request: Request, permission: &dyn Permission) -> Result<Response, Error> {
        let total = request
            .timeout
            .map_or(self.limits.total, |asked| asked.min(self.limits.total));
        let deadline = Instant::now() + total;
        let mut have = Have::default();
        let mut ended = self
            .attempt(&request, permission, Attempt::First, &mut have, deadline)
            .await;
        // It was not worked off then: nobody knew on whose behalf it came.
        let refused = matches!(&ended.answered, Ok(answer) if answer.status == 401);
        if refused && self.exchange(&ended.tokens, &mut have, deadline).await {
            ended = self
                .attempt(&request, permission, Attempt::Again, &mut have, deadline)
                .await;
        }
        ended.answered.map(|answer| self.shown(answer))
    }

    /// Asks for other tokens; whether there were any, and all of them came.
    async fn exchange(&self, tokens: &[(Arc<Token>, u64)], have: &mut Have, deadline: Instant) -> bool {
        for (token, refused) in tokens {
            let Ok(value) = self.renew(token, Some(*refused), deadline).await else {
                return false;
            };
            have.insert(token.spec.name.clone(), value);
        }
        !tokens.is_empty()
    }

    /// One attempt of a guest's.
    async fn attempt(
        &self,
        request: &Request,
        permission: &dyn Permission,
        attempt: Attempt,
        have: &mut Have,
        deadline: Instant,
    ) -> Ended {
        let mut begun = Begun::now();
        let cleared = self.cleared(request, have, deadline, &mut begun.noted).await;
        self.end(begun, cleared, request, permission, attempt, deadline).await
    }

    /// The rest of an attempt, with its row of the audit.
    pub(crate) async fn end(
        &self,
        begun: Begun,
        cleared: Result<Cleared<'_>, Error>,
        request: &Request,
        permission: &dyn Permission,
        attempt: Attempt,
        deadline: Instant,
    ) -> Ended {
        let Begun { at, began, mut noted } = begun;
        let answered = match cleared {
            Ok(cleared) => {
                let item = request.item.as_deref();
                self.pass(cleared, item, permission, attempt, deadline, &mut noted)
                    .await
            }
            Err(error) => Err(error),
        };
        let answered = answered.map_err(|error| self.told_plainly(error));
        let (outcome, why) = match &answered {
            Ok(answer) => (Outcome::Status(answer.status), String::new()),
            Err(error) => (Outcome::Failed(error.code), error.message.clone()),
        };
        let row = Row {
            at,
            connector: self.connector.clone(),
            host: noted.host,
            port: noted.port,
            method: request.method.chars().take(16).collect(),
            path: noted.path,
            outcome,
            why,
            bytes_out: noted.bytes_out,
            bytes_in: noted.bytes_in,
            took: began.elapsed(),
            item: request.item.clone(),
        };
        self.egress.audit.note(row).await;
        Ended {
            answered,
            tokens: noted.tokens,
        }
    }

    /// A request that may be sent, with the tokens that it needs.
    async fn cleared(
        &self,
        request: &Request,
        have: &mut Have,
        deadline: Instant,
        noted: &mut Noted,
    ) -> Result<Cleared<'_>, Error> {
        // Each token is lacking once: what was asked for is had from then on.
        loop {
            let token = match self.clear(request, have, noted) {
                Ok(cleared) => return Ok(cleared),
                Err(Stopped::Denied(denial)) => return Err(self.deny(&denial)),
                Err(Stopped::Lacks(token)) => token,
            };
            let value = self.renew(&token, None, deadline).await?;
            have.insert(token.spec.name.clone(), value);
        }
    }

    async fn pass(
        &self,
        cleared: Cleared<'_>,
        item: Option<&str>,
        permission: &dyn Permission,
        attempt: Attempt,
        deadline: Instant,
        noted: &mut Noted,
    ) -> Result<Answer, Error> {
        let Cleared {
            method,
            mut filled,
            destination,
            client,
        } = cleared;
        noted.tokens = std::mem::take(&mut filled.tokens);
        let used: Vec<Arc<Credential>> = filled
            .used
            .iter()
            .filter_map(|name| self.credentials.get(name).cloned())
            .collect();
        let ready = Ready::new(method, filled, &self.limits)?;
        let bytes_out = ready.bytes;
        let entry = self.gates.enter(destination, &used, bytes_out, deadline).await?;
        let permitted = permission.may_send(item).await;
        permitted.map_err(|why| Error::before(Code::Denied, format!("http is denied: {why}")))?;
        let answered = ready.send(client, deadline, &self.limits).await;
        let answered = answered.and_then(|answer| self.of_the_vendor(answer));
        match &answered {
            Ok(answer) => {
                (noted.bytes_out, noted.bytes_in) = (bytes_out, answer.bytes);
                self.gates.budget.add(answer.bytes);
                self.heed(answer, destination, &used);
            }
            Err(error) if error.may_have_arrived => noted.bytes_out = bytes_out,
            Err(_) => {}
        }
        let proved = match attempt {
            Attempt::ForAToken => Proved::Client,
            Attempt::First if !noted.tokens.is_empty() => Proved::Exchangeable,
            _ if used.is_empty() => Proved::Nothing,
            Attempt::First | Attempt::Again => Proved::Secret,
        };
        if let Some(changed) = verdict(&answered, proved).and_then(|verdict| entry.pass.tell(verdict, Instant::now())) {
            self.tell_condition(destination, &changed);
        }
        answered
    }

    /// A proxy that wants another login has passed nothing on, and what it says is no answer
    /// of the vendor's.
    fn of_the_vendor(&self, answer: Answer) -> Result<Answer, Error> {
        if self.behind_a_proxy && answer.status == 407 {
            return Err(Error::before(Code::Connect, "the proxy refuses its login"));
        }
        Ok(answer)
    }

    /// An error as a guest may see it: one about an address is told with its TOML, and none
    /// has a secret in it.
    fn told_plainly(&self, error: Error) -> Error {
        if let Some(address) = error.refused {
            let why = error.message.trim_start_matches(lookup::DENIED).to_owned();
            self.deny(&self.not_reached(why, address));
        }
        Error {
            message: self.secrets.mask_text(error.message),
            ..error
        }
    }

    fn shown(&self, answer: Answer) -> Response {
        let text = |value: Vec<u8>| String::from_utf8_lossy(&self.secrets.mask(value)).into_owned();
        Response {
            status: answer.status,
            headers: answer
                .headers
                .into_iter()
                .map(|(name, value)| (name, text(value)))
                .collect(),
            body: self.secrets.mask(answer.body),
        }
    }
}

/// What tells the secrets of an outlet from others.
fn mark(spec: &OutletSpec) -> SecretsMark {
    let mut digest = Sha256::new();
    let secrets = spec.secrets.iter().map(|secret| &secret.value);
    for value in secrets.chain(spec.tokens.iter().flat_map(TokenSpec::secrets)) {
        digest.update(Sha256::digest(value.expose_secret().as_bytes()));
    }
    SecretsMark(digest.finalize().into())
}

/// A placeholder has to be unguessable: a guest that knew another connector's could use it.
fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has randomness: it was asked for the installation's key before");
    bytes
}

impl std::fmt::Debug for Outlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlet")
            .field("connector", &self.connector)
            .field("allowed", &self.allowed)
            .field("secrets", &self.secrets)
            .finish_non_exhaustive()
    }
}
