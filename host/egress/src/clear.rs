//! Everything that can be said of a request without asking anybody, and what would allow
//! what was denied.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, PoisonError},
};

use crate::{
    Allowed, Class, Code, Error, Method, Outlet, Request,
    gates::Destination,
    headers,
    outlet::Noted,
    secret::{Filled, Have},
    target::Target,
    token::Token,
    toml,
};

/// How many different denials are told to the log.
const TOLD: usize = 100;
const SHOWN_BYTES: usize = 512;

/// A request that passed everything that needs no waiting.
pub(crate) struct Cleared<'a> {
    pub(crate) method: Method,
    pub(crate) filled: Filled,
    pub(crate) destination: &'a Destination,
    pub(crate) client: &'a reqwest::Client,
}

/// What may not be sent, and the TOML that would allow it.
pub(crate) struct Denial {
    pub(crate) why: String,
    pub(crate) toml: Option<String>,
}

impl From<String> for Denial {
    fn from(why: String) -> Self {
        Self { why, toml: None }
    }
}

/// Why a request cannot be sent as it is.
pub(crate) enum Stopped {
    /// It may not be.
    Denied(Denial),
    /// It may be, once there is a token.
    Lacks(Arc<Token>),
}

impl From<Denial> for Stopped {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

/// A request that leads somewhere where it may go.
struct Routed<'a> {
    method: Method,
    target: Target,
    /// At least one.
    allowed: Vec<&'a Allowed>,
}

impl Outlet {
    /// Everything that can be said without asking anybody. The tokens in `have` are put in.
    pub(crate) fn clear(&self, request: &Request, have: &Have, noted: &mut Noted) -> Result<Cleared<'_>, Stopped> {
        let routed = self.route(request, noted)?;
        let all = routed.allowed.iter();
        let granted: BTreeSet<&str> = all.flat_map(|a| a.secrets.iter().map(String::as_str)).collect();
        let put = self.secrets.put(request, &routed.target, &granted, have);
        let filled = put.map_err(|error| match error.token {
            Some(token) => Stopped::Lacks(token),
            None => Stopped::Denied(Denial {
                why: error.why,
                toml: error.lacks.and_then(|lacks| {
                    let first = routed.allowed.first()?;
                    let secrets: Vec<String> = first.secrets.iter().cloned().chain([lacks]).collect();
                    Some(toml::http(&self.connector, &first.rule, &secrets))
                }),
            }),
        })?;
        Ok(self.leading(&routed, filled)?)
    }

    /// The same for a request of the host's own, which is sent as it is.
    pub(crate) fn clear_own(&self, request: &Request, noted: &mut Noted) -> Result<Cleared<'_>, Denial> {
        let routed = self.route(request, noted)?;
        let headers = request.headers.iter().cloned();
        let filled = Filled {
            url: routed.target.url.clone(),
            headers: headers.map(|(name, value)| (name, value, true)).collect(),
            body: request.body.clone(),
            used: BTreeSet::new(),
            tokens: Vec::new(),
        };
        self.leading(&routed, filled)
    }

    fn route(&self, request: &Request, noted: &mut Noted) -> Result<Routed<'_>, Denial> {
        let target = Target::read(&request.url)?;
        noted.host.clone_from(&target.host);
        noted.port = target.port;
        noted.path = cut(target.url.path());
        let method = Method::read(&request.method).ok_or_else(|| format!("{} is no method", cut(&request.method)))?;
        let allowed: Vec<&Allowed> = self
            .allowed
            .iter()
            .filter(|allowed| allowed.rule.covers(method, &target))
            .collect();
        if allowed.is_empty() {
            return Err(self.not_allowed(method, &target));
        }
        for (name, _) in &request.headers {
            if let Some(why) = headers::refused(name) {
                return Err(format!("the header '{}' may not be set: {why}", cut(name)).into());
            }
        }
        if let Some(ip) = target.literal {
            self.reach
                .check(ip, target.port)
                .map_err(|refused| self.not_reached(refused.to_string(), refused.address))?;
        }
        Ok(Routed {
            method,
            target,
            allowed,
        })
    }

    fn leading(&self, routed: &Routed<'_>, filled: Filled) -> Result<Cleared<'_>, Denial> {
        let rule = routed.allowed.first().map(|allowed| &allowed.rule);
        let destination = self
            .gates
            .destinations
            .iter()
            .find(|destination| rule.is_some_and(|rule| destination.is_of(rule)));
        let (Some(destination), Some(client)) = (destination, self.clients.get(routed.target.port)) else {
            return Err("the host has no connections for this rule; this is a fault of the host"
                .to_owned()
                .into());
        };
        Ok(Cleared {
            method: routed.method,
            filled,
            destination,
            client,
        })
    }

    fn not_allowed(&self, method: Method, target: &Target) -> Denial {
        let what = format!("{} {}://{}", method.word(), target.scheme.word(), target.host);
        let declared = self.declared.iter().find(|rule| rule.covers(method, target));
        let Some(declared) = declared else {
            return format!(
                "the plugin's manifest does not declare {what}{}",
                cut(target.url.path())
            )
            .into();
        };
        let exactly = declared.for_one(method, target);
        Denial {
            why: format!("{what}{} is not granted", cut(target.url.path())),
            toml: Some(toml::http(&self.connector, &exactly, &[])),
        }
    }

    pub(crate) fn not_reached(&self, why: String, address: SocketAddr) -> Denial {
        let can_be = Class::of(address.ip()).can_be_opened();
        Denial {
            why,
            toml: can_be.then(|| toml::opened(&self.connector, address)),
        }
    }

    /// Tells the log, once for each kind, and gives what the guest is told.
    pub(crate) fn deny(&self, denial: &Denial) -> Error {
        let Denial { why, toml } = denial;
        let first = {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            told.len() < TOLD && told.insert(why.clone())
        };
        let connector = self.connector.as_str();
        match toml {
            Some(toml) if first => {
                tracing::warn!(target: "plugin", connector, "http was denied: {why}; this would allow it:\n{toml}");
            }
            None if first => tracing::warn!(target: "plugin", connector, "http was denied: {why}"),
            _ => {}
        }
        Error::before(Code::Denied, format!("http is denied: {why}"))
    }
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(SHOWN_BYTES)].to_owned()
}
