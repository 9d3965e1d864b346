//! An outlet asks for its tokens itself: by the same rules, addresses, breakers and quotas as
//! its guest's requests, and with a row of the audit for each.

use std::{future::Future, pin::Pin};

use oauth2::{HttpRequest, HttpResponse, http};
use tokio::time::{Instant, timeout_at};

use crate::{
    Always, Code, Error, Outlet, Request,
    outlet::{Attempt, Begun, Noted},
    token::{AskError, Granted, Token, TokenSpec, Value, read, written},
};

/// A token under way.
type Renewing<'a> = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send + 'a>>;

impl Outlet {
    /// Whether a token can be asked for at all.
    ///
    /// # Errors
    /// Why its endpoint may not be called, and the TOML that would allow it.
    pub fn may_ask(&self, endpoint: &url::Url) -> Result<(), (String, Option<String>)> {
        let request = Request {
            method: "POST".into(),
            url: endpoint.to_string(),
            ..Request::default()
        };
        let cleared = self.clear_own(&request, &mut Noted::default());
        cleared.map(drop).map_err(|denial| (denial.why, denial.toml))
    }

    /// Sees to it that there is a token, other than the one with the number `refused`.
    ///
    /// # Errors
    /// [`Error`], where there is none. Nothing of the guest's was sent then.
    pub(crate) fn renew<'a>(&'a self, token: &'a Token, refused: Option<u64>, deadline: Instant) -> Renewing<'a> {
        // It is seldom needed, and larger than all the rest of a request.
        Box::pin(self.renewed(token, refused, deadline))
    }

    async fn renewed(&self, token: &Token, refused: Option<u64>, deadline: Instant) -> Result<Value, Error> {
        let waited = timeout_at(deadline, token.asking.lock()).await;
        let _one = waited.map_err(|_| Error::before(Code::Timeout, "there was no token in time"))?;
        // Somebody may have asked meanwhile.
        if let Some(value) = token.fresh(refused, Instant::now()) {
            return Ok(value);
        }
        let asked = self.ask(&token.spec, deadline).await;
        let why = match asked {
            Ok(granted) => {
                token.put(granted, Instant::now());
                None
            }
            Err(error) => Some(self.lacking(token, error)),
        };
        // One that ends soon is still one.
        match (token.valid(refused, Instant::now()), why) {
            (Some(value), _) => Ok(value),
            (None, Some(error)) => Err(error),
            (None, None) => Err(Error::before(Code::Protocol, "the token has ended already")),
        }
    }

    async fn ask(&self, spec: &TokenSpec, deadline: Instant) -> Result<Granted, AskError> {
        let answer = self.carry(written(spec)?, deadline).await;
        read(spec, answer.map_err(AskError::Sending)?)
    }

    fn lacking(&self, token: &Token, error: AskError) -> Error {
        let (connector, name) = (self.connector.as_str(), token.spec.name.as_str());
        let error = match error {
            AskError::Sending(error) => Error {
                may_have_arrived: false,
                message: format!("no token '{name}': {}", error.message),
                ..error
            },
            AskError::Refused(why) | AskError::Useless(why) => {
                let why: String = why.chars().take(300).collect();
                Error::before(Code::Protocol, format!("no token '{name}': {why}"))
            }
        };
        let message = self.secrets.mask_text(error.message);
        tracing::warn!(connector, "{message}");
        Error { message, ..error }
    }

    /// Brings a request for a token to its endpoint.
    async fn carry(&self, request: HttpRequest, deadline: Instant) -> Result<HttpResponse, Error> {
        let (parts, body) = request.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let request = Request {
            method: parts.method.as_str().to_owned(),
            url: parts.uri.to_string(),
            headers: headers.collect(),
            body: Some(body),
            timeout: None,
            item: None,
        };
        let mut begun = Begun::now();
        let cleared = self.clear_own(&request, &mut begun.noted);
        let cleared = cleared.map_err(|denial| self.deny(&denial));
        let ended = self
            .end(begun, cleared, &request, &Always, Attempt::ForAToken, deadline)
            .await;
        let answer = ended.answered?;
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        let wrong = |_| Error::after(Code::Protocol, "what came is no answer");
        response.body(answer.body).map_err(wrong)
    }
}
