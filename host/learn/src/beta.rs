//! A Beta distribution: what is believed about a share after counting.

use statrs::function::beta::checked_beta_reg;

/// The least parameter: below it a quantile is no number any more.
const LEAST: f64 = 1e-6;
/// How often an interval is halved to find a quantile: to within 10⁻¹⁵.
const HALVINGS: usize = 50;

/// What is believed about a share: Beta(`a`, `b`), the conjugate of counting successes
/// (Gelman et al., *Bayesian Data Analysis*, 3rd edition, section 2.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    /// Successes, those expected beforehand included.
    pub a: f64,
    /// Failures, likewise.
    pub b: f64,
}

impl Posterior {
    /// After `successes` in `trials`, where `mean` was expected with the weight of `strength`
    /// trials. More successes than trials are taken for as many; what is not finite, for none.
    #[must_use]
    pub fn after(mean: f64, strength: f64, trials: f64, successes: f64) -> Self {
        let sane = |n: f64| if n.is_finite() { n.max(0.0) } else { 0.0 };
        let (mean, strength, trials) = (sane(mean).min(1.0), sane(strength), sane(trials));
        let successes = sane(successes).min(trials);
        Self {
            a: (mean * strength + successes).max(LEAST),
            b: ((1.0 - mean) * strength + trials - successes).max(LEAST),
        }
    }

    /// `a / (a + b)`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// On how many trials it rests, those expected beforehand included.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.a + self.b
    }

    /// The interval that holds the share with a probability of 95 %, as far as the prior is
    /// right: the quantiles at 2.5 and 97.5 %. It holds the mean, also where the
    /// distribution is so skewed that the quantiles would not.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        let mean = self.mean();
        (self.quantile(0.025).min(mean), self.quantile(0.975).max(mean))
    }

    /// The share below which the probability is `p`, by halving: the library's own inverse does
    /// not end for parameters as small as 10⁻⁶.
    fn quantile(&self, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            match checked_beta_reg(self.a, self.b, middle) {
                Ok(below) if below < p => low = middle,
                Ok(_) => high = middle,
                Err(_) => return self.mean(),
            }
        }
        f64::midpoint(low, high)
    }
}
