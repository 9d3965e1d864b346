//! What a configuration without errors means.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod loaded;

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path, time::Duration};

use hearken_config::{
    Brakes, Configuration, Flow, GrantsWiring, IsolationWiring, Look, OnUnknown, RelayTls, Retry, Severity, Vouching,
    load_with, render, to_json,
};
use hearken_model::{CapRule, ConsentRule, FitTest, Lifecycle, Mode, Policy};
use proptest::prelude::*;

use loaded::{configuration, load};

#[test]
fn an_empty_file_means_the_defaults() {
    let (folder, loaded) = load(&[("hearken.toml", "")]);
    let wiring = configuration(loaded).wiring;
    assert_eq!(wiring.brand, "default");
    assert_eq!(wiring.store.path, folder.path().join("hearken.sqlite"));
    assert_eq!(wiring.store.dedup_window, Duration::from_secs(7 * 86_400));
    assert_eq!(wiring.listen.public, SocketAddr::from(([127, 0, 0, 1], 7700)));
    assert_eq!(wiring.listen.admin, SocketAddr::from(([127, 0, 0, 1], 7701)));
    assert_eq!(wiring.plugin_dirs, [folder.path().join("plugins")]);
    assert_eq!(wiring.data_dir, folder.path().join("hearken-data"));
    assert_eq!(wiring.policy, Policy::default());
    assert_eq!(wiring.flow, Flow::default());
    assert!(wiring.connectors.is_empty() && wiring.channels.is_empty() && wiring.stories.is_empty());
}

#[test]
fn a_connector_needs_nothing_but_its_plugin() {
    let (_folder, loaded) = load(&[("hearken.toml", "[connectors.site]\nplugin = 'segment'")]);
    let site = &configuration(loaded).wiring.connectors["site"];
    assert_eq!((site.name.as_str(), site.plugin.as_str()), ("site", "segment"));
    assert_eq!(site.config, serde_json::json!({}));
    assert_eq!(
        (site.fresh, site.every),
        (Duration::from_secs(3600), Duration::from_secs(60))
    );
    assert_eq!(
        (site.on_unknown, site.isolation),
        (OnUnknown::Hold, IsolationWiring::Call)
    );
    assert_eq!(
        site.retry,
        Retry {
            first: Duration::from_secs(5),
            most: Duration::from_secs(3600),
            attempts: 8
        }
    );
    assert_eq!(format!("{:?}", site.grants), format!("{:?}", GrantsWiring::default()));
    assert_eq!(site.limits, Default::default());
}

