//! The public listener's limits, against a receiver that answers when it is told to.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use hearken_console::{Credential, Door, DoorSettings, Limits, Public, Receiver, Served, Standing, serve_public};
use hearken_engine::{Answer, Request};
use hearken_webhook_auth::{Once, Place, PlaceKind, Scheme};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
};
use tokio_util::sync::CancellationToken;

/// Tells of each request, and answers when `go` says so.
struct Held {
    came: mpsc::UnboundedSender<Request>,
    go: Arc<Notify>,
}

impl Receiver for Held {
    async fn receive(&self, _: &str, request: Request) -> Answer {
        let _ = self.came.send(request);
        self.go.notified().await;
        let headers = [
            ("allow", "POST"),
            ("set-cookie", "a=b"),
            ("bad name", "x"),
            ("content-length", "7"),
        ];
        let headers = headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
        Answer {
            status: 200,
            headers,
            body: b"answered".to_vec(),
        }
    }

    async fn answered(&self, _: &str, _: Once) -> Option<Answer> {
        None
    }

    async fn keep(&self, _: &str, _: Once, _: Answer) {}
}

struct Serving {
    address: SocketAddr,
    came: mpsc::UnboundedReceiver<Request>,
    go: Arc<Notify>,
    cancel: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

async fn serve(limits: Limits) -> Serving {
    let places = vec![
        Place::named(PlaceKind::Header, "x-key"),
        Place::named(PlaceKind::Query, "key"),
        Place::named(PlaceKind::JsonField, "/key"),
    ];
    let scheme = Scheme::Token(places);
    let credential = Credential::new("key".into(), Standing::Secret, scheme, &["generated"]).expect("it fits");
    let door = Door::new(DoorSettings {
        credentials: vec![credential],
        max_body_bytes: 1000,
        ..DoorSettings::default()
    })
    .expect("a door");
    let (sender, came) = mpsc::unbounded_channel();
    let go = Arc::new(Notify::new());
    let public = Public::new(
        Held {
            came: sender,
            go: Arc::clone(&go),
        },
        BTreeMap::from([("a".into(), door)]),
        limits,
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let cancel = CancellationToken::new();
    let task = tokio::spawn(serve_public(listener, Served::new(public), cancel.clone()));
    Serving {
        address,
        came,
        go,
        cancel,
        task,
    }
}

async fn begin(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    text
}

const GOOD: &str = "POST /in/a/x?key=generated&other=1 HTTP/1.1\r\nhost: x\r\ncookie: c\r\nx-forwarded-for: 1.2.3.4\r\n\
                    x-kept: yes\r\nconnection: close, x-hop\r\nx-hop: 1\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn more_requests_than_there_is_room_for_are_told_to_come_back() {
    let mut served = serve(Limits {
        requests: 1,
        ..Limits::default()
    })
    .await;
    let first = begin(served.address, GOOD).await;
    served.came.recv().await.expect("the first is under way");
    let second = rest(begin(served.address, GOOD).await).await;
    assert!(second.starts_with("HTTP/1.1 503"), "{second}");
    assert!(second.contains("retry-after: 1"), "{second}");
    served.go.notify_one();
    let first = rest(first).await;
    assert!(
        first.starts_with("HTTP/1.1 200") && first.ends_with("answered"),
        "{first}"
    );
}

#[tokio::test]
async fn a_plugin_is_shown_neither_credentials_nor_what_proxies_say() {
    let mut served = serve(Limits::default()).await;
    let body = r#"{"key":"not this","x":1}"#;
    let length = GOOD
        .replace("content-length: 2", &format!("content-length: {}", body.len()))
        .replace("{}", body);
    let stream = begin(served.address, &length).await;
    let request = served.came.recv().await.expect("it comes");
    let names: Vec<&str> = request.headers.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["host", "x-kept"]);
    assert_eq!(request.query, "other=1");
    assert_eq!(request.body, br#"{"key":"********","x":1}"#);
    assert_eq!(request.peer, "127.0.0.1");
    assert_eq!(
        request.principal.map(|p| (p.name, p.public)),
        Some(("key".into(), false))
    );
    served.go.notify_one();
    let answer = rest(stream).await;
    assert!(
        answer.contains("allow: POST") && !answer.contains("set-cookie"),
        "{answer}"
    );
    assert!(answer.contains("content-length: 8"), "lengths are the host's: {answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let served = serve(Limits {
        request_time: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let half = GOOD.replace("content-length: 2", "content-length: 200");
    let answer = rest(begin(served.address, &half).await).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let served = serve(Limits {
        head_time: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let stream = begin(served.address, "POST /in/a/x HTTP/1.1\r\nhost:").await;
    let answer = tokio::time::timeout(Duration::from_secs(20), rest(stream))
        .await
        .expect("the connection is closed");
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_a_503() {
    let mut served = serve(Limits {
        request_time: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let stream = begin(served.address, GOOD).await;
    served.came.recv().await.expect("it comes");
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
}

#[tokio::test]
async fn a_stop_waits_for_requests_that_were_begun() {
    let mut served = serve(Limits::default()).await;
    let stream = begin(served.address, GOOD).await;
    served.came.recv().await.expect("it comes");
    served.cancel.cancel();
    let refused = async {
        while TcpStream::connect(served.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), refused)
        .await
        .expect("no new connection is taken");
    assert!(!served.task.is_finished(), "the begun request is waited for");
    served.go.notify_one();
    assert!(rest(stream).await.starts_with("HTTP/1.1 200"));
    tokio::time::timeout(Duration::from_secs(20), served.task)
        .await
        .expect("it ends")
        .expect("well");
}
