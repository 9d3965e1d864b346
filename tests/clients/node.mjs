// @segment/analytics-node against a running daemon. Settings are one JSON argument.
import { Analytics } from "@segment/analytics-node";

const { origin, path, writeKey, user, email, company, deviceBefore, device } = JSON.parse(process.argv[2]);

const analytics = new Analytics({ writeKey, host: origin, path: `${path}/v1/batch`, maxRetries: 0 });
const failures = [];
analytics.on("error", (failure) => failures.push(failure));

analytics.page({
  anonymousId: deviceBefore,
  name: "Overview",
  properties: { url: "https://www.example.com/", title: "Overview" },
});
analytics.page({
  anonymousId: device,
  name: "Return on investment",
  properties: { url: "https://www.example.com/roi", title: "Return on investment" },
});
analytics.track({ anonymousId: device, event: "Demo Requested", properties: { form: "hero" } });
analytics.identify({ userId: user, anonymousId: device, traits: { email, title: "CIO" } });
analytics.group({ userId: user, groupId: "generated-company", traits: { name: company } });
analytics.alias({ userId: user, previousId: deviceBefore });

await analytics.closeAndFlush({ timeout: 20_000 });
if (failures.length > 0) {
  console.error(failures);
  process.exit(1);
}
