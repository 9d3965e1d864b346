//! Visits as calls of Segment's HTTP tracking API, in the order in which they happen.
//!
//! The browser's calls carry the public write key, so that what they say about who
//! somebody is stays a claim. What the site's back end knows comes with the server key.

use serde_json::{Value, json};

use super::{
    cast::{Consent, Known, Person},
    dice::Dice,
    site::{ORIGIN, Page},
    visit::{Happening, Step, visit},
};

/// Over how long the visits are spread. All of it is younger than a connector's `fresh`
/// (1 h), so that it may start something.
pub(super) const SPAN_MS: u64 = 14 * 60 * 1000;

/// Events of one browser that happen within this time travel in one request.
const TOGETHER_MS: u64 = 1000;

/// By which key a request authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The public one.
    Browser,
    /// The one that only the site's back end has.
    BackEnd,
}

/// One event and when it happens, from the beginning of [`SPAN_MS`].
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) after_ms: u64,
    key: Key,
    body: Value,
}

/// Events that travel in one request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) key: Key,
    pub(super) events: Vec<Event>,
}

impl Request {
    /// When the last of its events happens.
    pub(super) fn due_ms(&self) -> u64 {
        self.events.last().map_or(0, |e| e.after_ms)
    }

    /// The path below `/in/{connector}`, and the body. `time` gives the written form of a
    /// moment of the span, `sent` is now.
    pub(super) fn written(&self, time: impl Fn(u64) -> String, sent: &str) -> (String, Value) {
        let mut bodies: Vec<Value> = self
            .events
            .iter()
            .map(|event| {
                let mut body = event.body.clone();
                body["timestamp"] = time(event.after_ms).into();
                body
            })
            .collect();
        if bodies.len() == 1
            && let Some(mut body) = bodies.pop()
        {
            let call = body["type"].as_str().unwrap_or("track").to_owned();
            body["sentAt"] = sent.into();
            return (format!("/v1/{call}"), body);
        }
        ("/v1/batch".to_owned(), json!({ "batch": bodies, "sentAt": sent }))
    }
}

/// All requests of the cast's visits, by time.
pub(super) fn requests(cast: &[Person], seed: u64) -> Vec<Request> {
    let mut all: Vec<Request> = Vec::new();
    for (place, person) in cast.iter().enumerate() {
        // A seed each, so that a change to one visit leaves the others as they are.
        let mut dice = Dice::new(seed.wrapping_add(place as u64));
        let steps = visit(person, &mut dice);
        let length_ms = steps.last().map_or(0, |h| h.after_ms);
        let start_ms = dice.between(0, SPAN_MS.saturating_sub(length_ms));
        all.extend(together(
            Writer {
                person,
                place,
                start_ms,
                signed_in: false,
            }
            .events(&steps),
        ));
    }
    all.sort_by_key(Request::due_ms);
    for (number, event) in all.iter_mut().flat_map(|r| &mut r.events).enumerate() {
        event.body["messageId"] = format!("demo-{seed}-{number}").into();
    }
    all
}

/// One person's events, grouped as a client would that collects for a moment.
fn together(events: Vec<Event>) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    for event in events {
        match requests.last_mut() {
            Some(last) if last.key == event.key && event.after_ms < last.due_ms() + TOGETHER_MS => {
                last.events.push(event)
            }
            _ => requests.push(Request {
                key: event.key,
                events: vec![event],
            }),
        }
    }
    requests
}

/// Turns one person's steps into events.
struct Writer<'a> {
    person: &'a Person,
    place: usize,
    start_ms: u64,
    signed_in: bool,
}

