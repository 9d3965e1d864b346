//! What was learned, as text and as JSON.

use std::time::Duration;

use hearken_learn::{
    Measure, Posterior, Rule,
    report::{Arm, ENOUGH, Report, Row, Sales, Verdict},
};
use serde_json::{Value, json};

use crate::output::{Table, heading, span};

/// What columns of a table show of a story.
const SHOWN: [Measure; 4] = [Measure::Engaged, Measure::Advanced, Measure::Won, Measure::Harmed];

pub(super) fn described(report: &Report, half_life: Duration) -> String {
    let total = &report.total;
    if total.samples == 0 && report.sales.teams.is_empty() {
        return "nothing was delivered yet that anything could be learned from; \
                what is decided in shadow is no evidence\n"
            .to_owned();
    }
    let mut text = format!(
        "{} stories told and delivered; after {} one counts half\n\
         shares are what is believed, with the range that holds 95 % of it in brackets\n\
         \"{}\": fewer than {ENOUGH} tellings, or it could be chance\n",
        total.samples,
        span(half_life),
        Verdict::TooLittle.word(),
    );
    let sections = [
        ("What works", "", &report.stories),
        ("What works for whom", "PERSONA", &report.personas),
        ("Which text works, of stories with several", "STORY", &report.variants),
        ("How much pressure, when", "PACE", &report.paces),
    ];
    for (name, whom, rows) in sections {
        if !rows.is_empty() {
            text.push_str(&format!("\n{}{}", heading(name), table(whom, rows)));
        }
    }
    text.push_str(&format!(
        "\n{}{}",
        heading("Deals won, by who is credited"),
        credited(report)
    ));
    text.push_str(&sales(&report.sales));
    text.push_str(&format!(
        "\n{}{}",
        heading("What learning is worth: people told with it, and without (holdout)"),
        arms(report)
    ));
    text
}

fn table(whom: &'static str, rows: &[Row]) -> Table {
    let what = match whom {
        "PACE" => "PRESSURE",
        "STORY" => "VARIANT",
        _ => "STORY",
    };
    let first = if whom.is_empty() { "WITH" } else { whom };
    let mut table = Table::new(&[
        first,
        what,
        "TOLD",
        "ENGAGED",
        "ADVANCED",
        "WON",
        "HARMED",
        "WHAT CAN BE SAID",
    ]);
    for row in rows {
        let [engaged, advanced, won, harmed] = SHOWN.map(|m| share(&row.posteriors[m.index()]));
        table.row([
            row.whom.as_deref().map_or("everybody", somebody),
            &row.story,
            &row.counts.samples.to_string(),
            &engaged,
            &advanced,
            &won,
            &harmed,
            row.verdict.word(),
        ]);
    }
    table
}

fn credited(report: &Report) -> Table {
    let mut table = Table::new(&["STORY", "LAST TOUCH", "BY POSITION", "LINEAR"]);
    for row in &report.stories {
        let [last, position, linear] = Rule::ALL.map(|rule| format!("{:.1}", row.counts.of(rule, Measure::Won)));
        table.row([&row.story, &last, &position, &linear]);
    }
    table
}

