//! Answers to requests that may not be worked off twice.

use super::{Place, scene::*};
use crate::OnceAnswer;

pub(super) fn answer(connector: &str, n: u8, until: u64) -> OnceAnswer {
    OnceAnswer {
        connector: connector.into(),
        digest: [n; 32],
        until: at(until),
        status: 202,
        headers: vec![("content-type".into(), "text/plain".into())],
        body: vec![n, 0, 255],
    }
}

pub async fn an_answer_is_known_by_connector_and_digest_after_opening_again(place: &impl Place) {
    let store = place.open().await;
    let (first, other) = (answer("a", 1, 100), answer("b", 1, 100));
    for kept in [&first, &other] {
        store.keep_answer(kept.clone()).await.expect("an answer is kept");
    }
    let second = OnceAnswer {
        status: 500,
        ..first.clone()
    };
    store
        .keep_answer(second)
        .await
        .expect("one that is there already is left");
    drop(store);
    let store = place.open().await;
    let known = async |connector, n| {
        let found = store.kept_answer(connector, [n; 32]).await;
        found.expect("answers are read")
    };
    assert_eq!(known("a", 1).await, Some(first));
    assert_eq!(known("b", 1).await, Some(other));
    assert_eq!((known("a", 2).await, known("c", 1).await), (None, None));
}

pub async fn an_answer_is_forgotten_when_its_request_may_not_come_any_more(place: &impl Place) {
    let store = place.open().await;
    for (n, until) in [(1, 100), (2, 200)] {
        let kept = store.keep_answer(answer("a", n, until)).await;
        kept.expect("an answer is kept");
    }
    assert_eq!(purge(&*store, 100, 10).await, 0);
    assert_eq!(purge(&*store, 101, 10).await, 1);
    let known = async |n| {
        store
            .kept_answer("a", [n; 32])
            .await
            .expect("answers are read")
            .is_some()
    };
    assert!(!known(1).await && known(2).await);
}