#[test]
fn what_is_written_is_what_is_meant() {
    let text = r#"
[policy]
mode = "live"
caps = ["1/d", "3/2w"]
consent = { marketing = "opt-out" }
qualify = { engagement = 1 }
[[vocabulary.fit]]
trait = "industry"
one-of = ["retail"]
weight = -0.5
[connectors.site]
plugin = "plugins/mine.wasm"
config = { when = 2026-01-02T03:04:05Z, deep = [{ a = 1.5 }] }
isolation = "connector"
isolation-calls = 7
retry.first = "2h"
grants = { folder = "out", may-say = ["page.*"], may-identify = { email = "verified" }, share = { traits = [], query = ["utm_*", "q"] } }
limits = { cpu = "250ms", memory = "64MiB", batch = 16 }
[flow]
scorers = { site = 2 }
[channels.sms]
sink = "site"
caps = ["1/1d"]
mode = "approve"
[teams.sales]
sink = "site"
hours = "Mon-Fri 09:00-17:30 Europe/Berlin"
[stories]
mode = { a = "shadow" }
"#;
    let story = "+++\ntitle = 'T'\nlanguages = ['en', 'pt-BR']\npressure = 'hard'\n+++\r\n\r\nOne.\r\nTwo.\r\n";
    let (folder, loaded) = load(&[("hearken.toml", text), ("stories/a.md", story)]);
    let wiring = configuration(loaded).wiring;
    let site = &wiring.connectors["site"];
    assert_eq!(
        site.plugin,
        folder.path().join("plugins/mine.wasm").display().to_string()
    );
    assert_eq!(
        site.config,
        serde_json::json!({ "when": "2026-01-02T03:04:05Z", "deep": [{ "a": 1.5 }] })
    );
    assert_eq!(site.isolation, IsolationWiring::Connector { calls: 7 });
    assert_eq!(
        site.retry.most,
        Duration::from_secs(7200),
        "a longer first wait moves the longest along"
    );
    assert_eq!(site.grants.folder, Some(folder.path().join("out")));
    assert_eq!(site.grants.may_say, Some(vec!["page.*".to_owned()]));
    assert_eq!(
        site.grants.may_identify,
        Some(BTreeMap::from([("email".into(), Vouching::Verified)]))
    );
    let share = &site.grants.share;
    assert_eq!(share.traits, Some(vec![]), "none, which is not the default");
    assert_eq!(share.query, Some(vec!["utm_*".to_owned(), "q".to_owned()]));
    assert_eq!((&share.identities, &share.properties), (&None, &None));
    assert_eq!(site.limits.cpu, Some(Duration::from_millis(250)));
    assert_eq!(
        (site.limits.memory_bytes, site.limits.batch, site.limits.wall),
        (Some(64 << 20), Some(16), None)
    );
    assert_eq!(wiring.flow.scorers, [("site".to_owned(), 2.0)]);
    assert_eq!(wiring.channels["sms"].address, "phone");
    assert_eq!(
        wiring.teams["sales"].hours.to_string(),
        "Mon-Fri 09:00-17:30 Europe/Berlin"
    );
    assert_eq!(
        wiring.teams["sales"].capacity,
        CapRule {
            count: 20,
            per_ms: 86_400_000
        }
    );
    let policy = &wiring.policy;
    assert_eq!(policy.consent_rule("marketing"), ConsentRule::OptOut);
    assert_eq!(policy.consent_rule("sales"), ConsentRule::OptIn);
    assert_eq!((policy.qualify_fit, policy.qualify_engagement), (0.5, 1.0));
    assert_eq!(
        policy.channel_caps["sms"],
        [CapRule {
            count: 1,
            per_ms: 86_400_000
        }]
    );
    let modes = [
        ("channel:sms".to_owned(), Mode::Approve),
        ("story:a".to_owned(), Mode::Shadow),
    ];
    assert_eq!(policy.modes, BTreeMap::from(modes));
    assert_eq!(wiring.vocabulary.fit[0].test, FitTest::OneOf(vec!["retail".into()]));
    let story = &wiring.stories[0];
    assert_eq!((story.text.as_str(), story.subject.as_str()), ("One.\nTwo.", "T"));
    assert_eq!(story.channels, ["sms"], "all channels where the story names none");
    assert_eq!(
        story.lifecycles,
        [
            Lifecycle::Visitor,
            Lifecycle::Lead,
            Lifecycle::Qualified,
            Lifecycle::Recycled
        ]
    );
}

#[test]
fn how_far_trust_goes_is_read() {
    let toml = "[policy]\nnew-people-per-hour = 20\nseeds = ['Me@Example.com', 'me@example.com', 'phone: +49 30 1234567']\n\
        [stories]\napprove = true\n[channels.email]\nsink = 'out'\n[channels.sms]\nsink = 'out'\n[connectors.out]\nplugin = 'outbox-dir'\n";
    let (_folder, loaded) = load(&[
        ("hearken.toml", toml),
        ("stories/roi.md", "+++\ntitle = 'ROI'\n+++\nNine.\n"),
    ]);
    let policy = configuration(loaded).wiring.policy;
    assert_eq!(policy.new_people_per_hour, Some(20));
    assert!(policy.approve_texts);
    let seeds: Vec<String> = policy.seeds.iter().map(ToString::to_string).collect();
    assert_eq!(
        seeds,
        ["email:me@example.com", "phone:+49301234567"],
        "each once, as it is compared"
    );
}

#[test]
fn a_seed_that_no_channel_reaches_is_warned_of() {
    let (_folder, loaded) = load(&[("hearken.toml", "[policy]\nseeds = ['me@example.com']\n")]);
    let [warning] = loaded.diagnostics.as_slice() else {
        panic!("one warning, and not {:?}", loaded.diagnostics)
    };
    assert_eq!((warning.severity, warning.code), (Severity::Warning, "seeds"));
    assert!(warning.message.contains("gets no copies"), "{}", warning.message);
}

