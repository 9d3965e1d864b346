//! Items with something in every field, no two alike, and items with nothing but what they
//! have to have. Records are written out whole: whoever adds a field is told here.

use std::time::Duration;

use hearken_sdk::{
    Action, Answer, Belief, Candidate, Content, Dossier, Extra, Finding, Identity, Instant, ReplyTo, Request, Signal,
    Situation, Story, TrackRecord, Traits, Turn,
};
use serde_json::{Value, json};

pub(crate) fn at(millis: u64) -> Instant {
    Instant::from_millis(1_700_000_000_000 + millis)
}

pub(crate) fn vocabulary() -> Value {
    json!({
        "topics": {
            "cost": {"title": "Cost", "urls": ["/pricing*"], "words": ["price", "total cost"]},
            "setup": {"title": "Setup", "urls": [], "words": ["install"]},
        },
        "personas": {"cio": {"title": "CIO", "topics": {"cost": 0.9}, "words": ["cio"]}},
        "fit": [
            {"trait": "employees", "test": {"at-least": 200.0}, "weight": 1.0},
            {"trait": "domain", "test": "present", "weight": -0.5},
        ],
    })
}

pub(crate) fn config(word: &str) -> Value {
    json!({"word": word, "number": 0.5, "list": ["one", "two"], "secret": "no-placeholder"})
}

fn extra(value: &str) -> Extra {
    vec![("later".to_owned(), value.to_owned())]
}

