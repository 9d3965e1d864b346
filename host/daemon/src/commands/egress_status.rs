//! `hearken egress status` and `hearken egress reset`: how ways out stand, and what an
//! operator can do about it.

use hearken_model::Instant;
use hearken_store::{EgressDestination, EgressStanding, Store};
use serde_json::{Value, json};

use crate::{
    arguments::{Configured, Shown},
    output::{Exit, Misuse, Table, answer, clean, day_and_time, plural, say},
};

pub(super) async fn status(configured: &Configured, connector: Option<&str>, shown: &Shown) -> anyhow::Result<Exit> {
    let mut ways = configured.open()?.store.egress_standing().await?;
    ways.retain(|way| connector.is_none_or(|name| way.connector == name));
    answer(shown.format, || listed(&ways), || ways.iter().map(as_json).collect())?;
    Ok(Exit::Done)
}

pub(super) async fn reset(configured: &Configured, connector: &str, destination: Option<&str>) -> anyhow::Result<Exit> {
    let store = configured.open()?.store;
    let ways = store.egress_standing().await?;
    let Some(way) = ways.iter().find(|way| way.connector == connector) else {
        let message = format!("connector '{}' calls nobody, or has not run yet", clean(connector));
        return Err(Misuse(message).into());
    };
    let all = way.destinations.iter();
    let known = all.clone().find(|d| Some(d.destination.as_str()) == destination);
    if let Some(named) = destination.filter(|_| known.is_none()) {
        let known: Vec<String> = all.map(|d| clean(&d.destination)).collect();
        let message = format!(
            "there is no destination '{}'; there is {}",
            clean(named),
            known.join(", ")
        );
        return Err(Misuse(message).into());
    }
    let mut text = String::new();
    for one in all.filter(|d| is_left_alone(d) && known.is_none_or(|k| k == *d)) {
        store.ask_closing(connector, &one.destination).await?;
        text.push_str(&format!(
            "{} is tried again, by a running daemon within a second or two\n",
            clean(&one.destination)
        ));
    }
    if text.is_empty() {
        text.push_str("nothing is left alone\n");
    }
    say(&text)?;
    Ok(Exit::Done)
}

fn is_left_alone(destination: &EgressDestination) -> bool {
    destination.condition != "closed"
}

fn listed(ways: &[EgressStanding]) -> String {
    let Some(at) = ways.iter().map(|way| way.at).max() else {
        return "no connector that has run calls anybody\n".into();
    };
    let moment = |at: Option<Instant>| at.map(day_and_time).unwrap_or_default();
    let mut table = Table::new(&[
        "connector",
        "destination",
        "condition",
        "again",
        "asked to wait until",
        "why",
    ]);
    for (way, destination) in ways
        .iter()
        .flat_map(|way| way.destinations.iter().map(move |d| (way, d)))
    {
        table.row([
            &way.connector,
            &destination.destination,
            &destination.condition,
            &moment(destination.again),
            &moment(destination.paused_until),
            &destination.why,
        ]);
    }
    let mut quotas = Table::new(&["connector", "rates", "bytes this hour", "under way", "waits until"]);
    for way in ways {
        quotas.row([
            &way.connector,
            if way.rates.is_empty() { "any" } else { &way.rates },
            &format!("{} of {}", way.bytes, way.most_bytes),
            &format!("{} of {}", way.in_flight, way.most_in_flight),
            &moment(way.paused_until),
        ]);
    }
    let left_alone = ways
        .iter()
        .flat_map(|way| &way.destinations)
        .filter(|d| is_left_alone(d))
        .count();
    let left_alone = plural(left_alone, "destination");
    format!(
        "{table}\n{quotas}\n{left_alone} left alone; as of {}\n",
        day_and_time(at)
    )
}

fn as_json(way: &EgressStanding) -> Value {
    let text = |at: Option<Instant>| at.map(|at| at.to_string());
    let destination = |d: &EgressDestination| {
        json!({
            "destination": d.destination,
            "condition": d.condition,
            "why": d.why,
            "again": text(d.again),
            "paused_until": text(d.paused_until),
        })
    };
    json!({
        "connector": way.connector,
        "at": way.at.to_string(),
        "destinations": way.destinations.iter().map(destination).collect::<Vec<_>>(),
        "rates": way.rates,
        "bytes": way.bytes,
        "most_bytes": way.most_bytes,
        "hour_ends": text(way.hour_ends),
        "in_flight": way.in_flight,
        "most_in_flight": way.most_in_flight,
        "paused_until": text(way.paused_until),
    })
}
