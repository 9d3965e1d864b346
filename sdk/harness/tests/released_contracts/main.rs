//! Components that were compiled against released versions of the contract, run in the
//! host as it is now: who changes the contract, or what the host makes of it, sees here
//! what it does to plugins that are out. How such a component is kept: the README in
//! `sdk/wit/released`.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the message")]

mod items;
mod shown;

use std::path::{Path, PathBuf};
use std::{env, fs};

use hearken_harness::{Configured, Fault, Harness};
use serde_json::{Value, json};

const RELEASED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/released");
const WITNESS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/witness");

/// The line `unpacked`, compressed: files are read unpacked.
const GZIP: [u8; 29] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 43, 205, 43, 72, 76, 206, 78, 77, 225, 2, 0, 128, 31, 113, 43, 9, 0, 0, 0,
];

#[test]
fn a_plugin_of_every_released_contract_is_told_and_tells_what_it_always_did() {
    let released = released();
    assert!(!released.is_empty(), "no components in {RELEASED}");
    for component in released {
        let harness = Harness::open(&component).unwrap();
        let told = transcript(harness);
        let golden = component.with_extension("expected.txt");
        if env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &told).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_same(&golden.display().to_string(), &expected, &told);
    }
}

#[test]
fn a_plugin_compiled_today_is_told_and_tells_what_the_newest_released_one_does() {
    let newest = released().pop().unwrap();
    let name = format!("plugins/witness, beside {}", newest.display());
    assert_same(
        &name,
        &transcript(Harness::open(newest).unwrap()),
        &transcript(Harness::build(WITNESS).unwrap()),
    );
}

#[test]
fn without_grants_everything_that_reaches_out_is_denied() {
    let witness = Harness::open(released().pop().unwrap()).unwrap();
    let plugin = witness.configure(items::config("")).unwrap();
    let (_, receipt) = plugin.deliver(items::at(40), items::actions()).remove(0);
    let imports = Value::Object(receipt.unwrap().detail);
    for place in ["/http/send", "/http/send-all/0", "/http/send-all/1"] {
        let error = imports.pointer(place).unwrap();
        assert_eq!(error["code"], "denied", "{place}: {imports:#}");
        assert_eq!(error["may-have-arrived"], false, "{place}: {imports:#}");
    }
    for place in ["/crypto/sha1", "/crypto/sha256", "/crypto/sha512", "/mail/0", "/mail/1"] {
        let failure = imports.pointer(place).unwrap();
        assert_eq!(failure["class"], "denied", "{place}: {imports:#}");
    }
    // The harness grants the folder that the manifest asks for.
    let written = fs::read_to_string(plugin.folder().join("action-1.txt")).unwrap();
    assert_eq!(written, "created");
    assert_eq!(imports["created"]["create"], true);
    assert_eq!(imports["created"]["create-again"], false);
}

/// The oldest first.
fn released() -> Vec<PathBuf> {
    let entries = fs::read_dir(RELEASED).unwrap();
    let mut components: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect();
    components.sort_by_key(|path| numbers(path));
    components
}

/// `0.1.0.wasm` → 0, 1, 0.
fn numbers(path: &Path) -> Vec<u64> {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    name.split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// Everything that a witness says: what it is, and what each of its roles answers.
fn transcript(harness: Harness) -> String {
    let harness = harness.vocabulary(items::vocabulary());
    let plugin = harness.configure(items::config("told")).unwrap();
    let refused = harness.configure(items::config("refused")).map(drop);
    let manifest = harness.manifest();
    let is = json!({
        "roles": harness.roles().to_string(), "name": manifest.name,
        "summary": manifest.summary, "config-schema": manifest.config_schema,
        "needs": shown::needed(json!(manifest.needs)),
    });
    let checks = ["told", "wrong"].map(|word| {
        shown::answer(harness.check(items::config(word)), |problems| {
            problems
                .into_iter()
                .map(|it| json!({"at": it.pointer, "what": it.message}))
                .collect()
        })
    });
    let mut text = String::new();
    let mut section = |title: &str, value: Value| {
        text += &format!("## {title}\n{}\n", shown::lines(&value));
    };
    section("manifest", is);
    section("check", json!(checks));
    section("configure", shown::answer(refused, |()| json!("accepted")));
    for (title, value) in roles(&plugin) {
        section(title, value);
    }
    text
}

fn roles(plugin: &Configured) -> [(&'static str, Value); 7] {
    fs::write(plugin.folder().join("given.txt"), "a text\n").unwrap();
    fs::write(plugin.folder().join("given.txt.gz"), GZIP).unwrap();
    let now = items::at(40);
    let polls = [(None, 1), (Some("cursor"), 500)]
        .map(|(cursor, limit)| shown::answer(plugin.poll(now, cursor, limit), shown::page));
    // One by one: what an action finds in the folder is what those before it left there.
    let delivered: Vec<Value> = items::actions()
        .into_iter()
        .flat_map(|action| plugin.deliver(now, vec![action]))
        .map(|answer| named(answer, shown::receipt))
        .collect();
    let looked_up: Vec<Value> = plugin
        .reconcile(now, items::actions())
        .into_iter()
        .map(|answer| named(answer, |found| found.map_or(json!("not there"), shown::receipt)))
        .collect();
    let assessed = plugin.assess(items::dossiers());
    let decided = plugin.decide(&items::stories(), items::situations());
    [
        ("source: poll", json!(polls)),
        (
            "webhook: receive",
            all(plugin.receive(items::requests()), shown::reception),
        ),
        ("scorer: assess", all(assessed, shown::assessment)),
        ("router: decide", all(decided, shown::choices)),
        ("sink: deliver", json!(delivered)),
        (
            "sink: forget",
            all(plugin.forget(now, items::people()), |()| json!("forgotten")),
        ),
        ("reconciler: reconcile", json!(looked_up)),
    ]
}

fn all<T>(answers: Vec<Result<T, Fault>>, show: impl Fn(T) -> Value) -> Value {
    answers.into_iter().map(|answer| shown::answer(answer, &show)).collect()
}

fn named<T>((id, answer): (String, Result<T, Fault>), show: impl FnOnce(T) -> Value) -> Value {
    json!({"action": id, "of": shown::answer(answer, show)})
}

/// Names the first line that differs, and the last title above it.
fn assert_same(name: &str, expected: &str, told: &str) {
    if expected == told {
        return;
    }
    let (mut before, mut now) = (expected.lines(), told.lines());
    let mut title = "";
    for number in 1.. {
        let (was, is) = (before.next(), now.next());
        if was != is {
            panic!("{name}\n line {number}, {title}\n was {was:?}\n is  {is:?}");
        }
        match was {
            Some(line) if line.starts_with('#') => title = line,
            Some(_) => {}
            None => panic!("{name}: the same lines with other ends"),
        }
    }
}
