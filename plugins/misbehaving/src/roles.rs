//! The roles, as good or bad as the mode says.

use std::cell::Cell;

use crate::{
    Misbehaving,
    bindings::{
        exports::hearken::plugin::{
            router::{self, Choice, Situation, Story},
            scorer::{self, Assessment, Dossier},
            sink::{self, Action, Receipt},
            webhook::{self, Reception, Request},
        },
        hearken::plugin::types::{Belief, Failure, Identity},
    },
    crimes, failure, mode,
};

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// Answers for all, or for as many and such as the mode says.
fn answers<T, A>(items: &[T], answer: impl Fn(&T) -> A) -> Vec<Result<A, Failure>> {
    let mode = mode();
    let count = if mode.ends_with("half") {
        items.len() / 2
    } else {
        items.len()
    };
    let class = mode.strip_prefix("fail:");
    let one = |item| class.map_or_else(|| Ok(answer(item)), |class| Err(failure(class, "asked to fail")));
    items[..count].iter().map(one).collect()
}

impl scorer::Guest for Misbehaving {
    fn assess(batch: Vec<Dossier>) -> Vec<Result<Assessment, Failure>> {
        let ids: Vec<&str> = batch.iter().map(|dossier| dossier.prospect.as_str()).collect();
        crimes::commit(&ids);
        let texts = || {
            batch
                .iter()
                .flat_map(|dossier| &dossier.fresh)
                .map(|signal| signal.properties.as_str())
        };
        crimes::commit_on_text(texts);
        CALLS.set(CALLS.get() + 1);
        answers(&batch, |dossier| {
            let mode = mode();
            let cue = match mode.as_str() {
                "count" => CALLS.get().to_string(),
                import => crimes::denied_word(import).unwrap_or_else(|| dossier.prospect.clone()),
            };
            let beliefs = match mode.as_str() {
                "lie" => vec![belief(vec!["no-such-signal".into()], dossier.now)],
                "bomb" => vec![belief(crimes::aliases(), dossier.now)],
                _ => Vec::new(),
            };
            Assessment {
                beliefs,
                cue: Some(cue),
                memory: None,
                extra: Vec::new(),
            }
        })
    }
}

fn belief(evidence: Vec<String>, at: u64) -> Belief {
    Belief {
        kind: "engagement".into(),
        name: "overall".into(),
        value: 0.5,
        confidence: 0.5,
        at,
        evidence,
        half_life_ms: None,
        reason: "Because it says so.".into(),
        extra: Vec::new(),
    }
}

impl router::Guest for Misbehaving {
    fn decide(_stories: Vec<Story>, batch: Vec<Situation>) -> Vec<Result<Vec<Choice>, Failure>> {
        let ids: Vec<&str> = batch.iter().map(|situation| situation.prospect.as_str()).collect();
        crimes::commit(&ids);
        let mode = mode();
        let weights = mode.strip_prefix("weights:").unwrap_or("1");
        answers(&batch, |_| match mode.strip_prefix("tell:") {
            Some(story) => vec![say("tell", story)],
            None if mode.starts_with("ask:") => vec![say("ask", &mode["ask:".len()..])],
            None => weights.split(',').filter_map(|w| w.parse().ok()).map(hold).collect(),
        })
    }
}

/// Telling a story, or asking it, by e-mail, without an alternative.
fn say(act: &str, story: &str) -> Choice {
    Choice {
        act: act.into(),
        target: story.into(),
        channel: "email".into(),
        ..hold(1.0)
    }
}

fn hold(weight: f64) -> Choice {
    Choice {
        act: "hold".into(),
        target: String::new(),
        channel: String::new(),
        weight,
        reason: "Because it says so.".into(),
        expires_in_ms: None,
        extra: Vec::new(),
    }
}

impl webhook::Guest for Misbehaving {
    fn receive(requests: Vec<Request>) -> Vec<Result<Reception, Failure>> {
        let ids: Vec<&str> = requests.iter().map(|request| request.id.as_str()).collect();
        crimes::commit(&ids);
        answers(&requests, |request| Reception {
            signals: Vec::new(),
            rejects: Vec::new(),
            status: 200,
            headers: Vec::new(),
            body: request.id.clone().into_bytes(),
            extra: Vec::new(),
        })
    }
}

impl sink::Guest for Misbehaving {
    fn deliver(_now: u64, batch: Vec<Action>) -> Vec<(String, Result<Receipt, Failure>)> {
        let ids: Vec<&str> = batch.iter().map(|action| action.id.as_str()).collect();
        crimes::commit(&ids);
        let mut answered: Vec<(String, Result<Receipt, Failure>)> = answers(&batch, receipt)
            .into_iter()
            .zip(&ids)
            .map(|(answer, id)| ((*id).to_owned(), answer))
            .collect();
        match mode().as_str() {
            "create-then-trap" => panic!("asked to trap after having created files"),
            "strangers" => {
                let again = answered.clone();
                answered.extend(again);
                answered.extend(batch.first().map(|action| ("stranger".to_owned(), Ok(receipt(action)))));
            }
            _ => {}
        }
        answered
    }

    fn forget(_now: u64, people: Vec<Vec<Identity>>) -> Vec<Result<(), Failure>> {
        crimes::commit(&[]);
        answers(&people, |_| ())
    }
}

fn receipt(action: &Action) -> Receipt {
    Receipt {
        reference: crimes::file_word(&action.id, action.attempt).unwrap_or_else(|| action.id.clone()),
        delivered: true,
        detail: "{}".into(),
        memory: None,
        signals: Vec::new(),
        extra: Vec::new(),
    }
}
