//! Links for people outside: where they lead, and how their pages look.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::Resolver;
use crate::{
    LinksWiring, Machines,
    authored::{At, Listed, MachinesTable, Text},
    quote,
};

impl Resolver<'_> {
    pub(super) fn links(&mut self) -> Option<LinksWiring> {
        let written = &self.file.links.as_ref()?.value;
        let public_url = written
            .public_url
            .as_ref()
            .and_then(|at| self.public_url(at, "https://links.example.com"));
        let privacy_url = written.privacy_url.as_ref().and_then(|at| self.privacy_url(at));
        let colour = written
            .colour
            .as_ref()
            .map_or(Some(LinksWiring::COLOUR), |at| self.colour(at));
        Some(LinksWiring {
            public_url: public_url?,
            tracking: written.tracking.as_ref().is_none_or(|at| at.value),
            privacy_url,
            colour: colour?,
            machines: written
                .machines
                .as_ref()
                .map(|at| self.machines(&at.value))
                .unwrap_or_default(),
        })
    }

    fn machines(&mut self, written: &MachinesTable) -> Machines {
        let listed =
            |list: &Option<At<Listed<Text>>>| list.iter().flat_map(|at| at.value.0.clone()).collect::<Vec<_>>();
        let agents = listed(&written.agents).into_iter();
        let agents = agents
            .map(|at| at.value.0.trim().to_lowercase())
            .filter(|name| !name.is_empty());
        Machines {
            agents: agents.collect(),
            ranges: listed(&written.ranges)
                .iter()
                .filter_map(|at| self.network(at))
                .collect(),
        }
    }

    /// A network, or a single address.
    fn network(&mut self, at: &At<Text>) -> Option<IpNet> {
        let text = at.value.0.trim();
        let found = text
            .parse::<IpNet>()
            .ok()
            .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        if found.is_none() {
            let message = format!("'{}' is no network", quote(text));
            let help = "an address and how many of its bits count, such as \"192.0.2.0/24\" or \"2001:db8::/32\"";
            self.problems.error("range", at.span, message, help);
        }
        found.map(|net| net.trunc())
    }

    /// Links stand in messages for years, and vendors send what people do: what both lead to
    /// is public and encrypted, except where somebody tries it out on their own machine.
    pub(super) fn public_url(&mut self, at: &At<Text>, example: &str) -> Option<String> {
        let url = self.absolute("public-url", at)?;
        let wrong = if url.query().is_some() || url.fragment().is_some() {
            Some("ends with a query or a fragment, behind which no path can stand")
        } else if !url.username().is_empty() || url.password().is_some() {
            Some("has a user in it, whom everybody would see")
        } else if url.scheme() == "http" && !is_loopback(&url) {
            Some("is not encrypted, and what people answer would be seen on the way")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            let message = format!("'{}' {wrong}", quote(&at.value.0));
            let help = format!("such as \"{example}\"; http is for loopback addresses only");
            self.problems.error("public-url", at.span, message, help);
            return None;
        }
        Some(url.as_str().trim_end_matches('/').to_owned())
    }

    fn privacy_url(&mut self, at: &At<Text>) -> Option<String> {
        self.absolute("privacy-url", at).map(String::from)
    }

    fn absolute(&mut self, key: &'static str, at: &At<Text>) -> Option<Url> {
        let url = Url::parse(at.value.0.trim()).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if url.is_none() {
            let message = format!("'{}' is not an absolute http or https URL", quote(&at.value.0));
            let help = format!("such as {key} = \"https://www.example.com\"");
            self.problems.error(key, at.span, message, help);
        }
        url
    }

    fn colour(&mut self, at: &At<Text>) -> Option<[u8; 3]> {
        let digits = at.value.0.trim().strip_prefix('#').filter(|d| d.len() == 6);
        let colour = digits
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .map(|n| [(n >> 16) as u8, (n >> 8) as u8, n as u8]);
        if colour.is_none() {
            let message = format!("'{}' is not a colour", quote(&at.value.0));
            let help = "write red, green and blue as six hex digits, such as \"#0b57d0\"";
            self.problems.error("colour", at.span, message, help);
        }
        colour
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
