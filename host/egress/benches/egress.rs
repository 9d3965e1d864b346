//! What the guard costs a request: an outlet with a secret against a bare client, both to a
//! server on this machine. The difference is the allow-list, placeholders, gates, permission,
//! masking and audit.

use std::{hint::black_box, net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use axum::{Router, routing::post};
use criterion::{Criterion, criterion_group, criterion_main};
use hearken_egress::{
    Always, Audit, Egress, Grant, Limits, Outlet, OutletSpec, Request, Row, Rule, Scheme, SecretSpec, SystemLookup,
    Use, Written,
};
use tokio::runtime::Runtime;

struct Dropped;

#[async_trait]
impl Audit for Dropped {
    async fn note(&self, row: Row) {
        black_box(row);
    }
}

async fn serve() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new().route(
        "/v1/contacts",
        post(|| async { "{\"id\":\"c-1\",\"state\":\"created\"}" }),
    );
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn outlet(address: SocketAddr) -> Outlet {
    let host = address.ip().to_string();
    let rule = Rule::granted(&Written {
        scheme: Scheme::Http,
        host: &host,
        port: Some(address.port()),
        methods: &["POST".to_owned()],
        path: "/v1",
    })
    .expect("a rule");
    let spec = OutletSpec {
        connector: "crm".into(),
        declared: vec![rule.clone()],
        granted: vec![Grant {
            rule,
            secrets: ["token".to_owned()].into(),
        }],
        secrets: vec![SecretSpec {
            name: "token".into(),
            value: "a-token-of-a-usual-length-0123456789".to_owned().into(),
            uses: [Use::Header].into(),
        }],
        tokens: Vec::new(),
        allow_private: vec![address],
        proxy: None,
        ca_file: None,
        rates: Vec::new(),
        limits: Limits {
            bytes_per_hour: u64::MAX,
            ..Limits::default()
        },
    };
    Egress::new(Arc::new(SystemLookup), Arc::new(Dropped))
        .outlet(spec)
        .expect("an outlet")
}

fn costs(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let address = runtime.block_on(serve());
    let url = format!("http://{address}/v1/contacts?trace=1");
    let body = serde_json::json!({ "email": "ann@example.com", "note": "x".repeat(400) }).to_string();
    let outlet = outlet(address);
    let authorization = format!("Bearer {}", outlet.placeholders()["token"]);
    let tls = rustls::crypto::ring::default_provider().install_default();
    tls.expect("nothing was installed before");
    let bare = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut group = criterion.benchmark_group("egress");
    group.bench_function("bare", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let request = bare.post(&url).header("authorization", "Bearer x").body(body.clone());
                let answer = request.send().await.expect("an answer");
                answer.bytes().await.expect("a body")
            })
        });
    });
    group.bench_function("guarded", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let request = Request {
                    method: "POST".into(),
                    url: url.clone(),
                    headers: vec![
                        ("authorization".into(), authorization.clone()),
                        ("content-type".into(), "application/json".into()),
                    ],
                    body: Some(body.clone().into_bytes()),
                    timeout: None,
                    item: Some("a-1".into()),
                };
                outlet.send(request, &Always).await.expect("an answer")
            })
        });
    });
    group.bench_function("denied", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                let request = Request {
                    method: "POST".into(),
                    url: "https://elsewhere.example/".into(),
                    ..Request::default()
                };
                outlet.send(request, &Always).await.expect_err("it is not declared")
            })
        });
    });
    group.finish();
}

criterion_group!(benches, costs);
criterion_main!(benches);
