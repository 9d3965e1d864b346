//! What is below `/site/`: the script of a site's pages (`/site/CONNECTOR.js`), where a page
//! waits for its notice (`POST /site/CONNECTOR/wait`), and where it says what became of one
//! (`POST /site/CONNECTOR/said`).
//!
//! A page proves what it proves at the connector's own door, with the same key in the same
//! place of a body, and no plugin is asked: what is shown is the host's. A page that waits
//! holds no place among the requests that are worked on; how many wait is bounded by the board.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use hearken_engine::{Engine, LinkError, SaidOnPage};
use hearken_site::script;
use hearken_webhook_auth as auth;
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{
    Public, Receiver, body, busy, cors,
    door::{Door, Entry},
    links::{Pace, asking},
    nothing_here,
    path::{self, Target},
};
use crate::{listener::Peer, metrics, refusal::Refusal};

/// What a page says of itself is short.
const MAX_BODY_BYTES: usize = 4 * 1024;
/// How long a page waits before it asks again: below what proxies cut, and below what a request
/// may take.
const WAIT: Duration = Duration::from_secs(25);
/// For how long browsers keep the script.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The pages of a site.
pub struct SitePages {
    engine: Engine,
    /// The connectors that they report to.
    pages: BTreeSet<String>,
    proxies: Vec<IpAddr>,
    /// By whoever asks. A company's office is one address.
    peers: Pace,
}

/// What a page sends.
#[derive(Deserialize)]
struct Page {
    id: String,
    #[serde(default)]
    notice: String,
    #[serde(default)]
    said: String,
    #[serde(default)]
    option: Option<usize>,
    #[serde(default)]
    reach: String,
}

impl SitePages {
    /// `pages` are the connectors that pages report to; `proxies` are believed when they say for
    /// whom they ask.
    #[must_use]
    pub fn new(engine: Engine, pages: BTreeSet<String>, proxies: Vec<IpAddr>) -> Self {
        Self {
            engine,
            pages,
            proxies,
            peers: Pace::new(20, 200),
        }
    }

    async fn wait(&self, connector: &str, page: &Page, over: CancellationToken) -> Result<Response, Refusal> {
        let waiting = self.engine.waits_on_page(connector, &page.id);
        let mut waiting = waiting.ok_or_else(|| busy("too many pages are open"))?;
        metrics::open_pages(self.engine.open_pages());
        let notice = tokio::select! {
            notice = waiting.notice() => notice,
            () = sleep(WAIT) => None,
            () = over.cancelled() => None,
        };
        drop(waiting);
        metrics::open_pages(self.engine.open_pages());
        Ok(match notice {
            Some(notice) => axum::Json(notice).into_response(),
            None => StatusCode::NO_CONTENT.into_response(),
        })
    }

    async fn said(&self, connector: &str, page: &Page) -> Result<Response, Refusal> {
        let said = match (page.said.as_str(), page.option) {
            ("shown", _) => SaidOnPage::Shown,
            ("closed", _) => SaidOnPage::Closed,
            ("answer", Some(option)) => SaidOnPage::Answer(option),
            ("talk", _) => SaidOnPage::Talk(page.reach.clone()),
            _ => return Err(no_sense()),
        };
        let taken = self.engine.said_on_page(connector, &page.id, &page.notice, said).await;
        match taken {
            Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
            Err(LinkError::NotALink(_)) => Err(no_sense()),
            Err(error @ (LinkError::Store(_) | LinkError::Catalogue(_))) => {
                tracing::error!(%error, "what was said on a page could not be kept");
                Err(busy("it could not be kept now"))
            }
        }
    }
}

impl<R: Receiver> Public<R> {
    /// The answer to a request below `/site/`, and the connector that it is for.
    pub(super) async fn at_site(&self, peer: Peer, request: Request, over: CancellationToken) -> (String, Response) {
        let target = match path::below("/site/", request.uri().path()) {
            Ok(Some(target)) => target,
            Ok(None) => return (String::new(), nothing_here().into_response()),
            Err(refusal) => return (String::new(), refusal.into_response()),
        };
        let name = target.connector.strip_suffix(".js").unwrap_or(&target.connector);
        let site = self.site.as_ref().filter(|site| site.pages.contains(name));
        let (Some(site), Some((connector, door))) = (site, self.doors.get_key_value(name)) else {
            return (String::new(), nothing_here().into_response());
        };
        let is_script = name.len() < target.connector.len();
        let mut response = match (request.method(), is_script, target.path.as_str()) {
            (&Method::GET | &Method::HEAD, true, "/") => served(),
            (&Method::OPTIONS, false, _) => cors::preflight(request.headers()),
            (&Method::POST, false, "/wait" | "/said") => {
                let answered = self.of_page(site, (connector, door), &target, peer, request, over);
                answered.await.unwrap_or_else(IntoResponse::into_response)
            }
            _ => nothing_here().into_response(),
        };
        cors::allow(response.headers_mut());
        let headers = response.headers_mut();
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        (connector.clone(), response)
    }

    async fn of_page(
        &self,
        site: &SitePages,
        (connector, door): (&str, &Door),
        target: &Target,
        Peer(peer): Peer,
        request: Request,
        over: CancellationToken,
    ) -> Result<Response, Refusal> {
        let deadline = Instant::now() + self.limits.request_time;
        let (parts, body) = request.into_parts();
        if !site.peers.admits(&asking(peer, &parts.headers, &site.proxies)) {
            return Err(too_often());
        }
        let page = {
            let Ok(_room) = self.room.try_acquire() else {
                return Err(busy("too many requests are under way"));
            };
            let read = timeout_at(deadline, body::read(&parts.headers, body, MAX_BODY_BYTES));
            let body = read.await.map_err(|_| busy("the body did not arrive in time"))??;
            if !self.is_let_in(door, target, &parts, &body) {
                metrics::refused(connector, "wrong");
                return Err(unauthorized());
            }
            read_page(&body.unpacked)?
        };
        if target.path == "/wait" {
            site.wait(connector, &page, over).await
        } else {
            site.said(connector, &page).await
        }
    }

    /// Whether a page proves anything at its connector's door.
    fn is_let_in(&self, door: &Door, target: &Target, parts: &Parts, body: &body::Received) -> bool {
        let shown = auth::Request {
            method: parts.method.as_str(),
            url: None,
            headers: &parts.headers,
            query: parts.uri.query().unwrap_or_default(),
            path: &target.path,
            body: Some(auth::Body {
                sent: &body.sent,
                unpacked: &body.unpacked,
            }),
        };
        let entry = door.ask(&shown, self.now_ms());
        matches!(entry, Entry::As(Some(_), _)) && !entry.is_for_challenges()
    }
}

fn served() -> Response {
    let mut response = Response::new(Body::from(script()));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/javascript; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, KEPT);
    // It is made to be loaded by pages of another origin.
    headers.insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    response
}

/// An id is what the script makes: it is part of every signal, and of what is kept in memory.
fn read_page(body: &[u8]) -> Result<Page, Refusal> {
    let page: Page = serde_json::from_slice(body).map_err(|_| no_sense())?;
    let sound = (8..=64).contains(&page.id.len()) && page.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if sound { Ok(page) } else { Err(no_sense()) }
}

fn no_sense() -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        "no page of ours says this",
        "load the script from /site/CONNECTOR.js",
    )
}

fn unauthorized() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "the page carries no valid key",
        "data-key=\"…\" on the script's tag, with the connector's write key",
    )
}

fn too_often() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too many pages ask from this address",
        "ask again after Retry-After seconds",
    )
    .with_header(header::RETRY_AFTER, "10")
}
