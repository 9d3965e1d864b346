//! How far trust goes, what was told to whom, and how sure a decision was.

use std::{collections::BTreeMap, time::Duration};

use hearken_model::{Mode, Policy, Pressure, Scope, Story, StoryId, StoryKind};

fn policy(mode: Mode, modes: &[(Scope, Mode)]) -> Policy {
    let modes = modes.iter().map(|(scope, mode)| (Policy::mode_key(scope), *mode));
    Policy {
        mode,
        modes: modes.collect::<BTreeMap<_, _>>(),
        ..Policy::default()
    }
}

#[test]
fn the_most_careful_mode_holds_and_is_found_where_it_is_written() {
    let email = Scope::Channel("email".into());
    let story = Scope::Story("roi".into());
    let scopes = [Scope::All, email.clone(), story.clone()];
    let live = policy(Mode::Live, &[]);
    assert_eq!(live.most_careful(&scopes), (Mode::Live, Scope::All));
    let narrow = policy(
        Mode::Live,
        &[(email.clone(), Mode::Approve), (story.clone(), Mode::Shadow)],
    );
    assert_eq!(narrow.most_careful(&scopes), (Mode::Shadow, story.clone()));
    assert_eq!(
        narrow.most_careful(&[Scope::All, email]),
        (Mode::Approve, Scope::Channel("email".into()))
    );
    let bold = policy(Mode::Shadow, &[(story, Mode::Live)]);
    assert_eq!(
        bold.most_careful(&scopes),
        (Mode::Shadow, Scope::All),
        "nothing narrow makes it bolder"
    );
}

#[test]
fn a_policy_of_before_is_read_with_what_is_new_switched_off() {
    let mut old = serde_json::to_value(Policy::default()).expect("a policy is JSON");
    let object = old.as_object_mut().expect("an object");
    for new in ["new_people_per_hour", "approve_texts", "seeds"] {
        object.remove(new);
    }
    let read: Policy = serde_json::from_value(old).expect("it is read");
    assert_eq!(read, Policy::default());
    assert_eq!(read.expires, Duration::from_secs(2 * 86_400));
}

fn story() -> Story {
    Story {
        id: StoryId("roi".into()),
        title: "What it returns".into(),
        topics: vec!["roi".into()],
        personas: Vec::new(),
        lifecycles: Vec::new(),
        languages: vec!["en".into()],
        pressure: Pressure::Soft,
        channels: vec!["email".into()],
        kind: StoryKind::Marketing,
        answers: vec![("roi".into(), "The costs".into())],
        subject: "In numbers".into(),
        text: "Nine months.".into(),
        confirms: None,
        invites: None,
        fallbacks: BTreeMap::new(),
        variant: hearken_model::FIRST_VARIANT.into(),
        others: Vec::new(),
        language_fallback: None,
        until: None,
        again: None,
    }
}

#[test]
fn a_text_is_another_where_a_reader_sees_something_else() {
    let seen: [fn(&mut Story); 7] = [
        |s| s.title.push('!'),
        |s| s.subject.push('!'),
        |s| s.text.push('!'),
        |s| s.answers[0].1.push('!'),
        |s| s.languages.push("de".into()),
        |s| {
            s.fallbacks.insert("first_name".into(), "there".into());
        },
        // Whatever moves from one part to the next.
        |s| {
            s.subject = "In".into();
            s.text = "numbers Nine months.".into();
        },
    ];
    let digest = story().digest();
    assert_eq!(digest.len(), 64);
    for change in seen {
        let mut changed = story();
        change(&mut changed);
        assert_ne!(changed.digest(), digest, "{changed:?}");
    }
    let unseen: [fn(&mut Story); 3] = [
        |s| s.topics.clear(),
        |s| s.channels.push("chat".into()),
        |s| s.pressure = Pressure::Hard,
    ];
    for change in unseen {
        let mut changed = story();
        change(&mut changed);
        assert_eq!(changed.digest(), digest, "{changed:?}");
    }
}
