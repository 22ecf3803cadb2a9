//! A file on disk at this moment, and its first and last bytes.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::followed_file::FollowedFile;
use crate::input::discover::{FoundFile, STDIN, bytes_as_text};
use crate::record::{FileStatus, shown_path};

/// The number of first bytes that identify a file.
const HEAD: u64 = 1024;
/// The number of bytes that are searched for the end of the first line.
const FIRST: u64 = 1 << 20;
/// Bytes read at once to find the end of a line.
const BLOCK: u64 = 64 << 10;

/// A file that was found, with its metadata.
#[derive(Debug, Clone, Default)]
pub(super) struct Snapshot {
    /// Its number in the round.
    pub(super) index: usize,
    /// Where it is; empty for standard input.
    pub(super) file: PathBuf,
    /// The same as text, which identifies it in the state.
    pub(super) path: String,
    pub(super) shown: String,
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) size: u64,
    pub(super) modified: i64,
    /// Why it is not read, if so.
    pub(super) status: Option<FileStatus>,
}

impl Snapshot {
    pub(super) fn of(index: usize, found: &FoundFile, roots: &[String]) -> Self {
        let shown = shown_path(roots, found.root, &found.path);
        let Some(file) = &found.file else {
            return Self { index, path: STDIN.into(), shown, ..Self::default() };
        };
        let path = bytes_as_text(file.as_os_str());
        let (file, status) = (file.clone(), found.status.clone());
        let snapshot = Self { index, file, path, shown, status, ..Self::default() };
        if snapshot.status.is_some() {
            return snapshot;
        }
        let unreadable = |reason: String| Some(FileStatus::Unreadable { reason });
        match fs::metadata(&snapshot.file) {
            Ok(meta) if meta.is_file() => {
                let (device, inode) = identity(&meta);
                Self { device, inode, size: meta.len(), modified: modified(&meta), ..snapshot }
            }
            Ok(_) => {
                let reason = "a watch follows regular files, folders and standard input; pipe into \
                              `keytrail watch -`";
                Self { status: unreadable(reason.into()), ..snapshot }
            }
            Err(error) => Self { status: unreadable(error.to_string()), ..snapshot },
        }
    }
}

impl Snapshot {
    /// Whether a followed file has not been written since it was looked at.
    pub(super) fn is_unchanged(&self, file: &FollowedFile) -> bool {
        (self.size, self.modified) == (file.size, file.modified)
    }
}

#[cfg(unix)]
fn identity(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Compared with itself and with the clock only, never used as the time of a record.
fn modified(meta: &Metadata) -> i64 {
    let since = meta.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or_default()
}

/// The digest of the first bytes of a file, as hex; `None` if these bytes cannot be read.
pub(super) fn digest(path: &Path, length: u64) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(length).read_to_end(&mut bytes).ok()?;
    let whole = bytes.len() as u64 == length;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    whole.then(|| hex(&Sha256::digest(&bytes)[..16]))
}

/// The number of first bytes that identify a file, with their digest.
pub(super) fn head(path: &Path, size: u64) -> (u64, String) {
    let length = size.min(HEAD);
    (length, digest(path, length).unwrap_or_default())
}

/// The first bytes of a file.
pub(super) fn first(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(FIRST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first line with its end, if it is complete.
pub(super) fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'\n', bytes).map(|end| &bytes[..=end])
}

/// Whether bytes are one complete JSON value.
pub(super) fn is_value(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// Whether a file ends inside a JSON value.
pub(super) fn ends_inside(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let values = serde_json::Deserializer::from_reader(io::BufReader::new(file));
    let mut values = values.into_iter::<serde::de::IgnoredAny>();
    values.find_map(Result::err).is_some_and(|error| error.is_eof())
}

/// The end of the last complete line between two positions of a file.
pub(super) fn last_line(path: &Path, from: u64, to: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut end = to;
    while end > from {
        let begin = end.saturating_sub(BLOCK).max(from);
        let bytes = slice(&mut file, begin, end)?;
        if let Some(at) = memchr::memrchr(b'\n', &bytes) {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(from)
}

/// The bytes between two positions of a file.
pub(super) fn between(path: &Path, from: u64, to: u64) -> io::Result<Vec<u8>> {
    slice(&mut File::open(path)?, from, to)
}

fn slice(file: &mut File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file that was found cannot be read.
pub(super) fn is_unreadable(status: &FileStatus) -> bool {
    matches!(status, FileStatus::Unreadable { .. })
}
