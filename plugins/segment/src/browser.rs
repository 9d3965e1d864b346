//! What browser SDKs load before they send anything: settings that name this connector and
//! no destination of their vendor's.

use hearken_sdk::json::{Value, json};

use crate::config::split_endpoint;

/// Where events go if nobody says where: nowhere. Left out, Segment's SDK would send what
/// visitors do to Segment.
const NOWHERE: &str = "the-connector-has-no-endpoint.invalid/v1";

/// Segment's `GET /v1/projects/{writeKey}/settings`. A page's own
/// `integrations["Segment.io"]` goes before it.
pub(crate) fn segment_settings(write_key: &str, endpoint: Option<&str>) -> Value {
    let (protocol, host) = endpoint.and_then(split_endpoint).unwrap_or(("https", NOWHERE));
    json!({
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": host,
                "protocol": protocol,
                "unbundledIntegrations": [],
                "addBundledMetadata": true,
                "maybeBundledConfigIds": {},
            },
        },
        "plan": {"track": {"__default": {"enabled": true, "integrations": {}}}},
        "metrics": {"sampleRate": 0},
        "enabledMiddleware": {},
        "remotePlugins": [],
        "legacyVideoPluginsEnabled": false,
        "analyticsNextEnabled": true,
    })
}

/// RudderStack's `GET /sourceConfig`: a source that is enabled and has no destinations in
/// the browser.
pub(crate) fn rudderstack_source() -> Value {
    json!({
        "source": {
            "id": "hearken",
            "name": "hearken",
            "workspaceId": "hearken",
            "enabled": true,
            "config": {"statsCollection": {"errors": {"enabled": false}, "metrics": {"enabled": false}}},
            "connections": [],
            "destinations": [],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_name_this_connector_and_nobody_else() {
        let settings = segment_settings("key-1", Some("http://127.0.0.1:8080/in/site/v1/"));
        let ours = &settings["integrations"]["Segment.io"];
        assert_eq!(
            (&ours["apiKey"], &ours["apiHost"], &ours["protocol"]),
            (&json!("key-1"), &json!("127.0.0.1:8080/in/site/v1"), &json!("http"))
        );
        assert_eq!(settings["integrations"].as_object().unwrap().len(), 1);
        assert_eq!(rudderstack_source()["source"]["destinations"], json!([]));
    }

    #[test]
    fn without_an_endpoint_events_go_nowhere_rather_than_to_a_vendor() {
        let settings = segment_settings("key-1", None);
        let host = settings["integrations"]["Segment.io"]["apiHost"].as_str().unwrap();
        assert!(host.split('/').next().unwrap().ends_with(".invalid"));
    }
}
