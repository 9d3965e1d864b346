//! Forms: begun, corrected, given up.

use arrayvec::ArrayVec;

use super::Finding;
use crate::observation::Act;
use crate::scale::share;
use crate::visit::Visit;

/// After so many further pages a form that was begun is given up, where nobody says so.
const PAGES_SINCE: usize = 2;
/// So many forms of a visit are told apart.
const FORMS: usize = 16;

/// A form that was begun, and what became of it.
#[derive(Clone, Copy)]
struct Form {
    place: usize,
    /// Where it was given up; none where they are still at it.
    given_up: Option<usize>,
}

/// A form that was begun and neither sent nor given up.
pub(super) fn started(visit: &Visit<'_>) -> Option<Finding> {
    let forms = unsent(visit);
    let open = forms.iter().filter(|form| form.given_up.is_none());
    Finding::each(open.map(|form| form.place), |_| 1.0)
}

/// A form that was given up: because the source says so, or because two further pages were
/// opened since it was begun.
pub(super) fn abandoned(visit: &Visit<'_>) -> Option<Finding> {
    let mut places: ArrayVec<usize, FORMS> = unsent(visit).iter().filter_map(|form| form.given_up).collect();
    places.sort_unstable();
    Finding::each(places, |_| 1.0)
}

/// Corrections of what was filled in, of all forms of the visit together.
pub(super) fn corrected(visit: &Visit<'_>) -> Option<Finding> {
    let count = visit.seen().map(|(_, seen)| corrections(seen.act)).sum();
    let corrected = visit.acts(|act| corrections(act) > 0);
    (count > 0).then(|| Finding::new(share(count, 5), count, corrected))
}

/// How often something was changed in a form.
fn corrections(act: Act) -> usize {
    match act {
        Act::FormSubmitted { corrections, .. } | Act::FormAbandoned { corrections } => corrections.into(),
        _ => 0,
    }
}

/// Forms that were begun and not sent, each once, the latest first: read backwards, so that
/// what became of a form is known when its beginning is met.
fn unsent(visit: &Visit<'_>) -> ArrayVec<Form, FORMS> {
    let mut forms = ArrayVec::new();
    let mut ended: ArrayVec<u32, FORMS> = ArrayVec::new();
    // Where the first and the second page after it were opened.
    let mut since: [Option<usize>; PAGES_SINCE] = [None; PAGES_SINCE];
    for (place, seen) in visit.seen().rev() {
        let given_up = match seen.act {
            Act::Viewed => {
                since = [Some(place), since[0]];
                continue;
            }
            Act::FormSubmitted { .. } => None,
            Act::FormAbandoned { .. } => Some(place),
            Act::FormStarted => since[PAGES_SINCE - 1],
            _ => continue,
        };
        if ended.contains(&seen.page) || ended.is_full() {
            continue;
        }
        ended.push(seen.page);
        if !matches!(seen.act, Act::FormSubmitted { .. }) {
            forms.push(Form { place, given_up });
        }
    }
    forms
}
