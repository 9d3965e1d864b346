//! Who is invited to talk, and who is left alone.

#[allow(dead_code, reason = "what other tests need of it")]
mod shop;

use hearken_sdk::{Act, Candidate, Choice, Lifecycle, Router, Situation, Story, StoryKind};

use shop::*;

/// The library, with an invitation at its end.
fn library() -> Vec<Story> {
    let mut invitation = Story {
        kind: StoryKind::Service,
        channels: vec!["site".to_owned()],
        extra: vec![("invites".to_owned(), "sales".to_owned())],
        ..Story::default()
    };
    invitation.id = "talk-to-us".to_owned();
    let mut all = stories();
    all.push(invitation);
    all
}

/// At a page, where the host offers the invitation.
fn at_a_page(beliefs: &[(&str, &str, f64)]) -> Situation {
    let mut situation = somebody(beliefs);
    situation.lifecycle = Lifecycle::Visitor;
    situation.channels = vec!["site".to_owned(), "email".to_owned()];
    situation.candidates.push(Candidate {
        story: stories().len(),
        ..Candidate::default()
    });
    situation
}

fn choices(situation: &Situation) -> Vec<Choice> {
    facilitator()
        .decide(&library(), situation)
        .expect("any situation is decided")
}

fn best_of(situation: &Situation) -> Choice {
    let best = choices(situation)
        .into_iter()
        .max_by(|x, y| x.weight.total_cmp(&y.weight));
    best.expect("there is a choice")
}

#[test]
fn who_is_hurried_or_lost_is_invited_and_nobody_else() {
    for (pace, invited) in [("hurried", true), ("needs-help", true), ("browsing", false)] {
        let choice = best_of(&at_a_page(&[("pace", pace, 0.6), ("interest", "roi", 0.7)]));
        assert_eq!(choice.target == "talk-to-us", invited, "{pace}: {choice:?}");
        if invited {
            assert_eq!((choice.act, choice.channel.as_str()), (Act::Tell, "site"));
            assert!(choice.reason.contains("sales is there to talk"), "{}", choice.reason);
        }
    }
    let curious = at_a_page(&[("interest", "roi", 0.7)]);
    assert!(
        choices(&curious).iter().all(|c| c.target != "talk-to-us"),
        "not for what it is about"
    );
}

#[test]
fn nobody_is_invited_where_the_host_offers_none_or_who_is_disqualified() {
    let hurried = at_a_page(&[("pace", "hurried", 0.6)]);
    let mut not_offered = hurried.clone();
    not_offered.candidates.pop();
    let disqualified = Situation {
        lifecycle: Lifecycle::Disqualified,
        ..hurried.clone()
    };
    let elsewhere = Situation {
        channels: vec!["email".to_owned()],
        ..hurried
    };
    for situation in [not_offered, disqualified, elsewhere] {
        assert!(
            choices(&situation).iter().all(|c| c.target != "talk-to-us"),
            "{situation:?}"
        );
    }
}

#[test]
fn a_hand_over_goes_before_and_the_invitation_before_every_story() {
    let qualified = Situation {
        lifecycle: Lifecycle::Qualified,
        ..at_a_page(&[
            ("pace", "hurried", 0.6),
            ("engagement", "overall", 0.6),
            ("interest", "roi", 0.7),
        ])
    };
    let mut ranked = choices(&qualified);
    ranked.sort_by(|x, y| y.weight.total_cmp(&x.weight));
    let first: Vec<&str> = ranked.iter().take(2).map(|c| c.target.as_str()).collect();
    assert_eq!(first, ["sales", "talk-to-us"]);
    assert!(ranked[1].weight > 1000.0 * ranked[2].weight, "{ranked:?}");
}
