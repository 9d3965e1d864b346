//! Between the SDK's types and the host's. Both are made from the same contract: whoever
//! adds to it is told by the compiler what is missing here.

use std::time::Duration;

use hearken_sandbox::wire;
use hearken_sdk::{
    Action, Assessment, Belief, Candidate, Choice, Dossier, Failure, Identity, Instant, Page, Receipt, Reception,
    Reject, ReplyTo, Request, Signal, Situation, Story, Traits, Turn,
};
use serde_json::Value;

fn all<A, B>(items: Vec<A>, convert: impl FnMut(A) -> B) -> Vec<B> {
    items.into_iter().map(convert).collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn object(traits: Traits) -> String {
    Value::Object(traits).to_string()
}

fn properties(text: String) -> String {
    if text.is_empty() { "{}".to_owned() } else { text }
}

// To the plugin.

pub(crate) fn identity(identity: Identity) -> wire::Identity {
    wire::Identity {
        scheme: identity.scheme,
        value: identity.value,
    }
}

fn signal(signal: Signal) -> wire::Signal {
    wire::Signal {
        id: signal.id,
        kind: signal.kind,
        at: signal.at.as_millis(),
        identities: all(signal.identities, identity),
        company: signal.company.map(identity),
        session: signal.session,
        about: signal.about,
        answers: signal.answers.map(|to| wire::ReplyTo {
            action: to.action,
            reference: to.reference,
        }),
        properties: properties(signal.properties),
        extra: signal.extra,
    }
}

fn belief(belief: Belief) -> wire::Belief {
    wire::Belief {
        kind: belief.kind,
        name: belief.name,
        value: belief.value,
        confidence: belief.confidence,
        at: belief.at.as_millis(),
        evidence: belief.evidence,
        half_life_ms: belief.half_life.map(millis),
        reason: belief.reason,
        extra: belief.extra,
    }
}

fn turn(turn: Turn) -> wire::Turn {
    wire::Turn {
        at: turn.at.as_millis(),
        speaker: turn.speaker.into(),
        channel: turn.channel,
        what: turn.what,
        extra: turn.extra,
    }
}

pub(crate) fn request(request: Request) -> wire::Request {
    wire::Request {
        id: request.id,
        method: request.method,
        path: request.path,
        query: request.query,
        headers: request.headers,
        body: request.body,
        received: request.received.as_millis(),
        principal: request.principal,
        peer: request.peer,
        extra: request.extra,
    }
}

pub(crate) fn dossier(dossier: Dossier) -> wire::Dossier {
    wire::Dossier {
        prospect: dossier.prospect,
        now: dossier.now.as_millis(),
        traits: object(dossier.traits),
        account: dossier.account,
        lifecycle: dossier.lifecycle.into(),
        turns: all(dossier.turns, turn),
        said_before: all(dossier.said_before, belief),
        others: all(dossier.others, belief),
        fresh: all(dossier.fresh, signal),
        recent: all(dossier.recent, signal),
        memory: dossier.memory,
        extra: dossier.extra,
    }
}

pub(crate) fn story(story: Story) -> wire::Story {
    wire::Story {
        id: story.id,
        topics: story.topics,
        personas: story.personas,
        lifecycles: all(story.lifecycles, String::from),
        languages: story.languages,
        pressure: story.pressure.into(),
        channels: story.channels,
        kind: story.kind.into(),
        question: story.question,
        extra: story.extra,
    }
}

fn candidate(candidate: Candidate) -> wire::Candidate {
    let fared = candidate.fared;
    wire::Candidate {
        story: u32::try_from(candidate.story).unwrap_or(u32::MAX),
        fared: wire::TrackRecord {
            told: fared.told,
            engaged: fared.engaged,
            advanced: fared.advanced,
            won: fared.won,
            harmed: fared.harmed,
            samples: fared.samples,
        },
        best: candidate.best,
        extra: candidate.extra,
    }
}

pub(crate) fn situation(situation: Situation) -> wire::Situation {
    wire::Situation {
        decision: situation.decision,
        prospect: situation.prospect,
        now: situation.now.as_millis(),
        lifecycle: situation.lifecycle.into(),
        floor: situation.floor.into(),
        traits: object(situation.traits),
        account: situation.account,
        account_beliefs: all(situation.account_beliefs, belief),
        language: situation.language,
        beliefs: all(situation.beliefs, belief),
        turns: all(situation.turns, turn),
        candidates: all(situation.candidates, candidate),
        channels: situation.channels,
        teams: situation.teams,
        trigger: situation.trigger,
        extra: situation.extra,
    }
}

pub(crate) fn action(action: Action) -> wire::Action {
    wire::Action {
        id: action.id,
        attempt: action.attempt,
        first_tried: action.first_tried.map(Instant::as_millis),
        act: action.act.into(),
        channel: action.channel,
        story: action.story,
        prospect: action.prospect,
        identities: all(action.identities, identity),
        traits: object(action.traits),
        account: action.account,
        thread: action.thread,
        content: serde_json::json!(action.content).to_string(),
        expires: action.expires.map(Instant::as_millis),
        memory: action.memory,
        extra: action.extra,
    }
}

pub(crate) fn failure(failure: Failure) -> wire::Failure {
    wire::Failure {
        class: failure.class.as_str().to_owned(),
        code: failure.code,
        message: failure.message,
        retry_after_ms: failure.retry_after.map(millis),
    }
}

// From the plugin.

fn read_identity(identity: wire::Identity) -> Identity {
    Identity {
        scheme: identity.scheme,
        value: identity.value,
    }
}

fn read_signal(signal: wire::Signal) -> Signal {
    Signal {
        id: signal.id,
        kind: signal.kind,
        at: Instant::from_millis(signal.at),
        identities: all(signal.identities, read_identity),
        company: signal.company.map(read_identity),
        session: signal.session,
        about: signal.about,
        answers: signal.answers.map(|to| ReplyTo {
            action: to.action,
            reference: to.reference,
        }),
        properties: signal.properties,
        extra: signal.extra,
    }
}

fn read_reject(reject: wire::Reject) -> Reject {
    Reject {
        at: reject.at,
        why: reject.why,
        text: reject.text,
    }
}

fn read_belief(belief: wire::Belief) -> Belief {
    Belief {
        kind: belief.kind,
        name: belief.name,
        value: belief.value,
        confidence: belief.confidence,
        at: Instant::from_millis(belief.at),
        evidence: belief.evidence,
        half_life: belief.half_life_ms.map(Duration::from_millis),
        reason: belief.reason,
        extra: belief.extra,
    }
}

pub(crate) fn page(page: wire::Page) -> Page {
    Page {
        signals: all(page.signals, read_signal),
        rejects: all(page.rejects, read_reject),
        cursor: page.cursor,
        again_in: page.again_in_ms.map(Duration::from_millis),
        progress: page.progress,
        extra: page.extra,
    }
}

pub(crate) fn reception(reception: wire::Reception) -> Reception {
    Reception {
        signals: all(reception.signals, read_signal),
        rejects: all(reception.rejects, read_reject),
        status: reception.status,
        headers: reception.headers,
        body: reception.body,
        extra: reception.extra,
    }
}

pub(crate) fn assessment(assessment: wire::Assessment) -> Assessment {
    Assessment {
        beliefs: all(assessment.beliefs, read_belief),
        cue: assessment.cue,
        memory: assessment.memory,
        extra: assessment.extra,
    }
}

pub(crate) fn choice(choice: wire::Choice) -> Choice {
    Choice {
        act: choice.act.into(),
        target: choice.target,
        channel: choice.channel,
        weight: choice.weight,
        reason: choice.reason,
        expires_in: choice.expires_in_ms.map(Duration::from_millis),
        extra: choice.extra,
    }
}

pub(crate) fn receipt(receipt: wire::Receipt) -> Receipt {
    Receipt {
        reference: receipt.reference,
        delivered: receipt.delivered,
        // The host keeps this for people and reads nothing from it; what is no object is
        // shown here as it came.
        detail: serde_json::from_str(&receipt.detail)
            .unwrap_or_else(|_| Traits::from_iter([("detail".to_owned(), Value::String(receipt.detail))])),
        memory: receipt.memory,
        signals: all(receipt.signals, read_signal),
        extra: receipt.extra,
    }
}
