//! Who is who.

use std::collections::{BTreeMap, BTreeSet};

use hearken_model::{Act, ActionState, Entry, Identity, Outcome, ProfileId, Telling};

use super::{Place, scene::*};
use crate::{Arriving, DeadLetterQuery, Started, Store};

/// Every order of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(n - 1);
    shorter
        .iter()
        .flat_map(|order| {
            (0..n).map(|place| {
                let mut longer = order.clone();
                longer.insert(place, n - 1);
                longer
            })
        })
        .collect()
}

/// The people among identities, as the store says.
async fn grouping(store: &dyn Store, identities: &[Identity]) -> BTreeSet<Vec<String>> {
    let mut people: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for identity in identities {
        people
            .entry(owner(store, identity).await)
            .or_default()
            .push(identity.to_string());
    }
    people.into_values().collect()
}

pub async fn every_order_of_arrival_gives_the_same_people(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let named = |name: &str, round: usize| format!("{name}-{round}");
    let mut first: Option<Vec<BTreeSet<String>>> = None;
    for (round, order) in orders(5).into_iter().enumerate() {
        let (phone, laptop) = (anonymous(&named("phone", round)), anonymous(&named("laptop", round)));
        let (ann, bob, mail) = (
            user(&named("ann", round)),
            user(&named("bob", round)),
            email(&named("ann", round)),
        );
        let id = |n: u32| format!("{n}-{round}");
        let signals: Vec<Arriving> = vec![
            viewed(&id(1), 10, &phone),
            identified(&id(2), 20, &[phone.clone(), mail.clone()]),
            identified(&id(3), 30, &[ann.clone(), mail.clone()]),
            identified(&id(4), 40, &[bob.clone(), phone.clone()]),
            identified(&id(5), 50, &[bob.clone(), laptop.clone()]),
        ];
        for n in order {
            accept(store.as_ref(), signals[n].clone()).await;
            if n % 2 == 0 {
                applier.settle().await;
            }
        }
        applier.settle().await;
        let mut found = Vec::new();
        for people in grouping(store.as_ref(), &[phone, laptop, ann, bob, mail.clone()]).await {
            found.push(
                people
                    .iter()
                    .map(|p| p.replace(&format!("-{round}"), ""))
                    .collect::<BTreeSet<_>>(),
            );
        }
        found.sort();
        let expected = first.get_or_insert_with(|| found.clone());
        assert_eq!(&found, expected);
        assert_eq!(found.len(), 2, "the shared phone is the first one's: {found:?}");
        let ann = applier.prospect(owner(store.as_ref(), &mail).await).await;
        let signals: u64 = ann.part.profiles.values().map(|p| p.signals).sum();
        assert_eq!(
            (ann.part.profiles.len(), signals),
            (3, 3),
            "each history is whole in the end"
        );
    }
}

pub async fn an_anonymous_history_is_attached_without_moving_it(place: &impl Place) {
    let store = place.open().await;
    let (device, ann) = (anonymous("d"), user("ann"));
    let (prospect, _) = accept(store.as_ref(), viewed("1", 0, &device)).await;
    let (identified, place) = accept(store.as_ref(), identified("2", 1, &[ann.clone(), device.clone()])).await;
    assert_eq!(
        (identified, place.seq),
        (prospect, 2),
        "the prospect keeps its id, and nothing leaves"
    );
    let log = store
        .pending(prospect.partition(), 1, 10)
        .await
        .expect("the log is read");
    let Entry::Signal(recorded) = &log[0].entry else {
        panic!("a signal, not {log:?}")
    };
    assert_eq!(
        (recorded.profile, &recorded.with[..]),
        (ProfileId::of(&ann), &[ProfileId::of(&device)][..])
    );
}

pub async fn a_profile_with_history_leaves_through_its_old_prospects_log(place: &impl Place) {
    let store = place.open().await;
    let (device, ann) = (anonymous("d"), user("ann"));
    let (old, _) = accept(store.as_ref(), viewed("1", 0, &device)).await;
    let (new, _) = accept(store.as_ref(), viewed("2", 1, &ann)).await;
    assert_ne!(old, new);
    let (joined, _) = accept(store.as_ref(), identified("3", 2, &[ann.clone(), device.clone()])).await;
    assert_eq!(joined, new, "the stronger name keeps its prospect");
    let log = store.pending(old.partition(), 0, 10).await.expect("the log is read");
    let left: Vec<_> = log
        .iter()
        .filter(|l| l.prospect == old)
        .map(|l| l.entry.clone())
        .collect();
    assert_eq!(
        left[1],
        Entry::Leave {
            profiles: vec![ProfileId::of(&device)],
            to: new,
            live: true
        }
    );
    let mut applier = Applier::new(&store).await;
    applier.settle().await;
    let prospect = applier.prospect(new).await;
    assert_eq!(
        prospect.part.profiles[&ProfileId::of(&device)].signals,
        1,
        "the history has arrived"
    );
    assert!(applier.prospect(old).await.part.profiles.is_empty());
}

pub async fn a_shared_device_never_merges_two_known_people(place: &impl Place) {
    let store = place.open().await;
    let device = anonymous("kiosk");
    accept(store.as_ref(), identified("1", 0, &[user("ann"), device.clone()])).await;
    accept(store.as_ref(), identified("2", 1, &[user("bob"), device.clone()])).await;
    let (ann, bob) = (
        owner(store.as_ref(), &user("ann")).await,
        owner(store.as_ref(), &user("bob")).await,
    );
    assert_ne!(ann, bob);
    assert_eq!(owner(store.as_ref(), &device).await, ann);
}

