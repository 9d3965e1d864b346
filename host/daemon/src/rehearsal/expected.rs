//! What is expected against what is.

use hearken_config::{ActWord, Expected};
use hearken_engine::assignee;
use hearken_model::{Act, ActionState, BeliefKind, Decision};

use crate::commands::Shown;

/// Everything that is not as expected, in sentences; `shown` is none of somebody unknown.
pub(super) fn mismatches(expected: &Expected, shown: Option<&Shown>) -> Vec<String> {
    let Some(shown) = shown else {
        return of_nobody(expected);
    };
    let mut found = Found(Vec::new());
    let (view, decision) = (&shown.view, shown.decisions.first());
    if let Some(floor) = expected.floor {
        found.differs("the floor", floor, view.floor, &view.floor_cause);
    }
    if let Some(stage) = expected.stage {
        found.differs("the stage", stage, view.lifecycle, &view.lifecycle_cause);
    }
    match (expected.act, decision) {
        (Some(ActWord::Nothing), Some(decision)) => found.say(format!(
            "nothing was to be decided, and there is a decision: {}",
            in_short(decision)
        )),
        (Some(ActWord::Decided(act)), _) => {
            let was = decision.map_or("nothing", |d| d.act.word());
            found.differs("the decision", act.word(), was, &why(decision));
        }
        _ => {}
    }
    if let Some(target) = &expected.target {
        found.differs(
            "what was chosen",
            target.as_str(),
            decision.map_or("", |d| &d.target),
            &why(decision),
        );
    }
    if let Some(channel) = &expected.channel {
        found.differs(
            "the channel",
            channel.as_str(),
            decision.map_or("", |d| &d.channel),
            &why(decision),
        );
    }
    if let Some(because) = &expected.because
        && !reasons(decision).iter().any(|reason| reason.contains(because))
    {
        found.say(format!(
            "no reason has '{because}' in it: {}",
            reasons(decision).join("; ")
        ));
    }
    for gate in &expected.gates {
        let closed = gates(decision);
        if !closed.contains(&gate.as_str()) {
            let closed = if closed.is_empty() {
                "none".to_owned()
            } else {
                closed.join(", ")
            };
            found.say(format!(
                "the gate '{gate}' was to forbid something; forbidden is by: {closed}"
            ));
        }
    }
    if let Some(state) = expected.state {
        let action = shown.actions.first();
        let (was, why) = action.map_or(("no action".into(), ""), |a| (a.state.to_string(), a.why.as_str()));
        found.differs("the action", state.to_string(), was, why);
    }
    if let Some(member) = &expected.member {
        let action = shown.actions.first();
        let given = action.and_then(assignee);
        let why = given.map_or_else(|| action.map_or("", |a| a.why.as_str()), |to| to.why);
        found.differs(
            "who of the team gets it",
            member.as_str(),
            given.map_or("nobody", |to| to.member),
            why,
        );
    }
    if let Some(told) = expected.told {
        found.differs("how many stories were told", told, stories(shown), "");
    }
    if let Some(decisions) = expected.decisions {
        let count = u32::try_from(shown.decisions.len()).unwrap_or(u32::MAX);
        found.differs("how many decisions were made", decisions, count, &why(decision));
    }
    for (kind, name) in &expected.believes {
        let top = BeliefKind::from_word(kind).and_then(|kind| view.top(kind));
        let was = top.map_or("nothing", |belief| &belief.name);
        found.differs(
            &format!("the strongest {kind}"),
            name.as_str(),
            was,
            top.map_or("", |b| &b.reason),
        );
    }
    found.0
}

/// Of somebody unknown nothing is decided, and nothing else can be said.
fn of_nobody(expected: &Expected) -> Vec<String> {
    let silence = matches!(expected.act, None | Some(ActWord::Nothing))
        && expected.told.unwrap_or(0) == 0
        && expected.decisions.unwrap_or(0) == 0;
    let rest = Expected {
        act: None,
        told: None,
        decisions: None,
        ..expected.clone()
    };
    if silence && rest == Expected::default() {
        Vec::new()
    } else {
        vec!["nobody is known by that name".into()]
    }
}

struct Found(Vec<String>);

impl Found {
    fn say(&mut self, what: String) {
        self.0.push(what);
    }

    fn differs<T: PartialEq + ToString>(&mut self, what: &str, wanted: T, was: T, why: &str) {
        if wanted == was {
            return;
        }
        let because = if why.is_empty() {
            String::new()
        } else {
            format!(": {why}")
        };
        self.say(format!(
            "{what} was to be {}, and is {}{because}",
            wanted.to_string(),
            was.to_string()
        ));
    }
}

fn in_short(decision: &Decision) -> String {
    format!("{} {}: {}", decision.act, decision.target, decision.reason)
}

/// Why it was decided like this, with what was forbidden.
fn why(decision: Option<&Decision>) -> String {
    reasons(decision).join("; ")
}

fn reasons(decision: Option<&Decision>) -> Vec<String> {
    let Some(decision) = decision else { return Vec::new() };
    let forbidden = decision.alternatives.iter().flat_map(|a| {
        let what = format!("{} {}", a.choice.act, a.choice.target);
        a.forbidden
            .iter()
            .map(move |g| format!("{what}: {}: {}", g.gate, g.why))
    });
    [decision.reason.clone()].into_iter().chain(forbidden).collect()
}

fn gates(decision: Option<&Decision>) -> Vec<&str> {
    let alternatives = decision.into_iter().flat_map(|d| &d.alternatives);
    let mut gates: Vec<&str> = alternatives
        .flat_map(|a| &a.forbidden)
        .map(|g| g.gate.as_str())
        .collect();
    gates.sort_unstable();
    gates.dedup();
    gates
}

/// How many stories they were told, questions included.
fn stories(shown: &Shown) -> u32 {
    let told =
        shown.prospect.tellings().into_iter().filter(|telling| {
            telling.state == ActionState::Delivered && telling.act != Act::HandOver && !telling.shadow
        });
    u32::try_from(told.count()).unwrap_or(u32::MAX)
}
