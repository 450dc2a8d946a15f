//! Compression of what stands in a file (zlib), the same bytes on every machine.
//!
//! The crate that others compress with may use the library of the machine, whose versions differ in their output; this
//! one is always the same.

use zlib_rs::{DeflateConfig, ReturnCode, compress_bound, compress_slice};

use crate::error::Error;

/// The bytes compressed.
///
/// # Errors
/// [`Error::Pdf`] if the library refuses, which it does only without memory.
pub(in crate::render) fn deflated(bytes: &[u8], level: i32) -> Result<Vec<u8>, Error> {
    let mut room = vec![0; compress_bound(bytes.len())];
    let (compressed, code) = compress_slice(&mut room, bytes, DeflateConfig::new(level));
    if code != ReturnCode::Ok {
        return Err(Error::Pdf { problem: format!("compression ended with {code:?}") });
    }
    let length = compressed.len();
    room.truncate(length);
    Ok(room)
}
