//! Finds the files that the arguments name.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::diag::codes::run::{BAD_GLOB, NO_SUCH_INPUT};
use crate::diag::{Diagnostic, did_you_mean, escape};
use crate::record::FileStatus;
use crate::source::{GlobEntry, GlobWalk, is_glob};

/// The argument for standard input.
pub const STDIN: &str = "-";

/// Extensions of files that are expected to be inputs wherever they are found. An outer `.gz` or
/// `.zst` is one itself.
const EXTENSIONS: [&str; 8] = ["json", "jsonl", "ndjson", "log", "csv", "gz", "gzip", "zst"];

/// A file that was found, whether or not it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundFile {
    /// The number of its root.
    pub(super) root: usize,
    /// Its path below the root, `/` between the parts.
    pub(super) path: String,
    /// Where it is; `None` for standard input.
    pub(super) file: Option<PathBuf>,
    /// Whether it must be an input, because it was named, matched a glob, or has a known extension.
    pub(super) expected: bool,
    /// Why it is not opened, if so.
    pub(super) status: Option<FileStatus>,
}

/// What the arguments name.
#[derive(Debug, Default)]
pub(super) struct Discovery {
    /// The text of each root, sorted by bytes.
    pub(super) roots: Vec<String>,
    /// Files, by root and path.
    pub(super) files: Vec<FoundFile>,
    /// Notes about the arguments.
    pub(super) notes: Vec<String>,
}

/// Finds what the arguments name; every argument that names nothing is an error.
pub(super) fn discover(args: &[String]) -> Result<Discovery, Vec<Diagnostic>> {
    let mut found = Discovery::default();
    let texts: BTreeSet<&String> = args.iter().collect();
    let (mut errors, mut files) = (Vec::new(), Vec::new());
    for text in texts {
        let root = found.roots.len();
        let mut walk = Walk { root, base: PathBuf::new(), files: &mut files };
        match walk.argument(text) {
            Ok(()) => found.roots.push(text.clone()),
            Err(error) => errors.push(*error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    files.sort_by(|a, b| (a.root, a.path.as_bytes()).cmp(&(b.root, b.path.as_bytes())));
    // A glob may name a folder and what is in it.
    files.dedup_by(|later, first| {
        let same = (later.root, &later.file) == (first.root, &first.file);
        first.expected |= same && later.expected;
        same
    });
    deduplicate(files, &mut found);
    Ok(found)
}

/// Lists each file once, at its first position.
fn deduplicate(files: Vec<FoundFile>, found: &mut Discovery) {
    let mut first_by_path: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for file in files {
        let real = match (&file.file, &file.status) {
            (Some(path), None) => fs::canonicalize(path).ok(),
            _ => None,
        };
        match real.as_ref().and_then(|real| first_by_path.get(real)) {
            Some(&first) => {
                let file_before = &mut found.files[first];
                file_before.expected |= file.expected;
                found.notes.push(format!(
                    "{} and {} are one file; it is read once",
                    shown(&found.roots[file_before.root], &file_before.path),
                    shown(&found.roots[file.root], &file.path),
                ));
            }
            None => {
                if let Some(real) = real {
                    first_by_path.insert(real, found.files.len());
                }
                found.files.push(file);
            }
        }
    }
}

fn shown(root: &str, path: &str) -> String {
    if root == path {
        format!("`{}`", escape(path))
    } else {
        format!("`{}` in `{}`", escape(path), escape(root))
    }
}

/// Collects the files of one root.
struct Walk<'f> {
    root: usize,
    /// What paths are relative to.
    base: PathBuf,
    files: &'f mut Vec<FoundFile>,
}

impl Walk<'_> {
    fn argument(&mut self, text: &str) -> Result<(), Box<Diagnostic>> {
        if text == STDIN {
            self.files.push(FoundFile {
                root: self.root,
                path: STDIN.to_owned(),
                file: None,
                expected: true,
                status: None,
            });
            return Ok(());
        }
        let path = Path::new(text);
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                self.base = path.to_owned();
                self.directory(path);
                Ok(())
            }
            Ok(_) => {
                self.base = path.parent().map(Path::to_owned).unwrap_or_default();
                self.push(path, true, None);
                Ok(())
            }
            // It exists and its metadata cannot be read: incomplete, not absent.
            Err(error) if fs::symlink_metadata(path).is_ok() => {
                self.base = path.parent().map(Path::to_owned).unwrap_or_default();
                self.push(path, true, Some(unreadable(&error)));
                Ok(())
            }
            Err(_) if is_glob(text) => self.glob(text),
            Err(error) => Err(Box::new(absent(text, path, &error))),
        }
    }

    fn glob(&mut self, text: &str) -> Result<(), Box<Diagnostic>> {
        let glob = GlobWalk::new(Path::new(""), text, false).map_err(|error| {
            Box::new(
                Diagnostic::error(
                    &BAD_GLOB,
                    format!(
                        "the pattern `{}` is invalid at character {}: {}",
                        escape(text),
                        error.pos + 1,
                        error.msg
                    ),
                )
                .help("write `[*]` or `[?]` for a character that is meant literally"),
            )
        })?;
        self.base = glob.folder().to_owned();
        let before = self.files.len();
        glob.walk(&mut |named| match named {
            GlobEntry::Path(path) if path.is_dir() => self.directory(&path),
            GlobEntry::Path(path) => {
                let status = fs::metadata(&path).err().map(|error| unreadable(&error));
                self.push(&path, true, status);
            }
            GlobEntry::FolderLink(path) => self.push(&path, false, Some(folder_link())),
            GlobEntry::Unreadable(path, error) => self.push(&path, true, Some(unreadable(&error))),
        });
        if self.files.len() == before {
            return Err(Box::new(
                Diagnostic::error(
                    &NO_SUCH_INPUT,
                    format!("the pattern `{}` matches no file", escape(text)),
                )
                .help("`*` matches within one folder; `**/` matches all folders below"),
            ));
        }
        Ok(())
    }

    /// Walks a directory without recursion, so that depth costs no stack.
    fn directory(&mut self, top: &Path) {
        let mut pending = vec![top.to_owned()];
        while let Some(directory) = pending.pop() {
            let entries = match fs::read_dir(&directory) {
                Ok(entries) => entries,
                Err(error) => {
                    self.push(&directory, true, Some(unreadable(&error)));
                    continue;
                }
            };
            for entry in entries {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        self.push(&directory, true, Some(unreadable(&error)));
                        continue;
                    }
                };
                let path = entry.path();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => pending.push(path),
                    Ok(kind) if kind.is_symlink() => self.link(&path),
                    Ok(kind) => self.entry(&path, kind),
                    Err(error) => self.push(&path, true, Some(unreadable(&error))),
                }
            }
        }
    }

    /// A link to a file is read as that file. A link to a folder is not followed, so that a walk
    /// neither leaves its root nor enters a loop.
    fn link(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => self.push(path, false, Some(folder_link())),
            Ok(meta) => self.entry(path, meta.file_type()),
            Err(error) => self.push(path, true, Some(unreadable(&error))),
        }
    }

    fn entry(&mut self, path: &Path, kind: FileType) {
        // A FIFO or a device may never end, so it is read only if it is named.
        let status = (!kind.is_file()).then(|| not_an_input("not a regular file"));
        self.push(path, has_input_extension(path), status);
    }

    fn push(&mut self, path: &Path, expected: bool, status: Option<FileStatus>) {
        let below = path.strip_prefix(&self.base).unwrap_or(path);
        self.files.push(FoundFile {
            root: self.root,
            path: joined(below),
            file: Some(path.to_owned()),
            expected,
            status,
        });
    }
}

