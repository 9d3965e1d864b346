//! What the plugin is given, under the contract's names. Every record is taken apart whole:
//! a field that the SDK gains is an error here until it is shown.

use std::time::Duration;

use hearken_sdk::json::{Value, json};
use hearken_sdk::{
    Action, Belief, Candidate, Dossier, FitRule, FitTest, Identity, Persona, ReplyTo, Request, Signal, Situation,
    Story, Topic, TrackRecord, Turn, Vocabulary,
};

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// As text, with escapes for what is no printable ASCII.
pub(crate) fn bytes(bytes: &[u8]) -> Value {
    json!(bytes.escape_ascii().to_string())
}

fn each<T>(items: &[T], show: impl Fn(&T) -> Value) -> Vec<Value> {
    items.iter().map(show).collect()
}

pub(crate) fn identity(Identity { scheme, value }: &Identity) -> Value {
    json!({"scheme": scheme, "value": value})
}

fn reply_to(ReplyTo { action, reference }: &ReplyTo) -> Value {
    json!({"action": action, "reference": reference})
}

fn signal(signal: &Signal) -> Value {
    let Signal {
        id,
        kind,
        at,
        identities,
        company,
        session,
        about,
        answers,
        properties,
        extra,
    } = signal;
    json!({
        "id": id, "kind": kind, "at": at.as_millis(),
        "identities": each(identities, identity),
        "company": company.as_ref().map(identity),
        "session": session, "about": about,
        "answers": answers.as_ref().map(reply_to),
        "properties": properties, "extra": extra,
    })
}

fn belief(belief: &Belief) -> Value {
    let Belief {
        kind,
        name,
        value,
        confidence,
        at,
        evidence,
        half_life,
        reason,
        extra,
    } = belief;
    json!({
        "kind": kind, "name": name, "value": value, "confidence": confidence,
        "at": at.as_millis(), "evidence": evidence, "half-life-ms": half_life.map(millis),
        "reason": reason, "extra": extra,
    })
}

fn turn(turn: &Turn) -> Value {
    let Turn {
        at,
        speaker,
        channel,
        what,
        extra,
    } = turn;
    json!({
        "at": at.as_millis(), "speaker": speaker.as_str(), "channel": channel, "what": what,
        "extra": extra,
    })
}

pub(crate) fn vocabulary(vocabulary: &Vocabulary) -> Value {
    let topics = vocabulary.topics().iter().map(|(name, topic)| {
        let Topic { title, urls, words } = topic;
        json!({"name": name, "title": title, "urls": urls, "words": words})
    });
    let personas = vocabulary.personas().iter().map(|(name, persona)| {
        let Persona { title, topics, words } = persona;
        json!({"name": name, "title": title, "topics": topics, "words": words})
    });
    json!({
        "topics": topics.collect::<Vec<_>>(),
        "personas": personas.collect::<Vec<_>>(),
        "fit": each(vocabulary.fit(), |FitRule { r#trait, test, weight }| {
            json!({"trait": r#trait, "test": fit_test(test), "weight": weight})
        }),
    })
}

fn fit_test(test: &FitTest) -> Value {
    match test {
        FitTest::Present => json!("present"),
        FitTest::AtLeast(least) => json!({"at-least": least}),
        FitTest::AtMost(most) => json!({"at-most": most}),
        FitTest::OneOf(words) => json!({"one-of": words}),
    }
}

pub(crate) fn request(request: &Request) -> Value {
    let Request {
        id,
        method,
        path,
        query,
        headers,
        body,
        received,
        principal,
        peer,
        extra,
    } = request;
    json!({
        "id": id, "method": method, "path": path, "query": query, "headers": headers,
        "body": bytes(body), "received": received.as_millis(), "principal": principal,
        "peer": peer, "extra": extra,
    })
}

pub(crate) fn dossier(dossier: &Dossier) -> Value {
    let Dossier {
        prospect,
        now,
        traits,
        account,
        lifecycle,
        turns,
        said_before,
        others,
        fresh,
        recent,
        memory,
        extra,
    } = dossier;
    json!({
        "prospect": prospect, "now": now.as_millis(), "traits": traits, "account": account,
        "lifecycle": lifecycle.as_str(), "turns": each(turns, turn),
        "said-before": each(said_before, belief), "others": each(others, belief),
        "fresh": each(fresh, signal), "recent": each(recent, signal),
        "memory": memory.as_deref().map(bytes), "extra": extra,
    })
}

pub(crate) fn story(story: &Story) -> Value {
    let Story {
        id,
        topics,
        personas,
        lifecycles,
        languages,
        pressure,
        channels,
        kind,
        question,
        extra,
    } = story;
    json!({
        "id": id, "topics": topics, "personas": personas,
        "lifecycles": each(lifecycles, |stage| json!(stage.as_str())),
        "languages": languages, "pressure": pressure.as_str(), "channels": channels,
        "kind": kind.as_str(), "question": question, "extra": extra,
    })
}

fn candidate(candidate: &Candidate) -> Value {
    let Candidate {
        story,
        fared,
        best,
        extra,
    } = candidate;
    let TrackRecord {
        told,
        engaged,
        advanced,
        won,
        harmed,
        samples,
    } = fared;
    json!({
        "story": story, "best": best, "extra": extra,
        "fared": {
            "told": told, "engaged": engaged, "advanced": advanced, "won": won,
            "harmed": harmed, "samples": samples,
        },
    })
}

pub(crate) fn situation(situation: &Situation) -> Value {
    let Situation {
        decision,
        prospect,
        now,
        lifecycle,
        floor,
        traits,
        account,
        account_beliefs,
        language,
        beliefs,
        turns,
        candidates,
        channels,
        teams,
        trigger,
        extra,
    } = situation;
    json!({
        "decision": decision, "prospect": prospect, "now": now.as_millis(),
        "lifecycle": lifecycle.as_str(), "floor": floor.as_str(), "traits": traits,
        "account": account, "account-beliefs": each(account_beliefs, belief),
        "language": language, "beliefs": each(beliefs, belief), "turns": each(turns, turn),
        "candidates": each(candidates, candidate), "channels": channels, "teams": teams,
        "trigger": trigger, "extra": extra,
    })
}

pub(crate) fn action(action: &Action) -> Value {
    let Action {
        id,
        attempt,
        first_tried,
        act,
        channel,
        story,
        prospect,
        identities,
        traits,
        account,
        thread,
        content,
        expires,
        memory,
        extra,
    } = action;
    json!({
        "id": id, "attempt": attempt, "first-tried": first_tried.map(|at| at.as_millis()),
        "act": act.as_str(), "channel": channel, "story": story, "prospect": prospect,
        "identities": each(identities, identity), "traits": traits, "account": account,
        "thread": thread, "content": content, "expires": expires.map(|at| at.as_millis()),
        "memory": memory.as_deref().map(bytes), "extra": extra,
    })
}
