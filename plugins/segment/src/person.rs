//! Whom a message is about.

use hearken_sdk::Identity;

use crate::config::PreviousId;
use crate::fields::{Fields, first_text, object, text};

/// What programs write where they know nobody. Taken as an id, each of them would join all
/// the people whom it was written for.
const NOBODY: [&str; 14] = [
    "null",
    "undefined",
    "none",
    "nil",
    "nan",
    "0",
    "-1",
    "true",
    "false",
    "anonymous",
    "guest",
    "unknown",
    "n/a",
    "[object object]",
];

/// The longest identity that the contract takes, in bytes.
const MAX_BYTES: usize = 512;

/// The ids that a message of any call carries: its user (also as an e-mail address, where
/// the id is one) and its device.
pub(crate) fn of_message(message: &Fields) -> Vec<Identity> {
    let mut found = Vec::new();
    if let Some(user) = id(message, "userId") {
        add_user(&mut found, user);
    }
    if let Some(anonymous) = id(message, "anonymousId") {
        add(&mut found, "anonymous", anonymous);
    }
    found
}

/// As [`of_message`], and what an `identify` says in its traits.
pub(crate) fn of_identify(message: &Fields, traits: &Fields, by_phone: ByPhone) -> Vec<Identity> {
    let mut found = of_message(message);
    if let Some(email) = first_text(traits, &["email", "emailAddress", "email_address"]).filter(|it| is_email(it)) {
        add(&mut found, "email", email);
    }
    let phone = first_text(traits, &["phone", "phoneNumber", "phone_number"]).filter(|it| is_id(it));
    if let (ByPhone::Yes, Some(phone)) = (by_phone, phone) {
        add(&mut found, "phone", phone);
    }
    found
}

/// As [`of_message`], and the one under whom an `alias` says they were known before.
///
/// The specification has one field for two things, an earlier device and an earlier user.
/// They are told apart by what is there: an address is a user; the message's own device, or
/// what looks like the random id that SDKs give to devices, is a device; where a browser
/// names something else than its own device, it is the user whom it knew. What is left
/// comes from servers and is what the operator says it is.
pub(crate) fn of_alias(message: &Fields, previous_id: PreviousId) -> Vec<Identity> {
    let mut found = of_message(message);
    if let Some(previous) = id(message, "previousId").or_else(|| id(message, "from")) {
        let own_device = id(message, "anonymousId");
        if is_email(&previous) {
            add_user(&mut found, previous);
        } else if own_device.as_ref() == Some(&previous) || is_random(&previous) {
            add(&mut found, "anonymous", previous);
        } else if own_device.is_some() || previous_id == PreviousId::User {
            add_user(&mut found, previous);
        } else {
            add(&mut found, "anonymous", previous);
        }
    }
    found
}

/// Whether a phone number tells who somebody is. Colleagues share an office's number, so
/// only the operator knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByPhone {
    /// Each number is one person's.
    Yes,
    /// Numbers are traits and no more.
    No,
}

/// The company that a `group` names: by domain where one is known, because other
/// connectors know it too, else by name, else by the group's own id.
pub(crate) fn company_of_group(group: &str, traits: &Fields) -> Identity {
    company(traits).unwrap_or_else(|| {
        let scheme = if is_domain(group) { "domain" } else { "segment:group" };
        Identity::new(scheme, group)
    })
}

/// The company that traits describe, by domain or by name.
pub(crate) fn company(traits: &Fields) -> Option<Identity> {
    let named = |scheme: &str, value: String| Some(Identity::new(scheme, value)).filter(|it| is_id(&it.value));
    match domain(traits) {
        Some(domain) => named("domain", domain),
        None => named("name", first_text(traits, &["name"])?),
    }
}

/// The company in an `identify`'s traits, which is written as its name or as an object.
pub(crate) fn company_traits(traits: &Fields) -> Option<Fields> {
    if let Some(company) = object(traits, "company") {
        return Some(company.clone());
    }
    let name = first_text(traits, &["company", "companyName", "company_name"])?;
    Some(Fields::from_iter([("name".to_owned(), name.into())]))
}

/// The domain of a company, as such or out of its website's address.
pub(crate) fn domain(traits: &Fields) -> Option<String> {
    let written = first_text(traits, &["domain", "website", "url"])?.to_lowercase();
    let host = written.split_once("://").map_or(written.as_str(), |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    is_domain(host).then(|| host.to_owned())
}

/// The id under `name`, if it is one.
pub(crate) fn id(message: &Fields, name: &str) -> Option<String> {
    message.get(name).and_then(text).filter(|id| is_id(id))
}

fn is_id(text: &str) -> bool {
    text.len() <= MAX_BYTES
        && !text.chars().any(char::is_control)
        && !NOBODY.contains(&text.to_ascii_lowercase().as_str())
        && !text.chars().all(|c| c == '0' || c == '-')
}

fn add_user(found: &mut Vec<Identity>, user: String) {
    if is_email(&user) {
        add(found, "email", user.clone());
    }
    add(found, "user", user);
}

fn add(found: &mut Vec<Identity>, scheme: &str, value: String) {
    let identity = Identity::new(scheme, value);
    if !found.contains(&identity) {
        found.push(identity);
    }
}

/// One @ between two parts, a dot in the second, no white space. Whether mail arrives there
/// is not asked.
fn is_email(text: &str) -> bool {
    is_id(text)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && is_domain(domain) && !local.contains(char::is_whitespace)
        })
}

fn is_domain(text: &str) -> bool {
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
        })
        && text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.chars().any(char::is_alphabetic))
}

/// Whether it is a UUID, as SDKs give to devices.
fn is_random(id: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    id.split('-').count() == lengths.len()
        && id
            .split('-')
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
#[path = "person_tests.rs"]
mod tests;