fn traits() -> Traits {
    let traits = json!({"title": "CIO \u{e4}", "employees": 250, "nested": {"list": [1.5, null, true]}});
    traits.as_object().unwrap().clone()
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

fn signal(id: &str, millis: u64) -> Signal {
    Signal {
        id: id.to_owned(),
        kind: "page.viewed".to_owned(),
        at: at(millis),
        identities: vec![
            Identity::new("email", "robin@example.com"),
            Identity::new("anonymous", "a-1"),
        ],
        company: Some(Identity::new("domain", "example.com")),
        session: Some("session-1".to_owned()),
        about: Some("/pricing".to_owned()),
        answers: Some(ReplyTo {
            action: Some("action-0".to_owned()),
            reference: Some("reference-0".to_owned()),
        }),
        properties: r#"{"title":"Pricing","path":"/pricing"}"#.to_owned(),
        extra: extra("of a signal"),
    }
}

fn belief(name: &str, millis: u64) -> Belief {
    Belief {
        kind: "interest".to_owned(),
        name: name.to_owned(),
        value: 0.25,
        confidence: 0.625,
        at: at(millis),
        evidence: texts(["signal-1", "signal-2"]),
        half_life: Some(Duration::from_millis(86_400_001)),
        reason: format!("interested in {name}"),
        extra: extra("of a belief"),
    }
}

fn turns() -> Vec<Turn> {
    [
        (1, "us", "story-1"),
        (2, "prospect", "message.received"),
        (3, "a-newcomer", ""),
    ]
    .map(|(millis, speaker, what)| Turn {
        at: at(millis),
        speaker: speaker.into(),
        channel: "email".to_owned(),
        what: what.to_owned(),
        extra: extra("of a turn"),
    })
    .into()
}

pub(crate) fn requests() -> Vec<Request> {
    let full = |id: &str, path: &str| Request {
        id: id.to_owned(),
        method: "POST".to_owned(),
        path: path.to_owned(),
        query: "a=1&b=%20".to_owned(),
        headers: vec![
            ("x-one".to_owned(), "1".to_owned()),
            ("x-one".to_owned(), "2".to_owned()),
        ],
        body: b"{\"text\":\"\xc3\xa4\"}\n\x00\xff".to_vec(),
        received: at(10),
        principal: Some("key".to_owned()),
        peer: "192.0.2.1".to_owned(),
        extra: extra("of a request"),
    };
    let bare = Request {
        id: "bare".to_owned(),
        ..Request::new("GET", "/", "")
    };
    vec![full("full", "/v1/track"), bare, full("failing", "/v1/fails")]
}

pub(crate) fn dossiers() -> Vec<Dossier> {
    let full = Dossier {
        prospect: "full".to_owned(),
        now: at(20),
        traits: traits(),
        account: Some("Example Ltd".to_owned()),
        lifecycle: "opportunity".into(),
        turns: turns(),
        said_before: vec![belief("cost", 4)],
        others: vec![belief("setup", 5), belief("cost", 6)],
        fresh: vec![signal("fresh-1", 8), Signal::default()],
        recent: vec![signal("recent-1", 7)],
        memory: Some(vec![0, 1, 254, 255]),
        extra: extra("of a dossier"),
    };
    vec![full, Dossier::new("bare", at(21)), Dossier::new("fails", at(22))]
}

pub(crate) fn stories() -> Vec<Story> {
    let told = Story {
        id: "story-told".to_owned(),
        topics: texts(["cost", "setup"]),
        personas: texts(["cio"]),
        lifecycles: vec!["lead".into(), "a-newcomer".into()],
        languages: texts(["de", "en-GB"]),
        pressure: "hard".into(),
        channels: texts(["sms", "email"]),
        kind: "service".into(),
        question: false,
        extra: extra("of a story"),
    };
    let asked = Story {
        id: "story-asked".to_owned(),
        question: true,
        ..Story::default()
    };
    vec![told, asked]
}

pub(crate) fn situations() -> Vec<Situation> {
    let candidate = |story: usize, best: f64| Candidate {
        story,
        fared: TrackRecord {
            told: 100.5,
            engaged: 20.25,
            advanced: 5.125,
            won: 1.5,
            harmed: 0.5,
            samples: 101.0,
        },
        best,
        extra: extra("of a candidate"),
    };
    let full = Situation {
        decision: "decision-1".to_owned(),
        prospect: "full".to_owned(),
        now: at(30),
        lifecycle: "recycled".into(),
        floor: "awaiting-reply".into(),
        traits: traits(),
        account: Some("Example Ltd".to_owned()),
        account_beliefs: vec![belief("setup", 11)],
        language: Some("de-AT".to_owned()),
        beliefs: vec![belief("cost", 12)],
        turns: turns(),
        candidates: vec![candidate(1, 0.25), candidate(0, 0.75)],
        channels: texts(["email", "chat"]),
        teams: texts(["sales-dach"]),
        trigger: "belief:pace/hurried".to_owned(),
        extra: extra("of a situation"),
    };
    vec![full, Situation::new("bare", at(31)), Situation::new("fails", at(32))]
}

/// The full one, a bare one, and one for each class of failure.
pub(crate) fn actions() -> Vec<Action> {
    let full = Action {
        id: "action-1".to_owned(),
        attempt: 2,
        first_tried: Some(at(39)),
        act: "ask".into(),
        channel: "email".to_owned(),
        story: Some("story-asked".to_owned()),
        prospect: "prospect-1".to_owned(),
        identities: vec![
            Identity::new("email", "robin@example.com"),
            Identity::new("phone", "+43 1 0000000"),
        ],
        traits: traits(),
        account: Some("Example Ltd".to_owned()),
        thread: Some("thread-1".to_owned()),
        content: Content {
            title: "A question".to_owned(),
            text: "Which **one**?\n".to_owned(),
            plain: String::new(),
            html: String::new(),
            language: Some("en".to_owned()),
            unsubscribe: None,
            preferences: None,
            confirm: None,
            respond: None,
            role: None,
            concern: None,
            answers: vec![Answer {
                name: "first".to_owned(),
                text: "The first".to_owned(),
                url: None,
            }],
            reasons: texts(["asked for it"]),
            beliefs: vec![Finding {
                kind: "persona".to_owned(),
                name: "cio".to_owned(),
                value: 0.5,
                confidence: 0.25,
                reason: "says so".to_owned(),
            }],
        },
        expires: Some(at(1000)),
        memory: Some(b"before".to_vec()),
        extra: extra("of an action"),
    };
    let failing = ["transient", "rate-limited", "permanent", "config", "denied", "unknown"].map(|class| Action {
        channel: format!("fails-{class}"),
        ..Action::new(class)
    });
    [full, Action::new("action-2")].into_iter().chain(failing).collect()
}

pub(crate) fn people() -> Vec<Vec<Identity>> {
    vec![
        vec![Identity::new("email", "robin@example.com")],
        vec![Identity::new("user", "u-1"), Identity::new("witness:person", "7")],
        Vec::new(),
    ]
}
