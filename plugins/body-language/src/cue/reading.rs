//! How pages are read: how fast, how far, and whether at all.

use super::Finding;
use crate::course::{GLANCE_MS, Stay};
use crate::scale::{ramp, share};
use crate::sentences::{counted, length};
use crate::visit::Visit;

/// A weaker manner of reading is none.
const LEAST: f64 = 0.2;
/// Longer readings count as that long.
pub(crate) const LONG_MS: u64 = 3 * 60_000;
/// On average longer, and nobody skims; none.
const SKIM_MS: f64 = 45_000.0;
/// Everybody who reads that short on average skims.
const SKIM_FULLY_MS: f64 = 12_000.0;
/// On average shorter, and nobody reads at leisure.
const LEISURE_MS: f64 = 20_000.0;
/// Everybody who reads that long on average does.
const LEISURE_FULLY_MS: f64 = 75_000.0;
/// How far a page is scrolled that was seen to its end, in percent: below are footers.
const END_PERCENT: u8 = 75;
/// Seen to the end for that long is read.
const DEEP_MS: u64 = 30_000;
/// Open in the background for less is a slip.
const HIDDEN_MS: u64 = 30_000;

/// Three pages or more, each a short time: from 45 seconds on average, fully at 12 and from
/// five pages on.
pub(super) fn skims(visit: &Visit<'_>) -> Option<Finding> {
    let pages = visit.stays.len();
    let mean = visit.mean_dwell_ms(LONG_MS).filter(|_| pages >= 3)?;
    let strength = ramp(pages as f64, 2.0, 5.0) * ramp(mean, SKIM_MS, SKIM_FULLY_MS);
    let short = visit
        .stays
        .iter()
        .filter(|stay| lasts(stay, |ms| (ms as f64) < SKIM_MS));
    Finding::each(short.map(|stay| stay.told_at()), |_| strength).filter(|found| found.strength >= LEAST)
}

/// Pages seen to their end in less than a glance takes.
pub(super) fn scrolls_through(visit: &Visit<'_>) -> Option<Finding> {
    let through = ended(visit).filter(|stay| lasts(stay, |ms| ms < GLANCE_MS));
    Finding::each(through.map(Stay::told_at), |pages| share(pages, 3))
}

/// Two pages or more, read for long: from 20 seconds on average, fully at 75 and from four
/// pages on; less where the same pages are read again and again.
pub(super) fn dwells(visit: &Visit<'_>) -> Option<Finding> {
    let pages = visit.stays.len();
    let mean = visit.mean_dwell_ms(LONG_MS).filter(|_| pages >= 2)?;
    if mean <= LEISURE_MS {
        return None;
    }
    let variety = visit.pages() as f64 / pages as f64;
    let strength = ramp(mean, LEISURE_MS, LEISURE_FULLY_MS) * ramp(pages as f64, 1.0, 4.0) * (0.4 + 0.6 * variety);
    let long = visit
        .stays
        .iter()
        .filter(|stay| lasts(stay, |ms| ms as f64 > LEISURE_MS));
    Finding::each(long.map(|stay| stay.told_at()), |_| strength).filter(|found| found.strength >= LEAST)
}

/// `read 4 pages at leisure for about 80 s each`.
pub(super) fn at_leisure(visit: &Visit<'_>) -> String {
    let mean = visit.mean_dwell_ms(LONG_MS).unwrap_or(0.0);
    let pages = counted(visit.stays.len(), "page", "pages");
    format!("read {pages} at leisure for about {} each", length(mean as u64))
}

/// Pages seen to their end in half a minute or more.
pub(super) fn reads_deep(visit: &Visit<'_>) -> Option<Finding> {
    let deep = ended(visit).filter(|stay| lasts(stay, |ms| ms >= DEEP_MS));
    Finding::each(deep.map(Stay::told_at), |pages| share(pages, 3))
}

/// Pages that were open in the background for half a minute or more, and for longer than
/// they were visible.
pub(super) fn tab_hidden(visit: &Visit<'_>) -> Option<Finding> {
    let hidden = visit
        .stays
        .iter()
        .filter(|stay| stay.hidden_ms >= HIDDEN_MS && stay.hidden_ms > stay.dwell_ms.unwrap_or(0));
    Finding::each(hidden.map(|stay| stay.told_at()), |pages| share(pages, 3))
}

fn ended<'a>(visit: &'a Visit<'_>) -> impl Iterator<Item = &'a Stay<'a>> {
    let stays = visit.stays.iter().copied();
    stays.filter(|stay| stay.scroll.is_some_and(|percent| percent >= END_PERCENT))
}

fn lasts(stay: &Stay<'_>, so_long: impl Fn(u64) -> bool) -> bool {
    stay.dwell_ms.is_some_and(so_long)
}
