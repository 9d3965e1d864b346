//! The public listener: `/in/{connector}/…` for webhook plugins.
//!
//! A request passes: its target, its connector's door, its body, the door again where the
//! body carries the key, and then the engine, which answers once everything is stored.
//! What a plugin is given is stripped of what it must not see.

mod body;
mod cors;
mod credentials;
mod door;
mod json_field;
mod links;
mod path;
mod stripping;

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Instant};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hearken_engine::{Answer, Engine, Principal};
use hearken_model::HOST_CONNECTOR;
use tokio::{net::TcpListener, sync::Semaphore, time::timeout_at};
use tokio_util::sync::CancellationToken;

use self::{credentials::Shown, door::Entry, path::Target};
use crate::{
    Limits,
    listener::{self, Peer},
    metrics,
    refusal::Refusal,
};

pub use self::{
    credentials::{Credential, Found},
    door::{Door, DoorError},
    links::LinkPages,
};

/// Takes authenticated requests: the engine.
pub trait Receiver: Send + Sync + 'static {
    /// Answers a request for a connector; a status of 2xx only once what it says is stored.
    fn receive(&self, connector: &str, request: hearken_engine::Request) -> impl Future<Output = Answer> + Send;
}

impl Receiver for Engine {
    async fn receive(&self, connector: &str, request: hearken_engine::Request) -> Answer {
        Engine::receive(self, connector, request).await
    }
}

/// What the public listener serves.
pub struct Public<R> {
    receiver: R,
    doors: BTreeMap<String, Door>,
    limits: Limits,
    room: Semaphore,
    links: Option<LinkPages>,
}

impl<R: Receiver> Public<R> {
    /// `doors` by the names of the connectors whose plugins are webhooks.
    #[must_use]
    pub fn new(receiver: R, doors: BTreeMap<String, Door>, limits: Limits) -> Self {
        Self {
            receiver,
            doors,
            limits,
            room: Semaphore::new(limits.requests),
            links: None,
        }
    }

    /// Also serves the pages behind links in messages.
    #[must_use]
    pub fn with_links(self, links: LinkPages) -> Self {
        Self {
            links: Some(links),
            ..self
        }
    }

    /// The answer to a request below `/l/`, where links are served.
    async fn page(&self, Peer(peer): Peer, request: Request) -> Response {
        let deadline = tokio::time::Instant::now() + self.limits.request_time;
        match (&self.links, self.room.try_acquire()) {
            (None, _) => nothing_here().into_response(),
            (_, Err(_)) => busy("too many requests are under way").into_response(),
            (Some(links), Ok(_room)) => links.answer(peer, request, deadline).await,
        }
    }

    async fn answer(&self, peer: Peer, request: Request) -> (String, Response) {
        let target = match path::target(request.uri().path()) {
            Ok(Some(target)) => target,
            Ok(None) => return (String::new(), nothing_here().into_response()),
            Err(refusal) => return (String::new(), refusal.into_response()),
        };
        let Some((connector, door)) = self.doors.get_key_value(&target.connector) else {
            return (String::new(), nothing_here().into_response());
        };
        if door.has_cors() && request.method() == Method::OPTIONS {
            return (connector.clone(), cors::preflight(request.headers()));
        }
        let answered = self.let_in(door, target, peer, request).await;
        let mut response = answered.unwrap_or_else(IntoResponse::into_response);
        if door.has_cors() {
            cors::allow(response.headers_mut());
        }
        (connector.clone(), response)
    }

