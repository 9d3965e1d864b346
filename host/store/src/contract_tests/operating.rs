//! Timers, switches, dead letters, and what people ask for.

use hearken_model::{Act, Entry, Scope, Seq, TimerFired};

use super::{Place, scene::*};
use crate::{
    DeadLetterQuery, DecisionQuery, Intake, NewDeadLetter, Outgoing, ProspectQuery, Stage, Store, Switch, TimerSet,
};

async fn set(applier: &mut Applier, timers: Vec<TimerSet>) {
    let prospect = timers[0].prospect;
    let (_, mut commit) = applier.acting(prospect, &[], 0);
    commit.decisions.clear();
    commit.actions.clear();
    commit.timers = timers;
    applier.commit(commit).await;
}

fn timer(prospect: hearken_model::ProspectId, due: Option<u64>, generation: u64) -> TimerSet {
    TimerSet {
        prospect,
        name: "silence".into(),
        due: due.map(at),
        generation,
    }
}

async fn fired(store: &dyn Store, prospect: hearken_model::ProspectId) -> Vec<u64> {
    let log = store
        .pending(prospect.partition(), 0, 100)
        .await
        .expect("the log is read");
    log.into_iter()
        .filter_map(|l| match l.entry {
            Entry::Timer(TimerFired { generation, .. }) => Some(generation),
            _ => None,
        })
        .collect()
}

pub async fn a_timer_fires_once(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    set(&mut applier, vec![timer(ann, Some(100), 1)]).await;
    assert_eq!(store.fire(at(99), 10).await.expect("timers are fired"), 0);
    drop(applier);
    drop(store);
    let store = place.open().await;
    assert_eq!(store.fire(at(100), 10).await.expect("timers are fired"), 1);
    assert_eq!(store.fire(at(100), 10).await.expect("timers are fired"), 0);
    assert_eq!(fired(store.as_ref(), ann).await, [1]);
}

pub async fn a_timer_that_is_set_again_or_cancelled_does_not_fire_as_of_old(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    let (bob, _) = accept(store.as_ref(), viewed("2", 0, &user("bob"))).await;
    set(&mut applier, vec![timer(ann, Some(100), 1)]).await;
    set(&mut applier, vec![timer(ann, Some(200), 2)]).await;
    set(&mut applier, vec![timer(bob, Some(100), 1), timer(bob, None, 2)]).await;
    assert_eq!(store.fire(at(150), 10).await.expect("timers are fired"), 0);
    assert_eq!(store.fire(at(250), 10).await.expect("timers are fired"), 1);
    assert_eq!(fired(store.as_ref(), ann).await, [2]);
    assert!(fired(store.as_ref(), bob).await.is_empty());
}

pub async fn the_next_due_time_is_the_earliest_of_all(place: &impl Place) {
    let store = place.open().await;
    assert_eq!(store.next_due().await.expect("the next time is read"), None);
    let mut applier = Applier::new(&store).await;
    let action = applier.act(&email("ann"), 300).await;
    assert_eq!(store.next_due().await.expect("the next time is read"), Some(at(300)));
    set(&mut applier, vec![timer(action.prospect, Some(200), 1)]).await;
    assert_eq!(store.next_due().await.expect("the next time is read"), Some(at(200)));
    assert_eq!(store.fire(at(400), 10).await.expect("timers are fired"), 1);
    applier.settle().await;
    let found = due(store.as_ref(), 400).await;
    store
        .start(vec![start(&found, 400)])
        .await
        .expect("starts are answered");
    assert_eq!(
        store.next_due().await.expect("the next time is read"),
        None,
        "what is under way is not due"
    );
}

