//! `new-people-per-hour` bounds how fast we get to know people: beyond it actions wait, and
//! say why.

use hearken_tests::{Daemon, Folder, eventually};
use serde_json::Value;

#[test]
fn beyond_the_cap_new_people_wait_and_the_action_says_why() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"live\"\nnew-people-per-hour = 2");
    let daemon = Daemon::start(&folder);
    let people: Vec<String> = (0..5).map(|n| format!("person-{n}")).collect();
    for who in &people {
        daemon.identify(who);
    }
    let actions = eventually("two are told and three wait", || {
        let all: Vec<Value> = people
            .iter()
            .filter_map(|who| folder.action_of(&format!("user:{who}")))
            .collect();
        let told = all.iter().filter(|a| a["state"] == "delivered").count();
        let wait = all.iter().filter(|a| a["gate"] == "new-people").count();
        (told == 2 && wait == 3).then_some(all)
    });
    for waiting in actions.iter().filter(|a| a["gate"] == "new-people") {
        assert_eq!(waiting["state"], "queued", "{waiting}");
        assert!(
            waiting["why"].to_string().contains("new-people-per-hour in [policy]"),
            "{waiting}"
        );
        assert_eq!(waiting["attempts"], 0, "{waiting}");
        let (due, decided) = (waiting["due"].as_str(), waiting["decided"].as_str());
        assert!(due > decided, "it is tried when there is room: {waiting}");
    }
    daemon.stop();
    // A larger cap lets more of them be told, however often the daemon is started.
    let daemon = Daemon::start(&folder);
    daemon.identify("late");
    eventually("the newcomer waits as well", || {
        (folder.action_of("user:late")?["gate"] == "new-people").then_some(())
    });
    daemon.stop();
    assert_eq!(folder.outbox().len(), 2, "{:?}", folder.outbox());
}