    async fn let_in(&self, door: &Door, target: Target, peer: Peer, request: Request) -> Result<Response, Refusal> {
        // The request's time runs from here, whatever it is spent on.
        let deadline = tokio::time::Instant::now() + self.limits.request_time;
        let Ok(_room) = self.room.try_acquire() else {
            return Err(busy("too many requests are under way"));
        };
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let shown = Shown {
            headers: &parts.headers,
            query,
            path: &target.path,
            body: None,
        };
        let first = door.ask(shown);
        if matches!(first, Entry::Refused) {
            return Err(unauthorized());
        }
        let read = timeout_at(deadline, body::read(&parts.headers, body, door.max_body_bytes()));
        let body = read.await.map_err(|_| too_slow())??;
        let proved = match first {
            Entry::AskBody => door.ask(Shown {
                body: Some(&body),
                ..shown
            }),
            known => known,
        };
        let Entry::As(credential) = proved else {
            return Err(unauthorized());
        };
        let principal = credential.map(|c| Principal {
            name: c.name().to_owned(),
            public: c.is_public(),
        });
        let shown = self.shown_to_plugin(door, &parts, &target, body.into(), principal, peer);
        match timeout_at(deadline, self.receiver.receive(&target.connector, shown)).await {
            Ok(answer) => Ok(response(answer)),
            Err(_) => Err(busy("the request could not be worked off in time")),
        }
    }

    fn shown_to_plugin(
        &self,
        door: &Door,
        parts: &Parts,
        target: &Target,
        mut body: Vec<u8>,
        principal: Option<Principal>,
        Peer(peer): Peer,
    ) -> hearken_engine::Request {
        let credentials = door.credentials();
        for field in stripping::secret_fields(credentials) {
            json_field::blank(&mut body, field);
        }
        hearken_engine::Request {
            method: parts.method.as_str().to_owned(),
            path: stripping::path(target.path.clone(), credentials),
            query: stripping::query(parts.uri.query().unwrap_or_default(), credentials),
            headers: stripping::headers(&parts.headers, credentials),
            body,
            principal,
            peer: peer.ip().to_string(),
        }
    }
}

/// Serves the public listener until `cancel`; returns once all begun requests are answered.
pub async fn serve_public<R: Receiver>(listener: TcpListener, public: Public<R>, cancel: CancellationToken) {
    let limits = public.limits;
    let app = Router::new().fallback(entry::<R>).with_state(Arc::new(public));
    listener::serve(listener, app, limits, cancel).await;
}

async fn entry<R: Receiver>(
    State(public): State<Arc<Public<R>>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Response {
    let begun = Instant::now();
    if request.uri().path().starts_with("/l/") {
        let response = public.page(peer, request).await;
        metrics::request("public", HOST_CONNECTOR, response.status().as_u16(), begun.elapsed());
        return response;
    }
    let (connector, mut response) = public.answer(peer, request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A plugin's answer shares its origin with our own pages for people outside: if it is
    // opened in a browser, nothing in it may run.
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    metrics::request("public", &connector, response.status().as_u16(), begun.elapsed());
    response
}

/// A plugin's answer, without headers that are the host's to set or that cannot be sent.
fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in answer.headers {
        let named = HeaderName::try_from(&name).ok().filter(|n| !is_hosts_own(n));
        match (named, HeaderValue::try_from(value)) {
            (Some(name), Ok(value)) => {
                headers.append(name, value);
            }
            _ => tracing::debug!(
                header = name.escape_debug().to_string(),
                "a header of a plugin's answer is left out"
            ),
        }
    }
    response
}

fn is_hosts_own(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("access-control-")
        || matches!(
            name,
            "connection"
                | "content-length"
                | "date"
                | "keep-alive"
                | "proxy-connection"
                | "server"
                | "set-cookie"
                | "te"
                | "trailer"
                | "transfer-encoding"
                | "upgrade"
        )
}

fn nothing_here() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "there is nothing here",
        "requests go to /in/CONNECTOR/…, as the plugin's README says",
    )
}

/// The same for a missing and for a wrong credential, and for every place: whoever guesses
/// learns nothing.
fn unauthorized() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "the request carries no valid key",
        "use the key that the operator set for this connector",
    )
    .with_header(header::WWW_AUTHENTICATE, "Basic realm=\"hearken\"")
}

fn too_slow() -> Refusal {
    Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        "the body did not arrive in time",
        "send it again, in smaller batches",
    )
    .with_header(header::CONNECTION, "close")
}

fn busy(error: &'static str) -> Refusal {
    Refusal::new(
        StatusCode::SERVICE_UNAVAILABLE,
        error,
        "send it again after Retry-After seconds",
    )
    .with_header(header::RETRY_AFTER, "1")
}
