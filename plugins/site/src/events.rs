//! From one event of the script to signals.

use hearken_sdk::json::{Map, Value};
use hearken_sdk::kinds::{
    FileDownloaded, FormAbandoned, FormStarted, FormSubmitted, Kind, PageLeft, PageViewed, PersonDescribed,
    PersonIdentified, ProductUsed, SearchPerformed,
};
use hearken_sdk::{Instant, Signal};

/// The kinds that a page may say. What a person allows, answers or buys is not among them: the
/// key stands in every page.
pub(crate) const SAID: [&str; 10] = [
    PageViewed::KIND,
    PageLeft::KIND,
    SearchPerformed::KIND,
    FormStarted::KIND,
    FormSubmitted::KIND,
    FormAbandoned::KIND,
    FileDownloaded::KIND,
    ProductUsed::KIND,
    PersonIdentified::KIND,
    PersonDescribed::KIND,
];

/// Under which names a page says who somebody is.
const NAMES: [&str; 3] = ["user", "email", "phone"];

/// The longest id of an event, so that another part fits behind it.
const MAX_ID_BYTES: usize = 100;

/// Whose page it is.
pub(crate) struct Visitor<'a> {
    pub(crate) id: &'a str,
    pub(crate) language: &'a str,
    pub(crate) granted: bool,
}

/// One event of the script.
pub(crate) struct Event<'a> {
    id: &'a str,
    kind: &'a str,
    /// By the visitor's clock, in milliseconds since 1970.
    pub(crate) at: u64,
    properties: Map<String, Value>,
}

impl<'a> Event<'a> {
    pub(crate) fn read(event: &'a Map<String, Value>) -> Result<Self, String> {
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        let id = text("id").filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES);
        let id = id.ok_or_else(|| format!("`id` is a text of 1 to {MAX_ID_BYTES} bytes"))?;
        let kind = text("kind").unwrap_or_default();
        if !SAID.contains(&kind) {
            return Err(format!(
                "`{kind}` is no kind that a page says; those are {}",
                SAID.join(", ")
            ));
        }
        let properties = match event.get("properties") {
            None => Map::new(),
            Some(Value::Object(properties)) => properties
                .iter()
                .filter(|(_, v)| says_something(v))
                .map(owned)
                .collect(),
            Some(_) => return Err("`properties` is an object".to_owned()),
        };
        Ok(Self {
            id,
            kind,
            at: event.get("at").and_then(Value::as_u64).unwrap_or_default(),
            properties,
        })
    }

    /// The signals that it is: one, and with the first page of a visit another one that says in
    /// which language it is read.
    pub(crate) fn signals(mut self, visitor: &Visitor<'_>, at: Instant) -> Result<Vec<Signal>, String> {
        let named = self.take_names();
        let language = visitor.language.trim();
        let arrives = self.kind == PageViewed::KIND && !self.comes_from_here() && !language.is_empty();
        let signal = |id: String, kind: &str, properties: &Map<String, Value>| {
            let signal = Signal::vendor(id, at, kind, properties).map_err(|failure| failure.message)?;
            let mut signal = signal.identity("anonymous", visitor.id);
            if visitor.granted {
                signal.extra.push(("observing".to_owned(), "granted".to_owned()));
            }
            Ok::<Signal, String>(signal)
        };
        let mut first = signal(self.id.to_owned(), self.kind, &self.properties)?;
        for (scheme, value) in named {
            first = first.identity(scheme, value);
        }
        let mut signals = vec![first];
        if arrives {
            let traits = Map::from_iter([("language".to_owned(), Value::from(language))]);
            let properties = Map::from_iter([("traits".to_owned(), Value::Object(traits))]);
            signals.push(signal(
                format!("{}:language", self.id),
                PersonDescribed::KIND,
                &properties,
            )?);
        }
        Ok(signals)
    }

    /// Who somebody is says `person.identified` and nothing else: behaviour belongs to the
    /// visitor, whoever they turn out to be.
    fn take_names(&mut self) -> Vec<(&'static str, String)> {
        let mut named = Vec::new();
        if self.kind == PersonIdentified::KIND {
            for name in NAMES {
                if let Some(Value::String(value)) = self.properties.remove(name) {
                    named.push((name, value));
                }
            }
        }
        named
    }

    /// Whether a page was come to from another page of the same site.
    fn comes_from_here(&self) -> bool {
        let site = |name: &str| self.properties.get(name).and_then(Value::as_str).and_then(site);
        site("referrer").is_some() && site("referrer") == site("url")
    }
}

/// Scheme, host and port of an address.
fn site(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let end = url[host..].find(['/', '?', '#']).map_or(url.len(), |end| host + end);
    Some(&url[..end])
}

fn says_something(value: &Value) -> bool {
    !(value.is_null() || value.as_str().is_some_and(str::is_empty))
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::json;

    use super::*;

    fn signals(event: Value, visitor: &Visitor<'_>) -> Vec<Signal> {
        let event = event.as_object().unwrap().clone();
        let read = Event::read(&event).unwrap();
        read.signals(visitor, Instant::from_millis(1)).unwrap()
    }

    const VISITOR: Visitor<'_> = Visitor {
        id: "visitor-1",
        language: "de",
        granted: false,
    };

    #[test]
    fn the_first_page_of_a_visit_tells_the_language_and_the_next_one_does_not() {
        let page = |referrer: &str| {
            let properties = json!({ "url": "https://www.example.com/roi", "referrer": referrer, "search": "" });
            json!({ "id": "l-0", "kind": "page.viewed", "properties": properties })
        };
        for from in ["", "https://search.example/", "https://www.example.com.evil.example/"] {
            let said = signals(page(from), &VISITOR);
            assert_eq!(said.len(), 2, "{from}");
            assert_eq!(said[1].kind, "person.described");
            assert_eq!(said[1].values().unwrap()["traits"], json!({ "language": "de" }));
            assert!(!said[0].values().unwrap().contains_key("search"), "empty says nothing");
        }
        assert_eq!(signals(page("https://www.example.com/"), &VISITOR).len(), 1);
        let unknown = Visitor {
            language: " ",
            ..VISITOR
        };
        assert_eq!(signals(page(""), &unknown).len(), 1);
    }

    #[test]
    fn behaviour_is_the_visitors_and_only_who_identifies_joins_names() {
        let event = |kind: &str| {
            let properties =
                json!({ "form": "f", "email": "ann@example.com", "user": "u-1", "traits": { "name": "Ann" } });
            json!({ "id": "l-0", "kind": kind, "properties": properties })
        };
        let form = signals(event("form.started"), &VISITOR).remove(0);
        assert_eq!(form.identities.len(), 1);
        assert_eq!(form.identity_of("anonymous"), Some("visitor-1"));
        let named = signals(event("person.identified"), &VISITOR).remove(0);
        assert_eq!(named.identity_of("email"), Some("ann@example.com"));
        assert_eq!(named.identity_of("user"), Some("u-1"));
        assert!(!named.values().unwrap().contains_key("email"));
    }

    #[test]
    fn what_the_page_says_was_allowed_is_said_of_each_signal() {
        let page = json!({ "id": "l-0", "kind": "page.viewed", "properties": { "path": "/" } });
        let allowed = Visitor {
            granted: true,
            ..VISITOR
        };
        for signal in signals(page.clone(), &allowed) {
            assert_eq!(signal.extra, [("observing".to_owned(), "granted".to_owned())]);
        }
        assert!(signals(page, &VISITOR).iter().all(|s| s.extra.is_empty()));
    }
}