fn unreadable(error: &io::Error) -> FileStatus {
    FileStatus::Unreadable { reason: error.to_string() }
}

fn not_an_input(reason: &str) -> FileStatus {
    FileStatus::NotAnInput { reason: reason.to_owned() }
}

fn folder_link() -> FileStatus {
    not_an_input("a link to a folder, which is not followed")
}

fn has_input_extension(path: &Path) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|ext| EXTENSIONS.iter().any(|expected| expected.eq_ignore_ascii_case(ext)))
}

/// A path with `/` between its parts; bytes that are not UTF-8 as `\xNN`.
fn joined(path: &Path) -> String {
    let mut out = String::new();
    for part in path.components() {
        match part {
            Component::RootDir => continue,
            _ if !out.is_empty() => out.push('/'),
            _ => {}
        }
        out.push_str(&bytes_as_text(part.as_os_str()));
    }
    if out.is_empty() { ".".to_owned() } else { out }
}

/// A name as text; bytes that are not UTF-8 as `\xNN`, so that different names stay different.
pub(super) fn bytes_as_text(name: &OsStr) -> String {
    let mut out = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

fn absent(text: &str, path: &Path, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file or folder `{}`", escape(text)),
        _ => format!("`{}` cannot be read: {error}", escape(text)),
    };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let siblings: BTreeSet<String> = fs::read_dir(parent.unwrap_or(Path::new(".")))
        .map(|entries| {
            entries.flatten().take(1000).filter_map(|e| e.file_name().into_string().ok()).collect()
        })
        .unwrap_or_default();
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let near = did_you_mean(name, siblings.iter().map(String::as_str))
        .map(|help| escape(&help).into_owned());
    Diagnostic::error(&NO_SUCH_INPUT, message)
        .maybe_help(near)
        .help("name a file, a folder, a quoted glob, or `-` for standard input")
}