pub async fn a_switch_holds_until_it_is_taken_back(place: &impl Place) {
    let store = place.open().await;
    let email = Scope::Channel("email".into());
    let stop = Switch {
        scope: email.clone(),
        stopped: true,
        at: at(1),
        by: "ops".into(),
    };
    store.set_switch(stop.clone()).await.expect("the switch is set");
    drop(store);
    let store = place.open().await;
    let before = store.switches().await.expect("switches are read");
    assert_eq!(before.stopping(std::slice::from_ref(&email)), Some(&stop));
    assert_eq!(before.stopping(&[Scope::Channel("chat".into())]), None);
    store
        .set_switch(Switch {
            stopped: false,
            ..stop.clone()
        })
        .await
        .expect("the switch is set");
    store
        .set_switch(Switch {
            scope: Scope::All,
            ..stop.clone()
        })
        .await
        .expect("the switch is set");
    let after = store.switches().await.expect("switches are read");
    assert_eq!(after.switches.len(), 2);
    assert_eq!(after.version, before.version + 2);
    assert_eq!(after.stopping(&[]).map(|s| &s.scope), Some(&Scope::All), "all is all");
}

async fn letters(store: &dyn Store, letters: &[(Stage, &str)]) {
    let dead_letters = letters
        .iter()
        .map(|(stage, connector)| NewDeadLetter {
            at: at(0),
            stage: *stage,
            connector: (*connector).into(),
            prospect: None,
            action: None,
            why: "it failed".into(),
            place: String::new(),
            payload: "{}".into(),
        })
        .collect();
    store
        .accept(Intake {
            dead_letters,
            ..Intake::default()
        })
        .await
        .expect("the store accepts");
}

pub async fn a_dead_letter_is_replayed_only_when_asked_and_stays_until_dropped(place: &impl Place) {
    let store = place.open().await;
    letters(store.as_ref(), &[(Stage::Signal, "site"), (Stage::Assess, "body")]).await;
    assert!(store.take_replays(10).await.expect("replays are taken").is_empty());
    let all = store
        .dead_letters(DeadLetterQuery {
            limit: 10,
            ..DeadLetterQuery::default()
        })
        .await;
    let id = all.expect("dead letters are read")[0].id;
    assert!(store.ask_replay(id, at(5)).await.expect("the letter is marked"));
    let marked = store
        .dead_letter(id)
        .await
        .expect("dead letters are read")
        .expect("it is there");
    assert_eq!(marked.replay_asked, Some(at(5)));
    let taken = store.take_replays(10).await.expect("replays are taken");
    assert_eq!(taken.iter().map(|l| l.id).collect::<Vec<_>>(), [id]);
    assert!(store.take_replays(10).await.expect("replays are taken").is_empty());
    assert!(store.dead_letter(id).await.expect("dead letters are read").is_some());
    assert!(store.drop_dead_letter(id).await.expect("the letter is dropped"));
    assert!(!store.drop_dead_letter(id).await.expect("there is none"));
    assert!(!store.ask_replay(id, at(6)).await.expect("there is none"));
}

pub async fn dead_letters_are_listed_by_stage_connector_and_page(place: &impl Place) {
    let store = place.open().await;
    let some = [
        (Stage::Signal, "site"),
        (Stage::Signal, "crm"),
        (Stage::Assess, "site"),
        (Stage::Signal, "site"),
    ];
    letters(store.as_ref(), &some).await;
    let ask = |query: DeadLetterQuery| {
        let store = &store;
        async move { store.dead_letters(query).await.expect("dead letters are read") }
    };
    let both = DeadLetterQuery {
        stage: Some(Stage::Signal),
        connector: Some("site".into()),
        before: None,
        limit: 1,
    };
    let first = ask(both.clone()).await;
    assert_eq!(first.len(), 1);
    let second = ask(DeadLetterQuery {
        before: Some(first[0].id),
        limit: 10,
        ..both
    })
    .await;
    assert_eq!(second.len(), 1);
    assert!(second[0].id < first[0].id, "the latest first");
    assert_eq!(
        ask(DeadLetterQuery {
            limit: 10,
            ..DeadLetterQuery::default()
        })
        .await
        .len(),
        4
    );
}

