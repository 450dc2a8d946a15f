//! Lines of the file one by one, each with the name of its statement.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, BufRead, Read};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Reject;

/// Bytes of a line at most: about forty thousand rows.
const LINE_MAX: usize = 8 << 20;
/// Letters of a statement's name at most; with the ending it must be a file name everywhere.
const ID_MAX: usize = 100;

/// The file, and what has been read of it.
pub(super) struct Lines<R> {
    source: R,
    number: u64,
    seen: HashSet<[u8; 16]>,
}

/// What comes next.
pub(super) enum Next {
    /// A line of a statement that has not been there before.
    Line {
        /// From 1.
        number: u64,
        /// The name of the statement, which is that of its file.
        id: String,
    },
    /// A line that cannot be used.
    Bad(Reject),
    /// Nothing.
    End,
}

/// The one field that is needed to know whose line it is.
#[derive(Deserialize)]
struct Name<'a> {
    #[serde(borrow)]
    statement_id: Cow<'a, str>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Lines<R> {
        Lines { source, number: 0, seen: HashSet::new() }
    }

    /// Reads the next line that is not empty into `text`.
    pub(super) fn next(&mut self, text: &mut Vec<u8>) -> io::Result<Next> {
        loop {
            text.clear();
            let limit = u64::try_from(LINE_MAX).unwrap_or(u64::MAX);
            let read = self.source.by_ref().take(limit).read_until(b'\n', text)?;
            if read == 0 {
                return Ok(Next::End);
            }
            self.number += 1;
            if read == LINE_MAX && text.last() != Some(&b'\n') {
                self.source.skip_until(b'\n')?;
                return Ok(self.bad(format!("the line has more than {LINE_MAX} bytes; split the statement")));
            }
            if !text.trim_ascii().is_empty() {
                return Ok(self.named(text));
            }
        }
    }

    fn named(&mut self, text: &[u8]) -> Next {
        let id = match serde_json::from_slice::<Name<'_>>(text) {
            Ok(name) => name.statement_id.into_owned(),
            Err(error) => return self.bad(error.to_string()),
        };
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if id.is_empty() || ID_MAX < id.len() || id.starts_with('.') || !id.chars().all(is_allowed) {
            let shown: String = id.chars().take(ID_MAX).collect();
            return self.bad(format!(
                "`statement_id` `{shown}` becomes the name of a file: 1 to {ID_MAX} letters, digits, `-`, `_`, `.`, \
                 not a `.` first"
            ));
        }
        let digest = Sha256::digest(id.to_ascii_lowercase());
        let key = digest.first_chunk::<16>().copied().unwrap_or_default();
        if !self.seen.insert(key) {
            return self.bad(format!("`statement_id` `{id}` was in an earlier line; each statement has its own"));
        }
        Next::Line { number: self.number, id }
    }

    fn bad(&self, reason: String) -> Next {
        Next::Bad(Reject { line: self.number, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<(u64, String), Reject>> {
        let mut lines = Lines::new(text.as_bytes());
        let (mut all, mut buffer) = (Vec::new(), Vec::new());
        loop {
            match lines.next(&mut buffer).expect("in memory") {
                Next::Line { number, id } => all.push(Ok((number, id))),
                Next::Bad(reject) => all.push(Err(reject)),
                Next::End => return all,
            }
        }
    }

    #[test]
    fn each_line_is_known_by_its_number_and_name() {
        let text =
            "{\"statement_id\":\"A-1\",\"x\":[1]}\n\n  \n{\"statement_id\":\"a-1\"}\n{broken\n{\"statement_id\":\"B\"}";
        let all = read(text);
        assert_eq!(all.len(), 4, "empty lines count and are no statements: {all:?}");
        assert_eq!(all[0], Ok((1, "A-1".to_owned())));
        let double = all[1].as_ref().expect_err("some folders do not tell A from a");
        assert!(double.line == 4 && double.reason.contains("earlier line"), "{double:?}");
        assert_eq!(all[2].as_ref().expect_err("no JSON").line, 5);
        assert_eq!(all[3], Ok((6, "B".to_owned())), "the last line needs no end");
    }

    #[test]
    fn names_stay_inside_the_folder() {
        for id in ["", "../a", "a/b", ".hidden", "a\\\\b", "x y", &"x".repeat(101)] {
            let all = read(&format!("{{\"statement_id\":\"{id}\"}}"));
            assert!(all[0].is_err(), "{id}");
        }
    }

    #[test]
    fn a_line_without_end_is_skipped() {
        let text = format!("{{\"statement_id\":\"{}\"}}\n{{\"statement_id\":\"B\"}}\n", "x".repeat(LINE_MAX));
        let all = read(&text);
        assert!(all[0].as_ref().is_err_and(|reject| reject.line == 1 && reject.reason.contains("bytes")));
        assert_eq!(all[1], Ok((2, "B".to_owned())));
    }
}
