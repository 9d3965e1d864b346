//! Connectors: plugin, configuration, grants, limits, secrets.

use std::{
    collections::BTreeMap,
    path::{MAIN_SEPARATOR, Path},
    time::Duration,
};

use hearken_model::HOST_CONNECTOR;

use super::Resolver;
use crate::{
    ConnectorWiring, GrantsWiring, IsolationWiring, LimitsWiring, LinksWiring, OnUnknown, Retry,
    authored::{At, Choice, ConnectorTable, GrantsTable, IsolationWord, LimitsTable, Positive, Size, Text},
};

const ISOLATION_CALLS: u32 = 1000;

impl Resolver<'_> {
    pub(super) fn connectors(&mut self, links: Option<&LinksWiring>) -> BTreeMap<String, ConnectorWiring> {
        let written = self.file.connectors.iter().flat_map(|c| &c.value.0);
        written
            .map(|(name, connector)| {
                self.not_the_hosts(name, connector);
                (name.clone(), self.connector_wiring(name, &connector.value, links))
            })
            .collect()
    }

    /// What the host itself observes stands in the log under a name that no connector has.
    fn not_the_hosts(&mut self, name: &str, written: &At<ConnectorTable>) {
        if name == HOST_CONNECTOR {
            let message = format!("a connector cannot be called '{HOST_CONNECTOR}'");
            let help = "name it otherwise; the daemon itself reports under this name";
            self.problems.error("reserved-name", written.key, message, help);
        }
    }

    fn connector_wiring(
        &mut self,
        name: &str,
        written: &ConnectorTable,
        links: Option<&LinksWiring>,
    ) -> ConnectorWiring {
        ConnectorWiring {
            name: name.to_owned(),
            plugin: self.plugin(written),
            digest: written.digest.as_ref().and_then(|at| self.digest(at)),
            config: written
                .config
                .as_ref()
                .map(|at| at.value.0.clone())
                .unwrap_or_default()
                .into(),
            secrets: self.secrets(name, written.secrets.as_ref()),
            tokens: self.tokens(name, written.tokens.as_ref()),
            public_url: match &written.public_url {
                Some(at) => self.public_url(at, &format!("https://hooks.example.com/in/{name}")),
                // Links lead to the same listener.
                None => links.map(|links| format!("{}/in/{name}", links.public_url)),
            },
            grants: written
                .grants
                .as_ref()
                .map(|at| self.grants(name, &at.value))
                .unwrap_or_default(),
            limits: written
                .limits
                .as_ref()
                .map(|at| self.limits(&at.value))
                .unwrap_or_default(),
            fresh: super::length(written.fresh.as_ref(), Duration::from_secs(3600)),
            every: self.lasting(written.every.as_ref(), Duration::from_secs(60)),
            on_unknown: written
                .on_unknown
                .as_ref()
                .map_or(OnUnknown::default(), |at| at.value.0),
            isolation: self.isolation(written),
            retry: self.retry(written),
        }
    }

    /// A name as it is; a path joined to the folder of its file.
    fn plugin(&self, written: &ConnectorTable) -> String {
        let Some(at) = &written.plugin else {
            return String::new();
        };
        let plugin = at.value.0.as_str();
        let is_wasm = Path::new(plugin)
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("wasm"));
        if !is_wasm && !plugin.contains(['/', MAIN_SEPARATOR]) {
            return plugin.to_owned();
        }
        let path = self.problems.sources.folder(at.span.file()).join(plugin);
        let path = path.display().to_string();
        // A file beside a configuration in the current folder would look like a name.
        if path.contains(['/', MAIN_SEPARATOR]) {
            path
        } else {
            format!(".{MAIN_SEPARATOR}{path}")
        }
    }

    fn digest(&mut self, written: &At<Text>) -> Option<String> {
        let digest = written.value.0.strip_prefix("sha256:").unwrap_or_default();
        if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Some(digest.to_owned());
        }
        let message = format!("'{}' is no digest", crate::quote(&written.value.0));
        let help = "write sha256: and the 64 digits that `hearken plugin inspect` says";
        self.problems.error("digest", written.span, message, help);
        None
    }

    fn grants(&mut self, connector: &str, written: &GrantsTable) -> GrantsWiring {
        for at in written.may_say.iter().flat_map(|list| &list.value.0) {
            let kind = at.value.0.as_str();
            let stem = kind.strip_suffix('*').unwrap_or(kind);
            if stem.chars().any(|c| c == '*' || c.is_whitespace()) {
                let message = format!("'{}' is not a kind of signals", crate::quote(kind));
                self.problems.error(
                    "kind",
                    at.span,
                    message,
                    "such as \"page.viewed\", or \"page.*\" with the star at the end",
                );
            }
        }
        GrantsWiring {
            http: self.http_grants(written),
            allow_private: written
                .allow_private
                .iter()
                .flat_map(|list| list.value.0.iter().map(|at| at.value.0))
                .collect(),
            proxy: written.proxy.as_ref().map(|at| self.proxy(connector, at)),
            ca_file: written.ca_file.as_ref().map(|at| at.value.0.clone()),
            share: written
                .share
                .as_ref()
                .map(|at| self.share(&at.value))
                .unwrap_or_default(),
            folder: written.folder.as_ref().map(|at| at.value.0.clone()),
            mail: written.mail.as_ref().map(|at| self.granted_relay(at)),
            may_say: written
                .may_say
                .as_ref()
                .map(|list| list.value.0.iter().map(|at| at.value.0.clone()).collect()),
            may_identify: written.may_identify.as_ref().map(|map| {
                map.value
                    .0
                    .iter()
                    .map(|(scheme, at)| (scheme.clone(), at.value.0))
                    .collect()
            }),
        }
    }

    fn limits(&mut self, written: &LimitsTable) -> LimitsWiring {
        let mut lasting =
            |at: &Option<At<crate::authored::Length>>| at.as_ref().map(|at| self.lasting(Some(at), Duration::ZERO));
        let (cpu, wall) = (lasting(&written.cpu), lasting(&written.wall));
        let http_timeout = lasting(&written.http_timeout);
        LimitsWiring {
            cpu,
            wall,
            // What the smallest plugin has before it does anything.
            memory_bytes: self.size(written.memory.as_ref(), 65_536),
            output_bytes: self.size(written.output.as_ref(), 1),
            log_lines: written.log_lines.as_ref().map(|at| at.value),
            log_bytes: self.size(written.log_bytes.as_ref(), 1),
            in_flight: self.at_most(written.in_flight.as_ref(), 64),
            batch: self.at_most(written.batch.as_ref(), 1024),
            body_bytes: self.size(written.body.as_ref(), 1),
            http_rate: written.http_rate.as_ref().map(|at| at.value.0),
            http_calls: written.http_calls.as_ref().map(|at| at.value.0),
            http_in_flight: self.at_most(written.http_in_flight.as_ref(), 64),
            http_timeout,
            http_request_bytes: self.size(written.http_request.as_ref(), 1),
            http_response_bytes: self.size(written.http_response.as_ref(), 1),
            http_bytes_per_hour: self.size(written.http_per_hour.as_ref(), 1),
        }
    }

    fn size(&mut self, written: Option<&At<Size>>, least: u64) -> Option<u64> {
        let at = written?;
        if at.value.0 < least {
            let least = crate::grammar::bytes_text(least);
            self.problems.error(
                "range",
                at.span,
                "the size is too small".into(),
                format!("write at least \"{least}\""),
            );
        }
        Some(at.value.0)
    }

    fn at_most(&mut self, written: Option<&At<Positive>>, most: u32) -> Option<usize> {
        let at = written?;
        let count = at.value.0;
        if count > most {
            self.problems.error(
                "range",
                at.span,
                format!("{count} is out of range"),
                format!("write one from 1 to {most}"),
            );
        }
        usize::try_from(count).ok()
    }

    fn isolation(&mut self, written: &ConnectorTable) -> IsolationWiring {
        let calls = written.isolation_calls.as_ref();
        match (&written.isolation, calls) {
            (
                Some(At {
                    value: Choice(IsolationWord::Connector),
                    ..
                }),
                _,
            ) => IsolationWiring::Connector {
                calls: calls.map_or(ISOLATION_CALLS, |at| at.value.0),
            },
            (_, Some(at)) => {
                let message = "isolation-calls has no meaning where every call has an instance of its own".into();
                self.problems.error(
                    "isolation",
                    at.key,
                    message,
                    "add isolation = \"connector\", or leave it out",
                );
                IsolationWiring::Call
            }
            _ => IsolationWiring::Call,
        }
    }

    fn retry(&mut self, written: &ConnectorTable) -> Retry {
        let default = Retry::default();
        let Some(at) = &written.retry else {
            return default;
        };
        let (first, most) = (at.value.first.as_ref(), at.value.most.as_ref());
        let retry = Retry {
            first: self.lasting(first, default.first),
            // A longer first wait alone moves the longest one along.
            most: self.lasting(most, default.most.max(super::length(first, default.first))),
            attempts: at.value.attempts.as_ref().map_or(default.attempts, |at| at.value.0),
        };
        if let Some(at) = most.filter(|_| retry.first > retry.most) {
            let message = "the longest wait is shorter than the first".into();
            self.problems.error(
                "range",
                at.span,
                message,
                "such as retry = { first = \"5s\", most = \"1h\" }",
            );
        }
        retry
    }
}
