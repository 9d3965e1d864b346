//! Requests of strangers, and schemes of strangers' plugins: nothing makes the verifier
//! panic, and nobody who does not know the secret proves anything.
#![no_main]

use hearken_webhook_auth::{
    Algorithm, Body, Encoding, Place, PlaceKind, Request, Scheme, SecretEncoding, Signature, SignedBody, Timestamp,
    Unit, Verdict, Verifier,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};

/// Known to nobody who sends a request here; its form fits every encoding of secrets.
const SECRET: &str = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    algorithm: u8,
    signed: &'a str,
    at: Where<'a>,
    timestamp: Option<Where<'a>>,
    digest: Option<Where<'a>>,
    encodings: u8,
    unpacked: bool,
    method: &'a str,
    url: Option<&'a str>,
    path: &'a str,
    query: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
    body: Option<&'a [u8]>,
    now_ms: i64,
}

#[derive(Arbitrary, Debug)]
struct Where<'a> {
    kind: u8,
    name: &'a str,
    separator: Option<&'a str>,
    prefix: Option<&'a str>,
}

impl Where<'_> {
    fn place(&self) -> Place {
        use PlaceKind::{Basic, BasicUser, Bearer, Header, JsonField, Path, Query};
        let kinds = [Header, Query, JsonField, Path, Bearer, Basic, BasicUser];
        Place {
            separator: self.separator.map(Into::into),
            prefix: self.prefix.map(Into::into),
            ..Place::named(kinds[usize::from(self.kind) % kinds.len()], self.name)
        }
    }
}

impl Input<'_> {
    /// A scheme as a manifest may have it.
    fn signature(&self) -> Scheme {
        let algorithms = [Algorithm::HmacSha1, Algorithm::HmacSha256, Algorithm::HmacSha512];
        let units = [Unit::S, Unit::Ms, Unit::Rfc3339];
        let encodings = [Encoding::Hex, Encoding::Base64, Encoding::Base64url];
        let pick = usize::from(self.encodings);
        Scheme::Signature(Box::new(Signature {
            algorithm: algorithms[usize::from(self.algorithm) % algorithms.len()],
            signed: self.signed.into(),
            at: self.at.place(),
            encoding: encodings[pick % 3],
            secret: [SecretEncoding::Raw, SecretEncoding::Hex][pick / 3 % 2],
            timestamp: self.timestamp.as_ref().map(|at| Timestamp {
                at: at.place(),
                unit: units[pick / 6 % 3],
                tolerance_s: 300,
            }),
            body: if self.unpacked {
                SignedBody::Unpacked
            } else {
                SignedBody::Sent
            },
            body_digest: self.digest.as_ref().map(Where::place),
        }))
    }
}

fuzz_target!(|input: Input<'_>| {
    let mut headers = HeaderMap::new();
    for (name, value) in &input.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    let request = Request {
        method: input.method,
        url: input.url,
        headers: &headers,
        query: input.query,
        path: input.path,
        body: input.body.map(|sent| Body { sent, unpacked: sent }),
    };
    for scheme in [input.signature(), Scheme::Token(vec![input.at.place()])] {
        if scheme.check().is_err() {
            continue;
        }
        let Ok(verifier) = Verifier::new(scheme, &[SECRET]) else {
            continue;
        };
        let verdict = verifier.judge(&request, input.now_ms);
        assert!(!matches!(verdict, Verdict::Proved(_)), "a stranger proved something");
    }
});
