//! Requests as vendors document them, against the schemes as manifests write them.

mod support;

use hearken_webhook_auth::{Refused, Verdict};
use support::{Sent, sent};

fn proved(sent: &Sent, scheme: &str, secret: &str, now_s: i64) {
    let verdict = sent.judged(scheme, &[secret], now_s);
    assert!(matches!(verdict, Verdict::Proved(_)), "{verdict:?}");
}

fn refused(sent: &Sent, scheme: &str, secret: &str, now_s: i64) -> Refused {
    match sent.judged(scheme, &[secret], now_s) {
        Verdict::Refused(refused) => refused,
        other => panic!("{other:?}"),
    }
}

/// Slack, "Verifying requests from Slack".
#[test]
fn slack() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let sent = sent(body).header("X-Slack-Request-Timestamp", "1531420618").header(
        "X-Slack-Signature",
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    );
    let secret = "8f742231b10e8888abcd99yyyzzz85a5";
    proved(&sent, support::SLACK, secret, 1_531_420_618 + 300);
    assert_eq!(
        refused(&sent, support::SLACK, secret, 1_531_420_618 + 301),
        Refused::Stale {
            age_s: 301,
            tolerance_s: 300
        }
    );
    assert_eq!(
        refused(&sent, support::SLACK, "another", 1_531_420_618 + 301),
        Refused::Wrong { what: "the signature" },
        "who cannot sign does not learn how old it is"
    );
}

/// The test vectors of the Standard Webhooks specification's libraries.
#[test]
fn standard_webhooks() {
    let sent = |signature| {
        sent(r#"{"test": 2432232314}"#)
            .header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
            .header("webhook-timestamp", "1614265330")
            .header("webhook-signature", signature)
    };
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let (scheme, now) = (support::STANDARD_WEBHOOKS, 1_614_265_330);
    proved(&sent(right), scheme, secret, now);
    let several = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc \
                   v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    proved(&sent(several), scheme, secret, now);
    let other_version = "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let refusal = refused(&sent(other_version), scheme, secret, now);
    assert!(matches!(refusal, Refused::Malformed { .. }), "{refusal}");

    let asymmetric = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
    let key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    proved(&sent(asymmetric), support::STANDARD_WEBHOOKS_ASYMMETRIC, key, now);
}

/// The fixture of SendGrid's libraries for its Event Webhook.
#[test]
fn sendgrid() {
    let body = "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\
                \"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\
                \"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\
                \"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n";
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw\
               +2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    let signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM\
                     +uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    let signed = |body: &str| {
        sent(body)
            .header("X-Twilio-Email-Event-Webhook-Timestamp", "1600112502")
            .header("X-Twilio-Email-Event-Webhook-Signature", signature)
    };
    proved(&signed(body), support::SENDGRID, key, 1_600_112_502);
    assert_eq!(
        refused(&signed(body.trim_end()), support::SENDGRID, key, 1_600_112_502),
        Refused::Wrong { what: "the signature" },
        "the line break at the end is signed"
    );
}

/// Twilio, "Security": a form, and the body's digest in the address.
#[test]
fn twilio() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let form = "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309";
    let call = sent(form)
        .url(url)
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
        .header("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    proved(&call, support::TWILIO, "12345", 0);

    let json = r#"{"property": "value", "boolean": true}"#;
    let query = "foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let url = format!("https://mycompany.com/myapp.php?{query}");
    let with_json = |json: &str| {
        sent(json)
            .url(&url)
            .query(query)
            .header("content-type", "application/json")
            .header("X-Twilio-Signature", "a9nBmqA0ju/hNViExpshrM61xv4=")
    };
    proved(&with_json(json), support::TWILIO, "12345", 0);
    assert_eq!(
        refused(&with_json("{}"), support::TWILIO, "12345", 0),
        Refused::Wrong {
            what: "the body's digest"
        }
    );
}

#[test]
fn a_body_that_a_form_signature_does_not_cover_is_refused() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let bare = sent(r#"{"anything":1}"#)
        .url(url)
        .header("content-type", "application/json")
        .header("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    let refusal = refused(&bare, support::TWILIO, "12345", 0);
    assert!(matches!(refusal, Refused::Missing { .. }), "{refusal}");
    let refusal = refused(
        &bare.renamed("X-Twilio-Signature", "X-Mandrill-Signature"),
        support::MANDRILL,
        "12345",
        0,
    );
    assert!(matches!(refusal, Refused::Malformed { .. }), "{refusal}");
}

#[test]
fn an_address_that_is_signed_has_to_be_known() {
    let call = sent("").header("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_eq!(refused(&call, support::TWILIO, "12345", 0), Refused::NoPublicUrl);
}

/// GitHub, "Validating webhook deliveries"; Intercom's and Segment's are the same but for
/// the hash.
#[test]
fn github_intercom_and_segment() {
    let sent = sent("Hello, World!")
        .header(
            "X-Hub-Signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        )
        .header("X-Hub-Signature", "sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59")
        .header("X-Signature", "01dc10d0c83e72ed246219cdd91669667fe2ca59");
    let secret = "It's a Secret to Everybody";
    proved(&sent, support::GITHUB, secret, 0);
    proved(&sent, support::INTERCOM, secret, 0);
    proved(&sent, support::SEGMENT, secret, 0);
}
