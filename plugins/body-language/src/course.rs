//! Observations in their course: which page was read for how long, on which visit, and
//! whether it was come back to.
//!
//! How long a page was read is known from its `page.left`, which is another signal and may
//! come late: the two are joined by page and session. Where there is none, the time until
//! the next page of the visit has to do.

use crate::hours::Hours;
use crate::observation::{Act, Marks, Observation};
use crate::visit::Visit;

/// Longer than this between two pages, and the first one was not read all the time.
const LONGEST_GUESS_MS: u64 = 10 * 60_000;

/// A page that is left later than this after it was opened was opened again in between.
const LONGEST_STAY_MS: u64 = 12 * 3_600_000;

/// A look at a page that is shorter is no reading of it.
pub(crate) const GLANCE_MS: u64 = 10_000;

/// One reading of one page.
pub(crate) struct Stay<'a> {
    /// Place of its observation (of the view, where there is one).
    pub(crate) place: usize,
    /// Place of the leaving that told how it was read; none where nothing did.
    pub(crate) left: Option<usize>,
    /// The view, or the leaving where the view is not known.
    pub(crate) seen: &'a Observation,
    /// What it speaks for, by the view or by its leaving.
    pub(crate) marks: Marks,
    /// How long it was read; none where that is not known.
    pub(crate) dwell_ms: Option<u64>,
    /// How long it was open and in the background.
    pub(crate) hidden_ms: u64,
    /// How much of it was seen, in percent; none where that is not known.
    pub(crate) scroll: Option<u8>,
    /// Whether it was read before.
    pub(crate) again: Again,
    /// Whether it was come back to at once: A, B, A.
    pub(crate) back: Option<Back>,
    /// Whether it is one of two pages that were compared.
    pub(crate) compared: bool,
    visit: usize,
}

/// Whether a page was read before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// No.
    First,
    /// It was the page just before: a reload says little.
    Reload,
    /// Earlier in the same visit.
    SameVisit,
    /// In an earlier visit.
    Return,
}

/// What the page in between was, where somebody came back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    /// Read, as the first one was, and both speak for something: they were compared.
    Compared,
    /// Glanced at: not what was looked for.
    Pogo,
    /// Anything else.
    Tracked,
}

impl Back {
    fn from(first: &Stay<'_>, between: &Stay<'_>) -> Self {
        let read = |stay: &Stay<'_>| stay.dwell_ms.is_some_and(|dwell| dwell >= GLANCE_MS);
        let speaks = |stay: &Stay<'_>| !stay.marks.is_empty();
        if between.dwell_ms.is_some() && !read(between) {
            Self::Pogo
        } else if read(first) && read(between) && speaks(first) && speaks(between) {
            Self::Compared
        } else {
            Self::Tracked
        }
    }
}

impl<'a> Stay<'a> {
    fn begin(place: usize, seen: &'a Observation, visit: usize) -> Self {
        let mut stay = Self {
            place,
            left: None,
            seen,
            marks: seen.marks,
            dwell_ms: None,
            hidden_ms: 0,
            scroll: None,
            again: Again::First,
            back: None,
            compared: false,
            visit,
        };
        stay.leave(place, seen);
        stay
    }

    /// A page may report several times how long it has been read: the longest counts.
    fn leave(&mut self, place: usize, left: &Observation) {
        if let Act::Left {
            dwell_ms,
            hidden_ms,
            scroll,
        } = left.act
        {
            self.left = Some(place);
            self.dwell_ms = self.dwell_ms.max(Some(dwell_ms.into()));
            self.hidden_ms = self.hidden_ms.max(hidden_ms.into());
            self.scroll = self.scroll.max(scroll);
            left.marks.iter().for_each(|mark| self.marks.insert(mark));
        }
    }

    /// Place of the observation that tells how it was read.
    pub(crate) fn told_at(&self) -> usize {
        self.left.unwrap_or(self.place)
    }
}

/// What somebody did, in its course.
pub(crate) struct Course<'a> {
    /// All of it, by time.
    pub(crate) observations: &'a [Observation],
    /// Pages read, by time.
    pub(crate) stays: Vec<Stay<'a>>,
    /// Leavings by place, each with the stay in [`Course::stays`] that it ended.
    pub(crate) joined: Vec<(usize, usize)>,
    /// When each visit began.
    began: Vec<u64>,
    /// For how long nothing was done before the latest visit; none for the first one.
    absent_ms: Option<u64>,
    /// Places of the observations of the latest visit.
    latest_visit: Vec<usize>,
}

