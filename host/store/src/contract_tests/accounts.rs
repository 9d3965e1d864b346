//! The people of an account: who they are, what they were told, and how much they may be.

use hearken_model::{CapRule, Entry, Identity, Lifecycle, Seq};

use super::{
    Place,
    scene::{Applier, accept, anonymous, ask, at, due, finish, start, user, viewed},
};
use crate::{AccountCaps, Arriving, ColleaguesAsk, Logged, Started, Store};

fn at_work(id: &str, ms: u64, who: &Identity, company: &str) -> Arriving {
    let mut arriving = viewed(id, ms, who);
    arriving.signal.company = Identity::new("name", company);
    arriving
}

async fn asked(store: &dyn Store, who: &Identity, account: &str) -> Option<hearken_model::Colleagues> {
    let ask = ColleaguesAsk {
        prospect: super::scene::owner(store, who).await,
        account: account.into(),
        since: Some(at(0)),
    };
    store
        .colleagues(vec![ask])
        .await
        .expect("colleagues are read")
        .remove(0)
}

pub async fn an_account_has_its_people_however_it_is_written(place: &impl Place) {
    let store = place.open().await;
    for (n, company) in ["Example Books", "example  books ", "Another"].into_iter().enumerate() {
        let who = user(&format!("u{n}"));
        accept(&*store, at_work(&n.to_string(), n as u64 + 1, &who, company)).await;
    }
    accept(&*store, viewed("4", 9, &anonymous("nobody"))).await;
    Applier::new(&store).await.settle().await;
    let members = store.members("example books", 9).await.expect("members are read");
    let first: Vec<_> = members.iter().map(|p| p.part.profiles.len()).collect();
    assert_eq!(first, [1, 1]);
    assert_eq!(
        members[0].part.profiles.values().next().expect("one").identity,
        user("u1"),
        "the last seen first"
    );
    assert_eq!(store.members("", 9).await.expect("members are read").len(), 0);
    assert_eq!(asked(&*store, &anonymous("nobody"), "").await, None);
}

pub async fn what_colleagues_are_told_is_known_and_ones_own_is_not_among_it(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for (n, name) in ["ann", "bob"].into_iter().enumerate() {
        accept(&*store, at_work(name, n as u64 + 1, &user(name), "Example")).await;
    }
    applier.settle().await;
    applier.act(&user("ann"), 10).await;
    let bobs = asked(&*store, &user("bob"), "example").await.expect("they are in one");
    assert_eq!((bobs.told.len(), bobs.deal), (1, None));
    let anns = asked(&*store, &user("ann"), "example").await.expect("they are in one");
    assert_eq!(anns.told.len(), 0);
}

pub async fn a_deal_with_one_is_known_to_the_others_until_it_ends(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for (n, name) in ["ann", "bob"].into_iter().enumerate() {
        accept(&*store, at_work(name, n as u64 + 1, &user(name), "Example")).await;
    }
    applier.settle().await;
    for (ms, to) in [(100, Lifecycle::Opportunity), (200, Lifecycle::Customer)] {
        let (ann, _) = accept(&*store, at_work(&format!("a{ms}"), ms, &user("ann"), "Example")).await;
        let mut commit = applier.compute(ann.partition()).await.expect("a signal waits");
        let prospect = commit.prospects.iter_mut().find(|p| p.id == ann).expect("she is in it");
        let place = Seq {
            seq: commit.to,
            step: 1,
        };
        let entry = Entry::Stage {
            from: Lifecycle::Lead,
            to,
            cause: "said the CRM".into(),
        };
        prospect.apply(place, at(ms), &entry);
        commit.derived.push(Logged {
            partition: ann.partition(),
            place,
            at: at(ms),
            prospect: ann,
            entry,
        });
        applier.commit(commit).await;
        let bobs = asked(&*store, &user("bob"), "example").await.expect("they are in one");
        assert_eq!(bobs.deal, (to == Lifecycle::Opportunity).then_some(at(ms)));
    }
}

pub async fn an_account_is_told_no_more_than_it_may_be_whoever_of_it_is(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    for (n, name) in ["ann", "bob"].into_iter().enumerate() {
        accept(&*store, at_work(name, n as u64 + 1, &user(name), "Example")).await;
    }
    applier.settle().await;
    let caps = AccountCaps {
        account: "example".into(),
        caps: vec![CapRule {
            count: 1,
            per_ms: 1_000,
        }],
    };
    let capped = |due: &crate::Due, ms| crate::Start {
        account: Some(caps.clone()),
        ..start(due, ms)
    };
    let anns = applier.act(&user("ann"), 10).await;
    let first = due(&*store, 20).await;
    assert_eq!(ask(&*store, capped(&first, 20)).await, Started::Yes);
    applier.act(&user("bob"), 30).await;
    let second = due(&*store, 40).await;
    let full = Started::AccountFull { again: at(1_020) };
    assert_eq!(ask(&*store, capped(&second, 40)).await, full, "while hers is under way");
    store
        .finish(vec![finish(anns.id, 1, 50, hearken_model::Outcome::Delivered)])
        .await
        .expect("it is finished");
    assert_eq!(ask(&*store, capped(&second, 60)).await, full);
    assert_eq!(ask(&*store, capped(&second, 1_021)).await, Started::Yes);
}
