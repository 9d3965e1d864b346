//! `new-people-per-hour` bounds how fast we get to know people: beyond it actions wait, and
//! say why.

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

fn identify(daemon: &Daemon<'_>, who: &str) {
    let identify =
        json!({ "messageId": format!("i-{who}"), "userId": who, "traits": { "email": format!("{who}@example.com") } });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

fn action(folder: &Folder, who: &str) -> Option<Value> {
    let said = hearken(
        folder,
        &["prospect", "show", &format!("user:{who}"), "--format", "json"],
    );
    let action = (said.code == 0).then(|| said.json()["actions"][0].clone())?;
    action.is_object().then_some(action)
}

#[test]
fn beyond_the_cap_new_people_wait_and_the_action_says_why() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"live\"\nnew-people-per-hour = 2");
    let daemon = Daemon::start(&folder);
    let people: Vec<String> = (0..5).map(|n| format!("person-{n}")).collect();
    for who in &people {
        identify(&daemon, who);
    }
    let actions = eventually("two are told and three wait", || {
        let all: Vec<Value> = people.iter().filter_map(|who| action(&folder, who)).collect();
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
    identify(&daemon, "late");
    eventually("the newcomer waits as well", || {
        (action(&folder, "late")?["gate"] == "new-people").then_some(())
    });
    daemon.stop();
    assert_eq!(folder.outbox().len(), 2, "{:?}", folder.outbox());
}
