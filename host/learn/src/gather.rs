//! From what people were told and what came of it to tellings with their credit.
//!
//! A *response* names the action that it answers, and is credited to that telling alone. An
//! *outcome* (accepted, a meeting, a complaint that names nothing) is shared among the
//! tellings to the person behind it, by each rule; a deal, among those to all people of the
//! account.

use std::{collections::HashSet, ops::Range, time::Duration};

use hearken_model::{Act, HOST_CONNECTOR, HUMAN, Instant, Lifecycle, Pressure, Recorded};
use hearken_store::{History, StageReached, Told};

use crate::{Buyer, Cell, Measure, Rule, Telling, credits};

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

/// Those of them that are about a deal ([`Measure::is_deal`]).
pub(crate) const DEALS: [&str; 2] = ["deal.opened", "deal.won"];

/// The stories that the people of an account were told, with what each is credited with:
/// person by person, in their order. Somebody without an account is one alone.
#[must_use]
pub fn tellings(account: &[History], window: Duration, pressure: impl Fn(&str) -> Option<Pressure>) -> Vec<Telling> {
    let mut told: Vec<(&Told, Telling)> = Vec::new();
    let mut own = Vec::new();
    for history in account {
        let begin = told.len();
        told.extend(stories(history, &pressure));
        own.push(begin..told.len());
    }
    let (told, tellings): (Vec<&Told>, Vec<Telling>) = told.into_iter().unzip();
    let times = told.iter().map(|told| told.at).collect();
    let mut credited = Credited {
        told,
        times,
        tellings,
        window,
    };
    for (history, own) in account.iter().zip(own) {
        credited.person(history, own);
    }
    credited.deals(account);
    credited.tellings
}

/// The stories among what a person was told, with nothing credited yet.
fn stories<'a>(
    history: &'a History,
    pressure: &impl Fn(&str) -> Option<Pressure>,
) -> impl Iterator<Item = (&'a Told, Telling)> {
    let told = history.tellings.iter();
    told.filter(|told| told.act != Act::HandOver && !told.situation.is_null())
        .filter_map(move |told| {
            let cell = Cell {
                buyer: buyer(told)?,
                story: told.target.clone(),
                pressure: pressure(&told.target)?,
            };
            let telling = Telling {
                cell,
                variant: told.variant.clone(),
                at: told.at,
                credit: Default::default(),
            };
            Some((told, telling))
        })
}

/// What the people of an account were told, while it is credited.
struct Credited<'a> {
    told: Vec<&'a Told>,
    times: Vec<Instant>,
    tellings: Vec<Telling>,
    window: Duration,
}

impl Credited<'_> {
    /// What came of it with one person, to whom `own` was told.
    fn person(&mut self, history: &History, own: Range<usize>) {
        let mut heard = HashSet::new();
        for signal in &history.signals {
            let Some(measure) = measured(signal).filter(|measure| !measure.is_deal()) else {
                continue;
            };
            if heard.insert((measure, once(signal))) {
                self.signal(signal, measure, own.clone());
            }
        }
        for stage in history.stages.iter().filter(|stage| moves_on(stage)) {
            self.share(Measure::Advanced, stage.at, own.clone());
        }
    }

    /// What came of it for the account. Systems name the same deal with several of its
    /// people: the earliest word counts.
    fn deals(&mut self, account: &[History]) {
        let signals = account.iter().flat_map(|history| &history.signals);
        let mut deals: Vec<(&Recorded, Measure)> = signals
            .filter_map(|signal| Some((signal, measured(signal).filter(|measure| measure.is_deal())?)))
            .collect();
        deals.sort_by(|(x, _), (y, _)| (x.signal.at, &x.signal.id).cmp(&(y.signal.at, &y.signal.id)));
        let mut heard = HashSet::new();
        for (signal, measure) in deals {
            if heard.insert((measure, once(signal))) {
                self.signal(signal, measure, 0..self.told.len());
            }
        }
    }

    /// Credits a signal to what it names, or shares it among `those` before it.
    fn signal(&mut self, signal: &Recorded, measure: Measure, those: Range<usize>) {
        let named = those.clone().find(|place| answers(signal, self.told[*place]));
        match named {
            Some(place) => answer(&mut self.tellings[place], measure),
            // A click or a reply that names nothing of ours may have been about anything.
            None if matches!(measure, Measure::Clicked | Measure::Replied) => {}
            None => self.share(measure, signal.signal.at, those),
        }
    }

    fn share(&mut self, measure: Measure, at: Instant, those: Range<usize>) {
        for rule in Rule::ALL {
            let credits = credits(rule, &self.times[those.clone()], at, self.window);
            for (telling, credit) in self.tellings[those.clone()].iter_mut().zip(credits) {
                let sum = &mut telling.credit[rule as usize][measure.index()];
                *sum = (*sum + credit).min(1.0);
            }
        }
    }
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
    if signal.human() < HUMAN {
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
