//! Numbered pieces of work, done on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

/// How many threads work at once.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Does the pieces from zero to `count` and hands over their results in that order. After a failure no new piece
/// begins; of several failures the one with the lowest number is told.
pub(crate) fn on_all_cores<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let next = AtomicUsize::new(0);
    let run = || -> Vec<(usize, Result<T, Error>)> {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if count <= number {
                return done;
            }
            let outcome = work(number);
            if outcome.is_err() {
                next.store(count, Ordering::Relaxed);
            }
            done.push((number, outcome));
        }
    };
    let mut outcomes: Vec<(usize, Result<T, Error>)> = Vec::with_capacity(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers().min(count)).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            match thread.join() {
                Ok(done) => outcomes.extend(done),
                Err(_) => outcomes.push((usize::MAX, Err(Error::Worker))),
            }
        }
    });
    outcomes.sort_unstable_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::bad_file;
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_failure_is_told() {
        let squares = on_all_cores(100, |number| Ok(number * number)).expect("no failure");
        assert_eq!(squares, (0..100).map(|number| number * number).collect::<Vec<usize>>());
        assert!(on_all_cores(0, Ok).expect("no failure").is_empty());
        let failing = |number: usize| if number < 3 { Ok(number) } else { Err(bad_file(Path::new("f"), "bad")) };
        let failure = on_all_cores(100, failing).expect_err("it failed");
        assert_eq!(failure.to_string(), "f: bad");
    }
}
