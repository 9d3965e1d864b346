//! A summary, as text and as JSON.

use std::cmp::Reverse;

use hearken_model::{Act, Alternative, Decision, Instant, Mode, gate};
use hearken_store::{
    Summary,
    summary::{Chosen, Kept, Silence},
};
use serde_json::{Value, json};

use crate::output::{Table, clean, day_and_time, heading, span};

/// How many alternatives are shown of a decision that could well have been another.
const ALTERNATIVES: usize = 3;

/// What is told of a time.
pub(super) struct Period {
    pub(super) since: Instant,
    pub(super) until: Instant,
    pub(super) summary: Summary,
    /// Those it was least sure of, in their order.
    pub(super) unsure: Vec<Decision>,
}

pub(super) fn described(period: &Period) -> String {
    let Period {
        since, until, summary, ..
    } = period;
    let length = span(until.since(*since));
    let mut text = heading(&format!("The last {length}, since {}", day_and_time(*since)));
    let people = |n| count(n, "person", "people");
    text.push_str(&format!(
        "{} about {}; {} told something, {} would have been (shadow); silence {}\n",
        count(summary.decisions, "decision", "decisions"),
        people(summary.people),
        verb(summary.told),
        people(summary.would_be_told),
        count(summary.silences, "time", "times"),
    ));
    if summary.decisions == 0 {
        text.push_str("nothing was decided in this time; a longer one: --since 30d\n");
        return text;
    }
    let stories = |mode: fn(Mode) -> bool| chosen(summary, |c| c.act != Act::HandOver && mode(c.mode));
    section(
        &mut text,
        "Said, or on its way",
        &said(&stories(|m| m == Mode::Live)),
        "",
    );
    section(
        &mut text,
        "Said with a person's approval, or waiting for it",
        &said(&stories(|m| m == Mode::Approve)),
        "hearken approve list shows what waits",
    );
    section(
        &mut text,
        "Would have been said (shadow: nobody was told)",
        &would_be(&stories(|m| m == Mode::Shadow)),
        "",
    );
    let hand_overs = chosen(summary, |c| c.act == Act::HandOver);
    section(
        &mut text,
        "Handed over, or would have been",
        &handed_over(&hand_overs),
        "",
    );
    section(&mut text, "Not sent, or not yet, and why", &kept(&summary.kept), "");
    section(
        &mut text,
        "Silence, and its commonest reasons",
        &silences(&summary.reasons),
        "",
    );
    section(
        &mut text,
        "Least sure of",
        &unsure(&period.unsure),
        "hearken decision show ID has the whole record",
    );
    text
}

fn verb(n: u64) -> String {
    if n == 1 {
        "1 person was".into()
    } else {
        format!("{} people were", grouped(n))
    }
}

fn section(text: &mut String, name: &str, (rows, table): &(usize, Table), hint: &str) {
    if *rows == 0 {
        return;
    }
    text.push_str(&format!("\n{}{table}", heading(name)));
    if !hint.is_empty() {
        text.push_str(&format!("{hint}\n"));
    }
}

fn chosen(summary: &Summary, wanted: impl Fn(&Chosen) -> bool) -> Vec<&Chosen> {
    summary.chosen.iter().filter(|c| wanted(c)).collect()
}

fn said(all: &[&Chosen]) -> (usize, Table) {
    let mut table = Table::new(&["STORY", "BY", "PEOPLE", "DELIVERED", "WAITING", "UNKNOWN", "ENDED"]);
    for c in all {
        let [people, delivered, waiting, unknown, ended] =
            [c.people, c.delivered, c.waiting, c.unknown, c.ended].map(grouped);
        table.row([&story(c), &c.channel, &people, &delivered, &waiting, &unknown, &ended]);
    }
    (all.len(), table)
}

fn would_be(all: &[&Chosen]) -> (usize, Table) {
    let mut table = Table::new(&["STORY", "BY", "PEOPLE", "TIMES"]);
    for c in all {
        table.row([&story(c), &c.channel, &grouped(c.people), &grouped(c.times)]);
    }
    (all.len(), table)
}

fn story(c: &Chosen) -> String {
    match c.act {
        Act::Ask => format!("{} (a question)", c.target),
        _ => c.target.clone(),
    }
}

fn handed_over(all: &[&Chosen]) -> (usize, Table) {
    let mut table = Table::new(&["TEAM", "MODE", "PEOPLE", "DELIVERED", "WAITING", "UNKNOWN", "ENDED"]);
    for c in all {
        let [people, delivered, waiting, unknown, ended] = match c.mode {
            Mode::Shadow => [c.people, 0, 0, 0, 0],
            _ => [c.people, c.delivered, c.waiting, c.unknown, c.ended],
        }
        .map(grouped);
        table.row([
            &c.target,
            c.mode.word(),
            &people,
            &delivered,
            &waiting,
            &unknown,
            &ended,
        ]);
    }
    (all.len(), table)
}

