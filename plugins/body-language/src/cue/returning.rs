//! When a visit takes place: on another day, and at what hour.

use super::Finding;
use crate::scale::share;
use crate::visit::Visit;

/// A shorter absence is a break.
const ABSENT_MS: u64 = 8 * 3_600_000;

/// A visit after eight hours or more without one; the stronger the more visits there were
/// within a week. Its count is that of these visits.
pub(super) fn comes_back(visit: &Visit<'_>) -> Option<Finding> {
    visit.absent_ms.filter(|absent| *absent >= ABSENT_MS)?;
    let visits = visit.visits_in_a_week;
    let strength = share(visits.saturating_sub(1).max(1), 3);
    Some(Finding::new(strength, visits, first(visit)))
}

/// A visit that begins when offices are closed.
pub(super) fn out_of_hours(visit: &Visit<'_>) -> Option<Finding> {
    visit.out_of_hours.then(|| Finding::new(1.0, 1, first(visit)))
}

fn first(visit: &Visit<'_>) -> Option<usize> {
    visit.places.first().copied()
}
