//! Relays as they are used: their certificates read, their TLS set up. Nothing is connected.
//! And addresses of our own, as mail takes them.

use std::{collections::BTreeMap, sync::Arc};

use hearken_config::{RelayTls, RelayWiring, Wiring};
use hearken_egress::Egress;
use hearken_mail::{Address, Login, Relay, RelaySettings, Tls, Way};

use super::Problems;
use crate::way_out::Relayed;

/// All relays of a configuration, without those that cannot be used.
pub(super) fn all(wiring: &Wiring, egress: &Egress, found: &mut Problems<'_>) -> BTreeMap<String, Arc<Relay>> {
    let mut relays = BTreeMap::new();
    check_addresses(wiring, found);
    let from = wiring
        .mail
        .as_ref()
        .and_then(|mail| Address::parse(&mail.from.address).ok());
    let hello = from.as_ref().map_or("localhost", Address::domain);
    let way: Arc<dyn Way> = Arc::new(Relayed(egress.clone()));
    for (name, wired) in &wiring.relays {
        match Relay::new(settings(wired, hello), Arc::clone(&way)) {
            Ok(relay) => {
                relays.insert(name.clone(), Arc::new(relay));
            }
            Err(error) => {
                let place = ["relays", name, "ca-file"];
                found.error(
                    "relay",
                    &place,
                    format!("the relay '{name}' cannot be used: {error}"),
                    "",
                );
            }
        }
    }
    relays
}

fn check_addresses(wiring: &Wiring, found: &mut Problems<'_>) {
    let mut check = |path: &[&str], address: &str| {
        if let Err(error) = Address::parse(address) {
            found.error("mailbox", path, error.to_string(), "write one that mail can go to");
        }
    };
    if let Some(mail) = &wiring.mail {
        check(&["mail", "from"], &mail.from.address);
        mail.reply_to
            .iter()
            .for_each(|to| check(&["mail", "reply-to"], &to.address));
        mail.alerts_to.iter().for_each(|to| check(&["mail", "alerts-to"], to));
    }
    for (name, team) in &wiring.teams {
        team.address
            .iter()
            .for_each(|to| check(&["teams", name, "address"], to));
    }
}

fn settings(wired: &RelayWiring, hello: &str) -> RelaySettings {
    let login = wired.user.as_ref().zip(wired.password.as_ref());
    RelaySettings {
        name: wired.name.clone(),
        host: wired.host.clone(),
        port: wired.port,
        tls: match wired.tls {
            RelayTls::StartTls => Tls::StartTls,
            RelayTls::Implicit => Tls::Implicit,
            RelayTls::None => Tls::None,
        },
        ca_file: wired.ca_file.clone(),
        login: login.map(|(user, password)| Login {
            user: user.clone(),
            password: password.expose().to_owned().into(),
        }),
        timeout: wired.timeout,
        connections: wired.connections,
        hello: hello.to_owned(),
    }
}
