//! From a message to the facts in it.

use hearken_sdk::Identity;
use hearken_sdk::json::Value;
use hearken_sdk::kinds::{Ask, CompanyDescribed, Kind, PersonIdentified, PersonLinked};

use crate::config::{Config, EventRule, PreviousId};
use crate::events::{Events, Meaning};
use crate::fields::{Fields, first_text, object, object_or_empty};
use crate::person::ByPhone;
use crate::route::Call;
use crate::{acts, pages, person, says};

/// Whether the sender is one of the company's own servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// It proved the server key.
    Server,
    /// Anybody: the write key is in every page.
    Anybody,
}

/// One fact: a signal without what every signal of a message has in common.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    /// A kind of the catalogue.
    pub(crate) kind: String,
    /// Tells it from other facts of its message; empty for the one that the call is about.
    pub(crate) part: &'static str,
    /// As the kind's schema says.
    pub(crate) properties: Fields,
    /// Whom it is about.
    pub(crate) identities: Vec<Identity>,
    /// The company, where one is named.
    pub(crate) company: Option<Identity>,
    /// What it is about, in short.
    pub(crate) about: Option<String>,
}

impl Fact {
    fn new<K: Kind>(kind: &K, about: &str) -> Self {
        Self::of(K::KIND, fields_of(kind), about)
    }

    fn of(kind: &str, properties: Fields, about: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            part: "",
            properties,
            identities: Vec::new(),
            company: None,
            about: Some(about.to_owned()).filter(|about| !about.is_empty()),
        }
    }
}

/// Knows what messages mean in this connector.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    events: Events,
    previous_id: PreviousId,
    by_phone: ByPhone,
}

impl Reader {
    /// From the configuration.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            events: Events::new(config),
            previous_id: config.previous_id,
            by_phone: if config.identify_by_phone {
                ByPhone::Yes
            } else {
                ByPhone::No
            },
        }
    }

    /// The facts in a message, at least one; or why it has none and what would be right.
    pub(crate) fn facts(&self, call: Call, message: &Fields, sender: Sender) -> Result<Vec<Fact>, String> {
        let mut facts = match call {
            Call::Identify => self.identify(message),
            Call::Alias => vec![self.alias(message)?],
            Call::Group => vec![group(message)?],
            Call::Page | Call::Screen | Call::Track => {
                let properties = object_or_empty(message, "properties");
                vec![match call {
                    Call::Page => page(message, &properties),
                    Call::Screen => screen(message, &properties),
                    _ => self.track(message, &properties, sender)?,
                }]
            }
        };
        for fact in &mut facts {
            if fact.identities.is_empty() {
                fact.identities = person::of_message(message);
            }
            if fact.identities.is_empty() {
                return Err("it names nobody: a message has a `userId` or an `anonymousId`".to_owned());
            }
        }
        Ok(facts)
    }

    fn identify(&self, message: &Fields) -> Vec<Fact> {
        // RudderStack's browser SDK sends traits in the context, as do others for calls
        // other than this one.
        let mut traits = object(message, "context")
            .map(|it| object_or_empty(it, "traits"))
            .unwrap_or_default();
        traits.extend(object_or_empty(message, "traits"));
        let identities = person::of_identify(message, &traits, self.by_phone);
        let company = person::company_traits(&traits);
        let identity = company.as_ref().and_then(person::company);
        let described = company.zip(identity.clone()).map(|(company, identity)| Fact {
            part: "company",
            identities: identities.clone(),
            ..describe(&company, identity)
        });
        let about = Fact::new(&PersonIdentified { traits }, "");
        let mut facts = vec![Fact {
            identities,
            company: identity,
            ..about
        }];
        facts.extend(described);
        facts
    }

    fn alias(&self, message: &Fields) -> Result<Fact, String> {
        let identities = person::of_alias(message, self.previous_id);
        if identities.len() < 2 {
            return Err("an alias has a `userId` and a `previousId` that is another one".to_owned());
        }
        Ok(Fact {
            identities,
            ..Fact::new(&PersonLinked {}, "")
        })
    }

    fn track(&self, message: &Fields, properties: &Fields, sender: Sender) -> Result<Fact, String> {
        let event = first_text(message, &["event", "name"]).ok_or("a track message has an `event`, its name")?;
        let fact = match self.events.meaning(&event) {
            Meaning::Ruled(rule) => ruled(rule, &event, message, properties)?,
            Meaning::PageViewed => page(message, properties),
            Meaning::PageLeft => page_left(message, properties),
            Meaning::Search => search(&event, properties),
            Meaning::FormStarted => form_started(properties),
            Meaning::FormSubmitted(asks) => form_submitted(properties, asks),
            Meaning::FormAbandoned => form_abandoned(properties),
            Meaning::FileDownloaded => file_downloaded(properties),
            Meaning::ConsentGranted => Fact::new(&acts::consent_granted(properties)?, ""),
            Meaning::ConsentWithdrawn => Fact::new(&acts::consent_withdrawn(properties)?, ""),
            Meaning::ProductUsed => product_used(&event, properties),
        };
        if says::is_of_servers(&fact.kind) && sender != Sender::Server {
            return Err(format!(
                "`{}` is taken from servers only, which prove the `server-key`",
                fact.kind
            ));
        }
        Ok(fact)
    }
}

