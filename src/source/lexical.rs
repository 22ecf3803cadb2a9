//! Paths without a look at the files.

use std::path::{Component, Path, PathBuf};

/// The path without `.`, and without `..` where it can be resolved.
pub fn normalized(path: &Path) -> PathBuf {
    normal(path).iter().collect()
}

/// The parts of a path without `.`, and without `..` where it can be resolved.
pub(super) fn normal(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|p| p != ".." && p != "/") => {
                parts.pop();
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}