impl Writer<'_> {
    fn events(mut self, steps: &[Happening]) -> Vec<Event> {
        let mut events = Vec::new();
        for Happening { after_ms, step } in steps {
            for (key, body) in self.bodies(step) {
                events.push(Event {
                    after_ms: self.start_ms + after_ms,
                    key,
                    body,
                });
            }
        }
        events
    }

    fn bodies(&mut self, step: &Step) -> Vec<(Key, Value)> {
        let by_browser = |body| vec![(Key::Browser, body)];
        match step {
            Step::Opens(page) => by_browser(self.page(page)),
            Step::Leaves { page, dwell_ms, scroll } => {
                let mut properties = place_of(page);
                properties["dwell_ms"] = (*dwell_ms).into();
                properties["visible_ms"] = (*dwell_ms).into();
                properties["scroll"] = (*scroll).into();
                by_browser(self.track("Page Left", properties))
            }
            Step::Searches { query, results } => {
                by_browser(self.track("Products Searched", json!({ "query": query, "results": results })))
            }
            Step::StartsForm { form } => by_browser(self.track("Form Started", json!({ "form": form }))),
            Step::GivesFormUp {
                form,
                last_field,
                corrections,
            } => by_browser(self.track(
                "Form Abandoned",
                json!({ "form": form, "last_field": last_field, "corrections": corrections }),
            )),
            Step::SendsForm { form, asks } => by_browser(self.track(
                "Form Submitted",
                json!({ "form": form, "asks": asks, "fields": ["name", "phone", "message"], "corrections": 0 }),
            )),
            Step::SaysWho => self.says_who(),
        }
    }

    fn says_who(&mut self) -> Vec<(Key, Value)> {
        match self.person.known {
            Known::Not => Vec::new(),
            Known::LeavesAnAddress => {
                let traits = json!({ "email": self.person.email() });
                vec![(Key::Browser, self.event("identify", json!({ "traits": traits })))]
            }
            Known::SignsIn => {
                self.signed_in = true;
                let mut events = vec![self.identify(), self.group()];
                events.extend(self.consent());
                events.into_iter().map(|body| (Key::BackEnd, body)).collect()
            }
        }
    }

    fn identify(&self) -> Value {
        let Person {
            name, buyer, company, ..
        } = self.person;
        let traits = json!({
            "email": self.person.email(), "name": name, "title": buyer.job_title(),
            "company": company.name, "employees": company.employees, "industry": company.industry,
        });
        self.event("identify", json!({ "traits": traits }))
    }

    fn group(&self) -> Value {
        let company = self.person.company;
        let traits = json!({ "name": company.name, "employees": company.employees, "industry": company.industry });
        self.event("group", json!({ "groupId": company.id, "traits": traits }))
    }

    fn consent(&self) -> Option<Value> {
        let (event, proof) = match self.person.consent {
            Consent::Granted => ("Consent Granted", "ticked when signing up"),
            Consent::Withdrawn => ("Consent Withdrawn", "preference page"),
            Consent::Unsaid => return None,
        };
        let about = json!({ "purpose": "marketing", "channel": "email", "basis": "consent", "proof": proof });
        Some(self.track(event, about))
    }

    fn page(&self, page: &Page) -> Value {
        let mut properties = place_of(page);
        properties["title"] = page.title.into();
        self.event("page", json!({ "name": page.title, "properties": properties }))
    }

    fn track(&self, name: &str, properties: Value) -> Value {
        self.event("track", json!({ "event": name, "properties": properties }))
    }

    fn event(&self, call: &str, mut body: Value) -> Value {
        body["type"] = call.into();
        body["anonymousId"] = self.person.anonymous_id().into();
        if self.signed_in {
            body["userId"] = self.person.user_id().into();
        }
        body["context"] = json!({
            "library": { "name": "hearken-demo", "version": env!("CARGO_PKG_VERSION") },
            "sessionId": 1000 + self.place,
        });
        body
    }
}

fn place_of(page: &Page) -> Value {
    json!({ "url": format!("{ORIGIN}{}", page.path), "path": page.path })
}

#[cfg(test)]
mod cases {
    use super::*;
    use crate::demo::cast::cast;

    fn all() -> Vec<Request> {
        requests(&cast(), 1)
    }

    #[test]
    fn requests_are_in_order_and_within_the_span() {
        let requests = all();
        assert!(requests.windows(2).all(|w| w[0].due_ms() <= w[1].due_ms()));
        assert!(requests.iter().all(|r| r.due_ms() <= SPAN_MS));
    }

    #[test]
    fn message_ids_are_unique() {
        let mut ids: Vec<String> = all()
            .iter()
            .flat_map(|r| &r.events)
            .map(|e| e.body["messageId"].to_string())
            .collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn consent_and_job_titles_come_by_the_back_end_only() {
        for event in all().iter().flat_map(|r| &r.events).filter(|e| e.key == Key::Browser) {
            let text = event.body.to_string();
            assert!(!text.contains("Consent") && !text.contains("\"employees\""), "{text}");
        }
    }

    #[test]
    fn one_event_travels_alone_and_several_as_a_batch() {
        let requests = all();
        let alone = requests.iter().find(|r| r.events.len() == 1).unwrap();
        let (path, body) = alone.written(|ms| ms.to_string(), "now");
        assert_eq!(path, format!("/v1/{}", body["type"].as_str().unwrap()));
        let several = requests.iter().find(|r| r.events.len() > 1).unwrap();
        let (path, body) = several.written(|ms| ms.to_string(), "now");
        assert_eq!(path, "/v1/batch");
        assert_eq!(body["batch"].as_array().unwrap().len(), several.events.len());
    }
}
