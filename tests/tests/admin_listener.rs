//! The admin listener: is it alive, is it ready, what does it count.

use hearken_tests::{Daemon, Folder, WRITE_KEY};
use serde_json::json;

#[test]
fn it_tells_how_the_daemon_is() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    assert_eq!(daemon.get("/live").status, 200);
    assert_eq!(daemon.get("/ready").json(), json!({ "ready": true, "waits-for": [] }));
    let index = daemon.get("/").body;
    assert!(
        ["/live", "/ready", "/metrics"].iter().all(|path| index.contains(path)),
        "{index}"
    );
    assert_eq!(
        daemon.get("/in/site/v1/page").status,
        404,
        "requests from outside have no business here"
    );
    daemon.stop();
}

#[test]
fn what_it_counts_is_what_happened() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let page = json!({ "messageId": "p", "anonymousId": "a", "properties": { "path": "/" } });
    assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
    assert_eq!(daemon.track("page", "wrong", &page).status, 401);
    let metrics = daemon.get("/metrics").body;
    for line in [
        "hearken_http_requests_total{listener=\"public\",connector=\"site\",status=\"200\"} 1",
        "hearken_http_requests_total{listener=\"public\",connector=\"site\",status=\"401\"} 1",
        "# TYPE hearken_http_request_seconds histogram",
    ] {
        assert!(metrics.contains(line), "'{line}' is not in:\n{metrics}");
    }
    daemon.stop();
}
