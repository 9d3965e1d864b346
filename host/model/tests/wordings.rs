//! Which of a story's texts somebody reads.

#![allow(clippy::expect_used, reason = "in a test a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};

use hearken_model::{
    Instant, Pressure, Story, StoryId, StoryKind,
    decide::{Facts, Terms, variant},
};

/// A story's text of a variant, in languages.
fn text(id: &str, variant: &str, languages: &[&str]) -> Story {
    Story {
        id: StoryId(id.into()),
        title: "Costs".into(),
        topics: Vec::new(),
        personas: Vec::new(),
        lifecycles: Vec::new(),
        languages: languages.iter().map(|tag| (*tag).to_owned()).collect(),
        pressure: Pressure::Soft,
        channels: vec!["email".into()],
        kind: StoryKind::Marketing,
        answers: Vec::new(),
        subject: "Costs".into(),
        text: "Hello.".into(),
        confirms: None,
        invites: None,
        fallbacks: BTreeMap::new(),
        variant: variant.into(),
        others: Vec::new(),
        language_fallback: None,
        until: None,
        again: None,
    }
}

fn roi() -> Story {
    Story {
        others: vec![
            text("roi+b", "b", &["en"]),
            text("roi.de", "a", &["de"]),
            text("roi.de-AT", "a", &["de-AT"]),
        ],
        ..text("roi", "a", &["en"])
    }
}

fn read_by(story: &Story, language: Option<&str>) -> Vec<String> {
    let texts = story.texts_for(language).into_iter();
    texts.map(|text| text.id.to_string()).collect()
}

#[test]
fn a_reader_is_told_the_nearest_text_to_their_language_and_no_other() {
    let told = |language| read_by(&roi(), Some(language));
    assert_eq!(told("en-GB"), ["roi", "roi+b"]);
    assert_eq!(told("de-at"), ["roi.de-AT"]);
    assert_eq!(told("de"), ["roi.de"]);
    assert_eq!(told("fr"), Vec::<String>::new());
    assert_eq!(read_by(&roi(), None), ["roi", "roi+b"]);
    assert_eq!(roi().spoken(), ["en", "de", "de-AT"]);
}

#[test]
fn another_language_is_told_by_choice() {
    let story = Story {
        language_fallback: Some("de".into()),
        ..roi()
    };
    assert_eq!(read_by(&story, Some("fr")), ["roi.de"]);
    assert_eq!(read_by(&story, Some("en")), ["roi", "roi+b"]);
    assert_eq!(read_by(&story, None), ["roi.de"]);
    assert_eq!(story.others[1].told_in(Some("fr")), Some("de"));
}

#[test]
fn a_text_without_a_language_is_for_whoever_has_no_other() {
    let story = Story {
        languages: Vec::new(),
        ..roi()
    };
    assert_eq!(read_by(&story, Some("fr")), ["roi"]);
    assert_eq!(read_by(&story, Some("de")), ["roi.de"]);
    assert_eq!(story.spoken(), Vec::<String>::new());
}

#[test]
fn variants_are_drawn_in_equal_shares_and_the_same_again() {
    let id = StoryId("roi".into());
    let names = ["a", "b", "c"].map(str::to_owned).to_vec();
    let terms = Terms {
        variants: names.clone(),
        ..Terms::default()
    };
    let facts = Facts {
        terms: BTreeMap::from([(id.clone(), terms)]),
        ..Facts::of_nobody(Instant(1))
    };
    let drawn: Vec<&str> = (0..3000)
        .map(|seed| {
            let (name, propensity) = variant(&id, &facts, seed).expect("there are several");
            assert!((propensity - 1.0 / 3.0).abs() < 1e-12);
            assert_eq!(variant(&id, &facts, seed), Some((name, propensity)));
            name
        })
        .collect();
    for name in &names {
        let count = drawn.iter().filter(|other| *other == name).count();
        assert!((850..1150).contains(&count), "{name} was drawn {count} times of 3000");
    }
    assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 3);
    assert_eq!(variant(&StoryId("other".into()), &facts, 1), None);
}
