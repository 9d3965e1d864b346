//! `hearken decision`: what was decided, why, and whether it would be decided again.

use hearken_config::grammar;
use hearken_engine::{Clock, SystemClock};
use hearken_model::{Act, Action, Alternative, Decision, DecisionId, Instant, StoryId, Wording, decide};
use hearken_store::{DecisionQuery, Store};
use serde_json::{Value, json};

use super::{action_view, whom};
use crate::{
    arguments::DecisionCommand,
    output::{Exit, Misuse, Table, answer, clean, day_and_time, heading},
};

pub(super) async fn decision(command: DecisionCommand) -> anyhow::Result<Exit> {
    match command {
        DecisionCommand::List {
            configured,
            prospect,
            act,
            since,
            limit,
            shown,
        } => {
            let (act, since) = (read_act(act)?, read_since(since)?);
            let store = configured.open()?.store;
            let prospect = match prospect {
                Some(text) => Some(whom::find(&store, &text).await?),
                None => None,
            };
            let decisions = store
                .decisions(DecisionQuery {
                    prospect,
                    act,
                    since,
                    limit,
                })
                .await?;
            answer(
                shown.format,
                || listed(&decisions),
                || decisions.iter().map(in_short).collect(),
            )?;
            Ok(Exit::Done)
        }
        DecisionCommand::Show {
            id,
            configured,
            replay,
            shown,
        } => {
            let Ok(id) = id.parse::<DecisionId>() else {
                return Err(Misuse(format!("'{}' is no decision: an id has 16 hex digits", clean(&id))).into());
            };
            let store = configured.open()?.store;
            let Some(decision) = store.decision(id).await? else {
                anyhow::bail!("there is no decision {id}")
            };
            let action = store.action(id.into()).await?;
            let differences = replay.then(|| replayed(&decision));
            answer(
                shown.format,
                || described(&decision, action.as_ref(), differences.as_deref()),
                || in_full(&decision, action.as_ref(), differences.as_deref()),
            )?;
            Ok(if differences.is_none_or(|d| d.is_empty()) {
                Exit::Done
            } else {
                Exit::Failed
            })
        }
    }
}

fn read_act(word: Option<String>) -> anyhow::Result<Option<Act>> {
    let Some(word) = word else { return Ok(None) };
    let wrong = || {
        Misuse(format!(
            "there is no act '{}'; there is hold, tell, ask, hand-over",
            clean(&word)
        ))
    };
    Ok(Some(Act::from_word(&word).ok_or_else(wrong)?))
}

fn read_since(text: Option<String>) -> anyhow::Result<Option<Instant>> {
    text.map(|text| ago("--since", &text)).transpose()
}

/// The moment so long ago that an option says.
pub(super) fn ago(option: &str, text: &str) -> anyhow::Result<Instant> {
    match grammar::duration(text) {
        Ok(duration) => Ok(SystemClock.now().before(duration)),
        Err(error) => Err(Misuse(format!("{option}: {error}; {}", error.help())).into()),
    }
}

/// Decides again from what the record keeps. What differs, in words; nothing where it is
/// the same decision.
fn replayed(decision: &Decision) -> Vec<String> {
    let choices = decision.alternatives.iter().map(|a| a.choice.clone()).collect();
    let again = decide::decide(choices, &decision.facts, decision.seed);
    let mut differences = Vec::new();
    for (recorded, now) in decision.alternatives.iter().zip(&again.alternatives) {
        if recorded != now {
            differences.push(format!(
                "{}: {} instead of {}",
                what(recorded),
                outcome(now),
                outcome(recorded)
            ));
        }
    }
    let (act, target, channel, propensity) = match again.alternative() {
        Some(a) => (
            a.choice.act,
            a.choice.target.as_str(),
            a.choice.channel.as_str(),
            a.propensity,
        ),
        None => (Act::Hold, "", "", 1.0),
    };
    if (act, target, channel) != (decision.act, decision.target.as_str(), decision.channel.as_str()) {
        differences.push(format!("drawn: {act} {target} {channel}"));
    } else if (propensity - decision.propensity).abs() > 1e-12 {
        differences.push(format!(
            "drawn with probability {propensity} instead of {}",
            decision.propensity
        ));
    }
    differences.extend(reworded(decision));
    differences
}

/// How another text of the story is drawn from the record, if one is.
fn reworded(decision: &Decision) -> Option<String> {
    let told = decision.wording.as_ref()?;
    let story = StoryId(decision.target.clone());
    let drawn = decide::variant(&story, &decision.facts, decision.seed);
    let (variant, propensity) = drawn.unwrap_or((&told.variant, 1.0));
    let same = variant == told.variant && (propensity - told.propensity).abs() <= 1e-12;
    (!same).then(|| {
        format!(
            "drawn: variant {variant} with probability {propensity} instead of {} with {}",
            told.variant, told.propensity
        )
    })
}

fn what(alternative: &Alternative) -> String {
    let choice = &alternative.choice;
    format!("{} {} {}", choice.act, choice.target, choice.channel)
        .trim_end()
        .to_owned()
}

