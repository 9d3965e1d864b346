//! `hearken learn`: what was told to people and what came of it, counted once, with how sure
//! that is; and that what was learned reaches decisions, which can be made again.

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

/// Everybody who is known is told the one story. Orders are deals that are won.
fn with_deals() -> Folder {
    let folder = Folder::that_always_tells();
    folder.change(
        "plugin = \"segment\"",
        "plugin = \"segment\"\nconfig.events.\"Order Completed\" = { kind = \"deal.won\" }\n\
         config.events.\"Offer Declined\" = { kind = \"deal.lost\" }",
    );
    folder.change("[channels.email]", "[learn]\nholdout = 0.0\n\n[channels.email]");
    folder
}

/// Their deal comes to an end.
fn ends(daemon: &Daemon<'_>, who: &str, event: &str, message: &str, deal: &str) {
    let event = json!({ "messageId": message, "userId": who, "event": event,
        "properties": { "deal": deal, "value": 900, "currency": "EUR" } });
    assert_eq!(daemon.track("track", SERVER_KEY, &event).status, 200);
}

/// Generated people, each told the story.
fn told(folder: &Folder, daemon: &Daemon<'_>, people: &[&str]) {
    for who in people {
        daemon.identify(who);
    }
    for who in people {
        folder.action_comes_to(&format!("user:{who}"), "delivered");
    }
}

fn learn(folder: &Folder, what: &str) -> Value {
    hearken(folder, &["learn", what, "--format", "json"]).done().json()
}

/// What the one story is credited with by last touch.
fn credit(report: &Value, measure: &str) -> f64 {
    report["stories"][0]["measures"][measure]["credit"]["last"]
        .as_f64()
        .unwrap_or_default()
}

fn has_all(text: &str, needed: &[&str]) {
    for needed in needed {
        assert!(text.contains(needed), "no '{needed}' in\n{text}");
    }
}

#[test]
fn before_anything_was_delivered_it_says_so_also_of_what_is_decided_in_shadow() {
    let folder = with_deals();
    folder.change("mode = \"live\"", "mode = \"shadow\"");
    let nothing = "nothing was delivered yet that anything could be learned from";
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "held");
    ends(&daemon, "ann", "Order Completed", "o-1", "d-1");
    eventually("the deal is known", || {
        (folder.signals("user:ann", "deal.won").len() == 1).then_some(())
    });
    has_all(
        &hearken(&folder, &["learn", "report"]).done().out,
        &[nothing, "what is decided in shadow is no evidence"],
    );
    let report = learn(&folder, "report");
    assert_eq!(
        (&report["told"], &report["stories"]),
        (&json!(0), &json!([])),
        "{report}"
    );
    assert_eq!(report["learned"]["people"], 0, "{report}");
    daemon.stop();
}

#[test]
fn a_deal_counts_once_and_for_those_who_were_told_something() {
    let folder = with_deals();
    let daemon = Daemon::start(&folder);
    told(&folder, &daemon, &["ann", "bob", "cy"]);
    ends(&daemon, "ann", "Order Completed", "o-1", "d-1");
    // The same deal in another message, the same message once more, and a stranger's deal.
    ends(&daemon, "ann", "Order Completed", "o-2", "d-1");
    ends(&daemon, "ann", "Order Completed", "o-1", "d-1");
    ends(&daemon, "nobody-knows", "Order Completed", "o-3", "d-3");
    eventually("all deals are known", || {
        let known = |who: &str| folder.signals(who, "deal.won").len();
        (known("user:ann") == 2 && known("user:nobody-knows") == 1).then_some(())
    });
    let report = learn(&folder, "report");
    let story = &report["stories"][0];
    assert_eq!((&report["told"], &story["told"]), (&json!(3), &json!(3)), "{report}");
    assert!((credit(&report, "won") - 1.0).abs() < 1e-3, "{report}");
    assert_eq!(credit(&report, "clicked"), 0.0, "{report}");
    assert_eq!(story["verdict"], "too little to say", "{report}");
    for (arm, people, won) in [("learned", 3, 1), ("holdout", 0, 0)] {
        let arm = &report[arm];
        assert_eq!((&arm["people"], &arm["won"]), (&json!(people), &json!(won)), "{report}");
    }
    has_all(
        &hearken(&folder, &["learn", "report"]).done().out,
        &[
            "3 stories told and delivered",
            "roi-in-numbers",
            "What works for whom",
            "How much pressure, when",
            "too little to say",
            "Deals won, by who is credited",
            "What learning is worth",
        ],
    );
    daemon.stop();
}

#[test]
fn a_colleagues_deal_is_credited_to_what_somebody_of_the_account_was_told() {
    let folder = with_deals();
    let daemon = Daemon::start(&folder);
    for (who, traits) in [
        ("ann", json!({ "email": "ann@example.com", "company": "Example Books" })),
        // Nobody can write to him: he is told nothing, and he signs.
        ("boss", json!({ "company": "Example Books" })),
        ("cy", json!({ "email": "cy@example.com", "company": "Example Bikes" })),
    ] {
        let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": traits });
        assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    }
    for who in ["user:ann", "user:cy"] {
        folder.action_comes_to(who, "delivered");
    }
    ends(&daemon, "boss", "Order Completed", "o-1", "d-1");
    let report = eventually("the deal is counted", || {
        Some(learn(&folder, "report")).filter(|report| credit(report, "won") > 0.0)
    });
    assert!((credit(&report, "won") - 1.0).abs() < 1e-3, "{report}");
    assert_eq!(report["told"], 2, "{report}");
    assert_eq!(
        report["learned"]["won"], 0,
        "by person nobody who was told something bought"
    );
    daemon.stop();
}

