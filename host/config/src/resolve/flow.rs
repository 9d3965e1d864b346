//! Who scores, who routes, and by which ways people are reached.

use std::collections::{BTreeMap, BTreeSet};

use hearken_model::CapRule;

use super::{Reference, Resolver};
use crate::{
    Channel, Flow, Hours, Team,
    authored::{At, Name},
};

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
            let sink = self.sink(channel.value.sink.as_ref());
            let address = match &channel.value.address {
                Some(at) => at.value.0.trim().to_owned(),
                None => default_address(name).to_owned(),
            };
            channels.insert(
                name.clone(),
                Channel {
                    name: name.clone(),
                    sink,
                    address,
                },
            );
        }
        channels
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
            teams.insert(
                name.clone(),
                Team {
                    name: name.clone(),
                    sink,
                    hours,
                    capacity,
                    address: team.value.address.as_ref().map(|at| at.value.0.clone()),
                },
            );
        }
        teams
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
