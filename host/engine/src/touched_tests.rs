use hearken_model::{
    Act, ActionId, ActionState, Delivery, Identity, Partition, ProfileId, ProspectId, Signal, SignalId, Telling,
    TimerFired,
};

use super::*;

const START: Instant = Instant(1_790_000_000_000);
const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

fn ann() -> Identity {
    Identity::new("email", "ann@example.com").expect("a valid address")
}

fn nobody_yet(identity: &Identity) -> Touched {
    Touched::new(
        Prospect::new(ProspectId::beginning_with(ProfileId::of(identity))),
        START,
    )
}

fn commit() -> Commit {
    Commit::new(Partition(0), 1, 0, 1)
}

/// Takes an entry and gives back what the commit says then.
fn take(t: &mut Touched, at: Instant, entry: Entry) -> Commit {
    let mut commit = commit();
    let (prospect, seq) = (t.prospect.id, t.to.seq + 1);
    let place = Seq { seq, step: 0 };
    t.take(
        Logged {
            partition: prospect.partition(),
            place,
            at,
            prospect,
            entry,
        },
        &mut commit,
        &Policy::default(),
    );
    commit
}

fn signal(kind: &str, at: Instant) -> Entry {
    let signal = Signal {
        id: SignalId(format!("site:{kind}-{}", at.0)),
        kind: kind.into(),
        at,
        identities: vec![ann()],
        company: None,
        session: None,
        about: None,
        answers: None,
        properties: serde_json::json!({}),
    };
    Entry::Signal(Box::new(Recorded {
        signal,
        connector: "site".into(),
        received: at,
        live: true,
        verified: true,
        profile: ProfileId::of(&ann()),
        with: Vec::new(),
    }))
}

fn tell(t: &mut Touched, n: u64, act: Act) {
    let telling = Telling {
        action: ActionId::from_u64(n),
        profile: ProfileId::of(&ann()),
        at: START,
        act,
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
    let decision = hearken_model::DecisionId::from_u64(n);
    take(
        t,
        START,
        Entry::Decided {
            saw_after: None,
            decision,
            standing: BTreeSet::new(),
            telling: Some(telling),
        },
    );
}

fn delivered(n: u64) -> Entry {
    Entry::Delivery(Delivery {
        action: ActionId::from_u64(n),
        state: ActionState::Delivered,
        why: String::new(),
        reference: String::new(),
        memory: None,
    })
}

/// Ann, to whom a story was delivered, and the timer that was set.
fn told() -> (Touched, TimerSet) {
    let mut t = nobody_yet(&ann());
    take(&mut t, START, signal("page.viewed", START));
    tell(&mut t, 1, Act::Tell);
    let mut commit = take(&mut t, START, delivered(1));
    (t, commit.timers.pop().expect("a timer is set"))
}

fn runs_out(timer: &TimerSet) -> Entry {
    Entry::Timer(TimerFired {
        name: timer.name.clone(),
        generation: timer.generation,
    })
}

fn called_for(t: &Touched) -> Option<String> {
    t.trigger(&View::empty(t.prospect.id, t.now))
}

#[test]
fn silence_calls_for_a_decision_when_nothing_was_answered() {
    let (mut t, timer) = told();
    let due = timer.due.expect("it is due at some time");
    take(&mut t, due, runs_out(&timer));
    assert_eq!(called_for(&t).as_deref(), Some("timer:silence"));
}

#[test]
fn silence_is_not_told_of_somebody_who_has_spoken() {
    let (mut t, timer) = told();
    take(&mut t, START.after(HOUR), signal("message.replied", START.after(HOUR)));
    t.signals.clear();
    take(&mut t, timer.due.expect("it is due at some time"), runs_out(&timer));
    assert_eq!(called_for(&t), None);
}

#[test]
fn a_hand_over_does_not_end_the_wait_for_a_reply() {
    let (mut t, timer) = told();
    tell(&mut t, 2, Act::HandOver);
    take(&mut t, START.after(HOUR), delivered(2));
    take(&mut t, timer.due.expect("it is due at some time"), runs_out(&timer));
    assert_eq!(called_for(&t).as_deref(), Some("timer:silence"));
}

#[test]
fn the_wait_for_a_reply_moves_with_the_person() {
    let (mut t, timer) = told();
    let user = Identity::new("user", "17").expect("a valid id");
    let mut new = nobody_yet(&user);
    let leave = Entry::Leave {
        profiles: vec![ProfileId::of(&ann())],
        to: new.prospect.id,
        live: true,
    };
    let mut left = take(&mut t, START.after(HOUR), leave);
    let join = left.outgoing.pop().expect("what was known of her leaves").entry;
    let commit = take(&mut new, START.after(HOUR), join.clone());
    let set = commit.timers.first().expect("the timer is set where she is now");
    assert_eq!((set.prospect, set.due), (new.prospect.id, timer.due));
    take(&mut new, timer.due.expect("it is due at some time"), runs_out(set));
    assert_eq!(called_for(&new).as_deref(), Some("timer:silence"));
    // Where she was nothing is waited for any more.
    t.regrouped = false;
    t.signals.clear();
    take(&mut t, timer.due.expect("it is due at some time"), runs_out(&timer));
    assert_eq!(called_for(&t), None);
    // And who waited long enough before does not begin anew.
    let mut late = nobody_yet(&user);
    assert_eq!(take(&mut late, START.after(HOUR * 24 * 30), join).timers, []);
}

/// Somebody whose interest stands out, who was live at `last_live`, and whom another history
/// joins an instant later.
fn joined(last_live: Instant, live: bool) -> Option<String> {
    let mut t = nobody_yet(&ann());
    take(&mut t, START, signal("page.viewed", last_live));
    t.signals.clear();
    let device = Identity::new("anonymous", "d-1").expect("a valid id");
    let other = nobody_yet(&device).prospect;
    let join = Entry::Join {
        from: other.id,
        part: Box::new(other.part),
        live,
    };
    take(&mut t, START.after(std::time::Duration::from_secs(1)), join);
    let mut view = View::empty(t.prospect.id, t.now);
    view.lifecycle = hearken_model::Lifecycle::Qualified;
    t.standing = BTreeSet::from(["lifecycle/lead".to_owned()]);
    t.trigger(&view)
}

#[test]
fn a_merge_calls_for_a_decision_only_where_a_live_signal_showed_it_and_the_person_is_there() {
    let before = Instant(START.0 - STILL_THERE_MS);
    assert_eq!(joined(START, true).as_deref(), Some("lifecycle:qualified"));
    assert_eq!(joined(before, true), None, "who left long ago is not there");
    assert_eq!(
        joined(START, false),
        None,
        "an import has shown it, and history starts nothing"
    );
}

#[test]
fn what_the_router_is_asked_again_keeps_its_name_and_is_not_asked_a_third_time() {
    let (mut t, timer) = told();
    let retry = TimerSet {
        name: again("asked:meeting.requested"),
        ..timer
    };
    take(&mut t, START.after(HOUR), runs_out(&retry));
    assert_eq!(called_for(&t).as_deref(), Some("asked:meeting.requested"));
    assert!(t.asked_again);
}
