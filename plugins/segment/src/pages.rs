//! Pages and screens: the same facts under many names.

use hearken_sdk::kinds::{PageLeft, PageViewed, ScreenViewed};

use crate::fields::{Fields, first_number, first_text, object, texts};

/// Names of a URL's parameters that carry what was searched for.
const SEARCH_PARAMETERS: [&str; 8] = [
    "q",
    "query",
    "s",
    "search",
    "search_query",
    "term",
    "keyword",
    "keywords",
];

/// Milliseconds of dwelling, under the names that say milliseconds.
const DWELL_MS: [&str; 6] = [
    "dwell_ms",
    "duration_ms",
    "durationMs",
    "time_on_page_ms",
    "timeOnPageMs",
    "engagement_time_msec",
];
/// Seconds of dwelling, under the names that say seconds or are usual for them.
const DWELL_SECS: [&str; 10] = [
    "dwell",
    "dwell_seconds",
    "duration",
    "duration_seconds",
    "seconds",
    "time_on_page",
    "timeOnPage",
    "time_spent",
    "timeSpent",
    "$prev_pageview_duration",
];
const VISIBLE_MS: [&str; 4] = ["visible_ms", "visibleMs", "active_ms", "active_time_ms"];
const VISIBLE_SECS: [&str; 4] = ["visible", "visible_seconds", "active_time", "active_seconds"];
/// Shares of the page, 0..1 or in percent.
const SCROLL: [&str; 8] = [
    "scroll",
    "scroll_depth",
    "scrollDepth",
    "max_scroll",
    "scroll_percent",
    "scroll_percentage",
    "$prev_pageview_max_content_percentage",
    "$prev_pageview_max_scroll_percentage",
];
/// Shares of the page in percent, also where they are 1 or less.
const SCROLL_PERCENT: [&str; 2] = ["scroll_percent", "scroll_percentage"];

/// A page that was shown. What the properties do not say, `context.page` does.
pub(crate) fn viewed(message: &Fields, properties: &Fields) -> PageViewed {
    let page = page_context(message);
    let said = |name: &str| first_text(properties, &[name]).or_else(|| first_text(&page, &[name]));
    let url = said("url").unwrap_or_default();
    let query = said("search").unwrap_or_else(|| query_of(&url).to_owned());
    let mut tags: Vec<String> = ["tags", "keywords"]
        .iter()
        .filter_map(|name| properties.get(*name))
        .flat_map(texts)
        .collect();
    tags.extend(first_text(properties, &["category"]).or_else(|| first_text(message, &["category"])));
    tags.dedup();
    PageViewed {
        path: path(&said("path"), &url),
        title: said("title")
            .or_else(|| first_text(message, &["name"]))
            .or_else(|| first_text(properties, &["name"]))
            .unwrap_or_default(),
        // RudderStack's word for a visitor who came from nowhere.
        referrer: said("referrer")
            .filter(|referrer| referrer != "$direct")
            .unwrap_or_default(),
        tags,
        search: searched(&query).unwrap_or_default(),
        position: None,
        url,
    }
}

/// A page that was left.
pub(crate) fn left(message: &Fields, properties: &Fields) -> PageLeft {
    let page = page_context(message);
    let said = |name: &str| first_text(properties, &[name]).or_else(|| first_text(&page, &[name]));
    let url = said("url").unwrap_or_default();
    PageLeft {
        // `$pageleave` has the page that was left, and the URL may be the next one's already.
        path: path(
            &first_text(properties, &["$prev_pageview_pathname"]).or_else(|| said("path")),
            &url,
        ),
        dwell_ms: milliseconds(properties, &DWELL_MS, &DWELL_SECS),
        visible_ms: milliseconds(properties, &VISIBLE_MS, &VISIBLE_SECS),
        scroll: scroll(properties),
        url,
    }
}

/// A screen that was shown.
pub(crate) fn screen(message: &Fields, properties: &Fields) -> ScreenViewed {
    let name = first_text(message, &["name"]).or_else(|| first_text(properties, &["name", "screen", "category"]));
    ScreenViewed {
        name: name.or_else(|| first_text(message, &["category"])).unwrap_or_default(),
    }
}

fn page_context(message: &Fields) -> Fields {
    object(message, "context")
        .and_then(|context| object(context, "page"))
        .cloned()
        .unwrap_or_default()
}

fn path(said: &Option<String>, url: &str) -> String {
    said.as_deref()
        .filter(|path| path.starts_with('/'))
        .map_or_else(|| path_of(url), str::to_owned)
}

/// A URL's path, with a leading slash; empty where there is no URL.
fn path_of(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    match url[..end].split_once("://") {
        Some((_, rest)) => rest
            .find('/')
            .map_or_else(|| "/".to_owned(), |slash| rest[slash..].to_owned()),
        None if url.starts_with('/') => url[..end].to_owned(),
        None => String::new(),
    }
}

