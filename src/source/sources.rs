//! The files that were loaded, and positions in them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(feature = "native")]
use super::snapshot::{Refusal, Snapshot};

/// Largest policy file that is read, in bytes.
pub const MAX_POLICY_FILE: u64 = 4 * 1024 * 1024;

/// Largest data file of a table that is read, in bytes.
pub const MAX_TABLE_FILE: u64 = 256 * 1024 * 1024;

/// Identifies one loaded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

/// A range of bytes in one loaded file; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span over `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; `other` must be in the same file.
    #[must_use]
    pub fn to(self, other: Span) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One loaded file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as it is shown: relative to the project, with `/` between its parts.
    pub name: String,
    /// The whole text, without a byte order mark.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// The name of the file without folders and extension: `root-key` of `rules/root-key.yaml`.
    pub fn stem(&self) -> &str {
        let name = self.name.rsplit('/').next().unwrap_or("");
        name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn line_col(&self, offset: u32) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset).max(1);
        let start = self.line_starts[line - 1] as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        (line, self.text[start.min(end)..end].chars().count() + 1)
    }
}

/// Every file loaded in this run. Spans refer to these files, and the renderer of diagnostics shows
/// their lines.
#[derive(Debug, Default, Clone)]
pub struct Sources {
    files: Vec<SourceFile>,
    #[cfg(feature = "native")]
    snapshot: Option<Arc<Snapshot>>,
}

impl Sources {
    /// Sources that are read from a copy.
    #[cfg(feature = "native")]
    pub fn of(snapshot: Option<Arc<Snapshot>>) -> Self {
        Self { snapshot, ..Self::default() }
    }

    /// Why a path cannot be read from the copy; `None` if it can, or if there is no copy.
    #[cfg(feature = "native")]
    pub fn refusal(&self, path: &Path) -> Option<LoadErrorKind> {
        self.snapshot.as_ref()?.refusal(path).map(LoadErrorKind::Refused)
    }

    /// The path that a path in the copy stands for.
    #[cfg(feature = "native")]
    pub fn original(&self, path: &Path) -> PathBuf {
        self.snapshot.as_ref().map_or_else(|| path.to_owned(), |of| of.original(path))
    }

    /// Reads a file of at most `limit` bytes in UTF-8.
    fn read(&self, path: &Path, limit: u64, what: &'static str) -> Result<String, LoadError> {
        #[cfg(feature = "native")]
        if let Some(kind) = self.refusal(path) {
            return Err(LoadError { path: path.to_owned(), kind });
        }
        read(path, limit, what)
    }

    /// Adds a text that is already in memory (built-in rules, tests).
    pub fn add(&mut self, name: impl Into<String>, text: &str) -> FileId {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1))
            .collect();
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { name: name.into(), text: text.into(), line_starts });
        id
    }

    /// Reads a policy file: a regular file of at most [`MAX_POLICY_FILE`] bytes in UTF-8.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is not a regular file, is too large, or is not UTF-8.
    pub fn load(&mut self, path: &Path, name: impl Into<String>) -> Result<FileId, LoadError> {
        let text = self.read(path, MAX_POLICY_FILE, "policy file")?;
        Ok(self.add(name, &text))
    }

    /// Reads the data file of a table: a regular file of at most [`MAX_TABLE_FILE`] bytes in UTF-8.
    ///
    /// The text can be large, so it is not retained, and the caller drops it after the table is built.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is not a regular file, is too large, or is not UTF-8.
    pub fn read_table(&self, path: &Path) -> Result<String, LoadError> {
        let mut text = self.read(path, MAX_TABLE_FILE, "table file")?;
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Ok(text)
    }

    /// The file with this id.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file, in the order it was loaded.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

