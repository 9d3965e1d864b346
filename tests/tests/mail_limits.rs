//! What a relay takes: so many a day while it is warmed up, so many to one domain, and
//! nothing more once too much of it bounces.

use hearken_tests::{Daemon, Folder, Relay, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

const SMTP: &str = "plugin = \"smtp\"";

fn identify(daemon: &Daemon<'_>, who: &str) {
    let (_, domain) = who.split_once('.').unwrap_or((who, "example.org"));
    let email = format!("{}@{domain}", who.replace('.', "-"));
    let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": { "email": email } });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

fn action(folder: &Folder, who: &str) -> Option<Value> {
    let said = hearken(
        folder,
        &["prospect", "show", &format!("user:{who}"), "--format", "json"],
    );
    (said.code == 0).then(|| said.json()["actions"][0].clone())
}

fn actions(folder: &Folder, people: &[&str]) -> Vec<Value> {
    people.iter().filter_map(|who| action(folder, who)).collect()
}

fn settled(actions: &[Value], people: usize) -> bool {
    actions.len() == people && actions.iter().all(|a| a["state"] == "delivered" || a["why"] != "")
}

#[test]
fn a_relay_that_is_warmed_up_takes_so_many_on_its_first_day_and_the_rest_waits_uncharged() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), "tls = \"none\"\nper-day = [2, 5]");
    let people = ["p1", "p2", "p3", "p4"];
    let daemon = Daemon::start(&folder);
    people.iter().for_each(|who| identify(&daemon, who));
    let all = eventually("all are settled", || {
        Some(actions(&folder, &people)).filter(|all| settled(all, people.len()))
    });
    let waiting: Vec<&Value> = all.iter().filter(|a| a["state"] == "queued").collect();
    assert_eq!(waiting.len(), 2, "{all:?}");
    for action in &waiting {
        assert_eq!(action["attempts"], 0, "{action}");
        assert!(action["why"].to_string().contains("2 stories of its day 1"), "{action}");
    }
    // A restart does not make it forget.
    daemon.stop();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "p5");
    let late = eventually("it waits as well", || {
        action(&folder, "p5").filter(|a| a["why"].to_string().contains("day 1"))
    });
    assert_eq!(late["attempts"], 0, "{late}");
    daemon.stop();
    assert_eq!(relay.mails().len(), 2);
}

#[test]
fn one_domain_is_sent_so_many_and_another_is_not_held_up() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), "tls = \"none\"\nper-domain = \"2/1h\"");
    let people = ["a.example.org", "b.example.org", "c.example.org", "d.example.net"];
    let daemon = Daemon::start(&folder);
    people.iter().for_each(|who| identify(&daemon, who));
    let all = eventually("all are settled", || {
        Some(actions(&folder, &people)).filter(|all| settled(all, people.len()))
    });
    let waiting: Vec<&Value> = all.iter().filter(|a| a["state"] == "queued").collect();
    assert_eq!(waiting.len(), 1, "{all:?}");
    assert!(waiting[0]["why"].to_string().contains("2/1h to example.org"), "{all:?}");
    assert_eq!(waiting[0]["attempts"], 0);
    assert_eq!(all[3]["state"], "delivered", "{all:?}");
    daemon.stop();
    assert_eq!(relay.mails().len(), 3);
}

#[test]
fn when_too_much_bounces_the_sink_is_stopped_a_person_is_told_and_can_let_it_go() {
    let relay = Relay::start();
    relay.rules(json!([{ "at": "RCPT", "to": "gone", "do": "550 5.1.1 no such user" }]));
    let brakes = "tls = \"none\"\nbrakes = { bounces = 0.1, over = 20 }";
    let folder = Folder::that_mails(SMTP, relay.port(), brakes);
    let daemon = Daemon::start(&folder);
    for who in ["gone1", "gone2"] {
        identify(&daemon, who);
        eventually("it is refused", || {
            action(&folder, who).filter(|a| a["state"] == "rejected")
        });
    }
    identify(&daemon, "late");
    let alert = relay.wait_for(1).remove(0);
    assert_eq!(alert.about["to"], json!(["ops@example.com"]));
    let read = alert.read();
    assert_eq!(read["defects"], json!([]));
    let text = read["text"].as_str().expect("a text");
    assert!(
        text.contains("hearken go --sink mail") && text.contains("2 of its latest 2"),
        "{text}"
    );
    let waiting = action(&folder, "late").expect("an action");
    assert_eq!(
        (&waiting["state"], &waiting["attempts"]),
        (&json!("queued"), &json!(0)),
        "{waiting}"
    );
    let log = daemon.log();
    assert!(log.contains("the brake on bounces of the relay 'main'"), "{log}");
    let metrics = daemon.get("/metrics").body;
    assert!(
        metrics.contains("hearken_relay_brakes_total{relay=\"main\",brake=\"bounces\"} 1"),
        "{metrics}"
    );
    // It stays, also over a restart, until a person says so.
    daemon.stop();
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["go", "--sink", "mail"]).done();
    eventually("it is sent", || {
        action(&folder, "late").filter(|a| a["state"] == "delivered")
    });
    daemon.stop();
    assert_eq!(relay.mails().len(), 2);
}

#[test]
fn a_hand_over_is_mailed_to_its_team_and_takes_nothing_of_a_warm_up() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), "tls = \"none\"\nper-day = [1]");
    folder.change("[flow]\nscorers = [\"router\"]\nrouter = \"router\"", HAND_OVER);
    let daemon = Daemon::start(&folder);
    // A router's choice is drawn, so that one person would not do.
    for n in 0..20 {
        identify(&daemon, &format!("p{n}"));
        let asked = json!({ "messageId": format!("f{n}"), "userId": format!("p{n}"), "event": "Form Submitted",
            "properties": { "form": "demo", "asks": "demo" } });
        assert_eq!(daemon.track("track", SERVER_KEY, &asked).status, 200);
    }
    let mails = eventually("two are handed over", || {
        let mails = relay.mails().into_iter();
        let handed: Vec<_> = mails
            .filter(|m| m.about["to"] == json!(["sales@example.com"]))
            .collect();
        (handed.len() >= 2).then_some(handed)
    });
    for mail in &mails {
        let read = mail.read();
        assert_eq!(read["defects"], json!([]), "{read:#}");
        assert!(
            read["text"]
                .as_str()
                .is_some_and(|t| t.contains("Who") && t.contains("@example.org")),
            "{read:#}"
        );
        let names = read["headers"].to_string();
        assert!(!names.contains("List-Unsubscribe"), "{names}");
    }
    daemon.stop();
}

const HAND_OVER: &str = "[connectors.facilitator]\nplugin = \"facilitator\"\n\n[flow]\nrouter = \"facilitator\"\n\n\
                         [teams.sales]\nsink = \"mail\"\naddress = \"sales@example.com\"";
