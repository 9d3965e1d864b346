//! The public listener: `/in/{connector}/…` for webhook plugins, `/l/…` for links in messages,
//! `/site/{connector}…` for a site's pages.
//!
//! A request passes: its target, its connector's door, its body, the door again where the
//! body carries the key or is signed, and then the engine, which answers once everything is
//! stored. One that was signed for one moment and comes again is answered as before. What a
//! plugin is given is stripped of what it must not see, and what it answers of what it must
//! not say.

mod admission;
mod answer;
mod body;
mod cors;
mod credentials;
mod door;
mod links;
mod path;
mod replays;
mod site;
mod stripping;
mod told;

use std::{collections::BTreeMap, future::Future, sync::Arc, time};

use arc_swap::ArcSwap;
use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use hearken_engine::{Answer, Clock, Engine, SystemClock};
use hearken_model::{HOST_CONNECTOR, Instant};
use hearken_webhook_auth::Once;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;

use crate::{
    Limits,
    listener::{self, Peer},
    metrics,
    refusal::Refusal,
};

pub use self::{
    credentials::{Credential, Standing},
    door::{Door, DoorError, DoorSettings},
    links::LinkPages,
    site::SitePages,
};

/// Takes authenticated requests: the engine.
pub trait Receiver: Send + Sync + 'static {
    /// Answers a request for a connector; a status of 2xx only once what it says is stored.
    fn receive(&self, connector: &str, request: hearken_engine::Request) -> impl Future<Output = Answer> + Send;

    /// How a request was answered that may come once only, perhaps before a restart.
    fn answered(&self, connector: &str, once: Once) -> impl Future<Output = Option<Answer>> + Send;

    /// Keeps how such a request was answered. The answer goes out once that is done.
    fn keep(&self, connector: &str, once: Once, answer: Answer) -> impl Future<Output = ()> + Send;
}

impl Receiver for Engine {
    async fn receive(&self, connector: &str, request: hearken_engine::Request) -> Answer {
        Engine::receive(self, connector, request).await
    }

    async fn answered(&self, connector: &str, once: Once) -> Option<Answer> {
        Engine::answered(self, connector, once.digest).await
    }

    async fn keep(&self, connector: &str, once: Once, answer: Answer) {
        let until = Instant(u64::try_from(once.until_ms).unwrap_or_default());
        Engine::keep_answer(self, connector, once.digest, until, answer).await;
    }
}

/// What the public listener serves.
pub struct Public<R> {
    receiver: Arc<R>,
    doors: BTreeMap<String, Door>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    room: Semaphore,
    links: Option<LinkPages>,
    site: Option<SitePages>,
}

impl<R: Receiver> Public<R> {
    /// `doors` by the names of the connectors whose plugins are webhooks.
    #[must_use]
    pub fn new(receiver: R, doors: BTreeMap<String, Door>, limits: Limits) -> Self {
        Self {
            receiver: Arc::new(receiver),
            doors,
            clock: Arc::new(SystemClock),
            limits,
            room: Semaphore::new(limits.requests),
            links: None,
            site: None,
        }
    }

    /// With another clock, by which signed requests grow old.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Also serves the pages behind links in messages.
    #[must_use]
    pub fn with_links(self, links: LinkPages) -> Self {
        Self {
            links: Some(links),
            ..self
        }
    }

    /// Also serves the script of a site's pages, and what is shown on them.
    #[must_use]
    pub fn with_site(self, site: SitePages) -> Self {
        Self {
            site: Some(site),
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
        let answered = self.let_in(connector, door, target, peer, request).await;
        let mut response = answered.unwrap_or_else(IntoResponse::into_response);
        if door.has_cors() {
            cors::allow(response.headers_mut());
        }
        (connector.clone(), response)
    }
}

/// What is served at the public listener now; a reload puts another in its place.
pub struct Served<R>(Arc<ArcSwap<Public<R>>>);

impl<R> Clone for Served<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Receiver> Served<R> {
    /// To begin with.
    #[must_use]
    pub fn new(public: Public<R>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(public)))
    }

    /// From now on. Requests that have begun end where they are; what came already is still
    /// known at the doors of connectors that stay.
    pub fn replace(&self, mut public: Public<R>) {
        let before = self.0.load();
        for (connector, door) in &mut public.doors {
            if let Some(before) = before.doors.get(connector) {
                door.remember(before);
            }
        }
        self.0.store(Arc::new(public));
    }
}

/// Serves the public listener until `cancel`; returns once all begun requests are answered.
pub async fn serve_public<R: Receiver>(listener: TcpListener, served: Served<R>, cancel: CancellationToken) {
    let limits = served.0.load().limits;
    let serving = Serving {
        served,
        over: cancel.clone(),
    };
    let app = Router::new().fallback(entry::<R>).with_state(serving);
    listener::serve(listener, app, limits, cancel).await;
}

/// What is served, and for how long: what waits for something that may never come ends with it.
struct Serving<R> {
    served: Served<R>,
    over: CancellationToken,
}

impl<R> Clone for Serving<R> {
    fn clone(&self) -> Self {
        Self {
            served: self.served.clone(),
            over: self.over.clone(),
        }
    }
}

async fn entry<R: Receiver>(
    State(Serving { served, over }): State<Serving<R>>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Response {
    let begun = time::Instant::now();
    let public = served.0.load_full();
    if request.uri().path().starts_with("/l/") {
        let response = public.page(peer, request).await;
        metrics::request("public", HOST_CONNECTOR, response.status().as_u16(), begun.elapsed());
        return response;
    }
    let (connector, mut response) = if request.uri().path().starts_with("/site/") {
        public.at_site(peer, request, over).await
    } else {
        public.answer(peer, request).await
    };
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

fn nothing_here() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "there is nothing here",
        "requests go to /in/CONNECTOR/…, as the plugin's README says",
    )
}

fn busy(error: &'static str) -> Refusal {
    Refusal::new(
        StatusCode::SERVICE_UNAVAILABLE,
        error,
        "send it again after Retry-After seconds",
    )
    .with_header(header::RETRY_AFTER, "1")
}
