//! The script of the pages, as it is served: `site.js` as a minifier has made it smaller. A test
//! of the daemon's (`tests/tests/site_script.rs`) makes it anew and compares.

/// The script as it is served: less than 4 kB.
#[must_use]
pub fn script() -> &'static str {
    include_str!("site.min.js")
}

#[cfg(test)]
mod tests {
    use super::script;

    const SOURCE: &str = include_str!("site.js");

    #[test]
    fn it_is_less_than_4_kb_as_it_is_served() {
        let bytes = script().len();
        assert!((1000..4096).contains(&bytes), "{bytes} bytes");
    }

    #[test]
    fn it_has_no_cookie_and_stores_in_one_place_only() {
        for text in [SOURCE, script()] {
            for never in ["cookie", "sessionStorage", "indexedDB", "caches", "eval("] {
                assert!(!text.contains(never), "{never}");
            }
            // Every use goes through what it is called there.
            assert_eq!(text.matches("localStorage").count(), 1);
        }
    }
}