/// An event as the kind that the operator says it is. Kinds that this plugin has no reading
/// for take the event's own properties. What the rule says goes before what the event says,
/// and fills in what it does not say.
fn ruled(rule: &EventRule, event: &str, message: &Fields, own: &Fields) -> Result<Fact, String> {
    let mut said = own.clone();
    said.extend(rule.properties.clone());
    let mut fact = match rule.kind.as_str() {
        "page.viewed" => page(message, &said),
        "page.left" => page_left(message, &said),
        "screen.viewed" => screen(message, &said),
        "search.performed" => Fact::new(&acts::search(&said).unwrap_or_default(), ""),
        "form.started" => form_started(&said),
        "form.submitted" => form_submitted(&said, None),
        "form.abandoned" => form_abandoned(&said),
        "file.downloaded" => file_downloaded(&said),
        "product.used" => product_used(event, own),
        "consent.granted" => Fact::new(&acts::consent_granted(&said)?, ""),
        "consent.pending" => Fact::new(&acts::consent_pending(&said)?, ""),
        "consent.withdrawn" => Fact::new(&acts::consent_withdrawn(&said)?, ""),
        other => {
            let about = first_text(&said, &["deal", "id", "about"]).unwrap_or_default();
            Fact::of(other, said, &about)
        }
    };
    fact.properties.extend(rule.properties.clone());
    Ok(fact)
}

fn page(message: &Fields, properties: &Fields) -> Fact {
    let page = pages::viewed(message, properties);
    Fact::new(&page, &page.path)
}

fn page_left(message: &Fields, properties: &Fields) -> Fact {
    let page = pages::left(message, properties);
    Fact::new(&page, &page.path)
}

fn screen(message: &Fields, properties: &Fields) -> Fact {
    let screen = pages::screen(message, properties);
    Fact::new(&screen, &screen.name)
}

/// A search that does not say what for is still something that was done.
fn search(event: &str, properties: &Fields) -> Fact {
    acts::search(properties).map_or_else(|| product_used(event, properties), |search| Fact::new(&search, ""))
}

fn form_started(properties: &Fields) -> Fact {
    let form = acts::form_started(properties);
    Fact::new(&form, &form.form)
}

fn form_submitted(properties: &Fields, asks: Option<Ask>) -> Fact {
    let form = acts::form_submitted(properties, asks);
    Fact::new(&form, &form.form)
}

fn form_abandoned(properties: &Fields) -> Fact {
    let form = acts::form_abandoned(properties);
    Fact::new(&form, &form.form)
}

fn file_downloaded(properties: &Fields) -> Fact {
    let file = acts::file_downloaded(properties);
    let about = if file.name.is_empty() { &file.url } else { &file.name };
    Fact::new(&file, about)
}

fn product_used(event: &str, properties: &Fields) -> Fact {
    let used = acts::product_used(event, properties);
    Fact::new(&used, &used.feature)
}

fn group(message: &Fields) -> Result<Fact, String> {
    let group = person::id(message, "groupId").ok_or("a group message has a `groupId`")?;
    let mut traits = object_or_empty(message, "traits");
    let identity = person::company_of_group(&group, &traits);
    traits.insert("group_id".to_owned(), Value::String(group));
    Ok(describe(&traits, identity))
}

fn describe(traits: &Fields, identity: Identity) -> Fact {
    let name = first_text(traits, &["name"]).unwrap_or_default();
    let domain = person::domain(traits).unwrap_or_default();
    let mut rest = traits.clone();
    rest.retain(|name, _| name != "name" && name != "domain");
    Fact {
        company: Some(identity),
        ..Fact::new(
            &CompanyDescribed {
                name,
                domain,
                traits: rest,
            },
            "",
        )
    }
}

/// A kind's properties as an object.
fn fields_of<K: Kind>(kind: &K) -> Fields {
    match serde_json::to_value(kind) {
        Ok(Value::Object(fields)) => fields,
        // Kinds are structs of texts, numbers, lists and maps with text for keys.
        Ok(_) | Err(_) => unreachable!("a kind of the catalogue is written as an object"),
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
