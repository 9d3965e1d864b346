//! Mail: in whose name, through which relays, and what has to be there before it is sent.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use hearken_model::{Story, StoryKind};

use super::{Reference, Resolver, stories::Stories};
use crate::{
    Brakes, MailWiring, RelayTls, RelayWiring,
    authored::{At, BrakesTable, ConnectorTable, Name, RelayTable, TeamTable, TlsWord},
};

const TIMEOUT: Duration = Duration::from_secs(30);
const CONNECTIONS: u32 = 4;
/// More look like an attack to most relays.
const MOST_CONNECTIONS: u32 = 50;

impl Resolver<'_> {
    pub(super) fn mail(&mut self, stories: &Stories) -> Option<MailWiring> {
        let file = self.file;
        let Some(at) = &file.mail else {
            self.missing_mail();
            return None;
        };
        let written = &at.value;
        let mailed = |story: &&Story| story.channels.iter().any(|channel| self.is_mailed(channel));
        let kinds: Vec<StoryKind> = stories.told.iter().filter(mailed).map(|story| story.kind).collect();
        if kinds.contains(&StoryKind::Marketing) && file.links.is_none() {
            let message =
                "marketing stories are mailed, which need a link to unsubscribe, and there are no [links]".into();
            let help = "[links] public-url = \"https://links.example.com\", where people reach the public listener";
            self.problems.error("mail", at.key, message, help);
        }
        let commercial = kinds.iter().any(|kind| *kind != StoryKind::Service);
        if commercial && written.postal_address.is_none() {
            let message = "stories are mailed that need a postal address below them, and [mail] has none".into();
            let help = "postal-address = \"Example Inc., Example Street 1, 12345 Example City\"; only stories of kind \
                        \"service\" go without";
            self.problems.error("mail", at.key, message, help);
        }
        Some(MailWiring {
            from: written.from.as_ref()?.value.0.clone(),
            reply_to: written.reply_to.as_ref().map(|at| at.value.0.clone()),
            postal_address: super::text(&written.postal_address, ""),
            alerts_to: written.alerts_to.as_ref().map(|at| at.value.0.clone()),
        })
    }

    pub(super) fn relays(&mut self) -> BTreeMap<String, RelayWiring> {
        let written = self.file.relays.iter().flat_map(|relays| &relays.value.0);
        written
            .map(|(name, relay)| (name.clone(), self.relay(name, relay)))
            .collect()
    }

    /// The relay of `grants.mail`.
    pub(super) fn granted_relay(&mut self, at: &At<Name>) -> String {
        let file = self.file;
        let known = file.relays.iter().flat_map(|r| r.value.0.keys()).map(String::as_str);
        self.refer(Reference::Relay, &at.value.0, at.span, known);
        at.value.0.clone()
    }

    /// A team that is reached by mail needs an address.
    pub(super) fn mailed_team(&mut self, name: &str, team: &At<TeamTable>) {
        let sink = team.value.sink.as_ref().map(|at| at.value.0.as_str());
        let mails = sink.is_some_and(|sink| self.sends_mail(sink));
        if mails && team.value.address.is_none() {
            let name = crate::quote(name);
            let message = format!("the team '{name}' is reached by mail and has no address");
            let help = format!("[teams.{name}] address = \"{name}@example.com\"");
            self.problems.error("mail", team.key, message, help);
        }
    }

    /// A relay is granted, and nobody said in whose name.
    fn missing_mail(&mut self) {
        let file = self.file;
        let mut granted = file.connectors.iter().flat_map(|c| c.value.0.values());
        if let Some(at) = granted.find_map(|connector| granted_mail(&connector.value)) {
            let message = "mail is granted, and nothing says in whose name it is written".into();
            let help = "[mail] from = \"Example <hello@example.com>\"";
            self.problems.error("mail", at.span, message, help);
        }
    }

    fn is_mailed(&self, channel: &str) -> bool {
        let channels = self.file.channels.as_ref();
        let sink = channels
            .and_then(|c| c.value.0.get(channel))
            .and_then(|c| c.value.sink.as_ref());
        sink.is_some_and(|sink| self.sends_mail(&sink.value.0))
    }

    fn sends_mail(&self, connector: &str) -> bool {
        let connectors = self.file.connectors.as_ref();
        let connector = connectors.and_then(|c| c.value.0.get(connector));
        connector.is_some_and(|c| granted_mail(&c.value).is_some())
    }

    fn relay(&mut self, name: &str, at: &At<RelayTable>) -> RelayWiring {
        let written = &at.value;
        let host = super::text(&written.host, "");
        let tls = written.tls.as_ref().map_or(RelayTls::StartTls, |at| match at.value.0 {
            TlsWord::StartTls => RelayTls::StartTls,
            TlsWord::Implicit => RelayTls::Implicit,
            TlsWord::None => RelayTls::None,
        });
        self.check_host(written, &host);
        self.check_encryption(written, &host, tls);
        let what = format!("the password of the relay '{name}'");
        let password = written
            .password
            .as_ref()
            .and_then(|at| self.secret(&what, "password", at));
        self.check_login(at);
        RelayWiring {
            name: name.to_owned(),
            port: self.port(written, tls),
            tls,
            host,
            ca_file: written.ca_file.as_ref().map(|at| at.value.0.clone()),
            user: written.user.as_ref().map(|at| at.value.0.clone()),
            password,
            timeout: self.lasting(written.timeout.as_ref(), TIMEOUT),
            connections: self.connections(written),
            per_day: self.per_day(written),
            per_domain: written.per_domain.as_ref().map(|at| at.value.0),
            brakes: self.brakes(written.brakes.as_ref().map(|at| &at.value)),
        }
    }

    fn check_host(&mut self, written: &RelayTable, host: &str) {
        let Some(at) = &written.host else { return };
        let right = host.parse::<IpAddr>().is_ok()
            || (host.len() <= 253
                && host
                    .split('.')
                    .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')));
        if !right {
            let message = format!("'{}' is not a host's name or address", crate::quote(host));
            let help = "such as host = \"smtp.example.com\"; the port is a key of its own";
            self.problems.error("host", at.span, message, help);
        }
    }

    fn check_encryption(&mut self, written: &RelayTable, host: &str, tls: RelayTls) {
        let insecure = written.insecure.as_ref().is_some_and(|at| at.value);
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if tls == RelayTls::None
            && !here
            && !insecure
            && let Some(at) = &written.tls
        {
            let message = "mail would go to another machine unencrypted".into();
            let help = "write tls = \"starttls\" or \"tls\"; insecure = true takes it as it is";
            self.problems.error("unencrypted", at.span, message, help);
        }
        if tls == RelayTls::None
            && let Some(at) = &written.ca_file
        {
            let message = "ca-file has no meaning where nothing is encrypted".into();
            self.problems.warning(
                "unencrypted",
                at.key,
                message,
                "leave it out, or write tls = \"starttls\"",
            );
        }
    }

    fn check_login(&mut self, at: &At<RelayTable>) {
        let (user, password) = (&at.value.user, &at.value.password);
        let lacking = match (user, password) {
            (Some(user), None) => Some((
                user.key,
                "a user and no password",
                "password = { env = \"RELAY_PASSWORD\" }",
            )),
            (None, Some(password)) => Some((password.key, "a password and no user", "user = \"hearken\"")),
            _ => None,
        };
        if let Some((place, what, help)) = lacking {
            self.problems
                .error("login", place, format!("the relay has {what}"), help);
        }
    }

    fn port(&mut self, written: &RelayTable, tls: RelayTls) -> u16 {
        let default = match tls {
            RelayTls::StartTls => 587,
            RelayTls::Implicit => 465,
            RelayTls::None => 25,
        };
        let Some(at) = &written.port else { return default };
        u16::try_from(at.value.0).unwrap_or_else(|_| {
            let message = format!("{} is no port", at.value.0);
            self.problems
                .error("range", at.span, message, "write one from 1 to 65535");
            default
        })
    }

    fn connections(&mut self, written: &RelayTable) -> usize {
        let count = written.connections.as_ref().map_or(CONNECTIONS, |at| at.value.0);
        if let Some(at) = written.connections.as_ref().filter(|_| count > MOST_CONNECTIONS) {
            let help = format!("write one from 1 to {MOST_CONNECTIONS}");
            self.problems
                .error("range", at.span, format!("{count} is out of range"), help);
        }
        count.min(MOST_CONNECTIONS) as usize
    }

    fn per_day(&mut self, written: &RelayTable) -> Vec<u32> {
        let Some(at) = &written.per_day else { return Vec::new() };
        if at.value.0.is_empty() {
            let help = "such as [50, 100, 200]; leave the key out for no limit";
            self.problems.error("empty", at.span, "no number is given".into(), help);
        }
        at.value.0.iter().map(|at| at.value.0).collect()
    }

    fn brakes(&mut self, written: Option<&BrakesTable>) -> Brakes {
        let default = Brakes::default();
        let Some(written) = written else { return default };
        let over = written.over.as_ref().map_or(default.over, |at| at.value.0);
        if let Some(at) = written.over.as_ref().filter(|_| !(20..=100_000).contains(&over)) {
            let message = format!("a share of {over} messages says little or comes late");
            self.problems
                .error("range", at.span, message, "write one from 20 to 100000");
        }
        Brakes {
            bounces: written.bounces.as_ref().map_or(default.bounces, |at| at.value.0),
            complaints: written.complaints.as_ref().map_or(default.complaints, |at| at.value.0),
            over,
        }
    }
}

fn granted_mail(connector: &ConnectorTable) -> Option<&At<Name>> {
    connector.grants.as_ref().and_then(|grants| grants.value.mail.as_ref())
}
