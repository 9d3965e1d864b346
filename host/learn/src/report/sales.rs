//! Hand-overs: how many, what sales said to them, and which beliefs told the two apart.

use std::collections::BTreeMap;

use hearken_model::Act;
use hearken_store::{History, Told};

use crate::gather::answers;

/// Fewer of either than these rank nothing.
const ENOUGH: usize = 10;
/// How many of each are kept to rank: the latest read.
const KEPT: usize = 5_000;

/// What sales said to hand-overs.
#[derive(Clone, Debug, Default)]
pub struct Sales {
    /// By team.
    pub teams: BTreeMap<String, Team>,
    /// How well beliefs told what is accepted from what is rejected.
    pub rankings: Vec<Ranking>,
    /// By belief: its weight where accepted, and where rejected.
    heard: BTreeMap<String, [Vec<f64>; 2]>,
}

/// What a team said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// How many people it was given.
    pub handed_over: u64,
    /// How many it took.
    pub accepted: u64,
    /// How many it refused.
    pub rejected: u64,
    /// How many it gave back for later.
    pub recycled: u64,
}

/// How well a belief told what sales accept from what they reject.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Its kind and name: `fit/rules`.
    pub belief: String,
    /// Of how many that were accepted.
    pub accepted: usize,
    /// And how many that were rejected.
    pub rejected: usize,
    /// How likely it is heavier with one that is accepted than with one that is rejected: 0.5
    /// for a coin (the area under the ROC curve). None where there are too few of either.
    pub right: Option<f64>,
}

impl Sales {
    /// Takes in what became of somebody's hand-overs: the last word on each counts.
    pub(super) fn hear(&mut self, history: &History) {
        for told in history.tellings.iter().filter(|told| told.act == Act::HandOver) {
            let team = self.teams.entry(told.target.clone()).or_default();
            team.handed_over += 1;
            let said = history.signals.iter().rev().find(|recorded| {
                let kind = recorded.signal.kind.as_str();
                kind.starts_with("handover.") && answers(recorded, told)
            });
            let accepted = match said.map(|recorded| recorded.signal.kind.as_str()) {
                Some("handover.accepted") => {
                    team.accepted += 1;
                    true
                }
                Some("handover.rejected") => {
                    team.rejected += 1;
                    false
                }
                Some("handover.recycled") => {
                    team.recycled += 1;
                    continue;
                }
                _ => continue,
            };
            for (belief, weight) in beliefs(told) {
                let side = usize::from(!accepted);
                let heard = &mut self.heard.entry(belief).or_default()[side];
                if heard.len() < KEPT {
                    heard.push(weight);
                }
            }
        }
    }

    /// Ranks the beliefs, once everything was heard: the most telling first.
    pub(super) fn rank(&mut self) {
        let ranking = |(belief, [yes, no]): (&String, &[Vec<f64>; 2])| Ranking {
            belief: belief.clone(),
            accepted: yes.len(),
            rejected: no.len(),
            right: (yes.len() >= ENOUGH && no.len() >= ENOUGH).then(|| area(yes, no)),
        };
        self.rankings = self.heard.iter().map(ranking).collect();
        let telling = |r: &Ranking| r.right.map_or(0.0, |right| (right - 0.5).abs());
        self.rankings
            .sort_by(|x, y| telling(y).total_cmp(&telling(x)).then_with(|| x.belief.cmp(&y.belief)));
    }
}

/// What was believed when it was handed over, with its weight.
fn beliefs(told: &Told) -> Vec<(String, f64)> {
    let all = told.situation.get("beliefs").and_then(serde_json::Value::as_array);
    let read = |belief: &serde_json::Value| {
        let text = |key: &str| belief.get(key)?.as_str();
        let number = |key: &str| belief.get(key)?.as_f64();
        let name = format!("{}/{}", text("kind")?, text("name")?);
        Some((name, number("value")? * number("confidence")?))
    };
    all.into_iter().flatten().filter_map(read).collect()
}

/// The share of pairs in which the accepted one is heavier, ties counted half (Mann and
/// Whitney's U, scaled).
fn area(yes: &[f64], no: &[f64]) -> f64 {
    let mut no = no.to_vec();
    no.sort_by(f64::total_cmp);
    let above = |y: &f64| {
        let less = no.partition_point(|n| n < y);
        let same = no.partition_point(|n| n <= y) - less;
        less as f64 + same as f64 / 2.0
    };
    yes.iter().map(above).sum::<f64>() / (yes.len() as f64 * no.len() as f64)
}
