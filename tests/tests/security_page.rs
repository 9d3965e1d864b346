//! The page about security names tests: each of them exists.

use std::{fs, path::Path};

#[test]
fn every_test_that_the_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/security.md")).expect("the page");
    let mut named = 0;
    for line in page
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(".rs`"))
    {
        let mut source = String::new();
        let shown = line.rsplit(" | ").next().expect("a last cell");
        for name in shown.split('`').skip(1).step_by(2) {
            if name.contains('/') {
                source = fs::read_to_string(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
            } else {
                assert!(source.contains(&format!("fn {name}(")), "there is no {name}:\n{line}");
                named += 1;
            }
        }
    }
    assert!(named > 30, "{named} tests are named");
}
