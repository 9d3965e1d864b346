//! One connector's way out: the order of the checks.
//!
//! First what can be said without asking anybody: is it a request at all, is it declared and
//! granted, does a secret stand where it may, is an address in numbers one that may be
//! called. Then what may have to be waited for: pauses, breaker, quota, a place. Then whoever
//! knows consents is asked, and nothing stands between that answer and the request. The name
//! is looked up, and its addresses are checked, while connecting.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::SystemTime,
};

use tokio::time::Instant;

use crate::{
    Allowed, Code, Condition, DigestError, Egress, Error, Limits, Outcome, OutletError, OutletSpec, Permission,
    Request, Response, Row, Rule,
    breaker::Verdict,
    clear::Cleared,
    client::{Clients, Making},
    credential::Credential,
    exchange::{Answer, Ready},
    gates::{Destination, Gates},
    lookup,
    reach::Reach,
    retry_after,
    rule::both,
    secret::Secrets,
    tls,
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
    pub(crate) gates: Gates,
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
}

impl Outlet {
    pub(crate) fn new(egress: &Egress, spec: OutletSpec) -> Result<Self, OutletError> {
        let allowed = both(&spec.declared, &spec.granted);
        let credentials = spec
            .secrets
            .iter()
            .map(|secret| (secret.name.clone(), egress.credentials.get(&secret.value, &spec.rates)))
            .collect();
        let secrets = Secrets::new(spec.secrets, random).and_of(spec.proxy.as_ref());
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
        let gates = Gates::new(rules, &spec.rates, spec.limits.bytes_per_hour, spec.limits.in_flight);
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
        let (at, began) = (SystemTime::now(), Instant::now());
        let mut noted = Noted::default();
        let ended = self.attempt(&request, permission, began, &mut noted).await;
        let (outcome, why) = match &ended {
            Ok(response) => (Outcome::Status(response.status), String::new()),
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
            item: request.item,
        };
        self.egress.audit.note(row).await;
        ended
    }

    async fn attempt(
        &self,
        request: &Request,
        permission: &dyn Permission,
        began: Instant,
        noted: &mut Noted,
    ) -> Result<Response, Error> {
        let cleared = self.clear(request, noted).map_err(|denial| self.deny(&denial))?;
        let Cleared {
            method,
            filled,
            destination,
            client,
        } = cleared;
        let total = request
            .timeout
            .map_or(self.limits.total, |asked| asked.min(self.limits.total));
        let deadline = began + total;
        let used: Vec<Arc<Credential>> = filled
            .used
            .iter()
            .filter_map(|name| self.credentials.get(name).cloned())
            .collect();
        let ready = Ready::new(method, filled, &self.limits)?;
        let bytes_out = ready.bytes;
        let entry = self.gates.enter(destination, &used, bytes_out, deadline).await?;
        let permitted = permission.may_send(request.item.as_deref()).await;
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
        if let Some(changed) =
            verdict(&answered, !used.is_empty()).and_then(|verdict| entry.pass.tell(verdict, Instant::now()))
        {
            self.tell_condition(destination, &changed);
        }
        match answered {
            Ok(answer) => Ok(self.shown(answer)),
            Err(error) => Err(self.told_plainly(error)),
        }
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

    /// Leaves alone who asks for it.
    fn heed(&self, answer: &Answer, destination: &Destination, used: &[Arc<Credential>]) {
        let header = answer.headers.iter().find(|(name, _)| name == "retry-after");
        let value = header.and_then(|(_, value)| std::str::from_utf8(value).ok());
        if let Some(wait) = retry_after::wanted(answer.status, value, SystemTime::now()) {
            destination.pause.extend(wait);
            used.iter().for_each(|credential| credential.pause.extend(wait));
        }
    }

    fn tell_condition(&self, destination: &Destination, condition: &Condition) {
        let (connector, host) = (self.connector.as_str(), destination.host.to_string());
        metrics::gauge!("hearken_egress_left_alone", "connector" => self.connector.clone(), "host" => host.clone())
            .set(match condition {
                Condition::Closed | Condition::Probing => 0.0,
                Condition::Open { .. } => 1.0,
                Condition::NeedsOperator { .. } => 2.0,
            });
        match condition {
            Condition::NeedsOperator { why } => {
                tracing::error!(
                    connector,
                    host,
                    why,
                    "the credentials are refused: an operator has to look"
                );
            }
            Condition::Open { why } => tracing::warn!(connector, host, why, "it is left alone for a while"),
            Condition::Closed | Condition::Probing => tracing::info!(connector, host, "it works again"),
        }
    }
}

/// What an attempt tells about its destination, if anything.
fn verdict(answered: &Result<Answer, Error>, with_secret: bool) -> Option<Verdict> {
    match answered {
        Ok(answer) => match answer.status {
            401 | 403 if with_secret => Some(Verdict::RefusesUs(format!("it answered {}", answer.status))),
            // It works, and has said when it wants to be asked again.
            429 => None,
            status @ 500..=599 => Some(Verdict::Fails(format!("it answered {status}"))),
            _ => Some(Verdict::Works),
        },
        Err(error) => match error.code {
            Code::Dns | Code::Connect | Code::Tls | Code::Timeout | Code::Protocol => {
                Some(Verdict::Fails(error.message.clone()))
            }
            Code::Denied | Code::TooLarge | Code::RateLimited | Code::BreakerOpen => None,
        },
    }
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
