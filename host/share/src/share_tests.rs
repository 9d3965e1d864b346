use super::*;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

#[test]
fn what_is_withheld_is_said_as_it_would_have_to_be_granted() {
    let (traits, query) = (texts(&["title", "email"]), texts(&["utm_*", "q"]));
    let (identities, properties) = (texts(&["*"]), texts(&["plan"]));
    let asked = Asked {
        traits: &traits,
        identities: &identities,
        query: &query,
        properties: &properties,
    };
    let withheld = |granted: &Granted| {
        let share = Share::with_thinker(&asked, granted);
        Part::ALL.map(|part| share.withheld(part, &asked).join(" "))
    };
    assert_eq!(withheld(&Granted::default()), ["email", "*", "utm_* q", "plan"]);
    let granted = Granted {
        traits: Some(texts(&["*", "email"])),
        identities: Some(texts(&["*"])),
        query: Some(texts(&["utm_source", "q"])),
        properties: Some(texts(&["*"])),
    };
    assert_eq!(withheld(&granted), ["", "", "utm_*", ""]);
    let sink = Share::with_sink(&asked, &Granted::default());
    assert_eq!(sink.withheld(Part::Traits, &asked), texts(&[]));
}

#[test]
fn a_grant_has_an_effect_where_it_overlaps_what_is_asked_for() {
    let (traits, query) = (texts(&["title"]), texts(&["utm_*"]));
    let asked = Asked {
        traits: &traits,
        query: &query,
        ..Asked::default()
    };
    let share = Share::with_thinker(&asked, &Granted::default());
    for (part, name) in [
        (Part::Traits, "title"),
        (Part::Traits, "t*"),
        (Part::Query, "utm_source"),
        (Part::Query, "u*"),
        (Part::Properties, "referrer"),
        (Part::Properties, "ref*"),
    ] {
        assert!(share.asks_for(part, name), "{name}");
    }
    for (part, name) in [
        (Part::Traits, "titel"),
        (Part::Query, "q"),
        (Part::Properties, "plan"),
        (Part::Identities, "email"),
    ] {
        assert!(!share.asks_for(part, name), "{name}");
    }
}

#[test]
fn what_is_remembered_belongs_to_a_grant() {
    let asked = Asked::default();
    let edition = |query: Option<&[&str]>, traits: Option<&[&str]>| {
        let granted = Granted {
            query: query.map(texts),
            traits: traits.map(texts),
            ..Granted::default()
        };
        Share::with_thinker(&asked, &granted).edition_of("1.2.3")
    };
    assert_eq!(edition(None, None), "1.2.3");
    let all = [
        edition(None, None),
        edition(Some(&[]), None),
        edition(Some(&["q"]), None),
        edition(None, Some(&["q"])),
        edition(Some(&["q", "x"]), None),
        edition(Some(&["qx"]), None),
    ];
    for (i, one) in all.iter().enumerate() {
        assert!(all[i + 1..].iter().all(|other| other != one), "{one}");
    }
    assert_eq!(edition(Some(&["q"]), None), edition(Some(&["q"]), None));
}
