//! What was kept for long enough goes.

use super::{
    Place,
    forgetting::arrive,
    scene::{Applier, accept, anonymous, ask, at, due, finish, owner, start, user, viewed},
};
use crate::{Accepted, Retire, Store};

/// Deletes until nothing is left to.
async fn retire(store: &dyn Store, what: Retire) -> usize {
    let mut rows = 0;
    loop {
        match store
            .retire(what, 3)
            .await
            .expect("what was kept long enough is deleted")
        {
            0 => return rows,
            gone => rows += gone,
        }
    }
}

pub async fn what_was_kept_long_enough_goes_and_the_rest_stays(place: &impl Place) {
    let store = place.open().await;
    for n in 0..10 {
        accept(&*store, viewed(&n.to_string(), n * 100, &user(&format!("u{n}")))).await;
    }
    let until = |ms| Retire {
        signals: Some(at(ms)),
        ..Retire::default()
    };
    assert_eq!(retire(&*store, until(900)).await, 0, "what waits to be applied stays");
    Applier::new(&store).await.settle().await;
    assert_eq!(retire(&*store, Retire::default()).await, 0);
    assert_eq!(retire(&*store, until(500)).await, 6);
    for n in 0..10 {
        let who = owner(&*store, &user(&format!("u{n}"))).await;
        let profiles = [hearken_model::ProfileId::of(&user(&format!("u{n}")))];
        let left = store.signals_of(&profiles, 9).await.expect("the store answers").len();
        assert_eq!(left, usize::from(n > 5), "{n}");
        assert!(
            store.prospects(&[who]).await.expect("the store answers")[0].is_some(),
            "what was made of it stays"
        );
    }
}

pub async fn a_decision_goes_when_its_action_has_ended(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let action = applier.act(&user("ann"), 1).await;
    let what = Retire {
        decisions: Some(at(10_000)),
        ..Retire::default()
    };
    assert_eq!(retire(&*store, what).await, 0, "it is queued");
    let due = due(&*store, 5).await;
    ask(&*store, start(&due, 5)).await;
    let delivered = finish(action.id, 1, 6, hearken_model::Outcome::Delivered);
    store.finish(vec![delivered]).await.expect("the store answers");
    assert_eq!(retire(&*store, what).await, 1);
    assert_eq!(store.action(action.id).await.expect("the store answers"), None);
    assert_eq!(store.decision(action.decision).await.expect("the store answers"), None);
}

pub async fn whoever_was_not_seen_for_long_goes_and_may_come_back(place: &impl Place) {
    let store = place.open().await;
    let (visitor, _) = accept(&*store, viewed("1", 1, &anonymous("old"))).await;
    let (ann, _) = accept(&*store, viewed("2", 2, &user("ann"))).await;
    let (fresh, _) = accept(&*store, viewed("3", 900, &anonymous("fresh"))).await;
    Applier::new(&store).await.settle().await;
    let what = Retire {
        visitors: Some(at(500)),
        ..Retire::default()
    };
    assert_eq!(retire(&*store, what).await, 1);
    let left = store
        .prospects(&[visitor, ann, fresh])
        .await
        .expect("the store answers");
    assert_eq!(
        left.iter().map(Option::is_some).collect::<Vec<_>>(),
        [false, true, true]
    );
    let people = Retire {
        people: Some(at(500)),
        ..what
    };
    assert_eq!(retire(&*store, people).await, 1);
    assert_eq!(
        store.find_prospect(&user("ann")).await.expect("the store answers"),
        None
    );
    let again = arrive(&*store, viewed("4", 1_000, &user("ann"))).await;
    assert!(
        matches!(again, Accepted::Stored { .. }),
        "nobody asked for them to be kept away"
    );
}
