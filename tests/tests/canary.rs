//! Secrets that are used in everything are found nowhere afterwards: not in the store, the
//! log, the metrics, the dead letters, what commands print, or any file of the daemon's.

use std::{fs, path::Path};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hearken_tests::{Daemon, Folder, SERVER_KEY, Vendor, hearken, send};
use serde_json::json;

/// Generated for this test; long enough to be found in any encoding, with characters that
/// encodings change.
const TOKEN: &str = "canary/token+that \"sings\" wherever it is seen";

/// How a secret may be written.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let percent: String = secret
        .bytes()
        .map(|b| match b.is_ascii_alphanumeric() {
            true => char::from(b).to_string(),
            false => format!("%{b:02X}"),
        })
        .collect();
    let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
    let json = json!(secret).to_string();
    // Of base64 the part that does not depend on what stands before it.
    let base64 = |engine: &dyn Fn(&[u8]) -> String| {
        (0..3)
            .map(|skip| engine(&secret.as_bytes()[skip..])[..20].to_owned())
            .collect()
    };
    let standard: Vec<String> = base64(&|bytes| STANDARD.encode(bytes));
    let url_safe: Vec<String> = base64(&|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let all = [secret.to_owned(), percent, hex, json.trim_matches('"').to_owned()];
    all.into_iter()
        .chain(standard)
        .chain(url_safe)
        .map(String::into_bytes)
        .collect()
}

fn holds(text: &[u8], form: &[u8]) -> bool {
    text.windows(form.len()).any(|window| window == form)
}

/// Every file but those that secrets are read from.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let named = |name: &str| path.file_name().is_some_and(|n| n == name);
        if named("secrets") || named("compiled") {
            continue;
        }
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read(&path).expect("a file")));
        }
    }
}

/// Everything by which something can be seen.
fn seen(folder: &Folder, daemon: Daemon<'_>) -> Vec<(String, Vec<u8>)> {
    let mut all = vec![("/metrics".to_owned(), daemon.get("/metrics").body.into_bytes())];
    for command in [
        &["prospect", "list"][..],
        &["prospect", "show", "user:ann"],
        &["decision", "list"],
        &["dead-letter", "list"],
        &["dead-letter", "show", "1"],
        &["egress", "list"],
        &["egress", "plan"],
        &["summary"],
    ] {
        for format in ["text", "json"] {
            let said = hearken(folder, &[command, &["--format", format]].concat());
            all.push((command.join(" "), format!("{}{}", said.out, said.err).into_bytes()));
        }
    }
    let checked = hearken(folder, &["check", "hearken.toml"]);
    all.push((
        "check".to_owned(),
        format!("{}{}", checked.out, checked.err).into_bytes(),
    ));
    daemon.stop();
    files(folder.path(), &mut all);
    all
}

#[test]
fn a_secret_that_is_used_in_everything_is_found_nowhere() {
    for mode in ["good", "trap-before:*", "trap-after:*"] {
        let vendor = Vendor::echoing();
        let folder = Folder::that_calls(&vendor, mode, "/v1/notes", &vendor.granted("/"), TOKEN);
        let daemon = Daemon::start(&folder);
        let bearer = format!("Bearer {SERVER_KEY}");
        let body = json!({ "writeKey": SERVER_KEY, "messageId": "b", "userId": "ann", "event": 7 }).to_string();
        let site = |path: &str| daemon.intake(&format!("site/v1/{path}"));
        for (url, headers) in [
            (site("track"), vec![]),
            (
                site("track"),
                vec![("authorization", bearer.as_str()), ("cookie", SERVER_KEY)],
            ),
            (format!("{}?writeKey={SERVER_KEY}", site("track")), vec![]),
            (site(&format!("projects/{SERVER_KEY}/nothing")), vec![]),
        ] {
            let _ = send("POST", &url, &headers, body.as_bytes());
        }
        daemon.identify("ann");
        folder.attempt_ends("user:ann");
        if mode != "trap-before:*" {
            assert!(vendor.got()[0].contains(TOKEN), "{mode}: the vendor did get it");
        }
        for (place, text) in seen(&folder, daemon) {
            for secret in [TOKEN, SERVER_KEY] {
                let form = forms(secret).into_iter().find(|form| holds(&text, form));
                let form = form.map(|form| String::from_utf8_lossy(&form).into_owned());
                assert_eq!(form, None, "{mode}: {secret} is seen in {place}");
            }
        }
    }
}
