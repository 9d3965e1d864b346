//! `hearken simulate`: what a real daemon recorded, through the same configuration and through
//! others. With the same one there is no difference; with another the difference names whom it
//! is about, and nobody else.

use std::{collections::BTreeSet, fs, thread, time::Duration};

use hearken_tests::{Daemon, Folder, SERVER_KEY, WRITE_KEY, eventually, hearken};
use rusqlite::Connection;
use serde_json::{Value, json};

/// Beliefs, draws and teams: `cio`s who look at the return or at the effort, are told one of two
/// stories, one of them in shadow, and handed over when they ask and a person says yes. What
/// waits for an answer does so for two seconds.
fn a_site() -> Folder {
    let folder = Folder::with_everything();
    folder.change(
        "[vocabulary.topics.roi]",
        "[vocabulary.personas.cio]\nwords = [\"cio\"]\n\n[vocabulary.topics.effort]\n\
         urls = [\"/effort*\"]\nwords = [\"effort\"]\n\n[vocabulary.topics.roi]",
    );
    folder.change(
        "[channels.email]",
        "[links]\npublic-url = \"https://links.example.com\"\n\n[channels.email]",
    );
    folder.change(
        "listen-first = 1",
        "listen-first = 1\nawait-reply = \"2s\"\nstory-again = \"1ms\"",
    );
    folder.change(
        "[teams.sales]",
        "[stories]\nmode = { roi-in-numbers = \"shadow\" }\n\n[teams.sales]\nmode = \"approve\"",
    );
    folder.change(
        "plugin = \"facilitator\"",
        "plugin = \"facilitator\"\nconfig = { floor = 0.01, leave-alone = 0.0, temperature = 1.0, explore = 0.2 }",
    );
    with_a_story_of_effort(&folder);
    folder
}

fn with_a_story_of_effort(folder: &Folder) {
    folder.write(
        "stories/weeks-of-effort.md",
        "+++\ntitle = \"How many weeks it takes\"\ntopics = [\"effort\"]\nchannels = [\"email\"]\n+++\n\
         Six, generated for these tests.\n",
    );
}

/// One call of a visitor who is not known yet.
fn anonymous(daemon: &Daemon<'_>, who: &str, n: u32, path: &str) {
    let page = json!({ "messageId": format!("a-{who}-{n}"), "anonymousId": format!("device-{who}"),
        "properties": { "path": path, "title": path } });
    assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
}

/// They search the site.
fn searches(daemon: &Daemon<'_>, who: &str, n: u32, query: &str) {
    let search = json!({ "messageId": format!("s-{who}-{n}"), "anonymousId": format!("device-{who}"),
        "event": "Products Searched", "properties": { "query": query } });
    assert_eq!(daemon.track("track", WRITE_KEY, &search).status, 200);
}

