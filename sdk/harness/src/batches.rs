//! The rule that makes the host free to split, shuffle and repeat calls.

use std::fmt::Debug;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// How many orders and divisions are tried.
const ROUNDS: u64 = 8;

/// Asserts that the answer for an item is a function of that item: `call` gives the same
/// answer for each of `items` whether it is asked for all at once, one by one, or in any
/// order and division (seeded: a failure repeats). Answers are compared as `Debug` prints
/// them, and are in the order of the items.
///
/// # Panics
/// Where an answer differs, or the number of answers is not that of the items.
pub fn assert_batch_independent<I: Clone + Debug, O: Debug>(items: &[I], call: impl Fn(Vec<I>) -> Vec<O>) {
    let together = answers(&call, items.to_vec());
    for (item, answer) in items.iter().zip(&together) {
        let alone = answers(&call, vec![item.clone()]);
        assert!(
            alone[0] == *answer,
            "alone and among others the answers differ\n item {item:?}\n alone {}\n among others {answer}",
            alone[0]
        );
    }
    for seed in 0..ROUNDS {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let order = shuffled(items.len(), &mut random);
        let mut rest = order.as_slice();
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(1 + below(rest.len(), &mut random));
            let given = answers(&call, batch.iter().map(|place| items[*place].clone()).collect());
            for (place, answer) in batch.iter().zip(given) {
                assert!(
                    answer == together[*place],
                    "shuffled and split (seed {seed}) the answers differ\n item {:?}\n in order {}\n shuffled {answer}",
                    items[*place],
                    together[*place]
                );
            }
            rest = after;
        }
    }
}

fn answers<I, O: Debug>(call: &impl Fn(Vec<I>) -> Vec<O>, batch: Vec<I>) -> Vec<String> {
    let asked = batch.len();
    let answers: Vec<String> = call(batch).iter().map(|answer| format!("{answer:?}")).collect();
    assert!(answers.len() == asked, "{} answers for {asked} items", answers.len());
    answers
}

/// Fisher and Yates.
fn shuffled(length: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    for last in (1..length).rev() {
        order.swap(last, below(last + 1, random));
    }
    order
}

fn below(bound: usize, random: &mut ChaCha8Rng) -> usize {
    // The bias of a remainder is of no account for bounds this small.
    (random.next_u64() % bound as u64) as usize
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn a_function_of_the_item_passes() {
        assert_batch_independent(&[1, 2, 3, 4, 5], |batch| batch.into_iter().map(|n| n * n).collect());
        assert_batch_independent(&[] as &[u8], |batch| batch);
    }

    #[test]
    fn what_depends_on_the_batch_or_its_order_does_not() {
        let items = [3, 1, 2];
        for call in [
            |batch: Vec<i32>| batch.iter().map(|n| n - batch[0]).collect::<Vec<_>>(),
            |batch: Vec<i32>| batch.iter().map(|n| n * batch.len() as i32).collect(),
            |mut batch: Vec<i32>| {
                batch.sort_unstable();
                batch
            },
            |mut batch: Vec<i32>| {
                batch.truncate(1);
                batch
            },
        ] {
            assert!(catch_unwind(|| assert_batch_independent(&items, call)).is_err());
        }
    }
}
