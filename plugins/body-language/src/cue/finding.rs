//! A cue that was found.

use arrayvec::ArrayVec;

use crate::draft::MOST_EVIDENCE;
use crate::window::LATEST;

const _: () = assert!(LATEST <= 1 + u8::MAX as usize, "a place is kept in a byte");

/// How strong a cue is, how often it was seen and where. No text and no list that would
/// have to be allocated: every cue is looked for at every assessment.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// From above 0 to 1.
    pub(crate) strength: f64,
    /// At least 1.
    pub(crate) count: usize,
    evidence: ArrayVec<u8, MOST_EVIDENCE>,
}

impl Finding {
    /// Seen so often, at these places, in the order of time; the latest of them are kept.
    pub(super) fn new(strength: f64, count: usize, places: impl IntoIterator<Item = usize>) -> Self {
        let mut evidence = ArrayVec::new();
        for place in places {
            if evidence.is_full() {
                evidence.remove(0);
            }
            evidence.push(place as u8);
        }
        Self {
            strength,
            count,
            evidence,
        }
    }

    /// Seen once at each of these places; none where there are none.
    pub(super) fn each(places: impl IntoIterator<Item = usize>, strength: impl Fn(usize) -> f64) -> Option<Self> {
        let mut count = 0;
        let mut found = Self::new(0.0, 0, places.into_iter().inspect(|_| count += 1));
        (found.count, found.strength) = (count, strength(count));
        (count > 0).then_some(found)
    }

    /// Places of what it was found by, in the order of time.
    pub(crate) fn places(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.evidence.iter().map(|place| usize::from(*place))
    }
}
