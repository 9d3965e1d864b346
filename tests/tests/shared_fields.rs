//! What of a person a plugin is shown: nobody's address, number or name unless it is granted,
//! on whichever way a person comes to a plugin (`plugins/prying` says which of these words it
//! saw, and where).

use std::{fs, time::SystemTime};

use hearken_tests::{Daemon, Folder, eventually, hearken, target};
use serde_json::{Value, json};

/// Who a generated person is, and how that is told.
const WHO: &[(&str, &str)] = &[
    ("email", "canaria@example.com"),
    ("encoded", "canaria%40example.com"),
    ("phone", "3076543210"),
    ("first", "canaria"),
    ("last", "vogelsang"),
    ("user", "u-canary-4711"),
    ("contact", "778899001"),
    ("query", "canaryquery"),
    ("utm", "canaryutm"),
    ("property", "canaryplan"),
];
/// What nobody is shown, whatever is granted.
const NEVER: &[(&str, &str)] = &[
    ("fragment", "canaryfragment"),
    ("password", "canarypassword"),
    ("ip", "192.0.2.17"),
];
/// What tells nobody, and everybody is shown.
const HARMLESS: &[(&str, &str)] = &[("industry", "canarybreeding"), ("page", "canaryroi")];

/// Everything there is.
const ALL: &str = r#"grants.share = { traits = ["*", "first_name", "last_name", "email", "phone", "ip"], identities = ["*"], query = ["*", "email"], properties = ["*", "email", "owner_name"] }"#;

const TOML: &str = r#"
brand = "Example"
[store]
path = "data/state.sqlite"
[listen]
public = "127.0.0.1:0"
admin = "127.0.0.1:0"
[plugins]
folders = ["PLUGINS"]
data-folder = "data"

[connectors.prying]
plugin = "prying"
config = { fails = false, remembers = true, words = WORDS }
# granted to the scorer

[connectors.asked]
plugin = "prying"
config = { fails = false, words = WORDS }
# granted to the router

[connectors.loud]
plugin = "prying"
config = { cue = "canaria@example.com", reason = "it is Canaria Vogelsang, canaria@example.com" }

[flow]
scorers = ["prying", "loud"]
router = "asked"

[connectors.events]
plugin = "jsonl"
grants.folder = "events"
every = "50ms"
[connectors.events.config]
id = ["row"]
time = { column = "at", formats = ["unix"] }
identities = { user = "user", email = "email", phone = "phone", "hubspot:contact" = "contact" }
[[connectors.events.config.signals]]
kind = "person.identified"
when = { type = "identify" }
id = "id"
traits = { first_name = "first_name", last_name = "last_name", email = "email", phone = "phone", industry = "industry", note = "note" }
[[connectors.events.config.signals]]
kind = "page.viewed"
when = { type = "page" }
id = "id"
session = "session"
about = "about"
company = { name = "company" }
properties = { path = "path", url = "url", referrer = "url", title = "title", search = "note" }
[[connectors.events.config.signals]]
kind = "chat.message"
when = { type = "chat" }
id = "id"
properties = { speaker = { constant = "prospect" }, text = "note" }
[[connectors.events.config.signals]]
kind = "acme.shipped"
when = { type = "shipped" }
id = "id"
properties = { plan = "plan", email = "email", owner_name = "last_name", note = "note", called = "number" }
"#;

/// With a scorer and a router that pry, each with its grant.
fn folder(scorer: &str, router: &str) -> Folder {
    let words = [WHO, NEVER, HARMLESS].concat();
    let words: Vec<String> = words.iter().map(|(name, word)| format!("{name} = {word:?}")).collect();
    let toml = TOML
        .replace("WORDS", &format!("{{ {} }}", words.join(", ")))
        .replace("# granted to the scorer", scorer)
        .replace("# granted to the router", router);
    let folder = Folder::with_configuration(&toml);
    fs::create_dir_all(folder.path().join("events")).expect("a folder for events");
    folder
}

/// Canaria in every field of a signal, with a number to tell its rows from others.
fn row(kind: &str, number: u32) -> Value {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    json!({
        "row": format!("{kind}-{number}"), "type": kind, "at": since.expect("it is after 1970").as_secs(),
        "id": format!("{kind}-{number}-canaria@example.com"),
        "user": "u-canary-4711", "email": "canaria@example.com", "phone": "+49 30 76543210", "contact": "778899001",
        "first_name": "Canaria", "last_name": "Vogelsang", "industry": "canarybreeding",
        "note": "I am Canaria Vogelsang (canaria@example.com, +493076543210, user u-canary-4711) at 192.0.2.17",
        "session": "session-of-canaria@example.com", "about": "/u/canaria@example.com?x=canaryquery",
        "company": "Vogelsang GmbH", "path": "/canaryroi/u/canaria%40example.com/778899001", "plan": "canaryplan",
        "title": "Hello Canaria Vogelsang", "number": 493_076_543_210_u64,
        "url": "https://vogelsang:canarypassword@shop.example.com/canaryroi/canaria%40example.com?email=canaria@example.com&q=canaryquery&utm_source=canaryutm#canaryfragment",
    })
}

