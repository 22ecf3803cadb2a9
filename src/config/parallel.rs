//! Work on several policy files at a time.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use crate::expr::on_large_stack;

/// Threads at most: a policy has few hundred files.
const THREADS: usize = 8;

/// The results of `work` for each item, in the order of the items. Expressions are compiled on these
/// threads, so their stacks are large.
pub(super) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = available_parallelism().map_or(1, NonZeroUsize::get).min(THREADS);
    if threads == 1 || items.len() == 1 {
        return items.iter().map(work).collect();
    }
    // Files differ in size, so each thread takes every n-th of them.
    let share =
        |first: usize| -> Vec<R> { items.iter().skip(first).step_by(threads).map(&work).collect() };
    let shares: Vec<Vec<R>> = std::thread::scope(|scope| {
        let spawned: Vec<_> = (1..threads)
            .map(|first| scope.spawn(move || (first, on_large_stack(|| share(first)))))
            .collect();
        let mut shares = vec![share(0)];
        // If a thread cannot be used, its share is done here.
        shares.extend(spawned.into_iter().zip(1..).map(|(thread, first)| match thread.join() {
            Ok((_, Ok(done))) => done,
            _ => share(first),
        }));
        shares
    });
    let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
    (0..items.len()).filter_map(|at| shares[at % threads].next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 2, 7, 100] {
            let items: Vec<usize> = (0..count).collect();
            let expected: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(in_parallel(&items, |item| item * 2), expected);
        }
    }
}
