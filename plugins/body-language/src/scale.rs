//! The few curves by which counts and times become numbers from 0 to 1.

use std::time::Duration;

/// `2^(-age / half-life)`.
pub(crate) fn fading(age_ms: u64, half_life: Duration) -> f64 {
    (-(age_ms as f64) / half_life.as_millis() as f64).exp2()
}

/// `1 - e^-x`: 0 for nothing, 0.63 for 1, and never quite 1.
pub(crate) fn saturating(x: f64) -> f64 {
    -(-x).exp_m1()
}

/// 0 at `from`, 1 at `to`, straight between them; either may be the larger.
pub(crate) fn ramp(x: f64, from: f64, to: f64) -> f64 {
    ((x - from) / (to - from)).clamp(0.0, 1.0)
}

/// 1 from so many on, and in proportion below.
pub(crate) fn share(count: usize, of: u32) -> f64 {
    (count as f64 / f64::from(of)).min(1.0)
}

/// What each would do alone: 1 minus what none of them says.
pub(crate) fn any<const N: usize>(each: [f64; N]) -> f64 {
    1.0 - each.into_iter().map(|one| 1.0 - one).product::<f64>()
}
