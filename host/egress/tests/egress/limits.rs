//! Sizes, times, quotas.

use std::{io::Write, time::Duration};

use async_trait::async_trait;
use axum::{body::Body, http::StatusCode, response::IntoResponse};
use hearken_egress::{Code, Outcome, Permission, Rate, Request, Use};

use crate::support::{Server, Wiring, get, send, with};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[tokio::test]
async fn an_answer_is_no_larger_than_allowed_packed_or_not() {
    let bomb = gzip(&vec![b'a'; 8 << 20]);
    assert!(bomb.len() < 64 << 10);
    let server = Server::answering(move |got| match got.uri.path() {
        "/bomb" => ([("content-encoding", "gzip")], bomb.clone()).into_response(),
        "/twice" => ([("content-encoding", "gzip, gzip")], gzip(&bomb)).into_response(),
        "/odd" => ([("content-encoding", "zstd")], "x").into_response(),
        "/broken" => ([("content-encoding", "gzip")], "x").into_response(),
        _ => vec![b'a'; 100_000].into_response(),
    })
    .await;
    let (outlet, _) = Wiring::to(&server)
        .limited(|limits| limits.response_bytes = 64 << 10)
        .outlet();
    for (path, code) in [
        ("/bomb", Code::TooLarge),
        ("/twice", Code::TooLarge),
        ("/large", Code::TooLarge),
        ("/odd", Code::Protocol),
        ("/broken", Code::Protocol),
    ] {
        let error = send(&outlet, get(server.url(path))).await.unwrap_err();
        assert_eq!((error.code, error.may_have_arrived), (code, true), "{path}");
    }
}

#[tokio::test]
async fn bodies_are_unpacked() {
    let server = Server::answering(|got| match got.uri.path() {
        "/deflate" => {
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            zlib.write_all(b"small").unwrap();
            ([("content-encoding", "deflate")], zlib.finish().unwrap()).into_response()
        }
        _ => ([("content-encoding", "gzip")], gzip(b"small")).into_response(),
    })
    .await;
    let (outlet, _) = Wiring::to(&server).outlet();
    for path in ["/deflate", "/gzip"] {
        assert_eq!(
            send(&outlet, get(server.url(path))).await.unwrap().body,
            b"small",
            "{path}"
        );
    }
    let mut head = get(server.url("/gzip"));
    head.method = "HEAD".into();
    assert_eq!(send(&outlet, head).await.unwrap().body, b"");
}

#[tokio::test]
async fn a_request_is_no_larger_than_allowed() {
    let server = Server::ok().await;
    let (outlet, _) = Wiring::to(&server)
        .limited(|limits| (limits.request_bytes, limits.headers, limits.header_bytes) = (10, 20, 1000))
        .outlet();
    let large = Request {
        method: "POST".into(),
        body: Some(vec![0; 11]),
        ..get(server.url("/"))
    };
    let many = (0..21).fold(get(server.url("/")), |request, n| with(request, &format!("x-{n}"), ""));
    let long = with(get(server.url("/")), "x", &"a".repeat(1000));
    for request in [large, many, long] {
        let error = send(&outlet, request).await.unwrap_err();
        assert_eq!((error.code, error.may_have_arrived), (Code::TooLarge, false));
    }
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn too_many_headers_are_no_answer() {
    let server = Server::answering(|_| {
        let mut response = "x".into_response();
        for n in 0..50_u16 {
            let name = axum::http::HeaderName::from_bytes(format!("x-{n}").as_bytes()).unwrap();
            response.headers_mut().insert(name, n.into());
        }
        response
    })
    .await;
    let (outlet, _) = Wiring::to(&server).limited(|limits| limits.headers = 20).outlet();
    let error = send(&outlet, get(server.url("/"))).await.unwrap_err();
    assert!(
        error.may_have_arrived && matches!(error.code, Code::TooLarge | Code::Protocol),
        "{error:?}"
    );
}

#[tokio::test]
async fn whoever_does_not_answer_in_time_may_have_got_it() {
    let server = Server::answering(|_| Body::from_stream(Never).into_response()).await;
    let (outlet, rows) = Wiring::to(&server)
        .limited(|limits| limits.total = Duration::from_millis(200))
        .outlet();
    let error = send(&outlet, get(server.url("/"))).await.unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::Timeout, true));
    assert_eq!(rows.all()[0].outcome, Outcome::Failed(Code::Timeout));
    assert_eq!(server.got().len(), 1);
}

