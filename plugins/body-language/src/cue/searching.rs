//! Searching on the site.

use super::Finding;
use crate::observation::Act;
use crate::scale::share;
use crate::visit::Visit;

/// Searches from the second on.
pub(super) fn searches_again(visit: &Visit<'_>) -> Option<Finding> {
    let searches = visit.acts(|act| matches!(act, Act::Searched { .. }));
    Finding::each(searches.skip(1), |again| share(again, 3))
}

/// Searches without a result.
pub(super) fn lost_search(visit: &Visit<'_>) -> Option<Finding> {
    let lost = visit.acts(|act| act == Act::Searched { found: Some(false) });
    Finding::each(lost, |lost| share(lost, 2))
}
