//! What becomes of hand-overs: answered, left lying, given back; and what sales say outranks
//! what scorers believe.

use std::{collections::BTreeSet, time::Duration};

use hearken_model::{
    Act, ActionId, ActionState, Assessment, Belief, BeliefKind, DecisionId, Delivery, Entry, Floor, Instant, ProfileId,
    SalesWord, Seq, Telling, Verdict,
};
use serde_json::{Value, json};

use super::{DAY, START, Somebody, ann, signal};

const HOUR: Duration = Duration::from_secs(3600);

impl Somebody {
    fn does(&mut self, kind: &str, at: Instant, properties: Value) {
        self.gives(signal(kind, at, vec![ann()], properties));
    }

    /// Decided at the start, with four hours to be taken in, and delivered at `delivered`.
    fn is_handed_over(&mut self, delivered: Instant) {
        let action = ActionId::from_u64(1);
        let telling = Telling {
            action,
            profile: ProfileId::of(&ann()),
            at: START,
            act: Act::HandOver,
            target: "sales".into(),
            channel: String::new(),
            sink: "outbox".into(),
            state: ActionState::Queued,
            reference: String::new(),
            shadow: false,
            answered: None,
            dismissed: false,
            answer_by: Some(START.after(HOUR * 4)),
        };
        let (decision, standing) = (DecisionId::from_u64(1), BTreeSet::new());
        let telling = Some(telling);
        self.apply(
            START,
            &Entry::Decided {
                saw_after: None,
                decision,
                standing,
                telling,
            },
        );
        let delivery = Delivery {
            action,
            state: ActionState::Delivered,
            reference: String::new(),
            why: String::new(),
            memory: None,
        };
        self.apply(delivered, &Entry::Delivery(delivery));
    }

    fn is_believed(&mut self, kind: BeliefKind, name: &str) {
        let belief = Belief {
            kind,
            name: name.into(),
            value: 0.9,
            confidence: 0.9,
            at: START,
            evidence: Vec::new(),
            half_life_ms: None,
            reason: "as seen".into(),
        };
        let assessment = Assessment {
            scorer: "signs".into(),
            version: "1".into(),
            saw_after: Seq::default(),
            saw_to: Seq::default(),
            beliefs: vec![belief],
            cue: None,
            memory: None,
        };
        self.apply(START, &Entry::Assessed(assessment));
    }

    fn believed(&self, now: Instant) -> Vec<(String, f64)> {
        let beliefs = self.view(now).beliefs;
        beliefs
            .into_iter()
            .map(|b| (format!("{}/{}", b.kind, b.name), b.value))
            .collect()
    }
}

#[test]
fn what_a_team_leaves_lying_gives_the_floor_back() {
    let mut ann = Somebody::new(&ann());
    ann.is_handed_over(START);
    let late = START.after(HOUR * 4);
    assert_eq!(ann.view(late.before(HOUR)).floor, Floor::WithSales);
    assert_eq!(ann.prospect.left_lying(late.before(HOUR)), None);
    assert_eq!(ann.prospect.to_be_taken_by(), Some(late));
    assert_eq!(ann.view(late).floor, Floor::Listening);
    assert_eq!(ann.prospect.left_lying(late).map(|t| t.target.as_str()), Some("sales"));
    assert_eq!(ann.prospect.teams_that_let_it_lie(late), ["sales"]);

    // Who asks again may be handed to them again.
    ann.does("meeting.requested", late.after(HOUR), json!({}));
    assert!(ann.prospect.teams_that_let_it_lie(late.after(HOUR * 2)).is_empty());
}

#[test]
fn a_team_has_its_time_from_when_it_got_it() {
    let mut ann = Somebody::new(&ann());
    ann.is_handed_over(START.after(DAY));
    assert_eq!(ann.prospect.to_be_taken_by(), Some(START.after(DAY + HOUR * 4)));
    assert_eq!(ann.view(START.after(DAY + HOUR * 3)).floor, Floor::WithSales);
}

#[test]
fn what_sales_say_in_their_crm_answers_as_well() {
    for (verdict, floor) in [
        (Verdict::Accepted, Floor::WithSales),
        (Verdict::Rejected, Floor::Listening),
        (Verdict::Recycled, Floor::Listening),
    ] {
        let mut ann = Somebody::new(&ann());
        ann.is_handed_over(START);
        ann.does(verdict.kind(), START.after(HOUR), json!({}));
        assert_eq!(ann.view(START.after(HOUR * 2)).floor, floor, "{verdict:?}");
        assert_eq!(ann.prospect.left_lying(START.after(HOUR * 5)), None, "{verdict:?}");
    }
}

