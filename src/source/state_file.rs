//! A file that a program keeps its state in.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A file with a state, which one program at a time may use.
///
/// The lock is the system's, on a file beside it: it ends with the program, however that ends.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    _lock: File,
}

/// Why a state cannot be used.
#[derive(Debug)]
pub enum StateFileError {
    /// Another program uses it.
    InUse,
    /// The system refused.
    Io(io::Error),
}

impl StateFile {
    /// The file beside it that is locked.
    pub fn lock_path(path: &Path) -> PathBuf {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        path.with_file_name(name)
    }

    /// Takes the file for this program alone; it need not exist.
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

    /// What it holds; `None` while there is no file.
    pub fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match File::open(&self.path) {
            Ok(mut file) => file.read_to_end(&mut bytes).map(|_| Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces what it holds: at any time the file holds either what it held, or all of this.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Its owner alone may read it, since rows hold access key ids; dropped, it is removed.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        // Not every system can sync a folder.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for StateFile {
    /// The lock file stays: removing it would let two programs hold a lock of that name.
    fn drop(&mut self) {
        let _ = self._lock.unlock();
    }
}

/// Whether both paths name one file, as far as they exist.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    fs::canonicalize(a).ok().zip(fs::canonicalize(b).ok()).is_some_and(|(a, b)| a == b)
}
