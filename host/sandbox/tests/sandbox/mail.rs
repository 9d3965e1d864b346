//! Mail, by a plugin that sends it in every wrong way (`plugins/misdelivering`).

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use hearken_sandbox::{Calling, Class, Connector, Fault, Mail, wire};
use tokio::sync::Semaphore;

use crate::support::{World, actions, spec};

/// Notes what it is given, and answers as it is told.
struct Relay {
    sent: Mutex<Vec<String>>,
    /// What it answers for these items.
    refused: Vec<(&'static str, &'static str)>,
    /// Each message waits for one before it leaves.
    leave: Semaphore,
}

impl Relay {
    fn open() -> Arc<Self> {
        Self::refusing(&[])
    }

    fn refusing(refused: &[(&'static str, &'static str)]) -> Arc<Self> {
        Arc::new(Self {
            sent: Mutex::default(),
            refused: refused.to_vec(),
            leave: Semaphore::new(Semaphore::MAX_PERMITS),
        })
    }

    fn sent(&self) -> Vec<String> {
        self.sent.lock().unwrap().clone()
    }
}

#[async_trait]
impl Mail for Relay {
    async fn send(&self, message: wire::Message, call: Calling) -> Result<String, wire::Failure> {
        self.leave.acquire().await.unwrap().forget();
        let failure = |class: &str| wire::Failure {
            class: class.into(),
            code: String::new(),
            message: "said the relay".into(),
            retry_after_ms: None,
        };
        if call.is_over() {
            return Err(failure("transient"));
        }
        if let Some((_, class)) = self.refused.iter().find(|(item, _)| *item == message.item) {
            return Err(failure(class));
        }
        self.sent.lock().unwrap().push(message.item.clone());
        Ok(format!("{}@example.com", message.item))
    }
}

async fn connect(mode: &str) -> Connector {
    let mut granted = spec(mode);
    granted.grants.mail = true;
    World::of("misdelivering").await.try_connect(granted).await.unwrap()
}

async fn deliver(connector: &Connector, relay: &Arc<Relay>, count: usize) -> Vec<Result<wire::Receipt, Fault>> {
    let mail = Arc::clone(relay) as Arc<dyn Mail>;
    let answers = connector.deliver(0, actions(count), Some(mail), None).await;
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn class(answer: &Result<wire::Receipt, Fault>) -> Option<Class> {
    answer.as_ref().err().map(Fault::class)
}

#[tokio::test]
async fn a_message_is_sent_for_each_action_of_the_call() {
    let (connector, relay) = (connect("good").await, Relay::open());
    let answers = deliver(&connector, &relay, 3).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(relay.sent(), ["a0", "a1", "a2"]);
}

#[tokio::test]
async fn mail_that_is_not_granted_is_denied() {
    let world = World::of("misdelivering").await;
    let (connector, relay) = (world.connect("good").await, Relay::open());
    let answers = deliver(&connector, &relay, 1).await;
    assert_eq!(class(&answers[0]), Some(Class::Denied));
    let granted = connect("good").await;
    let nowhere = granted.deliver(0, actions(1), None, None).await.remove(0).1;
    assert_eq!(class(&nowhere), Some(Class::Denied));
    assert!(relay.sent().is_empty());
}

#[tokio::test]
async fn a_message_for_an_action_of_another_call_is_denied() {
    let (connector, relay) = (connect("stranger:elsewhere").await, Relay::open());
    let answers = deliver(&connector, &relay, 2).await;
    assert!(answers.iter().all(|a| class(a) == Some(Class::Denied)), "{answers:?}");
    assert!(relay.sent().is_empty());
}

#[tokio::test]
async fn a_second_message_for_an_action_is_denied_and_the_first_is_sent_once() {
    let (connector, relay) = (connect("twice").await, Relay::open());
    let answers = deliver(&connector, &relay, 2).await;
    assert!(answers.iter().all(|a| class(a) == Some(Class::Denied)), "{answers:?}");
    assert_eq!(relay.sent(), ["a0", "a1"]);
}

#[tokio::test]
async fn after_a_crash_what_was_sent_is_unknown_and_what_was_not_is_sent() {
    let (connector, relay) = (connect("trap-before:a2").await, Relay::open());
    let answers = deliver(&connector, &relay, 5).await;
    let unknown: Vec<bool> = answers
        .iter()
        .map(|a| a.as_ref().is_err_and(Fault::may_have_been_sent))
        .collect();
    assert_eq!(unknown, [true, true, false, false, false], "{answers:?}");
    assert!(matches!(answers[2], Err(Fault::Trapped { .. })), "{answers:?}");
    assert!(answers[3].is_ok() && answers[4].is_ok(), "{answers:?}");
    assert_eq!(relay.sent(), ["a0", "a1", "a3", "a4"], "nothing twice");
}

#[tokio::test]
async fn a_crash_right_after_a_message_leaves_it_unknown() {
    let (connector, relay) = (connect("trap-after:*").await, Relay::open());
    let answers = deliver(&connector, &relay, 3).await;
    assert!(
        answers.iter().all(|a| a.as_ref().is_err_and(Fault::may_have_been_sent)),
        "{answers:?}"
    );
    assert_eq!(relay.sent(), ["a0", "a1", "a2"], "each was sent once before its crash");
}

#[tokio::test]
async fn what_certainly_was_not_sent_is_not_unknown_after_a_crash() {
    let connector = connect("trap-after:a1").await;
    let relay = Relay::refusing(&[("a0", "transient"), ("a1", "permanent")]);
    let answers = deliver(&connector, &relay, 2).await;
    assert_eq!(
        class(&answers[0]),
        Some(Class::Transient),
        "it is asked for again, alone"
    );
    assert!(matches!(answers[1], Err(Fault::Trapped { .. })), "{answers:?}");
    let relay = Relay::refusing(&[("a1", "unknown")]);
    let answers = deliver(&connector, &relay, 2).await;
    assert!(answers[1].as_ref().is_err_and(Fault::may_have_been_sent), "{answers:?}");
}

#[tokio::test]
async fn a_call_that_runs_out_of_time_is_not_over_before_its_messages_are() {
    let mut slow = spec("good");
    slow.grants.mail = true;
    slow.limits.wall = Duration::from_millis(300);
    let connector = World::of("misdelivering").await.try_connect(slow).await.unwrap();
    let relay = Arc::new(Relay {
        sent: Mutex::default(),
        refused: Vec::new(),
        leave: Semaphore::new(1),
    });
    let delivering = tokio::spawn({
        let relay = Arc::clone(&relay);
        async move { deliver(&connector, &relay, 3).await }
    });
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(!delivering.is_finished(), "the second message is under way still");
    relay.leave.add_permits(10);
    let answers = delivering.await.unwrap();
    assert_eq!(relay.sent(), ["a0"], "what is late leaves no more");
    assert!(answers[0].as_ref().is_err_and(Fault::may_have_been_sent), "{answers:?}");
    for answer in &answers[1..] {
        assert_eq!(class(answer), Some(Class::Transient), "{answers:?}");
    }
}
