//! What was done, as a sales person would say it.

use crate::course::{Again, Stay};
use crate::cue::Cue;
use crate::observation::{Act, Asks};

/// `read 'ROI calculator' for 2 min and came back to it twice`.
pub(crate) fn reading(stays: &[&Stay<'_>]) -> String {
    let title = stays
        .iter()
        .map(|stay| stay.seen.label.as_str())
        .rev()
        .find(|label| !label.is_empty());
    let page = title.map_or("a page about it".to_owned(), |title| format!("'{title}'"));
    let dwell: u64 = stays.iter().filter_map(|stay| stay.dwell_ms).sum();
    let returns = stays
        .iter()
        .filter(|stay| matches!(stay.again, Again::SameVisit | Again::Return))
        .count();
    let read = if dwell < 5000 {
        format!("looked at {page}")
    } else {
        format!("read {page} for {}", length(dwell))
    };
    let compared = if stays.iter().any(|stay| stay.compared) {
        format!(" ({})", Cue::Compares.name())
    } else {
        String::new()
    };
    if returns == 0 {
        read + &compared
    } else {
        format!("{read} and came back to it {}{compared}", times(returns))
    }
}

/// `searched for 'payback'`; none for what is told otherwise or says nothing in words.
pub(crate) fn deed(act: Act, label: &str) -> Option<String> {
    Some(match act {
        Act::Searched { found: Some(false) } => format!("searched for '{label}' without a result"),
        Act::Searched { .. } => format!("searched for '{label}'"),
        Act::FormSubmitted {
            asks: Asks::Contact, ..
        } => "asked to be contacted".to_owned(),
        Act::FormSubmitted { asks: Asks::Demo, .. } => "asked for a demo".to_owned(),
        Act::FormSubmitted { asks: Asks::Quote, .. } => "asked for a quote".to_owned(),
        Act::FormSubmitted { .. } => format!("sent the form '{label}'"),
        Act::FormStarted => format!("began the form '{label}'"),
        Act::FormAbandoned { .. } => format!("gave up the form '{label}'"),
        Act::Used => format!("used '{label}'"),
        Act::Downloaded => format!("downloaded '{label}'"),
        Act::Chatted => "wrote about it in a chat".to_owned(),
        Act::Opened => "opened a message about it".to_owned(),
        Act::Clicked { .. } => "clicked on it in a message".to_owned(),
        Act::Replied => "wrote about it in a reply".to_owned(),
        Act::Answered => "said so in answer to a question".to_owned(),
        Act::Viewed | Act::Left { .. } | Act::Met | Act::Named | Act::Refused => return None,
    })
}

/// `40 s`, `2 min`, `1 h 20 min`, `2 days`.
pub(crate) fn length(ms: u64) -> String {
    let seconds = (ms + 500) / 1000;
    match seconds {
        0..90 => format!("{seconds} s"),
        90..3570 => format!("{} min", (seconds + 30) / 60),
        129_600.. => counted(((seconds + 43_200) / 86_400) as usize, "day", "days"),
        _ => match (seconds + 30) / 60 {
            minutes if minutes % 60 == 0 => format!("{} h", minutes / 60),
            minutes => format!("{} h {} min", minutes / 60, minutes % 60),
        },
    }
}

/// `once`, `twice`, `3 times`.
pub(crate) fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// `1 page`, `3 pages`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_counts_and_lists_read_like_speech() {
        for (ms, text) in [
            (400, "0 s"),
            (40_000, "40 s"),
            (89_499, "89 s"),
            (120_000, "2 min"),
            (3_599_000, "1 h"),
            (4_800_000, "1 h 20 min"),
            (86_400_000, "24 h"),
            (129_600_000, "2 days"),
        ] {
            assert_eq!(length(ms), text);
        }
        assert_eq!([times(1), times(2), times(3)], ["once", "twice", "3 times"]);
        assert_eq!(counted(1, "search", "searches"), "1 search");
        assert_eq!(counted(0, "search", "searches"), "0 searches");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(list(&[]), "");
    }
}
