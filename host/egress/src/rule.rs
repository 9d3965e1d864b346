//! What may be called: what a plugin declares, what its operator grants, and what is in
//! both.

use std::{collections::BTreeSet, fmt};

use crate::{
    Method, Methods,
    path::Prefix,
    target::{Literal, Target, literal},
};

/// A rule as it is written, in a manifest or in TOML.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// `https` or `http`.
    pub scheme: Scheme,
    /// A name, an address, or `*.example.com`.
    pub host: &'a str,
    /// None for the scheme's own.
    pub port: Option<u16>,
    /// Empty for any.
    pub methods: &'a [String],
    /// A prefix that ends where a segment does.
    pub path: &'a str,
}

/// What may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub(crate) scheme: Scheme,
    pub(crate) host: HostPattern,
    /// None for any, which only a declared rule has whose host its operator names.
    pub(crate) port: Option<u16>,
    pub(crate) methods: Methods,
    pub(crate) path: Prefix,
}

/// Why what is written is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not a host.
    #[error("'{host}' is no host: write a name such as api.example.com, or *.example.com")]
    Host {
        /// What was written.
        host: String,
    },
    /// Too many hosts.
    #[error("'{host}' stands for too many hosts: write at least two labels after the star")]
    Wide {
        /// What was written.
        host: String,
    },
    /// Not a method.
    #[error("'{method}' is no method: there is GET, HEAD, POST, PUT, PATCH, DELETE")]
    Method {
        /// What was written.
        method: String,
    },
    /// Not a path.
    #[error("'{path}' is no path as it is sent: write one such as /v1/contacts, without dots, queries and encodings")]
    Path {
        /// What was written.
        path: String,
    },
}

impl Rule {
    /// Reads what a plugin declares: as what is granted, and `*` for a host that its operator
    /// names, with the port that is named with it.
    ///
    /// # Errors
    /// [`RuleError`] for the first thing that is wrong with it.
    pub fn declared(written: &Written<'_>) -> Result<Self, RuleError> {
        if written.host != "*" {
            return Self::granted(written);
        }
        let rule = Self::granted(&Written {
            host: "named.example",
            ..*written
        })?;
        Ok(Self {
            host: HostPattern::Named,
            port: written.port,
            ..rule
        })
    }

    /// Reads what an operator grants.
    ///
    /// # Errors
    /// [`RuleError`] for the first thing that is wrong with it.
    pub fn granted(written: &Written<'_>) -> Result<Self, RuleError> {
        Ok(Self {
            scheme: written.scheme,
            host: HostPattern::read(written.host)?,
            port: Some(written.port.unwrap_or(written.scheme.port())),
            methods: Methods::read(written.methods)?,
            path: Prefix::read(written.path).ok_or_else(|| RuleError::Path {
                path: written.path.to_owned(),
            })?,
        })
    }

    /// The scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    #[must_use]
    pub const fn host(&self) -> &HostPattern {
        &self.host
    }

    /// The port; none for any.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The methods.
    #[must_use]
    pub const fn methods(&self) -> &Methods {
        &self.methods
    }

    /// The beginning of the path.
    #[must_use]
    pub fn path(&self) -> String {
        self.path.to_string()
    }

    /// What falls under both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Option<Self> {
        let methods = Methods(self.methods.0.intersection(&other.methods.0).copied().collect());
        let port = self.port.or(other.port);
        let same_port = self.port.is_none() || other.port.is_none() || self.port == other.port;
        if self.scheme != other.scheme || !same_port || methods.0.is_empty() {
            return None;
        }
        Some(Self {
            scheme: self.scheme,
            host: self.host.and(&other.host)?.clone(),
            port,
            methods,
            path: self.path.narrower(&other.path)?.clone(),
        })
    }

    pub(crate) fn covers(&self, method: Method, target: &Target) -> bool {
        self.goes_to(target) && self.methods.0.contains(&method) && self.path.covers(target.url.path())
    }

    /// No more of it than one call needs.
    pub(crate) fn for_one(&self, method: Method, target: &Target) -> Self {
        Self {
            host: HostPattern::Exactly(target.host.clone()),
            port: Some(target.port),
            methods: Methods([method].into()),
            ..self.clone()
        }
    }

    fn goes_to(&self, target: &Target) -> bool {
        self.scheme == target.scheme
            && self.port.is_none_or(|port| port == target.port)
            && self.host.covers(&target.host)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            scheme,
            host,
            port,
            methods,
            path,
        } = self;
        write!(f, "{methods} {}://{host}", scheme.word())?;
        match port {
            None => f.write_str(":*")?,
            Some(port) if *port != scheme.port() => write!(f, ":{port}")?,
            Some(_) => {}
        }
        write!(f, "{path}")
    }
}

