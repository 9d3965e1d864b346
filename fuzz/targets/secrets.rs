//! Placeholders anywhere in a request, and secrets anywhere in an answer: a secret goes to
//! its place at its host and nowhere else, and none comes back.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use hearken_egress::{
    Grant, Limits, OutletSpec, Request, Rule, Scheme, SecretSpec, Use, Written,
    fuzzing::{Guard, Sent},
};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// (name, value, use). The values have characters that every encoding changes.
const SECRETS: [(&str, &str, Use); 5] = [
    ("header", "of-a-header/+\"1", Use::Header),
    ("query", "of-a-query&=%? 2", Use::Query),
    ("body", "of-a-body\\\"\n3", Use::Body),
    ("basic", "user:of-basic/+4", Use::Basic),
    ("hmac", "of-a-digest'5", Use::Hmac),
];

#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Text(&'a str),
    Placeholder(u8),
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    to_another: bool,
    path: Vec<Piece<'a>>,
    query: Vec<Piece<'a>>,
    headers: Vec<(Vec<Piece<'a>>, Vec<Piece<'a>>)>,
    body: Option<Vec<Piece<'a>>>,
    answer: Vec<Echo<'a>>,
}

/// A part of an answer.
#[derive(Arbitrary, Debug)]
enum Echo<'a> {
    Bytes(&'a [u8]),
    Plain(u8),
    Percent(u8),
    Json(u8),
    Hex(u8),
    /// Among other bytes.
    Base64(&'a [u8], u8, &'a [u8]),
}

static GUARD: LazyLock<(Guard, Vec<String>)> = LazyLock::new(|| {
    let rule = |host| {
        let written = Written {
            scheme: Scheme::Https,
            host,
            port: None,
            methods: &[],
            path: "/",
        };
        Rule::granted(&written).expect("a rule")
    };
    let (vendor, another) = (rule("api.example.com"), rule("another.example.com"));
    let secrets = SECRETS.map(|(name, value, used)| SecretSpec {
        name: name.into(),
        value: value.into(),
        uses: [used].into(),
    });
    let guard = Guard::new(OutletSpec {
        connector: "it".into(),
        declared: vec![vendor.clone(), another.clone()],
        granted: vec![
            Grant {
                rule: vendor,
                secrets: SECRETS.iter().map(|(name, ..)| (*name).into()).collect(),
            },
            Grant {
                rule: another,
                secrets: [].into(),
            },
        ],
        secrets: secrets.into(),
        tokens: Vec::new(),
        allow_private: Vec::new(),
        proxy: None,
        ca_file: None,
        rates: Vec::new(),
        limits: Limits::default(),
    });
    let placeholders = guard.placeholders();
    let in_order = SECRETS.iter().map(|(name, ..)| placeholders[*name].clone()).collect();
    (guard, in_order)
});

fn of<T: Copy>(all: &[T], n: u8) -> T {
    all[usize::from(n) % all.len()]
}

fn text(pieces: &[Piece<'_>]) -> String {
    let piece = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => (*text).to_owned(),
        Piece::Placeholder(n) => GUARD.1[usize::from(*n) % SECRETS.len()].clone(),
    };
    pieces.iter().map(piece).collect()
}

/// Whether a place has a secret, in any of the ways in which the host writes one.
fn has(place: &str, value: &str) -> bool {
    let in_json = serde_json::Value::from(value).to_string();
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    [
        value,
        &percent,
        in_json.trim_matches('"'),
        &BASE64_STANDARD.encode(value),
    ]
    .iter()
    .any(|form| place.contains(form))
}

fn check_sent(input: &Input<'_>) {
    let host = if input.to_another { "another" } else { "api" };
    let request = Request {
        method: "POST".into(),
        url: format!(
            "https://{host}.example.com/{}?{}",
            text(&input.path),
            text(&input.query)
        ),
        headers: input.headers.iter().map(|(n, v)| (text(n), text(v))).collect(),
        body: input.body.as_ref().map(|body| text(body).into_bytes()),
        ..Request::default()
    };
    // Whoever guesses a secret may write it.
    let headers = request.headers.iter().map(|(name, value)| format!("{name}\n{value}\n"));
    let written: String = headers.chain([request.url.clone()]).collect();
    let lossy = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    let guessed = |value| has(&written, value) || has(&lossy(request.body.clone()), value);
    if SECRETS.iter().any(|(_, value, _)| guessed(value)) {
        return;
    }
    let Some(Sent {
        url,
        headers,
        body,
        used,
    }) = GUARD.0.judge(&request)
    else {
        return;
    };
    let values: String = headers.iter().map(|(_, value)| format!("{value}\n")).collect();
    let names: String = headers.iter().map(|(name, _)| format!("{name}\n")).collect();
    let body = lossy(body);
    for (name, value, used_as) in SECRETS {
        let may = |place: Use| used_as == place && used.contains(name);
        assert!(!has(&names, value), "{name} in a header's name");
        assert!(!has(&url, value) || may(Use::Query), "{name} in {url}");
        assert!(
            !has(&values, value) || may(Use::Header) || may(Use::Basic),
            "{name} in {values}"
        );
        assert!(!has(&body, value) || may(Use::Body), "{name} in {body}");
        assert!(!used.contains(name) || !input.to_another, "{name} to another host");
    }
    for placeholder in &GUARD.1 {
        let sent = [&url, &names, &values, &body];
        assert!(
            !sent.iter().any(|place| place.contains(placeholder.as_str())),
            "a placeholder is sent"
        );
    }
}

fn check_answer(parts: &[Echo<'_>]) {
    let mut answer = Vec::new();
    for part in parts {
        let value = |n: &u8| of(&SECRETS, *n).1;
        match part {
            Echo::Bytes(bytes) => answer.extend_from_slice(bytes),
            Echo::Plain(n) => answer.extend_from_slice(value(n).as_bytes()),
            Echo::Percent(n) => answer.extend(utf8_percent_encode(value(n), NON_ALPHANUMERIC).to_string().bytes()),
            Echo::Json(n) => answer.extend(serde_json::Value::from(value(n)).to_string().bytes()),
            Echo::Hex(n) => answer.extend(value(n).bytes().flat_map(|b| format!("{b:02x}").into_bytes())),
            Echo::Base64(before, n, after) => {
                let all = [before, value(n).as_bytes(), after].concat();
                answer.extend(BASE64_STANDARD.encode(all).bytes());
            }
        }
    }
    let masked = GUARD.0.mask(answer);
    let shown = String::from_utf8_lossy(&masked);
    for (name, value, _) in SECRETS {
        let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
        let in_json = serde_json::Value::from(value).to_string();
        let hex: String = value.bytes().map(|b| format!("{b:02x}")).collect();
        for form in [value, &percent, in_json.trim_matches('"'), &hex] {
            assert!(!shown.contains(form), "{name} comes back: {shown}");
        }
        for start in 0..shown.len().min(4) {
            let readable = shown.get(start..).map(decoded).unwrap_or_default();
            let found = readable.windows(value.len()).any(|w| w == value.as_bytes());
            assert!(!found, "{name} comes back in base64: {shown}");
        }
    }
}

/// What a guest could read of base64, group by group from here.
fn decoded(text: &str) -> Vec<u8> {
    let groups = text.as_bytes().chunks(4);
    groups
        .map(|group| BASE64_STANDARD.decode(group).unwrap_or_else(|_| b"\0\0\0".to_vec()))
        .collect::<Vec<_>>()
        .concat()
}

fuzz_target!(|input: Input<'_>| {
    check_sent(&input);
    check_answer(&input.answer);
});