fn send(folder: &Folder, number: u32, kinds: &[&str]) {
    let lines: Vec<String> = kinds.iter().map(|kind| format!("{}\n", row(kind, number))).collect();
    folder.write(&format!("events/{number}.jsonl"), &lines.concat());
}

const EVERY_KIND: [&str; 4] = ["identify", "page", "chat", "shipped"];

/// What the scorer saw of Canaria, once it has seen so many signals.
fn scorer_saw(folder: &Folder, signals: u64) -> (String, Value) {
    eventually("the scorer has seen it", || {
        let shown = folder.shown("user:u-canary-4711")?;
        let beliefs = shown["raw_beliefs"].as_array()?.clone();
        let belief = beliefs.into_iter().find(|b| b["scorer"] == "prying")?;
        let evidence = belief["evidence"].as_array()?.len() as u64;
        (shown["signals"]["count"] == signals && evidence == signals)
            .then(|| (belief["reason"].as_str().unwrap_or_default().to_owned(), belief))
    })
}

/// What the router saw of Canaria when something was last decided.
fn router_saw(folder: &Folder) -> String {
    let decision = eventually("the router was asked", || {
        let shown = folder.shown("user:u-canary-4711")?;
        let decision = shown["decisions"][0].clone();
        decision.is_object().then_some(decision)
    });
    decision["reason"].as_str().unwrap_or_default().to_owned()
}

/// `part: a, b` as (part, a), (part, b).
fn told(saw: &str) -> Vec<(&str, &str)> {
    let parts = saw.split("; ").filter_map(|part| part.split_once(": "));
    parts
        .flat_map(|(part, words)| words.split(", ").map(move |word| (part, word)))
        .collect()
}

#[track_caller]
fn saw_nobody(saw: &str) {
    let secret = [WHO, NEVER].concat();
    let seen: Vec<_> = told(saw)
        .into_iter()
        .filter(|(_, word)| secret.iter().any(|(name, _)| name == word))
        .collect();
    assert!(seen.is_empty(), "{seen:?} in '{saw}'");
}

#[test]
fn a_scorer_and_a_router_are_shown_nobody_by_default() {
    let folder = folder("", "");
    let daemon = Daemon::start(&folder);
    send(&folder, 1, &EVERY_KIND);
    let (fresh, belief) = scorer_saw(&folder, 4);
    saw_nobody(&fresh);
    for harmless in [("fresh", "page"), ("fresh", "industry"), ("traits", "industry")] {
        assert!(told(&fresh).contains(&harmless), "{harmless:?} is not in '{fresh}'");
    }
    let evidence = belief["evidence"].to_string();
    assert!(
        evidence.contains("events:page-1-canaria@example.com"),
        "what stood in for an id is understood: {evidence}"
    );
    let router = router_saw(&folder);
    saw_nobody(&router);
    assert!(told(&router).contains(&("situation", "industry")), "{router}");
    send(&folder, 2, &["page"]);
    let (recent, _) = scorer_saw(&folder, 5);
    saw_nobody(&recent);
    for harmless in [
        ("fresh", "page"),
        ("recent", "page"),
        ("recent", "industry"),
        ("memory", "industry"),
    ] {
        assert!(told(&recent).contains(&harmless), "{harmless:?} is not in '{recent}'");
    }
    daemon.stop();
}

#[test]
fn what_is_granted_is_shown_and_forgotten_once_it_is_not() {
    let granted = folder(ALL, ALL);
    let daemon = Daemon::start(&granted);
    send(&granted, 1, &EVERY_KIND);
    let (saw, _) = scorer_saw(&granted, 4);
    for (name, _) in WHO.iter().chain(HARMLESS) {
        assert!(told(&saw).contains(&("fresh", *name)), "'{name}' is not in '{saw}'");
    }
    for (name, _) in NEVER {
        assert!(
            !told(&saw).iter().any(|(_, word)| word == name),
            "'{name}' is in '{saw}'"
        );
    }
    let router = router_saw(&granted);
    for name in ["email", "phone", "first", "last"] {
        assert!(
            told(&router).contains(&("situation", name)),
            "'{name}' is not in '{router}'"
        );
    }
    daemon.stop();
    granted.change(ALL, "");
    let daemon = Daemon::start(&granted);
    send(&granted, 2, &["page"]);
    let (saw, _) = scorer_saw(&granted, 5);
    saw_nobody(&saw);
    daemon.stop();
}

