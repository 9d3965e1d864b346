//! What works for whom, with how sure that is; hand-overs and what sales said to them; and
//! what learning is worth, by the holdout.

use std::collections::BTreeMap;

use hearken_model::{Act, Instant, Pressure};
use hearken_store::{History, Store, StoreError};

use crate::{
    Counts, Evidence, MEASURES, Measure, Pooled, Posterior, Settings,
    accounts::each_account,
    best::{DRAWS, draws},
    gather::tellings,
    knowledge::RULE,
};

mod sales;
mod variants;

use variants::Variants;

pub use sales::{Ranking, Sales, Team};

/// Fewer tellings than these say too little, whatever came of them.
pub const ENOUGH: u64 = 30;
/// How sure it has to be that a story is better, or worse, than the others.
pub const SURE_ENOUGH: f64 = 0.975;
/// The situation's extra that says that somebody is in the holdout.
pub const HOLDOUT: &str = "holdout";

/// What can be said of a story against the others that the same people were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is worth more.
    Better,
    /// It is worth less.
    Worse,
    /// It could be either.
    TooLittle,
}

impl Verdict {
    /// As people and programs are told.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Better => "better than the others",
            Self::Worse => "worse than the others",
            Self::TooLittle => "too little to say",
        }
    }
}

/// How one story fared, with everybody or with one persona; or one variant of a story.
#[derive(Clone, Debug)]
pub struct Row {
    /// The story; a pressure where rows are of paces, a variant where they are of stories.
    pub story: String,
    /// With whom: a persona or a pace; the story of a variant; none for everybody.
    pub whom: Option<String>,
    /// What was counted.
    pub counts: Counts,
    /// What is believed of each measure.
    pub posteriors: [Posterior; MEASURES],
    /// How likely it is worth more than the others, 0..1.
    pub better: f64,
    /// What can be said.
    pub verdict: Verdict,
}

/// People who were told something, in or out of the holdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arm {
    /// How many.
    pub people: u64,
    /// How many of them bought after.
    pub won: u64,
}

impl Arm {
    /// What is believed of the share who buy.
    #[must_use]
    pub fn posterior(&self) -> Posterior {
        Posterior::after(Measure::Won.usual(), 10.0, self.people as f64, self.won as f64)
    }
}

/// A report, as of a moment.
#[derive(Clone, Debug)]
pub struct Report {
    /// When.
    pub at: Instant,
    /// What was counted altogether.
    pub total: Counts,
    /// By story, with everybody.
    pub stories: Vec<Row>,
    /// By story and persona.
    pub personas: Vec<Row>,
    /// By variant and story (`whom`), of stories that were told in several.
    pub variants: Vec<Row>,
    /// By pressure and pace.
    pub paces: Vec<Row>,
    /// What sales said.
    pub sales: Sales,
    /// Who was not in the holdout.
    pub learned: Arm,
    /// Who was.
    pub held_out: Arm,
}

/// Reads a report from a store, as of `now`. `pressure` is a story's.
///
/// # Errors
/// Where the store cannot be read.
pub async fn report(
    store: &dyn Store,
    settings: Settings,
    now: Instant,
    pressure: impl Fn(&str) -> Option<Pressure>,
) -> Result<Report, StoreError> {
    let mut evidence = Evidence::new(now, settings.half_life);
    let mut apart = Variants::new(now, settings.half_life);
    let (mut sales, mut arms) = (Sales::default(), [Arm::default(); 2]);
    each_account(store, settings, now, |account| {
        for telling in tellings(account, settings.window, &pressure) {
            evidence.count(&telling);
            apart.count(telling);
        }
        for history in account {
            sales.hear(history);
            arm(history, &mut arms);
        }
    })
    .await?;
    sales.rank();
    let [learned, held_out] = arms;
    Ok(Report {
        variants: apart.rows(),
        sales,
        learned,
        held_out,
        ..of(&evidence)
    })
}

