//! Requests to forget somebody, as they are shown. They name nobody.

use hearken_model::Instant;
use hearken_store::{Forgetting, Receipt};
use serde_json::{Map, Value, json};

use crate::output::{Table, clean, day_and_time, plural};

/// How many rows of each table are a person's.
pub(super) fn counts(kept: &Map<String, Value>) -> Map<String, Value> {
    let rows = |value: &Value| value.as_array().map_or(0, Vec::len);
    let all = kept.iter().map(|(table, all)| (table.clone(), rows(all)));
    all.filter(|(_, n)| *n > 0)
        .map(|(table, n)| (table, n.into()))
        .collect()
}

pub(super) fn to_be_erased(kept: &Map<String, Value>) -> String {
    let mut table = Table::new(&["TABLE", "ROWS"]);
    for (name, rows) in counts(kept) {
        table.row([&name, &rows.to_string()]);
    }
    format!(
        "{table}\nNothing was erased. Give --yes to erase all of it for good: here, and by asking every sink.\n\
         `hearken prospect export` first where they want to have it.\n"
    )
}

pub(super) fn described(request: &Forgetting) -> String {
    let mut text = format!("request {}: {}\n", request.number, standing(request));
    for receipt in &request.sinks {
        text.push_str(&format!("  {}: {}\n", clean(&receipt.sink), said(receipt)));
    }
    if !request.is_done() {
        text.push_str("It goes on by itself; `hearken prospect forgotten` says how far it is.\n");
    }
    text
}

pub(super) fn listed(requests: &[Forgetting]) -> String {
    if requests.is_empty() {
        return "nobody was forgotten\n".into();
    }
    let mut table = Table::new(&["REQUEST", "ASKED", "ERASED", "GONE FROM THE FILES", "SINKS"]);
    let or_not = |at: Option<Instant>| at.map_or_else(|| "not yet".to_owned(), day_and_time);
    for request in requests {
        let sinks = request.sinks.iter().map(|r| format!("{} {}", r.sink, r.outcome));
        table.row([
            &request.number.to_string(),
            &day_and_time(request.asked),
            &or_not(request.erased),
            &or_not(request.scrubbed),
            &sinks.collect::<Vec<_>>().join(", "),
        ]);
    }
    table.to_string()
}

fn standing(request: &Forgetting) -> String {
    let rows = plural(usize::try_from(request.rows).unwrap_or(usize::MAX), "row");
    match (request.erased, request.scrubbed) {
        (None, _) => "not begun".into(),
        (Some(_), None) => format!("{rows} erased; bytes of them may be left in the store's files"),
        (Some(_), Some(at)) => format!("{rows} erased, gone from the store's files at {}", day_and_time(at)),
    }
}

fn said(receipt: &Receipt) -> String {
    let why = clean(&receipt.why);
    match receipt.outcome.as_str() {
        "forgotten" => "has forgotten them".into(),
        "cannot" => format!("cannot, somebody has to see to it: {why}"),
        "gave-up" => format!("could not be asked for a month, somebody has to see to it: {why}"),
        _ if receipt.tries == 0 => "is asked".into(),
        _ => format!(
            "could not be asked yet, {}: {why}",
            plural(receipt.tries as usize, "try").replace("trys", "tries")
        ),
    }
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(request: &Forgetting) -> Value {
    let at = |at: Option<Instant>| at.map(|at| at.to_string());
    let sinks = request.sinks.iter().map(
        |r| json!({ "sink": r.sink, "outcome": r.outcome, "answered": at(r.answered), "tries": r.tries, "why": r.why }),
    );
    json!({
        "number": request.number,
        "asked": request.asked.to_string(),
        "erased": at(request.erased),
        "rows": request.rows,
        "scrubbed": at(request.scrubbed),
        "sinks": sinks.collect::<Vec<_>>(),
    })
}
