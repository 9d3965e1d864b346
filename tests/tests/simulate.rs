//! `hearken simulate`: what a real daemon recorded, through the same configuration and through
//! others. With the same one there is no difference; with another the difference names whom it
//! is about, and nobody else.

use std::{collections::BTreeSet, fs};

use hearken_tests::{Daemon, Folder, SERVER_KEY, WRITE_KEY, hearken, prospects};
use rusqlite::Connection;
use serde_json::{Value, json};

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

#[test]
fn the_same_configuration_makes_no_difference_and_another_one_names_whom() {
    let folder = a_site();
    let daemon = Daemon::start(&folder);
    visits(&daemon);
    folder.settles();
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
    folder.settles();
    let rows = all_rows(&folder);
    let found = folder.simulates_the_same();
    assert_eq!(all_rows(&folder), rows, "nothing is written");
    assert!(found["sums"]["same"].as_u64() > Some(6), "{found:#}");
    assert!(
        folder.decisions().iter().any(|d| d["trigger"] == "timer:silence"),
        "timers are among them"
    );
    daemon.stop();

    // Without one of the stories: whoever was told it is, and nobody else.
    let all = folder.decisions();
    let of_effort = prospects(all.iter().filter(|d| d["target"] == "weeks-of-effort"));
    fs::remove_file(folder.path().join("stories/weeks-of-effort.md")).expect("a story");
    let found = folder.simulated(&[]);
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
    let found = folder.simulated(&["--config", "other.toml"]);
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
    let found = folder.simulated(&[]);
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
