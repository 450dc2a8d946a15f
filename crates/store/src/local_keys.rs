//! Keys of a house in a file that only it can read.
//!
//! A line is a key: `lookup <base64>` the one that addresses are found by, which never changes, and `key <name>
//! <base64>` those that keys of persons are wrapped with; the first of these wraps, all unwrap. The file is made when
//! it is first needed, and read again when it has changed, so that keys are changed while everything runs.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemas::secret_file::{FileRights, check_owner_only};
use schemas::secret_hash::hexadecimal;

use crate::key_service::{DataKey, KEY_BYTES, KeyError, KeyService, WrappedKey, keyed_hash, open, seal};

/// Bytes of a file that are read.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// What wrapped keys are sealed as.
const WRAPPED: &str = "financr key of a person 1";

/// Keys in a file.
#[derive(Debug)]
pub struct LocalKeys {
    path: PathBuf,
    read: Mutex<Option<Keys>>,
}

#[derive(Clone)]
struct Keys {
    lookup: Vec<u8>,
    /// Name and bytes, the one that wraps first.
    wrapping: Vec<(String, Vec<u8>)>,
}

/// Shows nothing of the keys but their names.
impl std::fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.wrapping.iter().map(|(name, _)| name)).finish()
    }
}

impl LocalKeys {
    /// Keys in a file, which is made when a key is first needed. Nothing is read yet.
    pub fn in_file(path: impl Into<PathBuf>) -> LocalKeys {
        LocalKeys { path: path.into(), read: Mutex::new(None) }
    }

    /// The names of the keys that keys of persons are wrapped with, the one that wraps first.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn key_ids(&self) -> Result<Vec<String>, KeyError> {
        Ok(self.as_they_are()?.wrapping.into_iter().map(|(name, _)| name).collect())
    }

    /// Puts a new key before all others: it wraps from now on. Returns its name.
    ///
    /// # Errors
    /// What is wrong with the file, or if the system has no random numbers.
    pub fn add_key(&self) -> Result<String, KeyError> {
        let mut keys = self.as_they_are()?;
        let (name, key) = new_key()?;
        keys.wrapping.insert(0, (name.clone(), key));
        self.write_over(&keys)?;
        Ok(name)
    }

    /// Takes a key out for good, unless it is the one that wraps.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn remove_key(&self, key_id: &str) -> Result<(), KeyError> {
        let mut keys = self.as_they_are()?;
        let is_first = keys.wrapping.first().is_some_and(|(name, _)| name == key_id);
        if is_first {
            return Err(self.of_file("wraps with this key; add another first"));
        }
        keys.wrapping.retain(|(name, _)| name != key_id);
        self.write_over(&keys)
    }

    /// The keys as they stand in the file now.
    fn as_they_are(&self) -> Result<Keys, KeyError> {
        let keys = match self.read_file() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.made()?,
            Err(error) => return Err(self.of_file(&format!("cannot be read: {error}"))),
            Ok(text) => self.parsed(&text)?,
        };
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys.clone());
        Ok(keys)
    }

    /// The keys as they were read last.
    fn as_known(&self) -> Result<Keys, KeyError> {
        let known = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.map_or_else(|| self.as_they_are(), Ok)
    }

    fn read_file(&self) -> io::Result<String> {
        let file = File::open(&self.path)?;
        let found = file.metadata()?;
        let checked = check_owner_only(&self.path, FileRights { owner: found.uid(), mode: found.mode() });
        checked.map_err(|error| io::Error::other(format!("it {error}")))?;
        let mut text = String::new();
        file.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
        Ok(text)
    }

    fn parsed(&self, text: &str) -> Result<Keys, KeyError> {
        let (mut lookup, mut wrapping) = (None, Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let key = words.last().and_then(|word| STANDARD.decode(word).ok()).filter(|key| key.len() == KEY_BYTES);
            match (words.as_slice(), key) {
                (["lookup", _], Some(key)) => lookup = Some(key),
                (["key", name, _], Some(key)) => wrapping.push(((*name).to_owned(), key)),
                _ => return Err(self.of_file("has a line that is no key")),
            }
        }
        match lookup {
            Some(lookup) if !wrapping.is_empty() => Ok(Keys { lookup, wrapping }),
            Some(_) | None => Err(self.of_file("has no `lookup` or no `key`; put the copy of it back that was kept")),
        }
    }

    /// Makes the file, unless somebody else just did.
    fn made(&self) -> Result<Keys, KeyError> {
        let keys = Keys { lookup: random_key()?, wrapping: vec![new_key()?] };
        let problem = |error: io::Error| self.of_file(&format!("cannot be made: {error}"));
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(problem)?;
        }
        let beside = self.beside()?;
        write_private(&beside, &text_of(&keys)).map_err(problem)?;
        // A link is made whole or not at all, and not over a file that is there.
        let linked = std::fs::hard_link(&beside, &self.path);
        std::fs::remove_file(&beside).map_err(problem)?;
        match linked {
            Ok(()) => Ok(keys),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let text = self.read_file().map_err(|error| self.of_file(&format!("cannot be read: {error}")))?;
                self.parsed(&text)
            }
            Err(error) => Err(problem(error)),
        }
    }

    fn write_over(&self, keys: &Keys) -> Result<(), KeyError> {
        let problem = |error: io::Error| self.of_file(&format!("cannot be written: {error}"));
        let beside = self.beside()?;
        write_private(&beside, &text_of(keys)).map_err(problem)?;
        std::fs::rename(&beside, &self.path).map_err(problem)?;
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys.clone());
        Ok(())
    }

    /// A name for a new file in the same folder.
    fn beside(&self) -> Result<PathBuf, KeyError> {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{}", new_name()?));
        Ok(PathBuf::from(name))
    }

    fn of_file(&self, problem: &str) -> KeyError {
        KeyError::new(format!("the key file `{}` {problem}", self.path.display()))
    }
}

