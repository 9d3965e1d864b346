//! `http`: who may send, for which item, and how much. What may be called, and how, is the
//! host's, through [`Http`].
//!
//! A request is sent by a task of its own on the IO runtime. When the guest is gone before
//! the answer, the task goes on to its end, so that it is known what became of the request.

use std::{collections::BTreeSet, fmt, sync::Arc};

use async_trait::async_trait;
use tokio::task::JoinHandle;

use crate::{
    effects::{Calling, UnderWay},
    state::{Denial, Phase, State},
    wire::hearken::plugin::{http, types::Failure},
};

/// The way out of one connector.
#[async_trait]
pub trait Http: fmt::Debug + Send + Sync + 'static {
    /// Sends a request, if it may be sent. Runs to its end whatever becomes of the guest;
    /// [`Sending::may_go`] is to be asked right before anything leaves.
    ///
    /// # Errors
    /// Where there is no answer; `may_have_arrived` says whether it may have left.
    async fn send(&self, request: http::Request, sending: Sending) -> Result<http::Response, http::Error>;

    /// A digest of `data` whose key is the secret behind a placeholder.
    ///
    /// # Errors
    /// Of class `denied` where the secret is not for that.
    fn hmac(&self, algorithm: &str, secret: &str, data: &[u8]) -> Result<Vec<u8>, Failure>;
}

/// Whoever knows whether something may still be said to somebody.
#[async_trait]
pub trait Permit: Send + Sync + 'static {
    /// Asked for every request of a sink, with its action's id, right before it is sent.
    ///
    /// # Errors
    /// Why not, for a person.
    async fn may_still(&self, item: &str) -> Result<(), String>;
}

/// On whose behalf a request is sent.
pub struct Sending {
    call: Calling,
    permit: Option<Arc<dyn Permit>>,
}

impl Sending {
    /// Whether it may be sent now.
    ///
    /// # Errors
    /// Why not: its call is over, or whoever has to be asked says no.
    pub async fn may_go(&self, item: Option<&str>) -> Result<(), String> {
        if let (Some(permit), Some(item)) = (&self.permit, item) {
            permit.may_still(item).await?;
        }
        if self.call.is_over() {
            return Err("the call is over".into());
        }
        Ok(())
    }
}

/// Whether a connector may send requests.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// Its manifest names no host and no secret.
    Undeclared,
    /// The operator grants nothing.
    NotGranted,
    /// As far as the host lets each of them pass.
    Granted(Arc<dyn Http>),
}

/// What one call may send.
pub(crate) struct HttpCall {
    /// The items that requests are made for, where each has to name one.
    items: Option<BTreeSet<String>>,
    permit: Option<Arc<dyn Permit>>,
    sent: u32,
    received_bytes: usize,
}

impl HttpCall {
    /// Requests for anything: nothing is delivered.
    pub(crate) fn for_anything() -> Self {
        Self {
            items: None,
            permit: None,
            sent: 0,
            received_bytes: 0,
        }
    }

    /// Requests for these actions and no others.
    pub(crate) fn for_actions(items: impl Iterator<Item = String>, permit: Option<Arc<dyn Permit>>) -> Self {
        Self {
            items: Some(items.collect()),
            permit,
            ..Self::for_anything()
        }
    }

    /// Why a request is for nothing that this call may send for.
    fn wrong_item(&self, request: &http::Request) -> Option<&'static str> {
        let items = self.items.as_ref()?;
        match &request.item {
            None => Some("a sink has to say for which action a request is"),
            Some(item) => {
                (!items.contains(item)).then_some("the request is for an action that this call was not given")
            }
        }
    }
}

/// What is noted of a request while it is under way.
enum Noted {
    /// For one of the call's items.
    For(UnderWay),
    /// For any of them.
    ForAny,
    /// It changes nothing.
    Nothing,
}

type Under = JoinHandle<Result<http::Response, http::Error>>;

impl State {
    fn http_denied(&self, allow: Denial<'_>) -> http::Error {
        error("denied", self.deny("http", allow))
    }

