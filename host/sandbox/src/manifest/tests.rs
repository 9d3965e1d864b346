use super::*;

fn read(needs: &str) -> Result<Manifest, ManifestError> {
    Manifest::read(wire::RawManifest {
        name: "generated-example".into(),
        version: "1.2.3".into(),
        summary: "Does nothing.".into(),
        config_schema: "{}".into(),
        needs: needs.into(),
        extra: Vec::new(),
    })
}

#[test]
fn nothing_said_is_the_schemas_defaults() {
    let needs = read("{}").unwrap().needs;
    assert_eq!(needs, Needs::default());
    assert_eq!((needs.batch, needs.in_flight), (256, 4));
    assert_eq!(needs.reads.kinds, ["*"]);
}

#[test]
fn a_misspelt_need_is_refused_by_name() {
    let error = read(r#"{"vocabullary": true}"#).unwrap_err().to_string();
    assert!(error.contains("vocabullary"), "{error}");
}

#[test]
fn every_part_of_the_schema_is_understood() {
    let needs = read(
        r#"{"vocabulary":true,"may-say":["page.*"],"may-identify":{"email":"claimed"},
            "webhook":{"credentials":[{"name":"write-key","public":true,
              "places":[{"in":"basic-user"},{"in":"json-field","name":"/writeKey"}]}],
              "open":["/v1/projects/*"],"cors":true,"max-body-bytes":512000},
            "reads":{"kinds":["page.*"],"recent":30,"recent-when":"without-memory",
              "turns":4,"traits":["*"],"identities":["email"],"query":["utm_*"],"properties":["plan"],
              "others":true},
            "channels":["email"],"folder":"create",
            "hosts":[{"host":"api.example.com","methods":["GET"]}],
            "secrets":[{"name":"token","use":"header"}],"mail":true,"batch":16,
            "in-flight":2,"limits":{"cpu-ms":5000},"quota":{"requests":10,"per-ms":1000}}"#,
    )
    .unwrap()
    .needs;
    assert_eq!(needs.folder, Some(Folder::Create));
    assert_eq!(needs.hosts[0].path, "/");
    assert_eq!(needs.reads.recent_when, RecentWhen::WithoutMemory);
    assert_eq!(needs.reads.query, ["utm_*"]);
    assert_eq!(needs.may_identify["email"], Vouching::Claimed);
}

#[test]
fn a_number_outside_the_schemas_range_is_refused() {
    for needs in [
        r#"{"batch":0}"#,
        r#"{"batch":1025}"#,
        r#"{"in-flight":65}"#,
        r#"{"reads":{"recent":1001}}"#,
        r#"{"limits":{"memory-bytes":1}}"#,
    ] {
        assert!(read(needs).is_err(), "{needs}");
    }
}

#[test]
fn a_vendors_scheme_is_read_and_its_defaults_are_filled_in() {
    let needs = read(
        r#"{"webhook":{"credentials":[{"name":"signing-secret","signature":{
              "algorithm":"hmac-sha256","signed":"v0:{timestamp}:{body}",
              "at":{"in":"header","name":"x-slack-signature","prefix":"v0="},
              "timestamp":{"at":{"in":"header","name":"x-slack-request-timestamp"}}}}],
            "challenges":[{"method":"POST","echo":{"in":"json-field","name":"/challenge"},
              "when":{"at":{"in":"json-field","name":"/type"},"is":"url_verification"},
              "proved-by":"signing-secret"}]}}"#,
    )
    .unwrap()
    .needs;
    let webhook = needs.webhook.unwrap();
    let signature = webhook.credentials[0].signature.as_ref().unwrap();
    assert_eq!(signature.timestamp.as_ref().unwrap().tolerance_s, 300);
    assert!(!webhook.credentials[0].scheme().signs_url());
    assert_eq!(webhook.challenges[0].proved_by.as_deref(), Some("signing-secret"));
}

#[test]
fn a_credential_that_makes_no_sense_is_refused_by_its_name() {
    let signature = r#""signature":{"algorithm":"hmac-sha1","signed":"{body}","at":{"in":"header","name":"x-sig"}}"#;
    let bearer = r#""places":[{"in":"bearer"}]"#;
    for (webhook, part) in [
        (
            r#""credentials":[{"name":"k","places":[]}]"#.to_owned(),
            "'k': it names no place",
        ),
        (r#""credentials":[{"name":"k"}]"#.to_owned(), "'k': it names no place"),
        (
            r#""credentials":[{"name":"k","places":[{"in":"header"}]}]"#.to_owned(),
            "'k': a place in the header names no header",
        ),
        (
            format!(r#""credentials":[{{"name":"k",{signature},{bearer}}}]"#),
            "'k': is either shown in `places` or makes a `signature`",
        ),
        (
            format!(r#""credentials":[{{"name":"k","public":true,{signature}}}]"#),
            "which prove nothing if it is public",
        ),
        (
            format!(r#""credentials":[{{"name":"k",{bearer}}},{{"name":"k-previous",{bearer}}}]"#),
            "'k-previous' is taken twice",
        ),
        (
            r#""challenges":[{"method":"GET","proved-by":"k"}]"#.to_owned(),
            "there is no credential 'k'",
        ),
        (
            r#""challenges":[{"method":"FETCH"}]"#.to_owned(),
            "'FETCH' is no method of a challenge",
        ),
    ] {
        let error = read(&format!(r#"{{"webhook":{{{webhook}}}}}"#))
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_version_has_three_numbers() {
    for good in ["0.1.0", "1.2.3-rc.1", "1.2.3+build"] {
        assert!(is_version(good), "{good}");
    }
    for bad in ["", "1", "1.2", "1.2.x", "1.2.3.4", "1..3"] {
        assert!(!is_version(bad), "{bad}");
    }
}
