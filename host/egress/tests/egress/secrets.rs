//! Secrets on the way out and on the way back.

use axum::{http::StatusCode, response::IntoResponse};
use base64::{Engine, prelude::BASE64_STANDARD};
use hearken_egress::{Code, Use};

use crate::support::{Server, Wiring, denied, get, send, with};

const VALUE: &str = "s3cr/et+v\"alue 1";

#[tokio::test]
async fn a_secret_is_put_in_on_the_way_out_and_masked_on_the_way_back() {
    let server = Server::answering(|got| {
        let sent = String::from_utf8_lossy(got.headers["authorization"].as_bytes()).into_owned();
        ([("x-echo", sent.clone())], format!("you sent {sent}")).into_response()
    })
    .await;
    let (outlet, _) = Wiring::none()
        .secret("token", VALUE, Use::Header)
        .and(&server, &["token"])
        .open(&server)
        .outlet();
    let placeholder = &outlet.placeholders()["token"];
    let request = with(get(server.url("/")), "authorization", &format!("Bearer {placeholder}"));
    let answer = send(&outlet, request).await.unwrap();
    assert_eq!(server.got()[0].headers["authorization"], format!("Bearer {VALUE}"));
    assert_eq!(answer.body, b"you sent Bearer ***");
    assert!(answer.headers.contains(&("x-echo".into(), "Bearer ***".into())));
}

#[tokio::test]
async fn an_echo_is_masked_in_each_encoding_and_packing() {
    use std::io::Write;
    let json = serde_json::Value::from(VALUE).to_string();
    let percent: String = VALUE.bytes().map(|b| format!("%{b:02x}")).collect();
    let escaped: String = VALUE.bytes().map(|b| format!("\\u00{b:02x}")).collect();
    let base64 = |before: &str| BASE64_STANDARD.encode(format!("{before}{VALUE}~~~"));
    for echo in [
        VALUE.to_owned(),
        json,
        percent,
        escaped,
        base64(""),
        base64("a"),
        base64("ab"),
    ] {
        for packed in [false, true] {
            let body = format!("<<{echo}>>");
            let server = Server::answering(move |_| {
                if !packed {
                    return body.clone().into_response();
                }
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                gzip.write_all(body.as_bytes()).unwrap();
                ([("content-encoding", "gzip")], gzip.finish().unwrap()).into_response()
            })
            .await;
            let (outlet, _) = Wiring::none()
                .secret("token", VALUE, Use::Header)
                .and(&server, &["token"])
                .open(&server)
                .outlet();
            let answer = send(&outlet, get(server.url("/"))).await.unwrap();
            let shown = String::from_utf8(answer.body).unwrap();
            assert!(
                shown.starts_with("<<") && shown.ends_with(">>") && shown.contains("***"),
                "{echo}: {shown}"
            );
            assert!(
                !answer
                    .headers
                    .iter()
                    .any(|(name, _)| name == "content-encoding" || name == "content-length")
            );
        }
    }
}

#[tokio::test]
async fn a_secret_in_the_body_is_written_as_the_body_is() {
    let server = Server::ok().await;
    let (outlet, _) = Wiring::none()
        .secret("token", VALUE, Use::Body)
        .and(&server, &["token"])
        .open(&server)
        .outlet();
    let placeholder = &outlet.placeholders()["token"];
    for (kind, body) in [
        (
            "application/json",
            serde_json::json!({ "token": placeholder }).to_string(),
        ),
        ("application/x-www-form-urlencoded", format!("token={placeholder}&a=b")),
    ] {
        let mut request = with(get(server.url("/")), "content-type", kind);
        request.method = "POST".into();
        request.body = Some(body.into_bytes());
        send(&outlet, request).await.unwrap();
    }
    let got = server.got();
    let json: serde_json::Value = serde_json::from_slice(&got[0].body).unwrap();
    assert_eq!(json["token"], VALUE);
    let form: Vec<_> = form_urlencoded::parse(&got[1].body).into_owned().collect();
    assert_eq!(form[0], ("token".to_owned(), VALUE.to_owned()));
}

#[tokio::test]
async fn a_secret_goes_to_no_host_that_it_is_not_granted_for() {
    let (server, other) = (Server::ok().await, Server::ok().await);
    let (outlet, _) = Wiring::none()
        .secret("token", VALUE, Use::Header)
        .and(&server, &["token"])
        .and(&other, &[])
        .open(&server)
        .open(&other)
        .outlet();
    let placeholder = &outlet.placeholders()["token"];
    let why = denied(&outlet, with(get(other.url("/")), "authorization", placeholder)).await;
    assert!(why.contains("not granted for this host"), "{why}");
    denied(&outlet, get(server.url(&format!("/?a={placeholder}")))).await;
    denied(&outlet, get(server.url(&format!("/{placeholder}")))).await;
    assert!(other.got().is_empty() && server.got().is_empty());
}

#[tokio::test]
async fn an_allowed_vendor_is_no_way_out_with_somebody_elses_account() {
    let server = Server::ok().await;
    let (outlet, _) = Wiring::none()
        .secret("token", VALUE, Use::Header)
        .and(&server, &["token"])
        .open(&server)
        .outlet();
    for (name, value) in [
        ("authorization", "Bearer other"),
        ("cookie", "session=other"),
        ("x-api-key", "other"),
    ] {
        denied(&outlet, with(get(server.url("/")), name, value)).await;
    }
    denied(&outlet, get(server.url("/?access_token=other"))).await;
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn refused_credentials_wait_for_their_operator() {
    let server = Server::answering(|_| StatusCode::UNAUTHORIZED.into_response()).await;
    let (outlet, _) = Wiring::none()
        .secret("token", VALUE, Use::Header)
        .and(&server, &["token"])
        .open(&server)
        .outlet();
    let placeholder = outlet.placeholders()["token"].clone();
    let asking = || with(get(server.url("/")), "authorization", &placeholder);
    for _ in 0..3 {
        assert_eq!(send(&outlet, asking()).await.unwrap().status, 401);
    }
    let error = send(&outlet, asking()).await.unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::BreakerOpen, false));
    assert_eq!(outlet.conditions().next().unwrap().1.word(), "needs-operator");
    assert_eq!(server.got().len(), 3);
}

#[tokio::test]
async fn a_refusal_without_a_secret_of_ours_is_the_plugins_affair() {
    let server = Server::status(401).await;
    let (outlet, _) = Wiring::to(&server).outlet();
    for _ in 0..5 {
        assert_eq!(send(&outlet, get(server.url("/"))).await.unwrap().status, 401);
    }
}

#[tokio::test]
async fn nothing_that_is_shown_has_the_secret() {
    let server = Server::ok().await;
    let wiring = Wiring::none()
        .secret("token", VALUE, Use::Query)
        .and(&server, &["token"])
        .open(&server);
    let spec = format!("{:?}", wiring.spec);
    let (outlet, rows) = wiring.outlet();
    let placeholder = outlet.placeholders()["token"].clone();
    send(&outlet, get(server.url(&format!("/p?key={placeholder}"))))
        .await
        .unwrap();
    assert!(server.got()[0].uri.query().unwrap().starts_with("key=s3cr%2F"));
    for shown in [spec, format!("{outlet:?}"), format!("{:?}", rows.all())] {
        assert!(!shown.contains("s3cr"), "{shown}");
    }
    assert_eq!(rows.all()[0].path, "/p");
}
