//! `crypto`: digests with secrets that the guest has only placeholders of.

use super::{HttpAccess, failure};
use crate::{
    state::{Denial, Phase, State},
    wire::hearken::plugin::{crypto::Host, types::Failure},
};

impl Host for State {
    async fn hmac(&mut self, algorithm: String, secret: String, data: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let denied = |why| Err(failure("denied", "", self.deny("crypto", Denial::Undeclared(why))));
        match &self.caller.http {
            _ if self.phase == Phase::Preparing => denied("it is too early"),
            HttpAccess::Granted(http) => http.hmac(&algorithm, &secret, &data),
            HttpAccess::Undeclared => denied("the plugin's manifest asks for no secret"),
            HttpAccess::NotGranted => denied("no secret is granted"),
        }
    }
}
