//! Whatever of a signed request is changed, in one bit, it proves nothing any more.
//!
//! Signatures are flipped in their bytes, not in their text: `a` and `A` are the same hex
//! digit, and that is no change.

mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hearken_webhook_auth::{Verdict, Verifier};
use http::HeaderValue;
use proptest::prelude::*;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use support::{Sent, scheme, sent};

const NOW_S: i64 = 1_700_000_000;

/// A request as a vendor sends it: what it signs, and where the signature goes.
struct Vendor {
    scheme: &'static str,
    content: fn(&Sent) -> Vec<u8>,
    write: fn(&[u8]) -> String,
    header: &'static str,
    base: fn(&str) -> Sent,
    /// Parts of the request besides the body that are signed.
    signed_headers: &'static [&'static str],
}

fn text(sent: &Sent, header: &str) -> Vec<u8> {
    sent.headers[header].as_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

const URL: &str = "https://hooks.example.com/in/hubspot/events?portal=7";

fn vendors() -> Vec<Vendor> {
    vec![
        Vendor {
            scheme: support::SLACK,
            content: |s| [b"v0:".as_slice(), &text(s, "x-slack-request-timestamp"), b":", &s.body].concat(),
            write: |bytes| format!("v0={}", hex(bytes)),
            header: "x-slack-signature",
            base: |body| sent(body).header("x-slack-request-timestamp", "1700000000"),
            signed_headers: &["x-slack-request-timestamp"],
        },
        Vendor {
            scheme: support::STANDARD_WEBHOOKS,
            content: |s| {
                let (id, at) = (text(s, "webhook-id"), text(s, "webhook-timestamp"));
                [&id, b".".as_slice(), &at, b".", &s.body].concat()
            },
            write: |bytes| format!("v1,{}", STANDARD.encode(bytes)),
            header: "webhook-signature",
            base: |body| {
                sent(body)
                    .header("webhook-id", "msg_7")
                    .header("webhook-timestamp", "1700000000")
            },
            signed_headers: &["webhook-id", "webhook-timestamp"],
        },
        Vendor {
            scheme: support::HUBSPOT,
            content: |s| {
                let at = text(s, "x-hubspot-request-timestamp");
                [
                    s.method.as_bytes(),
                    s.url.as_deref().unwrap_or_default().as_bytes(),
                    &s.body,
                    &at,
                ]
                .concat()
            },
            write: |bytes| STANDARD.encode(bytes),
            header: "x-hubspot-signature-v3",
            base: |body| {
                sent(body)
                    .url(URL)
                    .header("x-hubspot-request-timestamp", "1700000000000")
            },
            signed_headers: &["x-hubspot-request-timestamp"],
        },
        Vendor {
            scheme: support::ZENDESK,
            content: |s| [text(s, "x-zendesk-webhook-signature-timestamp"), s.body.clone()].concat(),
            write: |bytes| STANDARD.encode(bytes),
            header: "x-zendesk-webhook-signature",
            base: |body| sent(body).header("x-zendesk-webhook-signature-timestamp", "2023-11-14T22:13:20Z"),
            signed_headers: &["x-zendesk-webhook-signature-timestamp"],
        },
        Vendor {
            scheme: support::INTERCOM,
            content: |s| s.body.clone(),
            write: |bytes| format!("sha1={}", hex(bytes)),
            header: "x-hub-signature",
            base: sent,
            signed_headers: &[],
        },
    ]
}

fn hash(scheme: &str) -> hmac::Algorithm {
    if scheme.contains("hmac-sha1\"") {
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY
    } else {
        hmac::HMAC_SHA256
    }
}

fn flip(bytes: &mut [u8], bit: usize) -> bool {
    if bytes.is_empty() {
        return false;
    }
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    true
}

fn proves(verifier: &Verifier, sent: &Sent) -> bool {
    matches!(verifier.judge(&sent.request(), NOW_S * 1000), Verdict::Proved(_))
}

proptest! {
    #[test]
    fn a_bit_in_body_signature_timestamp_or_a_signed_header(
        body in "[ -~]{0,60}",
        bit in any::<usize>(),
        key in "[a-zA-Z0-9+/]{20}",
    ) {
        for vendor in vendors() {
            let verifier = Verifier::new(scheme(vendor.scheme), &[&key]).unwrap();
            let secret = if vendor.scheme == support::STANDARD_WEBHOOKS {
                STANDARD.decode(&key).unwrap()
            } else {
                key.as_bytes().to_vec()
            };
            let base = (vendor.base)(&body);
            let tag = hmac::sign(&hmac::Key::new(hash(vendor.scheme), &secret), &(vendor.content)(&base));
            let signed = base.clone().header(vendor.header, &(vendor.write)(tag.as_ref()));
            prop_assert!(proves(&verifier, &signed), "{}", vendor.scheme);

            let mut changed = signed.clone();
            if flip(&mut changed.body, bit) {
                prop_assert!(!proves(&verifier, &changed), "body: {}", vendor.scheme);
            }
            let mut tag = tag.as_ref().to_vec();
            flip(&mut tag, bit);
            let changed = base.clone().header(vendor.header, &(vendor.write)(&tag));
            prop_assert!(!proves(&verifier, &changed), "signature: {}", vendor.scheme);
            for header in vendor.signed_headers {
                let mut value = text(&signed, header);
                flip(&mut value, bit);
                // What no header can hold does not arrive.
                let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
                let mut changed = signed.clone();
                changed.headers.insert(*header, value);
                prop_assert!(!proves(&verifier, &changed), "{header}: {}", vendor.scheme);
            }
            if vendor.scheme == support::HUBSPOT {
                for other in ["PUT", "GET"] {
                    let mut changed = signed.clone();
                    changed.method = other.into();
                    prop_assert!(!proves(&verifier, &changed));
                }
                let mut url = URL.as_bytes().to_vec();
                flip(&mut url, bit);
                if let Ok(url) = String::from_utf8(url) {
                    prop_assert!(!proves(&verifier, &signed.clone().url(&url)), "{url}");
                }
            }
        }
    }

    #[test]
    fn a_bit_in_a_form_or_the_address_that_twilio_signs(
        fields in proptest::collection::vec(("[a-z]{1,8}", "[a-z0-9]{0,8}"), 1..5),
        bit in any::<usize>(),
    ) {
        let body: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let body = body.join("&");
        let mut sorted = fields.clone();
        sorted.sort();
        sorted.dedup();
        let content: String = sorted.iter().map(|(n, v)| format!("{n}{v}")).collect();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
        let tag = hmac::sign(&key, format!("{URL}{content}").as_bytes());
        let signed = sent(&body)
            .url(URL)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-twilio-signature", &STANDARD.encode(tag.as_ref()));
        let verifier = Verifier::new(scheme(support::TWILIO), &["12345"]).unwrap();
        prop_assert!(proves(&verifier, &signed));
        let mut changed = signed.clone();
        // Between fields nothing is signed but their order, so a changed separator may give
        // the same text: `a=b&` and `a=b` + `&`. Names and values are what counts.
        let at = bit % (changed.body.len() * 8) / 8;
        if changed.body[at].is_ascii_alphanumeric() && flip(&mut changed.body, bit) {
            prop_assert!(!proves(&verifier, &changed), "{:?}", String::from_utf8_lossy(&changed.body));
        }
    }

    #[test]
    fn a_bit_under_a_public_key(body in "[ -~]{1,60}", bit in any::<usize>()) {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let content = format!("1700000000{body}");
        let tag = pair.sign(&random, content.as_bytes()).unwrap();
        let public = STANDARD.encode(pair.public_key().as_ref());
        let verifier = Verifier::new(scheme(support::SENDGRID), &[&public]).unwrap();
        every_part(
            &verifier,
            &body,
            tag.as_ref(),
            bit,
            "x-twilio-email-event-webhook-signature",
            "x-twilio-email-event-webhook-timestamp",
            "",
        )?;

        let pair = Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref()).unwrap();
        let content = format!("msg_7.1700000000.{body}");
        let tag = pair.sign(content.as_bytes());
        let public = STANDARD.encode(pair.public_key().as_ref());
        let verifier = Verifier::new(scheme(support::STANDARD_WEBHOOKS_ASYMMETRIC), &[&public]).unwrap();
        every_part(&verifier, &body, tag.as_ref(), bit, "webhook-signature", "webhook-timestamp", "v1a,")?;
    }
}

fn every_part(
    verifier: &Verifier,
    body: &str,
    tag: &[u8],
    bit: usize,
    header: &str,
    timestamp: &str,
    prefix: &str,
) -> Result<(), TestCaseError> {
    let with = |body: &str, tag: &[u8], at: &str| {
        sent(body)
            .header("webhook-id", "msg_7")
            .header(timestamp, at)
            .header(header, &format!("{prefix}{}", STANDARD.encode(tag)))
    };
    prop_assert!(proves(verifier, &with(body, tag, "1700000000")));
    prop_assert!(!proves(verifier, &with(body, tag, "1700000001")));
    let mut changed = with(body, tag, "1700000000");
    flip(&mut changed.body, bit);
    prop_assert!(!proves(verifier, &changed));
    let mut tag = tag.to_vec();
    flip(&mut tag, bit);
    prop_assert!(!proves(verifier, &with(body, &tag, "1700000000")));
    Ok(())
}
