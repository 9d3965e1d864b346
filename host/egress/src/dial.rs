//! Connections that are not HTTP.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use crate::{Code, Egress, Error, Literal, Outcome, Row, literal, lookup::checked, reach::Reach};

/// A connection that is about to be made to one of the addresses that were checked, and is
/// told to the audit when it is known what came of it.
#[must_use = "a connection that nobody tells about is missing in the audit"]
pub struct Connecting {
    egress: Egress,
    whose: String,
    host: String,
    port: u16,
    at: SystemTime,
    addresses: Vec<SocketAddr>,
}

impl Connecting {
    pub(crate) async fn new(egress: &Egress, whose: &str, host: &str, port: u16) -> Result<Self, Error> {
        let mut connecting = Self {
            egress: egress.clone(),
            whose: whose.to_owned(),
            host: host.to_owned(),
            port,
            at: SystemTime::now(),
            addresses: Vec::new(),
        };
        match addresses(egress, host, port).await {
            Ok(addresses) => {
                connecting.addresses = addresses;
                Ok(connecting)
            }
            Err(error) => {
                connecting.ended(Err(&error)).await;
                Err(error)
            }
        }
    }

    /// Where it may be made to; at least one.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What came of it.
    pub async fn told(self, connected: Result<(), String>) {
        let failed = connected.map_err(|why| Error::before(Code::Connect, why));
        self.ended(failed.as_ref().copied()).await;
    }

    async fn ended(self, connected: Result<(), &Error>) {
        let (outcome, why) = match connected {
            Ok(()) => (Outcome::Status(0), String::new()),
            Err(error) => (Outcome::Failed(error.code), error.message.clone()),
        };
        let row = Row {
            took: self.at.elapsed().unwrap_or(Duration::ZERO),
            at: self.at,
            connector: self.whose,
            host: self.host,
            port: self.port,
            method: "CONNECT".into(),
            path: String::new(),
            outcome,
            why,
            bytes_out: 0,
            bytes_in: 0,
            item: None,
        };
        self.egress.audit.note(row).await;
    }
}

async fn addresses(egress: &Egress, host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
    // An IPv6 address stands in brackets in a URL, and without them elsewhere.
    let address = host.parse().ok().or_else(|| match literal(host) {
        Some(Literal::Address(ip)) => Some(ip),
        _ => None,
    });
    let found = match address {
        Some(ip) => {
            let check = Reach::Operators.check(ip, port);
            check.map_err(|refused| Error::before(Code::Denied, refused.to_string()))?;
            vec![ip]
        }
        None => {
            let found = checked(egress.lookup.as_ref(), host, port, &Reach::Operators).await;
            found.map_err(|error| Error::from(&error))?
        }
    };
    Ok(found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}
