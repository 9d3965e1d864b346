//! How likely each story is the best of those that could be told.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Beta, Distribution};

use crate::{MEASURES, Measure, Posterior};

/// How often each posterior is drawn from. A probability is right to about 3 %.
pub(crate) const DRAWS: usize = 256;

/// Draws of what a telling is worth, in deals won: `Σ worth × share`, each share drawn from
/// its posterior. The same for the same seed.
pub(crate) fn draws(seed: u64, posteriors: &[Posterior; MEASURES]) -> Vec<f64> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut worth = vec![0.0; DRAWS];
    for measure in Measure::ALL {
        let posterior = posteriors[measure.index()];
        // A posterior's parameters are positive.
        let Ok(beta) = Beta::new(posterior.a, posterior.b) else {
            continue;
        };
        if measure.worth() == 0.0 {
            continue;
        }
        for sum in &mut worth {
            let share: f64 = beta.sample(&mut dice);
            *sum += measure.worth() * share;
        }
    }
    worth
}

/// In which share of the draws each story is worth most, in their order. None is 0, as no
/// finite number of draws could say: each is given one story's share of one draw more.
/// They sum to 1.
pub(crate) fn best(stories: &[&[f64]]) -> Vec<f64> {
    let mut wins = vec![0_usize; stories.len()];
    for draw in 0..DRAWS {
        let value = |draws: &[f64]| draws.get(draw).copied().unwrap_or(f64::NEG_INFINITY);
        let best = (0..stories.len()).max_by(|x, y| {
            let order = value(stories[*x]).total_cmp(&value(stories[*y]));
            order.then(y.cmp(x))
        });
        if let Some(best) = best {
            wins[best] += 1;
        }
    }
    let count = stories.len() as f64;
    wins.iter()
        .map(|wins| (*wins as f64 + 1.0 / count) / (DRAWS as f64 + 1.0))
        .collect()
}
