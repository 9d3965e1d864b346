//! Links of a story's text that lead over us: where they lead, what a click tells, and that
//! programs which follow links are told from people.

use hearken_tests::{Answer, Daemon, Folder, hearken, send};
use serde_json::{Value, json};

const PAGE: &str = "https://www.example.com/roi?seats=20&from=story#table";
const TEXT: &str = "[The table](https://www.example.com/roi?seats=20&from=story#table) has all of it, \
                    and <https://www.example.com/> the rest. Or [write](mailto:hello@example.com).";
const BROWSER: (&str, &str) = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Generated/1.0");

fn with_text(front: &str) -> Folder {
    let folder = Folder::with_links();
    let story =
        format!("+++\ntitle = \"What it returns\"\ntopics = [\"roi\"]\nchannels = [\"email\"]\n{front}+++\n{TEXT}\n");
    folder.write("stories/roi-in-numbers.md", &story);
    folder
}

/// The links to pages of what was sent, in the order of its HTML.
fn targets(action: &Value) -> Vec<Value> {
    let html = action["html"].as_str().expect("HTML");
    let targets = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    targets.map(|url| json!(url.replace("&amp;", "&"))).collect()
}

fn follow(daemon: &Daemon<'_>, link: &Value, method: &str, headers: &[(&str, &str)]) -> Answer {
    send(method, &daemon.at_link(link), headers, b"")
}

/// Ann's clicks, once there are so many.
fn clicks(folder: &Folder, count: usize) -> Vec<Value> {
    hearken_tests::eventually(&format!("{count} clicks are known"), || {
        let clicks = folder.signals("user:ann", "message.clicked");
        (clicks.len() == count).then_some(clicks)
    })
}

#[test]
fn a_link_leads_over_us_to_what_its_author_wrote_and_the_click_is_known() {
    let folder = with_text("");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let action = folder.sent(1).remove(0);
    let links = targets(&action);
    assert_eq!(links.len(), 3, "{links:?}");
    assert_eq!(links[2], "mailto:hello@example.com", "only pages are tracked");
    let plain = action["plain"].as_str().expect("plain text");
    for link in &links[..2] {
        assert!(plain.contains(link.as_str().expect("a link")), "{link} in {plain}");
    }
    assert!(!plain.contains("www.example.com"), "{plain}");
    assert!(
        action["text"].as_str().is_some_and(|markdown| markdown.contains(PAGE)),
        "Markdown keeps what was written: {action}"
    );

    let answer = follow(&daemon, &links[0], "GET", &[BROWSER]);
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some(PAGE)),
        "{answer:?}"
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let click = clicks(&folder, 1).remove(0);
    assert_eq!(click["connector"], "hearken");
    assert_eq!(click["verified"], false, "a forwarded message is followed by others");
    let properties = &click["properties"];
    assert_eq!((&properties["url"], &properties["link"]), (&json!(PAGE), &json!(0)));
    assert_eq!(properties["agent"], "browser");
    assert!(properties["since_delivery_s"].is_u64(), "{properties}");
    daemon.stop();
}

#[test]
fn what_follows_links_by_itself_is_no_person() {
    let folder = with_text("");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let links = targets(&folder.sent(1).remove(0));
    let programs = [
        ("HEAD", &links[0], &[BROWSER][..], None),
        (
            "GET",
            &links[0],
            &[("user-agent", "Mozilla/5.0 (compatible; generated-bot/1.0)")],
            Some("bot"),
        ),
        (
            "GET",
            &links[0],
            &[("user-agent", "python-requests/2.0")],
            Some("library"),
        ),
        ("GET", &links[1], &[], Some("none")),
        (
            "GET",
            &links[1],
            &[BROWSER, ("sec-purpose", "prefetch")],
            Some("browser"),
        ),
    ];
    let mut known = 0;
    for (method, link, headers, agent) in programs {
        let answer = follow(&daemon, link, method, headers);
        assert_eq!(answer.status, 302, "{agent:?}: everybody is led on");
        known += usize::from(agent.is_some());
    }
    // All of one link within a minute count as one, programs and people apart.
    let automatic = clicks(&folder, 2);
    assert!(known > automatic.len());
    for click in &automatic {
        assert_eq!(click["properties"]["automatic"], true, "{click}");
    }
    let shown = folder.shown("user:ann").expect("she is known");
    assert_eq!(shown["floor"], "awaiting-reply", "no program answers for her: {shown}");
    daemon.stop();
}

#[test]
fn nobody_can_make_a_link_lead_elsewhere() {
    let folder = with_text("");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let links = targets(&folder.sent(1).remove(0));
    let good = links[0].as_str().expect("a link");
    let cut = good.len() - 1;
    let letter = good.replace("/l/t/", "/l/u/");
    let target = format!("{good}?url=https://elsewhere.example");
    for (bad, status) in [(&good[..cut], 404), (letter.as_str(), 404)] {
        let answer = follow(&daemon, &json!(bad), "GET", &[BROWSER]);
        assert_eq!((answer.status, answer.header("location")), (status, None), "{bad}");
    }
    let answer = follow(&daemon, &json!(target), "GET", &[BROWSER]);
    assert_eq!(answer.header("location"), Some(PAGE));
    assert_eq!(follow(&daemon, &links[0], "POST", &[BROWSER]).status, 405);
    daemon.stop();
}

#[test]
fn links_stay_as_written_where_tracking_is_off_and_where_no_consent_is_needed() {
    for (front, tracking) in [("", "false"), ("kind = \"service\"\n", "true")] {
        let folder = with_text(front);
        folder.change("[links]", &format!("[links]\ntracking = {tracking}"));
        hearken(&folder, &["check", "hearken.toml"]).done();
        let daemon = Daemon::start(&folder);
        daemon.identify("ann");
        let action = folder.sent(1).remove(0);
        assert_eq!(targets(&action)[0], PAGE, "{action}");
        daemon.stop();
    }
}