/// Somebody says who they are, which joins what they did before.
fn identified(daemon: &Daemon<'_>, who: &str) {
    let traits = json!({ "email": format!("{who}@example.com"), "title": "CIO" });
    let identify = json!({ "messageId": format!("i-{who}"), "anonymousId": format!("device-{who}"),
        "userId": who, "traits": traits });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

/// Generated visits of a dozen people, in three rounds: unknown, known, and back once more.
fn visits(daemon: &Daemon<'_>) {
    let people: Vec<String> = (0..12).map(|n| format!("p{n:02}")).collect();
    let path = |n: usize| if n.is_multiple_of(2) { "/roi" } else { "/effort" };
    let query = |n: usize| path(n).trim_start_matches('/');
    for (n, who) in people.iter().enumerate() {
        anonymous(daemon, who, 1, path(n));
        anonymous(daemon, who, 2, path(n));
    }
    for who in &people {
        identified(daemon, who);
    }
    for (n, who) in people.iter().enumerate() {
        anonymous(daemon, who, 3, path(n));
        searches(daemon, who, 1, query(n));
        searches(daemon, who, 2, query(n + n % 3));
        if n.is_multiple_of(4) {
            daemon.asks(who, &format!("f-{who}"));
        }
    }
    // A second device, known only by what happened on it until its owner signs in there.
    for who in &people[..3] {
        let page = json!({ "messageId": format!("b-{who}"), "anonymousId": format!("phone-{who}"),
            "properties": { "path": "/roi" } });
        assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
    }
    for who in &people[..3] {
        let identify = json!({ "messageId": format!("j-{who}"), "anonymousId": format!("phone-{who}"), "userId": who });
        assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    }
}

/// Waits until nothing has been decided for three seconds: timers have run out by then.
fn settled(folder: &Folder) -> usize {
    let mut before = (usize::MAX, 0);
    eventually("all is decided", || {
        let now = decisions(folder).len();
        before = if now == before.0 { (now, before.1 + 1) } else { (now, 0) };
        if before.1 >= 6 {
            return Some(now);
        }
        thread::sleep(Duration::from_millis(500));
        None
    })
}

fn decisions(folder: &Folder) -> Vec<Value> {
    let said = hearken(folder, &["decision", "list", "--limit", "10000", "--format", "json"]).done();
    said.json().as_array().cloned().expect("a list")
}

fn simulated(folder: &Folder, more: &[&str]) -> Value {
    let arguments = [&["simulate", "--format", "json"], more].concat();
    hearken(folder, &arguments).done().json()
}

/// As recorded, with the same configuration: every decision is made again, and none beside them.
fn is_the_same(folder: &Folder) -> Value {
    let found = simulated(folder, &[]);
    let recorded = decisions(folder);
    let spoken = recorded.iter().filter(|d| d["act"] != "hold").count();
    let sums = &found["sums"];
    assert_eq!(found["differences"], json!([]), "{found:#}");
    for none in [
        "only_then",
        "only_now",
        "otherwise",
        "silent_only_then",
        "silent_only_now",
    ] {
        assert_eq!(sums[none], 0, "{none}: {sums}");
    }
    assert_eq!(
        (&sums["same"], &sums["silent"]),
        (&json!(spoken), &json!(recorded.len() - spoken)),
        "{sums}"
    );
    assert_eq!(found["notes"], json!([]), "{found:#}");
    let told: BTreeSet<String> = tellings(found["told"].as_array().expect("a list"));
    let then: Vec<Value> = recorded.into_iter().filter(|d| d["act"] != "hold").collect();
    assert_eq!(told, tellings(&then), "who is told what, when and why is the same");
    found
}

fn tellings(decisions: &[Value]) -> BTreeSet<String> {
    let fields = [
        "prospect",
        "at",
        "trigger",
        "act",
        "target",
        "channel",
        "propensity",
        "reason",
        "mode",
    ];
    let one = |d: &Value| fields.map(|f| d[f].to_string()).join(" ");
    decisions.iter().map(one).collect()
}

fn prospects<'a>(decisions: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    decisions.into_iter().map(|d| d["prospect"].to_string()).collect()
}

