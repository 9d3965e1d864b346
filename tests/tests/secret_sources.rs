//! Where secrets come from, and that a changed one is taken up.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use hearken_tests::{Daemon, Folder, Vendor, eventually, hearken};
use rustix::process::Signal;

/// A folder as Kubernetes mounts secrets: names are links into a folder that is exchanged as
/// a whole, by one link.
fn mount(folder: &Path, version: u32, token: &str) {
    let inside = folder.join(format!("..{version}"));
    fs::create_dir_all(&inside).expect("a folder");
    fs::write(inside.join("token"), token).expect("a secret");
    fs::set_permissions(inside.join("token"), fs::Permissions::from_mode(0o400)).expect("a mode");
    if version == 1 {
        symlink("..data/token", folder.join("token")).expect("a link");
    }
    symlink(format!("..{version}"), folder.join("..new")).expect("a link");
    fs::rename(folder.join("..new"), folder.join("..data")).expect("a link that is exchanged");
}

/// A folder whose sink calls the vendor with the secret `token`, which is in `place`.
fn calling(vendor: &Vendor, place: &str) -> Folder {
    let folder = Folder::that_calls(vendor, "good", "/v1/notes", &vendor.granted("/v1"), "unused");
    folder.change("{ file = \"secrets/token\" }", place);
    folder
}

fn reloads(daemon: &Daemon<'_>) -> usize {
    daemon.log().matches("INFO reloaded").count()
}

fn taken_up(daemon: &Daemon<'_>, before: usize) {
    eventually("it is taken up", || (reloads(daemon) > before).then_some(()));
}

#[test]
fn a_secret_that_is_exchanged_in_a_mounted_folder_is_taken_up_by_itself() {
    let vendor = Vendor::echoing();
    let folder = calling(&vendor, "{ dir = \"mounted\" }");
    let mounted = folder.path().join("mounted");
    mount(&mounted, 1, "generated-token-1");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "delivered");
    mount(&mounted, 2, "generated-token-2");
    taken_up(&daemon, 0);
    daemon.identify("bob");
    folder.action_comes_to("user:bob", "delivered");
    daemon.stop();
    let got = vendor.got();
    assert!(got[0].contains("Bearer generated-token-1"), "{got:?}");
    assert!(got[1].contains("Bearer generated-token-2"), "{got:?}");
}

#[test]
fn the_secret_of_a_webhook_that_is_written_again_is_asked_for_from_then_on() {
    let folder = Folder::that_always_tells();
    folder.change(
        "secrets.server-key = { file = \"secrets/server-key\" }",
        "secrets.server-key = { file = \"secrets/server-key\" }\n\
         secrets.server-key-previous = { file = \"secrets/server-key-previous\" }",
    );
    folder.write("secrets/server-key-previous", "generated-before");
    let daemon = Daemon::start(&folder);
    let status = |key: &str| {
        let bearer = format!("Bearer {key}");
        let body = br#"{ "messageId": "i-1", "userId": "ann", "traits": {} }"#;
        let url = daemon.intake("site/v1/identify");
        hearken_tests::send("POST", &url, &[("authorization", &bearer)], body).status
    };
    assert_eq!((status("generated-before"), status("generated-later")), (200, 401));
    folder.write("secrets/server-key-previous", "generated-later");
    taken_up(&daemon, 0);
    assert_eq!((status("generated-before"), status("generated-later")), (401, 200));
    daemon.stop();
}

/// A program that prints `token`, below the folder.
fn program(folder: &Folder, token: &str) -> PathBuf {
    let path = folder.path().join("bin/pass");
    folder.write(
        "bin/pass",
        &format!("#!/bin/sh\n[ \"$1 $2\" = 'show crm' ] || {{ echo \"what is $*?\" >&2; exit 4; }}\necho {token}\n"),
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("a mode");
    path
}

#[test]
fn a_program_is_asked_with_the_flag_only_and_again_at_each_reload() {
    let vendor = Vendor::echoing();
    let folder = calling(&vendor, "{ exec = [\"PASS\", \"show\", \"crm\"] }");
    let path = program(&folder, "generated-token-1");
    folder.change("PASS", &path.display().to_string());
    let file = folder.configuration().display().to_string();

    let refused = hearken(&folder, &["check", &file]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.err.contains("exec-not-allowed") && refused.err.contains("--allow-exec"),
        "{refused:?}"
    );
    hearken(&folder, &["check", &file, "--allow-exec"]).done();

    let daemon = Daemon::start_with(&folder, &["--allow-exec"], &[]);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "delivered");
    program(&folder, "generated-token-2");
    let before = reloads(&daemon);
    daemon.signal(Signal::HUP);
    taken_up(&daemon, before);
    daemon.identify("bob");
    folder.action_comes_to("user:bob", "delivered");
    daemon.stop();
    let got = vendor.got();
    assert!(got[0].contains("Bearer generated-token-1"), "{got:?}");
    assert!(got[1].contains("Bearer generated-token-2"), "{got:?}");

    folder.change("\"crm\"", "\"cms\"");
    let failed = hearken(&folder, &["check", &file, "--allow-exec"]);
    assert_eq!(failed.code, 2, "{failed:?}");
    assert!(failed.err.contains("exit status: 4: what is show cms?"), "{failed:?}");
    fs::set_permissions(folder.path().join("bin"), fs::Permissions::from_mode(0o777)).expect("a mode");
    let open = hearken(&folder, &["check", &file, "--allow-exec"]);
    assert!(open.err.contains("writable-by-others"), "{open:?}");
}
