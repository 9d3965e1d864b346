//! Requests, by a plugin that sends them in every wrong way (`plugins/miscalling`).

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use hearken_sandbox::{Class, Connector, ConnectorSpec, Fault, Http, Permit, Sending, wire};

use crate::support::{World, actions, spec};

/// Notes what it is given, and answers as it is told.
#[derive(Debug, Default)]
struct Network {
    sent: Mutex<Vec<String>>,
    /// For these items nobody is reached.
    unreachable: BTreeSet<&'static str>,
    /// For these items nobody knows.
    silent: BTreeSet<&'static str>,
}

impl Network {
    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

fn error(code: &str, may_have_arrived: bool) -> wire::HttpError {
    wire::HttpError {
        code: code.into(),
        message: "said the network".into(),
        may_have_arrived,
        retry_after_ms: None,
    }
}

#[async_trait]
impl Http for Network {
    async fn send(&self, request: wire::HttpRequest, sending: Sending) -> Result<wire::HttpResponse, wire::HttpError> {
        let item = request.item.unwrap_or_default();
        sending.may_go(Some(&item)).await.map_err(|_| error("denied", false))?;
        if self.unreachable.contains(item.as_str()) {
            return Err(error("connect", false));
        }
        self.sent.lock().unwrap().push(item.clone());
        if self.silent.contains(item.as_str()) {
            return Err(error("timeout", true));
        }
        Ok(wire::HttpResponse {
            status: 201,
            headers: Vec::new(),
            body: b"made".to_vec(),
        })
    }

    fn hmac(&self, algorithm: &str, _: &str, data: &[u8]) -> Result<Vec<u8>, wire::Failure> {
        Ok([algorithm.as_bytes(), data].concat())
    }
}

/// Refuses what is for one item.
struct Withdrawn(&'static str);

#[async_trait]
impl Permit for Withdrawn {
    async fn may_still(&self, item: &str) -> Result<(), String> {
        if item == self.0 {
            Err("withdrawn".into())
        } else {
            Ok(())
        }
    }
}

fn calling(mode: &str, network: &Arc<Network>) -> ConnectorSpec {
    let mut granted = spec(mode);
    granted.settings.config = format!(r#"{{"mode":"{mode}","url":"http://example.com/","secrets":{{"sign":"x"}}}}"#);
    granted.grants.http = Some(Arc::clone(network) as Arc<dyn Http>);
    granted
}

async fn connect(mode: &str, network: &Arc<Network>) -> Connector {
    let world = World::of("miscalling").await;
    world.try_connect(calling(mode, network)).await.unwrap()
}

async fn deliver(connector: &Connector, count: usize) -> Vec<Result<wire::Receipt, Fault>> {
    let answers = connector.deliver(0, actions(count), None, None).await;
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn class(answer: &Result<wire::Receipt, Fault>) -> Option<Class> {
    answer.as_ref().err().map(Fault::class)
}

fn unknown(answers: &[Result<wire::Receipt, Fault>]) -> Vec<bool> {
    let all = answers.iter();
    all.map(|a| a.as_ref().is_err_and(Fault::may_have_been_sent)).collect()
}

#[tokio::test]
async fn a_request_is_sent_for_each_action_of_the_call() {
    let network = Arc::default();
    let connector = connect("good", &network).await;
    let answers = deliver(&connector, 3).await;
    assert!(
        answers.iter().all(|a| a.as_ref().unwrap().reference == "201 made"),
        "{answers:?}"
    );
    assert_eq!(network.sent(), ["a0", "a1", "a2"]);
}

#[tokio::test]
async fn requests_that_are_not_granted_are_denied() {
    let world = World::of("miscalling").await;
    let network = Arc::default();
    let mut bare = calling("good", &network);
    bare.grants.http = None;
    let answers = deliver(&world.try_connect(bare).await.unwrap(), 1).await;
    assert_eq!(class(&answers[0]), Some(Class::Denied));
}

#[tokio::test]
async fn a_sink_says_for_which_of_its_actions_a_request_is() {
    for mode in ["no-item", "stranger:elsewhere"] {
        let network = Arc::default();
        let answers = deliver(&connect(mode, &network).await, 2).await;
        assert!(
            answers.iter().all(|a| class(a) == Some(Class::Denied)),
            "{mode}: {answers:?}"
        );
        assert!(network.sent().is_empty());
    }
}

#[tokio::test]
async fn after_a_crash_what_was_sent_is_unknown_and_what_was_not_is_sent() {
    let network = Arc::default();
    let answers = deliver(&connect("trap-before:a2", &network).await, 5).await;
    assert_eq!(unknown(&answers), [true, true, false, false, false]);
    assert!(matches!(answers[2], Err(Fault::Trapped { .. })), "{answers:?}");
    assert!(answers[3..].iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(network.sent(), ["a0", "a1", "a3", "a4"], "nothing is sent twice");
}

#[tokio::test]
async fn a_crash_after_sending_leaves_that_action_unknown() {
    let network = Arc::default();
    let answers = deliver(&connect("trap-after:a1", &network).await, 3).await;
    assert_eq!(unknown(&answers), [true, true, false]);
    assert_eq!(network.sent(), ["a0", "a1", "a2"]);
}

#[tokio::test]
async fn what_certainly_did_not_arrive_is_tried_again_after_a_crash() {
    let network = Arc::new(Network {
        unreachable: ["a0"].into(),
        silent: ["a1"].into(),
        ..Network::default()
    });
    let answers = deliver(&connect("trap-before:a2", &network).await, 3).await;
    assert_eq!(
        class(&answers[0]),
        Some(Class::Transient),
        "its own answer, at the second try"
    );
    assert_eq!(unknown(&answers), [false, true, false]);
    assert_eq!(network.sent(), ["a1"]);
}

#[tokio::test]
async fn several_requests_for_one_action_are_sent_together() {
    let network = Arc::default();
    let answers = deliver(&connect("together", &network).await, 2).await;
    assert_eq!(answers[0].as_ref().unwrap().reference, "201 made, 201 made, 201 made");
    assert_eq!(network.sent().len(), 6);
}

#[tokio::test]
async fn a_call_sends_no_more_than_it_may() {
    let network = Arc::default();
    let world = World::of("miscalling").await;
    let mut few = calling("good", &network);
    few.limits.http_calls = 2;
    let answers = deliver(&world.try_connect(few).await.unwrap(), 3).await;
    assert_eq!(class(&answers[2]), Some(Class::RateLimited));
    assert_eq!(network.sent().len(), 2);
}

#[tokio::test]
async fn whoever_knows_consents_is_asked_for_each_action() {
    let network = Arc::default();
    let connector = connect("good", &network).await;
    let permit = Arc::new(Withdrawn("a1"));
    let answers = connector.deliver(0, actions(3), None, Some(permit)).await;
    let refused: Vec<bool> = answers.iter().map(|(_, answer)| answer.is_err()).collect();
    assert_eq!(refused, [false, true, false]);
    assert_eq!(network.sent(), ["a0", "a2"]);
}

#[tokio::test]
async fn digests_are_made_by_the_host() {
    let network = Arc::default();
    let answers = deliver(&connect("digest", &network).await, 1).await;
    let hex: String = b"sha256data".iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(answers[0].as_ref().unwrap().reference, hex);
}
