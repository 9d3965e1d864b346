//! Somebody who is forgotten is found nowhere afterwards, does not come back, and leaves a
//! proof that names nobody; others go on. Marks stand in everything that is said of them.

use std::{fs, path::Path};

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

/// What stands in each field, generated for this test.
const MARK: &str = "canaryfeather";

/// Every file of the data folder in which a mark stands, and how often.
fn marked(folder: &Folder) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    search(&folder.data(), &mut found);
    found
}

fn search(folder: &Path, found: &mut Vec<(String, usize)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.file_name().is_some_and(|n| n == "compiled") {
            continue;
        }
        if path.is_dir() {
            search(&path, found);
            continue;
        }
        let bytes = fs::read(&path).expect("a file").to_ascii_lowercase();
        let times = bytes.windows(MARK.len()).filter(|w| *w == MARK.as_bytes()).count();
        if times > 0 {
            found.push((path.display().to_string(), times));
        }
    }
}

fn mark(field: &str) -> String {
    format!("{MARK}-{field}")
}

fn address() -> String {
    format!("{}@example.com", mark("mail"))
}

/// A site whose people are told a story that calls them by name.
fn folder() -> Folder {
    let folder = Folder::with_everything();
    folder.write(
        "stories/roi-in-numbers.md",
        "+++\ntitle = \"In numbers\"\ntopics = [\"roi\"]\nchannels = [\"email\"]\n+++\nHello {{ first_name | \
         default(\"there\") }}, generated for this test.\n",
    );
    folder
}

fn traits() -> Value {
    json!({ "email": address(), "phone": "+49 30 12345678", "firstName": mark("first"), "lastName": mark("last"),
        "company": { "name": mark("company") }, "address": { "city": mark("city") }, "title": mark("title"),
        "nested": { "deep": [mark("deep")] } })
}

/// Says something of somebody in every way that the site has.
fn say_everything(daemon: &Daemon<'_>) {
    let user = mark("user");
    let context = json!({ "page": { "referrer": format!("https://example.org/{}", mark("referrer")) },
        "userAgent": mark("agent"), "campaign": { "name": mark("campaign") } });
    let anonymous = mark("device");
    let page = |id: &str, who: Value, path: &str| {
        let mut page = json!({ "messageId": format!("{}-{id}", mark("message")), "context": context,
            "properties": { "path": path, "title": mark("heading"), "search": mark("search") } });
        page.as_object_mut()
            .expect("an object")
            .extend(who.as_object().expect("an object").clone());
        assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
    };
    page("1", json!({ "anonymousId": anonymous }), &format!("/{}", mark("path")));
    page("2", json!({ "anonymousId": anonymous }), "/roi");
    let identify =
        json!({ "messageId": mark("identify"), "anonymousId": anonymous, "userId": user, "traits": traits() });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    for n in 0..6 {
        page(
            &format!("r{n}"),
            json!({ "userId": user }),
            if n % 2 == 0 { "/roi" } else { "/pricing" },
        );
    }
    for (event, properties) in [
        (
            "Form Submitted",
            json!({ "form": mark("form"), "asks": "contact", "message": mark("words") }),
        ),
        (
            "Consent Granted",
            json!({ "purpose": "marketing", "channel": "email", "proof": mark("proof") }),
        ),
        ("Something Else", json!({ "note": mark("note") })),
    ] {
        let track = json!({ "messageId": format!("{}-{event}", mark("track")), "userId": user, "event": event,
            "properties": properties });
        assert_eq!(daemon.track("track", SERVER_KEY, &track).status, 200);
    }
    // Nobody by its fields, and it names them all the same.
    let bad = json!({ "type": "track", "messageId": mark("refused"), "event": "Something",
        "properties": { "email": address().to_uppercase(), "text": mark("refused") } });
    assert!(daemon.track("batch", SERVER_KEY, &json!({ "batch": [bad] })).status < 500);
}

fn say_something_of_bob(daemon: &Daemon<'_>, id: &str) {
    let page = json!({ "messageId": id, "userId": "bob", "properties": { "path": "/pricing" } });
    assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
}

