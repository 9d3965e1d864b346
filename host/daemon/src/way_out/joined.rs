//! An outlet as the sandbox wants it.

use std::time::Duration;

use async_trait::async_trait;
use hearken_egress::{DigestError, Error, Outlet, Permission, Request, Response};
use hearken_sandbox::{Http, Sending, wire};

/// An outlet as the sandbox wants it.
#[derive(Debug)]
pub(crate) struct Joined(pub(crate) Outlet);

/// Whoever a request is sent for, as egress wants to ask it.
struct Asked(Sending);

#[async_trait]
impl Permission for Asked {
    async fn may_send(&self, item: Option<&str>) -> Result<(), String> {
        self.0.may_go(item).await
    }
}

#[async_trait]
impl Http for Joined {
    async fn send(&self, request: wire::HttpRequest, sending: Sending) -> Result<wire::HttpResponse, wire::HttpError> {
        let answer = self.0.send(outward(request), &Asked(sending)).await;
        answer.map(inward).map_err(error)
    }

    fn hmac(&self, algorithm: &str, secret: &str, data: &[u8]) -> Result<Vec<u8>, wire::Failure> {
        self.0.hmac(algorithm, secret, data).map_err(|error| wire::Failure {
            class: match error {
                DigestError::NotGranted => "denied".into(),
                DigestError::Algorithm(_) => "permanent".into(),
            },
            code: String::new(),
            message: format!("crypto: {error}"),
            retry_after_ms: None,
        })
    }
}

fn outward(request: wire::HttpRequest) -> Request {
    Request {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body,
        timeout: request.timeout_ms.map(|ms| Duration::from_millis(ms.into())),
        item: request.item,
    }
}

fn inward(response: Response) -> wire::HttpResponse {
    wire::HttpResponse {
        status: response.status,
        headers: response.headers,
        body: response.body,
    }
}

fn error(error: Error) -> wire::HttpError {
    wire::HttpError {
        code: error.code.word().into(),
        message: error.message,
        may_have_arrived: error.may_have_arrived,
        retry_after_ms: error
            .retry_after
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
    }
}
