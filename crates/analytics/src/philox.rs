//! Random numbers by their position: the same seed and position give the same number, on every machine and in any
//! order.
//!
//! Philox with four words of 32 bits and ten rounds. A simulation that asks for draw 7 of path 1,000 needs none of the
//! draws before, so that paths can be made by any number of threads and still add up to the same figure.
//!
//! - Source: Salmon, Moraes, Dror and Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, Proceedings of SC11 (2011).

const ROUNDS: usize = 10;
const FIRST_MULTIPLIER: u32 = 0xD251_1F53;
const SECOND_MULTIPLIER: u32 = 0xCD9E_8D57;
const FIRST_KEY_STEP: u32 = 0x9E37_79B9;
const SECOND_KEY_STEP: u32 = 0xBB67_AE85;

/// The distance of two neighbours among the numbers that a uniform draw can be: 2⁻⁵².
const UNIFORM_STEP: f64 = f64::EPSILON;

/// Four random words of a position.
pub fn words(position: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut first_key, mut second_key] = key;
    let mut state = position;
    for _ in 0..ROUNDS {
        let [first, second, third, fourth] = state;
        let (first_high, first_low) = product(FIRST_MULTIPLIER, first);
        let (second_high, second_low) = product(SECOND_MULTIPLIER, third);
        state = [second_high ^ second ^ first_key, second_low, first_high ^ fourth ^ second_key, first_low];
        first_key = first_key.wrapping_add(FIRST_KEY_STEP);
        second_key = second_key.wrapping_add(SECOND_KEY_STEP);
    }
    state
}

/// Two independent numbers between 0 and 1, never either, of a seed and a position.
pub fn uniform_pair(seed: u64, path: u64, draw: u32) -> [f64; 2] {
    let (path_high, path_low) = halves(path);
    let (seed_high, seed_low) = halves(seed);
    let [first, second, third, fourth] = words([path_low, path_high, draw, 0], [seed_low, seed_high]);
    [uniform(first, second), uniform(third, fourth)]
}

/// A standard normal number of a seed and a position.
///
/// - Source: Box and Muller, *A Note on the Generation of Random Normal Deviates*, 1958.
pub fn normal(seed: u64, path: u64, draw: u32) -> f64 {
    let [radius, angle] = uniform_pair(seed, path, draw);
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// A number with Student's t distribution of a seed and a position, exact for any degrees of freedom.
///
/// - Source: Bailey, *Polar Generation of Random Variates with the t-Distribution*, Mathematics of Computation 62
///   (1994).
pub fn student(degrees: f64, seed: u64, path: u64, draw: u32) -> f64 {
    let [radius, angle] = uniform_pair(seed, path, draw);
    let square = degrees * (-2.0 / degrees * radius.ln()).exp_m1();
    square.sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// The upper 52 of 64 bits as a number in the middle of its step: with one bit more the last would be rounded to 1.
fn uniform(high: u32, low: u32) -> f64 {
    let bits = ((u64::from(high) << 32) | u64::from(low)) >> 12;
    (bits as f64 + 0.5) * UNIFORM_STEP
}

fn product(left: u32, right: u32) -> (u32, u32) {
    halves(u64::from(left) * u64::from(right))
}

/// The high and the low half of a word of 64 bits.
fn halves(word: u64) -> (u32, u32) {
    let [a, b, c, d, e, f, g, h] = word.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_series::assert_within;
    use crate::statistics;

    #[test]
    fn known_answers() {
        // The vectors of `philox4x32 10` that come with Random123.
        let zeros = words([0; 4], [0; 2]);
        assert_eq!(zeros, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = words([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = words([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]);
        assert_eq!(pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn draws_are_inside_zero_to_one() {
        assert!(0.0 < uniform(0, 0) && uniform(u32::MAX, u32::MAX) < 1.0);
        assert_within(uniform(0x8000_0000, 0), 0.5, 1e-15);
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        // Of 100,000 draws the mean strays by 0.0032 and the variance by 0.0045 (one standard error).
        let normals: Vec<f64> = (0..100_000).map(|path| normal(7, path, 0)).collect();
        let moments = statistics::moments(&normals).unwrap();
        assert_within(moments.mean, 0.0, 0.013);
        assert_within(moments.variance, 1.0, 0.018);
        // A t distribution of ten degrees has the variance 10/8 and the excess kurtosis 6/6: 1.25 ± 0.0079.
        let students: Vec<f64> = (0..100_000).map(|path| student(10.0, 7, path, 3)).collect();
        let moments = statistics::moments(&students).unwrap();
        assert_within(moments.mean, 0.0, 0.015);
        assert_within(moments.variance, 1.25, 0.032);
        assert_within(moments.excess_kurtosis().unwrap(), 1.0, 0.3);
    }
}