fn outcome(alternative: &Alternative) -> String {
    if alternative.forbidden.is_empty() {
        return format!("probability {}", alternative.propensity);
    }
    let gates: Vec<&str> = alternative.forbidden.iter().map(|g| g.gate.as_str()).collect();
    format!("forbidden by {}", gates.join(", "))
}

fn listed(decisions: &[Decision]) -> String {
    if decisions.is_empty() {
        return "no decisions\n".into();
    }
    let mut table = Table::new(&["ID", "AT", "PROSPECT", "ACT", "WHAT", "MODE", "WHY"]);
    for d in decisions {
        let (id, at, prospect) = (d.id.to_string(), day_and_time(d.at), d.prospect.to_string());
        let what = [d.target.as_str(), d.channel.as_str()].join(" ");
        table.row([
            &id,
            &at,
            &prospect,
            d.act.word(),
            what.trim_end(),
            d.mode.word(),
            &d.reason,
        ]);
    }
    table.to_string()
}

fn described(d: &Decision, action: Option<&Action>, differences: Option<&[String]>) -> String {
    let mut text = heading(&format!("decision {}", d.id));
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<12} {}\n", clean(value).trim_end()));
    line("prospect", &d.prospect.to_string());
    line(
        "at",
        &format!(
            "{}, entry {} of partition {}",
            day_and_time(d.at),
            d.place,
            d.prospect.partition()
        ),
    );
    line("trigger", &d.trigger);
    line("decided", &format!("{} {} {}", d.act, d.target, d.channel));
    line("because", &d.reason);
    line(
        "probability",
        &format!("{:.3}, drawn from seed {:016x}", d.propensity, d.seed),
    );
    if let Some(Wording {
        variant,
        language,
        propensity,
    }) = &d.wording
    {
        let language = language.as_deref().map_or_else(String::new, |tag| format!(" in {tag}"));
        line(
            "text",
            &format!("variant {variant}{language}, with probability {propensity:.3}"),
        );
    }
    line("mode", d.mode.word());
    line("router", &d.router);
    line("floor", &format!("{}: {}", d.facts.floor.0, d.facts.floor.1));
    if let Some(owner) = &d.facts.owner {
        line("owner", &action_view::owned(owner));
    }
    if let Some(action) = action {
        let why = action_view::why(action);
        line("action", &format!("{}, {}: {why}", action.id, action.state));
    }
    text.push('\n');
    let mut table = Table::new(&[
        "ACT",
        "WHAT",
        "CHANNEL",
        "WEIGHT",
        "PROBABILITY",
        "WHY, OR WHAT FORBIDS IT",
    ]);
    for a in &d.alternatives {
        let forbidden: Vec<String> = a.forbidden.iter().map(|g| format!("{}: {}", g.gate, g.why)).collect();
        let why = if forbidden.is_empty() {
            a.choice.reason.clone()
        } else {
            forbidden.join("; ")
        };
        let (weight, propensity) = (format!("{:.3}", a.choice.weight), format!("{:.3}", a.propensity));
        table.row([
            a.choice.act.word(),
            &a.choice.target,
            &a.choice.channel,
            &weight,
            &propensity,
            &why,
        ]);
    }
    text.push_str(&table.to_string());
    match differences {
        None => {}
        Some([]) => text.push_str("\ndecided again from the record: the same\n"),
        Some(differences) => {
            text.push_str("\ndecided again from the record: different\n");
            text.extend(differences.iter().map(|d| format!("  {}\n", clean(d))));
        }
    }
    text
}

/// What a list shows of a decision.
pub(super) fn in_short(d: &Decision) -> Value {
    json!({
        "id": d.id,
        "prospect": d.prospect,
        "at": d.at.to_string(),
        "trigger": d.trigger,
        "act": d.act,
        "target": d.target,
        "channel": d.channel,
        "propensity": d.propensity,
        "reason": d.reason,
        "mode": d.mode,
    })
}

fn in_full(d: &Decision, action: Option<&Action>, differences: Option<&[String]>) -> Value {
    let mut value = in_short(d);
    if let Some(object) = value.as_object_mut() {
        object.insert(
            "place".into(),
            json!({ "partition": d.prospect.partition(), "seq": d.place.seq, "step": d.place.step }),
        );
        object.insert("router".into(), json!(d.router));
        object.insert("action".into(), action.map_or(Value::Null, action_view::in_short));
        object.insert("alternatives".into(), json!(d.alternatives));
        object.insert("seed".into(), json!(format!("{:016x}", d.seed)));
        object.insert("snapshot".into(), json!(d.snapshot));
        object.insert("wording".into(), json!(d.wording));
        object.insert("situation".into(), d.situation.clone());
        object.insert("facts".into(), json!(d.facts));
        if let Some(differences) = differences {
            object.insert(
                "replay".into(),
                json!({ "same": differences.is_empty(), "differences": differences }),
            );
        }
    }
    value
}