#[test]
fn the_same_configuration_makes_no_difference_and_another_one_names_whom() {
    let folder = a_site();
    let daemon = Daemon::start(&folder);
    visits(&daemon);
    settled(&folder);
    let waits = hearken(&folder, &["approve", "list", "--format", "json"]).done().json();
    let waits: Vec<String> = waits["actions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|a| a["id"].as_str().expect("an id").to_owned())
        .collect();
    assert!(waits.len() >= 2, "hand-overs wait for a person: {waits:?}");
    hearken(&folder, &["approve", "yes", &waits[0]]).done();
    hearken(&folder, &["approve", "no", &waits[1], "--why", "generated"]).done();
    settled(&folder);
    let rows = all_rows(&folder);
    let found = is_the_same(&folder);
    assert_eq!(all_rows(&folder), rows, "nothing is written");
    assert!(found["sums"]["same"].as_u64() > Some(6), "{found:#}");
    assert!(
        decisions(&folder).iter().any(|d| d["trigger"] == "timer:silence"),
        "timers are among them"
    );
    daemon.stop();

    // Without one of the stories: whoever was told it is, and nobody else.
    let all = decisions(&folder);
    let of_effort = prospects(all.iter().filter(|d| d["target"] == "weeks-of-effort"));
    fs::remove_file(folder.path().join("stories/weeks-of-effort.md")).expect("a story");
    let found = simulated(&folder, &[]);
    let differences = found["differences"].as_array().expect("a list");
    let first: Vec<&Value> = differences
        .iter()
        .filter(|d| d["then"]["target"] == "weeks-of-effort")
        .collect();
    assert!(!of_effort.is_empty() && of_effort.len() < 12, "{of_effort:?}");
    assert_eq!(prospects(first.iter().copied()), of_effort, "{found:#}");
    assert_eq!(
        prospects(differences),
        of_effort,
        "others are told what they were: {found:#}"
    );
    for difference in &first {
        let why = difference["why"].to_string();
        assert!(
            why.contains("not among") || difference["likeness"] == "only-then",
            "{difference}"
        );
    }

    // Another scorer, which believes nothing of anybody: no story fits, for nobody.
    with_a_story_of_effort(&folder);
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    let other = "[connectors.other]\nplugin = \"misbehaving\"\nconfig = { mode = \"good\" }\ngrants.folder = \"other\"\n\n\
                 [flow]\nscorers = { other = 1.0 }\nrouter = \"facilitator\"\n";
    folder.write("other.toml", &format!("{toml}\n{other}"));
    let found = simulated(&folder, &["--config", "other.toml"]);
    let differences = found["differences"].as_array().expect("a list");
    let ids = |decisions: Vec<&Value>| -> BTreeSet<String> { decisions.iter().map(|d| d["id"].to_string()).collect() };
    assert_eq!(
        ids(differences
            .iter()
            .map(|d| &d["then"])
            .filter(|then| then["act"] == "tell")
            .collect()),
        ids(all.iter().filter(|d| d["act"] == "tell").collect()),
        "{found:#}"
    );

    // The same again says the same, to the byte.
    for arguments in [
        &["simulate", "--config", "other.toml"][..],
        &["simulate", "--config", "other.toml", "--names", "--format", "json"],
    ] {
        let said = [(); 2].map(|()| hearken(&folder, arguments).done().out);
        assert_eq!(said[0], said[1]);
    }
    let text = hearken(&folder, &["simulate", "--config", "other.toml"]).done().out;
    assert!(
        !text.contains("@example.com"),
        "nobody is named who is not asked for: {text}"
    );
    let named = hearken(&folder, &["simulate", "--config", "other.toml", "--names"])
        .done()
        .out;
    assert!(named.contains("p0"), "{named}");
}

/// A folder in which everybody is told the one story whatever they do, by a sink that fails.
fn a_sink_that_fails() -> Folder {
    let folder = Folder::with_links();
    folder.change(
        "plugin = \"outbox-dir\"\ngrants.folder = \"outbox\"",
        "plugin = \"misbehaving\"\nconfig = { mode = \"fail:transient\" }\ngrants.folder = \"outbox\"\n\
         retry = { first = \"100ms\", most = \"1s\", attempts = 2 }",
    );
    folder.change("[policy]", "[policy]\nawait-reply = \"1s\"");
    folder.change("100/1d", "4/1d");
    folder
}

#[test]
fn what_came_of_deliveries_and_what_people_said_then_is_part_of_what_was_recorded() {
    let folder = a_sink_that_fails();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "rejected");
    daemon.stop();
    folder.change(
        "plugin = \"misbehaving\"\nconfig = { mode = \"fail:transient\" }",
        "plugin = \"outbox-dir\"",
    );
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["dead-letter", "replay", "--all"]).done();
    folder.action_comes_to("user:ann", "delivered");
    daemon.identify("bob");
    daemon.identify("cy");
    let sent = folder.sent(3);
    folder.action_comes_to("user:cy", "delivered");
    let bobs = sent
        .iter()
        .find(|a| a["to"].to_string().contains("bob@"))
        .expect("bob's");
    hearken(&folder, &["stop"]).done();
    daemon.asks("bob", "f-1");
    eventually("a second story is queued", || {
        let shown = folder.shown("user:bob")?;
        let actions = shown["actions"].as_array()?;
        (actions.len() == 2 && actions[0]["state"] == "queued").then_some(())
    });
    assert_eq!(
        daemon.submit(&bobs["unsubscribe"], "List-Unsubscribe=One-Click").status,
        200
    );
    hearken(&folder, &["go"]).done();
    folder.action_comes_to("user:bob", "rejected");
    daemon.asks("bob", "f-2");
    for n in 1..4 {
        daemon.asks("cy", &format!("g-{n}"));
        thread::sleep(Duration::from_millis(300));
    }
    settled(&folder);
    // What is due by itself in a simulation needs a record that goes on behind it.
    thread::sleep(Duration::from_secs(11));
    daemon.looks("cy", "late");
    settled(&folder);
    let found = is_the_same(&folder);
    let twice: BTreeSet<String> = prospects(told_more_than(1, &found));
    assert!(!twice.is_empty(), "{found:#}");
    daemon.stop();

    // One story a day: of whom was told two or more, all but the first are only then.
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    assert!(toml.contains("4/1d"));
    folder.write("capped.toml", &toml.replace("4/1d", "1/1d"));
    folder.write("generous.toml", &toml.replace("4/1d", "6/1d"));
    let capped = simulated(&folder, &["--config", "capped.toml"]);
    let differences = capped["differences"].as_array().expect("a list");
    assert_eq!(prospects(differences), twice, "{capped:#}");
    for difference in differences {
        assert_eq!(difference["likeness"], "only-then", "{difference}");
        assert!(
            difference["then"]["id"].is_string(),
            "what was recorded can be looked up: {difference}"
        );
    }
    assert!(
        differences.iter().any(|d| d["why"].to_string().contains("cap")),
        "{capped:#}"
    );

    // The other way round: what only the simulation tells is delivered, and what is told next
    // need not wait for it.
    let generous = simulated(&folder, &["--config", "generous.toml"]);
    let more = generous["differences"].as_array().expect("a list");
    assert!(more.iter().all(|d| d["likeness"] == "only-now"), "{generous:#}");
    assert!(more.len() > 1 && prospects(more).is_subset(&twice), "{generous:#}");
    assert!(
        more.iter()
            .any(|d| d["now"]["trigger"] == "timer:silence" && d["then"].is_null()),
        "silence ends for what only the simulation told: {generous:#}"
    );

    // Patience for longer: what was told when it ended is told later.
    folder.write(
        "patient.toml",
        &toml.replace("await-reply = \"1s\"", "await-reply = \"1600ms\""),
    );
    let patient = simulated(&folder, &["--config", "patient.toml"]);
    let put_off = patient["differences"].as_array().expect("a list");
    assert!(put_off.iter().any(|d| d["likeness"] == "another-time"), "{patient:#}");
    for difference in put_off.iter().filter(|d| d["likeness"] == "another-time") {
        let (then, now) = (&difference["then"]["at"], &difference["now"]["at"]);
        assert!(then.as_str() < now.as_str(), "{difference}");
    }

    // What lies before is taken as it was, also where the configuration would not have it.
    let last = differences.last().expect("a difference")["then"]["at"]
        .as_str()
        .expect("a time");
    let late = simulated(&folder, &["--config", "capped.toml", "--since", last]);
    let only = late["differences"].as_array().expect("a list");
    assert!(!only.is_empty() && only.len() < differences.len(), "{late:#}");
    assert!(only.iter().all(|d| d["then"]["at"].as_str() >= Some(last)), "{late:#}");
    let since = simulated(&folder, &["--since", last]);
    assert_eq!(since["differences"], json!([]), "{since:#}");
    assert!(
        since["sums"]["same"].as_u64() < found["sums"]["same"].as_u64(),
        "{since:#}"
    );
    let until = simulated(&folder, &["--until", "2000-01-01"]);
    assert_eq!(
        (&until["entries"], &until["sums"]["same"]),
        (&json!(0), &json!(0)),
        "{until}"
    );
}

