//! The rules that ship with Keytrail, embedded in the program.

use crate::source::{FileId, Sources};

/// How names of built-in files begin: `builtin:rules/detections/create-access-key.yaml`.
pub const PREFIX: &str = "builtin:rules/";

/// Adds every built-in file, sorted by name.
pub(super) fn add(sources: &mut Sources) -> Vec<FileId> {
    let add = |&(path, text)| sources.add(format!("{PREFIX}{path}"), text);
    super::builtin_files::FILES.iter().map(add).collect()
}

/// Whether a file ships with Keytrail.
pub(super) fn is_builtin(sources: &Sources, file: FileId) -> bool {
    sources.file(file).name.starts_with(PREFIX)
}
