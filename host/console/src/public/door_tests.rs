use axum::http::HeaderMap;
use hearken_webhook_auth::{Body, Place, PlaceKind, Scheme, Signature};

use super::*;

fn token(name: &str, standing: Standing, places: Vec<Place>) -> Credential {
    let secret = format!("{name}-secret");
    Credential::new(name.into(), standing, Scheme::Token(places), &[&secret]).expect("the secret fits")
}

fn signature(name: &str) -> Credential {
    let json = r#"{"algorithm": "hmac-sha1", "signed": "{body}", "at": {"in": "header", "name": "x-signature"}}"#;
    let signature: Signature = serde_json::from_str(json).expect("a scheme");
    Credential::new(
        name.into(),
        Standing::Secret,
        Scheme::Signature(Box::new(signature)),
        &["secret"],
    )
    .expect("it fits")
}

fn door(credentials: Vec<Credential>, open: &[&str]) -> Door {
    Door::new(DoorSettings {
        credentials,
        open: open.iter().map(|o| (*o).to_owned()).collect(),
        max_body_bytes: 1000,
        ..DoorSettings::default()
    })
    .expect("the globs are good")
}

fn ask(door: &Door, headers: &[(&'static str, &str)], query: &str, path: &str, body: Option<&str>) -> String {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().expect("a header's value"));
    }
    let request = Request {
        method: "GET",
        url: None,
        headers: &map,
        query,
        path,
        body: body.map(|b| Body {
            sent: b.as_bytes(),
            unpacked: b.as_bytes(),
        }),
    };
    match door.ask(&request, 0) {
        Entry::As(Some(credential), _) => credential.name().to_owned(),
        Entry::As(None, _) => "open".into(),
        Entry::AskBody => "ask body".into(),
        Entry::Challenge(text) => format!("challenge {text}"),
        Entry::Refused(_) => "refused".into(),
    }
}

#[test]
fn each_place_can_prove_a_credential() {
    let all = vec![
        Place::of(PlaceKind::BasicUser),
        Place::of(PlaceKind::Bearer),
        Place::named(PlaceKind::Header, "x-key"),
        Place::named(PlaceKind::Query, "key"),
        Place::named(PlaceKind::Path, "/v1/projects/"),
        Place::named(PlaceKind::JsonField, "/writeKey"),
    ];
    let door = door(vec![token("k", Standing::Public, all)], &[]);
    let basic = "Basic ay1zZWNyZXQ6"; // k-secret:
    assert_eq!(ask(&door, &[("authorization", basic)], "", "/", None), "k");
    assert_eq!(ask(&door, &[("authorization", "bearer k-secret")], "", "/", None), "k");
    assert_eq!(ask(&door, &[("x-key", "k-secret")], "", "/", None), "k");
    assert_eq!(ask(&door, &[], "a=b&k%65y=k%2Dsecret", "/", None), "k");
    assert_eq!(ask(&door, &[], "", "/v1/projects/k-secret/settings", None), "k");
    assert_eq!(ask(&door, &[], "", "/", None), "ask body");
    assert_eq!(ask(&door, &[], "", "/", Some(r#"{"writeKey":"k-secret"}"#)), "k");
    assert_eq!(ask(&door, &[], "", "/", Some(r#"{"writeKey":"wrong"}"#)), "refused");
}

#[test]
fn the_first_place_that_is_there_counts() {
    let places = vec![
        Place::named(PlaceKind::Header, "x-key"),
        Place::named(PlaceKind::Query, "key"),
    ];
    let door = door(vec![token("k", Standing::Public, places)], &[]);
    assert_eq!(ask(&door, &[("x-key", "wrong")], "key=k-secret", "/", None), "refused");
    assert_eq!(
        ask(&door, &[("x-key", "")], "key=k-secret", "/", None),
        "k",
        "an empty one is not there"
    );
}

#[test]
fn one_place_may_carry_either_of_two_credentials() {
    let bearer = || vec![Place::of(PlaceKind::Bearer)];
    let both = vec![
        token("a", Standing::Public, bearer()),
        token("b", Standing::Secret, bearer()),
    ];
    let door = door(both, &[]);
    assert_eq!(ask(&door, &[("authorization", "Bearer a-secret")], "", "/", None), "a");
    assert_eq!(ask(&door, &[("authorization", "Bearer b-secret")], "", "/", None), "b");
    assert_eq!(
        ask(&door, &[("authorization", "Bearer c-secret")], "", "/", None),
        "refused"
    );
}

#[test]
fn a_signature_counts_more_than_a_public_key() {
    let key = token("key", Standing::Public, vec![Place::named(PlaceKind::Query, "key")]);
    let door = door(vec![key, signature("signed")], &[]);
    // HMAC-SHA1 of `{}` under `secret`.
    let right = ("x-signature", "5d61605c3feea9799210ddcb71307d4ba264225f");
    let with_key = "key=key-secret";
    assert_eq!(ask(&door, &[], with_key, "/", None), "key");
    assert_eq!(ask(&door, &[right], with_key, "/", None), "ask body");
    assert_eq!(ask(&door, &[right], with_key, "/", Some("{}")), "signed");
    assert_eq!(
        ask(&door, &[right], with_key, "/", Some("{ }")),
        "key",
        "a wrong signature says no more than none"
    );
    assert_eq!(ask(&door, &[right], "", "/", Some("{ }")), "refused");
}

#[test]
fn an_open_path_needs_no_credential_and_opens_no_other() {
    let bearer = token("k", Standing::Public, vec![Place::of(PlaceKind::Bearer)]);
    let door = door(vec![bearer], &["/settings/*"]);
    assert_eq!(ask(&door, &[], "", "/settings/x", None), "open");
    assert_eq!(ask(&door, &[], "", "/settings/x/y", None), "refused");
    assert_eq!(ask(&door, &[], "", "/v1/track", None), "refused");
}

#[test]
fn a_door_without_credentials_lets_nobody_in() {
    assert_eq!(ask(&door(Vec::new(), &[]), &[], "", "/", Some("{}")), "refused");
}

#[test]
fn a_credential_never_shows_its_secret() {
    let credential = token("k", Standing::Secret, vec![Place::of(PlaceKind::Bearer)]);
    assert!(!format!("{credential:?}").contains("k-secret"));
}

#[test]
fn the_address_is_what_the_operator_says_and_what_came_below_it() {
    let door = Door::new(DoorSettings {
        public_url: Some("https://hooks.example.com/in/twilio".into()),
        ..DoorSettings::default()
    })
    .expect("a door");
    for (uri, url) in [
        (
            "/in/twilio/sms?a=%2F&b",
            "https://hooks.example.com/in/twilio/sms?a=%2F&b",
        ),
        ("/in/twilio?a=1", "https://hooks.example.com/in/twilio?a=1"),
        ("/in/twilio", "https://hooks.example.com/in/twilio"),
        ("/in/tw%69lio/a%2Fb/", "https://hooks.example.com/in/twilio/a%2Fb/"),
    ] {
        assert_eq!(door.url(&uri.parse().expect("a URI")).as_deref(), Some(url));
    }
}

#[test]
fn a_challenge_that_anybody_may_ask_is_answered_without_a_credential() {
    let challenges = r#"[{"method": "GET", "echo": {"in": "query", "name": "challenge"}}]"#;
    let door = Door::new(DoorSettings {
        credentials: vec![signature("signed")],
        challenges: serde_json::from_str(challenges).expect("challenges"),
        ..DoorSettings::default()
    })
    .expect("a door");
    assert_eq!(ask(&door, &[], "challenge=abc", "/", None), "challenge abc");
    assert_eq!(ask(&door, &[], "other=abc", "/", None), "refused");
}
