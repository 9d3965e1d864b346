//! What is kept of a signal: what was done, when, and which names of the vocabulary it
//! speaks for, in at most [`MAX_BYTES`]. Addresses of pages are kept as fingerprints, so
//! that a million of them cost no more than one.

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};

/// The most that an observation takes in memory: moment 7, id 10, act 9, place 1, page and
/// visit 5 each, marks 20, label 1 and its text.
pub(crate) const MAX_BYTES: usize = 58 + LABEL_BYTES;

/// How many names of the vocabulary one observation can speak for.
const MARKS: usize = 4;
/// How long a page's title is kept.
const LABEL_BYTES: usize = 44;
/// The latest moment, about the year 10889: seven bytes as a varint.
const LATEST_AT: u64 = (1 << 48) - 1;
/// A tab left open is not read for longer than that.
const LONGEST_DWELL_MS: u64 = 30 * 60_000;

/// One thing that a person did. The order is that of `at`, then `id`; the rest makes it
/// total, so that a set has one order only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Observation {
    /// Milliseconds since 1970.
    pub(crate) at: u64,
    /// The fingerprint of the signal's id.
    pub(crate) id: u64,
    pub(crate) act: Act,
    /// Of a page what sort it is, of words what they ask for.
    pub(crate) place: Place,
    /// The fingerprint of the page's path, or of a form's name; 0 for none.
    pub(crate) page: u32,
    /// The fingerprint of the visit, as the source names it; 0 for none.
    pub(crate) session: u32,
    pub(crate) marks: Marks,
    /// A title, a query or a form's name, for sentences; empty where nothing of the
    /// vocabulary is in it.
    pub(crate) label: Label,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Act {
    /// Opened a page or a screen.
    Viewed,
    /// Left a page after having read it for so long, while it was open in the background for
    /// so long; scrolled so far, in percent.
    Left {
        dwell_ms: u32,
        hidden_ms: u32,
        scroll: Option<u8>,
    },
    /// Searched; whether anything was found, where the source says so.
    Searched { found: Option<bool> },
    /// Began to fill in a form.
    FormStarted,
    /// Sent a form.
    FormSubmitted { asks: Asks, corrections: u8 },
    /// Gave a form up.
    FormAbandoned { corrections: u8 },
    /// Used the product.
    Used,
    /// Took a file along.
    Downloaded,
    /// Wrote in a chat.
    Chatted,
    /// Opened a message.
    Opened,
    /// Clicked in a message; how sure it is that a person did, in percent.
    Clicked { human: u8 },
    /// Answered a message.
    Replied,
    /// Asked for, booked or held a meeting.
    Met,
    /// Answered a question of ours.
    Answered,
    /// Said, or was said, to have a job title.
    Named,
    /// Unsubscribed or complained.
    Refused,
}

/// What a form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Asks {
    Contact,
    Demo,
    Quote,
    /// A file, or anything else that needs no person.
    Nothing,
}

/// What sort of page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Place {
    Elsewhere,
    /// Where people go who want something now.
    Asking,
    /// Where people go who need help.
    Helping,
}

/// The names of the vocabulary that an observation speaks for, as fingerprints; 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Marks([u32; MARKS]);

impl Act {
    /// Left after `open_ms`, visible for `visible_ms` of it, having seen `scroll` (0..1) of
    /// the page. What was visible was read; a tab in the background was not.
    pub(crate) fn left(open_ms: Option<u64>, visible_ms: Option<u64>, scroll: Option<f64>) -> Self {
        let kept = |ms: u64| ms.min(LONGEST_DWELL_MS) as u32;
        let hidden = open_ms
            .zip(visible_ms)
            .map(|(open, visible)| open.saturating_sub(visible));
        let scroll = scroll
            .filter(|scroll| scroll.is_finite())
            .map(|scroll| (scroll.clamp(0.0, 1.0) * 100.0) as u8);
        Self::Left {
            dwell_ms: kept(visible_ms.or(open_ms).unwrap_or(0)),
            hidden_ms: kept(hidden.unwrap_or(0)),
            scroll,
        }
    }

    /// Whether it happens in a visit of the site or the product.
    pub(crate) fn is_on_site(self) -> bool {
        !matches!(
            self,
            Self::Opened
                | Self::Clicked { .. }
                | Self::Replied
                | Self::Met
                | Self::Answered
                | Self::Named
                | Self::Refused
        )
    }
}