/// What an operator grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What may be called.
    pub rule: Rule,
    /// The names of the secrets that may go there.
    pub secrets: BTreeSet<String>,
}

/// What is declared and granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// What may be called.
    pub rule: Rule,
    /// The names of the secrets that may go there.
    pub secrets: BTreeSet<String>,
}

/// All that is in both.
pub(crate) fn both(declared: &[Rule], granted: &[Grant]) -> Vec<Allowed> {
    let mut all = Vec::new();
    for grant in granted {
        for rule in declared.iter().filter_map(|rule| rule.and(&grant.rule)) {
            let allowed = Allowed {
                rule,
                secrets: grant.secrets.clone(),
            };
            if !all.contains(&allowed) {
                all.push(allowed);
            }
        }
    }
    all
}

/// A URL's scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Encrypted.
    Https,
    /// In the clear.
    Http,
}

impl Scheme {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    /// The port where none is said.
    #[must_use]
    pub const fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

/// A host, or all below a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostPattern {
    /// This one.
    Exactly(String),
    /// All below this name, and not the name itself.
    Below(String),
    /// One that the operator names; only a plugin declares it.
    Named,
}

impl HostPattern {
    /// Reads one; addresses in numbers become their usual notation.
    ///
    /// # Errors
    /// [`RuleError::Host`] and [`RuleError::Wide`].
    pub fn read(text: &str) -> Result<Self, RuleError> {
        let wrong = || RuleError::Host { host: text.to_owned() };
        let (below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "*/@\\?#%".contains(c)) {
            return Err(wrong());
        }
        match literal(name).ok_or_else(wrong)? {
            Literal::Address(_) if below => Err(wrong()),
            Literal::Address(std::net::IpAddr::V6(v6)) => Ok(Self::Exactly(format!("[{v6}]"))),
            Literal::Address(address) => Ok(Self::Exactly(address.to_string())),
            // A name that ends in a dot is another one to us, and the same to the world.
            Literal::Name(name) if name.ends_with('.') => Err(wrong()),
            Literal::Name(name) if below && !name.contains('.') => Err(RuleError::Wide { host: text.to_owned() }),
            Literal::Name(name) if below => Ok(Self::Below(name)),
            Literal::Name(name) => Ok(Self::Exactly(name)),
        }
    }

    /// Whether it stands for more than one host.
    #[must_use]
    pub const fn is_wildcard(&self) -> bool {
        matches!(self, Self::Below(_))
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Exactly(name) => name == host,
            Self::Below(name) => is_below(host, name),
            Self::Named => true,
        }
    }

    fn and<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        match (self, other) {
            (Self::Named, other) => Some(other),
            (_, Self::Named) => Some(self),
            (Self::Exactly(x), _) => other.covers(x).then_some(self),
            (_, Self::Exactly(y)) => self.covers(y).then_some(other),
            (Self::Below(x), Self::Below(y)) if x == y || is_below(x, y) => Some(self),
            (Self::Below(x), Self::Below(y)) => is_below(y, x).then_some(other),
        }
    }
}

fn is_below(host: &str, name: &str) -> bool {
    host.strip_suffix(name)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|rest| !rest.is_empty())
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(name) => f.write_str(name),
            Self::Below(name) => write!(f, "*.{name}"),
            Self::Named => f.write_str("*"),
        }
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
