//! A server that notes what it gets, a resolver that says what it is told, an audit in
//! memory.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use hearken_egress::{
    Always, Audit, Code, Egress, Error, Grant, Limits, Lookup, Outlet, OutletSpec, Request, Response as Answer, Row,
    Rule, Scheme, SecretSpec, Use, Written,
};

/// What a server got.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

type Answering = dyn Fn(&Got) -> Response + Send + Sync;

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
}

struct Shared {
    got: Arc<Mutex<Vec<Got>>>,
    answering: Box<Answering>,
}

impl Server {
    pub(crate) async fn answering(answering: impl Fn(&Got) -> Response + Send + Sync + 'static) -> Self {
        let got = Arc::default();
        let shared = Arc::new(Shared {
            got: Arc::clone(&got),
            answering: Box::new(answering),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, got }
    }

    pub(crate) async fn ok() -> Self {
        Self::answering(|_| "fine".into_response()).await
    }

    pub(crate) async fn status(status: u16) -> Self {
        Self::answering(move |_| StatusCode::from_u16(status).unwrap().into_response()).await
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let got = Got { uri, headers, body };
    let answer = (shared.answering)(&got);
    shared.got.lock().unwrap().push(got);
    answer
}

/// Answers in their order, the last one for good; and counts how often it was asked.
#[derive(Clone, Default)]
pub(crate) struct Told {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Told {
    pub(crate) fn saying(answers: &[&[&str]]) -> Self {
        let parsed = answers.iter().map(|a| a.iter().map(|ip| ip.parse().unwrap()).collect());
        Self {
            answers: Arc::new(Mutex::new(parsed.collect())),
            ..Self::default()
        }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Lookup for Told {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        answer.ok_or_else(|| io::Error::other("no such name"))
    }
}

#[derive(Clone, Default)]
pub(crate) struct Rows(Arc<Mutex<Vec<Row>>>);

impl Rows {
    pub(crate) fn all(&self) -> Vec<Row> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Audit for Rows {
    async fn note(&self, row: Row) {
        self.0.lock().unwrap().push(row);
    }
}

/// What a test wires; hosts are declared and granted alike.
pub(crate) struct Wiring {
    pub(crate) told: Told,
    pub(crate) rows: Rows,
    pub(crate) spec: OutletSpec,
}

pub(crate) fn rule(scheme: Scheme, host: &str, port: u16, path: &str) -> Rule {
    Rule::granted(&Written {
        scheme,
        host,
        port: Some(port),
        methods: &[],
        path,
    })
    .unwrap()
}

impl Wiring {
    pub(crate) fn none() -> Self {
        Self {
            told: Told::default(),
            rows: Rows::default(),
            spec: OutletSpec {
                connector: "crm".into(),
                declared: Vec::new(),
                granted: Vec::new(),
                secrets: Vec::new(),
                tokens: Vec::new(),
                allow_private: Vec::new(),
                proxy: None,
                ca_file: None,
                rates: Vec::new(),
                limits: Limits {
                    total: Duration::from_secs(5),
                    ..Limits::default()
                },
            },
        }
    }

    /// A server by its address, opened.
    pub(crate) fn to(server: &Server) -> Self {
        Self::none().and(server, &[]).open(server)
    }

    pub(crate) fn and(self, server: &Server, secrets: &[&str]) -> Self {
        self.host(&server.address.ip().to_string(), server.address.port(), secrets)
    }

    pub(crate) fn host(mut self, host: &str, port: u16, secrets: &[&str]) -> Self {
        let rule = rule(Scheme::Http, host, port, "/");
        self.spec.declared.push(rule.clone());
        self.spec.granted.push(Grant {
            rule,
            secrets: secrets.iter().map(|s| (*s).to_owned()).collect(),
        });
        self
    }

    pub(crate) fn open(mut self, server: &Server) -> Self {
        self.spec.allow_private.push(server.address);
        self
    }

    pub(crate) fn secret(mut self, name: &str, value: &str, used: Use) -> Self {
        self.spec.secrets.push(SecretSpec {
            name: name.into(),
            value: value.to_owned().into(),
            uses: [used].into(),
        });
        self
    }

    pub(crate) fn looking_up(mut self, told: &Told) -> Self {
        self.told = told.clone();
        self
    }

    pub(crate) fn limited(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.spec.limits);
        self
    }

    pub(crate) fn egress(&self) -> Egress {
        Egress::new(Arc::new(self.told.clone()), Arc::new(self.rows.clone()))
    }

    pub(crate) fn outlet(self) -> (Outlet, Rows) {
        let outlet = self.egress().outlet(self.spec).unwrap();
        (outlet, self.rows)
    }
}

pub(crate) fn get(url: impl Into<String>) -> Request {
    Request {
        method: "GET".into(),
        url: url.into(),
        ..Request::default()
    }
}

pub(crate) fn with(mut request: Request, name: &str, value: &str) -> Request {
    request.headers.push((name.into(), value.into()));
    request
}

pub(crate) async fn send(outlet: &Outlet, request: Request) -> Result<Answer, Error> {
    outlet.send(request, &Always).await
}

pub(crate) async fn denied(outlet: &Outlet, request: Request) -> String {
    let shown = format!("{request:?}");
    match send(outlet, request).await {
        Err(error) if error.code == Code::Denied && !error.may_have_arrived => error.message,
        other => panic!("{shown} ended with {other:?}"),
    }
}
