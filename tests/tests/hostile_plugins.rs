//! Plugins that break every rule: each has a clear answer, none hurts its neighbours,
//! nothing accepted is lost.

use std::{fs, time::Instant};

use hearken_tests::{Daemon, Folder, PATIENCE, WRITE_KEY, eventually, hearken};
use serde_json::{Value, json};

/// The site with a good scorer, a scorer of the mode `SCORER`, and a router of the mode
/// `ROUTER`, or a good one where that is `good`.
fn folder(scorer: &str, router: &str) -> Folder {
    let toml = r#"
brand = "Example"
[store]
path = "data/state.sqlite"
[listen]
public = "127.0.0.1:0"
admin = "127.0.0.1:0"
[plugins]
folders = ["PLUGINS"]
data-folder = "data"
[policy]
mode = "live"
listen-first = 1
speak-to-claimed = true
consent = { marketing = "opt-out", sales = "opt-out" }
[vocabulary.topics.roi]
title = "Return on investment"
urls = ["/roi*"]
words = ["roi"]
[connectors.site]
plugin = "segment"
secrets.write-key = { file = "secrets/write-key" }
[connectors.language]
plugin = "body-language"
[connectors.bad]
plugin = "misbehaving"
config = { mode = "SCORER" }
grants.folder = "bad"
limits = { cpu = "100ms", wall = "1s", memory = "16MiB" }
[connectors.router]
plugin = "ROUTING"
ROUTERCONFIG
[connectors.outbox]
plugin = "outbox-dir"
grants.folder = "outbox"
[flow]
scorers = ["language", "bad"]
router = "router"
[channels.email]
sink = "outbox"
[teams.sales]
sink = "outbox"
"#;
    let (plugin, config) = match router {
        "good" => ("facilitator", String::new()),
        mode => (
            "misbehaving",
            format!("config = {{ mode = \"{mode}\" }}\ngrants.folder = \"bad\""),
        ),
    };
    let toml = toml
        .replace("SCORER", scorer)
        .replace("ROUTING", plugin)
        .replace("ROUTERCONFIG", &config);
    let folder = Folder::with_configuration(&toml);
    fs::create_dir_all(folder.path().join("outbox")).expect("a folder for the sink");
    folder
}

fn page(who: &str, n: u32, title: &str) -> Value {
    let properties = json!({ "path": "/roi", "url": "https://shop.example.com/roi", "title": title });
    json!({ "type": "page", "messageId": format!("{who}-{n}"), "anonymousId": who, "properties": properties })
}

/// Ten people look at pages, one of them at one with the word `poison`.
fn visit(daemon: &Daemon<'_>) {
    for n in 0..3 {
        let batch: Vec<Value> = (0..10)
            .map(|who| page(&format!("visitor-{who}"), n, if who == 4 { "poison" } else { "ROI" }))
            .collect();
        assert_eq!(daemon.track("batch", WRITE_KEY, &json!({ "batch": batch })).status, 200);
    }
}

fn letters(folder: &Folder, stage: &str) -> Vec<Value> {
    let said = hearken(
        folder,
        &[
            "dead-letter",
            "list",
            "--stage",
            stage,
            "--limit",
            "1000",
            "--format",
            "json",
        ],
    );
    said.done().json().as_array().cloned().unwrap_or_default()
}

/// Everybody's signals are counted and understood by the good scorer.
fn neighbours_are_understood(folder: &Folder) {
    for who in 0..10 {
        eventually("everybody is understood", || {
            let shown = folder.shown(&format!("anonymous:{}", &format!("visitor-{who}")))?;
            let interest = shown["beliefs"]
                .as_array()?
                .iter()
                .any(|b| b["kind"] == "interest" && b["name"] == "roi");
            (shown["signals"]["count"] == 3 && interest).then_some(())
        });
    }
}

#[test]
fn a_scorer_that_traps_on_one_record_loses_that_one_alone() {
    let folder = folder("trap-on-text:poison", "good");
    let daemon = Daemon::start(&folder);
    visit(&daemon);
    neighbours_are_understood(&folder);
    let letters = letters(&folder, "assess");
    assert!(!letters.is_empty(), "the record is kept");
    assert!(
        letters
            .iter()
            .all(|l| l["connector"] == "bad" && l["payload"].to_string().contains("poison")),
        "{letters:?}"
    );
    daemon.stop();
}