impl Marks {
    /// Further marks than there is room for are dropped: a page that speaks for everything
    /// says little about anybody.
    pub(crate) fn insert(&mut self, mark: u32) {
        if !self.0.contains(&mark)
            && let Some(free) = self.0.iter_mut().find(|free| **free == 0)
        {
            *free = mark;
        }
    }

    pub(crate) fn contains(&self, mark: u32) -> bool {
        self.0.contains(&mark)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0[0] == 0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied().take_while(|mark| *mark != 0)
    }
}

/// A moment as observations keep it.
pub(crate) fn at(millis: u64) -> u64 {
    millis.min(LATEST_AT)
}

/// A text for sentences, kept in its place: a hundred observations are read at every
/// assessment, and as many allocations would cost more than all the rest.
pub(crate) type Label = ArrayString<LABEL_BYTES>;

/// One line without control characters, cut between characters.
pub(crate) fn label(text: &str) -> Label {
    let mut label = Label::new();
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
    {
        let space = if label.is_empty() { "" } else { " " };
        if label.len() + space.len() + word.len() > LABEL_BYTES {
            cut(&mut label, space, word);
            break;
        }
        label.push_str(space);
        label.push_str(word);
    }
    label
}

/// As much of another word as there is room for, and an ellipsis.
fn cut(label: &mut Label, space: &str, word: &str) {
    const ELLIPSIS: &str = "…";
    const ROOM: usize = LABEL_BYTES - ELLIPSIS.len();
    for c in space.chars().chain(word.chars()) {
        if label.len() + c.len_utf8() > ROOM {
            break;
        }
        label.push(c);
    }
    label.truncate(label.floor_char_boundary(ROOM));
    label.push_str(ELLIPSIS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_observation_takes_more_than_its_share_of_memory() {
        let mut marks = Marks::default();
        (0..9).for_each(|n| marks.insert(u32::MAX - n));
        let largest = Observation {
            at: at(u64::MAX),
            id: u64::MAX,
            act: Act::Left {
                dwell_ms: LONGEST_DWELL_MS as u32,
                hidden_ms: LONGEST_DWELL_MS as u32,
                scroll: Some(100),
            },
            place: Place::Helping,
            page: u32::MAX,
            session: u32::MAX,
            marks,
            label: label(&"ä".repeat(1000)),
        };
        let bytes = hearken_sdk::memory::pack(&largest).unwrap();
        assert!(bytes.len() <= MAX_BYTES, "{}", bytes.len());
        assert_eq!(hearken_sdk::memory::unpack(Some(&bytes)), Some(largest));
    }

    #[test]
    fn a_label_is_one_line_and_keeps_short_texts_whole() {
        assert_eq!(label(" ROI\n calculator\u{7} ").as_str(), "ROI calculator");
        assert_eq!(label(&"x".repeat(LABEL_BYTES)).as_str(), "x".repeat(LABEL_BYTES));
        assert!(label(&"ä ".repeat(100)).ends_with('…'));
        for text in [
            "ä ".repeat(100),
            "ä".repeat(22) + " x",
            "x".repeat(43) + " ä",
            "x".repeat(44) + " y",
        ] {
            let label = label(&text);
            assert!(label.len() <= LABEL_BYTES && label.ends_with('…'), "{text}: {label}");
        }
    }

    #[test]
    fn a_scroll_depth_that_is_no_number_is_not_known() {
        let scroll = |written| match Act::left(Some(1), None, Some(written)) {
            Act::Left { scroll, .. } => scroll,
            _ => panic!("a leaving"),
        };
        assert_eq!((scroll(f64::NAN), scroll(7.0)), (None, Some(100)));
    }

    #[test]
    fn what_was_visible_was_read_and_the_rest_was_hidden() {
        let left = |open, visible| match Act::left(open, visible, None) {
            Act::Left {
                dwell_ms, hidden_ms, ..
            } => (dwell_ms, hidden_ms),
            _ => panic!("a leaving"),
        };
        assert_eq!(left(Some(90_000), Some(20_000)), (20_000, 70_000));
        assert_eq!(left(Some(90_000), None), (90_000, 0));
        assert_eq!(left(None, Some(20_000)), (20_000, 0));
        assert_eq!(left(Some(10), Some(20)), (20, 0));
        assert_eq!(left(Some(u64::MAX), Some(0)), (0, 1_800_000));
    }
}
