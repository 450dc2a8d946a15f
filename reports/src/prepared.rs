//! Statements of which every figure is already text: from a file of one JSON object a line to one PDF each.
//!
//! Platforms that compute their figures themselves hand them over to be set and written by the engine of all
//! statements. Lines pass through one by one, so memory does not grow with the file; only the names of the statements
//! are remembered, sixteen bytes each, so that no statement replaces another of the same run. A line that cannot be
//! used is rejected with its number and the reason, and every other one becomes its file.

mod line;
mod lines;
mod pages;

use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use line::Statement;
use lines::{Lines, Next};

use crate::error::Error;
use crate::render::pdf::{faces, write};

/// The file of the input folder with the statements.
const STATEMENTS: &str = "statements.ndjson";
/// The file of the output folder with the lines that could not be used; there is none if all could be.
pub const REJECTS: &str = "rejects.csv";
/// Lines that may be rejected; a file with more of them is no file of statements.
const REJECTS_MAX: usize = 10_000;

/// A line that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// The number of the line, from 1.
    pub line: u64,
    /// What is wrong with it and where.
    pub reason: String,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreparedReport {
    /// Statements written.
    pub statements: u64,
    /// Their pages.
    pub pages: u64,
    /// The bytes of all files.
    pub bytes: u64,
    /// The lines that could not be used, in order.
    pub rejects: Vec<Reject>,
}

/// Writes a PDF into `output` for every line of the file `statements.ndjson` of `input`, on this many threads.
///
/// # Errors
/// [`Error::File`] if a file cannot be read or written, [`Error::TooManyRejects`] if hardly any line can be used.
pub fn render_statements(input: &Path, output: &Path, threads: usize, version: &str) -> Result<PreparedReport, Error> {
    let path = input.join(STATEMENTS);
    let file = File::open(&path).map_err(|source| Error::File { action: "read", path: path.clone(), source })?;
    fs::create_dir_all(output).map_err(|source| Error::File { action: "make", path: output.to_owned(), source })?;
    let rejects_path = output.join(REJECTS);
    match fs::remove_file(&rejects_path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::File { action: "replace", path: rejects_path, source });
        }
        _ => {}
    }
    let lines = Mutex::new(Lines::new(BufReader::with_capacity(1 << 20, file)));
    let work = Work { lines: &lines, path: &path, output, version, stop: AtomicBool::new(false) };
    let reports = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(|| work.run())).collect();
        let ends = workers.into_iter().map(|worker| worker.join().unwrap_or(Err(Error::Worker)));
        ends.collect::<Vec<Result<PreparedReport, Error>>>()
    });
    let mut whole = PreparedReport::default();
    for report in reports {
        let report = report?;
        whole.statements += report.statements;
        whole.pages += report.pages;
        whole.bytes += report.bytes;
        whole.rejects.extend(report.rejects);
    }
    whole.rejects.sort();
    if REJECTS_MAX < whole.rejects.len() {
        return Err(Error::TooManyRejects { path, max: REJECTS_MAX });
    }
    write_rejects(&rejects_path, &whole.rejects)?;
    Ok(whole)
}

/// What the workers share.
struct Work<'a> {
    lines: &'a Mutex<Lines<BufReader<File>>>,
    path: &'a Path,
    output: &'a Path,
    version: &'a str,
    /// Set when one worker cannot go on, so that the others do not do work that is thrown away.
    stop: AtomicBool,
}

impl Work<'_> {
    fn run(&self) -> Result<PreparedReport, Error> {
        let done = self.take_lines();
        if done.is_err() {
            self.stop.store(true, Ordering::Relaxed);
        }
        done
    }

    fn take_lines(&self) -> Result<PreparedReport, Error> {
        let mut report = PreparedReport::default();
        let mut text = Vec::new();
        while !self.stop.load(Ordering::Relaxed) && report.rejects.len() <= REJECTS_MAX {
            // The lock is held while a line is read, not while it is set: lines have one order, and so have doubles.
            let next = self.lines.lock().unwrap_or_else(PoisonError::into_inner).next(&mut text);
            match next.map_err(|source| Error::File { action: "read", path: self.path.to_owned(), source })? {
                Next::End => break,
                Next::Bad(reject) => report.rejects.push(reject),
                Next::Line { number, id } => match Statement::read(&text) {
                    Ok(statement) => self.write(&id, &statement, &mut report)?,
                    Err(reason) => report.rejects.push(Reject { line: number, reason: format!("{id}: {reason}") }),
                },
            }
        }
        Ok(report)
    }

    fn write(&self, id: &str, statement: &Statement<'_>, report: &mut PreparedReport) -> Result<(), Error> {
        let faces = faces()?;
        let (description, pages) = pages::lay_out(statement, faces, self.version);
        let bytes = write(&description, &pages, &[], faces)?;
        // Under another name until it is whole: whoever looks into the folder meanwhile finds no half of a statement.
        let path = self.output.join(format!("{id}.pdf"));
        let partial = self.output.join(format!("{id}.pdf.partial"));
        let failed = |path: PathBuf| move |source| Error::File { action: "write", path, source };
        fs::write(&partial, &bytes).map_err(failed(partial.clone()))?;
        fs::rename(&partial, &path).map_err(failed(path.clone()))?;
        report.statements += 1;
        report.pages += u64::try_from(pages.count()).unwrap_or_default();
        report.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(())
    }
}

/// Writes the lines that could not be used, if there are any.
fn write_rejects(path: &Path, rejects: &[Reject]) -> Result<(), Error> {
    if rejects.is_empty() {
        return Ok(());
    }
    let mut text = b"line,reason\n".to_vec();
    for reject in rejects {
        let reason = reject.reason.replace('"', "\"\"").replace(char::is_control, " ");
        writeln!(text, "{},\"{reason}\"", reject.line).map_err(|source| Error::File {
            action: "write",
            path: path.to_owned(),
            source,
        })?;
    }
    fs::write(path, text).map_err(|source| Error::File { action: "write", path: path.to_owned(), source })
}
