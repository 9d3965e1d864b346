//! What stands in a token, as bytes. Short, since a link has to fit into a line; each purpose
//! has a shape of its own, which never changes: tokens of it are out there.

use hearken_model::{ActionId, Identity, Instant};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Answer, Click, Confirm, HandOver, Link, Preferences, Purpose, Unsubscribe};

#[derive(Serialize, Deserialize)]
struct ToUnsubscribe {
    action: [u8; 8],
    scheme: String,
    value: String,
    purpose: String,
    channel: String,
}

#[derive(Serialize, Deserialize)]
struct ToPrefer {
    action: [u8; 8],
    scheme: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
struct ToConfirm {
    action: [u8; 8],
    expires_s: u64,
    scheme: String,
    value: String,
    purpose: String,
    channel: String,
}

#[derive(Serialize, Deserialize)]
struct ToAnswer {
    action: [u8; 8],
    expires_s: u64,
    option: u16,
}

#[derive(Serialize, Deserialize)]
struct ToClick {
    action: [u8; 8],
    link: u16,
}

#[derive(Serialize, Deserialize)]
struct ToTakeOver {
    action: [u8; 8],
    expires_s: u64,
}

/// A link's payload.
pub(crate) fn write(link: &Link) -> Vec<u8> {
    match link.clone() {
        Link::Unsubscribe(l) => bytes(&ToUnsubscribe {
            action: code(l.action),
            scheme: l.to.scheme,
            value: l.to.value,
            purpose: l.purpose,
            channel: l.channel,
        }),
        Link::Preferences(l) => bytes(&ToPrefer {
            action: code(l.action),
            scheme: l.to.scheme,
            value: l.to.value,
        }),
        Link::Confirm(l) => bytes(&ToConfirm {
            action: code(l.action),
            expires_s: l.expires.0 / 1000,
            scheme: l.to.scheme,
            value: l.to.value,
            purpose: l.purpose,
            channel: l.channel,
        }),
        Link::Answer(l) => bytes(&ToAnswer {
            action: code(l.action),
            expires_s: l.expires.0 / 1000,
            option: l.option,
        }),
        Link::Click(l) => bytes(&ToClick {
            action: code(l.action),
            link: l.link,
        }),
        Link::HandOver(l) => bytes(&ToTakeOver {
            action: code(l.action),
            expires_s: l.expires.0 / 1000,
        }),
    }
}

/// The link of a payload; none where it has another shape.
pub(crate) fn read(purpose: Purpose, payload: &[u8]) -> Option<Link> {
    let identity = |scheme: String, value: String| Identity { scheme, value };
    Some(match purpose {
        Purpose::Unsubscribe => {
            let l: ToUnsubscribe = whole(payload)?;
            Link::Unsubscribe(Unsubscribe {
                action: action(l.action),
                to: identity(l.scheme, l.value),
                purpose: l.purpose,
                channel: l.channel,
            })
        }
        Purpose::Preferences => {
            let l: ToPrefer = whole(payload)?;
            Link::Preferences(Preferences {
                action: action(l.action),
                to: identity(l.scheme, l.value),
            })
        }
        Purpose::Confirm => {
            let l: ToConfirm = whole(payload)?;
            Link::Confirm(Confirm {
                action: action(l.action),
                to: identity(l.scheme, l.value),
                purpose: l.purpose,
                channel: l.channel,
                expires: Instant(l.expires_s.saturating_mul(1000)),
            })
        }
        Purpose::Answer => {
            let l: ToAnswer = whole(payload)?;
            Link::Answer(Answer {
                action: action(l.action),
                option: l.option,
                expires: Instant(l.expires_s.saturating_mul(1000)),
            })
        }
        Purpose::Click => {
            let l: ToClick = whole(payload)?;
            Link::Click(Click {
                action: action(l.action),
                link: l.link,
            })
        }
        Purpose::HandOver => {
            let l: ToTakeOver = whole(payload)?;
            Link::HandOver(HandOver {
                action: action(l.action),
                expires: Instant(l.expires_s.saturating_mul(1000)),
            })
        }
    })
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).expect("texts and numbers can always be written")
}

fn whole<T: DeserializeOwned>(payload: &[u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(payload).ok()?;
    rest.is_empty().then_some(value)
}

fn code(action: ActionId) -> [u8; 8] {
    action.as_u64().to_be_bytes()
}

fn action(code: [u8; 8]) -> ActionId {
    ActionId::from_u64(u64::from_be_bytes(code))
}