struct Never;

impl futures::Stream for Never {
    type Item = Result<axum::body::Bytes, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    let server = Server::answering(|_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "120")]).into_response()).await;
    let (outlet, rows) = Wiring::to(&server).outlet();
    assert_eq!(send(&outlet, get(server.url("/"))).await.unwrap().status, 429);
    let error = send(&outlet, get(server.url("/"))).await.unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::RateLimited, false));
    let wait = error.retry_after.unwrap();
    assert!(
        wait > Duration::from_secs(110) && wait <= Duration::from_secs(120),
        "{wait:?}"
    );
    assert_eq!((server.got().len(), rows.all().len()), (1, 2));
}

#[tokio::test]
async fn a_quota_holds_for_a_credential_whoever_uses_it() {
    let server = Server::ok().await;
    let rate = Rate {
        requests: 1,
        per: Duration::from_secs(3600),
    };
    let wire = || {
        let mut wiring = Wiring::none()
            .secret("key", "the-same-key", Use::Header)
            .and(&server, &["key"])
            .open(&server);
        wiring.spec.rates.push(rate);
        wiring
    };
    let first = wire();
    let egress = first.egress();
    let (first, second) = (egress.outlet(first.spec).unwrap(), egress.outlet(wire().spec).unwrap());
    let asking = |outlet: &hearken_egress::Outlet| with(get(server.url("/")), "x-key", &outlet.placeholders()["key"]);
    assert_eq!(send(&first, asking(&first)).await.unwrap().status, 200);
    let error = send(&second, asking(&second)).await.unwrap_err();
    assert_eq!(error.code, Code::RateLimited);
    assert!(error.retry_after.unwrap() > Duration::from_secs(3000));
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn a_destination_that_fails_is_left_alone_and_others_are_not() {
    let (bad, good) = (Server::status(500).await, Server::ok().await);
    let (outlet, _) = Wiring::to(&bad).and(&good, &[]).open(&good).outlet();
    for _ in 0..5 {
        assert_eq!(send(&outlet, get(bad.url("/"))).await.unwrap().status, 500);
    }
    let error = send(&outlet, get(bad.url("/"))).await.unwrap_err();
    assert_eq!(error.code, Code::BreakerOpen);
    assert!(error.retry_after.is_some());
    assert_eq!(send(&outlet, get(good.url("/"))).await.unwrap().status, 200);
    assert_eq!(bad.got().len(), 5);
}

#[tokio::test]
async fn the_bytes_of_an_hour_are_counted() {
    let server = Server::answering(|_| vec![b'a'; 10_000].into_response()).await;
    let (outlet, _) = Wiring::to(&server)
        .limited(|limits| limits.bytes_per_hour = 5_000)
        .outlet();
    assert_eq!(send(&outlet, get(server.url("/"))).await.unwrap().status, 200);
    let error = send(&outlet, get(server.url("/"))).await.unwrap_err();
    assert_eq!(error.code, Code::RateLimited);
    assert_eq!(server.got().len(), 1);
}

/// Lets through what is for one item.
struct Only(&'static str);

#[async_trait]
impl Permission for Only {
    async fn may_send(&self, item: Option<&str>) -> Result<(), String> {
        if item == Some(self.0) {
            Ok(())
        } else {
            Err("the person has unsubscribed".into())
        }
    }
}

#[tokio::test]
async fn whoever_knows_consents_is_asked_for_each_item_before_it_is_sent() {
    let server = Server::ok().await;
    let (outlet, rows) = Wiring::to(&server).outlet();
    for (item, may) in [("a", true), ("b", false)] {
        let request = Request {
            item: Some(item.into()),
            ..get(server.url("/"))
        };
        assert_eq!(outlet.send(request, &Only("a")).await.is_ok(), may, "{item}");
    }
    assert_eq!(server.got().len(), 1);
    let items: Vec<_> = rows.all().into_iter().map(|row| row.item.unwrap()).collect();
    assert_eq!(items, ["a", "b"]);
}