fn read(path: &Path, limit: u64, what: &'static str) -> Result<String, LoadError> {
    let failed = |kind| LoadError { path: path.to_owned(), kind };
    let io = |error: io::Error| failed(LoadErrorKind::Io(Arc::new(error)));
    let meta = std::fs::metadata(path).map_err(io)?;
    if !meta.is_file() {
        return Err(failed(LoadErrorKind::NotAFile));
    }
    if meta.len() > limit {
        return Err(failed(LoadErrorKind::TooLarge { bytes: meta.len(), limit, what }));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    if matches!(bytes.get(..2), Some([0xff, 0xfe] | [0xfe, 0xff])) {
        return Err(failed(LoadErrorKind::Utf16));
    }
    String::from_utf8(bytes)
        .map_err(|error| failed(LoadErrorKind::NotUtf8(error.utf8_error().valid_up_to())))
}

/// A policy file that could not be read. The code that loads a policy reports it as a diagnostic.
#[derive(Debug, Clone)]
pub struct LoadError {
    /// The file.
    pub path: PathBuf,
    /// The reason.
    pub kind: LoadErrorKind,
}

/// Why a policy file could not be read. `Display` follows the path in a sentence.
#[derive(Debug, Clone)]
pub enum LoadErrorKind {
    /// An operation of the system failed.
    Io(Arc<io::Error>),
    /// It is not a regular file.
    NotAFile,
    /// It is larger than allowed.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The largest size in bytes.
        limit: u64,
        /// The kind of file that has this limit.
        what: &'static str,
    },
    /// It is UTF-16.
    Utf16,
    /// It is not UTF-8 from this byte on.
    NotUtf8(usize),
    /// The path is empty.
    EmptyPath,
    /// The path names no file or folder.
    NotFound,
    /// The path is a glob whose syntax is wrong.
    Glob {
        /// The glob as written.
        pattern: String,
        /// The reason.
        reason: &'static str,
    },
    /// The path names no policy file.
    NoPolicyFile,
    /// It is a symbolic link to a folder.
    FolderLink,
    /// It is not read from the copy of the policy.
    #[cfg(feature = "native")]
    Refused(Refusal),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.path.display(), self.kind)
    }
}

impl fmt::Display for LoadErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadErrorKind::Io(error) => write!(f, "{error}"),
            LoadErrorKind::NotAFile => f.write_str("it is not a regular file"),
            LoadErrorKind::TooLarge { bytes, limit, what } => {
                write!(f, "it has {bytes} bytes, more than the {limit} that a {what} may have")
            }
            LoadErrorKind::Utf16 => f.write_str("it is UTF-16; save it as UTF-8"),
            LoadErrorKind::NotUtf8(byte) => write!(f, "it is not UTF-8 (byte {byte})"),
            LoadErrorKind::EmptyPath => f.write_str("the path is empty"),
            LoadErrorKind::NotFound => f.write_str("there is no such file or folder"),
            LoadErrorKind::Glob { pattern, reason } => {
                write!(f, "`{pattern}` is not a valid glob: {reason}")
            }
            LoadErrorKind::NoPolicyFile => f.write_str("no `.yaml` or `.yml` file is found there"),
            #[cfg(feature = "native")]
            LoadErrorKind::Refused(refusal) => write!(f, "{refusal}"),
            LoadErrorKind::FolderLink => f.write_str(
                "it is a symbolic link to a folder, which is not followed; name the folder it \
                 leads to",
            ),
        }
    }
}

impl std::error::Error for LoadError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "\u{feff}ab\né日x\r\n\n");
        for (offset, expected) in [
            (0, (1, 1)),
            (1, (1, 2)),
            (2, (1, 3)),
            (3, (2, 1)),
            // An offset inside a character gives the position of that character.
            (4, (2, 1)),
            (5, (2, 2)),
            (8, (2, 3)),
            (11, (3, 1)),
            (12, (4, 1)),
            (99, (4, 1)),
        ] {
            assert_eq!(sources.file(file).line_col(offset), expected, "at {offset}");
        }
    }

    #[test]
    fn a_stem_excludes_folders_and_extension() {
        let mut sources = Sources::default();
        for (name, stem) in [
            ("rules/root-key.yaml", "root-key"),
            ("root-key.yml", "root-key"),
            ("builtin:rules/lists/a.b.yaml", "a.b"),
            ("a", "a"),
            ("", ""),
        ] {
            let file = sources.add(name, "");
            assert_eq!(sources.file(file).stem(), stem, "{name}");
        }
    }

    #[test]
    fn a_span_outside_the_text_covers_nothing() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "é");
        assert_eq!(sources.text(Span::new(file, 0, 2)), "é");
        assert_eq!(sources.text(Span::new(file, 0, 1)), "");
        assert_eq!(sources.text(Span::new(file, 5, 9)), "");
    }

    #[test]
    fn files_that_are_not_text_are_rejected() {
        let mut sources = Sources::default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let error = |path: &str, sources: &mut Sources| {
            sources.load(&root.join(path), path).map_err(|e| e.kind.to_string()).err()
        };
        assert_eq!(error("src", &mut sources).unwrap(), "it is not a regular file");
        assert!(error("src/nothing.yaml", &mut sources).is_some());
        assert_eq!(error("Cargo.toml", &mut sources), None);
    }
}
