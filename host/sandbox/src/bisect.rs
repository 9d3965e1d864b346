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
    /// Items for which something may have left: they are not tried again. Counted from the
    /// beginning of the call's range, in their order.
    pub(crate) left: Vec<usize>,
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
        for offset in &failed.left {
            answers[range.start + offset] = Some(Err(failed.fault.clone().after_sending()));
        }
        let rest = without(&range, &failed.left);
        // The whole of what was called would fail alike; what is less of it may not.
        let smaller = range.len() > 1 || !failed.left.is_empty();
        if failed.divisible && smaller && !bound.reached() {
            open.extend(rest.into_iter().rev().flat_map(|run| halves(run, &range)));
            continue;
        }
        let give_up = failed.divisible && bound.reached();
        let given_up = if give_up { std::mem::take(&mut open) } else { Vec::new() };
        for index in given_up.into_iter().chain(rest).flatten() {
            answers[index] = Some(Err(failed.fault.clone()));
        }
    }
    answers
        .into_iter()
        .map(|answer| answer.unwrap_or(Err(Fault::NoAnswer)))
        .collect()
}

/// What is left of a range without some of its items, which are counted from its beginning.
fn without(range: &Range<usize>, items: &[usize]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = range.start;
    for gap in items.iter().map(|offset| range.start + offset).chain([range.end]) {
        if start < gap {
            runs.push(start..gap);
        }
        start = gap + 1;
    }
    runs
}

/// A run as it is where it is less than what failed, else its halves, the second one first.
fn halves(run: Range<usize>, failed: &Range<usize>) -> Vec<Range<usize>> {
    if run.len() < failed.len() {
        return vec![run];
    }
    let middle = run.start + run.len() / 2;
    vec![middle..run.end, run.start..middle]
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
                            left: Vec::new(),
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
                        left: Vec::new(),
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

    /// Runs a batch in which a call sends for its items in their order and fails at `bad`;
    /// how often each item was sent for, and the answers.
    async fn send(items: usize, bad: usize) -> (Vec<u32>, Vec<Result<usize, Fault>>) {
        let sent = std::cell::RefCell::new(vec![0; items]);
        let found = answers(items, LIMIT, |range| {
            let before: Vec<usize> = range.clone().take_while(|i| *i != bad).collect();
            before.iter().for_each(|i| sent.borrow_mut()[*i] += 1);
            async move {
                Attempt {
                    answers: if range.contains(&bad) {
                        Err(Failed {
                            fault: trap(),
                            divisible: true,
                            left: (0..before.len()).collect(),
                        })
                    } else {
                        Ok(range.map(Ok).collect())
                    },
                    cpu: Duration::ZERO,
                }
            }
        })
        .await;
        (sent.into_inner(), found)
    }

    #[tokio::test]
    async fn what_may_have_left_is_not_tried_again_and_the_others_are() {
        for bad in 0..9 {
            let (sent, answers) = send(9, bad).await;
            for (index, answer) in answers.iter().enumerate() {
                let times = u32::from(index != bad);
                assert_eq!(sent[index], times, "item {index} with a crash at {bad}");
                assert_eq!(
                    answer.as_ref().is_err_and(Fault::may_have_been_sent),
                    index < bad,
                    "item {index} with a crash at {bad}: {answer:?}"
                );
            }
            assert_eq!(answers[bad], Err(trap()));
        }
    }

    #[test]
    fn a_range_without_some_of_its_items_is_the_runs_between_them() {
        assert_eq!(without(&(10..15), &[]).first(), Some(&(10..15)));
        assert_eq!(without(&(10..15), &[0, 2, 4]), [11..12, 13..14]);
        assert_eq!(without(&(10..12), &[0, 1]), []);
    }
}
