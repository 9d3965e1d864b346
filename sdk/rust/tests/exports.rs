//! Plugins as their authors write them: natively, against doubles of the imports.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the message")]

use hearken_sdk::json::json;
use hearken_sdk::kinds::{FormSubmitted, PageViewed};
use hearken_sdk::{
    Action, Class, Failure, Identity, Instant, Manifest, NoConfig, Plugin, Receipt, Reception, Reconciler, Request,
    Signal, Sink, Vocabulary, Webhook, files, http, log, testing,
};

struct Both;

impl Plugin for Both {
    type Config = NoConfig;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .says(["page.viewed"])
            .creates_files()
            .channels(["*"])
    }

    fn configure(NoConfig {}: NoConfig, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self)
    }
}

impl Webhook for Both {
    fn receive(&self, request: &Request) -> Result<Reception, Failure> {
        let viewed: PageViewed = request.json()?;
        let who = request
            .parameter("who")
            .ok_or_else(|| Failure::permanent("the query has no who"))?;
        log::info!("received", path = viewed.path);
        Ok(Reception::ok_json(&json!({ "ok": true }))?
            .signal(Signal::new(&request.id, request.received, &viewed)?.identity("anonymous", who)))
    }
}

impl Sink for Both {
    fn deliver(&self, _now: Instant, action: &Action) -> Result<Receipt, Failure> {
        files::create(&action.id, action.content.text.as_bytes())?;
        Ok(Receipt::delivered(&action.id))
    }
}

impl Reconciler for Both {
    fn reconcile(&self, _now: Instant, action: &Action) -> Result<Option<Receipt>, Failure> {
        let there = files::names()?.iter().any(|(name, _)| *name == action.id);
        Ok(there.then(|| Receipt::delivered(&action.id)))
    }
}

hearken_sdk::export!(Both: Webhook, Sink, Reconciler);

fn both() -> Both {
    testing::configure(&json!({}), Vocabulary::default()).unwrap()
}

#[test]
fn a_webhook_reads_json_and_the_query_and_logs() {
    let request = Request {
        query: "who=a%201&x=".into(),
        id: "7".into(),
        ..Request::new("POST", "/", "{\"path\":\"/a\"}")
    };
    let reception = both().receive(&request).unwrap();
    assert_eq!(reception.signals[0].identities, [Identity::new("anonymous", "a 1")]);
    assert_eq!(
        reception.signals[0].read(),
        Some(Ok(PageViewed {
            path: "/a".into(),
            ..PageViewed::default()
        }))
    );
    assert_eq!(reception.signals[0].read::<FormSubmitted>(), None);
    assert_eq!(reception.body, br#"{"ok":true}"#);
    assert_eq!(testing::log()[0].fields, [("path".to_owned(), "/a".to_owned())]);

    let failure = both().receive(&Request::new("POST", "/", "{")).unwrap_err();
    assert_eq!((failure.class, failure.code.as_str()), (Class::Permanent, "content"));
}

#[test]
fn what_was_not_granted_is_denied() {
    assert_eq!(
        both().deliver(Instant::default(), &Action::new("a")).unwrap_err().class,
        Class::Denied
    );
    let error = http::Request::get("https://example.com/").send().unwrap_err();
    assert_eq!((error.code.as_str(), error.may_have_arrived), ("denied", false));
    testing::http(|request| {
        Ok(http::Response {
            status: 200,
            body: request.url.into(),
            ..Default::default()
        })
    });
    assert_eq!(
        http::Request::get("https://example.com/").send().unwrap().text(),
        "https://example.com/"
    );
}

#[test]
fn a_sink_that_says_nothing_of_batches_or_forgetting_has_both() {
    let folder = tempfile::tempdir().unwrap();
    testing::folder(folder.path());
    let actions = [Action::new("a-1"), Action::new("../a-2")];
    let answers = both().deliver_all(Instant::default(), &actions);
    assert_eq!(answers[0], ("a-1".to_owned(), Ok(Receipt::delivered("a-1"))));
    assert_eq!(answers[1].1.as_ref().unwrap_err().class, Class::Permanent);
    assert!(both().reconcile(Instant::default(), &actions[0]).unwrap().is_some());
    assert!(both().reconcile(Instant::default(), &actions[1]).unwrap().is_none());
    assert_eq!(files::create("a-1", b"other"), Ok(false));
    assert_eq!(
        both().forget(Instant::default(), &[]).unwrap_err().class,
        Class::Permanent
    );
}
