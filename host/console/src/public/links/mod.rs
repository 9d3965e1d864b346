//! What is below `/l/`: the pages behind links in messages.
//!
//! GET and HEAD show, POST acts: what scans a mailbox, or fetches ahead, changes nothing.
//! Nobody logs in here; the token in the path is all that is asked for, so a page is never
//! kept by anybody on the way and never told as the page that somebody came from.

mod agent;
mod form;
mod pace;
mod peer;

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use hearken_engine::{Engine, LinkError, Visitor};
use hearken_links::{
    Click, Link, NotALink, Purpose, Seen,
    pages::{Language, Look, Notice, Turn},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tokio::time::{Instant, timeout_at};

pub(super) use self::{pace::Pace, peer::asking};
use super::body;
use crate::metrics;

/// A form has a few fields.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// What an author may write in a link and a header may not hold.
const NOT_IN_A_URL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// The pages behind links in messages.
pub struct LinkPages {
    engine: Engine,
    look: Look,
    proxies: Vec<IpAddr>,
    /// By whoever asks: many may share an address, a mailbox provider's one-click requests
    /// most of all.
    peers: Pace,
    /// By link: what one of them can write into the log.
    tokens: Pace,
}

/// What is answered, before it has its headers.
struct Reply {
    status: StatusCode,
    body: String,
    /// Where to go on, instead of a body.
    location: Option<String>,
    /// The methods that there are, where another was asked for.
    allow: Option<&'static str>,
    result: &'static str,
}

impl LinkPages {
    /// `proxies` are believed when they say for whom they ask.
    #[must_use]
    pub fn new(engine: Engine, look: Look, proxies: Vec<IpAddr>) -> Self {
        Self {
            engine,
            look,
            proxies,
            peers: Pace::new(20, 200),
            tokens: Pace::new(1, 30),
        }
    }

    pub(super) async fn answer(&self, peer: SocketAddr, request: Request, deadline: Instant) -> Response {
        let purpose = target(request.uri().path()).map(|(purpose, _)| purpose);
        let language = header(request.headers(), &header::ACCEPT_LANGUAGE)
            .and_then(Language::accepted)
            .unwrap_or(Language::English);
        let reply = match timeout_at(deadline, self.reply(peer, request, language)).await {
            Ok(reply) => reply,
            Err(_) => self.notice(language, Notice::Failed),
        };
        metrics::link(purpose.map_or("none", Purpose::word), reply.result);
        self.response(reply)
    }

    async fn reply(&self, peer: SocketAddr, request: Request, language: Language) -> Reply {
        let (parts, body) = request.into_parts();
        let Some((purpose, token)) = target(parts.uri.path()) else {
            return self.notice(language, Notice::Invalid);
        };
        let asking = peer::asking(peer, &parts.headers, &self.proxies);
        if !self.peers.admits(&asking) {
            return self.notice(language, Notice::Slower);
        }
        let link = match self.engine.link(purpose, token) {
            Ok(link) => link,
            Err(error) => return self.refused(language, &error),
        };
        let within_pace = || self.tokens.admits(&token);
        match (&link, &parts.method) {
            (_, m) if m != Method::GET && m != Method::HEAD && m != Method::POST => no_such_method("GET, HEAD, POST"),
            (Link::Click(_), m) if m == Method::POST => no_such_method("GET, HEAD"),
            (Link::Click(click), m) => {
                let counts = m == Method::GET && within_pace();
                let visitor = agent::visitor(&parts.headers, asking);
                self.follow(click, counts, language, visitor).await
            }
            (_, m) if m != Method::POST => self.show(&link, language).await,
            _ if !within_pace() => self.notice(language, Notice::Slower),
            _ => self.take(&link, language, &parts.headers, body).await,
        }
    }

    /// Leads on. One that only asks where to (HEAD), and one too many, goes on uncounted.
    async fn follow(&self, click: &Click, counts: bool, language: Language, visitor: Visitor) -> Reply {
        if counts && let Err(error) = self.engine.followed(click, visitor).await {
            // Whoever clicked is not kept from what they want to read by our not knowing it.
            tracing::warn!(%error, "a click is not kept");
        }
        match self.engine.target(click).await {
            Ok(target) => Reply {
                status: StatusCode::FOUND,
                body: String::new(),
                allow: None,
                location: Some(utf8_percent_encode(&target, NOT_IN_A_URL).to_string()),
                result: "followed",
            },
            Err(error) => self.refused(language, &error),
        }
    }

    async fn show(&self, link: &Link, language: Language) -> Reply {
        match self.engine.look(link).await {
            Ok(seen) => self.page(link, &seen, Turn::Came, language),
            Err(error) => self.refused(language, &error),
        }
    }

    /// Takes what a form says. The 2xx comes after that is stored.
    async fn take(&self, link: &Link, language: Language, headers: &HeaderMap, body: Body) -> Reply {
        let Ok(body) = body::read(headers, body, MAX_BODY_BYTES).await else {
            return self.refusal(language, StatusCode::PAYLOAD_TOO_LARGE);
        };
        let Some(said) = form::said(link, &body.unpacked) else {
            return self.refusal(language, StatusCode::BAD_REQUEST);
        };
        match self.engine.said(link, said).await {
            Ok(seen) => self.page(link, &seen, Turn::Spoke, language),
            Err(error) => self.refused(language, &error),
        }
    }

    fn page(&self, link: &Link, seen: &Seen, turn: Turn, otherwise: Language) -> Reply {
        let language = seen.language.as_deref().and_then(Language::of_tag).unwrap_or(otherwise);
        let preferences = match link {
            Link::Unsubscribe(l) => self.engine.preferences_token(l.action, &l.to),
            Link::Confirm(l) => self.engine.preferences_token(l.action, &l.to),
            Link::Preferences(_) | Link::Answer(_) | Link::Click(_) | Link::HandOver(_) => None,
        };
        Reply {
            status: StatusCode::OK,
            body: self.look.page(language, &seen.what, turn, preferences.as_deref()),
            location: None,
            allow: None,
            result: if turn == Turn::Spoke { "taken" } else { "shown" },
        }
    }

    fn refused(&self, language: Language, error: &LinkError) -> Reply {
        match error {
            LinkError::NotALink(NotALink::Invalid) => self.notice(language, Notice::Invalid),
            LinkError::NotALink(NotALink::Expired) => self.notice(language, Notice::Expired),
            LinkError::Store(_) | LinkError::Catalogue(_) => {
                tracing::error!(%error, "a link could not be followed");
                self.notice(language, Notice::Failed)
            }
        }
    }

    fn notice(&self, language: Language, notice: Notice) -> Reply {
        let (status, result) = match notice {
            Notice::Invalid => (StatusCode::NOT_FOUND, "invalid"),
            Notice::Expired => (StatusCode::GONE, "expired"),
            Notice::Slower => (StatusCode::TOO_MANY_REQUESTS, "limited"),
            Notice::Failed => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
        };
        Reply {
            status,
            body: self.look.notice(language, notice),
            location: None,
            allow: None,
            result,
        }
    }

    /// A request that no page of ours sends.
    fn refusal(&self, language: Language, status: StatusCode) -> Reply {
        Reply {
            status,
            result: "invalid",
            ..self.notice(language, Notice::Failed)
        }
    }

    fn response(&self, reply: Reply) -> Response {
        let mut response = Response::new(Body::from(reply.body));
        *response.status_mut() = reply.status;
        let headers = response.headers_mut();
        let fixed = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::from_str(self.look.policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if matches!(
            reply.status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        ) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        if let Some(allow) = reply.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(location) = reply.location.and_then(|l| HeaderValue::try_from(l).ok()) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

/// What a path below `/l/` names: a purpose, and a token behind it.
fn target(path: &str) -> Option<(Purpose, &str)> {
    let (letter, token) = path.strip_prefix("/l/")?.split_once('/')?;
    Some((Purpose::from_letter(letter)?, token))
}

fn no_such_method(allow: &'static str) -> Reply {
    Reply {
        status: StatusCode::METHOD_NOT_ALLOWED,
        body: String::new(),
        location: None,
        allow: Some(allow),
        result: "invalid",
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
