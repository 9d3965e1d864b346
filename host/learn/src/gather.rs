//! From what people were told and what came of it to evidence, a page of people at a time:
//! nothing but the counts stays in memory.
//!
//! A *response* names the action that it answers, and is credited to that telling alone. An
//! *outcome* (accepted, a meeting, a deal, a complaint that names nothing) is shared among
//! the tellings behind it, by each rule.

use std::{collections::HashSet, time::Duration};

use hearken_model::{Act, HOST_CONNECTOR, Instant, Lifecycle, Pressure, Recorded};
use hearken_store::{History, HistoryQuery, StageReached, Store, StoreError, Told};

use crate::{Buyer, Cell, Evidence, Measure, Rule, Telling, credits};

/// How many people are read at a time.
const PAGE: usize = 200;
/// What is older than so many half-lives counts for nothing any more: less than 0.4 %.
const HALF_LIVES: u32 = 8;

/// How evidence is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// After which a telling counts half.
    pub half_life: Duration,
    /// How long before an outcome a decision may stand that it is credited to.
    pub window: Duration,
}

/// Kinds of signals that say what came of something.
pub(crate) const KINDS: [&str; 18] = [
    "message.clicked",
    "message.replied",
    "message.unsubscribed",
    "message.complained",
    "question.answered",
    "consent.withdrawn",
    "chat.message",
    "form.submitted",
    "meeting.requested",
    "meeting.booked",
    "meeting.held",
    "handover.accepted",
    "handover.rejected",
    "handover.recycled",
    "deal.opened",
    "deal.won",
    "deal.lost",
    "call.held",
];

/// Reads evidence from a store, as of `now`. `pressure` is a story's; what is not among the
/// stories any more is left out.
///
/// # Errors
/// Where the store cannot be read.
pub async fn gather(
    store: &dyn Store,
    settings: Settings,
    now: Instant,
    pressure: impl Fn(&str) -> Option<Pressure>,
) -> Result<Evidence, StoreError> {
    let mut evidence = Evidence::new(now, settings.half_life);
    each_history(store, settings, now, |history| {
        for telling in tellings(history, settings.window, &pressure) {
            evidence.count(&telling);
        }
    })
    .await?;
    Ok(evidence)
}

/// Reads everybody to whom anything was told that counts still, a page at a time.
pub(crate) async fn each_history(
    store: &dyn Store,
    settings: Settings,
    now: Instant,
    mut look: impl FnMut(&History),
) -> Result<(), StoreError> {
    let since = now.before(settings.half_life.saturating_mul(HALF_LIVES));
    let mut after = None;
    loop {
        let page = store.told(after, since, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(*last);
        let query = HistoryQuery {
            prospects: page,
            since,
            kinds: KINDS.map(String::from).into(),
        };
        store.histories(query).await?.iter().for_each(&mut look);
    }
}

/// The stories that a person was told, with what each is credited with.
#[must_use]
pub fn tellings(history: &History, window: Duration, pressure: impl Fn(&str) -> Option<Pressure>) -> Vec<Telling> {
    let told: Vec<(&Told, Telling)> = history
        .tellings
        .iter()
        .filter(|told| told.act != Act::HandOver && !told.situation.is_null())
        .filter_map(|told| {
            let cell = Cell {
                buyer: buyer(told)?,
                story: told.target.clone(),
                pressure: pressure(&told.target)?,
            };
            let telling = Telling {
                cell,
                at: told.at,
                credit: Default::default(),
            };
            Some((told, telling))
        })
        .collect();
    let (told, mut tellings): (Vec<&Told>, Vec<Telling>) = told.into_iter().unzip();
    let times: Vec<Instant> = told.iter().map(|told| told.at).collect();
    let mut heard = HashSet::new();
    for signal in &history.signals {
        let Some(measure) = measured(signal) else { continue };
        let answered = told.iter().position(|told| answers(signal, told));
        if !heard.insert((measure, once(signal))) {
            continue;
        }
        match answered {
            Some(place) => answer(&mut tellings[place], measure),
            // A click or a reply that names nothing of ours may have been about anything.
            None if matches!(measure, Measure::Clicked | Measure::Replied) => {}
            None => share(&mut tellings, &times, measure, signal.signal.at, window),
        }
    }
    for stage in history.stages.iter().filter(|stage| moves_on(stage)) {
        share(&mut tellings, &times, Measure::Advanced, stage.at, window);
    }
    tellings
}

/// Who was told, as the router was shown them when it was decided.
pub(crate) fn buyer(told: &Told) -> Option<Buyer> {
    let lifecycle = Lifecycle::from_word(told.situation.get("lifecycle")?.as_str()?)?;
    let beliefs = told.situation.get("beliefs")?.as_array()?.iter().filter_map(|belief| {
        let text = |key| belief.get(key).and_then(serde_json::Value::as_str);
        let number = |key| belief.get(key).and_then(serde_json::Value::as_f64);
        Some((text("kind")?, text("name")?, number("value")? * number("confidence")?))
    });
    Some(Buyer::of(lifecycle, beliefs))
}

/// What a signal says came of something; none for what says nothing of the kind.
pub(crate) fn measured(recorded: &Recorded) -> Option<Measure> {
    let signal = &recorded.signal;
    if signal.properties.get("automatic") == Some(&serde_json::Value::Bool(true)) {
        return None;
    }
    Some(match signal.kind.as_str() {
        "message.clicked" => Measure::Clicked,
        "message.replied" | "question.answered" | "chat.message" | "form.submitted" | "meeting.requested"
        | "meeting.booked" => Measure::Replied,
        "handover.accepted" => Measure::Accepted,
        "meeting.held" => Measure::Meeting,
        "deal.opened" => Measure::Opportunity,
        "deal.won" => Measure::Won,
        "message.unsubscribed" | "message.complained" | "handover.rejected" => Measure::Harmed,
        _ => return None,
    })
}

/// Whether a stage is nearer to buying than the one before.
pub(crate) fn moves_on(stage: &StageReached) -> bool {
    stage.to > stage.from && stage.to <= Lifecycle::Customer
}

/// Only whoever delivered an action says what answers it, and the host itself.
pub(crate) fn answers(recorded: &Recorded, told: &Told) -> bool {
    let Some(answers) = &recorded.signal.answers else {
        return false;
    };
    let theirs = recorded.connector == told.sink || recorded.connector == HOST_CONNECTOR;
    let named = answers.action == Some(told.action)
        || !told.reference.is_empty() && answers.reference.as_ref() == Some(&told.reference);
    theirs && named
}

/// Under which name a fact is counted once: a deal that two systems report is one deal.
fn once(recorded: &Recorded) -> String {
    let deal = recorded.signal.text("deal");
    deal.map_or_else(|| recorded.signal.id.to_string(), |deal| format!("deal {deal}"))
}

fn answer(telling: &mut Telling, measure: Measure) {
    for credit in &mut telling.credit {
        credit[measure.index()] = 1.0;
        if matches!(measure, Measure::Clicked | Measure::Replied) {
            credit[Measure::Engaged.index()] = 1.0;
        }
    }
}

fn share(tellings: &mut [Telling], times: &[Instant], measure: Measure, at: Instant, window: Duration) {
    for rule in Rule::ALL {
        for (telling, credit) in tellings.iter_mut().zip(credits(rule, times, at, window)) {
            let sum = &mut telling.credit[rule as usize][measure.index()];
            *sum = (*sum + credit).min(1.0);
        }
    }
}
