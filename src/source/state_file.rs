//! A file that stores the state of a program.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A state file that only one program may use at a time.
///
/// The operating system locks a file next to it and releases the lock when the program ends.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    _lock: File,
}

/// Why a state file cannot be used. `keytrail watch` reports it.
#[derive(Debug)]
pub enum StateFileError {
    /// Another program uses it.
    InUse,
    /// An operation of the system failed.
    Io(io::Error),
}

impl StateFile {
    /// The lock file of a state file.
    pub fn lock_path(path: &Path) -> PathBuf {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        path.with_file_name(name)
    }

    /// Locks the file for this program. The file need not exist.
    ///
    /// # Errors
    ///
    /// Another program has the lock, or the lock file cannot be created.
    pub fn open(path: &Path) -> Result<Self, StateFileError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = options.open(Self::lock_path(path)).map_err(StateFileError::Io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateFileError::InUse),
            Err(TryLockError::Error(error)) => Err(StateFileError::Io(error)),
        }
    }

    /// Its content; `None` if the file does not exist.
    ///
    /// # Errors
    ///
    /// The file exists and cannot be read.
    pub fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match File::open(&self.path) {
            Ok(mut file) => file.read_to_end(&mut bytes).map(|_| Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces its content atomically: a reader sees either the old content or the new.
    ///
    /// # Errors
    ///
    /// If the new content cannot be written or renamed. The old content then remains.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Only the owner may read it, because its rows contain access key ids. Dropping it removes
        // it.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // Some systems cannot sync a folder.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for StateFile {
    /// The lock file is not removed: if it were, two programs could each lock a file of that name.
    fn drop(&mut self) {
        let _ = self._lock.unlock();
    }
}

/// Whether both paths exist and name the same file.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    fs::canonicalize(a).ok().zip(fs::canonicalize(b).ok()).is_some_and(|(a, b)| a == b)
}