/// What shadow kept is told above already.
fn kept(all: &[Kept]) -> (usize, Table) {
    let mut table = Table::new(&[
        "ACTIONS",
        "PEOPLE",
        "STATE",
        "BY",
        "WHAT LETS IT GO, OR WHAT ONE OF THEM SAYS",
    ]);
    let told: Vec<&Kept> = all.iter().filter(|k| k.gate != gate::SHADOW).collect();
    for k in &told {
        let open = !k.state.is_final();
        let released = gate::release(&k.gate).filter(|_| open);
        let why = released.unwrap_or(&k.example);
        table.row([&grouped(k.actions), &grouped(k.people), k.state.word(), &k.gate, why]);
    }
    (told.len(), table)
}

fn silences(all: &[Silence]) -> (usize, Table) {
    let mut table = Table::new(&["TIMES", "PEOPLE", "BY", "SUCH AS"]);
    for s in all {
        table.row([&grouped(s.times), &grouped(s.people), by(s), &s.example]);
    }
    (all.len(), table)
}

fn by(silence: &Silence) -> &str {
    if silence.gate.is_empty() {
        "the router"
    } else {
        &silence.gate
    }
}

fn unsure(all: &[Decision]) -> (usize, Table) {
    let mut table = Table::new(&["ID", "AT", "PROSPECT", "DRAWN", "AMONG"]);
    for d in all {
        let drawn = format!("{} {} {}", d.act, d.target, d.channel);
        let among: Vec<String> = likeliest(d)
            .into_iter()
            .map(|a| format!("{:.0} % {}", a.propensity * 100.0, what(a)))
            .collect();
        table.row([
            &d.id.to_string(),
            &day_and_time(d.at),
            &d.prospect.to_string(),
            drawn.trim_end(),
            &among.join(", "),
        ]);
    }
    (all.len(), table)
}

fn likeliest(d: &Decision) -> Vec<&Alternative> {
    let mut able: Vec<&Alternative> = d.alternatives.iter().filter(|a| a.propensity > 0.0).collect();
    able.sort_by_key(|a| Reverse(ordered(a.propensity)));
    able.truncate(ALTERNATIVES);
    able
}

/// A probability as a number that can be ordered.
fn ordered(propensity: f64) -> u64 {
    propensity.max(0.0).to_bits()
}

fn what(a: &Alternative) -> String {
    let choice = &a.choice;
    let text = format!("{} {} {}", choice.act, choice.target, choice.channel);
    clean(text.trim_end())
}

/// `1,204`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn count(n: u64, one: &str, several: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{} {several}", grouped(n))
    }
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(period: &Period) -> Value {
    let Period {
        since,
        until,
        summary,
        unsure,
    } = period;
    let of = |wanted: fn(&Chosen) -> bool| -> Vec<Value> {
        summary.chosen.iter().filter(|c| wanted(c)).map(chosen_json).collect()
    };
    json!({
        "since": since.to_string(),
        "until": until.to_string(),
        "decisions": summary.decisions,
        "people": summary.people,
        "told": summary.told,
        "would_be_told": summary.would_be_told,
        "said": of(|c| c.act != Act::HandOver && c.mode != Mode::Shadow),
        "would_have_been_said": of(|c| c.act != Act::HandOver && c.mode == Mode::Shadow),
        "hand_overs": of(|c| c.act == Act::HandOver),
        "kept": summary.kept.iter().map(kept_json).collect::<Vec<_>>(),
        "silences": summary.silences,
        "silence_reasons": summary.reasons.iter().map(silence_json).collect::<Vec<_>>(),
        "least_sure": unsure.iter().map(unsure_json).collect::<Vec<_>>(),
    })
}

fn chosen_json(c: &Chosen) -> Value {
    json!({
        "act": c.act,
        "target": c.target,
        "channel": c.channel,
        "mode": c.mode,
        "times": c.times,
        "people": c.people,
        "delivered": c.delivered,
        "waiting": c.waiting,
        "unknown": c.unknown,
        "ended": c.ended,
    })
}

fn kept_json(k: &Kept) -> Value {
    json!({
        "state": k.state,
        "gate": k.gate,
        "actions": k.actions,
        "people": k.people,
        "example": k.example,
        "release": gate::release(&k.gate).filter(|_| !k.state.is_final()),
    })
}

fn silence_json(s: &Silence) -> Value {
    json!({ "gate": s.gate, "times": s.times, "people": s.people, "example": s.example })
}

fn unsure_json(d: &Decision) -> Value {
    let among = likeliest(d).into_iter().map(|a| {
        let c = &a.choice;
        json!({ "act": c.act, "target": c.target, "channel": c.channel, "propensity": a.propensity })
    });
    json!({
        "id": d.id,
        "prospect": d.prospect,
        "at": d.at.to_string(),
        "act": d.act,
        "target": d.target,
        "channel": d.channel,
        "mode": d.mode,
        "propensity": d.propensity,
        "margin": d.margin(),
        "among": among.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
