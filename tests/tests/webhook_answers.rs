//! What goes back to who calls a webhook: the vendors' challenges are the host's to answer,
//! and a plugin answers data and nothing that a browser would act on.

use hearken_tests::{
    Daemon, Folder, send,
    signing::{now_s, post, slack},
};

const SECRET: &str = "generated-signing-secret";

#[test]
fn a_signed_challenge_is_answered_without_the_plugin() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let url = daemon.intake("signed/events");
    let body = r#"{"token":"generated","challenge":"3eZbrw1a","type":"url_verification"}"#;
    let answer = post(&url, &slack(SECRET, now_s(), body), body);
    assert_eq!((answer.status, answer.body.as_str()), (200, "3eZbrw1a"), "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(post(&url, &[], body).status, 401, "who did not sign is not answered");
    assert_eq!(post(&url, &slack("generated-guess", now_s(), body), body).status, 401);
    assert!(!daemon.log().contains("worked off"), "{}", daemon.log());
    daemon.stop();
}

#[test]
fn a_challenges_credential_is_good_for_nothing_else() {
    let folder = Folder::with_signed_webhooks(&[("verify-token", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let ask = |method: &str, query: &str, body: &[u8]| {
        send(method, &daemon.intake(&format!("signed/meta?{query}")), &[], body)
    };
    let right = format!("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={SECRET}");
    let answer = ask("GET", &right, b"");
    assert_eq!((answer.status, answer.body.as_str()), (200, "1158201444"), "{answer:?}");
    assert_eq!(ask("GET", &right.replace(SECRET, "wrong"), b"").status, 401);
    assert_eq!(ask("GET", &right.replace("subscribe", "else"), b"").status, 401);
    assert_eq!(ask("POST", &right, b"{}").status, 401, "it proves no event");
    let head = ask("HEAD", "", b"");
    assert_eq!(head.status, 200, "a question that anybody may ask: {head:?}");
    daemon.stop();
}

#[test]
fn a_plugins_page_goes_out_as_text_without_its_headers() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let answer = post(&daemon.intake("signed/page"), &slack(SECRET, now_s(), "{}"), "{}");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((answer.header("set-cookie"), answer.header("location")), (None, None));
    daemon.stop();
}
