use super::*;

const MADE: &str = "2026-11-24T10:00:00Z";

#[test]
fn a_ring_is_read_as_it_was_written() {
    let mut ring = KeyRing::new(MADE, Key::new([7; 32]));
    assert_eq!(ring.rotate("2026-12-01T00:00:00Z", Key::new([9; 32])), Ok(2));
    assert_eq!(KeyRing::parse(&ring.text()), Ok(ring.clone()));
    assert_eq!(ring.latest(), (2, &Key::new([9; 32])));
    assert_eq!(ring.key(1), Some(&Key::new([7; 32])), "the old one stays");
    assert_eq!(ring.key(3), None);
}

#[test]
fn what_is_no_ring_is_refused_and_its_text_is_not_told() {
    let good = KeyRing::new(MADE, Key::new([7; 32])).text();
    let secret = good.lines().last().unwrap().split(' ').next_back().unwrap().to_owned();
    let twice = format!("{good}1 {MADE} {secret}\n");
    let bad = [
        ("", KeyRingError::Empty),
        ("# nothing\n\n", KeyRingError::Empty),
        ("1 2026\n", KeyRingError::Line { line: 1 }),
        (&format!("0 {MADE} {secret}\n"), KeyRingError::Line { line: 1 }),
        (&format!("1 {MADE} {secret} more\n"), KeyRingError::Line { line: 1 }),
        (&format!("1 {MADE} {}\n", &secret[..40]), KeyRingError::Line { line: 1 }),
        (&twice, KeyRingError::Twice { line: 4, number: 1 }),
    ];
    for (text, expected) in bad {
        let error = KeyRing::parse(text).unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().contains(&secret[..40]));
    }
}

#[test]
fn a_key_shows_itself_to_nobody() {
    let ring = KeyRing::new(MADE, Key::new([7; 32]));
    let shown = format!("{ring:?}");
    assert!(shown.contains("Key(…)") && !shown.contains("7, 7"), "{shown}");
}

#[test]
fn a_full_ring_says_so() {
    let text = format!("65535 {MADE} {}\n", URL_SAFE_NO_PAD.encode([1; 32]));
    let mut ring = KeyRing::parse(&text).unwrap();
    assert_eq!(ring.rotate(MADE, Key::new([2; 32])), Err(KeyRingError::Full));
}
