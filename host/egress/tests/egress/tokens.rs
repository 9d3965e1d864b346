//! Tokens that the host asks for: from a token endpoint on this machine.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{http::StatusCode, response::IntoResponse};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures::future::join_all;
use hearken_egress::{Client, ClientLogin, Code, Outcome, Outlet, Request, Response, TokenGrant, TokenSpec};

use crate::support::{Got, Rows, Server, Wiring, denied, get, send, with};

const CLIENT_SECRET: &str = "generated client/secret";
const REFRESH_TOKEN: &str = "generated-refresh-token";

/// An endpoint that gives `generated-token-1`, then 2, and so on, each with `more` of JSON.
async fn endpoint(more: &'static str) -> Server {
    let count = AtomicU64::new(0);
    Server::answering(move |_| {
        let n = count.fetch_add(1, Ordering::AcqRel) + 1;
        let body = format!("{{\"access_token\":\"generated-token-{n}\",\"token_type\":\"bearer\"{more}}}");
        ([("content-type", "application/json")], body).into_response()
    })
    .await
}

/// A vendor that takes tokens from `valid` on, and says what it was sent.
async fn vendor(valid: &Arc<AtomicU64>) -> Server {
    let valid = Arc::clone(valid);
    Server::answering(move |got| {
        let sent = got.headers["authorization"].to_str().unwrap().to_owned();
        let number: u64 = sent.rsplit('-').next().unwrap().parse().unwrap();
        if number < valid.load(Ordering::Acquire) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        format!("you sent {sent}").into_response()
    })
    .await
}

fn client(login: ClientLogin) -> Client {
    Client {
        id: "generated-client".into(),
        secret: Some(CLIENT_SECRET.to_owned().into()),
        login,
    }
}

fn spec(endpoint: &Server, grant: TokenGrant) -> TokenSpec {
    TokenSpec {
        name: "access".into(),
        endpoint: endpoint.url("/oauth/token").parse().unwrap(),
        grant,
        scopes: vec!["crm.read".into(), "crm.write".into()],
        parameters: vec![("audience".into(), "https://api.example.com".into())],
    }
}

fn by_credentials(endpoint: &Server) -> TokenSpec {
    spec(endpoint, TokenGrant::ClientCredentials(client(ClientLogin::Basic)))
}

fn wired(vendor: &Server, endpoint: &Server, token: TokenSpec) -> Wiring {
    let mut wiring = Wiring::none()
        .and(vendor, &["access"])
        .and(endpoint, &[])
        .open(vendor)
        .open(endpoint);
    wiring.spec.tokens.push(token);
    wiring
}

fn request(outlet: &Outlet, vendor: &Server) -> Request {
    let placeholder = &outlet.placeholders()["access"];
    with(
        get(vendor.url("/v1")),
        "authorization",
        &format!("Bearer {placeholder}"),
    )
}

async fn ask(outlet: &Outlet, vendor: &Server) -> Response {
    send(outlet, request(outlet, vendor)).await.unwrap()
}

fn form(got: &Got) -> Vec<(String, String)> {
    let mut form: Vec<_> = form_urlencoded::parse(&got.body).into_owned().collect();
    form.sort();
    form
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    owned.collect()
}

/// Whom what was asked: (port, outcome), in order.
fn told(rows: &Rows) -> Vec<(u16, Outcome)> {
    rows.all().iter().map(|row| (row.port, row.outcome)).collect()
}

