//! Archives that every system opens: tar (the `ustar` form of POSIX.1-1988) in gzip (RFC 1952).
//!
//! Only what the archives of people need: plain files with names of at most a hundred bytes.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// Bytes of a block, of which everything is made.
const BLOCK_BYTES: usize = 512;
/// Bytes of a name.
const NAME_BYTES_MAX: usize = 100;
/// Bytes of a file that is read back.
const FILE_BYTES_MAX: u64 = 4 << 30;

/// Writes an archive, file by file.
pub(crate) struct ArchiveWriter<W: Write> {
    out: GzEncoder<W>,
    modified_s: i64,
}

impl<W: Write> ArchiveWriter<W> {
    /// An archive whose files were all modified at an instant, in seconds since 1970.
    pub(crate) fn new(out: W, modified_s: i64) -> ArchiveWriter<W> {
        ArchiveWriter { out: GzEncoder::new(out, Compression::default()), modified_s }
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(&header(name, bytes.len(), self.modified_s)?)?;
        self.out.write_all(bytes)?;
        self.out.write_all(&[0; BLOCK_BYTES][..padding(bytes.len())])
    }

    /// Ends the archive and gives back what it was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK_BYTES])?;
        self.out.finish()
    }
}

/// Reads an archive and hands out each file: its name and its bytes.
pub(crate) fn read_archive(
    archive: impl Read,
    mut take: impl FnMut(&str, Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut input = GzDecoder::new(archive);
    loop {
        let mut block = [0; BLOCK_BYTES];
        input.read_exact(&mut block)?;
        if block.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
        let name = text(&block[..NAME_BYTES_MAX]);
        let size = octal(&block[124..136]).filter(|size| *size <= FILE_BYTES_MAX).ok_or_else(|| wrong("a size"))?;
        if octal(&block[148..156]) != Some(u64::from(checksum(&block))) {
            return Err(wrong("a header"));
        }
        let mut bytes = Vec::new();
        input.by_ref().take(size).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        input.read_exact(&mut [0; BLOCK_BYTES][..padding(bytes.len())])?;
        take(&name, bytes)?;
    }
}

fn header(name: &str, size: usize, modified_s: i64) -> io::Result<[u8; BLOCK_BYTES]> {
    if name.is_empty() || NAME_BYTES_MAX < name.len() {
        return Err(wrong("a name"));
    }
    let mut block = [0; BLOCK_BYTES];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, format!("{:011o}\0", modified_s.max(0)).as_bytes());
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum = checksum(&block);
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// The sum of the bytes of a header, with blanks where the sum stands.
fn checksum(block: &[u8; BLOCK_BYTES]) -> u32 {
    let counted = |(place, byte): (usize, &u8)| if (148..156).contains(&place) { 32 } else { u32::from(*byte) };
    block.iter().enumerate().map(counted).sum()
}

fn padding(size: usize) -> usize {
    size.next_multiple_of(BLOCK_BYTES) - size
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn octal(field: &[u8]) -> Option<u64> {
    u64::from_str_radix(text(field).trim(), 8).ok()
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} of the archive makes no sense"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(archive: &[u8]) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        read_archive(archive, |name, bytes| {
            found.push((name.to_owned(), bytes));
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn what_is_put_in_comes_out() {
        let mut writer = ArchiveWriter::new(Vec::new(), 1_420_077_600);
        let given = [("empty", Vec::new()), ("block", vec![7; BLOCK_BYTES]), ("folder/a.json", b"{}".to_vec())];
        for (name, bytes) in &given {
            writer.add(name, bytes).unwrap();
        }
        assert!(writer.add(&"x".repeat(101), b"").is_err(), "the name is too long");
        let archive = writer.finish().unwrap();
        let expected: Vec<_> = given.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
        assert_eq!(files(&archive).unwrap(), expected);
        assert!(files(&archive[..archive.len() / 2]).is_err(), "half an archive is none");
        assert!(files(b"no archive").is_err());
    }

    /// What another program makes of it: `tar` of the system lists the names.
    #[test]
    fn other_programs_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("archive.tar.gz");
        let mut writer = ArchiveWriter::new(std::fs::File::create(&path).unwrap(), 1_420_077_600);
        writer.add("user.json", b"{\"a\":1}\n").unwrap();
        writer.add("documents/one.pdf", &[1; 1_000]).unwrap();
        writer.finish().unwrap();
        let listed = std::process::Command::new("tar").arg("-tzf").arg(&path).output().unwrap();
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        assert_eq!(String::from_utf8(listed.stdout).unwrap(), "user.json\ndocuments/one.pdf\n");
    }
}
