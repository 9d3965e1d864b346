//! A connector's way out: what its manifest declares, its operator grants and its secrets,
//! or all that is wrong with them.

use std::{collections::BTreeSet, time::Duration};

use hearken_config::{ConnectorWiring, HttpGrantWiring, LimitsWiring};
use hearken_egress::{
    Class, Egress, Grant, Limits, Outlet, OutletError, OutletSpec, ProxySpec, Rate, Rule, Scheme, SecretSpec, Use,
    Written, grant_toml,
};
use hearken_sandbox::{Host, Needs, SecretUse};

use super::{Problems, Purpose, instead, tokens};

/// The outlet of a connector whose plugin declares hosts or secrets for calls out.
pub(super) fn outlet(
    wired: &ConnectorWiring,
    needs: &Needs,
    egress: &Egress,
    purpose: Purpose,
    found: &mut Problems<'_>,
) -> Option<Outlet> {
    if needs.hosts.is_empty() && needs.secrets.is_empty() {
        without_effect(wired, found);
        return None;
    }
    let declared = declared(wired, needs, found);
    let granted = granted(wired, needs, &declared, found);
    opened(wired, found);
    let spec = OutletSpec {
        connector: wired.name.clone(),
        secrets: if purpose == Purpose::Foresee {
            Vec::new()
        } else {
            secrets(wired, needs, found)
        },
        tokens: if purpose == Purpose::Foresee {
            Vec::new()
        } else {
            tokens::specs(wired, needs)
        },
        declared,
        granted,
        allow_private: wired.grants.allow_private.clone(),
        proxy: proxy(wired, found),
        ca_file: wired.grants.ca_file.clone(),
        rates: rates(wired, needs, found),
        limits: limits(&wired.limits),
    };
    match egress.outlet(spec) {
        Ok(outlet) => {
            tokens::check(wired, &outlet, found);
            Some(outlet)
        }
        Err(error) => {
            let key = match &error {
                OutletError::CaFile { .. } => "ca-file",
                OutletError::Tls(_) | OutletError::Client(_) => "http",
            };
            let place = ["connectors", &wired.name, "grants", key];
            found.error("egress", &place, error.to_string(), "");
            None
        }
    }
}

fn without_effect(wired: &ConnectorWiring, found: &mut Problems<'_>) {
    if !wired.grants.http.is_empty() {
        let message = format!("plugin '{}' calls nobody, so granting it has no effect", wired.plugin);
        let place = ["connectors", &wired.name, "grants", "http"];
        found.warning("grant", &place, message, "leave it out");
    }
}

/// What a manifest declares, as rules.
pub(crate) fn rules(needs: &Needs) -> Vec<Result<Rule, String>> {
    let all = needs.hosts.iter().map(|host| Rule::declared(&written(host)));
    all.map(|rule| rule.map_err(|error| error.to_string())).collect()
}

fn written(host: &Host) -> Written<'_> {
    Written {
        scheme: match host.scheme {
            hearken_sandbox::Scheme::Https => Scheme::Https,
            hearken_sandbox::Scheme::Http => Scheme::Http,
        },
        host: &host.host,
        port: host.port.map(std::num::NonZeroU16::get),
        methods: &host.methods,
        path: &host.path,
    }
}

fn declared(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) -> Vec<Rule> {
    let mut declared = Vec::new();
    for rule in rules(needs) {
        match rule {
            Ok(rule) => declared.push(rule),
            Err(why) => {
                let message = format!(
                    "the manifest of plugin '{}' declares what cannot be: {why}",
                    wired.plugin
                );
                let help = "the plugin's author has to mend it";
                found.error("plugin", &["connectors", &wired.name, "plugin"], message, help);
            }
        }
    }
    declared
}

