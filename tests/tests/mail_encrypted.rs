//! The way to the relay: encrypted with a certificate that we trust, and logged in; else
//! nothing is sent, and it says why.

use hearken_tests::{Daemon, Folder, Relay, SERVER_KEY, hearken};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

const SMTP: &str = "plugin = \"smtp\"";

/// An authority, and a certificate of it for `name`; generated for each test.
struct Certificates {
    folder: TempDir,
}

impl Certificates {
    fn for_name(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for certificates");
        let key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::new(Vec::new()).expect("an authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&key).expect("a certificate");
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).expect("a file");
        let issuer = Issuer::new(authority, key);
        let own = KeyPair::generate().expect("a key");
        let server = CertificateParams::new(vec![name.to_owned()]).expect("a certificate");
        let server = server.signed_by(&own, &issuer).expect("a certificate");
        std::fs::write(folder.path().join("server.pem"), server.pem()).expect("a file");
        std::fs::write(folder.path().join("server.key"), own.serialize_pem()).expect("a file");
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn relay(&self, how: &Value) -> Relay {
        let mut all =
            json!({ "tls": "starttls", "certificate": self.path("server.pem"), "key": self.path("server.key") });
        for (name, value) in how.as_object().expect("settings") {
            all[name] = value.clone();
        }
        Relay::with(all)
    }
}

fn tell(daemon: &Daemon<'_>) {
    let identify = json!({ "messageId": "i", "userId": "ann", "traits": { "email": "ann@example.org" } });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

/// Waits until the action says why it waits.
fn waits_with(relay: &Relay, settings: &str, why: &str) -> Value {
    let folder = Folder::that_mails(SMTP, relay.port(), &format!("timeout = \"20s\"\n{settings}"));
    folder.write("password", "generated-password");
    let daemon = Daemon::start(&folder);
    tell(&daemon);
    let action = folder.action_once("user:ann", |a| a["why"].to_string().contains(why));
    assert_eq!(
        (&action["state"], &action["attempts"]),
        (&json!("queued"), &json!(0)),
        "{action}"
    );
    assert!(!action.to_string().contains("generated-password"), "{action}");
    assert!(!daemon.log().contains("generated-password"));
    daemon.stop();
    assert!(relay.mails().is_empty(), "nothing was sent");
    assert!(
        !relay.commands().iter().any(|c| c.starts_with("MAIL")),
        "{:?}",
        relay.commands()
    );
    action
}

fn arrives(relay: &Relay, settings: &str) {
    let folder = Folder::that_mails(SMTP, relay.port(), settings);
    folder.write("password", "generated-password");
    let daemon = Daemon::start(&folder);
    tell(&daemon);
    folder.action_once("user:ann", |a| a["state"] == "delivered");
    daemon.stop();
    let mail = relay.wait_for(1).remove(0);
    assert_eq!(mail.about["encrypted"], true, "{}", mail.about);
}

#[test]
fn a_relay_with_a_certificate_of_our_own_authority_is_trusted() {
    let own = Certificates::for_name("127.0.0.1");
    arrives(&own.relay(&json!({})), &format!("ca-file = \"{}\"", own.path("ca.pem")));
    let implicit = own.relay(&json!({ "tls": "tls" }));
    arrives(
        &implicit,
        &format!("tls = \"tls\"\nca-file = \"{}\"", own.path("ca.pem")),
    );
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not() {
    let (own, other) = (Certificates::for_name("127.0.0.1"), Certificates::for_name("127.0.0.1"));
    let relay = own.relay(&json!({}));
    waits_with(
        &relay,
        &format!("ca-file = \"{}\"", other.path("ca.pem")),
        "certificate",
    );
    waits_with(&relay, "", "certificate");
}

#[test]
fn a_certificate_for_another_name_is_not_trusted() {
    let own = Certificates::for_name("relay.example.com");
    let relay = own.relay(&json!({}));
    waits_with(&relay, &format!("ca-file = \"{}\"", own.path("ca.pem")), "certificate");
}

#[test]
fn a_relay_that_offers_no_encryption_is_not_used_where_it_is_asked_for() {
    let relay = Relay::start();
    waits_with(&relay, "tls = \"starttls\"", "STARTTLS");
}

#[test]
fn a_user_logs_in_and_a_wrong_password_sends_nothing() {
    let own = Certificates::for_name("127.0.0.1");
    let login = |password: &str| own.relay(&json!({ "user": "hearken", "password": password }));
    let settings = format!(
        "ca-file = \"{}\"\nuser = \"hearken\"\npassword = {{ file = \"password\" }}",
        own.path("ca.pem")
    );
    arrives(&login("generated-password"), &settings);
    let waiting = waits_with(&login("another"), &settings, "logging in");
    assert!(waiting["why"].to_string().contains("535"), "{waiting}");
}

#[test]
fn certificates_that_cannot_be_read_are_a_problem_of_the_configuration() {
    let folder = Folder::that_mails(SMTP, 1, "ca-file = \"missing.pem\"");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_ne!(said.code, 0);
    assert!(
        said.err.contains("missing.pem") && said.err.contains("ca-file"),
        "{}",
        said.err
    );
    folder.write("missing.pem", "no certificate");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert!(said.err.contains("no certificate in PEM"), "{}", said.err);
}