/// What evidence alone says.
#[must_use]
pub fn of(evidence: &Evidence) -> Report {
    let pooled = Measure::ALL.map(|measure| Pooled::of(evidence, RULE, measure));
    let all = rows(
        evidence,
        |cell| (None, cell.story.clone()),
        |_, story| Measure::ALL.map(|m| pooled[m.index()].story(story)),
    );
    let personas = rows(
        evidence,
        |cell| (Some(cell.buyer.persona.clone()), cell.story.clone()),
        |persona, story| Measure::ALL.map(|m| pooled[m.index()].persona(story, persona)),
    );
    let paces = rows(
        evidence,
        |cell| (Some(cell.buyer.pace.clone()), cell.pressure.word().to_owned()),
        |pace, pressure| {
            let pressure = if pressure == Pressure::Hard.word() {
                Pressure::Hard
            } else {
                Pressure::Soft
            };
            Measure::ALL.map(|m| pooled[m.index()].pace(pace, pressure))
        },
    );
    Report {
        at: evidence.at,
        total: evidence.total(),
        stories: all,
        personas,
        variants: Vec::new(),
        paces,
        sales: Sales::default(),
        learned: Arm::default(),
        held_out: Arm::default(),
    }
}

/// Rows by (whom, story), each judged against the other rows of the same people.
fn rows(
    evidence: &Evidence,
    key: impl Fn(&crate::Cell) -> (Option<String>, String),
    posteriors: impl Fn(&str, &str) -> [Posterior; MEASURES],
) -> Vec<Row> {
    let mut groups: BTreeMap<Option<String>, BTreeMap<String, Counts>> = BTreeMap::new();
    for (cell, counts) in &evidence.cells {
        let (whom, story) = key(cell);
        groups.entry(whom).or_default().entry(story).or_default().add(counts);
    }
    let mut rows = Vec::new();
    for (whom, stories) in groups {
        let mut group: Vec<Row> = stories
            .into_iter()
            .map(|(story, counts)| Row {
                posteriors: posteriors(whom.as_deref().unwrap_or_default(), &story),
                story,
                whom: whom.clone(),
                counts,
                better: 0.5,
                verdict: Verdict::TooLittle,
            })
            .collect();
        judge(&mut group);
        rows.append(&mut group);
    }
    rows
}

/// Compares what a telling of each is worth with what one of the others is worth, by how often
/// each was told. The seed is the place in the group: the same evidence, the same word.
fn judge(group: &mut [Row]) {
    let drawn: Vec<Vec<f64>> = (0_u64..)
        .zip(group.iter())
        .map(|(seed, row)| draws(seed, &row.posteriors))
        .collect();
    let weights: Vec<f64> = group.iter().map(|row| row.counts.told).collect();
    for (place, row) in group.iter_mut().enumerate() {
        let others: f64 = weights.iter().sum::<f64>() - weights[place];
        if others <= 0.0 {
            continue;
        }
        let wins = (0..DRAWS).filter(|draw| {
            let rest = (0..drawn.len()).filter(|other| *other != place);
            let mean = rest.map(|other| weights[other] * drawn[other][*draw]).sum::<f64>() / others;
            drawn[place][*draw] > mean
        });
        row.better = wins.count() as f64 / DRAWS as f64;
        row.verdict = match row.better {
            _ if row.counts.samples < ENOUGH => Verdict::TooLittle,
            better if better >= SURE_ENOUGH => Verdict::Better,
            better if better <= 1.0 - SURE_ENOUGH => Verdict::Worse,
            _ => Verdict::TooLittle,
        };
    }
}

/// Somebody belongs to the arm of the first story that they were told.
fn arm(history: &History, [learned, held_out]: &mut [Arm; 2]) {
    let Some(first) = history.tellings.iter().find(|told| told.act != Act::HandOver) else {
        return;
    };
    let extra = first
        .situation
        .get("extra")
        .map(ToString::to_string)
        .unwrap_or_default();
    let arm = if extra.contains(&format!("\"{HOLDOUT}\"")) {
        held_out
    } else {
        learned
    };
    let mut signals = history.signals.iter();
    let bought = signals.any(|r| r.signal.kind == "deal.won" && r.signal.at >= first.at);
    arm.people += 1;
    arm.won += u64::from(bought);
}
