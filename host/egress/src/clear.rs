//! Everything that can be said of a request without asking anybody, and what would allow
//! what was denied.

use std::{collections::BTreeSet, net::SocketAddr, sync::PoisonError};

use crate::{
    Allowed, Class, Code, Error, Method, Outlet, Request, gates::Destination, headers, outlet::Noted, secret::Filled,
    target::Target, toml,
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

impl Outlet {
    /// Everything that can be said without asking anybody.
    pub(crate) fn clear(&self, request: &Request, noted: &mut Noted) -> Result<Cleared<'_>, Denial> {
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
        let Some(first) = allowed.first() else {
            return Err(self.not_allowed(method, &target));
        };
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
        let granted: BTreeSet<&str> = allowed
            .iter()
            .flat_map(|allowed| allowed.secrets.iter().map(String::as_str))
            .collect();
        let filled = self.secrets.put(request, &target, &granted).map_err(|error| Denial {
            why: error.why,
            toml: error.lacks.map(|lacks| {
                let secrets: Vec<String> = first.secrets.iter().cloned().chain([lacks]).collect();
                toml::http(&self.connector, &first.rule, &secrets)
            }),
        })?;
        let destination = self
            .gates
            .destinations
            .iter()
            .find(|destination| destination.is_of(&first.rule));
        let (Some(destination), Some(client)) = (destination, self.clients.get(target.port)) else {
            return Err("the host has no connections for this rule; this is a fault of the host"
                .to_owned()
                .into());
        };
        Ok(Cleared {
            method,
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
