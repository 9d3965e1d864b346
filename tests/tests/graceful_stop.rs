//! Stopping: begun requests are answered, nothing accepted is lost, nobody waits for ever.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use hearken_tests::{Daemon, Folder, WRITE_KEY, eventually, hearken};
use rustix::process::Signal;
use serde_json::json;

#[test]
fn a_request_that_was_begun_is_answered_and_kept() {
    let folder = Folder::with_a_site();
    let mut daemon = Daemon::start(&folder);
    let body = json!({ "messageId": "late", "anonymousId": "late", "properties": { "path": "/" } }).to_string();
    let (first, rest) = body.split_at(20);
    let mut stream = TcpStream::connect(daemon.public_address()).expect("it listens");
    write!(
        stream,
        "POST /in/site/v1/page HTTP/1.1\r\nhost: x\r\nauthorization: Basic Z2VuZXJhdGVkLXdyaXRlLWtleTo=\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .expect("the head is sent");
    // Once it says "continue" it has begun to work on the request.
    let mut go_on = [0_u8; 12];
    stream.read_exact(&mut go_on).expect("it goes on");
    assert_eq!(&go_on, b"HTTP/1.1 100");
    stream.write_all(first.as_bytes()).expect("the body begins");
    daemon.signal(Signal::TERM);
    eventually("it takes no new connections", || {
        TcpStream::connect(daemon.public_address()).err()
    });
    stream.write_all(rest.as_bytes()).expect("the body ends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer, and then the end");
    assert!(answer.contains("HTTP/1.1 200"), "{answer}");
    assert!(daemon.ended().success(), "{}", daemon.log());
    assert!(
        !folder.data().join("hearken.addr").exists(),
        "nobody is sent to where nobody is"
    );
    let shown = hearken(&folder, &["prospect", "show", "anonymous:late", "--format", "json"])
        .done()
        .json();
    assert_eq!(shown["signals"]["count"], 1);
}

#[test]
fn a_second_signal_ends_at_once() {
    let folder = Folder::with_a_site();
    let mut daemon = Daemon::start(&folder);
    // A request whose body never comes keeps the first stop waiting.
    let mut stream = TcpStream::connect(daemon.public_address()).expect("it listens");
    write!(
        stream,
        "POST /in/site/v1/page HTTP/1.1\r\nhost: x\r\nauthorization: Basic Z2VuZXJhdGVkLXdyaXRlLWtleTo=\r\n\
         expect: 100-continue\r\ncontent-length: 10\r\n\r\n"
    )
    .expect("the head is sent");
    let mut go_on = [0_u8; 12];
    stream.read_exact(&mut go_on).expect("it goes on");
    daemon.signal(Signal::TERM);
    eventually("it is stopping", || TcpStream::connect(daemon.public_address()).err());
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ended().code(), Some(1), "{}", daemon.log());
}

#[test]
fn what_was_accepted_before_a_stop_is_there_after_the_next_start() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    for n in 0..50 {
        let page = json!({ "messageId": format!("m{n}"), "anonymousId": "a", "properties": { "path": "/roi" } });
        assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
    }
    daemon.stop();
    let daemon = Daemon::start(&folder);
    eventually("all fifty are applied", || {
        let shown = hearken(&folder, &["prospect", "show", "anonymous:a", "--format", "json"]);
        (shown.code == 0 && shown.json()["signals"]["count"] == 50).then_some(())
    });
    daemon.stop();
}

#[test]
fn a_second_daemon_on_the_same_store_is_refused() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let said = hearken(&folder, &["run"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("in use"), "{said:?}");
    assert!(
        folder.data().join("hearken.addr").exists(),
        "the first one's addresses stay"
    );
    daemon.stop();
}

#[test]
fn once_works_off_what_is_there_and_ends() {
    let folder = Folder::with_everything();
    let said = hearken(&folder, &["run", "--once"]).done();
    assert!(said.err.contains("worked off"), "{said:?}");
    assert!(!folder.data().join("hearken.addr").exists());
}