pub async fn a_letter_is_worked_off_by_an_entry_or_not_at_all(place: &impl Place) {
    let store = place.open().await;
    let (ann, _) = accept(store.as_ref(), viewed("1", 0, &user("ann"))).await;
    letters(store.as_ref(), &[(Stage::Assess, "language")]).await;
    let id = store
        .dead_letters(DeadLetterQuery {
            limit: 1,
            ..DeadLetterQuery::default()
        })
        .await
        .expect("dead letters are read")[0]
        .id;
    let again = || Outgoing {
        prospect: ann,
        at: at(7),
        entry: Entry::Again { trigger: None },
    };
    assert!(store.work_off(id, again()).await.expect("it is worked off"));
    assert!(
        !store.work_off(id, again()).await.expect("it is asked for"),
        "it is gone"
    );
    let log = store.pending(ann.partition(), 0, 10).await.expect("the log is read");
    let entries: Vec<_> = log.iter().map(|l| l.entry.word()).collect();
    assert_eq!(entries, ["signal", "again"]);
    assert!(store.dead_letter(id).await.expect("letters are read").is_none());
}

pub async fn decisions_are_found_by_prospect_act_and_time(place: &impl Place) {
    let store = place.open().await;
    let mut applier = Applier::new(&store).await;
    let told = applier.act(&email("ann"), 100).await;
    let mut silent = decision(told.prospect, Seq { seq: 1, step: 9 }, 200);
    silent.act = Act::Hold;
    let (_, mut commit) = applier.acting(told.prospect, &[], 0);
    commit.actions.clear();
    commit.decisions = vec![silent.clone()];
    applier.commit(commit).await;
    let other = applier.act(&email("bob"), 300).await;
    let ask = |query: DecisionQuery| {
        let store = &store;
        async move {
            let found = store
                .decisions(DecisionQuery { limit: 10, ..query })
                .await
                .expect("decisions are read");
            found.into_iter().map(|d| d.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(
        ask(DecisionQuery::default()).await,
        [other.decision, silent.id, told.decision]
    );
    let of_ann = DecisionQuery {
        prospect: Some(told.prospect),
        ..DecisionQuery::default()
    };
    assert_eq!(ask(of_ann.clone()).await, [silent.id, told.decision]);
    assert_eq!(
        ask(DecisionQuery {
            act: Some(Act::Hold),
            ..of_ann
        })
        .await,
        [silent.id]
    );
    assert_eq!(
        ask(DecisionQuery {
            since: Some(at(201)),
            ..DecisionQuery::default()
        })
        .await,
        [other.decision]
    );
    let stored = store.decision(silent.id).await.expect("decisions are read");
    assert_eq!(stored, Some(silent), "to the last bit of its numbers");
    let actions = store.actions_of(told.prospect, 10).await.expect("actions are read");
    assert_eq!(actions.iter().map(|a| a.id).collect::<Vec<_>>(), [told.id]);
}

pub async fn prospects_are_found_by_any_part_of_a_name(place: &impl Place) {
    let store = place.open().await;
    accept(store.as_ref(), identified("1", 10, &[user("17%"), email("ann")])).await;
    accept(store.as_ref(), viewed("2", 20, &email("bob"))).await;
    Applier::new(&store).await.settle().await;
    let (ann, bob) = (
        owner(store.as_ref(), &email("ann")).await,
        owner(store.as_ref(), &email("bob")).await,
    );
    for (text, expected) in [
        (None, vec![bob, ann]),
        (Some("EXAMPLE"), vec![bob, ann]),
        (Some("ann@"), vec![ann]),
        (Some("7%"), vec![ann]),
        (Some("%"), vec![ann]),
        (Some("nobody"), vec![]),
    ] {
        let query = ProspectQuery {
            text: text.map(str::to_owned),
            limit: 10,
        };
        let found = store.prospect_list(query).await.expect("prospects are listed");
        assert_eq!(found.iter().map(|p| p.id).collect::<Vec<_>>(), expected, "for {text:?}");
    }
}
