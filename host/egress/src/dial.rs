//! Connections that are not HTTP.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant, SystemTime},
};

use tokio::net::TcpStream;

use crate::{Code, Egress, Error, Literal, Outcome, Row, literal, lookup::checked, reach::Reach};

pub(crate) async fn connect(
    egress: &Egress,
    whose: &str,
    host: &str,
    port: u16,
    timeout: Duration,
) -> Result<TcpStream, Error> {
    let (at, began) = (SystemTime::now(), Instant::now());
    let connected = match tokio::time::timeout(timeout, to_one_of(egress, host, port)).await {
        Ok(connected) => connected,
        Err(_) => Err(Error::before(
            Code::Timeout,
            format!("connecting to {host}:{port}: nobody answers"),
        )),
    };
    let (outcome, why) = match &connected {
        Ok(_) => (Outcome::Status(0), String::new()),
        Err(error) => (Outcome::Failed(error.code), error.message.clone()),
    };
    let row = Row {
        at,
        connector: whose.to_owned(),
        host: host.to_owned(),
        port,
        method: "CONNECT".into(),
        path: String::new(),
        outcome,
        why,
        bytes_out: 0,
        bytes_in: 0,
        took: began.elapsed(),
        item: None,
    };
    egress.audit.note(row).await;
    connected
}

async fn to_one_of(egress: &Egress, host: &str, port: u16) -> Result<TcpStream, Error> {
    let mut last = None;
    for ip in addresses(egress, host, port).await? {
        match TcpStream::connect(SocketAddr::new(ip, port)).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|error| error.to_string()).unwrap_or_default();
    Err(Error::before(
        Code::Connect,
        format!("connecting to {host}:{port}: {why}"),
    ))
}

async fn addresses(egress: &Egress, host: &str, port: u16) -> Result<Vec<IpAddr>, Error> {
    // An IPv6 address stands in brackets in a URL, and without them elsewhere.
    let address = host.parse().ok().or_else(|| match literal(host) {
        Some(Literal::Address(ip)) => Some(ip),
        _ => None,
    });
    let Some(ip) = address else {
        let found = checked(egress.lookup.as_ref(), host, port, &Reach::Operators).await;
        return found.map_err(|error| Error::from(&error));
    };
    let check = Reach::Operators.check(ip, port);
    check.map_err(|refused| Error::before(Code::Denied, refused.to_string()))?;
    Ok(vec![ip])
}