#[test]
fn what_a_plugin_failed_on_is_kept_and_given_again_as_it_was_shown() {
    let folder = folder("", "");
    folder.change("fails = false", "fails = true");
    let daemon = Daemon::start(&folder);
    send(&folder, 1, &EVERY_KIND);
    let letters = |stage: &str| -> Vec<Value> {
        let said = hearken(&folder, &["dead-letter", "list", "--stage", stage, "--format", "json"]);
        said.done().json().as_array().cloned().unwrap_or_default()
    };
    for (stage, part) in [("assess", "canaryroi"), ("decide", "canarybreeding")] {
        let letters = eventually("there is a dead letter", || {
            Some(letters(stage)).filter(|l| !l.is_empty())
        });
        for letter in letters {
            let payload = letter["payload"].to_string().to_lowercase();
            assert!(payload.contains(part), "{payload}");
            let secret = WHO.iter().chain(NEVER).find(|(_, word)| payload.contains(word));
            assert_eq!(secret, None, "{payload}");
        }
    }
    daemon.stop();
    folder.change("fails = true", "fails = false");
    hearken(&folder, &["dead-letter", "replay", "--all"]).done();
    let daemon = Daemon::start(&folder);
    let (saw, _) = scorer_saw(&folder, 4);
    saw_nobody(&saw);
    assert!(told(&saw).contains(&("recent", "page")), "{saw}");
    saw_nobody(&router_saw(&folder));
    daemon.stop();
}

#[test]
fn what_is_withheld_is_said_and_what_inspect_prints_grants_it() {
    let folder = folder("", "");
    let warned = hearken(&folder, &["check", "hearken.toml"]).done();
    let warned = format!("{}{}", warned.out, warned.err);
    for part in [
        "identities of schemes",
        "query parameters",
        "grants.share.query = [\"*\"]",
    ] {
        assert!(warned.contains(part), "no '{part}' in\n{warned}");
    }
    let plugin = |name: &str| target().join("plugins").join(name).display().to_string();
    let inspected = hearken(&folder, &["plugin", "inspect", &plugin("prying.wasm")])
        .done()
        .out;
    let grant = inspected.lines().find(|line| line.starts_with("grants.share"));
    let grant = grant.unwrap_or_else(|| panic!("no grant in\n{inspected}")).to_owned();
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    let pasted = toml.replace("plugin = \"prying\"", &format!("plugin = \"prying\"\n{grant}"));
    folder.write("hearken.toml", &pasted);
    let quiet = hearken(&folder, &["check", "hearken.toml"]).done();
    assert!(
        !format!("{}{}", quiet.out, quiet.err).contains("grants.share"),
        "{quiet:?}"
    );
    let diff = ["plugin", "diff", &plugin("body-language.wasm"), &plugin("prying.wasm")];
    let diff = hearken(&folder, &diff).done().out;
    for part in [
        "+ reads.query: *",
        "+ reads.identities: *",
        "+ reads.properties: *",
        "+ reads.traits: *",
    ] {
        assert!(diff.contains(part), "no '{part}' in\n{diff}");
    }
    folder.write(
        "hearken.toml",
        &pasted.replace("query = [\"*\"]", "query = [\"*\", \"u*m\"]"),
    );
    let wrong = hearken(&folder, &["check", "hearken.toml"]);
    assert!(wrong.code == 2 && wrong.err.contains("'u*m'"), "{wrong:?}");
}

#[test]
fn a_sink_is_given_what_its_operator_leaves_it() {
    for (grant, known_by, traits) in [
        (
            "",
            json!(["user", "email"]),
            json!({ "first_name": "Canaria", "title": "CIO" }),
        ),
        (
            "grants.share = { traits = [\"title\"], identities = [\"email\"] }",
            json!(["email"]),
            json!({ "title": "CIO" }),
        ),
    ] {
        let folder = Folder::with_everything();
        folder.change(
            "grants.folder = \"outbox\"",
            &format!("grants.folder = \"outbox\"\nconfig = {{ format = \"json\" }}\n{grant}"),
        );
        let daemon = Daemon::start(&folder);
        let traits_told = json!({ "email": "canaria@example.com", "first_name": "Canaria", "title": "CIO" });
        let identify = json!({ "messageId": "i", "userId": "canaria", "traits": traits_told });
        assert_eq!(
            daemon.track("identify", hearken_tests::SERVER_KEY, &identify).status,
            200
        );
        daemon.asks("canaria", "asks");
        let file = eventually("sales are called", || folder.outbox().into_iter().next());
        let file: Value = serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON");
        assert_eq!(file["act"], "hand-over", "{file}");
        let schemes: Vec<&Value> = file["to"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|to| &to["scheme"])
            .collect();
        assert_eq!(json!(schemes), known_by, "{file}");
        assert_eq!(file["traits"], traits, "{file}");
        let plan = hearken(&folder, &["egress", "plan"]).done().out;
        assert!(plan.contains("nothing may leave"), "a folder is no way out: {plan}");
        daemon.stop();
    }
}
