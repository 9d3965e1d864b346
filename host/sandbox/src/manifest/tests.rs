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
              "turns":4,"traits":["*"],"others":true},
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
        r#"{"webhook":{"credentials":[{"name":"k","places":[]}]}}"#,
    ] {
        assert!(read(needs).is_err(), "{needs}");
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