#[test]
fn a_later_file_extends_tables_and_replaces_the_rest() {
    let first = "[policy]\ncaps = ['2/7d', '9/30d']\nlisten-first = 5\n[store]\npath = 'a'\n";
    let later = "brand = 'Later'\n[policy]\ncaps = ['1/d']\n[store]\npath = 'b'\n";
    let (folder, loaded) = load(&[("one/first.toml", first), ("two/later.toml", later)]);
    let Configuration { wiring, places } = configuration(loaded);
    assert_eq!(wiring.brand, "Later");
    assert_eq!(
        wiring.policy.caps,
        [CapRule {
            count: 1,
            per_ms: 86_400_000
        }]
    );
    assert_eq!(wiring.policy.listen_first, 5);
    assert_eq!(
        wiring.store.path,
        folder.path().join("two/b"),
        "a path belongs to the file that names it"
    );
    assert_eq!(
        wiring.plugin_dirs,
        [folder.path().join("one/plugins")],
        "defaults belong to the first"
    );
    let file = |path: &[&str]| places.place(path).file.file_name().unwrap().to_owned();
    assert_eq!(
        (file(&["policy", "caps"]), file(&["policy", "listen-first"])),
        ("later.toml".into(), "first.toml".into())
    );
}

#[test]
fn places_lead_into_the_configuration_of_a_connector() {
    let text =
        "[connectors.site]\nplugin = 'segment'\n\n[connectors.site.config]\nurls = ['a', 'b']\n'a/b' = { c = 1 }\n";
    let (folder, loaded) = load(&[("hearken.toml", text), ("stories/roi.md", "+++\ntitle='T'\n+++\nText.")]);
    let places = configuration(loaded).places;
    let at = |connector: &str, pointer: &str| {
        let place = places.config_value(connector, pointer);
        (
            place.line,
            place.column,
            &text[place.offset..place.offset + place.length],
        )
    };
    assert_eq!(at("site", "/urls/1"), (5, 14, "'b'"));
    assert_eq!(at("site", "/a~1b/c"), (6, 15, "1"));
    assert_eq!(at("site", "/a~1b/missing"), (6, 1, "'a/b'"));
    assert_eq!(at("site", "/urls/7"), (5, 1, "urls"));
    assert_eq!(at("site", "/missing/deep"), (4, 18, "config"));
    assert_eq!(at("site", ""), (4, 18, "config"));
    assert_eq!(places.place(&["connectors", "site", "limits", "cpu"]).line, 1);
    assert_eq!(
        places.place(&["nothing"]).to_string(),
        format!("{}:1:1", folder.path().join("hearken.toml").display())
    );
    assert_eq!(places.story("roi").file, folder.path().join("stories/roi.md"));
    assert_eq!(places.story("none").file, folder.path().join("hearken.toml"));
}

#[test]
fn a_problem_is_shown_with_its_line_and_what_would_be_right() {
    let (_folder, loaded) = load(&[("hearken.toml", "[policy]\nawait_reply = '5d'\n")]);
    let shown = render(&loaded.diagnostics, Look::Plain);
    for part in [
        "unknown-key",
        "[policy] has no key 'await_reply'",
        "hearken.toml:2:1",
        "await_reply = '5d'",
        "did you mean 'await-reply'?",
    ] {
        assert!(shown.contains(part), "'{part}' is missing from\n{shown}");
    }
    assert!(!shown.contains('\u{1b}'), "no colours in a plain text");
    assert!(render(&loaded.diagnostics, Look::Terminal).contains('\u{1b}'));
    let json = &to_json(&loaded.diagnostics)[0];
    assert_eq!(
        (&json["line"], &json["column"], &json["length"]),
        (&2.into(), &1.into(), &11.into())
    );
    assert_eq!(
        (&json["severity"], &json["code"]),
        (&"error".into(), &"unknown-key".into())
    );
}

#[test]
fn a_missing_file_is_a_problem_like_any_other() {
    let loaded = load_with(&["no/such.toml".into()], &|_| None);
    assert_eq!(loaded.diagnostics.len(), 1);
    assert_eq!(loaded.diagnostics[0].code, "unreadable");
    assert!(render(&loaded.diagnostics, Look::Plain).contains("no/such.toml"));
}

