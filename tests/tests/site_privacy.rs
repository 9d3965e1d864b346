//! What is kept of somebody at a site, and what is not: by their consent, by Global Privacy
//! Control, and by what the operator asks for.

use hearken_tests::{Answer, Daemon, Folder, SERVER_KEY, Site, Surfer, WRITE_KEY, Window, send};
use serde_json::{Value, json};

const PATHS: [&str; 6] = ["/", "/product", "/features", "/pricing", "/security", "/features"];

/// What the script of a page sends.
fn reports(daemon: &Daemon<'_>, visitor: &str, more: &Value, headers: &[(&str, &str)]) -> Answer {
    let mut body = json!({
        "key": WRITE_KEY, "id": visitor, "sent": 2000,
        "events": [
            { "id": format!("{visitor}-0"), "kind": "page.viewed", "at": 1990, "properties": { "url": "https://www.example.com/roi" } },
            { "id": format!("{visitor}-1"), "kind": "form.submitted", "at": 1995, "properties": { "form": "contact", "asks": "contact" } },
        ],
    });
    body.as_object_mut()
        .expect("an object")
        .extend(more.as_object().cloned().unwrap_or_default());
    let answer = send("POST", &daemon.intake("pages"), headers, body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// How many of somebody's signals of a kind are kept.
fn kept(folder: &Folder, visitor: &str, kind: &str) -> usize {
    folder.signals(&format!("anonymous:{visitor}"), kind).len()
}

/// What somebody said of being observed, as the company's own servers know it.
fn says(daemon: &Daemon<'_>, visitor: &str, event: &str) {
    let body = json!({ "messageId": format!("{visitor}-{event}"), "anonymousId": visitor, "event": event,
        "properties": { "purpose": "observing" } });
    assert_eq!(daemon.track("track", SERVER_KEY, &body).status, 200);
}

#[test]
fn nothing_is_stored_in_a_browser_without_a_consent_and_everything_is_gone_after_a_no() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, "");
    let mut surfer = Surfer::at(&site, Window::Desktop);
    surfer.rushes(&PATHS);
    assert_eq!(surfer.stored(), json!({ "cookie": "" }));
    assert_eq!(
        surfer.notice(),
        None,
        "each page is somebody else's: nobody can be told to be in a hurry"
    );

    surfer.browser.run("hearken('consent', true)");
    let visitor = surfer.visitor();
    assert_eq!(surfer.stored()["cookie"], "");
    assert_eq!(
        surfer.stored().as_object().map(serde_json::Map::len),
        Some(2),
        "an id and nothing else"
    );
    surfer.opens("/pricing");
    assert_eq!(
        surfer.visitor(),
        visitor,
        "what was allowed once need not be said on each page"
    );
    surfer.browser.run("hearken('consent', false)");
    assert_eq!(surfer.stored(), json!({ "cookie": "" }));
    daemon.stop();
}

#[test]
fn a_browser_with_global_privacy_control_says_nothing_until_its_visitor_allows_it() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, "");
    let mut surfer = Surfer::at(&site, Window::Desktop);
    surfer
        .browser
        .before_each_page("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
    surfer.browser.with_header("Sec-GPC", "1");
    for path in PATHS {
        surfer.goes_to(path);
        surfer.browser.run("new Promise((done) => setTimeout(done, 200))");
        assert_eq!(surfer.sent(), Vec::<String>::new(), "{path}");
    }
    assert_eq!(surfer.stored(), json!({ "cookie": "" }));

    surfer.browser.run("hearken('consent', true)");
    let visitor = surfer.visitor();
    hearken_tests::eventually("what they do is kept", || {
        (!folder.signals(&visitor, "page.viewed").is_empty()).then_some(())
    });
    daemon.stop();
}

#[test]
fn what_a_browser_asks_not_to_keep_is_left_out_and_what_they_say_is_kept() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let answer = reports(&daemon, "visitor-private", &json!({}), &[("sec-gpc", "1")]);
    assert_eq!(answer.json()["left_out"], 1, "{answer:?}");
    let answer = reports(&daemon, "visitor-open", &json!({}), &[]);
    assert_eq!(answer.json()["left_out"], Value::Null);
    let answer = reports(
        &daemon,
        "visitor-allowed",
        &json!({ "granted": true }),
        &[("sec-gpc", "1")],
    );
    assert_eq!(answer.json()["left_out"], Value::Null);
    for (visitor, viewed) in [("visitor-private", 0), ("visitor-open", 1), ("visitor-allowed", 1)] {
        let seen = (
            kept(&folder, visitor, "page.viewed"),
            kept(&folder, visitor, "form.submitted"),
        );
        assert_eq!(seen, (viewed, 1), "{visitor}");
    }
    let metrics = daemon.get("/metrics").body;
    let counted = "hearken_signals_total{connector=\"pages\",result=\"not-observed\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    daemon.stop();
}

#[test]
fn a_no_that_is_known_outranks_what_a_page_claims_and_a_yes_what_a_browser_asks_for() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    says(&daemon, "visitor-no", "Consent Withdrawn");
    says(&daemon, "visitor-yes", "Consent Granted");
    folder.consent_comes_to("anonymous:visitor-no", "observing", "*", "withdrawn");
    folder.consent_comes_to("anonymous:visitor-yes", "observing", "*", "granted");
    let no = reports(&daemon, "visitor-no", &json!({ "granted": true }), &[]);
    assert_eq!(no.json()["left_out"], 1, "{no:?}");
    let yes = reports(&daemon, "visitor-yes", &json!({}), &[("sec-gpc", "1")]);
    assert_eq!(yes.json()["left_out"], Value::Null, "{yes:?}");
    assert_eq!(kept(&folder, "visitor-no", "page.viewed"), 0);
    assert_eq!(kept(&folder, "visitor-yes", "page.viewed"), 1);
    daemon.stop();
}

#[test]
fn with_opt_in_nobody_is_observed_who_did_not_allow_it() {
    let folder = Folder::with_a_site_of_its_own();
    folder.change("consent = { ", "consent = { observing = \"opt-in\", ");
    let daemon = Daemon::start(&folder);
    let unknown = reports(&daemon, "visitor-unknown", &json!({}), &[]);
    assert_eq!(unknown.json()["left_out"], 1, "{unknown:?}");
    let allowed = reports(&daemon, "visitor-allowed", &json!({ "granted": true }), &[]);
    assert_eq!(allowed.json()["left_out"], Value::Null, "{allowed:?}");
    assert_eq!(kept(&folder, "visitor-unknown", "page.viewed"), 0);
    assert_eq!(kept(&folder, "visitor-allowed", "page.viewed"), 1);
    // The company's own servers know by themselves what they may keep.
    daemon.looks("ann", "p-1");
    hearken_tests::eventually("it is kept", || {
        (!folder.signals("user:ann", "page.viewed").is_empty()).then_some(())
    });
    daemon.stop();
}
