//! Prints the table of `docs/learning.md`: each world under each policy, five seeds with their
//! spread. `cargo run --release -p hearken-learn --example worlds`

#[path = "../tests/world/mod.rs"]
mod world;

use hearken_learn::report::{Row, Verdict};
use world::{ALL, Kind, Policy, World, Year, live};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

fn main() {
    println!("| world | policy | deals per 1,000 people | in the last quarter | harmed per 1,000 |");
    println!("|---|---|---|---|---|");
    let mut notes = Vec::new();
    for kind in ALL {
        let world = World::new(kind);
        for policy in [Policy::Learning, Policy::Unlearned, Policy::Drip] {
            let years: Vec<Year> = SEEDS.map(|seed| live(&world, policy, seed)).collect();
            let thousand = |of: fn(&Year) -> f64| spread(years.iter().map(|year| 1_000.0 * of(year)).collect());
            println!(
                "| {kind:?} | {policy:?} | {} | {} | {} |",
                thousand(Year::deals_a_person),
                thousand(|year| year.late.0 as f64 / year.late.1 as f64),
                thousand(|year| year.harmed as f64 / year.people as f64),
            );
            if policy == Policy::Learning {
                notes.push(note(&world, &years));
            }
        }
    }
    notes.iter().for_each(|note| println!("\n{note}"));
}

/// `12.3 ± 1.1`: the mean and the standard deviation over the seeds.
fn spread(values: Vec<f64>) -> String {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
    format!("{mean:.1} ± {:.1}", square.sqrt())
}

fn note(world: &World, years: &[Year]) -> String {
    let shares: Vec<String> = (0..world.stories.len())
        .map(|story| {
            let shares = years.iter().map(|year| 100.0 * year.late_share(story)).collect();
            format!("{} {} %", world.stories[story].0, spread(shares))
        })
        .collect();
    let said = |rows: fn(&Year) -> Vec<&Row>, verdict: Verdict| {
        let rows = years.iter().flat_map(rows);
        let (all, so) = rows.fold((0, 0), |(all, so), row| (all + 1, so + u32::from(row.verdict == verdict)));
        format!("{so} of {all} {}", verdict.word())
    };
    let stories: fn(&Year) -> Vec<&Row> = |year| year.report.iter().flat_map(|r| r.stories.iter().chain(&r.personas)).collect();
    let paces: fn(&Year) -> Vec<&Row> = |year| year.report.iter().flat_map(|r| &r.paces).collect();
    let rows = if world.kind == Kind::Pressure { paces } else { stories };
    format!(
        "{:?}, learning: told in the last quarter: {}; the report's rows: {}, {}, {}",
        world.kind,
        shares.join(", "),
        said(rows, Verdict::Better),
        said(rows, Verdict::Worse),
        said(rows, Verdict::TooLittle),
    )
}
