//! However a person's signals are ordered and cut into dossiers, the same is believed.

mod site;

use std::collections::BTreeSet;

use hearken_sdk::kinds::{
    Ask, ChatMessage, FormAbandoned, FormStarted, FormSubmitted, Kind, MessageOpened, PageLeft, PageViewed,
    QuestionAnswered, SearchPerformed,
};
use hearken_sdk::{Belief, Dossier, Instant, Signal};
use proptest::collection::vec;
use proptest::prelude::*;
use site::{Host, MORNING, body_language, with_office_hours};

/// Any signals of any kinds, close together, some of them newer than now.
fn signals(most: usize) -> impl Strategy<Value = Vec<Signal>> {
    let one = (0..10_usize, 0..6_usize, 0..200_000_u64, 0..3_usize, any::<bool>());
    // Over a little more than a week, so that decay and returns matter, or over two hours, so
    // that visits are full of cues.
    let within = prop_oneof![Just(600_000_000_u64), Just(7_200_000)];
    (vec(one, 1..most), within).prop_map(|(signals, within)| {
        signals
            .into_iter()
            .enumerate()
            .map(|(n, signal)| make(n, within, signal))
            .collect()
    })
}

fn make(n: usize, within: u64, (kind, page, at, session, whole): (usize, usize, u64, usize, bool)) -> Signal {
    const PATHS: [&str; 6] = [
        "/roi",
        "/pricing",
        "/implementation",
        "/support/faq",
        "/about",
        "/blog/support",
    ];
    const FORMS: [&str; 2] = ["contact", "newsletter"];
    let path = PATHS[page].to_owned();
    let title = if whole { "What the payback is" } else { "" }.to_owned();
    let at = Instant::from_millis(MORNING + at * at % within);
    let id = format!("generated-{n}");
    fn new<K: Kind>(id: String, at: Instant, kind: &K) -> Signal {
        Signal::new(id, at, kind).expect("kinds are JSON")
    }
    let signal = match kind {
        0 | 1 => new(
            id,
            at,
            &PageViewed {
                path,
                title,
                ..Default::default()
            },
        ),
        2 => new(
            id,
            at,
            &PageLeft {
                path,
                dwell_ms: whole.then_some(at.as_millis() % 400_000),
                visible_ms: Some(at.as_millis() % 300_000),
                scroll: Some(0.5),
                ..Default::default()
            },
        ),
        3 => new(
            id,
            at,
            &SearchPerformed {
                query: path,
                results: Some(page as u64 % 2),
            },
        ),
        7 => new(
            id,
            at,
            &FormStarted {
                form: FORMS[page % 2].into(),
            },
        ),
        8 => new(
            id,
            at,
            &FormAbandoned {
                form: FORMS[page % 2].into(),
                corrections: whole.then_some(2),
                ..Default::default()
            },
        ),
        9 => new(
            id,
            at,
            &ChatMessage {
                text: if whole { "what does the rollout cost" } else { "hello" }.into(),
                ..Default::default()
            },
        ),
        4 => new(
            id,
            at,
            &FormSubmitted {
                form: FORMS[page % 2].into(),
                asks: whole.then_some(Ask::Quote),
                corrections: Some(1),
                ..Default::default()
            },
        ),
        5 => new(id, at, &MessageOpened::default()),
        _ => new(
            id,
            at,
            &QuestionAnswered {
                answer: if whole { "cio" } else { "support" }.into(),
                ..Default::default()
            },
        ),
    };
    signal.session(format!("visit-{session}"))
}

fn now() -> Instant {
    Instant::from_millis(MORNING + 500_000_000)
}

/// The same but for the last digit of a sum: what is held may have been written before the
/// numbers were computed in another order.
fn assert_same(left: &Host, right: &Host) {
    assert_eq!(left.memory, right.memory);
    assert_eq!(
        left.beliefs.keys().collect::<Vec<_>>(),
        right.beliefs.keys().collect::<Vec<_>>()
    );
    for (a, b) in left.beliefs.values().zip(right.beliefs.values()) {
        assert!(
            (a.value - b.value).abs() < 1e-8 && (a.confidence - b.confidence).abs() < 1e-8,
            "{a:?} {b:?}"
        );
        let rest = |belief: &Belief| Belief {
            value: 0.0,
            confidence: 0.0,
            ..belief.clone()
        };
        assert_eq!(rest(a), rest(b));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_permutation_in_any_portions_is_believed_the_same(
        (ordered, shuffled) in signals(400).prop_flat_map(|signals| (Just(signals.clone()), Just(signals).prop_shuffle())),
        portions in vec(1..40_usize, 1..400),
    ) {
        let scorer = with_office_hours();
        let mut at_once = Host::default();
        at_once.assess(&scorer, &ordered, now());

        let mut in_portions = Host::default();
        let mut rest = shuffled.as_slice();
        for portion in portions.iter().cycle() {
            let (fresh, left) = rest.split_at((*portion).min(rest.len()));
            in_portions.assess(&scorer, fresh, now());
            rest = left;
            if rest.is_empty() {
                break;
            }
        }
        assert_same(&at_once, &in_portions);
        let cues = |host: &Host| {
            let dossier = Dossier { memory: host.memory.clone(), ..Dossier::new("generated", now()) };
            scorer.cues(&dossier)
        };
        let whole = scorer.cues(&Dossier { fresh: shuffled.clone(), ..Dossier::new("generated", now()) });
        prop_assert_eq!(cues(&at_once), cues(&in_portions));
        // With the signals at hand it is also told which they were.
        let ids: BTreeSet<&str> = shuffled.iter().map(|signal| signal.id.as_str()).collect();
        for shown in whole {
            prop_assert!(shown.strength > 0.0 && shown.strength <= 1.0 && shown.count > 0, "{:?}", shown);
            prop_assert!(!shown.evidence.is_empty(), "{:?}", shown);
            prop_assert!(shown.evidence.iter().all(|id| ids.contains(id.as_str())), "{:?}", shown);
        }
    }

    #[test]
    fn a_lost_memory_is_made_anew_from_recent_signals(signals in signals(300), lost_at in 0..300_usize) {
        let scorer = body_language();
        let mut whole = Host::default();
        whole.assess(&scorer, &signals, now());

        let (recent, fresh) = signals.split_at(lost_at.min(signals.len()));
        let mut merged = Host::default();
        let dossier = Dossier { recent: recent.to_vec(), fresh: fresh.to_vec(), ..Dossier::new("generated", now()) };
        merged.assess_dossier(&scorer, &dossier);
        assert_same(&whole, &merged);
    }

    #[test]
    fn a_signal_that_comes_twice_counts_once(signals in signals(60)) {
        let scorer = body_language();
        let mut once = Host::default();
        once.assess(&scorer, &signals, now());
        let mut twice = once.clone();
        prop_assert_eq!(twice.assess(&scorer, &signals, now()), []);
        assert_same(&once, &twice);
    }
}