#[test]
fn a_scorer_that_never_ends_is_cut_and_the_others_go_on() {
    let folder = folder("spin-on-text:poison", "good");
    let daemon = Daemon::start(&folder);
    let begun = Instant::now();
    visit(&daemon);
    neighbours_are_understood(&folder);
    assert!(begun.elapsed() < PATIENCE);
    let letters = letters(&folder, "assess");
    assert!(
        letters.iter().any(|l| l["why"].to_string().contains("processor time")),
        "{letters:?}"
    );
    daemon.stop();
}

#[test]
fn scorers_that_lie_take_all_memory_flood_or_answer_half_are_not_believed() {
    for (mode, says) in [
        ("lie", "no-such-signal"),
        ("allocate", "memory"),
        ("bomb", "returned more than"),
        ("half", ""),
    ] {
        let folder = folder(mode, "good");
        let daemon = Daemon::start(&folder);
        visit(&daemon);
        neighbours_are_understood(&folder);
        eventually("the dead letters say so", || {
            letters(&folder, "assess")
                .iter()
                .any(|l| l["why"].to_string().contains(says))
                .then_some(())
        });
        let believed = folder.shown("anonymous:visitor-1").expect("it is known");
        assert!(
            !believed.to_string().contains("Because it says so."),
            "{mode}: {believed}"
        );
        daemon.stop();
    }
}

#[test]
fn a_router_with_senseless_weights_is_not_followed_and_silence_is_recorded() {
    for (mode, says) in [
        ("weights:-1", "not negative"),
        ("weights:inf", "finite"),
        ("weights:NaN", "finite"),
        ("weights:0,0", "all weights are 0"),
        ("weights:", "no choices"),
        ("half", ""),
    ] {
        let folder = folder("good", mode);
        let daemon = Daemon::start(&folder);
        visit(&daemon);
        let decisions = eventually("decisions are recorded", || {
            let said = hearken(&folder, &["decision", "list", "--format", "json"])
                .done()
                .json();
            said.as_array().filter(|d| !d.is_empty()).cloned()
        });
        if mode != "half" {
            assert!(decisions.iter().all(|d| d["act"] == "hold"), "{mode}: {decisions:?}");
        }
        eventually("the dead letters say why", || {
            letters(&folder, "decide")
                .iter()
                .any(|l| l["why"].to_string().contains(says))
                .then_some(())
        });
        daemon.stop();
    }
}

#[test]
fn what_a_plugin_failed_on_is_done_again_once_it_is_mended() {
    for (scorer, router, stage) in [("half", "good", "assess"), ("good", "weights:-1", "decide")] {
        let broken = folder(scorer, router);
        let daemon = Daemon::start(&broken);
        visit(&daemon);
        neighbours_are_understood(&broken);
        eventually("it has failed", || (!letters(&broken, stage).is_empty()).then_some(()));
        daemon.stop();
        let asked = letters(&broken, stage).len();
        let mended = folder("good", "good");
        let toml = fs::read_to_string(mended.path().join("hearken.toml")).expect("a configuration");
        let toml = toml.replace(&*mended.path().to_string_lossy(), &broken.path().to_string_lossy());
        fs::write(broken.path().join("hearken.toml"), toml).expect("it is written over");
        let before = triggers(&broken);
        hearken(&broken, &["dead-letter", "replay", "--all", "--stage", stage]).done();
        let daemon = Daemon::start(&broken);
        eventually("all are worked off", || {
            letters(&broken, stage).is_empty().then_some(())
        });
        eventually("each is asked about again", || {
            let again = triggers(&broken).len() - before.len();
            (stage == "assess" || again == asked).then_some(())
        });
        daemon.stop();
    }
}

/// What moved, a decision each, the latest first.
fn triggers(folder: &Folder) -> Vec<String> {
    let said = hearken(folder, &["decision", "list", "--limit", "1000", "--format", "json"]);
    let decisions = said.done().json().as_array().cloned().unwrap_or_default();
    decisions.iter().map(|d| d["trigger"].to_string()).collect()
}
