//! A stop is in force within a second while deliveries pour out, and so is a go.

use std::{
    fs,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::{Duration, SystemTime},
};

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

const A_SECOND: Duration = Duration::from_secs(1);

/// When the outbox's files were written.
fn written(folder: &Folder) -> Vec<SystemTime> {
    let modified = |path| fs::metadata(path).and_then(|m| m.modified()).ok();
    folder.outbox().iter().filter_map(modified).collect()
}

fn written_since(folder: &Folder, moment: SystemTime) -> usize {
    written(folder).into_iter().filter(|at| *at > moment).count()
}

/// New people, one behind the other, until told to end.
fn pour(daemon: &Daemon<'_>, people: &AtomicU32, end: &AtomicBool) {
    while !end.load(Ordering::Relaxed) {
        let n = people.fetch_add(1, Ordering::Relaxed);
        let traits = json!({ "email": format!("person-{n}@example.com") });
        let identify = json!({ "messageId": format!("i-{n}"), "userId": format!("u{n}"), "traits": traits });
        assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
        thread::sleep(Duration::from_millis(10));
    }
}

/// Ends the pouring also where an assertion fails: else the test would wait for it for ever.
struct Until<'a>(&'a AtomicBool);

impl Drop for Until<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Somebody's only action, once there is one.
fn latest_waiting(folder: &Folder) -> Value {
    eventually("an action says why it waits", || {
        let listed = hearken(folder, &["decision", "list", "--limit", "1", "--format", "json"])
            .done()
            .json();
        let prospect = listed[0]["prospect"].as_str()?.to_owned();
        let shown = hearken(folder, &["prospect", "show", &prospect, "--format", "json"])
            .done()
            .json();
        let action = shown["actions"][0].clone();
        (action["gate"] == "stopped").then_some(action)
    })
}

#[test]
fn a_stop_and_a_go_are_in_force_within_a_second_for_every_scope() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    let (people, end) = (AtomicU32::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let _until = Until(&end);
        scope.spawn(|| pour(&daemon, &people, &end));
        eventually("deliveries pour out", || (folder.outbox().len() > 20).then_some(()));
        let scopes: [&[&str]; 4] = [
            &[],
            &["--sink", "outbox"],
            &["--story", "roi-in-numbers"],
            &["--channel", "email"],
        ];
        for named in scopes {
            hearken(&folder, &[&["stop"], named].concat()).done();
            let stopped = SystemTime::now();
            thread::sleep(A_SECOND * 2);
            assert_eq!(written_since(&folder, stopped + A_SECOND), 0, "stop {named:?}");
            let waiting = latest_waiting(&folder);
            let go = format!("hearken go {}", named.join(" "));
            assert!(waiting["why"].to_string().contains(go.trim_end()), "{go}: {waiting}");
            hearken(&folder, &[&["go"], named].concat()).done();
            let gone = SystemTime::now();
            eventually("deliveries pour out again", || {
                (written_since(&folder, gone) > 0).then_some(())
            });
            let first = written(&folder)
                .into_iter()
                .filter(|at| *at > gone)
                .min()
                .expect("one was written");
            let took = first.duration_since(gone).expect("it was written afterwards");
            assert!(took < A_SECOND, "go {named:?} took {took:?}");
        }
    });
    daemon.stop();
}

#[test]
fn hundreds_that_a_narrow_stop_holds_go_on_at_once() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["stop", "--channel", "email"]).done();
    let (people, end) = (AtomicU32::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let _until = Until(&end);
        scope.spawn(|| pour(&daemon, &people, &end));
        eventually("hundreds wait", || (people.load(Ordering::Relaxed) > 300).then_some(()));
    });
    latest_waiting(&folder);
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
    hearken(&folder, &["go", "--channel", "email"]).done();
    let gone = SystemTime::now();
    eventually("all are sent", || {
        (folder.outbox().len() == people.load(Ordering::Relaxed) as usize).then_some(())
    });
    let first = written(&folder).into_iter().min().expect("one was written");
    let took = first.duration_since(gone).unwrap_or_default();
    assert!(took < A_SECOND, "it took {took:?} until the first");
    daemon.stop();
}
