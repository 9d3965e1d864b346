//! A signed request that comes again, too late, or while the first is worked at.

use std::thread;

use hearken_tests::{
    Daemon, Folder, eventually, hearken,
    signing::{hex, now_s, post, sha256, slack},
};

const SECRET: &str = "generated-signing-secret";

/// How many requests the plugin worked off.
fn worked_off(daemon: &Daemon<'_>) -> usize {
    daemon.log().matches("worked off").count()
}

/// How many signals of the plugin's one person are stored, once the person is known.
fn signals(folder: &Folder) -> usize {
    eventually("the person is known", || {
        let said = hearken(folder, &["prospect", "show", "user:u-1", "--format", "json"]);
        let recent = (said.code == 0).then(|| said.json()["signals"]["recent"].clone())?;
        recent.as_array().map(Vec::len).filter(|stored| *stored > 0)
    })
}

#[test]
fn a_repeated_request_is_answered_as_the_first_and_not_worked_off_again() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let body = r#"{"event":"once"}"#;
    let headers = slack(SECRET, now_s(), body);
    let first = post(&daemon.intake("signed/x"), &headers, body);
    assert_eq!(first.status, 200, "{first:?}");
    // What is not signed may differ: it is the same request.
    let mut again = headers.clone();
    again.push(("x-slack-retry-num".into(), "1".into()));
    for path in ["signed/x", "signed/x", "signed/elsewhere"] {
        let answer = post(&daemon.intake(path), &again, body);
        assert_eq!((answer.status, &answer.body), (200, &first.body), "{path}");
    }
    let another = post(&daemon.intake("signed/x"), &slack(SECRET, now_s(), "{}"), "{}");
    assert_ne!(another.body, first.body);
    eventually("both are in the log", || (worked_off(&daemon) >= 2).then_some(()));
    assert_eq!(worked_off(&daemon), 2, "{}", daemon.log());
    assert_eq!(signals(&folder), 2);
    daemon.stop();
}

#[test]
fn a_repeated_request_is_answered_as_the_first_after_a_restart_too() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let headers = slack(SECRET, now_s(), "{}");
    let daemon = Daemon::start(&folder);
    let first = post(&daemon.intake("signed/x"), &headers, "{}");
    assert_eq!(first.status, 200, "{first:?}");
    // Killed, and not stopped: what it answered was kept before.
    drop(daemon);
    let daemon = Daemon::start(&folder);
    for _ in 0..2 {
        let again = post(&daemon.intake("signed/x"), &headers, "{}");
        assert_eq!((again.status, &again.body), (200, &first.body));
    }
    assert_eq!(worked_off(&daemon), 0, "{}", daemon.log());
    let failing = slack(SECRET, now_s(), "{\"n\":2}");
    assert_eq!(post(&daemon.intake("signed/fails"), &failing, "{\"n\":2}").status, 503);
    drop(daemon);
    let daemon = Daemon::start(&folder);
    let answer = post(&daemon.intake("signed/x"), &failing, "{\"n\":2}");
    assert_eq!(answer.status, 200, "what failed is worked off: {answer:?}");
    eventually("it is in the log", || (worked_off(&daemon) >= 1).then_some(()));
    daemon.stop();
}

#[test]
fn a_request_that_failed_is_worked_off_when_it_comes_again() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let headers = slack(SECRET, now_s(), "{}");
    for _ in 0..3 {
        assert_eq!(post(&daemon.intake("signed/fails"), &headers, "{}").status, 503);
    }
    let answer = post(&daemon.intake("signed/x"), &headers, "{}");
    assert_eq!(answer.status, 200, "the plugin is asked again: {answer:?}");
    eventually("all are in the log", || (worked_off(&daemon) >= 4).then_some(()));
    daemon.stop();
}

#[test]
fn repetitions_at_the_same_time_are_one_request() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let headers = slack(SECRET, now_s(), "{}");
    let url = daemon.intake("signed/x");
    let answers: Vec<String> = thread::scope(|scope| {
        let asked: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| post(&url, &headers, "{}").body))
            .collect();
        asked.into_iter().map(|a| a.join().expect("an answer")).collect()
    });
    assert!(
        answers.iter().all(|a| *a == answers[0] && a.contains("slack")),
        "{answers:?}"
    );
    eventually("it is in the log", || (worked_off(&daemon) >= 1).then_some(()));
    assert_eq!(worked_off(&daemon), 1, "{}", daemon.log());
    daemon.stop();
}

#[test]
fn what_was_signed_too_long_ago_is_refused_and_said() {
    let secrets = [("slack", SECRET), ("stripe", SECRET)];
    let folder = Folder::with_signed_webhooks(&secrets, "");
    let daemon = Daemon::start(&folder);
    let url = daemon.intake("signed/x");
    for (at, status) in [
        (now_s() - 3600, 401),
        (now_s() + 3600, 401),
        (now_s() - 200, 200),
        (now_s() + 200, 200),
    ] {
        let answer = post(&url, &slack(SECRET, at, "{}"), "{}");
        assert_eq!(answer.status, status, "{at}: {answer:?}");
        if status == 401 {
            let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
            assert!(error.contains("300 s are tolerated"), "{error}");
        }
    }
    // Only who can sign learns that it is the clock.
    let forged = post(&url, &slack("generated-guess", now_s() - 3600, "{}"), "{}");
    assert!(!forged.body.contains("tolerated"), "{forged:?}");
    // The manifest's own tolerance, a minute.
    let at = now_s() - 120;
    let signature = hex(&sha256(SECRET.as_bytes(), &format!("{at}.{{}}")));
    let stripe = vec![("stripe-signature".to_owned(), format!("t={at},v1={signature}"))];
    let answer = post(&url, &stripe, "{}");
    assert!(
        answer.status == 401 && answer.body.contains("60 s are tolerated"),
        "{answer:?}"
    );
    let log = eventually("it is in the log", || {
        let log = daemon.log();
        log.contains("tolerated").then_some(log)
    });
    assert!(log.contains("3600 s old"), "{log}");
    daemon.stop();
}

#[test]
fn a_repetition_after_a_restart_says_nothing_twice() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let headers = slack(SECRET, now_s(), "{}");
    for _ in 0..2 {
        let daemon = Daemon::start(&folder);
        assert_eq!(post(&daemon.intake("signed/x"), &headers, "{}").status, 200);
        assert_eq!(signals(&folder), 1);
        daemon.stop();
    }
}