#[test]
fn who_is_in_the_holdout_is_told_of_apart() {
    let folder = with_deals();
    folder.change("holdout = 0.0", "holdout = 1.0\nevery = \"1s\"");
    let daemon = Daemon::start(&folder);
    told(&folder, &daemon, &["ann", "bob"]);
    ends(&daemon, "ann", "Order Completed", "o-1", "d-1");
    let report = eventually("the deal is counted", || {
        Some(learn(&folder, "report")).filter(|report| report["holdout"]["won"] == 1)
    });
    assert_eq!(report["holdout"]["people"], 2, "{report}");
    assert_eq!(report["learned"]["people"], 0, "{report}");
    assert_eq!(credit(&report, "won").round(), 1.0, "they are evidence all the same");
    eventually("something was learned", || {
        daemon.log().contains("learned anew").then_some(())
    });
    told(&folder, &daemon, &["cy"]);
    let decision = decision_of(&folder, "cy");
    assert_eq!(decision["snapshot"], 0, "it is not used for them: {decision}");
    daemon.stop();
}

/// The decision that somebody was told the story by.
fn decision_of(folder: &Folder, who: &str) -> Value {
    let shown = folder.shown(&format!("user:{who}")).expect("they are known");
    let decisions = shown["decisions"].as_array().expect("decisions");
    let told = decisions.iter().find(|d| d["act"] == "tell").expect("they were told");
    let id = told["id"].as_str().expect("an id");
    let shown = hearken(folder, &["decision", "show", id, "--replay", "--format", "json"]);
    shown.done().json()
}

#[test]
fn what_was_learned_reaches_decisions_which_are_the_same_when_made_again() {
    let folder = with_deals();
    folder.change("holdout = 0.0", "holdout = 0.0\nevery = \"1s\"");
    let daemon = Daemon::start(&folder);
    told(&folder, &daemon, &["ann", "bob"]);
    let first = decision_of(&folder, "ann");
    assert_eq!(
        (
            &first["snapshot"],
            &first["situation"]["candidates"][0]["fared"]["samples"]
        ),
        (&json!(0), &json!(0.0)),
        "{first}"
    );
    eventually("something was learned", || {
        daemon.log().contains("learned anew").then_some(())
    });
    told(&folder, &daemon, &["cy"]);
    let decision = decision_of(&folder, "cy");
    assert!(decision["snapshot"].as_u64() >= Some(1), "{decision}");
    let fared = &decision["situation"]["candidates"][0]["fared"];
    assert!(fared["samples"].as_f64() > Some(0.9), "{decision}");
    assert_eq!(
        decision["replay"],
        json!({ "same": true, "differences": [] }),
        "{decision}"
    );
    daemon.stop();
}

#[test]
fn a_funnel_says_who_got_how_far_and_what_came_before() {
    let folder = with_deals();
    let daemon = Daemon::start(&folder);
    told(&folder, &daemon, &["ann", "bob", "cy"]);
    for (who, event) in [
        ("ann", "Order Completed"),
        ("bob", "Offer Declined"),
        ("a-stranger", "Order Completed"),
    ] {
        ends(&daemon, who, event, &format!("e-{who}"), &format!("d-{who}"));
    }
    let funnels = eventually("two have become customers", || {
        Some(learn(&folder, "funnel")).filter(|f| reached(f, "customer") == Some(2))
    });
    let [somebody] = funnels["personas"].as_array().expect("personas").as_slice() else {
        panic!("{funnels}")
    };
    assert_eq!(
        (&somebody["persona"], &somebody["people"]),
        (&json!(""), &json!(4)),
        "{funnels}"
    );
    assert_eq!(reached(&funnels, "visitor"), Some(4), "{funnels}");
    let path = |steps: &[&str]| json!({ "steps": steps, "deals": 1 });
    let told = ["told roi-in-numbers"];
    assert_eq!(funnels["before_won"], json!([path(&[]), path(&told)]), "{funnels}");
    assert_eq!(funnels["before_lost"], json!([path(&told)]), "{funnels}");
    has_all(
        &hearken(&folder, &["learn", "funnel"]).done().out,
        &[
            "not known: 4 people",
            "customer",
            "What came before deals that were won",
            "nothing of ours, and no answer",
            "told roi-in-numbers",
        ],
    );
    // A wrong duration is said at once.
    let wrong = hearken(&folder, &["learn", "funnel", "--since", "yesterday"]);
    assert!(wrong.code != 0 && wrong.err.contains("--since"), "{wrong:?}");
    daemon.stop();
}

fn reached(funnels: &Value, stage: &str) -> Option<u64> {
    let stages = funnels["personas"][0]["stages"].as_array()?;
    stages.iter().find(|s| s["stage"] == stage)?["reached"].as_u64()
}
