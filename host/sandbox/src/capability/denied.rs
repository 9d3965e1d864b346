//! `http` and `crypto`: linked, and denied by this version to every connector.

use super::failure;
use crate::{
    state::{Denial, State},
    wire::hearken::plugin::{crypto, http, types::Failure},
};

const NOT_YET: Denial<'static> = Denial::Unavailable("this version of the host grants it to no connector");

impl State {
    fn deny_http(&self) -> http::Error {
        http::Error {
            code: "denied".into(),
            message: self.deny("http", NOT_YET),
            may_have_arrived: false,
            retry_after_ms: None,
        }
    }
}

impl http::Host for State {
    async fn send(&mut self, _request: http::Request) -> Result<http::Response, http::Error> {
        Err(self.deny_http())
    }

    async fn send_all(&mut self, requests: Vec<http::Request>) -> Vec<Result<http::Response, http::Error>> {
        requests.iter().map(|_| Err(self.deny_http())).collect()
    }
}

impl crypto::Host for State {
    async fn hmac(&mut self, _algorithm: String, _secret: String, _data: Vec<u8>) -> Result<Vec<u8>, Failure> {
        Err(failure("denied", "", self.deny("crypto", NOT_YET)))
    }
}
