//! The way through the pages: straight, back and forth, to and fro between two of them.

use super::Finding;
use crate::course::Back;
use crate::observation::Place;
use crate::scale::share;
use crate::visit::Visit;

/// Among so many first pages.
const FIRST: usize = 3;

/// A page where one asks among the first three.
pub(super) fn goes_straight(visit: &Visit<'_>) -> Option<Finding> {
    let first = visit.stays.iter().take(FIRST);
    let asking = first.filter(|stay| stay.seen.place == Place::Asking);
    Finding::each(asking.map(|stay| stay.place), |_| 1.0)
}

/// A, B, A, each read and each about something.
pub(super) fn compares(visit: &Visit<'_>) -> Option<Finding> {
    back(visit, Back::Compared, 2)
}

/// A, B, A otherwise.
pub(super) fn back_tracks(visit: &Visit<'_>) -> Option<Finding> {
    back(visit, Back::Tracked, 3)
}

/// A, B, A with but a glance at B.
pub(super) fn pogo_sticks(visit: &Visit<'_>) -> Option<Finding> {
    back(visit, Back::Pogo, 3)
}

/// Pages of people who look for help.
pub(super) fn seeks_help(visit: &Visit<'_>) -> Option<Finding> {
    Finding::each(visit.stays_at(Place::Helping).map(|stay| stay.place), |pages| {
        share(pages, 3)
    })
}

fn back(visit: &Visit<'_>, way: Back, fully: u32) -> Option<Finding> {
    Finding::each(visit.ways_back(way).map(|stay| stay.place), |ways| share(ways, fully))
}