fn told_more_than(times: usize, found: &Value) -> Vec<&Value> {
    let told = found["told"].as_array().expect("a list");
    let times_of = |p: &Value| told.iter().filter(|d| d["prospect"] == *p).count();
    told.iter().filter(|d| times_of(&d["prospect"]) > times).collect()
}

/// All that the tables hold.
fn all_rows(folder: &Folder) -> Vec<(String, i64)> {
    let store = Connection::open(folder.data().join("state.sqlite")).expect("the store");
    let names = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let mut names = names.expect("the tables");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("the tables");
    let count = |name: &String| {
        let sql = format!("SELECT count(*) FROM \"{name}\"");
        store.query_row(&sql, [], |row| row.get(0)).expect("a count")
    };
    names
        .flatten()
        .map(|name| {
            let n = count(&name);
            (name, n)
        })
        .collect()
}

#[test]
fn what_cannot_be_simulated_is_said() {
    let folder = Folder::that_always_tells();
    let said = hearken(&folder, &["simulate"]);
    assert!(said.code == 1 && said.err.contains("there is no store at"), "{said:?}");
    for (option, time) in [("--since", "yesterday"), ("--until", "7 parsecs")] {
        let said = hearken(&folder, &["simulate", option, time]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains(option) && said.err.contains("2026-03-02"), "{said:?}");
    }
    folder.write("other.sqlite", "this is no store");
    let said = hearken(&folder, &["simulate", "--store", "other.sqlite"]);
    assert!(said.code == 1 && said.err.contains("other.sqlite"), "{said:?}");
    Daemon::start(&folder).stop();
    let found = simulated(&folder, &[]);
    assert_eq!((&found["people"], &found["from"]), (&json!(0), &Value::Null), "{found}");
    let text = hearken(&folder, &["simulate"]).done().out;
    assert!(text.contains("nothing was recorded"), "{text}");
    let path = folder.data().join("state.sqlite");
    let store = Connection::open(&path).expect("the store");
    store
        .pragma_update(None, "user_version", 99)
        .expect("a version of the future");
    drop(store);
    let said = hearken(&folder, &["simulate"]);
    assert!(
        said.code == 1 && said.err.contains("99"),
        "a newer store is refused: {said:?}"
    );
}