/// A URL's query, without question mark and fragment.
fn query_of(url: &str) -> &str {
    let url = url.split('#').next().unwrap_or_default();
    url.split_once('?').map_or("", |(_, query)| query)
}

/// What a query, with or without its question mark, searches for.
fn searched(query: &str) -> Option<String> {
    let query = query.trim_start_matches('?');
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| SEARCH_PARAMETERS.contains(&name.as_ref()) && !value.trim().is_empty())
        .map(|(_, value)| value.trim().to_owned())
}

/// Whole milliseconds; nothing for what is negative or longer than a week, which no clock
/// in a page measured.
fn milliseconds(properties: &Fields, in_ms: &[&str], in_secs: &[&str]) -> Option<u64> {
    const WEEK_MS: f64 = 7.0 * 24.0 * 3600.0 * 1000.0;
    first_number(properties, in_ms)
        .or_else(|| first_number(properties, in_secs).map(|seconds| seconds * 1000.0))
        .filter(|ms| (0.0..=WEEK_MS).contains(ms))
        .map(|ms| ms.round() as u64)
}

fn scroll(properties: &Fields) -> Option<f64> {
    let percent = first_number(properties, &SCROLL_PERCENT).map(|percent| percent / 100.0);
    let share = percent
        .or_else(|| first_number(properties, &SCROLL).map(|share| if share > 1.0 { share / 100.0 } else { share }))?;
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::{Value, json};

    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_page_is_described_by_its_properties_and_else_by_the_context() {
        let message = fields(json!({
            "name": "Results",
            "category": "Docs",
            "context": {"page": {"url": "https://www.example.com/search?q=return+on%20investment#top", "path": "/search",
                "title": "Search", "search": "?q=return+on%20investment", "referrer": "https://www.example.com/"}},
        }));
        let page = viewed(&message, &fields(json!({"title": "Found", "tags": ["roi", "cio"]})));
        assert_eq!(page.url, "https://www.example.com/search?q=return+on%20investment#top");
        assert_eq!((page.path.as_str(), page.title.as_str()), ("/search", "Found"));
        assert_eq!(page.search, "return on investment");
        assert_eq!(page.referrer, "https://www.example.com/");
        assert_eq!(page.tags, ["roi", "cio", "Docs"]);
    }

    #[test]
    fn a_page_known_by_its_url_alone_has_a_path_and_a_search() {
        let page = viewed(
            &Fields::new(),
            &fields(json!({"url": "https://www.example.com?utm_source=x&s=price", "referrer": "$direct"})),
        );
        assert_eq!(
            (page.path.as_str(), page.search.as_str(), page.referrer.as_str()),
            ("/", "price", "")
        );
        assert_eq!(path_of("https://www.example.com/a/b?c#d"), "/a/b");
        assert_eq!(path_of("/a?b"), "/a");
        assert_eq!(path_of("about:blank"), "");
    }

    #[test]
    fn dwelling_is_read_in_milliseconds_and_in_seconds() {
        let left = |properties: Value| super::left(&Fields::new(), &fields(properties));
        assert_eq!(left(json!({"dwell_ms": 1500.4})).dwell_ms, Some(1500));
        assert_eq!(left(json!({"time_on_page": "12"})).dwell_ms, Some(12_000));
        assert_eq!(left(json!({"duration": 3, "visible_ms": 2000})).visible_ms, Some(2000));
        for wrong in [
            json!({"dwell_ms": -1}),
            json!({"dwell_ms": 1e300}),
            json!({"duration": "long"}),
            json!({}),
        ] {
            assert_eq!(left(wrong).dwell_ms, None);
        }
    }

    #[test]
    fn a_pageleave_says_of_the_page_before_how_it_was_read() {
        let properties = json!({
            "$prev_pageview_pathname": "/pricing",
            "$prev_pageview_duration": 12.5,
            "$prev_pageview_max_content_percentage": 0.8,
        });
        let message = fields(json!({ "context": { "page": { "path": "/next" } } }));
        let page = left(&message, &fields(properties));
        assert_eq!(
            (page.path.as_str(), page.dwell_ms, page.scroll),
            ("/pricing", Some(12_500), Some(0.8))
        );
    }

    #[test]
    fn scroll_is_a_share_however_it_is_written() {
        let scroll = |properties: Value| super::scroll(&fields(properties));
        assert_eq!(scroll(json!({"scroll": 0.25})), Some(0.25));
        assert_eq!(scroll(json!({"scroll_depth": 80})), Some(0.8));
        assert_eq!(scroll(json!({"scroll_percent": 1})), Some(0.01));
        assert_eq!(scroll(json!({"scroll": 250})), None);
        assert_eq!(scroll(json!({"scroll": -0.1})), None);
    }
}
