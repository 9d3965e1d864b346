//! From a connector's door to the plugin's answer.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{StatusCode, header, request::Parts},
    response::Response,
};
use hearken_engine::{Answer, Principal};
use hearken_webhook_auth::{self as auth, Once, Refused, json_field};
use tokio::time::{Instant, timeout_at};

use super::{
    Public, Receiver, answer, body,
    body::Received,
    busy,
    credentials::{Credential, Standing},
    door::{Door, Entry},
    path::Target,
    replays, stripping,
};
use crate::{listener::Peer, metrics, refusal::Refusal};

impl<R: Receiver> Public<R> {
    pub(super) async fn let_in(
        &self,
        connector: &str,
        door: &Door,
        target: Target,
        peer: Peer,
        request: Request,
    ) -> Result<Response, Refusal> {
        // The request's time runs from here, whatever it is spent on.
        let deadline = Instant::now() + self.limits.request_time;
        let Ok(_room) = self.room.try_acquire() else {
            return Err(busy("too many requests are under way"));
        };
        let (parts, body) = request.into_parts();
        let url = door.url(&parts.uri);
        let shown = shown(&parts, &target, url.as_deref());
        let entry = door.ask(&shown, self.now_ms());
        let undecided = match entry {
            Entry::As(..) | Entry::AskBody => entry,
            Entry::Challenge(text) => return Ok(answer::text(text)),
            Entry::Refused(closest) => return Err(refused(connector, door, closest, url.as_deref())),
        };
        let read = timeout_at(deadline, body::read(&parts.headers, body, door.max_body_bytes()));
        let body = read.await.map_err(|_| too_slow())??;
        let shown = auth::Request {
            body: Some(auth::Body {
                sent: &body.sent,
                unpacked: &body.unpacked,
            }),
            ..shown
        };
        let decided = match undecided {
            Entry::AskBody => door.ask(&shown, self.now_ms()),
            known => known,
        };
        let only_challenges = decided.is_for_challenges();
        let (credential, once) = match decided {
            Entry::As(credential, once) => (credential, once),
            Entry::Challenge(text) => return Ok(answer::text(text)),
            Entry::AskBody => return Err(refused(connector, door, None, url.as_deref())),
            Entry::Refused(closest) => return Err(refused(connector, door, closest, url.as_deref())),
        };
        if let Some(text) = door.challenge(&shown, credential) {
            return Ok(answer::text(text));
        }
        if only_challenges {
            metrics::refused(connector, "challenges-only");
            return Err(unauthorized());
        }
        let request = for_plugin(door, &parts, &target, body, credential, peer);
        let answered = timeout_at(deadline, self.once(connector, door, once, request));
        match answered.await {
            Ok(answer) => Ok(answer::response(connector, answer)),
            Err(_) => Err(busy("the request could not be worked off in time")),
        }
    }

    /// The answer to a request; to one that may come once only, the first one's.
    ///
    /// Such a request is worked off by a task of its own, which holds the answer's place: a
    /// caller that goes away meanwhile must not let its repetition be worked off as well.
    /// The task ends with the engine's answer, which the engine gives to everything that it
    /// took, also when it stops.
    async fn once(&self, connector: &str, door: &Door, once: Option<Once>, request: hearken_engine::Request) -> Answer {
        let Some(once) = once else {
            return self.receiver.receive(connector, request).await;
        };
        let slot = door.replays().slot(once, self.now_ms());
        let mut place = slot.lock_owned().await;
        if place.is_none() {
            *place = self.receiver.answered(connector, once).await;
        }
        if let Some(answer) = place.as_ref() {
            tracing::debug!(connector, "a request came again and is answered as before");
            return answer.clone();
        }
        let (receiver, name) = (Arc::clone(&self.receiver), connector.to_owned());
        let worked_off = tokio::spawn(async move {
            let answer = receiver.receive(&name, request).await;
            *place = replays::settled(&answer);
            if let Some(settled) = place.as_ref() {
                receiver.keep(&name, once, settled.clone()).await;
            }
            answer
        });
        worked_off
            .await
            .unwrap_or_else(|_| Answer::error(503, "the request could not be worked off; try again"))
    }

    pub(super) fn now_ms(&self) -> i64 {
        i64::try_from(self.clock.now().0).unwrap_or(i64::MAX)
    }
}

/// What authentication looks at, as long as the body is not read.
fn shown<'a>(parts: &'a Parts, target: &'a Target, url: Option<&'a str>) -> auth::Request<'a> {
    auth::Request {
        method: parts.method.as_str(),
        url,
        headers: &parts.headers,
        query: parts.uri.query().unwrap_or_default(),
        path: &target.path,
        body: None,
    }
}

fn for_plugin(
    door: &Door,
    parts: &Parts,
    target: &Target,
    body: Received,
    credential: Option<&Credential>,
    Peer(peer): Peer,
) -> hearken_engine::Request {
    let credentials = door.credentials();
    let mut body: Vec<u8> = body.unpacked.into();
    for field in stripping::secret_fields(credentials) {
        json_field::blank(&mut body, field);
    }
    hearken_engine::Request {
        method: parts.method.as_str().to_owned(),
        path: stripping::path(target.path.clone(), credentials),
        query: stripping::query(parts.uri.query().unwrap_or_default(), credentials),
        headers: stripping::headers(&parts.headers, credentials),
        body,
        principal: credential.map(|c| Principal {
            name: c.name().to_owned(),
            public: c.standing() == Standing::Public,
        }),
        peer: peer.ip().to_string(),
    }
}

/// Says why in the log. The sender is told only what it can know by itself: that it signed
/// for another time, which nobody hears who cannot sign.
fn refused(connector: &str, door: &Door, closest: Option<(&Credential, Refused)>, url: Option<&str>) -> Refusal {
    door.told().refused(connector, closest.as_ref(), url);
    let reason = closest.as_ref().map_or("unconfigured", |(_, refused)| refused.word());
    metrics::refused(connector, reason);
    match closest {
        Some((_, stale @ Refused::Stale { .. })) => Refusal::new(
            StatusCode::UNAUTHORIZED,
            format!("the request was signed for another time: {stale}"),
            "sign it again, and check the clock",
        ),
        _ => unauthorized(),
    }
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