#[async_trait]
impl KeyService for LocalKeys {
    async fn wrapping_key_id(&self) -> Result<String, KeyError> {
        self.key_ids()?.into_iter().next().ok_or_else(|| self.of_file("has no key"))
    }

    async fn wrap_key(&self, key: &DataKey, person: &str) -> Result<WrappedKey, KeyError> {
        // As the file is now: a key that was taken out meanwhile must not wrap any more.
        let keys = self.as_they_are()?;
        let (key_id, wrapping) = keys.wrapping.first().ok_or_else(|| self.of_file("has no key"))?;
        let wrapped = seal(wrapping, &wrapped_as(key_id, person), key.bytes())?;
        Ok(WrappedKey { key_id: key_id.clone(), wrapped })
    }

    async fn unwrap_key(&self, wrapped: &WrappedKey, person: &str) -> Result<DataKey, KeyError> {
        let named = |keys: Keys| keys.wrapping.into_iter().find(|(name, _)| *name == wrapped.key_id);
        let known = match named(self.as_known()?) {
            Some(known) => Some(known),
            None => named(self.as_they_are()?),
        };
        let missing = || self.of_file(&format!("has no key `{}`; put the copy of it back", wrapped.key_id));
        let (key_id, wrapping) = known.ok_or_else(missing)?;
        DataKey::from_bytes(&open(&wrapping, &wrapped_as(&key_id, person), &wrapped.wrapped)?)
    }

    async fn lookup_hash(&self, text: &str) -> Result<String, KeyError> {
        Ok(keyed_hash(&self.as_known()?.lookup, text.as_bytes()))
    }
}

fn wrapped_as(key_id: &str, person: &str) -> Vec<u8> {
    format!("{WRAPPED}\n{key_id}\n{person}").into_bytes()
}

fn text_of(keys: &Keys) -> String {
    let mut text =
        "# Without these keys nobody can read what is personal any more. Keep a copy apart from the store.\n"
            .to_owned();
    text.push_str(&format!("lookup {}\n", STANDARD.encode(&keys.lookup)));
    for (name, key) in &keys.wrapping {
        text.push_str(&format!("key {name} {}\n", STANDARD.encode(key)));
    }
    text
}

fn random_key() -> Result<Vec<u8>, KeyError> {
    DataKey::random().map(|key| key.bytes().to_vec())
}

fn new_key() -> Result<(String, Vec<u8>), KeyError> {
    Ok((new_name()?, random_key()?))
}

fn new_name() -> Result<String, KeyError> {
    let mut bytes = [0_u8; 8];
    rand::fill(&mut bytes).map_err(|_| KeyError::new("the system has no random numbers"))?;
    Ok(hexadecimal(&bytes))
}

/// Writes a file that only its owner can read, and that was not there.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
