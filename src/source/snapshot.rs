//! A copy of the policy files of one revision, and what the copy lacks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::lexical::normalized;

/// A folder that contains a copy of the files of a policy, such as those of a git revision.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The folder with the copy, without symbolic links. The project file is not searched above it.
    pub root: PathBuf,
    /// The folder that it is a copy of. Globs of `inputs` are relative to it.
    pub original: PathBuf,
    /// Paths below `root` whose content the copy lacks, and why.
    pub lacking: BTreeMap<PathBuf, Lacking>,
    /// Whether files outside the copy are refused, because they belong to no revision.
    pub closed: bool,
    /// Paths outside the copy that are read nevertheless, because the caller names them.
    pub given: Vec<PathBuf>,
}

/// Why a copy lacks the content of a path. `Display` follows the path in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// It is a submodule.
    Submodule,
    /// It is a symbolic link.
    Link,
    /// It is stored with Git LFS.
    LargeFile,
    /// The repository does not contain its content.
    Missing,
}

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Lacking::Submodule => {
                "at this revision it is a submodule, whose files belong to another repository; \
                 check both versions out and compare the folders"
            }
            Lacking::Link => {
                "at this revision it is a symbolic link, which is not followed; name the file that \
                 it leads to"
            }
            Lacking::LargeFile => {
                "at this revision it is stored with Git LFS, so the repository contains only a \
                 pointer; check both versions out and compare the folders"
            }
            Lacking::Missing => {
                "the repository lacks the content of this file, because the clone is partial; run \
                 `git fetch --refetch`"
            }
        })
    }
}

/// Why a path is not read from a copy. `Display` follows the path in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The copy lacks its content.
    Lacking(Lacking),
    /// It lies outside the copy.
    Outside,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Lacking(lacking) => lacking.fmt(f),
            Refusal::Outside => f.write_str(
                "it lies outside the repository, so no revision contains it; copy it into the \
                 repository, or compare folders",
            ),
        }
    }
}

impl Snapshot {
    /// Why a path cannot be read; `None` if it can.
    pub(super) fn refusal(&self, path: &Path) -> Option<Refusal> {
        let path = normalized(path);
        if let Some(lacking) = path.ancestors().find_map(|path| self.lacking.get(path)) {
            return Some(Refusal::Lacking(*lacking));
        }
        let inside = |folder: &PathBuf| path.starts_with(folder);
        let outside = self.closed && !inside(&self.root) && !self.given.iter().any(inside);
        outside.then_some(Refusal::Outside)
    }

    /// The path in the original folder.
    pub(super) fn original(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.root) {
            Ok(below) => self.original.join(below),
            Err(_) => path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_refuses_what_it_lacks_and_what_lies_outside() {
        let snapshot = Snapshot {
            root: "/copy".into(),
            original: "/repository".into(),
            lacking: [("/copy/vendor".into(), Lacking::Submodule)].into(),
            closed: true,
            given: vec!["/data".into()],
        };
        for (path, refused) in [
            ("/copy/rules/a.yaml", false),
            ("/copy/vendor", true),
            ("/copy/vendor/rules/a.yaml", true),
            ("/copy/rules/../vendor/a.yaml", true),
            ("/copy/vendors/a.yaml", false),
            ("/copy/../etc/a.yaml", true),
            ("/etc/a.yaml", true),
            ("/data/keys.csv", false),
        ] {
            assert_eq!(snapshot.refusal(Path::new(path)).is_some(), refused, "{path}");
        }
        let open = Snapshot { closed: false, ..snapshot };
        assert!(open.refusal(Path::new("/etc/a.yaml")).is_none());
        assert_eq!(open.original(Path::new("/copy/a/b")), Path::new("/repository/a/b"));
        assert_eq!(open.original(Path::new("/data/b")), Path::new("/data/b"));
    }
}
