use super::*;

fn action(id: &str) -> wire::Action {
    wire::Action {
        id: id.into(),
        attempt: 1,
        first_tried: None,
        act: "tell".into(),
        channel: "email".into(),
        story: None,
        prospect: "p".into(),
        identities: Vec::new(),
        traits: "{}".into(),
        account: None,
        thread: None,
        content: "{}".into(),
        expires: None,
        memory: None,
        extra: Vec::new(),
    }
}

#[test]
fn answers_find_their_action_and_strangers_are_ignored() {
    let asked = [action("a"), action("b"), action("c")];
    let answers = vec![
        ("c".into(), Ok(3)),
        ("stranger".into(), Ok(9)),
        ("a".into(), Ok(1)),
        ("a".into(), Ok(8)),
    ];
    assert_eq!(by_id("outbox", &asked, answers), [Ok(1), Err(Fault::NoAnswer), Ok(3)]);
}

#[test]
fn a_list_of_another_length_breaks_the_contract() {
    assert!(in_order(2, vec![Ok(1)]).is_err());
    assert!(in_order(0, vec![Ok(1)]).is_err());
    assert_eq!(in_order(1, vec![Ok(1)]), Ok(vec![Ok(1)]));
}
