//! Random numbers that depend on a seed and on nothing else.
//!
//! Every portfolio and the market draw from a stream of their own, so that one portfolio more changes no other. The
//! normal numbers are made of additions only: logarithms and cosines differ in their last digit from one system to
//! the next, and a demo whose bytes differ by system is no use in a test.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One stream of random numbers.
pub(super) struct Dice {
    generator: ChaCha8Rng,
}

impl Dice {
    /// The stream with this number under a seed. The market is stream 0, a portfolio the stream of its number.
    pub(super) fn seeded(seed: u64, stream: u64) -> Dice {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Dice { generator }
    }

    /// A nearly normal number with mean 0 and standard deviation 1, never beyond ±6: twelve uniform numbers, each
    /// with variance 1/12, less their mean.
    pub(super) fn normal(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            sum += self.generator.random::<f64>();
        }
        sum - 6.0
    }

    /// A whole number between two others, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.generator.random_range(low..=high.max(low))
    }

    /// A position in a list of this length; 0 if the list is empty.
    pub(super) fn position(&mut self, length: usize) -> usize {
        self.generator.random_range(0..length.max(1))
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(super) fn happens(&mut self, per_mille: i64) -> bool {
        self.between(1, 1000) <= per_mille
    }

    /// Different items in random order: as many as asked for, or all if there are fewer.
    pub(super) fn draw(&mut self, items: &[usize], count: usize) -> Vec<usize> {
        let mut rest = items.to_vec();
        let mut drawn = Vec::with_capacity(count.min(rest.len()));
        while drawn.len() < count && !rest.is_empty() {
            let position = self.position(rest.len());
            drawn.push(rest.swap_remove(position));
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_and_differs_from_its_neighbor() {
        let first: Vec<i64> = draws(1);
        assert_eq!(first, draws(1));
        assert_ne!(first, draws(2));
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        // 10,000 draws: the mean's standard error is 0.01, the variance's about 0.014. Six of either is far off.
        let mut dice = Dice::seeded(1, 0);
        let drawn: Vec<f64> = (0..10_000).map(|_| dice.normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 10_000.0;
        let variance = drawn.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / 10_000.0;
        assert!(mean.abs() < 0.06, "{mean}");
        assert!((variance - 1.0).abs() < 0.09, "{variance}");
    }

    fn draws(stream: u64) -> Vec<i64> {
        let mut dice = Dice::seeded(7, stream);
        (0..20).map(|_| dice.between(0, 1_000_000)).collect()
    }
}
