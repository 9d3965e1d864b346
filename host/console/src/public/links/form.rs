//! What a form, or a mail program in its place, says.

use std::collections::BTreeMap;

use hearken_engine::{Said, SalesAnswer, Wanted};
use hearken_links::{
    Link, Verdict,
    pages::{ACT, BY, CONCERN, MOMENT, NO, NOTHING, ON, OPTION, ROLE, SAVE, SHOWN, UNTIL, WHY, YES},
};

/// What is kept of a text that a team writes, in characters.
const LONGEST: usize = 500;

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
        Link::HandOver(_) => sales_answer(body).map(Said::HandOver),
        Link::Click(_) => None,
    }
}

/// What a team makes of a hand-over. What it leaves open is open; what it says and no form of
/// ours would send is refused.
fn sales_answer(body: &[u8]) -> Option<SalesAnswer> {
    let fields = fields(body);
    let text = |name: &str| {
        let field = fields.iter().find(|(n, _)| n == name);
        field.map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let right = |name: &str| match text(name) {
        YES => Some(Some(true)),
        NO => Some(Some(false)),
        "" => Some(None),
        _ => None,
    };
    let until = text(UNTIL);
    if !until.is_empty() && until.parse::<jiff::civil::Date>().is_err() {
        return None;
    }
    Some(SalesAnswer {
        verdict: Verdict::from_word(text(ACT))?,
        right_role: right(ROLE)?,
        right_concern: right(CONCERN)?,
        right_moment: right(MOMENT)?,
        why: text(WHY).chars().take(LONGEST).collect(),
        by: text(BY).chars().take(LONGEST).collect(),
        until: until.to_owned(),
    })
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
    fn a_team_answers_as_much_as_it_likes() {
        let link = Link::HandOver(hearken_links::HandOver {
            action: ActionId::from_u64(1),
            expires: Instant(1),
        });
        let answer = SalesAnswer {
            verdict: Verdict::Recycled,
            right_role: Some(false),
            right_concern: None,
            right_moment: Some(true),
            why: "a student & a paper".into(),
            by: "Bo".into(),
            until: "2027-02-01".into(),
        };
        let body = b"role=no&moment=yes&why=a+student+%26+a+paper&by=Bo&until=2027-02-01&act=recycled";
        assert_eq!(said(&link, body), Some(Said::HandOver(answer)));
        let nothing = SalesAnswer {
            verdict: Verdict::Accepted,
            right_role: None,
            right_concern: None,
            right_moment: None,
            why: String::new(),
            by: String::new(),
            until: String::new(),
        };
        assert_eq!(
            said(&link, b"act=accepted&why=&by=&until="),
            Some(Said::HandOver(nothing))
        );
        let long = format!("act=rejected&why={}", "x".repeat(5000));
        let Some(Said::HandOver(answer)) = said(&link, long.as_bytes()) else {
            panic!("a long text is cut, not refused");
        };
        assert_eq!(answer.why.len(), LONGEST);
        for none in [
            "",
            "act=other",
            "act=accepted&role=perhaps",
            "act=recycled&until=tomorrow",
        ] {
            assert_eq!(said(&link, none.as_bytes()), None, "{none}");
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