fn granted(wired: &ConnectorWiring, needs: &Needs, declared: &[Rule], found: &mut Problems<'_>) -> Vec<Grant> {
    let mut granted = Vec::new();
    for (index, grant) in wired.grants.http.iter().enumerate() {
        let index = index.to_string();
        let place = |key: &'static str| ["connectors", wired.name.as_str(), "grants", "http", index.as_str(), key];
        let rule = match Rule::granted(&granted_as_written(grant)) {
            Ok(rule) => rule,
            Err(error) => {
                let key = match &error {
                    hearken_egress::RuleError::Host { .. } | hearken_egress::RuleError::Wide { .. } => "host",
                    hearken_egress::RuleError::Method { .. } => "methods",
                    hearken_egress::RuleError::Path { .. } => "path",
                };
                let (what, help) = split(&error.to_string());
                found.error("grant", &place(key), what, help);
                continue;
            }
        };
        if rule.host().is_wildcard() && !grant.allow_wildcard {
            let message = format!("'{}' stands for any number of hosts", grant.host);
            let help = "name the one that is meant, or add allow-wildcard = true: whoever can make a name below it can \
                        be sent data";
            found.error("wildcard", &place("host"), message, help);
        }
        if !declared.iter().any(|known| known.and(&rule).is_some()) {
            let message = format!(
                "plugin '{}' never calls {rule}, so granting it has no effect",
                wired.plugin
            );
            let known = declared.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            let help = if known.is_empty() {
                "it calls nobody".to_owned()
            } else {
                format!("it calls {known}")
            };
            found.error("grant", &place("host"), message, help);
        }
        for (at, name) in grant.secrets.iter().enumerate() {
            let names = needs.secrets.iter().map(|secret| secret.name.as_str());
            if !names.clone().any(|known| known == name) {
                let message = format!("plugin '{}' has no secret '{name}' for calls out", wired.plugin);
                let at = at.to_string();
                let place = ["connectors", &wired.name, "grants", "http", &index, "secrets", &at];
                found.error("secret", &place, message, instead(name, names, "it has none"));
            }
        }
        granted.push(Grant {
            rule,
            secrets: grant.secrets.iter().cloned().collect(),
        });
    }
    missing(wired, needs, declared, &granted, found);
    granted
}

/// A message that ends in what would be right.
fn split(message: &str) -> (String, String) {
    match message.split_once(": ") {
        Some((what, help)) => (what.to_owned(), help.to_owned()),
        None => (message.to_owned(), String::new()),
    }
}

fn granted_as_written(grant: &HttpGrantWiring) -> Written<'_> {
    Written {
        scheme: if grant.encrypted { Scheme::Https } else { Scheme::Http },
        host: &grant.host,
        port: grant.port,
        methods: &grant.methods,
        path: &grant.path,
    }
}

/// What is declared and not granted: an error where nothing is, since nothing will work.
fn missing(wired: &ConnectorWiring, needs: &Needs, declared: &[Rule], granted: &[Grant], found: &mut Problems<'_>) {
    let place = ["connectors", wired.name.as_str(), "grants", "http"];
    let put: Vec<&str> = put_secrets(needs).collect();
    for rule in declared
        .iter()
        .filter(|rule| !granted.iter().any(|grant| grant.rule.and(rule).is_some()))
    {
        let message = format!("plugin '{}' calls {rule}, which is not granted", wired.plugin);
        let help = format!("grants.http = [{}]", grant_toml(rule, put.iter().copied()));
        if granted.is_empty() {
            found.error("grant", &place, message, help);
        } else {
            found.warning("grant", &place, message, help);
        }
    }
    let is_given = |name: &str| wired.secrets.contains_key(name) || wired.tokens.contains_key(name);
    let given = put.iter().filter(|name| is_given(name));
    for name in given.filter(|name| !granted.iter().any(|grant| grant.secrets.contains(**name))) {
        let message = format!("the secret '{name}' is granted for no host, so it can be sent to none");
        let help = format!("add secrets = [\"{name}\"] to an entry of grants.http");
        found.warning("secret", &["connectors", &wired.name, "secrets", name], message, help);
    }
}

/// The names of the secrets that are put into requests.
pub(crate) fn put_secrets(needs: &Needs) -> impl Iterator<Item = &str> {
    let put = needs.secrets.iter().filter(|secret| secret.used_as != SecretUse::Hmac);
    let names: BTreeSet<&str> = put.map(|secret| secret.name.as_str()).collect();
    names.into_iter()
}

