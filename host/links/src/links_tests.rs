use proptest::prelude::*;

use super::*;
use crate::Key;

const NOW: Instant = Instant(1_790_000_000_000);

fn links() -> Links {
    Links::new(
        "https://links.example.com/",
        KeyRing::new("2026-11-24T10:00:00Z", Key::new([7; 32])),
    )
}

fn identity() -> impl Strategy<Value = Identity> {
    ("(email|phone|user|crm:contact)", "\\PC{1,60}").prop_map(|(scheme, value)| Identity { scheme, value })
}

fn link() -> impl Strategy<Value = Link> {
    let action = any::<u64>().prop_map(ActionId::from_u64);
    let later = (NOW.0 / 1000..NOW.0 / 500).prop_map(|s| Instant(s * 1000));
    prop_oneof![
        (action.clone(), identity(), "\\PC{0,20}", "\\PC{0,20}").prop_map(|(action, to, purpose, channel)| {
            Link::Unsubscribe(Unsubscribe {
                action,
                to,
                purpose,
                channel,
            })
        }),
        (action.clone(), identity()).prop_map(|(action, to)| Link::Preferences(Preferences { action, to })),
        (action.clone(), identity(), "\\PC{0,20}", "\\PC{0,20}", later.clone()).prop_map(
            |(action, to, purpose, channel, expires)| Link::Confirm(Confirm {
                action,
                to,
                purpose,
                channel,
                expires,
            })
        ),
        (action.clone(), any::<u16>(), later.clone()).prop_map(|(action, option, expires)| Link::Answer(Answer {
            action,
            option,
            expires
        })),
        (action.clone(), any::<u16>()).prop_map(|(action, link)| Link::Click(Click { action, link })),
        (action, later).prop_map(|(action, expires)| Link::HandOver(HandOver { action, expires })),
    ]
}

proptest! {
    #[test]
    fn a_link_reads_as_it_was_made(link in link()) {
        let links = links();
        prop_assert_eq!(links.read(link.purpose(), &links.token(&link), NOW), Ok(link));
    }

    #[test]
    fn no_token_with_another_bit_is_read(link in link(), at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let links = links();
        let mut token = links.token(&link).into_bytes();
        let at = at.index(token.len());
        token[at] ^= 1 << bit;
        let Ok(token) = String::from_utf8(token) else { return Ok(()) };
        prop_assert_eq!(links.read(link.purpose(), &token, NOW), Err(NotALink::Invalid));
    }

    #[test]
    fn a_token_of_one_purpose_never_reads_as_another(link in link()) {
        let links = links();
        let token = links.token(&link);
        for purpose in Purpose::ALL.into_iter().filter(|p| *p != link.purpose()) {
            prop_assert_eq!(links.read(purpose, &token, NOW), Err(NotALink::Invalid));
        }
    }

    #[test]
    fn a_cut_or_prolonged_token_is_not_read(link in link(), cut in any::<prop::sample::Index>(), more in "[A-Za-z0-9_-]{1,8}") {
        let links = links();
        let token = links.token(&link);
        let cut = &token[..cut.index(token.len())];
        prop_assert_eq!(links.read(link.purpose(), cut, NOW), Err(NotALink::Invalid));
        prop_assert_eq!(links.read(link.purpose(), &format!("{token}{more}"), NOW), Err(NotALink::Invalid));
    }

    #[test]
    fn nothing_that_others_make_up_is_read(text in "[A-Za-z0-9_-]{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let links = links();
        for purpose in Purpose::ALL {
            prop_assert_eq!(links.read(purpose, &text, NOW), Err(NotALink::Invalid));
            // Even with a number that is in the ring.
            let forged = base64::Engine::encode(
                &base64::engine::general_purpose::URL_SAFE_NO_PAD, [&[0, 1][..], &bytes].concat());
            prop_assert_eq!(links.read(purpose, &forged, NOW), Err(NotALink::Invalid));
        }
    }

    #[test]
    fn another_installations_token_is_not_read(link in link()) {
        let theirs = Links::new("https://links.example.com", KeyRing::new("2026", Key::new([8; 32])));
        prop_assert_eq!(links().read(link.purpose(), &theirs.token(&link), NOW), Err(NotALink::Invalid));
    }
}

fn unsubscribe() -> Link {
    Link::Unsubscribe(Unsubscribe {
        action: ActionId::from_u64(u64::MAX),
        to: Identity::new("email", "somebody.with-a-name@mail.example.com").unwrap(),
        purpose: "marketing".into(),
        channel: "email".into(),
    })
}

#[test]
fn a_url_is_opaque_the_same_each_time_and_fits_into_a_line() {
    let links = links();
    let url = links.url(&unsubscribe());
    assert!(url.starts_with("https://links.example.com/l/u/"), "{url}");
    assert!(url.len() < 200, "{} {url}", url.len());
    assert!(!url.contains("somebody") && url.is_ascii());
    assert_eq!(links.url(&unsubscribe()), url);
}

#[test]
fn after_a_rotation_new_links_have_the_new_key_and_old_ones_are_read() {
    let links = links();
    let old = links.token(&unsubscribe());
    let mut ring = KeyRing::new("2026-11-24T10:00:00Z", Key::new([7; 32]));
    ring.rotate("2026-12-01T00:00:00Z", Key::new([8; 32])).unwrap();
    links.use_ring(ring);
    let new = links.token(&unsubscribe());
    assert_ne!(new, old);
    for token in [old, new] {
        assert_eq!(links.read(Purpose::Unsubscribe, &token, NOW), Ok(unsubscribe()));
    }
    // A ring that has lost the first key reads only what the second made.
    links.use_ring(KeyRing::new("2026", Key::new([8; 32])));
    assert_eq!(
        links.read(Purpose::Unsubscribe, &links.token(&unsubscribe()), NOW),
        Ok(unsubscribe())
    );
}

#[test]
fn an_expired_link_says_so_and_an_unsubscribe_link_never_expires() {
    let links = links();
    let answer = Link::Answer(Answer {
        action: ActionId::from_u64(1),
        option: 0,
        expires: NOW,
    });
    let token = links.token(&answer);
    assert_eq!(links.read(Purpose::Answer, &token, NOW), Ok(answer));
    assert_eq!(
        links.read(Purpose::Answer, &token, Instant(NOW.0 + 1)),
        Err(NotALink::Expired)
    );
    let token = links.token(&unsubscribe());
    assert!(links.read(Purpose::Unsubscribe, &token, Instant(u64::MAX)).is_ok());
}
