//! What is kept of a secret that was made at random: its hash, by which it is known when it comes back.
//!
//! A secret of 256 random bits needs no salt and no slow hash: nobody finds it by trying. A password does.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The SHA-256 of a secret as 64 hexadecimal digits.
pub fn secret_hash(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

/// Bytes as hexadecimal digits in small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-4, the example of SHA-256 for one block.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(secret_hash("abc"), expected);
    }
}
