//! What a form, or a mail program in its place, says.

use std::collections::BTreeMap;

use hearken_engine::{Said, Wanted};
use hearken_links::{
    Link,
    pages::{ACT, NOTHING, ON, OPTION, SAVE, SHOWN},
};

/// What is said at a link; none where it is nothing that its page would send.
pub(super) fn said(link: &Link, body: &[u8]) -> Option<Said> {
    match link {
        // Such a link means one thing, whatever comes with the POST: rather somebody too
        // many who hears nothing than one who was not heard.
        Link::Unsubscribe(_) => Some(Said::Unsubscribe {
            one_click: is_one_click(body),
        }),
        Link::Confirm(_) => Some(Said::Confirm),
        Link::Preferences(_) => wanted(body).map(Said::Wants),
        Link::Answer(_) => {
            let fields = fields(body);
            let option = fields.iter().find(|(name, _)| name == OPTION)?;
            option.1.parse().ok().map(Said::Answer)
        }
        Link::Click(_) => None,
    }
}

/// Whether a mail program asks for its user (RFC 8058): one field, as a form's or as one
/// part of several. Only what the signal says of it rests on this.
fn is_one_click(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.contains("List-Unsubscribe") && text.contains("One-Click")
}

fn wanted(body: &[u8]) -> Option<Wanted> {
    let fields = fields(body);
    let of = |name: &'static str| fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value);
    match of(ACT).next()?.as_str() {
        NOTHING => Some(Wanted::Nothing),
        SAVE => {
            let mut rows: BTreeMap<String, bool> = of(SHOWN).map(|row| (row.clone(), false)).collect();
            // What was not shown was not chosen either.
            for row in of(ON) {
                if let Some(on) = rows.get_mut(row) {
                    *on = true;
                }
            }
            Some(Wanted::These(rows))
        }
        _ => None,
    }
}

fn fields(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use hearken_links::{Answer, Preferences, Unsubscribe};
    use hearken_model::{ActionId, Identity, Instant};

    use super::*;

    fn to() -> Identity {
        Identity::new("email", "ann@example.com").expect("an address")
    }

    fn unsubscribe() -> Link {
        Link::Unsubscribe(Unsubscribe {
            action: ActionId::from_u64(1),
            to: to(),
            purpose: "marketing".into(),
            channel: "email".into(),
        })
    }

    #[test]
    fn one_click_is_known_in_both_encodings_that_mail_programs_use() {
        let parts = b"--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        for (body, one_click) in [
            (b"List-Unsubscribe=One-Click".as_slice(), true),
            (parts.as_slice(), true),
            (b"".as_slice(), false),
            (b"\xff\xfe".as_slice(), false),
        ] {
            assert_eq!(said(&unsubscribe(), body), Some(Said::Unsubscribe { one_click }));
        }
    }

    #[test]
    fn what_is_not_ticked_is_taken_back_and_what_was_not_shown_stays() {
        let link = Link::Preferences(Preferences {
            action: ActionId::from_u64(1),
            to: to(),
        });
        let body = b"shown=marketing%2Femail&shown=sales%2Femail&on=sales%2Femail&on=other%2Femail&act=save";
        let rows = BTreeMap::from([("marketing/email".to_owned(), false), ("sales/email".to_owned(), true)]);
        assert_eq!(said(&link, body), Some(Said::Wants(Wanted::These(rows))));
        assert_eq!(said(&link, b"act=nothing"), Some(Said::Wants(Wanted::Nothing)));
        for nothing_of_ours in [b"".as_slice(), b"List-Unsubscribe=One-Click", b"act=other"] {
            assert_eq!(said(&link, nothing_of_ours), None);
        }
    }

    #[test]
    fn an_answer_is_a_number() {
        let link = Link::Answer(Answer {
            action: ActionId::from_u64(1),
            option: 0,
            expires: Instant(1),
        });
        assert_eq!(said(&link, b"option=2"), Some(Said::Answer(2)));
        for none in [
            b"option=-1".as_slice(),
            b"option=x",
            b"",
            b"option=99999999999999999999999",
        ] {
            assert_eq!(said(&link, none), None);
        }
    }
}