    fn granted_http(&self) -> Result<Arc<dyn Http>, http::Error> {
        match (&self.caller.http, &self.http) {
            _ if self.phase == Phase::Preparing => Err(self.http_denied(Denial::Unavailable("it is too early"))),
            (Access::Undeclared, _) => Err(self.http_denied(Denial::Undeclared("the plugin's manifest names no host"))),
            (Access::NotGranted, _) => {
                let toml = format!(
                    "[connectors.{}.grants]\nhttp = [{{ host = \"…\" }}], as hearken plugin inspect prints it",
                    self.caller.name
                );
                Err(self.http_denied(Denial::Grant(&toml)))
            }
            (Access::Granted(_), None) => Err(self.http_denied(Denial::Unavailable(
                "a scorer or router that others wait for has no way out",
            ))),
            (Access::Granted(http), Some(_)) => Ok(http.clone()),
        }
    }

    fn begin_http(&mut self, request: http::Request) -> Result<Under, http::Error> {
        let way = self.granted_http()?;
        let limits = &self.caller.limits;
        let Some(call) = &mut self.http else {
            return Err(error("denied", "http is denied: it is too early".into()));
        };
        if let Some(why) = call.wrong_item(&request) {
            return Err(error("denied", format!("http is denied: {why}")));
        }
        if call.sent >= limits.http_calls {
            let message = format!("one call may make {} requests, and made them", limits.http_calls);
            return Err(error("rate-limited", message));
        }
        if call.received_bytes > limits.http_bytes {
            let message = format!("one call may receive {} bytes, and did", limits.http_bytes);
            return Err(error("too-large", message));
        }
        call.sent += 1;
        let noted = match (&call.items, &request.item) {
            (Some(_), Some(item)) => {
                let under_way = self.effects.begin_for(item);
                Noted::For(under_way.ok_or_else(|| error("denied", "http is denied: the call is over".into()))?)
            }
            _ if is_safe(&request.method) => Noted::Nothing,
            _ => {
                self.effects.begin();
                Noted::ForAny
            }
        };
        let sending = Sending {
            call: self.effects.calling(),
            permit: call.permit.clone(),
        };
        let effects = self.effects.clone();
        Ok(self.caller.io.spawn(async move {
            let answer = way.send(request, sending).await;
            if answer.as_ref().is_err_and(|error| !error.may_have_arrived) {
                match noted {
                    Noted::For(under_way) => under_way.did_not_happen(),
                    Noted::ForAny => effects.did_not_happen(),
                    Noted::Nothing => {}
                }
            }
            answer
        }))
    }

    async fn end_http(&mut self, begun: Result<Under, http::Error>) -> Result<http::Response, http::Error> {
        let answer = begun?.await.unwrap_or_else(|_| {
            let message = "the host failed while it sent the request; this is a fault of the host";
            Err(http::Error {
                may_have_arrived: true,
                ..error("protocol", message.into())
            })
        })?;
        if let Some(call) = &mut self.http {
            call.received_bytes = call.received_bytes.saturating_add(answer.body.len());
        }
        Ok(answer)
    }
}

impl http::Host for State {
    async fn send(&mut self, request: http::Request) -> Result<http::Response, http::Error> {
        let begun = self.begin_http(request);
        self.end_http(begun).await
    }

    async fn send_all(&mut self, requests: Vec<http::Request>) -> Vec<Result<http::Response, http::Error>> {
        let begun: Vec<_> = requests.into_iter().map(|r| self.begin_http(r)).collect();
        let mut answers = Vec::with_capacity(begun.len());
        for one in begun {
            answers.push(self.end_http(one).await);
        }
        answers
    }
}

/// Whether a method changes nothing at the other side (RFC 9110, 9.2.1).
fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

fn error(code: &str, message: String) -> http::Error {
    http::Error {
        code: code.into(),
        message,
        may_have_arrived: false,
        retry_after_ms: None,
    }
}
