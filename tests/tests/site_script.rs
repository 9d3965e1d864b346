//! The script of a site's pages is what a minifier makes of its source. `SITE_WRITE=1` makes it
//! anew.

use std::{fs, path::Path, process::Command};

use hearken_tests::installed;

/// Terser, with what browsers of the last years understand.
const OPTIONS: [&str; 5] = [
    "--compress",
    "passes=3,unsafe_arrows,ecma=2020",
    "--mangle",
    "--ecma",
    "2020",
];

#[test]
fn what_is_served_is_made_of_the_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/site/src");
    let terser = installed::node().and_then(|node| node.file("node_modules/terser/bin/terser"));
    let terser = terser.expect("terser is installed");
    let made = Command::new("node")
        .arg(terser)
        .arg(folder.join("site.js"))
        .args(OPTIONS)
        .output()
        .expect("node runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let served = folder.join("site.min.js");
    if std::env::var_os("SITE_WRITE").is_some() {
        fs::write(&served, &made.stdout).expect("the script in its folder");
    }
    let committed = fs::read(&served).expect("the script");
    assert!(
        committed == made.stdout,
        "site.min.js is not what site.js makes: SITE_WRITE=1 cargo nextest run -p hearken-tests --test site_script"
    );
}
