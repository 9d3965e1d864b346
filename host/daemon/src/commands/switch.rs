//! `hearken stop` and `hearken go`: kept in the store, so that they outlive the daemon and
//! reach it while it runs.

use hearken_config::Wiring;
use hearken_engine::{Clock, SystemClock};
use hearken_model::Scope;
use hearken_store::{Store, Switch};

use super::who::who;
use crate::{
    arguments::ScopeArguments,
    configured::Opened,
    output::{Exit, Misuse, clean, day_and_time, say},
};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Stop,
    Go,
}

pub(super) async fn switch(arguments: ScopeArguments, turn: Turn) -> anyhow::Result<Exit> {
    let Opened { wiring, store } = arguments.configured.open()?;
    let before = store.switches().await?;
    let scope = scope(&arguments);
    let known = before.switches.iter().any(|s| s.scope == scope);
    if !known && !is_wired(&scope, &wiring) {
        return Err(Misuse(format!("there is no {}", clean(&scope.to_string()))).into());
    }
    let stopped = turn == Turn::Stop;
    store
        .set_switch(Switch {
            scope: scope.clone(),
            stopped,
            at: SystemClock.now(),
            by: who(),
        })
        .await?;
    let mut text = match turn {
        Turn::Stop => format!(
            "{} is stopped: nothing of it is sent until `hearken go` for the same scope\n",
            clean(&scope.to_string())
        ),
        Turn::Go => format!("{} may go\n", clean(&scope.to_string())),
    };
    for other in store
        .switches()
        .await?
        .switches
        .iter()
        .filter(|s| s.stopped && s.scope != scope)
    {
        let (scope, by) = (clean(&other.scope.to_string()), clean(&other.by));
        text.push_str(&format!(
            "{scope} stays stopped, since {} by {by}\n",
            day_and_time(other.at)
        ));
    }
    say(&text)?;
    Ok(Exit::Done)
}

fn scope(arguments: &ScopeArguments) -> Scope {
    let ScopeArguments {
        sink,
        story,
        team,
        channel,
        ..
    } = arguments;
    let named = [
        sink.clone().map(Scope::Sink),
        story.clone().map(Scope::Story),
        team.clone().map(Scope::Team),
        channel.clone().map(Scope::Channel),
    ];
    named.into_iter().flatten().next().unwrap_or(Scope::All)
}

/// Whether the configuration has it: a misspelt name would stop nothing, silently.
fn is_wired(scope: &Scope, wiring: &Wiring) -> bool {
    match scope {
        Scope::All => true,
        Scope::Channel(name) => wiring.channels.contains_key(name),
        Scope::Story(name) => wiring.stories.iter().any(|s| s.id.as_str() == name),
        Scope::Team(name) => wiring.teams.contains_key(name),
        Scope::Sink(name) => wiring.connectors.contains_key(name),
    }
}
