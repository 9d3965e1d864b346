//! What an operator is told about webhook authentication before anything runs.

use hearken_tests::{Folder, hearken, target};

const SECRET: &str = "generated-signing-secret";

#[test]
fn a_vendor_that_signs_the_address_needs_it_to_be_said() {
    let folder = Folder::with_signed_webhooks(&[("twilio", SECRET)], "");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_eq!(said.code, 2, "{said:?}");
    for part in [
        "signs the address",
        "public-url = \"https://hooks.example.com/in/signed\"",
    ] {
        assert!(said.err.contains(part) || said.out.contains(part), "'{part}': {said:?}");
    }
    let links = "\n[links]\npublic-url = \"https://links.example.com\"";
    let folder = Folder::with_signed_webhooks(&[("twilio", SECRET)], links);
    hearken(&folder, &["check", "hearken.toml"]).done();
}

#[test]
fn a_public_url_that_cannot_be_one_is_pointed_at() {
    let folder = Folder::with_signed_webhooks(&[("twilio", SECRET)], "public-url = \"hooks.example.com\"");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        format!("{said:?}").contains("is not an absolute http or https URL"),
        "{said:?}"
    );
}

#[test]
fn a_secret_that_does_not_fit_its_scheme_is_named_and_not_shown() {
    let folder = Folder::with_signed_webhooks(
        &[
            ("standard", "whsec_generated!"),
            ("sendgrid", "Z2VuZXJhdGVk"),
            ("basic", "no-colon"),
        ],
        "",
    );
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_eq!(said.code, 2, "{said:?}");
    let all = format!("{}{}", said.out, said.err);
    for part in [
        "the secret 'standard' of connector 'signed' does not fit: it is not written in base64 after 'whsec_'",
        "the secret 'sendgrid' of connector 'signed' does not fit: it is no public key for ECDSA P-256",
        "the secret 'basic' of connector 'signed' does not fit: it is not a user and a password",
    ] {
        let flat = all.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(flat.contains(part), "'{part}': {all}");
    }
    assert!(
        !all.contains("whsec_generated!") && !all.contains("Z2VuZXJhdGVk"),
        "{all}"
    );
}

#[test]
fn a_plugin_says_what_it_trusts_before_it_is_wired() {
    let folder = Folder::with_a_site();
    let plugin = target().join("plugins/signed-webhook.wasm").display().to_string();
    let said = hearken(&folder, &["plugin", "inspect", &plugin]).done().out;
    for part in [
        "slack (secret, optional, hmac-sha256 over v0:{timestamp}:{body}, at most 300 s old)",
        "twilio (secret, optional, hmac-sha1 over {url}{form}, of any age)",
        "verify-token (secret, optional, for challenges)",
        "POST (proved by slack)",
        "HEAD (from anybody)",
        "public-url = \"https://hooks.example.com/in/signed-webhook\"",
    ] {
        assert!(said.contains(part), "'{part}' is not in:\n{said}");
    }
}