#[tokio::test]
async fn a_token_is_asked_for_once_put_in_and_masked() {
    let (vendor, endpoint) = (vendor(&Arc::default()).await, endpoint(",\"expires_in\":3600").await);
    let (outlet, rows) = wired(&vendor, &endpoint, by_credentials(&endpoint)).outlet();
    for _ in 0..2 {
        assert_eq!(ask(&outlet, &vendor).await.body, b"you sent Bearer ***");
    }
    assert_eq!(vendor.got()[1].headers["authorization"], "Bearer generated-token-1");
    let asked = endpoint.got();
    assert_eq!(asked.len(), 1);
    let login = BASE64_STANDARD.encode("generated-client:generated+client%2Fsecret");
    assert_eq!(asked[0].headers["authorization"], format!("Basic {login}"));
    let wanted = [
        ("audience", "https://api.example.com"),
        ("grant_type", "client_credentials"),
        ("scope", "crm.read crm.write"),
    ];
    assert_eq!(form(&asked[0]), pairs(&wanted));
    let (there, here) = (vendor.address.port(), endpoint.address.port());
    let fine = Outcome::Status(200);
    assert_eq!(told(&rows), [(here, fine), (there, fine), (there, fine)]);
    assert_eq!(rows.all()[0].path, "/oauth/token");
    for shown in [format!("{outlet:?}"), format!("{:?}", rows.all())] {
        assert!(
            !shown.contains("generated-token") && !shown.contains("secret\""),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_refresh_token_is_asked_with_and_stays() {
    let (vendor, endpoint) = (
        vendor(&Arc::default()).await,
        endpoint(",\"refresh_token\":\"generated-refresh-token\"").await,
    );
    let grant = TokenGrant::RefreshToken {
        client: client(ClientLogin::Body),
        token: REFRESH_TOKEN.to_owned().into(),
    };
    let (outlet, _) = wired(&vendor, &endpoint, spec(&endpoint, grant)).outlet();
    assert_eq!(ask(&outlet, &vendor).await.status, 200);
    let wanted = [
        ("audience", "https://api.example.com"),
        ("client_id", "generated-client"),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH_TOKEN),
        ("scope", "crm.read crm.write"),
    ];
    assert_eq!(form(&endpoint.got()[0]), pairs(&wanted));
}

#[tokio::test]
async fn a_refresh_token_that_is_exchanged_is_refused() {
    let (vendor, endpoint) = (
        vendor(&Arc::default()).await,
        endpoint(",\"refresh_token\":\"generated-another\"").await,
    );
    let grant = TokenGrant::RefreshToken {
        client: client(ClientLogin::Body),
        token: REFRESH_TOKEN.to_owned().into(),
    };
    let (outlet, _) = wired(&vendor, &endpoint, spec(&endpoint, grant)).outlet();
    let error = send(&outlet, request(&outlet, &vendor)).await.unwrap_err();
    assert!(error.message.contains("exchanges the refresh token"), "{error}");
    assert!(!error.may_have_arrived && vendor.got().is_empty());
}

#[tokio::test]
async fn whoever_comes_while_a_token_is_asked_for_waits_for_that_one() {
    let (vendor, endpoint) = (vendor(&Arc::default()).await, endpoint("").await);
    let (outlet, _) = wired(&vendor, &endpoint, by_credentials(&endpoint))
        .limited(|limits| limits.in_flight = 3)
        .outlet();
    let answers = join_all((0..20).map(|_| ask(&outlet, &vendor))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(endpoint.got().len(), 1);
}

#[tokio::test]
async fn a_token_that_the_vendor_refuses_is_exchanged_once() {
    let valid = Arc::new(AtomicU64::new(1));
    let (vendor, endpoint) = (vendor(&valid).await, endpoint(",\"expires_in\":3600").await);
    let (outlet, rows) = wired(&vendor, &endpoint, by_credentials(&endpoint)).outlet();
    assert_eq!(ask(&outlet, &vendor).await.status, 200);
    valid.store(2, Ordering::Release);
    let answers = join_all((0..8).map(|_| ask(&outlet, &vendor))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(endpoint.got().len(), 2, "all of them take the one that came");
    let refused = told(&rows)
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Status(401))
        .count();
    assert_eq!(refused, 8, "each attempt has its row");

    valid.store(100, Ordering::Release);
    assert_eq!(ask(&outlet, &vendor).await.status, 401);
    assert_eq!(endpoint.got().len(), 3, "and once only");
    for _ in 0..2 {
        assert_eq!(ask(&outlet, &vendor).await.status, 401);
    }
    let error = send(&outlet, request(&outlet, &vendor)).await.unwrap_err();
    assert_eq!(error.code, Code::BreakerOpen, "it needs its operator");
}

#[tokio::test]
async fn a_client_that_is_refused_needs_its_operator_and_nothing_was_sent() {
    let vendor = vendor(&Arc::default()).await;
    let endpoint = Server::answering(|_| {
        let body = "{\"error\":\"invalid_client\",\"error_description\":\"no such client: generated client/secret\"}";
        (StatusCode::BAD_REQUEST, [("content-type", "application/json")], body).into_response()
    })
    .await;
    let (outlet, rows) = wired(&vendor, &endpoint, by_credentials(&endpoint)).outlet();
    for _ in 0..3 {
        let error = send(&outlet, request(&outlet, &vendor)).await.unwrap_err();
        assert_eq!((error.code, error.may_have_arrived), (Code::Protocol, false));
        assert_eq!(error.message, "no token 'access': invalid_client: no such client: ***");
    }
    let error = send(&outlet, request(&outlet, &vendor)).await.unwrap_err();
    assert_eq!((error.code, error.may_have_arrived), (Code::BreakerOpen, false));
    assert_eq!((endpoint.got().len(), vendor.got().len()), (3, 0));
    assert!(!format!("{:?}", rows.all()).contains("client/secret"));
}

#[tokio::test]
async fn a_token_goes_where_it_is_granted_and_its_endpoint_is_guarded_as_any_host() {
    let (vendor, endpoint) = (vendor(&Arc::default()).await, endpoint("").await);
    let other = Server::ok().await;
    let (outlet, _) = wired(&vendor, &endpoint, by_credentials(&endpoint))
        .and(&other, &[])
        .open(&other)
        .outlet();
    let bearer = format!("Bearer {}", outlet.placeholders()["access"]);
    let why = denied(&outlet, with(get(other.url("/")), "authorization", &bearer)).await;
    assert!(why.contains("not granted for this host"), "{why}");
    denied(
        &outlet,
        get(vendor.url(&format!("/?a={}", outlet.placeholders()["access"]))),
    )
    .await;
    assert!(endpoint.got().is_empty(), "what may not be sent needs no token");
    assert!(outlet.may_ask(&endpoint.url("/oauth/token").parse().unwrap()).is_ok());

    let mut wiring = Wiring::none().and(&vendor, &["access"]).open(&vendor);
    wiring.spec.tokens.push(by_credentials(&endpoint));
    let (outlet, rows) = wiring.outlet();
    let error = send(&outlet, request(&outlet, &vendor)).await.unwrap_err();
    assert_eq!(error.code, Code::Denied, "{error}");
    assert!(endpoint.got().is_empty() && vendor.got().is_empty());
    assert_eq!(told(&rows)[0], (endpoint.address.port(), Outcome::Failed(Code::Denied)));
    let refused = outlet.may_ask(&by_credentials(&endpoint).endpoint).unwrap_err();
    assert!(refused.0.contains("does not declare"), "{refused:?}");
}
