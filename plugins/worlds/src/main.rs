//! Prints the tables of `docs/learning.md`: each world under each policy, with the spread over
//! the seeds. Seeds may be named: `cargo run --package worlds -- 7 8 9`.

use std::thread;

use hearken_learn::report::{Row, Verdict};
use worlds::{Kind, Policy, World, Year, live};

/// Those of the page. None of them was looked at while worlds or learning were worked on.
const SEEDS: [u64; 5] = [101, 102, 103, 104, 105];

fn main() {
    let named: Vec<u64> = std::env::args().skip(1).filter_map(|seed| seed.parse().ok()).collect();
    let seeds = if named.is_empty() { SEEDS.to_vec() } else { named };
    println!("seeds {seeds:?}; mean ± standard deviation\n");
    println!(
        "| world | policy | deals per 1,000 people | in the last quarter | harmed per 1,000 | the best first, % |"
    );
    println!("|---|---|---|---|---|---|");
    let mut notes = Vec::new();
    for kind in Kind::ALL {
        let world = World::new(kind);
        let [learning, unlearned, drip] =
            [Policy::Learning, Policy::Unlearned, Policy::Drip].map(|policy| years(&world, policy, &seeds));
        line(kind.title(), "learning", &learning);
        line("", "the same without", &unlearned);
        line("", "fixed drip", &drip);
        notes.push(note(&world, &learning, &unlearned));
    }
    notes.iter().for_each(|note| println!("\n{note}"));
}

fn years(world: &World, policy: Policy, seeds: &[u64]) -> Vec<Year> {
    thread::scope(|scope| {
        let lives: Vec<_> = seeds
            .iter()
            .map(|seed| scope.spawn(|| live(world, policy, *seed)))
            .collect();
        lives
            .into_iter()
            .map(|life| life.join().expect("a year comes to its end"))
            .collect()
    })
}

fn line(world: &str, policy: &str, years: &[Year]) {
    let thousand = |of: fn(&Year) -> f64| spread(years.iter().map(|year| 1_000.0 * of(year)));
    println!(
        "| {world} | {policy} | {} | {} | {} | {} |",
        thousand(Year::deals_a_person),
        thousand(Year::late_deals_a_person),
        thousand(Year::harmed_a_person),
        spread(years.iter().map(|year| 100.0 * year.best_late_share())),
    );
}

/// `12.3 ± 1.1`: the mean and the standard deviation over the seeds.
fn spread(values: impl Iterator<Item = f64>) -> String {
    let values: Vec<f64> = values.collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
    format!("{mean:.1} ± {:.1}", square.sqrt())
}

/// What learning made of it, seed by seed, and what the report said.
fn note(world: &World, learning: &[Year], unlearned: &[Year]) -> String {
    let more = learning.iter().zip(unlearned);
    let more = more.map(|(with, without)| 1_000.0 * (with.deals_a_person() - without.deals_a_person()));
    let shares: Vec<String> = (0..world.stories.len())
        .map(|story| {
            let share = spread(learning.iter().map(|year| 100.0 * year.late_share(story)));
            format!("{} {share} %", world.stories[story].0)
        })
        .collect();
    let mut note = format!(
        "{}: {} deals more per 1,000 than without learning; told first in the last quarter: {}",
        world.kind.title(),
        spread(more),
        shares.join(", "),
    );
    for quarter in 0..learning[0].reports.len() {
        note += &format!(
            "\n  report of quarter {}:{}",
            quarter + 1,
            said(&rows(world, learning, quarter))
        );
        note += &format!("\n    without learning:{}", said(&rows(world, unlearned, quarter)));
    }
    note
}

/// A report's rows: of paces where it is pressure that matters, of stories elsewhere.
fn rows(world: &World, years: &[Year], quarter: usize) -> Vec<Row> {
    let of = |year: &Year| {
        let report = &year.reports[quarter];
        match world.kind {
            Kind::Pressure => report.paces.clone(),
            _ => [report.stories.clone(), report.personas.clone()].concat(),
        }
    };
    years.iter().flat_map(of).collect()
}

/// How often each row was said to be better or worse, where it ever was.
fn said(rows: &[Row]) -> String {
    let mut names: Vec<_> = rows.iter().map(|row| (row.whom.clone(), row.story.clone())).collect();
    names.sort();
    names.dedup();
    let mut text = format!(" {} rows", rows.len());
    for (whom, story) in names {
        let same = |row: &&Row| row.whom == whom && row.story == story;
        let of = |verdict| rows.iter().filter(same).filter(|row| row.verdict == verdict).count();
        let (better, worse) = (of(Verdict::Better), of(Verdict::Worse));
        if better + worse > 0 {
            let whom = whom.as_deref().unwrap_or("everybody");
            text += &format!("; {story} with {whom}: better {better}, worse {worse}");
        }
    }
    text
}
