//! Brakes: a relay through which too much bounces or is complained about is stopped, before
//! those who receive mail for a living stop it.

use std::sync::Arc;

use hearken_config::{Brakes, RelayWiring};
use hearken_mail::{Letter, Relay};
use hearken_model::{Instant, Scope};
use hearken_store::{Standing, StoreError, Switch, Switches};

use super::{Sender, round::system_time};
use crate::parts::Shared;

/// A brake that has tripped.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Tripped {
    brake: &'static str,
    /// What is counted, for people.
    what: &'static str,
    count: u32,
    of: u32,
    allowed: f64,
}

/// One alone may be anybody's.
const AT_LEAST: u32 = 2;

/// Whether a brake trips. Shares are judged from a tenth of the messages on: fewer count as
/// that many.
fn trips(brakes: &Brakes, standing: &Standing) -> Option<Tripped> {
    let of = standing.mails.max(brakes.over / 10);
    let over = |count: u32, allowed: f64| count >= AT_LEAST && f64::from(count) > allowed * f64::from(of);
    let tripped = |brake, what, count, allowed| Tripped {
        brake,
        what,
        count,
        of: standing.mails,
        allowed,
    };
    if over(standing.complained, brakes.complaints) {
        let what = "were complained about";
        return Some(tripped("complaints", what, standing.complained, brakes.complaints));
    }
    over(standing.bounced, brakes.bounces)
        .then(|| tripped("bounces", "bounced for good", standing.bounced, brakes.bounces))
}

impl Shared {
    /// Stops a sink whose relay does badly, and tells a person; whether it did. What went
    /// through before the sink was last stopped or let go counts no more: whoever let it go
    /// knows of that.
    pub(crate) async fn brake(&self, sink: &str, switches: &Switches, now: Instant) -> Result<bool, StoreError> {
        let Some((relay, wired)) = self.relay_of(sink) else {
            return Ok(false);
        };
        let scope = Scope::Sink(sink.to_owned());
        let changed = switches.switches.iter().find(|s| s.scope == scope).map(|s| s.at);
        let standing = self
            .store
            .standing(&wired.name, changed.unwrap_or_default(), wired.brakes.over)
            .await?;
        let Some(tripped) = trips(&wired.brakes, &standing) else {
            return Ok(false);
        };
        let by = tripped.told(wired);
        let switch = Switch {
            scope,
            stopped: true,
            at: now,
            by: by.clone(),
        };
        self.store.set_switch(switch).await?;
        tracing::error!(
            sink,
            relay = wired.name,
            "stopped by {by}; find out why, then: hearken go --sink {sink}"
        );
        metrics::counter!("hearken_relay_brakes_total", "relay" => wired.name.clone(), "brake" => tripped.brake)
            .increment(1);
        if let Some(sender) = &self.sender {
            alert(sender, relay, sink, &by, now).await;
        }
        Ok(true)
    }
}

impl Tripped {
    fn told(&self, wired: &RelayWiring) -> String {
        format!(
            "the brake on {} of the relay '{}': {} of its latest {} stories {}, where {:.2} % may",
            self.brake,
            wired.name,
            self.count,
            self.of,
            self.what,
            self.allowed * 100.0
        )
    }
}

/// Tells the person that is named for it, through the relay itself: it works, only what
/// went through it was not wanted.
async fn alert(sender: &Sender, relay: &Arc<Relay>, sink: &str, by: &str, now: Instant) {
    let Some(to) = &sender.alerts_to else {
        return;
    };
    let text = format!(
        "Hearken has stopped the sink '{sink}'. It was stopped by {by}.\n\nNothing is lost: what was to be sent waits. \
         Find out where these addresses came from, or what people did not want, and then let it go on:\n\n    hearken \
         go --sink {sink}\n\nOnly what is sent from then on counts for the brakes.\n"
    );
    let letter = Letter {
        id: &format!("alert-{sink}-{}", now.0),
        from: &sender.from,
        reply_to: None,
        to,
        subject: &format!("{}: the sink '{sink}' is stopped", sender.brand),
        text: &text,
        html: None,
        headers: &[],
        at: system_time(now),
        unsubscribe: None,
        footer: None,
    };
    let sent = match letter.compose() {
        Ok(message) => relay
            .send(&message, &|| true)
            .await
            .map(|_| ())
            .map_err(|e| e.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = sent {
        tracing::error!(
            sink,
            relay = relay.name(),
            error,
            "nobody could be told by mail that a brake stopped it"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tripped(mails: u32, bounced: u32, complained: u32) -> Option<&'static str> {
        let brakes = Brakes {
            bounces: 0.05,
            complaints: 0.002,
            over: 500,
        };
        let standing = Standing {
            mails,
            bounced,
            complained,
        };
        trips(&brakes, &standing).map(|t| t.brake)
    }

    #[test]
    fn a_brake_trips_where_a_share_is_passed_and_never_for_one_alone() {
        for (mails, bounced, complained, expected) in [
            (500, 25, 0, None),
            (500, 26, 0, Some("bounces")),
            (10, 2, 0, None),
            (10, 3, 0, Some("bounces")),
            (60, 3, 0, None),
            (60, 4, 0, Some("bounces")),
            (500, 0, 1, None),
            (500, 0, 2, Some("complaints")),
            (1, 1, 1, None),
            (100, 50, 2, Some("complaints")),
            (0, 0, 0, None),
        ] {
            assert_eq!(
                tripped(mails, bounced, complained),
                expected,
                "{mails} {bounced} {complained}"
            );
        }
    }
}
