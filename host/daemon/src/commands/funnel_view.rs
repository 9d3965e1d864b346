//! The way to being a customer, as text and as JSON.

use hearken_learn::funnel::{Funnels, Path};
use serde_json::{Value, json};

use super::learn_view::{percent, somebody};
use crate::output::{Table, heading, span};

pub(super) fn described(funnels: &Funnels) -> String {
    let mut text = String::new();
    let mut personas: Vec<_> = funnels.personas.iter().collect();
    personas.sort_by(|x, y| y.1.people.cmp(&x.1.people).then_with(|| x.0.cmp(y.0)));
    for (persona, funnel) in personas {
        let people = if funnel.people == 1 { "person" } else { "people" };
        let name = heading(&format!("{}: {} {people}", somebody(persona), funnel.people));
        let mut table = Table::new(&["STAGE", "REACHED", "MOVED ON", "SHARE", "HALF LEFT IT WITHIN"]);
        for (stage, count) in &funnel.stages {
            table.row([
                stage.word(),
                &count.reached.to_string(),
                &count.moved_on.to_string(),
                &percent(count.moved_on as f64 / count.reached.max(1) as f64),
                &count.median().map_or_else(String::new, span),
            ]);
        }
        text.push_str(&format!("{name}{table}\n"));
    }
    for (name, paths) in [
        ("What came before deals that were won", &funnels.before_won),
        ("What came before deals that were lost", &funnels.before_lost),
    ] {
        text.push_str(&heading(name));
        text.push_str(&ways(paths));
    }
    text
}

fn ways(paths: &[Path]) -> String {
    if paths.is_empty() {
        return "none yet\n".to_owned();
    }
    let mut table = Table::new(&["DEALS", "THE LAST STEPS"]);
    for (steps, deals) in paths {
        let way = if steps.is_empty() {
            "nothing of ours, and no answer".to_owned()
        } else {
            steps.join(" → ")
        };
        table.row([&deals.to_string(), &way]);
    }
    table.to_string()
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(funnels: &Funnels) -> Value {
    let personas = funnels.personas.iter().map(|(persona, funnel)| {
        let stages = funnel.stages.iter().map(|(stage, count)| {
            json!({
                "stage": stage,
                "reached": count.reached,
                "moved_on": count.moved_on,
                "median_ms": count.median().map(|d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX)),
            })
        });
        json!({ "persona": persona, "people": funnel.people, "stages": stages.collect::<Vec<_>>() })
    });
    let paths = |paths: &[Path]| -> Vec<Value> {
        let path = |(steps, deals): &Path| json!({ "steps": steps, "deals": deals });
        paths.iter().map(path).collect()
    };
    json!({
        "personas": personas.collect::<Vec<_>>(),
        "before_won": paths(&funnels.before_won),
        "before_lost": paths(&funnels.before_lost),
    })
}
