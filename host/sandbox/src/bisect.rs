//! From a batch that failed to the records that made it fail.
//!
//! A crash takes the answers of a whole batch with it. Since an answer is a function of its
//! item, smaller calls find the culprits and answer the rest. That must not let a plugin that
//! fails always cost a batch times its limit, so that failing calls are bounded: as many as
//! it takes to get from the batch to one record, and a few more; cheap ones, whose processor
//! time together stays below one call's limit, up to a larger number. What is left when the
//! bound is reached shares the last fault without being run.

use std::{future::Future, ops::Range, time::Duration};

use crate::fault::Fault;

/// Failing calls beyond those that isolate one record.
const MORE: u32 = 2;
/// Failing calls, if they are cheap.
const CHEAP: u32 = 64;

/// One call over a range of the batch.
pub(crate) struct Attempt<A> {
    /// One answer an item of the range, or why there is none at all.
    pub(crate) answers: Result<Vec<Result<A, Fault>>, Failed>,
    /// Processor time that it took.
    pub(crate) cpu: Duration,
}

/// A call without answers.
pub(crate) struct Failed {
    pub(crate) fault: Fault,
    /// Whether smaller calls are allowed and may succeed.
    pub(crate) divisible: bool,
}

/// One answer an item, in order. `run` makes one call; `cheap` is the processor time that
/// failing calls may take together before they count as dear.
pub(crate) async fn answers<A, F>(
    items: usize,
    cheap: Duration,
    mut run: impl FnMut(Range<usize>) -> F,
) -> Vec<Result<A, Fault>>
where
    F: Future<Output = Attempt<A>>,
{
    let mut answers: Vec<Option<Result<A, Fault>>> = (0..items).map(|_| None).collect();
    let isolating = items.max(1).next_power_of_two().ilog2() + 1;
    let mut bound = Bound {
        failed: 0,
        cpu: Duration::ZERO,
        dear: isolating + MORE,
        cheap,
    };
    // The range on top is the next to be run; together they cover what has no answer yet.
    #[expect(clippy::single_range_in_vec_init, reason = "one range, to be divided")]
    let mut open = vec![0..items];
    while let Some(range) = open.pop() {
        let attempt = run(range.clone()).await;
        let failed = match attempt.answers {
            Ok(found) => {
                for (slot, answer) in answers[range].iter_mut().zip(found) {
                    *slot = Some(answer);
                }
                continue;
            }
            Err(failed) => failed,
        };
        bound.count(attempt.cpu);
        if failed.divisible && range.len() > 1 && !bound.reached() {
            let middle = range.start + range.len() / 2;
            open.push(middle..range.end);
            open.push(range.start..middle);
            continue;
        }
        let give_up = failed.divisible && bound.reached();
        let rest = if give_up { std::mem::take(&mut open) } else { Vec::new() };
        for index in rest.into_iter().chain([range]).flatten() {
            answers[index] = Some(Err(failed.fault.clone()));
        }
    }
    answers
        .into_iter()
        .map(|answer| answer.unwrap_or(Err(Fault::NoAnswer)))
        .collect()
}

struct Bound {
    failed: u32,
    cpu: Duration,
    dear: u32,
    cheap: Duration,
}

impl Bound {
    fn count(&mut self, cpu: Duration) {
        self.failed += 1;
        self.cpu += cpu;
    }

    fn reached(&self) -> bool {
        let most = if self.cpu <= self.cheap { CHEAP } else { self.dear };
        self.failed >= most
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(1);

    fn trap() -> Fault {
        Fault::Trapped { what: "x".into() }
    }

    /// Runs a batch in which a call fails that contains one of `bad`, and gives the answers
    /// and the number of calls.
    async fn run(items: usize, bad: &[usize], cpu: Duration) -> (Vec<Result<usize, Fault>>, u32) {
        let calls = Cell::new(0);
        let found = answers(items, LIMIT, |range| {
            calls.set(calls.get() + 1);
            let fails = bad.iter().any(|index| range.contains(index));
            async move {
                Attempt {
                    answers: if fails {
                        Err(Failed {
                            fault: trap(),
                            divisible: true,
                        })
                    } else {
                        Ok(range.map(Ok).collect())
                    },
                    cpu,
                }
            }
        })
        .await;
        (found, calls.get())
    }

    fn failing(answers: &[Result<usize, Fault>]) -> Vec<usize> {
        (0..answers.len()).filter(|i| answers[*i].is_err()).collect()
    }

    #[tokio::test]
    async fn a_batch_without_a_culprit_is_one_call() {
        let (answers, calls) = run(256, &[], LIMIT).await;
        assert_eq!(calls, 1);
        assert_eq!(answers, (0..256).map(Ok).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn one_dear_culprit_is_found_wherever_it_is() {
        for bad in 0..100 {
            let (answers, _) = run(100, &[bad], LIMIT).await;
            assert_eq!(failing(&answers), [bad]);
        }
    }

    #[tokio::test]
    async fn several_cheap_culprits_are_found() {
        let bad = [3, 77, 78, 200, 255];
        let (answers, _) = run(256, &bad, Duration::from_millis(1)).await;
        assert_eq!(failing(&answers), bad);
    }

    #[tokio::test]
    async fn a_plugin_that_always_fails_costs_few_calls() {
        let all: Vec<usize> = (0..256).collect();
        let (answers, dear) = run(256, &all, LIMIT).await;
        assert_eq!(failing(&answers), all);
        assert!(dear <= 11, "{dear}");
        let (answers, cheap) = run(256, &all, Duration::ZERO).await;
        assert_eq!(failing(&answers), all);
        assert!(cheap <= CHEAP, "{cheap}");
    }

    #[tokio::test]
    async fn what_cannot_be_divided_is_run_once() {
        let calls = Cell::new(0);
        let found: Vec<Result<(), Fault>> = answers(8, LIMIT, |_| {
            calls.set(calls.get() + 1);
            async {
                Attempt {
                    answers: Err(Failed {
                        fault: trap().after_sending(),
                        divisible: false,
                    }),
                    cpu: Duration::ZERO,
                }
            }
        })
        .await;
        assert_eq!(calls.get(), 1);
        assert!(
            found
                .iter()
                .all(|answer| { answer.as_ref().is_err_and(Fault::may_have_been_sent) })
        );
    }
}
