//! From scores to probabilities: a softmax, with a least share for each so that what is
//! told rarely stays known.

/// Shares of 1, in the order of `scores`. Each is at least `explore`, and all of those least
/// shares together are at most a half. A `temperature` near 0 prefers the best.
pub(crate) fn shares(scores: &[f64], temperature: f64, explore: f64) -> Vec<f64> {
    if scores.is_empty() {
        return Vec::new();
    }
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Less than that is the same as always the best, and would divide by nothing.
    let temperature = temperature.max(0.001);
    let raised: Vec<f64> = scores
        .iter()
        .map(|score| ((score - best) / temperature).exp())
        .collect();
    let sum: f64 = raised.iter().sum();
    let least = explore.clamp(0.0, 0.5 / scores.len() as f64);
    let rest = 1.0 - least * scores.len() as f64;
    raised.into_iter().map(|raised| least + rest * raised / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_follow_the_scores_and_keep_the_least() {
        for (scores, temperature, explore) in [
            (vec![0.9, 0.3, 0.1], 0.15, 0.02),
            (vec![1e9, 0.0], 0.01, 0.0),
            (vec![0.5; 64], 0.15, 0.2),
        ] {
            let shares = shares(&scores, temperature, explore);
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert!(shares.is_sorted_by(|a, b| a >= b));
            let least = explore.min(0.5 / scores.len() as f64);
            assert!(
                shares.iter().all(|share| share.is_finite() && *share >= least - 1e-12),
                "{shares:?}"
            );
        }
        assert!(shares(&[], 0.15, 0.02).is_empty());
    }

    #[test]
    fn a_higher_temperature_tells_stories_more_alike() {
        let (cold, warm) = (shares(&[0.6, 0.3], 0.05, 0.0), shares(&[0.6, 0.3], 1.0, 0.0));
        assert!(cold[0] > 0.99 && warm[0] < 0.6, "{cold:?} {warm:?}");
    }
}