impl<'a> Course<'a> {
    /// `gap_ms` is the silence that ends a visit.
    pub(crate) fn of(observations: &'a [Observation], gap_ms: u64) -> Self {
        let mut course = Self {
            observations,
            stays: Vec::new(),
            joined: Vec::new(),
            began: Vec::new(),
            absent_ms: None,
            latest_visit: Vec::new(),
        };
        let mut last_at = None;
        for (place, seen) in observations
            .iter()
            .enumerate()
            .filter(|(_, seen)| seen.act.is_on_site())
        {
            let is_leaving = matches!(seen.act, Act::Left { .. });
            let joins = is_leaving.then(|| course.open(seen)).flatten();
            let silence = last_at.map(|last| seen.at - last);
            // Leaving a page that was read for long belongs to the visit in which it was opened.
            if silence.is_none_or(|silence| joins.is_none() && silence > gap_ms) {
                course.began.push(seen.at);
                course.absent_ms = silence;
                course.latest_visit.clear();
            }
            last_at = Some(seen.at);
            course.latest_visit.push(place);
            if let Some(stay) = joins {
                course.joined.push((place, stay));
                course.stays[stay].leave(place, seen);
            } else if is_leaving || seen.act == Act::Viewed {
                course.stays.push(Stay::begin(place, seen, course.began.len()));
            }
        }
        course.guess_dwell();
        course.find_returns();
        course.find_ways_back();
        course
    }

    /// The stay that a leaving ends: the latest on its page in its session.
    fn open(&self, left: &Observation) -> Option<usize> {
        let page = (left.page, left.session);
        let open = self
            .stays
            .iter()
            .rposition(|stay| (stay.seen.page, stay.seen.session) == page)?;
        (left.at - self.stays[open].seen.at <= LONGEST_STAY_MS).then_some(open)
    }

    fn guess_dwell(&mut self) {
        for next in 1..self.stays.len() {
            let (before, after) = self.stays.split_at_mut(next);
            let (Some(stay), Some(next)) = (before.last_mut(), after.first()) else {
                continue;
            };
            if stay.dwell_ms.is_none() && stay.visit == next.visit {
                stay.dwell_ms = Some(next.seen.at - stay.seen.at).filter(|guess| *guess <= LONGEST_GUESS_MS);
            }
        }
    }

    fn find_returns(&mut self) {
        // Readings of one page beside each other, each behind the one before it.
        let mut by_page: Vec<(u32, usize)> = Vec::with_capacity(self.stays.len());
        by_page.extend(
            self.stays
                .iter()
                .enumerate()
                .map(|(place, stay)| (stay.seen.page, place)),
        );
        by_page.sort_unstable();
        for two in by_page.windows(2) {
            let [(page, earlier), (same, place)] = *two else {
                continue;
            };
            if page == same {
                self.stays[place].again = if self.stays[earlier].visit != self.stays[place].visit {
                    Again::Return
                } else if earlier + 1 == place {
                    Again::Reload
                } else {
                    Again::SameVisit
                };
            }
        }
    }

    /// A, B, A: what the way back was, page by page, without reloads.
    fn find_ways_back(&mut self) {
        let (mut first, mut between): (Option<usize>, Option<usize>) = (None, None);
        for place in 0..self.stays.len() {
            let stay = &self.stays[place];
            if stay.again == Again::Reload {
                continue;
            }
            if between.is_some_and(|before| self.stays[before].visit != stay.visit) {
                (first, between) = (None, None);
            }
            if let (Some(a), Some(b)) = (first, between)
                && self.stays[a].seen.page == stay.seen.page
            {
                let back = Back::from(&self.stays[a], &self.stays[b]);
                self.stays[place].back = Some(back);
                if back == Back::Compared {
                    for compared in [a, b, place] {
                        self.stays[compared].compared = true;
                    }
                }
            }
            (first, between) = (between, Some(place));
        }
    }

    /// When the last thing happened; none where nothing did.
    pub(crate) fn last_at(&self) -> Option<u64> {
        self.observations.last().map(|seen| seen.at)
    }

    /// When the latest visit began; none where there was none.
    pub(crate) fn visit_began(&self) -> Option<u64> {
        self.began.last().copied()
    }

    /// The latest visit; none where there was none. `hours` are those of offices, where
    /// somebody said which.
    pub(crate) fn visit(&self, hours: Option<&Hours>) -> Option<Visit<'_>> {
        const WEEK_MS: u64 = 7 * 86_400_000;
        let (began_at, last) = (self.visit_began()?, *self.latest_visit.last()?);
        Some(Visit {
            observations: self.observations,
            places: &self.latest_visit,
            stays: self
                .stays
                .iter()
                .filter(|stay| stay.visit == self.began.len() && stay.again != Again::Reload)
                .collect(),
            began_at,
            ended_at: self.observations[last].at,
            absent_ms: self.absent_ms,
            visits_in_a_week: self.began.iter().filter(|began| began_at - **began <= WEEK_MS).count(),
            out_of_hours: hours.is_some_and(|hours| !hours.are_at(began_at)),
        })
    }
}