fn sales(sales: &Sales) -> String {
    if sales.teams.is_empty() {
        return String::new();
    }
    let mut teams = Table::new(&[
        "TEAM",
        "HANDED OVER",
        "ACCEPTED",
        "REJECTED",
        "RECYCLED",
        "ACCEPTED OF ANSWERED",
    ]);
    for (name, team) in &sales.teams {
        let answered = team.accepted + team.rejected + team.recycled;
        let share = match answered {
            0 => "no answer yet".to_owned(),
            n => percent(team.accepted as f64 / n as f64),
        };
        let counts = [team.handed_over, team.accepted, team.rejected, team.recycled].map(|n| n.to_string());
        let [handed, accepted, rejected, recycled] = &counts;
        teams.row([name, handed, accepted, rejected, recycled, &share]);
    }
    let mut beliefs = Table::new(&["BELIEF", "ACCEPTED", "REJECTED", "HEAVIER WITH WHAT IS ACCEPTED"]);
    for ranking in &sales.rankings {
        let right = ranking
            .right
            .map(|right| format!("{} of pairs; a coin has 50 %", percent(right)));
        beliefs.row([
            &ranking.belief,
            &ranking.accepted.to_string(),
            &ranking.rejected.to_string(),
            right.as_deref().unwrap_or(Verdict::TooLittle.word()),
        ]);
    }
    let (volume, against) = (
        heading("Handed over, and accepted by sales"),
        heading("Beliefs against what sales answered"),
    );
    if sales.rankings.is_empty() {
        return format!("\n{volume}{teams}");
    }
    format!("\n{volume}{teams}\n{against}{beliefs}")
}

fn arms(report: &Report) -> Table {
    let mut table = Table::new(&["", "PEOPLE", "BOUGHT", "SHARE"]);
    for (name, arm) in [("learned", report.learned), ("holdout", report.held_out)] {
        let share = if arm.people < ENOUGH {
            Verdict::TooLittle.word().to_owned()
        } else {
            share(&arm.posterior())
        };
        table.row([name, &arm.people.to_string(), &arm.won.to_string(), &share]);
    }
    table
}

/// A persona or a pace, for people.
pub(super) fn somebody(name: &str) -> &str {
    if name.is_empty() { "not known" } else { name }
}

/// `12.5 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// `12.5 % [8.0, 18.1]`.
fn share(posterior: &Posterior) -> String {
    let (low, high) = posterior.interval();
    format!(
        "{} [{:.1}, {:.1}]",
        percent(posterior.mean()),
        low * 100.0,
        high * 100.0
    )
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(report: &Report) -> Value {
    let rows = |rows: &[Row]| rows.iter().map(row_json).collect::<Vec<_>>();
    let teams = report.sales.teams.iter().map(|(name, team)| {
        json!({
            "team": name,
            "handed_over": team.handed_over,
            "accepted": team.accepted,
            "rejected": team.rejected,
            "recycled": team.recycled,
        })
    });
    let rankings = report
        .sales
        .rankings
        .iter()
        .map(|r| json!({ "belief": r.belief, "accepted": r.accepted, "rejected": r.rejected, "right": r.right }));
    json!({
        "at": report.at.to_string(),
        "told": report.total.samples,
        "stories": rows(&report.stories),
        "personas": rows(&report.personas),
        "variants": rows(&report.variants),
        "paces": rows(&report.paces),
        "teams": teams.collect::<Vec<_>>(),
        "beliefs_against_sales": rankings.collect::<Vec<_>>(),
        "learned": arm_json(&report.learned),
        "holdout": arm_json(&report.held_out),
    })
}

fn row_json(row: &Row) -> Value {
    let shares: serde_json::Map<String, Value> = Measure::ALL
        .iter()
        .map(|measure| {
            let posterior = row.posteriors[measure.index()];
            let (low, high) = posterior.interval();
            let credit: serde_json::Map<String, Value> = Rule::ALL
                .iter()
                .map(|rule| (rule.word().to_owned(), row.counts.of(*rule, *measure).into()))
                .collect();
            let share = json!({ "share": posterior.mean(), "low": low, "high": high, "credit": credit });
            (measure.word().to_owned(), share)
        })
        .collect();
    json!({
        "story": row.story,
        "whom": row.whom,
        "told": row.counts.samples,
        "told_decayed": row.counts.told,
        "measures": shares,
        "better": row.better,
        "verdict": row.verdict.word(),
    })
}

fn arm_json(arm: &Arm) -> Value {
    let (low, high) = arm.posterior().interval();
    json!({ "people": arm.people, "won": arm.won, "share": arm.posterior().mean(), "low": low, "high": high })
}