fn opened(wired: &ConnectorWiring, found: &mut Problems<'_>) {
    for (index, address) in wired.grants.allow_private.iter().enumerate() {
        let class = Class::of(address.ip());
        let place = ["connectors", &wired.name, "grants", "allow-private", &index.to_string()];
        if class == Class::Public {
            let message = format!("{} is a public address, which needs no opening", address.ip());
            found.warning("address", &place, message, "leave it out");
        } else if !class.can_be_opened() {
            let message = format!("{} is {class}, which is never called", address.ip());
            found.error("address", &place, message, "leave it out");
        }
    }
}

fn proxy(wired: &ConnectorWiring, found: &mut Problems<'_>) -> Option<ProxySpec> {
    let written = wired.grants.proxy.as_ref()?;
    let url = url::Url::parse(&written.url)
        .ok()
        .filter(|url| url.scheme() == "http" && url.has_host());
    let Some(url) = url else {
        let place = ["connectors", &wired.name, "grants", "proxy"];
        let message = format!("'{}' is no proxy", crate::output::clean(&written.url));
        found.error("proxy", &place, message, "such as \"http://proxy.internal:3128\"");
        return None;
    };
    let login = written.user.clone().zip(written.password.as_ref());
    Some(ProxySpec {
        url,
        login: login.map(|(user, password)| (user, password.expose().to_owned().into())),
    })
}

fn secrets(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) -> Vec<SecretSpec> {
    let mut specs: Vec<SecretSpec> = Vec::new();
    for secret in &needs.secrets {
        let used = match secret.used_as {
            SecretUse::Header => Use::Header,
            SecretUse::Basic => Use::Basic,
            SecretUse::Query => Use::Query,
            SecretUse::Body => Use::Body,
            SecretUse::Hmac => Use::Hmac,
            // It is asked for, and given by nobody.
            SecretUse::Token => continue,
        };
        if let Some(spec) = specs.iter_mut().find(|spec| spec.name == secret.name) {
            spec.uses.insert(used);
            continue;
        }
        let Some(value) = wired.secrets.get(&secret.name) else {
            continue;
        };
        if value.expose().chars().any(char::is_control) {
            let message = format!(
                "the secret '{}' has a line break or another control character in it",
                secret.name
            );
            let help = "put the value there and nothing else";
            found.error(
                "secret",
                &["connectors", &wired.name, "secrets", &secret.name],
                message,
                help,
            );
            continue;
        }
        specs.push(SecretSpec {
            name: secret.name.clone(),
            value: value.expose().to_owned().into(),
            uses: [used].into(),
        });
    }
    specs
}

/// The vendor's limit and the operator's; both hold.
fn rates(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) -> Vec<Rate> {
    let vendors = needs.quota.and_then(|quota| {
        Some(Rate {
            requests: u32::try_from(quota.requests?).unwrap_or(u32::MAX),
            per: Duration::from_millis(quota.per_ms?),
        })
    });
    let operators = wired.limits.http_rate.map(|rule| Rate {
        requests: rule.count,
        per: Duration::from_millis(rule.per_ms),
    });
    if let (Some(vendors), Some(operators)) = (vendors, operators) {
        let often = |rate: Rate| f64::from(rate.requests) / rate.per.as_secs_f64().max(f64::MIN_POSITIVE);
        if often(operators) > often(vendors) {
            let message = format!("plugin '{}' says that its vendor takes less, which holds", wired.plugin);
            let place = ["connectors", &wired.name, "limits", "http-rate"];
            found.warning("limit", &place, message, "leave it out");
        }
    }
    vendors.into_iter().chain(operators).collect()
}

fn limits(set: &LimitsWiring) -> Limits {
    let default = Limits::default();
    let bytes = |set: Option<u64>, default: usize| set.map_or(default, |b| usize::try_from(b).unwrap_or(usize::MAX));
    let total = set.http_timeout.unwrap_or(default.total);
    Limits {
        connect: default.connect.min(total),
        read: total,
        total,
        request_bytes: bytes(set.http_request_bytes, default.request_bytes),
        response_bytes: bytes(set.http_response_bytes, default.response_bytes),
        in_flight: set.http_in_flight.unwrap_or(default.in_flight),
        bytes_per_hour: set.http_bytes_per_hour.unwrap_or(default.bytes_per_hour),
        ..default
    }
}
