//! The files of the checkout, read once for all checks.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{fs, io};

use super::rust_text::RustText;
use super::settle;

/// Folders that hold nothing that anybody wrote. A build folder of another name is known by cargo's tag file.
const SKIPPED: &[&str] = &["target", "financr-data", "financr-demo", "node_modules"];
const BUILD_TAG: &str = "CACHEDIR.TAG";

/// Hidden folders that are part of the project; all others are skipped.
const HIDDEN_BUT_OURS: &[&str] = &[".cargo", ".ci"];

/// Files whose text is read. Of all others only the path is looked at.
const READ_EXTENSIONS: &[&str] = &["md", "rs", "sh", "sql", "toml", "yml", "yaml"];
const READ_NAMES: &[&str] = &["Dockerfile", "run", "test"];

/// The checkout.
pub(super) static HOUSE: LazyLock<House> = LazyLock::new(House::open);

/// A file whose text is read.
pub(super) struct File {
    /// The path from the top of the checkout, with `/`.
    pub(super) path: String,
    /// The text as it is.
    pub(super) text: String,
    /// Its layers, if it is Rust.
    pub(super) rust: Option<RustText>,
}

/// All files of the checkout.
pub(super) struct House {
    /// The folder it lies in.
    pub(super) root: PathBuf,
    /// The paths of all files.
    pub(super) paths: Vec<String>,
    /// The files whose text is read.
    pub(super) files: Vec<File>,
    unreadable: Vec<String>,
}

impl File {
    /// Whether the file is SQL.
    pub(super) fn is_sql(&self) -> bool {
        self.path.ends_with(".sql")
    }

    /// Whether the whole file is test code: in a `tests` folder, or a module of that name.
    pub(super) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether the file is a benchmark.
    pub(super) fn is_benchmark(&self) -> bool {
        self.path.split('/').any(|part| part == "benches")
    }

    /// The name without folders and extension.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }
}

impl House {
    fn open() -> House {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default();
        let mut house = House { root, paths: Vec::new(), files: Vec::new(), unreadable: Vec::new() };
        if let Err(error) = house.walk("") {
            house.unreadable.push(format!("a folder of the checkout cannot be listed: {error}"));
        }
        house
    }

    fn walk(&mut self, folder: &str) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            entries.push((entry.file_name().to_string_lossy().into_owned(), kind.is_dir(), kind.is_file()));
        }
        entries.sort();
        for (name, is_folder, is_file) in entries {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if is_folder && !is_skipped(&name) && !self.root.join(&path).join(BUILD_TAG).exists() {
                self.walk(&path)?;
            } else if is_file {
                self.take(path, &name);
            }
        }
        Ok(())
    }

    fn take(&mut self, path: String, name: &str) {
        let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| READ_EXTENSIONS.contains(&extension)) || READ_NAMES.contains(&name) {
            match fs::read_to_string(self.root.join(&path)) {
                Ok(text) => {
                    let rust = (extension == Some("rs")).then(|| RustText::split(&text));
                    self.files.push(File { path: path.clone(), text, rust });
                }
                Err(error) => self.unreadable.push(format!("{path}: {error}; source files are UTF-8")),
            }
        }
        self.paths.push(path);
    }

    /// The Rust files with their layers.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&File, &RustText)> {
        self.files.iter().filter_map(|file| file.rust.as_ref().map(|rust| (file, rust)))
    }

    /// The SQL files.
    pub(super) fn sql(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is_sql())
    }

    /// The file at a path.
    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn is_skipped(name: &str) -> bool {
    SKIPPED.contains(&name) || (name.starts_with('.') && !HIDDEN_BUT_OURS.contains(&name))
}

#[test]
fn every_file_can_be_read() {
    settle("every source file must be readable", &HOUSE.unreadable);
}

#[test]
fn the_walk_finds_what_is_there_and_skips_what_is_built() {
    for path in ["Cargo.toml", ".ci/run", "test", "schemas/src/clock.rs", "crates/financr/tests/it/tidy/tree.rs"] {
        assert!(HOUSE.file(path).is_some(), "{path} was not found from {}", HOUSE.root.display());
    }
    assert!(10 < HOUSE.rust().count(), "only {} Rust files were found", HOUSE.rust().count());
    assert!(!HOUSE.paths.iter().any(|path| path.starts_with("target/") || path.starts_with(".git/")));
    assert!(is_skipped("target") && is_skipped(".git") && !is_skipped(".ci") && !is_skipped("docs"));
}
