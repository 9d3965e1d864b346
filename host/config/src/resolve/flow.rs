//! Who scores, who routes, and by which ways people are reached.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use hearken_model::CapRule;

use super::{Reference, Resolver};
use crate::{
    Carrier, Channel, Flow, Hours, Team, Waking,
    authored::{At, ChannelTable, Name, TeamTable},
};

/// The scheme of those who look at pages.
const ON_A_PAGE: &str = "anonymous";

/// A team's capacity where none is given.
const CAPACITY: CapRule = CapRule {
    count: 20,
    per_ms: 86_400_000,
};

impl Resolver<'_> {
    pub(super) fn flow(&mut self) -> Flow {
        let Some(written) = self.file.flow.as_ref().map(|at| &at.value) else {
            return Flow::default();
        };
        let mut scorers = Vec::new();
        let mut seen = BTreeSet::new();
        if let Some(list) = &written.scorers {
            if list.value.0.is_empty() {
                let help = "leave the key out to let every connector score that can";
                self.problems
                    .error("empty", list.span, "no scorer is named".into(), help);
            }
            for (name, weight) in &list.value.0 {
                self.connector(&name.value, name);
                if !seen.insert(name.value.as_str()) {
                    let message = format!("the scorer '{}' is named twice", crate::quote(&name.value));
                    self.problems.error(
                        "twice",
                        name.span,
                        message,
                        "name it once; { name = 2.0 } gives it more weight",
                    );
                }
                scorers.push((name.value.clone(), *weight));
            }
        }
        let router = written.router.as_ref().map(|at| {
            self.connector(&at.value.0, at);
            at.value.0.clone()
        });
        Flow { scorers, router }
    }

    pub(super) fn channels(&mut self) -> BTreeMap<String, Channel> {
        let mut channels = BTreeMap::new();
        for (name, channel) in self.file.channels.iter().flat_map(|c| &c.value.0) {
            let carrier = self.carrier(name, channel);
            let address = match (&channel.value.address, &carrier) {
                (Some(at), _) => at.value.0.trim().to_owned(),
                (None, Carrier::Page(_)) => ON_A_PAGE.to_owned(),
                (None, Carrier::Sink(_)) => default_address(name).to_owned(),
            };
            channels.insert(
                name.clone(),
                Channel {
                    name: name.clone(),
                    carrier,
                    address,
                },
            );
        }
        channels
    }

    /// A sink, or the pages that report to a connector.
    fn carrier(&mut self, name: &str, channel: &At<ChannelTable>) -> Carrier {
        let ChannelTable { sink, page, .. } = &channel.value;
        match (sink, page) {
            (None, None) => {
                let message = format!("nothing carries the channel '{}'", crate::quote(name));
                let help = "name a connector: sink = \"outbox\", or page = \"pages\" for what your site shows";
                self.problems.error("channel", channel.key, message, help);
            }
            (Some(_), Some(page)) => {
                let message = format!("the channel '{}' has both a sink and a page", crate::quote(name));
                let help = "keep one of them; the other is a channel of its own";
                self.problems.error("channel", page.key, message, help);
            }
            _ => {}
        }
        if let (Some(_), Some(address)) = (page, &channel.value.address) {
            let message = "who looks at a page is known by the page alone".to_owned();
            self.problems
                .error("channel", address.key, message, "leave address out");
        }
        match page {
            Some(page) => Carrier::Page(self.sink(Some(page))),
            None => Carrier::Sink(self.sink(sink.as_ref())),
        }
    }

    pub(super) fn teams(&mut self) -> BTreeMap<String, Team> {
        let mut teams = BTreeMap::new();
        for (name, team) in self.file.teams.iter().flat_map(|t| &t.value.0) {
            let sink = self.sink(team.value.sink.as_ref());
            let hours = team
                .value
                .hours
                .as_ref()
                .map_or_else(Hours::always, |at| at.value.0.clone());
            let capacity = team.value.capacity.as_ref().map_or(CAPACITY, |at| at.value.0);
            self.mailed_team(name, team);
            let written = team.value.accept_within.as_ref();
            let accept_within = written.map(|_| self.lasting(written, Duration::ZERO));
            let escalate_to = self.escalates_to(name, team);
            let mut resolved = Team {
                name: name.clone(),
                sink,
                hours,
                capacity,
                accept_within,
                escalate_to,
                address: team.value.address.as_ref().map(|at| at.value.0.clone()),
                members: BTreeMap::new(),
            };
            resolved.members = self.members(&resolved, team);
            teams.insert(name.clone(), resolved);
        }
        self.across_teams(&teams);
        teams
    }

    /// Another team, to which this one's hand-overs go after a time.
    fn escalates_to(&mut self, name: &str, team: &At<TeamTable>) -> Option<String> {
        let at = team.value.escalate_to.as_ref()?;
        let next = &at.value.0;
        let file = self.file;
        let known = file.teams.iter().flat_map(|t| t.value.0.keys()).map(String::as_str);
        self.refer(Reference::Team, next, at.span, known);
        if next == name {
            let message = format!("the team '{}' escalates to itself", crate::quote(name));
            let help = "name another team, or leave the key out";
            self.problems.error("escalation", at.span, message, help);
        }
        if team.value.accept_within.is_none() {
            let message = "nothing is escalated of a team that has any time it wants".to_owned();
            let help = "say how long it has: accept-within = \"4h\"";
            self.problems.error("escalation", at.span, message, help);
        }
        Some(next.clone())
    }

    /// When people are told something.
    pub(super) fn waking(&mut self) -> Option<Waking> {
        let file = self.file;
        let policy = &file.policy.as_ref()?.value;
        let mut zones = Vec::new();
        for at in policy.zones.iter().flat_map(|list| &list.value.0) {
            let name = at.value.0.trim();
            match Waking::zone(name) {
                Some(zone) => zones.push(zone),
                None => {
                    let message = format!("'{}' is not a zone of the IANA database", crate::quote(name));
                    let help = "write one such as \"Europe/Berlin\" or \"America/New_York\"";
                    self.problems.error("zone", at.span, message, help);
                }
            }
        }
        let Some(hours) = &policy.waking_hours else {
            if let Some(zones) = &policy.zones {
                let message = "zones say nothing without waking-hours".to_owned();
                let help = "add waking-hours = \"Mon-Sun 08:00-21:00 Europe/Berlin\", or leave them out";
                self.problems.error("zone", zones.span, message, help);
            }
            return None;
        };
        let waking = Waking::new(hours.value.0.clone(), zones);
        if !waking.ever_is() {
            let message = "it is never time in all of these zones at once".to_owned();
            let help = "make the hours longer, or name fewer zones: whose zone is not known would hear nothing";
            self.problems.error("zone", hours.span, message, help);
        }
        Some(waking)
    }

    fn sink(&mut self, written: Option<&At<Name>>) -> String {
        let Some(at) = written else {
            return String::new();
        };
        self.connector(&at.value.0, at);
        at.value.0.clone()
    }

    fn connector<T>(&mut self, name: &str, at: &At<T>) {
        let file = self.file;
        let known = file
            .connectors
            .iter()
            .flat_map(|c| c.value.0.keys())
            .map(String::as_str);
        self.refer(Reference::Connector, name, at.span, known);
    }
}

/// The scheme of the identities that a channel usually reaches people under.
fn default_address(channel: &str) -> &'static str {
    match channel {
        "email" => "email",
        "sms" | "phone" => "phone",
        _ => "user",
    }
}