pub async fn a_signal_that_joins_nothing_leaves_its_other_identities_alone(place: &impl Place) {
    let store = place.open().await;
    let both = arriving("1", "page.viewed", 0, &[anonymous("d"), user("ann")]);
    let (prospect, _) = accept(store.as_ref(), both).await;
    assert_eq!(owner(store.as_ref(), &user("ann")).await, prospect);
    assert_eq!(
        store.find_prospect(&anonymous("d")).await.expect("the store is read"),
        None
    );
}

pub async fn what_moved_on_meanwhile_arrives_at_its_last_owner(place: &impl Place) {
    let store = place.open().await;
    let (device, mail, ann) = (anonymous("d"), email("ann"), user("ann"));
    let (first, _) = accept(store.as_ref(), viewed("1", 0, &device)).await;
    accept(store.as_ref(), viewed("2", 1, &mail)).await;
    accept(store.as_ref(), viewed("3", 2, &ann)).await;
    accept(store.as_ref(), identified("4", 3, &[mail.clone(), device.clone()])).await;
    let mut applier = Applier::new(&store).await;
    let left = applier.compute(first.partition()).await.expect("the device leaves");
    assert_eq!(left.outgoing.len(), 1);
    // Before that is committed, all of it goes on to a third prospect.
    let (last, _) = accept(store.as_ref(), identified("5", 4, &[ann.clone(), mail.clone()])).await;
    applier.commit(left).await;
    applier.settle().await;
    let prospect = applier.prospect(last).await;
    assert_eq!(prospect.part.profiles.len(), 3);
    assert_eq!(prospect.part.profiles[&ProfileId::of(&device)].signals, 1);
}

pub async fn actions_go_along_with_the_profile_they_are_told_in(place: &impl Place) {
    let store = place.open().await;
    let (device, ann) = (anonymous("d"), user("ann"));
    let (old, _) = accept(store.as_ref(), viewed("1", 0, &device)).await;
    let (new, _) = accept(store.as_ref(), viewed("2", 1, &ann)).await;
    let mut applier = Applier::new(&store).await;
    applier.settle().await;
    let action = tell(&mut applier, &device).await;
    let due = due(store.as_ref(), 10).await;
    assert_eq!(
        store.start(vec![start(&due, 10)]).await.expect("starts are answered"),
        [Started::Yes]
    );
    // The device turns out to be Ann's while the message is on its way, and the message
    // arrives before the old prospect has applied that.
    accept(store.as_ref(), identified("3", 11, &[ann, device.clone()])).await;
    store
        .finish(vec![finish(action, 1, 12, Outcome::Delivered)])
        .await
        .expect("the attempt is finished");
    applier.settle().await;
    let prospect = applier.prospect(new).await;
    let [telling] = &prospect.tellings()[..] else {
        panic!("the telling has moved: {prospect:?}")
    };
    assert_eq!((telling.action, telling.state), (action, ActionState::Delivered));
    assert!(applier.prospect(old).await.tellings().is_empty());
    let moved = store
        .action(action)
        .await
        .expect("actions are read")
        .expect("the action is there");
    assert_eq!(moved.prospect, new);
}

/// Commits an action and its telling; the action's id.
async fn tell(applier: &mut Applier, to: &Identity) -> hearken_model::ActionId {
    let action = applier.act(to, 5).await;
    let mut prospect = applier.prospect(action.prospect).await;
    let telling = Telling {
        action: action.id,
        profile: ProfileId::of(to),
        at: at(5),
        act: Act::Tell,
        target: "roi".into(),
        channel: "email".into(),
        sink: "outbox".into(),
        state: ActionState::Queued,
        reference: String::new(),
        shadow: false,
        answered: None,
        dismissed: false,
        answer_by: None,
    };
    let told = Entry::Decided {
        saw_after: None,
        decision: action.decision,
        standing: BTreeSet::new(),
        telling: Some(telling),
    };
    prospect.apply(prospect.applied, at(5), &told);
    let (_, mut commit) = applier.acting(action.prospect, &[], 6);
    commit.decisions.clear();
    commit.actions.clear();
    commit.prospects.push(prospect);
    applier.commit(commit).await;
    action.id
}

pub async fn what_has_too_many_links_is_not_joined_and_a_dead_letter_says_so(place: &impl Place) {
    let store = place.open().await;
    let kiosk = user("kiosk");
    let most = hearken_model::people::MAX_LINKS;
    for n in 0..most {
        accept(
            store.as_ref(),
            identified(&n.to_string(), 1, &[kiosk.clone(), anonymous(&format!("d{n}"))]),
        )
        .await;
    }
    let one_more = identified("more", 2, &[kiosk.clone(), anonymous("more")]);
    let (prospect, _) = accept(store.as_ref(), one_more).await;
    assert_eq!(
        owner(store.as_ref(), &kiosk).await,
        prospect,
        "the signal itself is kept"
    );
    assert_ne!(owner(store.as_ref(), &anonymous("more")).await, prospect);
    let letters = store
        .dead_letters(DeadLetterQuery {
            limit: 10,
            ..DeadLetterQuery::default()
        })
        .await;
    assert_eq!(letters.expect("dead letters are read").len(), 1);
}