#[test]
fn deep_nesting_is_refused_and_does_no_harm() {
    let text = format!("brand = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let (_folder, loaded) = load(&[("hearken.toml", &text)]);
    assert!(loaded.configuration.is_none());
    assert!(!loaded.diagnostics.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However a file is damaged, there is an answer, and its places are in the file.
    #[test]
    fn no_damage_to_a_file_goes_without_an_answer(at in 0.0..1.0_f64, cut in 0..40_usize, put in "[\\[\\]{}=\"'\n\\\\a-z0-9.$ é\u{1b}]{0,6}") {
        let whole = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/example.toml")).unwrap();
        let characters: Vec<char> = whole.chars().collect();
        let start = (at * characters.len() as f64) as usize;
        let end = (start + cut).min(characters.len());
        let damaged: String = characters[..start].iter().copied().chain(put.chars()).chain(characters[end..].iter().copied()).collect();
        let (_folder, loaded) = load(&[("hearken.toml", &damaged)]);
        for d in &loaded.diagnostics {
            prop_assert!(d.place.offset + d.place.length <= damaged.len());
        }
        let errors = loaded.diagnostics.iter().any(|d| d.severity == Severity::Error);
        prop_assert_eq!(loaded.configuration.is_none(), errors);
        prop_assert!(render(&loaded.diagnostics, Look::Plain).len() >= loaded.diagnostics.len());
    }
}

#[test]
fn mail_and_its_relays_mean_what_they_say_and_the_rest_is_default() {
    let toml = "[mail]\nfrom = 'Example Books <Hello@Example.com>'\npostal-address = 'Example Street 1'\n\
                [relays.main]\nhost = 'smtp.example.com'\nuser = 'hearken'\npassword = { env = 'KEY' }\nca-file = 'ca.pem'\n\
                per-day = [50, 100]\nper-domain = '100/1h'\nbrakes = { bounces = 0.1 }\n\
                [relays.here]\nhost = 'localhost'\ntls = 'none'\n\
                [connectors.mail]\nplugin = 'smtp'\ngrants.mail = 'main'\n\
                [teams.sales]\nsink = 'mail'\naddress = 'sales@example.com'\n";
    let (folder, loaded) = load(&[("hearken.toml", toml)]);
    let wiring = configuration(loaded).wiring;
    let mail = wiring.mail.clone().unwrap();
    assert_eq!(mail.from.to_string(), "Example Books <hello@example.com>");
    assert_eq!((mail.reply_to, mail.alerts_to), (None, None));
    assert_eq!(wiring.connectors["mail"].grants.mail.as_deref(), Some("main"));
    assert_eq!(wiring.teams["sales"].address.as_deref(), Some("sales@example.com"));
    let main = &wiring.relays["main"];
    assert_eq!((main.port, main.tls), (587, RelayTls::StartTls));
    assert_eq!(main.ca_file, Some(folder.path().join("ca.pem")));
    assert_eq!(main.password.as_ref().unwrap().expose(), "generated-secret");
    assert_eq!((main.timeout, main.connections), (Duration::from_secs(30), 4));
    assert_eq!(main.per_day, [50, 100]);
    let hourly = CapRule {
        count: 100,
        per_ms: 3_600_000,
    };
    assert_eq!(main.per_domain, Some(hourly));
    let brakes = Brakes {
        bounces: 0.1,
        ..Brakes::default()
    };
    assert_eq!(main.brakes, brakes);
    let here = &wiring.relays["here"];
    assert_eq!((here.port, here.tls, here.user.as_deref()), (25, RelayTls::None, None));
    assert!(!format!("{wiring:?}").contains("generated-secret"));
}

#[test]
fn what_a_connector_may_call_is_read_with_its_defaults() {
    let toml = "[connectors.crm]\nplugin = 'crm'\ngrants.allow-private = ['10.0.3.7:8069']\ngrants.http = [\n\
         { host = 'api.example.com', secrets = ['token'] },\n\
         { host = '10.0.3.7', scheme = 'http', port = 8069, methods = ['POST'], path = '/json' },\n]\n\
         limits.http-rate = '100/1min'\n";
    let (_folder, loaded) = load(&[("hearken.toml", toml)]);
    let wiring = configuration(loaded).wiring;
    let crm = &wiring.connectors["crm"];
    let (first, second) = (&crm.grants.http[0], &crm.grants.http[1]);
    assert!(first.encrypted && first.port.is_none() && first.methods.is_empty() && !first.allow_wildcard);
    assert_eq!(
        (first.path.as_str(), first.secrets.as_slice()),
        ("/", ["token".to_owned()].as_slice())
    );
    assert!(!second.encrypted);
    assert_eq!((second.port, second.path.as_str()), (Some(8069), "/json"));
    assert_eq!(crm.grants.allow_private, ["10.0.3.7:8069".parse().unwrap()]);
    assert_eq!(
        crm.limits.http_rate.map(|rate| (rate.count, rate.per_ms)),
        Some((100, 60_000))
    );
}
