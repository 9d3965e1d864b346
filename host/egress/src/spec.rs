//! What an outlet is made from, and why it cannot be made.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use secrecy::SecretString;

use crate::{Grant, Rate, Rule, SecretSpec, TokenSpec};

/// What an outlet is made from.
#[derive(Debug)]
pub struct OutletSpec {
    /// The connector's name.
    pub connector: String,
    /// What the plugin's manifest declares.
    pub declared: Vec<Rule>,
    /// What the operator grants.
    pub granted: Vec<Grant>,
    /// The secrets for calls out.
    pub secrets: Vec<SecretSpec>,
    /// The tokens that are asked for. Their names are none of the secrets'.
    pub tokens: Vec<TokenSpec>,
    /// Addresses that are not public and may be called all the same.
    pub allow_private: Vec<SocketAddr>,
    /// A proxy that everything goes through: then it looks names up, and they are guarded by
    /// name alone.
    pub proxy: Option<ProxySpec>,
    /// Authorities that are trusted instead of the system's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The vendor's limits, and the operator's: all of them hold.
    pub rates: Vec<Rate>,
    /// How large and how long.
    pub limits: Limits,
}

/// A proxy, as its operator names it.
#[derive(Clone, Debug)]
pub struct ProxySpec {
    /// Where it is, without a user.
    pub url: url::Url,
    /// Who logs in, and with which password.
    pub login: Option<(String, SecretString)>,
}

/// How large and how long an exchange may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection, encrypted where it is to be.
    pub connect: Duration,
    /// Between one piece of an answer and the next.
    pub read: Duration,
    /// For everything, waiting for a turn included.
    pub total: Duration,
    /// A request's body.
    pub request_bytes: usize,
    /// An answer's body, packed and unpacked.
    pub response_bytes: usize,
    /// How many headers a request and an answer may have.
    pub headers: usize,
    /// All headers together.
    pub header_bytes: usize,
    /// Requests at the same time.
    pub in_flight: usize,
    /// Everything in and out within an hour.
    pub bytes_per_hour: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            total: Duration::from_secs(10),
            request_bytes: 1 << 20,
            response_bytes: 4 << 20,
            headers: 100,
            header_bytes: 64 << 10,
            in_flight: 8,
            bytes_per_hour: 1 << 30,
        }
    }
}

/// Why there is no outlet.
#[derive(Debug, thiserror::Error)]
pub enum OutletError {
    /// The file of authorities cannot be used.
    #[error("reading the certificates of {path}: {why}")]
    CaFile {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// TLS cannot be had.
    #[error("setting TLS up: {0}")]
    Tls(String),
    /// A client cannot be made.
    #[error("setting connections up: {0}")]
    Client(String),
}
