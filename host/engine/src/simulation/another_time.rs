//! What was said at one time and would be said at another: one difference and not two.

use std::{collections::BTreeMap, time::Duration};

use hearken_model::{Act, Instant, Mode, ProspectId};

use super::{
    Pair,
    compared::{Likeness, Made},
};

/// What lies further apart is nothing that was only put off.
const APART: Duration = Duration::from_secs(14 * 86_400);

type What = (ProspectId, Act, String, String, Mode);

fn what(made: &Made) -> What {
    let Made {
        prospect,
        act,
        target,
        channel,
        mode,
        ..
    } = made;
    (*prospect, *act, target.clone(), channel.clone(), *mode)
}

/// Joins what was said then to what is said now, in their order, where at either time the other
/// one has nothing to say.
pub(super) fn joined(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort_by_key(Pair::at);
    let (then, mut rest): (Vec<Pair>, Vec<Pair>) = pairs
        .into_iter()
        .partition(|pair| pair.now.is_none() && pair.likeness() == Likeness::OnlyThen);
    let mut waiting: BTreeMap<What, Vec<Made>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for pair in then {
        if let Some(made) = pair.then {
            names.insert(made.prospect, pair.who);
            waiting.entry(what(&made)).or_default().push(made);
        }
    }
    for pair in &mut rest {
        let Some(now) = pair.now.as_ref().filter(|_| pair.then.is_none()) else {
            continue;
        };
        let Some(candidates) = waiting.get_mut(&what(now)) else {
            continue;
        };
        if let Some(index) = candidates.iter().position(|made| apart(made.at, now.at) <= APART) {
            pair.then = Some(candidates.remove(index));
        }
    }
    let left = waiting.into_values().flatten().map(|made| Pair {
        who: names.get(&made.prospect).cloned().unwrap_or_default(),
        then: Some(made),
        now: None,
    });
    rest.extend(left);
    rest
}

fn apart(x: Instant, y: Instant) -> Duration {
    x.since(y).max(y.since(x))
}

#[cfg(test)]
mod tests {
    use hearken_model::DecisionId;

    use super::*;

    fn told(day: u64, target: &str) -> Made {
        Made {
            id: DecisionId::from_u64(day),
            prospect: ProspectId::from_u64(1),
            at: Instant(day * 86_400_000),
            trigger: "timer:silence".into(),
            act: Act::Tell,
            target: target.into(),
            channel: "email".into(),
            mode: Mode::Live,
            propensity: 1.0,
            state: None,
            reason: String::new(),
            alternatives: Vec::new(),
        }
    }

    fn only(then: Option<Made>, now: Option<Made>) -> Pair {
        Pair {
            then,
            now,
            who: "ann".into(),
        }
    }

    fn days(pairs: Vec<Pair>) -> Vec<(Option<u64>, Option<u64>, Likeness)> {
        let day = |made: &Option<Made>| made.as_ref().map(|m| m.at.0 / 86_400_000);
        let mut days: Vec<_> = pairs
            .iter()
            .map(|p| (day(&p.then), day(&p.now), p.likeness()))
            .collect();
        days.sort_by_key(|(then, now, _)| (*then, *now));
        days
    }

    #[test]
    fn what_is_said_at_another_time_is_joined_in_its_order() {
        let pairs = joined(vec![
            only(None, Some(told(6, "a"))),
            only(Some(told(1, "a")), None),
            only(Some(told(5, "a")), None),
            only(Some(told(9, "a")), None),
            only(None, Some(told(3, "a"))),
            only(None, Some(told(8, "b"))),
        ]);
        assert_eq!(
            days(pairs),
            [
                (None, Some(8), Likeness::OnlyNow),
                (Some(1), Some(3), Likeness::AnotherTime),
                (Some(5), Some(6), Likeness::AnotherTime),
                (Some(9), None, Likeness::OnlyThen),
            ]
        );
    }

    #[test]
    fn what_lies_far_apart_are_two_things() {
        let pairs = joined(vec![
            only(Some(told(1, "a")), None),
            only(Some(told(29, "a")), None),
            only(None, Some(told(30, "a"))),
        ]);
        assert_eq!(
            days(pairs),
            [
                (Some(1), None, Likeness::OnlyThen),
                (Some(29), Some(30), Likeness::AnotherTime),
            ]
        );
    }
}
