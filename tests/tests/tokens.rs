//! A plugin's calls with a token that the daemon asks the vendor for.

use hearken_tests::{Daemon, Folder, Vendor, hearken};

const CLIENT_SECRET: &str = "generated-client-secret";
const TOKEN: &str = "generated-access-token";

/// Gives a token at `/oauth/token`, and elsewhere what it was sent.
fn vendor() -> Vendor {
    Vendor::answering(|request| {
        if request.starts_with("POST /oauth/token ") {
            let token = format!("{{\"access_token\":\"{TOKEN}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}");
            (200, token)
        } else {
            (200, request.to_owned())
        }
    })
}

fn calling(vendor: &Vendor, granted: &str) -> Folder {
    let (ip, port) = (vendor.address.ip(), vendor.address.port());
    let to = format!("host = \"{ip}\", scheme = \"http\", port = {port}");
    let grants = format!(
        "grants.http = [{{ {to}, path = \"/v1\", secrets = [\"access\"] }}, {{ {to}, path = \"{granted}\" }}]\n\
         grants.allow-private = [\"{}\"]",
        vendor.address
    );
    let folder = Folder::that_calls(vendor, "good", "/v1/notes", &grants, "unused");
    folder.change("secrets.token = { file = \"secrets/token\" }\n", "");
    folder.change("Bearer {token}", "Bearer {access}");
    let token = format!(
        "[connectors.outbox.tokens.access]\nendpoint = \"http://{}/oauth/token\"\ngrant = \"client-credentials\"\n\
         client-id = \"hearken\"\nclient-secret = {{ file = \"secrets/client\" }}\nscopes = [\"notes\"]\n\n\
         [connectors.outbox.config]",
        vendor.address
    );
    folder.change("[connectors.outbox.config]", &token);
    folder.write("secrets/client", CLIENT_SECRET);
    folder
}

#[test]
fn a_token_is_asked_for_and_no_plugin_sees_it() {
    let vendor = vendor();
    let folder = calling(&vendor, "/oauth/token");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let action = folder.action_comes_to("user:ann", "delivered");
    daemon.identify("bob");
    folder.action_comes_to("user:bob", "delivered");
    let got = vendor.got();
    assert_eq!(got.len(), 3, "one request for a token, and two with it: {got:?}");
    assert!(
        got[0].contains("grant_type=client_credentials") && got[0].contains("scope=notes"),
        "{got:?}"
    );
    assert!(
        got[1].contains(&format!("Bearer {TOKEN}")) && got[2].contains(TOKEN),
        "{got:?}"
    );
    let reference = action["reference"].as_str().expect("a reference");
    assert!(reference.contains("Bearer ***"), "{reference}");
    let rows = hearken(&folder, &["egress", "list", "--connector", "outbox"])
        .done()
        .out;
    assert!(rows.contains("/oauth/token"), "{rows}");
    let log = daemon.log();
    daemon.stop();
    for shown in [log, rows, action.to_string()] {
        assert!(!shown.contains(TOKEN) && !shown.contains(CLIENT_SECRET), "{shown}");
    }
}

#[test]
fn what_is_wrong_with_a_token_is_told_before_anything_runs() {
    let vendor = vendor();
    let folder = calling(&vendor, "/elsewhere");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("the token 'access' cannot be asked for"), "{said:?}");
    assert!(
        said.err.contains("methods = [\"POST\"] }"),
        "what would allow it: {said:?}"
    );
    let folder = calling(&vendor, "/oauth/token");
    folder.change("tokens.access]", "tokens.acess]");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert!(
        said.err.contains("knows no token 'acess'") && said.err.contains("'access'"),
        "{said:?}"
    );
    folder.change("tokens.acess]", "tokens.access]");
    folder.change(
        "[connectors.outbox.config]",
        "[connectors.outbox.secrets]\naccess = { env = \"HOME\" }\n\n[connectors.outbox.config]",
    );
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert!(said.err.contains("[connectors.outbox.tokens.access]"), "{said:?}");
}
