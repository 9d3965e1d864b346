"""segment-analytics-python against a running daemon. Settings are one JSON argument."""

import json
import sys

from segment import analytics

settings = json.loads(sys.argv[1])
user, device, device_before = settings["user"], settings["device"], settings["deviceBefore"]
failures = []

analytics.write_key = settings["writeKey"]
analytics.host = settings["origin"] + settings["path"]
analytics.gzip = True
analytics.max_retries = 0
analytics.on_error = lambda error, items: failures.append(error)

analytics.page(
    anonymous_id=device_before,
    name="Overview",
    properties={"url": "https://www.example.com/", "title": "Overview"},
)
analytics.page(
    anonymous_id=device,
    name="Return on investment",
    properties={"url": "https://www.example.com/roi", "title": "Return on investment"},
)
analytics.track(anonymous_id=device, event="Demo Requested", properties={"form": "hero"})
analytics.identify(user, {"email": settings["email"], "title": "CIO"}, anonymous_id=device)
analytics.group(user, "generated-company", {"name": settings["company"]})
analytics.alias(device_before, user)

analytics.shutdown()
sys.exit(f"not delivered: {failures}" if failures else 0)