#[test]
fn not_a_byte_of_whom_is_forgotten_is_left_and_they_do_not_come_back() {
    let folder = folder();
    let daemon = Daemon::start(&folder);
    say_something_of_bob(&daemon, "b1");
    say_everything(&daemon);
    let user = format!("user:{}", mark("user"));
    eventually("a decision with an action", || {
        (!folder.shown(&user)?["actions"].as_array()?.is_empty()).then_some(())
    });
    assert!(!marked(&folder).is_empty(), "the search finds what is there");

    let export = folder.path().join("theirs.json");
    let said = hearken(
        &folder,
        &["prospect", "export", &address(), "--to", &export.display().to_string()],
    )
    .done();
    assert!(said.out.contains("written to"), "{said:?}");
    let theirs = fs::read_to_string(&export).expect("the export").to_lowercase();
    for field in [
        "mail", "first", "last", "company", "city", "title", "deep", "referrer", "heading", "device", "user",
        "message", "identify", "form", "note", "refused", "path",
    ] {
        assert!(theirs.contains(&mark(field)), "{field} is kept and not in the export");
    }
    fs::remove_file(&export).expect("the export");

    let shown = hearken(&folder, &["prospect", "forget", &address()]).done().out;
    assert!(
        shown.contains("decision") && shown.contains("Nothing was erased"),
        "{shown}"
    );
    assert!(folder.shown(&user).is_some());

    let said = hearken(
        &folder,
        &["prospect", "forget", &address(), "--yes", "--format", "json"],
    )
    .done()
    .json();
    assert_eq!(marked(&folder), [], "{said}");
    let outbox = &said["sinks"][0];
    assert_eq!(
        (&outbox["sink"], &outbox["outcome"]),
        (&json!("outbox"), &json!("cannot")),
        "{said}"
    );
    assert!(said["erased"].is_string() && said["scrubbed"].is_string(), "{said}");

    say_everything(&daemon);
    say_something_of_bob(&daemon, "b2");
    eventually("Bob goes on", || {
        (folder.signals("user:bob", "page.viewed").len() == 2).then_some(())
    });
    assert_eq!(folder.shown(&user), None);
    assert!(daemon.get("/metrics").body.contains("result=\"forgotten\""));
    let listed = hearken(&folder, &["prospect", "forgotten"]).done().out;
    assert!(listed.contains("outbox cannot") && !listed.contains(MARK), "{listed}");
    // What was refused after they were forgotten is a record of its own.
    hearken(&folder, &["dead-letter", "drop", "--all"]);
    daemon.stop();
}

#[test]
fn a_daemon_that_starts_carries_out_what_was_asked_while_none_ran() {
    let folder = folder();
    let daemon = Daemon::start(&folder);
    say_everything(&daemon);
    let user = format!("user:{}", mark("user"));
    eventually("they are known", || folder.shown(&user));
    daemon.stop();
    let said = hearken(&folder, &["prospect", "forget", &user, "--yes"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.out.contains("No daemon runs"), "{said:?}");
    hearken(&folder, &["run", "--once"]).done();
    assert_eq!(marked(&folder), []);
    assert_eq!(
        hearken(&folder, &["prospect", "forget", &user, "--yes"]).code,
        1,
        "nobody is known by it"
    );
}

#[test]
fn a_sink_that_cannot_be_asked_is_asked_again_and_said_to_be() {
    let folder = folder();
    folder.change(
        "[connectors.outbox]\nplugin = \"outbox-dir\"",
        "[flow]\nscorers = [\"language\"]\nrouter = \"facilitator\"\n\n[connectors.crm]\nplugin = \"misbehaving\"\nconfig = { mode = \"fail:transient\" }\ngrants.folder = \"crm\"\n\n\
         [connectors.outbox]\nplugin = \"outbox-dir\"",
    );
    let daemon = Daemon::start(&folder);
    say_everything(&daemon);
    let user = format!("user:{}", mark("user"));
    eventually("they are known", || folder.shown(&user));
    let said = hearken(&folder, &["prospect", "forget", &user, "--yes", "--wait", "3s"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.out.contains("crm: could not be asked yet, 1 try"), "{said:?}");
    assert!(said.out.contains("It goes on by itself"), "{said:?}");
    assert_eq!(folder.shown(&user), None, "they are erased here all the same");
    daemon.stop();
}

#[test]
fn whoever_is_readmitted_is_heard_again() {
    let folder = folder();
    let daemon = Daemon::start(&folder);
    daemon.looks("ann", "1");
    eventually("they are known", || folder.shown("user:ann"));
    hearken(&folder, &["prospect", "forget", "user:ann", "--yes"]).done();
    daemon.looks("ann", "2");
    assert_eq!(hearken(&folder, &["prospect", "readmit", "user:bob"]).code, 1);
    hearken(&folder, &["prospect", "readmit", "user:ann"]).done();
    daemon.looks("ann", "3");
    eventually("they are heard", || {
        (folder.signals("user:ann", "page.viewed").len() == 1).then_some(())
    });
    daemon.stop();
}