#[test]
fn who_talks_to_them_or_moves_them_on_has_taken_it() {
    let late = START.after(HOUR * 5);
    for (kind, properties) in [
        ("call.held", json!({})),
        ("meeting.booked", json!({})),
        ("message.sent", json!({ "by": "sales" })),
        ("lifecycle.changed", json!({ "to": "accepted" })),
        ("deal.opened", json!({})),
    ] {
        let mut ann = Somebody::new(&ann());
        ann.is_handed_over(START);
        ann.does(kind, START.after(HOUR), properties);
        assert_eq!(ann.prospect.left_lying(late), None, "{kind}");
        assert_eq!(ann.view(late).floor, Floor::WithSales, "{kind}");
    }
    // What another tool writes is no sign of sales.
    let mut ann = Somebody::new(&ann());
    ann.is_handed_over(START);
    ann.does("message.sent", START.after(HOUR), json!({}));
    assert!(ann.prospect.left_lying(late).is_some());
}

#[test]
fn what_sales_say_outranks_scorers() {
    let mut ann = Somebody::new(&ann());
    ann.is_believed(BeliefKind::Persona, "cio");
    ann.is_believed(BeliefKind::Interest, "roi");
    let said = json!({ "role": "cio", "right_role": false, "concern": "roi", "right_concern": true });
    ann.does("handover.rejected", START.after(HOUR), said);
    let now = START.after(HOUR * 2);
    assert_eq!(ann.believed(now), [("interest/roi".to_owned(), 1.0)]);

    // A later word of theirs counts instead, and who has one role has no other.
    let said = json!({ "role": "admin", "right_role": true });
    ann.does("handover.accepted", START.after(HOUR * 3), said);
    ann.is_believed(BeliefKind::Persona, "it-manager");
    let later = START.after(DAY);
    assert_eq!(
        ann.believed(later),
        [("interest/roi".to_owned(), 1.0), ("persona/admin".to_owned(), 1.0)]
    );

    // A role stays, a concern passes: then scorers are heard again.
    let much_later = ann.believed(START.after(DAY * 200));
    assert_eq!(much_later[0], ("persona/admin".to_owned(), 1.0));
    assert_eq!(much_later[1], ("interest/roi".to_owned(), 0.9));
}

#[test]
fn who_is_given_back_is_not_handed_over_again_before_its_time() {
    let given = |kind: &str, properties: Value| {
        let mut ann = Somebody::new(&ann());
        ann.does(kind, START, properties);
        ann.prospect.not_handed_over_before()
    };
    let until = "2027-02-01".parse::<jiff::civil::Date>().unwrap();
    let until = until.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    let until = Some(Instant(u64::try_from(until.as_millisecond()).unwrap()));
    let recycled = "handover.recycled";
    assert_eq!(given(recycled, json!({ "until": "2027-02-01" })), until);
    assert_eq!(given(recycled, json!({ "until": "2027-02-01T00:00:00Z" })), until);
    assert_eq!(given(recycled, json!({ "until": "next year" })), None);
    let wrong = json!({ "right_moment": false });
    assert_eq!(given("handover.rejected", wrong.clone()), Some(START.after(DAY * 30)));
    assert_eq!(given("handover.accepted", wrong), None);

    // They may come back by themselves.
    let mut ann = Somebody::new(&ann());
    ann.does(recycled, START, json!({ "until": "2027-02-01" }));
    ann.does("meeting.requested", START.after(HOUR), json!({}));
    assert_eq!(ann.prospect.not_handed_over_before(), None);
}

#[test]
fn verdicts_have_words_and_kinds_of_their_own() {
    for verdict in Verdict::ALL {
        assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        let signal = signal(verdict.kind(), START, vec![ann()], json!({}));
        assert_eq!(Verdict::of(&signal), Some(verdict));
        assert_eq!(SalesWord::of(&signal).map(|word| word.verdict), Some(verdict));
    }
    assert_eq!(SalesWord::of(&signal("deal.won", START, vec![ann()], json!({}))), None);
}
